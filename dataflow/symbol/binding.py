"""From a symbol to an executor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.context import Context
from dataflow.errors import ArgumentError
from dataflow.executor import Executor, binding
from dataflow.executor.memory_report import MemoryReport, memory_report
from dataflow.graph.node import Entry
from dataflow.ndarray import NDArray


class Binding:
    """The part of `Symbol` that binds and runs."""

    __slots__ = ()
    _entries: tuple[Entry, ...]

    def bind(
        self,
        ctx: Context,
        args: Mapping[str, NDArray] | Sequence[NDArray],
        args_grad: Mapping[str, NDArray] | Sequence[NDArray] | None = None,
        grad_req: str | Sequence[str] | Mapping[str, str] = "write",
        aux_states: Mapping[str, NDArray] | Sequence[NDArray] | None = None,
        group2ctx: Mapping[str, Context] | None = None,
        shared_exec: Executor | None = None,
        memory_budget: int | None = None,
    ) -> Executor:
        """Bind it to arrays and compile it.

        Parameters
        ----------
        ctx : Context
            Where nodes of no ``ctx_group`` run.
        args : mapping or sequence of NDArray
            An array for every argument, by name or in order; further names are ignored.
        args_grad : mapping or sequence of NDArray, optional
            Where gradients go; arguments that it leaves out get none.
        grad_req : str, sequence or mapping
            ``"write"``, ``"add"`` or ``"null"``, for all or per argument.
        aux_states : mapping or sequence of NDArray, optional
            An array for every auxiliary state.
        group2ctx : mapping, optional
            From ``ctx_group`` to context.
        shared_exec : Executor, optional
            Use its memory for intermediate results, where it is large enough. The two
            then take turns: finish a step (forward and backward) of one first.
        memory_budget : int, optional
            Bytes that intermediate results may take. As far as that is needed, backward
            computes results of forward once more instead of keeping them.

        Raises
        ------
        MXNetError
            ArgumentError, InferenceError or ContextError: an array is missing, of the
            wrong kind, shape, type or context. MemoryBudgetError: there is no way to
            keep to the budget. Nothing is changed then.
        """
        return Executor(
            binding.bind(
                self._entries,
                ctx,
                args,
                args_grad,
                grad_req,
                aux_states,
                group2ctx,
                memory_budget,
            ),
            shared_exec,
        )

    def simple_bind(
        self,
        ctx: Context | None = None,
        grad_req: str | Sequence[str] | Mapping[str, str] = "write",
        type_dict: Mapping[str, Any] | None = None,
        stype_dict: Mapping[str, str] | None = None,
        group2ctx: Mapping[str, Context] | None = None,
        shared_arg_names: Sequence[str] | None = None,
        shared_exec: Executor | None = None,
        shared_buffer: dict[str, NDArray] | None = None,
        memory_budget: int | None = None,
        **kwargs: Sequence[int],
    ) -> Executor:
        """Bind it to new arrays of zeros, whose shapes follow from those given.

        Parameters
        ----------
        ctx : Context, optional
            As in `bind`; the current context by default.
        grad_req, group2ctx, memory_budget
            As in `bind`.
        type_dict : mapping, optional
            Element types by argument name; float32 where nothing says otherwise.
        stype_dict : mapping, optional
            Storage types by argument name; only ``"default"`` exists here.
        shared_arg_names : sequence of str, optional
            Arguments whose arrays (and gradients) are those of `shared_exec`.
        shared_exec : Executor, optional
            As in `bind`; auxiliary states are shared too.
        shared_buffer : dict, optional
            Arrays by argument name, used for the other arguments where they are large
            enough, and filled with those that are made.
        **kwargs : sequence of int
            Shapes by argument name; a name that is no argument's is ignored, with a
            warning.

        Raises
        ------
        MXNetError
            As in `bind`; InferenceError also if the shapes given are too few.
        """
        for name, stype in (stype_dict or {}).items():
            if stype != "default":
                raise ArgumentError(f"'{name}': there is no storage type {stype!r}")
        pool = binding.Pool(
            arguments=shared_exec.arg_dict if shared_exec is not None else {},
            gradients=shared_exec.grad_dict if shared_exec is not None else {},
            states=shared_exec.aux_dict if shared_exec is not None else {},
            names=frozenset(shared_arg_names or ()),
            buffer=shared_buffer,
        )
        return Executor(
            binding.simple_bind(
                self._entries,
                ctx,
                grad_req,
                type_dict,
                group2ctx,
                kwargs,
                pool,
                memory_budget,
            ),
            shared_exec,
        )

    def memory_report(
        self,
        ctx: Context | None = None,
        grad_req: str | Sequence[str] | Mapping[str, str] = "write",
        type_dict: Mapping[str, Any] | None = None,
        group2ctx: Mapping[str, Context] | None = None,
        memory_budget: int | None = None,
        **kwargs: Sequence[int],
    ) -> MemoryReport:
        """Tell what memory binding will take, without taking any.

        Print it, or show it in a notebook; `MemoryReport.save` draws it over time.

        Parameters
        ----------
        ctx, grad_req, type_dict, group2ctx, memory_budget
            As in `simple_bind`.
        **kwargs : sequence of int
            Shapes by argument name.

        Raises
        ------
        MXNetError
            As in `simple_bind`.
        """
        return memory_report(
            self._entries, ctx, grad_req, type_dict, group2ctx, kwargs, memory_budget
        )

    def eval(self, ctx: Context | None = None, **kwargs: NDArray) -> list[NDArray]:
        """Compute its outputs once from arrays given by argument name."""
        context = Context("cpu", 0) if ctx is None else ctx
        return self.bind(context, kwargs, grad_req="null").forward()
