"""Writes packages/lora/test/files/from-peft: adapters that PEFT itself has made and saved, and what it computes with them.

    python3 -m pip install torch peft
    python3 tools/peft-fixtures/from_peft.py

The base model is that of make.py, which has to be run first. The files that are committed are of PEFT 0.21.0.
"""
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

from make import FOLDER, Net

OUT = FOLDER.parent / "from-peft"

CASES = {
    "all-linear": {"r": 2, "target_modules": "all-linear", "exclude_modules": ["head"]},
    "bfloat16": {"r": 2, "target_modules": ["fc1", "embed"]},
    "biases-and-a-module": {"r": 2, "target_modules": ["fc1"], "bias": "all", "modules_to_save": ["head"]},
    "dora": {"r": 2, "target_modules": ["embed", "conv1", "fc1"], "use_dora": True, "use_rslora": True},
    "olora": {"r": 2, "target_modules": ["fc1", "head"], "init_lora_weights": "olora"},
    "patterns": {
        "r": 2,
        "target_modules": r"(features|classifier)\.\w+1",
        "rank_pattern": {"fc1": 4, r"features\.conv\d": 1},
        "alpha_pattern": {"conv1": 5},
    },
    "pissa": {"r": 2, "target_modules": ["fc1", "head"], "init_lora_weights": "pissa"},
}


def base():
    net = Net()
    net.load_state_dict(load_file(FOLDER / "base.safetensors"))
    return net.eval()


def write_case(name, config, tokens):
    model = get_peft_model(base(), LoraConfig(**config)).eval()
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data += 0.03 * torch.randn_like(parameter)
            if name == "bfloat16":
                parameter.data = parameter.data.bfloat16().float()
    output = model(tokens).detach().contiguous()
    model.save_pretrained(OUT / name)
    (OUT / name / "README.md").unlink(missing_ok=True)
    save_file({"input": tokens.int(), "output": output}, OUT / name / "expected.safetensors")
    if name == "bfloat16":
        path = OUT / name / "adapter_model.safetensors"
        save_file({key: value.bfloat16() for key, value in load_file(path).items()}, path, metadata={"format": "pt"})


def main():
    torch.manual_seed(0)
    shutil.rmtree(OUT, ignore_errors=True)
    tokens = torch.randint(0, 7, (5, 9))
    for name, config in CASES.items():
        write_case(name, config, tokens)


if __name__ == "__main__":
    main()
