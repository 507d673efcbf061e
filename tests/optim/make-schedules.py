"""Writes fixtures/schedules.json: learning rates and momenta of PyTorch's schedules over 65 steps.

    python make-schedules.py

Two groups with rates 0.5 and 0.02. The columns of a run are what the groups hold before each step: lr, lr, momentum, momentum (one number if it never changes);
the momentum is that of SGD, or the first of Adam's betas. `construct` and its arguments are read by schedules.test.ts too.
"""
import base64
import json
import math
import pathlib
import struct
import warnings

import torch
from torch.optim import lr_scheduler

warnings.simplefilter("ignore")
STEPS = 65
LAMBDAS = {
    "decay": lambda epoch: 0.95**epoch,
    "tenth": lambda epoch: 1 / (1 + epoch / 10),
    "wave": lambda x: 1 + 0.5 * math.sin(x),
}
# Schedules are [class, positional arguments, options]; nested ones stand in lists.
CONFIGURATIONS = {
    "step": ["StepLR", [7], {}],
    "step gamma": ["StepLR", [10], {"gamma": 0.5}],
    "multi step": ["MultiStepLR", [[3, 20, 20, 50]], {}],
    "multi step gamma": ["MultiStepLR", [[50, 10]], {"gamma": 0.3}],
    "exponential": ["ExponentialLR", [0.9], {}],
    "constant": ["ConstantLR", [], {}],
    "constant options": ["ConstantLR", [], {"factor": 0.25, "total_iters": 20}],
    "linear": ["LinearLR", [], {}],
    "linear options": ["LinearLR", [], {"start_factor": 0.1, "end_factor": 0.8, "total_iters": 30}],
    "linear down": ["LinearLR", [], {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 40}],
    "polynomial": ["PolynomialLR", [], {}],
    "polynomial options": ["PolynomialLR", [], {"total_iters": 50, "power": 2.5}],
    "cosine": ["CosineAnnealingLR", [20], {}],
    "cosine eta min": ["CosineAnnealingLR", [13], {"eta_min": 0.004}],
    "cosine one step": ["CosineAnnealingLR", [1], {"eta_min": 0.1}],
    "restarts": ["CosineAnnealingWarmRestarts", [10], {}],
    "restarts options": ["CosineAnnealingWarmRestarts", [5], {"T_mult": 2, "eta_min": 0.001}],
    "lambda": ["LambdaLR", ["decay"], {}],
    "lambda list": ["LambdaLR", [["decay", "tenth"]], {}],
    "multiplicative": ["MultiplicativeLR", ["tenth"], {}],
    "multiplicative list": ["MultiplicativeLR", [["wave", "tenth"]], {}],
    "one cycle": ["OneCycleLR", [0.9], {"total_steps": 65}],
    "one cycle epochs": ["OneCycleLR", [[0.9, 0.1]], {"epochs": 9, "steps_per_epoch": 8, "pct_start": 0.5}],
    "one cycle linear": ["OneCycleLR", [0.9], {"total_steps": 70, "anneal_strategy": "linear", "div_factor": 10.0, "final_div_factor": 100.0}],
    "one cycle momenta": ["OneCycleLR", [0.9], {"total_steps": 64, "base_momentum": 0.6, "max_momentum": [0.9, 0.8]}],
    "one cycle three phases": ["OneCycleLR", [0.9], {"total_steps": 66, "three_phase": True}],
    "one cycle without momentum": ["OneCycleLR", [0.9], {"total_steps": 70, "cycle_momentum": False, "pct_start": 0.1}],
    "one cycle adam": ["OneCycleLR", [0.9], {"total_steps": 65}, "Adam"],
    "cyclic": ["CyclicLR", [0.01, 0.4], {"step_size_up": 10}],
    "cyclic sizes": ["CyclicLR", [[0.01, 0.02], [0.4, 0.3]], {"step_size_up": 5, "step_size_down": 12, "mode": "triangular2"}],
    "cyclic exponential": ["CyclicLR", [0.01, 0.4], {"step_size_up": 8, "mode": "exp_range", "gamma": 0.97, "base_momentum": 0.5, "max_momentum": 0.99}],
    "cyclic function": ["CyclicLR", [0.01, 0.4], {"step_size_up": 8, "scale_fn": "wave", "cycle_momentum": False}],
    "cyclic function of iterations": ["CyclicLR", [0.01, 0.4], {"step_size_up": 8, "scale_fn": "decay", "scale_mode": "iterations"}],
    "cyclic adam": ["CyclicLR", [0.01, 0.4], {"step_size_up": 10}, "Adam"],
    "sequential": ["SequentialLR", [[["LinearLR", [], {"start_factor": 0.1}], ["CosineAnnealingLR", [40], {}]], [5]], {}],
    "sequential three": ["SequentialLR", [[["ConstantLR", [], {"factor": 0.1, "total_iters": 9}], ["ExponentialLR", [0.9], {}], ["StepLR", [4], {"gamma": 0.5}]], [10, 30]], {}],
    "sequential restarts": ["SequentialLR", [[["LambdaLR", ["decay"], {}], ["CosineAnnealingWarmRestarts", [10], {"T_mult": 2}], ["PolynomialLR", [], {"total_iters": 20}]], [7, 40]], {}],
    "sequential others": ["SequentialLR", [[["MultiStepLR", [[2, 5]], {}], ["MultiplicativeLR", ["tenth"], {}], ["LinearLR", [], {}], ["MultiStepLR", [[3, 8]], {}], ["ConstantLR", [], {}]], [12, 20, 30, 45]], {}],
    "chained": ["ChainedScheduler", [[["ConstantLR", [], {"factor": 0.1, "total_iters": 20}], ["ExponentialLR", [0.9], {}]]], {}],
    "chained sequence": ["SequentialLR", [[["ChainedScheduler", [[["LinearLR", [], {"total_iters": 8}], ["ExponentialLR", [0.98], {}]]], {}], ["StepLR", [10], {}]], [25]], {}],
}
METRICS = [round(2 * math.exp(-i / 8) + 0.3 * ((i * 7) % 5) / 5 - 0.1 * (i > 40), 6) for i in range(STEPS)]
PLATEAUS = {
    "plateau": {"patience": 3},
    "plateau defaults": {},
    "plateau max": {"mode": "max", "patience": 2, "factor": 0.5},
    "plateau absolute": {"threshold_mode": "abs", "threshold": 0.05, "patience": 1, "factor": 0.7},
    "plateau relative": {"threshold": 0.2, "patience": 1, "factor": 0.7},
    "plateau max absolute": {"mode": "max", "threshold_mode": "abs", "threshold": 0.1, "patience": 4},
    "plateau cooldown": {"patience": 0, "cooldown": 4, "factor": 0.6},
    "plateau least": {"patience": 0, "factor": 0.3, "min_lr": [0.01, 0.001]},
    "plateau eps": {"patience": 0, "factor": 0.5, "eps": 0.004},
}


def optimizer_of(kind):
    groups = [{"params": [torch.zeros(1, requires_grad=True)]}, {"params": [torch.zeros(2, requires_grad=True)], "lr": 0.02}]
    return torch.optim.Adam(groups, lr=0.5) if kind == "Adam" else torch.optim.SGD(groups, lr=0.5, momentum=0.9)


def functions(value):
    if isinstance(value, str):
        return LAMBDAS.get(value, value)
    return [functions(x) for x in value] if isinstance(value, list) else value


def construct(optimizer, kind, positional, options):
    options = {key: functions(value) for key, value in options.items()}
    if kind in ("SequentialLR", "ChainedScheduler"):
        nested = [construct(optimizer, *each) for each in positional[0]]
        return lr_scheduler.ChainedScheduler(nested) if kind == "ChainedScheduler" else lr_scheduler.SequentialLR(optimizer, nested, *positional[1:], **options)
    return getattr(lr_scheduler, kind)(optimizer, *functions(positional), **options)


def row(optimizer):
    momenta = [group["betas"][0] if "betas" in group else group["momentum"] for group in optimizer.param_groups]
    return [group["lr"] for group in optimizer.param_groups] + momenta


def packed(numbers):
    return base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode()


def main():
    runs = {}
    for name, (kind, positional, options, *adam) in CONFIGURATIONS.items():
        optimizer = optimizer_of(*adam or ["SGD"])
        scheduler = construct(optimizer, kind, positional, options)
        rows = [row(optimizer)]
        for _ in range(STEPS if kind != "OneCycleLR" else min(STEPS, scheduler.total_steps)):
            optimizer.step()
            scheduler.step()
            rows.append(row(optimizer))
        runs[name] = {"kind": kind, "positional": positional, "options": options, "optimizer": adam[0] if adam else "SGD", "rows": rows}
    for name, options in PLATEAUS.items():
        optimizer = optimizer_of("SGD")
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
        rows = [row(optimizer)]
        for metric in METRICS:
            optimizer.step()
            scheduler.step(metric)
            rows.append(row(optimizer))
        runs[name] = {"kind": "ReduceLROnPlateau", "positional": [], "options": options, "optimizer": "SGD", "rows": rows}
    for run in runs.values():
        columns = zip(*run.pop("rows"))
        run["columns"] = [packed(column[:1] if len(set(column)) == 1 else column) for column in columns]
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(run)}" for name, run in runs.items())
    head = f'"torch": {json.dumps(torch.__version__)}, "steps": {STEPS}, "metrics": {json.dumps(METRICS)}'
    path = pathlib.Path(__file__).with_name("fixtures") / "schedules.json"
    path.write_text(f"{{ {head}, \"runs\": {{\n{lines}\n}} }}\n")
    print(f"{len(runs)} schedules written to {path} with PyTorch {torch.__version__}")


main()
