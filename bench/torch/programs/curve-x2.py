"""examples/curve-x2.ts in PyTorch."""
import torch
from torch import nn

from shared.setting import setting

STEPS = setting("STEPS", 10_000)
SEED = setting("SEED", 777)

torch.manual_seed(SEED)
x = nn.init.uniform_(torch.empty(1000, 1), -15, 15)
truth = x.pow(2) + 3
y = truth + torch.randn(1000, 1)
loss_function = nn.L1Loss()


def train(name, optimizer_of):
    torch.manual_seed(SEED)
    model = nn.Sequential(
        nn.Linear(1, 6), nn.ReLU(), nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 6), nn.ReLU(), nn.Linear(6, 1))
    optimizer = optimizer_of(model.parameters())
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        print(f"{name}: mean distance of the network from x² + 3: {loss_function(model(x), truth).item():.3f}")


train("SGD 0.0002", lambda parameters: torch.optim.SGD(parameters, lr=0.0002))
train("Adam 0.01", lambda parameters: torch.optim.Adam(parameters, lr=0.01))
