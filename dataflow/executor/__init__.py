"""Executors: a symbol bound to arrays, compiled, and run on the engine."""

from dataflow.executor.executor import Executor
from dataflow.executor.report import PlanReport

__all__ = ["Executor", "PlanReport"]
