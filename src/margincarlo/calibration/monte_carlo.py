"""Few enough draws of a posterior, and the Monte Carlo error of what is computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from margincarlo.calibration.posterior import MIXTURE, WITHOUT, Posterior
from margincarlo.calibration.rent import RENTS
from margincarlo.errors import CalibrationError, did_you_mean

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

MOST: Final = 1000
# More than any posterior keeps.
ALL: Final = 1_000_000
# Draws of one batch hang together, as those of a chain do; batches hardly do.
BATCHES: Final = 20
ASSUMPTIONS: Final = (WITHOUT, *RENTS, MIXTURE)


@dataclass(frozen=True, eq=False)
class Chosen:
    """Draws of the beliefs under one assumption.

    Attributes
    ----------
    beliefs : dict of str to ndarray
        Name → (draw,), on the scales of the priors.
    strata : ndarray of int
        Assumption about rent of each draw; within one, draws are in the order of the chains.
    rows : ndarray of int
        Their places in the posterior.
    """

    beliefs: dict[str, Array]
    strata: Index
    rows: Index


def assumptions_of(posterior: Posterior) -> tuple[str, ...]:
    """Return the assumptions that a posterior has draws of, the run without prices first."""
    return (WITHOUT, *posterior.rents, *((MIXTURE,) if len(posterior.rents) > 1 else ()))


def choose(posterior: Posterior, rent: str, *, most: int = MOST) -> Chosen:
    """Return at most so many draws of one assumption, evenly spaced.

    Parameters
    ----------
    posterior : Posterior
    rent : str
        ``"mixture"``, an assumption about rent, or ``"without_prices"``.
    most : int

    Raises
    ------
    CalibrationError
        If the posterior has no draws of that assumption.
    """
    allowed = ASSUMPTIONS[:1] + posterior.rents + (MIXTURE,)
    if rent not in allowed:
        raise CalibrationError(
            f"this posterior has no draws under rent {rent!r}{did_you_mean(rent, allowed)};"
            f" choose one of {', '.join(allowed)}"
        )
    held = posterior.beliefs(rent)
    size = next(iter(held.values())).size
    kept = np.linspace(0, size - 1, min(size, most)).round().astype(np.int64)
    rows = kept if rent == WITHOUT else posterior.rows(rent)[kept]
    strata = np.zeros(kept.size, dtype=np.int64) if rent == WITHOUT else posterior.variant[rows]
    return Chosen({name: each[kept] for name, each in held.items()}, strata, rows)


def mean_error(values: Any, strata: Index) -> Any:
    """Return the Monte Carlo error of a mean over draws.

    Parameters
    ----------
    values : ndarray, shape (draw, ...)
    strata : ndarray of int, shape (draw,)
        What each draw is of; the share of each is fixed, not drawn.

    Returns
    -------
    ndarray, shape (...)
        Half-width of the 95 % confidence interval, from the means of batches of successive draws,
        so that draws may depend on their neighbors.

    References
    ----------
    .. [1] J. M. Flegal, M. Haran and G. L. Jones, "Markov chain Monte Carlo: can we trust the third
       significant figure?", Statistical Science 23, 2008: batch means.
    """
    variance: Any = 0.0
    for each in np.unique(strata):
        own = values[strata == each]
        batches = min(BATCHES, own.shape[0])
        if batches < 2:
            return np.full(values.shape[1:], np.nan)
        means = np.array([part.mean(axis=0) for part in np.array_split(own, batches)])
        share = own.shape[0] / values.shape[0]
        variance = variance + share**2 * means.var(axis=0, ddof=1) / batches
    return float(stdtrit(BATCHES - 1, 0.975)) * np.sqrt(variance)


def share_error(holds: npt.NDArray[np.bool_], strata: Index) -> Array:
    """Return the Monte Carlo error of a probability; the rule of three where nothing varies."""
    error = np.asarray(mean_error(holds.astype(float), strata))
    return np.where(error > 0, error, 3.0 / holds.shape[0])


def variance_error(values: Array, strata: Index) -> float:
    """Return the Monte Carlo error of a variance."""
    return float(mean_error((values - values.mean()) ** 2, strata))
