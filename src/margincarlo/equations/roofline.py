"""The arithmetic of the roofline: floating-point work per token, of weights and of attention."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    FLOPPerParameterToken,
    FLOPPerToken,
    FLOPPerTokenPair,
    Number,
    Parameters,
    Tokens,
)
from margincarlo.xp import minimum

MULTIPLY_ADD: Final[FLOPPerParameterToken] = 2.0
MULTIPLY_ADD_PAIR: Final[FLOPPerTokenPair] = 4.0


def matmul_flops_per_token(
    *,
    active_parameters: Parameters,
    dense_parameters: Parameters,
    expert_imbalance: Number,
) -> FLOPPerToken:
    r"""Arithmetic of the weights for one token; experts wait for the busiest of them.

    Each active parameter is one multiplication and one addition [1]_. What routed experts do is
    counted as long as the busiest accelerator works on it.

    .. math::

        \phi_0 = 2 \left(N_d + (N_{\mathrm{act}} - N_d) \lambda\right)

    Parameters
    ----------
    active_parameters
        Parameters that multiply for one token, :math:`N_{\mathrm{act}}`; positive.
    dense_parameters
        Parameters that every token uses: attention, shared experts, embeddings' output,
        :math:`N_d`; 0 or more.
    expert_imbalance
        Load of the busiest accelerator over the mean, in the expert layers, :math:`\lambda`; 1 or
        more.

    Returns
    -------
    matmul_flops_per_token
        Arithmetic of the weights for one token; experts wait for the busiest of them,
        :math:`\phi_0`; shaped as the operands broadcast.

    Notes
    -----
    Imbalance makes this more than the work that is done; it is the work that an even machine could
    do meanwhile.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 2: 2N FLOP per token.

    Examples
    --------
    37 billion active parameters, in GFLOP:

    >>> matmul_flops_per_token(
    ...     active_parameters=37e9, dense_parameters=17e9, expert_imbalance=1
    ... ) / 1e9
    74.0
    """
    routed = (active_parameters - dense_parameters) * expert_imbalance
    return MULTIPLY_ADD * (dense_parameters + routed)


def attention_flops_slope(
    *, layers: Number, attention_heads: Number, head_dimension: Number
) -> FLOPPerTokenPair:
    """Arithmetic of attention for one token and one token of its context.

    One product of query and key, one of weight and value, each a multiplication and an addition per
    head dimension [1]_ [2]_.

    .. math::

        f_a = 4 L n_h d_h

    Parameters
    ----------
    layers
        Layers of the model, :math:`L`; positive.
    attention_heads
        Attention heads, :math:`n_h`; positive.
    head_dimension
        Dimension of one attention head, :math:`d_h`; positive.

    Returns
    -------
    attention_flops_slope
        Arithmetic of attention for one token and one token of its context, :math:`f_a`; shaped as
        the operands broadcast.

    Notes
    -----
    MLA decodes in its latent space: its `head_dimension` is then 512 (with 64 for the position on
    the key side), four times that of its prefill, which `prefill_attention_ratio` corrects.

    References
    ----------
    .. [1] D. Narayanan et al., "Efficient Large-Scale Language Model Training on GPU Clusters Using
       Megatron-LM", arXiv:2104.04473, 2021: appendix: 2Bs²h for scores and 2Bs²h for values per
       layer.
    .. [2] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1,
       whose printed eq. 37 leaves out the head dimension; its code has it.

    Examples
    --------
    Llama-3-70B, in MFLOP per pair:

    >>> attention_flops_slope(layers=80, attention_heads=64, head_dimension=128) / 1e6
    2.62144
    """
    return MULTIPLY_ADD_PAIR * layers * attention_heads * head_dimension


def decode_flops_per_token(
    *,
    matmul_flops_per_token: FLOPPerToken,
    attention_flops_slope: FLOPPerTokenPair,
    attention_flops_plateau: FLOPPerToken,
    attention_span: Tokens,
    context_length: Tokens,
) -> FLOPPerToken:
    r"""Arithmetic to generate one token at this context.

    Weights, plus attention that grows with the context, plus attention that stops growing: windows
    and sparse selections are full from some context on [1]_.

    .. math::

        \phi_d = \phi_0 + f_a S + f_p \min\left(1, \frac{S}{S_a}\right)

    Parameters
    ----------
    matmul_flops_per_token
        Arithmetic of the weights for one token; experts wait for the busiest of them,
        :math:`\phi_0`; 0 or more.
    attention_flops_slope
        Arithmetic of attention for one token and one token of its context, :math:`f_a`; 0 or more.
    attention_flops_plateau
        Attention arithmetic per token that stops growing with the context, :math:`f_p`; 0 or more.
    attention_span
        Context at which that arithmetic has stopped growing, :math:`S_a`; positive.
    context_length
        Context that the average output token attends to, :math:`S`; 0 or more.

    Returns
    -------
    decode_flops_per_token
        Arithmetic to generate one token at this context, :math:`\phi_d`; shaped as the operands
        broadcast.

    Notes
    -----
    Softmax, norms and activations are left out, a few parts in a thousand.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1.

    Examples
    --------
    Llama-3-70B at 10,000 tokens of context, in GFLOP:

    >>> float(
    ...     decode_flops_per_token(
    ...         matmul_flops_per_token=141.2e9,
    ...         attention_flops_slope=2.62144e6,
    ...         attention_flops_plateau=0,
    ...         attention_span=1,
    ...         context_length=10_000,
    ...     )
    ...     / 1e9
    ... )
    167.4
    """
    bounded = attention_flops_plateau * minimum(1, context_length / attention_span)
    return matmul_flops_per_token + attention_flops_slope * context_length + bounded


def prefill_flops_per_token(
    *,
    matmul_flops_per_token: FLOPPerToken,
    attention_flops_slope: FLOPPerTokenPair,
    attention_flops_plateau: FLOPPerToken,
    attention_span: Tokens,
    prefill_attention_ratio: Number,
    prefill_context: Tokens,
) -> FLOPPerToken:
    r"""Arithmetic to process one prompt token that no cache holds.

    As in decode, at the mean context of the uncached prompt tokens, which attention, being linear
    in it, needs alone [1]_.

    .. math::

        \phi_p = \phi_0 + r_a \left(f_a S_p + f_p \min\left(1, \frac{S_p}{S_a}\right)\right)

    Parameters
    ----------
    matmul_flops_per_token
        Arithmetic of the weights for one token; experts wait for the busiest of them,
        :math:`\phi_0`; 0 or more.
    attention_flops_slope
        Arithmetic of attention for one token and one token of its context, :math:`f_a`; 0 or more.
    attention_flops_plateau
        Attention arithmetic per token that stops growing with the context, :math:`f_p`; 0 or more.
    attention_span
        Context at which that arithmetic has stopped growing, :math:`S_a`; positive.
    prefill_attention_ratio
        Attention arithmetic per token pair in prefill over that in decode, :math:`r_a`; positive.
    prefill_context
        Context that the average uncached prompt token attends to: the cached prefix, then causally,
        :math:`S_p`; 0 or more.

    Returns
    -------
    prefill_flops_per_token
        Arithmetic to process one prompt token that no cache holds, :math:`\phi_p`; shaped as the
        operands broadcast.

    Notes
    -----
    The plateau is taken at the mean context too, which overstates it a little for prompts not much
    longer than the span.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1.

    Examples
    --------
    Llama-3-70B, 8000 prompt tokens, hence 4000 on average, in GFLOP:

    >>> float(
    ...     prefill_flops_per_token(
    ...         matmul_flops_per_token=141.2e9,
    ...         attention_flops_slope=2.62144e6,
    ...         attention_flops_plateau=0,
    ...         attention_span=1,
    ...         prefill_attention_ratio=1,
    ...         prefill_context=4000,
    ...     )
    ...     / 1e9
    ... )
    151.7
    """
    bounded = attention_flops_plateau * minimum(1, prefill_context / attention_span)
    attention = attention_flops_slope * prefill_context + bounded
    return matmul_flops_per_token + prefill_attention_ratio * attention
