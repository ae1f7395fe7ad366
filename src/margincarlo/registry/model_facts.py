"""What a model says about the quantities of the tree."""

from __future__ import annotations

from margincarlo.registry.fact import Entry, Fact, fact
from margincarlo.registry.formats import bytes_per_weight, weight_formats
from margincarlo.registry.tables import Model

BACKBONE = "computed from the geometry of the text backbone, without MTP and vision"


def model_facts(model: Model, precision: str, kv_precision: str | None) -> dict[str, Fact]:
    """Return facts by name of quantity.

    Parameters
    ----------
    model : Model
        From the table.
    precision : str
        One of `margincarlo.registry.PRECISIONS`.
    kv_precision : str or None
        One of `margincarlo.registry.KV_PRECISIONS`; None: bf16 for bf16 weights, else fp8.
    """
    kv = kv_precision or _usual_kv_precision(model, precision)
    entries = _sizes(model) | _experts(model) | _weights(model, precision)
    entries |= _kv_cache(model, kv) | _attention(model)
    notes = (f"confidence {model.confidence}", model.notes)
    return {
        name: fact(name, entry, source=model.source, as_of=model.as_of, notes=notes)
        for name, entry in entries.items()
    }


def _usual_kv_precision(model: Model, precision: str) -> str:
    return "bf16" if set(weight_formats(model, precision)) == {"bf16"} else "fp8"


def _sizes(model: Model) -> dict[str, Entry]:
    billions = {
        "total_parameters": model.total_params_b,
        "active_parameters": model.active_params_b,
        "dense_parameters": model.nonrouted_params_b,
        "routed_parameters": model.routed_params_b,
    }
    sizes = {name: Entry(count, "Gparam", "derived", BACKBONE) for name, count in billions.items()}
    sizes["layers"] = Entry(model.layers, "1", "claim")
    sizes["hidden_size"] = Entry(model.hidden_size, "1", "claim")
    sizes["maximum_context"] = Entry(model.max_context, "token", "claim")
    return sizes


def _experts(model: Model) -> dict[str, Entry]:
    if not model.is_mixture:
        dense = Entry(1.0, "1", "derived", "a dense model: every token uses every weight")
        names = ("activated_expert_share", "expert_imbalance", "routing_diversity")
        return dict.fromkeys(names, dense)
    share = model.experts_per_token / model.experts
    return {
        "experts": Entry(model.experts, "1", "claim"),
        "experts_per_token": Entry(model.experts_per_token, "1", "claim"),
        "expert_layers": Entry(model.expert_layers, "1", "claim"),
        "activated_expert_share": Entry(share, "1", "derived", "experts per token over experts"),
    }


def _weights(model: Model, precision: str) -> dict[str, Entry]:
    experts, others = weight_formats(model, precision)
    expert_bytes, dense_bytes = bytes_per_weight(model, precision)
    if (experts, others) == (model.expert_format, model.other_format):
        how = "as published"
    else:
        how = f"asked for in {precision}, published in {model.expert_format}"
        if precision in ("fp4", "int4") and not model.is_mixture:
            how += " (a floor: such checkpoints often keep attention wider)"
    layers = f"{experts} experts, {others} elsewhere" if model.is_mixture else others
    note = f"{how}: {layers}, embedding and output head 2 B/param"
    return {
        "weight_precision": Entry(expert_bytes, "B/param", "derived", note),
        "dense_precision": Entry(dense_bytes, "B/param", "derived", note),
    }


def _kv_cache(model: Model, kv_precision: str) -> dict[str, Entry]:
    low = kv_precision == "fp8"
    scale = model.kv_bytes_per_token_8bit / model.kv_bytes_per_token if low else 1.0
    note = f"low-precision KV cache as deployed: {model.kv_8bit_layout}" if low else "bf16 KV cache"

    def scaled(value: float, unit: str) -> Entry:
        return Entry(value * scale, unit, "derived", note)

    per_token = model.kv_bytes_per_token_8bit if low else model.kv_bytes_per_token
    kv = {
        "kv_bytes_per_token": Entry(per_token, "B/token", "derived", note),
        "sparse_kv_bytes_per_token": scaled(model.read_kv_bytes_per_token, "B/token"),
        "sparse_kv_bytes": scaled(model.read_kv_fixed_bytes, "B"),
        "local_kv_bytes_per_token": scaled(model.local_kv_bytes_per_token, "B/token"),
        "state_bytes": Entry(model.state_bytes, "B", "derived", "fp32 state of linear attention"),
    }
    heads = "heads of the cache; a latent or shared one cannot be split"
    kv["kv_shards"] = Entry(model.kv_heads, "1", "claim", heads)
    window = Entry(model.local_window or 1.0, "token", "claim", "window of local attention layers")
    return kv | {"local_attention_window": window}


def _attention(model: Model) -> dict[str, Entry]:
    note = f"absorbed form for decoding; layers: {model.attention}"
    ratio = "un-absorbed over absorbed form of MLA; 1 where prefill computes as decoding does"
    plateau = model.attention_gflops_plateau
    return {
        "attention_flops_slope": Entry(
            model.attention_flops_slope, "FLOP/token/token", "derived", note
        ),
        "attention_flops_plateau": Entry(plateau, "GFLOP/token", "derived", note),
        "attention_span": Entry(
            model.attention_span, "token", "derived", "sparse selection or window, else 1 token"
        ),
        "prefill_attention_ratio": Entry(model.prefill_attention_ratio, "1", "derived", ratio),
    }
