"""examples/back-query.ts in PyTorch."""
import torch
from torch.nn import functional as F

from shared.images import MNIST
from shared.setting import setting
from shared.three_layer import NeuralNetwork, scaled_inputs, targets_of

EPOCHS = setting("EPOCHS", 3)
IMAGES = setting("IMAGES", 60_000)
STEPS = setting("STEPS", 300)
SEED = setting("SEED", 777)
BATCH = 10


def learn():
    train, test = MNIST(train=True), MNIST(train=False)
    torch.manual_seed(SEED)
    n = NeuralNetwork(784, 200, 10, 0.1)
    inputs, targets = scaled_inputs(train.data), targets_of(train.targets)
    for _ in range(EPOCHS):
        for i in range(0, IMAGES - BATCH + 1, BATCH):
            n.train(inputs[i:i + BATCH], targets[i:i + BATCH])
    print(f"accuracy {n.accuracy(scaled_inputs(test.data), test.targets):.4f} (10000 test images)")
    return n


def rescaled(rows):
    least, most = rows.amin(1, keepdim=True), rows.amax(1, keepdim=True)
    return (rows - least) / (most - least) * 0.98 + 0.01


def back_query(n, outputs):
    hidden_outputs = rescaled(torch.logit(outputs) @ n.who)
    return rescaled(torch.logit(hidden_outputs) @ n.wih)


def ascend(n):
    x = torch.full((10, 784), 0.1, requires_grad=True)
    optimizer = torch.optim.Adam([x], lr=0.02)
    labels = torch.eye(10)
    for _ in range(STEPS):
        optimizer.zero_grad()
        scores = (n.who @ torch.sigmoid(n.wih @ x.T)).T
        images = x.view(10, 28, 28)
        rough = images.diff(dim=2).pow(2).sum() + images.diff(dim=1).pow(2).sum()
        loss = F.binary_cross_entropy_with_logits(scores, labels, reduction="sum") + 0.05 * rough
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            x.clamp_(0.01, 1)
    return x.detach()


def show(name, n, inputs):
    outputs = n.query(inputs).T
    right = (outputs.argmax(1) == torch.arange(10)).sum().item()
    sure = " ".join(f"{value:.2f}" for value in outputs.diagonal().tolist())
    print(f"{name}: the network reads {right} of 10 as their label; outputs {sure}")


n = learn()
show("back-query", n, back_query(n, targets_of(torch.arange(10))))
show("ascent", n, ascend(n))
