"""Names that people write."""

from __future__ import annotations

import pytest

from margincarlo.errors import ScenarioError
from margincarlo.registry import accelerators, find_accelerator, find_model, models


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("deepseek/deepseek-v3.2", "deepseek/deepseek-v3.2"),
        ("deepseek-v3.2", "deepseek/deepseek-v3.2"),
        ("DeepSeek-V3.2", "deepseek/deepseek-v3.2"),
        ("DeepSeek-V3", "deepseek/deepseek-chat-v3-0324"),
        ("deepseek-ai/DeepSeek-R1", "deepseek/deepseek-r1"),
        (" gpt-oss-120b ", "openai/gpt-oss-120b"),
        ("120b", "openai/gpt-oss-120b"),
        ("glm-5", "z-ai/glm-5"),
        ("Llama-3.1-70B", "meta-llama/llama-3.1-70b-instruct"),
    ],
)
def test_a_model_answers_to_its_names(written, meant):
    assert find_model(written).id == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("h100", "h100"), ("H100", "h100"), ("H100-SXM-80GB", "h100"), ("wse-3", "cerebras-wse-3")],
)
def test_an_accelerator_answers_to_its_names(written, meant):
    assert find_accelerator(written).id == meant


def test_every_id_finds_itself():
    assert all(find_model(key) is row for key, row in models().items())
    assert all(find_accelerator(key) is row for key, row in accelerators().items())


@pytest.mark.parametrize(
    ("find", "written", "near"),
    [(find_model, "deepseek-v32", "deepseek-v3.2"), (find_accelerator, "h1000", "h100")],
)
def test_an_unknown_name_suggests_the_nearest(find, written, near):
    where = f"`margincarlo {find.__name__.removeprefix('find_')}s` lists them"
    with pytest.raises(ScenarioError, match=f"did you mean '{near}'.*{where}"):
        find(written)


@pytest.mark.parametrize("written", ["", "/", "warp drive"])
def test_a_name_like_no_other_says_where_names_are_listed(written):
    with pytest.raises(ScenarioError, match=r"no model is called.*`margincarlo models` lists them"):
        find_model(written)


def test_an_ambiguous_ending_lists_the_candidates():
    with pytest.raises(ScenarioError, match=r"'qwen/qwen3-30b-a3b' or 'qwen/qwen3\.5-35b-a3b'"):
        find_model("a3b")


def test_many_candidates_are_cut_short():
    with pytest.raises(ScenarioError, match=r"\(or one of \d+ more\)"):
        find_model("instruct")


def test_a_beginning_is_not_enough():
    with pytest.raises(ScenarioError, match="write 'a100-40gb' or 'a100-80gb'"):
        find_accelerator("a100")
