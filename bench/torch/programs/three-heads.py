"""examples/three-heads.ts in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

from shared.setting import setting
from shared.tables import records

EPOCHS = setting("EPOCHS", 200)
MEASURES = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)"]
SPECIES = ["Adelie", "Gentoo", "Chinstrap"]


class ThreeHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
        self.mass = nn.Linear(32, 1)
        self.sex = nn.Linear(32, 1)
        self.species = nn.Linear(32, 3)

    def forward(self, x):
        features = self.body(x)
        return self.mass(features).flatten(), self.sex(features).sigmoid().flatten(), self.species(features).softmax(1)


penguins = [row for row in records("penguins", [*MEASURES, "Body Mass (g)", "Sex", "Species"]) if row["Sex"] != "."]
measures = torch.tensor([[float(row[name]) for name in MEASURES] for row in penguins])
kilograms = torch.tensor([row["Body Mass (g)"] / 1000 for row in penguins])
male = torch.tensor([float(row["Sex"] == "MALE") for row in penguins])
species = torch.tensor([SPECIES.index(row["Species"]) for row in penguins])

torch.manual_seed(setting("SEED", 777))
data = TensorDataset(measures, kilograms, male, species)
tested = len(penguins) // 3
train, test = random_split(data, [len(penguins) - tested, tested])
mean, std = measures[train.indices].mean(0), measures[train.indices].std(0, unbiased=False)
loader = DataLoader(train, batch_size=32, shuffle=True)
model = ThreeHeads()
optimizer = torch.optim.Adam(model.parameters(), lr=0.003, weight_decay=1e-4)
losses = []
for _ in range(EPOCHS):
    for x, mass, sex, kind in loader:
        said_mass, said_sex, said_kind = model((x - mean) / std)
        parts = F.mse_loss(said_mass, mass), F.binary_cross_entropy(said_sex, sex), F.nll_loss(said_kind.log(), kind)
        optimizer.zero_grad()
        sum(parts).backward()
        optimizer.step()
        losses.append([part.item() for part in parts])

x, mass, sex, kind = data[test.indices]
with torch.no_grad():
    said_mass, said_sex, said_kind = model((x - mean) / std)
print(f"mass: off by {(said_mass - mass).abs().mean().item() * 1000:.0f} g on average")
print(f"sex: accuracy {((said_sex >= 0.5) == (sex >= 0.5)).float().mean().item():.4f}")
print(f"species: accuracy {(said_kind.argmax(1) == kind).float().mean().item():.4f}")
