"""`efficiency = "measured"` and `parallelism`: inputs that published measurements give."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from margincarlo.beliefs import Discrete
from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.evidence import Evidence
from margincarlo.quantities import quantity
from margincarlo.registry import find_accelerator, find_model
from margincarlo.scenario.file import ScenarioFile
from margincarlo.scenario.inputs import input_from_profile
from margincarlo.scenario.model import Input, Joint
from margincarlo.units import factor

if TYPE_CHECKING:
    from margincarlo.throughput.scenario_draws import MeasuredDraws

PROFILE: Final = "measured"
ENGINES: Final = ("sglang", "trt", "vllm", "atom")
PARALLELISMS: Final = ("tensor", "expert", "data")
BENCHMARK: Final = "in the benchmarks that the efficiencies were learned from"
# A benchmark is tuned for its result; what is lost in production is a belief of its own.
PRODUCTION: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "p5": 0.65,
        "p95": 0.98,
        "source": "DeepSeek: step time of its published decode profile over that in production at"
        " the same batch, 0.93 (day 6: 88 sequences per GPU at 21 tokens/s; profile: 128 at"
        " 18.6k tokens/s per node); its prefill lost up to 0.49, load included",
        "as_of": "2025-03-01",
        "kind": "derived",
        "note": "one operator, one day; a small host is tuned less",
    }
)


@dataclass(frozen=True)
class Measured:
    """What measurements and the layout give.

    Attributes
    ----------
    inputs : mapping of str to Input
    derive : mapping of str to str
        How to derive what the layout decides.
    joints : tuple of Joint
    """

    inputs: Mapping[str, Input]
    derive: Mapping[str, str] = field(default_factory=dict)
    joints: tuple[Joint, ...] = ()


def read_measured(file: ScenarioFile, stated: Collection[str]) -> Measured:
    """Return what `parallelism` and `efficiency` give, without what the author states.

    Parameters
    ----------
    file : ScenarioFile
    stated : collection of str
        Inputs that the author gives otherwise.

    Raises
    ------
    ScenarioError
        If a name is not known, or the model and accelerator are not named.
    """
    layout, derive = _layout(file)
    _check_date(file.software_date)
    if file.efficiency is None:
        for key in ("engine", "software_date"):
            if getattr(file, key) is not None:
                raise ScenarioError(
                    f'only efficiency = "measured" differs by {key}; add it, or drop {key}',
                    where=key,
                )
        return Measured(_without(layout, stated), derive)
    if file.model is None or file.accelerator is None:
        raise ScenarioError(
            "measured efficiencies are those of a model on an accelerator; name both, as"
            ' model = "…" and accelerator = "…"',
            where="efficiency",
        )
    fixed = {name: _point(name, value) for name, value in _benchmark(file).items()}
    fixed |= _link(file)
    derate = {"production_derate": input_from_profile("production_derate", PRODUCTION, PROFILE)}
    _check_released(file)
    joint, drawn = _drawn(file, stated)
    given = {**layout, **_without({**fixed, **derate}, stated), **drawn}
    return Measured(_without(given, stated), derive, (joint,) if joint.columns else ())


def _check_date(text: str | None) -> None:
    try:
        date.fromisoformat(text or "2026-01-01")
    except ValueError:
        raise ScenarioError(
            f"must be a day such as '2025-02-27', not {text!r}", where="software_date"
        ) from None


def _check_released(file: ScenarioFile) -> None:
    released = find_model(file.model or "").released
    if file.software_date is not None and file.software_date < released:
        raise ScenarioError(
            f"{file.model} came out on {released}; name a later day", where="software_date"
        )


def _layout(file: ScenarioFile) -> tuple[dict[str, Input], dict[str, str]]:
    if file.parallelism is None:
        return {}, {}
    if file.parallelism not in PARALLELISMS:
        raise ScenarioError(
            f"may be {', '.join(PARALLELISMS)}, not {file.parallelism!r}"
            f"{did_you_mean(file.parallelism, PARALLELISMS)}",
            where="parallelism",
        )
    data = file.parallelism == "data"
    table = {"value": int(data), "source": f'parallelism = "{file.parallelism}"', "kind": "derived"}
    name = "attention_data_parallelism"
    way = "expert_parallel" if data else "tensor_parallel"
    return (
        {name: input_from_profile(name, table, file.parallelism)},
        {"communication_bytes_per_token": way},
    )


def _benchmark(file: ScenarioFile) -> dict[str, float]:
    """Return what the learned efficiencies contain already, or were learned without."""
    fixed = {"synchronization_time": 0.0, "routing_diversity": 1.0, "expert_imbalance": 1.0}
    if not find_model(file.model or "").is_mixture:
        fixed["communication_bytes_per_token"] = 0.0
    return fixed


def _link(file: ScenarioFile) -> dict[str, Input]:
    part = find_accelerator(file.accelerator or "")
    if part.link_gbps is None:
        return {}
    table = {
        "value": part.link_gbps,
        "unit": "GB/s",
        "source": f"the scale-up link of {part.id}: link_efficiency is a share of it {BENCHMARK},"
        " nodes crossed or not",
        "kind": "derived",
    }
    return {"link_bandwidth": input_from_profile("link_bandwidth", table, PROFILE)}


def _point(name: str, value: float) -> Input:
    table = {"value": value, "source": f"as {BENCHMARK}", "kind": "derived"}
    return input_from_profile(name, table, PROFILE)


def _drawn(file: ScenarioFile, stated: Collection[str]) -> tuple[Joint, dict[str, Input]]:
    from margincarlo.throughput.scenario_draws import configuration_called, measured_draws
    from margincarlo.throughput.stored import read_learned

    if file.engine is not None and file.engine not in ENGINES:
        raise ScenarioError(
            f"may be {', '.join(ENGINES)}, not {file.engine!r}{did_you_mean(file.engine, ENGINES)}",
            where="engine",
        )
    learned = read_learned()
    known = learned.provenance
    found = measured_draws(
        learned,
        configuration_called(
            file.model or "",
            file.accelerator or "",
            engine=file.engine or "unknown",
            precision=file.precision or "native",
            expert_parallel=file.parallelism in ("expert", "data"),
            date=file.software_date or str(known["as_of"]),
        ),
    )
    source = f"learned from {known['measurements']} published measurements"
    note = (
        f"{found.ignorance}; {learned.posterior.size} joint draws, whose own error is not"
        f" in the ± of a run; {100 * found.impossible:.1f} % with a share above 1 left out"
    )
    columns, inputs = {}, {}
    for name in (each for each in found.columns if each not in stated):
        entry = quantity(name)
        scale = factor(entry.display, entry.unit)
        columns[name] = found.columns[name]
        levels, counts = np.unique(columns[name] / scale, return_counts=True)
        belief = Discrete(tuple(levels.tolist()), tuple((counts / counts.sum()).tolist()))
        evidence = Evidence(source, str(known["as_of"]), note, "measurement")
        inputs[name] = Input(
            name,
            entry,
            belief,
            entry.display,
            scale,
            evidence,
            origin="profile",
            profile=PROFILE,
            joint=source,
        )
    if "step_time_error" not in stated:
        inputs["step_time_error"] = _error(found, source, str(known["as_of"]))
    return Joint(source, MappingProxyType(columns)), inputs


def _error(found: MeasuredDraws, source: str, as_of: str) -> Input:
    low, high = found.error
    table = {
        "p5": low,
        "p95": high,
        "source": f"errors on rows held out, {source}",
        "as_of": as_of,
        "kind": "measurement",
        "note": f"{found.ignorance}; `margincarlo validate throughput` shows the errors",
    }
    return input_from_profile("step_time_error", table, PROFILE)


def _without(inputs: Mapping[str, Input], stated: Collection[str]) -> dict[str, Input]:
    return {name: each for name, each in inputs.items() if name not in stated}
