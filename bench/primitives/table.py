"""What is timed: operators alone, and a normalization between convolutions."""

from __future__ import annotations

from bench.ops.table import Timed

_IMAGE = (16, 64, 28, 28)
_LSTM = 4 * 200 * (200 + 200 + 2)

# Forward and backward; the first ones are computed in bfloat16, too.
PRODUCTS: tuple[Timed, ...] = (
    Timed(
        "convolution",
        "Convolution",
        {"data": _IMAGE, "weight": (64, 64, 3, 3), "bias": (64,)},
        {"kernel": (3, 3), "num_filter": 64, "pad": (1, 1)},
        train=True,
    ),
    Timed(
        "dense",
        "FullyConnected",
        {"data": (256, 1024), "weight": (1024, 1024), "bias": (1024,)},
        {"num_hidden": 1024},
        train=True,
    ),
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
        train=True,
    ),
)
OTHERS: tuple[Timed, ...] = (
    Timed(
        "response_normalization",
        "LRN",
        {"data": (8, 96, 27, 27)},
        {"nsize": 5},
        train=True,
    ),
    *(
        Timed(
            "activation", "Activation", {"data": _IMAGE}, {"act_type": name}, train=True
        )
        for name in ("relu", "sigmoid", "tanh")
    ),
)
TABLE = PRODUCTS + OTHERS
BLOCK = "block"  # convolution, normalization, relu, convolution
BLOCK_SHAPE = (8, 64, 56, 56)
ROUNDED = "bf16"  # ends the names of workloads in that arithmetic
