"""Single operators beside MXNet 1.9.1 and torch."""
