"""A zoo of networks that classify images; each module has a `get_symbol`."""

from dataflow.zoo import (
    alexnet,
    googlenet,
    inception_bn,
    lenet,
    mlp,
    resnet,
    resnet_v1,
    vgg,
)

__all__ = [
    "alexnet",
    "googlenet",
    "inception_bn",
    "lenet",
    "mlp",
    "resnet",
    "resnet_v1",
    "vgg",
]
