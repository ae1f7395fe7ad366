"""Predictions: levels known and new, and a hostile analyst's table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from margincarlo.measurements import Measurement
from margincarlo.measurements.judge import judge
from margincarlo.measurements.physics import check_physics
from margincarlo.registry import accelerators, models
from margincarlo.throughput.data import Data, data_of, group_of
from margincarlo.throughput.design import Configuration, configuration_of, covariates
from margincarlo.throughput.folds import interval
from margincarlo.throughput.laplace import fit
from margincarlo.throughput.predict import log_efficiencies
from margincarlo.throughput.stored import Learned
from margincarlo.throughput.unseen import (
    KNOWN,
    NEW_ACCELERATOR,
    NEW_BOTH,
    NEW_MODEL,
    already_learned,
    ignorance,
    predict,
    width_factors,
)

# Realistic of each configuration at about this time; none is in the shipped table.
# Model, accelerator, precision, layout, requests, milliseconds, what was never measured.
PLAUSIBLE = (
    ("Qwen3-235B-A22B", "B300 SXM", "fp8", "TP4/EP4", 32, 16, NEW_BOTH),
    ("Qwen3-235B-A22B", "B300", "fp8", "TP8", 16, 11, NEW_BOTH),
    ("MiniMax-M2.5", "H200 SXM", "fp8", "TP4/EP4", 64, 24, NEW_MODEL),
    ("MiniMax-M2.5", "H200-SXM", "fp8", "TP8/EP8", 32, 18, NEW_MODEL),
    ("Kimi-K2.5", "B200", "int4", "TP8", 16, 15, NEW_MODEL),
    ("Kimi-K2.5", "B200 SXM", "int4", "TP8", 64, 28, NEW_MODEL),
    ("GLM-5", "B200 SXM", "fp8", "TP8", 16, 20, NEW_MODEL),
    ("GLM-5", "MI355X", "fp8", "TP8", 32, 32, NEW_MODEL),
    ("DeepSeek-R1", "B300", "fp8", "TP8", 8, 11, NEW_ACCELERATOR),
    ("DeepSeek-R1", "B200", "fp4", "TP8", 16, 11, KNOWN),
    ("Llama-3.3-70B", "A100-80GB", "bf16", "TP4", 8, 30, NEW_ACCELERATOR),
    ("Llama-3.1-405B", "H200 SXM", "fp8", "TP8", 16, 24, NEW_MODEL),
    ("Qwen3-32B", "H100 SXM", "fp8", "TP1", 16, 22, NEW_MODEL),
)


def plausible() -> list[Measurement]:
    rows = []
    for model, part, precision, layout, requests, time, _ in PLAUSIBLE:
        cells = {
            "model": model,
            "hardware": part,
            "precision_weights": precision,
            "parallelism": layout,
            "concurrency_or_batch": str(requests),
            "tpot_ms": str(time),
            "input_len": "1024",
            "output_len": "1024",
            "engine": "sglang",
            "date": "2026-05-01",
        }
        row = judge(cells, f"{model} on {part} of {requests}")
        check_physics(row)
        rows.append(row)
    return rows


def test_a_hostile_analyst_gets_sane_predictions(data: Data, learned: Learned) -> None:
    rows = plausible()
    parts = predict(learned, data, data_of(rows), seed=0)
    ratio = {
        row.row: float(np.exp(error))
        for part in parts
        for row, error in zip(part.data.rows, part.data.log_time - part.median, strict=True)
    }
    assert len(ratio) == len(PLAUSIBLE)
    assert all(0.3 < each < 3 for each in ratio.values()), ratio
    assert np.exp(np.median(np.abs(np.log(list(ratio.values()))))) < 1.5
    for part in parts:
        assert (part.half90 > part.half50).all()
        assert (part.half50 > 0.02).all()
        assert all(np.isfinite(each).all() for each in part.baselines.values())


def test_what_was_never_measured_is_told(learned: Learned) -> None:
    for row, (*_, expected) in zip(plausible(), PLAUSIBLE, strict=True):
        assert ignorance(learned.posterior, row.model, row.accelerator) == expected


def test_ignorance_of_both_has_the_wider_of_two_widths(learned: Learned) -> None:
    found = width_factors(learned)
    for kind in ("dense", "mixture"):
        both = found[NEW_BOTH, kind]
        assert both.half90 == max(
            found[NEW_MODEL, kind].half90, found[NEW_ACCELERATOR, kind].half90
        )
        assert found[KNOWN, kind].half50 == learned.widths["source", kind].half50


def test_rows_already_learned_are_counted(data: Data) -> None:
    assert already_learned(data.rows, data.rows[:7]) == 7
    slower = [replace(data.rows[0], time_per_output_token=1.0), *plausible()]
    assert already_learned(data.rows, slower) == 0


def test_everything_in_the_registry_can_be_predicted(learned: Learned) -> None:
    rows = [
        Configuration(model, part, "vllm", "fp8", expert_parallel=True)
        for model in models()
        for part in ("h100", "tpu-v7", "mi300x")
    ]
    rows += [
        Configuration("deepseek/deepseek-r1", part, "new engine", "bf16", expert_parallel=False)
        for part in accelerators()
    ]
    found = log_efficiencies(learned.posterior, rows, seed=0)
    assert all(np.isfinite(each).all() for each in found.values())
    assert {group_of(row) for row in rows} > {"google mixture", "amd dense"}


def test_rows_of_one_new_level_share_its_draws(data: Data, learned: Learned) -> None:
    known = configuration_of(data.rows[0])
    one, two = (replace(known, accelerator=part) for part in ("b300", "h100-pcie"))
    found = log_efficiencies(learned.posterior, [one, one, two], seed=0)["decode_mbu"]
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])
    alone = log_efficiencies(learned.posterior, [one], seed=0)["decode_mbu"]
    np.testing.assert_array_equal(found[:1], alone)
    other = log_efficiencies(learned.posterior, [one], seed=1)["decode_mbu"]
    assert not np.array_equal(alone, other)
    # A part never measured is less known than one that was.
    assert alone.std() > log_efficiencies(learned.posterior, [known], seed=0)["decode_mbu"].std()


@pytest.mark.parametrize(
    ("date", "years"),
    [("", 0.7), ("2024-12-01", 0.0), ("2025-01-20", 0.0), ("2026-01-20", 1.0), ("2030-01-01", 1.5)],
)
def test_software_matures_for_a_while(date: str, years: float) -> None:
    row = Configuration("deepseek/deepseek-r1", "h200", "sglang", "fp8", False, date)
    assert covariates([row])["age"][0] + 0.7 == pytest.approx(years, abs=0.002)


@pytest.mark.parametrize(
    ("model", "precision", "width", "kind"),
    [
        ("deepseek/deepseek-r1", "fp8", "wide", "mixture"),
        ("deepseek/deepseek-r1", "fp4", "narrow", "mixture"),
        ("openai/gpt-oss-120b", "native", "narrow", "mixture"),
        ("moonshotai/kimi-k2-thinking", "native", "narrow", "mixture"),
        ("meta-llama/llama-3.3-70b-instruct", "bf16", "wide", "dense nvidia"),
    ],
)
def test_properties_of_configurations(model: str, precision: str, width: str, kind: str) -> None:
    row = Configuration(model, "h200", "vllm", precision, expert_parallel=True)
    assert (row.width, row.kind, row.spread) == (width, kind, "expert parallel")


def test_many_rows_of_one_cell_weigh_as_their_root(data: Data) -> None:
    cell = [
        weight
        for row, weight in zip(data.rows, data.weight, strict=True)
        if (row.model, row.accelerator, row.disaggregated)
        == ("deepseek/deepseek-r1", "b200", False)
    ]
    assert len(cell) > 20
    np.testing.assert_allclose(cell, np.sqrt(20 / len(cell)))
    assert data.weight.max() == 1


def test_one_row_is_enough_to_fit(data: Data) -> None:
    one = data.take(np.arange(len(data.rows)) == 0)
    posterior = fit(one, one.weight, draws=200, seed=0)
    median, half50, half90 = interval(posterior, data, seed=0)
    assert np.isfinite(median).all()
    assert (half90 > half50).all()
