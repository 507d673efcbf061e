"""examples/rotations.ts in PyTorch, turned with torchvision's bilinear rotation in place of splines."""
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import rotate

from shared.images import MNIST
from shared.setting import setting
from shared.three_layer import NeuralNetwork, scaled_inputs, targets_of

EPOCHS = setting("EPOCHS", 8)
HIDDEN = setting("HIDDEN", 500)
IMAGES = setting("IMAGES", 60_000)
SEED = setting("SEED", 777)
ANGLE_EPOCHS = setting("ANGLE_EPOCHS", 1)
ANGLES = [0, 5, 10, 20, 30, 45]
BATCH = 10

train, test = MNIST(train=True), MNIST(train=False)
inputs = scaled_inputs(train.data[:IMAGES])
targets = targets_of(train.targets[:IMAGES])
test_inputs = scaled_inputs(test.data)


def turned(angle):
    """All digits turned by an angle: one product of the images with a grid of places."""
    images = inputs.view(-1, 1, 28, 28)
    return rotate(images, angle, InterpolationMode.BILINEAR, fill=0.01).view(-1, 784)


def learn(angle, epochs):
    variants = [inputs] if angle == 0 else [inputs, turned(angle), turned(-angle)]
    torch.manual_seed(SEED)
    n = NeuralNetwork(784, HIDDEN, 10, 0.01)
    for epoch in range(1, epochs + 1):
        for chosen in torch.randperm(IMAGES).split(BATCH):
            for variant in variants:
                n.train(variant[chosen], targets[chosen])
        accuracy = n.accuracy(test_inputs, test.targets)
        print(f"±{angle}°, epoch {epoch}: accuracy {accuracy:.4f}")
    return accuracy


if ANGLE_EPOCHS > 0:
    for angle in ANGLES:
        learn(angle, ANGLE_EPOCHS)
print(f"accuracy {learn(10, EPOCHS):.4f} (10000 test images)")
