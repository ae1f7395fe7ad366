"""What OpenRouter's API answers, as far as prices need it.

Fields that are not named here are allowed and ignored; a field of another type than the API's own
schema gives it is an error, because a price in another unit must not pass for a price.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

# HHMM. The schema calls it a number, so 400.0 is as good as 400.
Clock = Annotated[int, Field(ge=0, le=2400, strict=False)]


class Answer(BaseModel):
    """A part of an answer: types are checked, further fields ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class Condition(Answer):
    """Prices under a condition; USD per token, as strings."""

    min_prompt_tokens: Annotated[int, Field(ge=0, strict=False)] | None = None
    utc_start: Clock | None = None
    utc_end: Clock | None = None
    prompt: str | None = None
    completion: str | None = None
    input_cache_read: str | None = None


class Pricing(Answer):
    """Prices; USD per token, as strings, after `discount`."""

    prompt: str
    completion: str
    input_cache_read: str | None = None
    # Below 0: a surcharge.
    discount: Annotated[float, Field(ge=-1, le=1)] = 0.0
    overrides: list[Condition] | None = None


class Percentiles(Answer):
    """Of the last 30 minutes."""

    p50: float | None = None


class Endpoint(Answer):
    """A host's offer of a model."""

    provider_name: Annotated[str, Field(min_length=1)]
    tag: Annotated[str, Field(min_length=1)]
    pricing: Pricing
    quantization: str | None = None
    context_length: int | None = None
    max_completion_tokens: int | None = None
    status: int | None = None
    latency_last_30m: Percentiles | None = None
    throughput_last_30m: Percentiles | None = None


class Endpoints(Answer):
    """All offers of one model; each is checked on its own, so that one cannot hide the others."""

    endpoints: list[Any]


class Architecture(Answer):
    """What goes in and comes out."""

    input_modalities: list[str]
    output_modalities: list[str]


class Index(Answer):
    """Scores by Artificial Analysis."""

    intelligence_index: float | None = None


class Arena(Answer):
    """A score in one category of Design Arena."""

    elo: float


class Benchmarks(Answer):
    """Scores that the listing carries; a model may have none."""

    artificial_analysis: Index | None = None
    design_arena: list[Arena] | None = None


class Entry(Answer):
    """A model of the list."""

    # What a path may hold: it comes from outside, and becomes part of an address.
    id: Annotated[str, Field(max_length=200, pattern=r"^~?[\w-][\w.-]*/[\w-][\w.-]*(:[\w.-]+)?$")]
    name: str
    created: Annotated[int, Field(gt=0, lt=10_000_000_000)]
    pricing: Pricing
    architecture: Architecture
    hugging_face_id: str | None = None
    alias_target: Any = None
    benchmarks: Benchmarks | None = None


class Listing(Answer):
    """The list of models, or a page of it; each model is checked on its own."""

    data: list[Any]
    total_count: int | None = None


class Details(Answer):
    """The answer for one model."""

    data: Endpoints


def reason(problem: ValidationError) -> str:
    """Return the first complaint of `problem` as text: where, and what."""
    first = problem.errors(include_url=False, include_input=True)[0]
    where = ".".join(str(part) for part in first["loc"])
    found = repr(first["input"])
    shown = found if len(found) <= 60 else f"{found[:57]}..."
    return f"{where or 'answer'}: {first['msg']}, not {shown}"
