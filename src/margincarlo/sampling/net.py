"""A Sobol' net in base 2: direction numbers, scrambling, points."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from margincarlo.sampling.dimensions import DIMENSIONS

BITS: Final = 32

type Words = NDArray[np.uint32]

_PLACES: Final[Words] = (np.uint32(1) << np.arange(BITS - 1, -1, -1, dtype=np.uint32)).astype(
    np.uint32
)


@cache
def direction_numbers(dimension: int) -> Words:
    """Return the 32 direction numbers of one dimension, read-only.

    Parameters
    ----------
    dimension : int
        0 to 1023; 0 is the radical inverse in base 2.

    Returns
    -------
    array of uint32, shape (32,)
        Number j is the point 2**j, as a fraction of 2**32.

    Raises
    ------
    ValueError
        When there is no such dimension.

    References
    ----------
    P. Bratley and B. L. Fox, "Algorithm 659: Implementing Sobol's quasirandom sequence generator",
    ACM Trans. Math. Softw. 14(1), 88-100, 1988, section 2: the recurrence.
    S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections",
    SIAM J. Sci. Comput. 30(5), 2635-2654, 2008: the initial numbers.
    """
    if not 0 <= dimension < DIMENSIONS:
        raise ValueError(f"dimension must be from 0 to {DIMENSIONS - 1}, not {dimension}")
    polynomials, initial_numbers = _tables()
    polynomial = int(polynomials[dimension])
    degree = polynomial.bit_length() - 1
    m = [int(number) for number in initial_numbers[dimension, :degree]] if degree else [1] * BITS
    for j in range(len(m), BITS):
        number = m[j - degree]
        for k in range(1, degree + 1):
            if polynomial >> (degree - k) & 1:
                number ^= m[j - k] << k
        m.append(number)
    result = np.array([number << (BITS - 1 - j) for j, number in enumerate(m)], dtype=np.uint32)
    result.flags.writeable = False
    return result


def scramble(numbers: Words, bits: np.random.BitGenerator) -> tuple[Words, np.uint32]:
    """Return `numbers` after a random linear matrix scramble, and a random digital shift.

    Parameters
    ----------
    numbers : array of uint32, shape (32,)
        Direction numbers of one dimension.
    bits : numpy.random.BitGenerator
        Source of the random bits. Used raw, since NumPy promises that these never change.

    Returns
    -------
    numbers : array of uint32, shape (32,)
        Each old digit, leading first, keeps its place and is added to random ones of the digits
        below it: every balance of the net survives.
    shift : uint32
        To be XORed with every point: makes each of them uniform, hence every mean unbiased.

    References
    ----------
    J. Matousek, "On the L2-discrepancy for anchored boxes", J. Complexity 14(4), 527-556, 1998.
    """
    words = (bits.random_raw(BITS + 1) >> np.uint64(64 - BITS)).astype(np.uint32)
    columns = words[:BITS] & (_PLACES - np.uint32(1)) | _PLACES
    digits = (numbers[:, np.newaxis] & _PLACES) != 0
    return np.bitwise_xor.reduce(np.where(digits, columns, np.uint32(0)), axis=1), words[BITS]


def points(numbers: Words, shift: np.uint32, start: int, count: int) -> Words:
    """Return points `start` to ``start + count`` of the net, as fractions of 2**32.

    Parameters
    ----------
    numbers : array of uint32, shape (32,)
        Direction numbers.
    shift : uint32
        Digital shift.
    start : int
        Number of the first point, a multiple of `count`.
    count : int
        Number of points, a power of two.

    Notes
    -----
    Point n is the XOR of the direction numbers of the bits of n, in natural order. The bits of
    `start` are common to all points; each lower bit doubles the points that are ready.
    """
    block = np.empty(count, dtype=np.uint32)
    high = [bit for bit in range(BITS) if start >> bit & 1]
    block[0] = shift ^ np.bitwise_xor.reduce(numbers[high], initial=np.uint32(0))
    for bit in range(count.bit_length() - 1):
        ready = 1 << bit
        np.bitwise_xor(block[:ready], numbers[bit], out=block[ready : 2 * ready])
    return block


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    source = files("margincarlo.sampling") / "joe_kuo_1024.npz"
    with source.open("rb") as file, np.load(file, allow_pickle=False) as table:
        return table["polynomials"], table["initial_numbers"]
