"""Whole networks, forward and training, beside MXNet and torch."""
