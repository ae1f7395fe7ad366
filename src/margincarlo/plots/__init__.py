"""Pictures: of a simulation, and of what measurements say of the throughput equations.

Every function draws on what it is given, or on a new figure, and returns its Axes. None shows or
closes a figure, and none changes matplotlib's settings.
"""

from margincarlo.plots.compare import compare
from margincarlo.plots.density import density
from margincarlo.plots.efficiency import efficiencies
from margincarlo.plots.exceedance import exceedance
from margincarlo.plots.svg import to_svg
from margincarlo.plots.throughput import held_out
from margincarlo.plots.throughput_errors import throughput_errors
from margincarlo.plots.waterfall import STEPS, WaterfallStep, waterfall, waterfall_steps

__all__ = [
    "STEPS",
    "WaterfallStep",
    "compare",
    "density",
    "efficiencies",
    "exceedance",
    "held_out",
    "throughput_errors",
    "to_svg",
    "waterfall",
    "waterfall_steps",
]
