"""The hierarchical model in PyMC, on the equations of every scenario."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from margincarlo.measurements import Efficiency, predicted_time
from margincarlo.throughput.data import Data
from margincarlo.throughput.design import (
    FACTORS,
    INTERCEPTS,
    SLOPES,
    TERMS,
    covariates,
    indicator,
    levels_of,
)

# Residuals have tails: some recipes are mistuned by a factor of two.
TAILS: Final = 4.0
SPREAD_OF_SD: Final = 0.3
RESIDUAL: Final = (float(np.log(0.1)), 0.7)


def build(data: Data) -> Any:
    """Return the PyMC model of log time per output token.

    Parameters
    ----------
    data : Data

    Returns
    -------
    pymc.Model
        With the mutable data ``weight``, one exponent of the likelihood per row: 0 holds a row out
        without a new compilation.
    """
    import pymc as pm

    with pm.Model() as model:
        log = {term: _log_term(data, term) for term in TERMS}
        time = predicted_time(data.facts, efficiency_of(log, data.facts.layers, pm.math.exp))
        _likelihood(data, pm.math.log(time))
    return model


def efficiency_of(log: dict[str, Any], layers: Any, exp: Any) -> Efficiency:
    """Return efficiencies from their logarithms; the overhead is one of each layer."""
    return Efficiency(
        decode_mbu=exp(log["decode_mbu"]),
        prefill_mfu=exp(log["prefill_mfu"]),
        link_efficiency=exp(log["link_efficiency"]),
        decode_step_overhead=exp(log["decode_step_overhead"]) * layers,
    )


def _log_term(data: Data, term: str) -> Any:
    import pymc as pm

    levels = levels_of(data.configurations)
    mean, sd = INTERCEPTS[term]
    total = pm.Normal(f"{term}|mean", mean, sd)
    for factor in (each for each in FACTORS if each.term == term):
        names = levels[factor.name]
        sd_of = _sd(factor.key, factor.sd) if factor.learned else factor.sd
        standard = pm.Normal(f"{factor.key}|standard", 0.0, 1.0, shape=len(names))
        effects = pm.Deterministic(factor.key, standard * sd_of)
        total = total + indicator(data.configurations, factor.name, names) @ effects
    for name, values in covariates(data.configurations).items():
        of, scale = SLOPES[name]
        if of == term:
            total = total + pm.Normal(f"{term}|{name}", 0.0, scale) * values
    return total


def _sd(key: str, typical: float) -> Any:
    import pymc as pm

    return pm.LogNormal(f"{key}|sd", np.log(typical), SPREAD_OF_SD)


def _likelihood(data: Data, log_time: Any) -> None:
    import pymc as pm

    groups = sorted(set(data.group))
    place = np.array([groups.index(each) for each in data.group])
    sd = pm.LogNormal("residual", *RESIDUAL, shape=len(groups))
    weight = pm.Data("weight", data.weight)
    each = pm.logp(pm.StudentT.dist(nu=TAILS, mu=log_time, sigma=sd[place]), data.log_time)
    pm.Potential("likelihood", (weight * each).sum())
