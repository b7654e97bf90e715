"""No-op operations through the engine, beside MXNet's C++ engine."""
