"""Optimizers: how parameters follow their gradients."""

from dataflow.optimizer import contrib
from dataflow.optimizer.adam import Adam, Adamax, Nadam
from dataflow.optimizer.adaptive import AdaDelta, AdaGrad, RMSProp
from dataflow.optimizer.lamb import LAMB
from dataflow.optimizer.large_batch import LARS, LBSGD
from dataflow.optimizer.leaders import FTML, Ftrl
from dataflow.optimizer.momentum import NAG, SGD, Signum, ccSGD
from dataflow.optimizer.optimizer import Optimizer, create, register
from dataflow.optimizer.updater import Updater, get_updater
from dataflow.optimizer.variants import DCASGD, SGLD, Test

__all__ = [
    "DCASGD",
    "FTML",
    "LAMB",
    "LARS",
    "LBSGD",
    "NAG",
    "SGD",
    "SGLD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "Adamax",
    "Ftrl",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "Signum",
    "Test",
    "Updater",
    "ccSGD",
    "contrib",
    "create",
    "get_updater",
    "register",
]
