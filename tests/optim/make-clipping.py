"""Writes fixtures/clipping.json: norms and gradients that PyTorch's clipping leaves.

    python make-clipping.py

Gradients are fractions that are exact in float32; "nan" and "inf" stand where a case says so.
"""
import json
import math
import pathlib

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

SIZES = [[5, 3], [], [1], [0], [17]]


def gradients(special):
    all = []
    for k, shape in enumerate(SIZES):
        count = math.prod(shape)
        values = [((i * 37 + k * 11 + 5) % 33 - 16) / 8 for i in range(count)]
        if special and k == 4:
            values[3] = float(special)
        all.append(values)
    return all


def text(x):
    return x if math.isfinite(x) else str(x)


def main():
    rows = []
    for special in ["", "nan", "inf"]:
        for dtype in [torch.float32, torch.float64]:
            for order in [2.0, 1.0, 3.0, 0.5, 0.0, math.inf, -1.0, -math.inf]:
                # The greatest and the least of nothing are not defined.
                sizes = [i for i, shape in enumerate(SIZES) if 0 not in shape or order >= 0 and order != math.inf]
                for limit in [1.5, 1000.0] if order == 2.0 else [1.5]:
                    parameters = []
                    for i in sizes:
                        p = torch.zeros(SIZES[i], dtype=dtype, requires_grad=True)
                        p.grad = torch.tensor(gradients(special)[i], dtype=dtype).reshape(SIZES[i])
                        parameters.append(p)
                    norm = clip_grad_norm_(parameters, limit, norm_type=order)
                    found = [text(x) for p in parameters for x in p.grad.reshape(-1).tolist()]
                    rows.append({"special": special, "dtype": str(dtype)[6:], "order": text(order), "limit": limit, "sizes": sizes, "norm": text(norm.item()), "gradients": found})
            for limit in [0.75, 0.0, 100.0]:
                p = torch.zeros(17, dtype=dtype, requires_grad=True)
                p.grad = torch.tensor(gradients(special)[4], dtype=dtype)
                clip_grad_value_([p], limit)
                rows.append({"special": special, "dtype": str(dtype)[6:], "value": limit, "sizes": [4], "gradients": [text(x) for x in p.grad.tolist()]})
    path = pathlib.Path(__file__).with_name("fixtures") / "clipping.json"
    lines = ",\n".join(json.dumps(row) for row in rows)
    path.write_text(f'{{ "torch": {json.dumps(torch.__version__)}, "rows": [\n{lines}\n] }}\n')
    print(f"{len(rows)} rows written to {path} with PyTorch {torch.__version__}")


main()
