"""One offer as the calibration sees it: joined to its model's geometry, quality and traffic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from margincarlo.errors import SnapshotError
from margincarlo.prices.checks import label
from margincarlo.registry import Model
from margincarlo.registry.formats import PRECISION_OF_FORMAT

# token/s. Slower is a broken endpoint, faster a special part or a small sample.
SLOWEST: Final = 8.0
FASTEST: Final = 150.0
PRECISIONS_SERVED: Final[Mapping[str, str]] = {
    "fp4": "fp4",
    "mxfp4": "fp4",
    "nvfp4": "fp4",
    "int4": "int4",
    # Six and eight bits compute and are stored as eight.
    "fp6": "fp8",
    "int8": "fp8",
    "fp8": "fp8",
    "mxfp8": "fp8",
    "fp16": "bf16",
    "bf16": "bf16",
    "fp32": "bf16",
}
FAST_TIERS: Final = ("fast", "highspeed")
POSITIVE: Final = (
    "input_price",
    "output_price",
    "base_input_price",
    "base_output_price",
    "blended_price",
    "hosts",
    "input_tokens",
    "output_tokens",
)


@dataclass(frozen=True)
class HostOffer:
    """One endpoint of a model that the registry knows.

    Attributes
    ----------
    model, provider, tag : str
        Slug, host and the endpoint's tag; a host may have several endpoints of a model, and even
        several with one tag in different regions.
    creator : str
        Publisher of the model: what stands before the slash.
    family : str
        Creator, layers, width and experts: models of one skeleton share it.
    input_price, output_price : float
        USD/Mtok, as a buyer pays.
    base_input_price, base_output_price : float
        USD/Mtok before the promotional discount.
    blended_price : float
        USD/Mtok over prompt and completion together: base prices, weighted by the model's traffic.
    cache_read_ratio : float or None
        Price of a cached input token over that of another; None: not published.
    quantization : str
        As declared.
    served_precision : str
        bf16, fp8, fp4 or int4: as declared, else as the model is published; a model in bf16 is
        taken to be served at eight bits.
    precision_declared : bool
    tokens_per_second : float
        Median speed for one user, kept within 8 and 150 token/s.
    speed_imputed : bool
        Not measured; the median of the model's other offers stands for it.
    first_party : bool
        The host is the creator.
    degraded : bool
        Its status is below healthy.
    fast : bool
        By its tag, the tier that a host sells as faster than its usual one.
    promoted : bool
        There is a discount.
    age : float
        Years from the day that the model was listed (else released) to the observation.
    hosts : int
        Hosts that offer the model, custom parts aside.
    intelligence_index, design_arena_elo : float or None
        Quality of the model; None: not known.
    cache_hit_share : float or None
        Share of input tokens that this host reads from a cache for this model.
    traffic : float or None
        Tokens of this host and model, over all their endpoints; do not add them up.
    prompt_completion_ratio : float or None
        Prompt tokens for each completion token in the model's traffic.
    input_tokens, output_tokens : float
        Of the model's mean request; the median over models where its traffic is not known.
    """

    model: str
    provider: str
    tag: str
    creator: str
    family: str
    input_price: float
    output_price: float
    base_input_price: float
    base_output_price: float
    blended_price: float
    cache_read_ratio: float | None
    quantization: str
    served_precision: str
    precision_declared: bool
    tokens_per_second: float
    speed_imputed: bool
    first_party: bool
    degraded: bool
    fast: bool
    promoted: bool
    age: float
    hosts: int
    intelligence_index: float | None
    design_arena_elo: float | None
    cache_hit_share: float | None
    traffic: float | None
    prompt_completion_ratio: float | None
    input_tokens: float
    output_tokens: float

    def __post_init__(self) -> None:
        """Refuse a row whose logarithms or speed would not be numbers."""
        where = label(self.model, self.provider, self.tag)
        for name in POSITIVE:
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise SnapshotError(f"{where}: {name} is {value!r}, and must be above 0")
        if not SLOWEST <= self.tokens_per_second <= FASTEST:
            raise SnapshotError(
                f"{where}: tokens_per_second is {self.tokens_per_second!r}, and must be from"
                f" {SLOWEST:g} to {FASTEST:g}"
            )
        if not 0 <= self.age < math.inf:
            raise SnapshotError(f"{where}: age is {self.age!r}, and must be 0 or more years")


def served(quantization: str, model: Model) -> str:
    """Return the precision that a host is taken to serve: bf16, fp8, fp4 or int4.

    Parameters
    ----------
    quantization : str
        As declared; anything that is not known here counts as undeclared.
    model : Model
        Its published format stands in.
    """
    declared = PRECISIONS_SERVED.get(quantization)
    if declared is not None:
        return declared
    native = PRECISION_OF_FORMAT[model.expert_format]
    return "fp8" if native == "bf16" else native


def fast_tier(tag: str) -> bool:
    """Tell whether an endpoint's tag names a tier that is sold as faster.

    Other tiers are not told apart: one host's "turbo" is cheaper than its usual endpoint.

    Examples
    --------
    >>> fast_tier("fireworks/fast"), fast_tier("deepinfra/turbo"), fast_tier("fireworks")
    (True, False, False)
    """
    return not set(tag.split("/")[1:]).isdisjoint(FAST_TIERS)


def family(model: Model) -> str:
    """Return what models of one skeleton share; such models must not be split by a fold."""
    creator = model.id.partition("/")[0]
    return f"{creator}|{model.layers}|{model.hidden_size}|{model.experts}"
