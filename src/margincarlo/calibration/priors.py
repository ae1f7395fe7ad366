"""What is believed before any price: the priors of the calibration, each with its source."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from margincarlo.quantities import quantity
from margincarlo.units import factor

Scale = Literal["log", "logit", "identity"]


@dataclass(frozen=True)
class Prior:
    """A normal distribution on a transformed scale.

    Attributes
    ----------
    mean, sd : float
        On the transformed scale, in display units.
    scale : {"log", "logit", "identity"}
        What was transformed how.
    unit : str
        Unit of the natural scale.
    source : str
        Who says so.
    """

    mean: float
    sd: float
    scale: Scale
    unit: str
    source: str

    def natural(self, value: Any, exp: Any) -> Any:
        """Return a value of the transformed scale on the natural one."""
        if self.scale == "log":
            return exp(value)
        if self.scale == "logit":
            return 1 / (1 + exp(-value))
        return value


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


# Quantities of scenarios, by their names.
BELIEFS: Final[Mapping[str, Prior]] = MappingProxyType(
    {
        "gpu_hour_cost": Prior(
            math.log(2.4), 0.3, "log", "USD/h",
            "H200 or what equals it: 2.05 for 3 years, 2.90 for 1 (SemiAnalysis in InferenceX),"
            " 3.45 and up on demand, less where newer parts do more per dollar",
        ),
        "operations_cost": Prior(
            math.log(0.1), 0.6, "log", "USD/h", "judgement: staff and software, as in"
            " open_weight_host.toml",
        ),
        "utilization": Prior(
            0.2, 0.85, "logit", "1",
            "DeepSeek day 6: 0.82 of peak nodes with elastic nodes; operators on HN: 0.1-0.2",
        ),
        "decode_mbu": Prior(math.log(0.5), 0.5, "log", "1", "judgement, before any benchmark"),
        "prefill_mfu": Prior(math.log(0.4), 0.5, "log", "1", "judgement, before any benchmark"),
        "link_efficiency": Prior(math.log(0.3), 0.8, "log", "1", "judgement, before benchmarks"),
        "decode_step_overhead": Prior(
            math.log(3.0), 0.8, "log", "ms", "judgement, before any benchmark"
        ),
        "production_derate": Prior(
            _logit(0.85), 0.75, "logit", "1",
            "DeepSeek: step time of its published profile over that in production, 0.93",
        ),
        "acceptance_rate": Prior(
            _logit(0.4), 0.8, "logit", "1",
            "DeepSeek V3 report: 0.85-0.90 for a second token; not every host drafts",
        ),
        "reference_batch": Prior(math.log(256), 1.0, "log", "1", "judgement"),
        "batch_weight_elasticity": Prior(0.5, 0.3, "identity", "1", "judgement"),
        "batch_speed_elasticity": Prior(-0.5, 0.35, "identity", "1", "judgement"),
    }
)  # fmt: skip
EFFICIENCIES: Final = ("decode_mbu", "prefill_mfu", "link_efficiency", "decode_step_overhead")


def display_scale(name: str) -> float:
    """Return how many display units the base unit of a quantity is."""
    entry = quantity(name)
    return 1 / factor(entry.display, entry.unit)


def fingerprint() -> str:
    """Return a hash of all priors, their text included."""
    return hashlib.sha256(repr(dict(BELIEFS)).encode()).hexdigest()
