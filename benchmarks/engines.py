"""The reference problem in every engine: each draws, evaluates and summarizes, and returns figures.

All of them take their parameters from the same beliefs and, margincarlo aside, call the same
`economics` on whole arrays. What an engine cannot express is said where it is worked around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from scipy.special import ndtr

import margincarlo as mc
from benchmarks.reference_problem import (
    ALONE,
    OUTPUTS,
    QUANTILES,
    TIED,
    Floats,
    belief_of,
    components_of,
    gaussian,
    pert_as_beta,
    root,
    scenario,
)
from benchmarks.straightforward import economics, straightforward, summarize

type Engine = Callable[[int, int], Floats]
type Keep = Literal["outputs", "none"]

BASELINE = "NumPy, straightforward"


def engines() -> dict[str, Engine]:
    """Return every engine that is installed: a function of draws and seed to figures."""
    found: dict[str, Engine] = {BASELINE: straightforward}
    keeping: dict[Keep, str] = {"none": "", "outputs": ", draws kept"}
    for keep, note in keeping.items():
        for sampler in ("sobol", "random"):
            for workers in (1, 2):
                title = f"margincarlo, {sampler}, {workers} worker{'s' * (workers > 1)}{note}"
                found[title] = partial(margincarlo, sampler=sampler, workers=workers, keep=keep)
    found["scipy.stats, frozen distributions"] = scipy_stats
    others = {"squigglepy": squigglepy, "chaospy": chaospy}
    return found | {name: engine for name, engine in others.items() if find_spec(name)}


def margincarlo(
    draws: int,
    seed: int,
    *,
    sampler: str,
    workers: int,
    keep: Keep,
) -> Floats:
    """Run the scenario; a Sobol' net rounds the draws up to 16 times a power of two."""
    done = mc.simulate(
        scenario(), draws=draws, seed=seed, sampler=sampler, workers=workers, keep=keep
    )
    positive = {each.statement: each.value for each in done.probabilities()}
    rows = [
        [
            done.sample.mean(name)[0],
            done.sample.sd(name)[0],
            positive[f"{name} > 0"],
            *done.sample.quantile(name, QUANTILES),
        ]
        for name in OUTPUTS
    ]
    return np.array(rows, dtype=np.float64)


def scipy_stats(draws: int, seed: int) -> Floats:
    """Frozen distributions: ``rvs`` for what is alone, ``ppf`` for what is tied.

    It has neither a copula nor a frozen mixture: normals, Cholesky and a choice stand in.
    """
    rng = np.random.default_rng(seed)
    x: dict[str, Floats] = {}
    for name in ALONE:
        belief = belief_of(name)
        if belief.family == "Mixture":
            one, two = (_frozen("LogNormal", c).rvs(draws, rng) for c in components_of(belief))
            x[name] = np.where(rng.random(draws) < belief.parameters["weights"][0], one, two)
        else:
            x[name] = _frozen(belief.family, belief.parameters).rvs(draws, rng)
    u = ndtr(rng.standard_normal((draws, len(TIED))) @ root().T)
    for i, name in enumerate(TIED):
        belief = belief_of(name)
        x[name] = _frozen(belief.family, belief.parameters).ppf(u[:, i])
    return summarize(economics(x))


def _frozen(family: str, p: Mapping[str, Any]) -> Any:
    from scipy import stats

    match family:
        case "LogNormal":
            return stats.lognorm(p["sigma"], scale=np.exp(p["mu"]))
        case "Beta":
            return stats.beta(p["alpha"], p["beta"])
        case "PERT":
            low, high, alpha, beta = pert_as_beta(p)
            return stats.beta(alpha, beta, loc=low, scale=high - low)
        case "TruncatedNormal":
            low, high = ((p[end] - p["mu"]) / p["sigma"] for end in ("lower", "upper"))
            return stats.truncnorm(low, high, loc=p["mu"], scale=p["sigma"])
    raise NotImplementedError(family)


def squigglepy(draws: int, seed: int) -> Floats:
    """Vectorized samples; correlation by Iman and Conover's reordering, its only kind.

    Its matrix is called one of ranks and used as one of normal scores, so it gets the latter. It
    clips where we truncate, piling the tails up on the bounds, so what falls outside is drawn again
    here. Its own mixture loops over draws in Python; here it is two samples and a choice.
    """
    import squigglepy as sq

    sq.set_seed(seed)
    marginals = [belief_of(name) for name in TIED]
    tied = sq.correlate([_squiggle(b.family, b.parameters) for b in marginals], gaussian())
    x = {name: sq.sample(each, n=draws) for name, each in zip(TIED, tied, strict=True)}
    for name in ALONE:
        belief = belief_of(name)
        if belief.family == "Mixture":
            both = [_squiggle("LogNormal", c) for c in components_of(belief)]
            first = sq.sample(sq.uniform(0, 1), n=draws) < belief.parameters["weights"][0]
            x[name] = np.where(first, *(sq.sample(each, n=draws) for each in both))
            continue
        stated = _squiggle(belief.family, belief.parameters)
        x[name] = sq.sample(stated, n=draws)
        low, high = belief.support
        while (outside := (x[name] < low) | (x[name] > high)).any():
            x[name][outside] = sq.sample(stated, n=int(outside.sum()))
    return summarize(economics(x))


def _squiggle(family: str, p: Mapping[str, Any]) -> Any:
    import squigglepy as sq

    match family:
        case "LogNormal":
            return sq.lognorm(norm_mean=p["mu"], norm_sd=p["sigma"])
        case "Beta":
            return sq.beta(p["alpha"], p["beta"])
        case "PERT":
            return sq.pert(p["lower"], p["mode"], p["upper"])
        case "TruncatedNormal":
            return sq.norm(mean=p["mu"], sd=p["sigma"])
    raise NotImplementedError(family)


def chaospy(draws: int, seed: int) -> Floats:
    """Its Nataf (Gaussian) copula for what is tied, a joint of the rest; all by inverse CDF.

    It has no mixture of log-normals: two samples and a choice stand in for it.
    """
    import chaospy as cp

    (mixed,) = (name for name in ALONE if belief_of(name).family == "Mixture")
    lone = [name for name in ALONE if name != mixed]
    both = [_chaos("LogNormal", c) for c in components_of(belief_of(mixed))]
    alone, tied = (
        [_chaos(belief_of(name).family, belief_of(name).parameters) for name in names]
        for names in (lone, TIED)
    )
    *rows, one, two, choice = cp.J(*alone, *both, cp.Uniform(0, 1)).sample(draws, seed=seed)
    x = dict(zip(lone, rows, strict=True))
    copula = cp.Nataf(cp.J(*tied), covariance=gaussian())
    x |= zip(TIED, copula.sample(draws, seed=seed + 1), strict=True)
    x[mixed] = np.where(choice < belief_of(mixed).parameters["weights"][0], one, two)
    return summarize(economics(x))


def _chaos(family: str, p: Mapping[str, Any]) -> Any:
    import chaospy as cp

    match family:
        case "LogNormal":
            return cp.LogNormal(p["mu"], p["sigma"])
        case "Beta":
            return cp.Beta(p["alpha"], p["beta"])
        case "PERT":
            low, high, alpha, beta = pert_as_beta(p)
            return cp.Beta(alpha, beta, low, high)
        case "TruncatedNormal":
            return cp.TruncNormal(p["lower"], p["upper"], p["mu"], p["sigma"])
    raise NotImplementedError(family)
