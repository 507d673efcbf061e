"""The PyTorch side of bench/convolution.ts, in both memory formats: convolutions forward and backward with all three
gradients, and forward alone; max pooling forward and backward."""
import torch
import torch.nn.functional as F

CONVOLUTIONS = {
    "conv_3_32": ((64, 3, 32, 32), (32, 3, 3, 3), dict(padding=1)),
    "conv_32_64": ((64, 32, 16, 16), (64, 32, 3, 3), dict(padding=1)),
    "conv_1x1": ((64, 64, 16, 16), (128, 64, 1, 1), dict()),
    "conv_strided": ((32, 64, 28, 28), (64, 64, 3, 3), dict(stride=2, padding=1)),
    "conv_grouped": ((64, 64, 16, 16), (64, 16, 3, 3), dict(padding=1, groups=4)),
    "conv_depthwise": ((32, 64, 32, 32), (64, 1, 3, 3), dict(padding=1, groups=64)),
    "conv_deep": ((32, 256, 8, 8), (256, 256, 3, 3), dict(padding=1)),
    "conv_16_16": ((64, 16, 32, 32), (16, 16, 3, 3), dict(padding=1)),
    "conv_32_32": ((64, 32, 16, 16), (32, 32, 3, 3), dict(padding=1)),
    "conv_64_64": ((64, 64, 8, 8), (64, 64, 3, 3), dict(padding=1)),
}
FORMATS = {"": torch.contiguous_format, "/channels_last": torch.channels_last}


def operands(shape, weight, layout):
    x, w = (torch.randn(sizes).to(memory_format=layout) for sizes in (shape, weight))
    return x, w, torch.randn(weight[0])


def forward(shape, weight, options, layout):
    x, w, b = operands(shape, weight, layout)

    def step():
        with torch.inference_mode():
            F.conv2d(x, w, b, **options)

    return step


def forward_backward(shape, weight, options, layout):
    leaves = [x.requires_grad_() for x in operands(shape, weight, layout)]
    g = torch.randn_like(F.conv2d(*leaves, **options))

    def step():
        for leaf in leaves:
            leaf.grad = None
        F.conv2d(*leaves, **options).backward(g)

    return step


def max_pool(shape, layout):
    x = torch.randn(shape).to(memory_format=layout).requires_grad_()
    g = torch.randn_like(F.max_pool2d(x, 2))

    def step():
        x.grad = None
        F.max_pool2d(x, 2).backward(g)

    return step


def register(workload):
    for suffix, layout in FORMATS.items():
        workload("max_pool" + suffix, (64, 32, 32, 32), layout)(max_pool)
    for name, (shape, weight, options) in CONVOLUTIONS.items():
        for suffix, layout in FORMATS.items():
            workload(name + suffix, shape, weight, options, layout)(forward_backward)
            workload(f"{name}_forward{suffix}", shape, weight, options, layout)(forward)
