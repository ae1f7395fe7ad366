r"""Stretch predictions of new models by how predictions of families held out fared.

What families held out ask is compared with what was predicted for them, as a normal score: the
quantile of a standard normal at the predicted probability of asking less. If predictions are right,
half of the scores lie within 0.67 of zero, and 90 % within 1.64. Where they do not, a predicted
normal score :math:`z` becomes

.. math:: s\,\operatorname{sign}(z)\,|z|^{p},

with the scale and the power that bring both shares right among the families at hand. Beyond the
central 90 %, of which no family tells, :math:`z` is only shifted by as much as it is at the edge.
The median stays where it was: predictions that are too high everywhere would stay so.

A question may be about a family drawn at random, or about an endpoint drawn at random, which is
more likely to belong to a family that many hosts sell. The two have even odds here: half of the
weight goes to families, each counting once [1]_, and half to endpoints, each counting once [2]_. So
it is the mean of both shares that is right; where families and endpoints disagree, they miss by the
same amount in opposite directions. Scores are judged after each family was recalibrated without its
own score; its prices did teach the fits that scored the others.

References
----------
.. [1] R. Dunn, L. Wasserman and A. Ramdas, "Distribution-free prediction sets for two-layer
   hierarchical models", Journal of the American Statistical Association 118, 2023: pooling of
   distribution functions, right as the number of groups grows.
.. [2] V. Kuleshov, N. Fenner and S. Ermon, "Accurate uncertainties for deep learning using
   calibrated regression", Proceedings of Machine Learning Research 80, 2018.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from margincarlo.calibration.posterior import Posterior
from margincarlo.calibration.score import of_group, resampled
from margincarlo.errors import CalibrationError

Array = npt.NDArray[np.float64]

# The central shares that are brought right.
HALF: Final = 0.5
MOST: Final = 0.9
# Normal score that bounds the central 90 %.
EDGE: Final = float(ndtri((1 + MOST) / 2))
# Fewer do not show where nine tenths of them lie.
LEAST_GROUPS: Final = 10
# No few dozen families show a stranger shape, and a score of exactly zero has no logarithm.
POWERS: Final = (0.5, 2.0)
LEAST_SCORE: Final = 1e-3
# Where the outermost draws end, the slope of the last part of the distribution goes on.
TAIL: Final = 0.9
FAR: Final = 100.0


@dataclass(frozen=True)
class Recalibration:
    """What normal scores of predictions are stretched by.

    Attributes
    ----------
    scale : float
    power : float
        More than 1: tails are heavier than predicted, and the middle is narrower.
    """

    scale: float = 1.0
    power: float = 1.0

    def applied(self, draws: Array) -> Array:
        """Return draws of the recalibrated distributions, (draw, ...).

        Each keeps its rank, so that what hung together does so afterwards.

        Examples
        --------
        >>> draws = np.arange(5.0)[:, None]
        >>> Recalibration(scale=0.5).applied(draws)[:, 0].round(2).tolist()
        [0.85, 1.5, 2.0, 2.5, 3.15]
        """
        flat = draws.reshape(draws.shape[0], -1)
        score = ndtri((np.arange(draws.shape[0]) + 0.5) / draws.shape[0])
        inner = np.minimum(np.abs(score), EDGE)
        wanted = np.sign(score) * (self.scale * inner**self.power + np.abs(score) - inner)
        order = np.argsort(flat, axis=0)
        found = np.empty_like(flat)
        for column, rank in enumerate(order.T):
            found[rank, column] = _read_off(wanted, score, flat[rank, column])
        return found.reshape(draws.shape)


def normal_scores(draws: Array, actual: Array) -> Array:
    """Return the normal score of what was asked in what was predicted.

    Parameters
    ----------
    draws : ndarray
        (draw, row).
    actual : ndarray
        (row,).
    """
    below = ((draws < actual).sum(axis=0) + (draws <= actual).sum(axis=0)) / 2
    return np.asarray(ndtri((below + 0.5) / (draws.shape[0] + 1)))


def recalibration(scores: Array, groups: Sequence[str]) -> Recalibration:
    """Return the recalibration that brings central shares of these scores right.

    Parameters
    ----------
    scores : ndarray
        Normal score of each row.
    groups : sequence of str
        Group of each row; half of the weight goes to groups, and half to rows.

    Returns
    -------
    Recalibration
        One that changes nothing where there are too few groups to learn it from.

    Examples
    --------
    >>> scores = 2 * ndtri((np.arange(1000) + 0.5) / 1000)
    >>> found = recalibration(scores, [str(row % 200) for row in range(1000)])
    >>> round(found.scale, 1), round(found.power, 1)
    (2.0, 1.0)
    """
    return _fitted(scores, _weights(groups)) if _enough(groups) else Recalibration()


def standard_errors(scores: Array, groups: Sequence[str], *, seed: int = 0) -> dict[str, float]:
    """Return standard errors of scale and power, from a bootstrap of whole groups."""
    if not _enough(groups):
        return {"scale": math.nan, "power": math.nan}
    times = resampled(groups, np.random.default_rng(seed))
    found = [_fitted(scores, weight) for weight in _weights(groups, times)]
    return {
        name: float(np.std([getattr(each, name) for each in found])) for name in ("scale", "power")
    }


def cross_fitted(draws: Array, actual: Array, groups: Sequence[str]) -> Array:
    """Return draws, each group's recalibrated by the scores of the others.

    Parameters
    ----------
    draws : ndarray
        (draw, row).
    actual : ndarray
        (row,).
    groups : sequence of str
        Group of each row.
    """
    if not _enough(groups):
        return draws.copy()
    scores, names = normal_scores(draws, actual), np.asarray(groups)
    found = np.empty_like(draws)
    for name in np.unique(names):
        own = names == name
        learned = _fitted(scores[~own], _weights(names[~own].tolist()))
        found[:, own] = learned.applied(draws[:, own])
    return found


def recalibrated_by(
    posterior: Posterior, rent: str, output: Array, prompt: Array
) -> tuple[Array, Array]:
    """Return draws of output and input prices of new models, recalibrated by a posterior's folds.

    Parameters
    ----------
    posterior : Posterior
    rent : str
        ``"mixture"`` or an assumption about rent.
    output, prompt : ndarray
        (draw, ...).

    Raises
    ------
    CalibrationError
        If no families were held out when the posterior was made.
    """
    if "recalibration" not in posterior.provenance:
        raise CalibrationError(
            "no families were held out when this posterior was made, so it cannot say how far off"
            " it is for a new model; `margincarlo calibrate --out FILE` makes one that can"
        )
    known = posterior.provenance["recalibration"][rent]

    def stretched(kind: str, draws: Array) -> Array:
        return Recalibration(known[kind]["scale"], known[kind]["power"]).applied(draws)

    return stretched("output", output), stretched("input", prompt)


def _enough(groups: Sequence[str]) -> bool:
    return len(set(groups)) >= LEAST_GROUPS


def _weights(groups: Sequence[str], times: Array | float = 1.0) -> Array:
    """Return weights, half by group and half by row, that add up to the number of groups.

    Parameters
    ----------
    groups : sequence of str
        Group of each row.
    times : ndarray, shape (..., row)
        How often each row is there.

    Examples
    --------
    >>> _weights(["a", "b", "b", "b"]).round(2).tolist()
    [0.75, 0.42, 0.42, 0.42]
    """
    by_group, rows = of_group(groups) * times, np.ones(len(groups)) * times
    by_row = rows * (by_group.sum(axis=-1) / rows.sum(axis=-1))[..., None]
    return np.asarray((by_group + by_row) / 2)


def _fitted(scores: Array, weight: Array) -> Recalibration:
    size = np.maximum(np.abs(scores), LEAST_SCORE)
    half, most = _quantile(size, weight, HALF), _quantile(size, weight, MOST)
    middle = float(ndtri((1 + HALF) / 2))
    power = float(np.clip(math.log(most / half) / math.log(EDGE / middle), *POWERS))
    return Recalibration(most / EDGE**power, power)


def _quantile(values: Array, weight: Array, share: float) -> float:
    """Return a quantile of what one more group would show, groups having a mean weight of 1."""
    order = np.argsort(values)
    order = order[weight[order] > 0]
    reached = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.interp(share * (weight.sum() + 1) - 0.5, reached, values[order]))


def _read_off(wanted: Array, score: Array, values: Array) -> Array:
    """Return values at other scores than their own; beyond the outermost the last slope goes on."""
    last = values.size - 1
    low, high = np.searchsorted(score, [ndtri(1 - TAIL), ndtri(TAIL)])
    ends = (0, max(int(low), 1)), (last, min(int(high), last - 1))
    falls, rises = ((values[a] - values[b]) / (score[a] - score[b]) for a, b in ends)
    at = np.concatenate([[score[0] - FAR], score, [score[-1] + FAR]])
    known = np.concatenate([[values[0] - FAR * falls], values, [values[-1] + FAR * rises]])
    return np.asarray(np.interp(wanted, at, known))
