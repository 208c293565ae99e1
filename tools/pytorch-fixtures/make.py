"""Writes all fixtures again: python3 tools/pytorch-fixtures/make.py, with PyTorch 1.13. The tests replay what is committed."""
import subprocess
import sys
from pathlib import Path

SCRIPTS = ["ops", "layers", "losses", "optimizers", "random_numbers", "notebooks", "mnist"]


def main():
    for script in SCRIPTS:
        print(f"{script}.py", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name(f"{script}.py")], check=True)


if __name__ == "__main__":
    main()
