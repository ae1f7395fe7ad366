"""Rows of a calibration on prices as inputs: under one assumption about rent, or all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from margincarlo.beliefs import Discrete
from margincarlo.errors import CalibrationError, ScenarioError
from margincarlo.evidence import Evidence
from margincarlo.quantities import quantity
from margincarlo.scenario.file import PosteriorTable, ScenarioFile
from margincarlo.scenario.model import Calibration, Input, Joint, Scenario
from margincarlo.units import factor

if TYPE_CHECKING:
    from margincarlo.calibration.posterior import Posterior

Draws = npt.NDArray[np.float64]

PROFILE: Final = "calibration"
# What arithmetic attains while decoding was not learned apart from what memory does.
SAME_AS: Final = {"decode_mfu": "decode_mbu"}


def read_calibration(
    table: PosteriorTable, folder: Path, names: Sequence[str], file: ScenarioFile
) -> Calibration:
    """Return what a scenario draws from a posterior.

    Parameters
    ----------
    table : PosteriorTable
    folder : Path
        What a relative file name is relative to.
    names : sequence of str
        Inputs to draw.
    file : ScenarioFile
        For the model that it names.

    Raises
    ------
    ScenarioError
        If the file is no posterior, or has no draws under the assumption.
    """
    from margincarlo.calibration.posterior import MIXTURE, WITHOUT

    path = None if table.file is None else folder / table.file
    posterior = _read(path)
    rents = (*posterior.rents, MIXTURE, WITHOUT)
    if table.rent not in rents:
        raise ScenarioError(
            f"{path or 'the shipped posterior'} has no draws under {table.rent!r};"
            f" it has {', '.join(rents)}",
            where="posterior.rent",
        )
    return Calibration(
        rent=table.rent,
        rents=rents,
        file=path,
        names=tuple(names),
        model=file.model or "",
        precision=file.precision or "native",
        weights={kind: posterior.rows(kind).size / posterior.size for kind in posterior.rents},
        provenance=posterior.provenance,
    )


def _read(path: Path | None) -> Posterior:
    from margincarlo.calibration.stored import read_posterior

    try:
        return read_posterior(path)
    except CalibrationError as problem:
        raise ScenarioError(str(problem), where="posterior.file") from None


def with_rent(scenario: Scenario, rent: str) -> Scenario:
    """Return a scenario under another assumption about rent.

    Parameters
    ----------
    scenario : Scenario
        With inputs from a calibration on prices.
    rent : str
        One of ``scenario.calibration.rents``.

    Returns
    -------
    Scenario
        What loading it with ``posterior.rent`` overridden gives, apart from its hash.

    Raises
    ------
    ScenarioError
        If nothing comes from a calibration, or it has no draws under this assumption.
    """
    known = scenario.calibration
    if known is None:
        raise ScenarioError(f"{scenario.name} draws nothing from a calibration: no [posterior]")
    if rent not in known.rents:
        raise ScenarioError(f"has no draws under {rent!r}; it has {', '.join(known.rents)}")
    changed = dataclasses.replace(known, rent=rent)
    joint, found = drawn(changed)
    inputs = {name: found.get(name, each) for name, each in scenario.inputs.items()}
    columns = {name: each for name, each in joint.columns.items() if name in inputs}
    used = Joint(joint.name, MappingProxyType(columns))
    return dataclasses.replace(
        scenario,
        inputs=MappingProxyType(inputs),
        joints=tuple(used if each.name == used.name else each for each in scenario.joints),
        calibration=changed,
    )


def drawn(calibration: Calibration) -> tuple[Joint, dict[str, Input]]:
    """Return rows as joint draws, and each column as an input."""
    columns, impossible = _columns(calibration)
    day = str(calibration.provenance["observed_at"])[:10]
    name = f"calibration on prices of {day}"
    size = next(iter(columns.values())).size
    note = (
        f"{_assumed(calibration)}; efficiencies of {calibration.model or 'the average model'};"
        f" {size:,} joint draws, whose own error is not in the ± of a run;"
        f" {100 * impossible:.1f} % with a share above 1 left out"
    )
    evidence = Evidence(_source(calibration, day), day, note, "derived")
    return Joint(name, MappingProxyType(columns)), {
        each: _input(each, column, evidence, name) for each, column in columns.items()
    }


def _source(calibration: Calibration, day: str) -> str:
    from margincarlo.calibration.posterior import WITHOUT

    known = calibration.provenance
    if calibration.rent == WITHOUT:
        return "priors and published measurements, before any price"
    return (
        f"calibration on prices of {day}: {known['endpoints']} offers of {known['models']} models"
        f" (snapshot {known['snapshot'][:12]})"
    )


def _assumed(calibration: Calibration) -> str:
    from margincarlo.calibration.posterior import MIXTURE, WITHOUT

    if calibration.rent == WITHOUT:
        return "without prices"
    if calibration.rent != MIXTURE:
        return f"rent {calibration.rent} alone"
    parts = (f"{kind} {100 * share:.3g} %" for kind, share in calibration.weights.items())
    return f"rent {', '.join(parts)}"


def _columns(calibration: Calibration) -> tuple[dict[str, Draws], float]:
    """Return columns in base units, and the share of rows left out for a share above 1."""
    from margincarlo.calibration.efficiency import own_efficiency
    from margincarlo.calibration.priors import BELIEFS

    held = _read(calibration.file).beliefs(calibration.rent)
    offset: Mapping[str, Draws] = {}
    if calibration.model:
        offset = own_efficiency(calibration.model, calibration.precision, held)
    natural = {
        name: prior.natural(held[name] + offset.get(name, 0.0), np.exp)
        for name, prior in BELIEFS.items()
    }
    chosen = {name: natural[SAME_AS.get(name, name)] for name in calibration.names}
    dear = _dearness(natural)
    possible = np.ones(dear.size, dtype=np.bool_)
    for name, values in chosen.items():
        possible &= values <= quantity(name).support[1]
    order = np.argsort(dear[possible], kind="stable")
    columns = {name: _base(name, values[possible][order]) for name, values in chosen.items()}
    return columns, float(1 - possible.mean())


def _base(name: str, values: Draws) -> Draws:
    entry = quantity(name)
    return values * factor(entry.display, entry.unit)


def _dearness(natural: Mapping[str, Draws]) -> Draws:
    """Return a rough log cost: neighboring rows are alike, as low-discrepancy points need it."""
    hour = natural["gpu_hour_cost"] / (natural["utilization"] * natural["production_derate"])
    batch = np.sqrt(natural["reference_batch"])
    rate = natural["decode_mbu"] * batch * (1 + natural["acceptance_rate"])
    found: Draws = np.log(hour / rate)
    return found


def _input(name: str, column: Draws, evidence: Evidence, joint: str) -> Input:
    entry = quantity(name)
    scale = factor(entry.display, entry.unit)
    levels, counts = np.unique(column / scale, return_counts=True)
    belief = Discrete(tuple(levels.tolist()), tuple((counts / counts.sum()).tolist()))
    return Input(
        name,
        entry,
        belief,
        entry.display,
        scale,
        evidence,
        origin="profile",
        profile=PROFILE,
        joint=joint,
    )
