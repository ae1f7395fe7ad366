"""Workloads share a fleet, and rows of a file stay together."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.result import Draws
from margincarlo.simulation import simulate


def test_the_margin_of_a_fleet_is_of_sums_not_a_mean_of_margins(build):
    scenario = build(
        {
            "input_token_cost": 0.1,
            "output_token_cost": {"p5": 0.5, "p95": 1.5},
            "cached_token_cost": 0.01,
            "input_price": 0.5,
            "output_price": 2.0,
            "visible_output_tokens": {"p5": 200, "p95": 600},
        },
        "contribution_margin",
        "chat.contribution_margin",
        "agent.contribution_margin",
        "chat.net_revenue",
        "agent.net_revenue",
        "chat.compute_cost",
        "agent.compute_cost",
        workloads={
            "chat": {"share": 3, "inputs": {"input_output_ratio": {"p5": 2, "p95": 6}}},
            "agent": {
                "share": 1,
                "inputs": {"input_output_ratio": {"p5": 60, "p95": 90}, "cache_hit_share": 0.8},
            },
        },
    )
    found = simulate(scenario, draws=1000)
    assert isinstance(found.sample, Draws)
    get = found.sample.flat
    cost = 0.75 * get("chat.compute_cost") + 0.25 * get("agent.compute_cost")
    revenue = 0.75 * get("chat.net_revenue") + 0.25 * get("agent.net_revenue")
    np.testing.assert_allclose(get("contribution_margin"), 1 - cost / revenue, rtol=1e-12)
    chat = 1 - get("chat.compute_cost") / get("chat.net_revenue")
    np.testing.assert_allclose(get("chat.contribution_margin"), chat, rtol=1e-12)
    plain = 0.75 * chat + 0.25 * get("agent.contribution_margin")
    assert abs(get("contribution_margin") - plain).min() > 1e-3


def test_workloads_draw_their_own_inputs_and_share_the_others(mix):
    found = simulate(mix, draws=4096, keep="all")
    chat, agent = found["chat.input_output_ratio"], found["agent.input_output_ratio"]
    assert abs(np.corrcoef(chat, agent)[0, 1]) < 0.05
    np.testing.assert_allclose(found["chat.input_tokens"], found["output_tokens"] * chat)
    np.testing.assert_allclose(found["agent.input_tokens"], found["output_tokens"] * agent)
    assert "agent.output_tokens" not in found.sample.names


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_rows_of_a_file_are_drawn_whole(mix, sampler):
    found = simulate(mix, draws=4096, sampler=sampler, keep="all")
    rows, counts = np.unique(
        np.column_stack([found["cache_hit_share"], found["thinking_ratio"]]),
        axis=0,
        return_counts=True,
    )
    assert rows.tolist() == [[0.2, 0], [0.5, 1], [0.7, 2], [0.9, 4]]
    np.testing.assert_allclose(counts / counts.sum(), 0.25, atol=0.04)


def test_columns_named_in_two_tables_of_one_file_share_their_rows(build, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("prefill_mfu,decode_mbu,utilization\n0.2,0.9,0.1\n0.3,0.8,0.2\n0.4,0.7,0.3\n")
    scenario = build(
        {},
        "prefill_mfu",
        "decode_mbu",
        "utilization",
        joint=[
            {"file": str(path), "inputs": ["prefill_mfu", "utilization"], "units": {}},
            {"file": str(path), "inputs": ["decode_mbu"]},
        ],
    )
    found = simulate(scenario, draws=1000)
    np.testing.assert_allclose(found["prefill_mfu"] + found["decode_mbu"], 1.1)
    np.testing.assert_allclose(found["prefill_mfu"] - found["utilization"], 0.1)


def test_columns_have_the_units_that_the_scenario_names(build, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("output_price,utilization\n0.000002,20\n0.000004,40\n")
    scenario = build(
        {},
        "output_price",
        "utilization",
        joint=[
            {
                "file": str(path),
                "inputs": ["output_price", "utilization"],
                "units": {"output_price": "USD/token", "utilization": "%"},
            }
        ],
    )
    found = simulate(scenario, draws=1000)
    np.testing.assert_allclose(np.unique(found["output_price"]), [2, 4])
    np.testing.assert_allclose(np.unique(found["utilization"]), [0.2, 0.4])
    assert scenario.inputs["output_price"].joint == str(path)


def test_numbers_come_in_any_unit_and_leave_in_one(build):
    per_hour = build({"gpu_hour_cost": {"p5": 2, "p95": 4, "unit": "USD/h"}}, "gpu_hour_cost")
    per_day = build({"gpu_hour_cost": {"p5": 48, "p95": 96, "unit": "USD/day"}}, "gpu_hour_cost")
    one, other = (simulate(each, draws=256)["gpu_hour_cost"] for each in (per_hour, per_day))
    np.testing.assert_allclose(one, other, rtol=1e-9)
    assert np.median(one) == pytest.approx(8**0.5, rel=0.02)
