"""Writes fixtures/trajectories.json: 50 steps of PyTorch's optimizers on the small problem below.

    python make-trajectories.py

Two groups of parameters; the one of the second group gets no gradient in every third step; the learning rate of the first
falls to a tenth after step 25. LBFGS has one group with all gradients. Inputs are small fractions, so that every float64 is exact on both sides.
trajectories.test.ts runs the same problem and compares the parameters after the steps of SHOWN.
"""
import base64
import json
import pathlib

import torch

STEPS, SHOWN = 50, [1, 2, 3, 10, 26, 50]
CONFIGURATIONS = {
    "sgd": ("SGD", {"lr": 0.1}, {"lr": 0.05}),
    "sgd momentum": ("SGD", {"lr": 0.05, "momentum": 0.9}, {"lr": 0.02}),
    "sgd dampening": ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3}, {"dampening": 0.5}),
    "sgd nesterov": ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}, {"momentum": 0.5}),
    "sgd weight decay": ("SGD", {"lr": 0.05, "momentum": 0.5, "weight_decay": 0.1}, {"weight_decay": 0}),
    "sgd maximize": ("SGD", {"lr": 0.001, "momentum": 0.5, "weight_decay": 0.01, "maximize": True}, {"maximize": False}),
    "adam": ("Adam", {"lr": 0.02}, {"lr": 0.05}),
    "adam betas and eps": ("Adam", {"lr": 0.02, "betas": (0.4, 0.8), "eps": 1e-3}, {"eps": 1e-5}),
    "adam weight decay": ("Adam", {"lr": 0.02, "weight_decay": 0.1}, {"betas": (0.8, 0.99)}),
    "adam amsgrad": ("Adam", {"lr": 0.1, "betas": (0.5, 0.7), "amsgrad": True}, {"amsgrad": False}),
    "adam maximize": ("Adam", {"lr": 0.01, "maximize": True, "amsgrad": True}, {"weight_decay": 0.05}),
    "adam decoupled": ("Adam", {"lr": 0.02, "decoupled_weight_decay": True, "weight_decay": 0.1}, {"lr": 0.01}),
    "adamw": ("AdamW", {"lr": 0.02}, {"lr": 0.05}),
    "adamw weight decay": ("AdamW", {"lr": 0.02, "weight_decay": 0.2, "betas": (0.8, 0.9), "eps": 1e-4}, {"weight_decay": 0}),
    "adamw amsgrad": ("AdamW", {"lr": 0.05, "betas": (0.5, 0.7), "amsgrad": True}, {"amsgrad": False}),
    "adamw maximize": ("AdamW", {"lr": 0.01, "maximize": True, "amsgrad": True}, {"weight_decay": 0.05}),
    "rmsprop": ("RMSprop", {}, {"lr": 0.05}),
    "rmsprop alpha and eps": ("RMSprop", {"lr": 0.02, "alpha": 0.4, "eps": 1e-3}, {"eps": 1e-5}),
    "rmsprop weight decay": ("RMSprop", {"lr": 0.01, "weight_decay": 0.1}, {"alpha": 0.9}),
    "rmsprop momentum": ("RMSprop", {"lr": 0.005, "momentum": 0.9}, {"momentum": 0.5}),
    "rmsprop centered": ("RMSprop", {"lr": 0.01, "centered": True, "eps": 1e-3}, {"centered": False}),
    "rmsprop centered momentum": ("RMSprop", {"lr": 0.004, "alpha": 0.9, "centered": True, "momentum": 0.7, "eps": 1e-2, "weight_decay": 0.01}, {"momentum": 0}),
    "rmsprop maximize": ("RMSprop", {"lr": 0.001, "maximize": True, "weight_decay": 0.1}, {"maximize": False}),
    "adagrad": ("Adagrad", {}, {"lr": 0.05}),
    "adagrad lr decay": ("Adagrad", {"lr": 0.1, "lr_decay": 0.05}, {"lr_decay": 0.2}),
    "adagrad weight decay": ("Adagrad", {"lr": 0.1, "weight_decay": 0.1, "eps": 1e-3}, {"eps": 1e-6}),
    "adagrad accumulator": ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.3}, {"initial_accumulator_value": 0.3, "lr_decay": 0.1}),
    "adagrad maximize": ("Adagrad", {"lr": 0.01, "maximize": True}, {"weight_decay": 0.1}),
    "adadelta": ("Adadelta", {}, {"lr": 2.0}),
    "adadelta rho and eps": ("Adadelta", {"rho": 0.5, "eps": 1e-4}, {"rho": 0.95}),
    "adadelta weight decay": ("Adadelta", {"lr": 5.0, "weight_decay": 0.1}, {"weight_decay": 0.01}),
    "adadelta maximize": ("Adadelta", {"lr": 0.5, "maximize": True, "weight_decay": 0.1}, {"maximize": False}),
    "nadam": ("NAdam", {}, {"lr": 0.02}),
    "nadam betas and eps": ("NAdam", {"lr": 0.01, "betas": (0.4, 0.8), "eps": 1e-3}, {"eps": 1e-5}),
    "nadam weight decay": ("NAdam", {"lr": 0.01, "weight_decay": 0.1}, {"betas": (0.8, 0.99)}),
    "nadam momentum decay": ("NAdam", {"lr": 0.01, "momentum_decay": 0.1}, {"momentum_decay": 0}),
    "nadam decoupled": ("NAdam", {"lr": 0.01, "weight_decay": 0.2, "decoupled_weight_decay": True}, {"weight_decay": 0}),
    "nadam maximize": ("NAdam", {"lr": 0.005, "maximize": True, "weight_decay": 0.1}, {"maximize": False}),
    "radam": ("RAdam", {}, {"lr": 0.02}),
    "radam betas and eps": ("RAdam", {"lr": 0.01, "betas": (0.4, 0.8), "eps": 1e-3}, {"betas": (0.9, 0.95)}),
    "radam weight decay": ("RAdam", {"lr": 0.01, "weight_decay": 0.1}, {"betas": (0.8, 0.99)}),
    "radam decoupled": ("RAdam", {"lr": 0.01, "weight_decay": 0.2, "decoupled_weight_decay": True}, {"weight_decay": 0}),
    "radam maximize": ("RAdam", {"lr": 0.005, "maximize": True, "weight_decay": 0.1}, {"maximize": False}),
    "adamax": ("Adamax", {}, {"lr": 0.02}),
    "adamax betas and eps": ("Adamax", {"lr": 0.01, "betas": (0.4, 0.8), "eps": 1e-3}, {"eps": 1e-5}),
    "adamax weight decay": ("Adamax", {"lr": 0.01, "weight_decay": 0.1}, {"betas": (0.8, 0.99)}),
    "lbfgs": ("LBFGS", {"lr": 0.1, "max_iter": 4}, None),
    "lbfgs history": ("LBFGS", {"lr": 0.2, "max_iter": 3, "max_eval": 2, "history_size": 2}, None),
    "lbfgs wolfe": ("LBFGS", {"max_iter": 2, "line_search_fn": "strong_wolfe"}, None),
    "lbfgs wolfe far": ("LBFGS", {"lr": 30.0, "max_iter": 3, "max_eval": 9, "line_search_fn": "strong_wolfe"}, None),
    "lbfgs tolerances": ("LBFGS", {"lr": 0.3, "max_iter": 5, "tolerance_grad": 0.05, "tolerance_change": 0.001}, None),
    "lbfgs maximize": ("LBFGS", {"lr": 0.001, "max_iter": 2, "maximize": True}, None),
    "adamax maximize": ("Adamax", {"lr": 0.005, "maximize": True, "weight_decay": 0.1}, {"maximize": False}),
}


def numbers(count, seed):
    return [((i * 37 + seed * 11) % 17) / 8 - 1 for i in range(count)]


def run(kind, options, second, dtype):
    make = lambda values, *shape: torch.tensor(values, dtype=dtype).reshape(shape).requires_grad_()
    weight, bias, scale = make(numbers(12, 1), 4, 3), make(numbers(3, 2), 3), make(numbers(5, 3), 5)
    # LBFGS has one group, and a problem that stays as it is.
    fixed = second is None
    groups = [weight, bias, scale] if fixed else [{"params": [weight, bias]}, {"params": [scale], **second}]
    optimizer = getattr(torch.optim, kind)(groups, **options)
    shown = []
    for step in range(1, STEPS + 1):
        x = torch.tensor(numbers(24, 1 if fixed else step), dtype=dtype).reshape(6, 4)
        y = torch.tensor(numbers(18, 6 if fixed else step + 5), dtype=dtype).reshape(6, 3)

        def closure():
            loss = ((x @ weight + bias).tanh() - y).square().mean()
            if fixed or step % 3 != 2:
                loss = loss + (scale * scale - 0.25).square().sum()
            optimizer.zero_grad()
            loss.backward()
            return loss

        optimizer.step(closure)
        if step == 25:
            optimizer.param_groups[0]["lr"] *= 0.1
        if step in SHOWN:
            shown.append(torch.cat([p.detach().reshape(-1) for p in (weight, bias, scale)]))
    return base64.b64encode(torch.stack(shown).numpy().tobytes()).decode()


def main():
    runs = {}
    for name, (kind, options, second) in CONFIGURATIONS.items():
        runs[name] = {
            "kind": kind,
            "options": options,
            "second": second,
            "float64": run(kind, options, second, torch.float64),
            "float32": run(kind, options, second, torch.float32),
        }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(run)}" for name, run in runs.items())
    head = f'"torch": {json.dumps(torch.__version__)}, "steps": {STEPS}, "shown": {json.dumps(SHOWN)}'
    path = pathlib.Path(__file__).with_name("fixtures") / "trajectories.json"
    path.write_text(f"{{ {head}, \"runs\": {{\n{lines}\n}} }}\n")
    print(f"{len(runs)} runs written to {path} with PyTorch {torch.__version__}")


main()
