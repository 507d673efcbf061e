"""Writes fixtures/batchnorm.json and fixtures/batchnorm.safetensors: layers with running statistics over steps of training.

    python make-batchnorm.py           writes the files
    python make-batchnorm.py <file>    loads a file that nabla saved: prints the dtypes and the number of batches
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

FIXTURES = pathlib.Path(__file__).with_name("fixtures")
STEPS = 3
LAYERS = {
    "BatchNorm1d": (nn.BatchNorm1d(3), [5, 3]),
    "BatchNorm1d of lines": (nn.BatchNorm1d(2, eps=0.01, momentum=0.3), [4, 2, 3]),
    "BatchNorm1d averaging": (nn.BatchNorm1d(3, momentum=None), [4, 3]),
    "BatchNorm2d": (nn.BatchNorm2d(2), [2, 2, 3, 2]),
    "BatchNorm2d plain": (nn.BatchNorm2d(2, affine=False), [2, 2, 2, 2]),
    "BatchNorm2d without statistics": (nn.BatchNorm2d(2, track_running_stats=False), [2, 2, 2, 2]),
    "BatchNorm3d": (nn.BatchNorm3d(2), [2, 2, 1, 2, 2]),
    "InstanceNorm1d": (nn.InstanceNorm1d(2), [2, 2, 4]),
    "InstanceNorm2d": (nn.InstanceNorm2d(2, affine=True, track_running_stats=True), [3, 2, 2, 2]),
    "GroupNorm": (nn.GroupNorm(2, 4), [2, 4, 3]),
}


def numbers(shape, step):
    count = torch.Size(shape).numel()
    return torch.tensor([((i * 37 + step * 11) % 29 - 14) / 8 for i in range(count)]).reshape(shape)


def rounded(x):
    return None if x is None else [float(f"{v:.9g}") for v in x.flatten().tolist()]


def ran(layer, shape):
    if layer.__dict__.get("affine"):
        with torch.no_grad():
            layer.weight.copy_(numbers(layer.weight.shape, 5))
            layer.bias.copy_(numbers(layer.bias.shape, 6))
    steps = []
    for step in range(STEPS):
        x = numbers(shape, step).requires_grad_()
        layer.zero_grad()
        y = layer(x)
        y.backward(numbers(shape, 9))
        steps.append({"y": rounded(y), "dx": rounded(x.grad), "dw": rounded(layer.weight.grad) if layer.weight is not None else None})
    state = {key: rounded(value.double()) for key, value in layer.state_dict().items()}
    layer.eval()
    x = numbers(shape, 7).requires_grad_()
    layer.zero_grad()
    y = layer(x)
    y.backward(numbers(shape, 9))
    last = {"y": rounded(y), "dx": rounded(x.grad), "dw": rounded(layer.weight.grad) if layer.weight is not None else None}
    return {"shape": shape, "steps": steps, "state": state, "eval": last}


if len(sys.argv) > 1:
    state = load_file(sys.argv[1])
    nn.Sequential(nn.BatchNorm2d(2), nn.ReLU()).load_state_dict(state)
    print({key: str(value.dtype) for key, value in state.items()}, state["0.num_batches_tracked"].item())
else:
    found = {name: ran(layer, shape) for name, (layer, shape) in LAYERS.items()}
    (FIXTURES / "batchnorm.json").write_text(json.dumps({"torch": torch.__version__, "layers": found}, indent=None) + "\n")
    net = nn.Sequential(LAYERS["BatchNorm2d"][0], nn.ReLU())
    save_file(net.state_dict(), FIXTURES / "batchnorm.safetensors", {"format": "pt"})
    print(torch.__version__, (FIXTURES / "batchnorm.json").stat().st_size, "bytes")
