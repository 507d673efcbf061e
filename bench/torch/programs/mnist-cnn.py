"""examples/mnist-cnn.ts in PyTorch."""
import torch
from torch import nn
from torchvision import transforms

from shared.classifier import fit, loaders
from shared.digit_cnn import DigitCNN
from shared.images import MNIST
from shared.setting import setting

EPOCHS = setting("EPOCHS", 4)
IMAGES = setting("IMAGES", 60_000)

torch.manual_seed(777)
train = MNIST(train=True, transform=transforms.ToTensor())
test = MNIST(train=False, transform=transforms.ToTensor())
train_loader, test_loader = loaders(train, test, IMAGES, -(-IMAGES // 6), batch=100)
model = DigitCNN()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=EPOCHS * len(train_loader))
accuracy = fit(model, nn.CrossEntropyLoss(), optimizer, train_loader, test_loader, EPOCHS, schedule)
print(f"accuracy {accuracy:.4f} ({len(test_loader.dataset)} test images)")
