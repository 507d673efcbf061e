"""First names of two lists."""
import json
from pathlib import Path

import torch
from torch.nn.utils.rnn import pad_sequence

PACKAGES = Path(__file__).parents[4] / "node_modules/@stdlib"


def read_names():
    """Names that are in one of the lists only, and those in both."""
    male, female = (
        list(dict.fromkeys(json.loads((PACKAGES / f"datasets-{kind}-first-names-en/data/names.json").read_text())))
        for kind in ("male", "female"))
    in_both = set(male) & set(female)
    only = [[name for name in names if name not in in_both] for names in (male, female)]
    return [*only, [name for name in male if name in in_both]]


def shuffled(items):
    return [items[i] for i in torch.randperm(len(items)).tolist()]


def numbered(tokens, texts):
    """Texts as numbers [texts, longest], filled up with 0."""
    number = {token: i for i, token in enumerate(tokens)}
    return pad_sequence([torch.tensor([number[token] for token in text]) for text in texts], batch_first=True)
