"""Mixture of experts: which share of the experts a token, and a batch of tokens, visits."""

from __future__ import annotations

from margincarlo.units import Number, Parameters, Share
from margincarlo.xp import maximum


def sized_activated_expert_share(
    *,
    active_parameters: Parameters,
    dense_parameters: Parameters,
    routed_parameters: Parameters,
    total_parameters: Parameters,
) -> Share:
    r"""Share of routed experts that one token visits, from sizes alone.

    Experts are of one size, so the share of routed parameters that a token uses is the share of
    experts that it visits [1]_.

    .. math::

        a = \frac{N_{\mathrm{act}} - N_d}{N_r}

    Parameters
    ----------
    active_parameters
        Parameters that multiply for one token, :math:`N_{\mathrm{act}}`; positive.
    dense_parameters
        Parameters that every token uses: attention, shared experts, embeddings' output,
        :math:`N_d`; 0 or more.
    routed_parameters
        Parameters that live in routed experts, :math:`N_r`; 0 or more.
    total_parameters
        Parameters of the model, :math:`N_{\mathrm{tot}}`; positive.

    Returns
    -------
    activated_expert_share
        Share of routed experts that one token visits, :math:`a`; shaped as the operands broadcast.

    Notes
    -----
    A dense model yields 0: a floor of one billionth of the `total_parameters`
    (:math:`N_{\mathrm{tot}}`) stands below the line.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 4.2: 37 of
       671 billion parameters are activated.

    Examples
    --------
    DeepSeek-R1, to be compared with 8 of 256:

    >>> float(
    ...     sized_activated_expert_share(
    ...         active_parameters=37.5e9,
    ...         dense_parameters=17.1e9,
    ...         routed_parameters=653.9e9,
    ...         total_parameters=671e9,
    ...     )
    ... )
    0.0312
    """
    # The floor lets a dense model, which has no routed parameters, come out as 0 and not as 0/0.
    routed = maximum(routed_parameters, 1e-9 * total_parameters)
    return (active_parameters - dense_parameters) / routed


def counted_activated_expert_share(*, experts_per_token: Number, experts: Number) -> Share:
    r"""Share of routed experts that one token visits, from their counts.

    A router sends each token to a fixed number of the experts of a layer [1]_.

    .. math::

        a = \frac{k}{E}

    Parameters
    ----------
    experts_per_token
        Routed experts that one token visits per layer, :math:`k`; positive.
    experts
        Routed experts per layer, :math:`E`; positive.

    Returns
    -------
    activated_expert_share
        Share of routed experts that one token visits, :math:`a`; shaped as the operands broadcast.

    Notes
    -----
    A dense model counts as one expert that every token visits.

    References
    ----------
    .. [1] A. Q. Jiang et al., "Mixtral of Experts", arXiv:2401.04088, 2024: section 2.1: 2 of 8
       experts.

    Examples
    --------
    DeepSeek-R1 sends a token to 8 of 256 experts:

    >>> counted_activated_expert_share(experts_per_token=8, experts=256)
    0.03125
    """
    return experts_per_token / experts


def expert_coverage(
    *,
    activated_expert_share: Share,
    decode_batch: Number,
    verified_tokens: Number,
    routing_diversity: Share,
) -> Share:
    r"""Share of routed experts that at least one token of a decode step visits.

    If tokens chose experts as if at random, an expert would be missed by all of them with the
    probability that one misses it, to the power of their number [1]_ [2]_. Tokens of real traffic
    resemble one another: they count as fewer independent ones.

    .. math::

        f = 1 - (1 - a)^{1 + (B \gamma' - 1) \psi}

    Parameters
    ----------
    activated_expert_share
        Share of routed experts that one token visits, :math:`a`; 0 to 1.
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    verified_tokens
        Positions that the model checks per sequence and step, :math:`\gamma'`; 0 or more.
    routing_diversity
        How independently the tokens of a batch choose experts (1: as if at random), :math:`\psi`; 0
        to 1.

    Returns
    -------
    expert_coverage
        Share of routed experts that at least one token of a decode step visits, :math:`f`; shaped
        as the operands broadcast.

    Notes
    -----
    One token reads exactly its own share, a large batch everything. `routing_diversity` thins the
    tokens out and is no factor on the result: the 50 to 60 % that InferenceX profiled at a batch of
    32 correspond to 0.67 to 0.90.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 22.
    .. [2] SemiAnalysis, "InferenceX", repository InferenceX-app, 2026: expert activation of
       DeepSeek-R1 by batch.

    Examples
    --------
    32 tokens, each to 8 of 256 experts:

    >>> float(
    ...     expert_coverage(
    ...         activated_expert_share=8 / 256,
    ...         decode_batch=32,
    ...         verified_tokens=1,
    ...         routing_diversity=1,
    ...     )
    ... )
    0.638
    """
    independent = 1 + (decode_batch * verified_tokens - 1) * routing_diversity
    return 1 - maximum(1 - activated_expert_share, 1e-12) ** independent


def expert_imbalance(*, routing_loss: Share) -> Number:
    r"""Slow-down of the expert layers when only a lumped loss of throughput is known.

    Accelerators wait for the one whose experts drew most tokens. Where maximum over mean load is
    unknown, a loss of throughput implies it [1]_ [2]_.

    .. math::

        \lambda = \frac{1}{1 - \mathrm{loss}}

    Parameters
    ----------
    routing_loss
        Share of expert throughput lost to routing, where only this lump is known,
        :math:`\mathrm{loss}`; 0 to 1.

    Returns
    -------
    expert_imbalance
        Load of the busiest accelerator over the mean, in the expert layers, :math:`\lambda`; shaped
        as the operands broadcast.

    Notes
    -----
    Balanced deployments see 1.05 to 1.3, unbalanced ones 1.5 to 3; imbalance grows as the batch
    shrinks.

    References
    ----------
    .. [1] M. Alderson, "Are OpenAI and Anthropic Really Losing Money on Inference?", 2025: a loss
       of 30 to 50 %, called likely.
    .. [2] The SGLang Team, "Deploying DeepSeek with PD Disaggregation and Large-Scale Expert
       Parallelism on 96 H100 GPUs", LMSYS, 2025: expert load balancing gained 1.49x in prefill,
       2.54x in decode.

    Examples
    --------
    A routing loss of 20 %:

    >>> expert_imbalance(routing_loss=0.20)
    1.25
    """
    return 1 / (1 - routing_loss)
