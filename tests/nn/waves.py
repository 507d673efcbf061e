"""Inputs, weights and losses made by formulas, and digests of what comes out: tests/nn/waves.ts makes the same ones in nabla."""
import math

import torch

torch.set_default_dtype(torch.float64)


def wave(shape, salt, scale=0.7):
    n = math.prod(shape)
    return torch.tensor([scale * math.sin(0.61 * i + salt) for i in range(n)]).reshape(shape)


def digest(x):
    """First element, sum of magnitudes, and a sum that depends on the order."""
    flat = x.detach().reshape(-1)
    weights = torch.tensor([math.sin(1.3 * i + 0.5) for i in range(flat.numel())])
    return [float(f"{v:.13g}") for v in (flat[0], flat.abs().sum(), (flat * weights).sum())]


def fill(module):
    """Gives every parameter a wave of its own."""
    with torch.no_grad():
        for k, p in enumerate(module.parameters()):
            p.copy_(wave(p.shape, k + 1, 0.4))


def backward(results):
    """Back-propagates from a sum in which each element of each result has a weight of its own."""
    sum((r * wave(r.shape, 20 + k)).sum() for k, r in enumerate(results)).backward()
