"""Standard-normal draws for named inputs, the same whatever else is drawn and by whom.

A :class:`Plan` cuts the draws into independent replicates and each replicate into cells; a
:func:`stream` fills any cell of one input from (seed, name, replicate, cell) alone. Cells can
therefore be drawn in any order, by any number of workers, and an input keeps its draws when others
come, go or move.
"""

from margincarlo.sampling.dimensions import check_dimensions, dimension_of
from margincarlo.sampling.plans import CELL, REPLICATES, Plan, plan
from margincarlo.sampling.streams import Normals, stream

__all__ = [
    "CELL",
    "REPLICATES",
    "Normals",
    "Plan",
    "check_dimensions",
    "dimension_of",
    "plan",
    "stream",
]
