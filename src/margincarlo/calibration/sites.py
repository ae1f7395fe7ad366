"""What the equations of every scenario need to know of each endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.efficiency import ACCELERATOR, TERMS, efficiency_offset, own_efficiency
from margincarlo.calibration.layout import replica, sharing
from margincarlo.quantities import quantity
from margincarlo.registry import expand, find_accelerator, find_model
from margincarlo.tree import Tree, evaluate, grow
from margincarlo.units import factor

Array = npt.NDArray[np.float64]

# Bytes: no communication, but a rate that is finite, so that gradients are.
NOTHING: Final = 1.0
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
        average model: their mean, (endpoint,), or draws, (draw, endpoint).
    served : tuple
        Model and precision of each endpoint.
    """

    facts: Mapping[str, Array]
    offsets: Mapping[str, Array]
    served: tuple[tuple[str, str], ...]

    def with_own_efficiencies(self, held: Mapping[str, Array]) -> Sites:
        """Return sites whose models are each as uncertain as measurements leave them.

        Parameters
        ----------
        held : mapping of str to ndarray, shape (draw,)
            Draws of the beliefs, on the scales of their priors.
        """
        own = {key: own_efficiency(*key, held) for key in dict.fromkeys(self.served)}
        offsets = {
            term: np.stack([own[key][term] for key in self.served], axis=1) for term in TERMS
        }
        return replace(self, offsets=MappingProxyType(offsets))


def sites_of(frame: Any) -> Sites:
    """Return the sites of a frame of offers."""
    keys = tuple(zip(frame["model"], frame["served_precision"], strict=True))
    rows = [_facts(model, precision) for model, precision in keys]
    facts = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    for name, column in OWN.items():
        facts[name] = frame[column].to_numpy(dtype=np.float64)
    rows = [efficiency_offset(model, precision) for model, precision in keys]
    offsets = {term: np.array([row[term] for row in rows]) for term in TERMS}
    return Sites(MappingProxyType(facts), MappingProxyType(offsets), keys)


@cache
def _facts(model: str, precision: str) -> Mapping[str, float]:
    """Return what the registry and the layout give; the same names for every model."""
    row = find_model(model)
    known = {
        name: fact.value
        for name, fact in expand(model=model, accelerator=ACCELERATOR, precision=precision).items()
    }
    known |= FIXED
    known["gpus_per_replica"] = gpus = replica(known)
    known |= sharing(known, gpus) if row.is_mixture else {"attention_data_parallelism": 0.0}
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
