"""The engine: draws and evaluates in blocks on threads."""

from margincarlo.simulation.run import simulate

__all__ = ["simulate"]
