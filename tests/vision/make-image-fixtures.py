"""Writes image files of many kinds and what Pillow reads from them: make-image-fixtures.py (needs Pillow and numpy).

Kinds that Pillow does not write (interlaced, 16-bit colour, 2-bit gray) are put together here from the PNG specification.
"""
import base64, io, json, pathlib, struct, zlib

import numpy as np
from PIL import Image, ImageOps

H, W = 7, 11
rng = np.random.default_rng(777)
rgba = rng.integers(0, 256, (H, W, 4), dtype=np.uint8)
wide = rng.integers(0, 65536, (H, W, 4), dtype=np.uint16)
rows = []


def add(name, data, image):
    image = image.convert("RGBA")
    solid = Image.fromarray(np.asarray(image)[..., :3])
    rows.append({
        "name": name,
        "file": base64.b64encode(data).decode(),
        "shape": [image.height, image.width],
        "rgba": base64.b64encode(np.asarray(image).transpose(2, 0, 1).tobytes()).decode(),
        "gray": base64.b64encode(np.asarray(solid.convert("L")).tobytes()).decode(),
    })


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


def pillow(name, image, **options):
    data = saved(image, **{"format": "PNG", **options})
    add(name, data, opened(data))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(samples, step, kind):
    """Rows of bytes, each with its filter in front; kind 5 takes another filter for each row."""
    out, above = b"", np.zeros(samples.shape[1], np.int32)
    for r, row in enumerate(samples.astype(np.int32)):
        left = np.concatenate([np.zeros(step, np.int32), row])[: len(row)]
        corner = np.concatenate([np.zeros(step, np.int32), above])[: len(row)]
        f = r % 5 if kind == 5 else kind
        p = left + above - corner
        pa, pb, pc = abs(p - left), abs(p - above), abs(p - corner)
        paeth = np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, above, corner))
        out += bytes([f]) + (row - [0, left, above, (left + above) >> 1, paeth][f]).astype(np.uint8).tobytes()
        above = row
    return out


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, colour, depth, interlaced=False, extra=b"", kind=5):
    """samples: height x width x channels, whole numbers of `depth` bits."""
    height, width, channels = samples.shape
    body = b""
    for x, y, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size == 0:
            continue
        flat = part.reshape(part.shape[0], -1)
        if depth == 16:
            flat = flat.astype(">u2").view(np.uint8)
        elif depth < 8:
            bits = ((flat[:, :, None] >> np.arange(depth)[::-1]) & 1).reshape(flat.shape[0], -1)
            flat = np.packbits(bits.astype(np.uint8), axis=1)
        body += filtered(flat, max(1, channels * depth // 8), kind)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    packed = zlib.compress(body)
    idat = chunk(b"IDAT", packed[:20]) + chunk(b"IDAT", packed[20:])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + idat + chunk(b"IEND", b"")


def scaled(samples, depth):
    return np.round(samples.astype(np.float64) * 255 / (2**depth - 1)).astype(np.uint8)


def image_of(array):
    return Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)


pillow("RGB", Image.fromarray(rgba[..., :3]))
pillow("RGBA", Image.fromarray(rgba))
pillow("gray", Image.fromarray(rgba[..., 0]))
pillow("gray and alpha", Image.fromarray(np.ascontiguousarray(rgba[..., :2]), "LA"))
pillow("1 bit", Image.fromarray(rgba[..., 0]).convert("1"))
for bits in (1, 2, 4, 8):
    pillow(f"palette of {bits} bits", Image.fromarray(rgba[..., :3]).quantize(2**bits if bits < 8 else 70), bits=bits)
indexed = Image.fromarray(rgba[..., :3]).quantize(16)
pillow("palette with transparency", indexed, transparency=bytes(range(0, 160, 10)))
pillow("RGB with a transparent colour", Image.fromarray(rgba[..., :3]), transparency=tuple(int(v) for v in rgba[2, 3, :3]))
pillow("gray with a transparent colour", Image.fromarray(rgba[..., 0]), transparency=int(rgba[2, 3, 0]))
for kind in range(5):
    data = png(rgba[..., :3], 2, 8, kind=kind)
    add(f"row filter {kind}", data, opened(data))
for colour, channels in ((0, 1), (2, 3), (4, 2), (6, 4)):
    data = png(rgba[..., :channels], colour, 8, interlaced=True)
    add(f"interlaced, colour type {colour}", data, opened(data))
    for interlaced in (False, True):
        data = png(wide[..., :channels], colour, 16, interlaced=interlaced)
        add(f"16 bits, colour type {colour}{', interlaced' * interlaced}", data, image_of(scaled(wide[..., :channels], 16)))
for depth in (1, 2, 4):
    few = wide[..., :1] >> (16 - depth)
    for interlaced in (False, True):
        data = png(few, 0, depth, interlaced=interlaced)
        add(f"gray of {depth} bits{', interlaced' * interlaced}", data, image_of(scaled(few, depth)))
alone = png(wide[:1, :1, :3], 2, 16, interlaced=True)
add("one interlaced pixel", alone, image_of(scaled(wide[:1, :1, :3], 16)))
exact = wide[..., :3]
clear = exact[1, 1]
solid = scaled(exact, 16)
alpha = np.where((exact == clear).all(-1), 0, 255).astype(np.uint8)
data = png(exact, 2, 16, extra=chunk(b"tRNS", clear.astype(">u2").tobytes()))
add("16 bits with a transparent colour", data, Image.fromarray(np.dstack([solid, alpha])))

y, x = np.mgrid[0:24, 0:40]
smooth = np.dstack([x * 6, y * 10, 255 - x * 3 - y * 5]).clip(0, 255).astype(np.uint8)
photo = Image.fromarray(smooth)
jpegs = [("JPEG", photo, {}), ("gray JPEG", photo.convert("L"), {}), ("JPEG 4:4:4", photo, {"subsampling": 0}),
         ("JPEG 4:2:0", photo, {"subsampling": 2}), ("progressive JPEG", photo, {"progressive": True})]
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    jpegs.append((f"JPEG of orientation {orientation}", photo, {"exif": exif, "subsampling": 0}))
for name, image, options in jpegs:
    data = saved(image, format="JPEG", quality=95, **options)
    add(name, data, ImageOps.exif_transpose(opened(data)))

path = pathlib.Path(__file__).parent / "fixtures" / "images.json"
path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(len(rows), "images,", path.stat().st_size, "bytes")
