"""KVStore: a store for the devices of one process."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dataflow import engine
from dataflow import ndarray as nd
from dataflow import optimizer as optimizers
from dataflow.errors import ArgumentError, ArgumentTypeError, StateError
from dataflow.kvstore.base import KVStoreBase
from dataflow.kvstore.compression import TwoBit, from_parameters
from dataflow.kvstore.keys import Groups, Key
from dataflow.kvstore.places import OnDevices, OnHost, Places, beside
from dataflow.kvstore.slots import Slot, Slots, check_shapes, targets
from dataflow.ndarray import NDArray
from dataflow.optimizer import Optimizer, get_updater
from dataflow.recording import mode_scope
from dataflow.serialization.files import reading, write

Updater = Callable[[Key, NDArray, NDArray], Any]


class KVStore(KVStoreBase):
    """Values by keys, shared by the devices of one process; made by `create`.

    What several devices push under one key is summed in the order given, so that
    results repeat exactly. Without an updater the sum becomes the value; with one, it
    is called with the key, the sum and the value, which it changes.

    All calls return at once and run on the engine: what is pushed need not have been
    computed yet. A call that is refused has changed nothing.
    """

    def __init__(self, kind: str) -> None:
        self._type = kind
        self._slots = Slots()
        self._updater: Updater | None = None
        self._compression: TwoBit | None = None
        self._places: Places = OnDevices() if "device" in kind else OnHost()

    @property
    def type(self) -> str:
        """The name by which it was created, such as ``"local"``."""
        return self._type

    @property
    def rank(self) -> int:
        """Number of this process among those that share the store: 0, the only one."""
        return 0

    @property
    def num_workers(self) -> int:
        """Count of processes that share the store: 1."""
        return 1

    # Values

    def init(self, key: Any, value: Any) -> None:
        """Store values for the first time.

        Parameters
        ----------
        key : int, str, or list of such
            Keys; all of them integers, or all strings.
        value : NDArray, or list of NDArray
            A value for each key, which is copied.

        Raises
        ------
        UsageError, ArgumentTypeError
            Keys and values do not go together; keys are of both kinds; a value is no
            array.
        ArgumentError
            A key has a value already.
        """
        pairs = self._slots.new(key, value)
        with _apart():
            self._slots.store(pairs)

    def push(self, key: Any, value: Any, priority: int = 0) -> None:
        """Sum arrays per key; store the sums, or give them to the updater.

        Parameters
        ----------
        key : int, str, or list of such
            Keys.
        value : NDArray, or list of such, or list of lists
            For each key an array, or one from each device.
        priority : int
            What has a higher one runs first. With minus the number of a layer, the
            parameters that the next step needs first are there first.

        Raises
        ------
        UsageError, ArgumentTypeError
            As in `init`.
        UnknownNameError, ArgumentError
            A key has no value yet, or one of another shape.
        """
        values = self._slots.values(key, value)
        with _apart(priority):
            self._take(values)

    def assign(self, key: Any, value: Any) -> None:
        """Set values, past the updater and the compression.

        Parameters
        ----------
        key : int, str, or list of such
            Keys.
        value : NDArray, or list of NDArray
            A value for each key, which is copied.

        Raises
        ------
        UsageError, ArgumentTypeError, UnknownNameError, ArgumentError
            As in `push`.
        """
        pairs = self._slots.pairs(key, value)
        with _apart():
            for name, array in pairs:
                array.copyto(self._slots[name].value)

    def pull(
        self,
        key: Any,
        out: Any = None,
        priority: int = 0,
        ignore_sparse: bool = True,
    ) -> None:
        """Copy values to arrays.

        Parameters
        ----------
        key : int, str, or list of such
            Keys.
        out : NDArray, or list of such, or list of lists
            For each key an array, or one on each device.
        priority : int
            As in `push`.
        ignore_sparse : bool
            Means nothing here: all arrays are dense.

        Raises
        ------
        UsageError, ArgumentTypeError, UnknownNameError, ArgumentError
            As in `push`; `out` is missing.
        """
        del ignore_sparse
        arrays = self._slots.targets(key, out)
        with _apart(priority):
            self._give(arrays)

    def pushpull(
        self, key: Any, value: Any, out: Any = None, priority: int = 0
    ) -> None:
        """Do what `push` and then `pull` do, as one call.

        Parameters
        ----------
        key, value, priority
            As in `push`.
        out : NDArray, or list of such, or list of lists, optional
            As in `pull`; by default the arrays that are pushed.

        Raises
        ------
        UsageError, ArgumentTypeError, UnknownNameError, ArgumentError
            As in `push`.
        """
        values = self._slots.values(key, value)
        arrays = values if out is None else self._slots.targets(key, out)
        with _apart(priority):
            self._take(values)
            self._give(arrays)

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Do what `init` and then `pull` do, as one call.

        Parameters
        ----------
        key, value
            As in `init`.
        out, priority
            As in `pull`.

        Raises
        ------
        UsageError, ArgumentTypeError, ArgumentError
            As in `init`; an array of `out` has another shape than its value.
        """
        pairs = self._slots.new(key, value)
        arrays = targets(key, out)
        for name, initial in pairs:
            check_shapes(name, arrays.get(name, ()), initial.shape)
        with _apart(priority):
            self._slots.store(pairs)
            self._give(arrays)

    def row_sparse_pull(
        self, key: Any, out: Any = None, priority: int = 0, row_ids: Any = None
    ) -> None:
        """Raise ArgumentError: no array is sparse here; call `pull`."""
        del key, out, priority, row_ids
        raise ArgumentError(
            "row_sparse_pull is for row_sparse arrays, and all arrays are dense here; "
            "call pull"
        )

    # What runs on the engine

    def _take(self, groups: Groups) -> None:
        for key in self._slots.in_order(groups):
            slot = self._slots[key]
            values = self._gathered(slot, self._compressed(key, groups[key]))
            if self._updater is None:
                slot.value = _sum(values, slot.value)
            elif len(values) == 1:
                self._updater(key, values[0], slot.value)
            else:
                slot.total = _sum(values, slot.total)
                self._updater(key, slot.total, slot.value)

    def _compressed(self, key: Key, values: list[NDArray]) -> list[NDArray]:
        compress = self._compression
        if compress is None:
            return values
        return [compress(key, number, value) for number, value in enumerate(values)]

    def _gathered(self, slot: Slot, values: list[NDArray]) -> list[NDArray]:
        """Bring what is pushed to where the value lies, and to one type."""
        # One array that becomes the value tells nothing of who will push gradients.
        if not slot.placed and (len(values) > 1 or self._updater is not None):
            pushers = [value.context for value in values]
            home = self._places.choose(slot.value, pushers)
            slot.value, slot.placed = slot.value.as_in_context(home), True
        dtype, home = values[0].dtype, slot.value.context
        return [beside(value.astype(dtype, copy=False), home) for value in values]

    def _give(self, groups: Groups) -> None:
        for key, arrays in groups.items():
            for array in arrays:
                self._slots[key].value.copyto(array)

    # Updates

    def set_updater(self, updater: Updater | None) -> None:
        """Let a function change values by what is pushed.

        Parameters
        ----------
        updater : callable or None
            Takes a key, the sum of what was pushed under it and the value. Its
            exceptions reach whoever pushes. None ends it.

        Raises
        ------
        ArgumentTypeError
            It cannot be called.
        """
        if updater is not None and not callable(updater):
            raise ArgumentTypeError(
                f"an updater is a function of a key and two arrays, not {updater!r}"
            )
        self._updater = updater

    _set_updater = set_updater

    def set_optimizer(self, optimizer: Optimizer) -> None:
        """Let an optimizer change values by the gradients that are pushed.

        Raises
        ------
        ArgumentTypeError
            It is no optimizer.
        """
        if not isinstance(optimizer, Optimizer):
            raise ArgumentTypeError(
                "an optimizer is needed, such as mx.optimizer.create('sgd'), not "
                f"{optimizer!r}"
            )
        self._updater = get_updater(optimizer)

    @staticmethod
    def is_capable(capability: str) -> bool:
        """Tell whether it can do something.

        Parameters
        ----------
        capability : str
            ``"optimizer"``, which it is capable of: it can update what it holds.

        Raises
        ------
        ArgumentError
            There is no such capability.
        """
        if str(capability).lower() != KVStoreBase.OPTIMIZER:
            raise ArgumentError(
                f"there is no capability {capability!r}, only '{KVStoreBase.OPTIMIZER}'"
            )
        return True

    def set_gradient_compression(self, compression_params: Any) -> None:
        """Round what devices push; for stores whose type says ``device``.

        Parameters
        ----------
        compression_params : dict
            ``{"type": "2bit", "threshold": 0.5}``; see
            `dataflow.kvstore.compression.TwoBit`.

        Raises
        ------
        ArgumentError
            The store is of another type, the compression unknown, or the threshold not
            above 0.
        """
        if "device" not in self._type:
            raise ArgumentError(
                f"a store of type '{self._type}' does not compress gradients; create "
                "one of type 'device'"
            )
        self._compression = from_parameters(compression_params)

    # Files

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Save the states of the optimizer; waits for them.

        Parameters
        ----------
        fname : str or path
            A path or URL.
        dump_optimizer : bool
            Save the optimizer itself, too.

        Raises
        ------
        StateError
            There is no optimizer.
        FileError
            The file cannot be written; the old one is as it was.
        """
        keeper = self._keeper("save")
        if isinstance(keeper, optimizers.Updater):
            keeper.save_states(fname, dump_optimizer)
        else:
            write(fname, [keeper.get_states(dump_optimizer)])

    def load_optimizer_states(self, fname: Any) -> None:
        """Load what `save_optimizer_states` saved.

        Parameters
        ----------
        fname : str or path
            A path or URL.

        Raises
        ------
        StateError
            There is no optimizer.
        FormatError, FileError, MissingFileError
            The file is malformed, or a pickle of MXNet's; it cannot be read; it does
            not exist.
        """
        keeper = self._keeper("load")
        with reading(fname) as stream:
            keeper.set_states(stream.read())

    def _keeper(self, what: str) -> Any:
        """Return the updater, if it keeps states."""
        if not hasattr(self._updater, "get_states"):
            has = "no optimizer" if self._updater is None else "an updater of your own"
            raise StateError(
                f"the store has {has}, so there are no states to {what}; call "
                "set_optimizer first"
            )
        return self._updater

    def barrier(self) -> None:
        """Wait for the other processes that share the store: there are none."""

    _barrier = barrier


@contextmanager
def _apart(priority: Any = 0) -> Iterator[None]:
    """Run with a priority, and as no part of what autograd records."""
    try:
        level = operator.index(priority)
    except TypeError:
        raise ArgumentTypeError(f"a priority is an integer, not {priority!r}") from None
    with engine.prioritized(level), mode_scope(recording=False, training=None):
        yield


def _sum(values: list[NDArray], target: NDArray | None) -> NDArray:
    """Sum in the order given, into `target` if its type and place are right."""
    first = values[0]
    wanted = (first.dtype, first.context)
    if target is None or (target.dtype, target.context) != wanted:
        target = nd.empty(first.shape, first.context, first.dtype)
    nd.add_n(*values, num_args=len(values), out=target)
    return target
