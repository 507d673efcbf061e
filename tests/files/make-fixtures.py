"""Writes reference.safetensors with the reference implementation, and prints the hash that safetensors.test.ts expects of widened halves.

    pip install safetensors==0.8.0 numpy
    python tests/files/make-fixtures.py
"""

import hashlib
from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize

f32, f64, i32, i64, u8 = np.float32, np.float64, np.int32, np.int64, np.uint8
halves = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1e-5, 6e-8, np.inf, -np.inf, np.nan]
tensors = {
    "fc1.weight": ("float32", np.arange(6, dtype=f32).reshape(2, 3) / f32(4)),
    "fc1.bias": ("float32", np.array([-1.5, 3.25], f32)),
    "double": ("float64", np.array(np.pi, f64)),
    "bn.num_batches_tracked": ("int64", np.array(2**40 + 1, i64)),
    "labels": ("int32", np.array([-7, 2**31 - 1], i32)),
    "pixels": ("uint8", np.array([[0, 127, 255]], u8)),
    "mask": ("bool", np.array([True, False, True])),
    "empty": ("float32", np.zeros((0, 5), f32)),
    "half": ("float16", np.array(halves, np.float16)),
    "brain": ("bfloat16", (np.array([1.0, -2.5, 2.0**127, np.inf], f32).view(np.uint32) >> 16).astype(np.uint16)),
    'é "quoted"\n🙂': ("uint8", np.array([1], u8)),
}
specs = {
    name: TensorSpec(dtype=dtype, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
    for name, (dtype, array) in tensors.items()
}
(Path(__file__).parent / "reference.safetensors").write_bytes(bytes(serialize(specs, metadata={"framework": "é"})))

every = np.arange(65536, dtype=np.uint16).view(np.float16).astype(f32)
every[np.isnan(every)] = np.nan
print("sha256 of all 65,536 halves as float32, every NaN as 0x7fc00000:", hashlib.sha256(every.tobytes()).hexdigest())
