"""The fixtures of all ops, from the samples of all families.

    python3 tools/pytorch-fixtures/ops.py     writes packages/autograd/test/pytorch/fixtures/ops
"""
from pathlib import Path

import fixtures
from judge import samples_of
from samples import OPS
from values import Values

SEED = 2024

FOLDER = Path(__file__).parents[2] / "packages" / "autograd" / "test" / "pytorch" / "fixtures"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    # A generator for each op, so that more samples of one leave those of the others as they are.
    samples = [sample for op in OPS for sample in samples_of(op, Values([SEED, *op.name.encode()]))]
    fixtures.write(samples, FOLDER / "ops")
    size = sum(path.stat().st_size for path in FOLDER.glob("ops.*"))
    print(f"{len(OPS)} ops, {len(samples)} samples, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
