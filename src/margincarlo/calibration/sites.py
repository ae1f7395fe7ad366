"""What the equations of every scenario need to know of each endpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.quantities import quantity
from margincarlo.registry import expand, find_accelerator, find_model
from margincarlo.throughput.predict import log_efficiencies
from margincarlo.throughput.scenario_draws import configuration_called
from margincarlo.throughput.stored import read_learned
from margincarlo.tree import Tree, evaluate, grow
from margincarlo.units import factor

Array = npt.NDArray[np.float64]

# Prices of hardware are those of its equivalent in this accelerator.
ACCELERATOR: Final = "h200"
# Share of the memory of a replica that weights may take; the rest holds sequences.
WEIGHT_SHARE: Final = 0.6
# Bytes: no communication, but a rate that is finite, so that gradients are.
NOTHING: Final = 1.0
LARGEST_MBU: Final = 0.95
TERMS: Final = ("decode_mbu", "prefill_mfu", "link_efficiency", "decode_step_overhead")
# What the learned efficiencies contain already, or a host of an average model does.
FIXED: Final[Mapping[str, float]] = MappingProxyType(
    {
        "synchronization_time": 0.0,
        "routing_diversity": 1.0,
        "expert_imbalance": 1.0,
        "step_time_error": 1.0,
        "draft_length": 1.0,
        "draft_step_time": 0.0,
        "cache_hit_share": 0.0,
    }
)
# Quantity → column of the offers that says it of each endpoint.
OWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "input_tokens": "input_tokens",
        "output_tokens": "output_tokens",
        "interactivity_target": "tokens_per_second",
    }
)
COSTS: Final = (
    "output_token_cost",
    "input_token_cost",
    "loaded_output_token_cost",
    "loaded_input_token_cost",
)
# Beliefs that the calibration updates.
DRAWN: Final = (
    "gpu_hour_cost",
    "operations_cost",
    "utilization",
    "decode_mbu",
    "decode_mfu",
    "prefill_mfu",
    "link_efficiency",
    "decode_step_overhead",
    "production_derate",
    "acceptance_rate",
    "reference_batch",
    "batch_weight_elasticity",
    "batch_speed_elasticity",
)


@dataclass(frozen=True, eq=False)
class Sites:
    """Endpoints as the equations see them.

    Attributes
    ----------
    facts : mapping of str to ndarray
        Quantity → one number an endpoint, in base units.
    offsets : mapping of str to ndarray
        Efficiency → logarithm of what published measurements say of this model over that of the
        average model.
    """

    facts: Mapping[str, Array]
    offsets: Mapping[str, Array]


def sites_of(frame: Any) -> Sites:
    """Return the sites of a frame of offers."""
    keys = list(zip(frame["model"], frame["served_precision"], strict=True))
    rows = [_facts(model, precision) for model, precision in keys]
    facts = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    for name, column in OWN.items():
        facts[name] = frame[column].to_numpy(dtype=np.float64)
    rows = [efficiency_offset(model, precision) for model, precision in keys]
    offsets = {term: np.array([row[term] for row in rows]) for term in TERMS}
    return Sites(MappingProxyType(facts), MappingProxyType(offsets))


@cache
def _facts(model: str, precision: str) -> Mapping[str, float]:
    """Return what the registry and the layout give; the same names for every model."""
    row = find_model(model)
    known = {
        name: fact.value
        for name, fact in expand(model=model, accelerator=ACCELERATOR, precision=precision).items()
    }
    known |= FIXED
    known["gpus_per_replica"] = gpus = _replica(known)
    known["attention_data_parallelism"] = float(row.is_mixture)
    if row.is_mixture and gpus > 1:
        tree = grow(
            ["communication_bytes_per_token"],
            given=known,
            derive={"communication_bytes_per_token": "expert_parallel"},
        )
        leaves = {leaf.name: _known_or_default(leaf.name, known) for leaf in tree.leaves()}
        name = "communication_bytes_per_token"
        known[name] = float(evaluate(tree, leaves)[name])
    else:
        known["communication_bytes_per_token"] = NOTHING
    known["link_bandwidth"] = float(find_accelerator(ACCELERATOR).link_gbps or 0) * 1e9
    needed = [leaf.name for leaf in cost_tree().leaves()]
    own = {*OWN, *DRAWN}
    return MappingProxyType(
        {name: _known_or_default(name, known) for name in needed if name not in own}
    )


def _replica(known: Mapping[str, float]) -> float:
    """Return the least power of two of accelerators that holds weights and sequences."""
    room = WEIGHT_SHARE * known["memory_capacity"]
    return float(2 ** max(0, math.ceil(math.log2(_weight_bytes(known) / room))))


def _weight_bytes(facts: Mapping[str, Any]) -> Any:
    dense = facts["dense_parameters"] * facts["dense_precision"]
    return dense + facts["routed_parameters"] * facts["weight_precision"]


def _known_or_default(name: str, known: Mapping[str, float]) -> float:
    if name in known:
        return known[name]
    entry = quantity(name)
    if entry.default is None:
        raise LookupError(f"nothing gives {name}")
    return entry.default * factor(entry.display, entry.unit)


@cache
def cost_tree() -> Tree:
    """Return the tree of costs per token: that of every scenario, grown once for all endpoints."""
    given = {*DRAWN, *FIXED, *OWN, "communication_bytes_per_token"}
    given |= {"attention_data_parallelism", "link_bandwidth", "gpus_per_replica"}
    given |= set(expand(model="deepseek/deepseek-v3.2", accelerator=ACCELERATOR, precision=None))
    return grow(COSTS, given=given, derive={"decode_batch": "market"})


def token_costs(sites: Sites, drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Return costs per token of every endpoint, USD/token.

    Parameters
    ----------
    sites : Sites
    drawn : mapping of str to float, array or graph
        What `DRAWN` names, in base units; whatever broadcasts against the endpoints.

    Returns
    -------
    dict of str
        One entry for each of `COSTS`.
    """
    values = evaluate(cost_tree(), {**sites.facts, **drawn})
    return {name: values[name] for name in COSTS}


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
    average = average_efficiency()
    log = learned_efficiency(model, precision)
    found = {term: float(log[term].mean() - average[term]) for term in TERMS}
    # What extrapolates beyond the peak of a part cannot be had.
    found["decode_mbu"] = min(found["decode_mbu"], math.log(LARGEST_MBU) - average["decode_mbu"])
    return MappingProxyType(found)


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


# Models that published measurements know best: one dense, the others mixtures.
REFERENCES: Final = (
    "deepseek/deepseek-r1",
    "meta-llama/llama-3.3-70b-instruct",
    "openai/gpt-oss-120b",
)


@cache
def average_efficiency() -> Mapping[str, float]:
    """Return the mean over reference models of the mean log efficiency."""
    logs = [learned_efficiency(model, "native") for model in REFERENCES]
    return MappingProxyType(
        {term: float(np.mean([log[term].mean() for log in logs])) for term in TERMS}
    )


@cache
def efficiency_evidence() -> tuple[Array, Array]:
    """Return mean and covariance of the log efficiencies of the average model, in order of TERMS.

    That is what published measurements say, before what is lost in production.
    """
    draws = np.mean(
        [[learned_efficiency(model, "native")[term] for term in TERMS] for model in REFERENCES],
        axis=0,
    )
    return draws.mean(axis=1), np.cov(draws)
