"""The weights of a model: how many every token uses, how many experts hold, and their bytes."""

from __future__ import annotations

from margincarlo.units import Bytes, BytesPerParameter, Parameters, Share


def dense_parameters(*, active_parameters: Parameters, dense_share: Share) -> Parameters:
    r"""Parameters that every token uses: attention, shared experts, embeddings' output.

    Of the parameters that multiply for one token, all but the routed experts' are the same for
    every token [1]_.

    .. math::

        N_d = s_d N_{\mathrm{act}}

    Parameters
    ----------
    active_parameters
        Parameters that multiply for one token, :math:`N_{\mathrm{act}}`; positive.
    dense_share
        Share of the active parameters that every token uses (attention, shared experts),
        :math:`s_d`; 0 to 1.

    Returns
    -------
    dense_parameters
        Parameters that every token uses: attention, shared experts, embeddings' output,
        :math:`N_d`; shaped as the operands broadcast.

    Notes
    -----
    A dense model has a share of 1. The embedding of the input is a lookup and counts as neither.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 2.1.2:
       shared and routed experts.

    Examples
    --------
    DeepSeek-R1: 17.1 of 37.5 billion active parameters, in billions:

    >>> dense_parameters(active_parameters=37.5e9, dense_share=0.456) / 1e9
    17.1
    """
    return active_parameters * dense_share


def routed_parameters(*, total_parameters: Parameters, dense_parameters: Parameters) -> Parameters:
    r"""Parameters that live in routed experts.

    Whatever is not used by every token sits in an expert that a router chooses [1]_.

    .. math::

        N_r = N_{\mathrm{tot}} - N_d

    Parameters
    ----------
    total_parameters
        Parameters of the model, :math:`N_{\mathrm{tot}}`; positive.
    dense_parameters
        Parameters that every token uses: attention, shared experts, embeddings' output,
        :math:`N_d`; 0 or more.

    Returns
    -------
    routed_parameters
        Parameters that live in routed experts, :math:`N_r`; shaped as the operands broadcast.

    Notes
    -----
    The embedding of the input is counted here; it is below 1 % of a large model.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 4.2: 671
       billion parameters, 58 expert layers of 256 experts of 3 x 7168 x 2048.

    Examples
    --------
    DeepSeek-R1, in billions:

    >>> routed_parameters(total_parameters=671e9, dense_parameters=17.1e9) / 1e9
    653.9
    """
    return total_parameters - dense_parameters


def dense_precision(*, weight_precision: BytesPerParameter) -> BytesPerParameter:
    """Bytes per dense weight, where nobody says that it differs from the experts'.

    Experts are often stored in fewer bits than attention; giving this quantity says so [1]_.

    .. math::

        w_d = w

    Parameters
    ----------
    weight_precision
        Bytes per weight of the routed experts, scales included, :math:`w`; positive.

    Returns
    -------
    dense_precision
        Bytes per dense weight, :math:`w_d`; shaped as the operands broadcast.

    Notes
    -----
    A default, not a law: gpt-oss, for one, quantizes its experts alone.

    References
    ----------
    .. [1] SemiAnalysis, "InferenceX", repository InferenceX-app, 2026: precision of each
       benchmarked checkpoint.

    Examples
    --------
    FP8 throughout, in bytes per parameter:

    >>> dense_precision(weight_precision=1.0)
    1.0
    """
    return weight_precision


def dense_bytes(*, dense_parameters: Parameters, dense_precision: BytesPerParameter) -> Bytes:
    """Weights that every decode step reads.

    A step multiplies the whole batch with the same matrices, so they are read once per step, not
    once per token [1]_.

    .. math::

        m_d = N_d w_d

    Parameters
    ----------
    dense_parameters
        Parameters that every token uses: attention, shared experts, embeddings' output,
        :math:`N_d`; 0 or more.
    dense_precision
        Bytes per dense weight, :math:`w_d`; 0 or more.

    Returns
    -------
    dense_bytes
        Weights that every decode step reads, :math:`m_d`; shaped as the operands broadcast.

    Notes
    -----
    Scales of block formats belong to the precision: 3 to 6 % on top of the bits.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 2: memory costs.

    Examples
    --------
    Llama-3-70B in BF16, in GB:

    >>> dense_bytes(dense_parameters=70.6e9, dense_precision=2) / 1e9
    141.2
    """
    return dense_parameters * dense_precision


def routed_bytes(*, routed_parameters: Parameters, weight_precision: BytesPerParameter) -> Bytes:
    """Weights of all routed experts.

    How many of them a step reads depends on its batch: `expert_coverage` [1]_.

    .. math::

        m_r = N_r w

    Parameters
    ----------
    routed_parameters
        Parameters that live in routed experts, :math:`N_r`; 0 or more.
    weight_precision
        Bytes per weight of the routed experts, scales included, :math:`w`; positive.

    Returns
    -------
    routed_bytes
        Weights of all routed experts, :math:`m_r`; shaped as the operands broadcast.

    Notes
    -----
    Replicated experts (redundant experts of a load balancer) take more memory than this.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 22.

    Examples
    --------
    DeepSeek-R1 in FP8, in GB:

    >>> routed_bytes(routed_parameters=653.9e9, weight_precision=1) / 1e9
    653.9
    """
    return routed_parameters * weight_precision
