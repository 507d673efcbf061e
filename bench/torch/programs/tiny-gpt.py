"""examples/tiny-gpt.ts in PyTorch, without the rivals by counting."""
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, RandomSampler

from shared.setting import setting

STEPS = setting("STEPS", 2000)
CHARACTERS = setting("CHARACTERS", 1_200_000)
CONTEXT, BATCH, WIDTH = 48, 24, 96


class Pieces(Dataset):
    """Pieces of a text, and what comes after each of their characters."""

    def __init__(self, text, stride):
        self.text, self.stride = text, stride

    def __len__(self):
        return (len(self.text) - CONTEXT - 1) // self.stride + 1

    def __getitem__(self, i):
        start = i * self.stride
        return self.text[start:start + CONTEXT], self.text[start + 1:start + CONTEXT + 1]


class TinyGPT(nn.Module):
    def __init__(self, characters):
        super().__init__()
        places = nn.Embedding(CONTEXT, WIDTH)
        self.tokens = nn.Embedding(characters, WIDTH)
        self.places = places
        layer = nn.TransformerEncoderLayer(
            WIDTH, 4, dim_feedforward=4 * WIDTH, dropout=0.1, activation="gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 3, norm=nn.LayerNorm(WIDTH), enable_nested_tensor=False)
        self.head = nn.Linear(WIDTH, characters)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                nn.init.normal_(weight, std=0.01 if name.startswith("places") else 0.02)

    def forward(self, text):
        steps = text.shape[1]
        x = self.tokens(text) + self.places(torch.arange(steps))
        mask = torch.full((steps, steps), float("-inf")).triu(1)
        return self.head(self.layers(x, mask=mask))


torch.manual_seed(777)
packages = Path(__file__).parents[3] / "node_modules/@stdlib"
book = (packages / "datasets-moby-dick/data/data.txt").read_text()[:CHARACTERS]
characters = sorted(set(book))
number = {character: i for i, character in enumerate(characters)}
encoded = torch.tensor([number[character] for character in book])
future_length = int(0.1 * len(encoded))
past, future = encoded.split([len(encoded) - future_length, future_length])
model = TinyGPT(len(characters))
decayed = [weight for weight in model.parameters() if weight.ndim > 1]
others = [weight for weight in model.parameters() if weight.ndim <= 1]
optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0}], lr=3e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=STEPS, pct_start=0.1)


def bits_per_character(piece, following):
    scores = model(piece).reshape(-1, len(characters))
    return F.cross_entropy(scores, following.reshape(-1)) / math.log(2)


def evaluate(most):
    """Bits per character on so many pieces of the last tenth of the book."""
    model.eval()
    bits = []
    with torch.no_grad():
        for batch in DataLoader(Pieces(future, CONTEXT), batch_size=100):
            if len(bits) * 100 >= most:
                break
            bits.append(bits_per_character(*batch).item())
    model.train()
    return sum(bits) / len(bits)


def write(start, count, temperature):
    model.eval()
    text = [number[character] for character in start]
    with torch.no_grad():
        for _ in range(count):
            scores = model(torch.tensor(text[-CONTEXT:]).unsqueeze(0))[:, -1] / temperature
            text.append(scores.softmax(1).multinomial(1).item())
    return "".join(characters[i] for i in text)


windows = Pieces(past, 1)
losses = []
for batch in DataLoader(windows, BATCH, sampler=RandomSampler(windows, replacement=True, num_samples=STEPS * BATCH)):
    loss = bits_per_character(*batch)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1)
    optimizer.step()
    schedule.step()
    losses.append(loss.item())
    if len(losses) % -(-STEPS // 15) == 0:
        evaluate(200)
bits = evaluate(float("inf"))
print(write("The whale", 600, 0.8))
print(f"{bits:.3f} bits per character ({len(future)} test characters)")
