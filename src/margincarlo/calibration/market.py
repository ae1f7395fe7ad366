"""A market as arrays: endpoints with their prices, models with their sizes and quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.sites import Sites, sites_of

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

TYPICAL_SPEED: Final = 40.0
# Points of the Artificial Analysis index, and of Elo, that count as one.
INDEX_UNIT: Final = 20.0
ELO_UNIT: Final = 100.0
TYPICAL_ELO: Final = 1100.0
FOUR_BIT: Final = ("fp4", "int4")


@dataclass(frozen=True, eq=False)
class Models:
    """One entry a model.

    Attributes
    ----------
    names, families : tuple of str
        Slugs, and the skeleton that siblings share.
    creators : tuple of str
        Names of creators; `creator` is a place among them.
    creator : ndarray of int
    log_total, log_active : ndarray
        Logarithms of parameters in units of 10^11 and 10^10.
    age : ndarray
        Years since it was listed.
    log_hosts : ndarray
        Logarithm of the number of hosts that offer it.
    index, elo : ndarray
        Quality: index / 20 and (Elo - 1100) / 100; nan where it was not measured.
    """

    names: tuple[str, ...]
    families: tuple[str, ...]
    creators: tuple[str, ...]
    creator: Index
    log_total: Array
    log_active: Array
    age: Array
    log_hosts: Array
    index: Array
    elo: Array


@dataclass(frozen=True, eq=False)
class Market:
    """One entry an endpoint; prices are before promotional discounts.

    Attributes
    ----------
    models : Models
    model, provider : ndarray of int
        Places among the models and `providers`.
    providers : tuple of str
    log_output, log_input : ndarray
        Logarithms of base prices, USD/Mtok.
    log_speed : ndarray
        Logarithm of tokens/s for one user over 40.
    first_party, four_bit, degraded, fast : ndarray
        1 where it holds, else 0.
    listed : ndarray of int
        Row of the list that the creator itself asks for the model; -1 where it does not sell it.
    creator_blend, creator_split : ndarray
        Blend and split of that list; nan for who cannot copy it: where there is none, for the
        creator's own rows, and for tiers sold as faster.
    sites : Sites
        What the equations need to know of each endpoint.
    ratio : ndarray
        Prompt tokens for each completion token in the model's traffic.
    has_split : bool
        Whether output and input prices each say something. If not, both are the blended price,
        weighted by `ratio`.
    """

    models: Models
    model: Index
    provider: Index
    providers: tuple[str, ...]
    log_output: Array
    log_input: Array
    log_speed: Array
    first_party: Array
    four_bit: Array
    degraded: Array
    fast: Array
    creator_blend: Array
    creator_split: Array
    listed: Index
    sites: Sites
    ratio: Array
    has_split: bool

    @property
    def blend(self) -> Array:
        """Mean of the logarithms of output and input price."""
        return (self.log_output + self.log_input) / 2

    @property
    def split(self) -> Array:
        """Difference of the logarithms of output and input price."""
        return self.log_output - self.log_input

    @property
    def family(self) -> tuple[str, ...]:
        """Family of the model of each row."""
        return tuple(self.models.families[place] for place in self.model)


def market_of(frame: Any) -> Market:
    """Return a frame of offers as arrays.

    Parameters
    ----------
    frame : DataFrame
        As `margincarlo.prices.offers.Offers.frame` returns it.
    """
    names = tuple(sorted(frame["model"].unique()))
    providers = tuple(sorted(frame["provider"].unique()))
    has_split = "base_output_price" in frame
    columns = ("base_output_price", "base_input_price") if has_split else ("blended_price",) * 2
    log_output, log_input = (np.log(_floats(frame[column])) for column in columns)
    model = _places(frame["model"], names)
    first_party = _floats(frame["first_party"])
    listed = _lists(model, first_party, log_output + log_input)
    fast = _floats(frame["fast"])
    copied = (listed >= 0) & (first_party == 0) & (fast == 0)
    return Market(
        models=_models(frame, names),
        model=model,
        provider=_places(frame["provider"], providers),
        providers=providers,
        log_output=log_output,
        log_input=log_input,
        log_speed=np.log(_floats(frame["tokens_per_second"]) / TYPICAL_SPEED),
        first_party=first_party,
        four_bit=np.array([float(each in FOUR_BIT) for each in frame["served_precision"]]),
        degraded=_floats(frame["degraded"]),
        fast=fast,
        creator_blend=np.where(copied, (log_output + log_input)[listed] / 2, np.nan),
        creator_split=np.where(copied, (log_output - log_input)[listed], np.nan),
        listed=listed,
        sites=sites_of(frame),
        ratio=_floats(frame["input_tokens"]) / _floats(frame["output_tokens"]),
        has_split=has_split,
    )


def _models(frame: Any, names: tuple[str, ...]) -> Models:
    from margincarlo.registry.tables import models

    known = models()
    first = frame.drop_duplicates("model").set_index("model").loc[list(names)]
    creators = tuple(sorted(first["creator"].unique()))
    return Models(
        names=names,
        families=tuple(first["family"]),
        creators=creators,
        creator=_places(first["creator"], creators),
        log_total=np.log(np.array([known[name].total_params_b for name in names]) / 100),
        log_active=np.log(np.array([known[name].active_params_b for name in names]) / 10),
        age=_floats(first["age"]),
        log_hosts=np.log(_floats(first["hosts"])),
        index=_floats(first["intelligence_index"]) / INDEX_UNIT,
        elo=(_floats(first["design_arena_elo"]) - TYPICAL_ELO) / ELO_UNIT,
    )


def _lists(model: Index, first_party: Array, price: Array) -> Index:
    """Return where the creator of each row's model sells it itself; -1 where it does not.

    Of several tiers the cheapest is its list: the others are the same model, faster.
    """
    listed = np.full(model.size, -1, dtype=np.int64)
    for each in np.unique(model[first_party == 1]):
        own = np.flatnonzero((model == each) & (first_party == 1))
        listed[model == each] = own[np.argmin(price[own])]
    return listed


def _floats(column: Any) -> Array:
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _places(column: Any, names: tuple[str, ...]) -> Index:
    place = {name: n for n, name in enumerate(names)}
    return np.array([place[each] for each in column], dtype=np.int64)
