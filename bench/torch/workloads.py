"""The PyTorch side of every benchmark: each workload is a function that builds and returns one step.

A name may carry variants after slashes, as in "mlp_adam_step/fused/zero":
  foreach, fused  the optimizer's faster implementations (without: the version's own default)
  zero            gradients are zeroed in place instead of dropped (set_to_none=False)
  out             the result goes into a tensor that already exists
"""
import torch
import torch.nn.functional as F
from torch import nn

import convolutions
import recurrent
import vision

BATCH, PIXELS, HIDDEN, CLASSES = 100, 784, 500, 10
MILLION = 1 << 20

WORKLOADS = {}


def workload(name, *arguments):
    """Registers a builder under a name; the arguments are passed on to it."""
    def register(build):
        WORKLOADS[name] = lambda: build(*arguments)
        return build
    return register


def operation(name):
    """One line of Python over the operands of the table of operations: "op ROWS COLUMNS CODE"."""
    _, rows, columns, code = name.split(" ", 3)
    rows, columns = int(rows), int(columns)
    operands = {
        "x": torch.randn(rows, columns), "y": torch.randn(rows, columns), "p": torch.rand(rows, columns) + 0.5,
        "row": torch.randn(columns), "square": torch.randn(columns, columns),
        "index": torch.randint(0, rows, (rows,)), "leaf": torch.randn(rows, columns, requires_grad=True),
    }
    return eval("lambda: " + code, {"torch": torch, "F": F, **operands})


def build(name):
    if name.startswith("op "):
        return operation(name)
    if name not in WORKLOADS:
        raise ValueError(f"no workload {name!r}; the request {{\"name\": \"list\"}} names them all")
    return WORKLOADS[name]()


def variants_of(name):
    if name.startswith("op "):
        return [name]
    return [key for key in WORKLOADS if key == name or key.startswith(name + "/")]


def works_on_cpu(optimizer, **options):
    parameter = torch.zeros(1, requires_grad=True)
    parameter.grad = torch.zeros(1)
    try:
        optimizer([parameter], lr=1e-3, **options).step()
        return True
    except (RuntimeError, TypeError):
        return False


def optimizer_variants(optimizer):
    """The suffixes and options of every implementation that this PyTorch has for the CPU."""
    options = {"": {}, "/foreach": {"foreach": True}, "/fused": {"fused": True}}
    return {suffix: o for suffix, o in options.items() if works_on_cpu(optimizer, **o)}


def register_training(name, optimizer, build_step):
    """Registers build_step(make_optimizer, set_to_none) for every optimizer variant."""
    for suffix, options in optimizer_variants(optimizer).items():
        def make_optimizer(parameters, options=options):
            return optimizer(parameters, lr=1e-3, **options)
        workload(name + suffix, make_optimizer, True)(build_step)
        workload(name + suffix + "/zero", make_optimizer, False)(build_step)


# ---- training steps ----

def mlp():
    return nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))


def tiny():
    return nn.Sequential(nn.Linear(1, 6), nn.ReLU(), nn.Linear(6, 1))


def training_step(net, criterion, make_optimizer, set_to_none):
    optimizer = make_optimizer(net.parameters())

    def step(x, y):
        optimizer.zero_grad(set_to_none=set_to_none)
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    return step


def mlp_step(make_optimizer, set_to_none):
    x, y = torch.rand(BATCH, PIXELS), torch.randint(0, CLASSES, (BATCH,))
    step = training_step(mlp(), nn.CrossEntropyLoss(), make_optimizer, set_to_none)
    return lambda: step(x, y)


def tiny_step(make_optimizer, set_to_none):
    x, y = torch.rand(1, 1), torch.rand(1, 1)
    step = training_step(tiny(), nn.MSELoss(), make_optimizer, set_to_none)
    return lambda: step(x, y)


def tiny_loop(make_optimizer, set_to_none):
    step = training_step(tiny(), nn.MSELoss(), make_optimizer, set_to_none)

    def draw_and_step():
        x = torch.rand(1, 1)
        y = x**3 + x**2 - x - 1
        step(x, y)
    return draw_and_step


register_training("mlp_adam_step", torch.optim.Adam, mlp_step)
register_training("tiny_sgd_step", torch.optim.SGD, tiny_step)
register_training("tiny_adam_step", torch.optim.Adam, tiny_step)
register_training("tiny_loop_sgd", torch.optim.SGD, tiny_loop)
register_training("tiny_loop_adam", torch.optim.Adam, tiny_loop)


@workload("mlp_forward")
def mlp_forward():
    net, x = mlp(), torch.rand(BATCH, PIXELS)

    def forward():
        with torch.inference_mode():
            net(x)
    return forward


def adam_1m(options):
    parameter = nn.Parameter(torch.randn(MILLION))
    parameter.grad = torch.randn(MILLION) * 1e-2
    return torch.optim.Adam([parameter], lr=1e-3, **options).step


for variant, optimizer_options in optimizer_variants(torch.optim.Adam).items():
    workload("adam_1m" + variant, optimizer_options)(adam_1m)


# ---- matrix products ----

def gemm(m, n, k, transpose_a, transpose_b):
    a = torch.randn(k, m).t() if transpose_a else torch.randn(m, k)
    b = torch.randn(n, k).t() if transpose_b else torch.randn(k, n)
    out = torch.empty(m, n)
    return lambda: torch.mm(a, b, out=out)


workload("sgemm_512", 512, 512, 512, False, False)(gemm)
workload("gemm_nn", BATCH, HIDDEN, PIXELS, False, False)(gemm)
workload("gemm_nt", BATCH, HIDDEN, PIXELS, False, True)(gemm)
workload("gemm_tn", BATCH, HIDDEN, PIXELS, True, False)(gemm)


# ---- elementwise operations, reductions ----

SHAPES = {"100x500": (100, 500), "1m": (1024, 1024)}


def relu(shape):
    x = torch.randn(shape)
    return lambda: torch.relu(x)


def relu_out(shape):
    x, out = torch.randn(shape), torch.empty(shape)
    return lambda: torch.clamp_min(x, 0, out=out)


def add(shape):
    x, y = torch.randn(shape), torch.randn(shape)
    return lambda: torch.add(x, y)


def add_out(shape):
    x, y, out = torch.randn(shape), torch.randn(shape), torch.empty(shape)
    return lambda: torch.add(x, y, out=out)


def sum_all(shape):
    x = torch.randn(shape)
    return lambda: torch.sum(x)


def softmax(shape):
    x = torch.randn(shape)
    return lambda: torch.softmax(x, 1)


def softmax_out(shape):
    x, out = torch.randn(shape), torch.empty(shape)
    return lambda: torch._softmax(x, 1, False, out=out)


for label, size in SHAPES.items():
    workload(f"relu_{label}", size)(relu)
    workload(f"relu_{label}/out", size)(relu_out)
    workload(f"add_{label}", size)(add)
    workload(f"add_{label}/out", size)(add_out)
    workload(f"sum_{label}", size)(sum_all)
    workload(f"softmax_{label}", size)(softmax)
    workload(f"softmax_{label}/out", size)(softmax_out)


# ---- convolutions, networks of them ----

convolutions.register(workload)
vision.register(workload, optimizer_variants)


# ---- recurrent layers, attention ----

recurrent.register(workload, register_training)
