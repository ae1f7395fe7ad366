"""Score a posterior on offers that it was not learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.dispersion import sold_by_creators
from margincarlo.calibration.levels import EFFECT_TAILS, asked, averages, properties
from margincarlo.calibration.market import Market, market_of
from margincarlo.calibration.monte_carlo import choose
from margincarlo.calibration.posterior import MIXTURE, Posterior
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.recalibrate import recalibrated_by
from margincarlo.calibration.replicate import blend_and_split, market_behind, rows_of, slopes
from margincarlo.calibration.score import Score, score
from margincarlo.calibration.unseen import SCALES, Newcomer, rent_and_split, scales_of
from margincarlo.errors import CalibrationError
from margincarlo.prices.offers import Offers

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

DRAWS: Final = 1000
KNOWN: Final = "models that the posterior has seen, other offers"
NEW: Final = "models that it has never seen"


def score_offers(
    posterior: Posterior, offers: Offers, *, learned_from: Offers | None = None, seed: int = 0
) -> dict[str, dict[str, tuple[Score, Score]]]:
    """Return scores of predicted output and input prices.

    Parameters
    ----------
    posterior : Posterior
    offers : Offers
        With a credible split of prices.
    learned_from : Offers, optional
        That the posterior was learned from; the shipped ones by default.
    seed : int

    Returns
    -------
    dict of str to dict of str to (Score, Score)
        Whether the model was seen → method → scores of output and input prices. A creator's own
        list among these offers is not used to predict the others.

    Raises
    ------
    CalibrationError
        If either side has blended prices only.
    """
    if not offers.has_split or not posterior.provenance.get("has_split", True):
        raise CalibrationError(
            "output and input prices cannot be told apart on one side; score offers seen before"
            " 2026-09-23 with a posterior that was learned from such"
        )
    market = market_of(offers.frame())
    output, prompt = predicted(posterior, market, learned_from, seed=seed)
    seen = _known(posterior, market)
    families = np.array(market.family)
    found = {}
    for title, rows in ((KNOWN, np.flatnonzero(seen)), (NEW, np.flatnonzero(~seen))):
        if rows.size:
            groups = families[rows].tolist()
            pair = (
                score(output[:, rows], market.log_output[rows], groups),
                score(prompt[:, rows], market.log_input[rows], groups),
            )
            found[title] = {"margincarlo": pair}
    return found


def predicted(
    posterior: Posterior, market: Market, learned_from: Offers | None, *, seed: int
) -> tuple[Array, Array]:
    """Return draws of the logarithm of output and input price (draw, endpoint)."""
    rng = np.random.default_rng([seed, 13])
    rows = choose(posterior, MIXTURE, most=DRAWS).rows
    draws, variant = rows_of(posterior, rows), posterior.variant[rows]
    cost, ratio = blend_and_split(draws, market.sites)
    of_model, ratio_of_model = cost @ averages(market).T, ratio @ averages(market).T
    # Rents were learned beside the average cost of the endpoints that taught them.
    trained = market_behind(posterior, learned_from)
    before, ratio_before = (
        each @ averages(trained).T for each in blend_and_split(draws, trained.sites)
    )
    for place, name in enumerate(market.models.names):
        if name in posterior.models:
            of_model[:, place] = before[:, posterior.models.index(name)]
    ratio_of_model = ratio_of_model - ratio_before.mean(axis=1)[:, None]
    costs = of_model, ratio_of_model
    rents, splits = _of_models(posterior, draws, variant, market, costs, rng)
    apart = draws["passed_on|precision"][:, None] * (cost - of_model[:, market.model])
    means = {
        **draws,
        "blend_mean": asked(
            (of_model + rents)[:, market.model],
            apart,
            _hosts(posterior, draws, market, rng)[:, market.provider],
            slopes(draws),
            properties(market),
        ),
        "split_mean": splits[:, market.model],
        **_scales(posterior, draws, market, rng),
    }
    output, prompt = log_prices(means, market, np.arange(market.model.size), seen=False, rng=rng)
    new = ~_known(posterior, market)
    output[:, new], prompt[:, new] = recalibrated_by(
        posterior, MIXTURE, output[:, new], prompt[:, new]
    )
    return output, prompt


def _known(posterior: Posterior, market: Market) -> npt.NDArray[np.bool_]:
    """Return which endpoints are of a model that the posterior has seen."""
    return np.array([name in posterior.models for name in market.models.names])[market.model]


def _of_models(
    posterior: Posterior,
    draws: Mapping[str, Array],
    variant: Index,
    market: Market,
    costs: tuple[Array, Array],
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    rents, splits = np.empty_like(costs[0]), np.empty_like(costs[0])
    for place, name in enumerate(market.models.names):
        if name in posterior.models:
            known = posterior.models.index(name)
            rents[:, place], splits[:, place] = draws["rent"][:, known], draws["split"][:, known]
        else:
            rents[:, place], splits[:, place] = rent_and_split(
                draws,
                variant,
                _newcomer(posterior, market, place),
                costs[0][:, place],
                costs[1][:, place],
                rng,
            )
    return rents, splits


def _scales(
    posterior: Posterior, draws: Mapping[str, Array], market: Market, rng: np.random.Generator
) -> dict[str, Array]:
    """Return how far hosts of each model are apart, and the share that copies its creator."""
    found = {name: np.empty((draws["tails"].size, len(market.models.names))) for name in SCALES}
    for place, model in enumerate(market.models.names):
        if model in posterior.models:
            known = posterior.models.index(model)
            scales = {name: draws[name][:, known] for name in SCALES}
        else:
            scales = scales_of(draws, _newcomer(posterior, market, place), rng)
        for name, each in scales.items():
            found[name][:, place] = each
    return found


def _newcomer(posterior: Posterior, market: Market, place: int) -> Newcomer:
    models: Any = market.models
    creator = models.creators[models.creator[place]]
    index = float(models.index[place])
    return Newcomer(
        log_total=float(models.log_total[place]),
        log_active=float(models.log_active[place]),
        age=float(models.age[place]),
        index=index if np.isfinite(index) else None,
        creator=posterior.creators.index(creator) if creator in posterior.creators else None,
        sold=float(sold_by_creators(market)[place]),
    )


def _hosts(
    posterior: Posterior, draws: Mapping[str, Array], market: Market, rng: np.random.Generator
) -> Array:
    """Return effects of hosts; one that the posterior never saw is drawn from the population."""
    effects = np.empty((draws["tails"].size, len(market.providers)))
    for place, name in enumerate(market.providers):
        if name in posterior.providers:
            effects[:, place] = draws["provider_effect"][:, posterior.providers.index(name)]
        else:
            effects[:, place] = draws["provider|spread"] * rng.standard_t(
                EFFECT_TAILS, len(effects)
            )
    return effects
