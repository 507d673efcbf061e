"""examples/mnist-ann.ts in PyTorch."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import transforms

from shared.images import MNIST, accuracy_on
from shared.setting import setting

EPOCHS = setting("EPOCHS", 10)
IMAGES = setting("IMAGES", 60_000)
SEED = setting("SEED", 777)


class SimpleANN(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(28 * 28, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)

    def forward(self, x):
        x = x.view(-1, 28 * 28)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
trainset = Subset(MNIST(train=True, transform=transform), range(IMAGES))
trainloader = DataLoader(trainset, batch_size=64, shuffle=True)
testloader = DataLoader(MNIST(train=False, transform=transform), batch_size=64)


def train(rate):
    torch.manual_seed(SEED)
    model = SimpleANN()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * len(trainloader))
    losses = []
    for epoch in range(1, EPOCHS + 1):
        running_loss = 0.0
        for i, (inputs, labels) in enumerate(trainloader):
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
            if rate == "falling":
                schedule.step()
            losses.append(loss.item())
            running_loss += losses[-1]
            if i % 100 == 99:
                print(f"[Epoch {epoch}, Batch {i + 1}] loss: {running_loss / 100:.3f}")
                running_loss = 0.0
        accuracy = accuracy_on(model, testloader)
    return accuracy


for rate in ("constant", "falling"):
    print(f"{rate} learning rate: accuracy {train(rate):.4f} (10000 test images)")
