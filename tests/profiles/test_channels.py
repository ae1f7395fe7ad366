"""Rental channels: figures that agree with their rules and with each other, and clear refusals."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from importlib import resources

import pytest

from margincarlo.errors import ScenarioError
from margincarlo.evidence import KINDS
from margincarlo.profiles.channels import channels, find_channel
from margincarlo.registry import accelerators
from margincarlo.report.age import age
from margincarlo.scenario.inputs import read_input

RAW = tomllib.loads((resources.files("margincarlo") / "data" / "channels.toml").read_text("utf-8"))
ROWS = [
    pytest.param(name, accelerator, id=f"{name}-{accelerator}")
    for name, channel in channels().items()
    for accelerator in channel.beliefs
]
TODAY = dt.date(2026, 11, 20)
# Cheaper first: nobody commits for longer, or owns, to pay more by the hour.
ORDERED = [
    ("hyperscaler_owned", "neocloud_owned"),
    ("hyperscaler_owned", "contract_3y"),
    ("neocloud_owned", "contract_3y"),
    ("contract_3y", "contract_1y"),
    ("contract_3y", "on_demand"),
    ("contract_1y", "on_demand"),
    ("spot", "on_demand"),
    ("on_demand", "hyperscaler_on_demand"),
    ("hyperscaler_spot", "hyperscaler_on_demand"),
]


def median(channel: str, accelerator: str) -> float:
    """Return the median of a belief, USD/GPU-hour."""
    belief = channels()[channel].beliefs[accelerator]
    return math.sqrt(belief["p5"] * belief["p95"])


def spread(row: dict[str, float]) -> float:
    """Return the factor from the median to either quantile."""
    return math.sqrt(row["p95"] / row["p5"])


@pytest.mark.parametrize(("name", "accelerator"), ROWS)
def test_every_belief_is_an_input_with_its_evidence(name, accelerator):
    profile = find_channel(name, accelerator)
    assert (profile.kind, profile.name) == ("channel", name)
    ((quantity, table),) = profile.inputs.items()
    given = read_input(quantity, table)
    assert given.unit == "USD/GPU-hour"
    assert given.notes == ()
    assert given.belief.quantile(0.5) == pytest.approx(median(name, accelerator), rel=1e-6)
    assert given.evidence.source
    assert given.evidence.kind in set(KINDS) - {""}
    assert age(given.evidence.as_of, TODAY).is_old is False
    assert f"n = {RAW[name]['accelerators'][accelerator]['n']}, " in given.evidence.note


def test_every_accelerator_is_an_id_of_the_registry():
    named = {accelerator for channel in channels().values() for accelerator in channel.beliefs}
    assert named <= set(accelerators())


def test_what_is_owned_is_a_cost_and_what_is_rented_a_list_price():
    for name, channel in channels().items():
        assert channel.is_owned == name.endswith("_owned")
        assert channel.quantity == ("gpu_hour_cost" if channel.is_owned else "gpu_list_price")


@pytest.mark.parametrize(("cheaper", "dearer"), ORDERED)
def test_medians_are_in_the_order_of_commitment(cheaper, dearer):
    both = channels()[cheaper].beliefs.keys() & channels()[dearer].beliefs.keys()
    assert both
    for accelerator in both:
        assert median(cheaper, accelerator) < median(dearer, accelerator)


@pytest.mark.parametrize(
    ("names", "pooled", "freedom"),
    [
        (("on_demand", "spot"), 0.239 * 1.68, 44),
        (("hyperscaler_on_demand", "hyperscaler_spot"), 0.227 * 1.83, 9),
    ],
)
def test_list_prices_are_as_wide_as_their_rule_says(names, pooled, freedom):
    rows = [row for name in names for row in RAW[name]["accelerators"].values()]
    for row in rows:
        # Quantiles are kept to three digits.
        assert math.log(spread(row)) == pytest.approx(
            pooled * math.sqrt(1 + 1 / row["n"]), abs=0.005
        )
    assert sum(row["n"] - 1 for row in rows) == freedom


@pytest.mark.parametrize(
    ("name", "factors"),
    [("hyperscaler_owned", {1.35, 1.5}), ("neocloud_owned", {1.35}), ("contract_1y", {1.3})],
)
def test_single_figures_are_widened_as_their_rule_says(name, factors):
    found = {round(spread(row) * 20) / 20 for row in RAW[name]["accelerators"].values()}
    assert found == factors


def test_three_year_contracts_are_at_least_as_wide_as_one_vintage():
    assert all(spread(row) >= 1.245 for row in RAW["contract_3y"]["accelerators"].values())


def test_an_accelerator_goes_by_any_of_its_names():
    by_id = find_channel("contract_3y", "h200")
    assert find_channel("contract_3y", "H200-SXM-141GB").inputs == by_id.inputs
    assert by_id.title == "Three-year contract, paid whether used or not: H200-SXM-141GB"


@pytest.mark.parametrize(
    ("name", "accelerator", "expected"),
    [
        ("contract_3yr", "h200", "no channel is called 'contract_3yr'; did you mean 'contract_3y'"),
        ("x" * 500, "h200", r"no channel is called 'x{80}'; there are hyperscaler_owned, neo"),
        ("spot", None, "none is named; write accelerator = with one of h100, l40s, mi300x"),
        ("spot", "h2000", "no accelerator is called 'h2000'; did you mean 'h200'"),
        (
            "contract_1y",
            "h200",
            "contract_1y has no quote for h200: it has h100; name one of its channels,"
            " hyperscaler_owned, .* or leave channel out and give gpu_list_price",
        ),
        ("neocloud_owned", "l4", "has h100, .*; leave channel out and give gpu_hour_cost"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(name, accelerator, expected):
    with pytest.raises(ScenarioError, match=expected):
        find_channel(name, accelerator)
