"""Check the shape of a scenario, and say in one line what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from margincarlo.errors import ScenarioError, did_you_mean


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
        raise _explain(model, problem) from None


def _explain(model: type[BaseModel], problem: ValidationError) -> ScenarioError:
    first = problem.errors(include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    found = repr(first["input"])
    found = found if len(found) <= 60 else f"{found[:57]}..."
    if first["type"] == "extra_forbidden":
        keys = _keys_at(model, first["loc"][:-1])
        name = str(first["loc"][-1])
        return ScenarioError(
            f"unknown key{did_you_mean(name, keys)} allowed are {', '.join(keys)}", where=path
        )
    if first["type"] == "missing":
        return ScenarioError(f"is missing; {_meaning(model, first['loc'])}", where=path)
    return ScenarioError(f"{first['msg'].lower()}, but got {found}", where=path)


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


def _meaning(model: Any, path: tuple[str | int, ...]) -> str:
    field = _field(_model_at(model, path[:-1]), path[-1])
    return f"give it: {field.description or path[-1]}"
