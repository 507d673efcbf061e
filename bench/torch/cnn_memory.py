"""The most resident memory while SimpleCNN trains, in megabytes: cnn_memory.py STEPS THREADS"""
import os
import resource
import sys

settings = [name for name in os.environ if name.startswith("MALLOC_")]  # these trade memory for speed
if settings:
    for name in settings:
        del os.environ[name]
    os.execv(sys.executable, [sys.executable, *sys.argv])

import torch

from convolutions import FORMATS
from vision import cnn_step

steps, threads = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
step = cnn_step(FORMATS[""], {}, True)
for _ in range(steps):
    step()
print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f}")
