"""Densities and exceedance probabilities against what is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.beliefs import LogNormal
from margincarlo.plots.curve import SHARES, Curve


@pytest.fixture
def lognormal() -> Curve:
    """Exact quantiles of a lognormal, as if from 65,536 draws without noise."""
    shares = np.clip(SHARES, 1e-6, 1 - 1e-6)
    values = LogNormal(0.0, 1.0).quantile(shares)
    return Curve(values, np.stack([values, values]), 65_536)


def test_the_density_is_that_of_the_distribution(lognormal: Curve) -> None:
    x, y = lognormal.density(0.2, 6.0)
    exact = np.exp(-0.5 * np.log(x) ** 2) / (x * np.sqrt(2 * np.pi))
    assert np.max(np.abs(y - exact)) < 0.04 * exact.max()


def test_the_density_integrates_to_the_share_inside(lognormal: Curve) -> None:
    x, y = lognormal.density(0.5, 4.0)
    inside = lognormal.below(4.0) - lognormal.below(0.5)
    assert np.trapezoid(y, x) == pytest.approx(float(inside), rel=5e-3)


def test_no_density_leaks_past_the_extremes() -> None:
    values = SHARES.copy()
    x, y = Curve(values, values[None], 65_536).density(-0.5, 1.5)
    assert not y[(x < 0) | (x > 1)].any()
    assert np.allclose(y[(x > 0) & (x < 1)], 1.0, atol=0.08)


def test_exceedance_of_a_known_distribution(lognormal: Curve) -> None:
    (at_median, at_p95) = lognormal.above(np.array([1.0, np.exp(1.644854)]))
    assert at_median.value == pytest.approx(0.5, abs=1e-6)
    assert at_p95.value == pytest.approx(0.05, abs=1e-5)


def test_a_heavy_tail_is_cut_from_the_view_but_the_interval_never(lognormal: Curve) -> None:
    left, right = lognormal.view(0.9)
    assert lognormal.least <= left < lognormal.quantile(0.05)
    assert lognormal.quantile(0.95) < right < lognormal.greatest
    assert lognormal.view(0.99)[1] > lognormal.quantile(0.995)


def test_a_single_value_has_a_view_around_it() -> None:
    values = np.full(SHARES.size, 2.0)
    found = Curve(values, values[None], 64)
    assert found.is_point
    assert found.view(0.9) == (1.0, 3.0)
