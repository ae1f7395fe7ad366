"""How many copies of weights and KV cache a replica holds, as its attention is spread."""

from __future__ import annotations

from typing import Final

from margincarlo.units import GPUs, Number, Share
from margincarlo.xp import maximum

ONE_GPU: Final[GPUs] = 1.0


def dense_copies(*, gpus_per_replica: GPUs, attention_data_parallelism: Share) -> Number:
    r"""Copies of the dense weights within a replica.

    Under tensor parallelism every accelerator holds a slice. Under data-parallel attention each
    serves sequences of its own with a whole copy of attention and shared experts [1]_ [2]_.

    .. math::

        K_d = 1 + d \left(n - 1\right)

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    attention_data_parallelism
        Whether each accelerator attends to sequences of its own (1) or to a slice of every one (0),
        :math:`d`; 0 to 1.

    Returns
    -------
    dense_copies
        Copies of the dense weights within a replica, :math:`K_d`; shaped as the operands broadcast.

    Notes
    -----
    Values between 0 and 1 stand for groups: d = 1/7 of eight accelerators is two copies.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 3.4.2: data
       parallelism of the attention while decoding.
    .. [2] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: decode units of EP144 and DP144.

    Examples
    --------
    DeepSeek's decode unit of 144 accelerators:

    >>> dense_copies(gpus_per_replica=144.0, attention_data_parallelism=1.0)
    144.0
    """
    return 1 + attention_data_parallelism * (gpus_per_replica / ONE_GPU - 1)


def kv_copies(
    *, gpus_per_replica: GPUs, kv_shards: Number, attention_data_parallelism: Share
) -> Number:
    r"""Copies of a sequence's KV cache within a replica.

    Tensor parallelism splits the cache by its heads; with fewer heads than accelerators, each head
    is held several times [1]_. A latent cache is one head. Data-parallel attention keeps a sequence
    where it is served.

    .. math::

        K_{\mathrm{kv}} = d + \left(1 - d\right) \max\left(1, \frac{n}{n_{\mathrm{sh}}}\right)

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    kv_shards
        Parts into which tensor parallelism can split a sequence's KV cache: its heads; a latent
        cache is one, :math:`n_{\mathrm{sh}}`; 1 or more.
    attention_data_parallelism
        Whether each accelerator attends to sequences of its own (1) or to a slice of every one (0),
        :math:`d`; 0 to 1.

    Returns
    -------
    kv_copies
        Copies of a sequence's KV cache within a replica, :math:`K_{\mathrm{kv}}`; shaped as the
        operands broadcast.

    Notes
    -----
    Splitting the cache by context (context parallelism) avoids the copies and is left out.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 3.3: multiquery attention replicates the cache over the heads' partition.

    Examples
    --------
    Llama-3-70B has 8 heads, on 16 accelerators:

    >>> float(kv_copies(gpus_per_replica=16.0, kv_shards=8.0, attention_data_parallelism=0.0))
    2.0
    """
    split = maximum(1, gpus_per_replica / (ONE_GPU * kv_shards))
    return attention_data_parallelism + (1 - attention_data_parallelism) * split
