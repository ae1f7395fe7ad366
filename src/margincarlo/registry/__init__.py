"""Models and accelerators as dated facts with sources, and what they say about each quantity."""

from margincarlo.registry.expansion import expand, smallest_replica
from margincarlo.registry.fact import Fact
from margincarlo.registry.formats import KV_PRECISIONS, PRECISIONS
from margincarlo.registry.lookup import find_accelerator, find_model
from margincarlo.registry.tables import Accelerator, Model, accelerators, models

__all__ = [
    "KV_PRECISIONS",
    "PRECISIONS",
    "Accelerator",
    "Fact",
    "Model",
    "accelerators",
    "expand",
    "find_accelerator",
    "find_model",
    "models",
    "smallest_replica",
]
