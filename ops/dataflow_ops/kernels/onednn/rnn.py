"""Recurrent layers.

What the forward pass keeps for the gradient is oneDNN's own. It lies in the state that
a node shares with its backward node; without one, the gradient begins with a forward
pass of its own. The operator's output `reserve`, which is the reference's, is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from dataflow_ops.kernels import fpmath
from dataflow_ops.kernels.onednn.batches import (
    Part,
    adding,
    parts_of,
    plan_of_part,
    side_by_side,
    with_own_sum,
)
from dataflow_ops.kernels.onednn.cells import Cells
from dataflow_ops.kernels.onednn.codes import Propagation
from dataflow_ops.kernels.onednn.entry import Call, Entry, enter, planned
from dataflow_ops.kernels.onednn.library import Failure
from dataflow_ops.kernels.onednn.memory import Layout
from dataflow_ops.kernels.onednn.parameters import gather, layers_of, scatter
from dataflow_ops.kernels.onednn.plans import Plan, aligned_bytes
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk
from dataflow_ops.rnn import sizes_of
from dataflow_ops.shapes import size

Arrays = dict[str, Array]
Layouts = dict[str, Layout]
_LEAST_WORK = 2e4
_PARAMETERS = 1  # output of the backward operator that sums over sequences
# Keys of the shared state under which forward passes keep their arrays, and the mode of
# arithmetic in which they made them: the gradient has to have the same.
_KEPT, _MODE = "onednn", "onednn mode"


class _Network:
    """A network's layers, and what plans call its arrays.

    Parameters
    ----------
    call : Call
        A forward or backward call.
    heads : int
        How many gradients of outputs come before the forward inputs.
    """

    def __init__(self, call: Call, heads: int = 0) -> None:
        steps, batch, inputs = call.inputs[heads]
        self.mode: str = call.attributes.mode
        self.directions = sizes_of(call.attributes).directions
        self.layers = layers_of(call.attributes, inputs)
        self.cells = [
            Cells(layer, number, steps, batch, call.threads)
            for number, layer in enumerate(self.layers)
        ]
        self.states = ("state", "cell")[: 2 if self.mode == "lstm" else 1]

    def weights(self, suffix: str = "") -> Layouts:
        """Describe the weights of all layers, or their gradients."""
        layouts: Layouts = {}
        for cells in self.cells:
            for name, inputs in (
                ("weights", cells.layer.inputs),
                ("state_weights", cells.layer.sizes.hidden),
            ):
                layout = cells.layer.weights_layout(inputs)
                layouts[cells.name(name + suffix)] = layout
        return layouts

    def biases(self, suffix: str = "") -> Layouts:
        """Describe the biases of all layers, or their gradients."""
        return {cells.name("bias" + suffix): cells.bias for cells in self.cells}

    def of_states(self, name: str) -> Layouts:
        """Describe states of all layers."""
        return {cells.name(name): cells.state for cells in self.cells}

    def given(self) -> Layouts:
        """Describe all inputs of the forward pass."""
        layouts = {"x0": self.cells[0].x, **self.weights(), **self.biases()}
        for name in self.states:
            layouts |= self.of_states(name)
        return layouts

    def kept(self) -> Layouts:
        """Describe what the gradient needs of the forward pass."""
        layouts: Layouts = {}
        for cells in self.cells:
            layouts |= cells.kept
        return layouts

    def split(self, name: str, array: Array | None) -> Arrays:
        """View states of all layers one by one."""
        if array is None:
            return {}
        each = self.directions
        parts = [array[i : i + each] for i in range(0, len(array), each)]
        names = [cells.name(name) for cells in self.cells]
        return dict(zip(names, parts, strict=True))


def _chosen(
    groups: Sequence[Layouts], requests: Sequence[Request]
) -> tuple[Layouts, list[str]]:
    """Return the operands that are wanted, and which of them are added to.

    Each group is one of the operator's outputs.
    """
    operands: Layouts = {}
    added: list[str] = []
    for layouts, request in zip(groups, requests, strict=False):
        if request is not Request.NULL:
            operands |= layouts
        if request is Request.ADD:
            added += layouts
    return operands, added


# Forward


def _forward(call: Call) -> Plan:
    network = _Network(call)
    groups = [{"output": network.cells[-1].y}]
    if call.attributes.state_outputs:
        groups += [network.of_states(f"shown_{name}") for name in network.states]
    shown, added = _chosen(groups, call.requests[:-1])
    is_kept = call.requests[-1] is not Request.NULL
    kept = network.kept() if is_kept else {}
    plan = Plan(network.given() | kept | shown, added, threads=call.threads)
    kind = Propagation.TRAINING if is_kept else Propagation.INFERENCE
    for cells in network.cells:
        cells.run(plan, kind)
    for name in shown:
        last = network.cells[-1].name("y")
        source = last if name == "output" else name.replace("shown", "last")
        plan.copy(source, name)
    return plan


def _bind_forward(call: Call, invocation: Invocation) -> Thunk | None:
    batch, weights = call.inputs[0][1], _layer_bytes(call, 1)
    parts = parts_of(batch, weights, _work(False, call), invocation.state)
    thunks = []
    for number in range(parts):
        part = Part(batch, number, parts)
        own = part.of_invocation(invocation)
        thunks.append(_bind_part_forward(part.of_call(call), own, parts))
    return side_by_side(thunks)


def _bind_part_forward(call: Call, invocation: Invocation, parts: int) -> Thunk | None:
    network, plan = _Network(call), plan_of_part(_FORWARD, call, parts)
    inputs, fills = _given(network, invocation.inputs)
    output, *states = invocation.outputs[:-1]
    outputs: Arrays = {} if output is None else {"output": output}
    for name, array in zip(network.states, states, strict=False):
        outputs |= network.split(f"shown_{name}", array)
    if call.requests[-1] is not Request.NULL:
        outputs |= _kept_arrays(network, plan, invocation)
    return bind_all((*fills, plan.bind(inputs, outputs, invocation.workspace)))


def _given(
    network: _Network, arrays: Sequence[Array]
) -> tuple[Arrays, list[Thunk | None]]:
    """Return the forward inputs, and what has to be run before each run."""
    data, vector, *states = arrays
    inputs = {"x0": data}
    for name, array in zip(network.states, states, strict=True):
        inputs |= network.split(name, array)
    fills: list[Thunk | None] = []
    for cells, parts in zip(
        network.cells, gather(network.layers, vector, fills), strict=True
    ):
        inputs |= {cells.name(name): array for name, array in parts.items()}
    return inputs, fills


def _layer_bytes(call: Call, vector: int) -> float:
    """Bytes of one layer's weights, the vector of all being such an input."""
    itemsize = np.dtype(np.float32).itemsize
    return float(itemsize * size(call.inputs[vector]) / call.attributes.num_layers)


def _kept_arrays(network: _Network, plan: Plan, invocation: Invocation) -> Arrays:
    """Return memory for what the gradient needs, the same for all plans of a node."""
    arrays = {name: aligned_bytes(plan.layout(name).nbytes) for name in network.kept()}
    if invocation.state is None:
        return arrays
    invocation.state.setdefault(_MODE, fpmath.mode())
    kept: Arrays = invocation.state.setdefault(_KEPT, arrays)
    return kept


# Back


def _backward(call: Call) -> Plan:
    network = _Network(call, _heads(call))
    return _finish(call, network, network.kept())


def _backward_alone(call: Call) -> Plan:
    return _finish(call, _Network(call, _heads(call)), {})


def _heads(call: Call) -> int:
    """Count the gradients of outputs."""
    if not call.attributes.state_outputs:
        return 1
    return 3 if call.attributes.mode == "lstm" else 2


def _finish(call: Call, network: _Network, kept: Layouts) -> Plan:
    """Make a plan of the way back, after a way forth if nothing was kept of one."""
    last = network.cells[-1]
    heads = {last.name("y_grad"): last.y}
    for name in network.states:
        heads |= network.of_states(f"last_{name}_grad")
    groups = [{"x_grad0": network.cells[0].x}, network.weights("_grad")]
    groups += [network.of_states(f"{name}_grad") for name in network.states]
    gradients, added = _chosen(groups, call.requests)
    if call.requests[1] is not Request.NULL:
        gradients |= network.biases("_grad")
    if network.mode == "gru":
        added = [name for name in added if "weights" not in name]  # an own array
    operands = network.given() | heads | kept | gradients
    plan = Plan(operands, added, threads=call.threads)
    if not kept:
        for cells in network.cells:
            cells.run(plan, Propagation.TRAINING)
    for cells in reversed(network.cells):
        cells.run_back(plan)
    return plan


def _bind_backward(call: Call, invocation: Invocation) -> Thunk | None:
    heads = _heads(call)
    batch, weights = call.inputs[heads][1], _layer_bytes(call, heads + 1)
    parts = parts_of(batch, weights, _work(True, call), invocation.state)
    thunks: list[Thunk | None] = []
    sums: list[Thunk] = []
    for number in range(parts):
        part = Part(batch, number, parts)
        own = part.of_invocation(invocation)
        if number:
            own, share = with_own_sum(own, _PARAMETERS)
            if share is not None:
                sums.append(adding(invocation.outputs[_PARAMETERS], share))
        of_part = part.of_call(call)._replace(requests=own.requests)
        thunks.append(_bind_part_backward(of_part, own, parts))
    return bind_all((side_by_side(thunks), *sums))


def _bind_part_backward(call: Call, invocation: Invocation, parts: int) -> Thunk | None:
    mode = (invocation.state or {}).get(_MODE, fpmath.mode())
    with fpmath.noted(mode):
        return _bind_alone_backward(call, invocation, parts)


def _bind_alone_backward(
    call: Call, invocation: Invocation, parts: int
) -> Thunk | None:
    count = _heads(call)
    network = _Network(call, count)
    kept: Arrays = (invocation.state or {}).get(_KEPT, {})
    plan = plan_of_part(_BACKWARD if kept else _ALONE, call, parts)
    inputs, fills = _given(network, invocation.inputs[count:-1])
    inputs |= kept | _head_arrays(network, plan, invocation.inputs[:count])
    outputs, spreads = _gradient_arrays(network, invocation)
    run = plan.bind(inputs, outputs, invocation.workspace)
    return bind_all((*fills, run, *spreads))


def _head_arrays(network: _Network, plan: Plan, heads: Sequence[Array]) -> Arrays:
    """Return the gradients of outputs: zeros of those that are not shown."""
    output, *states = heads
    arrays = {network.cells[-1].name("y_grad"): output}
    for index, name in enumerate(network.states):
        key = f"last_{name}_grad"
        if states:
            arrays |= network.split(key, states[index])
        else:
            zeros = aligned_bytes(plan.layout(f"{key}0").nbytes)
            zeros[...] = 0
            arrays |= {cells.name(key): zeros for cells in network.cells}
    return arrays


def _gradient_arrays(
    network: _Network, invocation: Invocation
) -> tuple[Arrays, list[Thunk | None]]:
    """Return the gradients of inputs, and what has to be run after each run."""
    data, vector, *states = invocation.outputs
    outputs: Arrays = {} if data is None else {"x_grad0": data}
    for name, array in zip(network.states, states, strict=True):
        outputs |= network.split(f"{name}_grad", array)
    spreads: list[Thunk | None] = []
    if vector is not None:
        adding = invocation.requests[1] is Request.ADD
        made = scatter(network.layers, vector, adding, spreads)
        for cells, parts in zip(network.cells, made, strict=True):
            outputs |= {cells.name(f"{n}_grad"): array for n, array in parts.items()}
    return outputs, spreads


# Entries


def _can(call: Call) -> bool:
    """Tell whether there is nothing but plain layers."""
    given = call.attributes
    clips = given.lstm_state_clip_min is not None
    special = given.projection_size is not None or given.use_sequence_length
    return not (given.p > 0 or clips or special)


def _can_forward(call: Call) -> bool:
    """Tell whether oneDNN has both ways; neither can go with the reference's other."""
    if not _can(call):
        return False
    *shown, reserve = call.outputs
    back = call._replace(
        inputs=(*shown, *call.inputs, reserve),
        outputs=call.inputs,
        requests=(Request.WRITE,) * len(call.inputs),
    )
    try:
        planned(_BACKWARD, back)
    except Failure:
        return False
    return True


def _pays(backward: bool, call: Call) -> bool:
    """Tell whether a network is worth the making of its primitives."""
    return _forward_work(_heads(call) if backward else 0, call) >= _LEAST_WORK


def _work(backward: bool, call: Call) -> float:
    if backward:
        return 3 * _forward_work(_heads(call), call)
    return _forward_work(0, call)


def _forward_work(first: int, call: Call) -> float:
    """Count what the products with the weights take, data being the `first` input."""
    (steps, batch, _), vector = call.inputs[first : first + 2]
    return 2.0 * steps * batch * size(vector)


def _kept_bytes(call: Call) -> int:
    return sum(layout.nbytes for layout in _Network(call, 0).kept().values())


# Operands come from `bind`, so that inputs and outputs need no names here.
_FORWARD = Entry(
    plan=_forward,
    inputs=(),
    outputs=(),
    work=partial(_work, False),
    can=_can_forward,
    pays=partial(_pays, False),
    bind=_bind_forward,
    keeps=_kept_bytes,
)
_BACKWARD = Entry(
    plan=_backward,
    inputs=(),
    outputs=(),
    work=partial(_work, True),
    can=_can,
    pays=partial(_pays, True),
    bind=_bind_backward,
)
_ALONE = _BACKWARD._replace(plan=_backward_alone)

enter("RNN", _FORWARD)
enter("_backward_RNN", _BACKWARD)
