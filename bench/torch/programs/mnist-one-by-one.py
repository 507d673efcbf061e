"""examples/mnist-one-by-one.ts in PyTorch."""
import os

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms

from shared.images import MNIST, accuracy_on
from shared.setting import setting

STEPS = setting("STEPS", 50_000)
TESTS = setting("TESTS", 5000)
UNITS = setting("UNITS", 1568)
SEED = setting("SEED", 777)
VARIANTS = [os.environ["VARIANT"]] if "VARIANT" in os.environ else ["written", "repaired", "right"]


class NeuralNetwork(nn.Module):
    def __init__(self, faulty):
        super().__init__()
        self.input_layer = nn.Linear(784, UNITS)
        self.activation = nn.ReLU()
        layers = [nn.Linear(UNITS, UNITS)]
        self.hidden_layers = layers if faulty else nn.ModuleList(layers)
        self.output_layer = nn.Linear(UNITS, 10)
        self.faulty = faulty

    def forward(self, x):
        x = self.activation(self.input_layer(x))
        for layer in self.hidden_layers:
            x = layer(x)
            if self.faulty:
                self.activation(x)
            else:
                x = self.activation(x)
        return self.output_layer(x)


train_data = MNIST(train=True, transform=transforms.ToTensor())
test_data = MNIST(train=False, transform=transforms.ToTensor())


def run(variant):
    torch.manual_seed(SEED)
    faulty = variant == "written"
    network = NeuralNetwork(faulty)
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-4 if variant == "right" else 0.01)

    def step(data, index):
        image, label = data[index]
        y = torch.zeros(1, 10)
        y[0, label] = 1
        optimizer.zero_grad()
        output = network(image.view(1, 784))
        loss = loss_function(output, y)
        loss.backward()
        optimizer.step()
        return loss.item(), output, label

    for i in range(STEPS):
        if variant == "right":
            optimizer.param_groups[0]["lr"] = 2e-4 * (1 - i / STEPS)
        step(train_data, torch.randint(0, 60_000, (1,)).item())
    accuracy = accuracy_on(lambda images: network(images.reshape(-1, 784)), DataLoader(test_data, batch_size=500))
    print(f"{variant}: accuracy {accuracy:.4f} (10000 test images)")
    if faulty:
        end = 0
        for i in range(TESTS):
            _, output, label = step(test_data, i)
            end += output.argmax(1).item() == label
        print(f"{variant}: {100 * end / (TESTS - 1):.2f} % by its own test")


for variant in VARIANTS:
    run(variant)
