"""Iterators and the files they read, here and when golden batches are recorded."""

from __future__ import annotations

import random
import struct
from functools import partial

import numpy as np

from tests.io.png import encode

EPOCHS = 3
SIZES = ((10, 3), (7, 7), (3, 5), (10, 4), (5, 2))  # samples, and those of a batch
IMAGES = 7


def numbers(count, width=2):
    return np.arange(count * width, dtype=np.float32).reshape(count, width)


def images():
    drawn = np.random.RandomState(0)
    shapes = [(6 + i % 3, 7 + i % 2, 3) for i in range(IMAGES)]
    return [drawn.randint(0, 256, shape).astype(np.uint8) for shape in shapes]


def write_files(mx, folder):
    """Write what the iterators read."""
    rows = range(7)
    lines = {
        "data.csv": [f"{i},{i + 1.5},{-i}" for i in rows],
        "whole.csv": [f"{i},{i + 1},{-i}" for i in rows],
        "label.csv": [str(10 * i) for i in rows],
        "data.libsvm": [
            *("1.0 0:0.5 2:1.2", "-2.0", "-3.0 0:0.6 1:2.4 2:1.2", "4 2:-1.2", "5 1:7")
        ],
        "label.libsvm": ["1.0", "-2 0:0.125", "-3 2:1.2", "4 1:1 2:-1.2", "5 0:3"],
        "images.lst": [f"{100 + i}\t{i + 1}\tx.png" for i in range(IMAGES)],
    }
    for name, content in lines.items():
        (folder / name).write_text("\n".join(content) + "\n")
    write_digits(folder)
    write_records(mx, folder, "one", lambda i: 10.0 * i)
    write_records(mx, folder, "two", lambda i: [10.0 * i, i])


def write_digits(folder, count=11):
    pixels = np.random.RandomState(0).randint(0, 256, (count, 3, 4)).astype(np.uint8)
    head = struct.pack(">IIII", 2051, count, 3, 4)
    (folder / "digits").write_bytes(head + pixels.tobytes())
    labels = struct.pack(">II", 2049, count) + bytes(range(count))
    (folder / "names").write_bytes(labels)


def write_records(mx, folder, name, label):
    index, file = (str(folder / f"{name}.{end}") for end in ("idx", "rec"))
    record = mx.recordio.MXIndexedRecordIO(index, file, "w")
    for i, image in enumerate(images()):
        header = mx.recordio.IRHeader(0, label(i), 100 + i, 0)
        record.write_idx(i, mx.recordio.pack(header, encode(image)))
    record.close()


def of_arrays(mx, folder, count, size, **options):
    data, label = numbers(count), numbers(count, 1)[:, 0]
    return mx.io.NDArrayIter(data, label, size, **options)


def of_many(mx, folder):
    data = {"b": numbers(7), "a": mx.nd.array(numbers(7, 3), dtype="int32")}
    return mx.io.NDArrayIter(data, [numbers(7, 1), numbers(7, 4)], 3)


def shuffled(mx, folder, **options):
    np.random.seed(3)
    return of_arrays(mx, folder, 10, 4, shuffle=True, **options)


def resized(mx, folder, **options):
    return mx.io.ResizeIter(of_arrays(mx, folder, 7, 3), 5, **options)


def prefetched(mx, folder):
    iterators = [of_arrays(mx, folder, 7, 3), of_many(mx, folder)]
    names = [{"data": "x"}, {"a": "y", "b": "z"}]
    labels = [{"softmax_label": "l"}, {f"_{i}_softmax_label": f"m{i}" for i in (0, 1)}]
    return mx.io.PrefetchingIter(iterators, names, labels)


def of_csv(mx, folder, size, data="data.csv", label="label.csv", **options):
    if label:
        options["label_csv"] = str(folder / label)
    return mx.io.CSVIter(
        data_csv=str(folder / data), data_shape=(3,), batch_size=size, **options
    )


def of_libsvm(mx, folder, size, label=False, **options):
    if label:
        options |= {"label_libsvm": str(folder / "label.libsvm"), "label_shape": (3,)}
    return mx.io.LibSVMIter(
        data_libsvm=str(folder / "data.libsvm"),
        data_shape=(3,),
        batch_size=size,
        **options,
    )


def of_digits(mx, folder, **options):
    files = {"image": str(folder / "digits"), "label": str(folder / "names")}
    return mx.io.MNISTIter(**files, silent=True, **{"batch_size": 4, **options})


def of_images(mx, folder, kind="ImageRecordIter", name="one", idx=False, **options):
    if idx:
        options["path_imgidx"] = str(folder / f"{name}.idx")
    if options.get("path_imglist"):
        options["path_imglist"] = str(folder / options["path_imglist"])
    given = {"data_shape": (3, 5, 4), "batch_size": 3, **options}
    given.setdefault("preprocess_threads", 1)
    return getattr(mx.io, kind)(
        path_imgrec=str(folder / f"{name}.rec"), verbose=False, **given
    )


def of_pictures(mx, folder, idx=False, listed=(), **options):
    random.seed(2)
    if listed:
        (folder / "x.png").write_bytes(encode(images()[0]))
        options |= {"imglist": [[*x, "x.png"] for x in listed], "path_root": folder}
    else:
        options["path_imgrec"] = str(folder / "one.rec")
    if idx:
        options["path_imgidx"] = str(folder / "one.idx")
    iterator = mx.image.ImageIter(3, (3, 5, 4), **options)
    iterator.provide_data = [mx.io.DataDesc(*x) for x in iterator.provide_data]
    iterator.provide_label = [mx.io.DataDesc(*x) for x in iterator.provide_label]
    return iterator


def _cases():
    for handle in ("pad", "discard", "roll_over"):
        for count, size in SIZES:
            if (handle, count) != ("roll_over", 3):  # MXNet fails in its third epoch
                name = f"arrays {handle} {count} by {size}"
                yield (
                    name,
                    partial(
                        of_arrays, count=count, size=size, last_batch_handle=handle
                    ),
                )
        yield f"shuffled {handle}", partial(shuffled, last_batch_handle=handle)
    yield "arrays by name", of_many
    yield "resized", resized
    yield "resized, going on", partial(resized, reset_internal=False)
    yield "prefetched", prefetched
    for size in (3, 7, 5, 4):
        yield f"csv {size}", partial(of_csv, size=size)
        yield f"csv {size} padded", partial(of_csv, size=size, round_batch=False)
    yield "csv 5 without labels", partial(of_csv, size=5, label="")
    yield "csv of labels", partial(of_csv, size=5, label="data.csv", label_shape=(3,))
    for dtype in ("int32", "int64"):
        yield f"csv {dtype}", partial(of_csv, size=3, data="whole.csv", dtype=dtype)
    for size in (2, 3, 5):
        yield f"libsvm {size}", partial(of_libsvm, size=size)
    yield "libsvm with labels", partial(of_libsvm, size=2, label=True)
    yield "libsvm first half", partial(of_libsvm, size=1, num_parts=2)
    yield "digits", partial(of_digits, shuffle=False)
    yield "digits flat", partial(of_digits, shuffle=False, flat=True)
    for seed in (0, 3):
        yield f"digits shuffled {seed}", partial(of_digits, seed=seed)
    for part in range(3):
        yield (
            f"digits part {part}",
            partial(of_digits, num_parts=3, part_index=part, batch_size=2),
        )
    for name, options in IMAGE_OPTIONS.items():
        yield f"images {name}", partial(of_images, **options)
    for name, options in PICTURE_OPTIONS.items():
        yield f"pictures {name}", partial(of_pictures, **options)


NORMALIZED = {"mean_r": 10, "mean_g": 20, "mean_b": 30, "std_r": 2, "std_g": 4}
IMAGE_OPTIONS = {
    "in order": {},
    "with an index": {"idx": True},
    "many": {"batch_size": 5},
    "shuffled": {"shuffle": True},
    "shuffled with an index": {"shuffle": True, "idx": True, "seed": 5},
    "two labels": {"name": "two", "label_width": 2},
    "other labels": {"path_imglist": "images.lst"},
    "normalized": NORMALIZED | {"std_b": 8, "scale": 0.5},
    "mirrored": {"mirror": True},
    "grey": {"data_shape": (1, 5, 4)},
    "padded": {"pad": 2, "data_shape": (3, 9, 9), "fill_value": 7},
    "uint8": {"dtype": "uint8"},
    "bytes": {"kind": "ImageRecordUInt8Iter"},
    "signed bytes": {"kind": "ImageRecordInt8Iter", "mean_r": 100, "mean_g": 50.5},
} | {
    f"part {part} of {parts}{' with an index' * idx}": {
        **{"num_parts": parts, "part_index": part, "idx": idx, "batch_size": 1}
    }
    for parts in (2, 3)
    for part in range(parts)
    for idx in (False, True)
}

USUAL = {"rand_crop": True, "rand_mirror": True, "mean": True, "std": True}
PICTURE_OPTIONS = {
    **{h: {"last_batch_handle": h} for h in ("pad", "discard", "roll_over")},
    "rolled with an index": {"last_batch_handle": "roll_over", "idx": True},
    "shuffled": {"shuffle": True, "idx": True},
    "part": {"idx": True, "num_parts": 2, "part_index": 1},
    "augmented": {"brightness": 0.1, "contrast": 0.2, "saturation": 0.3} | USUAL,
    "listed": {"listed": [[i] for i in range(7)]},
    "of many labels": {"listed": [[i, i + 1] for i in range(7)], "label_width": 2},
}

CASES = dict(_cases())
# What MXNet leaves unset: it has the value of whatever was in that memory.
UNNUMBERED = ("digits", "images")
UNPADDED = "images"


def observe(mx, folder, name):
    """Return descriptions, and all batches of some epochs."""
    iterator = CASES[name](mx, folder)
    described = [
        [[x.name, list(x.shape), np.dtype(x.dtype).name, x.layout] for x in group]
        for group in (iterator.provide_data, iterator.provide_label)
    ]
    epochs = []
    for _ in range(EPOCHS):
        epochs.append([_seen(batch, name) for batch in iterator])
        iterator.reset()
    return {"described": described, "size": iterator.batch_size, "epochs": epochs}


def _seen(batch, name):
    index = None if name.startswith(UNNUMBERED) else batch.index
    return {
        "data": [_summed(x) for x in batch.data],
        "label": [_summed(x) for x in batch.label],
        "pad": None if name.startswith(UNPADDED) else batch.pad,
        "index": None if index is None else index.tolist(),
    }


def _summed(array):
    """Return shape, type, and a weighted sum of the values of each sample."""
    values = array.asnumpy()
    rows = values.reshape(len(values), -1).astype(np.float64)
    sums = rows @ np.arange(1, rows.shape[1] + 1)
    return [list(values.shape), values.dtype.name, np.round(sums, 6).tolist()]
