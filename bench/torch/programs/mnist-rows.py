"""examples/mnist-rows.ts in PyTorch."""
import torch
from torch import nn
from torchvision import transforms

from shared.classifier import loaders
from shared.images import MNIST, accuracy_on
from shared.recurrent import KINDS
from shared.setting import setting

EPOCHS = setting("EPOCHS", 5)
IMAGES = setting("IMAGES", 60_000)
UNITS = 128


class RowReader(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.fc = nn.Linear(UNITS, 10)
        self.layer = KINDS[kind](28, UNITS, batch_first=True)

    def after_each_row(self, images):
        states, _ = self.layer(images.squeeze(1))
        return self.fc(states)

    def forward(self, images):
        states, _ = self.layer(images.squeeze(1))
        return self.fc(states[:, -1])


train = MNIST(train=True, transform=transforms.ToTensor())
test = MNIST(train=False, transform=transforms.ToTensor())
train_loader, test_loader = loaders(train, test, IMAGES, -(-IMAGES // 6), batch=100)


def train_one(kind):
    torch.manual_seed(777)
    model = RowReader(kind)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=EPOCHS * len(train_loader))
    losses = []
    for _ in range(EPOCHS):
        for images, labels in train_loader:
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        accuracy = accuracy_on(model, test_loader)
    by_row = torch.zeros(28)
    with torch.no_grad():
        for images, labels in test_loader:
            by_row += (model.after_each_row(images).argmax(2) == labels.unsqueeze(1)).sum(0)
    halfway = by_row[13].item() / len(test_loader.dataset)
    return f"accuracy {accuracy:.4f} of {kind} ({len(test_loader.dataset)} test images); after 14 rows {halfway:.4f}"


for line in [train_one(kind) for kind in KINDS]:
    print(line)
