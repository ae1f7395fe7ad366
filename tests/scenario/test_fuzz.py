"""Whatever a file holds, reading it ends in a scenario or in one clear line."""

from __future__ import annotations

import copy
import tomllib
import warnings
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from margincarlo.errors import ScenarioError
from margincarlo.scenario import load

VALID: dict[str, Any] = {
    "schema": 1,
    "title": "Is it worth it?",
    "description": "A host that knows its throughput.",
    "precision": "fp8",
    "outputs": ["contribution_margin", "output_token_cost"],
    "derive": {"gpu_hour_cost": "rented"},
    "inputs": {
        "gpu_list_price": {"p5": 1.6, "p95": 3.2, "unit": "USD/GPU-hour", "source": "a list"},
        "negotiated_discount": {"low": 0.0, "mode": 0.1, "high": 0.4, "kind": "judgement"},
        "output_token_gpu_time": {"p10": 200, "p50": 316, "p90": 500, "as_of": date(2026, 5, 1)},
        "input_token_gpu_time": {"mean": 20, "sd": 4},
        "cached_token_cost": 0,
        "output_price": {"values": [1.0, 2.0], "weights": [0.25, 0.75]},
        "input_price": {
            "mixture": [
                {"weight": 0.5, "p5": 0.2, "p95": 0.4},
                {"weight": 0.5, "value": 0.5},
            ]
        },
        "visible_output_tokens": {"p5": 100, "p95": 900, "nature": "varies"},
    },
    "workloads": {
        "chat": {"share": 3, "inputs": {"input_output_ratio": {"p5": 2, "p95": 6}}},
        "agent": {"share": 1, "inputs": {"input_output_ratio": {"p5": 60, "p95": 90}}},
    },
    "correlation": [{"between": ["gpu_list_price", "negotiated_discount"], "rank": 0.5}],
    "ask": [{"statement": "contribution_margin > 50 %", "because": "that is the plan"}],
    "claim": [
        {
            "says": "it costs a dollar",
            "quantity": "output_token_cost",
            "claimed": 1.0,
            "unit": "USD/Mtok",
            "verdict": "qualified",
        }
    ],
    "run": {"draws": 4096, "seed": 3, "sampler": "random", "mass": 0.8, "infeasible": "keep"},
}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 1e-320, 1e308, 2**63, 10**400]),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["%", "USD/Mtok", "1e3", "p5", "LogNormal", "Uniform", "Beta", "chat.x", "\0"]),
    st.dates(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*VALID, *VALID["inputs"], "p5", "p95", "x"]), inner)
    ),
    max_leaves=4,
)


def paths(content: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a nest of tables and lists."""
    places = []
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            places += [(*here, key), *paths(content[key], (*here, key))]
    return places


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The valid scenario with one to three places replaced, dropped, renamed or scaled."""
    content = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(paths(content)))
        table = content
        for key in above:
            table = table[key]
        kind = draw(st.sampled_from(["replace", "drop", "rename", "scale"]))
        if kind == "drop":
            del table[last]
        elif kind == "rename" and isinstance(last, str):
            name = draw(st.sampled_from([*VALID, *VALID["inputs"], "p5", "p25"]) | st.text())
            table[name] = table.pop(last)
        elif kind == "scale" and type(table[last]) in (int, float):
            table[last] *= draw(st.sampled_from([-1, 0, 1e-6, 1e6, 1e150]))
        else:
            table[last] = draw(VALUES)
        if not content:
            break
    return content


def check(source: Any) -> None:
    """Load, and let out nothing but a scenario or an error of one line that can be printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            load(source)
        except ScenarioError as problem:
            said = str(problem)
        else:
            return
    assert said.isprintable()
    assert len(said) < 4000


def test_the_scenario_that_is_mutated_is_valid():
    assert load(VALID).outputs == ("contribution_margin", "output_token_cost")


@given(mutated())
@settings(max_examples=150)
def test_no_mutation_raises_anything_but_a_scenario_error(content):
    check(content)


@pytest.mark.slow
@given(mutated())
@settings(max_examples=4000)
def test_no_mutation_of_thousands_raises_anything_but_a_scenario_error(content):
    check(content)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"x = " + b"[" * 3000)
@example(b"x = 0x" + b"F" * 5000)
@example(b"x = " + b"9" * 5000)
@example(b'schema = 1\ntitle = "t"\n"a\\nb\\u001b[2J" = 3')
@example(b'schema = 1\ntitle = "t"\nextends = "a\\u0000b"')
@example(b'schema = 1\ntitle = "t"\n' + b"k" * 900_000 + b" = 1")
@settings(max_examples=100)
def test_no_bytes_raise_anything_but_a_scenario_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "any.toml"
    path.write_bytes(content)
    check(path)


TEXT = """
schema = 1
title = "What is a dollar worth?"
outputs = ["contribution_margin"]

[inputs]
net_revenue = { p5 = 0.8, p95 = 1.2, unit = "USD", source = "a ledger" }
compute_cost = 0.4

[[ask]]
statement = "contribution_margin > 0.5"
"""


@given(st.integers(0, len(TEXT)), st.integers(0, 8), st.text(max_size=4))
@settings(max_examples=150)
def test_no_slip_of_the_pen_raises_anything_but_a_scenario_error(tmp_path_factory, at, drop, typed):
    path = tmp_path_factory.mktemp("slips") / "slip.toml"
    path.write_text(TEXT[:at] + typed + TEXT[at + drop :], encoding="utf-8", errors="replace")
    check(path)


def test_the_text_that_slips_is_valid():
    assert load(tomllib.loads(TEXT)).unused == ()
