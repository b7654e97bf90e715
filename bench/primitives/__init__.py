"""oneDNN's primitives, in single precision and in bfloat16, beside MXNet and torch."""
