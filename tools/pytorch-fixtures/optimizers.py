"""Trains a small network for 20 steps with each optimiser, option, clipping and schedule: where its parameters go in PyTorch.

    python3 tools/pytorch-fixtures/optimizers.py

The judge computes in float64. How far float32, or float64 elsewhere, may be off is measured by Monte Carlo arithmetic (Parker,
Pierce and Eggert, 2000): the training is repeated with random errors in all gradients and steps, as large as rounding can make
them, and SAFETY times what that does to the parameters is the tolerance. Writes packages/nn/test/pytorch/fixtures/optimizers.
"""
import json
import re
from dataclasses import asdict, dataclass, field

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import lr_scheduler

from layers import FIXTURES, SEED, snake_case
from safetensors_writer import save
from tolerances import UNIT
from values import Values

STEPS = 20
RECORDED = [5, 10, 15, 20]
SAVED = 10
BATCHES, BATCH_SIZE, FEATURES, HIDDEN, CLASSES = 4, 8, 4, 6, 3

# A gradient is made of sums over the batch, the features or hidden units, and the classes, and of four functions of 4 ulp. It
# changes a parameter through about ten operations.
GRADIENT_ROUNDINGS = 2 * (BATCH_SIZE + HIDDEN + CLASSES) + 4 * 8
STEP_ROUNDINGS = 10
NOISY_RUNS = 8
SAFETY = 4

# Functions that JSON cannot hold, by the names that they have in packages/nn/test/pytorch/training.ts.
FACTORS = {
    "inverse": lambda step: 1 / (1 + step),
    "wave": lambda step: 1 + (step % 4) / 2,
    "half": lambda step: 0.5**step,
}


@dataclass(frozen=True)
class Run:
    """One training, as the index tells it."""

    about: str
    optimizer: str
    options: dict
    # Lists of parameters by name, with options of their own.
    groups: list = field(default_factory=lambda: [{"params": ["0.weight", "0.bias", "2.weight", "2.bias"]}])
    # A function that changes the gradients, and its arguments behind the parameters.
    clip: list = None
    # A schedule and its arguments behind the optimiser; an argument may be a list of schedules.
    schedule: list = None


# Where PyTorch's spelling is not ours with underscores.
SPELLING = {"tMult": "T_mult"}


def python_options(options):
    return {SPELLING.get(name, snake_case(name)): value for name, value in options.items()}


def split(arguments):
    """Positional arguments, and the options that may follow them."""
    *positional, last = arguments or [{}]
    return (positional, python_options(last)) if isinstance(last, dict) else ([*positional, last], {})


def clip_gradients(parameters, name, *arguments):
    positional, options = split(arguments)
    {"clipGradNorm": clip_grad_norm_, "clipGradValue": clip_grad_value_}[name](list(parameters), *positional, **options)


def schedule_of(optimizer, name, *arguments):
    if name == "LinearWarmupLR":
        return lr_scheduler.LambdaLR(optimizer, linear_warmup(*arguments))
    if name == "SequentialLR":
        schedules, milestones = arguments
        return lr_scheduler.SequentialLR(optimizer, [schedule_of(optimizer, *each) for each in schedules], milestones)
    if name == "LambdaLR":
        (names,) = arguments
        factors = [FACTORS[each] for each in names] if isinstance(names, list) else FACTORS[names]
        return lr_scheduler.LambdaLR(optimizer, factors)
    positional, options = split(arguments)
    return getattr(lr_scheduler, name)(optimizer, *positional, **options)


def linear_warmup(warmup_steps, total_steps):
    """The factor of `transformers.get_linear_schedule_with_warmup`."""

    def factor(step):
        if step < warmup_steps:
            return step / max(1, warmup_steps)
        return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))

    return factor


def sgd(about, clip=None, schedule=None, groups=None, **options):
    return run_of(about, "SGD", {"lr": 0.1, **options}, clip, schedule, groups)


def run_of(about, optimizer, options, clip=None, schedule=None, groups=None):
    return Run(about, optimizer, options, clip=clip, schedule=schedule, **({} if groups is None else {"groups": groups}))


FIRST_AND_LAST = [{"params": ["0.weight", "0.bias"]}, {"params": ["2.weight", "2.bias"]}]


def with_own(first, last):
    """Two groups with options of their own."""
    return [{**group, **own} for group, own in zip(FIRST_AND_LAST, [first, last])]


def adam_runs(optimizer):
    run = lambda about, groups=None, **options: run_of(about, optimizer, options, groups=groups)
    return [
        run("the defaults"),
        run("a learning rate", lr=0.02),
        run("betas", lr=0.02, betas=[0.7, 0.9]),
        run("no memory of gradients", lr=0.02, betas=[0.0, 0.99]),
        run("no memory of squares", lr=0.02, betas=[0.9, 0.0]),
        run("a large eps", lr=0.02, eps=0.1),
        run("weight decay", lr=0.02, weightDecay=0.1),
        run("no weight decay", lr=0.02, weightDecay=0.0),
        run("amsgrad", lr=0.02, betas=[0.9, 0.5], amsgrad=True),
        run("amsgrad with weight decay", lr=0.02, betas=[0.8, 0.5], amsgrad=True, weightDecay=0.05),
        run("maximize", lr=0.005, maximize=True),
        run("maximize with weight decay", lr=0.005, maximize=True, weightDecay=0.1),
        run("everything", lr=0.01, betas=[0.8, 0.95], eps=1e-3, weightDecay=0.05, amsgrad=True, maximize=True),
        run(
            "groups",
            groups=with_own({"lr": 0.03, "betas": [0.5, 0.9]}, {"weightDecay": 0.2, "amsgrad": True}),
            lr=0.01,
        ),
    ]


RUNS = [
    sgd("a learning rate"),
    sgd("a learning rate of 0", lr=0.0),
    sgd("momentum", momentum=0.9),
    sgd("dampening", momentum=0.9, dampening=0.4),
    sgd("negative dampening", momentum=0.5, dampening=-0.3),
    sgd("Nesterov", momentum=0.9, nesterov=True),
    sgd("weight decay", weightDecay=0.05),
    sgd("weight decay with momentum", weightDecay=0.05, momentum=0.8),
    sgd("weight decay with Nesterov", weightDecay=0.05, momentum=0.8, nesterov=True),
    sgd("maximize", lr=0.02, maximize=True),
    sgd("maximize, with everything else", lr=0.02, maximize=True, momentum=0.7, dampening=0.2, weightDecay=0.03),
    sgd("groups", groups=with_own({"lr": 0.05}, {"momentum": 0.9, "nesterov": True})),
    sgd("groups with other weight decay", groups=with_own({"weightDecay": 0.1}, {"maximize": True, "lr": 0.01}), momentum=0.5),
    *adam_runs("Adam"),
    *adam_runs("AdamW"),
    sgd("clipped to a norm", clip=["clipGradNorm", 0.1]),
    sgd("clipped to a norm that no gradient reaches", clip=["clipGradNorm", 1000]),
    sgd("clipped to a norm of order 1", clip=["clipGradNorm", 0.5, {"normType": 1}]),
    sgd("clipped to a norm of order 3", clip=["clipGradNorm", 0.1, {"normType": 3}]),
    sgd("clipped to a largest element", clip=["clipGradNorm", 0.05, {"normType": "Infinity"}], momentum=0.9),
    sgd("clipped element by element", clip=["clipGradValue", 0.02]),
    run_of("clipped to a norm", "Adam", {"lr": 0.02}, clip=["clipGradNorm", 0.1]),
    run_of("clipped element by element", "AdamW", {"lr": 0.02}, clip=["clipGradValue", 0.02]),
    sgd("StepLR", schedule=["StepLR", 3]),
    sgd("StepLR with gamma, in groups", schedule=["StepLR", 6, 0.5], groups=with_own({"lr": 0.2}, {}), momentum=0.9),
    run_of("StepLR that rises", "AdamW", {"lr": 0.005}, schedule=["StepLR", 4, 1.5]),
    sgd("MultiStepLR", schedule=["MultiStepLR", [4, 9, 15]]),
    sgd("MultiStepLR with gamma, a milestone twice, out of order", schedule=["MultiStepLR", [12, 3, 12], 0.6], momentum=0.9),
    sgd("ExponentialLR", schedule=["ExponentialLR", 0.8]),
    run_of("ExponentialLR that rises", "AdamW", {"lr": 0.005}, schedule=["ExponentialLR", 1.1]),
    sgd("ConstantLR", schedule=["ConstantLR"]),
    sgd("ConstantLR for longer", schedule=["ConstantLR", {"factor": 0.2, "totalIters": 13}], groups=with_own({"lr": 0.2}, {})),
    sgd("PolynomialLR", schedule=["PolynomialLR"]),
    run_of("PolynomialLR, squared", "Adam", {"lr": 0.02}, schedule=["PolynomialLR", {"totalIters": 18, "power": 2.0}]),
    sgd("CosineAnnealingWarmRestarts", schedule=["CosineAnnealingWarmRestarts", 6]),
    sgd(
        "CosineAnnealingWarmRestarts in longer cycles",
        schedule=["CosineAnnealingWarmRestarts", 3, {"tMult": 2, "etaMin": 0.01}],
        groups=with_own({"lr": 0.2}, {}),
    ),
    sgd("LambdaLR", schedule=["LambdaLR", "inverse"]),
    sgd("LambdaLR for each group", schedule=["LambdaLR", ["wave", "half"]], groups=FIRST_AND_LAST),
    sgd("CosineAnnealingLR", schedule=["CosineAnnealingLR", 20]),
    sgd("CosineAnnealingLR down to a rate", schedule=["CosineAnnealingLR", 12, 0.01], momentum=0.5),
    sgd("CosineAnnealingLR, up and down", schedule=["CosineAnnealingLR", 4]),
    run_of("CosineAnnealingLR in groups", "Adam", {"lr": 0.02}, schedule=["CosineAnnealingLR", 15], groups=with_own({"lr": 0.05}, {})),
    sgd("LinearLR", schedule=["LinearLR"]),
    sgd("LinearLR downwards", schedule=["LinearLR", {"startFactor": 1.0, "endFactor": 0.1, "totalIters": 12}]),
    run_of("LinearLR over all steps", "AdamW", {"lr": 0.02}, schedule=["LinearLR", {"startFactor": 0.5, "totalIters": 20}]),
    run_of("LinearWarmupLR", "AdamW", {"lr": 0.03}, schedule=["LinearWarmupLR", 5, 20]),
    sgd("LinearWarmupLR without warmup, and beyond its end", schedule=["LinearWarmupLR", 0, 15]),
    sgd("SequentialLR", schedule=["SequentialLR", [["LinearLR", {"totalIters": 4}], ["CosineAnnealingLR", 16]], [4]]),
    run_of(
        "SequentialLR of three, in groups",
        "Adam",
        {"lr": 0.02},
        schedule=["SequentialLR", [["LinearLR", {"startFactor": 0.1}], ["StepLR", 2, 0.5], ["LinearLR", {"endFactor": 0.5}]], [5, 12]],
        groups=with_own({"lr": 0.04}, {}),
    ),
]


def draw_problem(values):
    """The network's first parameters and the batches, of numbers that float32 holds."""
    model = network()
    start = {name: torch.from_numpy(values.normal(*p.shape, scale=0.5)) for name, p in model.named_parameters()}
    inputs = torch.from_numpy(values.normal(BATCHES, BATCH_SIZE, FEATURES))
    labels = torch.from_numpy(values.integers(0, CLASSES, BATCHES, BATCH_SIZE))
    return start, inputs, labels


def network():
    return nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, CLASSES))


def train(run, problem, rounded=lambda tensor, roundings: tensor):
    """The rates of all steps; the parameters at the recorded steps, and the optimiser's state at the one where it is saved."""
    start, inputs, labels = problem
    model = network().double()
    model.load_state_dict(start)
    parameters = dict(model.named_parameters())
    groups = [{**python_options(group), "params": [parameters[name] for name in group["params"]]} for group in run.groups]
    optimizer = getattr(torch.optim, run.optimizer)(groups, **python_options(run.options))
    schedule = run.schedule and schedule_of(optimizer, *run.schedule)
    rates, found = [], {}
    for step in range(1, STEPS + 1):
        rates.append([group["lr"] for group in optimizer.param_groups])
        batch = (step - 1) % BATCHES
        optimizer.zero_grad()
        F.cross_entropy(model(inputs[batch].double()), labels[batch].long()).backward()
        for p in parameters.values():
            p.grad = rounded(p.grad, GRADIENT_ROUNDINGS)
        if run.clip:
            clip_gradients(parameters.values(), *run.clip)
        optimizer.step()
        for p in parameters.values():
            p.data = rounded(p.data, STEP_ROUNDINGS)
        if schedule:
            schedule.step()
        if step in RECORDED:
            found |= {f"{step}.{name}": p.detach().clone() for name, p in parameters.items()}
        if step == SAVED:
            found |= saved_state(optimizer, parameters)
    return rates, found


def saved_state(optimizer, parameters):
    """What the optimiser remembers of each parameter, in our spelling."""
    return {
        f"state.{name}.{camel_case(what)}": torch.as_tensor(value).detach().double().clone()
        for name, p in parameters.items()
        for what, value in optimizer.state[p].items()
        if value is not None
    }


def camel_case(name):
    return re.sub("_(.)", lambda letter: letter[1].upper(), name)


def tolerances_of(run, problem, exact, unit):
    """How far the training goes astray if all is rounded, at most, for each tensor that it leaves."""
    noise = torch.Generator().manual_seed(SEED)

    def rounded(tensor, roundings):
        sizes = roundings * unit * tensor.abs().max()
        return tensor + sizes * (2 * torch.rand(tensor.shape, generator=noise, dtype=torch.float64) - 1)

    noisy = [train(run, problem, rounded)[1] for _ in range(NOISY_RUNS)]

    def tolerance(name):
        distance = max((other[name] - exact[name]).abs().max() for other in noisy)
        # What is remembered of a clipped gradient is rounded, too.
        least = STEP_ROUNDINGS * unit * exact[name].abs().max()
        return float(f"{max(SAFETY * distance, least):.2e}")

    return {name: tolerance(name) for name in exact}


def judged(run, key, problem, tensors):
    """Puts what a training leaves, named `key.…`, into `tensors`, and returns its entry in the index."""
    rates, found = train(run, problem)
    tensors |= {f"{key}.{name}": tensor.numpy() for name, tensor in found.items()}
    tolerances = {str(dtype).removeprefix("torch."): tolerances_of(run, problem, found, unit) for dtype, unit in UNIT.items()}
    return {"key": key, **asdict(run), "rates": rates, "tolerances": tolerances}


def main():
    problem = draw_problem(Values(SEED))
    start, inputs, labels = problem
    tensors = {f"start.{name}": tensor.numpy() for name, tensor in start.items()}
    tensors |= {"inputs": inputs.numpy(), "labels": labels.numpy()}
    runs = [judged(run, str(i), problem, tensors) for i, run in enumerate(RUNS)]
    save(FIXTURES / "optimizers.safetensors", tensors, {"torch": torch.__version__})
    lines = ",\n".join(json.dumps(run, separators=(",", ":")) for run in runs)
    index = f'{{"steps":{STEPS},"recorded":{RECORDED},"saved":{SAVED},"runs":[\n{lines}\n]}}\n'
    (FIXTURES / "optimizers.json").write_text(index)
    print(f"{len(runs)} trainings of {STEPS} steps, {len(tensors)} tensors")


if __name__ == "__main__":
    main()
