"""What judged samples are written as: one file of tensors, and one of JSON that tells which call they belong to."""
import json

import numpy as np
import torch

from safetensors_writer import save


def judged(sample, key, tensors):
    """Puts a sample's tensors, named `key.…`, into `tensors`, and returns its entry in the index."""
    op = sample.op
    outputs, _ = sample.run()
    gradients = sample.gradients()
    tolerances = op.tolerance(sample, outputs, gradients)

    def put(name, tensor, tolerance=None):
        array = tensor if isinstance(tensor, np.ndarray) else tensor.detach().numpy()
        tensors[f"{key}.{name}"] = array
        if tolerance is not None:
            tensors[f"{key}.{name}.tolerance"] = tolerance.numpy().astype(array.dtype)

    for i, array in enumerate(sample.inputs):
        put(f"in.{i}", array)
    for name, output in outputs.items():
        put(name, output, tolerances.outputs[name])
    for name, gradient in sample.output_gradients.items():
        put(f"{name}.gradient", gradient)
    for i, gradient in enumerate(gradients):
        if gradient is not None:
            put(f"in.{i}.gradient", gradient, tolerances.gradients[i])
    entry = {"key": key, "op": op.name, "about": sample.about, "arguments": sample.template, "outputs": list(outputs)}
    return entry if op.call is None else {**entry, "call": op.call}


def write(samples, path):
    """Writes `path.safetensors` and `path.json`."""
    tensors = {}
    index = [judged(sample, str(i), tensors) for i, sample in enumerate(samples)]
    save(f"{path}.safetensors", tensors, {"torch": torch.__version__})
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in index)
    with open(f"{path}.json", "w") as file:
        file.write(f"[\n{lines}\n]\n")
