"""examples/name-generator.ts in PyTorch, without the rivals by counting."""
import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from shared.names import numbered, read_names, shuffled
from shared.setting import setting

EPOCHS = setting("EPOCHS", 15)
NAMES = setting("NAMES", 10_000)
END = "<end>"
UNITS = 128


class NameWriter(nn.Module):
    def __init__(self, letters):
        super().__init__()
        self.gru = nn.GRU(32, UNITS, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.embedding = nn.Embedding(letters, 32, padding_idx=0)
        self.head = nn.Linear(UNITS, letters)

    def forward(self, letters, state=None):
        states, last = self.gru(self.embedding(letters), state)
        return self.head(self.dropout(states)), last


torch.manual_seed(777)
names = shuffled([name for part in read_names() for name in part])[:NAMES]
known, unseen = names[:int(0.9 * len(names))], names[int(0.9 * len(names)):]
letters = ["<pad>", END, *sorted({letter for name in names for letter in name})]


def framed(list_of_names):
    return numbered(letters, [[END, *name, END] for name in list_of_names])


model = NameWriter(len(letters))
criterion = nn.CrossEntropyLoss(ignore_index=0)
loader = DataLoader(TensorDataset(framed(known)), batch_size=64, shuffle=True)
test = framed(unseen)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=EPOCHS * len(loader))


def bits_per_letter(batch):
    scores, _ = model(batch[:, :-1])
    return criterion(scores.reshape(-1, len(letters)), batch[:, 1:].reshape(-1)) / math.log(2)


def evaluate():
    model.eval()
    with torch.no_grad():
        bits = bits_per_letter(test).item()
    model.train()
    return bits


def write_names(count, temperature):
    written, is_open = [""] * count, set(range(count))
    model.eval()
    with torch.no_grad():
        last, state = torch.full((count,), letters.index(END)), None
        for _ in range(20):
            scores, state = model(last.unsqueeze(1), state)
            last = (scores.squeeze(1) / temperature).softmax(1).multinomial(1).squeeze(1)
            for i, letter in enumerate(last.tolist()):
                if i in is_open and letters[letter] == END:
                    is_open.discard(i)
                elif i in is_open and letter != 0:
                    written[i] += letters[letter]
            if not is_open:
                break
    model.train()
    return written


losses = []
for _ in range(EPOCHS):
    for (batch,) in loader:
        loss = bits_per_letter(batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    bits = evaluate()

for temperature in (0.5, 0.8, 1):
    written = write_names(1000, temperature)
    copies = len(set(written) & set(known))
    print(f"temperature {temperature}: {len(set(written))} differ, {copies} of them are training names")
print(f"{bits:.3f} bits per letter ({len(unseen)} test names)")
