"""Rental channels: what a GPU-hour costs, by how it is bought and on which accelerator."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.profiles.profile import Profile
from margincarlo.registry import find_accelerator

UNIT: Final = "USD/GPU-hour"
LONGEST_NAME: Final = 80


@dataclass(frozen=True)
class Channel:
    """One way to come by a GPU-hour.

    Attributes
    ----------
    name, title : str
        What a scenario calls it; what it is, in a phrase.
    quantity : str
        What its figures are of: gpu_list_price where it is rented, gpu_hour_cost where it is owned.
    terms : str
        Why its price is below list, such as "already negotiated"; empty where it is list or owned.
    beliefs : mapping of str to mapping
        Id of an accelerator → table of the same shape as ``[inputs.QUANTITY]`` of a scenario.
    """

    name: str
    title: str
    quantity: str
    terms: str
    beliefs: Mapping[str, Mapping[str, Any]]

    @property
    def is_owned(self) -> bool:
        """Whether the hour is owned rather than rented."""
        return self.quantity == "gpu_hour_cost"


@cache
def channels() -> Mapping[str, Channel]:
    """Return every channel by name, in the order of ``data/channels.toml``."""
    path = resources.files("margincarlo") / "data" / "channels.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType({name: _channel(name, table) for name, table in content.items()})


def channel_called(name: str) -> Channel:
    """Return the channel called `name`.

    Raises
    ------
    ScenarioError
        If there is none; the nearest and all others are given.
    """
    known = channels()
    if name not in known:
        raise ScenarioError(
            f"no channel is called {name[:LONGEST_NAME]!r}{did_you_mean(name, known)};"
            f" there are {', '.join(known)}"
        )
    return known[name]


def find_channel(name: str, accelerator: str | None) -> Profile:
    """Return what an hour of an accelerator costs through a channel.

    Parameters
    ----------
    name : str
        One of `channels`.
    accelerator : str or None
        Any name that `find_accelerator` takes; None: none is named.

    Returns
    -------
    Profile
        With one input: gpu_list_price where the hour is rented, gpu_hour_cost where it is owned;
        in USD/GPU-hour.

    Raises
    ------
    ScenarioError
        If there is no such channel or accelerator, none is named, or the channel has no quote for
        it; what there is instead is given.

    Examples
    --------
    >>> belief = find_channel("contract_3y", "h200").inputs["gpu_list_price"]
    >>> belief["p5"], belief["p95"], belief["unit"]
    (1.64, 3.62, 'USD/GPU-hour')
    """
    channel = channel_called(name)
    if accelerator is None:
        raise ScenarioError(
            f"{name} prices an hour of one accelerator, and none is named; write accelerator ="
            f" with one of {', '.join(channel.beliefs)}"
        )
    part = find_accelerator(accelerator)
    if part.id not in channel.beliefs:
        raise ScenarioError(_no_quote(channel, part.id))
    inputs = {channel.quantity: channel.beliefs[part.id]}
    title = f"{channel.title}: {part.name}"
    return Profile("channel", name, title, MappingProxyType(inputs))


def _no_quote(channel: Channel, accelerator: str) -> str:
    others = [each.name for each in channels().values() if accelerator in each.beliefs]
    instead = f"name one of its channels, {', '.join(others)}, or " if others else ""
    return (
        f"{channel.name} has no quote for {accelerator}: it has {', '.join(channel.beliefs)};"
        f" {instead}leave channel out and give {channel.quantity}"
    )


def _channel(name: str, table: Mapping[str, Any]) -> Channel:
    beliefs = {
        accelerator: _belief(table, row) for accelerator, row in table["accelerators"].items()
    }
    return Channel(
        name, table["title"], table["quantity"], table["terms"], MappingProxyType(beliefs)
    )


def _belief(table: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    dates = f"{row['since']} to {row['as_of']}" if "since" in row else row["as_of"]
    note = [table["rule"], f"n = {row['n']}, {dates}", row.get("remark", "")]
    return {
        "p5": row["p5"],
        "p95": row["p95"],
        "unit": UNIT,
        "source": row.get("source") or table["source"],
        "as_of": row["as_of"],
        "note": "; ".join(part for part in note if part),
        "kind": table["kind"],
    }
