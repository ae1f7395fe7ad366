"""What a price list says: offers of hosts, and the models that they offer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Override:
    """Other prices at some hours, or for long prompts.

    Attributes
    ----------
    min_prompt_tokens : int or None
        Least prompt that it holds for, token.
    utc_start, utc_end : int or None
        Hours that it holds for, HHMM in UTC; half-open, and may wrap around midnight.
    input_price, output_price, cache_read_price : float or None
        USD/Mtok; None: as otherwise.
    """

    min_prompt_tokens: int | None
    utc_start: int | None
    utc_end: int | None
    input_price: float | None
    output_price: float | None
    cache_read_price: float | None


@dataclass(frozen=True)
class Offer:
    """One endpoint: a host offers a model.

    Attributes
    ----------
    model : str
        Slug of OpenRouter, such as ``deepseek/deepseek-v3.2``.
    provider : str
        Name of the host.
    tag : str
        The endpoint's own tag, such as ``deepinfra/fp8``; a host may have several.
    quantization : str
        As declared; ``unknown`` where it is not.
    input_price, output_price : float
        USD/Mtok, as a buyer pays: after the promotional discount.
    base_input_price, base_output_price : float
        USD/Mtok before the promotional discount.
    cache_read_price : float or None
        USD/Mtok for input tokens that were cached, after the discount.
    discount : float
        Promotional, as a share of the base price.
    context_length, max_output_tokens : int or None
        Longest request and answer, token.
    tokens_per_second : float or None
        Median speed for one user over 30 minutes, token/s.
    time_to_first_token : float or None
        Median over 30 minutes, s.
    status : int
        0: healthy; below 0: degraded or down.
    first_party : bool
        The host is the model's creator.
    cache_hit_share : float or None
        Share of input tokens that were read from a cache, where that is known.
    traffic : float or None
        Tokens in the latest ranking window, where that is known.
    overrides : tuple of Override
        Prices at some hours or for long prompts.
    """

    model: str
    provider: str
    tag: str
    quantization: str
    input_price: float
    output_price: float
    base_input_price: float
    base_output_price: float
    cache_read_price: float | None
    discount: float
    context_length: int | None
    max_output_tokens: int | None
    tokens_per_second: float | None
    time_to_first_token: float | None
    status: int
    first_party: bool
    cache_hit_share: float | None = None
    traffic: float | None = None
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class Listed:
    """One model of a price list.

    Attributes
    ----------
    model : str
        Slug of OpenRouter.
    name : str
        As shown to people.
    created : str
        Day that it was listed, ISO 8601.
    open_weight : bool
        Its weights are published.
    intelligence_index : float or None
        Artificial Analysis Intelligence Index, as the listing carries it.
    design_arena_elo : float or None
        Mean Elo over the categories of Design Arena, as the listing carries it.
    prompt_tokens, completion_tokens, requests : float or None
        Traffic in the latest ranking window, where that is known.
    """

    model: str
    name: str
    created: str
    open_weight: bool
    intelligence_index: float | None = None
    design_arena_elo: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    requests: float | None = None


@dataclass(frozen=True)
class Snapshot:
    """Prices as they were seen at one time.

    Attributes
    ----------
    observed_at : str
        ISO 8601, UTC; a day where the hour is not known.
    source : str
        Where the prices come from, for people.
    models : tuple of Listed
        Sorted by slug.
    offers : tuple of Offer
        Sorted by model, provider and tag.
    failures : tuple of (str, str)
        Slugs whose endpoints could not be read, and why.
    sha256 : str
        Checksum of the content.
    """

    observed_at: str
    source: str
    models: tuple[Listed, ...]
    offers: tuple[Offer, ...]
    failures: tuple[tuple[str, str], ...]
    sha256: str
