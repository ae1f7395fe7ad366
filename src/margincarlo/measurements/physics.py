"""Refuse measurements that no machine can have produced."""

from __future__ import annotations

from typing import Final

from margincarlo.measurements.facts import facts_of
from margincarlo.measurements.judge import UnjudgedError
from margincarlo.measurements.measurement import Measurement
from margincarlo.measurements.steps import FULL, predicted_time

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
    ideal = float(predicted_time(facts_of([measurement]), FULL)[0])
    ratio = measurement.time_per_output_token / ideal
    if ratio < 1:
        raise UnjudgedError("faster than the hardware allows (MBU or MFU above 1)")
    if ratio > SLOWEST:
        raise UnjudgedError(f"over {SLOWEST:.0f} times slower than the hardware allows")
