"""What is a held-out model's own may be drawn anew: the same distribution, from more draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from margincarlo.calibration.anew import MEANS, anew
from margincarlo.calibration.levels import SPLIT_TAILS
from margincarlo.calibration.rent import TAILS

SIZE = 4000
LEVEL, BEYOND, SPREAD = 0.3, 0.2, 0.25


def held(market):
    """Draws of a sample in which everything but a model's own is known."""
    endpoints, models = (SIZE, market.model.size), (SIZE, len(market.models.names))
    numbers = {
        "rent|level": LEVEL,
        "rent|spread": SPREAD,
        "rent|shape": 1.0,
        "split|spread": 0.1,
        "split|surprise": 0.5,
        "copies|level": -1.0,
        "copies|spread": 0.0,
        "tails": 5.0,
        **{
            f"{name}|{part}": value
            for name in ("noise", "split|noise")
            for part, value in (("typical", 0.2), ("age", 0.0), ("listed", 0.0), ("spread", 0.0))
        },
    }
    return {
        **{name: np.full(SIZE, value) for name, value in numbers.items()},
        **{name: np.full(endpoints, 1.0) for name in MEANS},
        "rent": np.full(models, 0.9),
        "surprise": np.full(models, 0.9 - LEVEL - BEYOND),
        "split|typical": np.full(models, 1.4),
        **dict.fromkeys(("copies", "noise|scale", "split|noise|scale"), np.full(models, 7.0)),
    }


def test_rent_and_split_are_those_of_the_population(market, rng):
    own = np.flatnonzero(market.model == 3)
    found = anew("two_sided", held(market), market, own, times=2, rng=rng)
    assert found["blend_mean"].shape == (2 * SIZE, market.model.size)
    # The mean at hand holds a rent of 0.9; around what is expected there is a t distribution.
    surprise = found["blend_mean"][:, own[0]] - 1.0 + 0.9 - LEVEL - BEYOND
    for probability in (0.1, 0.5, 0.9):
        wanted = SPREAD * student.ppf(probability, TAILS)
        assert np.quantile(surprise, probability) == pytest.approx(wanted, abs=0.03)
    assert (found["blend_mean"][:, own] == found["blend_mean"][:, own[:1]]).all()
    apart = found["split_mean"][:, own[0]] - 1.4 - 0.5 * surprise
    wanted = 0.1 * student.ppf(0.9, SPLIT_TAILS)
    assert np.quantile(apart, 0.9) == pytest.approx(wanted, abs=0.02)


def test_scales_and_copies_are_drawn_and_nothing_of_other_models(market, rng):
    own = np.flatnonzero(market.model == 3)
    draws = held(market)
    found = anew("two_sided", draws, market, own, times=1, rng=rng)
    others = np.arange(len(market.models.names)) != 3
    assert (found["noise|scale"][:, others] == 7.0).all()
    assert found["noise|scale"][:, 3] == pytest.approx(0.23)
    assert found["split|noise|scale"][:, 3] == pytest.approx(0.25)
    assert found["copies"][:, 3] == pytest.approx(1 / (1 + np.e))
    elsewhere = market.model != 3
    assert (found["blend_mean"][:, elsewhere] == 1.0).all()
    assert (draws["blend_mean"] == 1.0).all()


@pytest.mark.parametrize("kind", ["softplus", "exponential", "gamma"])
def test_one_sided_rents_are_never_below_zero(market, rng, kind):
    own = np.flatnonzero(market.model == 3)
    found = anew(kind, held(market), market, own, times=1, rng=rng)
    rent = found["blend_mean"][:, own[0]] - 1.0 + 0.9
    assert rent.min() >= -1e-9
    assert 0.1 < np.median(rent) < 3.0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["two_sided", "gamma"])
def test_a_chain_draws_the_same(compiled, kind, rng):
    market = compiled.market
    out = market.model == 3
    own = np.flatnonzero(out)
    found = compiled.sample(
        kind, seed=2, draws=1000, tune=500, chains=2, diagnosed=False, held_out=out
    )
    draws = {name: found.stacked(name) for name in found.draws}
    again = anew(kind, draws, market, own, times=3, rng=rng)
    for name, spread in zip(MEANS, (0.12, 0.12), strict=True):
        first, second = (
            np.quantile(each[:, own[0]], [0.25, 0.5, 0.75]) for each in (draws[name], again[name])
        )
        assert first == pytest.approx(second, abs=spread), name
