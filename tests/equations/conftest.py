"""Operands for any equation: drawn inside the supports of the nomenclature, in base units."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from margincarlo.equations import DERIVATIONS, EQUATIONS, Equation
from margincarlo.quantities import Quantity, quantities
from margincarlo.units import factor

EVERY: dict[str, Equation] = {
    **EQUATIONS,
    **{way.__name__: way for ways in DERIVATIONS.values() for way in ways.values()},
}
YIELDS: dict[str, str] = {
    **{name: name for name in EQUATIONS},
    **{way.__name__: name for name, ways in DERIVATIONS.items() for way in ways.values()},
}

Operands = Callable[[str], dict[str, np.ndarray]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a `name` once per equation."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", sorted(EVERY))


@pytest.fixture(scope="session")
def every() -> Mapping[str, Equation]:
    """Every equation by its own name, the alternatives included."""
    return EVERY


@pytest.fixture(scope="session")
def yields() -> Mapping[str, str]:
    """Quantity that each equation yields."""
    return YIELDS


@pytest.fixture
def equation(name: str) -> Equation:
    """Equation that the test is about."""
    return EVERY[name]


@pytest.fixture(scope="session")
def pool() -> dict[str, np.ndarray]:
    """Five values of every quantity."""
    rng = np.random.default_rng(20261120)
    return {each.name: _draw(each, rng) for each in quantities().values()}


@pytest.fixture(scope="session")
def operands(pool: dict[str, np.ndarray]) -> Operands:
    """Draw the operands of an equation, given its name."""
    return lambda name: {each: pool[each] for each in inspect.signature(EVERY[name]).parameters}


def _draw(quantity: Quantity, rng: np.random.Generator) -> np.ndarray:
    lower, upper = quantity.support
    if math.isfinite(lower) and math.isfinite(upper):
        shown = rng.uniform(lower + 0.02 * (upper - lower), upper - 0.02 * (upper - lower), 5)
    else:
        least, most = quantity.plausible
        if not (least > 0 and math.isfinite(most)):
            least, most = 1.0, 20.0
        shown = np.exp(rng.uniform(math.log(least), math.log(most), 5))
    return shown * factor(quantity.display, quantity.unit)
