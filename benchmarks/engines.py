"""The reference problem in every engine: each draws, evaluates and summarizes, and returns figures.

All of them take their parameters from the same beliefs and, margincarlo aside, call the same
`economics` on whole arrays. What an engine cannot express is said where it is worked around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

import margincarlo as mc
from benchmarks.reference_problem import (
    CORRELATIONS,
    OUTPUTS,
    QUANTILES,
    UNCERTAIN,
    Floats,
    economics,
    scenario,
    summarize,
)
from margincarlo.beliefs.base import Belief

type Engine = Callable[[int, int], Floats]

TIED = tuple(dict.fromkeys(name for one, two, _ in CORRELATIONS for name in (one, two)))
ALONE = tuple(name for name in UNCERTAIN if name not in TIED)


def engines() -> dict[str, Engine]:
    """Return every engine that is installed: a function of draws and seed to figures."""
    found: dict[str, Engine] = {"NumPy, straightforward": straightforward}
    for sampler in ("sobol", "random"):
        for workers in (1, 2):
            title = f"margincarlo, {sampler}, {workers} worker{'s' * (workers > 1)}"
            found[title] = partial(margincarlo, sampler=sampler, workers=workers, keep="none")
    for sampler in ("sobol", "random"):
        title = f"margincarlo, {sampler}, 2 workers, draws kept"
        found[title] = partial(margincarlo, sampler=sampler, workers=2, keep="outputs")
    found["scipy.stats, frozen distributions"] = scipy_stats
    others = {"squigglepy": squigglepy, "chaospy": chaospy}
    return found | {name: engine for name, engine in others.items() if find_spec(name)}


def margincarlo(
    draws: int,
    seed: int,
    *,
    sampler: str,
    workers: int,
    keep: Literal["outputs", "none"],
) -> Floats:
    """Run the scenario; a Sobol' net rounds the draws up to a power of two."""
    done = mc.simulate(
        scenario(), draws=draws, seed=seed, sampler=sampler, workers=workers, keep=keep
    )
    positive = {each.statement: each.value for each in done.probabilities()}
    return np.array(
        [
            [
                done.sample.mean(name)[0],
                done.sample.sd(name)[0],
                positive[f"{name} > 0"],
                *done.sample.quantiles(name, QUANTILES)[0],
            ]
            for name in OUTPUTS
        ]
    )


def straightforward(draws: int, seed: int) -> Floats:
    """Whole arrays, as a competent analyst would write it."""
    rng = np.random.default_rng(seed)
    x = {name: _draw(_belief(name), rng, draws) for name in ALONE}
    z = rng.standard_normal((draws, len(TIED))) @ _root().T
    x |= {name: _through_copula(_belief(name), z[:, i]) for i, name in enumerate(TIED)}
    return summarize(economics(x))


def _draw(belief: Belief, rng: np.random.Generator, draws: int) -> Floats:
    p = belief.parameters
    match belief.family:
        case "LogNormal":
            return rng.lognormal(p["mu"], p["sigma"], draws)
        case "Beta":
            return rng.beta(p["alpha"], p["beta"], draws)
        case "PERT":
            low, high, alpha, beta = _pert_as_beta(p)
            return low + (high - low) * rng.beta(alpha, beta, draws)
        case "TruncatedNormal":
            low, high = ndtr((np.array([p["lower"], p["upper"]]) - p["mu"]) / p["sigma"])
            return np.asarray(p["mu"] + p["sigma"] * ndtri(rng.uniform(low, high, draws)))
        case "Mixture":
            one, two = (rng.lognormal(c["mu"], c["sigma"], draws) for c in p["components"])
            return np.where(rng.random(draws) < p["weights"][0], one, two)
    raise NotImplementedError(belief.family)


def _through_copula(belief: Belief, z: Floats) -> Floats:
    p = belief.parameters
    if belief.family == "LogNormal":
        return np.asarray(np.exp(p["mu"] + p["sigma"] * z))
    return np.asarray(betaincinv(p["alpha"], p["beta"], ndtr(z)))


def scipy_stats(draws: int, seed: int) -> Floats:
    """Frozen distributions: ``rvs`` for what is alone, ``ppf`` for what is tied."""
    rng = np.random.default_rng(seed)
    x: dict[str, Floats] = {}
    for name in ALONE:
        if (belief := _belief(name)).family == "Mixture":  # scipy.stats.Mixture cannot be frozen
            one, two = (_frozen("LogNormal", c).rvs(draws, rng) for c in _parts(belief))
            x[name] = np.where(rng.random(draws) < belief.parameters["weights"][0], one, two)
        else:
            x[name] = _frozen(belief.family, belief.parameters).rvs(draws, rng)
    u = ndtr(rng.standard_normal((draws, len(TIED))) @ _root().T)
    for i, name in enumerate(TIED):
        x[name] = _frozen(_belief(name).family, _belief(name).parameters).ppf(u[:, i])
    return summarize(economics(x))


def _frozen(family: str, p: Mapping[str, Any]) -> Any:
    from scipy import stats

    match family:
        case "LogNormal":
            return stats.lognorm(p["sigma"], scale=np.exp(p["mu"]))
        case "Beta":
            return stats.beta(p["alpha"], p["beta"])
        case "PERT":
            low, high, alpha, beta = _pert_as_beta(p)
            return stats.beta(alpha, beta, loc=low, scale=high - low)
        case "TruncatedNormal":
            low, high = ((p[end] - p["mu"]) / p["sigma"] for end in ("lower", "upper"))
            return stats.truncnorm(low, high, loc=p["mu"], scale=p["sigma"])
    raise NotImplementedError(family)


def squigglepy(draws: int, seed: int) -> Floats:
    """Vectorized samples; correlation by Iman and Conover's reordering, its only kind.

    It clips where we truncate, piling the tails up on the bounds, so what falls outside is drawn
    again here. Its own mixture loops over draws in Python; here it is two samples and a choice.
    """
    import squigglepy as sq

    sq.set_seed(seed)
    tied = sq.correlate(tuple(_squiggle(_belief(name)) for name in TIED), _ranks())
    x = {name: sq.sample(each, n=draws) for name, each in zip(TIED, tied, strict=True)}
    for name in ALONE:
        if (belief := _belief(name)).family == "Mixture":
            one, two = (sq.sample(_squiggle_lognormal(c), n=draws) for c in _parts(belief))
            first = sq.sample(sq.uniform(0, 1), n=draws) < belief.parameters["weights"][0]
            x[name] = np.where(first, one, two)
        else:
            x[name] = sq.sample(_squiggle(belief), n=draws)
        if belief.family == "TruncatedNormal":
            low, high = belief.support
            while (outside := (x[name] < low) | (x[name] > high)).any():
                x[name][outside] = sq.sample(_squiggle(belief), n=int(outside.sum()))
    return summarize(economics(x))


def _squiggle(belief: Belief) -> Any:
    import squigglepy as sq

    p = belief.parameters
    match belief.family:
        case "LogNormal":
            return _squiggle_lognormal(p)
        case "Beta":
            return sq.beta(p["alpha"], p["beta"])
        case "PERT":
            return sq.pert(p["lower"], p["mode"], p["upper"])
        case "TruncatedNormal":
            return sq.norm(mean=p["mu"], sd=p["sigma"])
    raise NotImplementedError(belief.family)


def _squiggle_lognormal(p: Mapping[str, Any]) -> Any:
    import squigglepy as sq

    return sq.lognorm(norm_mean=p["mu"], norm_sd=p["sigma"])


def chaospy(draws: int, seed: int) -> Floats:
    """Its Nataf (Gaussian) copula for what is tied, a joint of the rest; all by inverse CDF.

    It has no mixture of log-normals: two samples and a choice stand in for it.
    """
    import chaospy as cp

    lone = [name for name in ALONE if _belief(name).family != "Mixture"]
    (mixed,) = (name for name in ALONE if name not in lone)
    parts = [cp.LogNormal(p["mu"], p["sigma"]) for p in _parts(_belief(mixed))]
    joint = cp.J(*(_chaos(_belief(name)) for name in lone), *parts, cp.Uniform(0, 1))
    tied = cp.Nataf(cp.J(*(_chaos(_belief(name)) for name in TIED)), covariance=_gaussian())
    *rows, one, two, choice = joint.sample(draws, seed=seed)
    x = dict(zip(lone, rows, strict=True))
    x |= zip(TIED, tied.sample(draws, seed=seed + 1), strict=True)
    x[mixed] = np.where(choice < _belief(mixed).parameters["weights"][0], one, two)
    return summarize(economics(x))


def _chaos(belief: Belief) -> Any:
    import chaospy as cp

    p = belief.parameters
    match belief.family:
        case "LogNormal":
            return cp.LogNormal(p["mu"], p["sigma"])
        case "Beta":
            return cp.Beta(p["alpha"], p["beta"])
        case "PERT":
            low, high, alpha, beta = _pert_as_beta(p)
            return cp.Beta(alpha, beta, low, high)
        case "TruncatedNormal":
            return cp.TruncNormal(p["lower"], p["upper"], p["mu"], p["sigma"])
    raise NotImplementedError(belief.family)


def _belief(name: str) -> Belief:
    return scenario().inputs[name].belief


def _parts(belief: Belief) -> list[Mapping[str, Any]]:
    parts: list[Mapping[str, Any]] = belief.parameters["components"]
    return parts


def _pert_as_beta(p: Mapping[str, Any]) -> tuple[float, float, float, float]:
    low, high = p["lower"], p["upper"]
    alpha = 1 + 4 * (p["mode"] - low) / (high - low)
    return low, high, alpha, 6 - alpha


@cache
def _ranks() -> Floats:
    ranks = np.eye(len(TIED))
    for one, two, rank in CORRELATIONS:
        i, j = TIED.index(one), TIED.index(two)
        ranks[i, j] = ranks[j, i] = rank
    return ranks


@cache
def _gaussian() -> Floats:
    """Correlations of the normals behind rank correlations."""
    return 2 * np.sin(np.pi / 6 * _ranks()) * (1 - np.eye(len(TIED))) + np.eye(len(TIED))


@cache
def _root() -> Floats:
    return np.linalg.cholesky(_gaussian())
