"""The inverse normal CDF of the points of a net, from a table: half the time of ``ndtri``."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from margincarlo.sampling.net import BITS, Words

# Cells per factor of two of the tail probability: their width follows it, so that one quadratic
# per cell is as good at 2**-33 as in the middle.
_LEADING_BITS: Final = 9
_OCTAVES: Final = BITS
_SHIFT: Final = 52 - _LEADING_BITS
_REST: Final = (1 << _SHIFT) - 1
_FIRST: Final = int(np.float64(0.5).view(np.int64) >> _SHIFT)


def inverse_normal(words: Words, out: NDArray[np.float64]) -> None:
    """Fill `out` with the standard-normal values of points, to within 1e-10.

    Parameters
    ----------
    words : array of uint32
        Points as fractions of 2**32. Each stands for the middle of its interval, which is never 0
        or 1, so that every value is finite. Overwritten.
    out : array of float64, of the same shape
        Filled in place; contiguous.

    Notes
    -----
    A point and its mirror image share a tail probability: the table holds one tail, and the leading
    bit gives the sign. Exponent and leading bits of the tail probability are the number of the
    cell, as in a histogram over floating-point bits; its other bits are the place in the cell.
    """
    signed = words.view(np.int32)
    upper = signed >> (BITS - 1)
    np.bitwise_xor(signed, upper, out=signed)
    tail = np.add(signed, 0.5, out=out).view(np.int64)
    cell = tail >> _SHIFT
    cell -= _FIRST
    tail &= _REST
    place = tail.astype(np.float64)
    constant, linear, square = _quadratics()
    np.take(square, cell, out=out, mode="clip")
    part = np.empty_like(out)
    for coefficient in (linear, constant):
        out *= place
        out += np.take(coefficient, cell, out=part, mode="clip")
    np.copysign(out, np.invert(upper, out=upper), out=out)


@cache
def _quadratics() -> tuple[NDArray[np.float64], ...]:
    """Coefficients of every cell, by powers of the place in it, from its ends and its middle."""
    halves = np.arange(2 * (_OCTAVES << _LEADING_BITS) + 1) + 2 * _FIRST
    score = -ndtri((halves << (_SHIFT - 1)).view(np.float64) / 2.0**BITS)
    start, middle, end = score[:-1:2], score[1::2], score[2::2]
    linear = (4.0 * middle - 3.0 * start - end) / 2.0**_SHIFT
    square = 2.0 * (start - 2.0 * middle + end) / 4.0**_SHIFT
    return start.copy(), linear, square
