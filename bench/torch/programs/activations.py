"""examples/activations.ts in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

from shared.setting import setting

STEPS = setting("STEPS", 2000)
SEED = setting("SEED", 777)

zoo = {
    "step": lambda x: torch.where(x >= 0, torch.ones(()), x * 0),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "leaky ReLU": lambda x: F.leaky_relu(x, 0.1),
    "ELU": F.elu,
    "Maxout": lambda x: torch.maximum(torch.maximum(-x / 2, x / 4), x - 1),
}


def show_zoo():
    x = torch.linspace(-4, 4, 161, requires_grad=True)
    for name, f in zoo.items():
        y = f(x)
        slope, = torch.autograd.grad(y.sum(), x)
        print(f"{name:12}", *(f"{values[i].item():7.3f}" for values in (y, slope) for i in (40, 80, 120)))


def deep(activation):
    layers = []
    for i in range(6):
        layers.append(nn.Linear(1 if i == 0 else 16, 1 if i == 5 else 16))
        if i < 5:
            layers.append(activation())
    return nn.Sequential(*layers)


def collapse():
    torch.manual_seed(SEED)
    network = deep(nn.Identity)
    with torch.no_grad():
        W, b = torch.eye(1), torch.zeros(1)
        for layer in network:
            if isinstance(layer, nn.Linear):
                W, b = layer.weight @ W, layer.weight @ b + layer.bias
        x = torch.randn(1000, 1)
        apart = (network(x) - (x * W + b)).abs().max().item()
    print(f"six layers without activation are y = {W.item():.5f} x + {b.item():.5f}; largest difference {apart:.1e}")


def learn():
    x = torch.linspace(-2, 2, 200).unsqueeze(1)
    y = x ** 2 + 3
    for name, activation in (("no activation", nn.Identity), ("ReLU", nn.ReLU)):
        torch.manual_seed(SEED)
        network = deep(activation)
        optimizer = torch.optim.Adam(network.parameters(), lr=0.003)
        for _ in range(STEPS):
            optimizer.zero_grad()
            F.mse_loss(network(x), y).backward()
            optimizer.step()
        with torch.no_grad():
            print(f"{name}: mean squared error {F.mse_loss(network(x), y).item():.5f}")


show_zoo()
collapse()
learn()
