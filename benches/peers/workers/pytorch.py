"""PyTorch, on the CPU or by CUDA. Its side of the protocol is that of serve.mjs, its numbers are those of numbers.mjs."""

import base64
import json
import os
import sys
import time

# Standard output belongs to the protocol.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def send(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def hashed(seed, length):
    x = (torch.arange(length, dtype=torch.int64) + ((seed * 0x9E3779B9) & 0xFFFFFFFF)) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return (x ^ (x >> 16)) >> 8


def uniform(seed, shape, bound=1.0):
    length = 1
    for size in shape:
        length *= size
    # In float64 first, as in JavaScript.
    return ((hashed(seed, length).double() / 2**23 - 1) * bound).float().reshape(shape)


def integers(seed, length, below):
    return hashed(seed, length) % below


def matmul(case):
    a = uniform(1, [case["M"], case["K"]]).to(device)
    b = uniform(2, [case["K"], case["N"]]).to(device)
    return lambda: a @ b


def mnist_cnn():
    return torch.nn.Sequential(
        collections.OrderedDict(
            conv1=torch.nn.Conv2d(1, 32, 3, stride=2, padding=1),
            relu1=torch.nn.ReLU(),
            conv2=torch.nn.Conv2d(32, 64, 3, stride=2, padding=1),
            relu2=torch.nn.ReLU(),
            conv3=torch.nn.Conv2d(64, 128, 3, stride=2, padding=1),
            relu3=torch.nn.ReLU(),
            flatten=torch.nn.Flatten(),
            fc=torch.nn.Linear(2048, 10),
        )
    )


def step(case):
    model = mnist_cnn()
    model.load_state_dict({p["name"]: uniform(p["seed"], p["shape"], p["bound"]) for p in case["parameters"]})
    model.to(device)
    images = uniform(1, [case["batch"], 1, 28, 28]).to(device)
    labels = integers(2, case["batch"], 10).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=case["lr"])

    def run():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return run


def repeat(run, seconds):
    start = time.perf_counter()
    calls = 0
    while True:
        run()
        # What was called may only have been queued.
        if device == "cuda":
            torch.cuda.synchronize()
        calls += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return {"seconds": elapsed, "calls": calls}


def turn(run, seconds):
    woken = repeat(run, 0)
    return repeat(run, seconds) if woken["seconds"] < seconds / 2 else woken


def blas():
    """The library that multiplies: distributions let PyTorch use whichever is installed."""
    try:
        with open("/proc/self/maps") as maps:
            files = {os.path.basename(line.split()[-1]) for line in maps if "/" in line}
    except OSError:
        return "BLAS unknown"
    known = {"libopenblas": "OpenBLAS", "libmkl": "MKL", "libblis": "BLIS"}
    found = [name for prefix, name in known.items() if any(file.startswith(prefix) for file in files)]
    if found:
        return found[0]
    return "reference BLAS, slow" if any(file.startswith("libblas.so") for file in files) else "BLAS built in"


def where():
    return f"CUDA {torch.version.cuda}, {torch.cuda.get_device_name()}, TF32 off" if device == "cuda" else blas()


def base64_of(values):
    return base64.b64encode(values.contiguous().numpy().astype("<f4").tobytes()).decode()


def prepare_cuda():
    """Plain float32, as the others have it."""
    if not torch.cuda.is_available():
        raise RuntimeError("this PyTorch has no CUDA here")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def main():
    case = task["case"]
    torch.set_num_threads(task["threads"])
    if device == "cuda":
        prepare_cuda()
    run = {"matmul": matmul, "step": step}[case["kind"].removeprefix("gpu-")](case)
    start = time.perf_counter()
    values = torch.cat([run().flatten().cpu().clone() for _ in range(case["runs"])])
    seconds = time.perf_counter() - start
    # Who is slow is warm by now, or would take too long to become so.
    warm = {"seconds": seconds, "calls": case["runs"]} if seconds > task["warmUp"] else repeat(run, task["warmUp"])
    send(
        {
            "ready": True,
            "about": f"PyTorch {torch.__version__}, {where()}",
            "values": base64_of(values),
            "secondsPerRun": warm["seconds"] / warm["calls"],
        }
    )
    for line in sys.stdin:
        send(turn(run, json.loads(line)["seconds"]))


try:
    import collections

    import torch

    task = json.loads(sys.argv[-1])
    device = (task.get("options") or {}).get("device", "cpu")
    main()
except Exception as error:
    send({"error": str(error).split("\n")[0]})
    sys.exit(1)
