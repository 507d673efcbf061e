"""Writes fixtures/printing.json: tensors as PyTorch prints them, with nabla's names in place of PyTorch's.

    python make-printing.py
"""
import json
import math
import pathlib
import re

import torch

inf, nan = math.inf, math.nan
t, f64 = torch.tensor, torch.float64
CASES = [
    t(1.0), t(1.5), t(-0.0), t(nan), t(1e10), t(3), t(True), t(0.1, dtype=f64), t([]), torch.zeros(0, 3), torch.zeros(2, 0),
    t([1.0, 2.0, 3.0]), t([1.0, -2.5]), t([0.1, 10.25, 100.125]), t([1e-5, 1.0]), t([0.0001, 0.001]), t([1e-4, 1e4]),
    t([1e5, 1.5]), t([1e8, 1.0]), t([123456789.0]), t([1e9, 2e9]), t([1e-10, 2e-10]), t([1000.0, 0.5]), t([2000.0, 1.0]),
    t([nan, 1.0]), t([inf, -inf, 2.5]), t([nan, inf]), t([inf, 1e6, 0.5]), t([0.0, 0.0]), t([-1.0, 10.0, -100.0]),
    t([[1.0, 2.0], [3.0, 4.0]]), t([[0.5, -2.0], [30.0, 4.0]]), t([[1, -20], [300, 4]]), t([[True, False], [False, True]]),
    t([1, 255, 3], dtype=torch.uint8), t([0.25, 1.0], dtype=f64), t([[1e-8, 1.0]], dtype=f64),
    torch.arange(24.0).reshape(2, 3, 4), torch.arange(16).reshape(2, 2, 2, 2) - 8, torch.arange(30.0) / 7,
    torch.arange(100), torch.arange(1001), torch.arange(1000.0), torch.arange(2000.0) / 3, torch.arange(10000.0).reshape(100, 100),
    torch.arange(1200.0).reshape(2, 600), torch.arange(4000).reshape(10, 20, 20), torch.arange(1100.0).reshape(1100, 1),
    torch.ones(5, 1, 300), t([1.0, 2.0], requires_grad=True), t([[1.5]], requires_grad=True),
    torch.arange(40, dtype=f64) / 3, torch.ones(30, dtype=f64), torch.full((3,), 16777216.0), t([99999999.0, 1.0]),
    t([0.99999, 0.5]), t([9.99995, 1.0]), t([0.00005]), t([65504.0, 0.125]), t([0.03125, 0.09375, -0.15625]), t([100.125, 0.001]), t([-0.0, 0.5]), t([0.0, -0.0]), t([1e38, -1e38]), t([5e-324, 1.0], dtype=f64),
]


NAMES = {torch.float32: "float32", f64: "float64", torch.int64: "int32", torch.uint8: "uint8", torch.bool: "bool"}


def values_of(x):
    """The elements; of a long tensor how they are made: all ones, or 0, 1, 2, … divided by something."""
    flat = x.reshape(-1)
    if x.numel() <= 200:
        return [v if math.isfinite(v) else str(v) for v in flat.tolist()]
    divisor = 0 if bool((flat == 1).all()) else round(1 / float(flat[1]))
    made = torch.ones_like(flat) if divisor == 0 else torch.arange(x.numel(), dtype=x.dtype)
    assert torch.equal(flat, made / divisor if divisor > 1 else made)
    return {"divisor": divisor}


def described(x):
    text = repr(x).replace("torch.", "").replace("requires_grad=True", "requiresGrad=true")
    text = re.sub(r"size=\((.*?)\)", r"size=[\1]", text).replace("True", "true").replace("False", "false")
    return {
        "dtype": NAMES[x.dtype],
        "shape": list(x.shape),
        "values": values_of(x),
        "requiresGrad": x.requires_grad,
        "text": text,
    }


path = pathlib.Path(__file__).with_name("fixtures") / "printing.json"
lines = ",\n".join(json.dumps(described(x), separators=(",", ":")) for x in CASES)
path.write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')
print(len(CASES), "tensors written to", path)
