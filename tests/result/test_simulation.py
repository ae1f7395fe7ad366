"""What a run gives back, and what it refuses to say."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from margincarlo.errors import ScenarioError
from margincarlo.result import Draws, Simulation
from margincarlo.scenario import load
from margincarlo.simulation import simulate


@pytest.fixture(scope="module")
def found() -> Simulation:
    """A margin of two uncertain amounts."""
    content = {
        "schema": 1,
        "title": "Does it pay?",
        "outputs": ["contribution_margin", "contribution_profit"],
        "inputs": {
            "net_revenue": {"p5": 0.8, "p95": 1.2, "nature": "varies"},
            "compute_cost": {"p5": 0.2, "p95": 0.6},
        },
        "ask": [{"statement": "contribution_margin > 50 %"}],
        "claim": [
            {
                "says": "six in ten",
                "quantity": "contribution_margin",
                "claimed": 60,
                "unit": "%",
                "verdict": "reproduced",
            },
            {
                "says": "a dollar",
                "quantity": "contribution_profit",
                "claimed": 1.0,
                "verdict": "contradicted",
            },
        ],
    }
    return simulate(load(content), draws=8192)


def test_a_summary_is_a_table_of_figures_with_their_errors(found):
    table = found.summary()
    assert list(table.index) == ["contribution_margin", "contribution_profit"]
    assert table.index.name == "quantity"
    figures = ["mean", "sd", "median", "q5", "q95"]
    assert list(table.columns) == ["unit", *(c for f in figures for c in (f, f"{f}_error"))]
    row = table.loc["contribution_margin"]
    assert row["unit"] == "1"
    assert row["q5"] < row["median"] < row["q95"]
    assert (table[[f"{each}_error" for each in figures]] > 0).all(axis=None)
    assert list(found.summary("net_revenue", mass=0.5).columns)[-4:] == [
        "q25",
        "q25_error",
        "q75",
        "q75_error",
    ]


def test_intervals_hold_the_mass_that_they_claim(found):
    (summary,) = found.summaries("contribution_margin", mass=0.6)
    inside = f"contribution_margin > {summary.low.value} and contribution_margin < "
    assert found.probability(f"{inside}{summary.high.value}").value == pytest.approx(0.6, abs=2e-3)
    assert summary.mass == 0.6
    assert summary.meaning.startswith("Contribution margin: 1 - cost of the GPU time")


def test_it_tells_what_is_unknown_from_what_varies(found):
    varies = {each.name: each.varies for each in found.summaries("net_revenue", "compute_cost")}
    assert varies == {"net_revenue": "varies", "compute_cost": "unknown"}
    assert found.summaries()[0].varies == "unknown and varies"


@pytest.mark.parametrize(
    ("mass", "message"),
    [
        (90, "mass is a share between 0 and 1, not 90; did you mean 0.9?"),
        (95.0, "mass is a share between 0 and 1, not 95; did you mean 0.95?"),
        (0, "mass is a share between 0 and 1, not 0"),
        (1, "mass is a share between 0 and 1, not 1"),
        (float("nan"), "mass is a share between 0 and 1, not nan"),
    ],
)
def test_a_mass_that_is_no_share_is_refused(found, mass, message):
    with pytest.raises(ScenarioError) as caught:
        found.summary(mass=mass)
    assert str(caught.value) == message


def test_probabilities_are_shares_of_draws(found):
    asked = found.probability("contribution_margin > 0.5 and net_revenue < 1")
    share = np.mean((found["contribution_margin"] > 0.5) & (found["net_revenue"] < 1))
    assert float(asked) == asked.value == share
    assert 0 < asked.error < 0.02
    assert found.probabilities()[0] == found.probability("contribution_margin > 0.5").__class__(
        *(
            getattr(found.probability("contribution_margin > 50 %"), each)
            for each in ("value", "error")
        ),
        "contribution_margin > 50 %",
    )
    assert found.probability("contribution_margin < 2").value == 1
    assert found.probability("contribution_margin < 2").error == pytest.approx(3 / 8192)
    with pytest.raises(ScenarioError, match="'utilization' was not kept; it is not in"):
        found.probability("utilization > 0.5")


def test_conditions_select_draws_and_add_up(found):
    rich = found.given("net_revenue > 1")
    assert rich.condition == "net_revenue > 1"
    assert (rich["net_revenue"] > 1).all()
    assert rich.sample.counted == np.sum(found["net_revenue"] > 1)
    both = rich.given("compute_cost < 0.4")
    assert both.condition == "net_revenue > 1 and compute_cost < 0.4"
    share = found.probability("net_revenue > 1").value
    total = found.probability("net_revenue > 1 and contribution_margin > 0.6").value
    assert rich.probability("contribution_margin > 0.6").value == pytest.approx(total / share)
    assert found.condition == ""
    assert found.sample.counted == 8192
    with pytest.raises(ScenarioError, match=r"holds in 0 of 8192 draws: too few .*Draw more"):
        found.given("net_revenue > 9")


def test_claims_are_held_against_the_median(found):
    six_in_ten, a_dollar = found.claims()
    assert six_in_ten.claim.claimed == pytest.approx(0.6)
    assert six_in_ten.agrees
    assert six_in_ten.here == found.estimate("contribution_margin")
    assert not a_dollar.agrees
    assert a_dollar.ratio == pytest.approx(1 / found.estimate("contribution_profit").value)


def test_draws_are_a_dataset_with_units(found):
    draws = found.draws
    assert dict(draws.sizes) == {"draw": 8192}
    assert set(found.scenario.outputs) <= set(draws.data_vars)
    assert draws["net_revenue"].attrs["units"] == "USD"
    assert draws.attrs["title"] == "Does it pay?"
    assert np.array_equal(draws["contribution_profit"], found["contribution_profit"])
    assert np.unique(draws["replicate"]).tolist() == list(range(16))
    means = draws["net_revenue"].groupby("replicate").mean()
    assert means.mean() == pytest.approx(found.summaries("net_revenue")[0].mean.value)


def test_a_result_never_changes(found):
    with pytest.raises(FrozenInstanceError):
        found.seed = 3
    assert isinstance(found.sample, Draws)
    with pytest.raises(ValueError, match="read-only"):
        found.sample.values["net_revenue"][0, 0] = 9.0
    with pytest.raises(TypeError):
        found.sample.values["net_revenue"] = np.zeros((16, 512))  # type: ignore[index]
    before = found.summaries()
    found["net_revenue"][:] = 0
    found.draws["net_revenue"][:] = 0
    assert found.summaries() == before


def test_unknown_names_get_a_suggestion(found):
    with pytest.raises(ScenarioError, match=r"'net_revenu' was not kept; did you mean 'net_rev"):
        found.summary("net_revenu")
    with pytest.raises(ScenarioError, match="no quantity is called 'gros_margin'"):
        found.probability("gros_margin > 0")
