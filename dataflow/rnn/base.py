"""BaseRNNCell: what all cells have in common, and how one runs over a sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, overload

from dataflow import ndarray, symbol
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.rnn.sequences import Outputs, Steps, arrange, split
from dataflow.rnn.weights import Arrays, RNNParams, take
from dataflow.symbol import Symbol

Activation = str | Callable[..., Symbol]


class BaseRNNCell:
    """Base of recurrent cells; call one with an input and states for a single step.

    A derived class defines `__call__`, `state_info` and, if its weights have gates,
    `_gate_names` and `_num_hidden`.

    Parameters
    ----------
    prefix : str
        Put before the names of weights and nodes.
    params : RNNParams, optional
        Weights shared with other cells; its own by default.
    """

    _num_hidden: int
    _cells: list[BaseRNNCell]  # of which it is made, if it is made of cells

    def __init__(self, prefix: str = "", params: RNNParams | None = None) -> None:
        if not isinstance(params, RNNParams | None):
            raise ArgumentTypeError(
                f"params are RNNParams, such as the params of a cell, not {params!r}"
            )
        self._prefix = prefix
        self._own_params = params is None
        self._params = RNNParams(prefix) if params is None else params
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Name steps and states from 0 again, as for another graph."""
        self._init_counter = -1
        self._counter = -1
        for cell in getattr(self, "_cells", ()):
            cell.reset()

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, Any]:
        """Compute one step.

        Parameters
        ----------
        inputs : Symbol
            The step's input, of shape (batch, features).
        states : sequence of Symbol
            From `begin_state`, or from the step before.

        Returns
        -------
        output : Symbol
            The step's output.
        states : list of Symbol
            For the next step.
        """
        raise NotImplementedError(f"{type(self).__name__} must define __call__")

    @property
    def params(self) -> RNNParams:
        """Its weights, to be shared with another cell."""
        self._own_params = False
        return self._params

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shape (0 for the batch) and layout of each state."""
        raise NotImplementedError(f"{type(self).__name__} must define state_info")

    @property
    def state_shape(self) -> list[tuple[int, ...]]:
        """Shapes of the states, with 0 for the batch."""
        return [info["shape"] for info in self.state_info]

    @property
    def _steps(self) -> bool:
        """Whether it can be called for a single step."""
        return True

    @property
    def _gate_names(self) -> Sequence[str]:
        return ()

    @property
    def _num_gates(self) -> int:
        return len(self._gate_names)

    def _check_unmodified(self) -> None:
        if self._modified:
            raise ArgumentError(
                f"a cell modifies this {type(self).__name__}; call that one instead"
            )

    def begin_state(
        self, func: Callable[..., Symbol] = symbol.zeros, **kwargs: Any
    ) -> list[Symbol]:
        """Return the states before the first step.

        Parameters
        ----------
        func : callable
            What makes a state from its name, shape and layout: ``symbol.zeros``, or
            ``symbol.Variable`` for states given from outside.
        **kwargs
            What else `func` takes.
        """
        self._check_unmodified()
        return [func(**self._state_given(info, kwargs)) for info in self.state_info]

    def _state_given(
        self, info: Mapping[str, Any] | None, kwargs: Mapping[str, Any]
    ) -> dict[str, Any]:
        self._init_counter += 1
        name = f"{self._prefix}begin_state_{self._init_counter}"
        return {**kwargs, **(info or {}), "name": name}

    def _next_name(self) -> str:
        """Return the prefix of the next step's nodes."""
        self._counter += 1
        return f"{self._prefix}t{self._counter}_"

    # Weights, gate by gate

    def _gate_parts(self, group: str, kind: str) -> list[str]:
        return [f"{self._prefix}{group}{gate}_{kind}" for gate in self._gate_names]

    def unpack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Divide packed weights into those of the single gates.

        Parameters
        ----------
        args : mapping
            Arrays by name; what is not this cell's is kept as it is.

        Returns
        -------
        dict
            With ``lstm_i2h_i_weight`` and so on instead of ``lstm_i2h_weight``.

        Raises
        ------
        UnknownNameError
            A weight of the cell is missing.
        """
        result = dict(args)
        for group in ("i2h", "h2h") if self._gate_names else ():
            for kind in ("weight", "bias"):
                packed = take(result, f"{self._prefix}{group}_{kind}")
                for j, name in enumerate(self._gate_parts(group, kind)):
                    start = j * self._num_hidden
                    result[name] = packed[start : start + self._num_hidden].copy()
        return result

    def pack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Join the weights of single gates; the reverse of `unpack_weights`.

        Raises
        ------
        UnknownNameError
            A weight of the cell is missing.
        """
        result = dict(args)
        for group in ("i2h", "h2h") if self._gate_names else ():
            for kind in ("weight", "bias"):
                names = self._gate_parts(group, kind)
                parts = [take(result, name) for name in names]
                packed = ndarray.concatenate(parts)
                result[f"{self._prefix}{group}_{kind}"] = packed
        return result

    # Sequences

    @overload
    def unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None = ...,
        layout: str = ...,
        *,
        merge_outputs: Literal[True],
    ) -> tuple[Symbol, list[Any]]: ...

    @overload
    def unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None = ...,
        layout: str = ...,
        *,
        merge_outputs: Literal[False],
    ) -> tuple[list[Symbol], list[Any]]: ...

    @overload
    def unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None = ...,
        layout: str = ...,
        merge_outputs: bool | None = ...,
    ) -> tuple[Outputs, list[Any]]: ...

    def unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Outputs, list[Any]]:
        """Run it over a sequence.

        Parameters
        ----------
        length : int
            Number of steps.
        inputs : Symbol or sequence of Symbol
            All steps in one symbol of the layout, or a symbol of shape
            (batch, features) for each.
        begin_state : sequence of Symbol, optional
            Its first states; those of `begin_state` by default.
        layout : str
            Axes of joined inputs and outputs, ``"NTC"`` or ``"TNC"``: N is the batch,
            T the time, C the features.
        merge_outputs : bool, optional
            Return the outputs as one symbol (True), as a list (False), or as it comes
            easiest (None).

        Returns
        -------
        outputs : Symbol or list of Symbol
            Of all steps.
        states : list of Symbol
            After the last step.

        Raises
        ------
        ArgumentError
            The inputs are not as many as the steps, or a group of symbols.
        """
        return self._unroll(length, inputs, begin_state, layout, merge_outputs)

    def _unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None,
        layout: str,
        merge_outputs: bool | None,
    ) -> tuple[Outputs, list[Any]]:
        """Do what `unroll` does; what a derived class overrides."""
        self.reset()
        steps = split(length, inputs, layout)
        states: Any = self.begin_state() if begin_state is None else begin_state
        outputs = []
        for step in steps:
            output, states = self(step, states)
            outputs.append(output)
        return arrange(length, outputs, layout, merge_outputs), states

    def _get_activation(
        self, inputs: Symbol, activation: Activation, **kwargs: Any
    ) -> Symbol:
        """Apply an activation, given by name or as a function."""
        if isinstance(activation, str):
            kwargs["act_type"] = activation
            return symbol.Activation(inputs, **kwargs)
        return activation(inputs, **kwargs)
