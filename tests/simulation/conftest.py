"""Small scenarios whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from margincarlo.scenario import Scenario, load

Build = Callable[..., Scenario]


@pytest.fixture(scope="session")
def build() -> Build:
    """Scenario of a few given quantities: ``build(inputs, outputs, table=…)``."""

    def make(inputs: dict[str, Any], *outputs: str, **tables: Any) -> Scenario:
        content = {"schema": 1, "title": "small", "inputs": inputs, "outputs": list(outputs)}
        return load({**content, **tables})

    return make


@pytest.fixture(scope="session")
def mix(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A bit of everything: correlation, joint draws, single values, two workloads."""
    path = tmp_path_factory.mktemp("mix") / "rows.csv"
    path.write_text("cache_hit_share,thinking_ratio\n0.2,0\n0.5,1\n0.7,2\n0.9,4\n")
    return build(
        {
            "gpu_list_price": {"p5": 1.6, "p95": 3.2},
            "negotiated_discount": {"low": 0.0, "mode": 0.1, "high": 0.4},
            "output_token_gpu_time": {"p5": 200, "p95": 500},
            "input_token_gpu_time": {"p5": 10, "p95": 30},
            "cached_token_cost": 0.001,
            "output_price": {"values": [1.0, 2.0], "weights": [0.25, 0.75]},
            "input_price": {"p5": 0.2, "p95": 0.4},
            "visible_output_tokens": {"p5": 100, "p95": 900},
        },
        "contribution_margin",
        "net_revenue",
        "chat.net_revenue",
        workloads={
            "chat": {"share": 3, "inputs": {"input_output_ratio": {"p5": 2, "p95": 6}}},
            "agent": {"share": 1, "inputs": {"input_output_ratio": {"p5": 60, "p95": 90}}},
        },
        correlation=[
            {"between": ["gpu_list_price", "negotiated_discount"], "rank": 0.5},
            {"between": ["output_token_gpu_time", "input_token_gpu_time"], "rank": 1.0},
        ],
        joint=[{"file": str(path), "inputs": ["cache_hit_share", "thinking_ratio"]}],
        ask=[{"statement": "contribution_margin > 0.5"}],
    )
