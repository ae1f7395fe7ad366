"""What is believed without prices: priors, and the efficiencies that measurements show."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.efficiency import efficiency_evidence
from margincarlo.calibration.priors import BELIEFS, EFFICIENCIES, display_scale

Array = npt.NDArray[np.float64]


def from_priors(size: int, *, seed: int) -> dict[str, Array]:
    """Return independent draws of the priors, on their scales."""
    rng = np.random.default_rng([seed, 1])
    return {
        name: prior.mean + prior.sd * rng.standard_normal(size) for name, prior in BELIEFS.items()
    }


def without_prices(size: int, *, seed: int) -> dict[str, Array]:
    """Return draws of the beliefs from priors and published measurements.

    Both are normal on these scales, so their product is too, and needs no sampler.
    """
    found = from_priors(size, seed=seed)
    mean, covariance = efficiency_evidence()
    shown = mean + np.log([display_scale(name) for name in EFFICIENCIES])
    before = np.diag([BELIEFS[name].sd ** -2 for name in EFFICIENCIES])
    precision = before + np.linalg.inv(covariance)
    spread = np.linalg.inv(precision)
    center = spread @ (
        before @ [BELIEFS[name].mean for name in EFFICIENCIES] + np.linalg.solve(covariance, shown)
    )
    rng = np.random.default_rng([seed, 2])
    drawn = rng.multivariate_normal(center, spread, size=size)
    return found | {name: drawn[:, n] for n, name in enumerate(EFFICIENCIES)}
