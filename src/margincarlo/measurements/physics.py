"""Refuse measurements that no machine can have produced."""

from __future__ import annotations

from typing import Final

from margincarlo.measurements.facts import Facts, facts_of
from margincarlo.measurements.judge import UnjudgedError
from margincarlo.measurements.measurement import Measurement
from margincarlo.measurements.steps import FULL, predicted_time
from margincarlo.registry import find_accelerator

# Slowest row of the shipped sources: 67 times the ideal, on the day of a model's release.
SLOWEST: Final = 300.0


def check_physics(measurement: Measurement) -> None:
    """Refuse a time per token below what full bandwidth and peak arithmetic allow, or absurd.

    Raises
    ------
    UnjudgedError
        If the row must be wrong.
    """
    if measurement.speculative:
        raise UnjudgedError("tokens are drafted, and how many per step is not stated")
    facts = _facts(measurement)
    memory = find_accelerator(measurement.accelerator).memory_gb * 1e9 * measurement.gpus
    if facts.dense_bytes[0] + facts.routed_bytes[0] > memory:
        raise UnjudgedError("the weights do not fit into the memory of one instance")
    ratio = measurement.time_per_output_token / float(predicted_time(facts, FULL)[0])
    if not ratio >= 1:
        raise UnjudgedError("faster than the hardware allows (MBU or MFU above 1)")
    if not ratio <= SLOWEST:
        raise UnjudgedError(f"over {SLOWEST:.0f} times slower than the hardware allows")


def _facts(measurement: Measurement) -> Facts:
    try:
        return facts_of([measurement])
    except KeyError as missing:
        raise UnjudgedError(
            f"the registry has no {missing.args[0]} of {measurement.accelerator}"
            f" at {measurement.precision}"
        ) from None
