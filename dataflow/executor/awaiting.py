"""Running an executor from a task of a trio run, without holding the run up."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any

from dataflow import waiting
from dataflow.ndarray import NDArray


class Awaited(abc.ABC):
    """What an executor does on the engine, awaited.

    A cancelled call gives up the wait only: what was pushed runs on, and a later run
    comes after it. Deadlines are trio's: ``with trio.fail_after(seconds)``.
    """

    @abc.abstractmethod
    def forward(self, is_train: bool = False, **kwargs: Any) -> list[NDArray]:
        """Compute the outputs."""

    @abc.abstractmethod
    def backward(
        self,
        out_grads: NDArray | Sequence[NDArray] | None = None,
        is_train: bool = True,
    ) -> None:
        """Compute the gradients."""

    @property
    @abc.abstractmethod
    def grad_arrays(self) -> list[NDArray | None]:
        """The gradients' arrays, None where none is wanted."""

    async def forward_async(
        self, is_train: bool = False, **kwargs: Any
    ) -> list[NDArray]:
        """Compute the outputs, and return them when they are there.

        Parameters
        ----------
        is_train, **kwargs
            As in `forward`.

        Returns
        -------
        list of NDArray
            The outputs, the same arrays at every call: another task that runs this
            executor writes into them. A task that shares it copies what it needs.

        Raises
        ------
        ArgumentTypeError, ArgumentError
            As in `forward`.
        OperatorError
            An operator failed; the error has the traceback of its own.
        """
        outputs = self.forward(is_train, **kwargs)
        await waiting.wait_for_each(output.var for output in outputs)
        return outputs

    async def backward_async(
        self,
        out_grads: NDArray | Sequence[NDArray] | None = None,
        is_train: bool = True,
    ) -> list[NDArray | None]:
        """Compute the gradients, and return them when they are there.

        Parameters
        ----------
        out_grads, is_train
            As in `backward`.

        Returns
        -------
        list of NDArray or None
            As `grad_arrays`.

        Raises
        ------
        MXNetError, ArgumentError
            As in `backward`.
        OperatorError
            An operator failed; the error has the traceback of its own.
        """
        self.backward(out_grads, is_train)
        gradients = self.grad_arrays
        await waiting.wait_for_each(x.var for x in gradients if x is not None)
        return gradients
