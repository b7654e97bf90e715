"""What optimizers ask of many arrays at once: norms, layers' rates, finiteness."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, boolean, positive, real
from dataflow_ops.dtypes import FLOAT32, DTypes, floating, same_float
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shapes


def _names(attributes: Attributes) -> tuple[str, ...]:
    return tuple(f"array_{i}" for i in range(attributes.num_arrays))


def _one_number_each(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    return inputs, [(len(inputs),)]


def _one_number(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    return inputs, [(1,)]


def _single(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule of single precision numbers about any floating-point arrays."""
    return [floating(dtype) for dtype in inputs], [FLOAT32] * len(outputs)


_COUNT = Attribute("num_arrays", positive, doc="How many arrays there are.")
_INIT = Attribute(
    "init_output",
    boolean,
    True,
    "Begin with 1; if not, the output stays 0 where it was 0 before.",
)

register(
    Operator(
        name="multi_sum_sq",
        summary="The sum of the squares of each array's elements.",
        inputs=_names,
        variadic="num_arrays",
        attributes=(_COUNT,),
        shapes=_one_number_each,
        dtypes=_single,
    )
)

register(
    Operator(
        name="multi_lars",
        summary="Learning rates by the norms of weights and gradients: lr eta w / "
        "(rescale_grad g + wd w + eps), where w^2 and g^2 are the sums of squares; lr "
        "itself where one of them is 0.",
        inputs=("lrs", "weights_sum_sq", "grads_sum_sq", "wds"),
        attributes=(
            Attribute("eta", real, doc="Length of a step for a weight of length 1."),
            Attribute("eps", real, doc="What keeps the divisor above 0."),
            Attribute("rescale_grad", real, 1.0, "Factor of the gradients."),
        ),
        dtypes=same_float,
        inplace=((0, 0), (1, 0), (2, 0), (3, 0)),
    )
)

register(
    Operator(
        name="all_finite",
        summary="1 if no element is infinite or NaN, else 0.",
        attributes=(_INIT,),
        shapes=_one_number,
        dtypes=_single,
    )
)

register(
    Operator(
        name="multi_all_finite",
        summary="1 if no element of any array is infinite or NaN, else 0.",
        inputs=_names,
        variadic="num_arrays",
        attributes=(
            Attribute("num_arrays", positive, 1, "How many arrays there are."),
            _INIT,
        ),
        shapes=_one_number,
        dtypes=_single,
    )
)

register(
    Operator(
        name="reset_arrays",
        summary="Fill all arrays with 0.",
        inputs=(),
        auxiliary=_names,
        outputs=("done",),  # by which it is asked for, as any operator is
        visible=lambda attributes: 0,
        variadic="num_arrays",
        attributes=(_COUNT,),
        shapes=_one_number,
        dtypes=_single,
    )
)
