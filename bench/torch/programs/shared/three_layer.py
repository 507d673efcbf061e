"""The network of three layers by matrix formulas, as examples/shared/neural-network.ts has it, on tensors in place of numpy's arrays."""
import torch


class NeuralNetwork:
    def __init__(self, inodes, hnodes, onodes, learning_rate, drawn="normal"):
        if drawn == "uniform":
            self.wih = torch.rand(hnodes, inodes) - 0.5
            self.who = torch.rand(onodes, hnodes) - 0.5
        else:
            self.wih = torch.normal(0.0, hnodes ** -0.5, (hnodes, inodes))
            self.who = torch.normal(0.0, onodes ** -0.5, (onodes, hnodes))
        self.lr = learning_rate

    def query(self, inputs_list):
        hidden_outputs = torch.sigmoid(self.wih @ columns(inputs_list))
        return torch.sigmoid(self.who @ hidden_outputs)

    def train(self, inputs_list, targets_list):
        inputs = columns(inputs_list)
        hidden_outputs = torch.sigmoid(self.wih @ inputs)
        final_outputs = torch.sigmoid(self.who @ hidden_outputs)
        output_errors = columns(targets_list) - final_outputs
        hidden_errors = self.who.T @ output_errors
        self.who += self.lr * ((output_errors * final_outputs * (1.0 - final_outputs)) @ hidden_outputs.T)
        self.wih += self.lr * ((hidden_errors * hidden_outputs * (1.0 - hidden_outputs)) @ inputs.T)

    def accuracy(self, inputs, labels):
        return (self.query(inputs).argmax(0) == labels).float().mean().item()


def columns(rows):
    return rows.unsqueeze(1) if rows.ndim == 1 else rows.T


def scaled_inputs(pixels):
    return pixels.reshape(len(pixels), 784).float() / 255.0 * 0.99 + 0.01


def targets_of(labels):
    targets = torch.zeros(len(labels), 10) + 0.01
    targets[torch.arange(len(labels)), labels.long()] = 0.99
    return targets
