"""Inputs that must not be given together, because one cost would be counted twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from margincarlo.errors import ScenarioError
from margincarlo.scenario.model import Input

EXCLUSIVE = (
    (
        "routing_loss",
        "expert_imbalance",
        "a lumped routing loss stands for imbalance; keep one of them",
    ),
    (
        "routing_loss",
        "routing_diversity",
        "a lumped routing loss stands for the physical terms; keep one of them",
    ),
    (
        "gpu_hour_cost",
        "negotiated_discount",
        "gpu_hour_cost is what is paid after discounts, so this would discount twice;"
        " give gpu_list_price with negotiated_discount instead",
    ),
    (
        "gpu_hour_cost",
        "gpu_list_price",
        "gpu_hour_cost already says what an hour costs; keep one of them",
    ),
)


def check_conflicts(given: Mapping[str, Input]) -> None:
    """Refuse inputs that say the same thing twice.

    Raises
    ------
    ScenarioError
        Naming both, and why.
    """
    written = {name for name, each in given.items() if each.origin == "scenario"}
    for first, second, why in EXCLUSIVE:
        if _given(first, written) and _given(second, written):
            raise ScenarioError(
                f"{first} and {second} cannot both be given: {why}", where=f"inputs.{second}"
            )
    for name in written:
        if name.rpartition(".")[2] == "decode_batch" and not given[name].is_point:
            raise ScenarioError(
                "the batch follows from interactivity_target and memory and cannot be drawn freely;"
                " give interactivity_target, or decode_batch as one number",
                where=f"inputs.{name}",
            )


def _given(name: str, written: Collection[str]) -> bool:
    return any(each.rpartition(".")[2] == name for each in written)
