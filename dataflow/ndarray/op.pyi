"""The operators as functions of NDArrays; made by `make docs`, for editors and type checkers."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dataflow.ndarray.ndarray import NDArray as NDArray

def __getattr__(name: str) -> Any: ...  # the operators whose names begin with _
def Activation(
    data: NDArray | None = None,
    *,
    act_type: Literal["relu", "sigmoid", "softrelu", "softsign", "tanh"],
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """relu max(x, 0), sigmoid 1 / (1 + exp(-x)), softrelu ln(1 + exp(x)), softsign x
    / (1 + |x|) or tanh.

    Parameters
    ----------
    data : NDArray
        The input.
    act_type : {'relu', 'sigmoid', 'softrelu', 'softsign', 'tanh'}, required
        The function to apply.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

activation = Activation

def sgd_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    *,
    lr: float | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """weight - lr (g + wd weight), where g = clip(rescale_grad grad).

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    lr : float, required
        Learning rate.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    lazy_update : bool, default True
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sgd_mom_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mom: NDArray | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """mom = momentum mom - lr (g + wd weight), where g = clip(rescale_grad grad); the
    output is weight + mom.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mom : NDArray
        The momentum: a state that the update moves.
    lr : float, required
        Learning rate.
    momentum : float, default 0.0
        What mom keeps of its old value.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    lazy_update : bool, default True
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def nag_mom_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mom: NDArray | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = lr (clip(rescale_grad grad) + wd weight): mom = momentum mom - g; the
    output is weight + momentum mom - g.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mom : NDArray
        The momentum: a state that the update moves.
    lr : float, required
        Learning rate.
    momentum : float, default 0.0
        What mom keeps of its old value.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def mp_sgd_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    weight32: NDArray | None = None,
    *,
    lr: float | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """weight - lr (g + wd weight), where g = clip(rescale_grad grad). Steps from
    weight32, which it updates; the output is a narrow copy of it.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    weight32 : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    lazy_update : bool, default True
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def mp_sgd_mom_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mom: NDArray | None = None,
    weight32: NDArray | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """mom = momentum mom - lr (g + wd weight), where g = clip(rescale_grad grad); the
    output is weight + mom. Steps from weight32, which it updates; the output is a
    narrow copy of it.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mom : NDArray
        The momentum: a state that the update moves.
    weight32 : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    momentum : float, default 0.0
        What mom keeps of its old value.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    lazy_update : bool, default True
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def mp_nag_mom_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mom: NDArray | None = None,
    weight32: NDArray | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = lr (clip(rescale_grad grad) + wd weight): mom = momentum mom - g; the
    output is weight + momentum mom - g. Steps from weight32, which it updates; the
    output is a narrow copy of it.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mom : NDArray
        The momentum: a state that the update moves.
    weight32 : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    momentum : float, default 0.0
        What mom keeps of its old value.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def signsgd_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    *,
    lr: float | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """weight - lr (sign(grad) + wd weight); neither rescaling nor clipping matters.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    lr : float, required
        Learning rate.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def signum_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mom: NDArray | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    wd_lh: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """mom = momentum mom - (1 - momentum) (clip(rescale_grad grad) + wd weight); the
    output is (1 - lr wd_lh) weight + lr sign(mom).

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mom : NDArray
        The momentum: a state that the update moves.
    lr : float, required
        Learning rate.
    momentum : float, default 0.0
        What mom keeps of its old value.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    wd_lh : float, default 0.0
        Weight decay that no momentum delays.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def adam_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mean: NDArray | None = None,
    var: NDArray | None = None,
    *,
    lr: float | str,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = clip(rescale_grad grad + wd weight): mean = beta1 mean + (1 - beta1)
    g, var = beta2 var + (1 - beta2) g^2; the output is weight - lr mean /
    (var^(1/2) + epsilon).

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mean : NDArray
        A state that the operator moves.
    var : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    beta1 : float, default 0.9
        What the mean keeps of its old value.
    beta2 : float, default 0.999
        What the variance keeps of its old value.
    epsilon : float, default 1e-08
        What keeps the divisor above 0.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    lazy_update : bool, default True
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def rmsprop_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    n: NDArray | None = None,
    *,
    lr: float | str,
    gamma1: float | str = ...,
    epsilon: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    clip_weights: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = clip(rescale_grad grad + wd weight): n = gamma1 n + (1 - gamma1) g^2;
    the output is weight - lr g / (n + epsilon)^(1/2).

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    n : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    gamma1 : float, default 0.95
        What n keeps of its old value.
    epsilon : float, default 1e-08
        What keeps the divisor above 0.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    clip_weights : float, default -1.0
        Bound of the new weights; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def rmspropalex_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    n: NDArray | None = None,
    g: NDArray | None = None,
    delta: NDArray | None = None,
    *,
    lr: float | str,
    gamma1: float | str = ...,
    gamma2: float | str = ...,
    epsilon: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    clip_weights: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With d = clip(rescale_grad grad + wd weight): n = gamma1 n + (1 - gamma1) d^2,
    g = gamma1 g + (1 - gamma1) d, delta = gamma2 delta - lr d / (n - g^2 +
    epsilon)^(1/2); the output is weight + delta.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    n : NDArray
        A state that the operator moves.
    g : NDArray
        A state that the operator moves.
    delta : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    gamma1 : float, default 0.95
        What n and g keeps of its old value.
    gamma2 : float, default 0.9
        What delta keeps of its old value.
    epsilon : float, default 1e-08
        What keeps the divisor above 0.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    clip_weights : float, default -1.0
        Bound of the new weights; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def ftrl_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    z: NDArray | None = None,
    n: NDArray | None = None,
    *,
    lr: float | str,
    lamda1: float | str = ...,
    beta: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = clip(rescale_grad grad): z = z + g - ((n + g^2)^(1/2) - n^(1/2))
    weight / lr, n = n + g^2; the output is (sign(z) lamda1 - z) / ((beta +
    n^(1/2)) / lr + wd) where |z| > lamda1, else 0.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    z : NDArray
        A state that the operator moves.
    n : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    lamda1 : float, default 0.01
        Penalty of the weights' absolute values.
    beta : float, default 1.0
        How slowly the learning rate falls.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def ftml_update(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    d: NDArray | None = None,
    v: NDArray | None = None,
    z: NDArray | None = None,
    *,
    lr: float | str,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    t: int | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_grad: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = clip(rescale_grad grad + wd weight): v = beta2 v + (1 - beta2) g^2, d'
    = ((v / (1 - beta2^t))^(1/2) + epsilon) (1 - beta1^t) / lr, z = beta1 z + (1 -
    beta1) g - (d' - beta1 d) weight, d = d'; the output is -z / d.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    d : NDArray
        A state that the operator moves.
    v : NDArray
        A state that the operator moves.
    z : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    beta1 : float, default 0.6
        What z keeps of its old value.
    beta2 : float, default 0.999
        What v keeps of its old value.
    epsilon : float, default 1e-08
        What keeps the divisor above 0.
    t : int, required
        Which step this is, counted from 1.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_grad : float, default -1.0
        Bound of the gradient; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def transpose(
    data: NDArray | None = None,
    *,
    axes: int | Sequence[int] | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data with its axes in another order.

    Parameters
    ----------
    data : NDArray
        The input.
    axes : int or sequence of int, default ()
        Order of the axes; reversed if empty.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SwapAxis(
    data: NDArray | None = None,
    *,
    dim1: int | str = ...,
    dim2: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data with two axes exchanged.

    Parameters
    ----------
    data : NDArray
        The input.
    dim1 : int, default 0
        One axis.
    dim2 : int, default 0
        The other axis.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

swapaxes = SwapAxis

def reverse(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data with the elements along given axes in reverse order.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, required
        Axes to reverse.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

flip = reverse

def linalg_gemm(
    A: NDArray | None = None,
    B: NDArray | None = None,
    C: NDArray | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    alpha: float | str = ...,
    beta: float | str = ...,
    axis: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """alpha op(A) op(B) + beta C; op transposes or leaves alone.

    Parameters
    ----------
    A : NDArray
    B : NDArray
    C : NDArray
    transpose_a : bool, default False
        Transpose the matrices of A.
    transpose_b : bool, default False
        Transpose the matrices of B.
    alpha : float, default 1.0
        Factor of the product.
    beta : float, default 1.0
        Factor of C; with 0, C does not count at all.
    axis : int, default -2
        Axis of the rows; the last has the columns.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_gemm2(
    A: NDArray | None = None,
    B: NDArray | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    alpha: float | str = ...,
    axis: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """alpha op(A) op(B); op transposes or leaves alone.

    Parameters
    ----------
    A : NDArray
    B : NDArray
    transpose_a : bool, default False
        Transpose the matrices of A.
    transpose_b : bool, default False
        Transpose the matrices of B.
    alpha : float, default 1.0
        Factor of the result.
    axis : int, default -2
        Axis of the rows; the last has the columns.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_syrk(
    A: NDArray | None = None,
    *,
    transpose: bool | str = ...,
    alpha: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """alpha A A^T, or alpha A^T A.

    Parameters
    ----------
    A : NDArray
    transpose : bool, default False
        A^T A instead of A A^T.
    alpha : float, default 1.0
        Factor of the result.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_trmm(
    A: NDArray | None = None,
    B: NDArray | None = None,
    *,
    transpose: bool | str = ...,
    rightside: bool | str = ...,
    lower: bool | str = ...,
    alpha: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """alpha op(A) B, or alpha B op(A) on the right side; A is triangular, op
    transposes or leaves alone.

    Parameters
    ----------
    A : NDArray
    B : NDArray
    transpose : bool, default False
        Transpose the triangular matrices.
    rightside : bool, default False
        They stand to the right of the others.
    lower : bool, default True
        Which triangle of A counts.
    alpha : float, default 1.0
        Factor of the result.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_trsm(
    A: NDArray | None = None,
    B: NDArray | None = None,
    *,
    transpose: bool | str = ...,
    rightside: bool | str = ...,
    lower: bool | str = ...,
    alpha: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """X of op(A) X = alpha B, or of X op(A) = alpha B; A is triangular, op transposes
    or leaves alone.

    Parameters
    ----------
    A : NDArray
    B : NDArray
    transpose : bool, default False
        Transpose the triangular matrices.
    rightside : bool, default False
        They stand to the right of the others.
    lower : bool, default True
        Which triangle of A counts.
    alpha : float, default 1.0
        Factor of the result.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def depth_to_space(
    data: NDArray | None = None,
    *,
    block_size: int | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Channels spread over blocks of b x b: output[n, c, b y + i, b x + j] = data[n,
    (b i + j) C / b^2 + c, y, x].

    Parameters
    ----------
    data : NDArray
        The input.
    block_size : int, required
        Height and width of a block.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def space_to_depth(
    data: NDArray | None = None,
    *,
    block_size: int | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Blocks of b x b gathered in channels: output[n, (b i + j) C + c, y, x] =
    data[n, c, b y + i, b x + j].

    Parameters
    ----------
    data : NDArray
        The input.
    block_size : int, required
        Height and width of a block.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def elemwise_add(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x + y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def elemwise_sub(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x - y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def elemwise_mul(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x * y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def elemwise_div(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x / y (integers: without the fraction), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_add(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting x + y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

broadcast_plus = broadcast_add

def broadcast_sub(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting x - y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

broadcast_minus = broadcast_sub

def broadcast_mul(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting x * y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_div(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting x / y (integers: without the fraction), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_mod(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting the rest of x / y with the sign of y, 0 where y is 0, x from lhs,
    y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_power(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting x^y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_maximum(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting max(x, y), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_minimum(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting min(x, y), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_hypot(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting (x^2 + y^2)^(1/2), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_equal(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x = y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_not_equal(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x != y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_greater(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x > y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_greater_equal(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x >= y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_lesser(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x < y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_lesser_equal(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x <= y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_logical_and(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x and y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_logical_or(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x or y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_logical_xor(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Broadcasting 1 where x xor y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Cast(
    data: NDArray | None = None,
    *,
    dtype: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The input in another element type, fractions dropped for integers.

    Parameters
    ----------
    data : NDArray
        The input.
    dtype : required
        Element type of the output.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

cast = Cast

def amp_cast(
    data: NDArray | None = None,
    *,
    dtype: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers of single or half precision in the type `dtype`; others as they are.

    Parameters
    ----------
    data : NDArray
        The input.
    dtype : required
        Element type of the output.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def amp_multicast(
    *args: NDArray,
    num_outputs: int | str = ...,
    cast_narrow: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The inputs of single and half precision in the wider of the two types that
    occurs, or the narrower; others as they are.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    cast_narrow : bool, default False
        Cast to the narrower type.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def SVMOutput(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    margin: float | str = ...,
    regularization_coefficient: float | str = ...,
    use_linear: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data itself; its gradient is that of sum max(0, margin - t data)^2, or of the
    sum without squares; t is 1 for the class that label names along the last axis
    and -1 for the others.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    margin : float, default 1.0
        Distance from 0 that scores should have.
    regularization_coefficient : float, default 1.0
        Factor of the gradient.
    use_linear : bool, default False
        Do not square the distances in the loss.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def softmax_cross_entropy(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """-sum ln max(softmax(data)[label], 1e-8) over the samples; a label that is no
    class counts nothing.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def im2col(
    data: NDArray | None = None,
    *,
    kernel: Any,
    stride: Any = ...,
    dilate: Any = ...,
    pad: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The windows of images as columns: output[n, (c, k), p] = data[n, c, stride p +
    dilate k - pad].

    Parameters
    ----------
    data : NDArray
        The input.
    kernel : required
        Lengths of the window: (w,), (h, w), (d, h, w).
    stride : default ()
        Steps between windows; 1 when left out.
    dilate : default ()
        Steps inside a window; 1 when left out.
    pad : default ()
        Zeros added at both ends; none when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def col2im(
    data: NDArray | None = None,
    *,
    output_size: Any,
    kernel: Any,
    stride: Any = ...,
    dilate: Any = ...,
    pad: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The transpose of im2col, which adds up where windows overlap: output[n, c, i] =
    sum of data[n, (c, k), p] where stride p + dilate k - pad is i.

    Parameters
    ----------
    data : NDArray
        The input.
    output_size : required
        Lengths of the images.
    kernel : required
        Lengths of the window: (w,), (h, w), (d, h, w).
    stride : default ()
        Steps between windows; 1 when left out.
    dilate : default ()
        Steps inside a window; 1 when left out.
    pad : default ()
        Zeros added at both ends; none when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Convolution(
    data: NDArray | None = None,
    weight: NDArray | None = None,
    bias: NDArray | None = None,
    *,
    kernel: Any,
    stride: Any = ...,
    dilate: Any = ...,
    pad: Any = ...,
    num_filter: int | str,
    num_group: int | str = ...,
    workspace: int | str = ...,
    no_bias: bool | str = ...,
    cudnn_tune: Literal["fastest", "limited_workspace", "off"] | None = ...,
    cudnn_off: bool | str = ...,
    layout: Literal["NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"] | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Cross-correlation: output[n, f, p] = bias[f] + sum over c, k of weight[f, c, k]
    data[n, c, stride p + dilate k - pad].

    Parameters
    ----------
    data : NDArray
        The input.
    weight : NDArray
        The weights, which training learns.
    bias : NDArray
        What is added to each output feature; training learns it.
    kernel : required
        Lengths of the window: (w,), (h, w), (d, h, w).
    stride : default ()
        Steps between windows; 1 when left out.
    dilate : default ()
        Steps inside a window; 1 when left out.
    pad : default ()
        Zeros added at both ends; none when left out.
    num_filter : int, required
        Number of output channels.
    num_group : int, default 1
        Divide the channels into separate groups.
    workspace : int, default 1024
        Accepted for MXNet's sake; has no effect.
    no_bias : bool, default False
        Leave the bias out.
    cudnn_tune : {'fastest', 'limited_workspace', 'off'}, optional
        Accepted for MXNet's sake; has no effect.
    cudnn_off : bool, default False
        Accepted for MXNet's sake; has no effect.
    layout : {'NCW', 'NCHW', 'NCDHW', 'NWC', 'NHWC', 'NDHWC'}, optional
        Order of the axes; NCW, NCHW or NCDHW when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

convolution = Convolution

Convolution_v1 = Convolution

def gather_nd(
    data: NDArray | None = None,
    indices: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elements, or slices, of data at coordinates: output[y, x] = data[indices[0, y],
    ..., indices[M - 1, y], x].

    Parameters
    ----------
    data : NDArray
        The input.
    indices : NDArray
        Which elements, as numbers from 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def scatter_nd(
    data: NDArray | None = None,
    indices: NDArray | None = None,
    *,
    shape: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data put at coordinates, and zeros elsewhere: output[indices[0, y], ...,
    indices[M - 1, y], x] = data[y, x].

    Parameters
    ----------
    data : NDArray
        The input.
    indices : NDArray
        Which elements, as numbers from 0.
    shape : required
        Shape of the output.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def ravel_multi_index(
    data: NDArray | None = None,
    *,
    shape: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers of the elements at coordinates, counted row by row.

    Parameters
    ----------
    data : NDArray
        The input.
    shape : required
        Shape of the array; its first dimension may be -1, it has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def unravel_index(
    data: NDArray | None = None,
    *,
    shape: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Coordinates, a row for each axis, of elements numbered row by row.

    Parameters
    ----------
    data : NDArray
        The input.
    shape : required
        Shape of the array; its first dimension may be -1, it has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Correlation(
    data1: NDArray | None = None,
    data2: NDArray | None = None,
    *,
    kernel_size: Any = ...,
    max_displacement: Any = ...,
    stride1: int | str = ...,
    stride2: int | str = ...,
    pad_size: Any = ...,
    is_multiply: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Means of the products, or absolute differences, of the elements of a patch of
    data1 and one of data2, for all displacements between the two: one channel for
    each displacement, row by row.

    Parameters
    ----------
    data1 : NDArray
    data2 : NDArray
    kernel_size : default 1
        Height and width of a patch; odd.
    max_displacement : default 1
        How far, in pixels, the patches that are compared lie from one another.
    stride1 : int, default 1
        Pixels between the patches of data1.
    stride2 : int, default 1
        Pixels between displacements.
    pad_size : default 0
        Zeros added around the images.
    is_multiply : bool, default True
        Multiply; otherwise take absolute differences.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def CTCLoss(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    use_data_lengths: bool | str = ...,
    use_label_lengths: bool | str = ...,
    blank_label: Literal["first", "last"] = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """-ln of the probability that softmax(data), frame by frame, spells the labels of
    a sample once repetitions are joined and blanks left out; 0 for a sample with
    too few frames for its labels.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    use_data_lengths : bool, default False
        Take an input `data_lengths`: how many frames of each sample count.
    use_label_lengths : bool, default False
        Take an input `label_lengths`; without it a sample's labels end at the
        first 0, or at the first -1 if blank_label is last.
    blank_label : {'first', 'last'}, default 'first'
        Which class stands for no label: 0, or the last one.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

ctc_loss = CTCLoss

def cumsum(
    a: NDArray | None = None,
    *,
    axis: int | str | None = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """y_i = x_0 + ... + x_i along an axis, or over the flattened array.

    Parameters
    ----------
    a : NDArray
    axis : int, optional
        Axis of the sums; all of it in one if None.
    dtype : optional
        Type of the sums; else the data's.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Custom(
    *args: NDArray,
    op_type: str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """An operator of the user's own, registered by `operator.register`.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    op_type : str, required
        Name it was registered under.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def linalg_potrf(
    A: NDArray | None = None,
    *,
    lower: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Cholesky factor of a symmetric positive definite matrix: the triangle L of A =
    L L^T, or U of A = U^T U. Only that triangle of A is read; the gradient is
    symmetric.

    Parameters
    ----------
    A : NDArray
    lower : bool, default True
        Whether the factor is a lower or upper one.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_potri(
    A: NDArray | None = None,
    *,
    lower: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Inverse of a matrix whose Cholesky factor is A: (A A^T)^-1 of a lower triangle,
    (A^T A)^-1 of an upper one.

    Parameters
    ----------
    A : NDArray
    lower : bool, default True
        Whether the factor is a lower or upper one.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_gelqf(
    A: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """A = L Q: outputs Q, whose rows are orthonormal, and the lower triangle L. A has
    full rank, and not more rows than columns.

    Parameters
    ----------
    A : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def linalg_syevd(
    A: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """U A = diag(L) U for symmetric A: outputs U, whose rows are the eigenvectors,
    each with its largest element positive, and the eigenvalues L, in ascending
    order. Only the lower triangle of A is read; the gradient is symmetric, and
    infinite where eigenvalues are equal (unless the loss depends on eigenvalues
    alone).

    Parameters
    ----------
    A : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def linalg_inverse(
    A: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Inverse of a square matrix.

    Parameters
    ----------
    A : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_det(
    A: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Determinant of a square matrix; its gradient is taken as 0 where it is 0.

    Parameters
    ----------
    A : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_slogdet(
    A: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """sign(det A) and ln |det A|; the gradient is taken as 0 where the determinant is
    0, and none flows through the sign.

    Parameters
    ----------
    A : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def linalg_sumlogdiag(
    A: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Sum of the logarithms of the diagonal: sum_i ln A_ii.

    Parameters
    ----------
    A : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Deconvolution(
    data: NDArray | None = None,
    weight: NDArray | None = None,
    *,
    kernel: Any,
    stride: Any = ...,
    dilate: Any = ...,
    pad: Any = ...,
    adj: Any = ...,
    target_shape: Any = ...,
    num_filter: int | str,
    num_group: int | str = ...,
    workspace: int | str = ...,
    no_bias: bool | str = ...,
    cudnn_tune: Literal["fastest", "limited_workspace", "off"] | None = ...,
    cudnn_off: bool | str = ...,
    layout: Literal["NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"] | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The transpose of Convolution: output[n, f, stride p + dilate k - pad] = bias[f]
    + sum over c, p, k of weight[c, f, k] data[n, c, p].

    Parameters
    ----------
    data : NDArray
        The input.
    weight : NDArray
        The weights, which training learns.
    kernel : required
        Lengths of the window: (w,), (h, w), (d, h, w).
    stride : default ()
        Steps between windows; 1 when left out.
    dilate : default ()
        Steps inside a window; 1 when left out.
    pad : default ()
        Elements cut off both ends of the output.
    adj : default ()
        Elements added at the end; fewer than the stride.
    target_shape : default ()
        Lengths of the output, instead of pad and adj; 0 leaves an axis to these.
    num_filter : int, required
        Number of output channels.
    num_group : int, default 1
        Divide the channels into separate groups.
    workspace : int, default 512
        Accepted for MXNet's sake; has no effect.
    no_bias : bool, default True
        Leave the bias out.
    cudnn_tune : {'fastest', 'limited_workspace', 'off'}, optional
        Accepted for MXNet's sake; has no effect.
    cudnn_off : bool, default False
        Accepted for MXNet's sake; has no effect.
    layout : {'NCW', 'NCHW', 'NCDHW', 'NWC', 'NHWC', 'NDHWC'}, optional
        Order of the axes; NCW, NCHW or NCDHW when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def FullyConnected(
    data: NDArray | None = None,
    weight: NDArray | None = None,
    bias: NDArray | None = None,
    *,
    num_hidden: int | str,
    no_bias: bool | str = ...,
    flatten: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Affine map: output = data . weight^T + bias.

    Parameters
    ----------
    data : NDArray
        The input.
    weight : NDArray
        The weights, which training learns.
    bias : NDArray
        What is added to each output feature; training learns it.
    num_hidden : int, required
        Number of output features.
    no_bias : bool, default False
        Leave the bias out.
    flatten : bool, default True
        Join all axes but the first; otherwise only the last axis is transformed.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

fully_connected = FullyConnected

def random_pdf_uniform(
    sample: NDArray | None = None,
    low: NDArray | None = None,
    high: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: 1 / (high - low) from low to high, 0 elsewhere.

    Parameters
    ----------
    sample : NDArray
    low : NDArray
    high : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_normal(
    sample: NDArray | None = None,
    mu: NDArray | None = None,
    sigma: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: exp(-(x - mu)^2 / (2 sigma^2)) / (sigma (2
    pi)^(1/2)).

    Parameters
    ----------
    sample : NDArray
    mu : NDArray
    sigma : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_gamma(
    sample: NDArray | None = None,
    alpha: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: beta^alpha x^(alpha - 1) exp(-beta x) / gamma(alpha),
    0 below 0; beta is a rate here, where random_gamma takes a scale.

    Parameters
    ----------
    sample : NDArray
    alpha : NDArray
    beta : NDArray
        The shift per channel, which training learns.
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_exponential(
    sample: NDArray | None = None,
    lam: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: lam exp(-lam x), 0 below 0.

    Parameters
    ----------
    sample : NDArray
    lam : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_poisson(
    sample: NDArray | None = None,
    lam: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: lam^x exp(-lam) / x!.

    Parameters
    ----------
    sample : NDArray
    lam : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_negative_binomial(
    sample: NDArray | None = None,
    k: NDArray | None = None,
    p: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: gamma(x + k) / (x! gamma(k)) p^k (1 - p)^x.

    Parameters
    ----------
    sample : NDArray
    k : NDArray
    p : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_generalized_negative_binomial(
    sample: NDArray | None = None,
    mu: NDArray | None = None,
    alpha: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: that of negative_binomial with k = 1 / alpha and p =
    1 / (1 + mu alpha).

    Parameters
    ----------
    sample : NDArray
    mu : NDArray
    alpha : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_pdf_dirichlet(
    sample: NDArray | None = None,
    alpha: NDArray | None = None,
    *,
    is_log: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Density at each sample x: gamma(sum alpha) prod (x^(alpha - 1) / gamma(alpha))
    along the last axis.

    Parameters
    ----------
    sample : NDArray
    alpha : NDArray
    is_log : bool, default False
        Give the logarithm of the density.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def diag(
    data: NDArray | None = None,
    *,
    k: int | str = ...,
    axis1: int | str = ...,
    axis2: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The diagonals of the matrices along two axes, as the last axis; of a vector,
    the matrix with that diagonal.

    Parameters
    ----------
    data : NDArray
        The input.
    k : int, default 0
        Which diagonal: 0 the main one, above 0 an upper one.
    axis1 : int, default 0
        The axis of rows; no effect on a vector.
    axis2 : int, default 1
        The axis of columns; no effect on a vector.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Dropout(
    data: NDArray | None = None,
    *,
    p: float | str = ...,
    mode: Literal["always", "training"] = ...,
    axes: int | Sequence[int] | str = ...,
    cudnn_off: bool | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """In training, zero for a random share p of the elements and data / (1 - p) for
    the others; data itself in prediction.

    Parameters
    ----------
    data : NDArray
        The input.
    p : float, default 0.5
        Share of the elements that are dropped.
    mode : {'always', 'training'}, default 'training'
        Whether to drop in prediction too.
    axes : int or sequence of int, default ()
        Axes along which elements are dropped together.
    cudnn_off : bool, optional
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

dropout = Dropout

def abs(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise |x|.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sign(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise -1, 0 or 1 as x is below, at or above 0.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def exp(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise exp(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def expm1(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise exp(x) - 1.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def log(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise ln(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def log2(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise log_2(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def log10(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise log_10(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def log1p(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise ln(1 + x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sqrt(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x^(1/2).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def rsqrt(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x^(-1/2).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def cbrt(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x^(1/3).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def rcbrt(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x^(-1/3).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def square(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x^2.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def reciprocal(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 1 / x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sigmoid(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 1 / (1 + exp(-x)).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def relu(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise max(x, 0).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def softsign(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x / (1 + |x|).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def erf(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 2 / pi^(1/2) times the integral of exp(-t^2) from 0 to x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def erfinv(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the inverse of erf.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def gamma(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the gamma function, which is (x - 1)! of integers.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def gammaln(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise ln |gamma(x)|.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sin(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise sin(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def cos(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise cos(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def tan(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise tan(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def arcsin(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the angle of sine x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def arccos(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the angle of cosine x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def arctan(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the angle of tangent x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sinh(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise sinh(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def cosh(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise cosh(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def tanh(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise tanh(x).

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def arcsinh(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the inverse of sinh.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def arccosh(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the inverse of cosh.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def arctanh(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise the inverse of tanh.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def floor(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise greatest integer up to x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def ceil(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise smallest integer from x on.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def trunc(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x without its fraction.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def fix(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise x without its fraction.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def round(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise nearest integer, halves away from 0.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def rint(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise nearest integer, halves down.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def logical_not(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 1 where x is 0, else 0.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def zeros_like(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 0 for every element.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def ones_like(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 1 for every element.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def negative(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise -x.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def degrees(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise 180 x / pi.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def radians(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise pi x / 180.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def identity(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The input itself: output = data.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def clip(
    data: NDArray | None = None,
    *,
    a_min: float | str,
    a_max: float | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise min(max(x, a_min), a_max).

    Parameters
    ----------
    data : NDArray
        The input.
    a_min : float, required
        Smallest value of the output.
    a_max : float, required
        Largest value of the output.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def add_n(
    *args: NDArray,
    num_args: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Sum of any number of arrays of one shape.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

ElementWiseSum = add_n

def broadcast_to(
    data: NDArray | None = None,
    *,
    shape: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data repeated along its axes of length 1 up to a shape.

    Parameters
    ----------
    data : NDArray
        The input.
    shape : default ()
        Output shape; 0 keeps a dimension.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def broadcast_axis(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str = ...,
    size: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data repeated along given axes of length 1.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, default ()
        Axes to repeat along.
    size : default ()
        New length of each of them.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

broadcast_axes = broadcast_axis

def broadcast_like(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    lhs_axes: int | Sequence[int] | str | None = ...,
    rhs_axes: int | Sequence[int] | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """lhs repeated along its axes of length 1 to the lengths of rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    lhs_axes : int or sequence of int, optional
        Axes to repeat along.
    rhs_axes : int or sequence of int, optional
        Axes that give lengths.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def tile(
    data: NDArray | None = None,
    *,
    reps: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data repeated as a whole along its axes.

    Parameters
    ----------
    data : NDArray
        The input.
    reps : required
        How often to repeat data on each axis.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def repeat(
    data: NDArray | None = None,
    *,
    repeats: Any,
    axis: int | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Each element, or each slice along an axis, several times over.

    Parameters
    ----------
    data : NDArray
        The input.
    repeats : required
        How often to repeat each element.
    axis : int, optional
        Axis; the flattened array if None.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def fill_element_0index(
    lhs: NDArray | None = None,
    mhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """lhs with one element of each row replaced: output[i, rhs[i]] = mhs[i]; none
    where rhs[i] is out of range.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    mhs : NDArray
    rhs : NDArray
        The right operand.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Embedding(
    data: NDArray | None = None,
    weight: NDArray | None = None,
    *,
    input_dim: int | str,
    output_dim: int | str,
    dtype: Any = ...,
    sparse_grad: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Rows of a table: output[..., :] = weight[data[...], :].

    Parameters
    ----------
    data : NDArray
        The input.
    weight : NDArray
        The weights, which training learns.
    input_dim : int, required
        Number of rows of the table.
    output_dim : int, required
        Length of each row.
    dtype : default dtype('float32')
        Element type of weight if not known.
    sparse_grad : bool, default False
        Sparse gradient in MXNet; no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def take(
    a: NDArray | None = None,
    indices: NDArray | None = None,
    *,
    axis: int | str = ...,
    mode: Literal["clip", "wrap", "raise"] = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elements of a at indices along an axis.

    Parameters
    ----------
    a : NDArray
    indices : NDArray
        Which elements, as numbers from 0.
    axis : int, default 0
        Axis of a that the indices count along.
    mode : {'clip', 'wrap', 'raise'}, default 'clip'
        Indices out of range: the nearest element, count on from the other end, or
        an error.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def pick(
    data: NDArray | None = None,
    index: NDArray | None = None,
    *,
    axis: int | str = ...,
    keepdims: bool | str = ...,
    mode: Literal["clip", "wrap"] = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """One element of data for each index along an axis.

    Parameters
    ----------
    data : NDArray
        The input.
    index : NDArray
    axis : int, default -1
        Axis of data that index counts along.
    keepdims : bool, default False
        Keep that axis, with length 1.
    mode : {'clip', 'wrap'}, default 'clip'
        Indices out of range: the nearest element, or count on from the other end.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

choose_element_0index = pick

def batch_take(
    a: NDArray | None = None,
    indices: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """One element of each row: output[i] = a[i, indices[i]]; of indices out of range
    the nearest. pick is the newer form.

    Parameters
    ----------
    a : NDArray
    indices : NDArray
        Which elements, as numbers from 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def one_hot(
    indices: NDArray | None = None,
    *,
    depth: Any,
    on_value: float | str = ...,
    off_value: float | str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """on_value at each index along a new last axis, off_value elsewhere.

    Parameters
    ----------
    indices : NDArray
        Which elements, as numbers from 0.
    depth : required
        Length of the new axis.
    on_value : float, default 1.0
        Value at the index.
    off_value : float, default 0.0
        Value elsewhere.
    dtype : default dtype('float32')
        Element type of the output.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def where(
    condition: NDArray | None = None,
    x: NDArray | None = None,
    y: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """x where condition is not 0, else y.

    Parameters
    ----------
    condition : NDArray
    x : NDArray
    y : NDArray
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def lamb_update_phase1(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mean: NDArray | None = None,
    var: NDArray | None = None,
    *,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    t: int | str,
    bias_correction: bool | str = ...,
    wd: float | str,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = clip(rescale_grad grad): mean = beta1 mean + (1 - beta1) g, var =
    beta2 var + (1 - beta2) g^2; the output is the direction mean' / (var'^(1/2) +
    epsilon) + wd weight, where mean' = mean / (1 - beta1^t) and var' = var / (1 -
    beta2^t), or mean and var themselves without bias_correction.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mean : NDArray
        A state that the operator moves.
    var : NDArray
        A state that the operator moves.
    beta1 : float, default 0.9
        What the mean keeps of its old value.
    beta2 : float, default 0.999
        What the variance keeps of its old value.
    epsilon : float, default 1e-06
        What keeps the divisor above 0.
    t : int, required
        Which step this is, counted from 1.
    bias_correction : bool, default True
        Undo that mean and var began as 0.
    wd : float, required
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def mp_lamb_update_phase1(
    weight: NDArray | None = None,
    grad: NDArray | None = None,
    mean: NDArray | None = None,
    var: NDArray | None = None,
    weight32: NDArray | None = None,
    *,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    t: int | str,
    bias_correction: bool | str = ...,
    wd: float | str,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """With g = clip(rescale_grad grad): mean = beta1 mean + (1 - beta1) g, var =
    beta2 var + (1 - beta2) g^2; the output is the direction mean' / (var'^(1/2) +
    epsilon) + wd weight, where mean' = mean / (1 - beta1^t) and var' = var / (1 -
    beta2^t), or mean and var themselves without bias_correction. With weight32 for
    the weight.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    grad : NDArray
        The gradient by the weights.
    mean : NDArray
        A state that the operator moves.
    var : NDArray
        A state that the operator moves.
    weight32 : NDArray
        A state that the operator moves.
    beta1 : float, default 0.9
        What the mean keeps of its old value.
    beta2 : float, default 0.999
        What the variance keeps of its old value.
    epsilon : float, default 1e-06
        What keeps the divisor above 0.
    t : int, required
        Which step this is, counted from 1.
    bias_correction : bool, default True
        Undo that mean and var began as 0.
    wd : float, required
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def lamb_update_phase2(
    weight: NDArray | None = None,
    g: NDArray | None = None,
    r1: NDArray | None = None,
    r2: NDArray | None = None,
    *,
    lr: float | str,
    lower_bound: float | str = ...,
    upper_bound: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """weight - lr (r1 / r2) g, where r1 and r2 are the norms of the weight and of g;
    1 for their ratio where one of them is 0.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    g : NDArray
    r1 : NDArray
    r2 : NDArray
    lr : float, required
        Learning rate.
    lower_bound : float, default -1.0
        Least norm of the weight; none if negative.
    upper_bound : float, default -1.0
        Greatest norm; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def mp_lamb_update_phase2(
    weight: NDArray | None = None,
    g: NDArray | None = None,
    r1: NDArray | None = None,
    r2: NDArray | None = None,
    weight32: NDArray | None = None,
    *,
    lr: float | str,
    lower_bound: float | str = ...,
    upper_bound: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """weight - lr (r1 / r2) g, where r1 and r2 are the norms of the weight and of g;
    1 for their ratio where one of them is 0. Steps from weight32, which it
    updates; the output is a narrow copy.

    Parameters
    ----------
    weight : NDArray
        The weights, which training learns.
    g : NDArray
    r1 : NDArray
    r2 : NDArray
    weight32 : NDArray
        A state that the operator moves.
    lr : float, required
        Learning rate.
    lower_bound : float, default -1.0
        Least norm of the weight; none if negative.
    upper_bound : float, default -1.0
        Greatest norm; none if negative.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def BatchNorm(
    data: NDArray | None = None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    moving_mean: NDArray | None = None,
    moving_var: NDArray | None = None,
    *,
    eps: float | str = ...,
    momentum: float | str = ...,
    fix_gamma: bool | str = ...,
    use_global_stats: bool | str = ...,
    output_mean_var: bool | str = ...,
    axis: int | str = ...,
    cudnn_off: bool | str = ...,
    min_calib_range: float | str | None = ...,
    max_calib_range: float | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """gamma (data - mean) / sqrt(var + eps) + beta for each channel; mean and var of
    the batch in training, else the moving averages, which the backward pass
    updates: moving = momentum moving + (1 - momentum) batch's. Output var holds 1
    / sqrt(var + eps).

    Parameters
    ----------
    data : NDArray
        The input.
    gamma : NDArray
        The scale per channel, which training learns.
    beta : NDArray
        The shift per channel, which training learns.
    moving_mean : NDArray
        Running mean per channel: a state that training moves.
    moving_var : NDArray
        Running variance per channel: a state that training moves.
    eps : float, default 0.001
        Added to the variance.
    momentum : float, default 0.9
        What the moving averages keep of their old values.
    fix_gamma : bool, default True
        Take gamma as 1, with a gradient of 0.
    use_global_stats : bool, default False
        Normalize by the moving averages in training too, and leave them alone.
    output_mean_var : bool, default False
        Show mean and var as well.
    axis : int, default 1
        The axis of the channels.
    cudnn_off : bool, default False
        Accepted for MXNet's sake; has no effect.
    min_calib_range : float, optional
        Accepted for MXNet's sake; has no effect.
    max_calib_range : float, optional
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

batch_norm = BatchNorm

def BatchNorm_v1(
    data: NDArray | None = None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    moving_mean: NDArray | None = None,
    moving_var: NDArray | None = None,
    *,
    eps: float | str = ...,
    momentum: float | str = ...,
    fix_gamma: bool | str = ...,
    use_global_stats: bool | str = ...,
    output_mean_var: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """gamma (data - mean) / sqrt(var + eps) + beta for each channel; mean and var of
    the batch in training, else the moving averages, which the backward pass
    updates: moving = momentum moving + (1 - momentum) batch's. Channels lie along
    axis 1.

    Parameters
    ----------
    data : NDArray
        The input.
    gamma : NDArray
        The scale per channel, which training learns.
    beta : NDArray
        The shift per channel, which training learns.
    moving_mean : NDArray
        Running mean per channel: a state that training moves.
    moving_var : NDArray
        Running variance per channel: a state that training moves.
    eps : float, default 0.001
        Added to the variance.
    momentum : float, default 0.9
        What the moving averages keep of their old values.
    fix_gamma : bool, default True
        Take gamma as 1, with a gradient of 0.
    use_global_stats : bool, default False
        Normalize by the moving averages in training too, and leave them alone.
    output_mean_var : bool, default False
        Show mean and var as well.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def LayerNorm(
    data: NDArray | None = None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    axis: int | str = ...,
    eps: float | str = ...,
    output_mean_var: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """gamma (data - mean) / sqrt(var + eps) + beta, with mean and var over one axis;
    gamma and beta have one number for each place along it.

    Parameters
    ----------
    data : NDArray
        The input.
    gamma : NDArray
        The scale per channel, which training learns.
    beta : NDArray
        The shift per channel, which training learns.
    axis : int, default -1
        The axis that is normalized, and scaled by gamma.
    eps : float, default 1e-05
        Added to the variance.
    output_mean_var : bool, default False
        Show mean and sqrt(var + eps) as well.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

layer_norm = LayerNorm

def GroupNorm(
    data: NDArray | None = None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    num_groups: int | str = ...,
    eps: float | str = ...,
    output_mean_var: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """gamma (data - mean) / sqrt(var + eps) + beta, with mean and var over each
    sample's groups of neighbouring channels; gamma and beta have one number for
    each group.

    Parameters
    ----------
    data : NDArray
        The input.
    gamma : NDArray
        The scale per channel, which training learns.
    beta : NDArray
        The shift per channel, which training learns.
    num_groups : int, default 1
        How many groups divide the channels.
    eps : float, default 1e-05
        Added to the variance.
    output_mean_var : bool, default False
        Show mean and sqrt(var + eps) as well.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

group_norm = GroupNorm

def InstanceNorm(
    data: NDArray | None = None,
    gamma: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    eps: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """gamma (data - mean) / sqrt(var + eps) + beta, with mean and var over the places
    of each sample's channels; gamma and beta have one number for each channel.

    Parameters
    ----------
    data : NDArray
        The input.
    gamma : NDArray
        The scale per channel, which training learns.
    beta : NDArray
        The shift per channel, which training learns.
    eps : float, default 0.001
        Added to the variance.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

instance_norm = InstanceNorm

def Reshape(
    data: NDArray | None = None,
    *,
    shape: int | Sequence[int] | str = ...,
    reverse: bool | str = ...,
    target_shape: int | Sequence[int] | str = ...,
    keep_highest: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The elements of data, in order, in another shape.

    Parameters
    ----------
    data : NDArray
        The input.
    shape : int or sequence of int, default ()
        Output shape. 0 copies a dimension, -1 computes one, -2 copies all that
        remain, -3 joins two, -4 splits one into the next two numbers.
    reverse : bool, default False
        Match dimensions from the last on.
    target_shape : int or sequence of int, default ()
        Older form of shape; 0 computes.
    keep_highest : bool, default False
        With target_shape: keep dimension 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

reshape = Reshape

def reshape_like(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    lhs_begin: int | str | None = ...,
    lhs_end: int | str | None = ...,
    rhs_begin: int | str | None = ...,
    rhs_end: int | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The elements of lhs, in order, in the shape of rhs; or with some axes of lhs
    replaced by some of rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    lhs_begin : int, optional
        First axis replaced.
    lhs_end : int, optional
        End of those, exclusive.
    rhs_begin : int, optional
        First axis put there.
    rhs_end : int, optional
        End of those, exclusive.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Flatten(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data as a matrix: all axes but the first joined.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

flatten = Flatten

def expand_dims(
    data: NDArray | None = None,
    *,
    axis: int | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data with a new axis of length 1.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, required
        Place of the new axis.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def squeeze(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data without axes of length 1.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to drop; all of length 1 if None.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def cast_storage(
    data: NDArray | None = None,
    *,
    stype: Any,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The input itself: every array is dense.

    Parameters
    ----------
    data : NDArray
        The input.
    stype : required
        Storage of the output: default.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def LeakyReLU(
    data: NDArray | None = None,
    *,
    act_type: Literal["elu", "gelu", "leaky", "prelu", "rrelu", "selu"] = ...,
    slope: float | str = ...,
    lower_bound: float | str = ...,
    upper_bound: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """x above 0, and below: s x with s the slope (leaky), gamma (prelu) or random in
    training (rrelu); slope (exp(x) - 1) (elu, selu, which also scales both sides).
    gelu is x times the normal distribution up to x.

    Parameters
    ----------
    data : NDArray
        The input.
    act_type : {'elu', 'gelu', 'leaky', 'prelu', 'rrelu', 'selu'}, default 'leaky'
        The function to apply.
    slope : float, default 0.25
        Factor below zero, of leaky and elu.
    lower_bound : float, default 0.125
        Least random slope, of rrelu.
    upper_bound : float, default 0.334
        Bound above random slopes, of rrelu.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

leaky_relu = LeakyReLU

def dot(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    forward_stype: Literal["default", "csr", "row_sparse"] | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Product over the last axis of lhs and the first of rhs.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    transpose_a : bool, default False
        Contract the other end of lhs.
    transpose_b : bool, default False
        Contract the other end of rhs.
    forward_stype : {'default', 'csr', 'row_sparse'}, optional
        Storage type of the output in MXNet; no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def batch_dot(
    lhs: NDArray | None = None,
    rhs: NDArray | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    forward_stype: Literal["default", "csr", "row_sparse"] | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Matrix product of each pair of matrices in two batches.

    Parameters
    ----------
    lhs : NDArray
        The left operand.
    rhs : NDArray
        The right operand.
    transpose_a : bool, default False
        Contract the other end of lhs.
    transpose_b : bool, default False
        Contract the other end of rhs.
    forward_stype : {'default', 'csr', 'row_sparse'}, optional
        Storage type of the output in MXNet; no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def khatri_rao(
    *args: NDArray,
    num_args: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Khatri-Rao product: column k is the Kronecker product of the k-th columns of
    all inputs.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SoftmaxOutput(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    grad_scale: float | str = ...,
    ignore_label: float | str = ...,
    multi_output: bool | str = ...,
    use_ignore: bool | str = ...,
    preserve_shape: bool | str = ...,
    normalization: Literal["batch", "null", "valid"] = ...,
    out_grad: bool | str = ...,
    smooth_alpha: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """softmax(data); its gradient is that of the cross entropy with label,
    softmax(data) - onehot(label), whatever the gradient of the output.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    ignore_label : float, default -1.0
        The label that use_ignore leaves out.
    multi_output : bool, default False
        Softmax along axis 1, with a label for each place of the axes behind it;
        the gradient is divided by the number of these places.
    use_ignore : bool, default False
        No gradient where the label is ignore_label.
    preserve_shape : bool, default False
        Softmax along the last axis.
    normalization : {'batch', 'null', 'valid'}, default 'null'
        Divide the gradient by the batch size, or by the number of labels that are
        not ignore_label.
    out_grad : bool, default False
        Multiply by the gradient of the output.
    smooth_alpha : float, default 0.0
        Share of the target that is spread over the other classes; as in MXNet it
        has no effect with multi_output.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

Softmax = SoftmaxOutput

def LinearRegressionOutput(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    grad_scale: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """output = data; its gradient is output - label, divided by the number of outputs
    of each sample.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def LogisticRegressionOutput(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    grad_scale: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """output = 1 / (1 + exp(-data)); its gradient is output - label, divided by the
    number of outputs of each sample.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def MAERegressionOutput(
    data: NDArray | None = None,
    label: NDArray | None = None,
    *,
    grad_scale: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """output = data; its gradient is sign(output - label), divided by the number of
    outputs of each sample.

    Parameters
    ----------
    data : NDArray
        The input.
    label : NDArray
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def MakeLoss(
    data: NDArray | None = None,
    *,
    grad_scale: float | str = ...,
    valid_thresh: float | str = ...,
    normalization: Literal["batch", "null", "valid"] = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data itself; its gradient is grad_scale everywhere, whatever the gradient of
    the output.

    Parameters
    ----------
    data : NDArray
        The input.
    grad_scale : float, default 1.0
        Factor of the gradient.
    valid_thresh : float, default 0.0
        Elements above it are valid.
    normalization : {'batch', 'null', 'valid'}, default 'null'
        Divide the gradient by the batch size, or by the number of valid elements.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def make_loss(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data itself; its gradient is 1 everywhere.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def BlockGrad(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data itself, through which no gradient flows back.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

stop_gradient = BlockGrad

def multi_sum_sq(
    *args: NDArray,
    num_arrays: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The sum of the squares of each array's elements.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def multi_lars(
    lrs: NDArray | None = None,
    weights_sum_sq: NDArray | None = None,
    grads_sum_sq: NDArray | None = None,
    wds: NDArray | None = None,
    *,
    eta: float | str,
    eps: float | str,
    rescale_grad: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Learning rates by the norms of weights and gradients: lr eta w / (rescale_grad
    g + wd w + eps), where w^2 and g^2 are the sums of squares; lr itself where one
    of them is 0.

    Parameters
    ----------
    lrs : NDArray
    weights_sum_sq : NDArray
    grads_sum_sq : NDArray
    wds : NDArray
    eta : float, required
        Length of a step for a weight of length 1.
    eps : float, required
        What keeps the divisor above 0.
    rescale_grad : float, default 1.0
        Factor of the gradients.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def all_finite(
    data: NDArray | None = None,
    *,
    init_output: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """1 if no element is infinite or NaN, else 0.

    Parameters
    ----------
    data : NDArray
        The input.
    init_output : bool, default True
        Begin with 1; if not, the output stays 0 where it was 0 before.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def multi_all_finite(
    *args: NDArray,
    num_arrays: int | str = ...,
    init_output: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """1 if no element of any array is infinite or NaN, else 0.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    init_output : bool, default True
        Begin with 1; if not, the output stays 0 where it was 0 before.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def reset_arrays(
    *args: NDArray,
    num_arrays: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Fill all arrays with 0.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sum(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Sum of the elements over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

sum_axis = sum

def mean(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Mean of the elements over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def prod(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Product of the elements over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def nansum(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Sum of the elements that are not NaN over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def nanprod(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Product of the elements that are not NaN over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def max(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Largest element over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

max_axis = max

def min(
    data: NDArray | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Smallest element over axes.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

min_axis = min

def norm(
    data: NDArray | None = None,
    *,
    ord: Any = ...,
    axis: int | Sequence[int] | str | None = ...,
    out_dtype: Any = ...,
    keepdims: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Norm over axes: sum |x|, or (sum x^2)^(1/2).

    Parameters
    ----------
    data : NDArray
        The input.
    ord : default 2
        1: sum of magnitudes, 2: root of sum of squares.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    out_dtype : optional
        Element type of the output; that of data when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def argmax(
    data: NDArray | None = None,
    *,
    axis: int | str | None = ...,
    keepdims: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Index of the largest element, as a number of data's type.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, optional
        Axis to search; the flattened array when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def argmin(
    data: NDArray | None = None,
    *,
    axis: int | str | None = ...,
    keepdims: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Index of the smallest element, as a number of data's type.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, optional
        Axis to search; the flattened array when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def argmax_channel(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Index of the largest element along axis 1.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def moments(
    data: NDArray | None = None,
    *,
    axes: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """Mean over axes, and variance: the mean of (x - mean)^2.

    Parameters
    ----------
    data : NDArray
        The input.
    axes : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def multi_sgd_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    *,
    lrs: Any,
    wds: Any,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_update for each weight.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    lrs : required
        Learning rate of each weight.
    wds : required
        Weight decay of each weight.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def preloaded_multi_sgd_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    lrs: NDArray | None = None,
    wds: NDArray | None = None,
    *,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_update for each weight; rates and decays are arrays.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    lrs : NDArray
    wds : NDArray
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def multi_mp_sgd_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    weight32_0: NDArray | None = None,
    *,
    lrs: Any,
    wds: Any,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_update for each weight, in mixed precision.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    weight32_0 : NDArray
    lrs : required
        Learning rate of each weight.
    wds : required
        Weight decay of each weight.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def preloaded_multi_mp_sgd_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    weight32_0: NDArray | None = None,
    lrs: NDArray | None = None,
    wds: NDArray | None = None,
    *,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_update for each weight, in mixed precision; rates and decays
    are arrays.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    weight32_0 : NDArray
    lrs : NDArray
    wds : NDArray
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def multi_sgd_mom_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    mom_0: NDArray | None = None,
    *,
    lrs: Any,
    wds: Any,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_mom_update for each weight.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    mom_0 : NDArray
    lrs : required
        Learning rate of each weight.
    wds : required
        Weight decay of each weight.
    momentum : float, default 0.0
        What mom keeps of its old value.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def preloaded_multi_sgd_mom_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    mom_0: NDArray | None = None,
    lrs: NDArray | None = None,
    wds: NDArray | None = None,
    *,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_mom_update for each weight; rates and decays are arrays.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    mom_0 : NDArray
    lrs : NDArray
    wds : NDArray
    momentum : float, default 0.0
        What mom keeps of its old value.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def multi_mp_sgd_mom_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    mom_0: NDArray | None = None,
    weight32_0: NDArray | None = None,
    *,
    lrs: Any,
    wds: Any,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_mom_update for each weight, in mixed precision.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    mom_0 : NDArray
    weight32_0 : NDArray
    lrs : required
        Learning rate of each weight.
    wds : required
        Weight decay of each weight.
    momentum : float, default 0.0
        What mom keeps of its old value.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def preloaded_multi_mp_sgd_mom_update(
    weight_0: NDArray | None = None,
    grad_0: NDArray | None = None,
    mom_0: NDArray | None = None,
    weight32_0: NDArray | None = None,
    lrs: NDArray | None = None,
    wds: NDArray | None = None,
    *,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The step of sgd_mom_update for each weight, in mixed precision; rates and
    decays are arrays.

    Parameters
    ----------
    weight_0 : NDArray
    grad_0 : NDArray
    mom_0 : NDArray
    weight32_0 : NDArray
    lrs : NDArray
    wds : NDArray
    momentum : float, default 0.0
        What mom keeps of its old value.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def sort(
    data: NDArray | None = None,
    *,
    axis: int | str | None = ...,
    is_ascend: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data in order along an axis.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, optional
        Axis to sort along; the flattened array if None.
    is_ascend : bool, default True
        The smallest first.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def argsort(
    data: NDArray | None = None,
    *,
    axis: int | str | None = ...,
    is_ascend: bool | str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Indices that put data in order along an axis.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, optional
        Axis to sort along; the flattened array if None.
    is_ascend : bool, default True
        The smallest first.
    dtype : default dtype('float32')
        Element type of indices.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def topk(
    data: NDArray | None = None,
    *,
    axis: int | str | None = ...,
    k: int | str = ...,
    ret_typ: Literal["value", "indices", "mask", "both"] = ...,
    is_ascend: bool | str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """The k largest elements along an axis, in order, their indices, or 1 at their
    places and 0 elsewhere.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, optional
        Axis to sort along; the flattened array if None.
    k : int, default 1
        How many; all of them if below 1.
    ret_typ : {'value', 'indices', 'mask', 'both'}, default 'indices'
        What to return; both: elements and indices.
    is_ascend : bool, default False
        The smallest instead.
    dtype : default dtype('float32')
        Element type of indices.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def shuffle(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data in a random order along the first axis: output[i] = data[order[i]].

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def Pad(
    data: NDArray | None = None,
    *,
    mode: Literal["constant", "edge", "reflect"],
    pad_width: Any,
    constant_value: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data with margins: constant, or copies of the elements nearby. Unlike MXNet's,
    of any rank and on any axis.

    Parameters
    ----------
    data : NDArray
        The input.
    mode : {'constant', 'edge', 'reflect'}, required
        Fill margins with constant_value, with the element at the edge, or by
        reflection at the middle of that element.
    pad_width : required
        Widths of the margins, before and after each axis in turn.
    constant_value : float, default 0.0
        What constant margins hold.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

pad = Pad

def Crop(
    *args: NDArray,
    num_args: Any = ...,
    offset: Any = ...,
    h_w: Any = ...,
    center_crop: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """A part of images: arg0[:, :, y : y + h, x : x + w], with (h, w) given or those
    of arg1.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    offset : default (0, 0)
        Where to begin: (y, x).
    h_w : default (0, 0)
        Height and width, unless a second input says.
    center_crop : bool, default False
        Keep the middle; ignores offset.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def hard_sigmoid(
    data: NDArray | None = None,
    *,
    alpha: float | str = ...,
    beta: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise min(max(alpha x + beta, 0), 1).

    Parameters
    ----------
    data : NDArray
        The input.
    alpha : float, default 0.2
        Slope of the middle part.
    beta : float, default 0.5
        Value at 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def smooth_l1(
    data: NDArray | None = None,
    *,
    scalar: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Elementwise s^2 x^2 / 2 to |x| = 1 / s^2, |x| - 1 / (2 s^2) beyond.

    Parameters
    ----------
    data : NDArray
        The input.
    scalar : float, default 1.0
        s: the parabola ends at |x| = 1 / s^2.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def IdentityAttachKLSparseReg(
    data: NDArray | None = None,
    moving_avg: NDArray | None = None,
    *,
    sparseness_target: Any = ...,
    penalty: float | str = ...,
    momentum: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data itself, activations from 0 to 1; the gradient has added penalty ((1 - r) /
    (1 - avg) - r / avg), which draws the mean of every unit (axis 1) to r =
    sparseness_target. The backward pass updates it: avg = momentum avg + (1 -
    momentum) mean.

    Parameters
    ----------
    data : NDArray
        The input.
    moving_avg : NDArray
        A state that the operator moves.
    sparseness_target : default 0.1
        The mean r that units should have.
    penalty : float, default 0.001
        Factor of the penalty.
    momentum : float, default 0.9
        What the moving average keeps of its old value.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def Concat(
    *args: NDArray,
    num_args: int | str = ...,
    dim: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The inputs joined along one axis.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    dim : int, default 1
        Axis to join along.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

concat = Concat

def stack(
    *args: NDArray,
    axis: int | str = ...,
    num_args: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The inputs side by side along a new axis.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    axis : int, default 0
        Place of the new axis.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SliceChannel(
    data: NDArray | None = None,
    *,
    num_outputs: int | str,
    axis: int | str = ...,
    squeeze_axis: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """data split into equal parts along one axis.

    Parameters
    ----------
    data : NDArray
        The input.
    num_outputs : int, required
        Number of parts.
    axis : int, default 1
        Axis to split along.
    squeeze_axis : bool, default False
        Drop the axis, now of length 1.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

split = SliceChannel

def Pooling(
    data: NDArray | None = None,
    *,
    kernel: Any = ...,
    pool_type: Literal["avg", "lp", "max", "sum"] = ...,
    global_pool: bool | str = ...,
    cudnn_off: bool | str = ...,
    pooling_convention: Literal["full", "same", "valid"] = ...,
    stride: Any = ...,
    pad: Any = ...,
    p_value: int | str | None = ...,
    count_include_pad: bool | str | None = ...,
    layout: Literal["NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"] | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Maximum, mean, sum or (sum x^p)^(1/p) of each window of every channel. NaN is
    the maximum of a window that holds it.

    Parameters
    ----------
    data : NDArray
        The input.
    kernel : default ()
        Lengths of the window: (w,), (h, w), (d, h, w).
    pool_type : {'avg', 'lp', 'max', 'sum'}, default 'max'
        What is taken of a window; lp is (sum x^p)^(1/p).
    global_pool : bool, default False
        One window over the whole image.
    cudnn_off : bool, default False
        Accepted for MXNet's sake; has no effect.
    pooling_convention : {'full', 'same', 'valid'}, default 'valid'
        valid: only whole windows; full: one more where elements would be left
        over; same: one per step, without padding.
    stride : default ()
        Steps between windows; 1 when left out.
    pad : default ()
        Elements added at both ends; none when left out.
    p_value : int, optional
        The p of lp.
    count_include_pad : bool, optional
        Whether the padding counts in the mean; it does when left out.
    layout : {'NCW', 'NCHW', 'NCDHW', 'NWC', 'NHWC', 'NDHWC'}, optional
        Order of the axes; NCW, NCHW or NCDHW when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

pooling = Pooling

def Pooling_v1(
    data: NDArray | None = None,
    *,
    kernel: Any = ...,
    pool_type: Literal["avg", "max", "sum"] = ...,
    global_pool: bool | str = ...,
    pooling_convention: Literal["full", "valid"] = ...,
    stride: Any = ...,
    pad: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Maximum, sum, or sum / size(kernel) of each window of every channel; the zeros
    of the padding count like other elements.

    Parameters
    ----------
    data : NDArray
        The input.
    kernel : default ()
        Lengths of the window: (h, w) or (d, h, w).
    pool_type : {'avg', 'max', 'sum'}, default 'max'
        What is taken of a window.
    global_pool : bool, default False
        One window over the whole image.
    pooling_convention : {'full', 'valid'}, default 'valid'
        valid: only whole windows; full: one more where elements would be left
        over.
    stride : default ()
        Steps between windows; 1 when left out.
    pad : default ()
        Zeros added at both ends; none when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def uniform(
    *,
    low: float | str = ...,
    high: float | str = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers from [low, high), each as likely as the others.

    Parameters
    ----------
    low : float, default 0.0
        Lower bound, inclusive.
    high : float, default 1.0
        Upper bound, exclusive.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

random_uniform = uniform

def normal(
    *,
    loc: float | str = ...,
    scale: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers of the normal distribution with mean loc and deviation scale.

    Parameters
    ----------
    loc : float, default 0.0
        Mean.
    scale : default 1.0
        Standard deviation.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

random_normal = normal

def random_gamma(
    *,
    alpha: Any = ...,
    beta: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers of density x^(alpha - 1) exp(-x / beta) / (gamma(alpha) beta^alpha).

    Parameters
    ----------
    alpha : default 1.0
        Shape.
    beta : default 1.0
        Scale.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_exponential(
    *,
    lam: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers of density lam exp(-lam x).

    Parameters
    ----------
    lam : default 1.0
        Rate: one over the mean.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_poisson(
    *,
    lam: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Counts of probability lam^x exp(-lam) / x!.

    Parameters
    ----------
    lam : default 1.0
        Mean.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_negative_binomial(
    *,
    k: Any = ...,
    p: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """How many trials go wrong before the k-th that does not, each right with
    probability p: counts of probability C(x + k - 1, x) p^k (1 - p)^x.

    Parameters
    ----------
    k : default 1
        How many trials must go right.
    p : default 1.0
        Probability that one goes right.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_generalized_negative_binomial(
    *,
    mu: Any = ...,
    alpha: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Counts of mean mu and variance mu + alpha mu^2: Poisson ones, the means of
    which are gamma distributed.

    Parameters
    ----------
    mu : default 1.0
        Mean.
    alpha : default 1.0
        Dispersion; 0 makes it Poisson.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def random_randint(
    *,
    low: int | str,
    high: int | str,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Integers from low to high - 1, each as likely as the others.

    Parameters
    ----------
    low : int, required
        Smallest integer.
    high : int, required
        The integer after the largest.
    shape : int or sequence of int, optional
        Shape; a 0, or the whole when left out, follows from where the array is
        used.
    ctx : str, default ''
        Context of the array, such as ``cpu(0)``.
    dtype : optional
        Element type, int32 or int64; int32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def ROIPooling(
    data: NDArray | None = None,
    rois: NDArray | None = None,
    *,
    pooled_size: Any,
    spatial_scale: float | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Maxima of the parts into which each box is divided, both its ends included and
    rounded to pixels; 0 where there is no pixel.

    Parameters
    ----------
    data : NDArray
        The input.
    rois : NDArray
        Boxes, one a row: number of the image, then two corners.
    pooled_size : required
        Height and width of each result.
    spatial_scale : float, required
        Factor from the boxes' coordinates to pixels.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def L2Normalization(
    data: NDArray | None = None,
    *,
    eps: float | str = ...,
    mode: Literal["channel", "instance", "spatial"] = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data / norm for each vector, norm = (sum data^2 + eps)^(1/2).

    Parameters
    ----------
    data : NDArray
        The input.
    eps : float, default 1e-10
        Added to the sum of squares.
    mode : {'channel', 'instance', 'spatial'}, default 'instance'
        What has length 1: each sample, the channels (axis 1) of each place, or the
        places of each channel.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

l2_normalization = L2Normalization

def LRN(
    data: NDArray | None = None,
    *,
    alpha: float | str = ...,
    beta: float | str = ...,
    knorm: float | str = ...,
    nsize: int | str,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data tmp_norm^-beta, tmp_norm = knorm + alpha / nsize (sum of the squares of
    the nsize neighbouring channels).

    Parameters
    ----------
    data : NDArray
        The input.
    alpha : float, default 0.0001
        Factor of the mean of squares.
    beta : float, default 0.75
        Exponent.
    knorm : float, default 2.0
        Added to the mean of squares.
    nsize : int, required
        Channels in a window; an even number counts as the odd one below, but
        divides as it is.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def RNN(
    data: NDArray | None = None,
    parameters: NDArray | None = None,
    state: NDArray | None = None,
    *,
    state_size: int | str,
    num_layers: int | str,
    bidirectional: bool | str = ...,
    mode: Literal["gru", "lstm", "rnn_relu", "rnn_tanh"],
    p: float | str = ...,
    state_outputs: bool | str = ...,
    projection_size: int | str | None = ...,
    lstm_state_clip_min: float | str | None = ...,
    lstm_state_clip_max: float | str | None = ...,
    lstm_state_clip_nan: bool | str = ...,
    use_sequence_length: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """Recurrent layers, with x_t the data, h the state and W, U, b of the parameters.
    rnn_tanh: h_t = tanh(W x_t + U h_(t-1) + b); rnn_relu likewise; lstm: i, f, o =
    sigmoid(...), g = tanh(...), c_t = f c_(t-1) + i g, h_t = o tanh(c_t); gru: r,
    z = sigmoid(...), n = tanh(W x_t + b + r (U h_(t-1) + b')), h_t = (1 - z) n + z
    h_(t-1).

    Parameters
    ----------
    data : NDArray
        The input.
    parameters : NDArray
        All weights and biases in one vector.
    state : NDArray
        The hidden state before the first step.
    state_size : int, required
        Elements of a layer's state.
    num_layers : int, required
        Layers, each fed by the one before.
    bidirectional : bool, default False
        Give every layer a second half that reads the sequence from its end.
    mode : {'gru', 'lstm', 'rnn_relu', 'rnn_tanh'}, required
        What a layer computes at each step.
    p : float, default 0.0
        Share of each layer's outputs, but the last one's, dropped in training.
    state_outputs : bool, default False
        Return the last states as well.
    projection_size : int, optional
        lstm: elements to which a linear map reduces the state.
    lstm_state_clip_min : float, optional
        Least value of a cell.
    lstm_state_clip_max : float, optional
        Largest value of a cell.
    lstm_state_clip_nan : bool, default False
        Clip a NaN to the least value, too.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; the outputs after
        them are 0, and the last states are those of its last step.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def sample_uniform(
    low: NDArray | None = None,
    high: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, numbers from [low, high).

    Parameters
    ----------
    low : NDArray
    high : NDArray
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_normal(
    mu: NDArray | None = None,
    sigma: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, numbers of mean mu and deviation sigma.

    Parameters
    ----------
    mu : NDArray
    sigma : NDArray
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_gamma(
    alpha: NDArray | None = None,
    beta: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, numbers of shape alpha and scale beta.

    Parameters
    ----------
    alpha : NDArray
    beta : NDArray
        The shift per channel, which training learns.
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_exponential(
    lam: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, numbers of density lam exp(-lam x).

    Parameters
    ----------
    lam : NDArray
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_poisson(
    lam: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, counts of probability lam^x exp(-lam) / x!.

    Parameters
    ----------
    lam : NDArray
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_negative_binomial(
    k: NDArray | None = None,
    p: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, counts of probability gamma(x + k) / (x!
    gamma(k)) p^k (1 - p)^x.

    Parameters
    ----------
    k : NDArray
    p : NDArray
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_generalized_negative_binomial(
    mu: NDArray | None = None,
    alpha: NDArray | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """For each element of the parameters, counts of mean mu and variance mu + alpha
    mu^2.

    Parameters
    ----------
    mu : NDArray
    alpha : NDArray
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def sample_multinomial(
    data: NDArray | None = None,
    *,
    shape: int | Sequence[int] | str = ...,
    get_prob: bool | str = ...,
    dtype: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """Indices i, each with a probability of data[..., i] / sum data; with get_prob
    also ln data[..., i], the gradient of which is that of the score.

    Parameters
    ----------
    data : NDArray
        The input.
    shape : int or sequence of int, default ()
        Shape of what is drawn for each distribution.
    get_prob : bool, default False
        Also give the logarithms of the probabilities.
    dtype : default dtype('int32')
        Type of the indices.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def SequenceMask(
    data: NDArray | None = None,
    *,
    use_sequence_length: bool | str = ...,
    axis: Any = ...,
    value: float | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data at the first `sequence_length` steps of each sequence, and `value` at the
    steps after them.

    Parameters
    ----------
    data : NDArray
        The input.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; else all are
        whole.
    axis : default 0
        The axis of the steps, 0 or 1; the batch's is other.
    value : float, default 0.0
        What stands after the end.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SequenceReverse(
    data: NDArray | None = None,
    *,
    use_sequence_length: bool | str = ...,
    axis: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The first `sequence_length` steps of each sequence in reversed order; the steps
    after them stay where they are.

    Parameters
    ----------
    data : NDArray
        The input.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; else all are
        whole.
    axis : default 0
        The axis of the steps, 0 or 1; the batch's is other.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SequenceLast(
    data: NDArray | None = None,
    *,
    use_sequence_length: bool | str = ...,
    axis: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Step number `sequence_length` of each sequence; of one without steps the first.

    Parameters
    ----------
    data : NDArray
        The input.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; else all are
        whole.
    axis : default 0
        The axis of the steps, 0 or 1; the batch's is other.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def shape_array(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The lengths of the axes of data, as int64.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def size_array(
    data: NDArray | None = None,
    *,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The number of elements of data, as int64.

    Parameters
    ----------
    data : NDArray
        The input.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def slice(
    data: NDArray | None = None,
    *,
    begin: Any,
    end: Any,
    step: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The part of data from begin to end, with steps.

    Parameters
    ----------
    data : NDArray
        The input.
    begin : required
        Where to begin on each leading axis.
    end : required
        Where to end, exclusive, on each leading axis.
    step : default ()
        Steps; 1 when left out.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

crop = slice

def slice_axis(
    data: NDArray | None = None,
    *,
    axis: int | str,
    begin: int | str,
    end: int | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The part of data from begin to end along one axis.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, required
        Axis to slice.
    begin : int, required
        Where to begin.
    end : int, optional
        Where to end, exclusive; None: the end.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def slice_like(
    data: NDArray | None = None,
    shape_like: NDArray | None = None,
    *,
    axes: int | Sequence[int] | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The first elements of data along axes, as many as shape_like has.

    Parameters
    ----------
    data : NDArray
        The input.
    shape_like : NDArray
    axes : int or sequence of int, default ()
        Axes to slice; all of them if empty.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def softmax(
    data: NDArray | None = None,
    *,
    axis: int | str = ...,
    temperature: Any = ...,
    dtype: Any = ...,
    use_length: bool | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """exp(x / T) / sum exp(x / T), along one axis.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, default -1
        The axis along which outputs add up to 1.
    temperature : optional
        Divides the data; 1 if left out.
    dtype : optional
        Type of the output; else the data's.
    use_length : bool, optional
        Take an input `length`: how many elements along the axis count; the others'
        output is 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def softmin(
    data: NDArray | None = None,
    *,
    axis: int | str = ...,
    temperature: Any = ...,
    dtype: Any = ...,
    use_length: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """exp(-x / T) / sum exp(-x / T), along one axis.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, default -1
        The axis along which outputs add up to 1.
    temperature : optional
        Divides the data; 1 if left out.
    dtype : optional
        Type of the output; else the data's.
    use_length : optional
        Only softmax has it.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def log_softmax(
    data: NDArray | None = None,
    *,
    axis: int | str = ...,
    temperature: Any = ...,
    dtype: Any = ...,
    use_length: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """x / T - ln sum exp(x / T), along one axis.

    Parameters
    ----------
    data : NDArray
        The input.
    axis : int, default -1
        The axis along which outputs add up to 1.
    temperature : optional
        Divides the data; 1 if left out.
    dtype : optional
        Type of the output; else the data's.
    use_length : optional
        Only softmax has it.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SoftmaxActivation(
    data: NDArray | None = None,
    *,
    mode: Literal["channel", "instance"] = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """exp(x) / sum exp(x), along the last axis or along axis 1.

    Parameters
    ----------
    data : NDArray
        The input.
    mode : {'channel', 'instance'}, default 'instance'
        Along the last axis (instance), or along axis 1 (channel).
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def BilinearSampler(
    data: NDArray | None = None,
    grid: NDArray | None = None,
    *,
    cudnn_off: bool | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """data at the places (x, y) of grid, -1 and 1 being the centres of the first and
    last pixel: each neighbour at distance (a, b), in pixels, counts (1 - a) (1 -
    b), and 0 where there is none.

    Parameters
    ----------
    data : NDArray
        The input.
    grid : NDArray
    cudnn_off : bool, optional
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def GridGenerator(
    data: NDArray | None = None,
    *,
    transform_type: Literal["affine", "warp"],
    target_shape: Any = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Places (x, y) for BilinearSampler, from those of a grid from -1 to 1: affine:
    matrix . (x, y, 1); warp: each moved by its part of the flow.

    Parameters
    ----------
    data : NDArray
        The input.
    transform_type : {'affine', 'warp'}, required
        affine: data holds a 2 x 3 matrix per image; warp: a flow in pixels.
    target_shape : default (0, 0)
        affine: height and width of the grid.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def SpatialTransformer(
    data: NDArray | None = None,
    loc: NDArray | None = None,
    *,
    target_shape: Any = ...,
    transform_type: Literal["affine"],
    sampler_type: Literal["bilinear"],
    cudnn_off: bool | str | None = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """BilinearSampler at the places that GridGenerator makes of the affine matrices
    `loc`.

    Parameters
    ----------
    data : NDArray
        The input.
    loc : NDArray
    target_shape : default (0, 0)
        Height and width of the result.
    transform_type : {'affine'}, required
        affine is all there is.
    sampler_type : {'bilinear'}, required
        bilinear is all there is.
    cudnn_off : bool, optional
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray, or several: one for each output
    """

def linalg_extractdiag(
    A: NDArray | None = None,
    *,
    offset: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The diagonal of each matrix, as a vector.

    Parameters
    ----------
    A : NDArray
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_makediag(
    A: NDArray | None = None,
    *,
    offset: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Matrices with a diagonal from each vector, else 0.

    Parameters
    ----------
    A : NDArray
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_extracttrian(
    A: NDArray | None = None,
    *,
    offset: int | str = ...,
    lower: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """The triangle of each matrix, as a vector; a lower triangle row by row, an upper
    one column by column.

    Parameters
    ----------
    A : NDArray
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    lower : bool, default True
        Lower or upper triangle, where the offset is 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def linalg_maketrian(
    A: NDArray | None = None,
    *,
    offset: int | str = ...,
    lower: bool | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Matrices with a triangle from each vector, else 0; a lower triangle row by row,
    an upper one column by column.

    Parameters
    ----------
    A : NDArray
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    lower : bool, default True
        Lower or upper triangle, where the offset is 0.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """

def UpSampling(
    *args: NDArray,
    scale: int | str,
    num_filter: int | str = ...,
    sample_type: Literal["bilinear", "nearest"],
    multi_input_mode: Literal["concat", "sum"] = ...,
    num_args: int | str = ...,
    workspace: int | str = ...,
    out: NDArray | Sequence[NDArray] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """Images `scale` times as high and wide. nearest: output[n, c, y, x] = data[n, c,
    y / scale, x / scale], rounded down; further inputs are brought to the size of
    the first. bilinear: Deconvolution of each channel by its weight.

    Parameters
    ----------
    *args : NDArray
        The inputs.
    scale : int, required
        How many times as high and wide.
    num_filter : int, default 0
        Number of channels; needed for bilinear only.
    sample_type : {'bilinear', 'nearest'}, required
        nearest: repeat each element; bilinear: a deconvolution by weight.
    multi_input_mode : {'concat', 'sum'}, default 'concat'
        Join several inputs along their channels, or add them up.
    workspace : int, default 512
        Accepted for MXNet's sake; has no effect.
    out : NDArray or list of NDArray, optional
        Where to write.
    name : str, optional
        Accepted, since symbols have one.

    Returns
    -------
    NDArray
    """
