"""Published throughput measurements: read, judged, and put into the equations' terms."""

from margincarlo.measurements.columns import COLUMNS, Column
from margincarlo.measurements.distinct import newest
from margincarlo.measurements.facts import Facts, facts_of
from margincarlo.measurements.measurement import Measurement
from margincarlo.measurements.read import Table, read_measurements
from margincarlo.measurements.steps import Efficiency, predicted_time

__all__ = [
    "COLUMNS",
    "Column",
    "Efficiency",
    "Facts",
    "Measurement",
    "Table",
    "facts_of",
    "newest",
    "predicted_time",
    "read_measurements",
]
