"""Speculative decoding: draft a few tokens cheaply, verify them in one step."""

from __future__ import annotations

from typing import Final

from margincarlo.units import Number, Seconds, Share, Tokens

ONE_TOKEN: Final[Tokens] = 1.0


def tokens_per_step(*, acceptance_rate: Share, draft_length: Number) -> Tokens:
    r"""Tokens that a sequence gains in a step of speculative decoding.

    Drafted tokens are accepted until the first miss, each with the same probability; the step that
    checks them adds one token of its own [1]_.

    .. math::

        E_s = \frac{1 - \alpha^{\gamma + 1}}{1 - \alpha}

    Parameters
    ----------
    acceptance_rate
        Probability that a drafted token is accepted, :math:`\alpha`; 0 to 1.
    draft_length
        Tokens drafted per step of speculative decoding, :math:`\gamma`; 0 or more.

    Returns
    -------
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; shaped as the
        operands broadcast.

    Notes
    -----
    Without a draft this is 1. Acceptance falls along a draft in practice. The printed eq. 46 of
    [2]_ has the exponent one too low, which drops the bonus token; its code has it right.

    References
    ----------
    .. [1] Y. Leviathan, M. Kalman and Y. Matias, "Fast Inference from Transformers via Speculative
       Decoding", ICML, 2023: eq. 1.
    .. [2] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 46.

    Examples
    --------
    Four drafted tokens, each accepted with 80 %:

    >>> tokens_per_step(acceptance_rate=0.8, draft_length=4)
    3.3616
    """
    return ONE_TOKEN * (1 - acceptance_rate ** (draft_length + 1)) / (1 - acceptance_rate)


def verified_tokens(*, draft_length: Number) -> Number:
    r"""Positions that the model checks per sequence and step.

    The drafted tokens, and the one that follows the last of them [1]_.

    .. math::

        \gamma' = \gamma + 1

    Parameters
    ----------
    draft_length
        Tokens drafted per step of speculative decoding, :math:`\gamma`; 0 or more.

    Returns
    -------
    verified_tokens
        Positions that the model checks per sequence and step, :math:`\gamma'`; shaped as the
        operands broadcast.

    Notes
    -----
    Trees of drafts check more positions than they are long: give their number instead.

    References
    ----------
    .. [1] Y. Leviathan, M. Kalman and Y. Matias, "Fast Inference from Transformers via Speculative
       Decoding", ICML, 2023: algorithm 1.

    Examples
    --------
    Four drafted tokens:

    >>> verified_tokens(draft_length=4)
    5
    """
    return draft_length + 1


def draft_time(*, draft_length: Number, draft_step_time: Seconds) -> Seconds:
    r"""Time that the draft model takes for its proposal.

    Drafted tokens follow one another, one pass of the draft model each [1]_.

    .. math::

        t_{\mathrm{draft}} = \gamma t_d

    Parameters
    ----------
    draft_length
        Tokens drafted per step of speculative decoding, :math:`\gamma`; 0 or more.
    draft_step_time
        Time of the draft model per drafted token, :math:`t_d`; 0 or more.

    Returns
    -------
    draft_time
        Time that the draft model takes for its proposal, :math:`t_{\mathrm{draft}}`; shaped as the
        operands broadcast.

    Notes
    -----
    Independent of the batch: a draft model is small enough to be bound by launches and latency.

    References
    ----------
    .. [1] Y. Leviathan, M. Kalman and Y. Matias, "Fast Inference from Transformers via Speculative
       Decoding", ICML, 2023: theorem 3.8: cost of a draft.

    Examples
    --------
    Four passes of half a millisecond, in seconds:

    >>> draft_time(draft_length=4, draft_step_time=0.5e-3)
    0.002
    """
    return draft_length * draft_step_time
