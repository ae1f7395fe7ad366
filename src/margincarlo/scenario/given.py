"""Everything that a scenario gives: registry facts, profiles, joint draws, inputs of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from margincarlo.errors import ScenarioError
from margincarlo.registry import expand, find_accelerator, find_model
from margincarlo.scenario.calibrated import read_calibrated
from margincarlo.scenario.chosen import read_profiles
from margincarlo.scenario.file import ScenarioFile
from margincarlo.scenario.inputs import input_from_fact, read_input
from margincarlo.scenario.joint import read_joint
from margincarlo.scenario.measured import read_measured
from margincarlo.scenario.model import Calibration, Input, Joint
from margincarlo.scenario.place import placed

Draws = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """All that a scenario gives.

    Attributes
    ----------
    joints : list of Joint
        Rows of joint draws.
    inputs : dict of str to Input
        By name.
    derive : mapping of str to str
        How to derive what has several ways, as the author and the layout say.
    calibration : Calibration or None
        Where inputs learned from prices are from.
    """

    joints: list[Joint]
    inputs: dict[str, Input]
    derive: Mapping[str, str]
    calibration: Calibration | None = None


def read_given(file: ScenarioFile, folder: Path) -> Given:
    """Return joint draws, every input by name, and ways of deriving.

    Parameters
    ----------
    file : ScenarioFile
    folder : Path
        What a relative file name is relative to.

    Raises
    ------
    ScenarioError
        If an input is unknown, makes no sense, or is given twice.
    """
    given = _facts(file)
    joints, columns = _joints(file, folder)
    profiles = read_profiles(file, columns)
    measured = read_measured(file, {*file.inputs, *columns})
    otherwise = {*file.inputs, *columns, *profiles, *measured.inputs}
    calibrated = read_calibrated(file, folder, otherwise)
    for each in (profiles, measured.inputs, calibrated.inputs, columns, _stated(file, columns)):
        given.update(each)
    return Given(
        [*joints, *measured.joints, *calibrated.joints],
        given,
        {**calibrated.derive, **measured.derive, **file.derive},
        calibrated.calibration,
    )


def _stated(file: ScenarioFile, columns: Mapping[str, Input]) -> dict[str, Input]:
    tables = [("inputs", "", file.inputs)]
    for scope, workload in file.workloads.items():
        tables.append((f"workloads.{scope}.inputs", f"{scope}.", workload.inputs))
    given: dict[str, Input] = {}
    for place, scope, table in tables:
        for name, content in table.items():
            with placed(f"{place}.{name}"):
                _check_name(name, scope + name, columns)
                given[scope + name] = read_input(scope + name, content)
    return given


def _facts(file: ScenarioFile) -> dict[str, Input]:
    if file.model is not None:
        with placed("model"):
            find_model(file.model)
    if file.accelerator is not None:
        with placed("accelerator"):
            find_accelerator(file.accelerator)
    facts = expand(
        model=file.model,
        accelerator=file.accelerator,
        precision=file.precision,
        kv_precision=file.kv_precision,
    )
    return {name: input_from_fact(name, fact) for name, fact in facts.items()}


def _joints(file: ScenarioFile, folder: Path) -> tuple[list[Joint], dict[str, Input]]:
    columns_of: dict[str, Mapping[str, Draws]] = {}
    given: dict[str, Input] = {}
    for number, table in enumerate(file.joint, 1):
        with placed(f"joint {number}"):
            joint, columns = read_joint(table, folder)
            for name in given.keys() & columns.keys():
                raise ScenarioError(f"{name} is drawn from {given[name].joint} already; keep one")
        # Tables about one file share its rows.
        columns_of[joint.name] = {**columns_of.get(joint.name, {}), **joint.columns}
        given.update(columns)
    return [Joint(name, columns) for name, columns in columns_of.items()], given


def _check_name(name: str, full_name: str, columns: Mapping[str, Input]) -> None:
    scope, dot, quantity = name.rpartition(".")
    if dot:
        raise ScenarioError(
            f"an input of a workload belongs under [workloads.{scope}.inputs], as {quantity}"
        )
    if full_name in columns:
        raise ScenarioError(
            f"is drawn from {columns[full_name].joint} as well; leave it out here, or there"
        )
