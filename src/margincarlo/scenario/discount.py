"""A discount applies to the channel that it was quoted against, and to no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from margincarlo.errors import ScenarioError
from margincarlo.profiles.channels import Channel, channel_called, channels
from margincarlo.scenario.file import ScenarioFile
from margincarlo.scenario.model import Input
from margincarlo.scenario.place import placed

DISCOUNT: Final = "negotiated_discount"
PRICES: Final = ("gpu_list_price", "gpu_hour_cost")


def check_discount(file: ScenarioFile, given: Mapping[str, Input]) -> None:
    """Refuse a rental channel together with what would price its hours twice.

    Parameters
    ----------
    file : ScenarioFile
        What the author wrote.
    given : mapping of str to Input
        Every input by name, of workloads as ``workload.quantity``.

    Raises
    ------
    ScenarioError
        If ``against`` is said of anything but a discount or names no rental channel; or if, with
        a channel, its price is given as well, an owned hour is discounted, or a discount is quoted
        against another channel or against none.
    """
    against = dict(_against(file))
    for name, quoted in against.items():
        scope, _, quantity = name.rpartition(".")
        with placed(f"{_place(scope)}.{quantity}.against"):
            _check_against(quantity, quoted)
    if file.channel is None:
        return
    with placed("channel"):
        channel = channel_called(file.channel)
    _check_one_price(file, channel, given)
    for name, each in given.items():
        scope, _, quantity = name.rpartition(".")
        if quantity == DISCOUNT and not (each.is_point and each.base_value == 0.0):
            with placed(f"{_place(scope)}.{DISCOUNT}"):
                _check_channel(channel, against.get(name, ""))


def _check_against(name: str, against: str) -> None:
    if name != DISCOUNT:
        raise ScenarioError(
            f"says which channel a discount was quoted against, and {name} is no discount;"
            f" it belongs to {DISCOUNT}, or leave it out"
        )
    if channel_called(against).is_owned:
        raise ScenarioError(
            f"nobody quotes a discount on what one owns, as in {against!r}; name one of"
            f" {', '.join(each.name for each in channels().values() if not each.is_owned)}"
        )


def _check_one_price(file: ScenarioFile, channel: Channel, given: Mapping[str, Input]) -> None:
    named = f"channel = {channel.name!r}"
    for name, each in given.items():
        scope, _, quantity = name.rpartition(".")
        # What the channel itself gives, or replaces in a file that is extended, is no second price.
        if quantity in PRICES and each.origin == "scenario":
            raise ScenarioError(
                f"{named} says what a GPU-hour costs, and so does {quantity}; keep one of them",
                where=f"{_place(scope)}.{quantity}",
            )
    if file.derive.get("gpu_hour_cost") == "owned":
        raise ScenarioError(
            f"'owned' builds the price of a GPU-hour from capital and power, and {named} states it;"
            " keep one of them, or write 'rented'",
            where="derive.gpu_hour_cost",
        )


def _check_channel(channel: Channel, against: str) -> None:
    if channel.is_owned:
        raise ScenarioError(
            f"channel = {channel.name!r} is what an hour costs its owner, and nobody discounts what"
            " one owns; set the discount to 0, or name a channel that is rented"
        )
    if not against:
        raise ScenarioError(
            f"does not say which channel it was quoted against; write against = {channel.name!r} if"
            " it applies to that price, or set the discount to 0"
        )
    if against == channel.name:
        return
    if channel.terms:
        problem = f"the price of {channel.name} is {channel.terms}: a discount quoted against"
        problem += f" {against} would be taken twice"
    else:
        problem = f"a discount quoted against {against} does not apply to the price of"
        problem += f" {channel.name}"
    raise ScenarioError(f"{problem}; name channel = {against!r}, or set the discount to 0")


def _against(file: ScenarioFile) -> Iterator[tuple[str, str]]:
    """Yield every input that says what it was quoted against, and what that is."""
    tables = [("", file.inputs)]
    tables += [(f"{scope}.", workload.inputs) for scope, workload in file.workloads.items()]
    for scope, table in tables:
        for name, content in table.items():
            if isinstance(content, Mapping) and content.get("against"):
                yield scope + name, content["against"]


def _place(scope: str) -> str:
    return f"workloads.{scope}.inputs" if scope else "inputs"
