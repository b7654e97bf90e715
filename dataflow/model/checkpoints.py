"""Checkpoints: a symbol and its parameters in files."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from dataflow import ndarray as nd
from dataflow import symbol as sym
from dataflow.context import cpu
from dataflow.errors import ArgumentTypeError, FormatError
from dataflow.ndarray import NDArray
from dataflow.serialization.background import afterwards
from dataflow.serialization.files import check_name
from dataflow.symbol import Symbol

Params = dict[str, NDArray]


def save_checkpoint(
    prefix: Any,
    epoch: int,
    symbol: Symbol | None,
    arg_params: Mapping[str, NDArray],
    aux_params: Mapping[str, NDArray],
    remove_amp_cast: bool = True,
) -> None:
    """Save a symbol and its parameters; a file that exists is replaced as a whole.

    Parameters
    ----------
    prefix : str
        A path or URL with which the names of the files begin:
        ``<prefix>-symbol.json`` and ``<prefix>-0007.params``.
    epoch : int
        Number of the checkpoint.
    symbol : Symbol, optional
        The symbol; without one, parameters only are saved.
    arg_params, aux_params : mapping
        Parameters and auxiliary states by name.
    remove_amp_cast : bool
        As in `Symbol.save`.

    Raises
    ------
    ArgumentTypeError
        A parameter is no array, or the epoch no number.
    FileError
        A file cannot be written; the old one is as it was.
    """
    name = _params_file(prefix, epoch)
    arrays = _marked("arg", arg_params) | _marked("aux", aux_params)
    if symbol is not None:
        symbol.save(_symbol_file(prefix), remove_amp_cast=remove_amp_cast)
    nd.save(name, arrays)
    afterwards(partial(logging.info, 'Saved checkpoint to "%s"', name))


def load_params(prefix: Any, epoch: int) -> tuple[Params, Params]:
    """Return the parameters and auxiliary states of a checkpoint, by name.

    Parameters
    ----------
    prefix, epoch
        As in `save_checkpoint`.

    Raises
    ------
    FormatError
        The file is malformed, or holds something else than parameters.
    FileError, MissingFileError
        It cannot be read; it does not exist.
    """
    name = _params_file(prefix, epoch)
    found: dict[str, Params] = {"arg": {}, "aux": {}}
    loaded = nd.load(name)
    if not loaded:
        logging.warning("Params file '%s' is empty", name)
    elif not isinstance(loaded, dict):
        raise FormatError(f"{name}: its arrays have no names")
    else:
        for key, array in loaded.items():
            kind, rest = _parted(key, name)
            found.setdefault(kind, {})[rest] = array
    return found["arg"], found["aux"]


def load_checkpoint(prefix: Any, epoch: int) -> tuple[Symbol, Params, Params]:
    """Return the symbol, parameters and auxiliary states of a checkpoint.

    Parameters
    ----------
    prefix, epoch
        As in `save_checkpoint`.

    Raises
    ------
    FormatError, FileError, MissingFileError
        As in `load_params`.
    """
    return sym.load(_symbol_file(prefix)), *load_params(prefix, epoch)


def _symbol_file(prefix: Any) -> str:
    return f"{check_name(prefix)}-symbol.json"


def _params_file(prefix: Any, epoch: Any) -> str:
    try:
        return "%s-%04d.params" % (check_name(prefix), epoch)  # noqa: UP031 - as MXNet
    except TypeError:
        raise ArgumentTypeError(
            f"the epoch of a checkpoint is a number, not {epoch!r}"
        ) from None


def _marked(kind: str, params: Any) -> Params:
    """Return parameters under the names that they have in a file."""
    if not isinstance(params, Mapping):
        raise ArgumentTypeError(
            f"{kind}_params must be a dict from names to NDArrays, not {params!r}"
        )
    for name, array in params.items():
        if not isinstance(array, NDArray):
            raise ArgumentTypeError(
                f"{kind}_params: '{name}' must be an NDArray, not {array!r}"
            )
    return {f"{kind}:{n}": array.as_in_context(cpu()) for n, array in params.items()}


def _parted(key: str, name: str) -> tuple[str, str]:
    kind, colon, rest = key.partition(":")
    if not colon:
        raise FormatError(
            f"{name}: '{key}' is neither 'arg:...' nor 'aux:...', so this is no file "
            "of parameters; load it with nd.load"
        )
    return kind, rest
