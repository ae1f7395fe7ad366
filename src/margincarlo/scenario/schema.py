"""The JSON Schema of the scenario file, for editors."""

from __future__ import annotations

from typing import Any

from margincarlo.quantities import quantities
from margincarlo.scenario.file import InputTable, ScenarioFile


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, with every quantity's unit and meaning."""
    schema = ScenarioFile.model_json_schema(by_alias=True)
    table = InputTable.model_json_schema(ref_template="#/$defs/{model}")
    schema.setdefault("$defs", {})["InputTable"] = table
    known = {
        each.name: {
            "description": f"{each.meaning} [{each.display}]",
            "anyOf": [{"type": "number"}, {"$ref": "#/$defs/InputTable"}],
        }
        for each in quantities().values()
    }
    closed = {"type": "object", "properties": known, "additionalProperties": False}
    schema["properties"]["inputs"] = {**closed, "description": "a number, or a table"}
    schema["$defs"]["WorkloadTable"]["properties"]["inputs"] = closed
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "margincarlo scenario"
    return schema
