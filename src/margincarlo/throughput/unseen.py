"""Score the shipped posterior on measurements that it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from margincarlo.measurements import Measurement
from margincarlo.throughput.baselines import CONSTANT, SEED, active_weights, one_efficiency
from margincarlo.throughput.data import Data
from margincarlo.throughput.folds import Prediction, interval, known_rows
from margincarlo.throughput.posterior import Posterior
from margincarlo.throughput.speed import batch_at_measured_time
from margincarlo.throughput.stored import Learned
from margincarlo.throughput.widths import Width

NEW_ACCELERATOR: Final = "accelerator never measured"
NEW_MODEL: Final = "model never measured"
NEW_BOTH: Final = "neither measured"
KNOWN: Final = "both measured"
APART: Final = "both measured, but never together"
# Which held-out errors set the width of an interval, the widest of them: whoever asks is a new
# source, whatever else is new.
WIDTH_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        NEW_ACCELERATOR: ("source", "accelerator"),
        NEW_MODEL: ("source", "model"),
        NEW_BOTH: ("source", "accelerator", "model"),
        KNOWN: ("source",),
    }
)


def ignorance(posterior: Posterior, model: str, accelerator: str) -> str:
    """Return which of model and accelerator the posterior has no measurement of."""
    new_model = model not in posterior.levels["model"]
    new_accelerator = accelerator not in posterior.levels["accelerator"]
    if new_model and new_accelerator:
        return NEW_BOTH
    if new_model:
        return NEW_MODEL
    return NEW_ACCELERATOR if new_accelerator else KNOWN


def width_factors(learned: Learned) -> Mapping[tuple[str, str], Width]:
    """Return the width factors by ignorance and architecture: the wider where two apply."""
    found: dict[tuple[str, str], Width] = {}
    for kind, sources in WIDTH_OF.items():
        for architecture in ("dense", "mixture"):
            each = [learned.widths[source, architecture] for source in sources]
            found[kind, architecture] = Width(
                max(width.half50 for width in each),
                max(width.half90 for width in each),
                max(width.extra for width in each),
            )
    return MappingProxyType(found)


def predict(learned: Learned, train: Data, test: Data, *, seed: int) -> list[Prediction]:
    """Predict rows with the posterior, in parts of one ignorance each.

    Parameters
    ----------
    learned : Learned
    train : Data
        What it was learned from, for the baselines.
    test : Data
    seed : int
    """
    kinds = [ignorance(learned.posterior, row.model, row.accelerator) for row in test.rows]
    found = []
    for kind in dict.fromkeys(kinds):
        part = test.take(np.array([each == kind for each in kinds]))
        median, half50, half90 = interval(learned.posterior, part, seed=seed)
        baselines = {CONSTANT: one_efficiency(train, part), SEED: active_weights(part)}
        batch = batch_at_measured_time(learned.posterior, part, seed=seed)
        known = known_rows(learned.posterior, part)
        found.append(
            Prediction(
                kind, kind, part, median, half50, half90, batch, known, MappingProxyType(baselines)
            )
        )
    return found


def already_learned(train: Sequence[Measurement], test: Sequence[Measurement]) -> int:
    """Return how many rows repeat one that the posterior was learned from."""
    known = {_identity(row) for row in train}
    return sum(_identity(row) in known for row in test)


def _identity(row: Measurement) -> tuple[object, ...]:
    return (*row.configuration, round(row.time_per_output_token, 6))
