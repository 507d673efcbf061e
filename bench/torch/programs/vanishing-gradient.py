"""examples/vanishing-gradient.ts in PyTorch."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import transforms

from shared.images import MNIST, accuracy_on
from shared.setting import setting

EPOCHS = setting("EPOCHS", 3)
IMAGES = setting("IMAGES", 20_000)
SEED = setting("SEED", 777)
DEPTHS = [1, 2, 4, 8, 16]
DEEP = 10
WIDTH = 64


def network(depth, activation):
    layers = [nn.Flatten()]
    for i in range(depth + 1):
        layer = nn.Linear(784 if i == 0 else WIDTH, 10 if i == depth else WIDTH)
        if activation is nn.ReLU:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        else:
            nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
        layers.append(layer)
        if i < depth:
            layers.append(activation())
    return nn.Sequential(*layers)


transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train = Subset(MNIST(train=True, transform=transform), range(IMAGES))
loader = DataLoader(train, batch_size=100, shuffle=True)
test_loader = DataLoader(MNIST(train=False, transform=transform), batch_size=500)


def gradient_sizes(activation):
    torch.manual_seed(SEED)
    model = network(DEEP, activation)
    images, labels = next(iter(loader))
    F.cross_entropy(model(images), labels).backward()
    found = [layer.weight.grad.abs().mean().item() for layer in model if isinstance(layer, nn.Linear)]
    print(f"{activation.__name__}: mean |gradient| {found[0]:.1e} in the first layer, {found[-1]:.1e} in the last")


def learn(depth, activation):
    torch.manual_seed(SEED)
    model = network(depth, activation)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for _ in range(EPOCHS):
        for images, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
    name = "sigmoid" if activation is nn.Sigmoid else "ReLU"
    print(f"{name}, {depth} hidden: accuracy {accuracy_on(model, test_loader):.4f} (10000 test images)")


for activation in (nn.Sigmoid, nn.ReLU):
    gradient_sizes(activation)
for activation in (nn.Sigmoid, nn.ReLU):
    for depth in DEPTHS:
        learn(depth, activation)
