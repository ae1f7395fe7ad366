"""Quantiles of any number of draws from a histogram over the bits of their values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from margincarlo.result.histogram import Bins, below, quantiles
from margincarlo.result.streamed import Tally

SHARES = [0.01, 0.05, 0.5, 0.95, 0.99]


def samples(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    normal = rng.standard_normal(200_000)
    return {
        "around zero": normal,
        "far from zero": 1e6 + normal,
        "negative": -np.exp(2 * normal),
        "heavy tails": np.exp(2 * normal),
        "tiny": 1e-12 * np.exp(normal),
    }


@pytest.mark.parametrize(
    "kind", ["around zero", "far from zero", "negative", "heavy tails", "tiny"]
)
def test_quantiles_are_those_of_the_draws(rng, kind):
    values = samples(rng)[kind]
    tally = Tally.empty(values[:1000], 2)
    for replicate, half in enumerate(np.split(values, 2)):
        for block in np.split(half, 4):
            tally.add(replicate, block)
    assert tally.counts.sum() == values.size
    exact = np.quantile(values, SHARES)
    # Near 0 in the tail of a log-normal the spread there is the scale, not that of the whole.
    scale = np.minimum(values.std(), np.abs(exact - np.median(values)) + values.std() / 100)
    assert np.all(np.abs(tally.quantile(SHARES) - exact) <= 2e-3 * scale)
    for found, half in zip(tally.quantiles(SHARES), np.split(values, 2), strict=True):
        np.testing.assert_allclose(found, np.quantile(half, SHARES), atol=5e-3 * values.std())
    shares = tally.below(exact.tolist())
    for row, half in zip(shares, np.split(values, 2), strict=True):
        np.testing.assert_allclose(row, [(half <= each).mean() for each in exact], atol=2e-3)
    assert tally.quantile([0.0, 1.0]).tolist() == [values.min(), values.max()]


def test_counts_of_parts_add_up_to_those_of_the_whole(rng):
    values = rng.standard_normal(1000)
    bins = Bins.around(values)
    size = bins.edges().size - 1
    whole, parts = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    bins.add(values, whole)
    for part in (values[:1], values[1:400], values[400:]):
        bins.add(part, parts)
    assert np.array_equal(whole, parts)


def test_every_value_falls_into_the_bin_whose_edges_hold_it(rng):
    values = np.concatenate([rng.standard_normal(500), [0.0, -0.0, 1e-300, 1e300, -1e300]])
    bins = Bins.around(rng.standard_normal(100))
    edges = bins.edges()
    assert np.all(np.diff(edges) > 0)
    for value in values:
        counts = np.zeros(edges.size - 1, dtype=np.int64)
        bins.add(np.array([value]), counts)
        (place,) = np.flatnonzero(counts)
        assert edges[place] <= value <= edges[place + 1]


def test_a_tally_of_one_value_or_none():
    tally = Tally.empty(np.array([]), 2)
    assert np.isnan(tally.quantile([0.5])).all()
    assert np.isnan(tally.below([0.5])).all()
    tally.add(0, np.full(7, 0.3))
    assert tally.quantile(SHARES).tolist() == [0.3] * len(SHARES)
    assert tally.below([0.2, 0.3, 0.4])[0].tolist() == [0.0, 1.0, 1.0]


def test_shares_and_quantiles_are_inverse(rng):
    values = rng.gamma(2.0, size=10_000)
    bins = Bins.around(values)
    edges = bins.edges()
    counts = np.zeros(edges.size - 1, dtype=np.int64)
    bins.add(values, counts)
    low, high = float(values.min()), float(values.max())
    at = quantiles(counts, edges, SHARES, low, high)
    np.testing.assert_allclose(below(counts, edges, at, low, high), SHARES, atol=1e-9)
