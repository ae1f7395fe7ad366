"""Scores of predicted prices, as `calibrate` and `validate prices` show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from margincarlo.cli.page import Block

# What `score_cells` fills, after the kind of price.
SCORES: Final = (
    "price",
    "median error",
    "CRPS",
    "in 50 %",
    "in 90 %",
    "50 %, by family",
    "90 %, by family",
    "half-width",
)
CROSS_FITTED: Final = (
    "Where families or models are held out, each method's intervals are recalibrated by how those"
    " of the other families fared, endpoints and families weighing the same: the average of a share"
    " and the one by family is near 50 % or 90 % by construction. As modeled: before recalibration."
)


def score_cells(each: dict[str, Any]) -> tuple[str, ...]:
    """Return the figures of a score with their standard errors."""
    noise = each["errors"]
    return (
        f"{each['mdape']:.3f} ± {noise['mdape']:.3f}",
        f"{each['crps']:.3f} ± {noise['crps']:.3f}",
        f"{each['cover50']:.2f} ± {noise['cover50']:.2f}",
        f"{each['cover90']:.2f} ± {noise['cover90']:.2f}",
        f"{each['macro50']:.2f} ± {noise['macro50']:.2f}",
        f"{each['macro90']:.2f} ± {noise['macro90']:.2f}",
        f"x {each['half_width']:.2f}",
    )


def score_reading(how: str, recalibrated: str) -> Block:
    """Return how to read a table of scores.

    Parameters
    ----------
    how : str
        What was held out.
    recalibrated : str
        What was done to the intervals.
    """
    from margincarlo.result.tables import Remark

    return Remark(
        f"Predicted prices of endpoints, {how}. Median error: absolute and relative, of the median"
        " prediction. CRPS: continuous ranked probability score of the log price. In 50 % and 90 %:"
        " share of endpoints inside the central predictive interval; by family: the mean of these"
        f" shares over families, each counting once. {recalibrated} Half-width: factor from its"
        " middle to its ends, 90 %. ±: one standard error from a bootstrap of whole families."
    )
