"""What share of the GPU-hours paid for does work that somebody pays for."""

from __future__ import annotations

from margincarlo.units import Number, Share
from margincarlo.xp import sqrt


def square_root_headroom(*, pool_load: Number, staffing_factor: Number) -> Share:
    r"""Spare capacity that a pool of this many busy servers needs (square-root staffing).

    Independent requests fluctuate by the square root of their number, so large pools need
    relatively little reserve [1]_.

    .. math::

        \eta = \frac{\beta}{\sqrt{R}}

    Parameters
    ----------
    pool_load
        Average number of busy servers of a pool, :math:`R`; positive.
    staffing_factor
        Standard deviations of load that a pool keeps spare, :math:`\beta`; positive.

    Returns
    -------
    peak_headroom
        Spare capacity over the peak load, :math:`\eta`; shaped as the operands broadcast.

    Notes
    -----
    Poisson arrivals around a known mean: bursts that users share (a launch, a morning) are in
    `peak_to_mean_load`.

    References
    ----------
    .. [1] W. Whitt, "Understanding the Efficiency of Multi-Server Service Systems", Management
       Science 38(5), 1992: the square-root safety rule.

    Examples
    --------
    1000 busy servers and two standard deviations: 63 spare ones:

    >>> float(square_root_headroom(pool_load=1000, staffing_factor=2))
    0.0632
    """
    return staffing_factor / sqrt(pool_load)


def utilization(
    *,
    batch_fill: Share,
    serving_uptime: Share,
    peak_to_mean_load: Number,
    peak_headroom: Share,
    load_elasticity: Share,
) -> Share:
    r"""Average load over the capacity that is paid for.

    Capacity is sized for the peak and a headroom on it. What is idle off-peak is paid for unless it
    can be lent or handed back [1]_.

    .. math::

        u = \frac{\mathrm{fill} A_s}{\left(1 + (1 - e) (\mathrm{PMR} - 1)\right) (1 + \eta)}

    Parameters
    ----------
    batch_fill
        Average batch over the batch that the targets allow, :math:`\mathrm{fill}`; 0 to 1.
    serving_uptime
        Share of hours that a deployed replica takes traffic, :math:`A_s`; 0 to 1.
    peak_to_mean_load
        Load in the peak that capacity is sized for over average load, :math:`\mathrm{PMR}`; 1 or
        more.
    peak_headroom
        Spare capacity over the peak load, :math:`\eta`; 0 or more.
    load_elasticity
        Share of the capacity idle off-peak that is lent to other work or handed back, :math:`e`; 0
        to 1.

    Returns
    -------
    utilization
        Average load over the capacity that is paid for, :math:`u`; shaped as the operands
        broadcast.

    Notes
    -----
    Load in tokens over tokens at full batches: neither MFU nor the share of time that a GPU is
    busy. A throughput that was measured as an average over paid hours contains it already.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: nodes occupied: 278 at the peak, 226.75 on average, the difference
       lent to training.

    Examples
    --------
    A peak of 2.5 times the mean, 20 % headroom, 98 % up:

    >>> utilization(
    ...     batch_fill=1,
    ...     serving_uptime=0.98,
    ...     peak_to_mean_load=2.5,
    ...     peak_headroom=0.20,
    ...     load_elasticity=0,
    ... )
    0.3267
    """
    paid = 1 + (1 - load_elasticity) * (peak_to_mean_load - 1)
    return batch_fill * serving_uptime / (paid * (1 + peak_headroom))
