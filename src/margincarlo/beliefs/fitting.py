"""Families fitted to stated quantiles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri, stdtrit

from margincarlo.beliefs.base import Belief, score
from margincarlo.beliefs.bounded import Beta, Uniform
from margincarlo.beliefs.positive import Gamma, LogNormal, LogUniform
from margincarlo.beliefs.solve import least_squares
from margincarlo.beliefs.table import FloatArray
from margincarlo.beliefs.truncated import Truncated, TruncatedNormal
from margincarlo.beliefs.unbounded import Normal, StudentT
from margincarlo.errors import BeliefError

type Span = tuple[float, float]

POSITIVE = ("LogNormal", "Gamma", "LogUniform")
TWO_PARAMETERS = ("Normal", "Beta", "Uniform", "TruncatedNormal", "StudentT", *POSITIVE)
SCORE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Target:
    """Quantiles to meet, and the frame to meet them in.

    Parameters
    ----------
    probabilities, values : ndarray
        Increasing, at least two.
    ends : (float, float)
        The support of the family before truncation (only the beta uses finite ones).
    bounds : (float, float)
        Where the belief must stay; it is truncated there if the family reaches further.
    nu : float
        Degrees of freedom of Student's t.
    """

    probabilities: FloatArray
    values: FloatArray
    ends: Span
    bounds: Span
    nu: float


def fit(family: str, target: Target) -> Belief:
    """Return the member of `family` that meets the quantiles.

    Two quantiles are met exactly; more are fitted by least squares on the standard normal scale,
    where every family with a location and a scale (of the quantity or its logarithm) is a line.

    Raises
    ------
    BeliefError
        If no member of the family meets two quantiles within the bounds.
    """
    whole = target.bounds == target.ends
    if family in ("Uniform", "LogUniform"):
        return _flat(family, target)
    if family in ("Normal", "LogNormal", "StudentT") and whole:
        return _member(family, *_line(family, target), target.nu)
    if family == "TruncatedNormal" and whole:
        return TruncatedNormal(*_line(family, target))
    return _curve(family, target)


def _line(family: str, target: Target) -> tuple[float, float]:
    """Intercept and slope of the values (or their logarithms) over the family's own scores."""
    y = np.log(target.values) if family in POSITIVE else target.values
    if family in ("Uniform", "LogUniform"):
        x = target.probabilities
    elif family == "StudentT":
        x = np.asarray(stdtrit(target.nu, target.probabilities))
    else:
        x = np.asarray(ndtri(target.probabilities))
    x_mean, y_mean = x.mean(), y.mean()
    slope = float((x - x_mean) @ (y - y_mean) / ((x - x_mean) @ (x - x_mean)))
    return float(y_mean - slope * x_mean), slope


def _member(family: str, location: float, scale: float, nu: float) -> Belief:
    if family == "StudentT":
        return StudentT(nu, location, scale)
    return LogNormal(location, scale) if family == "LogNormal" else Normal(location, scale)


def _flat(family: str, target: Target) -> Belief:
    start, width = _line(family, target)
    low, high = start, start + width
    if family == "LogUniform":
        low, high = math.exp(low), math.exp(high)
    if low < target.bounds[0] or high > target.bounds[1]:
        raise BeliefError(
            f"a {family} through these quantiles runs from {low:.4g} to {high:.4g}, outside "
            f"{span(target.bounds)}; bring the quantiles closer together or take another family"
        )
    return LogUniform(low, high) if family == "LogUniform" else Uniform(low, high)


def _curve(family: str, target: Target) -> Belief:
    """Solve for two parameters of order one, in the scores of the stated values."""
    make, start = _shapes(family, target)
    wanted = np.asarray(ndtri(target.probabilities))

    def misses(parameters: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            try:
                belief = make(parameters)
            except (BeliefError, OverflowError):
                return np.full_like(wanted, math.inf)
            reached = score(belief._below(target.values), belief._above(target.values))
        return np.clip(reached, -40.0, 40.0) - wanted

    found, left = least_squares(misses, start)
    exact = bool(np.abs(left).max() <= SCORE_TOLERANCE)
    if not np.isfinite(left).all() or (wanted.size == 2 and not exact):
        bounded = all(map(math.isfinite, target.bounds))
        other = "family = 'Beta'" if bounded and family != "Beta" else "low, mode and high"
        raise BeliefError(
            f"no {family} on {span(target.bounds)} has these quantiles; move the bounds away from "
            f"them, bring them closer together, or try {other}"
        )
    return make(found)


def _shapes(family: str, target: Target) -> tuple[Callable[[FloatArray], Belief], FloatArray]:
    """Return the belief as a function of (location, log spread), and where to start."""
    if family == "Beta":
        return _beta_shapes(target)
    if family == "Gamma":
        middle, spread = _line("LogNormal", target)

        def gamma(t: FloatArray) -> Belief:
            alpha = math.exp(-2.0 * t[1])
            return cut(Gamma(alpha, alpha * math.exp(-t[0])), target)

        return gamma, np.array([middle, math.log(spread)])
    middle, spread = _line(family, target)

    def shifted(t: FloatArray) -> Belief:
        location, scale = middle + spread * t[0], spread * math.exp(t[1])
        if family == "TruncatedNormal":
            return TruncatedNormal(location, scale, *target.bounds)
        return cut(_member(family, location, scale, target.nu), target)

    return shifted, np.zeros(2)


def _beta_shapes(target: Target) -> tuple[Callable[[FloatArray], Belief], FloatArray]:
    low, high = target.ends
    share = (target.values - low) / (high - low)
    middle, spread = share.mean(), np.ptp(share) / np.ptp(ndtri(target.probabilities))
    total = max(middle * (1.0 - middle) / spread**2 - 1.0, 0.3)

    def beta(t: FloatArray) -> Belief:
        total = math.exp(-2.0 * t[1])
        return cut(Beta(total * expit(t[0]), total * expit(-t[0]), low, high), target)

    return beta, np.array([logit(middle), -0.5 * math.log(total)])


def cut(belief: Belief, target: Target) -> Belief:
    """Truncate the belief where it reaches beyond the bounds."""
    if target.bounds == target.ends:
        return belief
    if isinstance(belief, Normal):
        return TruncatedNormal(belief.mu, belief.sigma, *target.bounds)
    return Truncated(belief, *target.bounds)


def span(bounds: Span) -> str:
    """Return a span in words, for messages."""
    low, high = bounds
    if not math.isfinite(low) and not math.isfinite(high):
        return "the whole line"
    if not math.isfinite(high):
        return "the positive numbers" if low == 0.0 else f"the numbers above {low:g}"
    return f"the numbers below {high:g}" if not math.isfinite(low) else f"{low:g} to {high:g}"
