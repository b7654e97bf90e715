"""The numbers of oneDNN's C interface, version 3."""

from __future__ import annotations

from enum import IntEnum, IntFlag

UNDEFINED, BFLOAT16, FLOAT32 = 0, 2, 3  # dnnl_data_type_t
ANY_LAYOUT = 1  # dnnl_format_tag_t
BLOCKS_OF_16 = {3: 56, 4: 78, 5: 121}  # channels, by the number of axes: aBc16b, ...
FORWARD, BOTH_WAYS = 1, 3  # dnnl_rnn_direction_t
OVERWRITE = 1  # dnnl_rnn_flags_t: do not add to the weights' gradients
AVX512, AVX512_BF16 = 0x27, 0xE7  # dnnl_cpu_isa_t
CPU = 1  # dnnl_engine_kind_t
IN_ORDER = 1  # dnnl_stream_flags_t
USER_SCRATCHPAD = 1  # dnnl_scratchpad_mode_t
FPMATH_BF16 = 1  # dnnl_fpmath_mode_t
OPENMP = 2  # DNNL_RUNTIME_OMP


class Status(IntEnum):
    """dnnl_status_t."""

    SUCCESS = 0
    OUT_OF_MEMORY = 1
    INVALID_ARGUMENTS = 2
    UNIMPLEMENTED = 3
    LAST_IMPL_REACHED = 4
    RUNTIME_ERROR = 5
    NOT_REQUIRED = 6


class Propagation(IntEnum):
    """dnnl_prop_kind_t."""

    TRAINING = 64
    INFERENCE = 96
    BACKWARD = 128
    BACKWARD_DATA = 160


class Statistics(IntFlag):
    """dnnl_normalization_flags_t."""

    GIVEN = 1
    SCALE = 2
    SHIFT = 4
    RELU = 8  # behind it; a workspace keeps where it let pass


class Algorithm(IntEnum):
    """dnnl_alg_kind_t."""

    CONVOLUTION = 1
    DECONVOLUTION = 10
    RELU = 32
    TANH = 33
    ELU = 34
    LINEAR = 38
    SOFT_RELU = 39
    LOGISTIC = 41
    EXP = 42
    GELU = 49
    HARD_SWISH = 52
    RELU_BY_OUTPUT = 256
    TANH_BY_OUTPUT = 257
    LOGISTIC_BY_OUTPUT = 260
    MAXIMUM = 511
    MEAN_WITH_PADDING = 767
    MEAN = 1023
    LRN = 2815
    SUM = 131056
    PRODUCT = 131057
    SOFTMAX = 196608
    LOG_SOFTMAX = 196609


class Query(IntEnum):
    """dnnl_query_t."""

    IMPLEMENTATION = 8
    STRIDES = 14
    SOURCE = 129
    DIFF_SOURCE = 130
    WEIGHTS = 131
    DIFF_WEIGHTS = 132
    RESULT = 133
    DIFF_RESULT = 134
    WORKSPACE = 135
    SCRATCHPAD = 136
    ARGUMENT = 255


class Argument(IntEnum):
    """Names of what a primitive is run on: DNNL_ARG_*."""

    SOURCE = 1
    STATE = 2
    CELL = 3
    RESULT = 17
    LAST_STATE = 18
    LAST_CELL = 19
    WEIGHTS = 33
    STATE_WEIGHTS = 34
    BIAS = 41
    MEAN = 49
    VARIANCE = 50
    SCALE = 51
    SHIFT = 52
    WORKSPACE = 64
    SCRATCHPAD = 80
    DIFF_SOURCE = 129
    DIFF_STATE = 130
    DIFF_CELL = 131
    DIFF_RESULT = 145
    DIFF_LAST_STATE = 146
    DIFF_LAST_CELL = 147
    DIFF_WEIGHTS = 161
    DIFF_STATE_WEIGHTS = 162
    DIFF_BIAS = 169
    DIFF_SCALE = 255
    DIFF_SHIFT = 256


def operand_of_step(index: int) -> int:
    """Name what a step behind a primitive combines its result with."""
    return 32768 * (index + 1) | 2  # DNNL_ARG_ATTR_MULTIPLE_POST_OP, DNNL_ARG_SRC_1
