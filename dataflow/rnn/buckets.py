"""Sentences as batches: words become numbers, and equally long sentences a batch."""

from __future__ import annotations

import bisect
import logging
import random
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, UnknownNameError
from dataflow.io import DataBatch, DataDesc, DataIter
from dataflow.ndarray import NDArray, array

Vocabulary = dict[Any, int]


def encode_sentences(
    sentences: Iterable[Iterable[Hashable]],
    vocab: Vocabulary | None = None,
    invalid_label: int = -1,
    invalid_key: Hashable = "\n",
    start_label: int = 0,
    unknown_token: Hashable | None = None,
) -> tuple[list[list[int]], Vocabulary]:
    """Turn words into numbers.

    Parameters
    ----------
    sentences : iterable of iterables
        Sentences of words.
    vocab : dict, optional
        The number of each word that is known; by default it is made of all words.
    invalid_label : int
        The number of no word, with which short sentences are filled up.
    invalid_key : hashable
        What stands for it in a new vocabulary.
    start_label : int
        The first number given to a new word.
    unknown_token : hashable, optional
        What takes the place of words that a given vocabulary does not know; it is
        entered if it is new.

    Returns
    -------
    sentences : list of list of int
        The numbers.
    vocab : dict
        The vocabulary, which is the given one if one is given.

    Raises
    ------
    UnknownNameError
        A word is unknown, and there is no token for it.
    """
    grows = vocab is None
    known: Vocabulary = {invalid_key: invalid_label} if vocab is None else vocab
    taken = {invalid_label, *known.values()}
    encoded = []
    for sentence in sentences:
        numbers = []
        for word in sentence:
            token = word if grows or word in known else _token(word, unknown_token)
            if token not in known:
                while start_label in taken:
                    start_label += 1
                known[token] = start_label
                taken.add(start_label)
            numbers.append(known[token])
        encoded.append(numbers)
    return encoded, known


def _token(word: Hashable, unknown_token: Hashable | None) -> Hashable:
    if unknown_token is None:
        raise UnknownNameError(
            f"the word {word!r} is not in the vocabulary; give an unknown_token to "
            "take the place of such words"
        )
    return unknown_token


class BucketSentenceIter(DataIter):
    """Batches of sentences of about the same length, for a language model.

    A sentence lies in the shortest bucket that holds it, filled up at its end. The
    label of a word is the word after it. Order is that of Python's and NumPy's own
    random numbers, anew in every epoch.

    Parameters
    ----------
    sentences : sequence of sequence of int
        Sentences as numbers; see `encode_sentences`.
    batch_size : int
        Sentences in a batch; what does not fill one is left out.
    buckets : sequence of int, optional
        Lengths of the buckets; by default those of which there is a batch of sentences.
    invalid_label : int
        What sentences are filled up with.
    data_name, label_name : str
        Names of data and labels.
    dtype : dtype
        Element type of both.
    layout : str
        ``"NT"``, a sentence in each row, or ``"TN"``, one in each column.

    Raises
    ------
    ArgumentError
        No bucket can be made, or the layout is another one.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[int]],
        batch_size: int,
        buckets: Sequence[int] | None = None,
        invalid_label: int = -1,
        data_name: str = "data",
        label_name: str = "softmax_label",
        dtype: Any = "float32",
        layout: str = "NT",
    ) -> None:
        super().__init__()
        if layout not in ("NT", "TN"):
            raise ArgumentError(
                f"layout is 'NT' (batch first) or 'TN' (time first), not {layout!r}"
            )
        if batch_size < 1:
            raise ArgumentError(f"batch_size is at least 1, not {batch_size}")
        self.batch_size = batch_size
        self.data_name, self.label_name = data_name, label_name
        self.dtype, self.invalid_label = dtype, invalid_label
        self.layout, self.major_axis = layout, layout.find("N")
        lengths = sorted(buckets or _common_lengths(sentences, batch_size))
        filled = self._fill(lengths, sentences)
        if not filled:
            raise ArgumentError(
                f"there is no bucket with a sentence in it, of lengths {lengths}; give "
                "buckets that are long enough"
            )
        self.buckets, self.data = list(filled), list(filled.values())
        self.default_bucket_key = max(self.buckets)
        self.provide_data, self.provide_label = self._describe(self.default_bucket_key)
        self.idx = [
            (i, start)
            for i, bucket in enumerate(self.data)
            for start in range(0, len(bucket) - batch_size + 1, batch_size)
        ]
        self.reset()

    def _fill(
        self, lengths: Sequence[int], sentences: Sequence[Sequence[int]]
    ) -> dict[int, np.ndarray]:
        """Return the filled up sentences of each bucket that has some, by length."""
        rows: dict[int, list[np.ndarray]] = {length: [] for length in lengths}
        discarded = 0
        for sentence in sentences:
            bucket = bisect.bisect_left(lengths, len(sentence))
            if bucket == len(lengths):
                discarded += 1
                continue
            row = np.full(lengths[bucket], self.invalid_label, self.dtype)
            row[: len(sentence)] = _numbers(sentence)
            rows[lengths[bucket]].append(row)
        if discarded:
            logging.warning(
                "discarded %d sentences longer than the largest bucket", discarded
            )
        return {length: np.array(held) for length, held in rows.items() if held}

    def _describe(self, length: int) -> tuple[list[DataDesc], list[DataDesc]]:
        shape = (self.batch_size, length)
        shape = shape if self.major_axis == 0 else shape[::-1]
        data = DataDesc(self.data_name, shape, layout=self.layout)
        return [data], [DataDesc(self.label_name, shape, layout=self.layout)]

    def reset(self) -> None:
        """Begin the next epoch, in another order."""
        self.curr_idx = 0
        random.shuffle(self.idx)
        self.nddata: list[NDArray] = []
        self.ndlabel: list[NDArray] = []
        for bucket in self.data:
            np.random.shuffle(bucket)
            labels = np.full_like(bucket, self.invalid_label)
            labels[:, :-1] = bucket[:, 1:]
            self.nddata.append(array(bucket, dtype=self.dtype))
            self.ndlabel.append(array(labels, dtype=self.dtype))

    def next(self) -> DataBatch:
        """Return the next batch; its ``bucket_key`` is the length of its bucket."""
        if self.curr_idx == len(self.idx):
            raise StopIteration
        bucket, start = self.idx[self.curr_idx]
        self.curr_idx += 1
        length = self.buckets[bucket]
        rows = slice(start, start + self.batch_size)
        data, label = self.nddata[bucket][rows], self.ndlabel[bucket][rows]
        if self.major_axis == 1:
            data, label = data.T, label.T
        provide_data, provide_label = self._describe(length)
        return DataBatch(
            [data],
            [label],
            pad=0,
            bucket_key=length,
            provide_data=provide_data,
            provide_label=provide_label,
        )


def _numbers(sentence: Sequence[int]) -> np.ndarray:
    numbers = np.asarray(sentence)
    if numbers.size and numbers.dtype.kind not in "iufb":
        raise ArgumentError(
            f"a sentence is a list of numbers, which encode_sentences gives; not "
            f"{sentence!r}"
        )
    return numbers


def _common_lengths(sentences: Sequence[Sequence[int]], batch_size: int) -> list[int]:
    """Return the lengths of which there are enough sentences for a batch."""
    counts = np.bincount([len(s) for s in sentences] or [0])
    return [length for length, count in enumerate(counts) if count >= batch_size]
