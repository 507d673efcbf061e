"""examples/name-classifier.ts in PyTorch."""
from collections import Counter

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from shared.names import numbered, read_names, shuffled
from shared.setting import setting

EPOCHS = setting("EPOCHS", 12)
NAMES = setting("NAMES", 5000)


class NameReader(nn.Module):
    def __init__(self, letters):
        super().__init__()
        self.gru = nn.GRU(32, 64, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(128, 2)
        self.embedding = nn.Embedding(letters, 32, padding_idx=0)

    def forward(self, names, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embedding(names), lengths, batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.fc(self.dropout(last.transpose(0, 1).flatten(1)))


class LetterBag(nn.Module):
    def __init__(self, letters):
        super().__init__()
        self.fc = nn.Linear(32, 2)
        self.bag = nn.EmbeddingBag(letters, 32, padding_idx=0)

    def forward(self, names, lengths):
        return self.fc(self.bag(names))


torch.manual_seed(777)
male, female, both = read_names()
mixed = shuffled([(name.lower(), label) for label, names in enumerate((male, female)) for name in shuffled(names)[:NAMES]])
cut = int(0.8 * len(mixed))
train, test = mixed[:cut], mixed[cut:]
letters = ["<pad>", *sorted({letter for name, _ in mixed for letter in name})]


def dataset_of(pairs):
    names = [name for name, _ in pairs]
    return TensorDataset(
        numbered(letters, names), torch.tensor([len(name) for name in names]), torch.tensor([label for _, label in pairs]))


test_names, test_lengths, test_labels = dataset_of(test).tensors


def female_share(model, names, lengths):
    model.eval()
    with torch.no_grad():
        shares = model(names, lengths).softmax(1)[:, 1]
    model.train()
    return shares


def accuracy_of(model):
    return ((female_share(model, test_names, test_lengths) > 0.5).long() == test_labels).float().mean().item()


def train_one(model):
    loader = DataLoader(dataset_of(train), batch_size=64, shuffle=True)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=EPOCHS * len(loader))
    losses = []
    for _ in range(EPOCHS):
        for names, lengths, labels in loader:
            loss = criterion(model(names, lengths), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        accuracy = accuracy_of(model)
    return accuracy


counts = Counter()
for name, label in train:
    counts[name[-1]] += 1 if label == 1 else -1
last_letter = sum((counts[name[-1]] > 0) == (label == 1) for name, label in test) / len(test)
bag = train_one(LetterBag(len(letters)))
reader = NameReader(len(letters))
accuracy = train_one(reader)
known = [name.lower() for name in both if set(name.lower()) <= set(letters)]
shares = female_share(reader, *dataset_of([(name, 0) for name in known]).tensors[:2])
undecided = ((shares > 0.2) & (shares < 0.8)).float().mean().item()
print(f"between 20 % and 80 % for {100 * undecided:.0f} % of {len(known)} names in both lists")
print(f"last letter {last_letter:.4f}, bag of letters {bag:.4f}")
print(f"accuracy {accuracy:.4f} ({len(test)} test names)")
