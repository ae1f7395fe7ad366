"""Which effects each measurement has a share in: the design of the hierarchical model.

Logarithms of four efficiencies are sums of effects. A level that no training row has, such as an
accelerator never measured, has no column; its effect is drawn from the population of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.measurements import Measurement
from margincarlo.registry import accelerators, find_accelerator, find_model

Array = npt.NDArray[np.float64]

TERMS: Final = ("decode_step_overhead", "decode_mbu", "prefill_mfu", "link_efficiency")


@dataclass(frozen=True)
class Factor:
    """Effects of the levels of one property on one term, on its logarithm.

    Attributes
    ----------
    term, name : str
    sd : float
        Standard deviation of the population of effects, or its prior median where it is learned.
    learned : bool
        Whether the standard deviation is learned.
    """

    term: str
    name: str
    sd: float
    learned: bool = False

    @property
    def key(self) -> str:
        """Name in the posterior."""
        return f"{self.term}|{self.name}"


# Standard deviations were chosen by the held-out error, not by the fit; see the decision record.
FACTORS: Final = (
    Factor("decode_step_overhead", "kind", 1.0),
    Factor("decode_step_overhead", "vendor", 0.05),
    Factor("decode_step_overhead", "accelerator", 0.05, learned=True),
    Factor("decode_step_overhead", "model", 0.25, learned=True),
    Factor("decode_step_overhead", "engine", 0.05),
    Factor("decode_mbu", "kind", 0.10),
    Factor("decode_mbu", "vendor", 0.10),
    Factor("decode_mbu", "kernels", 0.15, learned=True),
    Factor("decode_mbu", "model", 0.15, learned=True),
    Factor("decode_mbu", "engine", 0.03),
    Factor("decode_mbu", "width", 0.10),
    Factor("decode_mbu", "spread", 0.15),
    Factor("prefill_mfu", "kind", 0.20),
    Factor("prefill_mfu", "vendor", 0.10),
    Factor("link_efficiency", "vendor", 0.20),
    Factor("link_efficiency", "engine", 0.15),
    Factor("link_efficiency", "spread", 0.50),
)
INTERCEPTS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "decode_step_overhead": (float(np.log(7.5e-5)), 0.3),
        "decode_mbu": (float(np.log(0.7)), 0.3),
        # Rows that prefill between decode steps hardly tell arithmetic from traffic. Apart, prefill
        # shows 0.15 to 0.59 of peak: DeepSeek day 6, SGLang and Ant Group on LMSYS' blog, 2025.
        "prefill_mfu": (float(np.log(0.4)), 0.3),
        "link_efficiency": (float(np.log(0.5)), 0.7),
    }
)
SLOPES: Final[Mapping[str, tuple[str, float]]] = MappingProxyType(
    {"age": ("decode_step_overhead", 0.2), "bandwidth": ("decode_step_overhead", 0.5)}
)

MATURE: Final = 1.5
TYPICAL_AGE: Final = 0.7
TYPICAL_BANDWIDTH: Final = 6.0


@dataclass(frozen=True)
class Configuration:
    """What the effects depend on; the part of a measurement that is not a rate.

    Attributes
    ----------
    model, accelerator : str
        Ids in the registry.
    engine : str
        sglang, trt, vllm, atom or other.
    precision : str
        Of the weights.
    expert_parallel : bool
        Whether experts live whole on some accelerator.
    date : str
        ISO date of the run; empty: unknown.
    """

    model: str
    accelerator: str
    engine: str
    precision: str
    expert_parallel: bool
    date: str = ""

    @property
    def kind(self) -> str:
        """Mixture, or a dense model on accelerators of one vendor."""
        return "mixture" if find_model(self.model).is_mixture else f"dense {self.vendor}"

    @property
    def architecture(self) -> str:
        """Mixture or dense: their kernels are tuned apart."""
        return "mixture" if find_model(self.model).is_mixture else "dense"

    @property
    def vendor(self) -> str:
        """Maker of the accelerator."""
        return find_accelerator(self.accelerator).vendor.lower()

    @property
    def width(self) -> str:
        """Whether routed weights have four bits or more."""
        row = find_model(self.model)
        own = row.expert_format if self.precision == "native" else self.precision
        return "narrow" if own.endswith(("fp4", "int4")) else "wide"

    @property
    def spread(self) -> str:
        """Whether tokens travel to experts, or every accelerator has a part of each."""
        return "expert parallel" if self.expert_parallel else "tensor parallel"


LEVELS: Final[Mapping[str, Callable[[Configuration], str]]] = MappingProxyType(
    {
        "kind": lambda each: each.kind,
        "vendor": lambda each: each.vendor,
        "accelerator": lambda each: each.accelerator,
        "kernels": lambda each: f"{each.accelerator} {each.architecture}",
        "model": lambda each: each.model,
        "engine": lambda each: each.engine,
        "width": lambda each: each.width,
        "spread": lambda each: each.spread,
    }
)


def configuration_of(row: Measurement) -> Configuration:
    """Return what the effects on a measurement depend on."""
    return Configuration(
        model=row.model,
        accelerator=row.accelerator,
        engine=row.engine,
        precision=row.precision,
        expert_parallel=row.expert_parallel,
        date=row.date,
    )


def levels_of(rows: Sequence[Configuration]) -> dict[str, tuple[str, ...]]:
    """Return the levels of every property that rows have, sorted."""
    return {name: tuple(sorted({level(row) for row in rows})) for name, level in LEVELS.items()}


def indicator(
    rows: Sequence[Configuration], name: str, levels: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return rows x levels: 1 where a row has the level, else 0."""
    found = [LEVELS[name](row) for row in rows]
    return np.array([[float(each == level) for level in levels] for each in found]).reshape(
        len(found), len(levels)
    )


def covariates(rows: Sequence[Configuration]) -> dict[str, Array]:
    """Return what the slopes multiply: centered, one array over rows each."""
    parts = accelerators()
    bandwidth = [parts[row.accelerator].memory_bandwidth_tbps for row in rows]
    return {
        "age": np.array([_age(row) for row in rows]),
        "bandwidth": np.log(np.array(bandwidth) / TYPICAL_BANDWIDTH),
    }


def _age(row: Configuration) -> float:
    """Years that software had to mature: from the model's release to the run."""
    if not row.date:
        return 0.0
    released = date.fromisoformat(find_model(row.model).released)
    years = (date.fromisoformat(row.date) - released).days / 365.25
    return min(max(years, 0.0), MATURE) - TYPICAL_AGE
