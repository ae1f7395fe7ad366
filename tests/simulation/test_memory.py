"""Ten million draws in the memory of a browser tab, as long as only figures are kept."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCENARIO = """
schema = 1
title = "Does an open-weight host make money?"
model = "deepseek/deepseek-v3.2"
accelerator = "h200"
precision = "fp8"
outputs = ["contribution_margin", "gross_margin", "output_token_cost", "decode_batch"]

[derive]
communication_bytes_per_token = "expert_parallel"

[inputs]
gpus_per_replica = 8
gpu_list_price = { p5 = 2.5, p95 = 4.5, unit = "USD/GPU-hour" }
negotiated_discount = { p5 = 0.02, p95 = 0.3 }
contract_take_up = { p5 = 0.75, p95 = 0.99 }
operations_cost = { p5 = 0.03, p95 = 0.25 }
utilization = { p5 = 0.25, p95 = 0.85 }
prefill_mfu = { p5 = 0.12, p95 = 0.5 }
decode_mbu = { p5 = 0.35, p95 = 0.75 }
decode_mfu = { p5 = 0.2, p95 = 0.6 }
decode_step_overhead = { p5 = 4, p95 = 9 }
interactivity_target = { p5 = 18, p95 = 45 }
routing_diversity = { p5 = 0.65, p95 = 0.95 }
expert_imbalance = { p5 = 1.05, p95 = 1.6 }
visible_output_tokens = 400
input_output_ratio = { p5 = 3, p95 = 30 }
cache_hit_share = { p5 = 0.25, p95 = 0.75 }
input_price = 0.26
output_price = 0.4
cache_read_multiplier = 0.2

[[correlation]]
between = ["prefill_mfu", "decode_mbu"]
rank = 0.6

[[ask]]
statement = "gross_margin > 0"
"""

PROGRAM = """
import json, pathlib, re, sys, time, warnings
import margincarlo as mc
warnings.simplefilter("ignore", mc.FeasibilityWarning)
scenario = mc.load(sys.argv[1])
start = time.perf_counter()
found = mc.simulate(scenario, draws=10**7, sampler="random", keep="none")
seconds = time.perf_counter() - start
summaries = found.summaries()
print(json.dumps({
    # Not getrusage: its figure starts at that of the process that started this one.
    "megabytes": int(re.search(
        r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text()
    )[1]) / 1e3,
    "seconds": seconds,
    "draws": found.plan.draws,
    "counted": found.sample.counted,
    "error": found.probabilities()[0].error,
}))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its peak memory")
def test_ten_million_draws_take_at_most_400_megabytes(tmp_path):
    path = tmp_path / "host.toml"
    path.write_text(SCENARIO)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    figures = json.loads(ran.stdout)
    print(figures)
    assert figures["megabytes"] <= 400
    assert figures["draws"] == 10**7
    assert 0.99 * 10**7 < figures["counted"] <= 10**7
    assert figures["error"] < 5e-4
