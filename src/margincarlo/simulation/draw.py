"""Draw the uncertain inputs of a scenario, a block at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from margincarlo.quantities import quantities
from margincarlo.sampling import Normals, Plan, check_dimensions, dimension_of, stream
from margincarlo.scenario import Joint, Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawer:
    """The streams of a scenario's uncertain inputs.

    A stream is keyed by seed and name: other inputs, workers and blocks leave its draws alone.
    """

    scenario: Scenario
    plan: Plan
    streams: Mapping[str, Normals]

    def draw(self, replicate: int, cells: range) -> dict[str, Floats]:
        """Return the inputs of some cells of a replicate, in base units, by name."""
        count = sum(self.plan.size(cell) for cell in cells)
        drawn: dict[str, Floats] = {}
        # A few at a time, so that normals are still in cache when they become values.
        for names in self._together:
            normals = {name: self._normals(name, replicate, cells, count) for name in names}
            for name, mixed in self.scenario.copula.mix(normals).items():
                drawn.update(self._values(name, mixed))
        return drawn

    @cached_property
    def _together(self) -> tuple[tuple[str, ...], ...]:
        """Names of the streams: those that the copula mixes in one tuple, any other by itself."""
        copula = self.scenario.copula
        mixed = [tuple(name for name in group if name in self.streams) for group in copula.groups]
        alone = [(name,) for name in self.streams if name not in copula.members]
        return (*filter(None, mixed), *alone)

    @cached_property
    def _joints(self) -> Mapping[str, Joint]:
        return {_joint_name(joint): joint for joint in self.scenario.joints}

    def _normals(self, name: str, replicate: int, cells: range, count: int) -> Floats:
        out = np.empty(count)
        start = 0
        for cell in cells:
            stop = start + self.plan.size(cell)
            self.streams[name].draw(replicate, cell, out[start:stop])
            start = stop
        return out

    def _values(self, name: str, normals: Floats) -> Mapping[str, Floats]:
        if name in self._joints:
            return _rows(self._joints[name], normals)
        given = self.scenario.inputs[name]
        values = given.belief.from_normal(normals)
        if given.factor != 1.0:
            values *= given.factor
        return {name: values}


def drawer(scenario: Scenario, plan: Plan, seed: int) -> Drawer:
    """Open a stream for every uncertain input, and one for each file of joint draws."""
    names = [given.name for given in scenario.uncertain if not given.joint]
    names += [_joint_name(joint) for joint in scenario.joints]
    known = {each.name: each.number for each in quantities().values()}
    if plan.sampler == "sobol":
        check_dimensions(names, known)
    streams = {
        name: stream(plan, seed=seed, name=name, dimension=dimension_of(name, known))
        for name in names
    }
    return Drawer(scenario, plan, streams)


def _joint_name(joint: Joint) -> str:
    return f"joint {joint.name}"


def _rows(joint: Joint, normals: Floats) -> dict[str, Floats]:
    size = len(next(iter(joint.columns.values())))
    rows = np.minimum((ndtr(normals) * size).astype(np.int64), size - 1)
    return {name: column[rows] for name, column in joint.columns.items()}
