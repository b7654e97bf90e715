"""The errors a user meets: one family under `MXNetError`.

Where MXNet raises one of Python's own exceptions, the class derives from that too, so
that a program written for MXNet catches what it always caught.
"""

from __future__ import annotations


class MXNetError(RuntimeError):
    """Base of every error that this framework raises on purpose."""


class ArgumentError(MXNetError, ValueError):
    """An argument has a value that cannot be used."""


class ArgumentTypeError(MXNetError, TypeError):
    """An argument has a type that cannot be used."""


class NotImplementedForSymbol(ArgumentTypeError, NotImplementedError):
    """A symbol has no value, so that what arrays can do it cannot."""


class UnknownNameError(ArgumentError, KeyError):
    """A name that does not exist was asked for."""

    __str__ = RuntimeError.__str__  # KeyError would show the message in quotes


class UnknownOperatorError(MXNetError, AttributeError):
    """An operator that does not exist was asked for."""


class UsageError(ArgumentError, AssertionError):
    """Arguments are missing or do not go together, where MXNet fails an assertion."""


class StateError(MXNetError, AssertionError):
    """A module is not bound, a store has no optimizer: too early for the call."""


class MemoryBudgetError(ArgumentError, MemoryError):
    """Nothing that binding can do keeps to the memory budget."""


class SteppingError(MXNetError, NotImplementedError):
    """A cell that only unrolls was called for a single step."""


class ScheduledRateError(MXNetError, UserWarning):
    """The learning rate cannot be set: a scheduler gives it."""


class IndexOutOfRange(ArgumentError, IndexError):
    """An index lies outside of what it indexes."""


class ContextError(ArgumentError):
    """A device does not exist here, or an array lies on the wrong one."""


class UnknownDeviceError(ContextError, UnknownNameError):
    """There is no device type of this name."""


class InferenceError(MXNetError, ValueError):
    """Shapes or types contradict each other, or too little of them is known."""


class GraphError(MXNetError, ValueError):
    """A graph is malformed: it has a cycle, say."""


class GradientError(MXNetError, ValueError):
    """What is asked for cannot be differentiated, or not any more."""


class FormatError(MXNetError, ValueError):
    """A file, or a text in its form, is malformed or beyond a limit."""


class FileError(MXNetError, OSError):
    """A file cannot be read or written."""

    __str__ = RuntimeError.__str__


class MissingFileError(FileError, FileNotFoundError):
    """There is no file of this name."""


class MissingPackageError(MXNetError, ImportError):
    """A package that is optional is needed here, and not installed."""


class OperatorError(MXNetError):
    """An operator failed while running; the original error is the ``__cause__``."""


class UndeclaredAccessError(MXNetError):
    """An operation of the user's own touches an array that it did not declare."""


class SchedulingError(MXNetError):
    """The engine cannot take the work: it was closed, or an array is another's."""


class WaitTimeoutError(MXNetError, TimeoutError):
    """What was waited for did not finish in the given time."""
