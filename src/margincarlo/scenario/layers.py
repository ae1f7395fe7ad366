"""Files and overrides lie on each other: what a later one says stands for what was said earlier."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

# In these tables a file adds to what it extends, entry by entry; anything else it replaces whole.
MERGED = ("inputs", "derive", "run", "workloads", "posterior")
LOAD: frozenset[str] = frozenset(
    {"utilization", "peak_to_mean_load", "load_elasticity", "batch_fill", "serving_uptime"}
    | {"peak_headroom", "pool_load", "staffing_factor"}
)
EFFICIENCY: frozenset[str] = frozenset(
    {"decode_mbu", "decode_mfu", "prefill_mfu", "link_efficiency", "decode_step_overhead"}
    | {"synchronization_time", "expert_imbalance", "routing_diversity", "routing_loss"}
    | {"step_time_error", "communication_bytes_per_token"}
)
# Key that names a profile → the inputs that give way where a later file or override names one.
COVERED: Mapping[str, frozenset[str]] = {
    "workload": frozenset(
        {"input_output_ratio", "input_tokens", "output_tokens", "visible_output_tokens"}
        | {"thinking_ratio", "cache_hit_share", "context_length", "prefill_context"}
    ),
    "load_shape": LOAD,
    "channel": frozenset({"gpu_hour_cost", "gpu_list_price"}),
    "efficiency": EFFICIENCY,
    "posterior": LOAD
    | EFFICIENCY
    | {"gpu_hour_cost", "gpu_list_price", "negotiated_discount", "operations_cost"}
    | {"production_derate", "acceptance_rate", "draft_length", "draft_step_time"}
    | {"reference_batch", "batch_weight_elasticity", "batch_speed_elasticity"},
}
# Key → the keys of earlier files that it takes the place of.
REPLACES: Mapping[str, frozenset[str]] = {
    "efficiency": frozenset({"posterior"}),
    "posterior": frozenset({"efficiency", "engine", "software_date"}),
}
# Belief of a posterior → what else would say it.
PARTS: Mapping[str, frozenset[str]] = {
    "gpu_hour_cost": frozenset({"gpu_list_price", "negotiated_discount"}),
    "utilization": LOAD - {"utilization"},
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
        named = {key: own[key] for key in own.keys() & COVERED.keys()}
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
        content, dropped = _given_way(self.content, _named(overrides), stated)
        for scope in _scopes_that_name_one(overrides) & table_of(content, "workloads").keys():
            workloads = table_of(content, "workloads")
            stated = _stated(overrides, f"workloads.{scope}.inputs.")
            named = {"workload": overrides[f"workloads.{scope}.workload"]}
            changed, _ = _given_way(table_of(workloads, scope), named, stated)
            content["workloads"] = {**workloads, scope: changed}
        return Layers(content, self.dropped | dropped)


def table_of(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table of `content`; an empty one if there is none, or it is no table."""
    here = content.get(name, {})
    return here if isinstance(here, dict) else {}


def _given_way(
    content: Content, named: Mapping[str, Any], stated: Collection[str]
) -> tuple[Content, frozenset[str]]:
    """Return content without what new profiles cover or new inputs settle, and what is covered."""
    covered: frozenset[str] = frozenset().union(
        *(_covered(key, value, content) for key, value in named.items())
    )
    settled = {SETTLES[name] for name in covered.union(stated) if name in SETTLES} - named.keys()
    for key in named.keys() - content.keys():
        settled |= REPLACES.get(key, frozenset())
    kept = {key: value for key, value in content.items() if key not in settled}
    inputs = table_of(content, "inputs")
    if covered & inputs.keys():
        kept["inputs"] = {name: each for name, each in inputs.items() if name not in covered}
    return kept, covered.difference(stated)


def _covered(key: str, value: Any, content: Content) -> frozenset[str]:
    """Return the inputs that give way to what a later file or override names under `key`."""
    listed = value.get("inputs") if key == "posterior" and isinstance(value, Mapping) else None
    if isinstance(listed, list):
        names = frozenset(name for name in listed if isinstance(name, str))
        return names.union(*(PARTS.get(name, ()) for name in names))
    # Who changes the assumption of a posterior that is there leaves what is stated beside it.
    return frozenset() if key == "posterior" and key in content else COVERED[key]


def _named(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return what overrides name under the keys of `COVERED`."""
    named = {key: overrides[key] for key in overrides.keys() & COVERED.keys()}
    place = "posterior."
    table = {path.removeprefix(place): overrides[path] for path in overrides if path[:10] == place}
    return {"posterior": table, **named} if table else named


def _stated(overrides: Mapping[str, Any], place: str) -> frozenset[str]:
    """Return the inputs that overrides state under `place`."""
    inside = (path.removeprefix(place) for path in overrides if path.startswith(place))
    return frozenset(path.split(".")[0] for path in inside)


def _scopes_that_name_one(overrides: Mapping[str, Any]) -> set[str]:
    """Return the workloads of a mix whose profile is overridden."""
    paths = (path.split(".") for path in overrides)
    return {path[1] for path in paths if len(path) == 3 and path[::2] == ["workloads", "workload"]}
