"""Joint draws of everything that the throughput model learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.throughput.design import FACTORS, SLOPES, TERMS

Array = npt.NDArray[np.float64]

RESIDUAL: Final = "residual"


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of effects on the logarithms of efficiencies.

    Attributes
    ----------
    levels : mapping of str to tuple of str
        Property → the levels that it had in training.
    groups : tuple of str
        Vendor and kind of model → residual scale.
    draws : mapping of str to ndarray
        ``term|mean`` and ``term|slope`` (draw,), ``term|factor`` (draw, level), ``term|factor|sd``
        (draw,), ``residual`` (draw, group). Row i of all of them is one draw.
    """

    levels: Mapping[str, tuple[str, ...]]
    groups: tuple[str, ...]
    draws: Mapping[str, Array]

    @property
    def size(self) -> int:
        """Number of draws."""
        return int(self.draws[RESIDUAL].shape[0])


def keys() -> tuple[str, ...]:
    """Return the names of all draws that a posterior holds, in a fixed order."""
    names = [f"{term}|mean" for term in TERMS]
    names += [f"{term}|{slope}" for slope, (term, _) in SLOPES.items()]
    names += [factor.key for factor in FACTORS]
    names += [f"{factor.key}|sd" for factor in FACTORS if factor.learned]
    return (*names, RESIDUAL)


def frozen(
    levels: Mapping[str, tuple[str, ...]], groups: tuple[str, ...], draws: Mapping[str, Array]
) -> Posterior:
    """Return a posterior that cannot be changed by accident."""
    kept = {name: np.ascontiguousarray(draws[name], dtype=np.float64) for name in keys()}
    for array in kept.values():
        array.setflags(write=False)
    return Posterior(MappingProxyType(dict(levels)), groups, MappingProxyType(kept))
