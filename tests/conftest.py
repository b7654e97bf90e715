"""What holds for all tests: where they run, and that a slow machine fails none.

``DATAFLOW_TEST_CONTEXT=sim(0)`` makes another device the default context, and has tests
that ask for ``mx.cpu(1)`` get ``mx.sim(1)``. Tests of what the host alone has are
skipped then; at the end nothing may have been a race. ``DATAFLOW_TEST_SEED=1`` shuffles
what simulated devices do.
"""

import os
from functools import partial

import pytest
from hypothesis import settings

import dataflow as mx
from dataflow.ndarray.imperative import context_named
from dataflow_engine.devices.simulated import Simulation

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# Files, or tests in them: the host's back ends, threads and memory, or its name.
HOST_ONLY = (
    "executor/test_chains.py",
    "executor/test_dividing.py",
    "executor/test_replanning.py",
    "executor/test_folding.py::test_constants_lie_where_they_are_read",
    "executor/test_fused_networks.py",
    "executor/test_fused_reductions.py",
    "executor/test_layout.py",
    "executor/test_rectified.py",
    "executor/test_views.py",
    "executor/test_weights.py",
    "executor/test_failures.py::test_a_failure_crosses_contexts",
    "executor/test_failures.py::test_the_error_names_everything",
    "executor/test_recomputation.py::test_the_report_names_operators_and_lines",
    "kvstore/test_asynchrony.py::test_the_first_layers_come_first",
    "kvstore/test_kvstore.py::test_an_updater_runs_on_one_context",
    "ndarray/test_arithmetic.py::test_arrays_of_two_cpus_combine",
    "ndarray/test_bulks.py::test_an_error_names_the_operator_and_fails_the_bulk",
    "ndarray/test_bulks.py::test_so_many_calls_are_one_operation",
    "ndarray/test_creation.py::test_the_repr_shows_values_and_place",
    "ndarray/test_exchange.py::test_an_export_waits_for_the_value",
    "ndarray/test_exchange.py::test_dlpack_shares_memory_both_ways",
    "test_operator.py::test_asynchronous_operators_on_arrays",
    "test_operator.py::test_asynchronous_operators_run_on_the_io_lane",
)

named = os.environ.get("DATAFLOW_TEST_CONTEXT")
simulation = None
if named:
    if named.startswith("sim"):
        seed = os.environ.get("DATAFLOW_TEST_SEED")
        simulation = Simulation(None if seed is None else int(seed))
        mx.engine.get().devices.use("sim", simulation)
    chosen = context_named(named)
    mx.test_utils.set_default_context(chosen)
    mx.cpu = partial(mx.Context, chosen.device_type)


def pytest_collection_modifyitems(items):
    """Skip what needs another device."""
    for item in items:
        if item.get_closest_marker("gpu") and not mx.num_gpus():
            item.add_marker(pytest.mark.skip(reason="needs CuPy and a GPU"))
        name = item.nodeid.removeprefix("tests/")
        if named and name.startswith(HOST_ONLY):
            item.add_marker(pytest.mark.skip(reason=f"not about {named}"))


@pytest.fixture(scope="session", autouse=simulation is not None)
def no_races():
    """Tell at the end whether there was a race."""
    yield
    mx.waitall()
    simulation.check()
