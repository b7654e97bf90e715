"""MXNet's side of binding."""

from __future__ import annotations

import mxnet as mx

from bench.binding.importing import importing
from bench.binding.symbolic import workloads
from bench.models.files import Shared, load
from bench.models.networks import Network

VERSIONS = {"MXNet": mx.__version__}


def _load(network: Network) -> Shared:
    return load(network.name)


WORKLOADS = {**importing("mxnet"), **workloads(mx, _load)}
