"""Six functions, one behavior on floats, arrays, pint quantities and PyTensor graphs."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from margincarlo import xp

CASES = {
    "maximum": ((1.0, 2.0), 2.0),
    "minimum": ((1.0, 2.0), 1.0),
    "where": ((True, 1.0, 2.0), 1.0),
    "exp": ((1.0,), np.e),
    "log": ((np.e,), 1.0),
    "sqrt": ((9.0,), 3.0),
}


def test_there_are_six():
    assert sorted(xp.__all__) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_on_floats(name):
    operands, expected = CASES[name]
    assert getattr(xp, name)(*operands) == pytest.approx(expected)


@pytest.mark.parametrize("name", CASES)
def test_on_arrays(name):
    operands, expected = CASES[name]
    result = getattr(xp, name)(*(np.full(3, each) for each in operands))
    np.testing.assert_allclose(result, np.full(3, expected))


@pytest.mark.parametrize("name", CASES)
def test_on_graphs(name):
    import pytensor.tensor as pt

    operands, expected = CASES[name]
    result = getattr(xp, name)(*(pt.constant(each) for each in operands))
    assert result.eval(mode="FAST_COMPILE") == pytest.approx(expected)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_graph_may_come_second(name):
    import pytensor.tensor as pt

    operands, expected = CASES[name]
    *first, last = operands
    result = getattr(xp, name)(*first, pt.constant(last))
    assert result.eval(mode="FAST_COMPILE") == pytest.approx(expected)


@pytest.mark.parametrize("name", ["maximum", "minimum", "exp"])
def test_on_named_dimensions(name):
    from pytensor.xtensor.type import xtensor

    operands, _ = CASES[name]
    variables = [xtensor("x", dims=("draw",)) for _ in operands]
    assert getattr(xp, name)(*variables).type.dims == ("draw",)


def test_on_quantities_units_are_kept_and_compared():
    from margincarlo.units import registry

    second, hour = registry().Quantity(1800.0, "s"), registry().Quantity(1.0, "h")
    assert xp.maximum(second, hour).m_as("s") == 3600
    assert xp.minimum(second, hour).m_as("s") == 1800
    assert xp.sqrt(second * second).m_as("s") == pytest.approx(1800)
    assert xp.where(second > hour, second, hour).m_as("s") == 3600


@pytest.mark.parametrize("combine", [xp.maximum, xp.minimum, operator.add])
def test_seconds_and_bytes_do_not_mix(combine):
    import pint

    from margincarlo.units import registry

    with pytest.raises(pint.DimensionalityError):
        combine(registry().Quantity(1.0, "s"), registry().Quantity(1.0, "B"))


@pytest.mark.parametrize("function", [xp.exp, xp.log])
def test_only_a_number_has_a_logarithm(function):
    import pint

    from margincarlo.units import registry

    with pytest.raises(pint.DimensionalityError):
        function(registry().Quantity(1.0, "s"))


def test_nothing_slow_is_imported_for_floats():
    import subprocess
    import sys

    program = (
        "import sys; from margincarlo import xp; xp.maximum(1.0, xp.exp(2.0));"
        "print(sorted({'pytensor', 'pint', 'scipy'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
