"""What was learned, as joint draws of the inputs of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.registry import find_accelerator, find_model
from margincarlo.throughput.data import group_of
from margincarlo.throughput.design import Configuration
from margincarlo.throughput.folds import residual_sd
from margincarlo.throughput.model import TAILS
from margincarlo.throughput.predict import efficiencies
from margincarlo.throughput.stored import Learned
from margincarlo.throughput.unseen import APART, KNOWN, ignorance, width_factors
from margincarlo.throughput.widths import architecture

Array = npt.NDArray[np.float64]

SHARES: Final = ("decode_mbu", "prefill_mfu", "link_efficiency")
SEED: Final = 0
MANY: Final = 200_000


@dataclass(frozen=True, eq=False)
class MeasuredDraws:
    """Joint draws of efficiencies, in base units.

    Attributes
    ----------
    columns : mapping of str to ndarray
        Quantity → draws; row i of all of them is one draw.
    error : tuple of float
        5 % and 95 % of measured over predicted time: the residual of a benchmark, and the error
        that the equations were found to have where they had not learned.
    ignorance : str
        What of model and accelerator was never measured.
    impossible : float
        Share of draws that were left out because a share came out above 1.
    """

    columns: Mapping[str, Array]
    error: tuple[float, float]
    ignorance: str
    impossible: float


def measured_draws(learned: Learned, configuration: Configuration) -> MeasuredDraws:
    """Return joint draws for a configuration, measured or not.

    Parameters
    ----------
    learned : Learned
    configuration : Configuration
        Model and accelerator by their ids; an engine that is not known has an effect of its own.

    Returns
    -------
    MeasuredDraws
    """
    posterior = learned.posterior
    layers = np.array([float(find_model(configuration.model).layers)])
    found = efficiencies(posterior, [configuration], layers, seed=SEED)
    kind = ignorance(posterior, configuration.model, configuration.accelerator)
    columns = {
        "decode_mbu": found.decode_mbu[0],
        "decode_mfu": found.decode_mbu[0],
        "prefill_mfu": found.prefill_mfu[0],
        "link_efficiency": found.link_efficiency[0],
        "decode_step_overhead": found.decode_step_overhead[0],
    }
    possible = np.all([columns[name] <= 1 for name in SHARES], axis=0)
    # Rows in order of speed, so that low-discrepancy points stay worth their name.
    slow = columns["decode_step_overhead"] / columns["decode_mbu"]
    order = np.argsort(slow[possible], kind="stable")
    kept = {name: column[possible][order] for name, column in columns.items()}
    error = _error(learned, configuration, kind)
    pair = [configuration.model, configuration.accelerator]
    if kind == KNOWN and pair not in learned.provenance["pairs"]:
        kind = APART
    return MeasuredDraws(kept, error, kind, float(1 - possible.mean()))


def _error(learned: Learned, configuration: Configuration, kind: str) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    group = group_of(configuration)
    spread = float(np.median(residual_sd(learned.posterior, (group,))))
    extra = width_factors(learned)[kind, architecture(group)].extra
    both = spread * rng.standard_t(TAILS, MANY) + extra * rng.standard_normal(MANY)
    half = float(np.quantile(np.abs(both), 0.9))
    return float(np.exp(-half)), float(np.exp(half))


def configuration_called(
    model: str, accelerator: str, *, engine: str, precision: str, expert_parallel: bool, date: str
) -> Configuration:
    """Return the configuration that names of a scenario mean."""
    return Configuration(
        model=find_model(model).id,
        accelerator=find_accelerator(accelerator).id,
        engine=engine,
        precision=precision,
        expert_parallel=expert_parallel,
        date=date,
    )
