"""Units: names for signatures, and conversion at the door.

Inside margincarlo every number is in base units: s, B, FLOP, token, param, GPU, USD, J. A signature
says so with an alias of this module (``gpu_hour_cost: DollarsPerGPUSecond``); a test runs every
equation on pint quantities and checks the promise. Conversion happens once, where a file is read.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any

from margincarlo.errors import UnitError, did_you_mean

if TYPE_CHECKING:
    import pint

# A value may be a float, an array or a node of a PyTensor graph: only operators tell.
Value = Any

Number = Annotated[Value, "1"]
Share = Annotated[Value, "1"]
Seconds = Annotated[Value, "s"]
PerSecond = Annotated[Value, "1/s"]
Bytes = Annotated[Value, "B"]
Tokens = Annotated[Value, "token"]
Parameters = Annotated[Value, "param"]
GPUs = Annotated[Value, "GPU"]
Dollars = Annotated[Value, "USD"]
DollarsPerGPU = Annotated[Value, "USD/GPU"]
DollarsPerGPUSecond = Annotated[Value, "USD/GPU/s"]
DollarsPerToken = Annotated[Value, "USD/token"]
DollarsPerJoule = Annotated[Value, "USD/J"]
DollarsPerWattSecond = Annotated[Value, "USD/W/s"]
DollarsPerByte = Annotated[Value, "USD/B"]
DollarsPerByteSecond = Annotated[Value, "USD/B/s"]
WattsPerGPU = Annotated[Value, "W/GPU"]
BytesPerParameter = Annotated[Value, "B/param"]
BytesPerElement = Annotated[Value, "B"]
BytesPerToken = Annotated[Value, "B/token"]
BytesPerGPU = Annotated[Value, "B/GPU"]
BytesPerGPUSecond = Annotated[Value, "B/GPU/s"]
FLOPPerGPUSecond = Annotated[Value, "FLOP/GPU/s"]
FLOPPerParameterToken = Annotated[Value, "FLOP/param/token"]
FLOPPerToken = Annotated[Value, "FLOP/token"]
FLOPPerTokenPair = Annotated[Value, "FLOP/token/token"]
TokensPerSecond = Annotated[Value, "token/s"]
GPUSeconds = Annotated[Value, "GPU*s"]
GPUSecondsPerToken = Annotated[Value, "GPU*s/token"]
SecondsPerToken = Annotated[Value, "s/token"]

_SPELLING = (
    (re.compile(r"\$"), "USD"),
    (re.compile(r"%"), "percent"),
    # A hyphen binds: USD/GB-h is per (GB * h), as people write it.
    (re.compile(r"(\w+)-(\w+)"), r"(\1*\2)"),
    (re.compile(r"(?<!\()\bGPU\*(h|hour|hr|s)\b"), r"(GPU*\1)"),
)


@cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the pint registry of the units that margincarlo knows.

    Returns
    -------
    pint.UnitRegistry
        Built from ``data/units.txt``; shared by the door and by the dimension tests.
    """
    import pint

    return pint.UnitRegistry(_definitions().splitlines(), cache_folder=None)


@cache
def factor(unit: str, base: str) -> float:
    """Return what one `unit` is in `base` units.

    A unit may leave out "per GPU": ``USD/h`` is accepted for a GPU-hour's cost.

    Parameters
    ----------
    unit, base : str
        For example ``"USD/Mtok"`` and ``"USD/token"``; ``"1"`` is dimensionless.

    Raises
    ------
    UnitError
        If `unit` is unknown or of another kind than `base`.
    """
    import pint

    known = registry()
    given = _parse(unit)
    wanted = known.parse_units(_spell(base))
    for gpus in (0, 1, -1):
        candidate: pint.Quantity[Any] = given * known.Quantity(1.0, "GPU") ** gpus
        try:
            return float(candidate.to(wanted).magnitude)
        except pint.DimensionalityError:
            continue
    raise UnitError(
        f"unit {unit!r} is of the wrong kind: this quantity is in {base} (any multiple)"
    )


def _definitions() -> str:
    file = resources.files("margincarlo") / "data" / "units.txt"
    return file.read_text(encoding="utf-8")


def _spell(unit: str) -> str:
    text = unit.strip()
    for pattern, replacement in _SPELLING:
        text = pattern.sub(replacement, text)
    return "" if text == "1" else text


def _parse(unit: str) -> pint.Quantity[Any]:
    known = registry()
    # No powers and no numbers but a leading 1: pint would evaluate a tower of them for ever.
    if not re.fullmatch(r"1?(?:[A-Za-z$%µ_/() -]|(?<!\*)\*){0,60}", unit):
        raise UnitError(
            f"{unit[:60]!r} is not a unit: write one such as 'USD/Mtok', 'USD/h' or '1'"
        )
    try:
        return known.Quantity(1.0, known.parse_units(_spell(unit)))
    except Exception as problem:  # pint raises whatever its parser meets on text that is no unit
        raise UnitError(
            f"unit {unit!r} is not known{_suggestion(unit)};"
            " write one such as 'USD/Mtok', 'USD/h', 'tok/s', 'GB', 'year', '%' or '1'"
        ) from problem


def _suggestion(unit: str) -> str:
    common = ("USD/Mtok", "USD/h", "USD/kWh", "tok/s", "GB", "TB/s", "GB/s", "TFLOP/s", "kW", "ms")
    defined = re.findall(r"^(\w\w+) =", _definitions(), flags=re.MULTILINE)
    same = {name.casefold(): name for name in (*defined, *common)}
    exact = same.get(unit.strip().casefold())
    return f"; did you mean {exact!r}?" if exact else did_you_mean(unit, same.values())
