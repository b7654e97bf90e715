"""Every public name of MXNet that belongs here exists, or is left out by reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dataflow as mx

NAMES = json.loads((Path(__file__).parent / "golden" / "names.json").read_text())

PLACES = {
    "Symbol": mx.sym.Symbol,
    "NDArray": mx.nd.NDArray,
    "Executor": mx.Executor,
    "sym": mx.sym,
    "nd": mx.nd,
    "sym.linalg": mx.sym.linalg,
    "nd.linalg": mx.nd.linalg,
    "sym.random": mx.sym.random,
    "nd.random": mx.nd.random,
    "sym.contrib": mx.sym.contrib,
    "nd.contrib": mx.nd.contrib,
    "random": mx.random,
    "autograd": mx.autograd,
    "operator": mx.operator,
    "engine": mx.engine,
    "context": mx.context,
    "attribute": mx.attribute,
    "name": mx.name,
    "viz": mx.viz,
    "mod": mx.mod,
    "io": mx.io,
    "recordio": mx.recordio,
    "optimizer": mx.optimizer,
    "lr_scheduler": mx.lr_scheduler,
    "metric": mx.metric,
    "init": mx.init,
    "rnn": mx.rnn,
    "kv": mx.kv,
    "callback": mx.callback,
    "monitor": mx.monitor,
    "model": mx.model,
    "test_utils": mx.test_utils,
    "Module": mx.mod.Module,
    "BucketingModule": mx.mod.BucketingModule,
    "SequentialModule": mx.mod.SequentialModule,
    "KVStore": mx.kvstore.KVStore,
    "Optimizer": mx.optimizer.Optimizer,
    "DataIter": mx.io.DataIter,
    "NDArrayIter": mx.io.NDArrayIter,
    "EvalMetric": mx.metric.EvalMetric,
}

INTERNAL = "a helper of MXNet's own front end, which users have no call for"
PYTHON_2 = "means something in Python 2 only"
NUMPY_API = "belongs to MXNet's NumPy interface (mx.np), which this project leaves out"
SPARSE = "works on sparse storage, which this project leaves out"
DYNAMIC = "the shape of its output depends on values, which a bound graph cannot plan"
QUANTIZED = "belongs to MXNet's int8 inference, which this project leaves out"
DETECTION = "belongs to a detection network that MXNet calls contributed"
CONTROL_FLOW = "sub-graphs inside a graph are not built; unroll, or loop in Python"
SUBGRAPH = "chooses a subgraph back end of MXNet's C++ library"
GPU_ONLY = "exists on the GPU alone in MXNet 1.9.1"
POINT_PROCESS = "is the likelihood of one special point process"
IMAGES = "decodes an image; dataflow.image does"
CUDA = "asks a CUDA device; there is none in this version"
SUPERSEDED = "is an older form of what stands under the name without a suffix"
DISTRIBUTED = "belongs to training on several machines, which is not there yet"
DOWNLOADS = "downloads a data set"
GRAPHS = "works on graphs of the DGL library"

IMPORTED = "is imported there by MXNet's own code, and found under its own name"

_CONTRIBUTED = {
    DETECTION: (
        *("DeformablePSROIPooling", "ModulatedDeformableConvolution"),
        *("MultiBoxDetection", "MultiBoxTarget", "MultiProposal", "PSROIPooling"),
        *("Proposal", "RROIAlign", "bipartite_matching", "box_decode", "box_encode"),
    ),
    SPARSE: ("SparseEmbedding", "count_sketch", "edge_id", "getnnz"),
    DYNAMIC: ("boolean_mask",),
    CONTROL_FLOW: ("cond", "foreach", "while_loop"),
    GPU_ONLY: ("fft", "ifft"),
    QUANTIZED: (
        *("calibrate_entropy", "dequantize", "quantize", "quantize_asym"),
        *("quantize_v2", "quantized_act", "quantized_batch_norm", "quantized_concat"),
        *("quantized_conv", "quantized_elemwise_add", "quantized_elemwise_mul"),
        *("quantized_embedding", "quantized_flatten", "quantized_fully_connected"),
        *("quantized_pooling", "quantized_rnn", "requantize"),
    ),
    GRAPHS: (
        *("dgl_adjacency", "dgl_csr_neighbor_non_uniform_sample"),
        *("dgl_csr_neighbor_uniform_sample", "dgl_graph_compact", "dgl_subgraph"),
    ),
    POINT_PROCESS: ("backward_hawkesll", "hawkesll"),
    INTERNAL: (
        *("backward_gradientmultiplier", "backward_index_copy"),
        "backward_quadratic",
    ),
    IMPORTED: ("uniform",),
}

ABSENT: dict[str, dict[str, tuple[str, ...]]] = {
    "Symbol": {
        PYTHON_2: ("__div__", "__idiv__", "__nonzero__", "__rdiv__"),
        INTERNAL: ("__del__", "__setstate__", "handle"),
        NUMPY_API: ("as_nd_ndarray", "as_np_ndarray"),
        SUBGRAPH: ("get_backend_symbol", "optimize_for"),
    },
    "NDArray": {
        PYTHON_2: ("__div__", "__idiv__", "__nonzero__", "__rdiv__"),
        INTERNAL: (
            *("__del__", "__setstate__", "handle", "slice_assign"),
            "slice_assign_scalar",
        ),
        NUMPY_API: ("as_nd_ndarray", "as_np_ndarray"),
    },
    "Executor": {
        INTERNAL: ("__del__",),
        SUBGRAPH: ("get_optimized_symbol",),
    },
    "nd": {
        INTERNAL: (
            *("CachedOp", "get_indexing_dispatch_code", "get_oshape_of_gather_nd_op"),
            "indexing_key_expand_implicit_axes",
        ),
        IMAGES: ("imdecode",),
    },
    "nd.random": {IMPORTED: ("current_context",)},
    "sym.contrib": _CONTRIBUTED | {IMPORTED: ("AttrScope", "Symbol", "uniform")},
    "nd.contrib": _CONTRIBUTED | {IMPORTED: ("current_context", "uniform")},
    "random": {IMPORTED: ("Context",)},
    "autograd": {IMPORTED: ("Symbol",)},
    "operator": {
        IMPORTED: ("NDArray",),
        INTERNAL: ("OperatorArguments", "c_int_p", "get_operator_arguments"),
    },
    "context": {CUDA: ("gpu_memory_info",)},
    "viz": {IMPORTED: ("Symbol",)},
    "io": {
        DETECTION: ("ImageDetRecordIter",),
        SUPERSEDED: ("ImageRecordIter_v1", "ImageRecordUInt8Iter_v1"),
    },
    "optimizer": {INTERNAL: ("NDabs",)},
    "init": {IMPORTED: ("NDArray", "load")},
    "rnn": {
        IMPORTED: (
            *("DataBatch", "DataDesc", "DataIter", "load_checkpoint"),
            "save_checkpoint",
        )
    },
    "kv": {DISTRIBUTED: ("KVStoreServer",)},
    "callback": {IMPORTED: ("save_checkpoint",)},
    "model": {
        IMPORTED: (
            *("Context", "DataDesc", "LogValidationMetricsCallback", "Uniform"),
            *("cpu", "get_updater"),
        ),
        SUPERSEDED: ("DataParallelExecutorManager",),
    },
    "KVStore": {INTERNAL: ("__del__",)},
    "test_utils": {
        IMPORTED: ("Context", "Symbol", "array", "current_context"),
        NUMPY_API: ("np_symbol",),
        SPARSE: (
            *("create_sparse_array", "create_sparse_array_zd", "rand_sparse_ndarray"),
            "shuffle_csr_column_indices",
        ),
        DOWNLOADS: (
            *("download", "download_model", "get_bz2_data", "get_cifar10"),
            *("get_im2rec_path", "get_mnist", "get_mnist_iterator", "get_mnist_pkl"),
            *("get_mnist_ubyte", "get_zip_data"),
        ),
        INTERNAL: (
            *("Features", "check_gluon_hybridize_consistency", "get_identity_mat"),
            *("get_identity_mat_batch", "has_tvm_ops", "is_aarch64_run", "is_cd_run"),
            *("is_op_runnable", "new_matrix_with_real_eigvals_2d"),
            *("new_matrix_with_real_eigvals_nd", "new_orthonormal_matrix_2d"),
            *("new_sym_matrix_with_real_eigvals_2d",),
            "new_sym_matrix_with_real_eigvals_nd",
        ),
    },
}


def absent(place: str) -> set[str]:
    return {name for names in ABSENT.get(place, {}).values() for name in names}


@pytest.mark.parametrize("place", list(PLACES))
def test_every_public_name_is_here_or_left_out_by_reason(place):
    missing = {name for name in NAMES[place] if not hasattr(PLACES[place], name)}
    assert sorted(missing - absent(place)) == []


@pytest.mark.parametrize("place", list(ABSENT))
def test_nothing_is_called_absent_that_is_here(place):
    assert [n for n in absent(place) if hasattr(PLACES[place], n)] == []
    assert absent(place) <= set(NAMES[place])
