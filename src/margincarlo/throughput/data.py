"""Measurements as the arrays that the model is fitted to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.measurements import Facts, Measurement, facts_of
from margincarlo.registry import find_model
from margincarlo.throughput.design import Configuration, configuration_of

Array = npt.NDArray[np.float64]

# Beyond this many rows of one model on one accelerator, their weight grows as the number's root.
ENOUGH: Final = 20


@dataclass(frozen=True, eq=False)
class Data:
    """Measurements, what is known of them, and how much each counts.

    Attributes
    ----------
    rows : tuple of Measurement
    configurations : tuple of Configuration
    facts : Facts
        Arguments of the equations.
    log_time : ndarray
        Logarithm of the measured time per output token in seconds.
    weight : ndarray
        Exponent of each row's likelihood: DeepSeek-R1 has more than half of all rows.
    group : tuple of str
        Vendor, and dense or mixture: rows of one group have one residual scale.
    """

    rows: tuple[Measurement, ...]
    configurations: tuple[Configuration, ...]
    facts: Facts
    log_time: Array
    weight: Array
    group: tuple[str, ...]

    def take(self, mask: npt.NDArray[np.bool_]) -> Data:
        """Return the rows where `mask` is true, weighed among themselves."""
        facts = {field.name: getattr(self.facts, field.name)[mask] for field in fields(Facts)}
        kept = [row for row, here in zip(self.rows, mask, strict=True) if here]
        return _data(kept, Facts(**facts))


def data_of(rows: Sequence[Measurement]) -> Data:
    """Prepare measurements, each configuration once."""
    return _data(rows, facts_of(rows))


def _data(rows: Sequence[Measurement], facts: Facts) -> Data:
    cells = Counter((row.model, row.accelerator, row.disaggregated) for row in rows)
    counts = [cells[row.model, row.accelerator, row.disaggregated] for row in rows]
    return Data(
        rows=tuple(rows),
        configurations=tuple(configuration_of(row) for row in rows),
        facts=facts,
        log_time=np.log([row.time_per_output_token for row in rows]),
        weight=np.minimum(1.0, np.sqrt(ENOUGH / np.array(counts, dtype=np.float64))),
        group=tuple(group_of(row) for row in rows),
    )


def group_of(row: Measurement | Configuration) -> str:
    """Return vendor, and dense or mixture, as tables show it."""
    kind = "mixture" if find_model(row.model).is_mixture else "dense"
    return f"{row.vendor} {kind}"
