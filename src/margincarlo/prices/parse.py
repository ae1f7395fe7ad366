"""Endpoints of OpenRouter's API → offers, in USD/Mtok and seconds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from margincarlo.prices.checks import checked_offer
from margincarlo.prices.listing import Offer, Override
from margincarlo.prices.response import Condition, Endpoint, Percentiles, Pricing, reason

# Creators whose own host goes by another name than the author of their models.
CREATORS: Final[Mapping[str, str]] = {"mistralai": "mistral", "qwen": "alibaba", "rekaai": "reka"}
# A price above it is one in another unit than USD per token.
DEAREST: Final = 10_000.0
# Enough for any price that people write, and too few for the noise of a division to show.
_PER_MTOK = Context(prec=12)


@dataclass(frozen=True)
class ModelOffers:
    """Offers of one model.

    Attributes
    ----------
    offers : tuple of Offer
    skipped : dict of str to int
        Endpoints and overrides that are no paid offer: why, and how many.
    problems : tuple of str
        Endpoints that could not be read, and why.
    """

    offers: tuple[Offer, ...]
    skipped: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def parse_offers(model: str, endpoints: Iterable[Any]) -> ModelOffers:
    """Return the paid offers of a model.

    Parameters
    ----------
    model : str
        Slug.
    endpoints : iterable
        Items of ``data.endpoints`` in the answer.
    """
    offers: list[Offer] = []
    skipped: Counter[str] = Counter()
    problems: list[str] = []
    for number, raw in enumerate(endpoints):
        try:
            endpoint = Endpoint.model_validate(raw)
            why = _unpaid(endpoint.pricing)
            if why:
                skipped[why] += 1
            else:
                offers.append(checked_offer(_offer(model, endpoint, skipped)))
        except (ValidationError, ValueError) as problem:
            name = label(raw, "tag", str(number))
            problems.append(f"endpoint {name}: {why_not(problem)}")
    return ModelOffers(tuple(offers), dict(skipped), tuple(problems))


def first_party(model: str, tag: str) -> bool:
    """Tell whether the host of an endpoint is the creator of the model.

    Examples
    --------
    >>> first_party("qwen/qwen3-32b", "alibaba/fp8")
    True
    >>> first_party("qwen/qwen3-32b", "deepinfra/fp8")
    False
    """
    author = model.partition("/")[0]
    host = tag.partition("/")[0]
    return _letters(CREATORS.get(author, author)) == _letters(host)


def _unpaid(pricing: Pricing) -> str:
    prices = (per_token(pricing.prompt), per_token(pricing.completion))
    if min(prices) < 0:
        return "endpoint without a price of its own"
    if max(prices) == 0 or pricing.discount == 1:
        return "free endpoint"
    return "endpoint that charges for one direction only" if min(prices) == 0 else ""


def _offer(model: str, endpoint: Endpoint, skipped: Counter[str]) -> Offer:
    pricing = endpoint.pricing
    listed, written = per_token(pricing.prompt), per_token(pricing.completion)
    # What the answer lists is net of the promotion; the host's own list is above it.
    kept = 1 - Decimal(str(pricing.discount))
    latency = _median(endpoint.latency_last_30m)
    return Offer(
        model=model,
        provider=endpoint.provider_name,
        tag=endpoint.tag,
        quantization=endpoint.quantization or "unknown",
        input_price=_per_mtok(listed),
        output_price=_per_mtok(written),
        base_input_price=_per_mtok(listed / kept),
        base_output_price=_per_mtok(written / kept),
        # Zero stands for no cache: nobody reads one for nothing.
        cache_read_price=_optional(pricing.input_cache_read) or None,
        discount=pricing.discount,
        context_length=endpoint.context_length,
        max_output_tokens=endpoint.max_completion_tokens,
        tokens_per_second=_median(endpoint.throughput_last_30m),
        time_to_first_token=None if latency is None else latency / 1e3,
        status=endpoint.status or 0,
        first_party=first_party(model, endpoint.tag),
        overrides=tuple(_overrides(pricing.overrides or (), skipped)),
    )


def _overrides(conditions: Iterable[Condition], skipped: Counter[str]) -> Iterable[Override]:
    for each in conditions:
        hours = (each.utc_start, each.utc_end)
        prices = [_optional(text) for text in (each.prompt, each.completion, each.input_cache_read)]
        if each.min_prompt_tokens is None and None in hours:
            skipped["override under a condition that is not known here"] += 1
        elif any(text and per_token(text) < 0 for text in (each.prompt, each.completion)):
            skipped["override without a price of its own"] += 1
        elif any(price is not None for price in prices):
            # The service means "more than" its threshold.
            least = None if each.min_prompt_tokens is None else each.min_prompt_tokens + 1
            yield Override(least, *map(_clock, hours), *prices)


def _clock(time: int | None) -> int | None:
    if time is not None and time % 100 >= 60:
        raise ValueError(f"overrides: {time} is no time of day (HHMM)")
    return time


def _median(stats: Percentiles | None) -> float | None:
    # Zero stands for "nothing was measured".
    return stats.p50 if stats and stats.p50 and stats.p50 > 0 else None


def _optional(text: str | None) -> float | None:
    if text is None:
        return None
    price = per_token(text)
    return _per_mtok(price) if price >= 0 else None


def per_token(text: str) -> Decimal:
    """Return a price as the API writes it, USD per token; below 0 it stands for no price.

    Raises
    ------
    ValueError
        If it is no number, or too large to be in USD per token.
    """
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite():
        raise ValueError(f"a price is {text[:40]!r}, not a number of USD per token")
    if price > Decimal(DEAREST) / 1_000_000:
        raise ValueError(
            f"a price is {text[:40]!r} USD per token, more than {DEAREST:,.0f} USD/Mtok"
        )
    return price


def _per_mtok(price: Decimal) -> float:
    return float(_PER_MTOK.multiply(price, Decimal(1_000_000)))


def label(raw: Any, key: str, otherwise: str) -> str:
    """Return what `raw` calls itself under `key`, or `otherwise`."""
    name = raw.get(key) if isinstance(raw, dict) else None
    return name[:200] if isinstance(name, str) and name else otherwise


def why_not(problem: ValueError) -> str:
    """Return in one line why an answer cannot be read."""
    return reason(problem) if isinstance(problem, ValidationError) else str(problem)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
