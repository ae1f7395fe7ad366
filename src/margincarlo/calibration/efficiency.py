"""What published measurements say of a model's efficiencies, beside those of the average model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

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
    every = average_efficiency()[TERMS[0]].size
    own = own_efficiency(model, precision, every)
    return MappingProxyType({term: float(own[term].mean()) for term in TERMS})


def own_efficiency(model: str, precision: str, size: int) -> dict[str, Array]:
    """Return draws of a model's log efficiency over that of the average model.

    Parameters
    ----------
    model, precision : str
        As `efficiency_offset` takes them.
    size : int
        Number of draws.

    Returns
    -------
    dict of str to ndarray, shape (size,)
        One entry for each of `TERMS`. Draw i of every model is of one draw of what measurements
        say, so that differences of models are as uncertain as they are. Prices say nothing of them:
        the draws go with any draws of what prices taught.
    """
    log, average = learned_efficiency(model, precision), average_efficiency()
    every = average[TERMS[0]].size
    rows = np.resize(np.random.default_rng(OWN_SEED).permutation(every), size)
    found = {term: (log[term] - average[term])[rows] for term in TERMS}
    # What extrapolates beyond the peak of a part cannot be had.
    peak = math.log(LARGEST_MBU) - average["decode_mbu"].mean()
    found["decode_mbu"] = np.minimum(found["decode_mbu"], peak)
    return found


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
