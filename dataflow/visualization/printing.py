"""`print_summary`, and a symbol as a table for notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataflow.errors import InferenceError
from dataflow.graph.node import Node
from dataflow.visualization import labels
from dataflow.visualization.facts import Composed, DTypes, Shapes, shown_shape
from dataflow.visualization.summary import Amount, Layer, Summary, summarize
from dataflow.visualization.tables import html_table, shortened, shown_bytes
from dataflow_ops.shapes import Shape

HEADERS = ("Layer (type)", "Output Shape", "Param #", "Previous Layer")
MOST_ROWS = 60  # of a table in a notebook


def print_summary(
    symbol: Composed,
    shape: Shapes | None = None,
    line_length: int = 120,
    positions: Sequence[float] = (0.44, 0.64, 0.74, 1.0),
    dtype: DTypes | None = None,
) -> None:
    """Print a network's layers, their output shapes and parameters, and the totals.

    Output shapes are shown without their first axis, the batch's. A parameter counts
    where it is first read, so that sharing it costs nothing.

    Parameters
    ----------
    symbol : Symbol
        What to sum up.
    shape : mapping, optional
        Shapes of its inputs by name. With it, every other argument is a parameter, but
        for labels and states; without it, parameters are known by how they are read or
        named. What does not follow from it is shown as ``?``.
    line_length : int
        Length of the lines.
    positions : sequence of float
        Where the columns end: parts of the line, or characters.
    dtype : mapping, optional
        Element types of arguments by name, for the bytes; float32 where nothing else
        follows.

    Raises
    ------
    ArgumentTypeError, UnknownNameError, InferenceError
        It is no symbol; the shapes or types given do not fit.
    """
    summary = summarize(symbol, shape, dtype)
    ends = [
        int(line_length * position) if positions[-1] <= 1 else int(position)
        for position in positions
    ]
    line = "_" * line_length
    blocks = ["\n".join(_rows(layer, ends)) for layer in summary.layers]
    print(line, _row(HEADERS, ends), "=" * line_length, sep="\n")
    print(f"\n{line}\n".join(blocks))
    print("=" * line_length, *_totals(summary), line, sep="\n")


def _rows(layer: Layer, ends: Sequence[int]) -> Iterator[str]:
    title = f"{layer.node.name}({labels.kind(layer.node)})"
    first = layer.previous[0] if layer.previous else ""
    shapes = ", ".join(_without_batch(shape) for shape in layer.shapes)
    yield _row((title, shapes, _counted(layer), first), ends)
    for name in layer.previous[1:]:
        yield _row(("", "", "", name), ends)


def _row(fields: Sequence[str], ends: Sequence[int]) -> str:
    """Write fields into columns; what is too long is cut, with a space after it."""
    line = ""
    for number, (text, end) in enumerate(zip(fields, ends, strict=True)):
        last = number == len(fields) - 1
        line = f"{line}{text}"[: end if last else end - 1].ljust(end)
    return line


def _without_batch(shape: Shape | None) -> str:
    return shown_shape(shape[1:]) if shape is not None and len(shape) > 1 else ""


def _counted(layer: Layer) -> str:
    parameters = layer.parameters
    if parameters.unknown:
        return "?"
    alone = layer.shared and not parameters.elements
    return "shared" if alone else str(parameters.elements)


def _totals(summary: Summary) -> Iterator[str]:
    parameters = summary.parameters
    yield f"Total params: {_at_least(parameters, str(parameters.elements))}"
    yield f"Memory of params: {_at_least(parameters, shown_bytes(parameters.nbytes))}"
    states, outputs = summary.states, summary.outputs
    if states != Amount():
        yield (
            f"Auxiliary states: {_at_least(states, str(states.elements))}, "
            f"{shown_bytes(states.nbytes)}"
        )
    yield (
        f"Memory of outputs: {_at_least(outputs, shown_bytes(outputs.nbytes))}, "
        "if none shared memory"
    )


def _at_least(amount: Amount, text: str) -> str:
    if not amount.unknown:
        return text
    return f"at least {text} ({amount.unknown} of unknown shape)"


def _kind(node: Node) -> str:
    if node.is_variable:
        return "input"
    return f"{labels.kind(node)} {labels.detail(node)}".strip()


def notebook_html(symbol: Composed) -> str:
    """Return a symbol as a table for a notebook, with the shapes that it declares."""
    try:
        summary = summarize(symbol)
    except InferenceError as error:
        return html_table(repr(symbol), (), [], str(error).splitlines())
    rows = [
        (
            layer.node.name,
            _kind(layer.node),
            ", ".join(shown_shape(shape) for shape in layer.shapes),
            "" if _counted(layer) == "0" else _counted(layer),
            ", ".join(layer.previous),
        )
        for layer in summary.layers
    ]
    headers = ("Layer", "Type", "Output shape", "Parameters", "Reads")
    notes = () if summary.parameters.unknown else tuple(_totals(summary))
    return html_table(repr(symbol), headers, shortened(rows, MOST_ROWS), notes)
