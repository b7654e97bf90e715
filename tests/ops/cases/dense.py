"""Cases of fully connected layers."""

from tests.ops.cases.case import Case

CASES = (
    Case(
        "FullyConnected",
        {"data": (4, 3), "weight": (5, 3), "bias": (5,)},
        {"num_hidden": 5},
        inferred=("weight", "bias"),
    ),
    Case(
        "FullyConnected",
        {"data": (4, 2, 3), "weight": (5, 6)},
        {"num_hidden": 5, "no_bias": True},
        inferred=("weight",),
    ),
    Case(
        "FullyConnected",
        {"data": (4, 2, 3), "weight": (5, 3), "bias": (5,)},
        {"num_hidden": 5, "flatten": False},
        inferred=("weight", "bias"),
    ),
)
