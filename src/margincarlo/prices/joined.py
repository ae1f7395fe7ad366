"""Join offers to the geometry, quality and traffic of their models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Final

from margincarlo.prices.host_offer import (
    FASTEST,
    PRECISIONS_SERVED,
    SLOWEST,
    HostOffer,
    family,
    fast_tier,
    served,
)
from margincarlo.prices.listing import Listed, Offer, Snapshot
from margincarlo.registry import Model, models

# Median over the 56 models of 2026-08-08, whose own ratios run from 2.6 to 76.
TYPICAL_RATIO: Final = 14.3
# Tokens of the mean request: medians over the same models.
TYPICAL_INPUT: Final = 8000.0
TYPICAL_OUTPUT: Final = 500.0
# token/s; the median of 2026-08-08, for lists that measure no speed at all.
TYPICAL_SPEED: Final = 40.0


def day_of(observed_at: str) -> dt.date:
    """Return the day of a time as ISO 8601 writes it."""
    return dt.datetime.fromisoformat(observed_at).date()


def joined(kept: Iterable[Offer], snapshot: Snapshot) -> Iterator[HostOffer]:
    """Yield offers with what the registry and the snapshot say of their models.

    Parameters
    ----------
    kept : iterable of Offer
        Of models in the registry, with prices above 0, sorted by model.
    snapshot : Snapshot
        That they are from.
    """
    groups: dict[str, list[Offer]] = {}
    for offer in kept:
        groups.setdefault(offer.model, []).append(offer)
    listed = {row.model: row for row in snapshot.models}
    everywhere = _speeds(each for group in groups.values() for each in group)
    observed = day_of(snapshot.observed_at)
    for slug, group in groups.items():
        speed = median(_speeds(group) or everywhere or [TYPICAL_SPEED])
        hosts = len({each.provider for each in group})
        age = _age(listed[slug], models()[slug], observed)
        for offer in group:
            yield _row(offer, listed[slug], speed=speed, hosts=hosts, age=age)


def _row(offer: Offer, listed: Listed, *, speed: float, hosts: int, age: float) -> HostOffer:
    model = models()[offer.model]
    ratio = _ratio(listed)
    weight = TYPICAL_RATIO if ratio is None else ratio
    cached = offer.cache_read_price
    return HostOffer(
        model=offer.model,
        provider=offer.provider,
        tag=offer.tag,
        creator=offer.model.partition("/")[0],
        family=family(model),
        input_price=offer.input_price,
        output_price=offer.output_price,
        base_input_price=offer.base_input_price,
        base_output_price=offer.base_output_price,
        blended_price=(weight * offer.base_input_price + offer.base_output_price) / (weight + 1),
        cache_read_ratio=None if cached is None else cached / offer.input_price,
        quantization=offer.quantization,
        served_precision=served(offer.quantization, model),
        precision_declared=offer.quantization in PRECISIONS_SERVED,
        tokens_per_second=next(iter(_speeds([offer])), speed),
        speed_imputed=not offer.tokens_per_second,
        first_party=offer.first_party,
        degraded=offer.status < 0,
        fast=fast_tier(offer.tag),
        promoted=offer.discount > 0,
        age=age,
        hosts=hosts,
        intelligence_index=listed.intelligence_index,
        design_arena_elo=listed.design_arena_elo,
        cache_hit_share=offer.cache_hit_share,
        traffic=offer.traffic,
        prompt_completion_ratio=ratio,
        input_tokens=_per_request(listed.prompt_tokens, listed.requests) or TYPICAL_INPUT,
        output_tokens=_per_request(listed.completion_tokens, listed.requests) or TYPICAL_OUTPUT,
    )


def _per_request(tokens: float | None, requests: float | None) -> float | None:
    return tokens / requests if tokens and requests else None


def _speeds(rows: Iterable[Offer]) -> list[float]:
    # Some lists write 0 for "not measured".
    known = [row.tokens_per_second for row in rows if row.tokens_per_second]
    return [min(max(each, SLOWEST), FASTEST) for each in known]


def _ratio(listed: Listed) -> float | None:
    prompt, completion = listed.prompt_tokens, listed.completion_tokens
    return prompt / completion if prompt and completion else None


def _age(listed: Listed, model: Model, observed: dt.date) -> float:
    since = dt.date.fromisoformat(listed.created or model.released)
    return max((observed - since).days / 365.25, 0.0)
