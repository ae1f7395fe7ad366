"""Sample the model with NUTS, and refuse an answer that its diagnostics do not support."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from margincarlo.errors import CalibrationError
from margincarlo.throughput.data import Data
from margincarlo.throughput.design import levels_of
from margincarlo.throughput.model import build
from margincarlo.throughput.posterior import Posterior, frozen, keys

CHAINS: Final = 4
TUNE: Final = 800
DRAWS: Final = 1000
TARGET_ACCEPT: Final = 0.95
LARGEST_RHAT: Final = 1.01
LEAST_ESS: Final = 400.0


@dataclass(frozen=True)
class Diagnostics:
    """What the sampler says of itself.

    Attributes
    ----------
    rhat : float
        Largest rank-normalized split R-hat.
    ess : float
        Least effective sample size, bulk or tail.
    divergences : int
    """

    rhat: float
    ess: float
    divergences: int

    def check(self) -> None:
        """Refuse a sample that should not be used.

        Raises
        ------
        CalibrationError
            Naming what failed, and what to try.
        """
        failed = []
        if not self.rhat <= LARGEST_RHAT:
            failed.append(f"R-hat is {self.rhat:.3f}, at most {LARGEST_RHAT} is allowed")
        if not self.ess >= LEAST_ESS:
            failed.append(
                f"the least effective sample size is {self.ess:.0f}, at least {LEAST_ESS:.0f}"
                " is needed"
            )
        if self.divergences:
            failed.append(f"{self.divergences} draws diverged, none may")
        if failed:
            raise CalibrationError(f"{'; '.join(failed)}. Try more draws, or another seed")

    def as_dict(self) -> dict[str, float]:
        """Return plain numbers for a file."""
        return asdict(self)


def sample(
    data: Data, *, seed: int, draws: int = DRAWS, tune: int = TUNE, progress: bool = False
) -> tuple[Posterior, Diagnostics]:
    """Sample the posterior.

    Parameters
    ----------
    data : Data
        Each configuration once.
    seed : int
        The same seed gives the same draws on the same versions.
    draws, tune : int
        Per chain; four chains.
    progress : bool
        Show the sampler's progress bar.

    Raises
    ------
    CalibrationError
        If R-hat, the effective sample size or divergences speak against the sample.
    """
    import nutpie

    compiled = nutpie.compile_pymc_model(build(data))
    found = nutpie.sample(
        compiled,
        draws=draws,
        tune=tune,
        chains=CHAINS,
        cores=2,
        seed=seed,
        target_accept=TARGET_ACCEPT,
        progress_bar=progress,
        store_divergences=False,
    )
    diagnostics = _diagnose(found)
    diagnostics.check()
    stacked = found.posterior.dataset.stack(draw_=("chain", "draw")).transpose("draw_", ...)
    kept = {name: stacked[name].to_numpy() for name in keys()}
    groups = tuple(sorted(set(data.group)))
    return frozen(levels_of(data.configurations), groups, kept), diagnostics


def _diagnose(found: Any) -> Diagnostics:
    import arviz as az

    posterior = found.posterior.dataset
    rhat = _extreme(az.rhat(posterior), np.max)
    ess = float(
        np.min([_extreme(az.ess(posterior, method=kind), np.min) for kind in ("bulk", "tail")])
    )
    return Diagnostics(rhat, ess, int(found.sample_stats.diverging.sum()))


def _extreme(dataset: Any, pick: Any) -> float:
    # NumPy's extremes pass "not a number" on; Python's may lose it, and with it the warning.
    values: Mapping[Any, Any] = dataset.data_vars
    return float(pick(np.concatenate([np.ravel(each.to_numpy()) for each in values.values()])))
