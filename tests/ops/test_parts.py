"""Places of joins and splits, and kernels on arrays that are parts of larger ones."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.orders import (
    PARTING,
    as_it_lies,
    bind_contiguous,
    can_lie_last,
    channels_second,
    copy_bytes,
    images_of,
    is_part,
)
from dataflow_ops.kernels.table import Invocation, Request, Specification, quiet
from dataflow_ops.parts import Lying, consecutive, single, whole
from dataflow_ops.registry import find, names
from tests.ops.cases import FAMILIES
from tests.ops.test_backends import nodes_of

assert dataflow_ops  # registers the operators

HERE = ["reference", *(n for n in backends.FAST if backends.missing(n) is None)]
OTHERS = {
    "_rnn_param_concat",
    "Convolution",
    "Pooling",
    "BatchNorm",
    "FullyConnected",
    "softmax",
    "mean",
}
CASES = [
    case
    for cases in FAMILIES.values()
    for case in cases
    if case.operator in PARTING | OTHERS and not find(case.operator).random
]


# Places


def lying_of(array: np.ndarray, base: np.ndarray) -> Lying:
    strides = tuple(stride // array.itemsize for stride in array.strides)
    offset = (array.ctypes.data - base.ctypes.data) // array.itemsize
    return Lying(offset, array.shape, strides)


def test_places_say_what_indexing_does():
    base = np.zeros((4, 5, 6), np.float32)
    lying = Lying.closely(base.shape)
    assert lying == lying_of(base, base)
    place = range(1, 3), 2, range(5, 0, -2)
    part = lying.at(place)
    assert part == lying_of(base[1:3, 2, 5:0:-2], base)
    inner = part.at((1, range(1, 3)))
    assert inner == lying_of(base[2, 2, 5:0:-2][1:3], base)


def test_channels_lie_last_in_parts_too():
    base = channels_second(np.zeros((2, 4, 5, 6), np.float32))
    lying = Lying.closely(base.shape, channels_last=True)
    assert lying == lying_of(base, base)
    (_, second) = consecutive(base.shape, 1, [2, 4])
    assert lying.at(second) == lying_of(base[:, 2:], base)


@pytest.mark.parametrize(
    ("shape", "axis", "close"),
    [((4, 6), 0, True), ((4, 6), 1, False), ((1, 6), 1, True), ((1, 1, 6), -1, True)],
)
def test_parts_along_the_first_axis_longer_than_one_have_no_gaps(shape, axis, close):
    halves = consecutive(shape, axis, [shape[axis] // 2] * 2)
    found = [Lying.closely(shape).at(place).is_close() for place in halves]
    assert found == [close, close]


def test_single_indices_drop_their_axis():
    places = single((2, 3), 1)
    assert places == [(range(2), 0), (range(2), 1), (range(2), 2)]
    assert Lying.closely((2, 3)).at(places[2]) == Lying(2, (2,), (3,))
    assert Lying.closely((3, 2)).at((1, *whole((2,)))) == Lying(2, (2,), (1,))


def index(place):
    """Write a place as NumPy does."""
    return tuple(
        x
        if isinstance(x, int)
        else slice(x.start, None if x.stop < 0 else x.stop, x.step)
        for x in place
    )


DECLARED = sorted(n for n, o in names().items() if o.joins or o.splits)


def test_cases_cover_what_is_declared():
    assert {"Concat", "stack", "SliceChannel", "slice", "slice_axis"} <= set(DECLARED)
    covered = {node.operator.name for case in CASES for node in nodes_of(case)}
    assert covered >= {find(name).name for name in DECLARED}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_values_are_where_declarations_say(case, monkeypatch):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    for node in nodes_of(case):
        rule = node.operator.joins or node.operator.splits
        if rule is None:
            continue
        shapes = [[x.shape for x in side] for side in (node.inputs, node.outputs)]
        places = rule(node.attributes, *shapes)
        joined = node.operator.joins is not None
        large = node.outputs[0] if joined else node.inputs[0]
        small = node.inputs if joined else node.outputs
        assert len(places) == len(small)
        for place, array in zip(places, small, strict=True):
            np.testing.assert_array_equal(large[index(place)], array)


# Kernels


def part(array: np.ndarray, last: bool = False) -> np.ndarray:
    """Copy an array into the middle of a larger one."""
    if last:
        return channels_second(part(as_it_lies(array)))
    large = np.full([2 * d + 1 for d in array.shape], 99).astype(array.dtype)
    step = 2 if array.ndim == 1 else 1  # or there were no gaps
    found = large[(..., *(slice(1, step * d + 1, step) for d in array.shape))]
    found[...] = array
    return found


def run(node, is_train, request, backend, last, monkeypatch):
    """Run a node on parts; return its outputs, or None if it is another's."""
    available = tuple(dict.fromkeys((backend, "reference")))
    monkeypatch.setattr(backends, "available", lambda: available)
    start = 0 if request is Request.WRITE else 1
    arrays = (node.inputs, [np.full_like(x, start) for x in node.outputs])
    inputs, outputs = ([part(x, last and _can(x)) for x in side] for side in arrays)
    specified = [
        [Specification(x.shape, x.dtype, last and _can(x), is_part(x)) for x in side]
        for side in (inputs, outputs)
    ]
    name, attributes = node.operator.name, node.attributes
    chosen, kernel = backends.select(name, attributes, *specified)
    if chosen != backend:
        return None
    images = images_of(name, kernel, attributes, *specified)
    own = kernel.workspace(attributes, *specified) if kernel.workspace else 0
    copies = copy_bytes(images, *specified)
    call = Invocation(
        xp=np,
        attributes=attributes,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        requests=(request,) * len(outputs),
        is_train=is_train,
        workspace=np.empty(own, np.uint8),
        shapes=tuple(x.shape for x in outputs),
        state={},
    )
    scratch = np.empty(copies, np.uint8)
    thunk = quiet(lambda: bind_contiguous(kernel, images, call, scratch))()
    for given, array in zip(inputs, node.inputs, strict=True):
        given[...] = array  # nothing may have been copied while it was bound
    if thunk is not None:
        quiet(thunk)()
    return outputs


def _can(array):
    return can_lie_last(Specification(array.shape, array.dtype))


@pytest.mark.parametrize("backend", HERE)
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_results_do_not_depend_on_gaps(case, last, backend, monkeypatch):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    for node in nodes_of(case):
        if last and not any(map(_can, (*node.inputs, *node.outputs))):
            continue
        for request in (Request.WRITE, Request.ADD):
            made = run(node, case.train, request, backend, last, monkeypatch)
            start = 0 if request is Request.WRITE else 1
            for one, other in zip(made or (), node.outputs, strict=made is not None):
                np.testing.assert_allclose(one, other + start, rtol=1e-4, atol=1e-4)
