"""Data iterators for tests."""

from __future__ import annotations

from dataflow.io import DataBatch, DataIter


class DummyIter(DataIter):
    """Gives the first batch of an iterator again and again, without end.

    Parameters
    ----------
    real_iter : DataIter
        Whose batch.
    """

    def __init__(self, real_iter: DataIter) -> None:
        super().__init__(real_iter.batch_size)
        self.real_iter = real_iter
        self.provide_data = real_iter.provide_data
        self.provide_label = real_iter.provide_label
        self.the_batch = next(real_iter)

    def next(self) -> DataBatch:
        """Return the batch."""
        return self.the_batch
