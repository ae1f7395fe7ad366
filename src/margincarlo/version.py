"""The version of margincarlo."""

__version__ = "0.1.0"
