"""What share of the GPU-hours paid for does work that somebody pays for."""

from __future__ import annotations

from margincarlo.units import Number, Share
from margincarlo.xp import sqrt


def square_root_headroom(*, pool_load: Number, staffing_factor: Number) -> Share:
    """Spare capacity that a pool of this many busy servers needs (square-root staffing)."""
    return staffing_factor / sqrt(pool_load)


def utilization(
    *,
    batch_fill: Share,
    serving_uptime: Share,
    peak_to_mean_load: Number,
    peak_headroom: Share,
    load_elasticity: Share,
) -> Share:
    """Average load over the capacity that is paid for."""
    paid = 1 + (1 - load_elasticity) * (peak_to_mean_load - 1)
    return batch_fill * serving_uptime / (paid * (1 + peak_headroom))
