"""A prediction as draws, and the one endpoint that it is of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.sites import Sites, sites_of
from margincarlo.errors import CalibrationError, did_you_mean
from margincarlo.prices.host_offer import served
from margincarlo.registry import PRECISIONS, Model

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

PROBABILITIES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Prediction:
    """Draws of what output and input tokens cost or are sold for.

    Attributes
    ----------
    model : str
        Slug.
    rent : str
        Assumption that the draws are of.
    output, input : ndarray, shape (draw,)
        USD/Mtok; row i of both is one draw.
    strata : ndarray of int
        Assumption about rent of each draw, a place in `RENTS`.
    """

    model: str
    rent: str
    output: Array
    input: Array
    strata: Index

    def quantiles(
        self, probabilities: tuple[float, ...] = PROBABILITIES
    ) -> dict[str, dict[float, float]]:
        """Return quantiles of ``output`` and ``input``, USD/Mtok."""
        return {
            name: dict(zip(probabilities, np.quantile(each, probabilities).tolist(), strict=True))
            for name, each in (("output", self.output), ("input", self.input))
        }


def check_positive(name: str, value: float, most: float) -> None:
    """Refuse a number that is not above 0 and at most `most`."""
    if not (0 < value <= most and math.isfinite(value)):
        limit = "" if math.isinf(most) else f" and at most {most:g}"
        raise CalibrationError(f"{name} is {value!r}, and must be above 0{limit}")


def site_of(
    model: Model, precision: str | None, speed: float, input_tokens: float, output_tokens: float
) -> Sites:
    """Return the one endpoint that serves a model so."""
    import pandas as pd

    for name, value in (("speed", speed), ("input_tokens", input_tokens)):
        check_positive(name, value, math.inf)
    check_positive("output_tokens", output_tokens, math.inf)
    return sites_of(
        pd.DataFrame(
            {
                "model": [model.id],
                "served_precision": [precision_of(model, precision)],
                "tokens_per_second": [speed],
                "input_tokens": [input_tokens],
                "output_tokens": [output_tokens],
            }
        )
    )


def precision_of(model: Model, precision: str | None) -> str:
    """Return the precision that a model is served in; by default as hosts are taken to."""
    if precision is not None and precision not in PRECISIONS:
        raise CalibrationError(
            f"nobody serves precision {precision!r}{did_you_mean(precision, PRECISIONS)};"
            f" choose one of {', '.join(PRECISIONS)}"
        )
    return precision if precision not in (None, "native") else served("", model)
