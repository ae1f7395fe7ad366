"""Inputs that the profiles named in a scenario give."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from margincarlo.errors import ScenarioError
from margincarlo.profiles import Profile, find_channel, find_load_shape, find_workload
from margincarlo.scenario.file import ScenarioFile
from margincarlo.scenario.inputs import input_from_profile
from margincarlo.scenario.model import Input
from margincarlo.scenario.place import placed

# Quantity that a profile gives → its parts: who states one of them means to derive it.
PARTS: Mapping[str, frozenset[str]] = {
    "output_tokens": frozenset({"visible_output_tokens", "thinking_ratio"}),
    "peak_headroom": frozenset({"pool_load", "staffing_factor"}),
}


def read_profiles(file: ScenarioFile, drawn: Collection[str]) -> dict[str, Input]:
    """Return the inputs that profiles give, by name, without those that the author states.

    Parameters
    ----------
    file : ScenarioFile
        Without the inputs that gave way to a profile named later.
    drawn : collection of str
        Names of inputs that come from joint draws.

    Raises
    ------
    ScenarioError
        If there is no such profile, or the scenario leaves it nothing to say.
    """
    everywhere = {name for workload in file.workloads.values() for name in workload.inputs}
    own = {*file.inputs, *drawn}
    _check_load_shape(file, own | everywhere)
    given: dict[str, Input] = {}
    for place, profile in _named(file):
        with placed(place):
            given |= _inputs(profile, "", own, own | everywhere)
    for scope, workload in file.workloads.items():
        if workload.workload is not None:
            with placed(f"workloads.{scope}.workload"):
                profile = find_workload(workload.workload)
                given |= _inputs(profile, f"{scope}.", workload.inputs, workload.inputs)
    return given


def _named(file: ScenarioFile) -> Iterator[tuple[str, Profile]]:
    if file.workload is not None:
        with placed("workload"):
            yield "workload", find_workload(file.workload)
    if file.load_shape is not None:
        with placed("load_shape"):
            yield "load_shape", find_load_shape(file.load_shape)
    if file.channel is not None:
        with placed("channel"):
            yield "channel", find_channel(file.channel, file.accelerator)


def _inputs(
    profile: Profile, scope: str, stated: Collection[str], parts: Collection[str]
) -> dict[str, Input]:
    """Return the inputs of a profile, less what is stated, or derived from a stated part."""
    return {
        scope + name: input_from_profile(scope + name, table, profile.name)
        for name, table in profile.inputs.items()
        if name not in stated and not PARTS.get(name, frozenset()).intersection(parts)
    }


def _check_load_shape(file: ScenarioFile, stated: Collection[str]) -> None:
    if file.load_shape is not None and "utilization" in stated:
        raise ScenarioError(
            f"utilization follows from load_shape = {file.load_shape!r}, and giving it as well"
            " would make the shape mean nothing; drop load_shape, or drop utilization",
            where="load_shape",
        )
