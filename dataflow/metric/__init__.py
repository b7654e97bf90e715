"""Metrics: how good predictions are."""

from dataflow.metric.base import Arrays, EvalMetric, check_label_shapes
from dataflow.metric.binary import F1, MCC
from dataflow.metric.classification import Accuracy, TopKAccuracy
from dataflow.metric.composite import CompositeEvalMetric
from dataflow.metric.correlation import PCC, PearsonCorrelation
from dataflow.metric.custom import Caffe, CustomMetric, Loss, Torch, np
from dataflow.metric.likelihood import CrossEntropy, NegativeLogLikelihood, Perplexity
from dataflow.metric.registry import alias, create, register
from dataflow.metric.regression import MAE, MSE, RMSE

__all__ = [
    "F1",
    "MAE",
    "MCC",
    "MSE",
    "PCC",
    "RMSE",
    "Accuracy",
    "Arrays",
    "Caffe",
    "CompositeEvalMetric",
    "CrossEntropy",
    "CustomMetric",
    "EvalMetric",
    "Loss",
    "NegativeLogLikelihood",
    "PearsonCorrelation",
    "Perplexity",
    "TopKAccuracy",
    "Torch",
    "alias",
    "check_label_shapes",
    "create",
    "np",
    "register",
]
