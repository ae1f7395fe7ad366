"""Every equation, run on pint quantities, yields the unit that its signature promises."""

from __future__ import annotations

import sys
from typing import Any, Final, get_args, get_origin, get_type_hints

import pytest

from margincarlo.equations import MODULES
from margincarlo.units import registry


def unit_of(hint: Any) -> str | None:
    """Return the unit that an annotation carries, ``Final`` or not."""
    if get_origin(hint) is Final:
        (hint,) = get_args(hint)
    return hint.__metadata__[0] if hasattr(hint, "__metadata__") else None


def with_unit(value: Any, unit: str | None) -> Any:
    """Return `value` as a pint quantity."""
    return registry().Quantity(value, "" if unit == "1" else unit)


def test_an_equation_keeps_its_promise(name, equation, operands, monkeypatch):
    hints = get_type_hints(equation, include_extras=True)
    plain = {key: float(value[0]) for key, value in operands(name).items()}
    expected = equation(**plain)

    module = sys.modules[equation.__module__]
    for constant, hint in get_type_hints(module, include_extras=True).items():
        if constant.isupper() and (unit := unit_of(hint)):
            monkeypatch.setattr(module, constant, with_unit(getattr(module, constant), unit))
    result = equation(**{key: with_unit(each, unit_of(hints[key])) for key, each in plain.items()})
    promised = with_unit(1.0, unit_of(hints["return"]))
    assert registry().Quantity(result).dimensionality == promised.dimensionality
    assert registry().Quantity(result).m_as(promised.units) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_every_constant_states_its_unit(module):
    hints = get_type_hints(module, include_extras=True)
    floats = {key for key, value in vars(module).items() if isinstance(value, float)}
    assert floats <= {key for key, hint in hints.items() if unit_of(hint) is not None}
