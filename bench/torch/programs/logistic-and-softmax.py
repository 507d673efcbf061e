"""examples/logistic-and-softmax.ts in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset, random_split

from shared.setting import setting
from shared.tables import records

STEPS = setting("STEPS", 1000)
SEED = setting("SEED", 777)
SPECIES = ["Adelie", "Gentoo", "Chinstrap"]
BEAK = ["Beak Length (mm)", "Beak Depth (mm)"]

penguins = records("penguins", ["Species", *BEAK])


def beaks(rows):
    return torch.tensor([[float(row[column]) for column in BEAK] for row in rows])


mean, std = beaks(penguins).mean(0), beaks(penguins).std(0, unbiased=False)


def split(species):
    rows = [row for row in penguins if row["Species"] in species]
    labels = torch.tensor([species.index(row["Species"]) for row in rows])
    torch.manual_seed(SEED)
    data = TensorDataset((beaks(rows) - mean) / std, labels)
    tested = len(rows) // 3
    train, test = random_split(data, [len(rows) - tested, tested])
    return data[train.indices], data[test.indices]


def learn(units, loss_of):
    optimizer = torch.optim.SGD(units.parameters(), lr=0.5)
    for _ in range(STEPS):
        loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


(x, labels), (test_x, test_labels) = split(SPECIES[:2])
unit = nn.Linear(2, 1)
learn(unit, lambda: F.binary_cross_entropy(unit(x).sigmoid().flatten(), labels.float()))
with torch.no_grad():
    right = (unit(test_x).sigmoid().flatten() >= 0.5) == (test_labels > 0)
print(f"logistic: accuracy {right.float().mean().item():.4f} ({len(test_labels)} test penguins, 2 species)")

(x3, labels3), (test_x3, test_labels3) = split(SPECIES)
units = nn.Linear(2, 3)
learn(units, lambda: F.nll_loss(units(x3).softmax(1).log(), labels3))
with torch.no_grad():
    right = units(test_x3).softmax(1).argmax(1) == test_labels3
print(f"softmax: accuracy {right.float().mean().item():.4f} ({len(test_labels3)} test penguins, 3 species)")
