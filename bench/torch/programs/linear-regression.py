"""examples/linear-regression.ts in PyTorch."""
import torch

from shared.setting import setting
from shared.tables import records

STEPS = setting("STEPS", 1000)
DRAWS = setting("DRAWS", 100_000)
COLUMNS = ["Weight_in_lbs", "Horsepower", "Displacement", "Acceleration", "Year"]

torch.manual_seed(setting("SEED", 777))
cars = records("cars", COLUMNS + ["Miles_per_Gallon"])
table = torch.tensor([[float(str(car[name])[:4]) if name == "Year" else float(car[name]) for name in COLUMNS] for car in cars])
y = torch.tensor([float(car["Miles_per_Gallon"]) for car in cars])


def mse(weights, x):
    return (x @ weights - y).pow(2).mean()


def with_ones(x):
    return torch.cat([x, torch.ones(len(x), 1)], 1)


def descend(title, x, lr):
    weights = torch.zeros(x.shape[1], requires_grad=True)
    path, losses = [], []
    for _ in range(STEPS + 1):
        weights.grad = None
        loss = mse(weights, x)
        loss.backward()
        path.append(weights.tolist())
        losses.append(loss.item())
        with torch.no_grad():
            weights -= lr * weights.grad
    X = x.double()
    closed = torch.linalg.solve(X.T @ X, X.T @ y.double()).float()
    print(f"{title}: closed form MSE {mse(closed, x).item():.4f}, gradient descent MSE {losses[-1]:.4f}")


def best_of_random(x, reach):
    least, chunk = float("inf"), 100
    for _ in range(DRAWS // chunk):
        weights = (torch.rand(len(reach), chunk) * 2 - 1) * torch.tensor(reach).unsqueeze(1)
        least = min(least, (x @ weights - y.unsqueeze(1)).pow(2).mean(0).min().item())
    print(f"best of {DRAWS} random draws of {len(reach)} weights: MSE {least:.4f}")


thousands = with_ones(table[:, :1] / 1000)
scaled = with_ones((table - table.mean(0)) / table.std(0, unbiased=False))
descend("simple", thousands, 0.09)
descend("multiple", scaled, 0.1)
best_of_random(thousands, [50.0, 50.0])
best_of_random(scaled, [50.0] * 6)
