"""Compares our engine with PyTorch on the spot, on random samples that nobody has seen before.

    python3 compare.py --seed 7              all ops, layers and losses
    python3 compare.py --seed 7 --ops conv   those whose names contain the word
    python3 compare.py --seed 7 --count 5    five rounds of samples, each with new numbers
"""
import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import fixtures
from judge import samples_of
from layers import OPS as LAYERS
from losses import OPS as LOSSES
from samples import OPS
from values import Values

FOLDER = Path(__file__).parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True, help="of all random numbers")
    parser.add_argument("--ops", default="", help="a word that the names contain")
    parser.add_argument("--count", type=int, default=1, help="rounds of samples")
    return parser.parse_args()


def outcomes(samples):
    """What our engine makes of the samples: for each a dict with `op`, `about` and `outcomes`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples"
        fixtures.write(samples, path)
        command = ["node", str(FOLDER / "compare.mjs"), str(path)]
        printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def distance_of(outcome):
    """JSON writes infinity as null."""
    return math.inf if outcome["distance"] is None else outcome["distance"]


def report(results):
    """Prints a line for each op, then what is wrong. Returns how much that is."""
    by_op = defaultdict(list)
    for result in results:
        by_op[result["op"]].append(result)
    print(f"{'name':24} {'samples':>8} {'comparisons':>12} {'values':>8}   worst, of the tolerance")
    for op, own in by_op.items():
        found = [outcome for result in own for outcome in result["outcomes"]]
        worst = max(map(distance_of, found))
        print(f"{op:24} {len(own):8} {len(found):12} {sum(o['values'] for o in found):8}   {worst:.3f}")
    wrong = [(result, o) for result in results for o in result["outcomes"] if "complaint" in o]
    for result, outcome in wrong:
        print(f"\n{result['op']}, {result['about']}: {outcome['what']} {outcome['complaint']}")
    count = sum(len(result["outcomes"]) for result in results)
    print(f"\n{len(by_op)} ops, layers and losses, {len(results)} samples, {count} comparisons with PyTorch, {len(wrong)} wrong")
    return len(wrong)


def main():
    options = arguments()
    subprocess.run(["node", str(FOLDER.parent / "setup.mjs")], check=True)
    ops = [op for op in [*OPS, *LAYERS, *LOSSES] if options.ops in op.name]
    if not ops:
        sys.exit(f"compare: no name contains {options.ops!r}")
    values = Values(options.seed)
    samples = [sample for _ in range(options.count) for op in ops for sample in samples_of(op, values)]
    sys.exit(1 if report(outcomes(samples)) else 0)


if __name__ == "__main__":
    main()
