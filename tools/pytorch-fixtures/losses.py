"""Samples of all losses, with each of their options.

    python3 tools/pytorch-fixtures/losses.py     writes packages/nn/test/pytorch/fixtures/losses
"""
import numpy as np
import torch
from torch.nn import functional as F

from judge import Op
from layers import snake_case, write
from tolerances import Tolerances, conditioned, unit_of

REDUCTIONS = ["mean", "sum", "none"]


def torch_loss(f):
    """A loss of PyTorch, called as ours: classes are int64 there, and a weight is nothing that gradients are wanted of."""

    def loss(input, target, options={}):
        plain = {snake_case(name): value.detach() if torch.is_tensor(value) else value for name, value in options.items()}
        return f(input, target if target.is_floating_point() else target.long(), **plain)

    return loss


def reduced(about, input, target, **options):
    """The same with each reduction, of which the first is the default."""
    for reduction in REDUCTIONS:
        yield f"{about}, {reduction}", [input, target, {**options, "reduction": reduction}]


def difference_samples(v):
    yield "the default", [v.normal(3, 4), v.normal(3, 4)]
    yield from reduced("a matrix", v.normal(3, 4), v.normal(3, 4))
    yield from reduced("a scalar", v.normal(), v.normal())
    yield from reduced("four axes", v.normal(2, 2, 1, 3), v.normal(2, 2, 1, 3))
    yield from reduced("nothing", v.normal(0, 3), v.normal(0, 3))
    same = v.normal(5)
    yield from reduced("equal in places", same, np.where([True, False, True, True, False], same, v.normal(5)).astype("float32"))
    yield from reduced("large and tiny values", v.magnitudes(-9, 9, 8), v.magnitudes(-9, 9, 8))
    yield from reduced("float64", v.normal(6, dtype="float64"), v.normal(6, dtype="float64"))


def bce_samples(v):
    shape = (3, 4)
    logits = lambda: v.normal(*shape, scale=3)
    answers = lambda: v.uniform(0, 1, *shape)
    yield "the default", [logits(), answers()]
    yield from reduced("answers between 0 and 1", logits(), answers())
    yield from reduced("answers of 0 and 1", logits(), v.integers(0, 2, *shape, dtype="float32"))
    yield from reduced("a weight for each", logits(), answers(), weight=v.uniform(0, 2, *shape))
    yield from reduced("a weight for each row", logits(), answers(), weight=v.uniform(0, 2, 3, 1))
    yield from reduced("a weight for positive answers", logits(), answers(), posWeight=v.uniform(0.5, 3, 4))
    yield from reduced("both weights", logits(), answers(), weight=v.uniform(0, 2, 4), posWeight=v.uniform(0.5, 3, 3, 1))
    extreme = np.array([100, -100, 1000, -1000, 0, 1e-20, 90, -90], "float32")
    yield from reduced("logits of which e^x overflows", extreme, np.array([0, 1, 1, 0, 0.5, 1, 0.25, 1], "float32"))
    yield from reduced("a scalar", v.normal(), v.uniform(0, 1))
    yield from reduced("nothing", v.normal(0), v.normal(0))
    yield from reduced("float64", v.normal(5, dtype="float64"), v.uniform(0, 1, 5, dtype="float64"))


def class_samples(v, scores):
    """What losses of classes have; `scores` draws the predictions."""
    yield "the default", [scores(4, 3), v.integers(0, 3, 4)]
    yield from reduced("a batch", scores(5, 4), v.integers(0, 4, 5))
    yield from reduced("one example", scores(4), v.integers(0, 4))
    yield from reduced("a class for each place", scores(2, 3, 4), v.integers(0, 3, 2, 4))
    yield from reduced("a class for each pixel", scores(2, 3, 2, 2), v.integers(0, 3, 2, 2, 2))
    yield from reduced("a single class", scores(3, 1), v.integers(0, 1, 3))
    yield from reduced("weights", scores(5, 3), v.integers(0, 3, 5), weight=v.uniform(0.2, 3, 3))
    yield from reduced("weights of places", scores(2, 3, 4), v.integers(0, 3, 2, 4), weight=v.uniform(0.2, 3, 3))
    some = np.array([1, -100, 0, 2, -100], "int32")
    yield from reduced("some are ignored", scores(5, 3), some)
    yield from reduced("some are ignored, with weights", scores(5, 3), some, weight=v.uniform(0.2, 3, 3))
    yield from reduced("another index is ignored", scores(6, 3), np.array([1, 0, 2, 2, 0, 1], "int32"), ignoreIndex=2)
    yield from reduced("all are ignored", scores(2, 3), np.array([-100, -100], "int32"))
    certain = scores(3, 3)
    certain[[0, 2], 0] = -np.inf
    yield from reduced("impossible classes where the target is ignored", certain, np.array([-100, 1, 2], "int32"))
    yield from reduced("one example that is ignored", scores(3), np.array(-100, "int32"))
    yield from reduced("no examples", scores(0, 3), v.integers(0, 3, 0))
    yield from reduced("many classes", scores(3, 40), v.integers(0, 40, 3))
    yield from reduced("float64", scores(3, 4, dtype="float64"), v.integers(0, 4, 3))


def nll_samples(v):
    yield from class_samples(v, lambda *shape, dtype="float32": np.log(v.uniform(0.05, 1, *shape, dtype=dtype)))


def cross_entropy_samples(v):
    def probabilities(axis, *shape, dtype="float32"):
        shares = v.uniform(0, 1, *shape, dtype=dtype)
        return shares / shares.sum(axis, keepdims=True)

    yield from class_samples(v, v.normal)
    yield from reduced("far apart", v.normal(4, 3, scale=200), v.integers(0, 3, 4))
    smooth = {"labelSmoothing": 0.1}
    some = np.array([1, -100, 0, 2], "int32")
    yield from reduced("smoothed", v.normal(4, 3), v.integers(0, 3, 4), **smooth)
    yield from reduced("smoothed, one example", v.normal(5), v.integers(0, 5), **smooth)
    yield from reduced("smoothed places", v.normal(2, 3, 4), v.integers(0, 3, 2, 4), **smooth)
    yield from reduced("smoothed with weights", v.normal(4, 3), v.integers(0, 3, 4), weight=v.uniform(0.2, 3, 3), **smooth)
    yield from reduced("smoothed, some are ignored", v.normal(4, 3), some, **smooth)
    yield from reduced("smoothed, ignored, with weights", v.normal(4, 3), some, weight=v.uniform(0.2, 3, 3), **smooth)
    yield from reduced("smoothed, all are ignored", v.normal(2, 3), np.array([-100, -100], "int32"), **smooth)
    yield from reduced("nothing but smoothness", v.normal(4, 3), v.integers(0, 3, 4), labelSmoothing=1)
    yield from reduced("probabilities", v.normal(4, 3), probabilities(1, 4, 3))
    yield from reduced("probabilities of one example", v.normal(5), probabilities(0, 5))
    yield from reduced("probabilities of places", v.normal(2, 3, 4), probabilities(1, 2, 3, 4))
    yield from reduced("probabilities with weights", v.normal(4, 3), probabilities(1, 4, 3), weight=v.uniform(0.2, 3, 3))
    yield from reduced("smoothed probabilities", v.normal(4, 3), probabilities(1, 4, 3), labelSmoothing=0.3)
    yield from reduced(
        "smoothed probabilities with weights", v.normal(4, 3), probabilities(1, 4, 3), labelSmoothing=0.3, weight=v.uniform(0.2, 3, 3)
    )
    yield from reduced("probabilities in float64", v.normal(3, 4, dtype="float64"), probabilities(1, 3, 4, dtype="float64"))


def roundings(sample):
    """Those of an exponential, a logarithm, and sums over all places."""
    return 2 * sample.inputs[0].size + 4 * 12


def logarithms(sample, outputs, gradients):
    """As `conditioned`, but for answers that are next to certain: PyTorch takes log(1 + e^-x) there, and 1 + e^-x is rounded."""
    found = conditioned(roundings)(sample, outputs, gradients)
    weights = [x for x in sample.arguments[2].values() if isinstance(x, np.ndarray)] if len(sample.arguments) > 2 else []
    largest = float(np.prod([max(1.0, x.max()) for x in weights]))
    arriving = max((float(g.abs().max()) for g in sample.output_gradients.values() if g.numel()), default=0.0)
    certain = unit_of(sample) * 2 * max(1, sample.inputs[1].size) * largest
    return Tolerances(
        {name: bound + certain for name, bound in found.outputs.items()},
        [None if bound is None else bound + certain * arriving for bound in found.gradients],
    )


def of(name, f, samples, tolerance):
    return Op(name, torch_loss(f), samples, tolerance)


OPS = [
    of("mseLoss", F.mse_loss, difference_samples, conditioned(roundings)),
    of("l1Loss", F.l1_loss, difference_samples, conditioned(roundings)),
    of("bceWithLogits", F.binary_cross_entropy_with_logits, bce_samples, logarithms),
    of("nllLoss", F.nll_loss, nll_samples, conditioned(roundings)),
    of("crossEntropy", F.cross_entropy, cross_entropy_samples, logarithms),
]

if __name__ == "__main__":
    write("losses", OPS)
