"""Every equation gives the same on floats, NumPy arrays and PyTensor graphs, and has gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from margincarlo.quantities import quantities
from margincarlo.units import factor

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Graphs:
    """What one compiled PyTensor function of all equations returned at the pool's values."""

    values: Arrays
    gradients: dict[str, Arrays]


@pytest.fixture(scope="module")
def run(every, operands, pool) -> Callable[[Arrays], Graphs]:
    """Compile all equations and all their gradients into one PyTensor function."""
    import pytensor.tensor as pt
    from pytensor.compile.maker import function
    from pytensor.compile.mode import Mode
    from pytensor.gradient import grad
    from pytensor.graph.rewriting.db import RewriteDatabaseQuery

    nodes = {name: pt.dvector(name) for name in pool}
    outputs: list[Any] = []
    slopes: list[Any] = []
    labels: list[tuple[str, str]] = []
    for name, equation in every.items():
        arguments = {operand: nodes[operand] for operand in operands(name)}
        outputs.append(equation(**arguments))
        found: Any = grad(outputs[-1].sum(), list(arguments.values()))
        slopes += found
        labels += [(name, operand) for operand in arguments]
    # Neither rewriting nor code generation: compiling takes a third of a second and not minutes.
    mode = Mode(linker="py", optimizer=RewriteDatabaseQuery(include=[]))
    compiled = function(list(nodes.values()), outputs + slopes, mode=mode, on_unused_input="ignore")

    def evaluate(values: Arrays) -> Graphs:
        results = compiled(*values.values())
        gradients: dict[str, Arrays] = {name: {} for name in every}
        for (name, operand), slope in zip(labels, results[len(every) :], strict=True):
            gradients[name][operand] = slope
        return Graphs(dict(zip(every, results, strict=False)), gradients)

    return evaluate


@pytest.fixture(scope="module")
def graphs(run: Callable[[Arrays], Graphs], pool: Arrays) -> Graphs:
    """Evaluate inside the supports."""
    return run(pool)


@pytest.fixture(scope="module")
def neutral(run: Callable[[Arrays], Graphs], pool: Arrays) -> Graphs:
    """Evaluate with every quantity at its default that has one, where much is 0 or 1."""
    values = dict(pool)
    for each in quantities().values():
        if each.default is not None:
            values[each.name] = np.full(5, each.default * factor(each.display, each.unit))
    return run(values)


def test_an_array_is_as_good_as_its_floats(name, equation, operands):
    arrays = operands(name)
    floats = [equation(**{key: float(value[i]) for key, value in arrays.items()}) for i in range(5)]
    together = equation(**arrays)
    assert together.shape == (5,)
    assert np.isfinite(together).all()
    np.testing.assert_allclose(together, floats, rtol=1e-12)


def test_a_float_comes_out_where_floats_go_in(name, equation, operands):
    value = equation(**{key: float(each[0]) for key, each in operands(name).items()})
    assert isinstance(value, float)


def test_a_graph_is_as_good_as_an_array(name, equation, operands, graphs):
    np.testing.assert_allclose(graphs.values[name], equation(**operands(name)), rtol=1e-12)


@pytest.mark.parametrize("where", ["graphs", "neutral"])
def test_every_gradient_is_finite(name, where, request):
    found: Graphs = request.getfixturevalue(where)
    assert np.isfinite(found.values[name]).all()
    assert [
        key for key, slope in found.gradients[name].items() if not np.isfinite(slope).all()
    ] == []


def test_gradients_are_those_of_the_function(name, equation, operands, graphs):
    arrays = operands(name)
    for key, slope in graphs.gradients[name].items():
        step = 1e-6 * arrays[key]
        above = equation(**{**arrays, key: arrays[key] + step})
        below = equation(**{**arrays, key: arrays[key] - step})
        value = np.abs(equation(**arrays))
        difference = (above - below) / 2e-6
        np.testing.assert_allclose(
            slope * arrays[key], difference, rtol=1e-4, atol=3e-8 * value.max()
        )


def test_operands_broadcast(name, equation, operands):
    arrays = operands(name)
    first, *_ = arrays
    mixed = {key: value if key == first else value[0] for key, value in arrays.items()}
    assert np.shape(equation(**mixed)) == (5,)
