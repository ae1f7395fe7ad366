"""`[posterior]`: inputs that a calibration on prices gives, as rows that are drawn whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.registry import expand, find_accelerator, find_model
from margincarlo.scenario.calibrated_rows import PROFILE, drawn, read_calibration
from margincarlo.scenario.file import PosteriorTable, ScenarioFile
from margincarlo.scenario.inputs import input_from_profile
from margincarlo.scenario.layers import PARTS
from margincarlo.scenario.model import Calibration, Input, Joint
from margincarlo.scenario.place import placed

# Belief → what its author states, or the key that he names, where he means to derive it.
DERIVED_FROM: Final[Mapping[str, frozenset[str]]] = {
    "gpu_hour_cost": PARTS["gpu_hour_cost"] | {"channel"},
    "utilization": PARTS["utilization"] | {"load_shape"},
}
EFFICIENCIES: Final = frozenset(
    {"decode_mbu", "decode_mfu", "prefill_mfu", "link_efficiency", "decode_step_overhead"}
)
# Input → the beliefs that were learned with this value of it.
COMPANIONS: Final[Mapping[str, tuple[float, frozenset[str]]]] = {
    "draft_length": (1.0, frozenset({"acceptance_rate"})),
    "draft_step_time": (0.0, frozenset({"acceptance_rate"})),
    "synchronization_time": (0.0, EFFICIENCIES),
    "routing_diversity": (1.0, EFFICIENCIES),
    "expert_imbalance": (1.0, EFFICIENCIES),
    "step_time_error": (1.0, EFFICIENCIES),
}
LEARNED_WITH: Final = "as in the calibration on prices"
# Accelerators of a replica whose size is not one number: more than any has.
MANY: Final = 1024


@dataclass(frozen=True)
class Calibrated:
    """What a calibration gives.

    Attributes
    ----------
    inputs : mapping of str to Input
    derive : mapping of str to str
        How to derive what it was learned with one way of.
    joints : tuple of Joint
    calibration : Calibration or None
        Where the rows are from.
    """

    inputs: Mapping[str, Input] = field(default_factory=dict)
    derive: Mapping[str, str] = field(default_factory=dict)
    joints: tuple[Joint, ...] = ()
    calibration: Calibration | None = None


def with_accelerator(file: ScenarioFile) -> ScenarioFile:
    """Return the file on the accelerator that prices were calibrated on, if it names none."""
    if file.posterior is None or file.accelerator is not None:
        return file
    from margincarlo.calibration.efficiency import ACCELERATOR

    return file.model_copy(update={"accelerator": ACCELERATOR})


def read_calibrated(file: ScenarioFile, folder: Path, stated: Collection[str]) -> Calibrated:
    """Return what `[posterior]` gives, without what the scenario gives otherwise.

    Parameters
    ----------
    file : ScenarioFile
    folder : Path
        What a relative file name is relative to.
    stated : collection of str
        Inputs that are given otherwise.

    Raises
    ------
    ScenarioError
        If the file is no posterior, has no such belief or assumption, or gives what is given
        already.
    """
    if file.posterior is None:
        return Calibrated()
    _check_alone(file)
    names = _names(file.posterior, _settled(file, stated))
    if not names:
        return Calibrated()
    _check_hour(file, names)
    calibration = read_calibration(file.posterior, folder, names, file)
    joint, inputs = drawn(calibration)
    derive = {"decode_batch": "market"} if "reference_batch" in names else {}
    if EFFICIENCIES & set(names):
        layout, way = _layout(file)
        inputs |= _without(layout, stated)
        derive |= way
    inputs |= _without(dict(_companions(names)), stated)
    return Calibrated(inputs, derive, (joint,), calibration)


def _check_alone(file: ScenarioFile) -> None:
    if file.efficiency is not None:
        raise ScenarioError(
            f'efficiency = "{file.efficiency}" gives inputs that the posterior gives too, which'
            " learned from the same measurements; drop one of them",
            where="posterior",
        )


def _settled(file: ScenarioFile, stated: Collection[str]) -> dict[str, str]:
    """Return the beliefs that the scenario gives, or derives, itself: name → by what."""
    everywhere = {name for workload in file.workloads.values() for name in workload.inputs}
    keys = {key for key in ("channel", "load_shape") if getattr(file, key) is not None}
    found: dict[str, str] = {}
    for name, parts in DERIVED_FROM.items():
        for part in sorted(parts & {*stated, *everywhere, *keys}):
            found.setdefault(name, part)
        if name in file.derive:
            found.setdefault(name, f"derive.{name}")
    return {name: f"inputs.{name}" for name in stated} | found


def _names(table: PosteriorTable, settled: Mapping[str, str]) -> tuple[str, ...]:
    from margincarlo.calibration.sites import DRAWN

    if table.inputs is None:
        return tuple(name for name in DRAWN if name not in settled)
    with placed("posterior.inputs"):
        for name in table.inputs:
            if name not in DRAWN:
                raise ScenarioError(
                    f"the posterior has no {name}{did_you_mean(name, DRAWN)};"
                    f" it has {', '.join(DRAWN)}"
                )
            if name in settled:
                raise ScenarioError(
                    f"{name} is given by {settled[name]} already; drop it here, or there"
                )
    return tuple(dict.fromkeys(table.inputs))


def _check_hour(file: ScenarioFile, names: Collection[str]) -> None:
    from margincarlo.calibration.efficiency import ACCELERATOR

    part = find_accelerator(file.accelerator or ACCELERATOR).id
    if "gpu_hour_cost" in names and part != ACCELERATOR:
        raise ScenarioError(
            f"its gpu_hour_cost is that of one {ACCELERATOR}, not of one {part}: state"
            " inputs.gpu_hour_cost, or leave accelerator out",
            where="posterior",
        )


def _layout(file: ScenarioFile) -> tuple[dict[str, Input], dict[str, str]]:
    """Return how the work of a replica is shared, as in the calibration."""
    table: dict[str, Any] = {"source": LEARNED_WITH, "kind": "derived"}
    fixed = {"link_bandwidth": table | _link(file)}
    single, dense = _value(file, "gpus_per_replica") == 1, _is_dense(file)
    if single or dense:
        fixed["communication_bytes_per_token"] = table | {"value": 0}
    if not dense:
        fixed |= {name: table | {"value": value} for name, value in _sharing(file, single).items()}
    inputs = {
        name: input_from_profile(name, each, PROFILE)
        for name, each in fixed.items()
        if each.get("value") is not None
    }
    way = {} if single or dense else {"communication_bytes_per_token": "expert_parallel"}
    return inputs, way


def _sharing(file: ScenarioFile, single: bool) -> dict[str, float]:
    """Return what the accelerators of a replica hold copies of, for a mixture of experts."""
    from margincarlo.calibration.layout import sharing

    if single or file.model is None:
        return {"attention_data_parallelism": float(not single)}
    stated = _value(file, "gpus_per_replica")
    gpus = MANY if stated is None else stated
    known = expand(model=file.model, accelerator=file.accelerator or "", precision=file.precision)
    return sharing({name: fact.value for name, fact in known.items()}, gpus)


def _link(file: ScenarioFile) -> dict[str, Any]:
    part = find_accelerator(file.accelerator or "")
    return {
        "value": part.link_gbps,
        "unit": "GB/s",
        "source": f"the scale-up link of {part.id}, {LEARNED_WITH}: link_efficiency is a share of"
        " it, nodes crossed or not",
    }


def _is_dense(file: ScenarioFile) -> bool:
    if file.model is not None:
        return not find_model(file.model).is_mixture
    return bool(_value(file, "dense_share") == 1)


def _value(file: ScenarioFile, name: str) -> Any:
    """Return the number that the author states for an input; None if it is a belief."""
    content = file.inputs.get(name)
    return content.get("value") if isinstance(content, Mapping) else content


def _companions(names: Collection[str]) -> Iterator[tuple[str, Input]]:
    for name, (value, beliefs) in COMPANIONS.items():
        if beliefs.intersection(names):
            table = {"value": value, "source": LEARNED_WITH, "kind": "derived"}
            yield name, input_from_profile(name, table, PROFILE)


def _without(inputs: Mapping[str, Input], stated: Collection[str]) -> dict[str, Input]:
    return {name: each for name, each in inputs.items() if name not in stated}
