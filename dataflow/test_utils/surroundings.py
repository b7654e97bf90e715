"""What a test runs in: contexts, environment variables, output, repetition."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from typing import Any

from dataflow import context
from dataflow.context import Context, check_context, current_context, num_gpus
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import waitall

_STDERR = 2  # the file that C code writes errors to


def default_context() -> Context:
    """Return the context that is used where none is given."""
    return current_context()


def set_default_context(ctx: Context) -> None:
    """Set the context that is used outside of any ``with`` block."""
    context._DEFAULT = check_context(ctx, "ctx")


def list_gpus() -> range:
    """Return the numbers of the GPUs that can be used."""
    return range(num_gpus())


def assert_exception(
    f: Callable[..., Any],
    exception_type: type[BaseException],
    *args: Any,
    **kwargs: Any,
) -> None:
    """Raise AssertionError unless a call raises an exception of a type."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{f!r} did not raise {exception_type.__name__}")


def retry(n: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator for tests that may fail by chance.

    A test that raises AssertionError is run again, up to `n` times in all.
    """
    if n < 1:
        raise ArgumentError(f"a test cannot be run {n} times; give 1 or more")

    def decorate(f: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(f)
        def wrapper(*args: Any, **kwargs: Any) -> None:
            for _ in range(n - 1):
                try:
                    return f(*args, **kwargs)
                except AssertionError:
                    waitall()
            return f(*args, **kwargs)

        return wrapper

    return decorate


@contextmanager
def discard_stderr() -> Iterator[None]:
    """Return a scope for ``with`` whose error output, that of C code too, is lost."""
    kept = os.dup(_STDERR)
    try:
        with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
            os.dup2(nowhere.fileno(), _STDERR)
            yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


@contextmanager
def environment(*args: Any) -> Iterator[None]:
    """Return a scope for ``with`` in which environment variables are set.

    Parameters
    ----------
    *args : str and str, or mapping
        A name and a value, or values by name; None for a variable that shall not be
        there.
    """
    values: Mapping[str, str | None]
    if len(args) == 1 and isinstance(args[0], Mapping):
        values = args[0]
    elif len(args) == 2:
        values = {args[0]: args[1]}
    else:
        raise ArgumentTypeError("environment takes a name and a value, or one dict")
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        waitall()
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
