"""The scripts of docs/, which is no package, as modules."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def docs_script(project_root: Path) -> Callable[[str], ModuleType]:
    """Return a function that imports a script of docs/ by name."""

    def script(name: str) -> ModuleType:
        key = f"docs_{name}"
        if key not in sys.modules:
            spec = importlib.util.spec_from_file_location(key, project_root / "docs" / f"{name}.py")
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            # Dataclasses look their module up while they are made.
            sys.modules[key] = module
            spec.loader.exec_module(module)
        return sys.modules[key]

    return script
