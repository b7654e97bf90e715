"""Saving and loading arrays: MXNet's ``.params`` form, and safetensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow.context import Context, cpu, num_gpus
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray.ndarray import NDArray, from_numpy
from dataflow.serialization import background, params, tensors
from dataflow.serialization.files import check_name, reading, size_of, write

Arrays = list[NDArray] | dict[str, NDArray]


def save(fname: Any, data: NDArray | Sequence[NDArray] | Mapping[str, NDArray]) -> None:
    """Save arrays; the old file stays as it was if anything fails.

    Parameters
    ----------
    fname : str or path
        A path or URL; the form is safetensors if it ends in ``.safetensors``, else
        that of MXNet's ``.params`` files.
    data : NDArray, list or dict of NDArray
        Safetensors takes a dict only.

    Raises
    ------
    ArgumentTypeError, ArgumentError
        The data is something else, or of a type that the form cannot hold.
    FileError
        The file cannot be written.
    """
    name = check_name(fname)
    names, arrays = _listed(data)
    if name.endswith(tensors.SUFFIX):
        if not isinstance(data, Mapping):
            raise ArgumentError(
                f"{name}: safetensors holds arrays by name, so save a dict; "
                "a list can be saved as .params"
            )
        write_arrays(name, arrays, partial(_as_tensors, names))
        return
    for number, array in enumerate(arrays):
        params.check_dtype(
            array.raw_dtype, repr(names[number]) if names else f"array {number}"
        )
    write_arrays(name, arrays, partial(content, devices_of(arrays), names))


def write_arrays(
    name: str,
    arrays: Sequence[NDArray],
    pieces: Callable[[Iterator[np.ndarray]], Iterable[bytes | memoryview]],
) -> None:
    """Write a file made of arrays as they are now, also if it is written later.

    Parameters
    ----------
    name : str or path
        A path or URL.
    arrays : sequence of NDArray
        The arrays.
    pieces : callable
        Takes the arrays' values, one after another, and returns the content.
    """
    if not background.active():
        write(name, pieces(array.asnumpy() for array in arrays))
        return
    copies = [
        array.copyto(cpu()) if array.context.is_device else array.copy()
        for array in arrays
    ]
    # Nobody waits where it is written: the engine has seen to it that they are there.
    values = (np.asarray(copy.raw) for copy in copies)
    write(name, pieces(values), [copy.var for copy in copies])


def devices_of(arrays: Sequence[NDArray]) -> list[tuple[int, int]]:
    """Return MXNet's numbers of the arrays' device types and devices.

    MXNet knows no simulated devices: what lies there is saved as if from ``cpu(0)``.
    """
    contexts = [
        cpu() if array.context.device_type == "sim" else array.context
        for array in arrays
    ]
    return [(context.device_typeid, context.device_id) for context in contexts]


def content(
    devices: Sequence[tuple[int, int]],
    names: Sequence[str],
    values: Iterator[np.ndarray],
) -> Iterator[bytes | memoryview]:
    """Return the bytes of a ``.params`` file, piece by piece."""
    return params.dump(map(params.Saved, values, devices), len(devices), names)


def _as_tensors(names: Sequence[str], values: Iterator[np.ndarray]) -> Iterator[bytes]:
    yield tensors.dumps(dict(zip(names, values, strict=True)))


def _listed(data: Any) -> tuple[list[str], list[NDArray]]:
    if isinstance(data, NDArray):
        data = [data]
    if isinstance(data, Mapping):
        names, arrays = list(data), list(data.values())
    elif isinstance(data, list | tuple):
        names, arrays = [], list(data)
    else:
        raise ArgumentError(
            "data must be an NDArray, a list of NDArrays or a dict from names to "
            f"NDArrays, not {type(data).__name__}"
        )
    for array in arrays:
        if not isinstance(array, NDArray):
            raise ArgumentTypeError(
                f"only NDArrays can be saved, not {type(array).__name__}"
            )
    for name in names:
        _check_key(name)
    return names, arrays


def _check_key(name: object) -> None:
    if not isinstance(name, str):
        raise ArgumentTypeError(f"an array's name must be a string, not {name!r}")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ArgumentError(f"the name {name!r} is not Unicode text: {error}") from None


def load(fname: Any) -> Arrays:
    """Load arrays, as a dict if they have names, else as a list.

    Parameters
    ----------
    fname : str or path
        A path or URL; safetensors if it ends in ``.safetensors``.

    Raises
    ------
    FormatError
        The file is malformed; also a ValueError.
    FileError, MissingFileError
        It cannot be read; it does not exist.
    """
    name = check_name(fname)
    with reading(name) as stream:
        if name.endswith(tensors.SUFFIX):
            values = tensors.loads(stream.read(), name)
            return {key: from_numpy(value, cpu()) for key, value in values.items()}
        return _made(*params.load(stream, size_of(stream), name))


def load_frombuffer(buf: bytes) -> Arrays:
    """Load arrays from the content of a ``.params`` file; see `load`."""
    if not isinstance(buf, bytes | bytearray | memoryview):
        raise ArgumentTypeError(f"bytes are needed, not {type(buf).__name__}")
    return _made(*params.loads(bytes(buf), "the buffer"))


def _made(saved: Sequence[params.Saved], names: Sequence[str]) -> Arrays:
    arrays = [from_numpy(array.value, _context(*array.device)) for array in saved]
    return dict(zip(names, arrays, strict=True)) if names else arrays


def _context(device_type: int, device: int) -> Context:
    """Return where to load what was saved from a device: as in MXNet, or on cpu(0)."""
    on_gpu = device_type == Context.TYPES["gpu"] and 0 <= device < num_gpus()
    return Context("gpu", device) if on_gpu else cpu()
