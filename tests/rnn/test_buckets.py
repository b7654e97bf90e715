"""Sentences as numbers, and as batches."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataflow as mx

SENTENCES = [["a", "b", "c"], ["b", "d"], ["a"]]


def test_a_new_vocabulary_numbers_words_as_they_come():
    coded, vocab = mx.rnn.encode_sentences(SENTENCES)
    assert coded == [[0, 1, 2], [1, 3], [0]]
    assert vocab == {"\n": -1, "a": 0, "b": 1, "c": 2, "d": 3}


def test_no_word_gets_the_number_of_no_word():
    coded, vocab = mx.rnn.encode_sentences(
        SENTENCES, invalid_label=1, invalid_key="<pad>"
    )
    assert coded == [[0, 2, 3], [2, 4], [0]]
    assert vocab["<pad>"] == 1


def test_unknown_words_are_one_token():
    vocab = {"a": 0, "b": 3}
    coded, found = mx.rnn.encode_sentences(SENTENCES, vocab, unknown_token="?")
    assert coded == [[0, 3, 1], [3, 1], [0]]
    assert found is vocab
    assert vocab == {"a": 0, "b": 3, "?": 1}
    coded, _ = mx.rnn.encode_sentences(SENTENCES, {"?": 9, "a": 1}, unknown_token="?")
    assert coded == [[1, 9, 9], [9, 9], [1]]


def test_an_unknown_word_is_named():
    with pytest.raises(KeyError, match="the word 'b' is not in the vocabulary"):
        mx.rnn.encode_sentences(SENTENCES, {"a": 1})


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.lists(st.integers(0, 20), max_size=9), min_size=1, max_size=30),
    st.integers(1, 3),
    st.sampled_from(["NT", "TN"]),
)
def test_every_full_batch_comes_once(sentences, batch, layout):
    iterator = mx.rnn.BucketSentenceIter(
        sentences, batch, buckets=[4, 9], layout=layout
    )
    fitting = {4: [], 9: []}
    for sentence in sentences:
        length = 4 if len(sentence) <= 4 else 9
        fitting[length].append(tuple(sentence + [-1] * (length - len(sentence))))
    counts = {4: 0, 9: 0}
    for found in iterator:
        words, following = found.data[0].asnumpy(), found.label[0].asnumpy()
        if layout == "TN":
            words, following = words.T, following.T
        assert words.shape == (batch, found.bucket_key)
        assert set(map(tuple, words)) <= set(fitting[found.bucket_key])
        np.testing.assert_array_equal(following[:, :-1], words[:, 1:])
        np.testing.assert_array_equal(following[:, -1], -1)
        counts[found.bucket_key] += 1
    assert counts == {n: len(fitting[n]) // batch for n in fitting}


def test_long_sentences_are_left_out_with_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        iterator = mx.rnn.BucketSentenceIter(
            [[1, 2], [1] * 9, [1, 3]], 2, buckets=[3, 4]
        )
    assert "discarded 1 sentences" in caplog.text
    assert (iterator.buckets, len(iterator.idx)) == ([3], 1)


@pytest.mark.parametrize(
    ("sentences", "options", "message"),
    [
        ([[1]] * 4, {"layout": "NTC"}, "'NT' .* or 'TN'"),
        ([[1]], {}, "no bucket with a sentence"),
        ([], {"buckets": [3]}, "no bucket with a sentence"),
        ([["a"]] * 4, {}, "encode_sentences"),
    ],
)
def test_unusable_sentences(sentences, options, message):
    with pytest.raises(ValueError, match=message):
        mx.rnn.BucketSentenceIter(sentences, 2, **options)
    with pytest.raises(ValueError, match="batch_size is at least 1"):
        mx.rnn.BucketSentenceIter([[1]], 0)
