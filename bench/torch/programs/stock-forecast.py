"""examples/stock-forecast.ts in PyTorch."""
import copy
import csv

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from shared.setting import setting
from shared.tables import DATA

EPOCHS = setting("EPOCHS", 30)
WINDOW = 30


class Windows(Dataset):
    """30 days, and the change after them."""

    def __init__(self, features, changes):
        self.features, self.changes = features.float(), changes.float()

    def __len__(self):
        return len(self.features) - WINDOW

    def __getitem__(self, i):
        return self.features[i:i + WINDOW], self.changes[i + WINDOW]


class Forecaster(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.fc = nn.Linear(32, 1)
        self.lstm = nn.LSTM(features, 32, batch_first=True)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.fc(states[:, -1])


def columns(file, names):
    with (DATA / file).open() as rows:
        return torch.tensor([[float(row[name]) for name in names] for row in csv.DictReader(rows)], dtype=torch.float64)


def by_time(x):
    lengths = [int(share * len(x)) for share in (0.7, 0.1, 0.2)]
    for i in range(len(x) - sum(lengths)):
        lengths[i] += 1
    return x.split(lengths)


def scaled(parts):
    mean, std = parts[0].mean(0), parts[0].std(0, unbiased=False)
    return [(part - mean) / std for part in parts], mean, std


def forecast(name, features, changes, values, undo):
    parts, _, _ = scaled(by_time(features))
    targets, mean, std = scaled(by_time(changes))
    train, validation, test = [Windows(*pair) for pair in zip(parts, targets)]
    torch.manual_seed(777)
    model = Forecaster(features.shape[1])
    criterion = nn.MSELoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)

    def run(windows):
        with torch.no_grad():
            x, y = next(iter(DataLoader(windows, batch_size=len(windows))))
            said = model(x)
            return said, criterion(said, y).item()

    best_loss, best_weights = float("inf"), None
    for _ in range(EPOCHS):
        for x, y in DataLoader(train, batch_size=64, shuffle=True):
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        _, loss = run(validation)
        run(train)
        if loss < best_loss:
            best_loss, best_weights = loss, copy.deepcopy(model.state_dict())
    model.load_state_dict(best_weights)

    said = (run(test)[0].double() * std + mean).flatten()
    actual, before = values[-len(said):], values[-len(said) - 1:-1]
    rmse, naive = ((guess - actual).square().mean().sqrt().item() for guess in (undo(before, said), before))
    print(f"{name}, the last {len(said)} days:\n  network RMSE {rmse:.2f}; tomorrow is as today RMSE {naive:.2f}")


closes = columns("sp500-2000.csv", ["close"])
changes = closes.log().diff(dim=0)
forecast("S&P 500", changes, changes, closes[:, 0], lambda before, change: before * change.exp())
weather = columns("seattle-weather.csv", ["temp_max", "temp_min", "precipitation", "wind"])
forecast("Seattle", weather[1:], weather[:, :1].diff(dim=0), weather[:, 0], lambda before, change: before + change)
