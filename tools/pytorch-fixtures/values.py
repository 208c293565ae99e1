"""Random values for samples: every number of a sample comes out of one seeded generator."""
import numpy as np

NAN, INF = float("nan"), float("inf")

# Where functions of the reals change their ways or have none.
SPECIAL = [NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5]

INT_MIN, INT_MAX = -(2**31), 2**31 - 1


class Values:
    """Draws the inputs of samples."""

    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)

    def normal(self, *shape, scale=1.0, shift=0.0, dtype="float32"):
        """Normally distributed numbers."""
        return np.asarray(self.generator.standard_normal(shape) * scale + shift).astype(dtype)

    def uniform(self, low, high, *shape, dtype="float32"):
        """Evenly distributed numbers from `low` to `high`."""
        return np.asarray(self.generator.uniform(low, high, shape)).astype(dtype)

    def magnitudes(self, low, high, *shape, dtype="float32"):
        """Numbers of both signs whose magnitudes are spread over the powers of ten from 10^low to 10^high."""
        signs = self.generator.choice([-1.0, 1.0], shape)
        return np.asarray(signs * 10.0 ** self.generator.uniform(low, high, shape)).astype(dtype)

    def integers(self, low, high, *shape, dtype="int32"):
        """Whole numbers from `low` to `high - 1`; of a dtype of floats, numbers with many ties."""
        return np.asarray(self.generator.integers(low, high, shape)).astype(dtype)

    def bools(self, *shape):
        """Truth values, half of them true."""
        return np.asarray(self.generator.random(shape) < 0.5)

    def distinct(self, *shape, dtype="float32"):
        """Numbers that all differ clearly, in random order: without ties, whatever is rounded."""
        size = int(np.prod(shape))
        order = self.generator.permutation(size)
        return np.asarray((order - size / 2 + self.generator.uniform(0.1, 0.4)) / 4).reshape(shape).astype(dtype)

    def special(self, *shape, dtype="float32"):
        """NaN, infinities, zeros of both signs and the like, in random order."""
        return self.generator.choice(np.array(SPECIAL, dtype=dtype), shape)

    def sprinkled(self, *shape, values=(NAN, INF, -INF, 0.0, -0.0), dtype="float32"):
        """Normally distributed numbers, every fourth replaced by one of `values`."""
        mask = self.generator.random(shape) < 0.25
        return np.where(mask, self.generator.choice(np.array(values), shape), self.normal(*shape)).astype(dtype)

    def whole(self, low, high):
        """One whole number from `low` to `high`, both included."""
        return int(self.generator.integers(low, high + 1))

    def number(self, low, high):
        """One number, rounded so that it reads well."""
        return round(float(self.generator.uniform(low, high)), 3)

    def choice(self, options):
        """One of the options."""
        return options[self.whole(0, len(options) - 1)]

    def shape(self, ranks=(1, 4), longest=6):
        """A shape of a random rank, each length from 1 to `longest`."""
        return [self.whole(1, longest) for _ in range(self.whole(*ranks))]

    def axis(self, rank):
        """An axis, counted from either end."""
        return self.whole(-rank, rank - 1)

    def axes(self, rank):
        """One axis or several different ones, each counted from either end."""
        chosen = self.generator.permutation(rank)[: self.whole(1, rank)]
        return [int(axis) - rank * self.whole(0, 1) for axis in chosen]

    def permutation(self, count):
        """The numbers below `count` in random order."""
        return [int(i) for i in self.generator.permutation(count)]

    def stretched(self, shape):
        """A shape that broadcasts to `shape`: some lengths are 1, and leading axes may be missing."""
        lengths = [1 if self.whole(0, 2) == 0 else length for length in shape]
        return lengths[self.whole(0, len(shape)) :]
