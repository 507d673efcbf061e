"""Computes families of op cases (cases/*.ts) with PyTorch: fixtures/FAMILY.json.gz. Run it with a Python that has PyTorch 2:

    python tests/ops/make-fixtures.py [FAMILY …]

Arrays of more than LIMIT elements are kept as their first and last 8 elements and the sum of all, each by its weight.
"""
import base64
import gzip
import json
import pathlib
import struct
import subprocess
import sys

import torch
import torch.nn.functional as F

LIMIT = 64
ENDS = 8
HERE = pathlib.Path(__file__).resolve().parent
STORED = {
    torch.float32: ("float32", "f"),
    torch.float64: ("float64", "d"),
    torch.int32: ("int32", "i"),
    torch.int64: ("int32", "i"),  # nabla has no int64
    torch.uint8: ("uint8", "B"),
    torch.bool: ("bool", "B"),
}


def tensor_of(entry):
    values = torch.frombuffer(bytearray(base64.b64decode(entry["data"])) or bytearray(8), dtype=torch.float64)
    count = 1
    for size in entry["shape"]:
        count *= size
    x = values[:count].to(getattr(torch, entry["dtype"])).reshape(entry["shape"])
    return x.requires_grad_() if x.is_floating_point() else x


def pack(values, code):
    return base64.b64encode(struct.pack(f"<{len(values)}{code}", *values)).decode()


def stored(x, weights):
    dtype, code = STORED[x.dtype]
    x = x.detach().contiguous().flatten()
    if x.numel() <= LIMIT:
        return {"d": dtype, "b": pack(x.tolist(), code)}
    w = weights_of(x.numel(), weights)
    total = (x.double() * w).sum().item()
    return {"d": dtype, "first": pack(x[:ENDS].tolist(), code), "last": pack(x[-ENDS:].tolist(), code), "sum": pack([total], "d")}


def weights_of(count, weights):
    return weights.repeat(count // len(weights) + 1)[:count]


def computed(case, seed, weights):
    inputs = [tensor_of(entry) for entry in case["inputs"]]
    torch.manual_seed(seed)
    result = eval(case["torch"], {"torch": torch, "F": F}, dict(zip("xyz", inputs)))
    outputs = [result] if isinstance(result, torch.Tensor) else list(result)
    found = {"y": [{**stored(y, weights), "s": list(y.shape)} for y in outputs]}
    y = outputs[0]
    if y.requires_grad:
        y.backward(weights_of(y.numel(), weights).to(y.dtype).reshape(y.shape))
        found["g"] = [None if x.grad is None else stored(x.grad, weights) for x in inputs]
    return found


def compute(family):
    lines = subprocess.run(
        ["npx", "tsx", str(HERE / "export-cases.ts"), family], cwd=HERE, stdout=subprocess.PIPE, check=True, text=True
    ).stdout.splitlines()
    head, *cases = map(json.loads, lines)
    weights = torch.tensor(head["weights"], dtype=torch.float64)
    runs = {}
    for case in cases:
        try:
            runs.setdefault(case["key"], {})[case["float"]] = computed(case, head["seed"], weights)
        except Exception as error:
            shapes = [(entry["dtype"], entry["shape"]) for entry in case["inputs"]]
            raise SystemExit(f"{case['torch']} of {shapes}: {error}")
    text = json.dumps({"torch": torch.__version__, "runs": runs}, separators=(",", ":"))
    (HERE / "fixtures" / f"{family}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{family}: {len(cases)} runs by PyTorch {torch.__version__}")


def main():
    torch.set_num_threads(1)
    (HERE / "fixtures").mkdir(exist_ok=True)
    every = sorted(path.stem for path in (HERE / "cases").glob("*.ts") if path.stem != "case")
    for family in sys.argv[1:] or every:
        compute(family)


main()
