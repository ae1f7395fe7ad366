"""Beliefs: what we think a quantity may be, as small frozen distributions."""

from margincarlo.beliefs.base import Belief, describe
from margincarlo.beliefs.bounded import PERT, Beta, Triangular, Uniform
from margincarlo.beliefs.correlation import Copula, Correlation, correlate
from margincarlo.beliefs.discrete import Discrete, Point
from margincarlo.beliefs.elicitation import Elicitation, elicit
from margincarlo.beliefs.mixture import Mixture
from margincarlo.beliefs.positive import Gamma, LogNormal, LogUniform
from margincarlo.beliefs.truncated import Truncated, TruncatedNormal
from margincarlo.beliefs.unbounded import Normal, StudentT

__all__ = [
    "PERT",
    "Belief",
    "Beta",
    "Copula",
    "Correlation",
    "Discrete",
    "Elicitation",
    "Gamma",
    "LogNormal",
    "LogUniform",
    "Mixture",
    "Normal",
    "Point",
    "StudentT",
    "Triangular",
    "Truncated",
    "TruncatedNormal",
    "Uniform",
    "correlate",
    "describe",
    "elicit",
]
