"""The scenarios on the calibration: what they state is in the snapshot, and what they say holds."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import margincarlo as mc
from margincarlo.prices.snapshot import read_snapshot

ROOT = Path(__file__).parents[2]
KIMI = "moonshotai/kimi-k2.5"
NAMES = ("calibrated_host", "kimi_implies_sonnet", "closed_flagship_from_market")
# Seconds of one processor, from a cold start.
LONGEST = 3.0

pytestmark = pytest.mark.filterwarnings("ignore::margincarlo.errors.FeasibilityWarning")


@pytest.fixture(scope="module")
def runs():
    loaded = {name: mc.load(ROOT / "scenarios" / f"{name}.toml") for name in NAMES}
    with pytest.warns(mc.FeasibilityWarning):
        return {name: mc.simulate(scenario) for name, scenario in loaded.items()}


def test_the_offers_are_those_of_the_snapshot():
    offers = [
        each for each in read_snapshot().offers if each.model == KIMI and not each.first_party
    ]
    with (ROOT / "scenarios" / "kimi_k2.5_offers.csv").open(encoding="utf-8") as file:
        rows = {row["provider"]: row for row in csv.DictReader(file)}
    assert set(rows) == {each.provider for each in offers}
    for each in offers:
        row = rows[each.provider]
        assert float(row["input_price"]) == each.input_price
        assert float(row["output_price"]) == each.output_price
        assert float(row["interactivity_target"]) == each.tokens_per_second
        if each.cache_read_price is not None:
            assert float(row["cache_read_price"]) == each.cache_read_price
        if each.cache_hit_share is not None:
            assert float(row["cache_hit_share"]) == each.cache_hit_share


@pytest.mark.parametrize(
    ("name", "model"),
    [("calibrated_host", KIMI), ("kimi_implies_sonnet", "anthropic/claude-sonnet-4.6")],
)
def test_the_traffic_is_that_of_the_snapshot(name, model, runs):
    (listed,) = (each for each in read_snapshot().models if each.model == model)
    assert listed.prompt_tokens
    assert listed.completion_tokens
    assert listed.requests
    inputs = runs[name].scenario.inputs
    for quantity, tokens in (
        ("input_tokens", listed.prompt_tokens),
        ("output_tokens", listed.completion_tokens),
    ):
        assert inputs[quantity].base_value == pytest.approx(tokens / listed.requests, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_every_assumption_is_shown_and_few_draws_are_impossible(name, runs):
    found = runs[name].by_rent
    assert list(found)[-2:] == ["mixture", "without_prices"]
    assert {run.feasibility.share < 0.1 for run in found.values()} == {True}


@pytest.mark.parametrize("name", NAMES)
def test_memory_is_checked_and_every_batch_fits(name, runs):
    simulation = runs[name]
    assert {"memory_occupancy", "capacity_batch"} <= simulation.scenario.checks.keys()
    found = simulation.feasibility
    # The size of a flagship is a belief, whose far tail no machine of a given size holds.
    assert found.reasons.get("HBM overflow", 0) <= 1e-4 * found.draws


def test_hosts_cover_marginal_cost_more_surely_than_loaded_cost(runs):
    for run in runs["calibrated_host"].by_rent.values():
        marginal, loaded = run.probabilities()
        assert marginal.value >= loaded.value
    rents = runs["calibrated_host"].by_rent
    loaded = {rent: run.probabilities()[1].value for rent, run in rents.items()}
    assert loaded["without_prices"] < loaded["two_sided"] < loaded["softplus"]


def test_prices_narrow_every_cost(runs):
    for run in runs.values():
        widths = {}
        for rent, each in run.by_rent.items():
            (cost,) = each.summaries("loaded_output_token_cost")
            widths[rent] = cost.high.value / cost.low.value
        assert max(widths, key=lambda rent: widths[rent]) == "without_prices"


def test_claims_come_out_as_their_verdicts_say(runs):
    for result in runs["kimi_implies_sonnet"].claims():
        if result.claim.verdict != "qualified":
            assert result.agrees == (result.claim.verdict == "reproduced"), result.claim.says


@pytest.mark.slow
def test_a_cold_run_takes_no_longer_than_people_wait():
    command = "from margincarlo.cli import main; main()"
    path = str(ROOT / "scenarios" / "calibrated_host.toml")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", command, "run", path], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "without prices" in done.stdout
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < LONGEST
