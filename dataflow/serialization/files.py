"""Bytes to and from where a user says: a path, or a URL that fsspec understands."""

from __future__ import annotations

import importlib
import io
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FileError,
    FormatError,
    MissingFileError,
    MissingPackageError,
    MXNetError,
)
from dataflow.serialization import background
from dataflow.serialization.background import settle
from dataflow.serialization.limits import current_limits
from dataflow_engine import Var

# Packages that fsspec needs for the commonest of its protocols.
_DRIVERS = {
    "abfs": "adlfs",
    "az": "adlfs",
    "gcs": "gcsfs",
    "gs": "gcsfs",
    "hdfs": "pyarrow",
    "http": "aiohttp",
    "https": "aiohttp",
    "s3": "s3fs",
    "s3a": "s3fs",
    "sftp": "paramiko",
    "ssh": "paramiko",
}


def check_name(name: Any) -> str:
    """Return a file's name or URL as a string; raises ArgumentTypeError."""
    if not isinstance(name, str | os.PathLike):
        raise ArgumentTypeError(
            f"a file's name must be a string or a path, not {type(name).__name__}"
        )
    path = os.fspath(name)
    if not isinstance(path, str):
        raise ArgumentTypeError("a file's name must be text, not bytes")
    if not path or "\0" in path:
        raise ArgumentError(f"{path!r} cannot be the name of a file")
    return path


@contextmanager
def reading(name: Any) -> Iterator[BinaryIO]:
    """Open what is to be loaded.

    Parameters
    ----------
    name : str or path
        A path or URL.

    Raises
    ------
    FileError, MissingFileError
        It cannot be read; it does not exist.
    MissingPackageError
        The URL needs a package that is not installed.
    """
    path = check_name(name)
    settle(_place(path))
    with _named(path, "read"), _open(path) as stream:
        yield stream


def _open(path: str) -> Any:
    local = _local(path)
    if local is not None:
        return local.open("rb")
    filesystem, place = _filesystem(path)
    with filesystem.open(place, "rb") as stream:
        return io.BytesIO(stream.read(current_limits().bytes + 1))


def read_text(name: Any) -> str:
    """Return the text of a file; raises what `reading` does, and FormatError."""
    limits = current_limits()
    with reading(name) as stream:
        data = stream.read(limits.text + 1)
    limits.check("text", len(data), f"{name}: bytes of the text")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatError(f"{name} is not UTF-8 text: {error}") from None


def write(
    name: Any, pieces: Iterable[bytes | memoryview], reads: Sequence[Var] = ()
) -> None:
    """Write a file as a whole or, if anything fails, leave the old one as it was.

    Inside of `background.in_background` this returns at once, and the file comes later.

    Parameters
    ----------
    name : str or path
        A path or URL. What is written to a URL goes there in one request.
    pieces : iterable of bytes
        The content.
    reads : sequence of Var
        What the pieces are made from, if they are made when they are asked for.

    Raises
    ------
    FileError
        It cannot be written.
    MissingPackageError
        The URL needs a package that is not installed.
    """
    path = check_name(name)
    place = _place(path)
    put = partial(_put, path, place, pieces)
    if background.active():
        background.hand_over(place, put, reads)
    else:
        settle(place)
        put()


def _place(path: str) -> str:
    """Return what a name stands for now: no link, no relative path, no ``file://``."""
    with _named(path, "found"):
        local = _local(path)
        return path if local is None else os.path.realpath(local)


def _put(path: str, place: str, pieces: Iterable[bytes | memoryview]) -> None:
    with _named(path, "written"):
        if _local(path) is None:
            content = b"".join(pieces)
            filesystem, target = _filesystem(path)
            filesystem.pipe_file(target, content)
        else:
            _replace(Path(place), pieces)


def _replace(target: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write beside the target, then rename."""
    if target.exists() and not target.is_file():  # a device, or a pipe
        with target.open("wb") as stream:
            stream.writelines(pieces)
        return
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())  # or a crash could leave an empty file
        with suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _local(path: str) -> Path | None:
    """Return the path of a local file; None for a URL of another kind."""
    if "://" not in path:
        return Path(path)
    if not path.lower().startswith("file://"):
        return None
    parts = urlsplit(path)
    if parts.netloc not in ("", "localhost"):
        raise ArgumentError(f"{path} names a file of another machine")
    return Path(url2pathname(parts.path))


def _filesystem(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL, and the place in it."""
    protocol = url.partition("://")[0]
    core = _imported("fsspec.core", "fsspec", f"URLs such as {url}")
    try:
        return core.url_to_fs(url)  # type: ignore[no-any-return]
    except ImportError as error:
        package = _DRIVERS.get(protocol, f"the driver of {protocol}:// ({error})")
        raise MissingPackageError(
            f"{url} cannot be reached: {protocol}:// needs {package}; "
            f"pip install {_DRIVERS.get(protocol, '...')}"
        ) from error
    except ValueError as error:
        raise ArgumentError(f"{url} cannot be reached: {error}") from error


def _imported(module: str, package: str, what: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(
            f"{what} need the package {package}: pip install {package}"
        ) from error


@contextmanager
def _named(path: str, what: str) -> Iterator[None]:
    """Let whatever goes wrong with a file be an error that names it."""
    try:
        yield
    except MXNetError:
        raise
    except FileNotFoundError as error:
        why = "cannot be written: its folder " if what == "written" else ""
        raise MissingFileError(f"{path} {why}does not exist: {error}") from error
    except OSError as error:
        raise FileError(f"{path} cannot be {what}: {error}") from error
    except Exception as error:
        if _local(path) is not None:
            raise
        # Drivers have errors of their own: of credentials, of the service, ...
        message = f"{path} cannot be {what}: {type(error).__name__}: {error}"
        raise FileError(message) from error


def size_of(stream: BinaryIO) -> int:
    """Count the bytes of an open file, and go back to its start."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return size
