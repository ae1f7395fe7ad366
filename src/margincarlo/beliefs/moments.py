"""Families fitted to a stated mean and standard deviation."""

from __future__ import annotations

import math

from margincarlo.beliefs.base import Belief
from margincarlo.beliefs.bounded import Beta
from margincarlo.beliefs.fitting import Span, span
from margincarlo.beliefs.inside import check_open
from margincarlo.beliefs.positive import Gamma, LogNormal
from margincarlo.beliefs.unbounded import Normal
from margincarlo.errors import BeliefError

FAMILIES = ("Normal", "LogNormal", "Beta", "Gamma")


def fit(family: str, mean: float, sd: float, support: Span) -> Belief:
    """Return the member of `family` with this mean and standard deviation.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    mean, sd : float
        In the quantity's unit; `sd` above 0.
    support : (float, float)
        Of the quantity; the beta is stretched over it.

    Raises
    ------
    BeliefError
        If the moments are impossible on the support, or the family would have to be truncated
        there, which changes them.
    """
    if sd <= 0.0:
        raise BeliefError(f"sd must be above 0, got {sd:g}; write value = {mean:g} if it is known")
    check_open({"mean": mean}, support)
    if family == "Beta":
        return _beta(mean, sd, support)
    _check_fits(family, support)
    if family == "Normal":
        return Normal(mean, sd)
    check_open({"mean": mean}, (0.0, math.inf))
    relative = (sd / mean) ** 2
    if family == "Gamma":
        return Gamma(1.0 / relative, 1.0 / (relative * mean))
    variance = math.log1p(relative)
    return LogNormal(math.log(mean) - 0.5 * variance, math.sqrt(variance))


def _check_fits(family: str, support: Span) -> None:
    low, high = (-math.inf, math.inf) if family == "Normal" else (0.0, math.inf)
    if low < support[0] or support[1] < high:
        raise BeliefError(
            f"a {family} reaches beyond {span(support)}, and cutting it off changes its mean and "
            "sd; state two quantiles such as p5 and p95 instead"
        )


def _beta(mean: float, sd: float, support: Span) -> Belief:
    low, high = support
    if not (math.isfinite(low) and math.isfinite(high)):
        raise BeliefError("a Beta needs two finite ends; state low, mode and high instead")
    largest = math.sqrt((mean - low) * (high - mean))
    if sd >= largest:
        raise BeliefError(
            f"sd = {sd:g} is impossible for a mean of {mean:g} between {low:g} and {high:g}; "
            f"it must be below {largest:.4g}"
        )
    total = (largest / sd) ** 2 - 1.0
    share = (mean - low) / (high - low)
    return Beta(total * share, total * (1.0 - share), low, high)
