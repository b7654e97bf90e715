"""What a picture or a table says of a node: its kind, key attributes and colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dataflow.graph.graph import Graph
from dataflow.graph.node import Node

# Variables with these endings are parameters; MXNet hides them, too.
WEIGHTS = (
    *("_weight", "_bias", "_beta", "_gamma"),
    *("_moving_var", "_moving_mean", "_running_var", "_running_mean"),
)

# Fill colours, MXNet's own, by family; an operator of none gets the last.
INPUT = "#8dd3c7"
OTHER = "#fccde5"
_FAMILIES = {
    "#fb8072": ("Convolution", "Deconvolution", "FullyConnected", "Embedding", "RNN"),
    "#ffffb3": ("Activation", "LeakyReLU", "relu", "sigmoid", "tanh", "softsign"),
    "#bebada": (
        *("BatchNorm", "BatchNorm_v1", "LayerNorm", "InstanceNorm", "GroupNorm"),
        *("L2Normalization", "LRN", "Dropout", "_contrib_SyncBatchNorm"),
    ),
    "#80b1d3": ("Pooling", "Pooling_v1", "ROIPooling", "UpSampling"),
    "#fdb462": (
        *("Concat", "Flatten", "Reshape", "SliceChannel", "_split_v2", "stack"),
        *("SwapAxis", "transpose", "expand_dims", "squeeze", "slice", "slice_axis"),
    ),
    "#b3de69": (
        *("Softmax", "softmax", "log_softmax", "SoftmaxActivation", "SoftmaxOutput"),
        *("LinearRegressionOutput", "LogisticRegressionOutput", "MakeLoss"),
        *("MAERegressionOutput", "SVMOutput", "CTCLoss", "softmax_cross_entropy"),
    ),
}
_FILLS = {name: fill for fill, names in _FAMILIES.items() for name in names}

# Outlines by ctx_group; they repeat when there are more groups.
OUTLINES = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf")


def is_weight(node: Node, graph: Graph) -> bool:
    """Tell whether a node is a variable that pictures leave out by default."""
    return node.is_variable and (node.name.endswith(WEIGHTS) or node in graph.states)


def kind(node: Node) -> str:
    """Name what a node is: its operator, or ``null``, as MXNet's files do."""
    return "null" if node.operator is None else node.operator.name


def fill(node: Node) -> str:
    """Return the colour of what a node is."""
    return INPUT if node.operator is None else _FILLS.get(node.operator.name, OTHER)


def group(node: Node) -> str:
    """Return a node's ``ctx_group``, empty for none."""
    return node.attributes.get("__ctx_group__", "")


def group_colours(nodes: Iterable[Node]) -> dict[str, str]:
    """Give each ``ctx_group`` among nodes an outline colour, in order of use."""
    names = dict.fromkeys(group(node) for node in nodes if group(node))
    return {name: OUTLINES[i % len(OUTLINES)] for i, name in enumerate(names)}


def detail(node: Node) -> str:
    """Tell a node's key attributes in a few words; empty where none stands out."""
    rule = _DETAILS.get(kind(node))
    return rule(node) if rule is not None else ""


def _convolution(node: Node) -> str:
    grouped = node.parameters.num_group
    more = f", {grouped} groups" if grouped > 1 else ""
    return f"{_window(node)}, {node.parameters.num_filter}{more}"


def _pooling(node: Node) -> str:
    window = "global" if node.parameters.global_pool else _window(node)
    return f"{node.parameters.pool_type}, {window}"


def _window(node: Node) -> str:
    """Write kernel and stride as ``3x3/1``."""
    stride = node.parameters.stride if "stride" in node.given else ()
    return f"{_sizes(node.parameters.kernel) or '[]'}/{_sizes(stride) or '1'}"


def _sizes(sizes: Iterable[int]) -> str:
    return "x".join(map(str, sizes))


def _recurrent(node: Node) -> str:
    given = node.parameters
    ways = ", both ways" if given.bidirectional else ""
    return f"{given.mode}, {given.num_layers}x{given.state_size}{ways}"


_DETAILS: dict[str, Callable[[Node], str]] = {
    "Convolution": _convolution,
    "Deconvolution": _convolution,
    "FullyConnected": lambda node: str(node.parameters.num_hidden),
    "Activation": lambda node: str(node.parameters.act_type),
    "LeakyReLU": lambda node: str(node.given.get("act_type", "Leaky")),
    "Pooling": _pooling,
    "Embedding": lambda n: f"{n.parameters.input_dim}, {n.parameters.output_dim}",
    "Dropout": lambda node: f"{node.parameters.p:g}",
    "RNN": _recurrent,
    "Custom": lambda node: node.given["op_type"],
}
