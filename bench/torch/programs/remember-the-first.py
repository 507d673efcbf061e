"""examples/remember-the-first.ts in PyTorch, without the gradients and gates that are only drawn."""
import torch
from torch import nn
from torch.nn import functional as F

from shared.recurrent import KINDS, open_gates
from shared.setting import setting

STEPS = setting("STEPS", 800)
LONGEST = setting("LONGEST", 200)
LENGTHS = [length for length in (10, 20, 50, 100, 200) if length <= LONGEST]
BATCH = 32
SYMBOLS, FILLERS = 8, 4
UNITS = 64


class Rememberer(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.fc = nn.Linear(UNITS, SYMBOLS)
        self.layer = KINDS[kind](SYMBOLS + FILLERS, UNITS, batch_first=True)

    def forward(self, x):
        states, _ = self.layer(x)
        return self.fc(states[:, -1])


def draw_sequences(count, length):
    first = torch.randint(0, SYMBOLS, (count, 1))
    fillers = torch.randint(SYMBOLS, SYMBOLS + FILLERS, (count, length - 1))
    return F.one_hot(torch.cat([first, fillers], 1), SYMBOLS + FILLERS).float(), first.squeeze(1)


def train_at(kind, length):
    torch.manual_seed(777)
    model = Rememberer(kind)
    open_gates(kind, model.layer, length)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    steps = right = 0
    while steps < STEPS and right < 20:
        x, first = draw_sequences(BATCH, length)
        loss = criterion(model(x), first)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        steps += 1
        right = right + 1 if loss.item() < 0.02 else 0
    with torch.no_grad():
        x, first = draw_sequences(1000, length)
        accuracy = (model(x).argmax(1) == first).float().mean().item()
    print(f"length {length}, {kind}: accuracy {accuracy:.3f} after {steps} steps")


for length in LENGTHS:
    for kind in KINDS:
        train_at(kind, length)
