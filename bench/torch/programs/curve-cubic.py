"""examples/curve-cubic.ts in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F

from shared.setting import setting

STEPS = setting("STEPS", 10_000)
SEED = setting("SEED", 777)


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layer = nn.Linear(1, 6)
        self.activation = nn.ReLU()
        self.output_layer = nn.Linear(6, 1)

    def forward(self, x):
        x = self.input_layer(x)
        x = self.activation(x)
        return self.output_layer(x)


def cubic(x):
    return x ** 3 + x ** 2 - x - 1


def quartic(x):
    return x ** 4 - 14 * x ** 3 - 83 * x ** 2 + 168 * x + 540


def one_step():
    torch.manual_seed(SEED)
    network = NeuralNetwork()
    loss_function = nn.MSELoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    print(network.input_layer.state_dict())
    x = torch.tensor([1.0])
    optimizer.zero_grad()
    loss_function(network(x), cubic(x)).backward()
    optimizer.step()
    print(network.input_layer.state_dict())


def error(network, curve, start, end):
    x = torch.linspace(start, end, 1001).unsqueeze(1)
    with torch.no_grad():
        return F.mse_loss(network(x), curve(x)).item() ** 0.5


def train(name, curve):
    torch.manual_seed(SEED)
    network = NeuralNetwork()
    loss_function = nn.MSELoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(STEPS):
        x = (torch.rand(1) - 0.5) * 10
        y = curve(x)
        optimizer.zero_grad()
        loss_function(network(x), y).backward()
        optimizer.step()
    inside, far = error(network, curve, -5, 5), error(network, curve, 5, 15)
    print(f"{name}: root mean square error {inside:.3f} in [-5, 5], {far:.1f} in [5, 15]")


def learn(layers, width):
    torch.manual_seed(SEED)
    hidden = []
    for i in range(layers):
        hidden += [nn.Linear(1 if i == 0 else width, width), nn.ReLU()]
    network = nn.Sequential(*hidden, nn.Linear(width, 1))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        x = (torch.rand(32, 1) - 0.5) * 10
        optimizer.zero_grad()
        F.mse_loss(network(x), cubic(x)).backward()
        optimizer.step()
        schedule.step()
    return error(network, cubic, -5, 5)


one_step()
train("cubic", cubic)
train("quartic", quartic)
for layers in (1, 2):
    errors = [f"{width}: {learn(layers, width):.3f}" for width in (2, 4, 8, 16, 32, 64, 128)]
    print(f"{layers} hidden {'layer' if layers == 1 else 'layers'} of units: {', '.join(errors)}")
