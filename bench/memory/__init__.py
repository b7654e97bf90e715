"""Bytes planned for intermediate results, beside the lower bound and MXNet's plan."""
