"""`fpmath_mode`: in which arithmetic products of single precision are computed."""

from __future__ import annotations

from types import TracebackType

from dataflow.errors import ArgumentError
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels import fpmath


class fpmath_mode:
    """Choose the arithmetic of what is bound from now on, or inside a ``with`` block.

    In mode ``"bf16"``, convolutions, deconvolutions, products of matrices and recurrent
    layers round what they multiply to bfloat16, where the CPU multiplies faster in it.
    Products are added in single precision, and all arrays stay float32. The 8
    significant bits of bfloat16 leave relative errors of about 2^-8. What computes
    already keeps its mode: an executor that of its binding, and a call on arrays that
    of its moment.

    Without a call, the mode is what ``DATAFLOW_FPMATH`` says, and ``"strict"`` without
    that. It is one for all threads of the process.

    Parameters
    ----------
    mode : str
        ``"strict"`` or ``"bf16"``.

    Raises
    ------
    ArgumentError
        There is no such mode.

    Examples
    --------
    >>> import dataflow as mx
    >>> x = mx.sym.Variable("x")
    >>> with mx.fpmath_mode("bf16"):  # without "with": from here on
    ...     executor = mx.sym.dot(x, x).simple_bind(mx.cpu(), x=(64, 64))
    >>> executor.plan_report().arithmetic
    'bf16'
    """

    def __init__(self, mode: str) -> None:
        self._mode = mode
        try:
            self._before = fpmath.choose(mode)
        except DeclarationError as error:
            raise ArgumentError(str(error)) from None

    def __enter__(self) -> None:
        """Begin a block; the mode is in force already, unless it is not the first."""
        fpmath.choose(self._mode)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        fpmath.choose(self._before)
