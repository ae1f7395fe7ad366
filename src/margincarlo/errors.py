"""Every error of margincarlo, as a tree.

::

    MargincarloError
    ├── BeliefError (ValueError)        stated beliefs contradict each other or their support
    │   └── CorrelationError            rank correlations that no joint distribution can have
    ├── CalibrationError (RuntimeError) the sampler ran, but its answer should not be used, and why
    ├── MeasurementError (ValueError)   a table of measurements is malformed, empty or of no use
    └── ScenarioError (ValueError)      a scenario says something it may not: where, what, remedy
        ├── UnitError                   … in a unit of the wrong kind
        └── StatementError              a statement such as ``gross_margin > 0`` cannot be read

Every message says where, what was found, what is allowed and what to do. The command line prints it
as one line and exits with code 1; any other exception is our bug and shows its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MargincarloError(Exception):
    """Base class of every error that margincarlo raises on purpose."""


class BeliefError(MargincarloError, ValueError):
    """Stated beliefs contradict each other or the support of their quantity."""


class CorrelationError(BeliefError):
    """A set of rank correlations that no joint distribution can have."""


class ScenarioError(MargincarloError, ValueError):
    """A scenario says something it may not.

    Parameters
    ----------
    problem : str
        What was found, what is allowed and what to do, in one line.
    where : str, optional
        File, and path inside it, for example ``host.toml: inputs.utilization``.
    """

    def __init__(self, problem: str, *, where: str = "") -> None:
        self.problem = " ".join(problem.split())
        self.where = where
        super().__init__(f"{where}: {self.problem}" if where else self.problem)

    def at(self, place: str) -> ScenarioError:
        """Return the same error with `place` put before where it already points."""
        where = f"{place}: {self.where}" if self.where else place
        return type(self)(self.problem, where=where)


class CalibrationError(MargincarloError, RuntimeError):
    """The sampler ran, but its answer should not be used; the text says why."""


class SnapshotError(MargincarloError, ValueError):
    """A snapshot of prices is missing, malformed, changed since it was written, or empty."""


class FetchError(MargincarloError, ConnectionError):
    """The price service could not be read; the text says what is kept, and what to do."""


class MeasurementError(MargincarloError, ValueError):
    """A table of measurements is missing, malformed, empty, or holds nothing that can be judged.

    Parameters
    ----------
    problem : str
        What was found, what is allowed and what to do, in one line.
    where : path or str
        The file.
    """

    def __init__(self, problem: str, *, where: object) -> None:
        self.problem = " ".join(problem.split())
        super().__init__(f"{where}: {self.problem}")


class UnitError(ScenarioError):
    """A value came in a unit of the wrong kind, or of an absurd magnitude."""


class StatementError(ScenarioError):
    """A statement such as ``gross_margin > 0`` could not be read."""


class FeasibilityWarning(UserWarning):
    """Some draws are physically impossible; they were counted and treated as the scenario says."""


class PrecisionWarning(UserWarning):
    """The wanted Monte Carlo error was not reached."""


class UnusedInputWarning(UserWarning):
    """A scenario gives something that none of its outputs depends on."""


class ImplausibleBeliefWarning(UserWarning):
    """A belief implies tails that its author probably did not mean."""


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest of `options`, or an empty string."""
    near = difflib.get_close_matches(word, list(options), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
