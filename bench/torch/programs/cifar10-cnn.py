"""examples/cifar10-cnn.ts in PyTorch."""
import torch
from torch import nn
from torchvision import transforms

from shared.classifier import fit, loaders
from shared.images import CIFAR10
from shared.setting import setting

EPOCHS = setting("EPOCHS", 10)
IMAGES = setting("IMAGES", 50_000)


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(64 * 8 * 8, 512)
        self.fc2 = nn.Linear(512, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = x.view(-1, 64 * 8 * 8)
        x = torch.relu(self.fc1(x))
        return self.fc2(x)


torch.manual_seed(777)
transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
train_loader, test_loader = loaders(
    CIFAR10(train=True, transform=transform), CIFAR10(train=False, transform=transform), IMAGES, -(-IMAGES // 5), batch=64)
model = SimpleCNN()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
accuracy = fit(model, nn.CrossEntropyLoss(), optimizer, train_loader, test_loader, EPOCHS)
print(f"accuracy {accuracy:.4f} ({len(test_loader.dataset)} test images)")
