"""A number for every equation, worked by hand from a published source."""

from __future__ import annotations

import pytest

HOUR = 3600.0
YEAR = 8760 * HOUR
MONTH = 730 * HOUR
MTOK = 1e6

# Equation → its operands, what a reader divides the result by, the published number, its source.
PUBLISHED: dict[str, tuple[dict[str, float], float, float, str]] = {
    "rented_gpu_hour_cost": (
        {"gpu_list_price": 2.35 / HOUR, "negotiated_discount": 0.30}, 1 / HOUR, 1.645,
        "SemiAnalysis, H100 one-year index of March 2026, less 30 %",
    ),
    "loaded_gpu_hour_cost": (
        {"gpu_hour_cost": 2 / HOUR, "contract_take_up": 0.70, "operations_cost": 0}, 1 / HOUR,
        2.857, "take-or-pay at 2 USD/h, 70 % deployed",
    ),
    "economic_life": (
        {"market_rent": 2.35 / HOUR, "cash_operating_cost": 0.35 / HOUR,
         "rent_decline_rate": 0.60 / YEAR}, YEAR, 3.174,
        "SemiAnalysis' index, falling by 60 % a year",
    ),
    "service_life": (
        {"physical_life": 10 * YEAR, "economic_life": 3.174 * YEAR}, YEAR, 3.174,
        "the shorter of the two",
    ),
    "declining_capital_recovery_cost": (
        {"gpu_capital_cost": 33_000, "salvage_share": 0, "discount_rate": 0,
         "service_life": 4 * YEAR, "rent_decline_rate": 0.25 / YEAR}, 1 / HOUR, 1.4899,
        "by hand: 33000 x 0.25 / (1 - 1/e) a year",
    ),
    "level_capital_recovery_cost": (
        {"gpu_capital_cost": 33_000, "salvage_share": 0.10, "discount_rate": 0.10,
         "service_life": 4 * YEAR}, 1 / HOUR, 1.10722,
        "InferenceX capital cost per H100, four years, 10 %, 10 % salvage",
    ),
    "electricity_cost": (
        {"accelerator_power": 1600, "power_load_factor": 1, "host_power": 0, "pue": 1,
         "electricity_price": 0.0863 / 3.6e6}, 1 / HOUR, 0.13808,
        "Goedecke 2026: four A100 at 400 W, 13 cents/h",
    ),
    "provisioned_power": (
        {"accelerator_power": 700, "host_power": 1030}, 1, 1730,
        "InferenceX: 1.73 kW all-in for an H100 of 700 W",
    ),
    "colocation_cost": (
        {"colocation_rent": 130 / 1000 / MONTH, "provisioned_power": 1370}, 1 / HOUR, 0.24397,
        "130 USD per kW and month",
    ),
    "replacement_cost": (
        {"failure_rate": 148 / 16_384 / 54 * 365 / YEAR, "gpu_replacement_price": 25_000,
         "warranty_coverage": 0}, 1 / YEAR, 1526.5,
        "Llama 3, table 5: 148 GPU faults in 54 days on 16,384: 6.106 % of 25,000 USD a year",
    ),
    "cash_operating_cost": (
        {"electricity_cost": 0.1493, "colocation_cost": 0.2440, "replacement_cost": 0.1427,
         "operations_cost": 0.08}, 1, 0.616, "sum of the four",
    ),
    "owned_gpu_hour_cost": (
        {"capital_recovery_cost": 1.18841, "spares_share": 0.03, "electricity_cost": 0.14930,
         "colocation_cost": 0.24397, "replacement_cost": 0.05 * 25_000 / 8760,
         "hardware_availability": 0.98}, 1, 1.8776 - 0.08 / 0.98,
        "1.878 USD/h all-in, of which 0.08 of operations, between InferenceX's 1.30 and our rent",
    ),
    "dense_parameters": (
        {"active_parameters": 37.53e9, "dense_share": 17.1 / 37.53}, 1e9, 17.1,
        "DeepSeek-V3 report, section 4.2",
    ),
    "routed_parameters": (
        {"total_parameters": 671e9, "dense_parameters": 671e9 - 58 * 256 * 3 * 7168 * 2048}, 1e9,
        653.9, "DeepSeek-V3 report, section 4.2",
    ),
    "dense_precision": ({"weight_precision": 1.0}, 1, 1.0, "one precision throughout"),
    "dense_bytes": (
        {"dense_parameters": 8.03e9, "dense_precision": 2}, 1e9, 16.06, "Llama-3-8B in BF16",
    ),
    "routed_bytes": (
        {"routed_parameters": 653.9e9, "weight_precision": 2}, 1e9, 1307.8, "DeepSeek-R1 in BF16",
    ),
    "weight_bytes": (
        {"total_parameters": 671e9, "routed_parameters": 653.9e9, "weight_precision": 2,
         "dense_precision": 2, "dense_copies": 1}, 1e9, 1342,
        "DeepSeek-R1 in 16 bits, as Alderson 2025 assumes",
    ),
    "sized_activated_expert_share": (
        {"active_parameters": 37.53e9, "dense_parameters": 17.1e9, "routed_parameters": 653.9e9,
         "total_parameters": 671e9}, 1, 8 / 256, "DeepSeek-V3 report, section 4.2",
    ),
    "counted_activated_expert_share": (
        {"experts_per_token": 2, "experts": 8}, 1, 0.25, "Mixtral, section 2.1",
    ),
    "expert_coverage": (
        {"activated_expert_share": 8 / 256, "decode_batch": 4, "verified_tokens": 1,
         "routing_diversity": 1}, 1 / 256, 30.53, "Erdil 2025, eq. 22: 30.5 of 256 experts",
    ),
    "expert_imbalance": (
        {"routing_loss": 0.5}, 1, 2.0, "Alderson 2025: a loss of 50 %",
    ),
    "grouped_query_kv_bytes_per_token": (
        {"layers": 88, "kv_heads": 8, "head_dimension": 128, "kv_precision": 2}, 1, 360_448,
        "Mistral Large 2",
    ),
    "latent_kv_bytes_per_token": (
        {"layers": 61, "latent_dimension": 512, "rope_dimension": 64, "kv_precision": 2}, 1,
        70_272, "DeepSeek-V2, table 1, with the layers of V3",
    ),
    "sparse_kv_bytes_per_token": ({"kv_bytes_per_token": 70_272.0}, 1, 70_272, "dense attention"),
    "local_kv_bytes": (
        {"local_kv_bytes_per_token": 131_072, "local_attention_window": 4096,
         "context_length": 1000}, 1e6, 131.072, "Mistral 7B within its window",
    ),
    "stored_kv_bytes": (
        {"kv_bytes_per_token": 35_136, "context_length": 8192, "local_kv_bytes": 0,
         "state_bytes": 0}, 1e9, 0.28783, "DeepSeek-R1 in FP8, 8192 tokens",
    ),
    "read_kv_bytes": (
        {"kv_bytes_per_token": 360_448, "context_length": 100_000,
         "sparse_kv_bytes_per_token": 360_448, "sparse_kv_bytes": 0, "local_kv_bytes": 0,
         "state_bytes": 0}, 1e9, 36.04, "Erdil 2025: Mistral Large 2 at 100,000 tokens",
    ),
    "usable_memory": (
        {"gpus_per_replica": 8, "memory_capacity": 80e9, "memory_reserve": 0}, 1e9, 640,
        "a node of eight H100",
    ),
    "kv_capacity": (
        {"usable_memory": 72e9, "weight_bytes": 46.7e9, "activation_bytes": 0}, 1e9, 25.3,
        "Mixtral in FP8 on one H100",
    ),
    "capacity_batch": (
        {"kv_capacity": 25.3e9, "stored_kv_bytes": 131_072 * 1000, "kv_copies": 1}, 1, 193.02,
        "Mixtral in FP8 on one H100 at 1000 tokens",
    ),
    "memory_occupancy": (
        {"weight_bytes": 46.7e9, "activation_bytes": 0, "decode_batch": 193.02,
         "stored_kv_bytes": 131_072 * 1000, "kv_copies": 1, "usable_memory": 72e9}, 1, 1.0,
        "Mixtral in FP8 on one H100, full",
    ),
    "matmul_flops_per_token": (
        {"active_parameters": 37e9, "dense_parameters": 17e9, "expert_imbalance": 1}, 1e9, 74,
        "Pope et al. 2022, section 2",
    ),
    "attention_flops_slope": (
        {"layers": 61, "attention_heads": 128, "head_dimension": 512}, 1e6, 15.99,
        "DeepSeek-V3, absorbed: 4 x 61 x 128 x 512",
    ),
    "decode_flops_per_token": (
        {"matmul_flops_per_token": 141.2e9, "attention_flops_slope": 2_621_440,
         "attention_flops_plateau": 0, "attention_span": 1, "context_length": 2000}, 1e9, 146.44,
        "Llama-3-70B at 2000 tokens",
    ),
    "prefill_flops_per_token": (
        {"matmul_flops_per_token": 141.1e9, "attention_flops_slope": 0,
         "attention_flops_plateau": 0, "attention_span": 1, "prefill_attention_ratio": 1,
         "prefill_context": 1024}, 1e12 / 2048, 288.97,
        "tensoreconomics 2025: 289 TFLOP for 2048 tokens of Llama-3-70B, weights alone",
    ),
    "compute_bound_prefill_throughput": (
        {"gpus_per_replica": 72, "peak_flops": 1979e12, "prefill_mfu": 0.4,
         "prefill_flops_per_token": 74e9}, 1e9 / HOUR, 2.7727,
        "Alderson's 72 H100 at 40 % of FP8 peak: 2.77 billion tokens/h",
    ),
    "memory_bound_prefill_throughput": (
        {"prefill_chunk": 32_000, "gpus_per_replica": 1, "memory_bandwidth": 3.35e12,
         "decode_mbu": 1, "weight_bytes": 74e9}, 1e6, 1.4486,
        "Alderson 2025: 45 passes of 32,000 tokens a second per instance",
    ),
    "network_bound_prefill_throughput": (
        {"gpus_per_replica": 8, "link_bandwidth": 450e9, "link_efficiency": 1,
         "communication_bytes_per_token": 4 * 80 * 8192 * 2 * 7}, 1, 98_091,
        "Llama-3-70B over NVLink 4",
    ),
    "prefill_throughput": (
        {"compute_bound_prefill_throughput": 0.9627e6, "memory_bound_prefill_throughput": 12.96e6,
         "network_bound_prefill_throughput": 5e6, "communication_overlap": 1, "slowdown": 1},
        1e9 / HOUR, 3.4656,
        "Alderson's machine at BF16 peak: at most 3.47 billion tokens/h",
    ),
    "dense_copies": (
        {"gpus_per_replica": 144, "attention_data_parallelism": 1}, 1, 144,
        "DeepSeek day 6: decode units of DP144",
    ),
    "kv_copies": (
        {"gpus_per_replica": 8, "kv_shards": 1, "attention_data_parallelism": 0}, 1, 8,
        "DeepSeek-V3: one latent cache per layer, on TP8 held by each of eight",
    ),
    "slowdown": (
        {"step_time_error": 1, "production_derate": 32_206 / 62_713}, 1, 1.9473,
        "LMSYS 2025: DeepSeek prefills 32,206 tokens/s per node, and 62,713 by its own profile",
    ),
    "tokens_per_step": (
        {"acceptance_rate": 0.8, "draft_length": 4}, 1, 3.3616, "Leviathan et al. 2023, eq. 1",
    ),
    "verified_tokens": ({"draft_length": 4}, 1, 5, "Leviathan et al. 2023, algorithm 1"),
    "draft_time": (
        {"draft_length": 4, "draft_step_time": 1e-3}, 1e-3, 4, "Leviathan et al. 2023",
    ),
    "dense_read_time": (
        {"dense_bytes": 16.06e9, "dense_copies": 1, "gpus_per_replica": 1,
         "memory_bandwidth": 3.3e12, "decode_mbu": 1}, 1e-3, 4.8667,
        "Erdil 2025: Llama-3-8B on one H100 of 3.3 TB/s",
    ),
    "expert_read_time": (
        {"routed_bytes": 653.9e9, "gpus_per_replica": 8, "memory_bandwidth": 4.8e12,
         "decode_mbu": 0.6}, 1e-3, 28.38, "DeepSeek-R1 on eight H200 at 60 % of bandwidth",
    ),
    "sequence_read_time": (
        {"read_kv_bytes": 36e9, "kv_copies": 1, "gpus_per_replica": 1,
         "memory_bandwidth": 3.3e12, "decode_mbu": 1}, HOUR / 2 / 1e6, 6.0606,
        "Erdil 2025: 6.06 USD per million tokens at 2 USD/h and 100,000 tokens",
    ),
    "sequence_compute_time": (
        {"verified_tokens": 1, "decode_flops_per_token": 2 * 70.6e9, "gpus_per_replica": 1,
         "peak_flops": 989.4e12, "decode_mfu": 0.7}, HOUR / 2 / 1e6, 0.1133,
        "Erdil 2025: 0.11 USD per million tokens for Llama-3-70B at 70 % of peak",
    ),
    "decode_step_time": (
        {"decode_batch": 193.02, "dense_read_time": 46.7e9 / 3.35e12, "expert_read_time": 0,
         "expert_coverage": 1, "sequence_read_time": 131.072e6 / 3.35e12,
         "sequence_compute_time": 0, "sequence_traffic_time": 0, "synchronization_time": 0,
         "decode_step_overhead": 0, "draft_time": 0, "slowdown": 1}, 1e-3, 21.49,
        "Mixtral in FP8 on one H100: all 72 GB once",
    ),
    "decode_throughput": (
        {"decode_batch": 193.02, "tokens_per_step": 1, "decode_step_time": 72e9 / 3.35e12}, 1,
        8981, "Mixtral in FP8 on one H100",
    ),
    "collective_latency": (
        {"gpus_per_replica": 16, "nodes_per_replica": 2}, 1e-6, 25.2, "Erdil 2025, eq. 23",
    ),
    "synchronization_time": (
        {"layers": 80, "collectives_per_layer": 4, "collective_latency": 15.2e-6}, 1e-3, 4.864,
        "Erdil 2025, eq. 23: Llama-3-70B on eight GPUs",
    ),
    "tensor_parallel_bytes_per_token": (
        {"layers": 1, "hidden_size": 1000, "activation_precision": 2, "gpus_per_replica": 4}, 1,
        2 * 2 * 3 * 2000, "Patarasuk and Yuan 2009: 2(n - 1) messages per all-reduce",
    ),
    "expert_parallel_bytes_per_token": (
        {"expert_layers": 1, "experts_per_token": 8, "hidden_size": 7168,
         "dispatch_precision": 1, "activation_precision": 2, "expert_imbalance": 1}, 1, 172_032,
        "DeepEP: eight experts, FP8 out, BF16 back",
    ),
    "sequence_traffic_time": (
        {"verified_tokens": 1, "communication_bytes_per_token": 36_700_160, "gpus_per_replica": 8,
         "link_bandwidth": 450e9, "link_efficiency": 1, "communication_overlap": 0}, 1e-6, 10.194,
        "ring all-reduce of Llama-3-70B: 4 x 80 x 16,384 bytes x 7/8 per link",
    ),
    "step_budget": (
        {"tokens_per_step": 1, "interactivity_target": 20, "synchronization_time": 4.864e-3,
         "decode_step_overhead": 0, "draft_time": 0, "slowdown": 1}, 1e-3, 45.136,
        "DeepSeek's 20 tokens/s",
    ),
    "interleaved_prefill_time": (
        {"prefill_interleave": 1, "tokens_per_step": 1, "uncached_input_per_output": 1.583,
         "prefill_throughput": 32_243}, 1e-6, 49.10, "DeepSeek's day on one kind of node",
    ),
    "latency_batch": (
        {"step_budget": 18.945e-3, "dense_read_time": 17.094e9 / 23.04e12,
         "expert_read_time": 653.906e9 / 23.04e12, "activated_expert_share": 8 / 256,
         "routing_diversity": 1, "verified_tokens": 1,
         "sequence_read_time": 70_272_000 / 23.04e12, "sequence_compute_time": 0,
         "sequence_traffic_time": 0, "interleaved_prefill_time": 1e-30, "slowdown": 1}, 1, 32,
        "DeepSeek-R1 on eight H200: the batch of 32 takes 18.945 ms",
    ),
    "market_decode_batch": (
        {"reference_batch": 256, "batch_weight_elasticity": 0.5, "batch_speed_elasticity": -0.5,
         "weight_bytes": 671e9, "reference_weight_bytes": 100e9,
         "interactivity_target": 20, "reference_speed": 40, "capacity_batch": 1e4}, 1, 937.82,
        "DeepSeek V3 in FP8 at 20 tokens/s: 256 x sqrt(6.71 x 2)",
    ),
    "limited_decode_batch": (
        {"latency_batch": 700.0, "capacity_batch": 193.02}, 1, 193.02, "Mixtral",
    ),
    "time_per_output_token": (
        {"decode_step_time": 18.945e-3, "decode_batch": 32, "interleaved_prefill_time": 0,
         "tokens_per_step": 1}, 1e-3, 18.945, "DeepSeek-R1 on eight H200",
    ),
    "interactivity": ({"time_per_output_token": 18.945e-3}, 1, 52.78, "DeepSeek-R1 on eight H200"),
    "square_root_headroom": (
        {"pool_load": 1000, "staffing_factor": 2}, 1 / 1000, 63.25, "Whitt 1992: 63 on 1000",
    ),
    "utilization": (
        {"batch_fill": 1, "serving_uptime": 1, "peak_to_mean_load": 278 / 226.75,
         "peak_headroom": 0, "load_elasticity": 0}, 1, 0.81565, "DeepSeek, day 6",
    ),
    "input_token_gpu_time": (
        {"gpus_per_replica": 8, "prefill_throughput": 73_700}, HOUR / 2 / 1e6, 0.060305,
        "DeepSeek, day 6: 0.060 USD per million of all input at 2 USD/h",
    ),
    "output_token_gpu_time": (
        {"gpus_per_replica": 8, "decode_throughput": 22_300}, HOUR / 2 / 1e6, 0.1993,
        "LMSYS 2025: 0.20 USD per million output tokens at 2 USD/h",
    ),
    "input_token_cost": (
        {"gpu_hour_cost": 2 / HOUR, "input_token_gpu_time": 8 / (73_700 * 266 / 608)}, 1 / MTOK,
        0.13784, "DeepSeek, day 6: uncached input",
    ),
    "output_token_cost": (
        {"gpu_hour_cost": 2 / HOUR, "output_token_gpu_time": 8 / 14_800}, 1 / MTOK, 0.30030,
        "DeepSeek, day 6",
    ),
    "cached_token_cost": (
        {"kv_bytes_per_token": 35_136, "cache_storage_price": 0.004 / 1e9 / HOUR,
         "cache_lifetime": HOUR, "reads_per_cache_entry": 30, "cache_transfer_price": 0}, 1 / MTOK,
        0.0046848, "DeepSeek-R1 in FP8: 35.1 GB per million tokens",
    ),
    "capacity_loading": (
        {"gpu_hour_cost": 2, "loaded_gpu_hour_cost": 2, "utilization": 226.75 / 278}, 1, 1.2260,
        "DeepSeek, day 6, paying for the peak",
    ),
    "loaded_input_token_cost": (
        {"input_token_cost": 0.13784e-6, "capacity_loading": 278 / 226.75}, 1 / MTOK, 0.16900,
        "DeepSeek, day 6, paying for the peak",
    ),
    "loaded_output_token_cost": (
        {"output_token_cost": 0.30030e-6, "capacity_loading": 278 / 226.75}, 1 / MTOK, 0.36817,
        "DeepSeek, day 6, paying for the peak",
    ),
    "cache_read_price": (
        {"input_price": 5e-6, "cache_read_multiplier": 0.1}, 1 / MTOK, 0.5, "Anthropic, pricing",
    ),
    "cache_write_price": (
        {"input_price": 5e-6, "cache_write_multiplier": 1.25}, 1 / MTOK, 6.25, "Anthropic, pricing",
    ),
    "cache_break_even_reads": (
        {"cache_write_multiplier": 1.25, "cache_read_multiplier": 0.1}, 1, 0.27778,
        "Anthropic, prompt caching: one read",
    ),
    "price_realization": (
        {"commitment_discount": 0, "batch_share": 1, "batch_discount": 0.5}, 1, 0.5,
        "Anthropic, batch processing",
    ),
    "revenue_share_channel_fee": (
        {"net_revenue": 13.07, "channel_revenue_share": 0.20, "channel_share": 1}, 1, 2.614,
        "The Information: 20 % of OpenAI's revenue to Microsoft",
    ),
    "profit_share_channel_fee": (
        {"net_revenue": 22, "loaded_compute_cost": 22 * 0.28, "channel_profit_share": 0.5,
         "channel_share": 1}, 1, 7.92, "The Information: half of the gross profit to Amazon",
    ),
    "payment_fee": (
        {"net_revenue": 20, "payment_fee_rate": 0.029}, 1, 0.58, "card fee on a 20 USD plan",
    ),
    "hosting_cost": ({"net_revenue": 100, "hosting_share": 0.03}, 1, 3, "3 % of revenue"),
    "output_tokens": (
        {"visible_output_tokens": 50_000, "thinking_ratio": 8 / 50}, 1 / 15e-6, 0.87,
        "Sonnet 4.5: 50,000 visible and 8000 thinking tokens cost 0.87 USD",
    ),
    "input_tokens": (
        {"output_tokens": 0.1869e9, "input_output_ratio": 293.74}, 1e9, 54.9,
        "TraceLab, arXiv:2606.30560: 54.9 billion tokens in, 0.187 out",
    ),
    "total_tokens": ({"input_tokens": 608, "output_tokens": 168}, 1, 776, "DeepSeek, day 6"),
    "context_length": (
        {"input_tokens": 4000, "output_tokens": 1978}, 1, 4989, "DeepSeek, day 6: 4989 on average",
    ),
    "prefill_context": ({"input_tokens": 2048, "cache_hit_share": 0}, 1, 1024, "the causal half"),
    "uncached_input_per_output": (
        {"input_tokens": 608, "cache_hit_share": 342 / 608, "output_tokens": 168}, 1, 266 / 168,
        "DeepSeek, day 6",
    ),
    "request_gpu_time": (
        {"input_tokens": 608e9, "cache_hit_share": 0, "input_token_gpu_time": 8 / 73_700,
         "output_tokens": 168e9, "output_token_gpu_time": 8 / 14_800}, 86_400 * 8, 226.86,
        "DeepSeek, day 6: 226.75 nodes reported",
    ),
    "list_revenue": (
        {"input_tokens": 608e9, "cache_hit_share": 342 / 608, "cache_write_share": 0,
         "input_price": 0.27e-6, "cache_read_price": 0.07e-6, "cache_write_price": 0,
         "output_tokens": 168e9, "output_price": 1.10e-6}, 1, 280_560,
        "DeepSeek, day 6, at the prices of V3",
    ),
    "net_revenue": ({"list_revenue": 562_027, "price_realization": 0.5}, 1, 281_013.5, "half"),
    "compute_cost": (
        {"input_tokens": 0.5e6, "cache_hit_share": 0.9, "input_token_cost": 0.138e-6,
         "cached_token_cost": 0.0138e-6, "output_tokens": 10_000,
         "output_token_cost": 0.30e-6}, 1, 0.01611,
        "a coding session of half a million tokens at DeepSeek's costs",
    ),
    "loaded_compute_cost": (
        {"input_tokens": 0.5e6, "cache_hit_share": 0, "loaded_input_token_cost": 0.003e-6,
         "cached_token_cost": 0, "output_tokens": 5000, "loaded_output_token_cost": 3e-6},
        1, 0.0165, "the same session at Alderson's costs",
    ),
    "contribution_profit": (
        {"net_revenue": 562_027, "compute_cost": 87_072}, 1, 474_955, "DeepSeek, day 6",
    ),
    "contribution_margin": (
        {"contribution_profit": 0.4725 - 0.01611, "net_revenue": 0.4725}, 1, 0.9659,
        "the coding session at Sonnet's prices",
    ),
    "gross_profit": (
        {"net_revenue": 13.07, "loaded_compute_cost": 7.50, "hosting_cost": 0, "channel_fee": 0,
         "payment_fee": 0}, 1, 5.57, "OpenAI 2025: revenue 13.07, cost of revenue 7.50 billion",
    ),
    "gross_margin": (
        {"gross_profit": 13.07 - 7.50, "net_revenue": 13.07}, 1, 0.42617, "OpenAI 2025, audited",
    ),
    "contribution_markup": (
        {"contribution_profit": 562_027 - 87_072, "compute_cost": 87_072}, 1, 5.4547,
        "DeepSeek, day 6: 545 %",
    ),
    "output_token_margin": (
        {"output_price": 1.35e-6, "loaded_output_token_cost": 0.226e-6}, 1, 0.83259,
        "InferenceX, February 2026: Crusoe, 83.3 %",
    ),
    "blended_price": (
        {"net_revenue": 300 * (0.91 * 0.5 + 0.09 * 5) + 25, "total_tokens": 301}, 1, 0.98505,
        "SemiAnalysis 2026: Opus 4.7, about 0.99 USD per million",
    ),
    "blended_cost": (
        {"loaded_compute_cost": 1.41 / HOUR, "total_tokens": 4500}, 1 / MTOK, 0.087037,
        "InferenceX: 4000 in and 500 out per GPU-second at 1.41 USD/h",
    ),
    "revenue_per_gpu_hour": (
        {"net_revenue": 36 * 0.54, "request_gpu_time": HOUR}, 1 / HOUR, 19.44,
        "Hacker News: 36 M tokens of Mixtral an hour on one H100, each sold once",
    ),
    "break_even_utilization": (
        {"loaded_gpu_hour_cost": 3.99, "revenue_per_gpu_hour": 19.44}, 1, 0.20525,
        "Hacker News: H100 at 3.99 USD/h",
    ),
    "output_input_cost_ratio": (
        {"output_token_cost": 0.30030, "input_token_cost": 0.13784}, 1, 2.1786,
        "DeepSeek, day 6, at 2 USD/h",
    ),
    "context_occupancy": (
        {"context_length": 128_000, "maximum_context": 163_840}, 1, 0.78125,
        "DeepSeek-R1's config.json: max_position_embeddings 163,840",
    ),
    "implied_prefill_mfu": (
        {"prefill_throughput": 12.96e6, "prefill_flops_per_token": 74e9, "gpus_per_replica": 72,
         "peak_flops": 1979e12}, 1, 6.731, "Alderson 2025, if it were FP8",
    ),
    "implied_decode_mfu": (
        {"decode_throughput": 73_700 * 266 / 608, "tokens_per_step": 1, "verified_tokens": 1,
         "decode_flops_per_token": 74e9, "gpus_per_replica": 8, "peak_flops": 1979e12}, 1, 0.15071,
        "DeepSeek, day 6: 15.1 % for the same arithmetic in prefill",
    ),
    "decode_step_bytes": (
        {"dense_bytes": 671e9 - 653.906e9, "dense_copies": 1, "routed_bytes": 653.906e9,
         "expert_coverage": 1 - (31 / 32) ** 32, "decode_batch": 32,
         "read_kv_bytes": 70_272_000, "kv_copies": 1}, 1e9, 436.50,
        "DeepSeek-R1 in FP8, batch of 32",
    ),
    "implied_decode_mbu": (
        {"decode_throughput": 1440 * 8, "decode_batch": 32, "tokens_per_step": 1,
         "decode_step_bytes": 436.50e9, "gpus_per_replica": 8, "memory_bandwidth": 3.35e12}, 1,
        5.863, "Alderson 2025 with all eight GPUs: six times the bandwidth there is",
    ),
}  # fmt: skip


def test_an_equation_gives_the_published_number(name, equation):
    operands, unit, expected, _ = PUBLISHED[name]
    # Sources print three digits or more.
    assert equation(**operands) / unit == pytest.approx(expected, rel=6e-4)


def test_there_is_a_number_for_every_equation(every):
    assert PUBLISHED.keys() == every.keys()
