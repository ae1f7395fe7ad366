"""What a belief implies that its author may not have meant, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

from margincarlo.beliefs.base import Belief
from margincarlo.beliefs.bounded import Beta

WIDE_RATIO = 100.0
FAR_TAIL = 10.0
LARGE_MISFIT = 0.02


def implied(belief: Belief, quantiles: dict[str, float]) -> Iterator[str]:
    """Yield a sentence for each implausible tail.

    Parameters
    ----------
    belief : Belief
        What was fitted.
    quantiles : dict of str to float
        What was stated, lowest first; may be empty.
    """
    positive = belief.support[0] >= 0.0 and belief.support[1] == math.inf
    p5, p95 = belief.quantile(0.05), belief.quantile(0.95)
    if positive and p5 > 0.0 and p95 / p5 > WIDE_RATIO * (1.0 + 1e-9):
        times = belief.mean / belief.quantile(0.5)
        yield (
            f"p95 is {p95 / p5:.3g} times p5, which implies a mean {times:.2g} times its median; "
            "narrow it, or cut it with upper"
        )
    if isinstance(belief, Beta) and belief.alpha < 1.0 and belief.beta < 1.0:
        yield (
            f"this beta is U-shaped: both ends ({belief.lower:g} and {belief.upper:g}) are "
            "likelier than the middle; bring the quantiles closer together unless that is meant"
        )
    if quantiles:
        yield from _far_tails(belief, quantiles, positive)


def _far_tails(belief: Belief, quantiles: dict[str, float], positive: bool) -> Iterator[str]:
    (first, low), *_, (last, high) = quantiles.items()
    p1, p99 = belief.quantile(0.01), belief.quantile(0.99)
    reach = FAR_TAIL * (high - low)
    if p99 > FAR_TAIL * high if positive else p99 - high > reach:
        yield f"its 99 % point {p99:.3g} lies far beyond {last} = {high:g}; state p95 or upper"
    if 0.0 < p1 < low / FAR_TAIL if positive else low - p1 > reach:
        yield f"its 1 % point {p1:.3g} lies far below {first} = {low:g}; state p5 or lower"


def fitted(misfit: float, worst: str, stated: float, reached: float) -> Iterator[str]:
    """Yield a sentence when a stated quantile is missed by more than 2 % of the stated range."""
    if misfit > LARGE_MISFIT:
        yield (
            f"no member of the family meets every stated quantile: {worst} = {stated:g} became "
            f"{reached:.4g}, a miss of {misfit:.1%} of the stated range; try another family"
        )
