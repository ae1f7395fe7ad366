"""What a calibration must show before anyone may use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from margincarlo.calibration.costs import log_costs
from margincarlo.calibration.sample import Sample
from margincarlo.calibration.sites import Sites
from margincarlo.calibration.without import from_priors

LEAST_COVERAGE: Final = 0.85
LARGEST_COVERAGE: Final = 0.95
# USD/Mtok: what nobody would believe of an open-weight model's output token.
SANE: Final = (0.01, 300.0)
PRIOR_DRAWS: Final = 1000


def judge(samples: Mapping[str, Sample], held_out: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a calibration, as sentences; an empty list if nothing is.

    Parameters
    ----------
    samples : mapping of str to Sample
        One for each assumption about rent.
    held_out : mapping
        Kind of price → its scores on families held out.
    """
    failed = [
        sentence
        for kind, each in samples.items()
        for sentence in (each.diagnostics.failures(kind) if each.diagnostics else ())
    ]
    for name, score in held_out.items():
        share = score["cover90"]
        if not LEAST_COVERAGE <= share <= LARGEST_COVERAGE:
            failed.append(
                f"of {name} prices of families held out, {share:.1%} lie in their 90 % interval,"
                f" {LEAST_COVERAGE:.0%} to {LARGEST_COVERAGE:.0%} should; look for offers that are"
                " mistakes, or for a model whose size or quality is wrong"
            )
    return failed


def prior_failures(sites: Sites, *, seed: int) -> list[str]:
    """Return what is wrong with costs drawn from the priors alone."""
    held = {name: each[:, None] for name, each in from_priors(PRIOR_DRAWS, seed=seed).items()}
    output, _ = log_costs(sites, held, loaded=True, exp=np.exp, log=np.log)
    low, high = np.exp(np.quantile(output, [0.05, 0.95]))
    if SANE[0] <= low and high <= SANE[1]:
        return []
    return [
        f"priors expect an output token to cost {low:.2g} to {high:.2g} USD/Mtok, {SANE[0]:g} to"
        f" {SANE[1]:g} is sane; look for a model whose size is wrong"
    ]
