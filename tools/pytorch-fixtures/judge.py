"""How PyTorch judges a call: an op's function in PyTorch, run on a sample, with the gradients of all that can have one."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

INT = {torch.int64: torch.int32, torch.uint8: torch.int32}

# What JSON has no word for; None is an argument that is left out (and null among options).
BEYOND_JSON = {"nan": "$NaN", "inf": "$Infinity", "-inf": "$-Infinity", "-0.0": "$-0", "None": "$undefined"}


@dataclass(frozen=True)
class Op:
    """An op of the engine, the same in PyTorch, and samples of its arguments."""

    name: str
    # Takes the arguments as our function does, and computes with PyTorch.
    torch: Callable
    # values -> (about, arguments) ...; an argument is plain data that may hold arrays, which become tensors.
    samples: Callable
    # A function of tolerances.py.
    tolerance: Callable
    # The function of ours that is called; `dispatch` for ops that no function calls alone.
    call: str | None = None
    # False for results that have no gradients, though they are floats.
    differentiable: bool = True


class Sample:
    """The arguments of one call, and the gradient of its outputs that the way back starts from."""

    def __init__(self, op, about, arguments, values):
        self.op, self.about, self.arguments = op, about, arguments
        self.inputs = []
        self.template = self._collect(arguments)
        self.outputs, _ = self.run()
        self.output_gradients = {
            name: gradient_for(output, values)
            for name, output in self.outputs.items()
            if op.differentiable and output.is_floating_point()
        }

    def _collect(self, argument):
        """The arguments as JSON, with `@0`, `@1`, ... for the arrays, which go to `inputs`."""
        if isinstance(argument, np.ndarray):
            self.inputs.append(argument)
            return f"@{len(self.inputs) - 1}"
        if isinstance(argument, (list, tuple)):
            return [self._collect(part) for part in argument]
        if isinstance(argument, dict):
            return {name: None if part is None else self._collect(part) for name, part in argument.items()}
        return BEYOND_JSON.get(str(argument), argument)

    def fill(self, tensors):
        """The arguments with these tensors in the places of the arrays."""
        remaining = iter(tensors)

        def place(argument):
            if isinstance(argument, np.ndarray):
                return next(remaining)
            if isinstance(argument, (list, tuple)):
                return [place(part) for part in argument]
            if isinstance(argument, dict):
                return {name: place(part) for name, part in argument.items()}
            return argument

        return place(self.arguments)

    def tensors(self, convert=lambda x: x):
        """The inputs as new leaves, those of floats with gradients, each changed by `convert` before."""
        leaves = [convert(torch.from_numpy(array.copy())) for array in self.inputs]
        return [x.requires_grad_(self.op.differentiable) if x.is_floating_point() else x for x in leaves]

    def run(self, tensors=None):
        """The outputs by name, and the leaves that they come from."""
        leaves = self.tensors() if tensors is None else tensors
        return named(self.op.torch(*self.fill(leaves))), leaves

    def gradients(self, leaves=None, convert=lambda g: g):
        """The gradients of the inputs, None for those that have none; `convert` changes those of the outputs before."""
        outputs, leaves = self.run(leaves)
        roots = [(outputs[name], convert(g)) for name, g in self.output_gradients.items()]
        roots = [(output, g) for output, g in roots if output.requires_grad]
        wanted = [x for x in leaves if x.requires_grad]
        if not roots or not wanted:
            return [None] * len(leaves)
        found = torch.autograd.grad(
            [output for output, _ in roots], wanted, [g for _, g in roots], allow_unused=True
        )
        gradients = iter(found)
        return [next(gradients) if x.requires_grad else None for x in leaves]


def named(result):
    """A result of one tensor, of a list or of several names as tensors by name, of the dtypes that the engine has."""
    if isinstance(result, torch.Tensor):
        return {"out": result.to(INT.get(result.dtype, result.dtype))}
    parts = result.items() if isinstance(result, dict) else enumerate(result)
    return {
        str(key) if name == "out" else f"{key}.{name}": tensor
        for key, part in parts
        for name, tensor in named(part).items()
    }


def gradient_for(output, values):
    dtype = str(output.dtype).removeprefix("torch.")
    return torch.from_numpy(np.asarray(values.normal(*output.shape, dtype=dtype)))


def samples_of(op, values):
    return [Sample(op, about, arguments, values) for about, arguments in op.samples(values)]
