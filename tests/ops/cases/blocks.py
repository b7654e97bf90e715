"""Cases of moving elements between channels and blocks."""

from tests.ops.cases.case import Case

CASES = (
    Case("depth_to_space", {"data": (2, 8, 1, 3)}, {"block_size": 2}),
    Case("depth_to_space", {"data": (1, 9, 2, 1)}, {"block_size": 3}),
    Case("depth_to_space", {"data": (1, 2, 2, 1)}, {"block_size": 1}),
    Case(
        "depth_to_space",
        {"data": (1, 4, 1, 2)},
        {"block_size": 2},
        "float64",
        dtype="float64",
    ),
    Case("space_to_depth", {"data": (2, 2, 4, 6)}, {"block_size": 2}),
    Case("space_to_depth", {"data": (1, 1, 3, 6)}, {"block_size": 3}),
    Case(
        "space_to_depth",
        {"data": (1, 1, 2, 2)},
        {"block_size": 2},
        "int32",
        low=-9,
        high=9,
        dtype="int32",
        differentiable=False,
    ),
)
