"""Published calculations of several steps, done with the equations from end to end."""

from __future__ import annotations

import math

import pytest

from margincarlo.equations import (
    capacity,
    capital,
    decode,
    experts,
    hardware,
    implied,
    interconnect,
    margin,
    memory,
    power,
    prefill,
    request,
    roofline,
    token_cost,
)

HOUR = 3600.0
YEAR = 8760 * HOUR
DOLLAR_AN_HOUR = 1 / HOUR
PER_MILLION = 1e-6

R1_ROUTED = 58 * 256 * 3 * 7168 * 2048
R1_DENSE = 671e9 - R1_ROUTED
R1_KV = 70_272


@pytest.mark.parametrize(("life", "billions"), [(5, 8.516), (3, 11.979), (7, 7.043)])
def test_a_gigawatt_costs_what_epoch_says(life, billions):
    """Epoch AI 2026: IT of 25.25, facility of 12.75 over 14 years, 0.9 billion a year to run."""
    parts = ((25.25, life), (12.75, 14))
    yearly = sum(
        capital.level_capital_recovery_cost(
            gpu_capital_cost=price, salvage_share=0, discount_rate=0.07, service_life=years * YEAR
        )
        * YEAR
        for price, years in parts
    )
    assert yearly + 0.9 == pytest.approx(billions, rel=1e-4)


def test_an_owned_h100_costs_1_88_an_hour():
    annuity = capital.level_capital_recovery_cost(
        gpu_capital_cost=33_000, salvage_share=0, discount_rate=0.10, service_life=4 * YEAR
    )
    provisioned = power.provisioned_power(accelerator_power=700, host_power=670)
    assert provisioned == 1370
    owned = hardware.owned_gpu_hour_cost(
        capital_recovery_cost=annuity,
        spares_share=0.03,
        electricity_cost=power.electricity_cost(
            accelerator_power=700,
            power_load_factor=1,
            host_power=1030,
            pue=1,
            electricity_price=0.0863 / 3.6e6,
        ),
        colocation_cost=power.colocation_cost(
            colocation_rent=130 / 1000 / (730 * HOUR), provisioned_power=provisioned
        ),
        replacement_cost=hardware.replacement_cost(
            failure_rate=0.05 / YEAR, gpu_replacement_price=25_000, warranty_coverage=0
        ),
        hardware_availability=0.98,
    )
    loaded = hardware.loaded_gpu_hour_cost(
        gpu_hour_cost=owned, contract_take_up=1, operations_cost=0.08 / 0.98 * DOLLAR_AN_HOUR
    )
    assert annuity / DOLLAR_AN_HOUR == pytest.approx(1.18841, rel=1e-5)
    assert loaded / DOLLAR_AN_HOUR == pytest.approx(1.8776, rel=1e-4)


def step_of_r1(batch: float, precision: float = 1.0) -> tuple[float, float]:
    """Return step time and bytes of DeepSeek-R1 on eight H200, context 1000, MBU of 60 %."""
    machine = {"gpus_per_replica": 8, "memory_bandwidth": 4.8e12, "decode_mbu": 0.6}
    coverage = experts.expert_coverage(
        activated_expert_share=8 / 256, decode_batch=batch, verified_tokens=1, routing_diversity=1
    )
    time = decode.decode_step_time(
        decode_batch=batch,
        dense_read_time=decode.dense_read_time(
            dense_bytes=R1_DENSE * precision, dense_copies=1, **machine
        ),
        expert_read_time=decode.expert_read_time(routed_bytes=R1_ROUTED * precision, **machine),
        expert_coverage=coverage,
        sequence_read_time=decode.sequence_read_time(
            read_kv_bytes=R1_KV * 1000, kv_copies=1, **machine
        ),
        sequence_compute_time=0,
        sequence_traffic_time=0,
        synchronization_time=0,
        decode_step_overhead=0,
        draft_time=0,
        slowdown=1,
    )
    read = implied.decode_step_bytes(
        dense_bytes=R1_DENSE * precision,
        dense_copies=1,
        routed_bytes=R1_ROUTED * precision,
        expert_coverage=coverage,
        decode_batch=batch,
        read_kv_bytes=R1_KV * 1000,
        kv_copies=1,
    )
    return time, read


@pytest.mark.parametrize(
    ("batch", "speed", "price"), [(32, 1689.1, 2.6312), (256, 8563.2, 0.51902)]
)
def test_aldersons_machine_corrected(batch, speed, price):
    """Alderson 2025 had 1,440 tokens/s and 3.08 USD per million, by two errors that cancel."""
    time, read = step_of_r1(batch)
    throughput = decode.decode_throughput(
        decode_batch=batch, tokens_per_step=1, decode_step_time=time
    )
    cost = token_cost.output_token_cost(
        gpu_hour_cost=2 * DOLLAR_AN_HOUR,
        output_token_gpu_time=token_cost.output_token_gpu_time(
            gpus_per_replica=8, decode_throughput=throughput
        ),
    )
    assert throughput == pytest.approx(speed, rel=1e-4)
    assert cost / PER_MILLION == pytest.approx(price, rel=1e-4)
    used = implied.implied_decode_mbu(
        decode_throughput=throughput,
        decode_batch=batch,
        tokens_per_step=1,
        decode_step_bytes=read,
        gpus_per_replica=8,
        memory_bandwidth=4.8e12,
    )
    assert used == pytest.approx(0.6, rel=1e-12)


def test_a_step_of_32_reads_436_gb_in_19_ms():
    time, read = step_of_r1(32)
    assert time == pytest.approx(18.945e-3, rel=1e-4)
    assert read == pytest.approx(436.50e9, rel=1e-4)


def test_aldersons_prefill_exceeds_the_machine_thirteenfold():
    flops = roofline.matmul_flops_per_token(
        active_parameters=37e9, dense_parameters=17e9, expert_imbalance=1
    )
    throughput = 45 * 32_000 * 9
    assert throughput * flops == pytest.approx(959.04e15, rel=1e-5)
    machine = {"gpus_per_replica": 72, "peak_flops": 989.4e12}
    needed = implied.implied_prefill_mfu(
        prefill_throughput=throughput, prefill_flops_per_token=flops, **machine
    )
    assert needed == pytest.approx(13.463, rel=1e-4)
    ceiling = prefill.compute_bound_prefill_throughput(
        prefill_mfu=1, prefill_flops_per_token=flops, **machine
    )
    assert ceiling * HOUR == pytest.approx(3.4656e9, rel=1e-4)


def test_mixtral_on_one_h100():
    """HN's 10,000 tokens/s need contexts below 600 tokens."""
    usable = memory.usable_memory(gpus_per_replica=1, memory_capacity=80e9, memory_reserve=0.10)
    batch = capacity.capacity_batch(
        kv_capacity=capacity.kv_capacity(
            usable_memory=usable, weight_bytes=46.7e9, activation_bytes=0
        ),
        stored_kv_bytes=131_072 * 1000,
        kv_copies=1,
    )
    machine = {"gpus_per_replica": 1, "memory_bandwidth": 3.35e12, "decode_mbu": 1}
    time = decode.dense_read_time(dense_bytes=46.7e9, dense_copies=1, **machine) + batch * (
        decode.sequence_read_time(read_kv_bytes=131_072 * 1000, kv_copies=1, **machine)
    )
    throughput = decode.decode_throughput(
        decode_batch=batch, tokens_per_step=1, decode_step_time=time
    )
    assert math.floor(batch) == 193
    assert throughput == pytest.approx(8981.0, rel=1e-4)


@pytest.mark.parametrize(
    ("copies", "context", "batch"),
    [(64, 660, 128), (64, 165, 512), (1, 43_000, 128), (1, 10_700, 512)],
)
def test_palm_holds_the_contexts_of_popes_table_1(copies, context, batch):
    """Multi-query PaLM 540B on 64 chips of 32 GiB, 30 % of them for the cache.

    Sharded over heads, every chip keeps every sequence; sharded over the batch, one chip does.
    """
    stored = 118 * 2 * 256 * 2 * context
    memory_left = 0.3 * 64 * 32 * 2**30
    found = capacity.capacity_batch(
        kv_capacity=memory_left, stored_kv_bytes=stored, kv_copies=copies
    )
    # The table rounds to two or three digits.
    assert found == pytest.approx(batch, rel=0.015)
    full = capacity.memory_occupancy(
        weight_bytes=0,
        activation_bytes=0,
        decode_batch=found,
        stored_kv_bytes=stored,
        kv_copies=copies,
        usable_memory=memory_left,
    )
    assert full == pytest.approx(1)


def test_two_micro_batches_hide_as_much_communication_as_there_is_arithmetic():
    """DeepSeek-V3 report, 3.2.1: their ratio is about 1:1, so hiding one doubles the throughput."""
    hidden, shown = (
        prefill.prefill_throughput(
            compute_bound_prefill_throughput=60_000,
            memory_bound_prefill_throughput=1e6,
            network_bound_prefill_throughput=60_000,
            communication_overlap=overlap,
            slowdown=1,
        )
        for overlap in (1, 0)
    )
    assert (hidden, shown) == pytest.approx((60_000, 30_000))


@pytest.mark.parametrize(
    ("context", "precision", "golden"), [(0, 2, 10.374), (2000, 2, 11.168), (2000, 1, 8.535)]
)
def test_llama_70b_steps_as_in_erdils_code(context, precision, golden):
    """Eight H100 of 3.3 TB/s at full bandwidth, batch 32, four all-reduces per layer."""
    machine = {"gpus_per_replica": 8, "memory_bandwidth": 3.3e12, "decode_mbu": 1}
    traffic = interconnect.tensor_parallel_bytes_per_token(
        layers=80, hidden_size=8192, activation_precision=2, gpus_per_replica=8
    )
    step = decode.decode_step_time(
        decode_batch=32,
        dense_read_time=decode.dense_read_time(
            dense_bytes=70.6e9 * precision, dense_copies=1, **machine
        ),
        expert_read_time=0,
        expert_coverage=1,
        sequence_read_time=decode.sequence_read_time(
            read_kv_bytes=327_680 * context, kv_copies=1, **machine
        ),
        sequence_compute_time=decode.sequence_compute_time(
            verified_tokens=1,
            decode_flops_per_token=141.2e9,
            gpus_per_replica=8,
            peak_flops=989.4e12,
            decode_mfu=1,
        ),
        sequence_traffic_time=interconnect.sequence_traffic_time(
            verified_tokens=1,
            communication_bytes_per_token=traffic,
            gpus_per_replica=8,
            link_bandwidth=450e9,
            link_efficiency=1,
            communication_overlap=0,
        ),
        synchronization_time=interconnect.synchronization_time(
            layers=80,
            collectives_per_layer=4,
            collective_latency=interconnect.collective_latency(
                gpus_per_replica=8, nodes_per_replica=1
            ),
        ),
        decode_step_overhead=0,
        draft_time=0,
        slowdown=1,
    )
    # He moves other messages than a plain ring does; everything else is the same.
    assert step / 1e-3 == pytest.approx(golden, rel=0.02)


def test_deepseeks_day():
    """DeepSeek, day 6: nodes, cost, income, margin and markup of one day."""
    traffic = {"input_tokens": 608e9, "cache_hit_share": 342 / 608, "output_tokens": 168e9}
    times = {
        "input_token_gpu_time": 8 / (73_700 * 266 / 608),
        "output_token_gpu_time": 8 / 14_800,
    }
    nodes = request.request_gpu_time(**traffic, **times) / (8 * 86_400)
    assert nodes == pytest.approx(226.75, rel=1e-3)
    costs = {
        name.replace("_gpu_time", "_cost"): time * 2 * DOLLAR_AN_HOUR
        for name, time in times.items()
    }
    assert costs["input_token_cost"] / PER_MILLION == pytest.approx(0.138, abs=5e-4)
    assert costs["output_token_cost"] / PER_MILLION == pytest.approx(0.300, abs=5e-4)
    cost = request.compute_cost(**traffic, **costs, cached_token_cost=0)
    assert cost == pytest.approx(87_072, rel=1e-3)
    income = request.list_revenue(
        **traffic,
        cache_write_share=0,
        input_price=0.55e-6,
        cache_read_price=0.14e-6,
        cache_write_price=0,
        output_price=2.19e-6,
    )
    assert income == pytest.approx(562_100, abs=50)
    profit = margin.contribution_profit(net_revenue=562_027, compute_cost=87_072)
    assert margin.contribution_markup(
        contribution_profit=profit, compute_cost=87_072
    ) == pytest.approx(5.45, abs=5e-3)
    assert margin.contribution_margin(
        contribution_profit=profit, net_revenue=562_027
    ) == pytest.approx(0.845, abs=5e-4)


def test_a_coding_session_on_sonnet():
    """Half a million tokens in, 10,000 out: 97 % if it cost what DeepSeek's tokens cost."""
    traffic = {"input_tokens": 0.5e6, "cache_hit_share": 0.9, "output_tokens": 10_000}
    cost = request.compute_cost(
        **traffic,
        input_token_cost=0.138e-6,
        cached_token_cost=0.0138e-6,
        output_token_cost=0.30e-6,
    )
    revenue = request.list_revenue(
        **traffic,
        cache_write_share=1,
        input_price=3e-6,
        cache_read_price=0.3e-6,
        cache_write_price=3.75e-6,
        output_price=15e-6,
    )
    assert cost == pytest.approx(0.016110, rel=1e-4)
    assert revenue == pytest.approx(0.4725)
    share = margin.contribution_margin(contribution_profit=revenue - cost, net_revenue=revenue)
    assert share == pytest.approx(0.9659, abs=5e-5)
