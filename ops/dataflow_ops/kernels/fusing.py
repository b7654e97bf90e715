"""What the back ends' kernels of fused groups share."""

from __future__ import annotations

from collections.abc import Iterable

from dataflow_ops.attributes import Attributes
from dataflow_ops.chains import Chain, parameters
from dataflow_ops.fused import NAME, Program, Step, overwritable
from dataflow_ops.kernels.backends import find, select
from dataflow_ops.kernels.reducing import element_outputs
from dataflow_ops.kernels.table import Invocation, Kernel, Specification


def pays(program: Program) -> bool:
    """Tell whether some back end runs a program faster than its steps one by one."""
    inputs = specifications(program, range(len(program.inputs)))
    outputs = specifications(program, program.outputs)
    return find(NAME, Attributes({"program": program}), inputs, outputs) is not None


def chain_pays(chain: Chain) -> bool:
    """Tell whether a fast back end runs a chain faster than its steps one by one."""
    kinds = [*map(Specification, chain.shapes, chain.dtypes)]
    outputs = [kinds[value] for value in chain.outputs]
    found = find(chain.operator, parameters(chain), kinds[: chain.inputs], outputs)
    return found is not None and found[0] != "reference"


def specifications(program: Program, values: Iterable[int]) -> list[Specification]:
    """Return shapes and types of some values."""
    return [Specification(program.shape_of(v), program.dtypes[v]) for v in values]


def step_kernel(program: Program, step: Step) -> tuple[Kernel, int]:
    """Return what computes a step where it stands alone, and the workspace it wants."""
    reads = specifications(program, step.reads)
    writes = specifications(program, step.writes)
    _, kernel = select(step.operator, step.attributes, reads, writes)
    if kernel.workspace is None:
        return kernel, 0
    return kernel, kernel.workspace(step.attributes, reads, writes)


def is_spoiled(program: Program, call: Invocation) -> bool:
    """Tell whether a piece of an output may lie over an input's that is yet to be read.

    The memory plan does not let that happen; arrays that a user binds may do it.
    """
    allowed = set(overwritable(program))
    for slot in element_outputs(program).values():
        output = call.outputs[slot]
        for number, array in enumerate(call.inputs):
            if not call.xp.may_share_memory(output, array):
                continue
            same = array.strides == output.strides and (
                array.ctypes.data == output.ctypes.data
            )
            if not (same and (number, slot) in allowed):
                return True
    return False
