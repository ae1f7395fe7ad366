"""A scenario, read and checked: what the engine runs and the report tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from margincarlo.beliefs import Belief, Copula
from margincarlo.evidence import Evidence
from margincarlo.feasibility import Check
from margincarlo.quantities import Quantity
from margincarlo.scenario.file import RunTable
from margincarlo.scenario.statement import Statement
from margincarlo.tree import Tree

Nature = Literal["unknown", "varies"]
Origin = Literal["scenario", "profile", "registry", "default"]


@dataclass(frozen=True)
class Input:
    """One given quantity.

    Attributes
    ----------
    name : str
        The quantity, or ``workload.quantity``.
    quantity : Quantity
        Its entry in the nomenclature.
    belief : Belief
        In `unit`.
    unit : str
        Unit that the author wrote.
    factor : float
        One `unit` in base units.
    evidence : Evidence
        Where it comes from.
    nature : {"unknown", "varies"}
        Epistemic uncertainty, or variability between cases.
    origin : {"scenario", "profile", "registry", "default"}
        Who gave it.
    notes : tuple of str
        What elicitation had to say.
    joint : str
        Name of the file whose rows it is drawn from together with others; empty otherwise.
    profile : str
        Name of the profile that gave it; empty otherwise.
    """

    name: str
    quantity: Quantity
    belief: Belief
    unit: str
    factor: float
    evidence: Evidence
    nature: Nature = "unknown"
    origin: Origin = "scenario"
    notes: tuple[str, ...] = ()
    joint: str = ""
    profile: str = ""

    @property
    def is_point(self) -> bool:
        """Whether it is known rather than drawn."""
        return self.belief.is_point

    @property
    def base_value(self) -> float:
        """The value of a point, in base units."""
        return float(self.belief.mean) * self.factor


@dataclass(frozen=True, eq=False)
class Joint:
    """Rows of joint draws, in base units."""

    name: str
    columns: Mapping[str, npt.NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Where the inputs that a calibration on prices gives are from.

    Attributes
    ----------
    rent : str
        Assumption about what prices hold beyond cost, under which they are drawn: ``"mixture"``
        for all of them by their weights, ``"without_prices"`` for none.
    rents : tuple of str
        What `rent` may be.
    file : Path or None
        The posterior; None for the shipped one.
    names : tuple of str
        Inputs that are drawn.
    model, precision : str
        Whose efficiencies; the average model's where no model is named.
    weights : mapping of str to float
        Share of the rows of the mixture that each assumption has.
    provenance : mapping
        What the posterior was made of.
    """

    rent: str
    rents: tuple[str, ...]
    file: Path | None
    names: tuple[str, ...]
    model: str
    precision: str
    weights: Mapping[str, float]
    provenance: Mapping[str, Any]


@dataclass(frozen=True)
class Ask:
    """A statement whose probability is wanted."""

    statement: Statement
    because: str = ""


@dataclass(frozen=True)
class Claim:
    """A published number, held against what comes out here; in the display unit of its quantity."""

    says: str
    quantity: str
    claimed: float
    verdict: str
    because: str
    source: str
    tolerance: float


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A question about margins, read and checked.

    Attributes
    ----------
    title, description : str
        The question, and what there is to say about it.
    path : Path or None
        The file it was read from.
    sha256 : str
        Hash of the file, of the files it extends and of overrides.
    inputs : mapping of str to Input
        What the tree uses: given, from a profile or the registry, or neutral by default.
    unused : tuple of str
        What the scenario gives and nothing depends on.
    tree : Tree
        All that is computed: outputs, what the statements and claims are about, and checks.
    outputs : tuple of str
        What is reported.
    asks, claims : tuple
        Statements whose probability is wanted; published numbers to hold against.
    checks : mapping of str to Check
        Node → the bound it must keep.
    unchecked : tuple of str
        Reasons that could not be checked, for want of inputs.
    copula : Copula
        Rank correlations.
    joints : tuple of Joint
        Files of joint draws.
    run : RunTable
        Draws, seed, sampler, mass, and what to do with impossible draws.
    model, accelerator : str
        Names in the registry; empty where not named.
    workload, load_shape, channel : str
        Names of profiles; empty where not named, or not used. Those of the workloads of a mix are
        with its inputs.
    calibration : Calibration or None
        Where inputs learned from prices are from; None if there are none.
    """

    title: str
    description: str
    path: Path | None
    sha256: str
    inputs: Mapping[str, Input]
    unused: tuple[str, ...]
    tree: Tree
    outputs: tuple[str, ...]
    asks: tuple[Ask, ...]
    claims: tuple[Claim, ...]
    checks: Mapping[str, Check]
    unchecked: tuple[str, ...]
    copula: Copula
    joints: tuple[Joint, ...]
    run: RunTable
    model: str = ""
    accelerator: str = ""
    workload: str = ""
    load_shape: str = ""
    channel: str = ""
    calibration: Calibration | None = None

    def __repr__(self) -> str:
        known = len(self.inputs) - len(self.uncertain)
        return f"<Scenario {self.title!r}: {len(self.uncertain)} uncertain inputs, {known} known>"

    @property
    def name(self) -> str:
        """File name without its suffix, or the title."""
        return self.path.stem if self.path else self.title

    @property
    def uncertain(self) -> tuple[Input, ...]:
        """The inputs that are drawn."""
        return tuple(given for given in self.inputs.values() if not given.is_point)

    def natures(self, name: str) -> frozenset[Nature]:
        """Return what kinds of uncertainty go into node `name`."""
        behind = self.tree.depends_on(name) | {name}
        return frozenset(given.nature for given in self.uncertain if given.name in behind)
