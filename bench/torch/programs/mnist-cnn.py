"""examples/mnist-cnn.ts in PyTorch."""
import torch
from torch import nn
from torchvision import transforms

from shared.classifier import fit, loaders
from shared.images import MNIST
from shared.setting import setting

EPOCHS = setting("EPOCHS", 4)
IMAGES = setting("IMAGES", 60_000)


class DigitCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.25)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.relu(self.fc1(self.dropout(x.flatten(1))))
        return self.fc2(x)


torch.manual_seed(777)
train = MNIST(train=True, transform=transforms.ToTensor())
test = MNIST(train=False, transform=transforms.ToTensor())
train_loader, test_loader = loaders(train, test, IMAGES, -(-IMAGES // 6), batch=100)
model = DigitCNN()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=EPOCHS * len(train_loader))
accuracy = fit(model, nn.CrossEntropyLoss(), optimizer, train_loader, test_loader, EPOCHS, schedule)
print(f"accuracy {accuracy:.4f} ({len(test_loader.dataset)} test images)")
