"""Shipped profiles: workloads, load shapes and rental channels, as inputs with their sources."""

from margincarlo.profiles.channels import Channel, channels, find_channel
from margincarlo.profiles.load_shapes import find_load_shape, load_shapes
from margincarlo.profiles.profile import Profile
from margincarlo.profiles.workloads import find_workload, workloads

__all__ = [
    "Channel",
    "Profile",
    "channels",
    "find_channel",
    "find_load_shape",
    "find_workload",
    "load_shapes",
    "workloads",
]
