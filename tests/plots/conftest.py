"""Small runs to draw, and a watch over figures that nobody closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import pytest

import margincarlo as mc

type Run = Callable[..., mc.Simulation]

CONTENT: dict[str, Any] = {
    "schema": 1,
    "title": "Does it pay?",
    "outputs": ["gross_margin", "contribution_margin", "output_token_cost"],
    "inputs": {
        "input_token_cost": 0.1,
        "output_token_cost": {"p5": 0.5, "p95": 2.0},
        "capacity_loading": {"p5": 1.2, "p95": 3.0},
        "cached_token_cost": 0,
        "visible_output_tokens": 500,
        "input_output_ratio": 4,
        "cache_hit_share": {"p5": 0.2, "p95": 0.6, "nature": "varies"},
        "input_price": 0.5,
        "cache_read_multiplier": 0.1,
        "output_price": 2.5,
        "hosting_share": 0.03,
    },
    "ask": [{"statement": "gross_margin > 0"}],
}


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    """Close what a test drew."""
    yield
    plt.close("all")


@pytest.fixture
def run() -> Run:
    """Run the scenario with some inputs replaced."""

    def simulate(keep: Any = "auto", draws: int = 4096, **inputs: Any) -> mc.Simulation:
        overrides = {f"inputs.{name}": value for name, value in inputs.items()}
        return mc.simulate(mc.load(CONTENT, overrides=overrides), draws=draws, keep=keep)

    return simulate
