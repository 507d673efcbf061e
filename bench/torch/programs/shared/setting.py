"""Settings out of the environment, as the programs of examples/ take them, and PyTorch's threads."""
import os

import torch

torch.set_num_threads(int(os.environ.get("THREADS", "2")))
torch.set_flush_denormal(True)


def setting(name, usual):
    """A whole number out of the environment."""
    return int(os.environ.get(name, usual))
