"""Markets: the shipped one whole, and a part of it that is quick to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from margincarlo.calibration.market import Market, market_of
from margincarlo.prices.offers import Offers, offers
from margincarlo.prices.snapshot import read_snapshot

if TYPE_CHECKING:
    from margincarlo.calibration.sample import Compiled

MODELS = 16


@pytest.fixture(scope="session")
def shipped_offers() -> Offers:
    """Offers of the shipped snapshot."""
    return offers(read_snapshot())


@pytest.fixture(scope="session")
def market(shipped_offers: Offers) -> Market:
    """The whole market of the shipped snapshot."""
    return market_of(shipped_offers.frame())


@pytest.fixture(scope="session")
def small_market(shipped_offers: Offers) -> Market:
    """Models whose quality is published, with at most eight hosts each."""
    frame = shipped_offers.frame()
    rated = frame[frame["intelligence_index"].notna()]
    names = sorted(rated["model"].unique())[::2][:MODELS]
    few = rated[rated["model"].isin(names)].groupby("model").head(8)
    return market_of(few)


@pytest.fixture(scope="session")
def compiled(small_market: Market) -> Compiled:
    """The model of the small market without lists to copy, compiled once."""
    from margincarlo.calibration.sample import Compiled
    from margincarlo.calibration.simulate import without_lists

    return Compiled(without_lists(small_market))
