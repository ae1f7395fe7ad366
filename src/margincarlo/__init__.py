"""Monte Carlo uncertainty analysis for the economics of LLM inference.

Examples
--------
>>> import margincarlo as mc
>>> simulation = mc.simulate(mc.load("scenarios/frontier_api.toml"))  # doctest: +SKIP
>>> simulation.probability("gross_margin > 0")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from margincarlo.version import __version__

if TYPE_CHECKING:
    from margincarlo import beliefs as beliefs
    from margincarlo import equations as equations
    from margincarlo import plots as plots
    from margincarlo.errors import BeliefError as BeliefError
    from margincarlo.errors import CorrelationError as CorrelationError
    from margincarlo.errors import FeasibilityWarning as FeasibilityWarning
    from margincarlo.errors import ImplausibleBeliefWarning as ImplausibleBeliefWarning
    from margincarlo.errors import MargincarloError as MargincarloError
    from margincarlo.errors import PrecisionWarning as PrecisionWarning
    from margincarlo.errors import ScenarioError as ScenarioError
    from margincarlo.errors import StatementError as StatementError
    from margincarlo.errors import UnitError as UnitError
    from margincarlo.errors import UnusedInputWarning as UnusedInputWarning
    from margincarlo.registry import accelerators as accelerators
    from margincarlo.registry import models as models
    from margincarlo.report import write_report as write_report
    from margincarlo.result import Simulation as Simulation
    from margincarlo.scenario import Scenario as Scenario
    from margincarlo.scenario import load as load
    from margincarlo.simulation import simulate as simulate

# Public name → module that holds it; loaded at first use, so that `import margincarlo` is fast.
_HOMES = {
    "accelerators": "registry",
    "beliefs": "",
    "BeliefError": "errors",
    "CorrelationError": "errors",
    "equations": "",
    "FeasibilityWarning": "errors",
    "ImplausibleBeliefWarning": "errors",
    "load": "scenario",
    "MargincarloError": "errors",
    "models": "registry",
    "plots": "",
    "PrecisionWarning": "errors",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "simulate": "simulation",
    "Simulation": "result",
    "StatementError": "errors",
    "UnitError": "errors",
    "UnusedInputWarning": "errors",
    "write_report": "report",
}

__all__ = ["__version__", *sorted(_HOMES)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'margincarlo' has no attribute {name!r}")
    home = _HOMES[name]
    if not home:
        return importlib.import_module(f"margincarlo.{name}")
    return getattr(importlib.import_module(f"margincarlo.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
