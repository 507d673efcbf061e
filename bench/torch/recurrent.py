"""The PyTorch side of the benchmarks of recurrent layers and attention; workloads.py loads it."""
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = 10
CHARACTERS = 64


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


def sampling(kind):
    """Draws one character after the other: embedding, layer, head, softmax, a draw."""
    embedding, layer, head = nn.Embedding(CHARACTERS, 64), getattr(nn, kind)(64, 128), nn.Linear(128, CHARACTERS)
    character, state = torch.zeros(1, dtype=torch.long), None

    def step():
        nonlocal character, state
        with torch.inference_mode():
            output, state = layer(embedding(character), state)
            character = torch.multinomial(F.softmax(head(output[0]), 0), 1)
    return step


def sampling_cell(kind):
    embedding, cell, head = nn.Embedding(CHARACTERS, 64), getattr(nn, kind + "Cell")(64, 128), nn.Linear(128, CHARACTERS)
    character, state = torch.zeros(1, dtype=torch.long), None

    def step():
        nonlocal character, state
        with torch.inference_mode():
            state = cell(embedding(character), state)
            output = state[0] if kind == "LSTM" else state
            character = torch.multinomial(F.softmax(head(output[0]), 0), 1)
    return step


def scaled(batch, heads, tokens, width):
    """Scaled dot-product attention, forward and backward: in one call where this PyTorch has it."""
    q, k, v = (torch.randn(batch, heads, tokens, width, requires_grad=True) for _ in range(3))

    def step():
        q.grad = k.grad = v.grad = None
        F.scaled_dot_product_attention(q, k, v).square().mean().backward()

    def step_by_step():
        q.grad = k.grad = v.grad = None
        weights = torch.softmax((q * width**-0.5) @ k.transpose(-2, -1), -1)
        (weights @ v).square().mean().backward()
    return step if hasattr(F, "scaled_dot_product_attention") else step_by_step


def attention(steps, batch, width, heads):
    layer, x = nn.MultiheadAttention(width, heads), torch.randn(steps, batch, width)

    def step():
        layer.zero_grad()
        layer(x, x, x)[0].square().mean().backward()
    return step


def attention_without_weights(steps, batch, width, heads):
    layer, x = nn.MultiheadAttention(width, heads), torch.randn(steps, batch, width)

    def step():
        layer.zero_grad()
        layer(x, x, x, need_weights=False)[0].square().mean().backward()
    return step


def transformer(steps, batch, width, heads):
    def build(make_optimizer, set_to_none):
        layer, x = nn.TransformerEncoderLayer(width, heads, 4 * width, dropout=0.0), torch.randn(steps, batch, width)
        optimizer = make_optimizer(layer.parameters())

        def step():
            optimizer.zero_grad(set_to_none=set_to_none)
            layer(x).square().mean().backward()
            optimizer.step()
        return step
    return build


def register(workload, register_training):
    for kind in ("LSTM", "GRU", "RNN"):
        register_training(f"{kind.lower()}_28x28_128", torch.optim.Adam, training(kind, 28, 28, 128, 100))
        register_training(f"{kind.lower()}_64x64_256", torch.optim.Adam, training(kind, 64, 64, 256, 32))
        workload(f"{kind.lower()}_layer_character", kind)(character)
        workload(f"{kind.lower()}_character", kind)(character_cell)
        workload(f"{kind.lower()}_sampling", kind)(sampling)
        workload(f"{kind.lower()}_sampling/cell", kind)(sampling_cell)
    workload("scaled_16x4x64x32", 16, 4, 64, 32)(scaled)
    workload("scaled_8x8x128x32", 8, 8, 128, 32)(scaled)
    for steps, batch, width, heads in ((64, 16, 128, 4), (128, 8, 256, 8)):
        size = f"{steps}x{batch}x{width}"
        workload(f"attention_{size}", steps, batch, width, heads)(attention)
        workload(f"attention_{size}_plain", steps, batch, width, heads)(attention_without_weights)
        register_training(f"transformer_{size}", torch.optim.Adam, transformer(steps, batch, width, heads))
