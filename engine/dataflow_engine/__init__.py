"""An asynchronous dependency engine: what runs, and when.

>>> from dataflow_engine import ThreadedEngine
>>> with ThreadedEngine() as engine:
...     total = engine.new_variable("total")
...     engine.push(lambda: print("written"), writes=[total])
...     engine.wait_for(total)
written
"""

from .contract import Engine, LaneStatistics, Statistics
from .errors import EngineClosed, EngineError, OperationTimeout, WaitTimeout
from .naive import NaiveEngine
from .operations import Cost, Operation
from .plans import Plan, SerialProgram
from .threaded import ThreadedEngine
from .tracing import Slice, Tracer
from .variables import Var

__all__ = [
    "Cost",
    "Engine",
    "EngineClosed",
    "EngineError",
    "LaneStatistics",
    "NaiveEngine",
    "Operation",
    "OperationTimeout",
    "Plan",
    "SerialProgram",
    "Slice",
    "Statistics",
    "ThreadedEngine",
    "Tracer",
    "Var",
    "WaitTimeout",
]
