"""How configurations are spelled."""

from __future__ import annotations

import pytest

from margincarlo.measurements.layout import Layout, read_layout


@pytest.mark.parametrize(
    ("text", "gpus", "instances", "data_parallel", "expert_parallel"),
    [
        ("TP8", 8, 0, False, False),
        ("tp8", 8, 0, False, False),
        ("TP1024", 1024, 0, False, False),
        ("TP8/EP1/DPA0", 8, 0, False, False),
        ("TP8/EP8", 8, 0, False, True),
        ("TP8, EP8", 8, 0, False, True),
        ("TP8/EP8/DPA0", 8, 0, False, True),
        ("TP8/EP8/DPA1", 8, 0, True, True),
        ("TP8/DPA1", 8, 0, True, True),
        ("TP1/EP1/DPA1", 1, 0, True, False),
        ("TP1/EP16/DPA1", 16, 0, True, True),
        ("TP8 / EP8 / DPA1 x2", 8, 2, True, True),
        ("TP4x2", 4, 2, False, False),
        ("TP4 × 2", 4, 2, False, False),
        ("prefill TP4/EP4/DPA1 x1; decode TP8/EP8/DPA0 x2", 8, 2, False, True),
        ("Prefill TP4/EP4/DPA1 x1; Decode TP8/EP8/DPA0 x2", 8, 2, False, True),
        ("1 prefill + 3 decode workers, TP2 each", 2, 0, False, False),
        ("decode EP72, DP attention, TBO", 72, 0, True, True),
        ("decode 12 nodes EP96", 96, 0, True, True),
        ("EP72/DP72", 72, 0, True, True),
        ("TP8/DP1", 8, 0, False, False),
    ],
)
def test_spellings(
    text: str, gpus: int, instances: int, data_parallel: bool, expert_parallel: bool
) -> None:
    assert read_layout(text) == Layout(gpus, instances, data_parallel, expert_parallel)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8 GPUs",
        "single GPU",
        "TP",
        "TP-8",
        "TP0",
        "EP0",
        "TP1025",
        "TP8/EP99999",
        "TP" + "9" * 5000,
        "TP8 x0",
        "TP8 x99999",
        "HTTP8",
        "prefill TP8 x1; decode on the same machines",
        # Pipelines are in no equation; TP8/DP8 is 8 accelerators in one engine, 64 in another.
        "TP8/PP2",
        "8-GPU node (TP8; DP-attention at high concurrency)",
        "TP8/CP2",
        "TP8/DP8",
        "TP1/DP8/EP8",
        "TP8/EP8/DP16",
    ],
)
def test_what_does_not_say(text: str) -> None:
    assert read_layout(text) is None
