"""examples/perceptron.ts in PyTorch."""
import torch
from torch import nn

from shared.setting import setting

STEPS = setting("STEPS", 1000)
SEED = setting("SEED", 777)

inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
gates = {name: torch.tensor(targets) for name, targets in {
    "AND": [0.0, 0, 0, 1], "OR": [0.0, 1, 1, 1], "NAND": [1.0, 1, 1, 0], "XOR": [0.0, 1, 1, 0]}.items()}


def perceptron(x, weights, theta):
    return (x @ weights >= theta).float()


def by_hand():
    nand, either = perceptron(inputs, torch.tensor([-1.0, -1]), -1.5), perceptron(inputs, torch.tensor([1.0, 1]), 0.5)
    print("AND", perceptron(inputs, torch.tensor([1.0, 1]), 1.5).tolist(), "OR", either.tolist(), "NAND", nand.tolist())
    print("AND of NAND and OR", perceptron(torch.stack([nand, either], 1), torch.tensor([1.0, 1]), 1.5).tolist())


def learn(gate):
    weights, theta, mistakes = torch.zeros(2), 0.0, []
    for _ in range(30):
        wrong = 0
        for x, target in zip(inputs, gates[gate].tolist()):
            error = target - perceptron(x, weights, theta).item()
            if error != 0:
                weights += error * x
                theta -= error
                wrong += 1
        mistakes.append(wrong)
    print(f"the rule on {gate}: w {weights.tolist()}; θ {theta}; {mistakes[-1]} of 4 wrong in the last round")


def search():
    line = torch.linspace(-40, 40, 81)
    w1, w2, theta = (grid.flatten() for grid in torch.meshgrid(line, line, line, indexing="ij"))
    says = perceptron(inputs, torch.stack([w1, w2]), theta)
    for gate, targets in gates.items():
        right = (says == targets.unsqueeze(1)).sum(0)
        print(f"{gate}: {(right == 4).sum().item()} of {len(w1)} perceptrons do it; the best has {right.max().item()} of 4 right")


def solve():
    torch.manual_seed(SEED)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    y = gates["XOR"].unsqueeze(1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = criterion(model(inputs), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (model(inputs).sigmoid().flatten().round() == gates["XOR"]).sum().item()
    print(f"2-8-1 network on XOR: {right} of 4 right, loss {loss.item():.4f}")


by_hand()
for gate in gates:
    learn(gate)
search()
solve()
