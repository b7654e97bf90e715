"""The operators as functions of Symbols; made by `make docs`, for editors and type checkers."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dataflow.symbol.symbol import Symbol as Symbol

def __getattr__(name: str) -> Any: ...  # the operators whose names begin with _
def Activation(
    data: Symbol | None = None,
    *,
    act_type: Literal["relu", "sigmoid", "softrelu", "softsign", "tanh"],
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """relu max(x, 0), sigmoid 1 / (1 + exp(-x)), softrelu ln(1 + exp(x)), softsign x
    / (1 + |x|) or tanh.

    Parameters
    ----------
    data : Symbol
        The input.
    act_type : {'relu', 'sigmoid', 'softrelu', 'softsign', 'tanh'}, required
        The function to apply.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

activation = Activation

def sgd_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    *,
    lr: float | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """weight - lr (g + wd weight), where g = clip(rescale_grad grad).

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sgd_mom_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mom: Symbol | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """mom = momentum mom - lr (g + wd weight), where g = clip(rescale_grad grad); the
    output is weight + mom.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mom : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def nag_mom_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mom: Symbol | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = lr (clip(rescale_grad grad) + wd weight): mom = momentum mom - g; the
    output is weight + momentum mom - g.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mom : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def mp_sgd_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    weight32: Symbol | None = None,
    *,
    lr: float | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """weight - lr (g + wd weight), where g = clip(rescale_grad grad). Steps from
    weight32, which it updates; the output is a narrow copy of it.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    weight32 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def mp_sgd_mom_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mom: Symbol | None = None,
    weight32: Symbol | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """mom = momentum mom - lr (g + wd weight), where g = clip(rescale_grad grad); the
    output is weight + mom. Steps from weight32, which it updates; the output is a
    narrow copy of it.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mom : Symbol
        The momentum: a state that the update moves.
    weight32 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def mp_nag_mom_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mom: Symbol | None = None,
    weight32: Symbol | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = lr (clip(rescale_grad grad) + wd weight): mom = momentum mom - g; the
    output is weight + momentum mom - g. Steps from weight32, which it updates; the
    output is a narrow copy of it.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mom : Symbol
        The momentum: a state that the update moves.
    weight32 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def signsgd_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    *,
    lr: float | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """weight - lr (sign(grad) + wd weight); neither rescaling nor clipping matters.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    lr : float, required
        Learning rate.
    wd : float, default 0.0
        Weight decay: the gradient of wd / 2 weight^2.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def signum_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mom: Symbol | None = None,
    *,
    lr: float | str,
    momentum: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    wd_lh: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """mom = momentum mom - (1 - momentum) (clip(rescale_grad grad) + wd weight); the
    output is (1 - lr wd_lh) weight + lr sign(mom).

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mom : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def adam_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mean: Symbol | None = None,
    var: Symbol | None = None,
    *,
    lr: float | str,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    lazy_update: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = clip(rescale_grad grad + wd weight): mean = beta1 mean + (1 - beta1)
    g, var = beta2 var + (1 - beta2) g^2; the output is weight - lr mean /
    (var^(1/2) + epsilon).

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mean : Symbol
        A state that the operator moves.
    var : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def rmsprop_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    n: Symbol | None = None,
    *,
    lr: float | str,
    gamma1: float | str = ...,
    epsilon: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    clip_weights: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = clip(rescale_grad grad + wd weight): n = gamma1 n + (1 - gamma1) g^2;
    the output is weight - lr g / (n + epsilon)^(1/2).

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    n : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def rmspropalex_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    n: Symbol | None = None,
    g: Symbol | None = None,
    delta: Symbol | None = None,
    *,
    lr: float | str,
    gamma1: float | str = ...,
    gamma2: float | str = ...,
    epsilon: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    clip_weights: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With d = clip(rescale_grad grad + wd weight): n = gamma1 n + (1 - gamma1) d^2,
    g = gamma1 g + (1 - gamma1) d, delta = gamma2 delta - lr d / (n - g^2 +
    epsilon)^(1/2); the output is weight + delta.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    n : Symbol
        A state that the operator moves.
    g : Symbol
        A state that the operator moves.
    delta : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def ftrl_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    z: Symbol | None = None,
    n: Symbol | None = None,
    *,
    lr: float | str,
    lamda1: float | str = ...,
    beta: float | str = ...,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = clip(rescale_grad grad): z = z + g - ((n + g^2)^(1/2) - n^(1/2))
    weight / lr, n = n + g^2; the output is (sign(z) lamda1 - z) / ((beta +
    n^(1/2)) / lr + wd) where |z| > lamda1, else 0.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    z : Symbol
        A state that the operator moves.
    n : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def ftml_update(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    d: Symbol | None = None,
    v: Symbol | None = None,
    z: Symbol | None = None,
    *,
    lr: float | str,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    t: int | str,
    wd: float | str = ...,
    rescale_grad: float | str = ...,
    clip_grad: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = clip(rescale_grad grad + wd weight): v = beta2 v + (1 - beta2) g^2, d'
    = ((v / (1 - beta2^t))^(1/2) + epsilon) (1 - beta1^t) / lr, z = beta1 z + (1 -
    beta1) g - (d' - beta1 d) weight, d = d'; the output is -z / d.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    d : Symbol
        A state that the operator moves.
    v : Symbol
        A state that the operator moves.
    z : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def transpose(
    data: Symbol | None = None,
    *,
    axes: int | Sequence[int] | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data with its axes in another order.

    Parameters
    ----------
    data : Symbol
        The input.
    axes : int or sequence of int, default ()
        Order of the axes; reversed if empty.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SwapAxis(
    data: Symbol | None = None,
    *,
    dim1: int | str = ...,
    dim2: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data with two axes exchanged.

    Parameters
    ----------
    data : Symbol
        The input.
    dim1 : int, default 0
        One axis.
    dim2 : int, default 0
        The other axis.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

swapaxes = SwapAxis

def reverse(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data with the elements along given axes in reverse order.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, required
        Axes to reverse.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

flip = reverse

def linalg_gemm(
    A: Symbol | None = None,
    B: Symbol | None = None,
    C: Symbol | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    alpha: float | str = ...,
    beta: float | str = ...,
    axis: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """alpha op(A) op(B) + beta C; op transposes or leaves alone.

    Parameters
    ----------
    A : Symbol
    B : Symbol
    C : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_gemm2(
    A: Symbol | None = None,
    B: Symbol | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    alpha: float | str = ...,
    axis: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """alpha op(A) op(B); op transposes or leaves alone.

    Parameters
    ----------
    A : Symbol
    B : Symbol
    transpose_a : bool, default False
        Transpose the matrices of A.
    transpose_b : bool, default False
        Transpose the matrices of B.
    alpha : float, default 1.0
        Factor of the result.
    axis : int, default -2
        Axis of the rows; the last has the columns.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_syrk(
    A: Symbol | None = None,
    *,
    transpose: bool | str = ...,
    alpha: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """alpha A A^T, or alpha A^T A.

    Parameters
    ----------
    A : Symbol
    transpose : bool, default False
        A^T A instead of A A^T.
    alpha : float, default 1.0
        Factor of the result.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_trmm(
    A: Symbol | None = None,
    B: Symbol | None = None,
    *,
    transpose: bool | str = ...,
    rightside: bool | str = ...,
    lower: bool | str = ...,
    alpha: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """alpha op(A) B, or alpha B op(A) on the right side; A is triangular, op
    transposes or leaves alone.

    Parameters
    ----------
    A : Symbol
    B : Symbol
    transpose : bool, default False
        Transpose the triangular matrices.
    rightside : bool, default False
        They stand to the right of the others.
    lower : bool, default True
        Which triangle of A counts.
    alpha : float, default 1.0
        Factor of the result.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_trsm(
    A: Symbol | None = None,
    B: Symbol | None = None,
    *,
    transpose: bool | str = ...,
    rightside: bool | str = ...,
    lower: bool | str = ...,
    alpha: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """X of op(A) X = alpha B, or of X op(A) = alpha B; A is triangular, op transposes
    or leaves alone.

    Parameters
    ----------
    A : Symbol
    B : Symbol
    transpose : bool, default False
        Transpose the triangular matrices.
    rightside : bool, default False
        They stand to the right of the others.
    lower : bool, default True
        Which triangle of A counts.
    alpha : float, default 1.0
        Factor of the result.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def depth_to_space(
    data: Symbol | None = None,
    *,
    block_size: int | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Channels spread over blocks of b x b: output[n, c, b y + i, b x + j] = data[n,
    (b i + j) C / b^2 + c, y, x].

    Parameters
    ----------
    data : Symbol
        The input.
    block_size : int, required
        Height and width of a block.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def space_to_depth(
    data: Symbol | None = None,
    *,
    block_size: int | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Blocks of b x b gathered in channels: output[n, (b i + j) C + c, y, x] =
    data[n, c, b y + i, b x + j].

    Parameters
    ----------
    data : Symbol
        The input.
    block_size : int, required
        Height and width of a block.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def elemwise_add(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x + y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def elemwise_sub(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x - y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def elemwise_mul(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x * y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def elemwise_div(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x / y (integers: without the fraction), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_add(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting x + y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

broadcast_plus = broadcast_add

def broadcast_sub(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting x - y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

broadcast_minus = broadcast_sub

def broadcast_mul(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting x * y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_div(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting x / y (integers: without the fraction), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_mod(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting the rest of x / y with the sign of y, 0 where y is 0, x from lhs,
    y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_power(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting x^y, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_maximum(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting max(x, y), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_minimum(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting min(x, y), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_hypot(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting (x^2 + y^2)^(1/2), x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_equal(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x = y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_not_equal(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x != y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_greater(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x > y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_greater_equal(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x >= y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_lesser(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x < y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_lesser_equal(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x <= y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_logical_and(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x and y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_logical_or(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x or y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_logical_xor(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Broadcasting 1 where x xor y, else 0, x from lhs, y from rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Cast(
    data: Symbol | None = None,
    *,
    dtype: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The input in another element type, fractions dropped for integers.

    Parameters
    ----------
    data : Symbol
        The input.
    dtype : required
        Element type of the output.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

cast = Cast

def amp_cast(
    data: Symbol | None = None,
    *,
    dtype: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Numbers of single or half precision in the type `dtype`; others as they are.

    Parameters
    ----------
    data : Symbol
        The input.
    dtype : required
        Element type of the output.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def amp_multicast(
    *args: Symbol,
    num_outputs: int | str = ...,
    cast_narrow: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The inputs of single and half precision in the wider of the two types that
    occurs, or the narrower; others as they are.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    cast_narrow : bool, default False
        Cast to the narrower type.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def SVMOutput(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    margin: float | str = ...,
    regularization_coefficient: float | str = ...,
    use_linear: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data itself; its gradient is that of sum max(0, margin - t data)^2, or of the
    sum without squares; t is 1 for the class that label names along the last axis
    and -1 for the others.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
        What the output should be.
    margin : float, default 1.0
        Distance from 0 that scores should have.
    regularization_coefficient : float, default 1.0
        Factor of the gradient.
    use_linear : bool, default False
        Do not square the distances in the loss.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def softmax_cross_entropy(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """-sum ln max(softmax(data)[label], 1e-8) over the samples; a label that is no
    class counts nothing.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
        What the output should be.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def im2col(
    data: Symbol | None = None,
    *,
    kernel: Any,
    stride: Any = ...,
    dilate: Any = ...,
    pad: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The windows of images as columns: output[n, (c, k), p] = data[n, c, stride p +
    dilate k - pad].

    Parameters
    ----------
    data : Symbol
        The input.
    kernel : required
        Lengths of the window: (w,), (h, w), (d, h, w).
    stride : default ()
        Steps between windows; 1 when left out.
    dilate : default ()
        Steps inside a window; 1 when left out.
    pad : default ()
        Zeros added at both ends; none when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def col2im(
    data: Symbol | None = None,
    *,
    output_size: Any,
    kernel: Any,
    stride: Any = ...,
    dilate: Any = ...,
    pad: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The transpose of im2col, which adds up where windows overlap: output[n, c, i] =
    sum of data[n, (c, k), p] where stride p + dilate k - pad is i.

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Convolution(
    data: Symbol | None = None,
    weight: Symbol | None = None,
    bias: Symbol | None = None,
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
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Cross-correlation: output[n, f, p] = bias[f] + sum over c, k of weight[f, c, k]
    data[n, c, stride p + dilate k - pad].

    Parameters
    ----------
    data : Symbol
        The input.
    weight : Symbol
        The weights, which training learns.
    bias : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

convolution = Convolution

Convolution_v1 = Convolution

def gather_nd(
    data: Symbol | None = None,
    indices: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elements, or slices, of data at coordinates: output[y, x] = data[indices[0, y],
    ..., indices[M - 1, y], x].

    Parameters
    ----------
    data : Symbol
        The input.
    indices : Symbol
        Which elements, as numbers from 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def scatter_nd(
    data: Symbol | None = None,
    indices: Symbol | None = None,
    *,
    shape: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data put at coordinates, and zeros elsewhere: output[indices[0, y], ...,
    indices[M - 1, y], x] = data[y, x].

    Parameters
    ----------
    data : Symbol
        The input.
    indices : Symbol
        Which elements, as numbers from 0.
    shape : required
        Shape of the output.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def ravel_multi_index(
    data: Symbol | None = None,
    *,
    shape: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Numbers of the elements at coordinates, counted row by row.

    Parameters
    ----------
    data : Symbol
        The input.
    shape : required
        Shape of the array; its first dimension may be -1, it has no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def unravel_index(
    data: Symbol | None = None,
    *,
    shape: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Coordinates, a row for each axis, of elements numbered row by row.

    Parameters
    ----------
    data : Symbol
        The input.
    shape : required
        Shape of the array; its first dimension may be -1, it has no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Correlation(
    data1: Symbol | None = None,
    data2: Symbol | None = None,
    *,
    kernel_size: Any = ...,
    max_displacement: Any = ...,
    stride1: int | str = ...,
    stride2: int | str = ...,
    pad_size: Any = ...,
    is_multiply: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Means of the products, or absolute differences, of the elements of a patch of
    data1 and one of data2, for all displacements between the two: one channel for
    each displacement, row by row.

    Parameters
    ----------
    data1 : Symbol
    data2 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def CTCLoss(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    use_data_lengths: bool | str = ...,
    use_label_lengths: bool | str = ...,
    blank_label: Literal["first", "last"] = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """-ln of the probability that softmax(data), frame by frame, spells the labels of
    a sample once repetitions are joined and blanks left out; 0 for a sample with
    too few frames for its labels.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
        What the output should be.
    use_data_lengths : bool, default False
        Take an input `data_lengths`: how many frames of each sample count.
    use_label_lengths : bool, default False
        Take an input `label_lengths`; without it a sample's labels end at the
        first 0, or at the first -1 if blank_label is last.
    blank_label : {'first', 'last'}, default 'first'
        Which class stands for no label: 0, or the last one.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

ctc_loss = CTCLoss

def cumsum(
    a: Symbol | None = None,
    *,
    axis: int | str | None = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """y_i = x_0 + ... + x_i along an axis, or over the flattened array.

    Parameters
    ----------
    a : Symbol
    axis : int, optional
        Axis of the sums; all of it in one if None.
    dtype : optional
        Type of the sums; else the data's.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Custom(
    *args: Symbol,
    op_type: str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """An operator of the user's own, registered by `operator.register`.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    op_type : str, required
        Name it was registered under.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def linalg_potrf(
    A: Symbol | None = None,
    *,
    lower: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Cholesky factor of a symmetric positive definite matrix: the triangle L of A =
    L L^T, or U of A = U^T U. Only that triangle of A is read; the gradient is
    symmetric.

    Parameters
    ----------
    A : Symbol
    lower : bool, default True
        Whether the factor is a lower or upper one.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_potri(
    A: Symbol | None = None,
    *,
    lower: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Inverse of a matrix whose Cholesky factor is A: (A A^T)^-1 of a lower triangle,
    (A^T A)^-1 of an upper one.

    Parameters
    ----------
    A : Symbol
    lower : bool, default True
        Whether the factor is a lower or upper one.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_gelqf(
    A: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """A = L Q: outputs Q, whose rows are orthonormal, and the lower triangle L. A has
    full rank, and not more rows than columns.

    Parameters
    ----------
    A : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def linalg_syevd(
    A: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """U A = diag(L) U for symmetric A: outputs U, whose rows are the eigenvectors,
    each with its largest element positive, and the eigenvalues L, in ascending
    order. Only the lower triangle of A is read; the gradient is symmetric, and
    infinite where eigenvalues are equal (unless the loss depends on eigenvalues
    alone).

    Parameters
    ----------
    A : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def linalg_inverse(
    A: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Inverse of a square matrix.

    Parameters
    ----------
    A : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_det(
    A: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Determinant of a square matrix; its gradient is taken as 0 where it is 0.

    Parameters
    ----------
    A : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_slogdet(
    A: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """sign(det A) and ln |det A|; the gradient is taken as 0 where the determinant is
    0, and none flows through the sign.

    Parameters
    ----------
    A : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def linalg_sumlogdiag(
    A: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Sum of the logarithms of the diagonal: sum_i ln A_ii.

    Parameters
    ----------
    A : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Deconvolution(
    data: Symbol | None = None,
    weight: Symbol | None = None,
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
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The transpose of Convolution: output[n, f, stride p + dilate k - pad] = bias[f]
    + sum over c, p, k of weight[c, f, k] data[n, c, p].

    Parameters
    ----------
    data : Symbol
        The input.
    weight : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def FullyConnected(
    data: Symbol | None = None,
    weight: Symbol | None = None,
    bias: Symbol | None = None,
    *,
    num_hidden: int | str,
    no_bias: bool | str = ...,
    flatten: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Affine map: output = data . weight^T + bias.

    Parameters
    ----------
    data : Symbol
        The input.
    weight : Symbol
        The weights, which training learns.
    bias : Symbol
        What is added to each output feature; training learns it.
    num_hidden : int, required
        Number of output features.
    no_bias : bool, default False
        Leave the bias out.
    flatten : bool, default True
        Join all axes but the first; otherwise only the last axis is transformed.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

fully_connected = FullyConnected

def random_pdf_uniform(
    sample: Symbol | None = None,
    low: Symbol | None = None,
    high: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: 1 / (high - low) from low to high, 0 elsewhere.

    Parameters
    ----------
    sample : Symbol
    low : Symbol
    high : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_normal(
    sample: Symbol | None = None,
    mu: Symbol | None = None,
    sigma: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: exp(-(x - mu)^2 / (2 sigma^2)) / (sigma (2
    pi)^(1/2)).

    Parameters
    ----------
    sample : Symbol
    mu : Symbol
    sigma : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_gamma(
    sample: Symbol | None = None,
    alpha: Symbol | None = None,
    beta: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: beta^alpha x^(alpha - 1) exp(-beta x) / gamma(alpha),
    0 below 0; beta is a rate here, where random_gamma takes a scale.

    Parameters
    ----------
    sample : Symbol
    alpha : Symbol
    beta : Symbol
        The shift per channel, which training learns.
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_exponential(
    sample: Symbol | None = None,
    lam: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: lam exp(-lam x), 0 below 0.

    Parameters
    ----------
    sample : Symbol
    lam : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_poisson(
    sample: Symbol | None = None,
    lam: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: lam^x exp(-lam) / x!.

    Parameters
    ----------
    sample : Symbol
    lam : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_negative_binomial(
    sample: Symbol | None = None,
    k: Symbol | None = None,
    p: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: gamma(x + k) / (x! gamma(k)) p^k (1 - p)^x.

    Parameters
    ----------
    sample : Symbol
    k : Symbol
    p : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_generalized_negative_binomial(
    sample: Symbol | None = None,
    mu: Symbol | None = None,
    alpha: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: that of negative_binomial with k = 1 / alpha and p =
    1 / (1 + mu alpha).

    Parameters
    ----------
    sample : Symbol
    mu : Symbol
    alpha : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_pdf_dirichlet(
    sample: Symbol | None = None,
    alpha: Symbol | None = None,
    *,
    is_log: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Density at each sample x: gamma(sum alpha) prod (x^(alpha - 1) / gamma(alpha))
    along the last axis.

    Parameters
    ----------
    sample : Symbol
    alpha : Symbol
    is_log : bool, default False
        Give the logarithm of the density.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def diag(
    data: Symbol | None = None,
    *,
    k: int | str = ...,
    axis1: int | str = ...,
    axis2: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The diagonals of the matrices along two axes, as the last axis; of a vector,
    the matrix with that diagonal.

    Parameters
    ----------
    data : Symbol
        The input.
    k : int, default 0
        Which diagonal: 0 the main one, above 0 an upper one.
    axis1 : int, default 0
        The axis of rows; no effect on a vector.
    axis2 : int, default 1
        The axis of columns; no effect on a vector.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Dropout(
    data: Symbol | None = None,
    *,
    p: float | str = ...,
    mode: Literal["always", "training"] = ...,
    axes: int | Sequence[int] | str = ...,
    cudnn_off: bool | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """In training, zero for a random share p of the elements and data / (1 - p) for
    the others; data itself in prediction.

    Parameters
    ----------
    data : Symbol
        The input.
    p : float, default 0.5
        Share of the elements that are dropped.
    mode : {'always', 'training'}, default 'training'
        Whether to drop in prediction too.
    axes : int or sequence of int, default ()
        Axes along which elements are dropped together.
    cudnn_off : bool, optional
        Accepted for MXNet's sake; has no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

dropout = Dropout

def abs(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise |x|.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sign(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise -1, 0 or 1 as x is below, at or above 0.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def exp(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise exp(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def expm1(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise exp(x) - 1.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def log(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise ln(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def log2(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise log_2(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def log10(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise log_10(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def log1p(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise ln(1 + x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sqrt(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x^(1/2).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def rsqrt(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x^(-1/2).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def cbrt(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x^(1/3).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def rcbrt(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x^(-1/3).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def square(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x^2.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def reciprocal(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 1 / x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sigmoid(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 1 / (1 + exp(-x)).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def relu(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise max(x, 0).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def softsign(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x / (1 + |x|).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def erf(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 2 / pi^(1/2) times the integral of exp(-t^2) from 0 to x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def erfinv(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the inverse of erf.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def gamma(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the gamma function, which is (x - 1)! of integers.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def gammaln(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise ln |gamma(x)|.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sin(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise sin(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def cos(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise cos(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def tan(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise tan(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def arcsin(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the angle of sine x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def arccos(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the angle of cosine x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def arctan(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the angle of tangent x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sinh(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise sinh(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def cosh(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise cosh(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def tanh(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise tanh(x).

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def arcsinh(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the inverse of sinh.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def arccosh(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the inverse of cosh.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def arctanh(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise the inverse of tanh.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def floor(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise greatest integer up to x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def ceil(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise smallest integer from x on.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def trunc(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x without its fraction.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def fix(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise x without its fraction.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def round(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise nearest integer, halves away from 0.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def rint(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise nearest integer, halves down.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def logical_not(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 1 where x is 0, else 0.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def zeros_like(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 0 for every element.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def ones_like(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 1 for every element.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def negative(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise -x.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def degrees(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise 180 x / pi.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def radians(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise pi x / 180.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def identity(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The input itself: output = data.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def clip(
    data: Symbol | None = None,
    *,
    a_min: float | str,
    a_max: float | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise min(max(x, a_min), a_max).

    Parameters
    ----------
    data : Symbol
        The input.
    a_min : float, required
        Smallest value of the output.
    a_max : float, required
        Largest value of the output.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def add_n(
    *args: Symbol,
    num_args: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Sum of any number of arrays of one shape.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

ElementWiseSum = add_n

def broadcast_to(
    data: Symbol | None = None,
    *,
    shape: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data repeated along its axes of length 1 up to a shape.

    Parameters
    ----------
    data : Symbol
        The input.
    shape : default ()
        Output shape; 0 keeps a dimension.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def broadcast_axis(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str = ...,
    size: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data repeated along given axes of length 1.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, default ()
        Axes to repeat along.
    size : default ()
        New length of each of them.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

broadcast_axes = broadcast_axis

def broadcast_like(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    lhs_axes: int | Sequence[int] | str | None = ...,
    rhs_axes: int | Sequence[int] | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """lhs repeated along its axes of length 1 to the lengths of rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    lhs_axes : int or sequence of int, optional
        Axes to repeat along.
    rhs_axes : int or sequence of int, optional
        Axes that give lengths.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def tile(
    data: Symbol | None = None,
    *,
    reps: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data repeated as a whole along its axes.

    Parameters
    ----------
    data : Symbol
        The input.
    reps : required
        How often to repeat data on each axis.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def repeat(
    data: Symbol | None = None,
    *,
    repeats: Any,
    axis: int | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Each element, or each slice along an axis, several times over.

    Parameters
    ----------
    data : Symbol
        The input.
    repeats : required
        How often to repeat each element.
    axis : int, optional
        Axis; the flattened array if None.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def fill_element_0index(
    lhs: Symbol | None = None,
    mhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """lhs with one element of each row replaced: output[i, rhs[i]] = mhs[i]; none
    where rhs[i] is out of range.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    mhs : Symbol
    rhs : Symbol
        The right operand.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Embedding(
    data: Symbol | None = None,
    weight: Symbol | None = None,
    *,
    input_dim: int | str,
    output_dim: int | str,
    dtype: Any = ...,
    sparse_grad: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Rows of a table: output[..., :] = weight[data[...], :].

    Parameters
    ----------
    data : Symbol
        The input.
    weight : Symbol
        The weights, which training learns.
    input_dim : int, required
        Number of rows of the table.
    output_dim : int, required
        Length of each row.
    dtype : default dtype('float32')
        Element type of weight if not known.
    sparse_grad : bool, default False
        Sparse gradient in MXNet; no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def take(
    a: Symbol | None = None,
    indices: Symbol | None = None,
    *,
    axis: int | str = ...,
    mode: Literal["clip", "wrap", "raise"] = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elements of a at indices along an axis.

    Parameters
    ----------
    a : Symbol
    indices : Symbol
        Which elements, as numbers from 0.
    axis : int, default 0
        Axis of a that the indices count along.
    mode : {'clip', 'wrap', 'raise'}, default 'clip'
        Indices out of range: the nearest element, count on from the other end, or
        an error.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def pick(
    data: Symbol | None = None,
    index: Symbol | None = None,
    *,
    axis: int | str = ...,
    keepdims: bool | str = ...,
    mode: Literal["clip", "wrap"] = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """One element of data for each index along an axis.

    Parameters
    ----------
    data : Symbol
        The input.
    index : Symbol
    axis : int, default -1
        Axis of data that index counts along.
    keepdims : bool, default False
        Keep that axis, with length 1.
    mode : {'clip', 'wrap'}, default 'clip'
        Indices out of range: the nearest element, or count on from the other end.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

choose_element_0index = pick

def batch_take(
    a: Symbol | None = None,
    indices: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """One element of each row: output[i] = a[i, indices[i]]; of indices out of range
    the nearest. pick is the newer form.

    Parameters
    ----------
    a : Symbol
    indices : Symbol
        Which elements, as numbers from 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def one_hot(
    indices: Symbol | None = None,
    *,
    depth: Any,
    on_value: float | str = ...,
    off_value: float | str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """on_value at each index along a new last axis, off_value elsewhere.

    Parameters
    ----------
    indices : Symbol
        Which elements, as numbers from 0.
    depth : required
        Length of the new axis.
    on_value : float, default 1.0
        Value at the index.
    off_value : float, default 0.0
        Value elsewhere.
    dtype : default dtype('float32')
        Element type of the output.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def where(
    condition: Symbol | None = None,
    x: Symbol | None = None,
    y: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """x where condition is not 0, else y.

    Parameters
    ----------
    condition : Symbol
    x : Symbol
    y : Symbol
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def lamb_update_phase1(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mean: Symbol | None = None,
    var: Symbol | None = None,
    *,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    t: int | str,
    bias_correction: bool | str = ...,
    wd: float | str,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = clip(rescale_grad grad): mean = beta1 mean + (1 - beta1) g, var =
    beta2 var + (1 - beta2) g^2; the output is the direction mean' / (var'^(1/2) +
    epsilon) + wd weight, where mean' = mean / (1 - beta1^t) and var' = var / (1 -
    beta2^t), or mean and var themselves without bias_correction.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mean : Symbol
        A state that the operator moves.
    var : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def mp_lamb_update_phase1(
    weight: Symbol | None = None,
    grad: Symbol | None = None,
    mean: Symbol | None = None,
    var: Symbol | None = None,
    weight32: Symbol | None = None,
    *,
    beta1: float | str = ...,
    beta2: float | str = ...,
    epsilon: float | str = ...,
    t: int | str,
    bias_correction: bool | str = ...,
    wd: float | str,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """With g = clip(rescale_grad grad): mean = beta1 mean + (1 - beta1) g, var =
    beta2 var + (1 - beta2) g^2; the output is the direction mean' / (var'^(1/2) +
    epsilon) + wd weight, where mean' = mean / (1 - beta1^t) and var' = var / (1 -
    beta2^t), or mean and var themselves without bias_correction. With weight32 for
    the weight.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    grad : Symbol
        The gradient by the weights.
    mean : Symbol
        A state that the operator moves.
    var : Symbol
        A state that the operator moves.
    weight32 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def lamb_update_phase2(
    weight: Symbol | None = None,
    g: Symbol | None = None,
    r1: Symbol | None = None,
    r2: Symbol | None = None,
    *,
    lr: float | str,
    lower_bound: float | str = ...,
    upper_bound: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """weight - lr (r1 / r2) g, where r1 and r2 are the norms of the weight and of g;
    1 for their ratio where one of them is 0.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    g : Symbol
    r1 : Symbol
    r2 : Symbol
    lr : float, required
        Learning rate.
    lower_bound : float, default -1.0
        Least norm of the weight; none if negative.
    upper_bound : float, default -1.0
        Greatest norm; none if negative.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def mp_lamb_update_phase2(
    weight: Symbol | None = None,
    g: Symbol | None = None,
    r1: Symbol | None = None,
    r2: Symbol | None = None,
    weight32: Symbol | None = None,
    *,
    lr: float | str,
    lower_bound: float | str = ...,
    upper_bound: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """weight - lr (r1 / r2) g, where r1 and r2 are the norms of the weight and of g;
    1 for their ratio where one of them is 0. Steps from weight32, which it
    updates; the output is a narrow copy.

    Parameters
    ----------
    weight : Symbol
        The weights, which training learns.
    g : Symbol
    r1 : Symbol
    r2 : Symbol
    weight32 : Symbol
        A state that the operator moves.
    lr : float, required
        Learning rate.
    lower_bound : float, default -1.0
        Least norm of the weight; none if negative.
    upper_bound : float, default -1.0
        Greatest norm; none if negative.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def BatchNorm(
    data: Symbol | None = None,
    gamma: Symbol | None = None,
    beta: Symbol | None = None,
    moving_mean: Symbol | None = None,
    moving_var: Symbol | None = None,
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
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """gamma (data - mean) / sqrt(var + eps) + beta for each channel; mean and var of
    the batch in training, else the moving averages, which the backward pass
    updates: moving = momentum moving + (1 - momentum) batch's. Output var holds 1
    / sqrt(var + eps).

    Parameters
    ----------
    data : Symbol
        The input.
    gamma : Symbol
        The scale per channel, which training learns.
    beta : Symbol
        The shift per channel, which training learns.
    moving_mean : Symbol
        Running mean per channel: a state that training moves.
    moving_var : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

batch_norm = BatchNorm

def BatchNorm_v1(
    data: Symbol | None = None,
    gamma: Symbol | None = None,
    beta: Symbol | None = None,
    moving_mean: Symbol | None = None,
    moving_var: Symbol | None = None,
    *,
    eps: float | str = ...,
    momentum: float | str = ...,
    fix_gamma: bool | str = ...,
    use_global_stats: bool | str = ...,
    output_mean_var: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """gamma (data - mean) / sqrt(var + eps) + beta for each channel; mean and var of
    the batch in training, else the moving averages, which the backward pass
    updates: moving = momentum moving + (1 - momentum) batch's. Channels lie along
    axis 1.

    Parameters
    ----------
    data : Symbol
        The input.
    gamma : Symbol
        The scale per channel, which training learns.
    beta : Symbol
        The shift per channel, which training learns.
    moving_mean : Symbol
        Running mean per channel: a state that training moves.
    moving_var : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def LayerNorm(
    data: Symbol | None = None,
    gamma: Symbol | None = None,
    beta: Symbol | None = None,
    *,
    axis: int | str = ...,
    eps: float | str = ...,
    output_mean_var: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """gamma (data - mean) / sqrt(var + eps) + beta, with mean and var over one axis;
    gamma and beta have one number for each place along it.

    Parameters
    ----------
    data : Symbol
        The input.
    gamma : Symbol
        The scale per channel, which training learns.
    beta : Symbol
        The shift per channel, which training learns.
    axis : int, default -1
        The axis that is normalized, and scaled by gamma.
    eps : float, default 1e-05
        Added to the variance.
    output_mean_var : bool, default False
        Show mean and sqrt(var + eps) as well.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

layer_norm = LayerNorm

def GroupNorm(
    data: Symbol | None = None,
    gamma: Symbol | None = None,
    beta: Symbol | None = None,
    *,
    num_groups: int | str = ...,
    eps: float | str = ...,
    output_mean_var: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """gamma (data - mean) / sqrt(var + eps) + beta, with mean and var over each
    sample's groups of neighbouring channels; gamma and beta have one number for
    each group.

    Parameters
    ----------
    data : Symbol
        The input.
    gamma : Symbol
        The scale per channel, which training learns.
    beta : Symbol
        The shift per channel, which training learns.
    num_groups : int, default 1
        How many groups divide the channels.
    eps : float, default 1e-05
        Added to the variance.
    output_mean_var : bool, default False
        Show mean and sqrt(var + eps) as well.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

group_norm = GroupNorm

def InstanceNorm(
    data: Symbol | None = None,
    gamma: Symbol | None = None,
    beta: Symbol | None = None,
    *,
    eps: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """gamma (data - mean) / sqrt(var + eps) + beta, with mean and var over the places
    of each sample's channels; gamma and beta have one number for each channel.

    Parameters
    ----------
    data : Symbol
        The input.
    gamma : Symbol
        The scale per channel, which training learns.
    beta : Symbol
        The shift per channel, which training learns.
    eps : float, default 0.001
        Added to the variance.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

instance_norm = InstanceNorm

def Reshape(
    data: Symbol | None = None,
    *,
    shape: int | Sequence[int] | str = ...,
    reverse: bool | str = ...,
    target_shape: int | Sequence[int] | str = ...,
    keep_highest: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The elements of data, in order, in another shape.

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

reshape = Reshape

def reshape_like(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    lhs_begin: int | str | None = ...,
    lhs_end: int | str | None = ...,
    rhs_begin: int | str | None = ...,
    rhs_end: int | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The elements of lhs, in order, in the shape of rhs; or with some axes of lhs
    replaced by some of rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    lhs_begin : int, optional
        First axis replaced.
    lhs_end : int, optional
        End of those, exclusive.
    rhs_begin : int, optional
        First axis put there.
    rhs_end : int, optional
        End of those, exclusive.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Flatten(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data as a matrix: all axes but the first joined.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

flatten = Flatten

def expand_dims(
    data: Symbol | None = None,
    *,
    axis: int | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data with a new axis of length 1.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, required
        Place of the new axis.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def squeeze(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data without axes of length 1.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to drop; all of length 1 if None.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def cast_storage(
    data: Symbol | None = None,
    *,
    stype: Any,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The input itself: every array is dense.

    Parameters
    ----------
    data : Symbol
        The input.
    stype : required
        Storage of the output: default.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def LeakyReLU(
    data: Symbol | None = None,
    *,
    act_type: Literal["elu", "gelu", "leaky", "prelu", "rrelu", "selu"] = ...,
    slope: float | str = ...,
    lower_bound: float | str = ...,
    upper_bound: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """x above 0, and below: s x with s the slope (leaky), gamma (prelu) or random in
    training (rrelu); slope (exp(x) - 1) (elu, selu, which also scales both sides).
    gelu is x times the normal distribution up to x.

    Parameters
    ----------
    data : Symbol
        The input.
    act_type : {'elu', 'gelu', 'leaky', 'prelu', 'rrelu', 'selu'}, default 'leaky'
        The function to apply.
    slope : float, default 0.25
        Factor below zero, of leaky and elu.
    lower_bound : float, default 0.125
        Least random slope, of rrelu.
    upper_bound : float, default 0.334
        Bound above random slopes, of rrelu.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

leaky_relu = LeakyReLU

def dot(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    forward_stype: Literal["default", "csr", "row_sparse"] | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Product over the last axis of lhs and the first of rhs.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    transpose_a : bool, default False
        Contract the other end of lhs.
    transpose_b : bool, default False
        Contract the other end of rhs.
    forward_stype : {'default', 'csr', 'row_sparse'}, optional
        Storage type of the output in MXNet; no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def batch_dot(
    lhs: Symbol | None = None,
    rhs: Symbol | None = None,
    *,
    transpose_a: bool | str = ...,
    transpose_b: bool | str = ...,
    forward_stype: Literal["default", "csr", "row_sparse"] | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Matrix product of each pair of matrices in two batches.

    Parameters
    ----------
    lhs : Symbol
        The left operand.
    rhs : Symbol
        The right operand.
    transpose_a : bool, default False
        Contract the other end of lhs.
    transpose_b : bool, default False
        Contract the other end of rhs.
    forward_stype : {'default', 'csr', 'row_sparse'}, optional
        Storage type of the output in MXNet; no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def khatri_rao(
    *args: Symbol,
    num_args: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Khatri-Rao product: column k is the Kronecker product of the k-th columns of
    all inputs.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SoftmaxOutput(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    grad_scale: float | str = ...,
    ignore_label: float | str = ...,
    multi_output: bool | str = ...,
    use_ignore: bool | str = ...,
    preserve_shape: bool | str = ...,
    normalization: Literal["batch", "null", "valid"] = ...,
    out_grad: bool | str = ...,
    smooth_alpha: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """softmax(data); its gradient is that of the cross entropy with label,
    softmax(data) - onehot(label), whatever the gradient of the output.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

Softmax = SoftmaxOutput

def LinearRegressionOutput(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    grad_scale: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """output = data; its gradient is output - label, divided by the number of outputs
    of each sample.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def LogisticRegressionOutput(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    grad_scale: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """output = 1 / (1 + exp(-data)); its gradient is output - label, divided by the
    number of outputs of each sample.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def MAERegressionOutput(
    data: Symbol | None = None,
    label: Symbol | None = None,
    *,
    grad_scale: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """output = data; its gradient is sign(output - label), divided by the number of
    outputs of each sample.

    Parameters
    ----------
    data : Symbol
        The input.
    label : Symbol
        What the output should be.
    grad_scale : float, default 1.0
        Factor of the gradient.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def MakeLoss(
    data: Symbol | None = None,
    *,
    grad_scale: float | str = ...,
    valid_thresh: float | str = ...,
    normalization: Literal["batch", "null", "valid"] = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data itself; its gradient is grad_scale everywhere, whatever the gradient of
    the output.

    Parameters
    ----------
    data : Symbol
        The input.
    grad_scale : float, default 1.0
        Factor of the gradient.
    valid_thresh : float, default 0.0
        Elements above it are valid.
    normalization : {'batch', 'null', 'valid'}, default 'null'
        Divide the gradient by the batch size, or by the number of valid elements.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def make_loss(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data itself; its gradient is 1 everywhere.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def BlockGrad(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data itself, through which no gradient flows back.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

stop_gradient = BlockGrad

def multi_sum_sq(
    *args: Symbol,
    num_arrays: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The sum of the squares of each array's elements.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def multi_lars(
    lrs: Symbol | None = None,
    weights_sum_sq: Symbol | None = None,
    grads_sum_sq: Symbol | None = None,
    wds: Symbol | None = None,
    *,
    eta: float | str,
    eps: float | str,
    rescale_grad: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Learning rates by the norms of weights and gradients: lr eta w / (rescale_grad
    g + wd w + eps), where w^2 and g^2 are the sums of squares; lr itself where one
    of them is 0.

    Parameters
    ----------
    lrs : Symbol
    weights_sum_sq : Symbol
    grads_sum_sq : Symbol
    wds : Symbol
    eta : float, required
        Length of a step for a weight of length 1.
    eps : float, required
        What keeps the divisor above 0.
    rescale_grad : float, default 1.0
        Factor of the gradients.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def all_finite(
    data: Symbol | None = None,
    *,
    init_output: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """1 if no element is infinite or NaN, else 0.

    Parameters
    ----------
    data : Symbol
        The input.
    init_output : bool, default True
        Begin with 1; if not, the output stays 0 where it was 0 before.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def multi_all_finite(
    *args: Symbol,
    num_arrays: int | str = ...,
    init_output: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """1 if no element of any array is infinite or NaN, else 0.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    init_output : bool, default True
        Begin with 1; if not, the output stays 0 where it was 0 before.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def reset_arrays(
    *args: Symbol,
    num_arrays: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Fill all arrays with 0.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sum(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Sum of the elements over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

sum_axis = sum

def mean(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Mean of the elements over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def prod(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Product of the elements over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def nansum(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Sum of the elements that are not NaN over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def nanprod(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Product of the elements that are not NaN over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def max(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Largest element over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

max_axis = max

def min(
    data: Symbol | None = None,
    *,
    axis: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    exclude: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Smallest element over axes.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    exclude : bool, default False
        Reduce all axes but those given.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

min_axis = min

def norm(
    data: Symbol | None = None,
    *,
    ord: Any = ...,
    axis: int | Sequence[int] | str | None = ...,
    out_dtype: Any = ...,
    keepdims: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Norm over axes: sum |x|, or (sum x^2)^(1/2).

    Parameters
    ----------
    data : Symbol
        The input.
    ord : default 2
        1: sum of magnitudes, 2: root of sum of squares.
    axis : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    out_dtype : optional
        Element type of the output; that of data when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def argmax(
    data: Symbol | None = None,
    *,
    axis: int | str | None = ...,
    keepdims: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Index of the largest element, as a number of data's type.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, optional
        Axis to search; the flattened array when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def argmin(
    data: Symbol | None = None,
    *,
    axis: int | str | None = ...,
    keepdims: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Index of the smallest element, as a number of data's type.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, optional
        Axis to search; the flattened array when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def argmax_channel(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Index of the largest element along axis 1.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def moments(
    data: Symbol | None = None,
    *,
    axes: int | Sequence[int] | str | None = ...,
    keepdims: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Mean over axes, and variance: the mean of (x - mean)^2.

    Parameters
    ----------
    data : Symbol
        The input.
    axes : int or sequence of int, optional
        Axes to reduce; all of them when left out.
    keepdims : bool, default False
        Keep reduced axes, with length 1.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def multi_sgd_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    *,
    lrs: Any,
    wds: Any,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_update for each weight.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def preloaded_multi_sgd_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    lrs: Symbol | None = None,
    wds: Symbol | None = None,
    *,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_update for each weight; rates and decays are arrays.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    lrs : Symbol
    wds : Symbol
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def multi_mp_sgd_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    weight32_0: Symbol | None = None,
    *,
    lrs: Any,
    wds: Any,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_update for each weight, in mixed precision.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    weight32_0 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def preloaded_multi_mp_sgd_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    weight32_0: Symbol | None = None,
    lrs: Symbol | None = None,
    wds: Symbol | None = None,
    *,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_update for each weight, in mixed precision; rates and decays
    are arrays.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    weight32_0 : Symbol
    lrs : Symbol
    wds : Symbol
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def multi_sgd_mom_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    mom_0: Symbol | None = None,
    *,
    lrs: Any,
    wds: Any,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_mom_update for each weight.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    mom_0 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def preloaded_multi_sgd_mom_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    mom_0: Symbol | None = None,
    lrs: Symbol | None = None,
    wds: Symbol | None = None,
    *,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_mom_update for each weight; rates and decays are arrays.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    mom_0 : Symbol
    lrs : Symbol
    wds : Symbol
    momentum : float, default 0.0
        What mom keeps of its old value.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def multi_mp_sgd_mom_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    mom_0: Symbol | None = None,
    weight32_0: Symbol | None = None,
    *,
    lrs: Any,
    wds: Any,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_mom_update for each weight, in mixed precision.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    mom_0 : Symbol
    weight32_0 : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def preloaded_multi_mp_sgd_mom_update(
    weight_0: Symbol | None = None,
    grad_0: Symbol | None = None,
    mom_0: Symbol | None = None,
    weight32_0: Symbol | None = None,
    lrs: Symbol | None = None,
    wds: Symbol | None = None,
    *,
    momentum: float | str = ...,
    rescale_grad: float | str = ...,
    clip_gradient: float | str = ...,
    num_weights: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The step of sgd_mom_update for each weight, in mixed precision; rates and
    decays are arrays.

    Parameters
    ----------
    weight_0 : Symbol
    grad_0 : Symbol
    mom_0 : Symbol
    weight32_0 : Symbol
    lrs : Symbol
    wds : Symbol
    momentum : float, default 0.0
        What mom keeps of its old value.
    rescale_grad : float, default 1.0
        Factor of the gradient, before clipping.
    clip_gradient : float, default -1.0
        Bound of the gradient's elements on both sides; none if negative.
    num_weights : int, default 1
        How many weights there are.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def sort(
    data: Symbol | None = None,
    *,
    axis: int | str | None = ...,
    is_ascend: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data in order along an axis.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, optional
        Axis to sort along; the flattened array if None.
    is_ascend : bool, default True
        The smallest first.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def argsort(
    data: Symbol | None = None,
    *,
    axis: int | str | None = ...,
    is_ascend: bool | str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Indices that put data in order along an axis.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, optional
        Axis to sort along; the flattened array if None.
    is_ascend : bool, default True
        The smallest first.
    dtype : default dtype('float32')
        Element type of indices.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def topk(
    data: Symbol | None = None,
    *,
    axis: int | str | None = ...,
    k: int | str = ...,
    ret_typ: Literal["value", "indices", "mask", "both"] = ...,
    is_ascend: bool | str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The k largest elements along an axis, in order, their indices, or 1 at their
    places and 0 elsewhere.

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def shuffle(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data in a random order along the first axis: output[i] = data[order[i]].

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def Pad(
    data: Symbol | None = None,
    *,
    mode: Literal["constant", "edge", "reflect"],
    pad_width: Any,
    constant_value: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data with margins: constant, or copies of the elements nearby. Unlike MXNet's,
    of any rank and on any axis.

    Parameters
    ----------
    data : Symbol
        The input.
    mode : {'constant', 'edge', 'reflect'}, required
        Fill margins with constant_value, with the element at the edge, or by
        reflection at the middle of that element.
    pad_width : required
        Widths of the margins, before and after each axis in turn.
    constant_value : float, default 0.0
        What constant margins hold.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

pad = Pad

def Crop(
    *args: Symbol,
    num_args: Any = ...,
    offset: Any = ...,
    h_w: Any = ...,
    center_crop: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """A part of images: arg0[:, :, y : y + h, x : x + w], with (h, w) given or those
    of arg1.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    offset : default (0, 0)
        Where to begin: (y, x).
    h_w : default (0, 0)
        Height and width, unless a second input says.
    center_crop : bool, default False
        Keep the middle; ignores offset.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def hard_sigmoid(
    data: Symbol | None = None,
    *,
    alpha: float | str = ...,
    beta: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise min(max(alpha x + beta, 0), 1).

    Parameters
    ----------
    data : Symbol
        The input.
    alpha : float, default 0.2
        Slope of the middle part.
    beta : float, default 0.5
        Value at 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def smooth_l1(
    data: Symbol | None = None,
    *,
    scalar: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Elementwise s^2 x^2 / 2 to |x| = 1 / s^2, |x| - 1 / (2 s^2) beyond.

    Parameters
    ----------
    data : Symbol
        The input.
    scalar : float, default 1.0
        s: the parabola ends at |x| = 1 / s^2.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def IdentityAttachKLSparseReg(
    data: Symbol | None = None,
    moving_avg: Symbol | None = None,
    *,
    sparseness_target: Any = ...,
    penalty: float | str = ...,
    momentum: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data itself, activations from 0 to 1; the gradient has added penalty ((1 - r) /
    (1 - avg) - r / avg), which draws the mean of every unit (axis 1) to r =
    sparseness_target. The backward pass updates it: avg = momentum avg + (1 -
    momentum) mean.

    Parameters
    ----------
    data : Symbol
        The input.
    moving_avg : Symbol
        A state that the operator moves.
    sparseness_target : default 0.1
        The mean r that units should have.
    penalty : float, default 0.001
        Factor of the penalty.
    momentum : float, default 0.9
        What the moving average keeps of its old value.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def Concat(
    *args: Symbol,
    num_args: int | str = ...,
    dim: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The inputs joined along one axis.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    dim : int, default 1
        Axis to join along.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

concat = Concat

def stack(
    *args: Symbol,
    axis: int | str = ...,
    num_args: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The inputs side by side along a new axis.

    Parameters
    ----------
    *args : Symbol
        The inputs.
    axis : int, default 0
        Place of the new axis.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SliceChannel(
    data: Symbol | None = None,
    *,
    num_outputs: int | str,
    axis: int | str = ...,
    squeeze_axis: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data split into equal parts along one axis.

    Parameters
    ----------
    data : Symbol
        The input.
    num_outputs : int, required
        Number of parts.
    axis : int, default 1
        Axis to split along.
    squeeze_axis : bool, default False
        Drop the axis, now of length 1.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

split = SliceChannel

def Pooling(
    data: Symbol | None = None,
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
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Maximum, mean, sum or (sum x^p)^(1/p) of each window of every channel. NaN is
    the maximum of a window that holds it.

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

pooling = Pooling

def Pooling_v1(
    data: Symbol | None = None,
    *,
    kernel: Any = ...,
    pool_type: Literal["avg", "max", "sum"] = ...,
    global_pool: bool | str = ...,
    pooling_convention: Literal["full", "valid"] = ...,
    stride: Any = ...,
    pad: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Maximum, sum, or sum / size(kernel) of each window of every channel; the zeros
    of the padding count like other elements.

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def uniform(
    *,
    low: float | str = ...,
    high: float | str = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

random_uniform = uniform

def normal(
    *,
    loc: float | str = ...,
    scale: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

random_normal = normal

def random_gamma(
    *,
    alpha: Any = ...,
    beta: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_exponential(
    *,
    lam: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_poisson(
    *,
    lam: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_negative_binomial(
    *,
    k: Any = ...,
    p: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_generalized_negative_binomial(
    *,
    mu: Any = ...,
    alpha: Any = ...,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def random_randint(
    *,
    low: int | str,
    high: int | str,
    shape: int | Sequence[int] | str | None = ...,
    ctx: str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def ROIPooling(
    data: Symbol | None = None,
    rois: Symbol | None = None,
    *,
    pooled_size: Any,
    spatial_scale: float | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Maxima of the parts into which each box is divided, both its ends included and
    rounded to pixels; 0 where there is no pixel.

    Parameters
    ----------
    data : Symbol
        The input.
    rois : Symbol
        Boxes, one a row: number of the image, then two corners.
    pooled_size : required
        Height and width of each result.
    spatial_scale : float, required
        Factor from the boxes' coordinates to pixels.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def L2Normalization(
    data: Symbol | None = None,
    *,
    eps: float | str = ...,
    mode: Literal["channel", "instance", "spatial"] = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data / norm for each vector, norm = (sum data^2 + eps)^(1/2).

    Parameters
    ----------
    data : Symbol
        The input.
    eps : float, default 1e-10
        Added to the sum of squares.
    mode : {'channel', 'instance', 'spatial'}, default 'instance'
        What has length 1: each sample, the channels (axis 1) of each place, or the
        places of each channel.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

l2_normalization = L2Normalization

def LRN(
    data: Symbol | None = None,
    *,
    alpha: float | str = ...,
    beta: float | str = ...,
    knorm: float | str = ...,
    nsize: int | str,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data tmp_norm^-beta, tmp_norm = knorm + alpha / nsize (sum of the squares of
    the nsize neighbouring channels).

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def RNN(
    data: Symbol | None = None,
    parameters: Symbol | None = None,
    state: Symbol | None = None,
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
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Recurrent layers, with x_t the data, h the state and W, U, b of the parameters.
    rnn_tanh: h_t = tanh(W x_t + U h_(t-1) + b); rnn_relu likewise; lstm: i, f, o =
    sigmoid(...), g = tanh(...), c_t = f c_(t-1) + i g, h_t = o tanh(c_t); gru: r,
    z = sigmoid(...), n = tanh(W x_t + b + r (U h_(t-1) + b')), h_t = (1 - z) n + z
    h_(t-1).

    Parameters
    ----------
    data : Symbol
        The input.
    parameters : Symbol
        All weights and biases in one vector.
    state : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def sample_uniform(
    low: Symbol | None = None,
    high: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, numbers from [low, high).

    Parameters
    ----------
    low : Symbol
    high : Symbol
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_normal(
    mu: Symbol | None = None,
    sigma: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, numbers of mean mu and deviation sigma.

    Parameters
    ----------
    mu : Symbol
    sigma : Symbol
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_gamma(
    alpha: Symbol | None = None,
    beta: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, numbers of shape alpha and scale beta.

    Parameters
    ----------
    alpha : Symbol
    beta : Symbol
        The shift per channel, which training learns.
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_exponential(
    lam: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, numbers of density lam exp(-lam x).

    Parameters
    ----------
    lam : Symbol
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_poisson(
    lam: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, counts of probability lam^x exp(-lam) / x!.

    Parameters
    ----------
    lam : Symbol
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_negative_binomial(
    k: Symbol | None = None,
    p: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, counts of probability gamma(x + k) / (x!
    gamma(k)) p^k (1 - p)^x.

    Parameters
    ----------
    k : Symbol
    p : Symbol
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_generalized_negative_binomial(
    mu: Symbol | None = None,
    alpha: Symbol | None = None,
    *,
    shape: Any = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """For each element of the parameters, counts of mean mu and variance mu + alpha
    mu^2.

    Parameters
    ----------
    mu : Symbol
    alpha : Symbol
    shape : default ()
        Shape of what is drawn for each distribution.
    dtype : optional
        Element type; float32 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def sample_multinomial(
    data: Symbol | None = None,
    *,
    shape: int | Sequence[int] | str = ...,
    get_prob: bool | str = ...,
    dtype: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Indices i, each with a probability of data[..., i] / sum data; with get_prob
    also ln data[..., i], the gradient of which is that of the score.

    Parameters
    ----------
    data : Symbol
        The input.
    shape : int or sequence of int, default ()
        Shape of what is drawn for each distribution.
    get_prob : bool, default False
        Also give the logarithms of the probabilities.
    dtype : default dtype('int32')
        Type of the indices.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def SequenceMask(
    data: Symbol | None = None,
    *,
    use_sequence_length: bool | str = ...,
    axis: Any = ...,
    value: float | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data at the first `sequence_length` steps of each sequence, and `value` at the
    steps after them.

    Parameters
    ----------
    data : Symbol
        The input.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; else all are
        whole.
    axis : default 0
        The axis of the steps, 0 or 1; the batch's is other.
    value : float, default 0.0
        What stands after the end.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SequenceReverse(
    data: Symbol | None = None,
    *,
    use_sequence_length: bool | str = ...,
    axis: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The first `sequence_length` steps of each sequence in reversed order; the steps
    after them stay where they are.

    Parameters
    ----------
    data : Symbol
        The input.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; else all are
        whole.
    axis : default 0
        The axis of the steps, 0 or 1; the batch's is other.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SequenceLast(
    data: Symbol | None = None,
    *,
    use_sequence_length: bool | str = ...,
    axis: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Step number `sequence_length` of each sequence; of one without steps the first.

    Parameters
    ----------
    data : Symbol
        The input.
    use_sequence_length : bool, default False
        Take an input `sequence_length`: steps of each sequence; else all are
        whole.
    axis : default 0
        The axis of the steps, 0 or 1; the batch's is other.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def shape_array(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The lengths of the axes of data, as int64.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def size_array(
    data: Symbol | None = None,
    *,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The number of elements of data, as int64.

    Parameters
    ----------
    data : Symbol
        The input.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def slice(
    data: Symbol | None = None,
    *,
    begin: Any,
    end: Any,
    step: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The part of data from begin to end, with steps.

    Parameters
    ----------
    data : Symbol
        The input.
    begin : required
        Where to begin on each leading axis.
    end : required
        Where to end, exclusive, on each leading axis.
    step : default ()
        Steps; 1 when left out.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

crop = slice

def slice_axis(
    data: Symbol | None = None,
    *,
    axis: int | str,
    begin: int | str,
    end: int | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The part of data from begin to end along one axis.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, required
        Axis to slice.
    begin : int, required
        Where to begin.
    end : int, optional
        Where to end, exclusive; None: the end.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def slice_like(
    data: Symbol | None = None,
    shape_like: Symbol | None = None,
    *,
    axes: int | Sequence[int] | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The first elements of data along axes, as many as shape_like has.

    Parameters
    ----------
    data : Symbol
        The input.
    shape_like : Symbol
    axes : int or sequence of int, default ()
        Axes to slice; all of them if empty.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def softmax(
    data: Symbol | None = None,
    *,
    axis: int | str = ...,
    temperature: Any = ...,
    dtype: Any = ...,
    use_length: bool | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """exp(x / T) / sum exp(x / T), along one axis.

    Parameters
    ----------
    data : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def softmin(
    data: Symbol | None = None,
    *,
    axis: int | str = ...,
    temperature: Any = ...,
    dtype: Any = ...,
    use_length: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """exp(-x / T) / sum exp(-x / T), along one axis.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, default -1
        The axis along which outputs add up to 1.
    temperature : optional
        Divides the data; 1 if left out.
    dtype : optional
        Type of the output; else the data's.
    use_length : optional
        Only softmax has it.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def log_softmax(
    data: Symbol | None = None,
    *,
    axis: int | str = ...,
    temperature: Any = ...,
    dtype: Any = ...,
    use_length: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """x / T - ln sum exp(x / T), along one axis.

    Parameters
    ----------
    data : Symbol
        The input.
    axis : int, default -1
        The axis along which outputs add up to 1.
    temperature : optional
        Divides the data; 1 if left out.
    dtype : optional
        Type of the output; else the data's.
    use_length : optional
        Only softmax has it.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SoftmaxActivation(
    data: Symbol | None = None,
    *,
    mode: Literal["channel", "instance"] = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """exp(x) / sum exp(x), along the last axis or along axis 1.

    Parameters
    ----------
    data : Symbol
        The input.
    mode : {'channel', 'instance'}, default 'instance'
        Along the last axis (instance), or along axis 1 (channel).
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def BilinearSampler(
    data: Symbol | None = None,
    grid: Symbol | None = None,
    *,
    cudnn_off: bool | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """data at the places (x, y) of grid, -1 and 1 being the centres of the first and
    last pixel: each neighbour at distance (a, b), in pixels, counts (1 - a) (1 -
    b), and 0 where there is none.

    Parameters
    ----------
    data : Symbol
        The input.
    grid : Symbol
    cudnn_off : bool, optional
        Accepted for MXNet's sake; has no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def GridGenerator(
    data: Symbol | None = None,
    *,
    transform_type: Literal["affine", "warp"],
    target_shape: Any = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Places (x, y) for BilinearSampler, from those of a grid from -1 to 1: affine:
    matrix . (x, y, 1); warp: each moved by its part of the flow.

    Parameters
    ----------
    data : Symbol
        The input.
    transform_type : {'affine', 'warp'}, required
        affine: data holds a 2 x 3 matrix per image; warp: a flow in pixels.
    target_shape : default (0, 0)
        affine: height and width of the grid.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def SpatialTransformer(
    data: Symbol | None = None,
    loc: Symbol | None = None,
    *,
    target_shape: Any = ...,
    transform_type: Literal["affine"],
    sampler_type: Literal["bilinear"],
    cudnn_off: bool | str | None = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """BilinearSampler at the places that GridGenerator makes of the affine matrices
    `loc`.

    Parameters
    ----------
    data : Symbol
        The input.
    loc : Symbol
    target_shape : default (0, 0)
        Height and width of the result.
    transform_type : {'affine'}, required
        affine is all there is.
    sampler_type : {'bilinear'}, required
        bilinear is all there is.
    cudnn_off : bool, optional
        Accepted for MXNet's sake; has no effect.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol, or several: one for each output
    """

def linalg_extractdiag(
    A: Symbol | None = None,
    *,
    offset: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The diagonal of each matrix, as a vector.

    Parameters
    ----------
    A : Symbol
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_makediag(
    A: Symbol | None = None,
    *,
    offset: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Matrices with a diagonal from each vector, else 0.

    Parameters
    ----------
    A : Symbol
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_extracttrian(
    A: Symbol | None = None,
    *,
    offset: int | str = ...,
    lower: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """The triangle of each matrix, as a vector; a lower triangle row by row, an upper
    one column by column.

    Parameters
    ----------
    A : Symbol
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    lower : bool, default True
        Lower or upper triangle, where the offset is 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def linalg_maketrian(
    A: Symbol | None = None,
    *,
    offset: int | str = ...,
    lower: bool | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Matrices with a triangle from each vector, else 0; a lower triangle row by row,
    an upper one column by column.

    Parameters
    ----------
    A : Symbol
    offset : int, default 0
        Which diagonal: above the main one if > 0, below if < 0.
    lower : bool, default True
        Lower or upper triangle, where the offset is 0.
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """

def UpSampling(
    *args: Symbol,
    scale: int | str,
    num_filter: int | str = ...,
    sample_type: Literal["bilinear", "nearest"],
    multi_input_mode: Literal["concat", "sum"] = ...,
    num_args: int | str = ...,
    workspace: int | str = ...,
    name: str | None = None,
    attr: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Images `scale` times as high and wide. nearest: output[n, c, y, x] = data[n, c,
    y / scale, x / scale], rounded down; further inputs are brought to the size of
    the first. bilinear: Deconvolution of each channel by its weight.

    Parameters
    ----------
    *args : Symbol
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
    name : str, optional
        Name of the result; made up when left out.
    attr : mapping, optional
        Attributes of the node, strings.
    **kwargs
        Annotations such as ``lr_mult`` or ``__mood__``.

    Returns
    -------
    Symbol
    """
