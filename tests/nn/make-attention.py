"""What PyTorch's attention layers give for inputs and weights that tests/nn/attention.test.ts makes by the same formula.

    python tests/nn/make-attention.py      # a Python that has PyTorch 2
"""
import itertools
import json
import math
import os

import torch
from torch import nn

from waves import backward, digest, fill, wave


def masks(spec, batch, queries, keys, heads):
    """attn_mask and key_padding_mask by their kinds."""
    attn = {
        None: None,
        "causal": torch.triu(torch.ones(queries, keys, dtype=torch.bool), 1),
        "float": wave((queries, keys), 5.0),
        "heads": wave((batch * heads, queries, keys), 6.0),
    }[spec["attnMask"]]
    padding = None
    if spec["padding"]:
        padding = torch.zeros(batch, keys, dtype=torch.bool)
        padding[0, -1] = True
    return attn, padding


def attention(spec):
    module = nn.MultiheadAttention(8, 2, bias=spec["bias"], add_bias_kv=spec["addBiasKv"], add_zero_attn=spec["addZeroAttn"],
                                   kdim=spec["kdim"], vdim=spec["vdim"], batch_first=spec["batchFirst"])
    fill(module)
    batch, queries, keys = 3, 5, 5 if spec["same"] else 4
    order = (lambda steps: [batch, steps]) if spec["batchFirst"] else (lambda steps: [steps, batch])
    q = wave([*order(queries), 8], 0.3).requires_grad_()
    k = q if spec["same"] else wave([*order(keys), spec["kdim"] or 8], 1.3).requires_grad_()
    v = q if spec["same"] else wave([*order(keys), spec["vdim"] or 8], 2.3).requires_grad_()
    attn, padding = masks(spec, batch, queries, keys, 2)
    if attn is not None and padding is not None and attn.dtype != torch.bool:
        padding = torch.zeros_like(padding, dtype=torch.float64).masked_fill(padding, -math.inf)
    output, weights = module(q, k, v, attn_mask=attn, key_padding_mask=padding, need_weights=spec["needWeights"],
                             average_attn_weights=spec["average"])
    results = [output] + ([weights] if weights is not None else [])
    backward(results)
    inputs = [q] if spec["same"] else [q, k, v]
    tensors = [*results, *(x.grad for x in [*inputs, *module.parameters()])]
    return {**spec, "names": [n for n, _ in module.named_parameters()], "digests": [digest(t) for t in tensors]}


def attention_specs():
    base = dict(bias=True, addBiasKv=False, addZeroAttn=False, kdim=None, vdim=None, batchFirst=False, same=False,
                attnMask=None, padding=False, needWeights=True, average=True)
    for i, (attn, padding, need, same) in enumerate(itertools.product((None, "causal", "float", "heads"), (False, True), (False, True), (False, True))):
        yield base | dict(attnMask=attn, padding=padding, needWeights=need, same=same, bias=i % 3 > 0, batchFirst=i % 2 > 0, average=i % 4 > 0)
    yield base | dict(addBiasKv=True, addZeroAttn=True, padding=True, attnMask="causal")
    yield base | dict(addBiasKv=True, needWeights=False)
    yield base | dict(addZeroAttn=True, attnMask="float", average=False)
    yield base | dict(kdim=6, vdim=3)
    yield base | dict(kdim=6, vdim=3, bias=False, needWeights=False, padding=True)


def encoder(spec):
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, activation=spec["activation"], norm_first=spec["normFirst"],
                                       batch_first=spec["batchFirst"], bias=spec["bias"], layer_norm_eps=spec["eps"])
    module = nn.TransformerEncoder(layer, spec["layers"], norm=nn.LayerNorm(8) if spec["norm"] else None,
                                   enable_nested_tensor=False)
    fill(module)
    batch, steps = 3, 5
    x = wave([*([batch, steps] if spec["batchFirst"] else [steps, batch]), 8], 0.3).requires_grad_()
    attn, padding = masks(spec, batch, steps, steps, 2)
    output = module(x, mask=attn, src_key_padding_mask=padding)
    backward([output])
    tensors = [output, *(t.grad for t in [x, *module.parameters()])]
    return {**spec, "names": [n for n, _ in module.named_parameters()], "digests": [digest(t) for t in tensors]}


def encoder_specs():
    crossed = itertools.product(("relu", "gelu"), (False, True), (None, "causal"), (False, True))
    for i, (activation, first, attn, padding) in enumerate(crossed):
        yield dict(activation=activation, normFirst=first, attnMask=attn, padding=padding, layers=1 + i % 2, norm=i % 3 == 0,
                   batchFirst=i % 5 < 2, bias=i % 7 > 0, eps=1e-5 if i % 2 else 1e-3)


def dropout():
    torch.set_default_dtype(torch.float32)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3)
    fill(layer)
    layer.self_attn.dropout = 0.0  # its masks are drawn by a kernel that works head by head
    torch.manual_seed(777)
    output = layer(wave([5, 3, 8], 0.3).float())
    attn = nn.MultiheadAttention(8, 2, dropout=0.3)
    fill(attn)
    torch.manual_seed(777)
    x = wave([5, 3, 8], 0.3).float()
    result, weights = attn(x, x, x)
    torch.set_default_dtype(torch.float64)
    return [digest(t.double()) for t in (output, result, weights)]


document = dict(torch=torch.__version__, attention=[attention(s) for s in attention_specs()],
                encoder=[encoder(s) for s in encoder_specs()], dropout=dropout())
path = os.path.join(os.path.dirname(__file__), "fixtures", "attention.json")
with open(path, "w") as file:
    file.write(json.dumps(document, separators=(",", ":")).replace('{"bias"', '\n{"bias"').replace('{"activation"', '\n{"activation"') + "\n")
