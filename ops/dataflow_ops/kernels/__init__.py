"""Kernels: how each back end computes the operators."""
