"""The columns of a table of offers: what we read, in which units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class OfferColumn:
    """One column of a table of offers.

    Attributes
    ----------
    name : str
        As in the file's first row.
    field : str
        Attribute of `Offer` that it gives; empty: of the whole table.
    kind : {"text", "flag", "whole", "number"}
        What its cells hold.
    meaning : str
        With its unit, and what an empty cell stands for.
    needed : bool
        Whether it must be there and filled.
    """

    name: str
    field: str
    kind: str
    meaning: str
    needed: bool = False


COLUMNS: Final = (
    OfferColumn("observed_on", "", "text", "YYYY-MM-DD; one day for the whole table", needed=True),
    OfferColumn("model", "model", "text", "slug of OpenRouter; `margincarlo models`", needed=True),
    OfferColumn("provider", "provider", "text", "host", needed=True),
    OfferColumn("endpoint_tag", "tag", "text", "name of the endpoint"),
    OfferColumn("quantization", "quantization", "text", "such as fp8; empty: unknown"),
    OfferColumn("first_party", "first_party", "flag", "True if the host made the model"),
    OfferColumn("context_length", "context_length", "whole", "longest request, token"),
    OfferColumn("max_output_tokens", "max_output_tokens", "whole", "longest answer, token"),
    OfferColumn(
        "input_usd_per_mtok", "input_price", "number", "price that is paid, USD/Mtok", needed=True
    ),
    OfferColumn(
        "output_usd_per_mtok", "output_price", "number", "price that is paid, USD/Mtok", needed=True
    ),
    OfferColumn("cache_read_usd_per_mtok", "cache_read_price", "number", "cached input, USD/Mtok"),
    OfferColumn(
        "base_input_usd_per_mtok",
        "base_input_price",
        "number",
        "price before the discount, USD/Mtok; empty: from the price and the discount",
    ),
    OfferColumn(
        "base_output_usd_per_mtok",
        "base_output_price",
        "number",
        "price before the discount, USD/Mtok; empty: from the price and the discount",
    ),
    OfferColumn("discount", "discount", "number", "promotional share of the base price; empty: 0"),
    OfferColumn(
        "tokens_per_second_per_user_p50", "tokens_per_second", "number", "median speed, token/s"
    ),
    OfferColumn("time_to_first_token_s_p50", "time_to_first_token", "number", "median, s"),
    OfferColumn("status", "status", "whole", "below 0: degraded or down; empty: 0"),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
NEEDED: Final = tuple(column.name for column in COLUMNS if column.needed)
