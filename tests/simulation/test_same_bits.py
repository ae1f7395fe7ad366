"""The seed alone decides the draws: not the workers, the blocks, or what else is in the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from margincarlo.errors import ScenarioError
from margincarlo.result import Draws, Simulation, Streamed
from margincarlo.sampling import plans
from margincarlo.simulation import simulate

Floats = npt.NDArray[np.float64]
WAYS = [(1, 1), (1, 10**6), (2, 1000), (5, 16_384), (5, 1)]


@pytest.fixture
def small_cells(monkeypatch):
    """Many cells in a replicate of few draws, so that blocks can differ."""
    monkeypatch.setattr(plans, "CELL", 64)


@pytest.mark.usefixtures("small_cells")
@pytest.mark.parametrize("sampler", ["sobol", "random"])
@pytest.mark.parametrize("keep", ["all", "none"])
@pytest.mark.parametrize(("workers", "block_size"), WAYS)
def test_workers_and_blocks_change_no_bit(mix, sampler, keep, workers, block_size):
    def run(workers: int, block_size: int | None) -> Simulation:
        return simulate(
            mix, draws=5000, sampler=sampler, keep=keep, workers=workers, block_size=block_size
        )

    one, other = run(1, None), run(workers, block_size)
    assert one.plan == other.plan
    assert one.plan.cells > 4
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())
    if isinstance(one.sample, Draws):
        assert isinstance(other.sample, Draws)
        for name, values in one.sample.values.items():
            assert np.array_equal(values, other.sample.values[name])
    else:
        assert isinstance(one.sample, Streamed)
        assert isinstance(other.sample, Streamed)
        for name, tally in one.sample.tallies.items():
            assert np.array_equal(tally.sums, other.sample.tallies[name].sums)
            assert np.array_equal(tally.counts, other.sample.tallies[name].counts)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["sobol", "random"])
@pytest.mark.parametrize("keep", ["outputs", "none"])
def test_workers_and_blocks_change_no_bit_of_a_million_draws(mix, sampler, keep):
    found = {
        json.dumps(
            simulate(
                mix, draws=10**6, sampler=sampler, keep=keep, workers=workers, block_size=size
            ).to_dict()
        )
        for workers, size in [(1, None), *WAYS[1:4]]
    }
    assert len(found) == 1


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_other_inputs_leave_the_draws_of_one_alone(build, sampler):
    tokens = {"visible_output_tokens": {"p5": 100, "p95": 900}}
    ratio = {"input_output_ratio": {"p5": 3, "p95": 30}}
    thinking = {"thinking_ratio": {"p5": 0.1, "p95": 3}}
    unrelated = {"gpu_list_price": {"p5": 2, "p95": 3}, "utilization": {"p5": 0.3, "p95": 0.6}}

    def draws(inputs: dict[str, Any], *outputs: str, **tables: Any) -> Mapping[str, Floats]:
        found = simulate(build(inputs, *outputs, **tables), draws=2000, sampler=sampler, keep="all")
        assert isinstance(found.sample, Draws)
        return found.sample.values

    alone = draws(tokens | ratio, "input_tokens")
    for other in (
        draws(ratio | tokens, "input_tokens"),
        draws(thinking | tokens | ratio, "input_tokens"),
        draws(unrelated | tokens | ratio, "gpu_hour_cost", "input_tokens", "utilization"),
        draws(
            unrelated | tokens | ratio,
            "input_tokens",
            "gpu_hour_cost",
            "utilization",
            correlation=[{"between": ["gpu_list_price", "utilization"], "rank": 0.9}],
        ),
    ):
        assert np.array_equal(alone["visible_output_tokens"], other["visible_output_tokens"])
        assert np.array_equal(alone["input_output_ratio"], other["input_output_ratio"])
    assert np.array_equal(
        alone["visible_output_tokens"], draws(tokens, "output_tokens")["visible_output_tokens"]
    )


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_each_seed_has_draws_of_its_own(mix, sampler):
    zero, one, again = (
        simulate(mix, draws=1000, seed=seed, sampler=sampler)["gpu_list_price"]
        for seed in (0, 1, 0)
    )
    assert np.array_equal(zero, again)
    assert not np.isin(one, zero).any()


def test_seed_and_draws_default_to_those_of_the_scenario(build):
    scenario = build(
        {"utilization": {"p5": 0.3, "p95": 0.6}},
        "utilization",
        run={"draws": 500, "seed": 7, "sampler": "random"},
    )
    found = simulate(scenario)
    assert (found.plan.draws, found.seed, found.plan.sampler) == (512, 7, "random")
    assert np.array_equal(found["utilization"], simulate(scenario, seed=7)["utilization"])


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_more_draws_are_not_the_few_of_an_earlier_run(mix, sampler):
    few = simulate(mix, draws=10, sampler=sampler)
    many = simulate(mix, draws=1000, sampler=sampler)
    assert few["net_revenue"].size < 100
    assert many["net_revenue"].size >= 1000
    assert np.unique(many["net_revenue"]).size > 900


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"workers": 0}, "workers must be a whole number of at least 1, not 0"),
        ({"workers": 1.5}, "workers must be a whole number of at least 1, not 1.5"),
        ({"block_size": 0}, "block_size must be a whole number of at least 1, not 0"),
        ({"draws": 0}, "draws must be a whole number of at least 1, not 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0, not -1"),
        ({"sampler": "sobel"}, "sampler must be .*; did you mean 'sobol'"),
        ({"until": "net_revenue > 0"}, "cannot read 'net_revenue > 0'.* within 0.002"),
        ({"until": "utilization > 0 within 0.01"}, "'utilization' is not in this scenario's tree"),
    ],
)
def test_an_argument_that_makes_no_sense_says_what_does(mix, option, message):
    with pytest.raises(ScenarioError, match=message):
        simulate(mix, **option)


def test_progress_ends_at_one(mix):
    seen: list[float] = []
    simulate(mix, draws=5000, workers=3, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
