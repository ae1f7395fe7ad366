"""What an accelerator says about the quantities of the tree."""

from __future__ import annotations

from margincarlo.registry.fact import Entry, Fact, fact
from margincarlo.registry.formats import peak_tflops
from margincarlo.registry.tables import Accelerator


def accelerator_facts(accelerator: Accelerator, compute: str | None) -> dict[str, Fact]:
    """Return facts by name of quantity; what is not known is left out.

    Parameters
    ----------
    accelerator : Accelerator
        From the table.
    compute : str or None
        Precision that the weights ask for (bf16, fp8, fp4 or int4); None: nobody says, and there is
        no peak arithmetic.
    """
    part = accelerator
    specified = {
        "memory_capacity": Entry(part.memory_gb, "GB", part.kind),
        "memory_bandwidth": Entry(part.memory_bandwidth_tbps, "TB/s", part.kind),
    }
    if compute is not None:
        specified |= _peak(part, compute)
    if part.link_gbps is not None:
        specified["link_bandwidth"] = Entry(part.link_gbps, "GB/s", part.kind, "scale-up, one way")
    notes = (f"confidence {part.confidence}", part.notes)
    facts = {
        name: fact(name, entry, source=part.source, as_of=part.as_of, notes=notes)
        for name, entry in specified.items()
    }
    source = f"{part.source}; {part.power_source}"
    return facts | {
        name: fact(name, entry, source=source, as_of=part.as_of, notes=notes)
        for name, entry in _power(part).items()
    }


def _peak(part: Accelerator, compute: str) -> dict[str, Entry]:
    found = peak_tflops(part, compute)
    if found is None:
        return {}
    used, peak = found
    note = f"dense {used} peak"
    if compute == "int4":
        note += "; int4 weights are widened to bf16 before they multiply"
    elif used != compute:
        note += f": {part.id} has no {compute} peak, so {compute} weights compute in {used}"
    return {"peak_flops": Entry(peak, "TFLOP/s", part.kind, note)}


def _power(part: Accelerator) -> dict[str, Entry]:
    host = max(part.all_in_power_w - part.tdp_w, 0.0)
    note = f"{part.all_in_power_w:.0f} W all-in IT power less the {part.tdp_w:.0f} W limit"
    return {
        "accelerator_power": Entry(part.tdp_w, "W", part.tdp_kind, "power limit (TDP)"),
        "host_power": Entry(host, "W", part.host_power_kind, note),
    }
