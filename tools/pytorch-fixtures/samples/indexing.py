"""Samples of reading and writing by index and by mask."""
import numpy as np
import torch.nn.functional as F

from judge import Op
from samples.shape import every_dtype
from tolerances import exact, moved, sums
from values import INF, NAN


def indices(v, length, *shape):
    return v.integers(0, length, *shape)


def gather_samples(v):
    yield "the last axis", [v.normal(3, 5), 1, indices(v, 5, 3, 4)]
    yield "the first axis, from the end", [v.normal(3, 5), -2, indices(v, 3, 6, 5)]
    yield "an index that is smaller elsewhere", [v.normal(4, 5, 3), 1, indices(v, 5, 2, 7, 3)]
    yield "an index often", [v.normal(4), 0, np.full(30, 2, "int32")]
    yield "a scalar", [v.normal(), 0, indices(v, 1)]
    yield "nothing", [v.normal(3, 5), 1, indices(v, 5, 3, 0)]
    for about, (x, *_) in every_dtype(v):
        yield about, [x, 2, indices(v, 4, 2, 3, 5)]


def scatter_add_samples(v):
    yield "the last axis", [v.normal(3, 5), 1, indices(v, 5, 3, 4), v.normal(3, 4)]
    yield "the first axis, from the end", [v.normal(3, 5), -2, indices(v, 3, 6, 5), v.normal(6, 5)]
    yield "a source that reaches beyond the index", [v.normal(4, 5), 1, indices(v, 5, 2, 3), v.normal(3, 6)]
    yield "one place often", [v.normal(4), 0, np.full(30, 2, "int32"), v.normal(30)]
    yield "a scalar", [v.normal(), 0, indices(v, 1), v.normal()]
    yield "nothing", [v.normal(3, 5), 1, indices(v, 5, 3, 0), v.normal(3, 0)]
    yield "large and tiny values", [v.magnitudes(-30, 30, 4), 0, indices(v, 4, 12), v.magnitudes(-30, 30, 12)]
    yield "NaN and infinities", [v.normal(4), 0, indices(v, 4, 8), v.sprinkled(8, values=(NAN, INF))]
    yield "float64", [v.normal(3, 5, dtype="float64"), 1, indices(v, 5, 3, 9), v.normal(3, 9, dtype="float64")]
    yield "int32", [v.integers(-9, 9, 3, 5), 0, indices(v, 3, 7, 5), v.integers(-9, 9, 7, 5)]


def index_select_samples(v):
    yield "rows", [v.normal(5, 3), 0, indices(v, 5, 7)]
    yield "columns, from the end", [v.normal(3, 6), -1, indices(v, 6, 4)]
    yield "the middle axis", [v.normal(2, 5, 3), 1, indices(v, 5, 3)]
    yield "one index", [v.normal(4, 3), 0, indices(v, 4)]
    yield "none", [v.normal(4, 3), 0, indices(v, 4, 0)]
    yield "an index often", [v.normal(4, 2), 0, np.full(30, 2, "int32")]
    yield "many columns", [v.normal(6, 70), 0, indices(v, 6, 9)]
    yield from every_dtype(v, 1, indices(v, 3, 5))


def index_add_samples(v):
    yield "rows", [v.normal(5, 3), 0, indices(v, 5, 7), v.normal(7, 3)]
    yield "columns, from the end", [v.normal(3, 6), -1, indices(v, 6, 4), v.normal(3, 4)]
    yield "the middle axis", [v.normal(2, 5, 3), 1, indices(v, 5, 3), v.normal(2, 3, 3)]
    yield "none", [v.normal(4, 3), 0, indices(v, 4, 0), v.normal(0, 3)]
    yield "one place often", [v.normal(4, 2), 0, np.full(30, 2, "int32"), v.normal(30, 2)]
    yield "many columns", [v.normal(6, 70), 0, indices(v, 6, 9), v.normal(9, 70)]
    yield "large and tiny values", [v.magnitudes(-30, 30, 4), 0, indices(v, 4, 12), v.magnitudes(-30, 30, 12)]
    yield "NaN and infinities", [v.normal(4), 0, indices(v, 4, 8), v.sprinkled(8, values=(NAN, INF))]
    yield "float64", [v.normal(3, 5, dtype="float64"), 1, indices(v, 5, 9), v.normal(3, 9, dtype="float64")]
    yield "int32", [v.integers(-9, 9, 3, 5), 0, indices(v, 3, 7), v.integers(-9, 9, 7, 5)]


def masked_fill_samples(v):
    yield "a number", [v.normal(3, 5), v.bools(3, 5), 0.5]
    yield "minus infinity", [v.normal(4, 4), v.bools(4, 4), -INF]
    yield "a mask that is stretched", [v.normal(3, 5), v.bools(5), 9]
    yield "a mask of columns", [v.normal(3, 5), v.bools(3, 1), 9]
    yield "a scalar of a tensor", [v.normal(3, 5), v.bools(3, 5), v.normal()]
    yield "nothing", [v.normal(0, 2), v.bools(0, 2), 1]
    yield "scalars", [v.normal(), v.bools(), 2.5]
    yield "over special values", [v.special(4, 5), v.bools(4, 5), 1.5]
    yield "float64", [v.normal(3, 5, dtype="float64"), v.bools(3, 5), 0.1]
    yield "int32", [v.integers(-9, 9, 3, 5), v.bools(3, 5), 7]


def one_hot_samples(v):
    yield "a list", [indices(v, 5, 6), 5]
    yield "more classes than there are", [indices(v, 3, 4), 7]
    yield "a matrix", [indices(v, 4, 2, 3), 4]
    yield "a scalar", [indices(v, 4), 4]
    yield "classes that are counted", [indices(v, 6, 8)]
    yield "one class", [np.zeros(3, "int32"), 1]
    yield "nothing", [indices(v, 4, 0), 4]
    yield "nothing of a matrix", [indices(v, 4, 2, 0), 3]


def masked_fill(x, mask, value):
    return x.masked_fill(mask, value)


def one_hot(index, classes=-1):
    return F.one_hot(index.long(), classes)


def scatter_add(x, axis, index, source):
    """A source that reaches beyond the index is cut here: PyTorch's own gradient fails there."""
    used = source[tuple(slice(length) for length in index.shape)]
    return x.scatter_add(axis, index.long(), used)


def index_add(x, axis, index, source):
    return x.index_add(axis, index, source)


OPS = [
    Op("gather", lambda x, axis, index: x.gather(axis, index.long()), gather_samples, moved),
    Op("scatterAdd", scatter_add, scatter_add_samples, sums),
    Op("indexSelect", lambda x, axis, index: x.index_select(axis, index), index_select_samples, moved),
    Op("indexAdd", index_add, index_add_samples, sums),
    Op("maskedFill", masked_fill, masked_fill_samples, moved),
    Op("oneHot", one_hot, one_hot_samples, exact),
]
