"""MXNet's side of the models."""

from __future__ import annotations

import mxnet as mx
import numpy as np

from bench.models import recurrent
from bench.models.files import Shared, load
from bench.models.networks import COMPARED, NETWORKS, Network
from bench.models.symbolic import workloads

VERSIONS = {"MXNet": mx.__version__, "NumPy": np.__version__}


def _load(network: Network) -> Shared:
    return load(network.name)


WORKLOADS = {
    **workloads(mx, _load, [NETWORKS[name] for name in COMPARED]),
    **recurrent.workloads(mx),
}
