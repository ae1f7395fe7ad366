import numpy as np
import pytest
from numpy.typing import NDArray

from margincarlo.sampling.keys import Use, bits
from margincarlo.sampling.net import direction_numbers, points, scramble

NO_SHIFT = np.uint32(0)


def gray_order(count: int) -> NDArray[np.int64]:
    numbers = np.arange(count)
    return numbers ^ numbers >> 1


@pytest.mark.parametrize(("dimensions", "log2"), [(1024, 6), (200, 12)])
def test_unscrambled_points_are_those_of_scipy(dimensions, log2):
    from scipy.stats import qmc

    engine = qmc.Sobol(dimensions, scramble=False, bits=32)
    theirs = (engine.random_base2(log2) * 2.0**32).astype(np.uint32)
    # SciPy visits the same net in Gray-code order.
    order = gray_order(1 << log2)
    for dimension in range(dimensions):
        ours = points(direction_numbers(dimension), NO_SHIFT, 0, 1 << log2)
        np.testing.assert_array_equal(ours[order], theirs[:, dimension])


@pytest.mark.parametrize("dimension", [0, 1, 40, 255, 256, 1023])
def test_every_dimension_is_a_net_in_32_bits(dimension):
    numbers = direction_numbers(dimension)
    # Number j ends at bit j: the matrix is triangular, so all 2**32 points differ.
    lowest = numbers & -numbers.astype(np.int64)
    np.testing.assert_array_equal(lowest, 1 << np.arange(31, -1, -1, dtype=np.int64))


@pytest.mark.parametrize("dimension", [-1, 1024])
def test_there_are_1024_dimensions(dimension):
    with pytest.raises(ValueError, match="from 0 to 1023"):
        direction_numbers(dimension)


def test_direction_numbers_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        direction_numbers(3)[0] = 1


@pytest.mark.parametrize("count", [1, 4, 64])
def test_blocks_join_into_one_run_of_points(count):
    numbers = direction_numbers(9)
    shift = np.uint32(0xDEADBEEF)
    joined = [points(numbers, shift, start, count) for start in range(0, 256, count)]
    np.testing.assert_array_equal(np.concatenate(joined), points(numbers, shift, 0, 256))


def test_scrambling_keeps_the_two_dimensional_net():
    # Dimensions 0 and 1 are a (0, 8, 2)-net: one point in every elementary box of area 1/256.
    scrambled = [
        scramble(direction_numbers(dimension), bits(5, "x", Use.SCRAMBLE, dimension))
        for dimension in (0, 1)
    ]
    x, y = (points(numbers, shift, 0, 256) for numbers, shift in scrambled)
    for x_bits in range(9):
        # Two shifts: a single one by 32 would leave a uint32 as it is.
        column = (x >> np.uint32(31 - x_bits) >> np.uint32(1)).astype(np.int64)
        row = (y >> np.uint32(23 + x_bits) >> np.uint32(1)).astype(np.int64)
        boxes = column << (8 - x_bits) | row
        assert np.unique(boxes).size == 256


def test_scrambles_never_change():
    scrambled = scramble(direction_numbers(5), bits(0, "utilization", Use.SCRAMBLE, 0))
    pinned = [3253315478, 328586878, 3048138893, 1741855077]
    np.testing.assert_array_equal(points(*scrambled, 0, 4), pinned)


def test_the_linear_scramble_is_random_in_every_digit_below_the_leading_one():
    scrambled = [
        scramble(direction_numbers(0), bits(0, "x", Use.SCRAMBLE, replicate))[0][0]
        for replicate in range(400)
    ]
    ones = (np.array(scrambled)[:, np.newaxis] >> np.arange(32, dtype=np.uint32) & 1).mean(axis=0)
    assert ones[31] == 1.0
    np.testing.assert_allclose(ones[:31], 0.5, atol=4 * 0.5 / 20)
