"""What holds for all operands: identities, bounds, and which way things move."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from margincarlo.equations import (
    batching,
    capital,
    decode,
    experts,
    fees,
    hardware,
    margin,
    prefill,
    request,
    token_cost,
    utilization,
)


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


def magnitude(low: float, high: float) -> st.SearchStrategy[float]:
    """Return powers of ten between the exponents `low` and `high`."""
    return between(low, high).map(lambda exponent: 10.0**exponent)


share = between(0, 1)
inner = between(0.01, 0.99)

READING = st.fixed_dictionaries(
    {
        "dense_read_time": magnitude(-5, -1),
        "expert_read_time": magnitude(-5, -1),
        "activated_expert_share": magnitude(-3, 0),
        "routing_diversity": share,
        "verified_tokens": st.integers(1, 9),
        "sequence_read_time": magnitude(-12, -2),
        "sequence_traffic_time": st.one_of(st.just(0.0), magnitude(-9, -3)),
        "interleaved_prefill_time": st.one_of(st.just(0.0), magnitude(-9, -3)),
    }
)
TRAFFIC = st.fixed_dictionaries(
    {
        "input_tokens": magnitude(0, 6),
        "cache_hit_share": share,
        "output_tokens": magnitude(0, 5),
    }
)


def step_time(batch: float, reading: dict[str, Any], compute: float = 0.0) -> float:
    """Return the decode step, plus the prefill that is interleaved with it."""
    reading = dict(reading)
    coverage = experts.expert_coverage(
        activated_expert_share=reading.pop("activated_expert_share"),
        decode_batch=batch,
        verified_tokens=reading.pop("verified_tokens"),
        routing_diversity=reading.pop("routing_diversity"),
    )
    interleaved = reading.pop("interleaved_prefill_time")
    step: float = decode.decode_step_time(
        decode_batch=batch,
        expert_coverage=coverage,
        sequence_compute_time=compute,
        synchronization_time=0,
        decode_step_overhead=0,
        draft_time=0,
        slowdown=1,
        **reading,
    )
    return step + batch * float(interleaved)


@given(reading=READING, batch=magnitude(0, 5))
def test_latency_batch_meets_the_target_exactly(reading, batch):
    budget = step_time(batch, reading)
    found = batching.latency_batch(
        step_budget=budget, sequence_compute_time=1e-18, slowdown=1, **reading
    )
    assert step_time(found, reading) == pytest.approx(budget, rel=1e-6)


@given(reading=READING, budget=magnitude(-4, 0), compute=magnitude(-9, -2))
def test_latency_batch_is_the_largest_that_meets_the_target(reading, budget, compute):
    found = batching.latency_batch(
        step_budget=budget, sequence_compute_time=compute, slowdown=1, **reading
    )
    if found >= 1:
        assert step_time(found, reading, compute) <= budget * (1 + 1e-6)
        assert step_time(found * 1.001, reading, compute) > budget * (1 - 1e-6)
    else:
        assert step_time(1, reading, compute) > budget * (1 - 1e-6)


def time_per_token(
    batch: float,
    reading: dict[str, Any],
    compute: float,
    waiting: dict[str, float],
    slowdown: float,
    gained: float,
) -> float:
    """Return what a user waits for a token, prefill in between included."""
    reading = dict(reading)
    interleaved = reading.pop("interleaved_prefill_time")
    coverage = experts.expert_coverage(
        decode_batch=batch,
        activated_expert_share=reading.pop("activated_expert_share"),
        verified_tokens=reading.pop("verified_tokens"),
        routing_diversity=reading.pop("routing_diversity"),
    )
    step = decode.decode_step_time(
        decode_batch=batch,
        expert_coverage=coverage,
        sequence_compute_time=compute,
        slowdown=slowdown,
        **waiting,
        **reading,
    )
    time: float = batching.time_per_output_token(
        decode_step_time=step,
        decode_batch=batch,
        interleaved_prefill_time=interleaved,
        tokens_per_step=gained,
    )
    return time


@pytest.mark.parametrize("slowdown", [1, 1.5, 3])
@given(
    reading=READING, prefill=magnitude(-6, -3), batch=magnitude(0, 5), compute=magnitude(-9, -4),
    fixed=magnitude(-4, -2), gained=between(1, 4),
)  # fmt: skip
def test_a_slowed_batch_still_meets_the_interactivity_target(
    slowdown, reading, prefill, batch, compute, fixed, gained
):
    """The prefill in between is slow already: it is measured, or derived with the slowdown."""
    reading = {**reading, "interleaved_prefill_time": prefill}
    waiting = {
        "synchronization_time": fixed,
        "decode_step_overhead": 2 * fixed,
        "draft_time": fixed / 2,
    }
    rest = (reading, compute, waiting, slowdown, gained)
    target = 1 / time_per_token(batch, *rest)
    budget = batching.step_budget(
        tokens_per_step=gained, interactivity_target=target, slowdown=slowdown, **waiting
    )
    found = batching.latency_batch(
        step_budget=budget, sequence_compute_time=compute, slowdown=slowdown, **reading
    )
    speed = batching.interactivity(time_per_output_token=time_per_token(found, *rest))
    assert speed == pytest.approx(target, rel=1e-6)
    assert found == pytest.approx(batch, rel=1e-3)


@given(value=between(-200, 1e6))
def test_wrights_omega(value):
    from scipy.special import wrightomega

    assert batching._wright_omega(value) == pytest.approx(wrightomega(value), rel=1e-10)


@given(reading=READING, batch=magnitude(0, 5), factor=between(1, 10), compute=magnitude(-9, -2))
def test_batching_never_makes_a_token_dearer(reading, batch, factor, compute):
    def gpu_time(size: float) -> float:
        time: float = token_cost.output_token_gpu_time(
            gpus_per_replica=8,
            decode_throughput=decode.decode_throughput(
                decode_batch=size,
                tokens_per_step=1,
                decode_step_time=step_time(size, reading, compute),
            ),
        )
        return time

    assert gpu_time(batch * factor) <= gpu_time(batch) * (1 + 1e-9)


@given(
    a=magnitude(-3, 0), batch=magnitude(0, 5), more=between(1, 10), diversity=share,
    verified=st.integers(1, 9),
)  # fmt: skip
def test_coverage_grows_with_the_batch_from_one_tokens_share_to_everything(
    a, batch, more, diversity, verified
):
    first, second = (
        experts.expert_coverage(
            activated_expert_share=a,
            decode_batch=size,
            verified_tokens=verified,
            routing_diversity=diversity,
        )
        for size in (batch, batch * more)
    )
    assert a - 1e-9 <= first <= second + 1e-12 <= 1 + 2e-12


@given(
    traffic=TRAFFIC, gpu_hour=magnitude(-5, -2), cached=magnitude(-10, -7),
    slow=magnitude(-6, -2), fast=magnitude(-6, -2),
)  # fmt: skip
def test_a_gpu_second_is_spent_once(traffic, gpu_hour, cached, slow, fast):
    """Tokens times their cost, summed over classes, is GPU time times its price, plus the cache."""
    time = request.request_gpu_time(
        input_token_gpu_time=fast, output_token_gpu_time=slow, **traffic
    )
    cost = request.compute_cost(
        input_token_cost=token_cost.input_token_cost(
            gpu_hour_cost=gpu_hour, input_token_gpu_time=fast
        ),
        output_token_cost=token_cost.output_token_cost(
            gpu_hour_cost=gpu_hour, output_token_gpu_time=slow
        ),
        cached_token_cost=cached,
        **traffic,
    )
    hits = traffic["input_tokens"] * traffic["cache_hit_share"]
    assert cost == pytest.approx(time * gpu_hour + hits * cached, rel=1e-12)


@given(
    traffic=TRAFFIC, loading=between(1, 20), cost_in=magnitude(-8, -4), cost_out=magnitude(-8, -4),
    cached=magnitude(-10, -7),
)  # fmt: skip
def test_loading_spreads_idle_hours_over_gpu_time(traffic, loading, cost_in, cost_out, cached):
    bare = request.compute_cost(
        input_token_cost=cost_in, output_token_cost=cost_out, cached_token_cost=cached, **traffic
    )
    loaded = request.loaded_compute_cost(
        loaded_input_token_cost=token_cost.loaded_input_token_cost(
            input_token_cost=cost_in, capacity_loading=loading
        ),
        loaded_output_token_cost=token_cost.loaded_output_token_cost(
            output_token_cost=cost_out, capacity_loading=loading
        ),
        cached_token_cost=cached,
        **traffic,
    )
    cache = traffic["input_tokens"] * traffic["cache_hit_share"] * cached
    gpu = bare - cache
    assert loaded == pytest.approx(bare + (loading - 1) * gpu, rel=1e-9)


MONEY = {
    "revenue": magnitude(-3, 1), "gpu_hour": magnitude(-5, -2), "gpu_time": magnitude(0, 2),
    "busy": between(0.05, 1), "taken": between(0.05, 1), "operations": magnitude(-6, -3),
    "channel": share, "part": share,
}  # fmt: skip


def gross_margin(**money: float) -> float:
    """Return the gross margin of a request of output tokens alone, sold through a channel."""
    loading = token_cost.capacity_loading(
        gpu_hour_cost=money["gpu_hour"],
        loaded_gpu_hour_cost=hardware.loaded_gpu_hour_cost(
            gpu_hour_cost=money["gpu_hour"],
            contract_take_up=money["taken"],
            operations_cost=money["operations"],
        ),
        utilization=money["busy"],
    )
    cost = money["gpu_hour"] * money["gpu_time"] * loading
    profit = margin.gross_profit(
        net_revenue=money["revenue"],
        loaded_compute_cost=cost,
        hosting_cost=fees.hosting_cost(net_revenue=money["revenue"], hosting_share=0.03),
        channel_fee=fees.profit_share_channel_fee(
            net_revenue=money["revenue"],
            loaded_compute_cost=cost,
            channel_profit_share=money["part"],
            channel_share=money["channel"],
        ),
        payment_fee=fees.payment_fee(net_revenue=money["revenue"], payment_fee_rate=0.03),
    )
    found: float = margin.gross_margin(gross_profit=profit, net_revenue=money["revenue"])
    return found


@given(money=st.fixed_dictionaries(MONEY), dearer=between(1, 5))
def test_a_dearer_gpu_never_raises_the_margin(money, dearer):
    before = gross_margin(**money)
    after = gross_margin(**{**money, "gpu_hour": money["gpu_hour"] * dearer})
    assert after <= before + 1e-9 * (1 + abs(before))


@given(money=st.fixed_dictionaries(MONEY), fuller=between(1, 5))
def test_a_fuller_fleet_never_lowers_the_margin(money, fuller):
    before = gross_margin(**money)
    after = gross_margin(**{**money, "busy": min(1, money["busy"] * fuller)})
    assert after >= before - 1e-9 * (1 + abs(before))


@given(revenue=magnitude(-2, 2), cost=magnitude(-2, 2))
def test_markup_and_margin_say_the_same_in_two_ways(revenue, cost):
    profit = margin.contribution_profit(net_revenue=revenue, compute_cost=cost)
    kept = margin.contribution_margin(contribution_profit=profit, net_revenue=revenue)
    markup = margin.contribution_markup(contribution_profit=profit, compute_cost=cost)
    assert kept < 1
    assert (1 - kept) * (1 + markup) == pytest.approx(1, rel=1e-9)


@given(revenue=magnitude(-3, 6))
def test_keeping_a_fifth_is_never_a_loss(revenue):
    assert margin.contribution_profit(net_revenue=revenue, compute_cost=revenue) == 0
    assert margin.contribution_profit(net_revenue=revenue, compute_cost=0.8 * revenue) >= 0


@given(rate=between(0, 0.5), years=between(0.5, 20), longer=between(1, 3), salvage=between(0, 0.99))
def test_a_longer_life_never_costs_more(rate, years, longer, salvage):
    def cost(life: float) -> float:
        paid: float = capital.level_capital_recovery_cost(
            gpu_capital_cost=1.0,
            salvage_share=salvage,
            discount_rate=rate,
            service_life=life * 31_536_000,
        )
        return paid

    assert cost(years * longer) <= cost(years) * (1 + 1e-6)


@given(fill=inner, uptime=inner, peak=between(1, 10), headroom=between(0, 2), elasticity=share)
def test_utilization_is_a_share_that_elasticity_raises(fill, uptime, peak, headroom, elasticity):
    def busy(lent: float) -> float:
        found: float = utilization.utilization(
            batch_fill=fill,
            serving_uptime=uptime,
            peak_to_mean_load=peak,
            peak_headroom=headroom,
            load_elasticity=lent,
        )
        return found

    assert 0 < busy(0) <= busy(elasticity) * (1 + 1e-12) <= busy(1) * (1 + 1e-11) < 1


@given(
    compute=magnitude(2, 6), reading=magnitude(2, 6), network=magnitude(2, 6), more=between(1, 10),
    overlap=share, slowdown=between(0.5, 5),
)  # fmt: skip
def test_prefill_lies_between_its_slowest_part_and_taking_turns(
    compute, reading, network, more, overlap, slowdown
):
    parts = {
        "compute_bound_prefill_throughput": compute,
        "memory_bound_prefill_throughput": reading,
        "network_bound_prefill_throughput": network,
    }

    def throughput(hidden: float, slow: float, **parts: float) -> float:
        found: float = prefill.prefill_throughput(
            communication_overlap=hidden, slowdown=slow, **parts
        )
        return found

    together, apart = throughput(1, 1, **parts), throughput(0, 1, **parts)
    assert together == pytest.approx(min(parts.values()), rel=1e-12)
    assert 1 / apart == pytest.approx(1 / min(compute, reading) + 1 / network, rel=1e-12)
    found = throughput(overlap, slowdown, **parts)
    assert apart * (1 - 1e-12) <= found * slowdown <= together * (1 + 1e-12)
    for name in parts:
        faster = {**parts, name: parts[name] * more}
        assert throughput(overlap, slowdown, **faster) >= found * (1 - 1e-12)


def test_prefill_on_one_accelerator_is_as_fast_as_its_chip():
    sending = prefill.network_bound_prefill_throughput(
        gpus_per_replica=1,
        link_bandwidth=450e9,
        link_efficiency=1,
        communication_bytes_per_token=0,
    )
    found = prefill.prefill_throughput(
        compute_bound_prefill_throughput=20_000,
        memory_bound_prefill_throughput=280_000,
        network_bound_prefill_throughput=sending,
        communication_overlap=0,
        slowdown=1,
    )
    assert found == pytest.approx(20_000, rel=1e-9)


@given(hit=between(0, 0.9), more=between(0, 0.1), traffic=TRAFFIC, cost=magnitude(-8, -5))
def test_a_cheaper_cache_hit_never_raises_the_cost(hit, more, traffic, cost):
    first, second = (
        request.compute_cost(
            **{**traffic, "cache_hit_share": caught},
            input_token_cost=cost,
            cached_token_cost=0.1 * cost,
            output_token_cost=cost,
        )
        for caught in (hit, hit + more)
    )
    assert second <= first * (1 + 1e-12)


@given(money=st.fixed_dictionaries(MONEY), more=between(1, 5))
def test_a_higher_price_never_lowers_the_margin(money, more):
    before = gross_margin(**money)
    after = gross_margin(**{**money, "revenue": money["revenue"] * more})
    assert after >= before - 1e-9 * (1 + abs(before))
