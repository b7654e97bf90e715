"""Modules: a symbol with its parameters and its optimizer, trained and asked."""

from dataflow.module.base_module import BaseModule
from dataflow.module.bucketing_module import BucketingModule
from dataflow.module.module import Module
from dataflow.module.python_module import PythonLossModule, PythonModule
from dataflow.module.sequential_module import SequentialModule

__all__ = [
    "BaseModule",
    "BucketingModule",
    "Module",
    "PythonLossModule",
    "PythonModule",
    "SequentialModule",
]
