"""Cases of dropout that do not depend on the numbers drawn."""

from tests.ops.cases.case import Case

CASES = (
    Case("Dropout", {"data": (3, 4)}, {"p": 0.0}),
    Case("Dropout", {"data": (3, 4)}, {}, train=False, differentiable=False),
    Case(
        "Dropout",
        {"data": (2, 3, 4)},
        {"p": 0.3, "axes": (2,)},
        train=False,
        differentiable=False,
    ),
    # The numeric gradient draws the same mask each time.
    Case("Dropout", {"data": (4, 5)}, {"p": 0.25}, golden=False),
    Case("Dropout", {"data": (4, 3, 2)}, {"p": 0.5, "axes": (0, -1)}, golden=False),
    Case("Dropout", {"data": (4, 5)}, {"mode": "always"}, golden=False),
)
