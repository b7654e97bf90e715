"""Symbol: one or more entries of a graph that a user composes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dataflow.arithmetic import Arithmetic, scalar_operator
from dataflow.attribute import check_attributes, shown, stored_key
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    IndexOutOfRange,
    NotImplementedForSymbol,
    UnknownNameError,
)
from dataflow.graph.composing import current
from dataflow.graph.gradient import loss_gradients
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, output_name
from dataflow.graph.text import describe_graph
from dataflow.serialization import symbol_json
from dataflow.serialization.files import write
from dataflow.symbol.binding import Binding
from dataflow.symbol.composition import create_node, substitute
from dataflow.symbol.inferring import Inferring
from dataflow.visualization.drawing import notebook_svg
from dataflow.visualization.printing import notebook_html
from dataflow_ops.registry import find


class Symbol(Arithmetic, Inferring, Binding):
    """A piece of a graph: the outputs of some nodes, not yet computed.

    Made by `Variable`, by the operators' functions and by arithmetic on symbols.
    """

    __slots__ = ("_entries",)

    if TYPE_CHECKING:  # operators that are methods too; see `dataflow.methods`

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The graph entries that it stands for."""
        return self._entries

    # Composition

    def __call__(
        self, *args: Symbol, name: str | None = None, **kwargs: Symbol
    ) -> Symbol:
        """Replace arguments by symbols, in a copy.

        Parameters
        ----------
        *args : Symbol
            In the order of `list_arguments`.
        name : str, optional
            Name of the result.
        **kwargs : Symbol
            By argument name.

        Raises
        ------
        ArgumentTypeError, UnknownNameError
            Something is no symbol; there is no argument of that name.
        """
        if args and kwargs:
            raise ArgumentTypeError(
                "compose by position or by name, not by both at once"
            )
        arguments = Graph.of(self._entries).arguments
        if len(args) > len(arguments):
            raise ArgumentError(
                f"{self!r} has {len(arguments)} arguments, not {len(args)}"
            )
        pairs = list(zip(arguments, args, strict=False))
        for key, value in kwargs.items():
            named = [node for node in arguments if node.name == key]
            if not named:
                raise UnknownNameError(
                    f"{self!r} has no argument '{key}'; "
                    f"it has {', '.join(self.list_arguments())}"
                )
            pairs += [(node, value) for node in named]
        replacements = {node: _single(value, node.name) for node, value in pairs}
        return Symbol(substitute(self._entries, replacements, name))

    def __copy__(self) -> Symbol:
        return Symbol(substitute(self._entries, {}, None))

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Symbol:
        return self.__copy__()

    # Names and parts

    @property
    def name(self) -> str | None:
        """Name of its node; None for a group of several nodes."""
        nodes = {entry.node for entry in self._entries}
        return self._entries[0].node.name if len(nodes) == 1 else None

    def list_arguments(self) -> list[str]:
        """Names of its arguments, in order of first use."""
        return [node.name for node in Graph.of(self._entries).arguments]

    def list_outputs(self) -> list[str]:
        """Names of its outputs."""
        return [output_name(entry) for entry in self._entries]

    def list_auxiliary_states(self) -> list[str]:
        """Names of the states that its operators update."""
        return [node.name for node in Graph.of(self._entries).states]

    def list_inputs(self) -> list[str]:
        """Names of all arguments and auxiliary states."""
        return [node.name for node in Graph.of(self._entries).variables]

    def get_internals(self) -> Symbol:
        """Return the group of all visible entries below it."""
        nodes = Graph.of(self._entries).nodes
        entries = [e for n in nodes for e in n.entries()[: n.visible_count]]
        return Symbol(list(map(current, entries)))

    def get_children(self) -> Symbol | None:
        """Return the group of its nodes' direct inputs; None for a variable."""
        nodes = dict.fromkeys(entry.node for entry in self._entries)
        inputs = [entry for node in nodes for entry in node.inputs]
        return Symbol(inputs) if inputs else None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Symbol]:
        return (Symbol([entry]) for entry in self._entries)

    def __getitem__(self, key: int | str | slice) -> Symbol:
        if isinstance(key, str):
            return self._output_named(key)
        if isinstance(key, slice):
            return Symbol(self._entries[key])
        if not 0 <= key < len(self._entries):
            raise IndexOutOfRange(f"{self!r} has {len(self)} outputs, so no [{key}]")
        return Symbol([self._entries[key]])

    def _output_named(self, name: str) -> Symbol:
        found = [e for e in self._entries if output_name(e) == name]
        if len(found) != 1:
            count = "no output" if not found else "several outputs"
            raise UnknownNameError(
                f"{self!r} has {count} named '{name}'; it has "
                f"{', '.join(self.list_outputs())}"
            )
        return Symbol(found)

    def __repr__(self) -> str:
        if self.name is not None:
            return f"<Symbol {self.name}>"
        names = ", ".join(dict.fromkeys(e.node.name for e in self._entries))
        return f"<Symbol group [{names}]>"

    def _repr_svg_(self) -> str | None:
        return notebook_svg(self)

    def _repr_html_(self) -> str:
        return notebook_html(self)

    def __bool__(self) -> bool:
        raise NotImplementedForSymbol(
            "a symbol has no value yet, so it is neither true nor false; bind it first"
        )

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedForSymbol(
            f"{self!r} has no value yet: bind it, run the executor, and ask its outputs"
        )

    # What only arrays can do
    asnumpy = asscalar = as_in_context = backward = copy = detach = _refused
    wait_to_read = _refused

    def _never_in_place(self, other: Any) -> Any:
        raise NotImplementedForSymbol(
            f"{self!r} cannot change in place; write a = a + b instead of a += b"
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __imod__ = _never_in_place

    # Attributes

    def attr(self, key: str) -> str | None:
        """Return an attribute of its node, such as ``ctx_group``; None if absent."""
        attributes = self._node.attributes
        return attributes.get(
            stored_key(key), attributes.get(f"__{key}__", self._node.given.get(key))
        )

    def list_attr(self, recursive: bool = False) -> dict[str, str]:
        """Return the attributes of its node; none for a group.

        Parameters
        ----------
        recursive : bool
            Those of all nodes below it too, under keys such as ``conv1_kernel``.
        """
        if recursive:
            return {
                f"{name}_{key}": value
                for name, attributes in self.attr_dict().items()
                for key, value in attributes.items()
            }
        return {} if self.name is None else _attributes_of(self._node)

    def attr_dict(self) -> dict[str, dict[str, str]]:
        """Return the attributes of every node that has some, by node name."""
        nodes = Graph.of(self._entries).nodes
        every = {node.name: _attributes_of(node) for node in nodes}
        return {name: found for name, found in every.items() if found}

    def _set_attr(self, **kwargs: str) -> None:
        """Set attributes of its node, for every symbol that shares the node."""
        check_attributes(kwargs)
        self._node.attributes.update({stored_key(k): v for k, v in kwargs.items()})

    @property
    def _node(self) -> Node:
        if self.name is None:
            raise ArgumentError(f"{self!r} has several nodes; pick one by index")
        return self._entries[0].node

    def debug_str(self) -> str:
        """Return a listing of its graph, node by node."""
        return describe_graph(Graph.of(self._entries))

    # Gradients

    def grad(self, wrt: Sequence[str]) -> Symbol:
        """Return the gradients of its outputs, which must be losses, as a symbol.

        Parameters
        ----------
        wrt : sequence of str
            Names of the arguments.

        Returns
        -------
        Symbol
            A group with the gradient by each of them.

        Raises
        ------
        UnknownNameError
            There is no such argument.
        ArgumentError
            An output is no loss, so that its gradient would have to be given.
        """
        arguments = {node.name: node for node in Graph.of(self._entries).arguments}
        for name in wrt:
            if name not in arguments:
                raise UnknownNameError(f"{self!r} has no argument '{name}'")
        return Symbol(loss_gradients(self._entries, [arguments[n] for n in wrt]))

    gradient = grad

    # Files

    def tojson(self, remove_amp_cast: bool = True) -> str:
        """Return it as JSON text, the same that MXNet writes.

        Parameters
        ----------
        remove_amp_cast : bool
            Leave out what automatic mixed precision put between its nodes.
        """
        entries = self._entries
        return symbol_json.dumps(
            symbol_json.without_casts(entries) if remove_amp_cast else entries
        )

    def save(self, fname: Any, remove_amp_cast: bool = True) -> None:
        """Save it as JSON; the old file stays as it was if that fails.

        Parameters
        ----------
        fname : str or path
            A path, or a URL such as ``s3://bucket/model-symbol.json``.
        remove_amp_cast : bool
            As in `tojson`.

        Raises
        ------
        FileError
            It cannot be written.
        """
        write(fname, [symbol_json.encoded(self.tojson(remove_amp_cast))])

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.tojson(remove_amp_cast=False),)

    # Arithmetic; names follow MXNet's: _plus0, _mulscalar0, ...

    def _binary(self, name: str, other: Any, *, reverse: bool = False) -> Symbol:
        if isinstance(other, Symbol):
            pair = {"lhs": self.entries, "rhs": other.entries}
            node = create_node(find(f"_{name}"), f"_{name}", pair, {}, None, {})
        elif isinstance(other, int | float | np.number):
            operator = scalar_operator(name, reverse=reverse)
            hint = operator if operator in _PLAIN_HINTS else f"{operator[:-7]}scalar"
            data, scalar = {"data": self.entries}, {"scalar": other}
            node = create_node(find(operator), hint, data, scalar, None, {})
        else:
            return NotImplemented  # type: ignore[no-any-return]
        return Symbol(node.entries())

    def astype(self, dtype: Any) -> Symbol:
        """Return it with another element type."""
        given = {"dtype": np.dtype(dtype).name}
        data = {"data": self.entries}
        node = create_node(find("Cast"), "cast", data, given, None, {})
        return Symbol(node.entries())

    def __abs__(self) -> Symbol:
        data = {"data": self.entries}
        return Symbol(create_node(find("abs"), "abs", data, {}, None, {}).entries())


def _restored(text: str) -> Symbol:
    return Symbol(symbol_json.loads(text, "a pickled symbol"))


def _attributes_of(node: Node) -> dict[str, str]:
    return shown({**node.given, **node.attributes})


def _single(value: object, name: str) -> Entry:
    if not isinstance(value, Symbol):
        raise ArgumentTypeError(f"'{name}' must be a Symbol, not {value!r}")
    if len(value) != 1:
        raise ArgumentError(f"'{name}' takes one output; {value!r} has {len(value)}")
    return value.entries[0]


# Where MXNet's automatic name is the operator's; elsewhere it drops an underscore.
_PLAIN_HINTS = frozenset(
    f"_{stem}_scalar"
    for stem in (
        "rpower",
        "equal",
        "not_equal",
        "lesser",
        "lesser_equal",
        "greater",
        "greater_equal",
    )
)
