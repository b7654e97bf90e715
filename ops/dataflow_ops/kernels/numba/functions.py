"""Functions of one number in single precision that compilers can turn into vectors.

The C library's functions stop a loop from being vectorised. These are made of plain
arithmetic: exp and log are right to two units in the last place, the others to six.
They are not called here: kernels are generated with their text.
"""

from __future__ import annotations

from typing import Any

import numpy as np

F = np.float32
I = np.int32  # noqa: E741 - short, as F is, for the formulas' sake


def exp(x: Any) -> Any:
    """Compute e^x: 2^n times a polynomial of the rest, after Cephes' method."""
    z = F(-103.98) if x < F(-103.98) else x
    z = F(88.8) if z > F(88.8) else z
    n = np.floor(z * F(1.44269504) + F(0.5))
    r = z - n * F(0.693359375) + n * F(2.12194440e-4)
    p = F(1.9875691500e-4) * r + F(1.3981999507e-3)
    p = (p * r + F(8.3334519073e-3)) * r + F(4.1665795894e-2)
    p = (p * r + F(1.6666665459e-1)) * r + F(5.0000001201e-1)
    p = p * r * r + r + F(1)
    # In two factors, since 2^n itself may be out of range where the product is not.
    whole = I(F(0) if np.isnan(n) else n)
    half = whole >> I(1)
    low = np.int32((half + I(127)) << I(23)).view(np.float32)
    high = np.int32((whole - half + I(127)) << I(23)).view(np.float32)
    return p * low * high


def log(x: Any) -> Any:
    """Compute ln(x): the exponent and a polynomial of the mantissa, as Cephes does."""
    tiny = x < F(1.1754944e-38)
    bits = np.float32(x * F(8388608) if tiny else x).view(np.int32)
    e = F((bits >> I(23)) - I(126)) - (F(23) if tiny else F(0))
    m = np.int32((bits & I(0x007FFFFF)) | I(0x3F000000)).view(np.float32)
    small = m < F(0.707106781186547524)
    e = e - F(1) if small else e
    m = m + m - F(1) if small else m - F(1)
    p = F(7.0376836292e-2) * m - F(1.1514610310e-1)
    p = (p * m + F(1.1676998740e-1)) * m - F(1.2420140846e-1)
    p = (p * m + F(1.4249322787e-1)) * m - F(1.6668057665e-1)
    p = (p * m + F(2.0000714765e-1)) * m - F(2.4999993993e-1)
    p = (p * m + F(3.3333331174e-1)) * m
    z = m * m
    y = p * z + e * F(-2.12194440e-4) - F(0.5) * z
    y = m + y + e * F(0.693359375)
    y = x if x == F(np.inf) else y
    y = F(-np.inf) if x == F(0) else y
    return y if x >= F(0) else F(np.nan)


def tanh(x: Any) -> Any:
    """Compute tanh(x): a quotient of polynomials; x itself where it is small."""
    z = F(-7.90531111) if x < F(-7.90531111) else x
    z = F(7.90531111) if z > F(7.90531111) else z
    s = z * z
    p = F(-2.76076847742355e-16) * s + F(2.00018790482477e-13)
    p = (p * s + F(-8.60467152213735e-11)) * s + F(5.12229709037114e-08)
    p = (p * s + F(1.48572235717979e-05)) * s + F(6.37261928875436e-04)
    p = (p * s + F(4.89352455891786e-03)) * z
    q = F(1.19825839466702e-06) * s + F(1.18534705686654e-04)
    q = (q * s + F(2.26843463243900e-03)) * s + F(4.89352518554385e-03)
    return x if abs(x) < F(0.0004) else p / q


def log1p(x: Any) -> Any:
    """Compute ln(1 + x); what 1 + x rounds away is put back by a factor."""
    u = F(1) + x
    d = u - F(1)
    y = log(u)
    scaled = y * (x / d)
    return (scaled if u < F(np.inf) else y) if d != F(0) else x


def expm1(x: Any) -> Any:
    """Compute e^x - 1; what rounding takes is put back by a factor."""
    u = exp(x)
    d = u - F(1)
    scaled = d * (x / log(u))
    return x if d == F(0) else (scaled if d > F(-1) and u < F(np.inf) else d)


def erf(x: Any) -> Any:
    """Compute the error function: a quotient of polynomials."""
    z = F(-4) if x < F(-4) else x
    z = F(4) if z > F(4) else z
    s = z * z
    p = F(-2.72614225801306e-10) * s + F(2.77068142495902e-08)
    p = (p * s + F(-2.10102402082508e-06)) * s + F(-5.69250639462346e-05)
    p = (p * s + F(-7.34990630326855e-04)) * s + F(-2.95459980854025e-03)
    p = (p * s + F(-1.60960333262415e-02)) * z
    q = F(-1.45660718464996e-05) * s + F(-2.13374055278905e-04)
    q = (q * s + F(-1.68282697438203e-03)) * s + F(-7.37332916720468e-03)
    q = q * s + F(-1.42647390514189e-02)
    return p / q
