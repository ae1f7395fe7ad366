"""Calibrate: sample every assumption about rent, hold families out, judge, and pool."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.fit_statistics import summary
from margincarlo.calibration.gate import judge, prior_failures
from margincarlo.calibration.held_out import (
    HeldOut,
    hold_out,
    pooled,
    recalibrated,
    recalibrations,
    scores,
)
from margincarlo.calibration.market import Market, market_of
from margincarlo.calibration.posterior import AXES, MIXTURE, Posterior, frozen
from margincarlo.calibration.priors import fingerprint
from margincarlo.calibration.rent import RENTS, WEIGHTS
from margincarlo.calibration.sample import Compiled, Sample
from margincarlo.calibration.without import without_prices
from margincarlo.errors import CalibrationError
from margincarlo.prices.offers import Offers
from margincarlo.throughput.stored import read_learned

Index = npt.NDArray[np.int64]

KEPT: Final = 4000
DRAWS: Final = 2800
TUNE: Final = 1000
# Draws of each chain that sensitivity is judged by: it takes longer than sampling them.
THINNED: Final = 500
FOLDS: Final = 13
PACKAGES: Final = ("pymc", "nutpie", "pytensor", "arviz", "numpy", "margincarlo")

Report = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How to calibrate.

    Attributes
    ----------
    weights : mapping of str to float
        Assumption about rent → its weight; they are scaled to sum to 1.
    draws, tune : int
        Of each of four chains, for each assumption.
    folds : int
        Into which families are dealt, to be held out in turn.
    seed : int
    accept_anyway : bool
        Keep a posterior that the gate refuses, and record why it would have been.
    """

    weights: Mapping[str, float] = MappingProxyType(WEIGHTS)
    draws: int = DRAWS
    tune: int = TUNE
    folds: int = FOLDS
    seed: int = 1
    accept_anyway: bool = False

    @property
    def steps(self) -> int:
        """Number of reports to expect."""
        return 1 + len(_kinds(self.weights)) * (1 + self.folds)


def calibrate(
    offers: Offers, settings: Settings = Settings(), *, report: Report = lambda _: None
) -> Posterior:
    """Learn from offers.

    Parameters
    ----------
    offers : Offers
    settings : Settings
    report : callable
        Told of each step.

    Returns
    -------
    Posterior

    Raises
    ------
    CalibrationError
        If the gate refuses what was learned; the text says why and what to try.
    """
    market = market_of(offers.frame())
    failures = prior_failures(market.sites, seed=settings.seed)
    samples: dict[str, Sample] = {}
    folds: dict[str, HeldOut] = {}
    report("compiling")
    compiled = Compiled(market)
    for kind in _kinds(settings.weights):
        report(f"{kind}: sampling")
        samples[kind] = compiled.sample(
            kind, seed=settings.seed, draws=settings.draws, tune=settings.tune
        )
        folds[kind] = hold_out(
            compiled, kind, "family", k=settings.folds, seed=settings.seed, report=report
        )
    weights = _shares(settings.weights)
    mixture = pooled(folds, weights, seed=settings.seed)
    held_out = {
        "held_out": scores(recalibrated(mixture, market), market),
        "held_out_as_modeled": scores(mixture, market),
    }
    # Recalibrated shares are nearly right by construction: the model has to be right by itself.
    failures += judge(samples, held_out["held_out_as_modeled"])
    if failures and not settings.accept_anyway:
        raise CalibrationError("; ".join(failures) + ". --accept-anyway keeps it, and says so")
    posterior = pool(samples, weights, market, seed=settings.seed)
    return replace(
        posterior,
        provenance=MappingProxyType(
            _provenance(offers, market, settings, samples, failures)
            | held_out
            | {
                "recalibration": {
                    rent: recalibrations(each, market)
                    for rent, each in {**folds, MIXTURE: mixture}.items()
                },
            }
        ),
    )


def _kinds(weights: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(kind for kind in RENTS if weights.get(kind, 0) > 0)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {kind: weights[kind] / total for kind in _kinds(weights)}


def pool(
    samples: Mapping[str, Sample], weights: Mapping[str, float], market: Market, *, seed: int
) -> Posterior:
    """Return draws of all assumptions, as many of each as its weight says; whole rows of them."""
    variant: list[int] = []
    parts: dict[str, list[Any]] = {name: [] for name in AXES}
    available = {kind: samples[kind].stacked("tails").shape[0] for kind in weights}
    total = min(KEPT, *(available[kind] / share for kind, share in weights.items()))
    for kind, share in weights.items():
        count = round(share * total)
        rows = np.linspace(0, available[kind] - 1, count).round().astype(int)
        variant += [RENTS.index(kind)] * count
        for name in AXES:
            parts[name].append(samples[kind].stacked(name)[rows])
    return Posterior(
        draws=frozen({name: np.concatenate(each) for name, each in parts.items()}),
        variant=np.array(variant, dtype=np.int64),
        without=frozen(without_prices(KEPT, seed=seed)),
        models=market.models.names,
        providers=market.providers,
        creators=market.models.creators,
        provenance=MappingProxyType({}),
    )


def _provenance(
    offers: Offers,
    market: Market,
    settings: Settings,
    samples: Mapping[str, Sample],
    failures: Sequence[str],
) -> dict[str, Any]:
    return {
        "snapshot": offers.sha256,
        "observed_at": offers.observed_at,
        "endpoints": int(market.model.size),
        "models": len(market.models.names),
        "dropped": dict(offers.reasons),
        "has_split": market.has_split,
        "priors": fingerprint(),
        "throughput": str(read_learned().provenance["sha256"]),
        "weights": _shares(settings.weights),
        "draws": settings.draws,
        "tune": settings.tune,
        "folds": settings.folds,
        "seed": settings.seed,
        "diagnostics": {
            kind: each.diagnostics.as_dict() for kind, each in samples.items() if each.diagnostics
        },
        "fit": {kind: summary(each.thinned(THINNED)) for kind, each in samples.items()},
        "accepted_anyway": list(failures),
        "versions": {name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
    }
