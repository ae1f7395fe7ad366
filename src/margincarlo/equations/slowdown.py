"""How much longer serving takes than efficiencies measured in benchmarks predict."""

from __future__ import annotations

from margincarlo.units import Number, Share


def slowdown(*, step_time_error: Number, production_derate: Share) -> Number:
    r"""Time in production over the time that efficiencies measured in benchmarks predict.

    The error that the equations were found to have, over the share of a tuned benchmark's speed
    that production attains with the same configuration [1]_ [2]_.

    .. math::

        f_{\mathrm{slow}} = \frac{f_{\mathrm{err}}}{f_{\mathrm{prod}}}

    Parameters
    ----------
    step_time_error
        Measured over predicted time, :math:`f_{\mathrm{err}}`; positive.
    production_derate
        Speed in production over speed in a tuned benchmark of the same configuration,
        :math:`f_{\mathrm{prod}}`; above 0, at most 1.

    Returns
    -------
    slowdown
        Time in production over the time that efficiencies measured in benchmarks predict,
        :math:`f_{\mathrm{slow}}`; shaped as the operands broadcast.

    Notes
    -----
    One factor for prefill and decode. Leave the derate at 1 where `prefill_mfu` and `decode_mbu`
    were measured in production already, and out of it what `batch_fill` and `utilization` say of
    load.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 14,800 output tokens/s per node in production.
    .. [2] The SGLang Team, "Deploying DeepSeek with PD Disaggregation and Large-Scale Expert
       Parallelism on 96 H100 GPUs", LMSYS, 2025: 18,598 output tokens/s per node by DeepSeek's own
       profile.

    Examples
    --------
    DeepSeek's decoding, production against profile, by equations that are right:

    >>> slowdown(step_time_error=1, production_derate=14_800 / 18_598)
    1.2566
    """
    return step_time_error / production_derate
