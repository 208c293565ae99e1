"""Samples of ops along one axis: running sums, softmax, layer normalisation, cross entropy, sorting."""
import numpy as np
import torch
import torch.nn.functional as F

from judge import Op
from tolerances import ELEMENTWISE_ROUNDINGS, NEGLIGIBLE, conditioned, exact, moved, sums
from values import INF, INT_MAX, NAN


def along(v, draw):
    """What every op along an axis has to cope with."""
    yield "the last axis", [draw(3, 5), 1]
    yield "the first axis", [draw(4, 3), 0]
    yield "the middle axis, from the end", [draw(2, 5, 3), -2]
    yield "a list", [draw(9), 0]
    yield "a scalar", [draw(), 0]
    yield "an axis of length 1", [draw(3, 1), 1]
    yield "the others next to an axis of length 0", [draw(0, 3), 1]
    yield "as many as fill no vector", [draw(2, 37), -1]
    shape = v.shape(ranks=(1, 4))
    yield f"shape {shape}", [draw(*shape), v.axis(len(shape))]


def cumsum_samples(v):
    yield from along(v, v.normal)
    yield "an axis of length 0", [v.normal(3, 0), 1]
    yield "many", [v.normal(2, 600), 1]
    yield "large and tiny values", [v.magnitudes(-30, 30, 3, 9), 1]
    yield "infinities and NaN", [v.sprinkled(5, 9, values=(INF, NAN)), 1]
    yield "float64", [v.normal(3, 5, dtype="float64"), 1]
    yield "int32 that wraps around", [v.integers(INT_MAX - 9, INT_MAX, 3, 4), 1]
    yield "bool", [v.bools(3, 6), 0]


def softmax_samples(v):
    yield from along(v, v.normal)
    yield "the last axis is the default", [v.normal(2, 3, 4)]
    yield "an axis of length 0", [v.normal(3, 0), 1]
    yield "many", [v.normal(2, 500), 1]
    yield "large differences", [v.normal(4, 7, scale=80.0), 1]
    yield "large values", [v.normal(4, 7, shift=1e5), 1]
    yield "all equal", [np.full((3, 4), 2.5, "float32"), 1]
    yield "some are -Infinity", [v.sprinkled(6, 7, values=(-INF,)), 1]
    yield "all are -Infinity", [np.full((2, 3), -INF, "float32"), 1]
    yield "NaN", [v.sprinkled(5, 4, values=(NAN,)), 1]
    yield "Infinity", [v.sprinkled(6, 5, values=(INF,)), 1]
    yield "float64", [v.normal(3, 5, dtype="float64"), 1]


def layer_norm_samples(v):
    x = v.normal
    yield "rows", [x(3, 6), [6]]
    yield "a weight and a bias", [x(3, 6), [6], {"weight": x(6), "bias": x(6)}]
    yield "a weight only", [x(4, 5), [5], {"weight": x(5)}]
    yield "two axes", [x(3, 4, 5), [4, 5], {"weight": x(4, 5), "bias": x(4, 5)}]
    yield "a batch of batches", [x(2, 2, 3, 7), [7]]
    yield "a list", [x(9), [9]]
    yield "another eps", [x(3, 6, scale=0.01), [6], {"eps": 0.01}]
    yield "next to a large mean", [x(3, 8, shift=100.0), [8]]
    yield "large values", [x(3, 8, scale=1e6), [8]]
    yield "no rows", [x(0, 4), [4]]
    yield "as many as fill no vector", [x(2, 37), [37]]
    yield "many", [x(2, 300), [300], {"weight": x(300), "bias": x(300)}]
    yield "NaN", [v.sprinkled(5, 4, values=(NAN,)), [4]]
    yield "float64", [x(3, 6, dtype="float64"), [6], {"weight": x(6, dtype="float64"), "bias": x(6, dtype="float64")}]


def layer_norm(x, shape, options={}):
    return F.layer_norm(x, shape, **options)


def layer_norm_gradient_samples(v):
    for about, shape, axes, eps in [
        ("rows", [3, 6], 1, 1e-5),
        ("two axes", [3, 4, 5], 2, 1e-5),
        ("a batch of batches", [2, 2, 3, 7], 1, 1e-5),
        ("a list", [9], 1, 1e-5),
        ("another eps", [3, 6], 1, 0.5),
        ("no rows", [0, 4], 1, 1e-5),
        ("as many as fill no vector", [2, 37], 1, 1e-5),
    ]:
        yield about, [v.normal(*shape), v.normal(*shape), {"axes": axes, "eps": eps}]
    yield "large values", [v.normal(3, 8), v.normal(3, 8, scale=1e3), {"axes": 1, "eps": 1e-5}]
    yield "next to a mean", [v.normal(3, 8), v.normal(3, 8, shift=10.0), {"axes": 1, "eps": 1e-5}]
    yield "float64", [v.normal(3, 6, dtype="float64"), v.normal(3, 6, dtype="float64"), {"axes": 1, "eps": 1e-5}]


def layer_norm_gradient(g, x, attrs):
    """By PyTorch's autograd of the formula, which can be differentiated again."""
    leaf = x if x.requires_grad else x.detach().requires_grad_()
    axes = list(range(x.ndim - attrs["axes"], x.ndim))
    centred = leaf - leaf.mean(axes, keepdim=True)
    y = centred / torch.sqrt((centred * centred).mean(axes, keepdim=True) + attrs["eps"])
    return torch.autograd.grad(y, leaf, g, create_graph=True)[0]


def classified(v):
    """Logits [N, C] and classes [N]."""
    for n, c in [(4, 5), (1, 3), (5, 1), (0, 4), (3, 37), (2, 400), (v.whole(1, 9), v.whole(1, 20))]:
        yield f"{n} of {c} classes", v.normal(n, c), v.integers(0, c, n)
    yield "large differences", v.normal(4, 7, scale=80.0), v.integers(0, 7, 4)
    yield "large values", v.normal(4, 7, shift=1e5), v.integers(0, 7, 4)
    yield "some are -Infinity", v.sprinkled(6, 7, values=(-INF,)), v.integers(0, 7, 6)
    yield "NaN", v.sprinkled(5, 4, values=(NAN,)), v.integers(0, 4, 5)
    yield "float64", v.normal(3, 5, dtype="float64"), v.integers(0, 5, 3)


def cross_entropy_samples(v):
    for about, x, classes in classified(v):
        yield about, [x, classes]


def cross_entropy_gradient_samples(v):
    for about, x, classes in classified(v):
        yield about, [v.normal(len(classes), dtype=str(x.dtype)), x, classes]


def cross_entropy(x, classes):
    return F.cross_entropy(x, classes.long(), reduction="none")


def cross_entropy_gradient(g, x, classes):
    leaf = x if x.requires_grad else x.detach().requires_grad_()
    return torch.autograd.grad(cross_entropy(leaf, classes), leaf, g, create_graph=True)[0]


def ordered_samples(v):
    yield from along(v, v.distinct)
    yield "the last axis is the default", [v.distinct(3, 5)]
    yield "descending", [v.distinct(3, 8), 1, {"descending": True}]
    yield "ties keep their order", [v.integers(0, 3, 4, 9, dtype="float32"), 1]
    yield "ties, descending", [v.integers(0, 3, 9, 4, dtype="float32"), 0, {"descending": True}]
    yield "infinities", [v.sprinkled(3, 9, values=(INF, -INF)), 1]
    yield "NaN counts as largest", [v.sprinkled(3, 9, values=(NAN,)), 1]
    yield "NaN, descending", [v.sprinkled(3, 9, values=(NAN,)), 1, {"descending": True}]
    yield "zeros of both signs", [v.generator.choice(np.array([0.0, -0.0, 1.0], "float32"), (3, 7)), 1]
    yield "many", [v.normal(2, 200), 1]
    yield "float64", [v.normal(3, 5, dtype="float64"), 1]
    yield "int32", [v.integers(-5, 5, 3, 9), 1]
    yield "bool", [v.bools(9), 0]


def topk_samples(v):
    yield "three of the last axis", [v.distinct(3, 7), 3]
    yield "the first axis", [v.distinct(6, 4), 2, {"axis": 0}]
    yield "the smallest", [v.distinct(3, 7), 2, {"largest": False}]
    yield "all", [v.distinct(5), 5]
    yield "none", [v.distinct(3, 4), 0]
    yield "a scalar", [v.normal(), 1]
    yield "a middle axis, from the end", [v.distinct(2, 5, 3), 2, {"axis": -2, "largest": False}]
    yield "infinities", [v.distinct(2, 7) * np.where(np.arange(7) == 3, INF, 1).astype("float32"), 3]
    yield "float64", [v.distinct(3, 7, dtype="float64"), 3]
    yield "int32", [np.array(v.permutation(12), "int32"), 4]


def ordered(x, axis, options):
    return torch.sort(x, dim=axis, stable=True, **options)


def sort(x, axis=-1, options={}):
    values, indices = ordered(x, axis, options)
    return {"values": values, "indices": indices}


def argsort(x, axis=-1, options={}):
    return ordered(x, axis, options)[1]


def topk(x, k, options={}):
    values, indices = torch.topk(x, k, dim=options.get("axis", -1), largest=options.get("largest", True))
    return {"values": values, "indices": indices}


def lane_roundings(sample):
    """Both sides' sums of all in a lane, and an exponential or a root of each."""
    return 2 * max([1, *sample.inputs[0].shape, *sample.inputs[-1].shape]) + 2 * ELEMENTWISE_ROUNDINGS


def arrives(g, *operands):
    return g.abs().max() if g.numel() else 0.0


def arrives_twice(G, g, *operands):
    return arrives(G) * (1 + arrives(g.nan_to_num()))


PROBABILITIES = conditioned(lane_roundings, gradient_floor=arrives, negligible=NEGLIGIBLE)
LOGARITHMS = conditioned(lane_roundings, floor=lambda *operands: 1.0, gradient_floor=arrives)
DIFFERENCES = conditioned(lane_roundings, floor=arrives, gradient_floor=arrives_twice)

OPS = [
    Op("cumsum", torch.cumsum, cumsum_samples, sums),
    Op("softmax", lambda x, axis=-1: torch.softmax(x, axis), softmax_samples, PROBABILITIES),
    Op("logSoftmax", lambda x, axis=-1: torch.log_softmax(x, axis), softmax_samples, LOGARITHMS),
    Op("layerNorm", layer_norm, layer_norm_samples, conditioned(lane_roundings)),
    Op("layerNormGrad", layer_norm_gradient, layer_norm_gradient_samples, conditioned(lane_roundings)),
    Op("crossEntropyRows", cross_entropy, cross_entropy_samples, LOGARITHMS),
    Op("crossEntropyRowsGrad", cross_entropy_gradient, cross_entropy_gradient_samples, DIFFERENCES),
    Op("argsort", argsort, ordered_samples, exact),
    Op("sort", sort, ordered_samples, moved),
    Op("topk", topk, topk_samples, moved),
]
