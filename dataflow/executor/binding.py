"""Binding: what a user passes, checked, so that every mistake is named first."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np

from dataflow.context import (
    Context,
    check_context,
    check_together,
    current_context,
)
from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.executor.pausing import collector_paused
from dataflow.executor.recent import Recent
from dataflow.graph.graph import Graph, noted
from dataflow.graph.infer import (
    declared_dtypes,
    declared_shapes,
    from_user,
    infer,
)
from dataflow.graph.node import Entry, Node
from dataflow.graph.pipeline import check_complete
from dataflow.ndarray import NDArray, zeros
from dataflow_ops.errors import suggestion
from dataflow_ops.shapes import Shape

KEPT = 32  # inferred graphs

GRADIENT_REQUESTS = ("write", "add", "null")
Outputs = Sequence[Entry]
Given = Mapping[str, NDArray] | Sequence[NDArray] | None


@dataclass(frozen=True)
class Binding:
    """What a user has bound, checked: the given of an executor.

    Parameters
    ----------
    outputs : tuple of Entry
        The symbol's outputs.
    arguments, states : mapping of Node
        Every argument and auxiliary state with its array, in order.
    gradients : mapping of Node
        The arrays of the wanted gradients.
    requests : mapping of Node
        ``"write"`` or ``"add"`` for each wanted gradient.
    context : Context
        For nodes of no ``ctx_group``.
    groups : mapping
        From ``ctx_group`` to context.
    memory_budget : int, optional
        Bytes that intermediate results may take.
    inferred : Graph, optional
        The outputs' graph with all shapes and types, if they were inferred.
    """

    outputs: tuple[Entry, ...]
    arguments: Mapping[Node, NDArray]
    states: Mapping[Node, NDArray]
    gradients: Mapping[Node, NDArray]
    requests: Mapping[Node, str]
    context: Context
    groups: Mapping[str, Context]
    memory_budget: int | None = None
    inferred: Graph | None = None

    def __post_init__(self) -> None:
        arrays = (*self.variables.values(), *self.gradients.values())
        places = {self.context, *self.groups.values(), *(x.context for x in arrays)}
        check_together(places)

    @property
    def variables(self) -> dict[Node, NDArray]:
        """Arguments and auxiliary states."""
        return {**self.arguments, **self.states}


def bind(
    outputs: Outputs,
    ctx: Context,
    args: Given,
    args_grad: Given,
    grad_req: Any,
    aux_states: Given,
    group2ctx: Mapping[str, Context] | None,
    memory_budget: int | None = None,
) -> Binding:
    """Bind outputs to the user's arrays; see `Symbol.bind`."""
    context = check_context(ctx, "ctx")
    graph = Graph.of(outputs)
    arguments, states = graph.arguments, graph.states
    if args is None and arguments:
        names = ", ".join(node.name for node in arguments)
        raise ArgumentTypeError(f"args must hold an NDArray for each of {names}")
    bound = _matched(arguments, args, "args", required=True)
    requests = requested(arguments, grad_req)
    wanted = [node for node in arguments if requests[node] != "null"]
    gradients = _matched(arguments, args_grad, "args_grad", required=False)
    gradients = {node: gradients[node] for node in wanted if node in gradients}
    _check_gradients(bound, gradients)
    return Binding(
        outputs=tuple(outputs),
        arguments=bound,
        states=_matched(states, aux_states, "aux_states", required=True),
        gradients=gradients,
        requests={node: requests[node] for node in gradients},
        context=context,
        groups=groups_of(group2ctx),
        memory_budget=checked_budget(memory_budget),
    )


class Wanted(NamedTuple):
    """What an array has to be like; it is made only if there is none to share."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    context: Context

    @property
    def size(self) -> int:
        """Count of its elements."""
        return prod(self.shape)

    def new(self) -> NDArray:
        """Make one, of zeros."""
        return zeros(self.shape, self.context, self.dtype)


@dataclass(frozen=True)
class Pool:
    """Arrays that a new binding may use instead of new ones.

    Parameters
    ----------
    arguments, gradients, states : mapping
        Another executor's arrays, by name; only those of `names` and the states are
        taken, where shape and type agree.
    names : set of str
        Arguments to be shared.
    buffer : dict, optional
        Arrays of the other arguments, by name; one that is too small is replaced by
        the new one.
    """

    arguments: Mapping[str, NDArray | None] = field(default_factory=dict)
    gradients: Mapping[str, NDArray | None] = field(default_factory=dict)
    states: Mapping[str, NDArray | None] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    buffer: dict[str, NDArray] | None = None

    @staticmethod
    def taken(
        given: Mapping[str, NDArray | None], name: str, wanted: Wanted
    ) -> NDArray:
        """Return the array given under a name if it is what is wanted, or a new one."""
        old = given.get(name)
        if old is None or (old.shape, old.raw_dtype, old.context) != wanted:
            return wanted.new()
        return old

    def buffered(self, key: str, wanted: Wanted) -> NDArray:
        """Return the front of the buffer of this name, or enter a new array."""
        if self.buffer is None:
            return wanted.new()
        old = self.buffer.get(key)
        if (
            old is None
            or (old.raw_dtype, old.context) != (wanted.dtype, wanted.context)
            or old.size < wanted.size
        ):
            self.buffer[key] = wanted.new()
            return self.buffer[key]
        return _front(old, wanted.shape)


def simple_bind(
    outputs: Outputs,
    ctx: Context | None,
    grad_req: Any,
    type_dict: Mapping[str, Any] | None,
    group2ctx: Mapping[str, Context] | None,
    shapes: Mapping[str, Sequence[int]],
    pool: Pool | None = None,
    memory_budget: int | None = None,
) -> Binding:
    """Bind outputs to new arrays of inferred shapes; see `Symbol.simple_bind`."""
    pool = pool or Pool()
    context = current_context() if ctx is None else check_context(ctx, "ctx")
    groups = groups_of(group2ctx)
    graph = inferred_graph(outputs, shapes, type_dict or {})
    arguments, states = graph.arguments, graph.states
    requests = requested(arguments, grad_req)

    def wanted(node: Node) -> Wanted:
        shape, dtype = graph.shapes[Entry(node, 0)], graph.dtypes[Entry(node, 0)]
        group = node.attributes.get("__ctx_group__", "")
        assert shape is not None
        assert dtype is not None
        return Wanted(shape, dtype, groups.get(group, context))

    def argument(node: Node) -> NDArray:
        if node.name not in pool.names:
            return pool.buffered(node.name, wanted(node))
        return pool.taken(pool.arguments, node.name, wanted(node))

    def gradient(node: Node) -> NDArray:
        if node.name not in pool.names:
            return pool.buffered(f"grad of {node.name}", wanted(node))
        return pool.taken(pool.gradients, node.name, wanted(node))

    def state(node: Node) -> NDArray:
        return pool.taken(pool.states, node.name, wanted(node))

    trained = {node: requests[node] for node in arguments if requests[node] != "null"}
    return Binding(
        outputs=tuple(outputs),
        arguments={node: argument(node) for node in arguments},
        states={node: state(node) for node in states},
        gradients={node: gradient(node) for node in trained},
        requests=trained,
        context=context,
        groups=groups,
        memory_budget=checked_budget(memory_budget),
        inferred=graph,
    )


def reshaped(
    old: Binding,
    shapes: Mapping[str, Sequence[int]],
    partial_shaping: bool,
    allow_up_sizing: bool,
) -> Binding:
    """Bind for other shapes, sharing arrays; see `Executor.reshape`."""
    types = {node.name: array.dtype for node, array in old.variables.items()}
    for name in shapes:
        if name not in types:
            raise UnknownNameError(_unknown(name, types))
    graph = inferred_graph(old.outputs, shapes, types)

    def resized(node: Node, array: NDArray) -> NDArray:
        shape = graph.shapes[Entry(node, 0)]
        assert shape is not None
        if shape != array.shape and node.name not in shapes and not partial_shaping:
            raise ArgumentError(
                f"the shape of '{node.name}' would change from {array.shape} to "
                f"{shape}; pass partial_shaping=True if that is intended"
            )
        return _resized(node.name, array, shape, allow_up_sizing)

    return replace(
        old,
        inferred=graph,
        arguments={n: resized(n, a) for n, a in old.arguments.items()},
        states={n: resized(n, a) for n, a in old.states.items()},
        gradients={n: resized(n, a) for n, a in old.gradients.items()},
    )


def _resized(
    name: str, array: NDArray, shape: tuple[int, ...], allow_up_sizing: bool
) -> NDArray:
    """Reuse the array, or the front of its memory, or (if allowed) a larger one."""
    if shape == array.shape:
        return array
    count = int(np.prod(shape))
    if count <= array.size:
        return _front(array, shape)
    if not allow_up_sizing:
        raise ArgumentError(
            f"'{name}' would grow from {array.shape} to {shape}; "
            "pass allow_up_sizing=True to allocate more memory"
        )
    return zeros(shape, array.context, array.dtype)


def _front(array: NDArray, shape: tuple[int, ...]) -> NDArray:
    """View the first part of an array's memory."""
    front = array.raw.reshape(-1)[: int(np.prod(shape))].reshape(shape)
    return NDArray(front, array.context, array.var)


def checked_budget(memory_budget: object) -> int | None:
    """Return a memory budget, if it is None or a count of bytes."""
    if memory_budget is None:
        return None
    if not isinstance(memory_budget, int) or memory_budget < 0:
        raise ArgumentError(
            f"memory_budget is a count of bytes such as 2**30, not {memory_budget!r}"
        )
    return memory_budget


def inferred_graph(
    outputs: Outputs, shapes: Mapping[str, Sequence[int]], types: Mapping[str, Any]
) -> Graph:
    """Infer all shapes and types from some; raises InferenceError."""
    graph = Graph.of(outputs)
    by_name = {node.name: Entry(node, 0) for node in graph.variables}
    for name in {**shapes, **types}:
        if name not in by_name:  # MXNet says nothing, and so misspellings are missed
            warnings.warn(f"{_unknown(name, by_name)}. It is ignored", stacklevel=4)
    known = {by_name[k]: from_user(s) for k, s in shapes.items() if k in by_name}
    dtypes = {by_name[k]: np.dtype(t) for k, t in types.items() if k in by_name}
    given = (*known.items(), None, *dtypes.items())
    return _graphs.get(
        (graph.outputs, noted(graph.nodes), given),
        partial(_inferred, graph, known, dtypes),
    )


def _inferred(
    graph: Graph,
    known: Mapping[Entry, Shape],
    dtypes: Mapping[Entry, np.dtype[Any]],
) -> Graph:
    with collector_paused():
        graph = infer(
            graph,
            {**declared_shapes(graph), **known},
            {**declared_dtypes(graph), **dtypes},
            default=np.dtype(np.float32),
        )
        check_complete(graph)
    return graph


_graphs: Recent[Hashable, Graph] = Recent(KEPT)


def _unknown(name: str, known: Iterable[str]) -> str:
    hint = suggestion(name, known)
    listed = f"It has {', '.join(known)}"
    return f"the symbol has no argument '{name}'{f'; {hint}' if hint else '.'} {listed}"


def _matched(
    nodes: Sequence[Node], given: Given, role: str, *, required: bool
) -> dict[Node, NDArray]:
    """Pair nodes with the arrays that the user gave as a list or by name."""
    arrays = given if given is not None else {}
    if isinstance(arrays, Mapping):
        found = {node: arrays.get(node.name) for node in nodes}
    else:
        if len(arrays) != len(nodes):
            raise ArgumentError(
                f"{role} must have {len(nodes)} arrays, in the order "
                f"{', '.join(n.name for n in nodes)}; it has {len(arrays)}"
            )
        found = dict(zip(nodes, arrays, strict=True))
    for node, array in found.items():
        if array is not None and not isinstance(array, NDArray):
            raise ArgumentTypeError(
                f"{role}: '{node.name}' must be an NDArray, not {type(array).__name__}"
            )
        if array is None and required:
            raise ArgumentError(f"key '{node.name}' is missing in {role}")
    return {node: array for node, array in found.items() if array is not None}


def requested(arguments: Sequence[Node], grad_req: Any) -> dict[Node, str]:
    """Return each argument's gradient request, from what `bind` was given."""
    if isinstance(grad_req, str):
        requests = dict.fromkeys(arguments, grad_req)
    elif isinstance(grad_req, Mapping):
        requests = {node: grad_req.get(node.name, "null") for node in arguments}
    else:
        if len(grad_req) != len(arguments):
            raise ArgumentError(
                f"grad_req has {len(grad_req)} entries for {len(arguments)} arguments"
            )
        requests = dict(zip(arguments, grad_req, strict=True))
    for node, request in requests.items():
        if request not in GRADIENT_REQUESTS:
            raise ArgumentError(
                f"grad_req of '{node.name}' is {request!r}; "
                f"use one of {', '.join(GRADIENT_REQUESTS)}"
            )
    return requests


def _check_gradients(
    bound: Mapping[Node, NDArray], gradients: Mapping[Node, NDArray]
) -> None:
    for node, gradient in gradients.items():
        array = bound[node]
        if (gradient.shape, gradient.dtype) != (array.shape, array.dtype):
            raise ArgumentError(
                f"the gradient of '{node.name}' must be {array.shape} "
                f"{array.raw_dtype}, not {gradient.shape} {gradient.raw_dtype}"
            )


def groups_of(group2ctx: Mapping[str, Context] | None) -> dict[str, Context]:
    """Check the context of each ``ctx_group``."""
    return {
        group: check_context(context, f"group2ctx[{group!r}]")
        for group, context in (group2ctx or {}).items()
    }
