"""Compile the model once, and sample it for every set of endpoints held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.diagnostics import Diagnostics, diagnose
from margincarlo.calibration.market import Market
from margincarlo.calibration.model import build
from margincarlo.calibration.rent import RENTS

Array = npt.NDArray[np.float64]

CHAINS: Final = 4
TARGET_ACCEPT: Final = 0.9
# Of one endpoint each; what a scenario or a table needs is computed from the others.
BY_ENDPOINT: Final = ("blend_mean", "split_mean", "log_likelihood")
# What follows from others, or others from it, converges with them.
FOLLOWS: Final = (*BY_ENDPOINT, "quality", "split|typical", "rent|shape|free")


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws of one model.

    Attributes
    ----------
    draws : mapping of str to ndarray
        Name → (chain, draw, ...).
    diagnostics : Diagnostics or None
        None where nobody asked for them: they take longer than a short sample.
    """

    draws: Mapping[str, Array]
    diagnostics: Diagnostics | None

    def stacked(self, name: str) -> Array:
        """Return the draws of all chains, one after the other."""
        return self.draws[name].reshape(-1, *self.draws[name].shape[2:])

    def thinned(self, draws: int) -> Sample:
        """Return at most so many draws of each chain, evenly spaced."""
        count = next(iter(self.draws.values())).shape[1]
        kept = np.linspace(0, count - 1, min(draws, count)).round().astype(int)
        return Sample(
            MappingProxyType({name: each[:, kept] for name, each in self.draws.items()}),
            self.diagnostics,
        )


class Compiled:
    """A compiled model, ready for any assumption about rent, rows held out, or other prices.

    Parameters
    ----------
    market : Market
    throughput : bool
        Whether published measurements are a second likelihood.
    """

    def __init__(self, market: Market, *, throughput: bool = True) -> None:
        import nutpie

        self.market = market
        self._model = nutpie.compile_pymc_model(build(market, throughput=throughput))

    def sample(
        self,
        kind: str,
        *,
        seed: int,
        draws: int,
        tune: int,
        chains: int = CHAINS,
        diagnosed: bool = True,
        held_out: npt.NDArray[np.bool_] | None = None,
        blend: Array | None = None,
        split: Array | None = None,
    ) -> Sample:
        """Sample the posterior.

        Parameters
        ----------
        kind : str
            Assumption about rent, one of `margincarlo.calibration.rent.RENTS`.
        seed : int
            The same seed gives the same draws on the same versions.
        draws, tune : int
            For each chain.
        chains : int
        diagnosed : bool
            Whether to compute diagnostics.
        held_out : ndarray of bool, optional
            Endpoints whose prices must teach nothing.
        blend, split : ndarray, optional
            Other prices in place of the market's.
        """
        import nutpie

        weight = np.ones(self.market.model.size)
        if held_out is not None:
            weight[held_out] = 0.0
        data = {
            "assumption": np.int64(RENTS.index(kind)),
            "weight": weight,
            "seen_blend": self.market.blend if blend is None else blend,
        }
        if self.market.has_split:
            data["seen_split"] = self.market.split if split is None else split
        ready = self._model.with_data(**data)
        found = nutpie.sample(
            ready,
            draws=draws,
            tune=tune,
            chains=chains,
            seed=seed,
            target_accept=TARGET_ACCEPT,
            progress_bar=False,
        )
        posterior = found.posterior.to_dataset()
        arrays = {str(name): np.asarray(each) for name, each in posterior.data_vars.items()}
        # Constants have no variance.
        free = [name for name, each in arrays.items() if name not in FOLLOWS and np.ptp(each) > 0]
        judged = diagnose(found, posterior[free]) if diagnosed else None
        return Sample(MappingProxyType(arrays), judged)
