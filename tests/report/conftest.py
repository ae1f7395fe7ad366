"""Small runs to report on."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

import margincarlo as mc

type Run = Callable[..., mc.Simulation]

CONTENT: dict[str, Any] = {
    "schema": 1,
    "title": "Does it pay?",
    "description": "A host of an open-weight model.",
    "outputs": ["gross_margin", "contribution_margin", "output_token_cost"],
    "inputs": {
        "input_token_cost": 0.1,
        "output_token_cost": {
            "p5": 0.5,
            "p95": 2.0,
            "source": "Benchmark of a host",
            "as_of": "2026-05-20",
            "kind": "measurement",
        },
        "capacity_loading": {"p5": 1.2, "p95": 3.0},
        "cached_token_cost": 0,
        "visible_output_tokens": 500,
        "input_output_ratio": 4,
        "cache_hit_share": {"p5": 0.2, "p95": 0.6, "nature": "varies"},
        "input_price": 0.5,
        "cache_read_multiplier": 0.1,
        "output_price": {
            "value": 2.5,
            "source": "https://example.com/prices?a=1&b=2",
            "as_of": "2025-01",
            "kind": "list price",
        },
    },
    "correlation": [
        {
            "between": ["capacity_loading", "cache_hit_share"],
            "rank": -0.3,
            "because": "Busy hosts cache more.",
        }
    ],
    "ask": [
        {"statement": "gross_margin > 0"},
        {"statement": "gross_margin > 50 %", "because": "What software earns."},
    ],
    "claim": [
        {
            "says": "Output tokens cost $1 per Mtok",
            "quantity": "output_token_cost",
            "claimed": 1.0,
            "verdict": "reproduced",
            "source": "A blog",
        },
        {
            "says": "Output tokens cost next to nothing",
            "quantity": "output_token_cost",
            "claimed": 0.003,
            "verdict": "contradicted",
            "because": "That is below the cost of electricity.",
        },
    ],
}


@pytest.fixture(scope="session")
def today() -> dt.date:
    """Day on which evidence is judged."""
    return dt.date(2026, 11, 20)


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the scenario with some of it replaced: dotted path → value."""

    def simulate(
        changes: dict[str, Any] | None = None, keep: Any = "auto", draws: int = 4096
    ) -> mc.Simulation:
        scenario = mc.load(copy.deepcopy(CONTENT), overrides=changes)
        return mc.simulate(scenario, draws=draws, keep=keep)

    return simulate


@pytest.fixture(scope="session")
def plain(run: Run) -> mc.Simulation:
    """The scenario as it is."""
    return run()
