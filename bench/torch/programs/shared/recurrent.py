"""RNN, GRU and LSTM side by side."""
import torch
from torch import nn

KINDS = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}


def open_gates(kind, layer, steps):
    """Sets the biases of the gates that keep the state so that units remember for 1 to `steps` steps, as examples/shared/recurrent.ts does."""
    if kind == "RNN":
        return
    units = layer.hidden_size
    opening = (torch.rand(units) * (steps - 2) + 1).log()
    with torch.no_grad():
        layer.bias_ih_l0.zero_()
        layer.bias_hh_l0.zero_()
        layer.bias_ih_l0[units:2 * units] = opening
        if kind == "LSTM":
            layer.bias_ih_l0[:units] = -opening
