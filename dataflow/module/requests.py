"""Which arguments of a module get a gradient, and how it is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dataflow.errors import ArgumentError, UnknownNameError, UsageError
from dataflow_ops.errors import suggestion


def gradient_requests(
    grad_req: Any, arguments: Sequence[str], trained: Collection[str]
) -> dict[str, str]:
    """Return ``"write"``, ``"add"`` or ``"null"`` for each argument.

    Parameters
    ----------
    grad_req : str, list or dict
        A string for all that are trained; or one for every argument, in order; or some
        by name, beside ``"write"`` for the others that are trained.
    arguments : sequence of str
        Names of all arguments.
    trained : collection of str
        Names of those that get a gradient.

    Raises
    ------
    ArgumentError
        It is something else, or is of an unknown name, or has a wrong length.
    """
    if isinstance(grad_req, str):
        return {name: grad_req if name in trained else "null" for name in arguments}
    if isinstance(grad_req, Mapping):
        _check_names(grad_req, arguments)
        return gradient_requests("write", arguments, trained) | dict(grad_req)
    if not isinstance(grad_req, list | tuple):
        raise ArgumentError(
            f"grad_req is a string, a list of strings or a dict, not {grad_req!r}"
        )
    if len(grad_req) != len(arguments):
        raise UsageError(
            f"grad_req has {len(grad_req)} entries for {len(arguments)} arguments: "
            f"{', '.join(arguments)}"
        )
    return dict(zip(arguments, grad_req, strict=True))


def _check_names(grad_req: Mapping[str, str], arguments: Sequence[str]) -> None:
    for name in grad_req:
        if name not in arguments:
            hint = suggestion(name, arguments) or f"it has {', '.join(arguments)}"
            raise UnknownNameError(f"grad_req: no argument is called '{name}'; {hint}")
