"""Writes fixtures/training-seed777.json: a small network with dropout that PyTorch trains on the first 200 test images of MNIST.

    python make-training.py <t10k-images-idx3-ubyte> <t10k-labels-idx1-ubyte>

For each optimizer: the labels in the order of the first epoch, the loss of every step, and the final weights (of the first
layer its sums over the inputs and every 61st element). training.test.ts trains the same network.
"""
import base64
import json
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
}


def encoded(tensor):
    return base64.b64encode(tensor.detach().to(torch.float32).contiguous().numpy().tobytes()).decode()


def train(make_optimizer, images, labels):
    torch.manual_seed(777)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 24), nn.ReLU(), nn.Dropout(0.2), nn.Linear(24, 10))
    optimizer = make_optimizer(net.parameters())
    criterion = nn.CrossEntropyLoss()
    losses, order = [], []
    for epoch in range(4):
        for x, y in DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True):
            loss = criterion(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            if epoch == 0:
                order.extend(y.tolist())
    net.eval()
    with torch.no_grad():
        correct = (net(images).argmax(1) == labels).sum().item()
    first = net[1].weight
    return {
        "order": order,
        "losses": encoded(torch.stack(losses)),
        "correct": correct,
        "firstSums": encoded(first.sum(1)),
        "firstSome": encoded(first.reshape(-1)[::61]),
        "firstBias": encoded(net[1].bias),
        "last": encoded(net[4].weight),
        "lastBias": encoded(net[4].bias),
    }


def main(images_file, labels_file):
    torch.set_num_threads(1)
    pixels = numpy.fromfile(images_file, numpy.uint8)[16:].reshape(-1, 1, 28, 28)[:200]
    images = torch.from_numpy(pixels.copy()).to(torch.float32).div(255)
    labels = torch.from_numpy(numpy.fromfile(labels_file, numpy.uint8)[8:208].copy()).to(torch.int64)
    runs = {name: train(make, images, labels) for name, make in OPTIMIZERS.items()}
    path = pathlib.Path(__file__).with_name("fixtures") / "training-seed777.json"
    path.write_text(json.dumps({"torch": torch.__version__, "seed": 777, "runs": runs}, separators=(",", ":")) + "\n")
    print(f"written to {path} with PyTorch {torch.__version__}")


main(*sys.argv[1:])
