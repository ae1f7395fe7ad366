"""The two tables of the registry, read from ``data/models.csv`` and ``data/accelerators.csv``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True)
class Model:
    """Open-weight model: its size, its attention and how its checkpoint is stored.

    Attributes
    ----------
    id, name, vendor, released, hf_repo : str
        OpenRouter slug (where it has none: Hugging Face repository in lower case), name, publisher,
        ISO date, Hugging Face repository.
    total_params_b, active_params_b, nonrouted_params_b, routed_params_b, embedding_params_b : float
        Billions of parameters of the text backbone, without multi-token prediction and vision: all;
        those that multiply for one token; of these the ones outside routed experts; in routed
        experts; in the input embedding and the output head.
    layers, hidden_size, experts, experts_per_token, expert_layers : int
        Geometry; the last three are 0 for a dense model.
    expert_format, other_format, attention : str
        Number format of the routed experts and of the other linear layers as published (for a dense
        model the same); layers in words.
    kv_heads : int
        Heads among which the KV cache of a sequence can be split; 1 for a latent or shared cache.
    kv_bytes_per_token, kv_bytes_per_token_8bit : float
        KV cache that grows with the context, in bf16 and as deployed at low precision, B/token.
    kv_8bit_layout : str
        What the deployed low-precision layout holds.
    local_kv_bytes_per_token, local_window : float
        KV cache of layers with a window (bf16, B/token), and their window in tokens.
    read_kv_bytes_per_token, read_kv_fixed_bytes : float
        Line through what a decode step reads of the growing KV cache (bf16, B/token and B).
    state_bytes : float
        State of linear-attention layers per sequence, B.
    attention_flops_slope, attention_gflops_plateau, attention_span : float
        Attention arithmetic of a generated token: FLOP per token of context, GFLOP that stop
        growing, and the context in tokens at which they have.
    prefill_attention_ratio : float
        Attention arithmetic per token pair in prefill over that in decode.
    max_context : int
        Longest context in tokens.
    source, as_of, confidence, notes : str
        Evidence.
    """

    id: str
    name: str
    vendor: str
    released: str
    hf_repo: str
    total_params_b: float
    active_params_b: float
    nonrouted_params_b: float
    routed_params_b: float
    embedding_params_b: float
    layers: int
    hidden_size: int
    experts: int
    experts_per_token: int
    expert_layers: int
    expert_format: str
    other_format: str
    attention: str
    kv_heads: int
    kv_bytes_per_token: float
    kv_bytes_per_token_8bit: float
    kv_8bit_layout: str
    local_kv_bytes_per_token: float
    local_window: float
    read_kv_bytes_per_token: float
    read_kv_fixed_bytes: float
    state_bytes: float
    attention_flops_slope: float
    attention_gflops_plateau: float
    attention_span: float
    prefill_attention_ratio: float
    max_context: int
    source: str
    as_of: str
    confidence: str
    notes: str

    @property
    def is_mixture(self) -> bool:
        """Whether the model routes tokens to experts."""
        return self.experts > 0

    @property
    def aliases(self) -> frozenset[str]:
        """Lower-case names that mean this model."""
        whole = {self.id.lower(), self.hf_repo.lower()}
        tails = {text.rpartition("/")[2] for text in whole}
        return frozenset(whole | tails | {self.name.lower()})


@dataclass(frozen=True)
class Accelerator:
    """Accelerator: what one chip can hold, read, compute and send, and the power it takes.

    Attributes
    ----------
    id, name, vendor, released : str
        Short name, full name, maker, launch as an ISO date or a half-year.
    memory_gb, memory_bandwidth_tbps : float
        High-bandwidth memory in GB and TB/s.
    bf16_tflops, fp8_tflops, fp4_tflops : float or None
        Dense peaks in TFLOP/s; None: the part has none, or none is known.
    link_gbps : float or None
        One-way scale-up bandwidth in GB/s.
    link_domain : float or None
        Accelerators that this link joins; beyond, traffic takes a slower network.
    tdp_w, all_in_power_w : float
        Power limit of the chip, and IT power with its share of host and network, in W.
    source, kind, power_source, tdp_kind, host_power_kind, as_of, confidence, notes : str
        Evidence; a kind is one of `margincarlo.evidence.KINDS`.
    """

    id: str
    name: str
    vendor: str
    released: str
    memory_gb: float
    memory_bandwidth_tbps: float
    bf16_tflops: float | None
    fp8_tflops: float | None
    fp4_tflops: float | None
    link_gbps: float | None
    link_domain: float | None
    tdp_w: float
    all_in_power_w: float
    source: str
    kind: str
    power_source: str
    tdp_kind: str
    host_power_kind: str
    as_of: str
    confidence: str
    notes: str

    @property
    def aliases(self) -> frozenset[str]:
        """Lower-case names that mean this accelerator."""
        return frozenset({self.id.lower(), self.name.lower()})


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "str": str,
    "int": int,
    "float": float,
    "float | None": lambda cell: float(cell) if cell else None,
}


@cache
def models() -> Mapping[str, Model]:
    """Return every model by id, in the order of the table."""
    return MappingProxyType({row.id: row for row in _rows("models.csv", Model)})


@cache
def accelerators() -> Mapping[str, Accelerator]:
    """Return every accelerator by id, in the order of the table."""
    return MappingProxyType({row.id: row for row in _rows("accelerators.csv", Accelerator)})


def _rows[Row: (Model, Accelerator)](table: str, row_type: type[Row]) -> list[Row]:
    # Annotations are strings in this module, so they can choose how a cell is read.
    readers = {field.name: _READERS[str(field.type)] for field in fields(row_type)}
    path = resources.files("margincarlo") / "data" / table
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        row_type(**{name: readers[name](cell) for name, cell in cells.items()})
        for cells in csv.DictReader(lines)
    ]
