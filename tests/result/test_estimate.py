"""Numbers shown with no more digits than their Monte Carlo error supports."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from margincarlo.result.estimate import Estimate, from_replicates, share_from_replicates


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.62328, 0.00047, "0.6233 ± 0.0005"),
        (0.62328, 0.0097, "0.62 ± 0.01"),
        (0.62328, 0.096, "0.6 ± 0.1"),
        (0.62328, 0.94, "0.6 ± 0.9"),
        (0.62328, 0.97, "1 ± 1"),
        (12_345.6, 23.0, "12350 ± 20"),
        (12_345.6, 2.3, "12346 ± 2"),
        (12_345.6, 970.0, "12000 ± 1000"),
        (-0.0004, 0.002, "0.000 ± 0.002"),
        (0.4, 0.0, "0.4 ± 0"),
        (2 / 3, 1e-18, "0.6667 ± 0"),
        (0.5, math.nan, "0.5 ± ?"),
        (0.5, math.inf, "0.5 ± ?"),
        (math.nan, 1.0, "nan ± ?"),
        (3e-7, 2e-8, "0.00000030 ± 0.00000002"),
    ],
)
def test_digits_end_where_the_error_begins(value, error, shown):
    assert str(Estimate(value, error)) == shown


@given(st.floats(-1e9, 1e9), st.floats(1e-9, 1e6))
def test_digits_never_exceed_the_error(value, error):
    assume(error > abs(value) * 1e-12)
    shown, margin = (float(text) for text in Estimate(value, error).texts())
    step = 10.0 ** math.floor(math.log10(margin))
    assert round(margin / step) == pytest.approx(margin / step, abs=1e-6)
    assert abs(shown / step - round(shown / step)) < 1e-3
    assert margin == pytest.approx(error, rel=0.5)
    assert abs(shown - value) <= 0.51 * step
    assert float(Estimate(value, error)) == value


def test_the_error_is_a_t_interval_of_the_replicates():
    replicates = np.array([1.0, 2.0, 3.0, 4.0])
    found = from_replicates(2.5, replicates)
    assert found.error == pytest.approx(3.18245 * np.std(replicates, ddof=1) / 2, rel=1e-5)
    assert from_replicates(2.5, np.append(replicates, np.nan)) == found
    assert math.isnan(from_replicates(2.5, np.array([1.0, np.nan])).error)
    assert math.isnan(from_replicates(math.nan, replicates).error)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_what_never_failed_to_happen_has_the_error_of_three_over_n(value):
    assert share_from_replicates(value, np.full(16, value), 3000).error == pytest.approx(1e-3)
