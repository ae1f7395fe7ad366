"""Draw the uncertain inputs of a scenario, a block at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from margincarlo.quantities import quantities
from margincarlo.sampling import Normals, Plan, check_dimensions, dimension_of, stream
from margincarlo.scenario import Input, Joint, Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Drawer:
    """The streams of a scenario's uncertain inputs.

    A stream is keyed by seed and name: other inputs, workers and blocks leave its draws alone.
    """

    scenario: Scenario
    plan: Plan
    inputs: Sequence[Input]
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
        """Names of streams that are drawn at once: each group of the copula, every other alone."""
        copula = self.scenario.copula
        alone = tuple((name,) for name in self.streams if name not in copula.members)
        return (*copula.groups, *alone)

    def _normals(self, name: str, replicate: int, cells: range, count: int) -> Floats:
        out = np.empty(count)
        start = 0
        for cell in cells:
            stop = start + self.plan.size(cell)
            self.streams[name].draw(replicate, cell, out[start:stop])
            start = stop
        return out


def drawer(scenario: Scenario, plan: Plan, seed: int) -> Drawer:
    """Open a stream for every uncertain input, and one for each file of joint draws."""
    inputs = [given for given in scenario.uncertain if not given.joint]
    names = [given.name for given in inputs] + [_joint_name(joint) for joint in scenario.joints]
    known = {each.name: each.number for each in quantities().values()}
    if plan.sampler == "sobol":
        check_dimensions(names, known)
    streams = {
        name: stream(plan, seed=seed, name=name, dimension=dimension_of(name, known))
        for name in names
    }
    return Drawer(scenario, plan, inputs, streams)


def _joint_name(joint: Joint) -> str:
    return f"joint {joint.name}"


def _rows(joint: Joint, normals: Floats) -> dict[str, Floats]:
    size = len(next(iter(joint.columns.values())))
    rows = np.minimum((ndtr(normals) * size).astype(np.int64), size - 1)
    return {name: column[rows] for name, column in joint.columns.items()}
