"""Samples of elementwise functions of one, two and three operands, and of the gradients of activations."""
import numpy as np
import torch
import torch.nn.functional as F

from judge import Op
from tolerances import ELEMENTWISE_ROUNDINGS, NEGLIGIBLE, conditioned, elementwise, exact, up_to_signs
from values import INF, INT_MAX, INT_MIN, NAN, SPECIAL

ONCE_ROUNDED = elementwise(roundings=0, gradient_roundings=6)
CHOSEN = elementwise(roundings=0, gradient_roundings=2, up_to_sign=True)

# Of slopes that are differences, such as 1 - y^2, or y + 1 for expm1, the gradient that arrives is the magnitude.
CANCELLING_SLOPE = elementwise(gradient_floor=lambda g, x: g, negligible=128 * NEGLIGIBLE)
# The value of gelu is one, too: x / 2 times 1 + erf(x / sqrt(2)).
CANCELLING = elementwise(floor=lambda x: x, gradient_floor=lambda g, x: g)
# And these are the gradients themselves.
SLOPE = elementwise(floor=lambda g, y: g, gradient_floor=lambda G, g, y: (G, G * g))

FLOATS, INTEGERS, BOOLS = "floats", "int32", "bool"
NUMBERS = (FLOATS, INTEGERS)
ALL = (FLOATS, INTEGERS, BOOLS)


def of_one(low=-4.0, high=4.0, dtypes=ALL, special=SPECIAL):
    """Samples of a function of one operand, most of them from `low` to `high`."""

    def samples(v):
        draw = lambda *shape, dtype="float32": v.uniform(low, high, *shape, dtype=dtype)
        yield "a scalar", [draw()]
        yield "nothing", [draw(2, 0, 3)]
        yield "a matrix", [draw(3, 5)]
        shape = v.shape()
        yield f"shape {shape}", [draw(*shape)]
        yield "as many as fill no vector", [draw(37)]
        yield "special values", [np.array(special, dtype="float32")]
        yield "tiny values", [abs(v.magnitudes(-38, -3, 17)) if low >= 0 else v.magnitudes(-38, -3, 17)]
        yield "large values", [abs(v.magnitudes(0, 38, 17)) if low >= 0 else v.magnitudes(0, 38, 17)]
        yield "float64", [draw(4, 3, dtype="float64")]
        yield "float64, special values", [np.array(special, dtype="float64")]
        if INTEGERS in dtypes:
            yield "int32", [v.integers(max(-9, int(low)), 9, 3, 4)]
        if BOOLS in dtypes:
            yield "bool", [v.bools(7)]

    return samples


def of_two(draw=None, dtypes=ALL, special=SPECIAL):
    """Samples of a function of two operands; `draw` makes the values of floats."""

    def samples(v):
        make = draw or (lambda v, *shape, dtype="float32": v.normal(*shape, dtype=dtype))
        a = lambda *shape, dtype="float32": make(v, *shape, dtype=dtype)
        yield "of one shape", [a(3, 5), a(3, 5)]
        yield "scalars", [a(), a()]
        yield "a scalar on the left", [a(), a(2, 3)]
        yield "a number on the right", [a(4, 3), v.number(1.5, 4)]
        yield "a number on the left", [v.number(1.5, 4), a(5)]
        yield "a list on the left", [a(7), a(5, 7)]
        yield "a column on the right", [a(6, 4), a(6, 1)]
        yield "both stretched", [a(4, 1, 3), a(5, 1)]
        yield "nothing, stretched", [a(0, 3), a(1, 3)]
        shape = v.shape()
        left, right = v.stretched(shape), v.stretched(shape)
        yield f"shapes {left} and {right}", [a(*left), a(*right)]
        yield "as many as fill no vector", [a(37), a(37)]
        column, row = np.array(special, dtype="float32").reshape(-1, 1), np.array(special, dtype="float32")
        yield "special values", [column * np.ones_like(row), row + np.zeros_like(column)]
        yield "float64", [a(3, 4, dtype="float64"), a(4, dtype="float64")]
        yield "float32 and float64", [a(3, 2), a(3, 2, dtype="float64")]
        yield "float32 and a scalar of float64", [a(3, 2), a(dtype="float64")]
        if INTEGERS in dtypes:
            yield "int32", [v.integers(-9, 9, 4, 5), v.integers(1, 9, 5)]
            yield "int32 and float32", [v.integers(-9, 9, 4, 5), a(4, 5)]
            yield "int32 and a fraction", [v.integers(1, 9, 6), 2.5]
        if BOOLS in dtypes:
            yield "bool", [v.bools(3, 4), v.bools(4)]
            yield "bool and int32", [v.bools(6), v.integers(1, 5, 6)]

    return samples


def of_tensors(f):
    """For functions of PyTorch that take no plain numbers."""
    return lambda *operands: f(*map(torch.as_tensor, operands))


def comparable(v, *shape, dtype="float32"):
    """Numbers that are often equal."""
    return v.integers(-2, 3, *shape, dtype=dtype)


def positive(v, *shape, dtype="float32"):
    return v.uniform(0.1, 3.0, *shape, dtype=dtype)


def apart_from_zero(v, *shape, dtype="float32"):
    return v.magnitudes(-0.7, 0.7, *shape, dtype=dtype)


def and_more(samples, more):
    """Samples, and then some."""

    def both(v):
        yield from samples(v)
        yield from more(v)

    return both


def sums_of_extremes(v):
    yield "large and tiny values", [v.magnitudes(-38, 38, 23), v.magnitudes(-38, 38, 23)]
    yield "int32 that wraps around", [v.integers(INT_MAX - 9, INT_MAX, 8), v.integers(INT_MIN, INT_MIN + 9, 8)]
    yield "int32 that wraps around the other way", [v.integers(INT_MIN, INT_MIN + 9, 8), v.integers(INT_MAX - 9, INT_MAX, 8)]


def products_of_extremes(v):
    yield "large and tiny values", [v.magnitudes(-18, 18, 23), v.magnitudes(-18, 18, 23)]
    yield "results too large and too small", [v.magnitudes(20, 38, 9), v.magnitudes(-38, 38, 9)]
    yield "int32 that wraps around", [v.integers(INT_MIN, INT_MAX, 9), v.integers(-99999, 99999, 9)]


def quotients_of_extremes(v):
    yield "large and tiny values", [v.magnitudes(-12, 12, 23), v.magnitudes(-12, 12, 23)]


def whole_quotients(v):
    yield "multiples", [v.integers(-9, 9, 5, 6, dtype="float32"), v.choice([-3.0, 3.0, 2.0])]
    yield "multiples of a tenth", [v.integers(-30, 30, 19).astype("float32") / np.float32(10), np.full(19, 0.1, "float32")]
    yield "int32 of all signs", [v.integers(-9, 9, 8, 1), np.array([-4, -3, -1, 1, 2, 5], dtype="int32")]


def powers(v):
    yield "negative bases, whole exponents", [-positive(v, 4, 1), np.array([-2, -1, 0, 1, 2, 3], dtype="float32")]
    for exponent in [0, 1, 2, 3, -1, 0.5, -0.5, 2.5]:
        yield f"the power {exponent}", [positive(v, 7), exponent]
    yield "the square of negative numbers", [v.normal(5), 2]
    yield "a base of 0", [np.zeros(4, "float32"), np.array([0.0, 1.0, 2.0, 0.5], dtype="float32")]
    yield "int32 that wraps around", [v.integers(-99, 99, 9), v.integers(0, 12, 9)]


def choices(v):
    yield "equal ones", [comparable(v, 6, 7), comparable(v, 7)]


def gelu(x, options={}):
    return F.gelu(x, approximate=options.get("approximate", "none"))


def with_options(samples, *options):
    """The samples, with the options after the first operand, in turn."""

    def both(v):
        for i, (about, arguments) in enumerate(samples(v)):
            yield about, [*arguments, options[i % len(options)]]

    return both


def softplus(x, options={}):
    return F.softplus(x, options.get("beta", 1), options.get("threshold", 20))


def softplus_samples(v):
    yield from of_one(-9, 9, dtypes=(FLOATS,))(v)
    yield "beta", [v.normal(4, 5), {"beta": v.number(0.5, 3)}]
    yield "threshold", [v.normal(5, 4, scale=4.0), {"threshold": v.number(0.5, 3)}]
    yield "beta and threshold", [v.normal(19, scale=9.0), {"beta": 2.5, "threshold": 5}]
    yield "at the threshold", [np.array([1.5, 2.0, 2.5], dtype="float32"), {"beta": 1, "threshold": 2}]


def clamp(x, low=None, high=None):
    return torch.clamp(x, *tensors_if_any(x, low, high))


def tensors_if_any(x, *limits):
    """PyTorch takes two numbers or two tensors, but no mixture."""
    if not any(isinstance(limit, torch.Tensor) for limit in limits):
        return limits
    return [limit if limit is None or isinstance(limit, torch.Tensor) else torch.tensor(limit, dtype=x.dtype) for limit in limits]


def clamp_samples(v):
    x = lambda *shape, **options: v.normal(*shape, **options)
    yield "between numbers", [x(4, 5), -0.5, 0.7]
    yield "a minimum", [x(3, 7), v.number(-1, 1)]
    yield "a maximum", [x(3, 7), None, v.number(-1, 1)]
    yield "a scalar", [x(), -0.1, 0.1]
    yield "nothing", [x(0, 2), -0.1, 0.1]
    yield "between tensors", [x(5, 6), x(5, 6) - 1, x(5, 6) + 1]
    yield "between tensors that are stretched", [x(5, 6), x(6) - 1, x(5, 1) + 1]
    yield "stretched itself", [x(1, 6), x(5, 6) - 1, x(5, 6) + 1]
    yield "a tensor as the minimum", [x(5, 3), x(3)]
    yield "a tensor as the maximum", [x(5, 3), None, x(5, 1)]
    yield "at the limits", [comparable(v, 5, 7), -1.0, 1.0]
    yield "at limits of tensors", [comparable(v, 5, 7), comparable(v, 5, 7), comparable(v, 5, 7)]
    yield "a minimum above the maximum", [x(9), 0.5, -0.5]
    yield "special values", [np.array(SPECIAL, dtype="float32"), -0.75, 0.75]
    yield "infinite limits", [v.sprinkled(12), -INF, INF]
    yield "large and tiny values", [v.magnitudes(-38, 38, 19), -1e9, 1e9]
    yield "float64", [x(4, 5, dtype="float64"), -0.5, 0.7]
    yield "int32", [v.integers(-9, 9, 4, 5), -3, 4]


def where_samples(v):
    x = lambda *shape, **options: v.normal(*shape, **options)
    yield "of one shape", [v.bools(4, 5), x(4, 5), x(4, 5)]
    yield "scalars", [v.bools(), x(), x()]
    yield "nothing", [v.bools(0, 3), x(1, 3), x(0, 3)]
    yield "a condition that is stretched", [v.bools(5, 1), x(5, 4), x(5, 4)]
    yield "values that are stretched", [v.bools(3, 4), x(4), x(3, 1)]
    yield "all stretched", [v.bools(4, 1, 1), x(1, 3, 1), x(5)]
    yield "a number for the rest", [v.bools(3, 6), x(3, 6), 0.5]
    yield "special values", [v.bools(6, 11), np.array(SPECIAL, dtype="float32"), x(6, 1)]
    yield "as many as fill no vector", [v.bools(37), x(37), x(37)]
    yield "float64", [v.bools(3, 4), x(3, 4, dtype="float64"), x(4, dtype="float64")]
    yield "int32", [v.bools(3, 4), v.integers(-9, 9, 3, 4), v.integers(-9, 9, 4)]
    yield "bool", [v.bools(6), v.bools(6), v.bools(6)]


def where(condition, a, b):
    return torch.where(condition, *tensors_if_any(a, a, b))


def activation_gradient(of_result, arriving=(NAN, INF, -INF)):
    """The gradient that arrives, and the result (or argument) of the activation."""

    def samples(v):
        known = lambda *shape, dtype="float32": of_result(v.uniform(-5, 5, *shape, dtype=dtype))
        yield "a matrix", [v.normal(3, 5), known(3, 5)]
        yield "scalars", [v.normal(), known()]
        yield "nothing", [v.normal(0, 4), known(0, 4)]
        yield "as many as fill no vector", [v.normal(37), known(37)]
        shape = v.shape()
        yield f"shape {shape}", [v.normal(*shape), known(*shape)]
        yield "far from 0", [v.normal(16), of_result(v.uniform(-90, 90, 16))]
        yield "next to 0", [v.normal(16), of_result(v.magnitudes(-30, -3, 16))]
        yield "large gradients", [v.magnitudes(10, 30, 12), known(12)]
        yield "what is not finite arrives", [v.sprinkled(12, values=arriving), known(12)]
        yield "float64", [v.normal(4, 3, dtype="float64"), known(4, 3, dtype="float64")]

    return samples


def of_numpy(f):
    return lambda x: f(torch.from_numpy(x)).numpy()


def silu_backward(g, x):
    """aten::silu_backward has no gradient for x in PyTorch 1.13; autograd of its formula has."""
    s = torch.sigmoid(x)
    return g * s * (1 + x * (1 - s))


def gelu_backward(g, x):
    """The same."""
    density = torch.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return g * (0.5 * (1 + torch.erf(x / np.sqrt(2))) + x * density)


def relu_backward(g, y):
    """y only decides, so it has no gradient; PyTorch gives zeros."""
    return torch.ops.aten.threshold_backward(g, y.detach(), 0)


UNARY = [
    Op("neg", torch.neg, of_one(dtypes=NUMBERS), exact),
    Op("abs", torch.abs, of_one(dtypes=NUMBERS), exact),
    Op("sign", torch.sign, of_one(), exact),
    Op("square", torch.square, of_one(dtypes=NUMBERS), ONCE_ROUNDED),
    Op("floor", torch.floor, of_one(dtypes=NUMBERS), exact),
    Op("ceil", torch.ceil, of_one(dtypes=NUMBERS), exact),
    Op("round", torch.round, of_one(dtypes=NUMBERS), exact),
    Op("exp", torch.exp, of_one(-90, 80), elementwise()),
    Op("expm1", torch.expm1, of_one(-9, 9), CANCELLING_SLOPE),
    Op("log", torch.log, of_one(0, 9), elementwise()),
    Op("log1p", torch.log1p, of_one(-0.99, 9), elementwise()),
    Op("sqrt", torch.sqrt, of_one(0, 9), ONCE_ROUNDED),
    Op("rsqrt", torch.rsqrt, of_one(0, 9), elementwise()),
    Op("reciprocal", torch.reciprocal, of_one(), ONCE_ROUNDED),
    Op("sin", torch.sin, of_one(-20, 20), elementwise()),
    Op("cos", torch.cos, of_one(-20, 20), elementwise()),
    Op("tan", torch.tan, of_one(-20, 20), elementwise()),
    Op("tanh", torch.tanh, of_one(), CANCELLING_SLOPE),
    Op("erf", torch.erf, of_one(), elementwise()),
    Op("relu", torch.relu, of_one(dtypes=NUMBERS), up_to_signs),
    Op("sigmoid", torch.sigmoid, of_one(-20, 20), CANCELLING_SLOPE),
    Op("silu", F.silu, of_one(-20, 20, dtypes=(FLOATS,)), CANCELLING_SLOPE),
    Op("gelu", gelu, of_one(dtypes=(FLOATS,)), CANCELLING),
    Op("geluTanh", gelu, with_options(of_one(dtypes=(FLOATS,)), {"approximate": "tanh"}), CANCELLING, call="gelu"),
    Op("isnan", torch.isnan, of_one(), exact),
    Op("isinf", torch.isinf, of_one(), exact),
    Op("isfinite", torch.isfinite, of_one(), exact),
    Op("logicalNot", torch.logical_not, of_one(-1, 1), exact),
]

BINARY = [
    Op("add", torch.add, and_more(of_two(), sums_of_extremes), ONCE_ROUNDED),
    Op("sub", torch.sub, and_more(of_two(dtypes=NUMBERS), sums_of_extremes), ONCE_ROUNDED),
    Op("mul", torch.mul, and_more(of_two(), products_of_extremes), ONCE_ROUNDED),
    Op("div", torch.div, and_more(of_two(apart_from_zero), quotients_of_extremes), ONCE_ROUNDED),
    # PyTorch has no derivative of floor_divide; ours is 0, as that of floor.
    Op(
        "floorDivide",
        torch.floor_divide,
        and_more(of_two(apart_from_zero, NUMBERS), whole_quotients),
        exact,
        differentiable=False,
    ),
    Op("remainder", of_tensors(torch.remainder), and_more(of_two(apart_from_zero, NUMBERS), whole_quotients), elementwise()),
    Op("pow", torch.pow, and_more(of_two(positive, NUMBERS), powers), elementwise()),
    Op("maximum", of_tensors(torch.maximum), and_more(of_two(), choices), CHOSEN),
    Op("minimum", of_tensors(torch.minimum), and_more(of_two(), choices), CHOSEN),
    *(
        Op(name, of_tensors(getattr(torch, name)), of_two(comparable), exact)
        for name in ["eq", "ne", "lt", "le", "gt", "ge"]
    ),
    Op("logicalAnd", of_tensors(torch.logical_and), of_two(comparable), exact),
    Op("logicalOr", of_tensors(torch.logical_or), of_two(comparable), exact),
    Op("logicalXor", of_tensors(torch.logical_xor), of_two(comparable), exact),
]

GRADIENTS = [
    Op("reluGrad", relu_backward, activation_gradient(of_numpy(torch.relu)), ONCE_ROUNDED),
    Op("tanhGrad", torch.ops.aten.tanh_backward, activation_gradient(of_numpy(torch.tanh)), SLOPE),
    Op("sigmoidGrad", torch.ops.aten.sigmoid_backward, activation_gradient(of_numpy(torch.sigmoid)), SLOPE),
    Op("siluGrad", silu_backward, activation_gradient(np.array, arriving=(NAN,)), SLOPE),
    Op("geluGrad", gelu_backward, activation_gradient(np.array, arriving=(NAN,)), SLOPE),
]

TERNARY = [
    Op("softplus", softplus, softplus_samples, conditioned(ELEMENTWISE_ROUNDINGS)),
    Op("clamp", clamp, clamp_samples, CHOSEN),
    Op("where", where, where_samples, ONCE_ROUNDED),
]

OPS = [*UNARY, *BINARY, *TERNARY, *GRADIENTS]
