"""784-500-10 on MNIST, written as PyTorch's tutorials write it.

With --in-memory the batches come from a normalised tensor by index: the fastest way PyTorch has.
"""
import time

START = time.perf_counter()

import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

IMPORTED = time.perf_counter()

EPOCHS = 5
BATCH = 100


class FolderMNIST(datasets.MNIST):
    """torchvision's MNIST, with the four IDX files right in the folder given."""

    @property
    def raw_folder(self):
        return self.root


class InMemoryBatches:
    """Batches gathered from images that were normalised once."""

    def __init__(self, dataset, shuffle):
        self.images = dataset.data.reshape(len(dataset), -1).float().div_(255)
        self.labels = dataset.targets
        self.shuffle = shuffle

    def __len__(self):
        return -(-len(self.labels) // BATCH)

    def __iter__(self):
        if not self.shuffle:
            yield from zip(self.images.split(BATCH), self.labels.split(BATCH))
            return
        for index in torch.randperm(len(self.labels)).split(BATCH):
            yield self.images.index_select(0, index), self.labels.index_select(0, index)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder with the four IDX files")
    parser.add_argument("--in-memory", action="store_true", help="batches from a tensor, by index")
    parser.add_argument("--adam", choices=["default", "foreach", "fused"], default="default")
    parser.add_argument("--workers", type=int, default=0, help="processes of the DataLoader")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    return parser.parse_args()


def make_batches(options, train):
    dataset = FolderMNIST(options.data, train=train, transform=transforms.ToTensor())
    if options.in_memory:
        return InMemoryBatches(dataset, shuffle=train)
    return DataLoader(dataset, batch_size=BATCH, shuffle=train, num_workers=options.workers)


def train(net, batches, test_batches, options):
    """Trains, and evaluates after every epoch, as examples/mnist-mlp.ts does; the last accuracy and its number of images."""
    criterion = nn.CrossEntropyLoss()
    variant = {} if options.adam == "default" else {options.adam: True}
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, **variant)
    for epoch in range(1, options.epochs + 1):
        for step, (images, labels) in enumerate(batches, 1):
            loss = criterion(net(images.reshape(-1, 28 * 28)), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            if step % 100 == 0:
                print(f"Epoch[{epoch}/{options.epochs}], step [{step}/{len(batches)}], "
                      f"Loss:{loss.item():.4f}")
        result = evaluate(net, test_batches)
    return result


def evaluate(net, batches):
    correct = total = 0
    with torch.no_grad():
        for images, labels in batches:
            predicted = net(images.reshape(-1, 28 * 28)).argmax(1)
            correct += (predicted == labels).sum().item()
            total += len(labels)
    return correct / total, total


def main():
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(777)
    net = nn.Sequential(nn.Linear(28 * 28, 500), nn.ReLU(), nn.Linear(500, 10))
    accuracy, total = train(net, make_batches(options, train=True), make_batches(options, train=False), options)
    end = time.perf_counter()
    print(f"torch {torch.__version__} threads {torch.get_num_threads()}")
    print(f"accuracy {accuracy:.4f} ({total} test images)")
    print(f"seconds {end - START:.2f} (imports {IMPORTED - START:.2f}, job {end - IMPORTED:.2f})")


if __name__ == "__main__":
    main()
