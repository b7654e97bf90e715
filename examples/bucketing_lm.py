"""Train a language model of LSTM cells on Apache's licence, sentence by sentence.

Sentences of about the same length make a batch; `BucketingModule` has a network for
each length, and all of them share their parameters.

    python examples/bucketing_lm.py --epochs 20 --out out
"""

from __future__ import annotations

import argparse
import logging
import random
import re
from pathlib import Path

import numpy as np

import dataflow as mx

TEXT = Path(__file__).parents[1] / "LICENSE"
BUCKETS = [8, 16, 24, 32]
PADDING = 0  # fills sentences up; the metric leaves it out


def read_sentences(path: Path) -> list[list[str]]:
    """Return the words of every part of a text that punctuation ends."""
    text = path.read_text(encoding="utf-8").lower()
    parts = (re.findall(r"[a-z]+|,", part) for part in re.split(r"[.;:()]", text))
    return [[*part, "<end>"] for part in parts if len(part) > 1]


class LanguageModel:
    """Makes the network for sentences of each length.

    Parameters
    ----------
    words : int
        Size of the vocabulary.
    layers, size : int
        How many LSTM cells are stacked, and their units.
    dropout : float
        Which part of the units between cells is dropped in training.
    """

    def __init__(self, words: int, layers: int, size: int, dropout: float) -> None:
        self.words, self.size = words, size
        self.cells = mx.rnn.SequentialRNNCell()
        for layer in range(layers):
            self.cells.add(mx.rnn.LSTMCell(size, prefix=f"lstm{layer}_"))
            self.cells.add(mx.rnn.DropoutCell(dropout, prefix=f"drop{layer}_"))

    def __call__(self, length: int) -> tuple[mx.sym.Symbol, list[str], list[str]]:
        """Return the network, and the names of its data and labels."""
        data = mx.sym.Variable("data")
        label = mx.sym.Variable("softmax_label")
        embedded = mx.sym.Embedding(
            data, input_dim=self.words, output_dim=self.size, name="embed"
        )
        outputs, _ = self.cells.unroll(length, embedded, merge_outputs=True)
        scores = mx.sym.FullyConnected(
            mx.sym.Reshape(outputs, shape=(-1, self.size)),
            num_hidden=self.words,
            name="scores",
        )
        net = mx.sym.SoftmaxOutput(
            scores,
            mx.sym.Reshape(label, shape=(-1,)),
            use_ignore=True,
            ignore_label=PADDING,
            name="softmax",
        )
        return net, ["data"], ["softmax_label"]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, default=TEXT)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--contexts", type=int, default=1, help="how many cpu contexts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out"))
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> tuple[float, float]:
    """Train; return the perplexity on the text before and after."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in (mx.random.seed, np.random.seed, random.seed):  # all three shuffle
        seed(options.seed)
    sentences, vocabulary = mx.rnn.encode_sentences(
        read_sentences(options.text), invalid_label=PADDING, start_label=PADDING + 1
    )
    logging.info("%d sentences, %d words", len(sentences), len(vocabulary))
    batches = mx.rnn.BucketSentenceIter(
        sentences, options.batch_size, buckets=BUCKETS, invalid_label=PADDING
    )
    model = LanguageModel(
        len(vocabulary), options.layers, options.size, options.dropout
    )
    module = mx.mod.BucketingModule(
        model,
        default_bucket_key=batches.default_bucket_key,
        context=[mx.cpu(number) for number in range(options.contexts)],
    )
    metric = mx.metric.Perplexity(ignore_label=PADDING)
    module.bind(batches.provide_data, batches.provide_label)
    module.init_params(mx.init.Xavier(factor_type="in", magnitude=2.34))
    before = dict(module.score(batches, metric))["perplexity"]
    prefix = str(options.out / "bucketing_lm")
    module.fit(
        batches,
        eval_metric=metric,
        optimizer="adam",
        optimizer_params={"learning_rate": options.rate},
        batch_end_callback=mx.callback.Speedometer(options.batch_size, frequent=10),
        epoch_end_callback=mx.rnn.do_rnn_checkpoint(model.cells, prefix, period=10),
        num_epoch=options.epochs,
    )
    after = dict(module.score(batches, metric))["perplexity"]
    print(f"perplexity {before:.1f} before training, {after:.1f} after")
    return before, after


if __name__ == "__main__":
    main()
