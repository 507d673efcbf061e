"""What PyTorch's recurrent layers give for inputs and weights that tests/nn/recurrent.test.ts makes by the same formula.

    python tests/nn/make-recurrent.py      # a Python that has PyTorch 2
"""
import itertools
import json
import os

import torch
from torch import nn

from waves import backward, digest, fill, wave


def layer(spec):
    kind = spec["kind"]
    options = dict(num_layers=spec["layers"], bidirectional=spec["bidirectional"], bias=spec["bias"],
                   batch_first=spec["batchFirst"])
    if kind == "LSTM":
        return nn.LSTM(spec["inputs"], spec["hidden"], proj_size=spec["proj"], **options)
    if kind == "GRU":
        return nn.GRU(spec["inputs"], spec["hidden"], **options)
    return nn.RNN(spec["inputs"], spec["hidden"], nonlinearity=kind, **options)


def run(spec):
    module = layer(spec)
    fill(module)
    batch, steps = spec["batch"], spec["steps"]
    rows = [steps] if batch is None else [batch, steps] if spec["batchFirst"] else [steps, batch]
    x = wave([*rows, spec["inputs"]], 0.3).requires_grad_()
    count = spec["layers"] * (2 if spec["bidirectional"] else 1)
    middle = [] if batch is None else [batch]
    width = spec["proj"] or spec["hidden"]
    states = []
    if spec["states"]:
        states.append(wave([count, *middle, width], 7.1).requires_grad_())
        if spec["kind"] == "LSTM":
            states.append(wave([count, *middle, spec["hidden"]], 8.3).requires_grad_())
    given = None if not states else tuple(states) if len(states) == 2 else states[0]
    source = x
    if spec["lengths"]:
        source = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(spec["lengths"]), batch_first=spec["batchFirst"],
                                                   enforce_sorted=spec["sorted"])
    output, last = module(source, given)
    if spec["lengths"]:
        output, _ = nn.utils.rnn.pad_packed_sequence(output, batch_first=spec["batchFirst"])
    results = [output, *(last if isinstance(last, tuple) else [last])]
    backward(results)
    tensors = [*results, x.grad, *(s.grad for s in states), *(p.grad for p in module.parameters())]
    return {**spec, "names": [n for n, _ in module.named_parameters()], "digests": [digest(t) for t in tensors]}


def base(kind, proj=0, **rest):
    return dict(kind=kind, proj=proj, layers=1, bidirectional=False, bias=True, batchFirst=False, states=False, lengths=None,
                sorted=True, inputs=3, hidden=5, steps=13, batch=3) | rest


KINDS = [("tanh", 0), ("relu", 0), ("LSTM", 0), ("LSTM", 2), ("GRU", 0)]
LENGTHS = [(None, True), ([13, 9, 9], True), ([4, 11, 2], False)]


def layers():
    crossed = itertools.product(KINDS, (1, 2), (False, True), (False, True), LENGTHS)
    for i, ((kind, proj), count, both, states, (lengths, ordered)) in enumerate(crossed):
        yield base(kind, proj, layers=count, bidirectional=both, states=states, lengths=lengths, sorted=ordered,
                   bias=i % 3 != 0, batchFirst=i % 5 < 2)
    for kind, proj in KINDS:
        for both in (False, True):
            yield base(kind, proj, batch=None, bidirectional=both, states=both, steps=4)
            yield base(kind, proj, batch=1, steps=1, states=both)
            large = dict(inputs=19, hidden=37, batch=40, steps=6, bidirectional=both)
            yield base(kind, proj, **large)
            yield base(kind, proj and 17, **large, states=True, sorted=False, lengths=[1 + (7 * b) % 6 for b in range(40)])


def cells():
    for kind, bias, batch, states in itertools.product(("tanh", "relu", "LSTM", "GRU"), (True, False), (None, 1, 40), (False, True)):
        make = dict(LSTM=nn.LSTMCell, GRU=nn.GRUCell).get(kind)
        module = make(3, 5, bias=bias) if make else nn.RNNCell(3, 5, bias=bias, nonlinearity=kind)
        fill(module)
        rows = [] if batch is None else [batch]
        x = wave([*rows, 3], 0.3).requires_grad_()
        given = [wave([*rows, 5], 7.1 + 1.2 * k).requires_grad_() for k in range(2 if kind == "LSTM" else 1)] if states else []
        last = module(x, *([tuple(given)] if len(given) == 2 else given))
        results = list(last) if isinstance(last, tuple) else [last]
        backward(results)
        tensors = [*results, x.grad, *(s.grad for s in given), *(p.grad for p in module.parameters())]
        yield dict(kind=kind, bias=bias, batch=batch, states=states, digests=[digest(t) for t in tensors])


def dropout():
    """The same masks, drawn between the layers."""
    for kind, batch_first in (("LSTM", False), ("GRU", True), ("tanh", False)):
        spec = base(kind, layers=3, batchFirst=batch_first, bidirectional=True)
        options = dict(num_layers=3, dropout=0.4, batch_first=batch_first, bidirectional=True)
        torch.set_default_dtype(torch.float32)
        module = nn.RNN(3, 5, **options) if kind == "tanh" else getattr(nn, kind)(3, 5, **options)
        fill(module)
        torch.manual_seed(777)
        output, _ = module(wave([13, 3, 3], 0.3).float())
        torch.set_default_dtype(torch.float64)
        yield {**spec, "digest": digest(output.double())}


document = dict(torch=torch.__version__, layers=[run(spec) for spec in layers()], cells=list(cells()), dropout=list(dropout()))
path = os.path.join(os.path.dirname(__file__), "fixtures", "recurrent.json")
with open(path, "w") as file:
    file.write(json.dumps(document, separators=(",", ":")).replace('{"kind"', '\n{"kind"') + "\n")
