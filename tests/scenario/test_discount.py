"""A discount is taken once: from the channel that it was quoted against."""

from __future__ import annotations

from typing import Any

import pytest

from margincarlo.errors import ScenarioError, UnusedInputWarning
from margincarlo.profiles.channels import find_channel
from margincarlo.scenario import Scenario, load

BASE = {"schema": 1, "title": "t", "accelerator": "h200", "outputs": ["gpu_hour_cost"]}
QUARTER = {"value": 0.25}
TWICE = "is already {}: a discount quoted against {} would be taken twice; name channel = '{}'"


def scenario(inputs: dict[str, Any] | None = None, **keys: Any) -> Scenario:
    """Return a scenario about what an hour costs."""
    return load({**BASE, "inputs": inputs or {}, **keys})


def refusal(inputs: dict[str, Any] | None = None, **keys: Any) -> str:
    """Return why such a scenario is refused."""
    with pytest.raises(ScenarioError) as caught:
        scenario(inputs, **keys)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("channel", "quantity"),
    [("contract_3y", "gpu_list_price"), ("neocloud_owned", "gpu_hour_cost")],
)
def test_a_channel_prices_the_hour(channel, quantity):
    found = scenario(channel=channel).inputs[quantity]
    belief = find_channel(channel, "h200").inputs[quantity]
    assert found.belief.quantile(0.05) == pytest.approx(belief["p5"])
    assert found.belief.quantile(0.95) == pytest.approx(belief["p95"])
    assert found.evidence.source == belief["source"]


def test_a_discount_on_the_channel_it_was_quoted_against_is_taken():
    inputs = {"negotiated_discount": {**QUARTER, "against": "on_demand"}}
    found = scenario(inputs, channel="on_demand").inputs
    assert found["negotiated_discount"].base_value == 0.25
    assert found["gpu_list_price"].belief.quantile(0.95) == pytest.approx(7.41)


def test_a_discount_of_nothing_need_not_say_against_what():
    assert scenario({"negotiated_discount": 0}, channel="on_demand").channel == "on_demand"
    with pytest.warns(UnusedInputWarning, match="nothing depends on negotiated_discount"):
        scenario({"negotiated_discount": 0}, channel="hyperscaler_owned")


def test_a_channel_replaces_the_price_of_a_file_that_is_extended(tmp_path):
    listed = "inputs.gpu_list_price = 3\ninputs.negotiated_discount.value = 0.25\n"
    head = 'schema = 1\ntitle = "t"\naccelerator = "h200"\noutputs = ["gpu_hour_cost"]\n'
    (tmp_path / "listed.toml").write_text(head + listed, encoding="utf-8")
    later = {
        "schema": 1,
        "title": "t",
        "extends": str(tmp_path / "listed.toml"),
        "channel": "on_demand",
    }
    with pytest.raises(
        ScenarioError, match=r"does not say which channel .* or set the discount to 0"
    ):
        load(later)
    found = load({**later, "inputs": {"negotiated_discount": 0}})
    assert found.inputs["gpu_list_price"].profile == "on_demand"


def test_without_a_channel_against_documents():
    inputs = {"gpu_list_price": 3, "negotiated_discount": {**QUARTER, "against": "contract_1y"}}
    assert scenario(inputs).inputs["negotiated_discount"].base_value == 0.25


@pytest.mark.parametrize(
    ("channel", "against", "why"),
    [
        ("contract_3y", "on_demand", TWICE.format("negotiated", "on_demand", "on_demand")),
        ("spot", "on_demand", TWICE.format("below list", "on_demand", "on_demand")),
        (
            "on_demand",
            "hyperscaler_on_demand",
            "quoted against hyperscaler_on_demand does not apply to the price of on_demand",
        ),
    ],
)
def test_a_discount_on_another_channel_is_refused(channel, against, why):
    inputs = {"negotiated_discount": {**QUARTER, "against": against}}
    message = refusal(inputs, channel=channel, accelerator="h100")
    assert message.startswith("inputs.negotiated_discount: ")
    assert why in message


def test_what_is_owned_is_not_discounted():
    inputs = {"negotiated_discount": {**QUARTER, "against": "on_demand"}}
    message = refusal(inputs, channel="hyperscaler_owned")
    assert "nobody discounts what one owns; set the discount to 0, or name a channel" in message


def test_a_discount_cannot_be_quoted_against_owning():
    inputs = {"gpu_list_price": 3, "negotiated_discount": {**QUARTER, "against": "neocloud_owned"}}
    assert "name one of contract_3y, contract_1y, on_demand, spot, hyper" in refusal(inputs)


@pytest.mark.parametrize("price", ["gpu_list_price", "gpu_hour_cost"])
@pytest.mark.parametrize("channel", ["on_demand", "neocloud_owned"])
def test_a_channel_and_a_price_are_one_too_many(price, channel):
    message = refusal({price: 3}, channel=channel)
    assert message.startswith(f"inputs.{price}: channel = '{channel}' says what a GPU-hour costs")


def test_workloads_of_a_mix_are_held_to_the_same():
    def mix(table: dict[str, Any], **keys: Any) -> str:
        return refusal(workloads={"chat": {"share": 1, "inputs": table}}, **keys)

    place = "workloads.chat.inputs"
    assert mix({"gpu_list_price": 3}, channel="spot", accelerator="h100").startswith(
        f"{place}.gpu_list_price: channel = 'spot' says"
    )
    discount = {"negotiated_discount": {**QUARTER, "against": "on_demand"}}
    assert mix(discount, channel="contract_3y").startswith(
        f"{place}.negotiated_discount: the price"
    )
    assert mix({"utilization": {"value": 0.5, "against": "spot"}}).startswith(
        f"{place}.utilization.against: says which channel"
    )
