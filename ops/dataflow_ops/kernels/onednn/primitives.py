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

from dataflow_ops.kernels.onednn import codes
from dataflow_ops.kernels.onednn.codes import Algorithm, Query
from dataflow_ops.kernels.onednn.library import call, engine, library, make
from dataflow_ops.kernels.onednn.memory import Layout, owns
from dataflow_ops.kernels.onednn.threads import using

# Implementations that NumPy beats, by how their names begin. That of recurrent layers
# bears such a name, too, but is made of fast matrix products.
_SLOW = ("ref", "simple_nchw")
_RECURRENT = ("lstm", "lbr_gru", "vanilla_rnn")
_MOVING = "reorder"


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
    """One computation.

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
        attributes = _Attributes(adding, steps)
        given = [_passed(parameter) for parameter in parameters]
        if name != _MOVING:  # which names its engines itself
            given.insert(0, engine())
        with using(threads):
            self.description = make(
                f"{name}_primitive_desc_create", *given, attributes.handle
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


def _passed(parameter: Any) -> Any:
    """Return what a function takes for a parameter; objects live until it returns."""
    if isinstance(parameter, Layout):
        return parameter.handle
    if isinstance(parameter, Primitive):
        return parameter.description
    return parameter


class _Attributes:
    """Attributes: the scratchpad is the caller's, and what is done to the result."""

    def __init__(self, adding: bool, steps: Sequence[Step]) -> None:
        self.handle = make("primitive_attr_create")
        owns(self, "primitive_attr", self.handle)
        mode = codes.USER_SCRATCHPAD
        call("primitive_attr_set_scratchpad_mode", self.handle, mode)
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
