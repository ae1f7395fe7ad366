"""Keep one row of each configuration: benchmarks are repeated, and the newest software counts."""

from __future__ import annotations

from collections.abc import Sequence

from margincarlo.measurements.measurement import Measurement


def newest(measurements: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Return the newest measurement of each configuration, in the order given.

    Parameters
    ----------
    measurements : sequence of Measurement
        A row without a date is older than any other; of equals the last stays.
    """
    best: dict[tuple[object, ...], int] = {}
    for place, row in enumerate(measurements):
        held = best.get(row.configuration)
        if held is None or row.date >= measurements[held].date:
            best[row.configuration] = place
    return tuple(measurements[place] for place in sorted(best.values()))
