"""examples/cifar10-better.ts in PyTorch."""
import torch
from torch import nn
from torchvision import transforms

from shared.classifier import fit, loaders
from shared.images import CIFAR10
from shared.setting import setting

EPOCHS = setting("EPOCHS", 9)
IMAGES = setting("IMAGES", 50_000)


class BetterCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(32)
        self.norm2 = nn.BatchNorm2d(64)
        self.norm3 = nn.BatchNorm2d(128)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(128 * 4 * 4, 256)
        self.dropout = nn.Dropout(0.2)
        self.fc2 = nn.Linear(256, 10)

    def forward(self, x):
        x = torch.relu(self.norm1(self.pool(self.conv1(x))))
        x = torch.relu(self.norm2(self.pool(self.conv2(x))))
        x = torch.relu(self.norm3(self.pool(self.conv3(x))))
        x = torch.relu(self.fc1(x.flatten(1)))
        return self.fc2(self.dropout(x))


torch.manual_seed(777)
to_input = [transforms.ToTensor(), transforms.Normalize((0.491, 0.482, 0.447), (0.247, 0.243, 0.262))]
augment = [transforms.RandomCrop(32, padding=2), transforms.RandomHorizontalFlip()]
train = CIFAR10(train=True, transform=transforms.Compose(augment + to_input))
test = CIFAR10(train=False, transform=transforms.Compose(to_input))
train_loader, test_loader = loaders(train, test, IMAGES, -(-IMAGES // 5), batch=64)
model = BetterCNN()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2.5e-3, total_steps=EPOCHS * len(train_loader))
accuracy = fit(model, nn.CrossEntropyLoss(), optimizer, train_loader, test_loader, EPOCHS, schedule)
print(f"accuracy {accuracy:.4f} ({len(test_loader.dataset)} test images)")
