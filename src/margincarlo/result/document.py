"""A simulation as plain data: what the JSON says, as the published schema has it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from margincarlo.quantities import quantity
from margincarlo.result.claims import ClaimResult
from margincarlo.result.estimate import ERROR_KIND
from margincarlo.result.figures import INTERVAL_KIND, Summary
from margincarlo.units import factor
from margincarlo.version import __version__

if TYPE_CHECKING:
    from margincarlo.result.simulation import Simulation
    from margincarlo.scenario import Calibration, Input


def document(simulation: Simulation) -> dict[str, Any]:
    """Return all figures of a simulation as JSON types; see `Simulation.to_dict`."""
    scenario, plan = simulation.scenario, simulation.plan
    found: dict[str, Any] = {
        "scenario": scenario.name,
        "title": scenario.title,
        "version": __version__,
        "sha256": scenario.sha256,
        "seed": simulation.seed,
        "draws": plan.draws,
        "counted": simulation.sample.counted,
        "sampler": plan.sampler,
    }
    if simulation.condition:
        found["condition"] = simulation.condition
    found["outputs"] = {each.name: _output(simulation, each) for each in simulation.summaries()}
    asks = zip(scenario.asks, simulation.probabilities(), strict=True)
    found["probabilities"] = [
        {"statement": p.statement, "value": p.value, "error": p.error, "because": ask.because}
        for ask, p in asks
    ]
    if scenario.calibration:
        found["calibration"] = _calibration(scenario.calibration)
    if simulation.by_rent:
        found["by_rent"] = {rent: _run(run) for rent, run in simulation.by_rent.items()}
    found["claims"] = [_claim(each) for each in simulation.claims()]
    found["infeasible"] = _infeasible(simulation)
    found["inputs"] = {name: _input(given) for name, given in scenario.inputs.items()}
    found["correlations"] = [
        {"between": [each.first, each.second], "rank": each.rank, "because": each.because}
        for each in scenario.copula.correlations
    ]
    return {key: _finite(value) for key, value in found.items()}


def _output(simulation: Simulation, summary: Summary) -> dict[str, Any]:
    low, high = summary.low.value, summary.high.value
    estimates = ("mean", "sd", "median", "low", "high")
    return {
        "unit": summary.unit,
        "meaning": summary.meaning,
        "mean": summary.mean.value,
        "sd": summary.sd.value,
        "median": summary.median.value,
        "interval": {"kind": INTERVAL_KIND, "mass": summary.mass, "low": low, "high": high},
        "error": {"kind": ERROR_KIND, **{key: getattr(summary, key).error for key in estimates}},
        "natures": sorted(simulation.scenario.natures(summary.name)),
    }


def _calibration(known: Calibration) -> dict[str, Any]:
    made = known.provenance
    return {
        "rent": known.rent,
        "weights": dict(known.weights),
        "observed_at": made["observed_at"],
        "snapshot": made["snapshot"],
        "offers": made["endpoints"],
        "models": made["models"],
        "accepted_anyway": list(made["accepted_anyway"]),
    }


def _run(run: Simulation) -> dict[str, Any]:
    some = run.sample.counted > 0
    asked = run.probabilities() if some else ()
    summaries = run.summaries() if some else ()
    return {
        "draws": run.plan.draws,
        "counted": run.sample.counted,
        "probabilities": [
            {"statement": each.statement, "value": each.value, "error": each.error}
            for each in asked
        ],
        "outputs": {each.name: _brief(each) for each in summaries},
    }


def _brief(summary: Summary) -> dict[str, Any]:
    figures = {key: getattr(summary, key) for key in ("median", "low", "high")}
    return {
        "unit": summary.unit,
        **{key: estimate.value for key, estimate in figures.items()},
        "error": {key: estimate.error for key, estimate in figures.items()},
    }


def _claim(result: ClaimResult) -> dict[str, Any]:
    claim, here = result.claim, result.here
    return {
        "says": claim.says,
        "quantity": claim.quantity,
        "unit": quantity(claim.quantity.rpartition(".")[2]).display,
        "claimed": claim.claimed,
        "here": {"value": here.value, "error": here.error},
        "ratio": result.ratio if here.value else None,
        "verdict": claim.verdict,
        "agrees": result.agrees,
        "tolerance": claim.tolerance,
        "because": claim.because,
        "source": claim.source,
    }


def _infeasible(simulation: Simulation) -> dict[str, Any]:
    physics = simulation.feasibility
    return {
        "share": physics.share,
        "draws": physics.impossible,
        "policy": physics.policy,
        "reasons": dict(physics.reasons),
        "undefined": dict(physics.undefined),
        "unchecked": list(physics.unchecked),
    }


def _input(given: Input) -> dict[str, Any]:
    known, evidence = given.quantity, given.evidence
    scale = given.factor / factor(known.display, known.unit)
    shares = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
    return {
        "meaning": known.meaning,
        "unit": known.display,
        "mean": given.belief.mean * scale,
        **{key: given.belief.quantile(share) * scale for key, share in shares.items()},
        "family": "joint draws" if given.joint else given.belief.family,
        "parameters": {"file": given.joint} if given.joint else given.belief.parameters,
        "stated_unit": given.unit,
        "evidence": {
            "source": evidence.source,
            "as_of": evidence.as_of,
            "note": evidence.note,
            "kind": evidence.kind,
        },
        "nature": given.nature,
        "origin": given.origin,
    }


def _finite(value: Any) -> Any:
    """Return `value` with null for numbers that JSON cannot write."""
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
