"""A scenario names profiles; what is said later, and what is said in more detail, goes first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from margincarlo.errors import ScenarioError, UnusedInputWarning
from margincarlo.profiles import find_load_shape, find_workload
from margincarlo.scenario import Scenario, load

TRAFFIC = {"schema": 1, "title": "t", "outputs": ["input_tokens", "prefill_context"]}
LOAD = {"schema": 1, "title": "t", "outputs": ["utilization"]}
SPREAD = {"p5": 0.2, "p95": 0.6}


def origins(scenario: Scenario) -> dict[str, str]:
    """Return who gave each input: a profile by its name."""
    return {name: each.profile or each.origin for name, each in scenario.inputs.items()}


def write(folder: Path, name: str, text: str) -> Path:
    """Write a scenario file."""
    path = folder / name
    path.write_text(f'schema = 1\ntitle = "t"\n{text}')
    return path


def test_a_workload_gives_its_inputs_with_their_evidence():
    scenario = load({**TRAFFIC, "workload": "chat"})
    assert set(origins(scenario).values()) == {"chat"}
    assert (scenario.workload, scenario.load_shape, scenario.channel) == ("chat", "", "")
    for name, given in scenario.inputs.items():
        table = find_workload("chat").inputs[name]
        assert given.belief.quantile(0.95) == pytest.approx(table["p95"])
        assert given.evidence.source == table["source"]
        assert (given.origin, given.nature) == ("profile", table["nature"])


def test_utilization_follows_from_a_load_shape():
    scenario = load({**LOAD, "load_shape": "deepseek"})
    assert scenario.tree["utilization"].kind == "derived"
    assert scenario.inputs.keys() == find_load_shape("deepseek").inputs.keys()
    assert scenario.load_shape == "deepseek"


def test_an_input_goes_before_its_profile_and_joint_draws_between():
    source = {**TRAFFIC, "workload": "chat"}
    found = load({**source, "inputs": {"cache_hit_share": 0.5}})
    assert origins(found)["cache_hit_share"] == "scenario"
    assert origins(found)["output_tokens"] == "chat"


def test_joint_draws_go_before_a_profile(tmp_path):
    (tmp_path / "rows.csv").write_text("cache_hit_share\n0.1\n0.2\n")
    path = write(
        tmp_path,
        "a.toml",
        'outputs = ["prefill_context"]\nworkload = "chat"\n'
        '[[joint]]\nfile = "rows.csv"\ninputs = ["cache_hit_share"]\n',
    )
    assert load(path).inputs["cache_hit_share"].joint == "rows.csv"


@pytest.mark.parametrize(
    ("profile", "whole", "part"),
    [
        ({"workload": "chat"}, "output_tokens", "visible_output_tokens"),
        ({"load_shape": "campus"}, "peak_headroom", "pool_load"),
    ],
)
def test_who_states_a_part_means_to_derive_the_whole(profile, whole, part):
    source = {**TRAFFIC, **profile, "outputs": [whole], "inputs": {part: 100}}
    assert load(source).tree[whole].kind == "derived"


def test_what_a_profile_gives_and_nothing_needs_is_no_ones_mistake():
    scenario = load({**LOAD, "inputs": {"utilization": 0.5}, "workload": "chat"})
    assert scenario.unused == ()
    assert scenario.workload == ""
    with pytest.warns(UnusedInputWarning, match="nothing depends on cache_hit_share"):
        load({**LOAD, "inputs": {"utilization": 0.5, "cache_hit_share": 0.5}, "workload": "chat"})


def test_a_workload_of_a_mix_has_a_profile_of_its_own():
    agents = {
        "share": 1,
        "workload": "coding_agent",
        "inputs": {"visible_output_tokens": 300},
    }
    workloads: dict[str, Any] = {"talk": {"share": 3, "workload": "chat"}, "agents": agents}
    scenario = load({**TRAFFIC, "workloads": workloads, "outputs": ["total_tokens"]})
    assert origins(scenario) == {
        "talk.output_tokens": "chat",
        "talk.input_output_ratio": "chat",
        "agents.visible_output_tokens": "scenario",
        "thinking_ratio": "default",
        "agents.input_output_ratio": "coding_agent",
    }


def test_a_profile_of_the_mix_gives_way_to_the_parts_of_a_workload():
    workloads = {"talk": {"share": 1, "inputs": {"visible_output_tokens": 100}}}
    scenario = load(
        {**TRAFFIC, "workload": "chat", "workloads": workloads, "outputs": ["total_tokens"]}
    )
    assert "output_tokens" not in scenario.inputs
    assert origins(scenario)["talk.visible_output_tokens"] == "scenario"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """File that states what profiles cover, with correlations."""
    write(
        tmp_path,
        "base.toml",
        """outputs = ["utilization", "prefill_context"]
[inputs]
utilization = { p5 = 0.2, p95 = 0.6 }
input_output_ratio = { p5 = 2, p95 = 9 }
visible_output_tokens = { p5 = 100, p95 = 900 }
cache_hit_share = { p5 = 0.2, p95 = 0.6 }
[[correlation]]
between = ["utilization", "cache_hit_share"]
rank = 0.5
[[correlation]]
between = ["visible_output_tokens", "input_output_ratio"]
rank = -0.4
[[correlation]]
between = ["cache_hit_share", "input_output_ratio"]
rank = 0.3
""",
    )
    return tmp_path


def test_a_profile_replaces_what_the_extended_file_says_of_its_subject(base):
    path = write(
        base, "own.toml", 'extends = "base.toml"\nworkload = "chat"\nload_shape = "campus"'
    )
    scenario = load(path)
    assert scenario.unused == ()
    assert set(origins(scenario).values()) == {"chat", "campus"}
    # A correlation that has lost an input is left out; one that a profile still feeds stays.
    (kept,) = scenario.copula.correlations
    assert (kept.first, kept.second) == ("cache_hit_share", "input_output_ratio")
    again = load(write(base, "more.toml", 'extends = "own.toml"'))
    assert again.inputs == scenario.inputs
    assert again.copula.correlations == scenario.copula.correlations


def test_a_profile_of_known_numbers_needs_no_correlation_dropped(base):
    path = write(base, "own.toml", 'extends = "base.toml"\nworkload = "deepseek_day6"')
    assert load(path).copula.correlations == ()
    text = '[[correlation]]\nbetween = ["cache_hit_share", "output_tokens"]\nrank = 0.1'
    own = write(base, "own.toml", f'extends = "base.toml"\nworkload = "deepseek_day6"\n{text}')
    with pytest.raises(ScenarioError, match="cache_hit_share is one number"):
        load(own)


def test_who_writes_correlations_anew_is_told_of_what_gave_way(base):
    text = '[[correlation]]\nbetween = ["utilization", "cache_hit_share"]\nrank = 0.1'
    path = write(base, "own.toml", f'extends = "base.toml"\nload_shape = "campus"\n{text}')
    with pytest.raises(ScenarioError, match="'utilization' is no input of this scenario"):
        load(path)


def test_an_input_after_a_profile_goes_first(base):
    write(base, "shape.toml", 'extends = "base.toml"\nworkload = "chat"\nload_shape = "campus"')
    text = "[inputs]\nutilization = 0.4\ncache_hit_share = 0.1\nvisible_output_tokens = 50"
    found = load(write(base, "own.toml", f'extends = "shape.toml"\n{text}'))
    assert origins(found) == {
        "utilization": "scenario",
        "cache_hit_share": "scenario",
        "visible_output_tokens": "scenario",
        "thinking_ratio": "default",
        "input_output_ratio": "chat",
    }
    assert (found.workload, found.load_shape) == ("chat", "")


def test_overrides_come_last(base):
    path = base / "base.toml"
    found = load(path, overrides={"workload": "chat", "inputs.cache_hit_share": SPREAD})
    assert origins(found)["output_tokens"] == origins(found)["input_output_ratio"] == "chat"
    assert origins(found)["cache_hit_share"] == "scenario"
    assert load(path, overrides={"load_shape": "campus"}).load_shape == "campus"
    shape = write(base, "shape.toml", 'extends = "base.toml"\nload_shape = "campus"')
    assert load(shape, overrides={"inputs.utilization": 0.5}).load_shape == ""
    with pytest.raises(ScenarioError, match="would make the shape mean nothing"):
        load(path, overrides={"load_shape": "campus", "inputs.utilization": 0.5})


def test_an_override_names_the_profile_of_a_workload_of_a_mix():
    inputs = {"output_tokens": 10, "input_output_ratio": 2, "cache_hit_share": SPREAD}
    workloads = {"talk": {"share": 1, "inputs": inputs}}
    source = {**TRAFFIC, "outputs": ["talk.prefill_context"], "workloads": workloads}
    overrides = {"workloads.talk.workload": "chat", "workloads.talk.inputs.output_tokens": 20}
    assert origins(load(source, overrides=overrides)) == {
        "talk.output_tokens": "scenario",
        "talk.input_output_ratio": "chat",
        "talk.cache_hit_share": "chat",
    }
    assert set(origins(load(source)).values()) == {"scenario"}


def test_a_channel_replaces_an_inherited_price_and_is_replaced_by_a_later_one(tmp_path):
    text = 'outputs = ["gpu_hour_cost"]\naccelerator = "h100"\n'
    write(tmp_path, "base.toml", f"{text}[inputs]\ngpu_list_price = 3\n")
    path = write(tmp_path, "own.toml", 'extends = "base.toml"\nchannel = "contract_3y"\n')
    assert origins(load(path))["gpu_list_price"] == "contract_3y"
    assert load(path).channel == "contract_3y"
    later = load(path, overrides={"inputs.gpu_list_price": 2})
    assert (later.channel, later.inputs["gpu_list_price"].base_value * 3600) == ("", 2)
