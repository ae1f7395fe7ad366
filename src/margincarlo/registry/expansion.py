"""From the names of a model and an accelerator to facts about quantities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from margincarlo.equations import EQUATIONS
from margincarlo.errors import ScenarioError
from margincarlo.registry.accelerator_facts import accelerator_facts
from margincarlo.registry.fact import Fact
from margincarlo.registry.formats import KV_PRECISIONS, PRECISIONS, checked, wanted_compute
from margincarlo.registry.lookup import find_accelerator, find_model
from margincarlo.registry.model_facts import model_facts


def expand(
    *,
    model: str | None,
    accelerator: str | None,
    precision: str | None,
    kv_precision: str | None = None,
) -> Mapping[str, Fact]:
    """Return what the registry knows about quantities, by their names.

    Parameters
    ----------
    model, accelerator : str or None
        Any name that `find_model` and `find_accelerator` take; None: say nothing about it.
    precision : str or None
        native, bf16, fp8, fp4 or int4. None is native: the formats that the model is published in.
    kv_precision : str or None
        bf16 or fp8; None: bf16 for bf16 weights, else fp8.

    Returns
    -------
    mapping of str to Fact
        In base units. Left out is what is not known, such as the peak of a precision that nobody
        publishes, or the peak for native weights if no model is named.

    Raises
    ------
    ScenarioError
        If a name or a precision is not known.
    """
    weights = "native" if precision is None else checked("precision", precision, PRECISIONS)
    if kv_precision is not None:
        checked("kv_precision", kv_precision, KV_PRECISIONS)
    row = find_model(model) if model is not None else None
    facts: dict[str, Fact] = model_facts(row, weights, kv_precision) if row else {}
    if accelerator is not None:
        part = find_accelerator(accelerator)
        facts |= accelerator_facts(part, wanted_compute(row, weights))
    return MappingProxyType(facts)


def smallest_replica(
    model: str, accelerator: str, precision: str | None, reserve: float = 0.1
) -> int:
    """Return how many accelerators it takes to hold the weights, and nothing else.

    Parameters
    ----------
    model, accelerator : str
        Any name that `find_model` and `find_accelerator` take.
    precision : str or None
        native, bf16, fp8, fp4 or int4; None is native.
    reserve : float
        Share of memory that the server leaves free, from 0 to below 1.

    Raises
    ------
    ScenarioError
        If a name or a precision is not known, or `reserve` is out of range.
    """
    if not 0 <= reserve < 1:
        raise ScenarioError(f"reserve must be from 0 to below 1, not {reserve!r}")
    facts = expand(model=model, accelerator=accelerator, precision=precision)
    weights: float = EQUATIONS["weight_bytes"](
        total_parameters=facts["total_parameters"].value,
        routed_parameters=facts["routed_parameters"].value,
        weight_precision=facts["weight_precision"].value,
        dense_precision=facts["dense_precision"].value,
        dense_copies=1,
    )
    each: float = EQUATIONS["usable_memory"](
        gpus_per_replica=1,
        memory_capacity=facts["memory_capacity"].value,
        memory_reserve=reserve,
    )
    return math.ceil(weights / each)
