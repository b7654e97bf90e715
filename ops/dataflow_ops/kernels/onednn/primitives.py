"""Primitives: computations on arrays of fixed shapes, made once and shared.

A primitive holds no memory: whoever runs it brings all, its scratchpad included. So one
serves every kernel bound to such shapes, in any thread.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_char_p
from functools import cached_property
from typing import Any, NamedTuple

from dataflow_ops.kernels import fpmath
from dataflow_ops.kernels.onednn import codes
from dataflow_ops.kernels.onednn.codes import Algorithm, Query
from dataflow_ops.kernels.onednn.library import (
    Failure,
    call,
    engine,
    has_bfloat16,
    library,
    make,
)
from dataflow_ops.kernels.onednn.memory import Layout, owns
from dataflow_ops.kernels.onednn.threads import using

# Implementations that NumPy beats, by how their names begin. That of recurrent layers
# bears such a name, too, but is made of fast matrix products.
_SLOW = ("ref", "simple_nchw")
_RECURRENT = ("lstm", "lbr_gru", "vanilla_rnn")
_MOVING = "reorder"
# Which parameters describe what is multiplied, of primitives that bfloat16 speeds up.
_FACTORS = {
    "matmul": (0, 1),
    "convolution_forward": (2, 3),
    "convolution_backward_data": (2, 3),
    "convolution_backward_weights": (1, 4),
    "deconvolution_forward": (2, 3),
    # Data, state and weights; what comes out and goes in at the next step, too
    **dict.fromkeys(("lstm_forward", "lstm_backward"), (2, 3, 5, 6, 10, 11)),
    **dict.fromkeys(("lbr_gru_forward", "lbr_gru_backward"), (2, 3, 4, 5, 7, 8)),
    **dict.fromkeys(
        ("vanilla_rnn_forward", "vanilla_rnn_backward"), (3, 4, 5, 6, 8, 9)
    ),
}


class Step(NamedTuple):
    """What is done to each element of a primitive's result before it is written.

    Parameters
    ----------
    algorithm : Algorithm
        A function of the element; or SUM or PRODUCT, of it and an operand's.
    alpha, beta : float
        Numbers that the function takes.
    operand : Layout, optional
        How the operand lies; axes of length 1 are repeated.
    """

    algorithm: Algorithm
    alpha: float = 0.0
    beta: float = 0.0
    operand: Layout | None = None


class Primitive:
    """One computation, in the arithmetic of `fpmath.mode` when it is made.

    Parameters
    ----------
    name : str
        The function that describes it, without ``primitive_desc_create``.
    parameters : object
        What that takes, apart from the engine and the attributes: layouts, numbers, and
        for a backward pass the forward primitive.
    threads : int
        How many threads it uses; see `threads`.
    adding : bool
        Whether it adds to what its result holds, instead of writing.
    steps : sequence of Step
        What is done to each element of its result.

    Raises
    ------
    Failure
        oneDNN does not have it.
    """

    def __init__(
        self,
        name: str,
        *parameters: Any,
        threads: int,
        adding: bool = False,
        steps: Sequence[Step] = (),
    ) -> None:
        self.name = name
        self.threads = threads
        rounding = name in _FACTORS and fpmath.mode() == fpmath.BF16
        attributes = _Attributes(adding, steps, rounding)
        rounded = _rounded(name, parameters) if rounding else None
        if rounded is None or not self._describes(rounded, attributes):
            self._describe(parameters, attributes)

    def _describes(self, parameters: Sequence[Any], attributes: _Attributes) -> bool:
        """Describe it, and tell whether oneDNN has fast code for that."""
        try:
            self._describe(parameters, attributes)
        except Failure:
            return False
        return not self.is_slow

    def _describe(self, parameters: Sequence[Any], attributes: _Attributes) -> None:
        given = [_passed(parameter) for parameter in parameters]
        if self.name != _MOVING:  # which names its engines itself
            given.insert(0, engine())
        with using(self.threads):
            self.description = make(
                f"{self.name}_primitive_desc_create", *given, attributes.handle
            )
        owns(self, "primitive_desc", self.description)

    @cached_property
    def handle(self) -> int:
        """What can be run."""
        with using(self.threads):
            handle = make("primitive_create", self.description)
        owns(self, "primitive", handle)
        return handle

    @property
    def moves(self) -> bool:
        """Whether it only changes how values lie."""
        return self.name == _MOVING

    @property
    def implementation(self) -> str:
        """Name of the code that oneDNN chose."""
        text = c_char_p()
        place = ctypes.byref(text)
        call("primitive_desc_query", self.description, Query.IMPLEMENTATION, 0, place)
        return (text.value or b"").decode()

    @property
    def is_slow(self) -> bool:
        """Whether the chosen code is one that NumPy beats."""
        is_recurrent = self.name.startswith(_RECURRENT)
        return self.implementation.startswith(_SLOW) and not is_recurrent

    def layout(self, argument: int) -> Layout:
        """Return how an argument has to lie in memory."""
        known = library().dnnl_primitive_desc_query_md(
            self.description, Query.ARGUMENT, argument
        )
        return Layout(make("memory_desc_clone", known))


def _rounded(name: str, parameters: Sequence[Any]) -> list[Any] | None:
    """Return the parameters with factors in bfloat16; None if they stay as they are."""
    if not has_bfloat16():
        return None
    rounded = list(parameters)
    for position in _FACTORS[name]:
        layout = parameters[position]
        if layout.rounded is None:
            return None
        rounded[position] = layout.rounded()
    return rounded


def _passed(parameter: Any) -> Any:
    """Return what a function takes for a parameter; objects live until it returns."""
    if isinstance(parameter, Layout):
        return parameter.handle
    if isinstance(parameter, Primitive):
        return parameter.description
    return parameter


class _Attributes:
    """Attributes: the scratchpad is the caller's; what is done to operands."""

    def __init__(self, adding: bool, steps: Sequence[Step], rounding: bool) -> None:
        self.handle = make("primitive_attr_create")
        owns(self, "primitive_attr", self.handle)
        mode = codes.USER_SCRATCHPAD
        call("primitive_attr_set_scratchpad_mode", self.handle, mode)
        if rounding:  # oneDNN does it by itself where there is AMX
            call("primitive_attr_set_fpmath_mode", self.handle, codes.FPMATH_BF16)
        if adding or steps:
            self._append(adding, steps)

    def _append(self, adding: bool, steps: Sequence[Step]) -> None:
        appended = make("post_ops_create")
        owns(self, "post_ops", appended)
        for step in steps:
            kind = appended, step.algorithm
            if step.operand is None:
                call("post_ops_append_eltwise", *kind, step.alpha, step.beta)
            else:
                call("post_ops_append_binary", *kind, step.operand.handle)
        if adding:
            call("post_ops_append_sum", appended, 1.0, 0, codes.UNDEFINED)
        call("primitive_attr_set_post_ops", self.handle, appended)


def reorder(source: Layout, target: Layout, threads: int, adding: bool) -> Primitive:
    """Move elements from one layout to another, or add them there."""
    layouts = source, engine(), target, engine()
    return Primitive(_MOVING, *layouts, threads=threads, adding=adding)
