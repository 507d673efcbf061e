"""examples/from-scratch.ts in PyTorch."""
import math
from pathlib import Path

import numpy
import torch

from shared.images import MNIST
from shared.setting import setting
from shared.three_layer import NeuralNetwork, scaled_inputs, targets_of

EPOCHS = setting("EPOCHS", 5)
HIDDEN = setting("HIDDEN", 200)
IMAGES = setting("IMAGES", 60_000)
SEED = setting("SEED", 777)
LEARNING_RATE = 0.1


def rows_of(part, count):
    """The first records of mnist_train.csv or mnist_test.csv, which is written first."""
    path = Path(f"mnist_{part}_{count}.csv")
    mnist = MNIST(train=part == "train")
    with path.open("w") as file:
        for pixels, label in zip(mnist.data[:count].view(-1, 784).tolist(), mnist.targets.tolist()):
            file.write(f"{label},{','.join(map(str, pixels))}\n")
    with path.open() as file:
        data_list = file.readlines()
    values = torch.from_numpy(numpy.stack([numpy.array(row.split(","), dtype=numpy.float32) for row in data_list]))
    labels = values[:, 0].long()
    return scaled_inputs(values[:, 1:]), targets_of(labels), labels


train_inputs, train_targets, _ = rows_of("train", IMAGES)
test_inputs, _, test_labels = rows_of("test", -(-IMAGES // 6))


def gradients(n, inputs, targets):
    wih, who = n.wih.clone().requires_grad_(), n.who.clone().requires_grad_()
    outputs = torch.sigmoid(who @ torch.sigmoid(wih @ inputs))
    ((targets - outputs).pow(2).sum() / 2).backward()
    return wih.grad, who.grad


def learn(drawn, way):
    torch.manual_seed(SEED)
    n = NeuralNetwork(784, HIDDEN, 10, LEARNING_RATE, drawn)
    for _ in range(EPOCHS):
        for i in range(IMAGES):
            if way == "gradient":
                wih, who = gradients(n, train_inputs[i], train_targets[i])
                n.who -= n.lr * who
                n.wih -= n.lr * wih
            else:
                n.train(train_inputs[i], train_targets[i])
        accuracy = n.accuracy(test_inputs, test_labels)
    print(f"{drawn} weights, {way}: accuracy {accuracy:.4f} ({len(test_labels)} test images)")


def compare_updates():
    torch.manual_seed(SEED)
    n = NeuralNetwork(784, HIDDEN, 10, LEARNING_RATE)
    for trained in [count for count in (0, 1000) if count < IMAGES]:
        for i in range(trained):
            n.train(train_inputs[i], train_targets[i])
        before = {"wih": n.wih.clone(), "who": n.who.clone()}
        wih, who = gradients(n, train_inputs[trained], train_targets[trained])
        n.train(train_inputs[trained], train_targets[trained])
        for name, down in (("who", who), ("wih", wih)):
            update = ((getattr(n, name) - before[name]) / n.lr).double().flatten()
            wanted = -down.double().flatten()
            angle = math.degrees(math.acos(min(1, (update.dot(wanted) / (update.norm() * wanted.norm())).item())))
            print(f"after {trained} digits, {name}: angle {angle:.2f}°, length {update.norm() / wanted.norm():.3f}")


compare_updates()
learn("normal", "errors sent back")
learn("uniform", "errors sent back")
learn("normal", "gradient")
