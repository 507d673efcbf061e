"""Writes fixtures/state.safetensors: a network's state dict, saved by PyTorch with the safetensors package.

    python make-state.py          writes the file
    python make-state.py <file>   checks a file that state.test.ts's network saved: prints its keys, shapes and output
"""
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1, bias=False))
x = torch.tensor([[0.5, -1.0], [2.0, 0.25]])
if len(sys.argv) > 1:
    state = load_file(sys.argv[1])
    net.load_state_dict(state)
    print({key: list(value.shape) for key, value in state.items()}, net(x).flatten().tolist())
else:
    torch.manual_seed(777)
    for p in net.parameters():
        nn.init.normal_(p)
    save_file(net.state_dict(), pathlib.Path(__file__).with_name("fixtures") / "state.safetensors", {"format": "pt"})
    print(torch.__version__, [float.hex(v) for v in net(x).flatten().tolist()], net(x).flatten().tolist())
