"""The offers of a snapshot that can be judged, and why the others cannot."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from margincarlo.errors import SnapshotError
from margincarlo.prices.host_offer import HostOffer
from margincarlo.prices.joined import day_of, joined
from margincarlo.prices.listing import Offer, Snapshot
from margincarlo.registry import models

if TYPE_CHECKING:
    import pandas as pd

# They run on parts of their own, so their cost says nothing of accelerators in the registry.
CUSTOM_PARTS: Final = frozenset({"Cerebras", "Groq", "SambaNova"})
CUSTOM_PART: Final = "host with custom parts"
# From then on hosts quote next to nothing for prompts: routing sorts by that price.
LAST_SPLIT: Final = dt.date(2026, 9, 22)
BASE: Final = ("base_input_price", "base_output_price")
REASONS_SHOWN: Final = 5


@dataclass(frozen=True)
class Dropped:
    """An endpoint that is left out.

    Attributes
    ----------
    offer : Offer
    reason : str
    """

    offer: Offer
    reason: str


@dataclass(frozen=True)
class Offers:
    """Offers that can be judged.

    Attributes
    ----------
    observed_at : str
        Of the snapshot.
    sha256 : str
        Of the snapshot.
    rows : tuple of HostOffer
        In the order of the snapshot: by model, host and tag.
    dropped : tuple of Dropped
        Every endpoint that is left out, in the same order.
    failures : tuple of (str, str)
        Models that the snapshot could not read, and why.
    """

    observed_at: str
    sha256: str
    rows: tuple[HostOffer, ...]
    dropped: tuple[Dropped, ...]
    failures: tuple[tuple[str, str], ...]

    @property
    def custom_parts(self) -> tuple[Offer, ...]:
        """Offers of known models on parts that are not in the registry."""
        return tuple(each.offer for each in self.dropped if each.reason == CUSTOM_PART)

    @property
    def reasons(self) -> Mapping[str, int]:
        """Reason → number of endpoints left out, most frequent first."""
        return dict(Counter(each.reason for each in self.dropped).most_common())

    @property
    def has_split(self) -> bool:
        """Whether the prices of input and output each say something."""
        return split_is_credible(self.observed_at)

    def check_split(self) -> None:
        """Refuse to read input and output prices apart where hosts game them.

        Raises
        ------
        SnapshotError
            If the prices are of a day after 2026-09-22.
        """
        if not self.has_split:
            raise SnapshotError(
                f"prices of {self.observed_at[:10]} have no credible split into input and output:"
                f" after {LAST_SPLIT} hosts quote next to nothing for prompts, because routing"
                " sorts by that price; use blended_price, or an earlier snapshot"
            )

    def frame(self) -> pd.DataFrame:
        """Return one row for each offer; columns are the attributes of `HostOffer`.

        What is not known is NaN. Without a credible split, the base prices of input and output are
        left out and only `blended_price` remains; what buyers pay is a fact and stays.
        """
        import pandas as pd

        names = [each.name for each in fields(HostOffer) if self.has_split or each.name not in BASE]
        columns = {name: [getattr(row, name) for row in self.rows] for name in names}
        optional = [each.name for each in fields(HostOffer) if each.type == "float | None"]
        return pd.DataFrame(columns).astype(dict.fromkeys(optional, "float64"))


def offers(snapshot: Snapshot) -> Offers:
    """Join the offers of a snapshot to the registry of models.

    Parameters
    ----------
    snapshot : Snapshot

    Returns
    -------
    Offers
        Every endpoint of the snapshot is either among its rows or among what was dropped.

    Raises
    ------
    SnapshotError
        If no offer can be judged.
    """
    dropped: list[Dropped] = []
    kept: dict[Offer, None] = {}
    for offer in snapshot.offers:
        reason = "repeats another offer" if offer in kept else _reason(offer)
        if reason:
            dropped.append(Dropped(offer, reason))
        else:
            kept[offer] = None
    rows = tuple(joined(kept, snapshot))
    found = Offers(snapshot.observed_at, snapshot.sha256, rows, tuple(dropped), snapshot.failures)
    if not rows:
        counts = list(found.reasons.items())[:REASONS_SHOWN]
        shown = "; ".join(f"{count} x {reason}" for reason, count in counts)
        raise SnapshotError(f"no offer can be judged: {shown or 'there is none'}")
    return found


def split_is_credible(observed_at: str) -> bool:
    """Tell whether prices of that day may be read as a price of input and one of output.

    Parameters
    ----------
    observed_at : str
        Day or time, ISO 8601.

    Notes
    -----
    The largest ratio of output to input price of one model went from 2.9 on 2026-08-08 to 18 on
    2026-09-25; another's was above 1000 in November. That hosts bid for routing with the prompt
    price is inferred from this, not documented.

    Examples
    --------
    >>> split_is_credible("2026-09-22T23:59:00Z"), split_is_credible("2026-09-23")
    (True, False)
    """
    return day_of(observed_at) <= LAST_SPLIT


def _reason(offer: Offer) -> str:
    prices = (offer.input_price, offer.output_price)
    base = (offer.base_input_price, offer.base_output_price)
    if offer.model.endswith(":free") or max(prices) == 0:
        return "free"
    if ":" in offer.model:
        return "variant of another model"
    if min(*prices, *base) == 0:
        return "no price for input or for output"
    if offer.model not in models():
        return "model is not in the registry"
    return CUSTOM_PART if offer.provider in CUSTOM_PARTS else ""
