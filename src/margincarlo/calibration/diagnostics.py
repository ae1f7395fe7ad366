"""What the sampler says of itself, and whether that is good enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

LARGEST_RHAT: Final = 1.01
LEAST_ESS: Final = 400.0
LEAST_BFMI: Final = 0.3


@dataclass(frozen=True)
class Diagnostics:
    """Convergence of one sample.

    Attributes
    ----------
    rhat : float
        Largest rank-normalized split R-hat.
    worst : str
        Whose it is.
    ess : float
        Least effective sample size, bulk or tail.
    divergences : int
    bfmi : float
        Least energy Bayesian fraction of missing information of a chain.
    """

    rhat: float
    worst: str
    ess: float
    divergences: int
    bfmi: float

    def failures(self, what: str) -> list[str]:
        """Return what is not good enough, as sentences about sample `what`."""
        failed = []
        if not self.rhat <= LARGEST_RHAT:
            failed.append(
                f"{what}: R-hat of {self.worst} is {self.rhat:.3f}, at most {LARGEST_RHAT} is"
                " allowed; try more --draws"
            )
        if not self.ess >= LEAST_ESS:
            failed.append(
                f"{what}: the least effective sample size is {self.ess:.0f}, at least"
                f" {LEAST_ESS:.0f} is needed; try more --draws"
            )
        if self.divergences:
            failed.append(
                f"{what}: {self.divergences} draws diverged, none may; try another --seed, and"
                " look for an offer that no other resembles"
            )
        if not self.bfmi > LEAST_BFMI:
            failed.append(
                f"{what}: the energy of a chain moves too little (E-BFMI {self.bfmi:.2f}, more than"
                f" {LEAST_BFMI} is needed); try more --draws"
            )
        return failed

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a file."""
        return asdict(self)


def diagnose(found: Any, posterior: Any) -> Diagnostics:
    """Return the diagnostics of what nutpie returns, and of its draws as a Dataset."""
    import arviz as az

    rhat, worst = _extreme(az.rhat(posterior), np.max)
    bulk, _ = _extreme(az.ess(posterior, method="bulk"), np.min)
    tail, _ = _extreme(az.ess(posterior, method="tail"), np.min)
    energy = np.asarray(found.sample_stats.energy)
    moves = (np.diff(energy, axis=1) ** 2).mean(axis=1) / energy.var(axis=1)
    return Diagnostics(
        rhat=rhat,
        worst=worst,
        ess=min(bulk, tail),
        divergences=int(np.asarray(found.sample_stats.diverging).sum()),
        bfmi=float(moves.min()),
    )


def _extreme(dataset: Any, pick: Any) -> tuple[float, str]:
    # NumPy's extremes pass "not a number" on; Python's may lose it, and with it the warning.
    levels = {str(name): float(pick(np.ravel(each))) for name, each in dataset.data_vars.items()}
    extreme = float(pick(list(levels.values())))
    return extreme, next((name for name, each in levels.items() if each == extreme), "")
