"""Samples of tensors that are made of numbers."""
import torch

from judge import Op
from tolerances import exact, spaced
from values import INF, NAN


def dtype_of(options, default=None):
    return {"dtype": getattr(torch, options["dtype"])} if "dtype" in options else default or {}


def every_dtype(*arguments):
    for dtype in ["float32", "float64", "int32", "bool"]:
        yield f"of {dtype}", [*arguments, {"dtype": dtype}]


def shapes(*arguments):
    for shape in [[], [3], [2, 3], [0], [2, 0, 3]]:
        yield f"shape {shape}", [shape, *arguments]
    yield from every_dtype([2, 3], *arguments)


def like_samples(v, *arguments):
    yield "float32", [v.normal(2, 3), *arguments]
    yield "float64", [v.normal(3, dtype="float64"), *arguments]
    yield "int32", [v.integers(-9, 9, 4), *arguments]
    yield "bool", [v.bools(3), *arguments]
    yield "a scalar", [v.normal(), *arguments]
    yield "nothing", [v.normal(0, 3), *arguments]
    yield from every_dtype(v.normal(2), *arguments)


def full_samples(v):
    yield from shapes(1)
    for value in [0.5, -3, True, False, NAN, INF, -0.0]:
        yield f"the value {value}", [[2, 2], value]


def full(shape, value, options={}):
    """Our tensors of numbers are float32 unless a dtype is named, as those of `tensor`."""
    default = {"dtype": torch.bool if isinstance(value, bool) else torch.float32}
    return torch.full(shape, value, **dtype_of(options, default))


def arange_samples(v):
    yield "up to a number", [7]
    yield "from a number", [-3, 4]
    yield "steps", [1, 20, 3]
    yield "backwards", [9, -2, -2]
    yield "fractions", [0, 1, 0.1]
    yield "backwards in fractions", [1, -1, -0.3]
    yield "none", [5, 5]
    yield "up to a fraction", [3.5]
    yield "steps of a random size", [0, 3, v.number(0.05, 0.5)]
    yield "of float64", [0, 1, 0.1, {"dtype": "float64"}]
    yield "of float32", [5, {"dtype": "float32"}]


def arange(*arguments):
    *numbers, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
    whole = all(isinstance(number, int) for number in numbers)
    return torch.arange(*numbers, **dtype_of(options, {"dtype": torch.int32 if whole else torch.float32}))


def linspace_samples(v):
    yield "eleven", [0, 1, 11]
    yield "backwards", [3, -2, 7]
    yield "one", [5, 9, 1]
    yield "none", [0, 1, 0]
    yield "two", [-1, 1, 2]
    yield "many", [0, 1, 300]
    yield "random ends", [v.number(-3, 0), v.number(0, 3), v.whole(3, 40)]
    yield "of float64", [0, 1, 11, {"dtype": "float64"}]
    yield "large and tiny ends", [1e-20, 1e20, 9]


def eye_samples(v):
    for n, m in [(3, None), (1, None), (0, None), (2, 4), (5, 2), (3, 0)]:
        yield f"{n} by {n if m is None else m}", [n] if m is None else [n, m]
    yield from every_dtype(3)


def eye(n, *rest):
    options = rest[-1] if rest and isinstance(rest[-1], dict) else {}
    return torch.eye(n, *[m for m in rest if isinstance(m, int)], **dtype_of(options))


def linspace(start, end, steps, options={}):
    return torch.linspace(start, end, steps, **dtype_of(options))


OPS = [
    Op("zeros", lambda shape, options={}: torch.zeros(shape, **dtype_of(options)), lambda v: shapes(), exact),
    Op("ones", lambda shape, options={}: torch.ones(shape, **dtype_of(options)), lambda v: shapes(), exact),
    Op("full", full, full_samples, exact),
    Op("zerosLike", lambda x, options={}: torch.zeros_like(x, **dtype_of(options)), like_samples, exact),
    Op("onesLike", lambda x, options={}: torch.ones_like(x, **dtype_of(options)), like_samples, exact),
    Op(
        "fullLike",
        lambda x, value, options={}: torch.full_like(x, value, **dtype_of(options)),
        lambda v: like_samples(v, 1),
        exact,
    ),
    Op("arange", arange, arange_samples, spaced),
    Op("linspace", linspace, linspace_samples, spaced),
    Op("eye", eye, eye_samples, exact),
]
