"""Hold out one model, accelerator or source at a time, and predict it from the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.measurements import Measurement
from margincarlo.throughput.baselines import (
    CONSTANT,
    SEED,
    active_weights,
    one_efficiency,
)
from margincarlo.throughput.data import Data
from margincarlo.throughput.laplace import fit
from margincarlo.throughput.model import RESIDUAL, TAILS
from margincarlo.throughput.posterior import Posterior
from margincarlo.throughput.predict import log_times
from margincarlo.throughput.speed import batch_at_measured_time

Array = npt.NDArray[np.float64]

DRAWS: Final = 1000
BY: Final[Mapping[str, Callable[[Measurement], str]]] = MappingProxyType(
    {
        "accelerator": lambda row: row.accelerator,
        "model": lambda row: row.model,
        "source": lambda row: row.source,
    }
)
LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Rows that were predicted without having been learned from.

    Attributes
    ----------
    by, held : str
        What was held out, and its name.
    data : Data
        The rows.
    median, half50, half90 : ndarray
        Of the log time per token: median, and half the width of the central 50 % and 90 %.
    batch : ndarray
        Batch that is predicted to run at the measured time per token.
    known : ndarray of bool
        Whether both the row's model and its accelerator were learned from.
    baselines : mapping of str to ndarray
        Log time by each baseline.
    """

    by: str
    held: str
    data: Data
    median: Array
    half50: Array
    half90: Array
    batch: Array
    known: npt.NDArray[np.bool_]
    baselines: Mapping[str, Array]


def names_held(data: Data) -> Iterator[tuple[str, str]]:
    """Yield what can be held out: the property, and its value."""
    for by, key in BY.items():
        for held in sorted({key(row) for row in data.rows}):
            yield by, held


def hold_out(data: Data, by: str, held: str, *, seed: int) -> Prediction:
    """Predict the rows of one model, accelerator or source from all other rows.

    Parameters
    ----------
    data : Data
        Each configuration once.
    by : {"accelerator", "model", "source"}
    held : str
    seed : int
    """
    mask = np.array([BY[by](row) == held for row in data.rows])
    train, test = data.take(~mask), data.take(mask)
    posterior = fit(train, train.weight, draws=DRAWS, seed=seed)
    median, half50, half90 = interval(posterior, test, seed=seed)
    baselines = {CONSTANT: one_efficiency(train, test), SEED: active_weights(test)}
    batch = batch_at_measured_time(posterior, test, seed=seed)
    known = known_rows(posterior, test)
    return Prediction(
        by, held, test, median, half50, half90, batch, known, MappingProxyType(baselines)
    )


def known_rows(posterior: Posterior, data: Data) -> npt.NDArray[np.bool_]:
    """Return whether each row's model and accelerator were both learned from."""
    models, parts = posterior.levels["model"], posterior.levels["accelerator"]
    return np.array([row.model in models and row.accelerator in parts for row in data.rows])


def interval(posterior: Posterior, data: Data, *, seed: int) -> tuple[Array, Array, Array]:
    """Return median and half-widths (50 %, 90 %) of predicted log times, residual included."""
    sample = log_times(posterior, data.configurations, data.facts, seed=seed)
    rng = np.random.default_rng(seed)
    noise = rng.standard_t(TAILS, size=sample.shape)
    sample = sample + residual_sd(posterior, data.group) * noise
    low90, low50, median, high50, high90 = np.quantile(sample, LEVELS, axis=1)
    return median, (high50 - low50) / 2, (high90 - low90) / 2


def residual_sd(posterior: Posterior, groups: tuple[str, ...]) -> Array:
    """Return the residual scale of each row (row, draw); a group never seen has the prior's."""
    columns = []
    for group in groups:
        if group in posterior.groups:
            columns.append(posterior.draws["residual"][:, posterior.groups.index(group)])
        else:
            columns.append(np.full(posterior.size, np.exp(RESIDUAL[0])))
    return np.stack(columns)
