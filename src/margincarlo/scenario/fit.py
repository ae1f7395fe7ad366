"""Whether the model fits the accelerators that the scenario names."""

from __future__ import annotations

from collections.abc import Mapping

from margincarlo.errors import ScenarioError
from margincarlo.registry import find_accelerator, smallest_replica
from margincarlo.scenario.file import ScenarioFile
from margincarlo.scenario.model import Input


def check_fit(file: ScenarioFile, inputs: Mapping[str, Input]) -> None:
    """Refuse a replica whose memory cannot hold the weights of the model named.

    Raises
    ------
    ScenarioError
        With the number of accelerators that would hold it.
    """
    _check_link(file, inputs)
    gpus = inputs.get("gpus_per_replica")
    capacity = inputs.get("memory_capacity")
    reserve = inputs.get("memory_reserve")
    if not (file.model and file.accelerator and gpus and capacity and reserve):
        return
    named = capacity.origin == "registry" and gpus.is_point and reserve.is_point
    if not named or file.run.infeasible == "keep":
        return
    needed = smallest_replica(
        file.model, file.accelerator, file.precision, reserve=reserve.base_value
    )
    if gpus.base_value < needed:
        raise ScenarioError(
            f"{file.model} in {file.precision or 'native'} precision does not fit"
            f" {gpus.base_value:g} x {file.accelerator}: at least {needed} would hold its weights"
            f" with {reserve.base_value:.0%} of memory left free. Use more, a smaller precision, or"
            " run.infeasible = 'keep' to compute the impossible and have it flagged",
            where="inputs.gpus_per_replica",
        )


def _check_link(file: ScenarioFile, inputs: Mapping[str, Input]) -> None:
    gpus, link = inputs.get("gpus_per_replica"), inputs.get("link_bandwidth")
    if not (file.accelerator and gpus and gpus.is_point and link and link.origin == "registry"):
        return
    part = find_accelerator(file.accelerator)
    if part.link_domain is not None and gpus.base_value > part.link_domain:
        raise ScenarioError(
            f"{gpus.base_value:g} x {part.id} do not share one fast link: {part.link_domain:g} do."
            " Give link_bandwidth of the network between them (InfiniBand: 50 GB/s per GPU) and"
            " nodes_per_replica",
            where="inputs.link_bandwidth",
        )
