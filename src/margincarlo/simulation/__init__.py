"""The engine: draws and evaluates in blocks on threads."""

from margincarlo.simulation.run import PrecisionWarning, simulate

__all__ = ["PrecisionWarning", "simulate"]
