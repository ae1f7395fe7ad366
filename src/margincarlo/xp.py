"""Six functions that work on floats, NumPy arrays, pint quantities and PyTensor graphs.

An equation is written once, with operators and these. ``numpy.maximum`` and its like raise on a
PyTensor variable, so each function looks at the type of its arguments and picks its home.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

__all__ = ["exp", "log", "maximum", "minimum", "sqrt", "where"]


def _home(*values: Any) -> Any:
    for value in values:
        module = type(value).__module__
        if module.startswith("pytensor.xtensor"):
            return importlib.import_module("pytensor.xtensor.math")
        if module.startswith("pytensor."):
            return importlib.import_module("pytensor.tensor")
    return np


def maximum(first: Any, second: Any) -> Any:
    """Larger of two, elementwise."""
    return _home(first, second).maximum(first, second)


def minimum(first: Any, second: Any) -> Any:
    """Smaller of two, elementwise."""
    return _home(first, second).minimum(first, second)


def where(condition: Any, yes: Any, no: Any) -> Any:
    """Return `yes` where `condition` holds, `no` elsewhere."""
    return _home(condition, yes, no).where(condition, yes, no)


def exp(value: Any) -> Any:
    """Exponential."""
    return _home(value).exp(value)


def log(value: Any) -> Any:
    """Natural logarithm."""
    return _home(value).log(value)


def sqrt(value: Any) -> Any:
    """Square root."""
    return _home(value).sqrt(value)
