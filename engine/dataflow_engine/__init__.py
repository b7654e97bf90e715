"""An asynchronous dependency engine: what runs, and when.

>>> from dataflow_engine import ThreadedEngine
>>> with ThreadedEngine() as engine:
...     total = engine.new_variable("total")
...     engine.push(lambda: print("written"), writes=[total])
...     engine.wait_for(total)
written
"""

from .contest import Contest
from .contract import Engine, LaneStatistics, Statistics
from .determinism.orders import Order
from .determinism.recording import Recorder
from .determinism.replaying import ReplayEngine
from .determinism.seeded import SeededEngine
from .errors import (
    DeviceDead,
    DeviceFault,
    DeviceMissing,
    DeviceRace,
    EngineClosed,
    EngineError,
    OperationTimeout,
    OrderError,
    WaitTimeout,
)
from .naive import NaiveEngine
from .operations import Cost, Operation
from .parallel import ParallelProgram
from .plans import Plan, SerialProgram
from .threaded import ThreadedEngine
from .tracing import Slice, Tracer
from .variables import Var

__all__ = [
    "Contest",
    "Cost",
    "DeviceDead",
    "DeviceFault",
    "DeviceMissing",
    "DeviceRace",
    "Engine",
    "EngineClosed",
    "EngineError",
    "LaneStatistics",
    "NaiveEngine",
    "Operation",
    "OperationTimeout",
    "Order",
    "OrderError",
    "ParallelProgram",
    "Plan",
    "Recorder",
    "ReplayEngine",
    "SeededEngine",
    "SerialProgram",
    "Slice",
    "Statistics",
    "ThreadedEngine",
    "Tracer",
    "Var",
    "WaitTimeout",
]
