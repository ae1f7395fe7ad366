"""The model of prices in PyMC, on the equations of every scenario."""

from __future__ import annotations

from typing import Any

import numpy as np

from margincarlo.calibration.costs import beliefs, blended, log_costs
from margincarlo.calibration.levels import blend, split, unlearned_split
from margincarlo.calibration.likelihood import likelihood
from margincarlo.calibration.market import Market


def build(market: Market, *, throughput: bool = True) -> Any:
    """Return the PyMC model of a market.

    Parameters
    ----------
    market : Market
    throughput : bool
        Whether published measurements are a second likelihood.

    Returns
    -------
    pymc.Model
        With the mutable data ``weight``, ``seen_blend`` and ``seen_split``, one number an endpoint:
        a weight of 0 holds an endpoint out without a new compilation. ``assumption`` is the place
        of one about rent in `margincarlo.calibration.rent.RENTS`.
    """
    import pymc as pm

    with pm.Model() as model:
        held = beliefs(throughput=throughput)
        output, prompt = log_costs(
            market.sites,
            held,
            loaded=True,
            exp=pm.math.exp,
            log=pm.math.log,
        )
        cost = (output + prompt) / 2
        if not market.has_split:
            cost = blended(market.ratio, output, prompt, pm.math.exp, pm.math.log)
        price, surprise = blend(market, pm.Data("assumption", np.int64(0)), cost)
        asked = pm.Deterministic("blend_mean", price)
        if market.has_split:
            ratios = split(market, output - prompt, surprise)
            ratio = pm.Deterministic("split_mean", ratios[market.model])
            likelihood(market, asked, ratio)
        else:
            likelihood(market, asked, unlearned_split(market))
    return model
