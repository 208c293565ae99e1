"""What PyTorch finds where the examples 000 to 004 compute, as `results` of each.

    python3 tools/pytorch-fixtures/notebooks.py            003 with a tenth of the images, as the tests run it
    python3 tools/pytorch-fixtures/notebooks.py --full     003 with all images; prints it and writes nothing

Each function does what examples/<its number>-*.mjs does, with the same seed and in the same order. Writes
examples/test/pytorch.json.
"""
import json
import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import parametrize
from torch.utils.data import DataLoader, Subset, TensorDataset

from mnist import Network, read_idx

OUTPUT = Path(__file__).resolve().parents[2] / "examples/test/pytorch.json"


def lora_basics():
    torch.manual_seed(0)
    whole = torch.tensor([[1, 1, 2], [3, 1, 2], [3, 4, 1]], dtype=torch.int32)
    left, right = torch.rand(3, 2), torch.rand(2, 3)
    total = whole + left @ right
    W, A, B = (layer.weight.detach() for layer in (nn.Linear(5, 7), nn.Linear(5, 2), nn.Linear(2, 7)))
    x = torch.rand(3, 5)
    apart = x @ W.T + x @ A.T @ B.T
    merged = x @ (W + (A.T @ B.T).T).T
    return {
        "whole": {
            "W": whole.tolist(),
            "A": left.tolist(),
            "B": right.tolist(),
            "sum": total.tolist(),
            "dtype": str(total.dtype).removeprefix("torch."),
        },
        "layers": {"apart": apart.tolist(), "merged": merged.tolist()},
    }


def factors(W):
    """The rank of a matrix, and B = U_r S_r and A = V_r^T, whose product it is."""
    rank = torch.linalg.matrix_rank(W).item()
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    return rank, U[:, :rank] @ torch.diag(S[:rank]), Vh[:rank], S


def rank_factorisation():
    torch.manual_seed(0)
    W = torch.randn(10, 2) @ torch.randn(2, 10)
    rank, B, A, S = factors(W)
    bias, x = torch.randn(10), torch.randn(10)
    return {
        "rank": rank,
        "singularValues": S.tolist(),
        "shapes": {"B": list(B.shape), "A": list(A.shape)},
        "y": (W @ x + bias).tolist(),
        "factorised": (B @ A @ x + bias).tolist(),
        "elements": {"W": W.numel(), "BA": B.numel() + A.numel()},
    }


class TestModel(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.embedding = nn.Embedding(10, hidden)
        self.linear = nn.Linear(hidden, hidden)
        self.lm_head = nn.Linear(hidden, 10)

    def forward(self, ids):
        return self.lm_head(self.linear(self.embedding(ids)))


class LoraLayer(nn.Module):
    def __init__(self, base_layer, rank):
        super().__init__()
        outputs, inputs = base_layer.weight.shape
        self.base_layer = base_layer
        self.lora_a = nn.Parameter(torch.randn(inputs, rank))
        self.lora_b = nn.Parameter(torch.randn(rank, outputs))

    def forward(self, x):
        return self.base_layer(x) + x @ self.lora_a @ self.lora_b


COLOURS = ["red", "orange", "yellow", "green", "blue", "indigo", "violet", "magenta", "marigold", "chartreuse"]


@torch.no_grad()
def toy_language_model():
    torch.manual_seed(42)
    hidden, rank = 1024, 2
    model = TestModel(hidden)

    def next_word():
        return COLOURS[model(torch.arange(8)[None])[:, -1].argmax(1).item()]

    before = next_word()
    X = torch.randn(1, 8, hidden)
    a, b = torch.randn(hidden, rank), torch.randn(rank, hidden)
    output = model.linear(X) + X @ a @ b
    ratio = (a.numel() + b.numel()) / model.linear.weight.numel()
    model.linear = LoraLayer(model.linear, rank)
    states = X.flatten().tolist()
    return {
        "before": before,
        "after": next_word(),
        "ratio": ratio,
        "X": {"shape": list(X.shape), "first": states[:3], "last": states[-3:]},
        "outputShape": list(output.shape),
    }


class Lora(nn.Module):
    """Rank 1, alpha 1: B is [outputs, 1], A [1, all that each of them reads]."""

    def __init__(self, weight):
        super().__init__()
        self.lora_A = nn.Parameter(torch.randn(1, weight[0].numel()))
        self.lora_B = nn.Parameter(torch.zeros(weight.shape[0], 1))
        self.enabled = True

    def forward(self, weight):
        return weight + (self.lora_B @ self.lora_A).view(weight.shape) if self.enabled else weight


def mnist_split(name, share):
    images = read_idx(f"{name}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28).float() / 255
    labels = read_idx(f"{name}-labels-idx1-ubyte", 8).long()
    used = round(share * len(labels))
    return TensorDataset(images[:used], labels[:used])


def train(net, loader, optimizer):
    """The mean losses of every 100 steps of an epoch."""
    losses = []
    for images, labels in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    groups = [losses[i : i + 100] for i in range(0, len(losses), 100)]
    return [sum(group) / len(group) for group in groups]


@torch.no_grad()
def test(net, loader):
    """The logits, and how many images of each digit are taken for another."""
    batches = [(net(images), labels) for images, labels in loader]
    logits, labels = (torch.cat(parts) for parts in zip(*batches))
    missed = labels[logits.argmax(1) != labels]
    return logits, torch.bincount(missed, minlength=10).tolist()


def mnist_lora(share):
    torch.manual_seed(1)
    W = torch.randn(10, 2) @ torch.randn(2, 10)
    rank, *_ = factors(W)
    torch.randn(10)

    train_set, test_set = mnist_split("train", share), mnist_split("t10k", share)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=64)
    next(iter(loader))
    net = Network()
    base_losses = train(net, loader, torch.optim.Adam(net.parameters(), lr=0.001))
    base, base_wrong = test(net, test_loader)

    convolutions = {name: layer for name, layer in net.named_children() if isinstance(layer, nn.Conv2d)}
    base_count = sum(p.numel() for layer in convolutions.values() for p in layer.parameters())
    layers, loras = [], []
    for name, layer in convolutions.items():
        lora = Lora(layer.weight)
        loras.append(lora)
        parts = {"weight": layer.weight, "bias": layer.bias, "A": lora.lora_A, "B": lora.lora_B}
        layers.append({"name": name, **{part: list(value.shape) for part, value in parts.items()}})
        parametrize.register_parametrization(layer, "weight", lora)
    lora_parameters = [p for lora in loras for p in lora.parameters()]
    lora_count = sum(p.numel() for p in lora_parameters)
    frozen = [name for name, _ in net.named_parameters() if "lora" not in name]
    for name, parameter in net.named_parameters():
        parameter.requires_grad = name not in frozen

    own = (train_set.tensors[1] == 3).nonzero().flatten().tolist()
    own_loader = DataLoader(Subset(train_set, own), batch_size=64, shuffle=True)
    lora_losses = train(net, own_loader, torch.optim.Adam(lora_parameters, lr=0.0002))
    on, on_wrong = test(net, test_loader)
    for lora in loras:
        lora.enabled = False
    off, off_wrong = test(net, test_loader)

    wrong = {"base": base_wrong, "on": on_wrong, "off": off_wrong}
    return {
        "firstRow": W[0].tolist(),
        "rank": rank,
        "parameters": {
            "base": base_count,
            "lora": lora_count,
            "total": base_count + lora_count,
            "percent": 100 * lora_count / base_count,
            "layers": layers,
        },
        "frozen": frozen,
        "losses": {"base": base_losses, "lora": lora_losses},
        "wrong": wrong,
        "accuracy": {state: 1 - sum(counts) / len(test_set) for state, counts in wrong.items()},
        "equalsBase": {"on": torch.equal(on, base), "off": torch.equal(off, base)},
    }


def gradient_norms(zero, lr):
    dim, rank = 16, 2

    def factor(name, shape):
        return nn.Parameter(torch.zeros(shape) if name == zero else torch.randn(shape) / math.sqrt(rank))

    A, B = factor("A", (dim, rank)), factor("B", (rank, dim))
    optimizer = torch.optim.SGD([A, B], lr=lr, momentum=0.9)
    steps = []
    for step in range(10):
        optimizer.zero_grad()
        y = torch.randn(dim) @ A @ B
        y.mean().backward()
        norms = {"A": A.grad, "B": B.grad, "output": y}
        steps.append({"step": step, **{name: value.norm().item() for name, value in norms.items()}})
        optimizer.step()
    return steps


def lora_gradients():
    torch.manual_seed(0)
    return {"zeroB": gradient_norms("B", 0.01), "zeroA": gradient_norms("A", 0.1)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:] == ["--full"]:
        print(json.dumps(mnist_lora(1), indent=1))
        sys.exit()
    results = {
        "000-lora-basics": lora_basics(),
        "001-rank-factorisation": rank_factorisation(),
        "002-toy-language-model": toy_language_model(),
        "003-mnist-lora": mnist_lora(0.1),
        "004-lora-gradients": lora_gradients(),
    }
    OUTPUT.write_text(json.dumps({"torch": torch.__version__, "results": results}, indent=1) + "\n")
    print(f"{OUTPUT.name}: what PyTorch {torch.__version__} finds, {OUTPUT.stat().st_size:,} bytes")
