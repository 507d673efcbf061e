"""Computes convolution.json with PyTorch: what convolutional layers give for every padding mode, and how they print.

    python tests/nn/make-convolution.py
"""
import json
import pathlib

import torch
from torch import nn

# The layer as Python writes it, the same in TypeScript's tests by this name, and the shape of its input.
LAYERS = {
    "zeros": ("nn.Conv2d(2, 3, 3, padding=1)", (2, 2, 4, 5)),
    "reflect": ("nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode='reflect')", (2, 2, 4, 5)),
    "replicate": ("nn.Conv2d(2, 3, (3, 2), padding=(1, 3), padding_mode='replicate')", (1, 2, 2, 3)),
    "circular": ("nn.Conv2d(2, 4, 3, padding=2, padding_mode='circular', groups=2)", (1, 2, 3, 2)),
    "circular unbatched": ("nn.Conv2d(1, 2, 3, padding=1, padding_mode='circular')", (1, 3, 4)),
    "same, reflect, even": ("nn.Conv2d(2, 2, (2, 4), padding='same', padding_mode='reflect', dilation=(3, 1))", (1, 2, 5, 6)),
    "strided, no bias": ("nn.Conv2d(2, 3, 2, stride=(2, 1), bias=False)", (1, 2, 5, 5)),
    "dilated": ("nn.Conv2d(1, 1, 3, dilation=2, padding='valid')", (1, 1, 7, 6)),
    "signal": ("nn.Conv1d(2, 4, 3, padding=1)", (2, 2, 7)),
    "signal, reflect": ("nn.Conv1d(2, 4, 5, stride=2, padding=2, padding_mode='reflect')", (2, 2, 7)),
    "signal, same": ("nn.Conv1d(1, 2, 4, padding='same', padding_mode='circular')", (3, 1, 6)),
    "transposed": ("nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1)", (2, 3, 3, 4)),
    "transposed groups": ("nn.ConvTranspose2d(4, 4, (2, 3), groups=2, dilation=(1, 2), bias=False)", (1, 4, 2, 3)),
    "transposed signal": ("nn.ConvTranspose1d(2, 3, 4, stride=2)", (1, 2, 5)),
}


def numbers(x):
    return x.detach().flatten().tolist()


def computed(source, shape):
    torch.manual_seed(777)
    layer = eval(source).double()
    count = torch.Size(shape).numel()
    x = (torch.arange(count, dtype=torch.float64) * 37 % 101 / 50 - 1).reshape(shape).requires_grad_()
    y = layer(x)
    (y * torch.linspace(-1, 1, y.numel(), dtype=torch.float64).reshape(y.shape)).sum().backward()
    found = {"repr": repr(layer), "shape": list(y.shape), "y": numbers(y), "dx": numbers(x.grad), "dw": numbers(layer.weight.grad)}
    return {"input": list(shape), **found, "db": None if layer.bias is None else numbers(layer.bias.grad)}


cases = {name: computed(*layer) for name, layer in LAYERS.items()}
target = pathlib.Path(__file__).resolve().parent / "convolution.json"
target.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
