"""Published numbers, held against what comes out here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from margincarlo.result.estimate import Estimate
from margincarlo.scenario import Claim


@dataclass(frozen=True)
class ClaimResult:
    """A published number and ours.

    Attributes
    ----------
    claim : Claim
        In the display unit of its quantity.
    here : Estimate
        Median that came out, in the same unit.
    agrees : bool
        Whether the two are within the claim's tolerance.
    """

    claim: Claim
    here: Estimate
    agrees: bool

    @property
    def ratio(self) -> float:
        """Claimed over ours."""
        return self.claim.claimed / self.here.value if self.here.value else math.nan


def judge(claim: Claim, here: Estimate) -> ClaimResult:
    """Hold a claim against the median that came out."""
    gap = abs(here.value - claim.claimed)
    return ClaimResult(claim, here, gap <= claim.tolerance * abs(claim.claimed))
