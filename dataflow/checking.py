"""Checking that the user's own operations touch only the arrays that they declare.

An operator of the user's own, or a function given to `engine.push`, runs in a *scope*:
the variables that it declared, and those of arrays that it made itself. While checking
is on, everything that reaches an array's value asks here: raw memory, waits, and calls
of operators. The scope belongs to the calling thread or task and is inherited by tasks,
and by threads that trio starts; what other threads do is not seen.

While it is off nothing has a scope, and who would ask looks at one flag.
"""

from __future__ import annotations

import gc
import os
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    MutableSet,
)
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

from dataflow.errors import UndeclaredAccessError
from dataflow.graph.origin import Origin, caller_origin
from dataflow_engine import Operation, Var
from dataflow_engine.operations import is_asynchronous

on = os.environ.get("DATAFLOW_CHECK", "0") not in ("", "0")


class Scope:
    """What one operation of the user's own may touch.

    Parameters
    ----------
    name : str
        What to call it in errors.
    reads, writes : iterable of Var
        What it declared.
    made : set of Var, optional
        What belongs to it; arrays that it makes are added. Several scopes share one if
        they are calls of one object, which may keep arrays for later calls.
    origin : Origin, optional
        Where it was pushed.
    """

    __slots__ = ("made", "name", "origin", "reads", "writes")

    def __init__(
        self,
        name: str,
        reads: Iterable[Var],
        writes: Iterable[Var],
        made: MutableSet[Var] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.name = name
        self.reads = frozenset(reads)
        self.writes = frozenset(writes)
        self.made: MutableSet[Var] = WeakSet() if made is None else made
        self.origin = origin

    def allows(self, var: Var, *, write: bool) -> bool:
        """Tell whether the operation may touch a variable."""
        return (
            var in self.writes or (var in self.reads and not write) or var in self.made
        )

    def complaint(self, var: Var, *, write: bool) -> str:
        """Return what to tell the user of an access that was not declared."""
        place = "" if self.origin is None else f", pushed at {self.origin},"
        words = in_words({var, *self.reads, *self.writes})
        what, where = words[var], caller_origin()
        reads = ", ".join(sorted(words[v] for v in self.reads)) or "nothing"
        writes = ", ".join(sorted(words[v] for v in self.writes)) or "nothing"
        if write and var in self.reads:
            fault = f"writes {what}, which it declared to read only,"
        else:
            fault = (
                f"{'writes' if write else 'reads'} {what}, which it did not declare,"
            )
        return (
            f"{self.name}{place} {fault} at {where}; it declared that it reads "
            f"{reads} and writes {writes}. What it touches without declaring may be "
            "changed by others at the same time: make it an input or an output"
        )


class Owner(Scope):
    """A scope in which all is allowed; what is made belongs to the owner."""

    __slots__ = ()

    def __init__(self, made: MutableSet[Var]) -> None:
        super().__init__("", (), (), made)

    def allows(self, var: Var, *, write: bool) -> bool:
        """Allow it."""
        return True


_scope: ContextVar[Scope | None] = ContextVar("dataflow-scope", default=None)


@contextmanager
def inside(scope: Scope | None) -> Iterator[None]:
    """Check the caller by this scope, if checking is on; None: do not check it."""
    if not on:
        yield
        return
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def touch(var: Var, *, write: bool = False) -> None:
    """Raise UndeclaredAccessError if the caller must not touch a variable."""
    scope = _scope.get()
    if scope is not None and not scope.allows(var, write=write):
        raise UndeclaredAccessError(scope.complaint(var, write=write))


def touch_all(operations: Iterable[Operation]) -> None:
    """Raise UndeclaredAccessError if the caller must not push one of these."""
    if _scope.get() is None:
        return
    for operation in operations:
        for var in operation.writes:
            touch(var, write=True)
        for var in operation.inputs:
            touch(var)


def make(var: Var) -> None:
    """Note that the caller makes an array with a variable of its own."""
    scope = _scope.get()
    if scope is not None:
        scope.made.add(var)


class Free:
    """A function that has no scope, although the thread that runs it may be in one.

    For a thread that waits inside an operation helps with others meanwhile.
    """

    __slots__ = ("_function", "trace_details")

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self.trace_details = getattr(function, "trace_details", None)

    def __call__(self) -> Any:
        """Call it."""
        with inside(None):
            self._function()


class FreeAsync(Free):
    """An asynchronous one."""

    __slots__ = ()

    _function: Callable[[], Awaitable[Any]]

    async def __call__(self) -> None:
        """Await it."""
        with inside(None):
            await self._function()


def free(function: Callable[[], Any]) -> Callable[[], Any]:
    """Return a function that runs without a scope, wherever it is run."""
    return FreeAsync(function) if is_asynchronous(function) else Free(function)


def in_words(variables: Collection[Var]) -> dict[Var, str]:
    """Describe the arrays of variables. No list of arrays is kept: ask the gc."""
    words = {var: repr(var) for var in variables}
    for found in gc.get_referrers(*variables):
        var = getattr(found, "_var", None)
        if isinstance(var, Var) and var in words and hasattr(found, "raw_dtype"):
            words[var] = f"an array {found.shape} {found.raw_dtype} on {found.context}"
    return words
