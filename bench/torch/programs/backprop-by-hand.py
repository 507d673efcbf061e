"""examples/backprop-by-hand.ts in PyTorch: the same formulas on tensors of four weights, and the check against autograd."""
import torch

from shared.setting import setting

STEPS = setting("STEPS", 2000)
LEARNING_RATE = 0.5
torch.set_default_dtype(torch.float64)
x, t = torch.tensor([0.1, 0.2]), torch.tensor([0.4, 0.6])
wih, who = torch.tensor([[0.3, 0.25], [0.4, 0.35]]), torch.tensor([[0.45, 0.4], [0.7, 0.6]])


def forward(wih, who):
    h = torch.sigmoid(wih @ x)
    o = torch.sigmoid(who @ h)
    return h, o, (t - o).pow(2).sum() / 2


def backward(who, h, o):
    outer = -(t - o) * o * (1 - o)
    inner = (who.T @ outer) * h * (1 - h)
    return torch.outer(inner, x), torch.outer(outer, h)


h, o, error = forward(wih, who)
by_hand = backward(who, h, o)
leaves = [wih.clone().requires_grad_(), who.clone().requires_grad_()]
forward(*leaves)[2].backward()
apart = max((hand - leaf.grad).abs().max().item() for hand, leaf in zip(by_hand, leaves))
print(f"E = {error.item():.8f}; the largest difference of a derivative is {apart:.1e}")
for step in range(STEPS):
    h, o, _ = forward(wih, who)
    gih, gho = backward(who, h, o)
    wih, who = wih - LEARNING_RATE * gih, who - LEARNING_RATE * gho
    error = forward(wih, who)[2].item()
_, o, error = forward(wih, who)
print(f"After {STEPS} steps: o1 = {o[0].item():.4f} (0.4), o2 = {o[1].item():.4f} (0.6), E = {error.item():.2e}")
