"""Quantiles of a sample, each with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from margincarlo.result.estimate import Estimate, from_replicates
from margincarlo.result.sample import Sample


def quantile_estimates(sample: Sample, name: str, shares: Sequence[float]) -> tuple[Estimate, ...]:
    """Return quantiles of a quantity with their errors.

    The scatter between replicates of the share of draws at or below a quantile is the error of that
    share; the quantiles at the share less and plus it bound the interval [1]_. Quantiles
    of the replicates themselves scatter too little under quasi-random points, whose gaps are even.

    Parameters
    ----------
    sample : Sample
    name : str
    shares : sequence of float
        Between 0 and 1.

    References
    ----------
    .. [1] R. S. Woodruff, "Confidence intervals for medians and other position measures", Journal
       of the American Statistical Association 47(260), 635-646, 1952.
    """
    values = sample.quantile(name, shares)
    below = sample.below(name, values.tolist())
    errors = [from_replicates(*each).error for each in zip(shares, below.T, strict=True)]
    # One draw up or down is the least that can be told apart, however even the replicates are.
    reach = np.maximum(np.nan_to_num(errors, nan=1.0), 1.0 / max(sample.counted, 1))
    ends = [np.clip(np.asarray(shares) + sign * reach, 0.0, 1.0) for sign in (-1, 1)]
    reached = sample.quantile(name, np.concatenate(ends).tolist())
    # In a tail the outer end lies farther off than the inner, so it weighs more.
    widths = np.hypot(values - reached[: len(shares)], reached[len(shares) :] - values) / 2**0.5
    widths = np.where(np.isnan(errors), np.nan, widths)
    return tuple(Estimate(float(v), float(w)) for v, w in zip(values, widths, strict=True))
