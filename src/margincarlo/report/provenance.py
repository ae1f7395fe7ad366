"""How the figures were made, so that anyone can make them again."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping

import numpy as np

from margincarlo.result import Simulation
from margincarlo.version import __version__


def provenance(simulation: Simulation, today: dt.date) -> Mapping[str, str]:
    """Return what is needed to repeat a run, label → text."""
    import scipy

    scenario, plan = simulation.scenario, simulation.plan
    told = {
        "Scenario file": scenario.path.name if scenario.path else "none (built in Python)",
        "SHA-256 of the scenario": scenario.sha256,
        "Model": scenario.model,
        "Accelerator": scenario.accelerator,
        "Workload": scenario.workload,
        "Load shape": scenario.load_shape,
        "Channel": scenario.channel,
        "Draws": f"{plan.draws:,}",
        "Draws behind the figures": f"{simulation.sample.counted:,}",
        "Condition": simulation.condition,
        "Seed": str(simulation.seed),
        "Sampler": plan.sampler,
        "margincarlo": __version__,
        "NumPy": np.__version__,
        "SciPy": scipy.__version__,
        "Python": platform.python_version(),
        "Report made on": today.isoformat(),
    }
    return {label: text for label, text in told.items() if text}


def sampling(simulation: Simulation) -> str:
    """Return how draws were made, in a sentence."""
    plan = simulation.plan
    each = f"{plan.replicates} independent"
    if plan.sampler == "sobol":
        return (
            f"Scrambled Sobol points (quasi-Monte Carlo): {each} scrambles of"
            f" {plan.per_replicate:,} draws."
        )
    return f"Pseudo-random draws (Monte Carlo): {each} batches of {plan.per_replicate:,}."
