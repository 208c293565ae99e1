"""Writes safetensors files: a length, a JSON header, and the bytes of the tensors one after the other."""
import json
import struct

import numpy as np

DTYPES = {"float32": "F32", "float64": "F64", "int32": "I32", "bool": "BOOL"}


def save(path, tensors, metadata=None):
    """Writes named arrays of float32, float64, int32 or bool; `metadata` maps texts to texts."""
    header = {} if metadata is None else {"__metadata__": metadata}
    offset = 0
    for name, array in tensors.items():
        header[name] = {
            "dtype": DTYPES[str(array.dtype)],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    # Spaces bring the data to a multiple of eight bytes, as the format asks for.
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for array in tensors.values():
            file.write(np.ascontiguousarray(array).tobytes())
