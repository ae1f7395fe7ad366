"""Every shipped profile can be read, names its sources, and follows from what they publish."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import pytest

from margincarlo.equations.utilization import utilization
from margincarlo.errors import ScenarioError
from margincarlo.evidence import KINDS
from margincarlo.profiles import (
    Profile,
    channels,
    find_load_shape,
    find_workload,
    load_shapes,
    workloads,
)
from margincarlo.scenario import load
from margincarlo.scenario.inputs import read_input
from margincarlo.scenario.layers import COVERED

PROFILES = [*workloads().values(), *load_shapes().values()]
SERVEGEN_HOUR = {"m-large": 1.8624, "m-mid": 1.8285, "m-small": 2.0627}
SERVEGEN_USUAL_DAY = {"m-large": 1.4758, "m-mid": 1.3531, "m-small": 1.5409}
SERVEGEN_TEN_MINUTES = {"m-large": 2.9768, "m-mid": 1.9244, "m-small": 3.3034}
NODES, PEAK_NODES, PEAK_LOAD = 226.75, 278, 1.3276


def ends(profile: Profile, name: str) -> tuple[float, float]:
    """Return the 5 % and 95 % point that a profile states."""
    table = profile.inputs[name]
    return table["p5"], table["p95"]


def elasticity(peak_load: float) -> float:
    """Solve the equation of paid capacity for the share of idle capacity that is lent."""
    return 1 - (peak_load * NODES / PEAK_NODES - 1) / (peak_load - 1)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda each: each.name)
def test_every_input_reads_without_a_note_and_names_its_source(profile: Profile) -> None:
    for name, table in profile.inputs.items():
        given = read_input(name, dict(table))
        assert given.notes == ()
        assert given.evidence.source
        assert given.evidence.as_of
        assert given.evidence.kind in set(KINDS) - {""}
        assert given.evidence.source.startswith("judgement") == (table["kind"] == "judgement")
        if "p95" in table:
            assert given.belief.quantile(0.05) == pytest.approx(table["p5"])
            assert given.belief.quantile(0.95) == pytest.approx(table["p95"])


def test_every_profile_gives_what_it_is_there_for() -> None:
    for profile in PROFILES:
        assert profile.inputs.keys() <= COVERED[profile.kind]
    traffic = {"input_output_ratio", "output_tokens", "cache_hit_share"}
    assert all(traffic <= each.inputs.keys() for each in workloads().values())
    swings = COVERED["load_shape"] - {"utilization", "pool_load", "staffing_factor"}
    assert all(each.inputs.keys() == swings for each in load_shapes().values())


def test_a_name_is_of_one_kind_only() -> None:
    names = [*workloads(), *load_shapes(), *channels()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("find", [find_workload, find_load_shape])
def test_an_unknown_name_suggests_the_nearest_and_lists_all(find: Any) -> None:
    known: Mapping[str, Profile] = workloads() if find is find_workload else load_shapes()
    for name, profile in known.items():
        assert find(name) is profile
    near = next(iter(known))
    with pytest.raises(ScenarioError) as caught:
        find(near + "x")
    assert f"is called '{near}x'; did you mean '{near}'?" in str(caught.value)
    assert all(name in str(caught.value) for name in known)


def test_deepseeks_day_is_as_disclosed() -> None:
    inputs = find_workload("deepseek_day6").inputs
    assert inputs["input_output_ratio"]["value"] == pytest.approx(608 / 168, abs=5e-5)
    assert inputs["cache_hit_share"]["value"] == 342 / 608
    assert inputs["context_length"]["value"] == 4989
    low, high = ends(find_workload("deepseek_day6"), "output_tokens")
    # What requests that are all alike would write; those of a mix write less on average.
    assert low < 4989 / (608 / 168 + 0.5) < high


@pytest.mark.parametrize(
    ("workload", "name", "means"),
    [
        ("chat", "input_output_ratio", (608 / 168, 5.4692, 5.895, 6.043, 8.0364)),
        ("coding_agent", "output_tokens", (415.5463, 690.4759, 825.5, 1299.0)),
        ("long_context_chat", "input_output_ratio", (35.1267,)),
        ("long_context_chat", "output_tokens", (342.6189,)),
        ("code_completion", "input_output_ratio", (73.4456,)),
        ("code_completion", "output_tokens", (27.8825,)),
    ],
)
def test_a_range_is_that_of_the_sources_and_somewhat_wider(workload, name, means) -> None:
    wider = 1.5 if len(means) > 1 else 2
    low, high = ends(find_workload(workload), name)
    assert low == pytest.approx(min(means) / wider, rel=0.02)
    assert high == pytest.approx(max(means) * wider, rel=0.02)


def test_ranges_whose_ends_are_something_else() -> None:
    assert ends(find_workload("chat"), "output_tokens") == pytest.approx(
        (155.0925 / 2, 211.1259 * 3), rel=0.04
    )
    assert ends(find_workload("chat"), "cache_hit_share")[0] == pytest.approx(
        0.3736 / 1.5, rel=0.02
    )
    ratio = ends(find_workload("coding_agent"), "input_output_ratio")
    assert ratio == pytest.approx((4408.848 / 63.144, 293.808 * 1.5), rel=0.01)
    assert ends(find_workload("reasoning"), "input_output_ratio") == pytest.approx(
        (0.8303 / 2, 608 / 168), rel=0.02
    )
    assert ends(find_workload("reasoning"), "output_tokens") == pytest.approx(
        (1527.4195 / 2, 3748.4), rel=0.01
    )


def test_deepseeks_elasticity_follows_from_its_nodes_and_its_load() -> None:
    inputs = find_load_shape("deepseek").inputs
    derived = elasticity(PEAK_LOAD)
    assert derived == pytest.approx(0.75, abs=0.005)
    table = inputs["load_elasticity"]
    assert read_input("load_elasticity", dict(table)).belief.quantile(0.5) == pytest.approx(
        derived, abs=0.01
    )
    off = elasticity(PEAK_LOAD * 1.05), elasticity(PEAK_LOAD * 0.95)
    assert off == pytest.approx((0.65, 0.89), abs=0.005)
    assert table["p5"] < off[0] < off[1] < table["p95"]
    # The equation gives back the nodes that were occupied on average over those at the peak.
    share = utilization(
        batch_fill=1,
        serving_uptime=1,
        peak_to_mean_load=PEAK_LOAD,
        peak_headroom=0,
        load_elasticity=derived,
    )
    assert 1 / (share * PEAK_LOAD) == pytest.approx(NODES / PEAK_NODES)


def test_peaks_are_those_published_and_the_busiest_day_is_above_the_usual_one() -> None:
    factors = [SERVEGEN_HOUR[name] / SERVEGEN_USUAL_DAY[name] for name in SERVEGEN_HOUR]
    assert (min(factors), max(factors)) == pytest.approx((1.26, 1.35), abs=0.005)
    deepseek = ends(find_load_shape("deepseek"), "peak_to_mean_load")
    assert deepseek == pytest.approx((PEAK_LOAD, PEAK_LOAD * max(factors)), rel=0.01)
    cloud = ends(find_load_shape("cloud_api"), "peak_to_mean_load")
    peaks = min(SERVEGEN_HOUR.values()), max(SERVEGEN_TEN_MINUTES.values())
    assert cloud == pytest.approx(peaks, rel=0.02)
    reasoning = ends(find_load_shape("reasoning_api"), "peak_to_mean_load")
    assert reasoning == pytest.approx((cloud[0], 2.6551 * max(factors)), rel=0.01)
    campus = ends(find_load_shape("campus"), "peak_to_mean_load")
    assert campus == pytest.approx((1.8389, 1.8389 * 6.38), rel=0.01)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("deepseek", 0.55, 0.85), ("cloud_api", 0.2, 0.6), ("campus", 0.03, 0.4)],
)
def test_utilization_lies_where_fleets_of_that_kind_report_it(name, low, high) -> None:
    from margincarlo.simulation import simulate

    source = {"schema": 1, "title": "t", "outputs": ["utilization"], "load_shape": name}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (found,) = simulate(load(source), draws=8192).summaries()
    assert low < found.low.value < found.high.value < high
