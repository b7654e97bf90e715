"""Lanes of devices: streams and events, simulated and of CUDA."""
