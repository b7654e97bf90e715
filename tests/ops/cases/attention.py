"""Cases of multi-head attention on interleaved projections."""

from tests.ops.cases.case import Case

_PREFIX = "_contrib_interleaved_matmul_"
_SIZES = (  # queries, keys, batch, heads, width
    (2, 2, 1, 1, 2),
    (3, 2, 2, 2, 1),
    (1, 3, 2, 2, 2),
)


def _cases(queries: int, keys: int, batch: int, heads: int, width: int) -> list[Case]:
    joined, count = heads * width, batch * heads
    own = (keys, batch, 3 * joined)
    other = (keys, batch, 2 * joined)
    rows: dict[str, dict[str, tuple[int, ...]]] = {
        "selfatt_qk": {"queries_keys_values": own},
        "selfatt_valatt": {
            "queries_keys_values": own,
            "attention": (count, keys, keys),
        },
        "encdec_qk": {"queries": (queries, batch, joined), "keys_values": other},
        "encdec_valatt": {"keys_values": other, "attention": (count, queries, keys)},
    }
    return [Case(_PREFIX + x, shapes, {"heads": heads}) for x, shapes in rows.items()]


CASES = tuple(case for sizes in _SIZES for case in _cases(*sizes))
