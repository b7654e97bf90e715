"""Loading symbols from files and from JSON text; saving is `Symbol.save`."""

from __future__ import annotations

from typing import Any

from dataflow.errors import ArgumentTypeError
from dataflow.serialization import symbol_json
from dataflow.serialization.files import check_name, read_text
from dataflow.symbol.symbol import Symbol


def load(fname: Any) -> Symbol:
    """Return the symbol in a JSON file of MXNet, of its own or an older version.

    Parameters
    ----------
    fname : str or path
        A path, or a URL such as ``s3://bucket/model-symbol.json``.

    Raises
    ------
    FormatError
        The file is malformed; also a ValueError.
    FileError, MissingFileError
        It cannot be read; it does not exist.
    """
    name = check_name(fname)
    return Symbol(symbol_json.loads(read_text(name), name))


def load_json(json_str: str) -> Symbol:
    """Return the symbol in a JSON text.

    Parameters
    ----------
    json_str : str
        What `Symbol.tojson` returns.

    Raises
    ------
    FormatError
        The text is malformed; also a ValueError.
    """
    if not isinstance(json_str, str):
        raise ArgumentTypeError(f"JSON text is needed, not {type(json_str).__name__}")
    return Symbol(symbol_json.loads(json_str, "the JSON text"))


fromjson = load_json
