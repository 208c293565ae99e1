"""Samples of matrix products, decompositions and triangular systems."""
import numpy as np
import torch
import torch.nn.functional as F

from judge import Op
from tolerances import conditioned, exact, sums
from values import INF, INT_MAX, NAN


def transposed(x, flag):
    return x.transpose(-1, -2) if flag else x


def matmul(a, b, options={}):
    return torch.matmul(transposed(a, options.get("transposeA")), transposed(b, options.get("transposeB")))


def matmul_samples(v):
    x = v.normal
    yield "two matrices", [x(3, 4), x(4, 5)]
    yield "a transposed", [x(4, 3), x(4, 5), {"transposeA": True}]
    yield "b transposed", [x(3, 4), x(5, 4), {"transposeB": True}]
    yield "both transposed", [x(4, 3), x(5, 4), {"transposeA": True, "transposeB": True}]
    yield "two lists", [x(7), x(7)]
    yield "a list and a matrix", [x(4), x(4, 3)]
    yield "a matrix and a list", [x(3, 4), x(4)]
    yield "a list and a batch", [x(3), x(2, 3, 4)]
    yield "a batch and a list", [x(2, 3, 4), x(4)]
    yield "a batch times one matrix", [x(2, 3, 4), x(4, 5)]
    yield "a batch times one matrix, transposed", [x(2, 3, 4), x(5, 4), {"transposeB": True}]
    yield "one matrix times a batch", [x(3, 4), x(2, 4, 2)]
    yield "one transposed matrix times a batch", [x(4, 3), x(2, 4, 2), {"transposeA": True}]
    yield "batches that are stretched", [x(2, 1, 3, 4), x(3, 4, 2)]
    yield "batches that are stretched and transposed", [
        x(1, 2, 4, 3),
        x(3, 1, 2, 4),
        {"transposeA": True, "transposeB": True},
    ]
    yield "nothing to add up", [x(3, 0), x(0, 2)]
    yield "no rows", [x(0, 3), x(3, 2)]
    yield "an empty batch", [x(0, 2, 3), x(3, 4)]
    yield "one by one", [x(1, 1), x(1, 1)]
    m, k, n = v.whole(1, 20), v.whole(1, 40), v.whole(1, 36)
    yield f"[{m}, {k}] x [{k}, {n}]", [x(m, k), x(k, n)]
    yield "more than one tile each way", [x(19, 70), x(70, 33)]
    yield "a long sum", [x(2, 900), x(900, 3)]
    yield "large and tiny values", [v.magnitudes(-15, 15, 5, 6), v.magnitudes(-15, 15, 6, 7)]
    yield "sums that cancel", [x(4, 30, shift=100.0), x(30, 4)]
    yield "NaN", [v.sprinkled(5, 6, values=(NAN,)), x(6, 5)]
    yield "infinities", [v.sprinkled(5, 6, values=(INF, 0.0)), x(6, 5)]
    yield "float64", [x(3, 5, dtype="float64"), x(5, 4, dtype="float64")]
    yield "int32 that wraps around", [v.integers(-INT_MAX, INT_MAX, 3, 5), v.integers(-99, 99, 5, 4)]


def linear_samples(v):
    x = v.normal
    yield "without a bias", [x(3, 4), x(5, 4)]
    yield "with a bias", [x(3, 4), x(5, 4), {"bias": x(5)}]
    yield "a list", [x(6), x(3, 6), {"bias": x(3)}]
    yield "a batch", [x(2, 3, 4), x(5, 4), {"bias": x(5)}]
    yield "a batch of batches", [x(2, 1, 3, 4), x(2, 4)]
    yield "no rows", [x(0, 4), x(3, 4), {"bias": x(3)}]
    yield "nothing to add up", [x(2, 0), x(3, 0), {"bias": x(3)}]
    yield "one output", [x(9, 7), x(1, 7), {"bias": x(1)}]
    yield "more than one tile each way", [x(19, 65), x(35, 65), {"bias": x(35)}]
    m, k, n = v.whole(1, 20), v.whole(1, 40), v.whole(1, 36)
    yield f"{k} to {n}, {m} rows", [x(m, k), x(n, k), {"bias": x(n)}]
    yield "large and tiny values", [v.magnitudes(-15, 15, 4, 6), v.magnitudes(-15, 15, 5, 6), {"bias": x(5)}]
    yield "NaN and infinities", [v.sprinkled(5, 4, values=(NAN, INF)), x(3, 4), {"bias": x(3)}]
    yield "float64", [x(3, 4, dtype="float64"), x(5, 4, dtype="float64"), {"bias": x(5, dtype="float64")}]
    yield "int32", [v.integers(-9, 9, 3, 4), v.integers(-9, 9, 5, 4)]


def list_samples(v):
    """Two lists of one length."""
    for n in [1, 2, 7, 37, 400, v.whole(3, 99)]:
        yield f"{n} each", [v.normal(n), v.normal(n)]
    yield "nothing", [v.normal(0), v.normal(0)]
    yield "large and tiny values", [v.magnitudes(-15, 15, 9), v.magnitudes(-15, 15, 9)]
    yield "NaN and infinities", [v.sprinkled(5, values=(NAN, INF)), v.normal(5)]
    yield "float64", [v.normal(9, dtype="float64"), v.normal(9, dtype="float64")]
    yield "int32", [v.integers(-9, 9, 6), v.integers(-9, 9, 6)]


def outer_samples(v):
    for m, n in [(1, 1), (3, 5), (7, 1), (1, 6), (0, 3), (9, 17), (v.whole(1, 9), v.whole(1, 9))]:
        yield f"{m} and {n}", [v.normal(m), v.normal(n)]
    yield "large and tiny values", [v.magnitudes(-15, 15, 4), v.magnitudes(-15, 15, 6)]
    yield "NaN and infinities", [v.sprinkled(5, values=(NAN, INF)), v.normal(5)]
    yield "float64", [v.normal(4, dtype="float64"), v.normal(3, dtype="float64")]
    yield "int32", [v.integers(-9, 9, 3), v.integers(-9, 9, 5)]


def with_singular_values(v, m, n, values, dtype="float32"):
    """A matrix with these singular values: far from each other, so that the singular vectors are well determined."""
    (left, _), (right, _) = np.linalg.qr(v.normal(m, m, dtype="float64")), np.linalg.qr(v.normal(n, n, dtype="float64"))
    k = min(m, n)
    return ((left[:, :k] * np.array(values, dtype="float64")[:k]) @ right[:k]).astype(dtype)


def spread(k):
    return [2.0 ** (-i) * 3 for i in range(k)]


def decomposable(v, dtype="float32"):
    for m, n in [(3, 3), (5, 3), (2, 4), (1, 1), (4, 1), (1, 3)]:
        yield f"[{m}, {n}]", [with_singular_values(v, m, n, spread(4), dtype)]


def batch(v, count, m, n, dtype="float32"):
    return np.stack([with_singular_values(v, m, n, spread(4), dtype) for _ in range(count)])


def factor_samples(v):
    yield from decomposable(v)
    yield "a batch", [batch(v, 3, 3, 2)]
    yield "a batch of batches", [batch(v, 4, 2, 3).reshape(2, 2, 2, 3)]
    yield "an empty batch", [v.normal(0, 3, 2)]
    yield "large values", [with_singular_values(v, 3, 3, [3e9, 1e9, 2e8])]
    yield "tiny values", [with_singular_values(v, 3, 2, [3e-9, 1e-9])]
    yield "float64", [with_singular_values(v, 4, 3, spread(3), "float64")]
    yield "float64, wide", [with_singular_values(v, 2, 3, spread(3), "float64")]


def svd(x):
    """Signs of singular vectors are arbitrary, their magnitudes are not."""
    U, S, Vh = torch.linalg.svd(x, full_matrices=False)
    return {"U.abs": U.abs(), "S": S, "Vh.abs": Vh.abs()}


def qr(x):
    Q, R = torch.linalg.qr(x)
    return {"Q": Q, "R": R}


def rank_samples(v):
    for m, n, rank in [(3, 3, 3), (10, 10, 2), (5, 3, 1), (2, 6, 2), (4, 4, 0)]:
        yield f"[{m}, {n}] of rank {rank}", [v.normal(m, rank) @ v.normal(rank, n)]
    yield "a batch", [np.stack([v.normal(4, rank) @ v.normal(rank, 3) for rank in (1, 2, 3)])]
    yield "an absolute tolerance", [with_singular_values(v, 4, 4, [4.0, 1.0, 0.2, 0.01]), {"atol": 0.1}]
    yield "a relative tolerance", [with_singular_values(v, 4, 4, [4.0, 1.0, 0.2, 0.01]), {"rtol": 0.1}]
    yield "both tolerances", [with_singular_values(v, 4, 4, [4.0, 1.0, 0.2, 0.01]), {"rtol": 0.1, "atol": 1.5}]
    yield "float64", [v.normal(6, 2, dtype="float64") @ v.normal(2, 5, dtype="float64")]


def triangular_samples(v):
    def triangle(n, *lead, dtype="float32"):
        """All of a square, whose diagonal is well away from 0; what is on the wrong side of it must not be read."""
        return v.normal(*lead, n, n, dtype=dtype) + 3 * np.eye(n, dtype=dtype)

    for upper in [True, False]:
        for transpose in [False, True]:
            about = f"{'upper' if upper else 'lower'}{', transposed' if transpose else ''}"
            yield about, [triangle(4), v.normal(4, 3), {"upper": upper, "transpose": transpose}]
    yield "one by one", [triangle(1), v.normal(1, 1), {"upper": True}]
    yield "a batch", [triangle(3, 2), v.normal(2, 3, 2), {"upper": False}]
    yield "a batch, transposed", [triangle(3, 2), v.normal(2, 3, 2), {"upper": True, "transpose": True}]
    yield "nothing to solve for", [triangle(3), v.normal(3, 0), {"upper": True}]
    yield "larger", [triangle(9), v.normal(9, 5), {"upper": v.choice([True, False])}]
    yield "float64", [triangle(4, dtype="float64"), v.normal(4, 2, dtype="float64"), {"upper": True}]


def solve_triangular(a, b, options):
    """With the transpose, what is upper becomes lower."""
    transpose = options.get("transpose", False)
    return torch.linalg.solve_triangular(transposed(a, transpose), b, upper=options["upper"] != transpose)


def decomposition_roundings(sample):
    """A few sweeps over rows and columns."""
    return 64 * max(sample.inputs[0].shape[-2:])


DECOMPOSITION = conditioned(decomposition_roundings, normwise=True)

OPS = [
    Op("matmul", matmul, matmul_samples, sums),
    Op("linear", lambda x, weight, options={}: F.linear(x, weight, options.get("bias")), linear_samples, sums),
    Op("dot", torch.dot, list_samples, sums),
    Op("outer", torch.outer, outer_samples, sums),
    Op("svd", svd, factor_samples, DECOMPOSITION),
    Op("qr", qr, factor_samples, DECOMPOSITION),
    Op("matrixRank", lambda x, options={}: torch.linalg.matrix_rank(x, **options), rank_samples, exact, differentiable=False),
    Op("solveTriangular", solve_triangular, triangular_samples, DECOMPOSITION),
]
