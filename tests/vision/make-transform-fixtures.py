"""Writes what torchvision makes of images: make-transform-fixtures.py (needs torchvision 0.20 or newer).

Each case: an expression of torchvision.transforms (T), image sizes, dtype and number of images. The images are the numbers
i * 37 + i // 5 * 11 (mod 256), divided by 255 for floats; they go through one transform one after the other, after a seed.
"""
import base64, json, pathlib

import torch
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode as M

RGB, GRAY = (3, 12, 10), (1, 12, 10)
CASES = []


def case(expression, *, size=RGB, dtypes=("uint8", "float32"), count=8):
    CASES.extend((expression, size, dtype, count) for dtype in dtypes)


case("T.RandomCrop(8)")
case("T.RandomCrop((5, 10))")
case("T.RandomCrop((12, 10))")
case("T.RandomCrop(12, padding=4)")
case("T.RandomCrop((12, 10), padding=(1, 2, 3, 4), fill=7)", dtypes=("uint8", "float64"))
for mode in ("edge", "reflect", "symmetric"):
    case(f"T.RandomCrop(11, padding=(3, 5), padding_mode='{mode}')")
    case(f"T.Pad((1, 2, 3, 4), padding_mode='{mode}')", count=1)
case("T.RandomCrop((15, 14), pad_if_needed=True)")
case("T.RandomCrop((15, 6), padding=1, pad_if_needed=True, padding_mode='edge')")
case("T.RandomHorizontalFlip()")
case("T.RandomHorizontalFlip(0.2)", size=GRAY)
case("T.RandomVerticalFlip(0.7)")
case("T.Pad(2, fill=3)", count=1)
case("T.Pad((2, 1))", count=1)
for size in (4, 5, 11, 13, (3, 20), (20, 3), (14, 15)):
    case(f"T.CenterCrop({size})", count=1)
case("T.Compose([T.RandomCrop(12, padding=4), T.RandomHorizontalFlip(), T.RandomVerticalFlip()])")
case("T.Compose([T.RandomHorizontalFlip(), T.RandomCrop(12, padding=2, padding_mode='reflect'), T.CenterCrop(6)])")
case("T.Compose([T.RandomCrop(9), T.Pad(3, fill=5), T.RandomHorizontalFlip(), T.RandomCrop(10)])")
case("T.Compose([T.RandomCrop(12, padding=4), T.RandomHorizontalFlip(), T.ConvertImageDtype(torch.float32), "
     "T.Normalize((0.4, 0.5, 0.6), (0.2, 0.3, 0.25))])", dtypes=("uint8",))
case("T.Compose([T.ConvertImageDtype(torch.float32), T.RandomErasing(), T.Normalize((0.5,), (0.5,))])", dtypes=("uint8",))
case("T.RandomErasing(p=0.8, value=(1, 2, 3))")
case("T.RandomErasing(p=0.8, scale=(0.3, 0.6), ratio=(0.5, 2), value='random')", dtypes=("float32",))
for sampling in ("NEAREST", "BILINEAR"):
    case(f"T.RandomRotation(30, interpolation=M.{sampling})")
    case(f"T.RandomRotation((10, 80), interpolation=M.{sampling}, center=(2, 3), fill=(9, 8, 7))")
    case(f"T.RandomAffine(20, translate=(0.2, 0.1), scale=(0.7, 1.3), shear=10, interpolation=M.{sampling})")
    case(f"T.RandomAffine((-5, 50), shear=(-3, 9, 2, 8), interpolation=M.{sampling}, fill=1)", dtypes=("float32", "float64"))
case("T.RandomRotation((90, 90))", size=(3, 8, 8), count=1)
case("T.ColorJitter(brightness=0.5)")
case("T.ColorJitter(contrast=0.5)")
case("T.ColorJitter(contrast=(0.2, 2))", size=GRAY)
case("T.ColorJitter(saturation=0.9)")
case("T.ColorJitter(hue=0.5)")
case("T.ColorJitter(0.4, 0.4, 0.4, 0.1)", dtypes=("uint8", "float32", "float64"))
case("T.ColorJitter(1.5, hue=(-0.1, 0.3))")
case("T.Grayscale()", count=1)
case("T.Grayscale(3)", count=1)
for size in ("8", "(6, 5)", "(24, 23)", "(12, 4)", "(1, 1)", "(30, 10)"):
    for sampling in ("NEAREST", "NEAREST_EXACT", "BILINEAR", "BICUBIC"):
        for antialias in (True, False) if sampling.startswith("BI") else (True,):
            case(f"T.Resize({size}, interpolation=M.{sampling}, antialias={antialias})", count=1,
                 dtypes=("uint8", "float32", "float64"))
case("T.Resize(8, max_size=9)", count=1)
case("T.RandomResizedCrop(7)")
case("T.RandomResizedCrop((5, 9), scale=(0.5, 1.2), ratio=(0.5, 2), interpolation=M.BICUBIC)")
case("T.RandomResizedCrop(6, scale=(0.99, 1.0), ratio=(5, 6))")

rows = []
for expression, size, dtype, count in CASES:
    n = count * size[0] * size[1] * size[2]
    i = torch.arange(n)
    images = ((i * 37 + i // 5 * 11) % 256).reshape(count, *size)
    images = images.to(torch.uint8) if dtype == "uint8" else images.to(getattr(torch, dtype)) / 255
    torch.manual_seed(777)
    transform = eval(expression)
    out = torch.stack([transform(image) for image in images])
    rows.append({
        "expression": expression, "size": size, "dtype": dtype, "count": count,
        "shape": list(out.shape), "after": str(out.dtype).replace("torch.", ""),
        "next": int(torch.randint(0, 2**24, (1,))),
        "values": base64.b64encode(out.contiguous().numpy().tobytes()).decode(),
    })
path = pathlib.Path(__file__).parent / "fixtures" / "transforms.json"
path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(len(rows), "cases,", path.stat().st_size, "bytes")

# Resizing with gradients: torch.nn.functional.interpolate, which is what resize rests upon. PyTorch 2.15 repeats the first row
# when it resizes to a width of 1 with antialiasing (PyTorch 1.13 does not), so no size here has a width of 1 and several rows.
rows = []
for mode in ("nearest", "nearest-exact", "bilinear", "bicubic"):
    for size in ((8, 12), (3, 4), (1, 1), (5, 2), (7, 20), (16, 24)):
        for align in (False, True) if mode.startswith("bi") else (None,):
            for antialias in (False, True) if mode.startswith("bi") and not align else (False,):
                for dtype in (torch.float32, torch.float64):
                    i = torch.arange(2 * 3 * 8 * 6)
                    x = (((i * 37 + i // 5 * 11) % 256).to(dtype) / 255).reshape(2, 3, 8, 6).requires_grad_()
                    y = torch.nn.functional.interpolate(x, size, mode=mode, align_corners=align, antialias=antialias)
                    j = torch.arange(y.numel())
                    g = (((j * 13 + 5) % 32).to(dtype) / 16 - 1).reshape(y.shape)
                    y.backward(g)
                    rows.append({
                        "mode": mode, "size": size, "alignCorners": bool(align), "antialias": antialias,
                        "dtype": str(dtype).replace("torch.", ""),
                        "y": base64.b64encode(y.detach().numpy().tobytes()).decode(),
                        "dx": base64.b64encode(x.grad.numpy().tobytes()).decode(),
                    })
path = pathlib.Path(__file__).parent / "fixtures" / "resize.json"
path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(len(rows), "cases,", path.stat().st_size, "bytes")
