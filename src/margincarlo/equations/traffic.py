"""A request, or an average request of a workload mix: its tokens and their context."""

from __future__ import annotations

from margincarlo.units import Number, Share, Tokens


def output_tokens(*, visible_output_tokens: Tokens, thinking_ratio: Number) -> Tokens:
    r"""Output tokens per request, thinking tokens included.

    Thinking tokens are generated, and billed, like any other [1]_.

    .. math::

        S_{\mathrm{out}} = S_{\mathrm{vis}} (1 + \theta)

    Parameters
    ----------
    visible_output_tokens
        Output tokens per request that the user sees, :math:`S_{\mathrm{vis}}`; positive.
    thinking_ratio
        Thinking tokens per visible output token, :math:`\theta`; 0 or more.

    Returns
    -------
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; shaped as the
        operands broadcast.

    Notes
    -----
    On a flat plan they are cost alone.

    References
    ----------
    .. [1] Anthropic, "Pricing", Claude documentation, 2026: extended thinking tokens are billed as
       output tokens.

    Examples
    --------
    500 visible tokens and as many of thinking, twice over:

    >>> output_tokens(visible_output_tokens=500, thinking_ratio=2)
    1500
    """
    return visible_output_tokens * (1 + thinking_ratio)


def input_tokens(*, output_tokens: Tokens, input_output_ratio: Number) -> Tokens:
    r"""Prompt tokens per request, cached ones included.

    Workloads differ most in how much is read for each token written: 4 in chat, 100 to 300 in
    coding agents [1]_.

    .. math::

        S_{\mathrm{in}} = S_{\mathrm{out}} I

    Parameters
    ----------
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.
    input_output_ratio
        Prompt tokens per output token, :math:`I`; positive.

    Returns
    -------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; shaped as the
        operands broadcast.

    Notes
    -----
    The ratio counts thinking tokens as output.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 608 billion prompt tokens and 168 billion output tokens a day: 3.6.

    Examples
    --------
    1500 output tokens at 4 to 1:

    >>> input_tokens(output_tokens=1500, input_output_ratio=4)
    6000
    """
    return output_tokens * input_output_ratio


def total_tokens(*, input_tokens: Tokens, output_tokens: Tokens) -> Tokens:
    r"""Tokens per request of every class.

    What blended prices and costs are divided by [1]_.

    .. math::

        S_{\mathrm{all}} = S_{\mathrm{in}} + S_{\mathrm{out}}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.

    Returns
    -------
    total_tokens
        Tokens per request of every class, :math:`S_{\mathrm{all}}`; shaped as the operands
        broadcast.

    Notes
    -----
    Classes differ in cost a hundredfold, so a blend compares only like mixes.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 608 and 168 billion tokens a day.

    Examples
    --------
    In billions:

    >>> total_tokens(input_tokens=608e9, output_tokens=168e9) / 1e9
    776.0
    """
    return input_tokens + output_tokens


def context_length(*, input_tokens: Tokens, output_tokens: Tokens) -> Tokens:
    r"""Context that the average output token attends to.

    The first output token sees the prompt, the last one all output besides: half of it on average
    [1]_.

    .. math::

        S = S_{\mathrm{in}} + \frac{S_{\mathrm{out}}}{2}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.

    Returns
    -------
    context_length
        Context that the average output token attends to, :math:`S`; shaped as the operands
        broadcast.

    Notes
    -----
    For one request. In a mix, long requests generate most of the tokens: state the mean over output
    tokens, not over requests.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: mean KV cache of 4989 tokens per output token.

    Examples
    --------
    6000 prompt tokens and 1500 output tokens:

    >>> context_length(input_tokens=6000, output_tokens=1500)
    6750.0
    """
    return input_tokens + output_tokens / 2


def prefill_context(*, input_tokens: Tokens, cache_hit_share: Share) -> Tokens:
    r"""Context that the average uncached prompt token attends to: the cached prefix, then causally.

    Cached tokens come first. The first uncached one sees them alone, the last one the whole prompt
    [1]_.

    .. math::

        S_p = \frac{S_{\mathrm{in}} (1 + h)}{2}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    cache_hit_share
        Share of prompt tokens that a cache holds, :math:`h`; 0 to 1.

    Returns
    -------
    prefill_context
        Context that the average uncached prompt token attends to: the cached prefix, then causally,
        :math:`S_p`; shaped as the operands broadcast.

    Notes
    -----
    Without a cache it is half of the prompt, the usual causal half.

    References
    ----------
    .. [1] D. Narayanan et al., "Efficient Large-Scale Language Model Training on GPU Clusters Using
       Megatron-LM", arXiv:2104.04473, 2021: appendix, halved for causal attention.

    Examples
    --------
    10,000 prompt tokens of which 90 % are cached:

    >>> prefill_context(input_tokens=10_000, cache_hit_share=0.9)
    9500.0
    """
    return input_tokens * (1 + cache_hit_share) / 2


def uncached_input_per_output(
    *, input_tokens: Tokens, cache_hit_share: Share, output_tokens: Tokens
) -> Number:
    r"""Prompt tokens to prefill for each output token.

    What a server has to prefill while it decodes one token, in the long run [1]_.

    .. math::

        r_u = \frac{S_{\mathrm{in}} (1 - h)}{S_{\mathrm{out}}}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    cache_hit_share
        Share of prompt tokens that a cache holds, :math:`h`; 0 to 1.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.

    Returns
    -------
    uncached_input_per_output
        Prompt tokens to prefill for each output token, :math:`r_u`; shaped as the operands
        broadcast.

    Notes
    -----
    Tokens that are written to the cache are prefilled as well.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 266 billion uncached prompt tokens and 168 billion output tokens a
       day: 1.58.

    Examples
    --------
    DeepSeek's day:

    >>> uncached_input_per_output(input_tokens=608e9, cache_hit_share=0.5625, output_tokens=168e9)
    1.583
    """
    return input_tokens * (1 - cache_hit_share) / output_tokens


def context_occupancy(*, context_length: Tokens, maximum_context: Tokens) -> Share:
    r"""Context of the average output token over the longest that the model takes.

    Positions beyond it have no meaning to the model: above 1 the request cannot be served [1]_.

    .. math::

        o_S = \frac{S}{S_{\mathrm{max}}}

    Parameters
    ----------
    context_length
        Context that the average output token attends to, :math:`S`; positive.
    maximum_context
        Longest context that the model takes, :math:`S_{\mathrm{max}}`; positive.

    Returns
    -------
    context_occupancy
        Context over the longest that the model takes, :math:`o_S`; shaped as the operands
        broadcast.

    Notes
    -----
    Hosts often offer less than the model's maximum.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-R1", model repository, 2025: config.json, max_position_embeddings.

    Examples
    --------
    >>> context_occupancy(context_length=128_000, maximum_context=163_840)
    0.78125
    """
    return context_length / maximum_context
