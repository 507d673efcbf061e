"""The training loop that the programs for images share: every step's loss kept, the accuracy on the test images after every epoch."""
from torch.utils.data import DataLoader, Subset

from shared.images import accuracy_on


def loaders(train, test, images, tests, batch):
    """The first `images` to train on, shuffled, and the first `tests` to test with."""
    return (DataLoader(Subset(train, range(images)), batch_size=batch, shuffle=True),
            DataLoader(Subset(test, range(tests)), batch_size=250))


def fit(model, criterion, optimizer, train_loader, test_loader, epochs, schedule=None):
    """Trains, and gives the last accuracy."""
    losses = []
    for epoch in range(1, epochs + 1):
        for images, labels in train_loader:
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if schedule is not None:
                schedule.step()
            losses.append(loss.item())
        model.eval()
        accuracy = accuracy_on(model, test_loader)
        model.train()
        mean = sum(losses[-len(train_loader):]) / len(train_loader)
        print(f"Epoch[{epoch}/{epochs}], Loss:{mean:.4f}, accuracy:{accuracy:.4f}")
    return accuracy
