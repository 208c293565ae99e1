"""How far two right results may be apart: the one place where tolerances are stated, and why they are what they are.

Write u for the unit roundoff (2^-24 for float32, 2^-53 for float64): a sum, difference, product, quotient or square root is
computed with a relative error of at most u. A computation of r such steps, each of which sees magnitudes of at most m, is off
by at most r u m to first order (Higham, "Accuracy and Stability of Numerical Algorithms", chapter 3). PyTorch's result is off
just as ours is, so both together may differ by

    tolerance = roundings * u * magnitude

with twice the roundings of one of them. What remains is to count the roundings and to bound the magnitude, by kinds of ops:

exact         No rounding at all, or one rounding of the exact result, which IEEE 754 leaves no choice about: values that are
              compared or chosen, whole numbers, and +, -, *, / and sqrt of single numbers. The same bits, and the sign of 0
              counts; in gradients it never does. `moved` is the same for values that are moved, whose gradients may be sums.

up_to_signs   The same, but for the sign of 0. Which of -0 and 0 is the larger or smaller one depends in PyTorch on where the
              values stand in memory; and relu(-0), which is -0 in PyTorch, is the larger of -0 and 0 here: 0 in IEEE 754.

elementwise   Functions of single numbers. Ours are within 4 ulp (packages/tensor/assembly/math-*.ts has each function's
              bound), PyTorch's, from Sleef and glibc, within 1 to 2, and 1 ulp is at most 2 u: 12 roundings. The magnitude is the
              result itself. A gradient is a product of a few such factors: twice as many roundings. Where PyTorch takes the
              difference of numbers that may be next to each other (1 + erf(x) in gelu, 1 - y^2 in the slope of tanh), few digits
              are left, and `floor` or `gradient_floor` is the magnitude of these numbers. Where an operand was stretched, its
              gradient is a sum of n terms, with 2 (n - 1) more roundings and the terms' magnitudes. Sigmoids below e^-88 are 0
              in PyTorch, as e^-x overflows: NEGLIGIBLE, for silu times -x.

sums          What is linear in each operand (matmul, conv2d, sum, mean, ...): n products or values, added up in any order.
              That is n roundings, and 2 more for the product and a final division; the magnitude is the sum of the terms'
              magnitudes: the same call on absolute values. The same call on ones tells how many terms there are.

conditioned   The rest (softmax, layer_norm, variance, svd, ...). A stable algorithm gives the exact result of inputs that are
              off by a few roundings, rounded a few times more (Higham, section 1.5). With J the derivative of the result, that
              is a magnitude of |y| + |J| |x|, taken element by element. For a gradient, x also stands for the gradients that
              arrive. The roundings are those of the longest chain: as many as there are terms in a sum, and a few more.
              - A sum of exponentials of distances from the largest value is about 1, and its logarithm is only known to u,
                however small it is: a floor of 1. Slopes of softmax are differences, p (1 - p): their floor is what arrives.
              - Probabilities below e^-87 are 0 here, where PyTorch goes on to the denormals: NEGLIGIBLE.
              - Factors of a matrix are stable as a whole, not each element: `normwise`.

steps         Of optimisers: some ten operations in a row on a parameter, its gradient and its state. The magnitude is the sum
              of theirs, as a step is no larger than the numbers that it is made of in these samples; 32 roundings.

spaced        Values from one end to another: a product and a sum, next to numbers as large as the ends; 6 roundings.

Next to 0, the smallest normal number takes the place of a smaller magnitude. Between float32 and float64, PyTorch computes some
gradients of the float64 operand in float32: u is that of the narrowest dtype that takes part.
"""
import math

import torch

UNIT = {torch.float32: 2.0**-24, torch.float64: 2.0**-53}

ELEMENTWISE_ROUNDINGS = 12
STEP_ROUNDINGS = 32
SPACED_ROUNDINGS = 6

NEGLIGIBLE = math.exp(-87)


def wide(x):
    return x.detach().double() if x.is_floating_point() else x


def magnitude_of(x):
    """Absolute values in float64; 0 for what is not finite."""
    return torch.nan_to_num(x.detach().double().abs(), nan=0.0, posinf=0.0, neginf=0.0)


def known(floor):
    """A floor, a number or a tensor, as a magnitude."""
    return magnitude_of(torch.as_tensor(floor, dtype=torch.float64))


def tolerance(expected, roundings, magnitude, unit, negligible=0.0):
    """roundings u magnitude, as a tensor of float64; None where the bits have to be the same."""
    if not expected.is_floating_point():
        return None
    limits = torch.finfo(expected.dtype)
    sizes = torch.as_tensor(magnitude, dtype=torch.float64).expand(expected.shape).clamp(min=limits.tiny)
    # What is not finite has no neighbours.
    return torch.where(expected.isfinite(), roundings * unit * sizes + negligible, 0.0).clamp(max=limits.max)


def unit_of(sample):
    """The unit roundoff of the narrowest floats that take part."""
    floats = [x.dtype for x in [*sample.tensors(), *sample.outputs.values()] if x.is_floating_point()]
    return max((UNIT[dtype] for dtype in floats), default=0.0)


class Tolerances:
    """The tolerances of a sample's outputs, by name, and of its inputs' gradients, by position."""

    def __init__(self, outputs, gradients):
        self.outputs, self.gradients = outputs, gradients


def exact(sample, outputs, gradients):
    return Tolerances({name: None for name in outputs}, [None] * len(gradients))


def up_to_signs(sample, outputs, gradients):
    return Tolerances({name: tolerance(y, 0, 0.0, 0.0) for name, y in outputs.items()}, [None] * len(gradients))


def nothing(*operands):
    return 0.0


def elementwise(
    roundings=ELEMENTWISE_ROUNDINGS,
    gradient_roundings=2 * ELEMENTWISE_ROUNDINGS,
    floor=nothing,
    gradient_floor=nothing,
    negligible=0.0,
    up_to_sign=False,
):
    """
    `floor` takes the operands; `gradient_floor` the gradient that arrives and the operands, and may be one for each of them.
    `negligible`: what an output may be off whatever its magnitude.
    """

    def tolerances(sample, outputs, gradients):
        unit = unit_of(sample)
        ((name, y),) = outputs.items()
        operands = [wide(x) for x in sample.tensors()]
        magnitude = magnitude_of(y) + known(floor(*operands))
        magnitudes, terms = stretched_terms(sample, gradient_floor)
        return Tolerances(
            {name: None if roundings == 0 and not up_to_sign else tolerance(y, roundings, magnitude, unit, negligible)},
            [
                None if g is None else tolerance(g, gradient_roundings + 2 * (n - 1), magnitude, unit)
                for g, magnitude, n in zip(gradients, magnitudes, terms)
            ],
        )

    return tolerances


def stretched_terms(sample, floor):
    """For each input the added magnitudes of the terms of its gradient, and how many terms each element has."""
    outputs, _ = sample.run()
    shape = next(iter(outputs.values())).shape
    full = [wide(x).expand(shape).clone() for x in sample.tensors()]
    leaves = [x.requires_grad_() if x.is_floating_point() and sample.op.differentiable else x for x in full]
    gradients = sample.gradients(leaves, wide)
    arriving = next(iter(sample.output_gradients.values()), torch.zeros(shape))
    least = floor(wide(arriving), *[x.detach() for x in full])
    floors = least if isinstance(least, tuple) else [least] * len(full)
    magnitudes, terms = [], []
    for array, g, own_floor in zip(sample.inputs, gradients, floors):
        own = torch.Size(array.shape)
        magnitudes.append(None if g is None else (magnitude_of(g) + known(own_floor)).sum_to_size(own))
        terms.append(1 if g is None else max(1, g.numel() // max(1, own.numel())))
    return magnitudes, terms


def sums(sample, outputs, gradients):
    counted, counts = both_ways(sample, lambda x: torch.ones_like(wide(x)))
    terms = max((float(n.max()) for n in [*counted.values(), *counts] if n is not None and n.numel()), default=1)
    return summed(sample, outputs, gradients, terms)


def moved(sample, outputs, gradients):
    """Values that go to several places get the sum of the gradients there."""
    summing = sums(sample, outputs, gradients)
    _, counts = both_ways(sample, lambda x: torch.ones_like(wide(x)))
    several = [n is not None and n.numel() > 0 and float(n.max()) > 1 for n in counts]
    return Tolerances(
        {name: None for name in outputs},
        [bound if added else None for bound, added in zip(summing.gradients, several)],
    )


def divided_sums(terms):
    """For sums that are divided in the end, so that the call on ones does not tell how many terms there are: `terms` does."""
    return lambda sample, outputs, gradients: summed(sample, outputs, gradients, terms(sample))


def summed(sample, outputs, gradients, terms):
    roundings, unit = 2 * (terms + 2), unit_of(sample)
    magnitudes, gradient_magnitudes = both_ways(sample, magnitude_of)
    return Tolerances(
        {name: tolerance(y, roundings, magnitudes[name].detach(), unit) for name, y in outputs.items()},
        [None if g is None else tolerance(g, roundings, m, unit) for g, m in zip(gradients, gradient_magnitudes)],
    )


def both_ways(sample, convert):
    """The outputs and gradients of the call where all floats, gradients that arrive among them, are changed by `convert`."""

    def change(x):
        return convert(x) if x.is_floating_point() else x

    outputs, _ = sample.run(sample.tensors(change))
    return outputs, sample.gradients(sample.tensors(change), change)


def conditioned(roundings, floor=nothing, gradient_floor=nothing, negligible=0.0, normwise=False):
    """
    `roundings`: a number, or a function of the sample. `floor`, `gradient_floor`, `negligible`: as those of `elementwise`.
    `normwise`: errors are relative to the largest magnitude of a tensor.
    """

    def tolerances(sample, outputs, gradients):
        count, unit = roundings(sample) if callable(roundings) else roundings, unit_of(sample)
        operands = [wide(x) for x in sample.tensors()]
        arriving = [wide(g) for g in sample.output_gradients.values()]
        least, gradient_least = known(floor(*operands)), known(gradient_floor(*arriving, *operands) if arriving else 0.0)
        size = largest if normwise else lambda magnitude: magnitude
        magnitudes, gradient_magnitudes = perturbed_outputs(sample), perturbed_gradients(sample, gradients)
        return Tolerances(
            {
                name: tolerance(y, count, size(magnitudes[name]) + least, unit, negligible)
                for name, y in outputs.items()
            },
            [
                None if g is None else tolerance(g, 2 * count, size(magnitude) + gradient_least, unit)
                for g, magnitude in zip(gradients, gradient_magnitudes)
            ],
        )

    return tolerances


def largest(magnitude):
    return magnitude.max() if magnitude.numel() else 0.0


def spaced(sample, outputs, gradients):
    (y,) = outputs.values()
    return Tolerances({"out": tolerance(y, SPACED_ROUNDINGS, largest(magnitude_of(y)), unit_of(sample))}, [])


def steps(sample, outputs, gradients):
    unit = unit_of(sample)
    bounds = {}
    moves, options = sample.fill(sample.tensors())
    for name, y in outputs.items():
        position, _ = name.split(".")
        move = moves[int(position)]
        magnitude = magnitude_of(y) + sum(magnitude_of(x) for x in move.values())
        bounds[name] = tolerance(y, STEP_ROUNDINGS, magnitude, unit)
    return Tolerances(bounds, [None] * len(gradients))


def perturbed_outputs(sample):
    """|y| + |J| |x| for each output y and all inputs x."""
    outputs, leaves = sample.run(sample.tensors(wide))
    return {name: magnitude_of(y) + sensitivity(y, leaves) for name, y in outputs.items()}


def perturbed_gradients(sample, gradients):
    """The same for each gradient as a function of the inputs and of the gradients that arrive."""
    if all(g is None for g in gradients):
        return gradients
    leaves = sample.tensors(wide)
    outputs, _ = sample.run(leaves)
    wanted = [x for x in leaves if x.requires_grad]
    roots = [(outputs[name], wide(g).requires_grad_()) for name, g in sample.output_gradients.items()]
    roots = [(y, g) for y, g in roots if y.requires_grad]
    found = torch.autograd.grad(
        [y for y, _ in roots], wanted, [g for _, g in roots], create_graph=True, allow_unused=True
    )
    sources = [*wanted, *(g for _, g in roots)]
    magnitudes = iter(None if g is None else magnitude_of(g) + sensitivity(g, sources) for g in found)
    return [next(magnitudes) if x.requires_grad else None for x in leaves]


def sensitivity(y, sources):
    """|J| |x|, added up over the sources x."""
    sources = [x for x in sources if x.requires_grad]
    if not y.requires_grad or not y.is_floating_point() or y.numel() == 0 or not sources:
        return torch.zeros_like(wide(y))
    rows = []
    for i in range(y.numel()):
        slopes = torch.autograd.grad(y.reshape(-1)[i], sources, retain_graph=True, allow_unused=True)
        moves = [(magnitude_of(j) * magnitude_of(x)).sum() for j, x in zip(slopes, sources) if j is not None]
        rows.append(sum(moves) if moves else torch.zeros((), dtype=torch.float64))
    return torch.stack([torch.as_tensor(row) for row in rows]).reshape(y.shape)
