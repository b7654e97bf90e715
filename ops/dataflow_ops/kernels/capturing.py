"""Which kernels can be captured on a GPU, to be launched again as a part of a graph.

A kernel can if all that it does at a run is to call functions that go element by
element and write into arrays it was given. It must not make an array, ask for a value,
look at anything that changes from run to run, or call a library: CuPy refuses products
and solvers while a stream is captured. To add to an output a kernel makes an array.
"""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.table import Request

# The reference kernels, which are those of devices, of these operators; the tests of
# devices capture every case of theirs.
_FUNCTIONS = frozenset(
    {
        *("_contrib_div_sqrt_dim", "_contrib_gradientmultiplier", "_contrib_sign_ste"),
        *("_copy", "abs", "add_n", "amp_cast", "arccos", "arccosh", "arcsin"),
        *("arcsinh", "arctan", "arctanh", "BlockGrad", "Cast", "cbrt", "ceil", "cos"),
        *("cosh", "erfinv", "exp", "expm1", "fix", "floor", "log", "log10", "log1p"),
        *("log2", "logical_not", "make_loss", "MakeLoss", "negative", "rcbrt"),
        *("reciprocal", "relu", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt"),
        *("square", "tan", "tanh", "trunc", "LinearRegressionOutput"),
        *("LogisticRegressionOutput", "MAERegressionOutput"),
        *("_backward_Cast", "_backward_Dropout", "_backward_LinearRegressionOutput"),
        *("_backward_LogisticRegressionOutput", "_backward_MAERegressionOutput"),
    }
)
_PAIRS = frozenset(
    {
        *("_equal", "_greater", "_greater_equal", "_hypot", "_lesser"),
        *("_lesser_equal", "_logical_and", "_logical_or", "_logical_xor", "_maximum"),
        *("_minimum", "_not_equal", "_power"),
        *("elemwise_add", "elemwise_div", "elemwise_mul", "elemwise_sub"),
        *("broadcast_add", "broadcast_div", "broadcast_equal", "broadcast_greater"),
        *("broadcast_greater_equal", "broadcast_hypot", "broadcast_lesser"),
        *("broadcast_lesser_equal", "broadcast_logical_and", "broadcast_logical_or"),
        *("broadcast_logical_xor", "broadcast_maximum", "broadcast_minimum"),
        *("broadcast_mul", "broadcast_not_equal", "broadcast_power", "broadcast_sub"),
    }
)
_SCALARS = frozenset(
    {
        *("_div_scalar", "_equal_scalar", "_greater_equal_scalar", "_greater_scalar"),
        *("_hypot_scalar", "_lesser_equal_scalar", "_lesser_scalar"),
        *("_logical_and_scalar", "_logical_or_scalar", "_logical_xor_scalar"),
        *("_maximum_scalar", "_minimum_scalar", "_minus_scalar", "_mul_scalar"),
        *("_not_equal_scalar", "_plus_scalar", "_power_scalar", "_rdiv_scalar"),
        *("_rminus_scalar", "_rpower_scalar"),
    }
)
_MOVES = frozenset(
    {
        *("_rnn_param_concat", "_slice_assign", "_slice_assign_scalar", "_split_v2"),
        *("broadcast_axis", "broadcast_like", "broadcast_to", "Concat", "Crop"),
        *("depth_to_space", "expand_dims", "Flatten", "repeat", "Reshape"),
        *("reshape_like", "reverse", "slice", "slice_axis", "slice_like"),
        *("SliceChannel", "space_to_depth", "squeeze", "stack", "SwapAxis", "tile"),
        *("transpose", "_backward_Concat", "_backward_Reshape", "_backward_sum"),
    }
)
CAPTURED = _FUNCTIONS | _PAIRS | _SCALARS | _MOVES
_ACTIVATIONS = ("relu", "sigmoid", "tanh")


def can_be_captured(
    operator: str, attributes: Attributes, requests: Sequence[Request]
) -> bool:
    """Tell whether a kernel can be captured.

    Parameters
    ----------
    operator : str
        Name of the operator.
    attributes : Attributes
        Its typed attributes.
    requests : sequence of Request
        What it does with each output.
    """
    if Request.ADD in requests:
        return False
    if operator == "Activation":
        return attributes.act_type in _ACTIVATIONS
    return operator in CAPTURED
