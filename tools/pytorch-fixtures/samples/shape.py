"""Samples of ops that move values: shapes, slices, padding, joining, triangles, and changes of dtype."""
import numpy as np
import torch
import torch.nn.functional as F

from judge import Op
from tolerances import exact, moved
from values import INF, NAN


def every_dtype(v, *arguments, shape=(2, 3, 4)):
    """The other dtypes, and values that must come through as they are."""
    yield "float64", [v.normal(*shape, dtype="float64"), *arguments]
    yield "int32", [v.integers(-9, 9, *shape), *arguments]
    yield "bool", [v.bools(*shape), *arguments]
    yield "special values", [v.special(*shape), *arguments]


def reshape_samples(v):
    yield "a matrix", [v.normal(3, 4), [2, 6]]
    yield "one length is left open", [v.normal(2, 3, 4), [4, -1]]
    yield "to a list", [v.normal(3, 5), [-1]]
    yield "to a scalar", [v.normal(1, 1), []]
    yield "a scalar", [v.normal(), [1, 1]]
    yield "nothing", [v.normal(0, 3), [3, 0, 2]]
    yield from every_dtype(v, [4, 6])


def flatten_samples(v):
    yield "all", [v.normal(2, 3, 4)]
    yield "from the second axis", [v.normal(2, 3, 4), 1]
    yield "up to the second axis", [v.normal(2, 3, 4), 0, 1]
    yield "axes in the middle, from the end", [v.normal(2, 3, 4, 2), -3, -2]
    yield "a scalar", [v.normal()]
    yield "nothing", [v.normal(2, 0, 3), 1]
    yield from every_dtype(v, 1)


def squeeze_samples(v):
    yield "all", [v.normal(1, 3, 1, 2)]
    yield "one axis", [v.normal(1, 3, 1), 2]
    yield "one axis from the end", [v.normal(3, 1, 2), -2]
    yield "an axis that is longer", [v.normal(3, 1), 0]
    yield "a scalar", [v.normal()]
    yield "nothing", [v.normal(1, 0)]
    yield from every_dtype(v, shape=(1, 5, 1))


def unsqueeze_samples(v):
    yield "in front", [v.normal(3, 2), 0]
    yield "behind", [v.normal(3, 2), -1]
    yield "in the middle", [v.normal(3, 2), 1]
    yield "a scalar", [v.normal(), 0]
    yield "nothing", [v.normal(0), -2]
    shape = v.shape()
    yield f"shape {shape}", [v.normal(*shape), v.axis(len(shape))]
    yield from every_dtype(v, 1)


def permute_samples(v):
    yield "a matrix", [v.normal(3, 5), [1, 0]]
    yield "three axes", [v.normal(2, 3, 4), [2, 0, 1]]
    yield "axes from the end", [v.normal(2, 3, 4), [-1, 0, -2]]
    yield "as they are", [v.normal(2, 3), [0, 1]]
    yield "a scalar", [v.normal(), []]
    yield "nothing", [v.normal(2, 0, 3), [2, 1, 0]]
    yield "a large matrix", [v.normal(33, 18), [1, 0]]
    shape = v.shape(ranks=(2, 5), longest=4)
    yield f"shape {shape}", [v.normal(*shape), v.permutation(len(shape))]
    yield from every_dtype(v, [1, 2, 0])


def transpose_samples(v):
    yield "the last two axes", [v.normal(2, 3, 4)]
    yield "the first and the last", [v.normal(2, 3, 4), 0, -1]
    yield "an axis with itself", [v.normal(2, 3), 1, 1]
    yield "nothing", [v.normal(3, 0)]
    yield "a column", [v.normal(5, 1)]
    shape = v.shape(ranks=(2, 4))
    yield f"shape {shape}", [v.normal(*shape), v.axis(len(shape)), v.axis(len(shape))]
    yield from every_dtype(v, 0, 2)


def expand_samples(v):
    yield "a column", [v.normal(3, 1), [3, 4]]
    yield "a row, with a new axis", [v.normal(1, 4), [2, 3, 4]]
    yield "lengths that are kept", [v.normal(3, 1, 2), [-1, 4, -1]]
    yield "a scalar", [v.normal(), [2, 3]]
    yield "to nothing", [v.normal(1, 3), [0, 3]]
    yield "as it is", [v.normal(2, 3), [2, 3]]
    yield "often", [v.normal(2, 1), [2, 500]]
    yield from every_dtype(v, [2, 4, 3], shape=(1, 3))


def flip_samples(v):
    yield "a list", [v.normal(5), 0]
    yield "the last axis", [v.normal(2, 3, 4), -1]
    yield "two axes", [v.normal(2, 3, 4), [0, 2]]
    yield "a scalar", [v.normal(), []]
    yield "nothing", [v.normal(0, 3), [0]]
    shape = v.shape(ranks=(2, 4))
    yield f"shape {shape}", [v.normal(*shape), v.axes(len(shape))]
    yield from every_dtype(v, [1, 2])


def tile_samples(v):
    yield "a list", [v.normal(3), [2]]
    yield "a matrix both ways", [v.normal(2, 3), [2, 2]]
    yield "new axes", [v.normal(2), [3, 1, 2]]
    yield "fewer than axes", [v.normal(2, 3, 2), [2]]
    yield "no times", [v.normal(2, 3), [0, 2]]
    yield "a scalar", [v.normal(), [4]]
    yield from every_dtype(v, [2, 1, 3], shape=(2, 1, 2))


def concat_samples(v):
    x = v.normal
    yield "two", [[x(2, 3), x(4, 3)]]
    yield "three, along the last axis", [[x(2, 1), x(2, 4), x(2, 2)], -1]
    yield "one", [[x(2, 3)], 1]
    yield "nothing among them", [[x(2, 3), x(0, 3), x(1, 3)]]
    yield "nothing but nothing", [[x(0, 3), x(0, 3)]]
    yield "the middle axis", [[x(2, 1, 3), x(2, 2, 3)], 1]
    yield "float32 and float64", [[x(2, 2), x(1, 2, dtype="float64")]]
    yield "int32 and float32", [[v.integers(-9, 9, 3), x(2)]]
    yield "bool", [[v.bools(3), v.bools(2)]]
    yield "special values", [[v.special(3, 2), v.special(3, 1)], 1]
    yield "many", [[x(v.whole(0, 3), 2) for _ in range(9)]]


def stack_samples(v):
    x = v.normal
    yield "two", [[x(2, 3), x(2, 3)]]
    yield "three, behind", [[x(2), x(2), x(2)], -1]
    yield "scalars", [[x(), x(), x()]]
    yield "in the middle", [[x(2, 3), x(2, 3)], 1]
    yield "nothing", [[x(0, 2), x(0, 2)]]
    yield "float64", [[x(2, 2, dtype="float64"), x(2, 2, dtype="float64")]]
    yield "int32 and float32", [[v.integers(-9, 9, 3), x(3)]]
    yield "bool", [[v.bools(3), v.bools(3)], 1]


def slice_samples(v):
    yield "a range of rows", [v.normal(5, 3), [[1, 4]]]
    yield "a range of columns", [v.normal(3, 6), [None, [2, 5]]]
    yield "an index drops the axis", [v.normal(3, 4), [1]]
    yield "an index from the end", [v.normal(2, 3, 4), [None, -1]]
    yield "steps", [v.normal(9, 7), [[1, 8, 3], [0, 7, 2]]]
    yield "bounds from the end", [v.normal(6, 4), [[-4, -1], [-3, None]]]
    yield "bounds beyond the end are cut", [v.normal(4), [[2, 99]]]
    yield "an empty range", [v.normal(4, 2), [[3, 1]]]
    yield "all indices", [v.normal(2, 3), [1, 2]]
    yield "everything", [v.normal(2, 3), []]
    yield "three axes", [v.normal(4, 5, 6), [[1, None], 2, [0, 6, 4]]]
    yield from every_dtype(v, [None, [1, 3]])


def indexed(x, ranges):
    """Our ranges in Python's words."""
    return x[tuple(slice(*part) if isinstance(part, list) else slice(None) if part is None else part for part in ranges)]


def narrow_samples(v):
    yield "rows", [v.normal(5, 3), 0, 1, 3]
    yield "columns", [v.normal(3, 6), -1, 2, 4]
    yield "from the end", [v.normal(3, 6), 1, -3, 2]
    yield "none", [v.normal(3, 2), 0, 1, 0]
    yield "all", [v.normal(3, 2), 0, 0, 3]
    yield from every_dtype(v, 1, 1, 2)


def select_samples(v):
    yield "a row", [v.normal(4, 3), 0, 2]
    yield "a column from the end", [v.normal(4, 3), -1, -2]
    yield "of a list", [v.normal(5), 0, 3]
    yield "the middle axis", [v.normal(2, 3, 4), 1, 0]
    yield from every_dtype(v, 2, 3)


def split_samples(v):
    yield "even pieces", [v.normal(6, 2), 2]
    yield "a smaller last piece", [v.normal(7, 2), 3]
    yield "columns", [v.normal(2, 5), 2, -1]
    yield "sizes", [v.normal(6, 2), [1, 3, 2]]
    yield "an empty piece", [v.normal(4), [4, 0]]
    yield "one piece", [v.normal(3), 5]
    yield from every_dtype(v, [1, 2], 1)


def pad_samples(v):
    yield "a list", [v.normal(3), [1, 2]]
    yield "an image", [v.normal(2, 3, 4), [1, 0, 2, 1]]
    yield "a value", [v.normal(2, 3), [1, 1], {"value": 2.5}]
    yield "infinity", [v.normal(2, 3), [1, 1, 0, 2], {"value": -INF}]
    yield "NaN", [v.normal(2, 3), [1, 1], {"value": NAN}]
    yield "cut", [v.normal(5, 6), [-1, 2, 1, -2]]
    yield "nothing is added", [v.normal(2, 3), [0, 0]]
    yield "nothing is there", [v.normal(0, 2), [1, 1]]
    yield from every_dtype(v, [1, 1, 2, 0])


def pad(x, padding, options={}):
    return F.pad(x, padding, value=options.get("value", 0))


def embed_samples(v):
    def attrs(shape, starts, steps, lengths, fill=0):
        return {"shape": shape, "starts": starts, "steps": steps, "lengths": lengths, "fill": fill}

    yield "in the middle of zeros", [v.normal(2, 3), attrs([4, 5], [1, 1], [1, 1], [2, 3])]
    yield "with steps", [v.normal(2, 3), attrs([5, 9], [1, 0], [3, 4], [2, 3])]
    yield "in ones", [v.normal(3), attrs([6], [2], [1], [3], 1)]
    yield "in fractions", [v.normal(1, 2, 1), attrs([2, 3, 2], [1, 1, 0], [1, 1, 1], [1, 2, 1], -0.5)]
    yield "nothing", [v.normal(0, 2), attrs([3, 2], [0, 0], [1, 1], [0, 2])]
    yield "a scalar", [v.normal(), attrs([], [], [], [])]
    whole = attrs([3, 4, 4], [1, 1, 0], [1, 1, 1], [2, 3, 4])
    yield from every_dtype(v, whole)


def embed(x, attrs):
    spots = (attrs["starts"], attrs["steps"], attrs["lengths"])
    places = tuple(slice(start, start + step * length, step) for start, step, length in zip(*spots))
    return torch.full(attrs["shape"], attrs["fill"], dtype=x.dtype).index_put(
        tuple(torch.meshgrid(*[torch.arange(p.start, p.stop, p.step) for p in places], indexing="ij")), x
    ) if places else x


def slice_region_samples(v):
    def attrs(starts, steps, lengths):
        return {"starts": starts, "steps": steps, "lengths": lengths}

    yield "a region", [v.normal(4, 5), attrs([1, 2], [1, 1], [2, 3])]
    yield "steps", [v.normal(7, 9), attrs([1, 0], [2, 4], [3, 3])]
    yield "nothing", [v.normal(3, 2), attrs([1, 0], [1, 1], [0, 2])]
    yield "a scalar", [v.normal(), attrs([], [], [])]
    yield from every_dtype(v, attrs([0, 1, 1], [1, 1, 2], [2, 2, 2]))


def slice_region(x, attrs):
    spots = zip(attrs["starts"], attrs["steps"], attrs["lengths"])
    return x[tuple(slice(start, start + step * length, step) for start, step, length in spots)]


def triangle_samples(v):
    yield "a square", [v.normal(4, 4)]
    yield "above the diagonal", [v.normal(4, 4), 1]
    yield "below the diagonal", [v.normal(4, 4), -2]
    yield "wide", [v.normal(3, 6), 2]
    yield "high", [v.normal(6, 3), -1]
    yield "a batch", [v.normal(2, 3, 3)]
    yield "a diagonal outside", [v.normal(3, 3), -5]
    yield "nothing", [v.normal(0, 3)]
    yield from every_dtype(v, 1)


def cast_samples(v):
    dtypes = ["float32", "float64", "int32", "bool"]
    fractions = np.array([0.0, -0.0, 0.4, -0.6, 1.5, -2.5, 1e9, -1e9, 2.0**-140], dtype="float64")
    sources = {
        "float32": fractions.astype("float32"),
        "float64": fractions,
        "int32": v.integers(-(2**31), 2**31, 9),
        "bool": v.bools(9),
    }
    for source, values in sources.items():
        for target in dtypes:
            yield f"{source} to {target}", [values, target]
    yield "float64 that float32 has to round", [v.normal(3, 5, dtype="float64"), "float32"]
    yield "float64 beyond float32", [v.magnitudes(-50, 50, 19, dtype="float64"), "float32"]
    yield "what is not finite, to float64", [v.special(11), "float64"]
    yield "what is not finite, to bool", [v.special(11), "bool"]
    yield "a scalar", [v.normal(), "float64"]
    yield "nothing", [v.normal(0, 2), "int32"]


def stop_samples(v):
    yield "a matrix", [v.normal(3, 4)]
    yield "a scalar", [v.normal()]
    yield "nothing", [v.normal(0, 4)]
    shape = v.shape()
    yield f"shape {shape}", [v.normal(*shape)]
    yield from every_dtype(v)


def listed(f):
    """For functions of PyTorch that take one axis at a time."""
    return lambda x, axes=None: f(x, axes) if axes is not None else f(x)


def cast(x, dtype):
    return x.to(getattr(torch, dtype))


OPS = [
    Op("reshape", torch.reshape, reshape_samples, moved),
    Op("flatten", torch.flatten, flatten_samples, moved),
    Op("squeeze", listed(torch.squeeze), squeeze_samples, moved),
    Op("unsqueeze", torch.unsqueeze, unsqueeze_samples, moved),
    Op("permute", torch.permute, permute_samples, moved),
    Op("transpose", lambda x, a=-2, b=-1: x.transpose(a, b), transpose_samples, moved),
    Op("expand", lambda x, shape: x.expand(shape), expand_samples, moved),
    Op("flip", lambda x, axes: x.flip(axes), flip_samples, moved),
    Op("tile", lambda x, repeats: x.tile(repeats), tile_samples, moved),
    Op("concat", lambda tensors, axis=0: torch.cat(tensors, axis), concat_samples, moved),
    Op("stack", lambda tensors, axis=0: torch.stack(tensors, axis), stack_samples, moved),
    Op("slice", indexed, slice_samples, moved),
    Op("sliceRegion", slice_region, slice_region_samples, moved),
    Op("embed", embed, embed_samples, moved),
    Op("narrow", lambda x, axis, start, length: x.narrow(axis, start, length), narrow_samples, moved),
    Op("select", lambda x, axis, index: x.select(axis, index), select_samples, moved),
    Op("split", lambda x, size, axis=0: list(x.split(size, axis)), split_samples, moved),
    Op("pad", pad, pad_samples, moved),
    Op("tril", torch.tril, triangle_samples, moved),
    Op("triu", torch.triu, triangle_samples, moved),
    Op("cast", cast, cast_samples, exact),
    Op("to", cast, cast_samples, exact),
    Op("stopGradient", lambda x: x.detach(), stop_samples, exact),
]
