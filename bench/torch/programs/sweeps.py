"""examples/sweeps.ts in PyTorch: trials in as many processes as there are processors, with one thread each."""
import os

import torch

from shared.images import MNIST
from shared.setting import setting
from shared.three_layer import NeuralNetwork, scaled_inputs, targets_of

EPOCHS = setting("EPOCHS", 7)
HIDDEN_EPOCHS = setting("HIDDEN_EPOCHS", 5)
IMAGES = setting("IMAGES", 60_000)
SEED = setting("SEED", 777)
BATCH = 10


def start():
    global inputs, targets, test_inputs, test_labels
    torch.set_num_threads(1)
    train, test = MNIST(train=True), MNIST(train=False)
    inputs, targets = scaled_inputs(train.data[:IMAGES]), targets_of(train.targets[:IMAGES])
    test_inputs, test_labels = scaled_inputs(test.data), test.targets


def accuracies(trial):
    learning_rate, hidden, epochs = trial
    torch.manual_seed(SEED)
    n = NeuralNetwork(784, hidden, 10, learning_rate)
    found = []
    for _ in range(epochs):
        for i in range(0, IMAGES - BATCH + 1, BATCH):
            n.train(inputs[i:i + BATCH], targets[i:i + BATCH])
        found.append(n.accuracy(test_inputs, test_labels))
    return found


if __name__ == "__main__":
    rates = [(lr, 200, EPOCHS) for lr in (0.01, 0.05, 0.1, 0.2, 0.3, 0.6)]
    nodes = [(0.1, hidden, HIDDEN_EPOCHS) for hidden in (10, 50, 100, 200, 500)]
    with torch.multiprocessing.Pool(os.cpu_count(), initializer=start) as pool:
        for trials in (rates, nodes):
            for i, found in enumerate(pool.imap(accuracies, trials)):
                learning_rate, hidden, _ = trials[i]
                setting_of_trial = learning_rate if trials is rates else hidden
                shown = found if trials is rates else found[-1:]
                print(i, setting_of_trial, *(f"{value:.4f}" for value in shown))
