"""Samples of single steps of optimisers; whole runs of training are in the fixtures of layers and optimisers."""
import numpy as np
import torch

from judge import Op
from tolerances import steps

SHAPES = [[3, 4], [], [37], [2, 0]]


def parameters(v, names, shapes, dtype="float32"):
    """Parameters with their gradients and state; mean squares are positive."""
    return [{name: drawn(v, name, shape, dtype) for name in names} for shape in shapes]


def drawn(v, name, shape, dtype):
    return v.uniform(0.01, 2.0, *shape, dtype=dtype) if name.endswith("Sq") else v.normal(*shape, dtype=dtype)


ADAM = {
    "step": 3,
    "lr": 0.01,
    "betas": [0.9, 0.999],
    "eps": 1e-8,
    "weightDecay": 0,
    "decoupled": False,
    "amsgrad": False,
    "maximize": False,
}
MOMENTS = ["parameter", "gradient", "expAvg", "expAvgSq"]


def adam_samples(v):
    variations = {
        "plain": {},
        "weight decay": {"weightDecay": 0.1},
        "decoupled weight decay": {"weightDecay": 0.1, "decoupled": True},
        "amsgrad": {"amsgrad": True},
        "amsgrad and decoupled weight decay": {"amsgrad": True, "weightDecay": 0.01, "decoupled": True},
        "climbing": {"maximize": True, "weightDecay": 0.1},
        "other betas and eps": {"betas": [0.5, 0.7], "eps": 0.1},
        "a late step": {"step": 5000, "lr": v.number(0.001, 1)},
    }
    for about, changes in variations.items():
        options = {**ADAM, **changes}
        names = [*MOMENTS, *(["maxExpAvgSq"] if options["amsgrad"] else [])]
        yield about, [parameters(v, names, SHAPES), options]
    yield "the first step", [[first_step(v, [5, 3])], {**ADAM, "step": 1}]
    yield "a gradient of 0", [[{**first_step(v, [4]), "gradient": np.zeros(4, "float32")}], {**ADAM, "step": 1}]
    yield "float64", [parameters(v, MOMENTS, SHAPES, "float64"), ADAM]


def first_step(v, shape):
    nothing = np.zeros(shape, "float32")
    return {"parameter": v.normal(*shape), "gradient": v.normal(*shape), "expAvg": nothing, "expAvgSq": nothing.copy()}


# Our names of an optimiser's state, and PyTorch's.
ADAM_STATE = {"expAvg": "exp_avg", "expAvgSq": "exp_avg_sq", "maxExpAvgSq": "max_exp_avg_sq"}
SGD_STATE = {"momentumBuffer": "momentum_buffer"}


def adam_step(moves, options):
    kind = torch.optim.AdamW if options["decoupled"] else torch.optim.Adam

    def optimizer(leaf):
        made = kind(
            [leaf],
            lr=options["lr"],
            betas=options["betas"],
            eps=options["eps"],
            weight_decay=options["weightDecay"],
            amsgrad=options["amsgrad"],
            maximize=options["maximize"],
        )
        made.state[leaf]["step"] = torch.tensor(float(options["step"] - 1))
        return made

    return [stepped(move, optimizer, ADAM_STATE) for move in moves]


def stepped(move, optimizer_of, names):
    """A step of PyTorch's optimiser from the state of a move, and what it leaves, in our names."""
    leaf = move["parameter"].detach().clone().requires_grad_()
    leaf.grad = move["gradient"].clone()
    optimizer = optimizer_of(leaf)
    state = optimizer.state[leaf]
    state.update({theirs: move[ours].clone() for ours, theirs in names.items() if ours in move})
    optimizer.step()
    left = {ours: state[theirs] for ours, theirs in names.items() if state.get(theirs) is not None}
    return {"value": leaf.detach(), **left}


SGD = {"lr": 0.1, "momentum": 0, "dampening": 0, "weightDecay": 0, "nesterov": False, "maximize": False}


def sgd_samples(v):
    variations = {
        "plain": {},
        "weight decay": {"weightDecay": 0.1},
        "momentum that begins": {"momentum": 0.9},
        "climbing": {"maximize": True, "weightDecay": 0.01},
        "another rate": {"lr": v.number(0.001, 2)},
    }
    for about, changes in variations.items():
        yield about, [parameters(v, ["parameter", "gradient"], SHAPES), {**SGD, **changes}]
    variations = {
        "momentum that goes on": {},
        "dampening": {"dampening": 0.5},
        "Nesterov": {"nesterov": True},
        "Nesterov and weight decay": {"nesterov": True, "weightDecay": 0.1},
    }
    for about, changes in variations.items():
        names = ["parameter", "gradient", "momentumBuffer"]
        yield about, [parameters(v, names, SHAPES), {**SGD, "momentum": 0.9, **changes}]
    yield "float64", [parameters(v, ["parameter", "gradient"], SHAPES, "float64"), SGD]


def sgd_step(moves, options):
    def optimizer(leaf):
        return torch.optim.SGD(
            [leaf],
            lr=options["lr"],
            momentum=options["momentum"],
            dampening=options["dampening"],
            weight_decay=options["weightDecay"],
            nesterov=options["nesterov"],
            maximize=options["maximize"],
        )

    return [stepped(move, optimizer, SGD_STATE) for move in moves]


OPS = [
    Op("adamStep", adam_step, adam_samples, steps, differentiable=False),
    Op("sgdStep", sgd_step, sgd_samples, steps, differentiable=False),
]
