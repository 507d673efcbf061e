"""examples/local-minimum.ts in PyTorch."""
import torch

from shared.setting import setting

STEPS = setting("STEPS", 1000)
START = 2.2


def f(x):
    return x ** 4 - 4 * x ** 2 + x


def descend(starts, momentum):
    x = torch.nn.Parameter(starts)
    optimizer = torch.optim.SGD([x], lr=0.01, momentum=momentum)
    way = [x.detach().clone()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        f(x).sum().backward()
        optimizer.step()
        way.append(x.detach().clone())
    return way


for momentum in (0, 0.9):
    end = descend(torch.tensor([START]), momentum)[-1]
    print(f"from x = {START} with momentum {momentum}: ends at x = {end.item():.4f}, f = {f(end).item():.4f}")
for momentum in (0, 0.5, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99):
    ends = descend(torch.linspace(-START, START, 1000), momentum)[-1]
    share = (ends < 0).float().mean().item() * 100
    print(f"momentum {momentum}: {share:.1f} % of 1000 starts end in the deep valley")
