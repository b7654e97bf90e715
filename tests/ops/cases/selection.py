"""Cases of Python's indexing; MXNet has no such operators by name."""

from tests.ops.cases.case import Case

CASES: tuple[Case, ...] = ()
