"""Read scenario files: TOML, single inheritance, overrides."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.scenario.layers import Layers, table_of
from margincarlo.scenario.place import placed, shown
from margincarlo.scenario.toml import read_toml

LARGEST_FILE = 1_000_000
DEEPEST = 8


@dataclass(frozen=True)
class Source:
    """What files and overrides say together, before it is checked.

    `inherited` names the inputs that come from an extended file alone; `restated` those that were
    given anew, or gave way to a profile, after the correlations had been written.
    """

    content: Mapping[str, Any]
    path: Path | None
    sha256: str
    inherited: frozenset[str] = frozenset()
    restated: frozenset[str] = frozenset()


def read_source(
    source: str | Path | Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> Source:
    """Read a scenario file, or take a mapping of the same shape, and apply overrides.

    Parameters
    ----------
    source : path or mapping
    overrides : mapping of str to anything, optional
        Dotted path → value, such as ``{"inputs.utilization": {"p5": 0.3, "p95": 0.6}}``.

    Raises
    ------
    ScenarioError
        If a file is missing, unreadable, not TOML, too large, or extends itself.
    """
    digest = hashlib.sha256()
    if isinstance(source, Mapping):
        path = None
        own: dict[str, Any] = _copy(source)
    else:
        path = Path(source)
        own = _parse(_read_bytes(path), path)
    layers = _extend(own, path or Path("scenario"), digest, ()).under(overrides or {})
    content = layers.content
    stated = frozenset(table_of(own, "inputs"))
    anew = frozenset(dotted.removeprefix("inputs.") for dotted in overrides or ())
    for dotted, value in (overrides or {}).items():
        digest.update(f"{dotted}={value!r}".encode())
        _set(content, dotted, value)
    inherited = frozenset(table_of(content, "inputs")) - stated - anew
    restated = anew if "correlation" in own or "correlation" in anew else anew | stated
    return Source(content, path, digest.hexdigest(), inherited, restated | layers.dropped)


def read_override(text: str) -> tuple[str, Any]:
    """Read ``inputs.utilization={p5=0.3,p95=0.6}`` into a dotted path and a value.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    """
    path, equals, value = text.partition("=")
    path = path.strip()
    try:
        if not equals or not path:
            raise ValueError
        return path, tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        raise ScenarioError(
            "write a path, '=' and a TOML value, such as inputs.utilization=0.5,"
            " 'inputs.utilization={p5=0.3,p95=0.6}' or 'run.sampler=\"random\"', in quotes as here",
            where=f"--set {text[:80]}",
        ) from None


def _extend(content: dict[str, Any], path: Path, digest: Any, above: tuple[Path, ...]) -> Layers:
    digest.update(repr(content).encode())
    parent = content.get("extends")
    if parent is None:
        return Layers(content)
    with placed(f"{path}: extends"):
        if not isinstance(parent, str) or not parent:
            raise ScenarioError(f"must be the path of a file, as text, not {shown(parent)}")
        base = path.parent / parent
        raw = _read_bytes(base)
        chain = (*above, path.resolve())
        _check_chain(chain, base)
        inherited = _extend(_parse(raw, base), base, digest, chain)
    moved = _moved(inherited.content, Path(parent).parent)
    return Layers(moved, inherited.dropped).below(content)


def _check_chain(chain: tuple[Path, ...], base: Path) -> None:
    if base.resolve() in chain:
        names = " → ".join(each.name for each in (*chain, base))
        raise ScenarioError(f"goes round in a circle: {names}; one of them must stand on its own")
    if len(chain) > DEEPEST:
        raise ScenarioError(f"goes more than {DEEPEST} files deep; extend less")


def _moved(inherited: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what a file in `folder` says, its files of draws named as seen from here."""
    if folder == Path():
        return inherited
    moved = dict(inherited)
    if isinstance(joints := inherited.get("joint"), list):
        moved["joint"] = [_file_in(folder, each) for each in joints]
    if "posterior" in inherited:
        moved["posterior"] = _file_in(folder, inherited["posterior"])
    return moved


def _file_in(folder: Path, table: Any) -> Any:
    """Return a table whose file is named as seen from here."""
    if isinstance(table, dict) and isinstance(table.get("file"), str):
        return {**table, "file": str(folder / table["file"])}
    return table


def _read_bytes(path: Path) -> bytes:
    where = str(path)
    if "\0" in where:
        raise ScenarioError("is no name that a file can have; name a .toml file", where=where)
    try:
        if path.is_dir():
            raise ScenarioError("is a folder; name a scenario file (.toml)", where=where)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ScenarioError(
                f"has {size / 1e6:.1f} MB; a scenario file has at most 1 MB. Is it a data file?"
                " Joint draws belong in a file of their own, named under [[joint]]",
                where=where,
            )
        return path.read_bytes()
    except FileNotFoundError:
        near = path.parent.glob("*.toml") if path.parent.is_dir() else ()
        hint = did_you_mean(path.name, (each.name for each in near))
        raise ScenarioError(
            f"no such file{hint or '; `margincarlo new FILE` writes a starter'}", where=where
        ) from None
    except OSError as problem:
        raise ScenarioError(f"cannot be read: {problem.strerror}", where=where) from None


def _parse(raw: bytes, path: Path) -> dict[str, Any]:
    where = str(path)
    if not raw.strip():
        raise ScenarioError("is empty; `margincarlo new FILE` writes a starter", where=where)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError("is not UTF-8 text; a scenario is a TOML file", where=where) from None
    return read_toml(text, where)


def _set(content: dict[str, Any], dotted: str, value: Any) -> None:
    *tables, last = dotted.split(".")
    here = content
    for name in tables:
        here = here.setdefault(name, {})
        if not isinstance(here, dict):
            raise ScenarioError(f"{name} is no table, so nothing in it can be set", where=dotted)
    here[last] = value


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _copy(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(each) for each in value]
    return value
