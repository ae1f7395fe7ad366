"""Pictures: of a simulation, of what measurements say of throughput, and of what prices teach.

Every function draws on what it is given, or on a new figure, and returns its Axes. None shows or
closes a figure, and none changes matplotlib's settings.
"""

from margincarlo.plots.calibration import beliefs, products
from margincarlo.plots.calibration_margins import deciding, every_margin, profitable
from margincarlo.plots.calibration_prices import predicted_prices
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
    "beliefs",
    "compare",
    "deciding",
    "density",
    "efficiencies",
    "every_margin",
    "exceedance",
    "held_out",
    "predicted_prices",
    "products",
    "profitable",
    "throughput_errors",
    "to_svg",
    "waterfall",
    "waterfall_steps",
]
