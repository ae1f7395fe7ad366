"""How many sequences hosts decode together, as prices suggest."""

from __future__ import annotations

from margincarlo.units import Bytes, Number, TokensPerSecond
from margincarlo.xp import minimum


def market_decode_batch(
    *,
    reference_batch: Number,
    batch_weight_elasticity: Number,
    batch_speed_elasticity: Number,
    weight_bytes: Bytes,
    reference_weight_bytes: Bytes,
    interactivity_target: TokensPerSecond,
    reference_speed: TokensPerSecond,
    capacity_batch: Number,
) -> Number:
    r"""Sequences that decode together in a replica, as hosts of the market choose them.

    Nobody publishes batches. Larger weights are worth reading for more sequences, and faster tokens
    leave less time for each; how strongly is a belief that prices teach something about [1]_. No
    host decodes more of them than memory holds.

    .. math::

        B = \min\left( B_0 \, (m_w / m_0)^{a_w} \, (v / v_0)^{a_v}, \; B_{\mathrm{kv}} \right)

    Parameters
    ----------
    reference_batch
        Sequences for the reference weights at the reference speed, :math:`B_0`; ≥ 0.
    batch_weight_elasticity
        Per cent more sequences per cent more weights, :math:`a_w`.
    batch_speed_elasticity
        Per cent more sequences per cent more speed, :math:`a_v`; below 0.
    weight_bytes
        Bytes of all weights, :math:`m_w`; > 0.
    reference_weight_bytes
        Bytes that the reference batch is for, :math:`m_0`; > 0.
    interactivity_target
        Speed that a user is promised, :math:`v`; > 0.
    reference_speed
        Speed that the reference batch is for, :math:`v_0`; > 0.
    capacity_batch
        Sequences whose KV cache fits in memory, :math:`B_{\mathrm{kv}}`; of any sign.

    Returns
    -------
    decode_batch
        Sequences that decode together in a replica, :math:`B`; shaped as the operands broadcast.

    Notes
    -----
    Negative where the model itself does not fit, which is counted as impossible. The physics of a
    step do not bound it: the speed tells what hosts choose, not what their machine
    reaches. `limited_decode_batch` is the way to derive the largest batch of one machine.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       figure 1: cost against latency for models of 8 to 540 billion parameters.

    Examples
    --------
    Four times the weights, twice the batch:

    >>> float(
    ...     market_decode_batch(
    ...         reference_batch=256,
    ...         batch_weight_elasticity=0.5,
    ...         batch_speed_elasticity=-0.5,
    ...         weight_bytes=400e9,
    ...         reference_weight_bytes=100e9,
    ...         interactivity_target=40,
    ...         reference_speed=40,
    ...         capacity_batch=2000,
    ...     )
    ... )
    512.0
    """
    size = (weight_bytes / reference_weight_bytes) ** batch_weight_elasticity
    speed = (interactivity_target / reference_speed) ** batch_speed_elasticity
    return minimum(reference_batch * size * speed, capacity_batch)
