"""Operators of the user's own, on symbols and on arrays."""

from dataflow.operator import kernels
from dataflow.operator.custom import (
    CustomOp,
    CustomOpProp,
    get_all_registered_operators,
    register,
)
from dataflow.operator.python_op import NDArrayOp, NumpyOp, PythonOp

__all__ = [
    "CustomOp",
    "CustomOpProp",
    "NDArrayOp",
    "NumpyOp",
    "PythonOp",
    "get_all_registered_operators",
    "kernels",
    "register",
]
