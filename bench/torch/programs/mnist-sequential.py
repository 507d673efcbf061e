"""examples/mnist-sequential.ts in PyTorch: the same epochs, without looking at the memory."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import transforms

from shared.images import MNIST
from shared.setting import setting

EPOCHS = setting("EPOCHS", 3)
IMAGES = setting("IMAGES", 60_000)
SEED = setting("SEED", 777)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10))

    def forward(self, x):
        return self.model(x)


train = Subset(MNIST(train=True, transform=transforms.ToTensor()), range(IMAGES))
test = MNIST(train=False)
loader = DataLoader(train, batch_size=100, shuffle=True)


def learn(adding, epochs):
    torch.manual_seed(SEED)
    model = MLP()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(epochs):
        avg_cost = 0
        for x_train, y_train in loader:
            cost = criterion(model(x_train.view(-1, 28 * 28)), y_train)
            optimizer.zero_grad()
            cost.backward(retain_graph=adding == "as a tensor, with whole graphs")
            optimizer.step()
            avg_cost += (cost.item() if adding == "as a number" else cost) / len(loader)
        cost = avg_cost if adding == "as a number" else avg_cost.item()
        print(f"Epoch: {epoch + 1:04d} cost = {cost:.9f}")
    return model


model = learn("as a tensor", EPOCHS)
with torch.no_grad():
    x_bytes = test.data.view(-1, 28 * 28).float()
    for x, of in ((x_bytes, "to 255"), (x_bytes / 255, "to 1")):
        prediction = model(x)
        accuracy = (prediction.argmax(1) == test.targets).float().mean().item()
        sure = model(x).softmax(1).max(1).values.mean().item()
        print(f"Accuracy: {accuracy:.4f} on pixels from 0 {of}; mean confidence {sure:.4f}")
for adding in ("as a number", "as a number", "as a tensor", "as a tensor, with whole graphs"):
    learn(adding, 1)
