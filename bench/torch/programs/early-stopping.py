"""examples/early-stopping.ts in PyTorch."""
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

from shared.images import MNIST
from shared.setting import setting

EPOCHS = setting("EPOCHS", 60)
TRAIN = setting("TRAIN", 2000)
PATIENCE = setting("PATIENCE", 5)
torch.manual_seed(setting("SEED", 777))

mnist, test = MNIST(train=True), MNIST(train=False)
chosen = torch.randperm(60_000)[:TRAIN * 3 // 2]
inputs = mnist.data[chosen].view(-1, 784).float() / 255
targets = mnist.targets[chosen]
targets[::5] = torch.randint(0, 10, targets[::5].shape)
training, validation = random_split(TensorDataset(inputs, targets), [TRAIN, len(targets) - TRAIN])
model = nn.Sequential(
    nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loader = DataLoader(training, batch_size=50, shuffle=True)
best_loss, best_epoch, best_weights, stopped_after = float("inf"), 0, None, None


def loss_on(part):
    with torch.no_grad():
        for x, y in DataLoader(part, batch_size=len(part)):
            return criterion(model(x), y).item()


def test_accuracy():
    with torch.no_grad():
        predicted = model(test.data.view(-1, 784).float() / 255).argmax(1)
    return (predicted == test.targets).float().mean().item()


for epoch in range(1, EPOCHS + 1):
    total = 0.0
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    loss = loss_on(validation)
    if stopped_after is None:
        if loss < best_loss:
            best_loss, best_epoch, best_weights = loss, epoch, copy.deepcopy(model.state_dict())
        elif epoch - best_epoch >= PATIENCE:
            stopped_after = epoch

last = test_accuracy()
model.load_state_dict(best_weights)
print(f"stopped after epoch {stopped_after} of {EPOCHS}; best was epoch {best_epoch}")
print(f"with the best weights: accuracy {test_accuracy():.4f} (10000 test images)")
print(f"with those of epoch {EPOCHS}: accuracy {last:.4f} (10000 test images)")
