"""How many sequences decode together: as many as meet the latency target and fit in memory."""

from __future__ import annotations

from typing import Final

from margincarlo.units import Number, Seconds, SecondsPerToken, Share, Tokens, TokensPerSecond
from margincarlo.xp import exp, log, maximum, minimum, where

SLOWEST: Final[Number] = 1e-15
LEAST: Final[Number] = 1e-50
NEWTON_STEPS: Final[int] = 3


def step_budget(
    *,
    tokens_per_step: Tokens,
    interactivity_target: TokensPerSecond,
    synchronization_time: Seconds,
    decode_step_overhead: Seconds,
    draft_time: Seconds,
    slowdown: Number,
) -> Seconds:
    r"""Time that a step may spend on its batch if a user is to see the target speed.

    A user who is promised a speed sees the tokens of a step within their share of a second; what
    does not depend on the batch is taken off [1]_. It is in units of predicted time, of which a
    slowdown leaves less.

    .. math::

        t_v = \frac{E_s}{v f_{\mathrm{slow}}} - t_{\mathrm{sync}} - t_0 - t_{\mathrm{draft}}

    Parameters
    ----------
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; 0 or more.
    interactivity_target
        Speed that a user is promised, :math:`v`; positive.
    synchronization_time
        Time of a step that accelerators spend waiting for one another, :math:`t_{\mathrm{sync}}`; 0
        or more.
    decode_step_overhead
        Fixed time per decode step: launches, sampling, scheduling, :math:`t_0`; 0 or more.
    draft_time
        Time that the draft model takes for its proposal, :math:`t_{\mathrm{draft}}`; 0 or more.
    slowdown
        Time in production over the time that efficiencies measured in benchmarks predict,
        :math:`f_{\mathrm{slow}}`; positive.

    Returns
    -------
    step_budget
        Time that a step may spend on its batch if a user is to see the target speed, :math:`t_v`;
        shaped as the operands broadcast.

    Notes
    -----
    Negative where no batch, however small, attains the target.

    References
    ----------
    .. [1] Y. Zhong et al., "DistServe: Disaggregating Prefill and Decoding for Goodput-optimized
       Large Language Model Serving", arXiv:2401.09670, 2024: section 2: time per output token as an
       objective.

    Examples
    --------
    50 tokens/s, of which 5 ms go to waiting, in ms:

    >>> step_budget(
    ...     tokens_per_step=1,
    ...     interactivity_target=50,
    ...     synchronization_time=5e-3,
    ...     decode_step_overhead=0,
    ...     draft_time=0,
    ...     slowdown=1,
    ... ) * 1e3
    15.0
    """
    waiting = synchronization_time + decode_step_overhead + draft_time
    return tokens_per_step / interactivity_target / slowdown - waiting


def interleaved_prefill_time(
    *,
    prefill_interleave: Share,
    tokens_per_step: Tokens,
    uncached_input_per_output: Number,
    prefill_throughput: TokensPerSecond,
) -> Seconds:
    r"""Prefill work owed per sequence and decode step where both share the accelerators.

    Whoever leaves after so many output tokens is followed by a prompt of so many: in the long run
    each step owes the prefill of the tokens that it gains [1]_.

    .. math::

        t_x = \frac{x E_s r_u}{T_p}

    Parameters
    ----------
    prefill_interleave
        Share of prefill done on the decoding accelerators (0: separate pools), :math:`x`; 0 to 1.
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; 0 or more.
    uncached_input_per_output
        Prompt tokens to prefill for each output token, :math:`r_u`; 0 or more.
    prefill_throughput
        Uncached prompt tokens per second of a replica, :math:`T_p`; 0 or more.

    Returns
    -------
    interleaved_prefill_time
        Prefill work owed per sequence and decode step where both share the accelerators,
        :math:`t_x`; shaped as the operands broadcast.

    Notes
    -----
    Piggybacking prefill on idle arithmetic of a decode step would make it cheaper; here the times
    add.

    References
    ----------
    .. [1] A. Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with
       Sarathi-Serve", arXiv:2403.02310, 2024: section 4: stall-free batching.

    Examples
    --------
    Four prompt tokens per output token at 20,000 tokens/s, in ms:

    >>> interleaved_prefill_time(
    ...     prefill_interleave=1,
    ...     tokens_per_step=1,
    ...     uncached_input_per_output=4,
    ...     prefill_throughput=20_000,
    ... ) * 1e3
    0.2
    """
    owed = prefill_interleave * tokens_per_step * uncached_input_per_output
    return owed / prefill_throughput


def latency_batch(
    *,
    step_budget: Seconds,
    dense_read_time: Seconds,
    expert_read_time: Seconds,
    activated_expert_share: Share,
    routing_diversity: Share,
    verified_tokens: Number,
    sequence_read_time: Seconds,
    sequence_compute_time: Seconds,
    sequence_traffic_time: Seconds,
    interleaved_prefill_time: Seconds,
    slowdown: Number,
) -> Number:
    r"""Largest batch that decodes at the interactivity target.

    Both the reading and the arithmetic of a step must fit its budget. Arithmetic grows in
    proportion to the batch. Reading saturates as more experts are covered [1]_; its balance is
    solved in closed form by Wright's omega function, :math:`\omega + \ln \omega = z` [2]_.

    .. math::

        \begin{aligned} t_{\mathrm{d0}} + t_e f(B_v) + B_v (t_{\mathrm{kv}} + t_{\mathrm{net}} +
        t_x / f_{\mathrm{slow}}) &\le t_v \\ B_v (t_c + t_{\mathrm{net}} + t_x /
        f_{\mathrm{slow}}) &\le t_v \end{aligned}

    Parameters
    ----------
    step_budget
        Time that a step may spend on its batch if a user is to see the target speed, :math:`t_v`;
        of any sign.
    dense_read_time
        Time of a step to read the weights that every token uses, :math:`t_{\mathrm{d0}}`; 0 or
        more.
    expert_read_time
        Time to read every routed expert once, :math:`t_e`; 0 or more.
    activated_expert_share
        Share of routed experts that one token visits, :math:`a`; 0 to 1.
    routing_diversity
        How independently the tokens of a batch choose experts (1: as if at random), :math:`\psi`; 0
        to 1.
    verified_tokens
        Positions that the model checks per sequence and step, :math:`\gamma'`; 0 or more.
    sequence_read_time
        Time of a step to read the KV cache of one sequence, :math:`t_{\mathrm{kv}}`; 0 or more.
    sequence_compute_time
        Time of a step for the arithmetic of one sequence, :math:`t_c`; 0 or more.
    sequence_traffic_time
        Time of a step for the traffic that one sequence causes, :math:`t_{\mathrm{net}}`; 0 or
        more.
    interleaved_prefill_time
        Prefill work owed per sequence and decode step where both share the accelerators,
        :math:`t_x`; 0 or more.
    slowdown
        Time in production over the time that efficiencies measured in benchmarks predict,
        :math:`f_{\mathrm{slow}}`; positive.

    Returns
    -------
    latency_batch
        Largest batch that decodes at the interactivity target, :math:`B_v`; shaped as the operands
        broadcast.

    Notes
    -----
    Coverage :math:`f` is that of `expert_coverage`, with :math:`a`, :math:`\gamma'` and
    :math:`\psi`. Floors on rates and logarithms stand for dense models and for budgets that nothing
    meets; below 1, or negative, no batch attains the target. The target is met to 1e-6 for any
    batch from 1 to 1e5. The budget is in units of predicted time; interleaved prefill is not, as it
    has the slowdown of `prefill_throughput`, and so is divided by it.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 22.
    .. [2] R. M. Corless and D. J. Jeffrey, "The Wright omega Function", AISC, 2002: definition.

    Examples
    --------
    A dense model: 10 ms of a budget of 15 ms go to weights, 0.05 ms to each sequence:

    >>> float(
    ...     latency_batch(
    ...         step_budget=15e-3,
    ...         dense_read_time=10e-3,
    ...         expert_read_time=0,
    ...         activated_expert_share=0,
    ...         routing_diversity=1,
    ...         verified_tokens=1,
    ...         sequence_read_time=0.05e-3,
    ...         sequence_compute_time=0.01e-3,
    ...         sequence_traffic_time=0,
    ...         interleaved_prefill_time=0,
    ...         slowdown=1,
    ...     )
    ... )
    100.0
    """
    other = sequence_traffic_time + interleaved_prefill_time / slowdown
    compute_limit = step_budget / (sequence_compute_time + other)

    missed = maximum(1 - activated_expert_share, 1e-12)
    rate = maximum(-log(missed) * verified_tokens * routing_diversity, SLOWEST)
    slope = sequence_read_time + other
    swing = rate * expert_read_time * missed ** (1 - routing_diversity) / slope
    swing = maximum(swing, LEAST)
    lacking = rate * (dense_read_time + expert_read_time - step_budget) / slope
    # With y = rate * batch + lacking, the balance of reading time is y + ln y = ln swing + lacking.
    root = _wright_omega(log(swing) + lacking)
    # Two forms of one number: each is free of cancellation where the other is not.
    memory_limit = where(lacking > 1, log(swing / root), root - lacking) / rate
    return minimum(memory_limit, compute_limit)


def limited_decode_batch(*, latency_batch: Number, capacity_batch: Number) -> Number:
    r"""Sequences that decode together in a replica.

    The larger the batch the cheaper the token, so it is as large as both the promise to users and
    memory allow [1]_.

    .. math::

        B = \min(B_v, B_{\mathrm{kv}})

    Parameters
    ----------
    latency_batch
        Largest batch that decodes at the interactivity target, :math:`B_v`; of any sign.
    capacity_batch
        Sequences whose KV cache fits in memory, :math:`B_{\mathrm{kv}}`; of any sign.

    Returns
    -------
    decode_batch
        Sequences that decode together in a replica, :math:`B`; shaped as the operands broadcast.

    Notes
    -----
    What a full load allows; that it is not always full is in `batch_fill` and `utilization`.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       figure 1: cost against latency.

    Examples
    --------
    Memory binds:

    >>> float(limited_decode_batch(latency_batch=400.0, capacity_batch=193.0))
    193.0
    """
    return minimum(latency_batch, capacity_batch)


def time_per_output_token(
    *,
    decode_step_time: Seconds,
    decode_batch: Number,
    interleaved_prefill_time: Seconds,
    tokens_per_step: Tokens,
) -> SecondsPerToken:
    r"""Time between two tokens that one user sees (TPOT).

    A step and the prefill that is interleaved with it, over the tokens that a sequence gains [1]_.

    .. math::

        \mathrm{TPOT} = \frac{t_{\mathrm{step}} + B t_x}{E_s}

    Parameters
    ----------
    decode_step_time
        Time of one decode step: the slower of memory and arithmetic, then what adds to it,
        :math:`t_{\mathrm{step}}`; 0 or more.
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    interleaved_prefill_time
        Prefill work owed per sequence and decode step where both share the accelerators,
        :math:`t_x`; 0 or more.
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; 0 or more.

    Returns
    -------
    time_per_output_token
        Time between two tokens that one user sees (TPOT), :math:`\mathrm{TPOT}`; shaped as the
        operands broadcast.

    Notes
    -----
    A mean: prefill that stalls a step as one lump is felt more than this.

    References
    ----------
    .. [1] Y. Zhong et al., "DistServe: Disaggregating Prefill and Decoding for Goodput-optimized
       Large Language Model Serving", arXiv:2401.09670, 2024: section 2.

    Examples
    --------
    A step of 15 ms and 25 sequences that owe 0.2 ms each, in ms:

    >>> time_per_output_token(
    ...     decode_step_time=15e-3,
    ...     decode_batch=25,
    ...     interleaved_prefill_time=0.2e-3,
    ...     tokens_per_step=1,
    ... ) * 1e3
    20.0
    """
    return (decode_step_time + decode_batch * interleaved_prefill_time) / tokens_per_step


def interactivity(*, time_per_output_token: SecondsPerToken) -> TokensPerSecond:
    r"""Speed that one user sees.

    The inverse of the time between tokens [1]_.

    .. math::

        v_{\mathrm{user}} = \frac{1}{\mathrm{TPOT}}

    Parameters
    ----------
    time_per_output_token
        Time between two tokens that one user sees (TPOT), :math:`\mathrm{TPOT}`; 0 or more.

    Returns
    -------
    interactivity
        Speed that one user sees, :math:`v_{\mathrm{user}}`; shaped as the operands broadcast.

    Notes
    -----
    While tokens stream; the wait for the first one is not in it.

    References
    ----------
    .. [1] SemiAnalysis, "InferenceX", repository InferenceX-app, 2026: definition of interactivity.

    Examples
    --------
    20 ms per token, in tokens/s:

    >>> interactivity(time_per_output_token=0.020)
    50.0
    """
    return 1 / time_per_output_token


def _wright_omega(value: Number) -> Number:
    """Solution y of y + ln y = value, to 1e-10."""
    value = maximum(value, -200)
    above = maximum(value, 1)
    below = exp(minimum(value, 1))
    # Starts within 15 %, exact at both ends; each of Newton's steps halves the error's square.
    root = below / (1 + 0.632 * below) + (above - 1 - log(above))
    for _ in range(NEWTON_STEPS):
        root = root * (1 + value - log(root)) / (1 + root)
    return root
