"""The training of examples/own-handwriting.ts in PyTorch: its reading of photos has no form there."""
import torch
from torch import nn
from torch.nn import functional as F
from torchvision import transforms

from shared.classifier import loaders
from shared.digit_cnn import DigitCNN
from shared.images import MNIST, accuracy_on
from shared.setting import setting

EPOCHS = setting("EPOCHS", 4)
IMAGES = setting("IMAGES", 60_000)


def other_pens(images):
    """A third of the images with thicker strokes, a third with thinner ones."""
    thick = F.max_pool2d(images, 3, stride=1, padding=1)
    thin = -F.max_pool2d(-images, 3, stride=1, padding=1)
    chosen = torch.rand(len(images), 1, 1, 1) * 3 - 1.5
    thicker, thinner = (chosen - 0.5).clamp(0, 0.8), (-chosen - 0.5).clamp(0, 0.6)
    return images + (thick - images) * thicker - (images - thin) * thinner


torch.manual_seed(777)
move = transforms.RandomAffine(
    15, translate=(0.06, 0.06), scale=(0.85, 1.12), shear=12, interpolation=transforms.InterpolationMode.BILINEAR)
train = MNIST(train=True, transform=transforms.Compose([transforms.ToTensor(), move]))
test = MNIST(train=False, transform=transforms.ToTensor())
train_loader, test_loader = loaders(train, test, IMAGES, -(-IMAGES // 6), batch=100)
model = DigitCNN()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=EPOCHS * len(train_loader))
for epoch in range(1, EPOCHS + 1):
    for images, labels in train_loader:
        loss = criterion(model(other_pens(images)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    model.eval()
    accuracy = accuracy_on(model, test_loader)
    model.train()
    print(f"Epoch[{epoch}/{EPOCHS}], accuracy on MNIST's test images:{accuracy:.4f}")
