"""Check the shape of a scenario, and say in one line what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.scenario.place import shown

# What pydantic calls a mistake → what is allowed.
_ALLOWED = {
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "list_type": "must be a list in [ ]",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number, without quotes, point or exponent",
    "int_parsing": "must be a whole number, without quotes, point or exponent",
    "int_from_float": "must be a whole number, without quotes, point or exponent",
    "float_type": "must be a number, without quotes",
    "finite_number": "must be a finite number",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "string_too_short": "must not be empty",
    "too_short": "must have at least {min_length}",
    "too_long": "must have no more than {max_length}",
}


def validate[Model: BaseModel](model: type[Model], content: Mapping[str, Any]) -> Model:
    """Return `content` as a `model`.

    Raises
    ------
    ScenarioError
        For the first thing that is wrong, with its path inside the file.
    """
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        raise ScenarioError(_problem(model, first), where=_path(first["loc"])) from None


def _path(location: tuple[str | int, ...]) -> str:
    """Return where something is, tables counted from 1: ``claim 1.verdict``."""
    path = ""
    for part in location:
        path += f" {part + 1}" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def _problem(model: type[BaseModel], first: ErrorDetails) -> str:
    kind, location = first["type"], first["loc"]
    if kind == "extra_forbidden":
        keys = _keys_at(model, location[:-1])
        name = str(location[-1])
        return f"unknown key{did_you_mean(name, keys)}; allowed are {', '.join(keys)}"
    if kind == "missing":
        return f"is missing; add it ({_meaning(model, location)})"
    allowed = _ALLOWED.get(kind, first["msg"].lower()).format(**first.get("ctx", {}))
    return f"{allowed}, not {shown(first['input'])}{_remedy(model, first)}"


def _remedy(model: type[BaseModel], first: ErrorDetails) -> str:
    kind, value, limits = first["type"], first["input"], first.get("ctx", {})
    name = _path(first["loc"])
    if kind == "less_than" and limits["lt"] == 1 and isinstance(value, int | float) and value < 100:
        return f"; did you mean {value / 100:g}?"
    if kind == "literal_error" and isinstance(value, str):
        return did_you_mean(value, str(limits["expected"]).replace(" or ", ", ").split("'")[1::2])
    if kind == "list_type" and isinstance(value, dict) and _holds_tables(model, first["loc"]):
        return f"; write [[{name}]] with two brackets"
    if name == "schema":
        return "; this margincarlo reads files that say schema = 1"
    if kind in ("dict_type", "model_type") and " " not in name:
        return f"; write [{name}] and its keys below"
    if kind in ("too_short", "too_long", "string_too_short"):
        return f"; give {_meaning(model, first['loc'])}"
    return ""


def _field(model: Any, name: str | int) -> Any:
    for key, field in model.model_fields.items():
        if name in (key, field.alias):
            return field
    return None


def _model_at(model: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        field = _field(model, part) if hasattr(model, "model_fields") else None
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return model


def _models_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in getattr(annotation, "__args__", ()):
        yield from _models_in(each)


def _keys_at(model: Any, path: tuple[str | int, ...]) -> list[str]:
    fields = _model_at(model, path).model_fields
    return [field.alias or key for key, field in fields.items()]


def _holds_tables(model: Any, path: tuple[str | int, ...]) -> bool:
    field = _field(_model_at(model, path[:-1]), path[-1])
    return field is not None and any(True for _ in _models_in(field.annotation))


def _meaning(model: Any, path: tuple[str | int, ...]) -> str:
    names = [part for part in path if isinstance(part, str)]
    field = _field(_model_at(model, tuple(names[:-1])), names[-1])
    return (field.description if field else None) or names[-1]
