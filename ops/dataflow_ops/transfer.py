"""Moving arrays between contexts."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register


def _sent_back(call: Call) -> Sequence[Entry]:
    return call.make("_CrossDeviceCopy", call.out_grad())


register(
    Operator(
        name="_CrossDeviceCopy",
        summary="The input in another context: output = data.",
        gradient=_sent_back,
    )
)
