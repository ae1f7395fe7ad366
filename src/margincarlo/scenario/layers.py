"""Files and overrides lie on each other: what a later one says stands for what was said earlier."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

# In these tables a file adds to what it extends, entry by entry; anything else it replaces whole.
MERGED = ("inputs", "derive", "run", "workloads")
# Key that names a profile → the inputs that give way where a later file or override names one.
COVERED: Mapping[str, frozenset[str]] = {
    "workload": frozenset(
        {"input_output_ratio", "input_tokens", "output_tokens", "visible_output_tokens"}
        | {"thinking_ratio", "cache_hit_share", "context_length", "prefill_context"}
    ),
    "load_shape": frozenset(
        {"utilization", "peak_to_mean_load", "load_elasticity", "batch_fill", "serving_uptime"}
        | {"peak_headroom", "pool_load", "staffing_factor"}
    ),
    "channel": frozenset({"gpu_hour_cost", "gpu_list_price"}),
    "efficiency": frozenset(
        {"decode_mbu", "decode_mfu", "prefill_mfu", "link_efficiency", "decode_step_overhead"}
        | {"synchronization_time", "expert_imbalance", "routing_diversity", "routing_loss"}
        | {"step_time_error", "communication_bytes_per_token"}
    ),
}
# Input that leaves a profile nothing to say → the key that names the profile.
SETTLES: Mapping[str, str] = {
    "utilization": "load_shape",
    "gpu_hour_cost": "channel",
    "gpu_list_price": "channel",
}

type Content = dict[str, Any]


@dataclass(frozen=True)
class Layers:
    """What files say together.

    `dropped` names the inputs that a profile covers which was named after the correlations had been
    written.
    """

    content: Content
    dropped: frozenset[str] = frozenset()

    def below(self, own: Content) -> Layers:
        """Return these layers with a file on top."""
        named = own.keys() & COVERED.keys()
        base, dropped = _given_way(self.content, named, table_of(own, "inputs").keys())
        merged = {**base, **own}
        for table in MERGED:
            ours, theirs = own.get(table, {}), base.get(table, {})
            if isinstance(ours, dict) and isinstance(theirs, dict) and (ours or theirs):
                merged[table] = {**theirs, **ours}
        # Who writes correlations anew is told of those that have lost an input.
        return Layers(merged, frozenset() if "correlation" in own else self.dropped | dropped)

    def under(self, overrides: Mapping[str, Any]) -> Layers:
        """Return these layers, ready for overrides: dotted path → value."""
        stated = _stated(overrides, "inputs.")
        content, dropped = _given_way(self.content, overrides.keys() & COVERED.keys(), stated)
        for scope in _scopes_that_name_one(overrides) & table_of(content, "workloads").keys():
            workloads = table_of(content, "workloads")
            stated = _stated(overrides, f"workloads.{scope}.inputs.")
            changed, _ = _given_way(table_of(workloads, scope), ("workload",), stated)
            content["workloads"] = {**workloads, scope: changed}
        return Layers(content, self.dropped | dropped)


def table_of(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table of `content`; an empty one if there is none, or it is no table."""
    here = content.get(name, {})
    return here if isinstance(here, dict) else {}


def _given_way(
    content: Content, named: Collection[str], stated: Collection[str]
) -> tuple[Content, frozenset[str]]:
    """Return content without what new profiles cover or new inputs settle, and what is covered."""
    settled = {SETTLES[name] for name in stated if name in SETTLES} - set(named)
    kept = {key: value for key, value in content.items() if key not in settled}
    inputs = table_of(content, "inputs")
    covered: frozenset[str] = frozenset().union(*(COVERED[key] for key in named))
    if covered & inputs.keys():
        kept["inputs"] = {name: each for name, each in inputs.items() if name not in covered}
    return kept, covered.difference(stated)


def _stated(overrides: Mapping[str, Any], place: str) -> frozenset[str]:
    """Return the inputs that overrides state under `place`."""
    inside = (path.removeprefix(place) for path in overrides if path.startswith(place))
    return frozenset(path.split(".")[0] for path in inside)


def _scopes_that_name_one(overrides: Mapping[str, Any]) -> set[str]:
    """Return the workloads of a mix whose profile is overridden."""
    paths = (path.split(".") for path in overrides)
    return {path[1] for path in paths if len(path) == 3 and path[::2] == ["workloads", "workload"]}
