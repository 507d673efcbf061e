"""examples/mnist-mlp.ts in PyTorch."""
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms

from shared.images import MNIST, accuracy_on
from shared.setting import setting

EPOCHS = setting("EPOCHS", 5)


class NeuralNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 500)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        return self.fc2(self.relu(self.fc1(x.reshape(-1, 28 * 28))))


torch.manual_seed(777)
train_loader = DataLoader(MNIST(train=True, transform=transforms.ToTensor()), batch_size=100, shuffle=True)
test_loader = DataLoader(MNIST(train=False, transform=transforms.ToTensor()), batch_size=100)
model = NeuralNet()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
losses = []
for epoch in range(1, EPOCHS + 1):
    for step, (images, labels) in enumerate(train_loader, 1):
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % 100 == 0:
            print(f"Epoch[{epoch}/{EPOCHS}], step [{step}/{len(train_loader)}], Loss:{losses[-1]:.4f}")
    accuracy = accuracy_on(model, test_loader)
print(f"accuracy {accuracy:.4f} (10000 test images)")
