"""Random numbers as PyTorch's CPU generator draws them, to be compared digit by digit.

    python3 tools/pytorch-fixtures/random_numbers.py

Every draw is a Python expression that is evaluated here and stands in the fixture beside what it gave; the tests map
it to ours. Where all bits are to be equal, long results are committed as a digest and their last values; elsewhere
as the values at a few positions. `next` is what `torch.rand(1)` gives afterwards: the place where the generator was left.

Writes packages/tensor/test/random/fixtures/{draws,sequence}.json and state.bin, and packages/nn/test/fixtures/
{init,layers,dropout,data-loader}.json.
"""
import hashlib
import json
from pathlib import Path

import torch
from torch.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).resolve().parents[2]
TENSOR = ROOT / "packages/tensor/test/random/fixtures"
NN = ROOT / "packages/nn/test/fixtures"

# The last shows that only the low 32 bits of a seed count.
SEEDS = [0, 1, 42, 123456789, 2**53 - 1]
SIZES = [1, 7, 15, 16, 17, 31, 1000, 65537]

EXACT_DRAWS = [
    "torch.rand(n)",
    "torch.rand(n, dtype=torch.float64)",
    "torch.empty(n).uniform_(-0.3, 0.77)",
    "torch.empty(n, dtype=torch.float64).uniform_(-0.3, 0.77)",
    "torch.randn(n)",
    "torch.empty(n).normal_(0.5, 0.02)",
    "torch.randint(-5, 1000, (n,), dtype=torch.int32)",
    "torch.randint(-2**31, 2**31, (n,), dtype=torch.int32)",
    "torch.randint(-5, 1000, (n,), dtype=torch.float32)",
    "torch.randint(1 - 2**53, 2**53, (n,), dtype=torch.float64)",
    "torch.randint(0, 2, (n,), dtype=torch.bool)",
    "torch.randperm(n, dtype=torch.int32)",
    "torch.empty(n).bernoulli_(0.3)",
    "torch.empty(n, dtype=torch.float64).bernoulli_(0.3)",
]

CLOSE_DRAWS = [
    "torch.randn(n, dtype=torch.float64)",
    "torch.empty(n, dtype=torch.float64).normal_(3, 0.5)",
    "torch.nn.init.trunc_normal_(torch.empty(n))",
    "torch.nn.init.trunc_normal_(torch.empty(n), 1, 0.5, 0, 1.2)",
    "torch.nn.init.trunc_normal_(torch.empty(n, dtype=torch.float64))",
    "torch.nn.init.trunc_normal_(torch.empty(n, dtype=torch.float64), 1, 0.5, 0, 1.2)",
]

# Draws that follow each other: small normal fills leave half a pair behind, which all others must leave alone.
SEQUENCE = [
    ("torch.randn(n)", 3),
    ("torch.randn(n)", 3),
    ("torch.rand(n)", 2),
    ("torch.randn(n, dtype=torch.float64)", 3),
    ("torch.randint(-5, 1000, (n,), dtype=torch.int32)", 7),
    ("torch.randn(n)", 17),
    ("torch.randperm(n, dtype=torch.int32)", 5),
    ("torch.empty(n).bernoulli_(0.3)", 4),
    ("torch.nn.init.trunc_normal_(torch.empty(n))", 6),
    ("torch.rand(n)", 619),
    ("torch.randn(n)", 1),
    ("torch.randn(n)", 16),
    ("torch.empty(n).normal_(0.5, 0.02)", 15),
    ("torch.rand(n, dtype=torch.float64)", 700),
    ("torch.randn(n)", 2),
]
# In the middle of the generator's block of words, and of a pair of normal numbers.
SAVED_AFTER = 9

# One shape for each of the sizes.
SHAPES = [[1, 1], [7, 1], [5, 3], [4, 2, 2, 1], [1, 17], [31, 1], [10, 4, 5, 5], [65537, 1]]
MATRICES = [shape for shape in SHAPES if len(shape) == 2]

EXACT_INITS = [
    ("torch.nn.init.uniform_(w, -1, 2)", SHAPES),
    ("torch.nn.init.normal_(w, 1, 3)", SHAPES),
    ("torch.nn.init.kaiming_uniform_(w)", SHAPES),
    ("torch.nn.init.kaiming_uniform_(w, a=5**0.5)", SHAPES),
    ("torch.nn.init.kaiming_uniform_(w, mode='fan_out', nonlinearity='relu')", SHAPES),
    ("torch.nn.init.kaiming_normal_(w)", SHAPES),
    ("torch.nn.init.kaiming_normal_(w, mode='fan_out', nonlinearity='tanh')", SHAPES),
    ("torch.nn.init.xavier_uniform_(w)", SHAPES),
    ("torch.nn.init.xavier_uniform_(w, gain=5 / 3)", SHAPES),
    ("torch.nn.init.xavier_normal_(w)", SHAPES),
    ("torch.nn.init.xavier_normal_(w, gain=2**0.5)", SHAPES),
    ("torch.nn.init.sparse_(w, 0.3)", MATRICES),
]

CLOSE_INITS = [
    ("torch.nn.init.trunc_normal_(w, std=0.02, a=-0.04, b=0.04)", SHAPES),
    ("torch.nn.init.orthogonal_(w)", [*SHAPES, [3, 5], [40, 40], [25, 40]]),
    ("torch.nn.init.orthogonal_(w, gain=2**0.5)", [[5, 3], [2, 3, 3, 3]]),
]

DOUBLE_INITS = [
    ("torch.nn.init.kaiming_uniform_(w)", SHAPES),
    ("torch.nn.init.xavier_normal_(w)", SHAPES),
    ("torch.nn.init.orthogonal_(w)", [[1, 1], [7, 1], [5, 3], [3, 5], [40, 40], [25, 40]]),
]

LAYERS = [
    "torch.nn.Linear(1, 1)",
    "torch.nn.Linear(3, 2)",
    "torch.nn.Linear(40, 25, bias=False)",
    "torch.nn.Linear(256, 257)",
    "torch.nn.Conv2d(1, 32, 3)",
    "torch.nn.Conv2d(4, 6, (3, 2), groups=2)",
    "torch.nn.Conv2d(32, 64, 3, bias=False)",
    "torch.nn.Embedding(5, 3)",
    "torch.nn.Embedding(4, 4)",
    "torch.nn.Embedding(1000, 31)",
    "torch.nn.LayerNorm((2, 3))",
]

DROPOUTS = [
    "torch.nn.functional.dropout(x)",
    "torch.nn.functional.dropout(x, 0.1)",
    "torch.nn.functional.dropout(x, 0.25)",
    "torch.nn.functional.dropout(x, 0.9)",
    "torch.nn.functional.dropout(x.double(), 0.3)",
]

LOADERS = [
    "DataLoader(data, 64, shuffle=True)",
    "DataLoader(data, 5, shuffle=True, drop_last=True)",
    "DataLoader(data, 64, shuffle=True, generator=own)",
    "DataLoader(data, 5, shuffle=True, drop_last=True, generator=own)",
    "DataLoader(data, 64)",
    "DataLoader(data, 64, generator=own)",
]

# Lengths with and without a last batch that is smaller, for numbers drawn from the loader's own generator meanwhile.
SHARED = [("DataLoader(data, 3, shuffle=True, generator=own)", n) for n in (6, 7)] + [
    ("DataLoader(data, 3, shuffle=True, drop_last=True, generator=own)", 7)
]


def digest(tensor):
    return hashlib.sha256(tensor.numpy().tobytes()).hexdigest()[:16]


def exactly(tensor):
    return {"digest": digest(tensor), "last": tensor.flatten()[-3:].tolist()}


def positions(size):
    """Where the values of a long tensor are compared: at both ends, and here and there between."""
    return [i for i in range(size) if size < 50 or i < 8 or i >= size - 8 or i % (size // 8) == 0]


def closely(tensor):
    flat = tensor.flatten()
    return {"at": positions(len(flat)), "values": [flat[i].item() for i in positions(len(flat))]}


def following():
    return {"next": torch.rand(1).item()}


def draw(expression, size):
    return eval(expression, {"torch": torch, "n": size})


def drawn(expression, seed, describe):
    """What one expression gives for every size."""
    for size in SIZES:
        torch.manual_seed(seed)
        yield {"size": size, **describe(draw(expression, size)), **following()}


def draws():
    for describe, expressions, seeds in ((exactly, EXACT_DRAWS, SEEDS), (closely, CLOSE_DRAWS, SEEDS[:3])):
        for expression in expressions:
            for seed in seeds:
                yield {"draw": expression, "seed": seed, "cases": list(drawn(expression, seed, describe))}


def sequence():
    """Draws from one generator, each with the state that it leaves; the last bits of the kept number stand apart."""
    torch.manual_seed(42)
    for step, (expression, size) in enumerate(SEQUENCE):
        values = draw(expression, size)
        state = bytes(torch.get_rng_state().tolist())
        kept = torch.frombuffer(bytearray(state[5024:5032]), dtype=torch.float64).item()
        if step == SAVED_AFTER:
            (TENSOR / "state.bin").write_bytes(state)
        hashed = hashlib.sha256(state[:5024] + bytes(8) + state[5032:]).hexdigest()[:16]
        yield {"draw": expression, "size": size, **closely(values), "state": hashed, "kept": kept,
               "isSaved": step == SAVED_AFTER}


def initialised(expression, seed, shapes, describe, dtype):
    for shape in shapes:
        w = torch.empty(shape, dtype=dtype)
        torch.manual_seed(seed)
        eval(expression, {"torch": torch, "w": w})
        yield {"shape": shape, **describe(w), **following()}


def inits():
    for describe, table, dtype in (
        (exactly, EXACT_INITS, torch.float32),
        (closely, CLOSE_INITS, torch.float32),
        (closely, DOUBLE_INITS, torch.float64),
    ):
        for expression, shapes in table:
            for seed in SEEDS[:3]:
                # The longest once is enough: what they share is drawn in full above.
                some = [shape for shape in shapes if seed == SEEDS[0] or shape != SHAPES[-1]]
                cases = list(initialised(expression, seed, some, describe, dtype))
                name = str(dtype).removeprefix("torch.")
                yield {"init": expression, "dtype": name, "seed": seed, "cases": cases}


def layers():
    for expression in LAYERS:
        for seed in SEEDS:
            torch.manual_seed(seed)
            layer = eval(expression, {"torch": torch})
            parameters = {
                name: {"shape": list(p.shape), **exactly(p.detach())} for name, p in layer.named_parameters()
            }
            yield {"layer": expression, "seed": seed, "parameters": parameters, **following()}


def dropped(expression, seed):
    for size in SIZES:
        torch.manual_seed(seed)
        x = torch.randn(size)
        yield {"size": size, **exactly(eval(expression, {"torch": torch, "x": x})), **following()}


def dropouts():
    for expression in DROPOUTS:
        for seed in SEEDS:
            yield {"dropout": expression, "seed": seed, "cases": list(dropped(expression, seed))}


def make_loader(expression, seed, size):
    torch.manual_seed(seed)
    own = torch.Generator().manual_seed(seed)
    data = TensorDataset(torch.arange(size, dtype=torch.int32))
    return eval(expression, {"DataLoader": DataLoader, "data": data, "own": own}), own


def loaded(expression, seed):
    """Two passes, one after the other, and where they leave both generators."""
    for size in SIZES:
        loader, own = make_loader(expression, seed, size)
        batches = [batch for _ in range(2) for (batch,) in loader]
        order = torch.cat([torch.empty(0, dtype=torch.int32), *batches])
        # In which batch each example came, so that the digest knows the borders of the batches.
        number = torch.tensor([k for k, batch in enumerate(batches) for _ in batch], dtype=torch.int32)
        yield {"size": size, "digest": digest(torch.stack([order, number])), "first": order[:5].tolist(),
               **following(), "nextOwn": torch.rand(1, generator=own).item()}


def shared(expression, size):
    loader, own = make_loader(expression, 42, size)
    batches = [{"batch": batch.tolist(), "drawn": torch.rand(1, generator=own).item()}
               for _ in range(2) for (batch,) in loader]
    return {"loader": expression, "size": size, "shared": batches}


def loaders():
    for expression in LOADERS:
        for seed in SEEDS[:3]:
            yield {"loader": expression, "seed": seed, "cases": list(loaded(expression, seed))}
    for expression, size in SHARED:
        yield shared(expression, size)


def write(path, entries):
    """One entry a line."""
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    path.write_text(f'{{"torch":"{torch.__version__}","entries":[\n{lines}\n]}}\n')
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    write(TENSOR / "draws.json", draws())
    write(TENSOR / "sequence.json", sequence())
    write(NN / "init.json", inits())
    write(NN / "layers.json", layers())
    write(NN / "dropout.json", dropouts())
    write(NN / "data-loader.json", loaders())
