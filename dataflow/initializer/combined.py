"""Initializers that choose by a parameter's name: from saved arrays, or by pattern."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray, load

Fill = Callable[[str, NDArray], None]


class Load:
    """Fill parameters with saved arrays of the same name.

    Parameters
    ----------
    param : str or dict
        A file of arrays by name, or the arrays; names may begin with ``arg:`` or
        ``aux:``.
    default_init : Initializer, optional
        What fills a parameter that was not saved.
    verbose : bool
        Log what each parameter was filled with.

    Raises
    ------
    ArgumentTypeError
        The arrays have no names.
    """

    def __init__(
        self,
        param: str | Mapping[str, NDArray],
        default_init: Fill | None = None,
        verbose: bool = False,
    ) -> None:
        arrays: Any = load(param) if isinstance(param, str) else param
        if not isinstance(arrays, Mapping):
            raise ArgumentTypeError(
                "Load needs arrays by name: a dict, or the file of one, not "
                f"{type(arrays).__name__}"
            )
        self.param = {_bare(name): array for name, array in arrays.items()}
        self.default_init = default_init
        self.verbose = verbose

    def __call__(self, name: str, arr: NDArray) -> None:
        """Fill an array; raises ArgumentError for one unknown or of another shape."""
        saved = self.param.get(name)
        if saved is None:
            self._fill_unknown(name, arr)
            return
        if arr.shape != saved.shape:
            raise ArgumentError(
                f"'{name}' was saved with the shape {saved.shape}, but has {arr.shape}"
            )
        arr[:] = saved.as_in_context(arr.context)
        self._log("Initialized %s by loading", name)

    def _fill_unknown(self, name: str, arr: NDArray) -> None:
        if self.default_init is None:
            raise ArgumentError(
                f"'{name}' was not saved, and there is no default_init to fill it; "
                f"saved were {', '.join(self.param) or 'none'}"
            )
        self.default_init(name, arr)
        self._log("Initialized %s by default", name)

    def _log(self, message: str, name: str) -> None:
        if self.verbose:
            logging.info(message, name)


def _bare(name: str) -> str:
    return name[4:] if name.startswith(("arg:", "aux:")) else name


class Mixed:
    """Fill parameters by the first pattern that the beginning of their name matches.

    Parameters
    ----------
    patterns : list of str
        Regular expressions.
    initializers : list of Initializer
        One for each pattern.

    Raises
    ------
    ArgumentError
        The counts differ, or a pattern is malformed.
    """

    def __init__(self, patterns: Sequence[str], initializers: Sequence[Fill]) -> None:
        if len(patterns) != len(initializers):
            raise ArgumentError(
                f"{len(patterns)} patterns need as many initializers, not "
                f"{len(initializers)}"
            )
        self.map = [
            (_compiled(pattern), initializer)
            for pattern, initializer in zip(patterns, initializers, strict=True)
        ]

    def __call__(self, name: str, arr: NDArray) -> None:
        """Fill an array; raises ArgumentError if no pattern matches its name."""
        for pattern, initializer in self.map:
            if pattern.match(name):
                initializer(name, arr)
                return
        raise ArgumentError(
            f"no pattern matches '{name}'; they are "
            f"{', '.join(repr(pattern.pattern) for pattern, _ in self.map) or 'none'}; "
            "add '.*' as the last one, with what fills the rest"
        )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ArgumentError(f"the pattern {pattern!r} is malformed: {error}") from None
