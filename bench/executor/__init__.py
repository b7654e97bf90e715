"""Replay of a long graph of small operators, beside bare NumPy and MXNet."""
