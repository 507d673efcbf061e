"""examples/cifar10-resnet.ts in PyTorch."""
import torch
from torch import nn
from torchvision import transforms

from shared.classifier import fit, loaders
from shared.images import CIFAR10
from shared.setting import setting

EPOCHS = setting("EPOCHS", 6)
IMAGES = setting("IMAGES", 50_000)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def stage(inputs, outputs, stride):
    return nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1), Block(outputs, outputs, 1))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.stages = nn.Sequential(stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.relu(self.bn(self.conv(x)))
        return self.fc(self.pool(self.stages(x)).flatten(1))


torch.manual_seed(777)
to_input = [transforms.ToTensor(), transforms.Normalize((0.491, 0.482, 0.447), (0.247, 0.243, 0.262))]
augment = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()]
train = CIFAR10(train=True, transform=transforms.Compose(augment + to_input))
test = CIFAR10(train=False, transform=transforms.Compose(to_input))
train_loader, test_loader = loaders(train, test, IMAGES, -(-IMAGES // 5), batch=128)
model = ResNet20()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.2, total_steps=EPOCHS * len(train_loader))
accuracy = fit(model, nn.CrossEntropyLoss(), optimizer, train_loader, test_loader, EPOCHS, schedule)
print(f"accuracy {accuracy:.4f} ({len(test_loader.dataset)} test images)")
