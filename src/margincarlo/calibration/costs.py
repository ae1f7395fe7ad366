"""Beliefs about costs as PyMC variables, and what the equations take of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from margincarlo.calibration.efficiency import efficiency_evidence
from margincarlo.calibration.priors import BELIEFS, EFFICIENCIES, display_scale
from margincarlo.calibration.sites import Sites, token_costs

USD_PER_MTOK: Final = 1e6


def beliefs(*, throughput: bool) -> dict[str, Any]:
    """Return a variable for each belief, on the scale of its prior.

    Parameters
    ----------
    throughput : bool
        Whether published measurements are a likelihood of the efficiencies.
    """
    import pymc as pm

    # Standard normal inside, so that all of them move at one scale.
    found = {
        name: pm.Deterministic(name, prior.mean + prior.sd * pm.Normal(f"{name}|z", 0.0, 1.0))
        for name, prior in BELIEFS.items()
    }
    if throughput:
        mean, covariance = efficiency_evidence()
        level = pm.math.stack([found[name] for name in EFFICIENCIES])
        shown = mean + np.log([display_scale(name) for name in EFFICIENCIES])
        pm.Potential("throughput", pm.logp(pm.MvNormal.dist(level, cov=covariance), shown))
    return found


def at_sites(sites: Sites, held: Mapping[str, Any], exp: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what the equations take of beliefs, in base units.

    Parameters
    ----------
    sites : Sites
    held : mapping of str to float, array or graph
        Beliefs on the scales of their priors; whatever broadcasts against the endpoints.
    exp : callable
        For their kind.
    """
    drawn: dict[str, Any] = {}
    for name, prior in BELIEFS.items():
        value = held[name] + sites.offsets[name] if name in sites.offsets else held[name]
        drawn[name] = prior.natural(value, exp) / display_scale(name)
    drawn["decode_mfu"] = drawn["decode_mbu"]
    return drawn


def log_costs(
    sites: Sites,
    held: Mapping[str, Any],
    *,
    loaded: bool,
    exp: Callable[[Any], Any],
    log: Callable[[Any], Any],
) -> tuple[Any, Any]:
    """Return logarithms of the cost of output and input, USD/Mtok.

    Parameters
    ----------
    loaded : bool
        With the hours that nobody pays for and operations; otherwise of busy accelerators only.
    """
    costs = token_costs(sites, at_sites(sites, held, exp))
    way = "loaded_" if loaded else ""
    return (
        log(costs[f"{way}output_token_cost"] * USD_PER_MTOK),
        log(costs[f"{way}input_token_cost"] * USD_PER_MTOK),
    )


def blended(
    ratio: Any,
    log_output: Any,
    log_input: Any,
    exp: Callable[[Any], Any],
    log: Callable[[Any], Any],
) -> Any:
    """Return the logarithm of a price or cost over prompt and completion tokens together.

    Parameters
    ----------
    ratio : ndarray
        Prompt tokens for each completion token.
    """
    return log((ratio * exp(log_input) + exp(log_output)) / (ratio + 1))
