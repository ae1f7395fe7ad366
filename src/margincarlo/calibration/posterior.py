"""What was learned from prices, as joint draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.dispersion import LEVEL, PARTS, RATIO
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.rent import RENTS

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

WITHOUT: Final = "without_prices"
MIXTURE: Final = "mixture"
# Every draw that a posterior keeps, and what it has one of.
AXES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(BELIEFS, ()),
        "rent": ("model",),
        "surprise": ("model",),
        "split": ("model",),
        "copies": ("model",),
        f"{LEVEL}|scale": ("model",),
        f"{RATIO}|scale": ("model",),
        "quality": ("model",),
        "provider_effect": ("provider",),
        "rent|creator|z": ("creator",),
        "split|creator|z": ("creator",),
        "rent|slopes": ("rent_slope",),
        "split|slopes": ("split_slope",),
        "quality|slopes": ("quality_slope",),
        **dict.fromkeys(
            (
                "rent|level",
                "typical_price",
                "rent|spread",
                "rent|shape",
                "rent|creators",
                "passed_on|cost",
                "passed_on|precision",
                "passed_on|split",
                "speed",
                "first_party",
                "four_bit",
                "degraded",
                "fast",
                "provider|spread",
                "split|level",
                "split|creators",
                "split|spread",
                "split|surprise",
                *(f"{name}|{part}" for name in (LEVEL, RATIO) for part in PARTS),
                "tails",
                "copies|level",
                "copies|spread",
                "quality|spread",
            ),
            (),
        ),
    }
)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Joint draws under several assumptions about rent.

    Attributes
    ----------
    draws : mapping of str to ndarray
        Name → (draw, ...); row i of all of them is one draw. Names and axes are those of `AXES`;
        beliefs are on the scales of their priors.
    variant : ndarray of int
        Assumption about rent of each draw, a place in `RENTS`.
    without : mapping of str to ndarray
        Draws of the beliefs from priors and published measurements, without any price.
    models, providers, creators : tuple of str
        What the axes stand for.
    provenance : mapping
        Hash of the snapshot, its day, weights, priors, versions, seed, diagnostics, held-out
        scores, and what was accepted in spite of them.
    """

    draws: Mapping[str, Array]
    variant: Index
    without: Mapping[str, Array]
    models: tuple[str, ...]
    providers: tuple[str, ...]
    creators: tuple[str, ...]
    provenance: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Number of draws."""
        return int(self.variant.size)

    @property
    def rents(self) -> tuple[str, ...]:
        """Assumptions about rent that there are draws of."""
        return tuple(kind for n, kind in enumerate(RENTS) if (self.variant == n).any())

    def rows(self, rent: str) -> Index:
        """Return the draws of one assumption, or of all under ``"mixture"``."""
        if rent == MIXTURE:
            return np.arange(self.size)
        return np.flatnonzero(self.variant == RENTS.index(rent))

    def beliefs(self, rent: str) -> dict[str, Array]:
        """Return draws of the beliefs, on the scales of their priors.

        Parameters
        ----------
        rent : str
            ``"mixture"``, an assumption about rent, or ``"without_prices"``.
        """
        if rent == WITHOUT:
            return dict(self.without)
        rows = self.rows(rent)
        return {name: self.draws[name][rows] for name in BELIEFS}


def frozen(arrays: Mapping[str, Any]) -> Mapping[str, Array]:
    """Return arrays that cannot be changed by accident."""
    kept = {name: np.ascontiguousarray(each, dtype=np.float64) for name, each in arrays.items()}
    for array in kept.values():
        array.setflags(write=False)
    return MappingProxyType(kept)
