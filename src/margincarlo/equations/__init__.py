"""The cost equations: pure formulas, one subject a file, one source for every backend.

Each function is named after the quantity it yields and takes the quantities it needs as keyword
arguments; `DERIVATIONS` lists the quantities that can be derived in more than one way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from margincarlo.equations import (
    batching,
    break_even,
    capacity,
    capital,
    decode,
    experts,
    fees,
    hardware,
    implied,
    interconnect,
    kv_cache,
    margin,
    market_batch,
    memory,
    power,
    prefill,
    pricing,
    request,
    roofline,
    sharding,
    slowdown,
    speculation,
    token_cost,
    traffic,
    utilization,
    weights,
)

__all__ = ["DERIVATIONS", "EQUATIONS", "MODULES", "Equation"]

Equation = Callable[..., Any]

MODULES: tuple[ModuleType, ...] = (
    hardware,
    capital,
    power,
    weights,
    experts,
    kv_cache,
    memory,
    roofline,
    sharding,
    slowdown,
    prefill,
    speculation,
    decode,
    interconnect,
    capacity,
    batching,
    market_batch,
    utilization,
    token_cost,
    pricing,
    fees,
    traffic,
    request,
    margin,
    break_even,
    implied,
)

# Quantity → way of deriving it → equation. The first way is the default.
DERIVATIONS: Mapping[str, Mapping[str, Equation]] = MappingProxyType(
    {
        "gpu_hour_cost": {
            "rented": hardware.rented_gpu_hour_cost,
            "owned": hardware.owned_gpu_hour_cost,
        },
        "capital_recovery_cost": {
            "level": capital.level_capital_recovery_cost,
            "declining": capital.declining_capital_recovery_cost,
        },
        "activated_expert_share": {
            "sized": experts.sized_activated_expert_share,
            "counted": experts.counted_activated_expert_share,
        },
        "kv_bytes_per_token": {
            "grouped_query": kv_cache.grouped_query_kv_bytes_per_token,
            "latent": kv_cache.latent_kv_bytes_per_token,
        },
        "communication_bytes_per_token": {
            "tensor_parallel": interconnect.tensor_parallel_bytes_per_token,
            "expert_parallel": interconnect.expert_parallel_bytes_per_token,
        },
        "decode_batch": {
            "limits": batching.limited_decode_batch,
            "market": market_batch.market_decode_batch,
        },
        "peak_headroom": {"square_root": utilization.square_root_headroom},
        "channel_fee": {
            "revenue_share": fees.revenue_share_channel_fee,
            "profit_share": fees.profit_share_channel_fee,
        },
    }
)


def _by_quantity() -> Mapping[str, Equation]:
    alternatives = {id(way) for ways in DERIVATIONS.values() for way in ways.values()}
    found: dict[str, Equation] = {}
    for module in MODULES:
        for name, member in vars(module).items():
            own = getattr(member, "__module__", None) == module.__name__ and callable(member)
            if own and not name.startswith("_") and id(member) not in alternatives:
                found[name] = member
    return MappingProxyType(found)


# Quantity → its one equation, for every quantity that is not in `DERIVATIONS`.
EQUATIONS: Mapping[str, Equation] = _by_quantity()
