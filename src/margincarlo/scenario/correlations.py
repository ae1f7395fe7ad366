"""Rank correlations of what a scenario gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from margincarlo.beliefs import Copula, Correlation, correlate
from margincarlo.errors import BeliefError, ScenarioError, did_you_mean
from margincarlo.scenario.file import ScenarioFile
from margincarlo.scenario.model import Input
from margincarlo.scenario.place import placed


def read_correlations(
    file: ScenarioFile,
    inputs: Mapping[str, Input],
    given: Mapping[str, Input],
    restated: Collection[str],
) -> Copula:
    """Return the correlations of the inputs that move.

    Parameters
    ----------
    file : ScenarioFile
    inputs, given : mapping of str to Input
        What the tree uses; all that is given.
    restated : collection of str
        Inputs that were given anew, or gave way to a profile, after the correlations were written.

    Raises
    ------
    ScenarioError
        If an input is unknown or does not move, or no joint distribution has these correlations.
    """
    pairs: list[Correlation] = []
    for number, table in enumerate(file.correlation, 1):
        with placed(f"correlation {number}"):
            known = [_check_correlated(name, given, restated) for name in table.between]
            first, second = table.between
            try:
                pair = Correlation(first, second, table.rank, table.because)
            except BeliefError as problem:
                raise ScenarioError(str(problem)) from None
        if all(known) and all(name in inputs for name in table.between):
            pairs.append(pair)
    try:
        return correlate(pairs)
    except BeliefError as problem:
        raise ScenarioError(str(problem), where="correlation") from None


def _check_correlated(name: str, given: Mapping[str, Input], restated: Collection[str]) -> bool:
    """Return whether an input moves at all; who fixes one later need not drop its correlations."""
    if name not in given and name in restated:
        return False
    if name not in given:
        raise ScenarioError(f"{name!r} is no input of this scenario{did_you_mean(name, given)}")
    if given[name].joint and name in restated:
        return False
    if given[name].joint:
        raise ScenarioError(f"{name} comes from joint draws, which say how it moves with others")
    if given[name].is_point and name not in restated:
        raise ScenarioError(
            f"{name} is one number, and a number moves with nothing;"
            " make it uncertain or drop the correlation"
        )
    return not given[name].is_point
