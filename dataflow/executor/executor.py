"""The executor: a compiled graph with its arrays, run forward and backward."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from dataflow import engine
from dataflow.context import Context
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    MXNetError,
    UnknownNameError,
)
from dataflow.executor import capturing
from dataflow.executor.arenas import Arena, allocate_arenas
from dataflow.executor.awaiting import Awaited
from dataflow.executor.binding import Binding, reshaped
from dataflow.executor.compiling import compile_bound, fusion_is_on
from dataflow.executor.display import plan_html
from dataflow.executor.dividing import Divider
from dataflow.executor.lowering import Lowering
from dataflow.executor.monitoring import Callback, Monitor
from dataflow.executor.report import PlanReport, listing, report
from dataflow.executor.verdicts import told
from dataflow.graph.node import Entry, Node, output_name
from dataflow.graph.pipeline import Bound, Compiled
from dataflow.ndarray import NDArray
from dataflow.ndarray import array as make_array
from dataflow.ndarray.moves import copying
from dataflow_engine import Operation, Plan
from dataflow_ops.kernels import fpmath
from dataflow_ops.kernels.resting import rest


class Executor(Awaited):
    """Runs a bound symbol. Made by `Symbol.bind` and `Symbol.simple_bind`.

    Calls return at once; reading an array waits for what computes it. An executor may
    be used from several threads: each run is one step in the order of the engine.
    """

    def __init__(self, binding: Binding, shared: Executor | None = None) -> None:
        self._binding = binding
        self._lock = threading.Lock()
        self._plans: dict[tuple[Lowering, bool, bool], Plan] = {}
        self._monitor: Monitor | None = None
        self._states: dict[Node, dict[Any, Any]] = {}
        self._compiled = compile_bound(
            _given(binding), self._states, fused=fusion_is_on()
        )
        graph = self._compiled.graph
        self._output_names = [output_name(entry) for entry in binding.outputs]
        self._outputs = [self._allocate(entry) for entry in graph.outputs]
        self._head_gradients = {
            number: self._allocate(Entry(node, 0))
            for number, node in self._compiled.head_gradients.items()
        }
        self._lowering: Lowering = self._lower(
            self._compiled, shared._lowering.arenas if shared is not None else {}
        )
        self._composed: Lowering | None = None  # nothing fused, for monitors
        self._ran: Lowering | None = None  # what ran forward last
        self._divider = Divider.for_(self._compiled, binding.memory_budget)
        self._division: Mapping[int, str] = {}

    def _allocate(self, entry: Entry) -> NDArray:
        graph = self._compiled.graph
        shape, dtype = graph.shapes[entry], graph.dtypes[entry]
        assert shape is not None
        assert dtype is not None
        return NDArray.empty(shape, dtype, graph.contexts[entry.node])

    def _lower(self, compiled: Compiled, shared: Mapping[Context, Arena]) -> Lowering:
        binding = self._binding
        graph = compiled.graph
        gradients = dict(
            zip(graph.heads[graph.output_count :], binding.gradients, strict=True)
        )
        arrays = {Entry(node, 0): array for node, array in binding.variables.items()}
        arrays |= dict(zip(graph.outputs, self._outputs, strict=True))
        arrays |= {entry: binding.gradients[node] for entry, node in gradients.items()}
        arrays |= {
            Entry(compiled.head_gradients[number], 0): array
            for number, array in self._head_gradients.items()
        }
        added = frozenset(
            e for e, n in gradients.items() if binding.requests[n] == "add"
        )
        arenas = allocate_arenas(compiled.memory.arenas, shared)
        return Lowering(compiled, arrays, added, arenas, self._states)

    # Running

    def forward(self, is_train: bool = False, **kwargs: Any) -> list[NDArray]:
        """Compute the outputs.

        Parameters
        ----------
        is_train : bool
            Whether a backward follows: dropout drops, batch statistics move.
        **kwargs : NDArray or array_like
            New values of arguments, copied into their arrays first.

        Returns
        -------
        list of NDArray
            The outputs, the same arrays at every call.

        Raises
        ------
        ArgumentTypeError
            There is no argument of that name.
        ArgumentError
            A value has another shape than its argument.
        """
        values = self._taking(kwargs)
        with self._in_turn():
            self._divide(bool(is_train))
            lowering = self._lowering if self._monitor is None else self._as_composed()
            first = [*values, *lowering.renewal()]
            self._run(lowering, first, backward=False, is_train=bool(is_train))
            self._ran = lowering
        return self._outputs

    def backward(
        self,
        out_grads: NDArray | Sequence[NDArray] | None = None,
        is_train: bool = True,
    ) -> None:
        """Compute the gradients of the arguments for which `grad_req` wants them.

        Parameters
        ----------
        out_grads : NDArray or sequence of NDArray, optional
            Gradients of the outputs; not needed where all outputs are losses.
        is_train : bool
            As in `forward`.

        Raises
        ------
        MXNetError
            There was no forward yet.
        ArgumentError
            A gradient is needed and missing, or of another shape than its output.
        """
        if self._ran is None:
            raise MXNetError("backward needs a forward(is_train=True) before it")
        if not self._binding.gradients:
            return
        first = self._taking_head_gradients(out_grads)
        with self._in_turn():
            self._run(self._ran, first, backward=True, is_train=bool(is_train))

    def _in_turn(self) -> AbstractContextManager[object]:
        """Where plans may be replaced, let one thread at a time choose and push one."""
        divider = self._divider
        return nullcontext() if divider is None else divider.lock

    def _divide(self, is_train: bool) -> None:
        """Have segments run by as many threads as pays, once that is known.

        Runs that were pushed before go on with their own plans and memory; the arrays
        and their Vars are the same, so that this run comes after them.
        """
        divider = self._divider
        if divider is None or not divider.knows(self._lowering):
            return
        with fpmath.noted(self._lowering.arithmetic):
            compiled = divider.divide(self._compiled, self._lowering)
        if compiled is not None:
            try:
                lowering = self._lowering.divided(compiled)
                plan = lowering.plan(backward=False, is_train=is_train)
            except MemoryError:
                divider.refuse()
            else:
                self._lowering, self._compiled = lowering, compiled
                self._plans = {(lowering, False, is_train): plan}
        self._division = divider.notes

    def _as_composed(self) -> Lowering:
        """Return what runs every node of the user's graph, so that all can be seen."""
        if self._composed is None:
            with fpmath.noted(self._lowering.arithmetic):
                plain = compile_bound(_given(self._binding), self._states, fused=False)
                self._composed = self._lower(plain, self._lowering.arenas)
        return self._composed

    def _run(
        self,
        lowering: Lowering,
        first: Sequence[Operation],
        *,
        backward: bool,
        is_train: bool,
    ) -> None:
        rest()  # who pushes does not compute, until it waits
        monitor = self._monitor
        if monitor is None:
            self._replay(first, self._plan(lowering, backward, is_train))
            return
        plan = lowering.plan(backward=backward, is_train=is_train, monitor=monitor)
        self._replay(first, plan)
        monitor.report(lowering.segments(backward=backward), lowering.arrays)

    def set_monitor_callback(
        self, callback: Callback | None, monitor_all: bool = False
    ) -> None:
        """Let a function see what every operator computes, at every run.

        It is called on the thread that calls `forward` or `backward`. Runs are slower
        while it is set, since every result is copied for it.

        Parameters
        ----------
        callback : callable or None
            Takes a name such as ``fc1_output`` and an NDArray; None ends it.
        monitor_all : bool
            Show what operators read, too, as ``fc1_data`` and the like.
        """
        self._monitor = None if callback is None else Monitor(callback, monitor_all)

    @staticmethod
    def _replay(first: Sequence[Operation], plan: Plan) -> None:
        """Push what comes first and the plan as one step.

        Two threads that give different values thus never mix them.
        """
        engine.replay([*first, *plan.operations] if first else plan)

    def _plan(self, lowering: Lowering, backward: bool, is_train: bool) -> Plan:
        if self._divider is not None and lowering is self._lowering:
            measured = self._divider.plan(lowering, backward, is_train)
            if measured is not None:
                return measured
        key = (lowering, backward, is_train)
        plan = self._plans.get(key)
        if plan is None:
            with self._lock:
                plan = self._plans.get(key)
                if plan is None:
                    plan = lowering.plan(backward=backward, is_train=is_train)
                    self._plans[key] = plan
        return plan

    def _taking(self, values: Mapping[str, Any]) -> list[Operation]:
        """Check all new values; return what copies them in."""
        arguments = self.arg_dict if values else {}
        checked = [
            (_as_array(value, name, arguments), arguments[name])
            for name, value in values.items()
        ]
        return [hop for pair in checked for hop in copying(*pair)]

    def _taking_head_gradients(
        self, out_grads: NDArray | Sequence[NDArray] | None
    ) -> list[Operation]:
        given = _as_list(out_grads)
        if given and len(given) != len(self._outputs):
            raise ArgumentError(
                f"backward takes {len(self._outputs)} gradients, one per output "
                f"({', '.join(self._output_names)}), not {len(given)}"
            )
        for number, target in self._head_gradients.items():
            name = self._output_names[number]
            if not given:
                raise ArgumentError(
                    f"output '{name}' is not a loss, so backward needs its gradient: "
                    "pass out_grads, or end the symbol in a loss such as MakeLoss"
                )
            if given[number].shape != target.shape:
                raise ArgumentError(
                    f"the gradient of output '{name}' must have shape {target.shape}, "
                    f"not {given[number].shape}"
                )
        return [
            hop
            for number, target in self._head_gradients.items()
            for hop in copying(given[number], target)
        ]

    # Its arrays

    @property
    def outputs(self) -> list[NDArray]:
        """The outputs; uninitialised before the first forward."""
        return self._outputs

    @property
    def arg_arrays(self) -> list[NDArray]:
        """The arguments' arrays, in the order of `Symbol.list_arguments`."""
        return list(self._binding.arguments.values())

    @property
    def grad_arrays(self) -> list[NDArray | None]:
        """The gradients' arrays, None where none is wanted."""
        return [self._binding.gradients.get(node) for node in self._binding.arguments]

    @property
    def aux_arrays(self) -> list[NDArray]:
        """The auxiliary states' arrays."""
        return list(self._binding.states.values())

    @property
    def arg_dict(self) -> dict[str, NDArray]:
        """The arguments' arrays by name."""
        return _by_name((n.name for n in self._binding.arguments), self.arg_arrays)

    @property
    def grad_dict(self) -> dict[str, NDArray | None]:
        """The gradients' arrays by the arguments' names."""
        return _by_name((n.name for n in self._binding.arguments), self.grad_arrays)

    @property
    def aux_dict(self) -> dict[str, NDArray]:
        """The auxiliary states' arrays by name."""
        return _by_name((n.name for n in self._binding.states), self.aux_arrays)

    @property
    def output_dict(self) -> dict[str, NDArray]:
        """The outputs by name."""
        return _by_name(self._output_names, self._outputs)

    def copy_params_from(
        self,
        arg_params: Mapping[str, NDArray],
        aux_params: Mapping[str, NDArray] | None = None,
        allow_extra_params: bool = False,
    ) -> None:
        """Copy parameters into the bound arrays.

        Raises
        ------
        UnknownNameError
            A name is no argument (or auxiliary state), unless extra ones are allowed.
        ArgumentError
            A shape differs. Nothing has been copied then.
        """
        pairs = _matching(arg_params, self.arg_dict, "arguments", allow_extra_params)
        states = aux_params or {}
        pairs += _matching(
            states, self.aux_dict, "auxiliary states", allow_extra_params
        )
        for source, target in pairs:
            source.copyto(target)

    def reshape(
        self,
        partial_shaping: bool = False,
        allow_up_sizing: bool = False,
        **kwargs: Sequence[int],
    ) -> Executor:
        """Return an executor for other input shapes that shares this one's memory.

        Both may go on being used, one step (forward and backward) at a time.

        Parameters
        ----------
        partial_shaping : bool
            Allow shapes of arguments that are not named to change.
        allow_up_sizing : bool
            Allow new memory for arguments that grow.
        **kwargs : sequence of int
            New shapes by argument name.

        Raises
        ------
        UnknownNameError, ArgumentError, InferenceError
            No such argument; a change that was not allowed; shapes that do not fit.
        """
        binding = reshaped(self._binding, kwargs, partial_shaping, allow_up_sizing)
        with fpmath.noted(self._lowering.arithmetic):
            return Executor(binding, shared=self)

    def debug_str(self) -> str:
        """Return a listing of what binding made of the graph, and its memory."""
        return listing(self._compiled)

    def plan_report(self) -> PlanReport:
        """Tell what binding made of the graph: nodes, segments, memory, kernels.

        After some runs it also tells which segments several threads run, and why, and
        which kernels devices launch as graphs.
        """
        lowering = self._lowering
        return report(
            self._compiled,
            told(self._division, lowering),
            lowering.arithmetic,
            capturing.told(lowering.captures),
            lowering.packed.nbytes,
        )

    def _repr_html_(self) -> str:
        return plan_html(self.plan_report())


def _given(binding: Binding) -> Bound:
    variables = binding.variables
    return Bound(
        outputs=binding.outputs,
        shapes={node: array.shape for node, array in variables.items()},
        dtypes={node: array.raw_dtype for node, array in variables.items()},
        contexts={node: array.context for node, array in variables.items()},
        gradients={node: array.context for node, array in binding.gradients.items()},
        added=frozenset(n for n, req in binding.requests.items() if req == "add"),
        default=binding.context,
        groups=binding.groups,
        memory_budget=binding.memory_budget,
        inferred=binding.inferred,
    )


def _as_list(out_grads: Any) -> list[NDArray]:
    """Return the gradients as a list of arrays, empty for None."""
    given = out_grads if isinstance(out_grads, list | tuple) else [out_grads]
    if out_grads is None:
        return []
    for gradient in given:
        if not isinstance(gradient, NDArray):
            raise ArgumentTypeError(
                f"out_grads must be NDArrays, one per output, not {gradient!r}"
            )
    return list(given)


def _as_array(value: Any, name: str, arguments: Mapping[str, NDArray]) -> NDArray:
    if name not in arguments:
        raise ArgumentTypeError(
            f"unknown argument '{name}'; the arguments are {', '.join(arguments)}"
        )
    target = arguments[name]
    if isinstance(value, NDArray):
        array = value
    else:
        try:
            array = make_array(np.asarray(value), target.context, target.raw_dtype)
        except (ArgumentTypeError, ValueError) as error:
            raise ArgumentError(f"argument '{name}': {error}") from None
    if array.shape != target.shape:
        raise ArgumentError(
            f"argument '{name}' has shape {target.shape}, but the value given has "
            f"{array.shape}; use Executor.reshape for another shape"
        )
    return array


def _by_name(names: Iterable[str], arrays: Sequence[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, array in zip(names, arrays, strict=True):
        if name in result:
            raise ArgumentError(
                f"the name '{name}' stands for two arrays; use the list"
            )
        result[name] = array
    return result


def _matching(
    given: Mapping[str, NDArray],
    targets: Mapping[str, NDArray],
    kind: str,
    allow_extra: bool,
) -> list[tuple[NDArray, NDArray]]:
    pairs = []
    for name, source in given.items():
        if name not in targets:
            if allow_extra:
                continue
            raise UnknownNameError(
                f"'{name}' is not among the {kind}: {', '.join(targets) or 'none'}"
            )
        if source.shape != targets[name].shape:
            raise ArgumentError(
                f"'{name}' has shape {targets[name].shape}, not {source.shape}"
            )
        pairs.append((source, targets[name]))
    return pairs
