"""The PyTorch side of the benchmarks of recurrent layers and attention; workloads.py loads it."""
import torch
from torch import nn

CLASSES = 10


def training(kind, steps, inputs, hidden, batch):
    def build(make_optimizer, set_to_none):
        layer, head = getattr(nn, kind)(inputs, hidden), nn.Linear(hidden, CLASSES)
        x, y = torch.randn(steps, batch, inputs), torch.randint(0, CLASSES, (batch,))
        criterion = nn.CrossEntropyLoss()
        optimizer = make_optimizer([*layer.parameters(), *head.parameters()])

        def step():
            optimizer.zero_grad(set_to_none=set_to_none)
            criterion(head(layer(x)[0][-1]), y).backward()
            optimizer.step()
        return step
    return build


def character(kind):
    """One character after the other."""
    x = torch.randn(1, 64)
    state = None
    layer = getattr(nn, kind)(64, 128)

    def step():
        nonlocal state
        with torch.inference_mode():
            state = layer(x, state)[1]
    return step


def character_cell(kind):
    x = torch.randn(1, 64)
    state = None
    cell = getattr(nn, kind + "Cell")(64, 128)

    def step():
        nonlocal state
        with torch.inference_mode():
            state = cell(x, state)
    return step


def attention():
    layer, x = nn.MultiheadAttention(128, 4), torch.randn(64, 32, 128)

    def step():
        layer.zero_grad()
        layer(x, x, x)[0].square().mean().backward()
    return step


def transformer(make_optimizer, set_to_none):
    layer, x = nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0), torch.randn(64, 32, 128)
    optimizer = make_optimizer(layer.parameters())

    def step():
        optimizer.zero_grad(set_to_none=set_to_none)
        layer(x).square().mean().backward()
        optimizer.step()
    return step


def register(workload, register_training):
    for kind in ("LSTM", "GRU", "RNN"):
        register_training(f"{kind.lower()}_28x28_128", torch.optim.Adam, training(kind, 28, 28, 128, 100))
        register_training(f"{kind.lower()}_64x64_256", torch.optim.Adam, training(kind, 64, 64, 256, 32))
        workload(f"{kind.lower()}_character", kind)(character)
        workload(f"{kind.lower()}_character/cell", kind)(character_cell)
    workload("attention_64x32x128")(attention)
    register_training("transformer_64x32x128", torch.optim.Adam, transformer)
