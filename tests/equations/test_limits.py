"""What an equation must give where the answer is plain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from margincarlo.equations import (
    batching,
    capital,
    decode,
    experts,
    fees,
    implied,
    interconnect,
    kv_cache,
    market_batch,
    memory,
    pricing,
    speculation,
    utilization,
    weights,
)

YEAR = 8760 * 3600.0


def coverage(batch: float, *, share: float = 8 / 256, diversity: float = 1.0) -> float:
    found: float = experts.expert_coverage(
        activated_expert_share=share,
        decode_batch=batch,
        verified_tokens=1,
        routing_diversity=diversity,
    )
    return found


@pytest.mark.parametrize("years", [0.5, 1, 5, 30])
def test_without_interest_capital_is_written_off_evenly(years):
    cost = capital.level_capital_recovery_cost(
        gpu_capital_cost=20_000, salvage_share=0, discount_rate=0, service_life=years * YEAR
    )
    assert cost * years * YEAR == pytest.approx(20_000, rel=1e-6)


def test_salvage_at_the_full_price_leaves_interest_alone():
    cost = capital.level_capital_recovery_cost(
        gpu_capital_cost=20_000, salvage_share=1, discount_rate=0.1, service_life=5 * YEAR
    )
    assert cost * YEAR == pytest.approx(2000)


def test_an_accelerator_that_the_market_no_longer_pays_for_is_prohibitive_not_free():
    life = capital.economic_life(
        market_rent=0.2, cash_operating_cost=0.3, rent_decline_rate=0.3 / YEAR
    )
    cost = capital.level_capital_recovery_cost(
        gpu_capital_cost=20_000, salvage_share=0.1, discount_rate=0.1, service_life=life
    )
    assert 0 < life < 0.1 * YEAR
    assert cost * YEAR > 20_000


def test_hosts_choose_no_larger_batch_than_memory_holds():
    chosen = {
        "reference_batch": 256,
        "batch_weight_elasticity": 0.5,
        "batch_speed_elasticity": -0.5,
        "weight_bytes": 400e9,
        "reference_weight_bytes": 100e9,
        "interactivity_target": 10,
        "reference_speed": 40,
    }
    found = [market_batch.market_decode_batch(**chosen, capacity_batch=c) for c in (500, 1e9)]
    assert found == [500, 1024]


def test_a_single_token_visits_exactly_its_own_experts():
    assert coverage(1) == pytest.approx(8 / 256, rel=1e-12)
    assert coverage(1, diversity=0.3) == pytest.approx(8 / 256, rel=1e-12)


def test_a_large_batch_visits_every_expert():
    assert coverage(1e5) == pytest.approx(1, abs=1e-12)


def test_tokens_that_all_choose_alike_visit_what_one_does():
    assert coverage(1000, diversity=0) == pytest.approx(8 / 256, rel=1e-12)


def test_a_dense_model_reads_all_of_its_weights_and_no_experts():
    dense = weights.dense_parameters(active_parameters=70e9, dense_share=1)
    routed = weights.routed_parameters(total_parameters=70e9, dense_parameters=dense)
    share = experts.sized_activated_expert_share(
        active_parameters=70e9,
        dense_parameters=dense,
        routed_parameters=routed,
        total_parameters=70e9,
    )
    assert (dense, routed, share) == (70e9, 0, 0)
    assert coverage(100, share=share) == 0
    assert memory.weight_bytes(
        total_parameters=70e9,
        routed_parameters=routed,
        weight_precision=1,
        dense_precision=2,
        dense_copies=1,
    ) == pytest.approx(140e9)


def test_a_model_whose_every_expert_is_active_covers_all():
    assert coverage(1, share=1) == pytest.approx(1, abs=1e-11)


def test_sparse_attention_never_reads_more_than_everything():
    context = np.array([10.0, 1000.0, 100_000.0])
    read = memory.read_kv_bytes(
        kv_bytes_per_token=1000,
        context_length=context,
        sparse_kv_bytes_per_token=100,
        sparse_kv_bytes=1e6,
        local_kv_bytes=0,
        state_bytes=0,
    )
    np.testing.assert_allclose(read, [1e4, 1e6, 1.1e7])


def test_state_is_stored_once_and_moved_twice():
    common = {"kv_bytes_per_token": 0, "context_length": 1, "local_kv_bytes": 0, "state_bytes": 7}
    assert memory.stored_kv_bytes(**common) == 7
    assert memory.read_kv_bytes(**common, sparse_kv_bytes_per_token=0, sparse_kv_bytes=0) == 14


def test_two_bytes_make_twice_the_cache_of_one():
    one, two = (
        kv_cache.grouped_query_kv_bytes_per_token(
            layers=80, kv_heads=8, head_dimension=128, kv_precision=precision
        )
        for precision in (1, 2)
    )
    assert two == 2 * one


@pytest.mark.parametrize("gpus", [1, 8, 144])
def test_a_copy_on_every_accelerator_is_read_as_by_one_alone(gpus):
    machine = {"memory_bandwidth": 3.35e12, "decode_mbu": 0.6}
    dense = decode.dense_read_time(
        dense_bytes=17e9, dense_copies=gpus, gpus_per_replica=gpus, **machine
    )
    cache = decode.sequence_read_time(
        read_kv_bytes=70e6, kv_copies=gpus, gpus_per_replica=gpus, **machine
    )
    assert dense == pytest.approx(17e9 / (3.35e12 * 0.6))
    assert cache == pytest.approx(70e6 / (3.35e12 * 0.6))
    read = implied.decode_step_bytes(
        dense_bytes=17e9,
        dense_copies=gpus,
        routed_bytes=0,
        expert_coverage=1,
        decode_batch=100,
        read_kv_bytes=70e6,
        kv_copies=gpus,
    )
    # Bytes over attained bandwidth are the time, however many copies there are.
    assert read / (gpus * 3.35e12 * 0.6) == pytest.approx(dense + 100 * cache)


def test_only_what_is_dense_is_held_in_copies():
    one, eight = (
        memory.weight_bytes(
            total_parameters=671e9,
            routed_parameters=654e9,
            weight_precision=1,
            dense_precision=2,
            dense_copies=copies,
        )
        for copies in (1, 8)
    )
    assert eight - one == pytest.approx(7 * 17e9 * 2)


def test_traffic_that_is_hidden_takes_no_time():
    whole, quarter, none = (
        interconnect.sequence_traffic_time(
            verified_tokens=1,
            communication_bytes_per_token=10e6,
            gpus_per_replica=8,
            link_bandwidth=450e9,
            link_efficiency=0.5,
            communication_overlap=overlap,
        )
        for overlap in (0, 0.75, 1)
    )
    assert quarter == pytest.approx(whole / 4)
    assert none == 0


@pytest.mark.parametrize("draft", [0, 1, 4, 8])
def test_a_draft_that_is_never_accepted_leaves_one_token_a_step(draft):
    assert speculation.tokens_per_step(acceptance_rate=0, draft_length=draft) == 1


def test_a_draft_that_is_always_accepted_adds_all_of_it():
    gained = speculation.tokens_per_step(acceptance_rate=1 - 1e-9, draft_length=4)
    assert gained == pytest.approx(5, rel=1e-6)


def test_one_accelerator_neither_waits_nor_sends():
    assert interconnect.collective_latency(gpus_per_replica=1, nodes_per_replica=1) == 0
    sent = interconnect.tensor_parallel_bytes_per_token(
        layers=80, hidden_size=8192, activation_precision=2, gpus_per_replica=1
    )
    assert sent == 0


def test_traffic_per_link_of_a_ring_is_twice_the_message():
    gpus = 1000.0
    sent = interconnect.tensor_parallel_bytes_per_token(
        layers=1, hidden_size=100, activation_precision=2, gpus_per_replica=gpus
    )
    assert sent / gpus == pytest.approx(2 * 2 * 200, rel=2e-3)


def test_lending_all_idle_capacity_makes_the_peak_irrelevant():
    busy = utilization.utilization(
        batch_fill=1,
        serving_uptime=0.98,
        peak_to_mean_load=5,
        peak_headroom=0,
        load_elasticity=1,
    )
    assert busy == pytest.approx(0.98)


def test_ten_servers_need_63_percent_more():
    spare = utilization.square_root_headroom(pool_load=10, staffing_factor=2)
    assert spare == pytest.approx(0.632, abs=5e-4)


@pytest.mark.parametrize(("write", "read", "reads"), [(1.25, 0.1, 1), (2, 0.1, 2), (1, 1, 0)])
def test_reads_that_pay_for_a_cache_write(write, read, reads):
    exact = pricing.cache_break_even_reads(cache_write_multiplier=write, cache_read_multiplier=read)
    assert np.ceil(exact) == reads


def test_a_channel_does_not_share_in_losses():
    fee = fees.profit_share_channel_fee(
        net_revenue=1.0, loaded_compute_cost=3.0, channel_profit_share=0.5, channel_share=1
    )
    assert fee == 0


def test_rent_that_does_not_fall_needs_the_continuous_annuity():
    level, declining = (
        way(
            gpu_capital_cost=33_000.0,
            salvage_share=0.1,
            discount_rate=0.10,
            service_life=4 * YEAR,
            **decline,
        )
        for way, decline in (
            (capital.level_capital_recovery_cost, {}),
            (capital.declining_capital_recovery_cost, {"rent_decline_rate": 1e-9 / YEAR}),
        )
    )
    # Paid continuously instead of at each year's end: cheaper by ln(1 + r) / r.
    assert declining / level == pytest.approx(math.log(1.1) / 0.1, rel=1e-6)


def test_a_budget_that_nothing_meets_gives_a_batch_below_one():
    batch = batching.latency_batch(
        step_budget=np.array([-1e-3, 0.0, 1e-3]),
        dense_read_time=2e-3,
        expert_read_time=10e-3,
        activated_expert_share=1 / 32,
        routing_diversity=1,
        verified_tokens=1,
        sequence_read_time=1e-5,
        sequence_compute_time=1e-6,
        sequence_traffic_time=0,
        interleaved_prefill_time=0,
        slowdown=1,
    )
    assert np.isfinite(batch).all()
    assert (batch < 1).all()
