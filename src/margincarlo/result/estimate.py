"""A number with its Monte Carlo error, shown with no more digits than the error supports."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

ERROR_KIND = "half-width of the 95 % confidence interval for Monte Carlo error"


@dataclass(frozen=True)
class Estimate:
    """A Monte Carlo estimate.

    Attributes
    ----------
    value : float
    error : float
        Half-width of the 95 % confidence interval for Monte Carlo error: how far the value may be
        from what infinitely many draws of the same beliefs would give. It says nothing of whether
        the beliefs are right.
    """

    value: float
    error: float

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        value, error = self.texts()
        return f"{value} ± {error}"

    def texts(self) -> tuple[str, str]:
        """Return value and error as text, both to the first digit of the error."""
        if not math.isfinite(self.value) or not math.isfinite(self.error):
            return f"{self.value:.2g}", "?"
        if self.error <= abs(self.value) * 1e-12:
            return f"{self.value:.4g}", "0"
        places = -math.floor(math.log10(self.error))
        if round(self.error, places) >= 10.0 ** (1 - places):
            places -= 1
        shown = max(places, 0)
        # Adding 0.0 turns -0.0 into 0.0.
        return (
            f"{round(self.value, places) + 0.0:.{shown}f}",
            f"{round(self.error, places):.{shown}f}",
        )


def from_replicates(value: float, replicates: npt.NDArray[np.float64]) -> Estimate:
    """Return `value` with the error that the scatter of independent replicates implies.

    Parameters
    ----------
    value : float
        Estimate from all draws.
    replicates : ndarray, shape (replicate,)
        The same estimate from each scramble or batch alone.

    References
    ----------
    .. [1] A. B. Owen, "Monte Carlo theory, methods and examples", ch. 17, replicated randomized
       quasi-Monte Carlo.
    """
    finite = replicates[np.isfinite(replicates)]
    if finite.size < 2 or not math.isfinite(value):
        return Estimate(value, math.nan)
    spread = float(np.std(finite, ddof=1))
    width = float(stdtrit(finite.size - 1, 0.975))
    return Estimate(value, width * spread / math.sqrt(finite.size))


def share_from_replicates(
    value: float, replicates: npt.NDArray[np.float64], draws: int
) -> Estimate:
    """Return a share with its error; where no draw (or every draw) counts, the rule of three."""
    estimate = from_replicates(value, replicates)
    if value in (0.0, 1.0) or estimate.error == 0.0:
        return Estimate(value, 3.0 / draws)
    return estimate
