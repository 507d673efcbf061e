"""Computes fixtures/iris-seed777.json with PyTorch: python tests/parity/make-iris.py

A small training run from the split to the last weight: split, batches, losses and weights in base64 (float32, little-endian).
The data, fixtures/iris.csv, are R. A. Fisher's 150 flowers ("The use of multiple measurements in taxonomic problems", 1936; public domain).
"""
import base64
import csv
import json
import pathlib
import struct

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

SEED = 777
HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
OPTIMIZERS = {
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01),
    "sgd_momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.05, momentum=0.9),
}


def pack(values):
    values = values.flatten().tolist() if isinstance(values, torch.Tensor) else values
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def run(x, y, optimizer_of):
    torch.manual_seed(SEED)
    train, test = random_split(TensorDataset(x, y), [120, 30])
    mean, std = x[train.indices].mean(0), x[train.indices].std(0)
    z = (x - mean) / std
    dataset = TensorDataset(z[train.indices], y[train.indices], torch.tensor(train.indices))
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
    start = [pack(p.detach()) for p in net.parameters()]
    optimizer = optimizer_of(net.parameters())
    criterion = nn.CrossEntropyLoss()
    rows, losses = [], []
    for _ in range(5):
        for inputs, targets, places in DataLoader(dataset, batch_size=16, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(net(inputs), targets)
            loss.backward()
            optimizer.step()
            rows.append(places.tolist())
            losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        correct = (net(z[test.indices]).argmax(1) == y[test.indices]).sum().item()
    return {
        "train": train.indices, "test": test.indices, "mean": pack(mean), "std": pack(std), "start": start, "rows": rows,
        "losses": pack(losses), "end": [pack(p.detach()) for p in net.parameters()], "correct": correct,
    }  # fmt: skip


def main():
    torch.set_num_threads(1)
    with open(HERE / "iris.csv") as file:
        lines = list(csv.reader(file))[1:]
    names = sorted({line[4] for line in lines})
    x = torch.tensor([[float(v) for v in line[:4]] for line in lines])
    y = torch.tensor([names.index(line[4]) for line in lines])
    runs = {name: run(x, y, optimizer_of) for name, optimizer_of in OPTIMIZERS.items()}
    result = {"torch": torch.__version__, "seed": SEED, "runs": runs}
    (HERE / "iris-seed777.json").write_text(json.dumps(result) + "\n")


main()
