"""Benchmarks beside the peers: ``python -m bench`` from the project's root."""
