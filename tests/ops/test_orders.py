"""Images whose channels lie last, through every kernel of the shared case table."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.fused import ELEMENTWISE
from dataflow_ops.images import Images
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.orders import (
    FOLLOWING,
    as_it_lies,
    bind_contiguous,
    can_lie_last,
    channels_second,
    copy_bytes,
    images_of,
    lies_last,
)
from dataflow_ops.kernels.table import (
    Invocation,
    Kernel,
    Request,
    Specification,
    quiet,
)
from dataflow_ops.registry import find
from tests.ops.cases import FAMILIES
from tests.ops.test_backends import nodes_of

assert dataflow_ops  # registers the operators

HERE = ["reference", *(n for n in backends.FAST if backends.missing(n) is None)]
IMAGES = FOLLOWING | {"Convolution", "Deconvolution", "Pooling", "BatchNorm", "LRN"}
CASES = [
    case
    for cases in FAMILIES.values()
    for case in cases
    if case.operator in IMAGES and not find(case.operator).random
]


def last(array):
    """Copy an array so that its channels lie last."""
    return channels_second(as_it_lies(array).copy())


def test_how_an_array_lies_is_told_by_its_strides():
    images = np.zeros((2, 3, 4, 5), np.float32)
    assert not lies_last(images)
    assert lies_last(last(images))
    assert not lies_last(images.swapaxes(2, 3))
    assert not lies_last(np.zeros((6, 3), np.float32))
    assert not lies_last(last(np.zeros((2, 1, 4, 5), np.float32)))  # it is the same


def chosen(node, lying, backend, monkeypatch):
    """Select a kernel for a node of which some arrays lie channels last."""
    monkeypatch.setattr(
        backends, "available", lambda: tuple(dict.fromkeys((backend, "reference")))
    )
    inputs, outputs = (
        [Specification(x.shape, x.dtype, i in chosen) for i, x in enumerate(arrays)]
        for arrays, chosen in zip((node.inputs, node.outputs), lying, strict=True)
    )
    name = node.operator.name
    _, kernel = backends.select(name, node.attributes, inputs, outputs)
    images = images_of(name, kernel, node.attributes, inputs, outputs)
    scratch = 0
    if kernel.workspace is not None:
        scratch = kernel.workspace(node.attributes, inputs, outputs)
    copies = copy_bytes(images, inputs, outputs)
    return kernel, images, np.empty(scratch, np.uint8), np.empty(copies, np.uint8)


def run(node, is_train, request, lying, backend, monkeypatch):
    """Run a node, these inputs and outputs channels last; return its outputs."""
    start = 0 if request is Request.WRITE else 1
    inputs = [last(x) if i in lying[0] else x.copy() for i, x in enumerate(node.inputs)]
    outputs = [np.full_like(x, start) for x in node.outputs]
    outputs = [last(x) if i in lying[1] else x for i, x in enumerate(outputs)]
    kernel, images, workspace, copies = chosen(node, lying, backend, monkeypatch)
    thunk = quiet(
        lambda: bind_contiguous(
            kernel,
            images,
            Invocation(
                xp=np,
                attributes=node.attributes,
                inputs=tuple(inputs),
                outputs=tuple(outputs),
                requests=(request,) * len(outputs),
                is_train=is_train,
                workspace=workspace,
                shapes=tuple(x.shape for x in outputs),
                state={},
            ),
            copies,
        )
    )()
    if thunk is not None:
        quiet(thunk)()
    return outputs


def as_images(node):
    """Repeat the elements of an elementwise node's arrays so that they are images."""
    arrays = (*node.inputs, *node.outputs)
    alike = len({x.shape for x in arrays}) == 1
    if node.operator.name in ELEMENTWISE and alike and arrays[0].ndim not in (3, 4, 5):
        node.inputs = [_repeated(x) for x in node.inputs]
        node.outputs = [_repeated(x) for x in node.outputs]


def _repeated(array):
    return np.tile(array.reshape(1, -1, 1), (2, 1, 3))


def orders_of(node):
    """Yield which arrays lie channels last: all that can, then each alone."""
    inputs, outputs = (
        [i for i, x in enumerate(side) if can_lie_last(Specification(x.shape, x.dtype))]
        for side in (node.inputs, node.outputs)
    )
    yield set(inputs), set(outputs)
    yield from (({i}, set()) for i in inputs)
    yield from ((set(), {i}) for i in outputs)


@pytest.mark.parametrize("backend", HERE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_results_do_not_depend_on_how_images_lie(case, backend, monkeypatch):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    for node in nodes_of(case):
        as_images(node)
        for lying in orders_of(node):
            for request in (Request.WRITE, Request.ADD):
                made = run(node, case.train, request, lying, backend, monkeypatch)
                start = 0 if request is Request.WRITE else 1
                for one, other in zip(made, node.outputs, strict=True):
                    np.testing.assert_allclose(
                        one, other + start, rtol=1e-4, atol=1e-4, err_msg=str(lying)
                    )


# Kernels that want contiguous arrays


def doubling(call):
    """Bind a kernel that is wrong unless its arrays are contiguous."""
    source, target = call.inputs[0].reshape(-1), call.outputs[0].reshape(-1)

    def double():
        if call.requests[0] is Request.ADD:
            target[:] += 2 * source
        else:
            target[:] = 2 * source

    return double


@pytest.mark.parametrize("scratch", [None, np.empty(10, np.uint8)])
@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
def test_copies_take_the_place_of_what_a_kernel_cannot_take(scratch, request_):
    data = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    output = last(np.ones_like(data))
    call = Invocation(np, {}, (last(data),), (output,), (request_,))
    bind_contiguous(Kernel(doubling), Images(), call, scratch)()
    np.testing.assert_array_equal(output, 2 * data + (request_ is Request.ADD))


def test_the_copies_bytes_are_those_of_what_cannot_be_taken():
    image = Specification((1, 2, 3, 4), np.dtype(np.float32), channels_last=True)
    plain = image._replace(channels_last=False)
    taken = Images(inputs=frozenset({0}))
    assert copy_bytes(taken, [image, image, plain], [image]) == 2 * 24 * 4
