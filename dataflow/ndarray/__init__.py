"""Arrays and the operators on them, run as they are called."""

from typing import TYPE_CHECKING, Any

from dataflow.arithmetic import binary_functions
from dataflow.graph.signature import unknown_operator
from dataflow.ndarray import _internal, contrib, linalg, op, random
from dataflow.ndarray.creation import (
    arange,
    array,
    concatenate,
    empty,
    eye,
    full,
    linspace,
    ones,
    waitall,
    zeros,
)
from dataflow.ndarray.exchange import (
    from_dlpack,
    from_numpy,
    to_dlpack_for_read,
    to_dlpack_for_write,
)
from dataflow.ndarray.files import load, load_frombuffer, save
from dataflow.ndarray.functions import FUNCTIONS
from dataflow.ndarray.ndarray import NDArray
from dataflow.ndarray.rearranging import histogram, moveaxis, onehot_encode, split_v2

__all__ = [
    "NDArray",
    "_internal",
    "arange",
    "array",
    "concatenate",
    "contrib",
    "empty",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "histogram",
    "linalg",
    "linspace",
    "load",
    "load_frombuffer",
    "moveaxis",
    "onehot_encode",
    "ones",
    "op",
    "random",
    "save",
    "split_v2",
    "to_dlpack_for_read",
    "to_dlpack_for_write",
    "waitall",
    "zeros",
]

if TYPE_CHECKING:  # what an editor shows
    from dataflow.ndarray.op import *  # noqa: F403

for _functions in (FUNCTIONS, binary_functions(NDArray)):
    globals().update({n: f for n, f in _functions.items() if n not in __all__})


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.ndarray", name)
