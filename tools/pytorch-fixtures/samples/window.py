"""Samples of convolution, pooling and their gradients."""
import math
import warnings

import torch
import torch.nn.functional as F

from judge import Op
from tolerances import divided_sums, exact, moved, sums, up_to_signs
from values import INF, NAN

# That padding 'same' may be slow.
warnings.filterwarnings("ignore", message="Using padding='same'")


def pair(value):
    return [value, value] if isinstance(value, int) else value


def conv2d(x, weight, options={}):
    return F.conv2d(x, weight, **options)


def conv2d_samples(v):
    x = v.normal
    yield "plain", [x(2, 3, 5, 6), x(4, 3, 3, 2)]
    yield "a bias", [x(2, 2, 4, 4), x(3, 2, 3, 3), {"bias": x(3)}]
    yield "no batch axis", [x(2, 5, 4), x(3, 2, 2, 2), {"bias": x(3)}]
    yield "stride", [x(1, 2, 7, 6), x(2, 2, 3, 2), {"stride": 2}]
    yield "two strides", [x(1, 2, 7, 8), x(2, 2, 3, 2), {"stride": [2, 3]}]
    yield "padding", [x(2, 2, 3, 4), x(2, 2, 3, 3), {"padding": 1}]
    yield "two paddings", [x(1, 1, 3, 4), x(2, 1, 2, 5), {"padding": [0, 3]}]
    yield "padding 'same', an even kernel", [x(1, 2, 5, 4), x(2, 2, 4, 3), {"padding": "same"}]
    yield "padding 'same' and dilation", [x(1, 1, 6, 5), x(2, 1, 2, 3), {"padding": "same", "dilation": [3, 2]}]
    yield "padding 'valid'", [x(1, 1, 4, 4), x(1, 1, 2, 2), {"padding": "valid"}]
    yield "dilation", [x(1, 2, 7, 8), x(2, 2, 2, 3), {"dilation": [3, 2]}]
    yield "groups", [x(2, 4, 4, 4), x(6, 2, 2, 2), {"groups": 2, "bias": x(6)}]
    yield "depthwise", [x(2, 3, 5, 5), x(6, 1, 3, 3), {"groups": 3, "padding": 1}]
    yield "everything at once", [
        x(2, 4, 8, 7),
        x(4, 2, 3, 2),
        {"bias": x(4), "stride": [2, 1], "padding": [1, 2], "dilation": [2, 1], "groups": 2},
    ]
    yield "pointwise", [x(2, 5, 3, 4), x(7, 5, 1, 1)]
    yield "a kernel as large as the input", [x(3, 2, 4, 5), x(4, 2, 4, 5)]
    yield "no images", [x(0, 2, 4, 4), x(3, 2, 2, 2), {"bias": x(3)}]
    yield "many channels", [x(1, 17, 5, 6), x(19, 17, 3, 3), {"padding": 1}]
    yield "a wide image", [x(1, 1, 3, 40), x(8, 1, 3, 3), {"padding": 1}]
    kernel, stride, padding = [v.whole(1, 3), v.whole(1, 3)], [v.whole(1, 3), v.whole(1, 3)], [v.whole(0, 2), v.whole(0, 2)]
    groups = v.whole(1, 2)
    yield f"kernel {kernel}, stride {stride}, padding {padding}, groups {groups}", [
        x(2, 2 * groups, v.whole(5, 9), v.whole(5, 9)),
        x(3 * groups, 2, *kernel),
        {"stride": stride, "padding": padding, "dilation": v.whole(1, 2), "groups": groups},
    ]
    yield "large and tiny values", [v.magnitudes(-15, 15, 1, 2, 4, 4), v.magnitudes(-15, 15, 2, 2, 2, 2)]
    yield "NaN and infinities", [v.sprinkled(1, 1, 5, 5, values=(NAN, INF)), x(1, 1, 2, 2)]
    yield "float64", [x(1, 2, 5, 5, dtype="float64"), x(2, 2, 3, 3, dtype="float64"), {"padding": 1, "stride": 2}]


# Input, weight, stride, [top, bottom, left, right], dilation, groups.
CONVOLUTIONS = [
    ("plain", [2, 2, 5, 4], [3, 2, 2, 3], [1, 1], [0, 0, 0, 0], [1, 1], 1),
    ("stride", [1, 2, 7, 6], [2, 2, 3, 2], [2, 3], [0, 0, 0, 0], [1, 1], 1),
    ("a stride that leaves a rest", [1, 1, 6, 6], [2, 1, 3, 3], [2, 2], [0, 0, 0, 0], [1, 1], 1),
    ("padding", [1, 2, 3, 4], [2, 2, 3, 3], [1, 1], [1, 1, 2, 2], [1, 1], 1),
    ("one-sided padding", [1, 1, 4, 5], [2, 1, 2, 4], [1, 1], [0, 1, 1, 2], [1, 1], 1),
    ("dilation", [1, 2, 7, 8], [2, 2, 2, 3], [1, 1], [0, 0, 0, 0], [3, 2], 1),
    ("groups", [2, 4, 4, 4], [6, 2, 2, 2], [1, 1], [0, 0, 0, 0], [1, 1], 2),
    ("depthwise", [2, 3, 5, 5], [6, 1, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 3),
    ("everything at once", [2, 4, 8, 7], [4, 2, 3, 2], [2, 1], [1, 1, 2, 2], [2, 1], 2),
    ("no images", [0, 2, 4, 4], [3, 2, 2, 2], [1, 1], [0, 0, 0, 0], [1, 1], 1),
    ("many channels", [1, 9, 5, 6], [17, 9, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1),
]


def spelled_out(v, operands):
    """Convolutions by attributes: `operands` names two of "input", "weight" and "output"."""
    for dtype in ["float32", "float64"]:
        for about, input_shape, weight_shape, stride, padding, dilation, groups in CONVOLUTIONS:
            attrs = {
                "inputShape": input_shape,
                "weightShape": weight_shape,
                "stride": stride,
                "padding": dict(zip(["top", "bottom", "left", "right"], padding)),
                "dilation": dilation,
                "groups": groups,
            }
            output = convolve(torch.zeros(input_shape), torch.zeros(weight_shape), attrs).shape
            shapes = {"input": input_shape, "weight": weight_shape, "output": output}
            if dtype == "float32" or about == "everything at once":
                yield f"{about}, {dtype}", [*(v.normal(*shapes[name], dtype=dtype) for name in operands), attrs]


def convolve(x, weight, attrs):
    top, bottom, left, right = attrs["padding"].values()
    padded = F.pad(x, [left, right, top, bottom])
    return F.conv2d(padded, weight, stride=attrs["stride"], dilation=attrs["dilation"], groups=attrs["groups"])


def input_gradient(g, weight, attrs):
    x = torch.zeros(attrs["inputShape"], dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(convolve(x, weight, attrs), x, g, create_graph=True)[0]


def weight_gradient(x, g, attrs):
    weight = torch.zeros(attrs["weightShape"], dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(convolve(x, weight, attrs), weight, g, create_graph=True)[0]


def pools(v, draw, dilation=True):
    """Inputs, windows and options that mean and maximum have in common."""
    yield "plain", [draw(2, 2, 4, 6), 2]
    yield "two lengths", [draw(1, 2, 6, 6), [3, 2]]
    yield "no batch axis", [draw(2, 4, 5), 2]
    yield "a rest that is left out", [draw(1, 2, 5, 7), 2]
    yield "overlapping", [draw(1, 2, 5, 6), 3, {"stride": 1}]
    yield "two strides", [draw(1, 1, 7, 8), [2, 3], {"stride": [3, 1]}]
    yield "padding", [draw(2, 1, 4, 5), 3, {"padding": 1, "stride": 2}]
    yield "two paddings", [draw(1, 1, 4, 5), [3, 4], {"padding": [1, 2], "stride": 2}]
    yield "ceilMode", [draw(1, 2, 5, 7), 2, {"ceilMode": True}]
    yield "ceilMode and padding", [draw(1, 1, 6, 7), 3, {"ceilMode": True, "padding": 1, "stride": 2}]
    yield "a window as large as the input", [draw(2, 3, 4, 3), [4, 3]]
    yield "one by one", [draw(1, 2, 3, 3), 1]
    yield "no images", [draw(0, 2, 4, 4), 2]
    yield "a wide image", [draw(1, 1, 4, 40), 2]
    yield "many planes", [draw(3, 9, 4, 4), 2]
    window, stride = [v.whole(1, 4), v.whole(1, 4)], [v.whole(1, 3), v.whole(1, 3)]
    padding = [v.whole(0, length // 2) for length in window]
    yield f"window {window}, stride {stride}, padding {padding}", [
        draw(2, 2, v.whole(5, 9), v.whole(5, 9)),
        window,
        {"stride": stride, "padding": padding, "ceilMode": v.choice([True, False])},
    ]


def max_pool_samples(v):
    yield from pools(v, v.distinct)
    yield "dilation", [v.distinct(1, 2, 7, 8), [2, 3], {"dilation": [3, 2], "stride": 1}]
    yield "dilation and padding", [v.distinct(1, 1, 6, 6), 2, {"dilation": 2, "padding": 1}]
    yield "ties: the first counts", [v.integers(0, 2, 2, 2, 6, 6, dtype="float32"), 2]
    yield "ties in overlapping windows", [v.integers(0, 3, 1, 2, 6, 6, dtype="float32"), 3, {"stride": 1, "padding": 1}]
    yield "infinities", [v.sprinkled(1, 2, 6, 6, values=(INF, -INF)), 2]
    yield "NaN", [v.sprinkled(2, 2, 6, 6, values=(NAN,)), 2]
    yield "large and tiny values", [v.magnitudes(-38, 38, 1, 2, 4, 6), 2]
    yield "float64", [v.normal(1, 2, 5, 6, dtype="float64"), 2]


def avg_pool_samples(v):
    yield from pools(v, v.normal)
    yield "padding that does not count", [v.normal(1, 2, 4, 5), 3, {"padding": 1, "stride": 2, "countIncludePad": False}]
    yield "the same with ceilMode", [
        v.normal(1, 1, 6, 7),
        3,
        {"padding": 1, "stride": 2, "countIncludePad": False, "ceilMode": True},
    ]
    yield "another divisor", [v.normal(1, 2, 4, 4), 2, {"divisorOverride": 3}]
    yield "another divisor, with padding", [v.normal(1, 2, 4, 4), 2, {"divisorOverride": 5, "padding": 1}]
    yield "large and tiny values", [v.magnitudes(-30, 30, 1, 2, 4, 6), 2]
    yield "NaN and infinities", [v.sprinkled(1, 2, 6, 6, values=(NAN, INF)), 2]
    yield "float64", [v.normal(1, 2, 5, 6, dtype="float64"), 3, {"stride": 2, "padding": 1}]


def common_options(options):
    return {
        "stride": options.get("stride"),
        "padding": options.get("padding", 0),
        "ceil_mode": options.get("ceilMode", False),
    }


def max_pool2d(x, window, options={}):
    return F.max_pool2d(x, window, dilation=options.get("dilation", 1), **common_options(options))


def avg_pool2d(x, window, options={}):
    return F.avg_pool2d(
        x,
        window,
        count_include_pad=options.get("countIncludePad", True),
        divisor_override=options.get("divisorOverride"),
        **common_options(options),
    )


def dims_of(x, window, options, output):
    """What the kernel is told of a pool."""
    kernel = pair(window)
    stride, padding = pair(options.get("stride", kernel)), pair(options.get("padding", 0))
    dilation = pair(options.get("dilation", 1))
    return {
        "planes": math.prod(x.shape[:-2]),
        "H": x.shape[-2],
        "W": x.shape[-1],
        "outH": output.shape[-2],
        "outW": output.shape[-1],
        "kernelH": kernel[0],
        "kernelW": kernel[1],
        "strideH": stride[0],
        "strideW": stride[1],
        "padTop": padding[0],
        "padLeft": padding[1],
        "dilationH": dilation[0],
        "dilationW": dilation[1],
    }


def dispatched(samples, f, more=lambda options: {}):
    """The same pools by the attributes of the op: [x, window, options, attributes], of which the engine gets first and last."""
    for about, (x, window, *rest) in samples:
        options = rest[0] if rest else {}
        output = f(torch.from_numpy(x), window, options)
        yield about, x, window, options, output, {**dims_of(x, window, options, output), **more(options)}


def max_indices_samples(v):
    for about, x, _, _, _, dims in dispatched(max_pool_samples(v), max_pool2d):
        yield about, [x, dims]


def max_arguments(x, dims):
    """What PyTorch is told of a pool of these dimensions."""
    names = ["kernel", "stride", "pad", "dilation"]
    pairs = [
        [dims[f"{name}{'Top' if name == 'pad' else 'H'}"], dims[f"{name}{'Left' if name == 'pad' else 'W'}"]] for name in names
    ]
    for ceil_mode in [False, True]:
        if list(F.max_pool2d(x, *pairs, ceil_mode).shape[-2:]) == [dims["outH"], dims["outW"]]:
            return [*pairs, ceil_mode]
    raise ValueError(f"no max_pool2d has the dimensions {dims}")


def max_indices(x, dims):
    """PyTorch counts within a plane, as we do."""
    return F.max_pool2d(x, *max_arguments(x, dims), return_indices=True)[1]


def max_attributes(v):
    """Where the largest values lie, and the attributes of max pooling."""
    for about, x, _, _, _, dims in dispatched(max_pool_samples(v), max_pool2d):
        indices = max_indices(torch.from_numpy(x), dims).numpy().astype("int32")
        yield about, str(x.dtype), indices, {"dims": dims, "inputShape": list(x.shape)}


def maximum_samples(v):
    for about, dtype, indices, attrs in max_attributes(v):
        yield about, [v.normal(*attrs["inputShape"], dtype=dtype), indices, attrs]


def max_gradient_samples(v):
    for about, dtype, indices, attrs in max_attributes(v):
        yield about, [v.normal(*indices.shape, dtype=dtype), indices, attrs]


def maximum_pool(x, indices, attrs):
    places = indices.long()
    return x.flatten(-2).gather(-1, places.flatten(-2)).reshape(places.shape)


def max_pool2d_gradient(g, indices, attrs):
    x = torch.zeros(attrs["inputShape"], dtype=g.dtype)
    arguments = max_arguments(x, attrs["dims"])
    return torch.ops.aten.max_pool2d_with_indices_backward(g, x, *arguments, indices.long())


def avg_extras(options):
    return {
        "countIncludePad": options.get("countIncludePad", True),
        "divisorOverride": options.get("divisorOverride"),
    }


def avg_attributes(v):
    """The output's shape, and the attributes of mean pooling."""
    for about, x, _, _, output, dims in dispatched(avg_pool_samples(v), avg_pool2d, avg_extras):
        yield about, x, output, {"dims": dims, "inputShape": list(x.shape)}


def average_samples(v):
    for about, x, _, attrs in avg_attributes(v):
        yield about, [x, attrs]


def avg_gradient_samples(v):
    for about, x, output, attrs in avg_attributes(v):
        yield about, [v.normal(*output.shape, dtype=str(x.dtype)), attrs]


def average_pool(x, attrs):
    dims = attrs["dims"]
    for ceil_mode in [False, True]:
        output = F.avg_pool2d(
            x,
            [dims["kernelH"], dims["kernelW"]],
            [dims["strideH"], dims["strideW"]],
            [dims["padTop"], dims["padLeft"]],
            ceil_mode,
            dims["countIncludePad"],
            dims["divisorOverride"],
        )
        if list(output.shape[-2:]) == [dims["outH"], dims["outW"]]:
            return output
    raise ValueError(f"no avg_pool2d has the dimensions {dims}")


def avg_pool2d_gradient(g, attrs):
    x = torch.zeros(attrs["inputShape"], dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(average_pool(x, attrs), x, g, create_graph=True)[0]


def window_size(sample):
    """So many elements are under a window, and no element is under more windows."""
    window = sample.arguments[1]
    height, width = (window["dims"]["kernelH"], window["dims"]["kernelW"]) if isinstance(window, dict) else pair(window)
    return height * width


OPS = [
    Op("conv2d", conv2d, conv2d_samples, sums),
    Op("convolve", convolve, lambda v: spelled_out(v, ["input", "weight"]), sums),
    Op("conv2dInputGrad", input_gradient, lambda v: spelled_out(v, ["output", "weight"]), sums),
    Op("conv2dWeightGrad", weight_gradient, lambda v: spelled_out(v, ["input", "output"]), sums),
    Op("maxPool2d", max_pool2d, max_pool_samples, moved),
    Op("maxPool2dIndices", max_indices, max_indices_samples, exact, call="dispatch", differentiable=False),
    Op("maximumPool", maximum_pool, maximum_samples, moved),
    Op("maxPool2dGrad", max_pool2d_gradient, max_gradient_samples, sums),
    Op("avgPool2d", avg_pool2d, avg_pool_samples, divided_sums(window_size)),
    Op("averagePool", average_pool, average_samples, divided_sums(window_size)),
    Op("avgPool2dGrad", avg_pool2d_gradient, avg_gradient_samples, divided_sums(window_size)),
]
