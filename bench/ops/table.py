"""The operators to time: each family's main ones, on shapes that networks have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Timed:
    """One operator on given shapes.

    Parameters
    ----------
    family : str
        The file that declares it.
    operator : str
        Its name in MXNet and here.
    inputs : mapping
        Shapes by input name; auxiliary states last.
    attributes : mapping
        As a user passes them.
    train : bool
        Time forward and backward together, else forward alone.
    integers : mapping
        Inputs that hold integers from 0 to a bound.
    states : tuple of str
        Inputs that are auxiliary states.
    """

    family: str
    operator: str
    inputs: Mapping[str, Shape]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    train: bool = False
    integers: Mapping[str, int] = field(default_factory=dict)
    states: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name without blanks, the same on every side."""
        shape = "x".join(map(str, next(iter(self.inputs.values()))))
        settings = "-".join(str(v).replace(" ", "") for v in self.attributes.values())
        phase = "train" if self.train else "forward"
        return "/".join(filter(None, (self.operator, shape, settings, phase)))

    def values(self) -> dict[str, np.ndarray]:
        """Draw the inputs, the same on every side; all above zero."""
        stream = np.random.RandomState(1)
        return {
            name: stream.randint(0, self.integers[name], shape).astype("float32")
            if name in self.integers
            else stream.uniform(0.5, 1.5, shape).astype("float32")
            for name, shape in self.inputs.items()
        }


_IMAGE = (16, 64, 28, 28)
_NORMAL = {"data": _IMAGE, "gamma": (64,), "beta": (64,)}
_STATES = {"moving_mean": (64,), "moving_var": (64,)}
_CONV = {"data": _IMAGE, "weight": (64, 64, 3, 3), "bias": (64,)}
_CONV_SETTINGS = {"kernel": (3, 3), "num_filter": 64, "pad": (1, 1)}
_DENSE = {"data": (64, 784), "weight": (512, 784), "bias": (512,)}
_LSTM = 4 * 200 * (200 + 200 + 2)

TABLE: tuple[Timed, ...] = (
    Timed("dense", "FullyConnected", _DENSE, {"num_hidden": 512}),
    Timed("dense", "FullyConnected", _DENSE, {"num_hidden": 512}, train=True),
    Timed("convolution", "Convolution", _CONV, _CONV_SETTINGS),
    Timed("convolution", "Convolution", _CONV, _CONV_SETTINGS, train=True),
    Timed(
        "deconvolution",
        "Deconvolution",
        {"data": (16, 32, 14, 14), "weight": (32, 32, 4, 4)},
        {"kernel": (4, 4), "num_filter": 32, "stride": (2, 2), "pad": (1, 1)},
    ),
    Timed(
        "pooling",
        "Pooling",
        {"data": _IMAGE},
        {"kernel": (2, 2), "stride": (2, 2), "pool_type": "max"},
        train=True,
    ),
    Timed(
        "normalization",
        "BatchNorm",
        {**_NORMAL, **_STATES},
        {"fix_gamma": False},
        train=True,
        states=tuple(_STATES),
    ),
    Timed(
        "layer_normalization",
        "LayerNorm",
        {"data": (64, 35, 200), "gamma": (200,), "beta": (200,)},
        train=True,
    ),
    Timed("activation", "Activation", {"data": _IMAGE}, {"act_type": "relu"}),
    Timed("activation", "Activation", {"data": _IMAGE}, {"act_type": "tanh"}),
    Timed("softmax", "softmax", {"data": (512, 1000)}),
    Timed(
        "loss",
        "SoftmaxOutput",
        {"data": (512, 1000), "label": (512,)},
        integers={"label": 1000},
        train=True,
    ),
    Timed("elementwise", "exp", {"data": (1000, 1000)}),
    Timed("elementwise", "erf", {"data": (1000, 1000)}),
    Timed("broadcast", "broadcast_add", {"lhs": (1000, 1000), "rhs": (1, 1000)}),
    Timed("broadcast", "broadcast_mul", {"lhs": (1000, 1000), "rhs": (1000, 1000)}),
    Timed("reduction", "sum", {"data": (1000, 1000)}, {"axis": 1}),
    Timed("reduction", "max", {"data": (1000, 1000)}, {"axis": 0}),
    Timed("reduction", "argmax", {"data": (1000, 1000)}, {"axis": 1}),
    Timed("linalg", "dot", {"lhs": (512, 512), "rhs": (512, 512)}),
    Timed("linalg", "batch_dot", {"lhs": (32, 128, 64), "rhs": (32, 64, 128)}),
    Timed("axes", "transpose", {"data": _IMAGE}, {"axes": (0, 2, 3, 1)}),
    Timed("pieces", "Concat", {"arg0": _IMAGE, "arg1": _IMAGE}, {"dim": 1}),
    Timed(
        "indexing",
        "Embedding",
        {"data": (32, 35), "weight": (10000, 200)},
        {"input_dim": 10000, "output_dim": 200},
        train=True,
        integers={"data": 10000},
    ),
    Timed(
        "indexing",
        "take",
        {"a": (10000, 200), "indices": (1120,)},
        integers={"indices": 10000},
    ),
    Timed("ordering", "sort", {"data": (1000, 1000)}),
    Timed("ordering", "topk", {"data": (1000, 1000)}, {"k": 5}),
    Timed(
        "rnn",
        "RNN",
        {
            "data": (35, 32, 200),
            "parameters": (_LSTM,),
            "state": (1, 32, 200),
            "state_cell": (1, 32, 200),
        },
        {"mode": "lstm", "num_layers": 1, "state_size": 200},
    ),
    Timed("sequence", "SequenceReverse", {"data": (35, 32, 200)}),
)
