"""Arrays with some elements or rows replaced, at indices."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DTypes, unify
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display, given
from dataflow_ops.shapes import unify as unify_shapes


def _of_rank(name: str, shape: Shape | None, rank: int) -> Shape:
    """Pass on a shape of this rank, or one of unknown dimensions."""
    if shape is None:
        return (UNKNOWN,) * rank
    if len(shape) != rank:
        raise ShapeError(f"{name} {display(shape)} must have rank {rank}")
    return shape


# One element of each row


def _fill_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    lhs = _of_rank("lhs", unify_shapes(inputs[0], outputs[0]), 2)
    rows: Shape | None = lhs[:1]
    for name, shape in zip(("mhs", "rhs"), inputs[1:], strict=True):
        rows = unify_shapes(rows, _of_rank(name, shape, 1))
    assert rows is not None
    lhs = (*rows, lhs[1])
    return [lhs, rows, rows], [lhs]


def _fill_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify(unify(inputs[0], inputs[1]), outputs[0])
    return [dtype, dtype, inputs[2]], [dtype]


register(
    Operator(
        name="fill_element_0index",
        summary="lhs with one element of each row replaced: output[i, rhs[i]] = mhs[i];"
        " none where rhs[i] is out of range.",
        inputs=("lhs", "mhs", "rhs"),
        shapes=_fill_shapes,
        dtypes=_fill_dtypes,
        inplace=((0, 0),),
        gradient=backward(
            "_backward_fill_element_0index", "out_grad", "rhs", of=(0, 1)
        ),
    )
)
register(
    Operator(
        name="_backward_fill_element_0index",
        summary="Gradients of fill_element_0index by lhs and mhs.",
        inputs=("out_grad", "rhs"),
        outputs=("lhs", "mhs"),
        shapes=given,
        dtypes=given_dtypes,
    )
)


def _encode_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    rhs = _of_rank("rhs", unify_shapes(inputs[1], outputs[0]), 2)
    rows = unify_shapes(_of_rank("lhs", inputs[0], 1), rhs[:1])
    assert rows is not None
    return [rows, (*rows, rhs[1])], [(*rows, rhs[1])]


def _encode_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify(inputs[1], outputs[0])
    return [inputs[0], dtype], [dtype]


register(
    Operator(
        name="_onehot_encode",
        summary="1 at index lhs[i] of each row i and 0 elsewhere, with the shape and"
        " type of rhs, in whose place it may be.",
        inputs=("lhs", "rhs"),
        shapes=_encode_shapes,
        dtypes=_encode_dtypes,
        inplace=((1, 0),),
        gradient=no_gradient,
    )
)


# Rows


def _copy_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    old, index, new = inputs
    old = unify_shapes(old, outputs[0])
    index = _of_rank("index_vector", index, 1)
    if old is None or new is None:
        return [old, index, new], [old]
    if not old or len(old) != len(new):
        raise ShapeError(
            f"old_tensor {display(old)} and new_tensor {display(new)} must have one"
            " rank, of at least 1"
        )
    index = unify_shapes(index, new[:1]) or index
    row = unify_shapes(old[1:], new[1:])
    assert row is not None
    if UNKNOWN not in (old[0], index[0]) and index[0] > old[0]:
        raise ShapeError(
            f"new_tensor {display(new)} has more rows than old_tensor {display(old)}"
        )
    return [(old[0], *row), index, (*index, *row)], [(old[0], *row)]


def _copy_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify(unify(inputs[0], inputs[2]), outputs[0])
    return [dtype, inputs[1], dtype], [dtype]


def _copy_gradient(call: Call) -> Sequence[Entry | None]:
    grad, index = call.out_grad(), call.input("index_vector")
    new = call.make("take", grad, index, mode="wrap")
    zeros = call.make("zeros_like", *new)
    return [*call.make("_contrib_index_copy", grad, index, *zeros), None, *new]


register(
    Operator(
        name="_contrib_index_copy",
        summary="old_tensor with rows replaced: output[index_vector[i]] ="
        " new_tensor[i].",
        inputs=("old_tensor", "index_vector", "new_tensor"),
        shapes=_copy_shapes,
        dtypes=_copy_dtypes,
        inplace=((0, 0),),
        gradient=_copy_gradient,
    )
)
