"""Variables and groups: symbols that are not made by an operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataflow.attribute import (
    ANNOTATIONS,
    check_attributes,
    current_attributes,
    is_hidden,
    stored_key,
)
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.graph.node import Entry, Node
from dataflow.graph.origin import caller_origin
from dataflow.symbol.symbol import Symbol
from dataflow_ops.dtypes import CODES


def Variable(
    name: str,
    attr: Mapping[str, str] | None = None,
    shape: Sequence[int] | None = None,
    lr_mult: float | None = None,
    wd_mult: float | None = None,
    dtype: Any = None,
    init: Any = None,
    stype: str | None = None,
    **kwargs: str,
) -> Symbol:
    """Return a symbol that stands for an array bound later.

    Parameters
    ----------
    name : str
        Its name.
    attr : mapping, optional
        Attributes of the user's own, strings.
    shape : sequence of int, optional
        Its shape, as far as known (0 for an unknown dimension).
    lr_mult, wd_mult : float, optional
        Factors of its learning rate and weight decay.
    dtype : dtype, optional
        Its element type.
    init : Initializer or str, optional
        How a module fills it: an initializer, or the text of its ``dumps()``.
    stype : str, optional
        Its storage type; only ``"default"``, which is dense, exists here.
    **kwargs : str
        Further hidden attributes, such as ``__ctx_group__``.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        A name that is no string, an attribute that is no string, an unknown type.
    """
    if not isinstance(name, str):
        raise ArgumentTypeError(f"a variable's name is a string, not {name!r}")
    own = {stored_key(key): value for key, value in (attr or {}).items()}
    attributes = {**current_attributes(), **own}
    for key, value in kwargs.items():
        if not is_hidden(key) and key not in ANNOTATIONS:
            raise ArgumentError(
                f"a variable has no '{key}'; an attribute of your own begins and ends "
                f"with two underscores: __{key}__"
            )
        attributes[stored_key(key)] = value
    factors = {"__lr_mult__": lr_mult, "__wd_mult__": wd_mult}
    attributes |= {k: str(v) for k, v in factors.items() if v is not None}
    if shape is not None:
        attributes["__shape__"] = str(tuple(int(d) for d in shape))
    if dtype is not None:
        attributes["__dtype__"] = str(_code(dtype))
    if init is not None:
        attributes["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        if stype != "default":
            raise ArgumentError(f"variable '{name}': there is no sparse storage here")
        attributes["__storage_type__"] = "0"
    check_attributes(attributes)
    node = Node(None, name, attributes=attributes, origin=caller_origin())
    return Symbol([Entry(node, 0)])


var = Variable


def _code(dtype: Any) -> int:
    wanted = np.dtype(dtype)
    for code, known in CODES.items():
        if known == wanted:
            return code
    raise ArgumentError(
        f"a variable cannot have type {wanted}; use one of "
        f"{', '.join(map(str, CODES.values()))}"
    )


def Group(symbols: Sequence[Symbol]) -> Symbol:
    """Join the outputs of several symbols into one; raises ArgumentTypeError."""
    for symbol in symbols:
        if not isinstance(symbol, Symbol):
            raise ArgumentTypeError(f"a group is made of symbols, not {symbol!r}")
    if not symbols:
        raise ArgumentTypeError("a group needs at least one symbol")
    return Symbol([entry for symbol in symbols for entry in symbol.entries])
