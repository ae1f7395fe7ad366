"""A simulation on Axes: density, exceedance, cost waterfall, scenarios side by side.

Every function draws on the Axes it is given, or on a new figure, and returns the Axes. None shows
or closes a figure, and none changes matplotlib's settings.
"""

from margincarlo.plots.compare import compare
from margincarlo.plots.density import density
from margincarlo.plots.exceedance import exceedance
from margincarlo.plots.svg import to_svg
from margincarlo.plots.waterfall import STEPS, WaterfallStep, waterfall, waterfall_steps

__all__ = [
    "STEPS",
    "WaterfallStep",
    "compare",
    "density",
    "exceedance",
    "to_svg",
    "waterfall",
    "waterfall_steps",
]
