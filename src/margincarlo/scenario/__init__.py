"""The scenario file: schema, units at the door, inheritance, overrides, messages that help."""

from margincarlo.scenario.build import load
from margincarlo.scenario.calibrated_rows import with_rent
from margincarlo.scenario.model import Ask, Calibration, Claim, Input, Joint, Scenario
from margincarlo.scenario.read import read_override
from margincarlo.scenario.schema import scenario_schema
from margincarlo.scenario.statement import (
    Precision,
    Statement,
    read_precision,
    read_statement,
)

__all__ = [
    "Ask",
    "Calibration",
    "Claim",
    "Input",
    "Joint",
    "Precision",
    "Scenario",
    "Statement",
    "load",
    "read_override",
    "read_precision",
    "read_statement",
    "scenario_schema",
    "with_rent",
]
