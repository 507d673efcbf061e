"""The PyTorch side of bench/vision.ts, in both memory formats: a small convolutional network's training step and forward pass,
batch normalisation and ReLU forward and backward."""
import torch
import torch.nn.functional as F
from torch import nn

from convolutions import FORMATS

BATCH, CLASSES = 64, 10
FEATURES = (BATCH, 32, 32, 32)


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(64 * 8 * 8, 512)
        self.fc2 = nn.Linear(512, CLASSES)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def cnn_step(layout, options, set_to_none):
    net = SimpleCNN().to(memory_format=layout)
    x = torch.randn(BATCH, 3, 32, 32).to(memory_format=layout)
    y = torch.randint(0, CLASSES, (BATCH,))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, **options)

    def step():
        loss = criterion(net(x), y)
        optimizer.zero_grad(set_to_none=set_to_none)
        loss.backward()
        optimizer.step()

    return step


def cnn_forward(layout):
    net = SimpleCNN().to(memory_format=layout)
    x = torch.randn(BATCH, 3, 32, 32).to(memory_format=layout)

    def step():
        with torch.inference_mode():
            net(x)

    return step


def forward_backward(make, layout):
    """A layer forward and backward, with the gradients of its parameters."""
    layer = make()
    x = torch.randn(FEATURES).to(memory_format=layout).requires_grad_()
    g = torch.randn(FEATURES).to(memory_format=layout)

    def step():
        x.grad = None
        layer.zero_grad(set_to_none=True)
        layer(x).backward(g)

    return step


def register(workload, optimizer_variants):
    for suffix, layout in FORMATS.items():
        for variant, options in optimizer_variants(torch.optim.SGD).items():
            workload(f"cnn_step{variant}{suffix}", layout, options, True)(cnn_step)
            workload(f"cnn_step{variant}{suffix}/zero", layout, options, False)(cnn_step)
        workload("cnn_forward" + suffix, layout)(cnn_forward)
        workload("batch_norm" + suffix, lambda: nn.BatchNorm2d(FEATURES[1]), layout)(forward_backward)
        workload("relu_backward" + suffix, nn.ReLU, layout)(forward_backward)
