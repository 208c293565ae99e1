"""Samples of all layers: each with the inputs and parameters that it is called on, and PyTorch's module as the judge.

    python3 tools/pytorch-fixtures/layers.py     writes packages/nn/test/pytorch/fixtures/layers
"""
import re
from pathlib import Path

from torch import nn
from torch.nn.utils.stateless import functional_call

import fixtures
from judge import Op, samples_of
from samples.elementwise import CANCELLING, CANCELLING_SLOPE
from tolerances import conditioned, exact, sums, up_to_signs
from values import Values

FIXTURES = Path(__file__).resolve().parents[2] / "packages/nn/test/pytorch/fixtures"
SEED = 4


def layer(name, *arguments, **options):
    """A layer as our engine makes it: its class, its arguments, and an object of options."""
    return [name, *arguments, options] if options else [name, *arguments]


def snake_case(name):
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def module_of(description):
    """PyTorch's module of the same name, its options in PyTorch's spelling; an argument may be a layer itself."""
    name, *arguments = description
    options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
    arguments = [module_of(each) if isinstance(each, list) and isinstance(each[0], str) else each for each in arguments]
    return getattr(nn, name)(*arguments, **{snake_case(key): value for key, value in options.items()})


def forward(description, x, parameters, options={}):
    module = module_of(description).train(options.get("training", True))
    return functional_call(module, parameters, (x,))


def called(v, description, x, **options):
    """The arguments of a call, with parameters drawn at random."""
    parameters = {name: v.normal(*p.shape, dtype=dtype_of(x)) for name, p in module_of(description).named_parameters()}
    arguments = [description, x, parameters]
    return [*arguments, options] if options else arguments


def dtype_of(x):
    return "float64" if x.dtype == "float64" else "float32"


def linear_samples(v):
    yield "a matrix", called(v, layer("Linear", 5, 3), v.normal(4, 5))
    yield "without a bias", called(v, layer("Linear", 5, 3, bias=False), v.normal(4, 5))
    yield "a vector", called(v, layer("Linear", 6, 2), v.normal(6))
    yield "a vector, without a bias", called(v, layer("Linear", 6, 2, bias=False), v.normal(6))
    yield "three axes", called(v, layer("Linear", 3, 7), v.normal(2, 3, 3))
    yield "one in, one out", called(v, layer("Linear", 1, 1), v.normal(3, 1))
    yield "an empty batch", called(v, layer("Linear", 4, 2), v.normal(0, 4))
    yield "more than a tile of rows and columns", called(v, layer("Linear", 33, 19), v.normal(13, 33))
    yield "large and tiny values", called(v, layer("Linear", 8, 3), v.magnitudes(-6, 6, 5, 8))
    yield "float64", called(v, layer("Linear", 5, 3), v.normal(4, 5, dtype="float64"))
    fan_in, fan_out = v.whole(1, 9), v.whole(1, 9)
    yield f"{fan_in} to {fan_out}", called(v, layer("Linear", fan_in, fan_out), v.normal(v.whole(1, 6), fan_in))


def conv2d_samples(v):
    def on(shape, *arguments, dtype="float32", **options):
        return called(v, layer("Conv2d", *arguments, **options), v.normal(*shape, dtype=dtype))

    yield "the defaults", on([2, 3, 6, 5], 3, 4, 3)
    yield "without a bias", on([2, 3, 5, 5], 3, 2, 3, bias=False)
    yield "an image without a batch", on([2, 5, 6], 2, 3, 3)
    yield "a kernel of one element", on([2, 4, 3, 3], 4, 3, 1)
    yield "an oblong kernel", on([1, 2, 5, 7], 2, 3, [2, 4])
    yield "a stride", on([2, 2, 8, 7], 2, 3, 3, stride=2)
    yield "two strides, of which one leaves pixels out", on([1, 2, 7, 8], 2, 2, 2, stride=[3, 2])
    yield "padding", on([1, 2, 4, 4], 2, 3, 3, padding=1)
    yield "two paddings, wider than the kernel needs", on([1, 2, 3, 4], 2, 2, 3, padding=[3, 2])
    yield "stride and padding", on([2, 1, 9, 9], 1, 4, 3, stride=2, padding=1)
    yield "padding 'same'", on([1, 2, 4, 5], 2, 2, 3, padding="same")
    yield "padding 'same' with an even kernel", on([1, 2, 4, 5], 2, 2, [2, 4], padding="same")
    yield "padding 'same' with dilation", on([1, 1, 6, 6], 1, 2, 3, padding="same", dilation=2)
    yield "padding 'valid'", on([1, 2, 5, 4], 2, 2, 3, padding="valid")
    yield "dilation", on([1, 2, 7, 7], 2, 2, 3, dilation=2)
    yield "two dilations", on([1, 2, 7, 6], 2, 2, [3, 2], dilation=[1, 3])
    yield "groups", on([2, 4, 5, 5], 4, 6, 3, groups=2)
    yield "a group for each channel, with two outputs each", on([1, 3, 5, 4], 3, 6, 3, groups=3, padding=1)
    yield "everything together", on([2, 4, 9, 8], 4, 6, [3, 2], stride=[2, 1], padding=[1, 2], dilation=[2, 3], groups=2)
    yield "an empty batch", on([0, 2, 5, 5], 2, 3, 3)
    yield "float64", on([1, 2, 5, 5], 2, 3, 3, stride=2, padding=1, dtype="float64")
    groups, kernel = v.whole(1, 3), [v.whole(1, 3), v.whole(1, 3)]
    channels, stride, padding = groups * v.whole(1, 2), [v.whole(1, 3), v.whole(1, 3)], [v.whole(0, 2), v.whole(0, 2)]
    options = {"stride": stride, "padding": padding, "groups": groups}
    yield f"kernel {kernel}, {options}", on([2, channels, v.whole(3, 7), v.whole(3, 7)], channels, 2 * groups, kernel, **options)


def embedding_samples(v):
    def on(index, rows=7, width=3, **options):
        # The index holds no floats, so the parameters are drawn as float32.
        return called(v, layer("Embedding", rows, width, **options), index)

    yield "a list", on(v.integers(0, 7, 5))
    yield "one", on(v.integers(0, 7))
    yield "nothing", on(v.integers(0, 7, 0))
    yield "a batch of sentences", on(v.integers(0, 7, 2, 4))
    yield "three axes", on(v.integers(0, 7, 2, 3, 2))
    yield "the same row again and again", on(v.integers(2, 3, 9))
    yield "a table of one number", on(v.integers(0, 1, 3), 1, 1)
    yield "rows that are never asked for", on(v.integers(0, 3, 6), 40, 2)
    yield "padding", on(v.integers(0, 4, 3, 4), 4, 3, paddingIdx=0)
    yield "padding, counted from the end", on(v.integers(0, 4, 9), 4, 3, paddingIdx=-1)
    yield "nothing but padding", on(v.integers(1, 2, 5), 4, 3, paddingIdx=1)
    rows, width = v.whole(2, 9), v.whole(1, 9)
    yield f"{rows} rows of {width}", on(v.integers(0, rows, v.whole(1, 9)), rows, width)


def layer_norm_samples(v):
    def on(x, shape, **options):
        return called(v, layer("LayerNorm", shape, **options), x)

    yield "the last axis", on(v.normal(4, 6), 6)
    yield "the last axis as a list", on(v.normal(2, 3, 5), [5])
    yield "two axes", on(v.normal(3, 2, 4), [2, 4])
    yield "all axes", on(v.normal(3, 4), [3, 4])
    yield "without weight and bias", on(v.normal(4, 6), 6, elementwiseAffine=False)
    yield "a large eps", on(v.normal(4, 6), 6, eps=0.5)
    yield "a tiny eps", on(v.normal(4, 6), 6, eps=1e-12)
    yield "rows whose values are all the same", on(v.integers(3, 4, 2, 5, dtype="float32"), 5)
    # With an eps of 1 nothing is rounded; PyTorch takes x / sqrt(eps) from itself, where rounding leaves more or less than 0.
    yield "one element", on(v.normal(3, 1), 1, eps=1)
    yield "far from 0", on(v.normal(3, 8, shift=100), 8)
    yield "an empty batch", on(v.normal(0, 4), 4)
    yield "float64", on(v.normal(3, 5, dtype="float64"), 5)


def pool_samples(name, draw):
    """What both pooling layers have."""

    def on(shape, window, **options):
        return [layer(name, window, **options), draw(*shape), {}]

    yield "the defaults", on([2, 3, 6, 6], 2)
    yield "an image without a batch", on([2, 5, 4], 2)
    yield "an oblong window", on([1, 2, 6, 7], [3, 2])
    yield "a stride, so that windows overlap", on([1, 2, 6, 6], 3, stride=1)
    yield "two strides, of which one leaves pixels out", on([1, 2, 7, 8], 2, stride=[3, 1])
    yield "padding", on([1, 2, 5, 5], 3, padding=1)
    yield "two paddings", on([1, 1, 6, 5], [4, 2], padding=[2, 0])
    yield "windows that hang over the edge", on([1, 2, 5, 6], 2, ceilMode=True, stride=3)
    yield "windows over the edge, with padding", on([1, 1, 6, 7], 3, stride=2, padding=1, ceilMode=True)
    yield "the whole image", on([2, 2, 3, 4], [3, 4])


def max_pool2d_samples(v):
    yield from pool_samples("MaxPool2d", v.distinct)
    on = lambda x, window, **options: [layer("MaxPool2d", window, **options), x, {}]
    yield "dilation", on(v.distinct(1, 2, 7, 7), 3, dilation=2, stride=1)
    yield "two dilations", on(v.distinct(1, 1, 8, 6), 2, dilation=[3, 1], padding=1)
    yield "ties", on(v.integers(0, 3, 1, 2, 6, 6, dtype="float32"), 3, stride=1)
    yield "NaN and infinities", on(v.sprinkled(1, 2, 6, 6), 2)
    yield "float64", on(v.distinct(1, 2, 4, 4, dtype="float64"), 2)


def avg_pool2d_samples(v):
    yield from pool_samples("AvgPool2d", v.normal)
    on = lambda x, window, **options: [layer("AvgPool2d", window, **options), x, {}]
    yield "padding that does not count", on(v.normal(1, 2, 5, 5), 3, padding=1, countIncludePad=False)
    yield "padding that does not count, over the edge", on(
        v.normal(1, 2, 6, 5), 3, stride=2, padding=1, ceilMode=True, countIncludePad=False
    )
    yield "another divisor", on(v.normal(1, 2, 4, 4), 2, divisorOverride=3)
    yield "another divisor, with padding", on(v.normal(1, 2, 5, 5), 3, padding=1, stride=1, divisorOverride=2)
    yield "float64", on(v.normal(1, 2, 4, 4, dtype="float64"), 2)


def dropout_samples(v):
    def on(p, training, *shape):
        return [layer("Dropout", p), v.normal(*shape), {}, {"training": training}]

    for p in (0, 0.3, 0.5, 1):
        yield f"p = {p}, in evaluation", on(p, False, 3, 4)
    yield "p = 0, in training", on(0, True, 3, 4)
    yield "p = 1, in training", on(1, True, 3, 4)
    yield "p = 1, in training, nothing", on(1, True, 0, 4)
    yield "p = 0.5, in evaluation, a scalar", on(0.5, False)


def flatten_samples(v):
    yield "the defaults", [layer("Flatten"), v.normal(2, 3, 2, 2), {}]
    yield "the defaults, on two axes", [layer("Flatten"), v.normal(2, 3), {}]
    yield "all axes", [layer("Flatten", 0), v.normal(2, 3, 2), {}]
    yield "a scalar", [layer("Flatten", 0), v.normal(), {}]
    yield "up to an axis", [layer("Flatten", 0, 1), v.normal(2, 3, 4), {}]
    yield "from an axis", [layer("Flatten", 2), v.normal(2, 1, 2, 3), {}]
    yield "axes counted from the end", [layer("Flatten", -3, -2), v.normal(2, 3, 2, 2), {}]
    yield "one axis", [layer("Flatten", 1, 1), v.normal(2, 3, 2), {}]
    yield "nothing", [layer("Flatten"), v.normal(0, 3, 2), {}]


def activation_samples(name, **options):
    def samples(v):
        def on(x):
            return [layer(name, **options), x, {}]

        yield "a matrix", on(v.normal(3, 5))
        yield "a scalar", on(v.normal())
        yield "nothing", on(v.normal(0, 2))
        yield "four axes", on(v.normal(2, 3, 2, 2))
        yield "next to 0", on(v.magnitudes(-30, -3, 12))
        yield "large", on(v.magnitudes(0, 1.9, 12))
        yield "zeros of both signs, NaN and infinities", on(v.sprinkled(16))
        yield "float64", on(v.normal(2, 7, dtype="float64"))

    return samples


def sequential_samples(v):
    def on(x, *layers):
        return called(v, layer("Sequential", *layers), x)

    yield "nothing", on(v.normal(2, 3))
    yield "one layer", on(v.normal(2, 3), layer("Linear", 3, 2))
    yield "a perceptron", on(v.normal(3, 4), layer("Linear", 4, 5), layer("ReLU"), layer("Linear", 5, 2))
    yield "layers without biases", on(
        v.normal(3, 4), layer("Linear", 4, 5, bias=False), layer("Tanh"), layer("Linear", 5, 2, bias=False)
    )
    yield "normalised", on(v.normal(3, 4), layer("LayerNorm", 4), layer("Linear", 4, 3), layer("Sigmoid"))
    yield "one in the other", on(
        v.normal(2, 3), layer("Sequential", layer("Linear", 3, 4), layer("SiLU")), layer("Linear", 4, 2)
    )
    yield "a small convolutional network", on(
        v.normal(2, 1, 6, 6),
        layer("Conv2d", 1, 3, 3, padding=1),
        layer("Tanh"),
        layer("AvgPool2d", 2),
        layer("Flatten"),
        layer("Linear", 27, 4),
    )
    yield "a table and what reads it", on(v.integers(0, 6, 2, 3), layer("Embedding", 6, 4), layer("Linear", 4, 2))


def longest_sum(sample):
    """The roundings of a few sums over as many terms as the largest input has values."""
    return 8 + 2 * max(array.size for array in sample.inputs)


def pooled(sample):
    """The roundings of the sum over a window, or over the windows that see a pixel."""
    window = sample.arguments[0][1]
    height, width = window if isinstance(window, list) else (window, window)
    return 2 * height * width + 2


def of(name, samples, tolerance, **changes):
    return Op(name, forward, samples, tolerance, call="forwardLayer", **changes)


OPS = [
    of("Linear", linear_samples, sums),
    of("Conv2d", conv2d_samples, sums),
    of("Embedding", embedding_samples, sums),
    of("LayerNorm", layer_norm_samples, conditioned(longest_sum)),
    of("MaxPool2d", max_pool2d_samples, conditioned(pooled)),
    of("AvgPool2d", avg_pool2d_samples, conditioned(pooled)),
    of("Dropout", dropout_samples, exact),
    of("Flatten", flatten_samples, exact),
    of("Identity", activation_samples("Identity"), exact),
    of("ReLU", activation_samples("ReLU"), up_to_signs),
    of("GELU", activation_samples("GELU"), CANCELLING),
    of("GELU", activation_samples("GELU", approximate="tanh"), CANCELLING),
    of("SiLU", activation_samples("SiLU"), CANCELLING_SLOPE),
    of("Sigmoid", activation_samples("Sigmoid"), CANCELLING_SLOPE),
    of("Tanh", activation_samples("Tanh"), CANCELLING_SLOPE),
    of("Sequential", sequential_samples, conditioned(longest_sum)),
]


def write(name, ops):
    """Writes the samples of layers, or of losses."""
    # A generator for each, so that more samples of one leave those of the others as they are.
    samples = [sample for op in ops for sample in samples_of(op, Values([SEED, *op.name.encode()]))]
    fixtures.write(samples, FIXTURES / name)
    print(f"{name}: {len(samples)} samples")


if __name__ == "__main__":
    write("layers", OPS)
