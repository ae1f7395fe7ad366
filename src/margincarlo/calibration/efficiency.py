"""What published measurements say of a model's efficiencies, beside those of the average model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.priors import display_scale
from margincarlo.registry import find_model
from margincarlo.throughput.predict import log_efficiencies
from margincarlo.throughput.scenario_draws import configuration_called
from margincarlo.throughput.stored import read_learned

Array = npt.NDArray[np.float64]

# Prices of hardware are those of its equivalent in this accelerator.
ACCELERATOR: Final = "h200"
TERMS: Final = ("decode_mbu", "prefill_mfu", "link_efficiency", "decode_step_overhead")
LARGEST_MBU: Final = 0.95
OWN_SEED: Final = 4
# Models that published measurements know best: one dense, the others mixtures.
REFERENCES: Final = (
    "deepseek/deepseek-r1",
    "meta-llama/llama-3.3-70b-instruct",
    "openai/gpt-oss-120b",
)


@cache
def efficiency_offset(model: str, precision: str) -> Mapping[str, float]:
    """Return the mean over draws of a model's log efficiency over that of the average model.

    Parameters
    ----------
    model : str
        Any name that `find_model` takes.
    precision : str
        native, bf16, fp8, fp4 or int4.

    Returns
    -------
    mapping of str to float
        One entry for each of `TERMS`.
    """
    log, average = learned_efficiency(model, precision), average_efficiency()
    own = {term: log[term] - average[term] for term in TERMS}
    peak = math.log(LARGEST_MBU) - average["decode_mbu"].mean()
    own["decode_mbu"] = np.minimum(own["decode_mbu"], peak)
    return MappingProxyType({term: float(own[term].mean()) for term in TERMS})


def own_efficiency(model: str, precision: str, held: Mapping[str, Array]) -> dict[str, Array]:
    """Return draws of a model's log efficiency over that of the average model.

    Parameters
    ----------
    model, precision : str
        As `efficiency_offset` takes them.
    held : mapping of str to ndarray, shape (draw,)
        Draws of the efficiencies of the average model, on the scales of their priors.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
        One entry for each of `TERMS`: what goes with the average in published measurements, and
        what is left of the model's own. The latter is of one draw of them for all models, so that
        differences of models are as uncertain as they are; prices do not tell it from rent.
    """
    level = np.stack([held[term] - math.log(display_scale(term)) for term in TERMS])
    center, slopes, rest = _relation(model, precision)
    rows = np.resize(np.random.default_rng(OWN_SEED).permutation(rest.shape[1]), level.shape[1])
    drawn = center[:, None] + slopes @ (level - efficiency_evidence()[0][:, None]) + rest[:, rows]
    found = dict(zip(TERMS, drawn, strict=True))
    # What extrapolates beyond the peak of a part cannot be had.
    peak = math.log(LARGEST_MBU) - level[TERMS.index("decode_mbu")]
    found["decode_mbu"] = np.minimum(found["decode_mbu"], peak)
    return found


@cache
def _relation(model: str, precision: str) -> tuple[Array, Array, Array]:
    """Return mean of a model's own efficiencies, slopes on the average ones, and what is left."""
    log, average = learned_efficiency(model, precision), average_efficiency()
    own = np.stack([log[term] - average[term] for term in TERMS])
    apart = np.stack([average[term] for term in TERMS]) - efficiency_evidence()[0][:, None]
    center = own.mean(axis=1)
    slopes = np.linalg.lstsq(apart.T, (own - center[:, None]).T)[0].T
    return center, slopes, own - center[:, None] - slopes @ apart


@cache
def learned_efficiency(model: str, precision: str) -> Mapping[str, Array]:
    """Return draws of the logarithms of what published measurements say of a model."""
    row = find_model(model)
    learned = read_learned()
    configuration = configuration_called(
        model,
        ACCELERATOR,
        engine="unknown",
        precision=precision,
        expert_parallel=row.is_mixture,
        date=str(learned.provenance["as_of"]),
    )
    log = log_efficiencies(learned.posterior, [configuration], seed=0)
    found = {term: log[term][0] for term in TERMS}
    # An effect of each layer there; here the overhead of the whole step.
    found["decode_step_overhead"] = found["decode_step_overhead"] + np.log(row.layers)
    return MappingProxyType(found)


@cache
def average_efficiency() -> Mapping[str, Array]:
    """Return draws of the mean over reference models of the log efficiency."""
    logs = [learned_efficiency(model, "native") for model in REFERENCES]
    return MappingProxyType({term: np.mean([log[term] for log in logs], axis=0) for term in TERMS})


@cache
def efficiency_evidence() -> tuple[Array, Array]:
    """Return mean and covariance of the log efficiencies of the average model, in order of TERMS.

    That is what published measurements say, before what is lost in production.
    """
    draws = np.stack([average_efficiency()[term] for term in TERMS])
    return draws.mean(axis=1), np.cov(draws)
