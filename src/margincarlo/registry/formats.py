"""Number formats: bytes per weight, and the precision that a part computes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.registry.tables import Accelerator, Model

PRECISIONS: Final = ("native", "bf16", "fp8", "fp4", "int4")
KV_PRECISIONS: Final = ("bf16", "fp8")

# Scales included: fp8 has an fp32 scale per 128 x 128 block, mxfp4 a byte per 32 weights, nvfp4 a
# byte per 16, int4 a bf16 per 32.
BYTES_PER_WEIGHT: Final[Mapping[str, float]] = {
    "bf16": 2.0,
    "fp8": 1 + 4 / 128**2,
    "mxfp4": 1 / 2 + 1 / 32,
    "nvfp4": 1 / 2 + 1 / 16,
    "int4": 1 / 2 + 2 / 32,
}
PRECISION_OF_FORMAT: Final[Mapping[str, str]] = {
    "bf16": "bf16",
    "fp8": "fp8",
    "mxfp4": "fp4",
    "nvfp4": "fp4",
    "int4": "int4",
}
FORCED_FORMAT: Final[Mapping[str, str]] = {
    "bf16": "bf16",
    "fp8": "fp8",
    "fp4": "nvfp4",
    "int4": "int4",
}
FALLBACKS: Final[Mapping[str, tuple[str, ...]]] = {
    # Parts without fp4 arithmetic widen such weights to bf16, as they do int4.
    "fp4": ("fp4", "bf16"),
    "fp8": ("fp8", "bf16"),
    "bf16": ("bf16",),
    "int4": ("bf16",),
}


def checked(key: str, given: str, allowed: tuple[str, ...]) -> str:
    """Return `given`.

    Raises
    ------
    ScenarioError
        If it is not one of `allowed`.
    """
    if given not in allowed:
        raise ScenarioError(
            f"{key} may be {', '.join(allowed)}, not {given!r}{did_you_mean(given, allowed)}"
        )
    return given


def weight_formats(model: Model, precision: str) -> tuple[str, str]:
    """Return the formats of routed experts and of the other linear layers.

    A checkpoint that is published in the precision asked for is taken as it is published. A mixture
    that others quantize to four bits keeps eight outside its experts, as NVIDIA's and AMD's
    checkpoints of DeepSeek-R1 do in later versions.
    """
    if precision in ("native", PRECISION_OF_FORMAT[model.expert_format]):
        return model.expert_format, model.other_format
    experts = FORCED_FORMAT[precision]
    return experts, "fp8" if model.is_mixture and precision in ("fp4", "int4") else experts


def bytes_per_weight(model: Model, precision: str) -> tuple[float, float]:
    """Return B/param of routed experts, and on average of all other weights.

    Embedding and output head keep 2 B/param in every precision, as in native checkpoints. The
    average suits memory; no step reads the input embedding, so that reads of dense weights come out
    high for narrow formats (fp8: by 5 % for the median model).
    """
    experts, others = weight_formats(model, precision)
    outside = model.total_params_b - model.routed_params_b
    linear = outside - model.embedding_params_b
    held = linear * BYTES_PER_WEIGHT[others] + model.embedding_params_b * BYTES_PER_WEIGHT["bf16"]
    dense = held / outside
    return (BYTES_PER_WEIGHT[experts] if model.is_mixture else dense), dense


def wanted_compute(model: Model | None, precision: str) -> str | None:
    """Return the precision that the weights ask for; None if nobody says what they are."""
    if precision != "native":
        return precision
    return PRECISION_OF_FORMAT[model.expert_format] if model else None


def peak_tflops(accelerator: Accelerator, wanted: str) -> tuple[str, float] | None:
    """Return the precision that is computed in, and its dense peak in TFLOP/s; None if unknown."""
    known = {
        "bf16": accelerator.bf16_tflops,
        "fp8": accelerator.fp8_tflops,
        "fp4": accelerator.fp4_tflops,
    }
    for precision in FALLBACKS[wanted]:
        peak = known[precision]
        if peak is not None:
            return precision, peak
    return None
