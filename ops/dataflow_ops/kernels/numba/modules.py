"""Generated modules: written to a cache folder, imported, and compiled once.

Numba keeps what it compiled only for functions of real files. A file is named by a hash
of its text, so one text is compiled once, for all programs of this user.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType


@cache
def is_usable() -> bool:
    """Import Numba when it is first needed; warn where that fails, as it may.

    An installed Numba refuses versions of NumPy that are newer than it knows.
    """
    try:
        importlib.import_module("numba")
    except Exception as error:  # whatever it is, NumPy computes the same
        message = f"Numba is installed but cannot be used, so NumPy computes: {error}"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return False
    return True


@cache
def imported(text: str) -> ModuleType:
    """Return the module of a text."""
    name = f"dataflow_kernel_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    path = _folder() / f"{name}.py"
    if not path.is_file() or path.read_text() != text:
        _write(path, text)
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # Numba looks its functions' modules up
    found.loader.exec_module(module)
    return module


def _write(path: Path, text: str) -> None:
    """Write a file as a whole: another process may be about to read it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(temporary).replace(path)


@cache
def _folder() -> Path:
    """Return where generated modules are kept: a folder that only this user writes to.

    ``DATAFLOW_CACHE`` names another one.
    """
    chosen = os.environ.get("DATAFLOW_CACHE")
    base = Path(chosen) if chosen else Path(_user_cache()) / "dataflow"
    folder = base / "kernels"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_own(folder) and os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="dataflow-kernels-"))


def _user_cache() -> str:
    if os.name == "nt":
        return os.environ.get("LOCALAPPDATA", tempfile.gettempdir())
    return os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")


def _is_own(folder: Path) -> bool:
    """Tell whether nobody else can put a module there, which would be run."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022
