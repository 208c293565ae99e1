"""Writes the fixtures of packages/lora/test/files: adapters in PEFT's published layout, and what PyTorch computes with them.

    /usr/bin/python3 tools/peft-fixtures/make.py

PEFT itself is not needed. Keys, shapes and formulas are those of its documentation and checkpoints; outputs and gradients
are computed here from these formulas, in float64, by autograd. All cases share one base model, `Net`.
"""
import json
import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pytorch-fixtures"))
from safetensors_writer import save

FOLDER = Path(__file__).resolve().parents[2] / "packages" / "lora" / "test" / "files" / "fixtures"
PREFIX = "base_model.model."


class Net(nn.Module):
    """Embedding, two convolutions, two linear layers: tokens [N, 9] to scores [N, 3]."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 12)
        self.features = nn.Module()
        self.features.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.features.conv2 = nn.Conv2d(4, 6, (3, 2), stride=2, bias=False)
        self.classifier = nn.Module()
        self.classifier.fc1 = nn.Linear(36, 10)
        self.classifier.head = nn.Linear(10, 3)

    def forward(self, tokens):
        return forward(tokens, lambda name, x: self.get_submodule(name)(x))


def forward(tokens, layer):
    """`layer(name, x)` is what the layer of this name computes."""
    x = layer("embed", tokens).reshape(-1, 3, 6, 6)
    x = F.relu(layer("features.conv1", x))
    x = F.relu(layer("features.conv2", x)).flatten(1)
    x = F.relu(layer("classifier.fc1", x))
    return layer("classifier.head", x)


def matches(name, targets):
    return any(name == target or name.endswith("." + target) for target in targets)


class Adapter:
    """One adapter of a base model: `tensors` are those of its checkpoint, by PEFT's keys."""

    def __init__(self, base, config):
        self.base = base
        self.config = {**DEFAULTS, **config}
        self.tensors = {}
        for name, module in base.named_modules():
            if matches(name, self.config["target_modules"]):
                self.add_lora(name, module)
            if matches(name, self.config["modules_to_save"] or []):
                for key, value in module.state_dict().items():
                    self.add(f"{name}.{key}", near(value))
        self.add_biases()

    def add(self, key, value):
        self.tensors[PREFIX + key] = value.requires_grad_()

    def number(self, name, default, pattern):
        found = [value for key, value in self.config[pattern].items() if matches(name, [key])]
        return (found + [self.config[default]])[0]

    def rank(self, name):
        return self.number(name, "r", "rank_pattern")

    def scale(self, name):
        rank, alpha = self.rank(name), self.number(name, "lora_alpha", "alpha_pattern")
        return alpha / (math.sqrt(rank) if self.config["use_rslora"] else rank)

    def add_lora(self, name, module):
        rank = self.rank(name)
        shape = module.weight.shape
        if isinstance(module, nn.Embedding):
            self.add(f"{name}.lora_embedding_A", drawn(rank, shape[0]))
            self.add(f"{name}.lora_embedding_B", drawn(shape[1], rank))
        elif isinstance(module, nn.Conv2d):
            self.add(f"{name}.lora_A.weight", drawn(rank, *shape[1:]))
            self.add(f"{name}.lora_B.weight", drawn(shape[0], rank, 1, 1))
        else:
            self.add(f"{name}.lora_A.weight", drawn(rank, shape[1]))
            self.add(f"{name}.lora_B.weight", drawn(shape[0], rank))
        if self.config["use_dora"]:
            self.add(f"{name}.lora_magnitude_vector", near(self.norm(name, module.weight)))

    def add_biases(self):
        for key, value in self.base.state_dict().items():
            name = key.rpartition(".")[0]
            adapted = matches(name, self.config["target_modules"])
            if key.endswith(".bias") and (self.config["bias"] == "all" or (self.config["bias"] == "lora_only" and adapted)):
                self.add(f"{name}.base_layer.bias" if adapted else key, near(value))

    def get(self, key):
        return self.tensors.get(PREFIX + key)

    def factors(self, name):
        if self.get(f"{name}.lora_embedding_A") is not None:
            return self.get(f"{name}.lora_embedding_A"), self.get(f"{name}.lora_embedding_B")
        return self.get(f"{name}.lora_A.weight"), self.get(f"{name}.lora_B.weight")

    def norm(self, name, weight):
        """The lengths of the rows of W + scale * B A, a constant for the gradient (DoRA, section 4.3).

        An embedding is taken as the linear layer that it is for one-hot vectors, so that it is the lengths of columns.
        """
        a, b = (factor.detach() for factor in self.factors(name))
        update = self.scale(name) * (b.flatten(1) @ a.flatten(1))
        if weight.ndim == 4:
            return (weight + update.reshape(weight.shape)).flatten(1).norm(dim=1).reshape(1, -1, 1, 1)
        is_embedding = self.get(f"{name}.lora_embedding_A") is not None
        return ((weight.T if is_embedding else weight) + update).norm(dim=1)

    def layer(self, name, x):
        module = self.base.get_submodule(name)
        saved = self.get(f"{name}.weight")
        weight = module.weight if saved is None else saved
        bias = next(
            (value for value in (self.get(f"{name}.base_layer.bias"), self.get(f"{name}.bias")) if value is not None),
            getattr(module, "bias", None),
        )
        a, b = self.factors(name)
        if isinstance(module, nn.Embedding):
            base, shift = F.embedding(x, weight), None
            update = None if a is None else F.embedding(x, a.T) @ b.T
        elif isinstance(module, nn.Conv2d):
            window = {"stride": module.stride, "padding": module.padding}
            base, shift = F.conv2d(x, weight, **window), None if bias is None else bias.reshape(-1, 1, 1)
            update = None if a is None else F.conv2d(F.conv2d(x, a, **window), b)
        else:
            base, shift = F.linear(x, weight), bias
            update = None if a is None else F.linear(F.linear(x, a), b)
        if update is not None:
            base = base + self.scale(name) * update
            magnitude = self.get(f"{name}.lora_magnitude_vector")
            if magnitude is not None:
                base = magnitude / self.norm(name, weight) * base
        return base if shift is None else base + shift


def drawn(*shape):
    return as_float32(torch.randn(*shape) * 0.3)


def near(value):
    return as_float32(value.detach() * (1 + 0.1 * torch.randn(value.shape)))


def as_float32(value):
    """Rounded to what is stored, but computed with in float64."""
    return value.float().double()


# What adapter_config.json holds, in PEFT 0.17.
DEFAULTS = {
    "alpha_pattern": {},
    "auto_mapping": None,
    "base_model_name_or_path": None,
    "bias": "none",
    "corda_config": None,
    "eva_config": None,
    "exclude_modules": None,
    "fan_in_fan_out": False,
    "inference_mode": True,
    "init_lora_weights": True,
    "layer_replication": None,
    "layers_pattern": None,
    "layers_to_transform": None,
    "loftq_config": {},
    "lora_alpha": 8,
    "lora_bias": False,
    "lora_dropout": 0.0,
    "megatron_config": None,
    "megatron_core": "megatron.core",
    "modules_to_save": None,
    "peft_type": "LORA",
    "qalora_group_size": 16,
    "r": 8,
    "rank_pattern": {},
    "revision": None,
    "target_modules": None,
    "target_parameters": None,
    "task_type": None,
    "trainable_token_indices": None,
    "use_dora": False,
    "use_qalora": False,
    "use_rslora": False,
}

CASES = {
    "linear": {"r": 2, "lora_alpha": 3, "target_modules": ["fc1", "head"], "lora_dropout": 0.1},
    "conv2d": {"r": 3, "lora_alpha": 4, "target_modules": ["conv1", "features.conv2"]},
    "embedding": {"r": 2, "lora_alpha": 4, "target_modules": ["embed"]},
    "dora-linear": {"r": 2, "lora_alpha": 2, "target_modules": ["fc1", "head"], "use_dora": True},
    "dora-conv2d": {"r": 2, "lora_alpha": 2, "target_modules": ["conv1", "conv2"], "use_dora": True},
    "dora-embedding": {"r": 2, "lora_alpha": 2, "target_modules": ["embed"], "use_dora": True},
    "rslora": {"r": 4, "lora_alpha": 2, "target_modules": ["fc1", "conv1"], "use_rslora": True},
    "modules-to-save": {"r": 2, "lora_alpha": 2, "target_modules": ["fc1"], "modules_to_save": ["head"]},
    "bias-all": {"r": 2, "lora_alpha": 2, "target_modules": ["fc1"], "bias": "all"},
    "bias-lora-only": {"r": 2, "lora_alpha": 2, "target_modules": ["fc1", "conv1"], "bias": "lora_only"},
    "patterns": {
        "r": 2,
        "lora_alpha": 3,
        "target_modules": ["fc1", "head", "conv1"],
        "rank_pattern": {"fc1": 4, "features.conv1": 1},
        "alpha_pattern": {"classifier.head": 5},
    },
}

def write(path, tensors, metadata=None):
    """Sorted as the format's own writer sorts them: by element type and then by name."""
    arrays = {key: (value.float() if value.is_floating_point() else value.int()) for key, value in tensors.items()}
    ordered = sorted(arrays.items(), key=lambda item: (not item[1].is_floating_point(), item[0]))
    save(path, {key: value.detach().contiguous().numpy() for key, value in ordered}, metadata)


def write_case(base, name, config):
    adapter = Adapter(base, config)
    tokens = torch.randint(0, 7, (5, 9))
    output = forward(tokens, adapter.layer)
    output_grad = as_float32(torch.randn(output.shape))
    grads = torch.autograd.grad(output, list(adapter.tensors.values()), output_grad)
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps(adapter.config, indent=2, sort_keys=True))
    write(folder / "adapter_model.safetensors", adapter.tensors, {"format": "pt"})
    expected = {"input": tokens, "output": output, "output_grad": output_grad}
    expected.update({f"grad.{key}": grad for key, grad in zip(adapter.tensors, grads)})
    write(folder / "expected.safetensors", expected)


def main():
    torch.manual_seed(0)
    base = Net().double()
    for parameter in base.parameters():
        parameter.data = as_float32(parameter.data)
        parameter.requires_grad_(False)
    FOLDER.mkdir(parents=True, exist_ok=True)
    write(FOLDER / "base.safetensors", base.state_dict())
    for name, config in CASES.items():
        write_case(base, name, config)


if __name__ == "__main__":
    main()
