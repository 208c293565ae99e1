"""Samples of reductions: sums, products, extremes, truth, and the statistics that are made of them."""
import math

import torch

from judge import Op
from tolerances import ELEMENTWISE_ROUNDINGS, conditioned, divided_sums, exact, sums, up_to_signs
from values import INF, INT_MAX, NAN


def axes_of(x, axes):
    """Our axes as a list; left out or empty they are all."""
    if axes is None or axes == []:
        return list(range(x.ndim))
    return [axes] if isinstance(axes, int) else axes


def over(f, **defaults):
    """A function of PyTorch that takes `dim` and `keepdim`, called as ours."""
    return lambda x, axes=None, options={}: f(x, dim=axes_of(x, axes), **{**defaults, **options})


def one_by_one(f):
    """The same for functions that take one axis at a time."""

    def reduce(x, axes=None, options={}):
        reduced = sorted({axis % x.ndim for axis in axes_of(x, axes)}, reverse=True)
        for axis in reduced:
            x = f(x, dim=axis, keepdim=options.get("keepdim", False))
        return x if reduced else f(x)

    return reduce


def shapes(v, draw=None):
    """What every reduction has to cope with; `draw` makes the values."""
    draw = draw or v.normal
    yield "all of a matrix", [draw(3, 5)]
    yield "a scalar", [draw()]
    yield "the first axis", [draw(4, 7), 0]
    yield "the last axis, counted from the end", [draw(3, 19), -1]
    yield "the middle axis, kept", [draw(2, 5, 3), 1, {"keepdim": True}]
    yield "two axes, apart", [draw(3, 2, 5), [0, -1]]
    yield "two axes next to each other, kept", [draw(2, 3, 4), [-2, 2], {"keepdim": True}]
    yield "an empty list of axes is all", [draw(2, 3), []]
    shape = v.shape(ranks=(2, 4))
    axes = v.axes(len(shape))
    yield f"axes {axes} of {shape}", [draw(*shape), axes, {"keepdim": v.choice([True, False])}]


def nothing(v):
    """Reductions of nothing and into nothing, where that is defined."""
    yield "nothing", [v.normal(0)]
    yield "an axis of length 0", [v.normal(3, 0, 2), 1]
    yield "the others next to an axis of length 0", [v.normal(3, 0), 0]


def sum_samples(v):
    yield from shapes(v)
    yield from nothing(v)
    yield "many", [v.normal(3000)]
    yield "many rows", [v.normal(300, 11), 0]
    yield "large and tiny values", [v.magnitudes(-30, 30, 4, 9), 1]
    yield "values that cancel", [v.normal(2, 40, shift=1000.0), -1]
    yield "infinities and NaN", [v.sprinkled(8, 3, values=(INF, -INF, NAN)), 1]
    yield "float64", [v.normal(5, 6, dtype="float64"), 0]
    yield "int32 that wraps around", [v.integers(INT_MAX - 5, INT_MAX, 3, 4), 0]
    yield "bool", [v.bools(4, 6), 1]


def prod_samples(v):
    yield from shapes(v)
    yield from nothing(v)
    yield "one zero", [with_zeros(v.normal(3, 4), [1, 6]), 1]
    yield "two zeros in a row", [with_zeros(v.normal(3, 4), [4, 6]), 1]
    yield "zeros, over two axes", [with_zeros(v.normal(2, 3, 2), [3]), [0, 2]]
    yield "large and tiny values", [v.magnitudes(-9, 9, 5, 4), 1]
    yield "many", [v.uniform(0.9, 1.1, 4, 60), -1]
    yield "infinities and NaN", [v.sprinkled(6, 2, values=(INF, -INF, NAN)), 1]
    yield "float64", [v.normal(3, 5, dtype="float64"), 0]
    yield "int32 that wraps around", [v.integers(-3000, 3000, 4, 5), 1]
    yield "bool", [v.bools(6, 2), 1]


def with_zeros(x, places):
    x.reshape(-1)[places] = 0
    return x


def extreme_samples(v):
    yield from shapes(v, draw=v.distinct)
    yield "ties", [v.integers(0, 3, 4, 6, dtype="float32"), 1]
    yield "ties over all", [v.integers(0, 2, 3, 4, dtype="float32")]
    yield "ties over two axes", [v.integers(0, 3, 2, 3, 4, dtype="float32"), [0, 2]]
    yield "zeros of both signs", [signed_zeros(v, 6, 4), 1]
    yield "large and tiny values", [v.magnitudes(-38, 38, 5, 9), 0]
    yield "infinities", [v.sprinkled(7, 5, values=(INF, -INF)), 1]
    yield "NaN", [v.sprinkled(5, 6, values=(NAN,)), 1]
    yield "the others next to an axis of length 0", [v.normal(3, 0), 0]
    yield "float64", [v.normal(3, 5, dtype="float64"), 0]
    yield "int32", [v.integers(-9, 9, 4, 5), 1]
    yield "bool", [v.bools(4, 3), 0]
    yield "many", [v.distinct(2, 130), 1]


def signed_zeros(v, *shape):
    return v.generator.choice([0.0, -0.0, -1.0, 1.0], shape, p=[0.4, 0.4, 0.1, 0.1]).astype("float32")


def truth_samples(v):
    yield from shapes(v, draw=v.bools)
    yield from nothing(v)
    yield "mostly false", [v.integers(0, 8, 6, 5, dtype="float32") == 0, 1]
    yield "mostly true", [v.integers(0, 8, 6, 5, dtype="float32") > 0, 1]
    yield "float32, with NaN and zeros of both signs", [v.sprinkled(9, 2), 1]
    yield "float64", [v.integers(-1, 2, 3, 4, dtype="float64"), 0]
    yield "int32", [v.integers(-1, 2, 7, 3), -1]


def position_samples(v):
    yield "all", [v.distinct(3, 7)]
    yield "all, kept", [v.distinct(2, 5), None, {"keepdim": True}]
    yield "a scalar", [v.normal()]
    yield "a scalar along its axis", [v.normal(), -1]
    yield "the first axis", [v.distinct(5, 4), 0]
    yield "the last axis, kept", [v.distinct(2, 3, 17), -1, {"keepdim": True}]
    yield "ties: the first counts", [v.integers(0, 3, 5, 8, dtype="float32"), 1]
    yield "zeros of both signs", [signed_zeros(v, 6, 5), 0]
    yield "infinities", [v.sprinkled(6, 7, values=(INF, -INF)), 1]
    yield "NaN: the first counts", [v.sprinkled(6, 7, values=(NAN,)), 1]
    yield "the others next to an axis of length 0", [v.normal(3, 0), 0]
    yield "float64", [v.normal(4, 5, dtype="float64"), 0]
    yield "int32", [v.integers(-4, 4, 4, 7), 1]
    shape = v.shape(ranks=(1, 4))
    yield f"shape {shape}", [v.distinct(*shape), v.axis(len(shape))]


def extreme_along_samples(v):
    yield "all", [v.integers(0, 4, 3, 4, dtype="float32")]
    yield "all of int32", [v.integers(-9, 9, 3, 4)]
    for about, arguments in position_samples(v):
        if len(arguments) > 1 and arguments[1] is not None:
            yield about, arguments


def mean_samples(v):
    yield from shapes(v)
    yield "nothing is NaN", [v.normal(0)]
    yield "an axis of length 0", [v.normal(2, 0, 3), 1]
    yield "the others next to an axis of length 0", [v.normal(3, 0), 0]
    yield "many", [v.normal(2, 500), 1]
    yield "large and tiny values", [v.magnitudes(-30, 30, 4, 9), 1]
    yield "infinities and NaN", [v.sprinkled(8, 3, values=(INF, -INF, NAN)), 1]
    yield "float64", [v.normal(5, 6, dtype="float64"), 0]


def spread_samples(v):
    yield from (sample for sample in shapes(v) if sample[0] != "a scalar")
    yield "the biased one", [v.normal(3, 6), 1, {"correction": 0}]
    yield "a correction of 2", [v.normal(7, 3), 0, {"correction": 2, "keepdim": True}]
    yield "next to a large mean", [v.normal(4, 12, shift=3000.0), 1]
    yield "tiny values", [v.normal(3, 7, scale=1e-12), 1]
    yield "large values", [v.normal(3, 7, scale=1e12), 1]
    # Next to an infinity the variance is NaN, and so is our gradient; PyTorch's is NaN or an infinity.
    yield "NaN", [v.sprinkled(6, 5, values=(NAN,)), 1]
    yield "one value, the biased one", [v.normal(3, 1), 1, {"correction": 0}]
    yield "many", [v.normal(2, 400), -1]
    yield "float64", [v.normal(4, 5, dtype="float64"), 0]


def variance_samples(v):
    yield from spread_samples(v)
    yield "all values equal", [v.normal(3, 1) + v.normal(3, 4) * 0, 1]
    yield "one value has none", [v.normal(3, 1), 1]


def summed_deviations_samples(v):
    """With the correction that divides by 1 what comes out is the sum itself."""
    for shape, axes in [([9], [0]), ([3, 5], [1]), ([4, 3], [0]), ([2, 3, 4], [0, 2]), ([6, 1], [1]), ([2, 70], [-1])]:
        count = math.prod(shape[axis] for axis in axes)
        yield f"shape {shape}, axes {axes}", [v.normal(*shape), axes, {"correction": count - 1}]
    yield "next to a large mean", [v.normal(3, 8, shift=500.0), 1, {"correction": 7}]
    yield "float64", [v.normal(3, 8, dtype="float64"), 1, {"correction": 7}]


def norm_samples(v):
    yield from shapes(v)
    for p in [1, 3, 0.5, 2.5, -1, -2, 0, INF, -INF]:
        yield f"order {p}", [v.distinct(3, 5), 1, {"p": p}]
    yield "order Infinity, with ties", [v.integers(-2, 3, 4, 6, dtype="float32"), 1, {"p": INF}]
    yield "order -Infinity, with ties", [v.integers(1, 3, 3, 4, dtype="float32"), [0, 1], {"p": -INF}]
    yield "a row of zeros", [with_zeros(v.normal(3, 4), range(4, 8)), 1]
    yield "a row of zeros, order 1", [with_zeros(v.normal(3, 4), range(4, 8)), 1, {"p": 1}]
    yield "nothing", [v.normal(0)]
    yield "an axis of length 0", [v.normal(2, 0), 1]
    yield "large values", [v.normal(2, 9, scale=1e15), 1]
    yield "infinities and NaN", [v.sprinkled(6, 3, values=(INF, -INF, NAN)), 1]
    yield "many", [v.normal(700)]
    yield "float64", [v.normal(4, 5, dtype="float64"), 0]


def logsumexp_samples(v):
    yield from shapes(v)
    yield "an axis of length 0", [v.normal(2, 0), 1]
    yield "large and tiny values", [v.normal(4, 6, scale=1000.0), 1]
    yield "ties", [v.integers(0, 2, 3, 5, dtype="float32"), 0]
    yield "some are -Infinity", [v.sprinkled(4, 6, values=(-INF,)), 1]
    yield "Infinity and NaN", [v.sprinkled(8, 3, values=(INF, NAN)), 1]
    yield "many", [v.normal(2, 300), 1]
    yield "float64", [v.normal(4, 5, dtype="float64"), 0]


def with_position(f):
    """`torch.max` and `torch.min`, with and without an axis."""

    def extreme(x, axis=None, options={}):
        if axis is None:
            return f(x)
        values, indices = f(x, dim=axis, **options)
        return {"values": values, "indices": indices}

    return extreme


def position(f):
    """`torch.argmax` and `torch.argmin`, which do not keep axes if they are not named one."""

    def arg_extreme(x, axis=None, options={}):
        if axis is not None:
            return f(x, dim=axis, **options)
        return f(x).reshape([1] * x.ndim if options.get("keepdim") else [])

    return arg_extreme


def norm(x, axes=None, options={}):
    keepdim = options.get("keepdim", False)
    return torch.linalg.vector_norm(x, options.get("p", 2), dim=None if axes == [] else axes, keepdim=keepdim)


def reduced_count(sample):
    """How many elements go into one, at most."""
    return sample.inputs[0].size


def reduced_roundings(sample):
    """Both sides' sums, and a power, a root or a logarithm of each."""
    return 2 * reduced_count(sample) + 2 * ELEMENTWISE_ROUNDINGS


OPS = [
    Op("sum", over(torch.sum), sum_samples, sums),
    Op("prod", one_by_one(torch.prod), prod_samples, conditioned(reduced_roundings)),
    Op("amax", over(torch.amax), extreme_samples, up_to_signs),
    Op("amin", over(torch.amin), extreme_samples, up_to_signs),
    Op("any", one_by_one(torch.any), truth_samples, exact),
    Op("all", one_by_one(torch.all), truth_samples, exact),
    Op("argmax", position(torch.argmax), position_samples, exact),
    Op("argmin", position(torch.argmin), position_samples, exact),
    Op("max", with_position(torch.max), extreme_along_samples, up_to_signs),
    Op("min", with_position(torch.min), extreme_along_samples, up_to_signs),
    Op("mean", over(torch.mean), mean_samples, divided_sums(reduced_count)),
    Op("variance", over(torch.var, correction=1), variance_samples, conditioned(reduced_roundings)),
    Op("std", over(torch.std, correction=1), spread_samples, conditioned(reduced_roundings)),
    Op("squaredDeviations", over(torch.var, correction=1), summed_deviations_samples, conditioned(reduced_roundings), call="variance"),
    Op("norm", norm, norm_samples, conditioned(reduced_roundings)),
    Op("logsumexp", over(torch.logsumexp), logsumexp_samples, conditioned(reduced_roundings)),
]
