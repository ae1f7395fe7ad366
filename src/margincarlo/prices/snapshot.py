"""Keep prices in a file that is never changed, and know them again."""

from __future__ import annotations

import gzip
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from margincarlo.errors import SnapshotError
from margincarlo.prices.checks import checked_model, checked_offer, checked_time, one_line
from margincarlo.prices.columns import digest, pack, unpack
from margincarlo.prices.listing import Listed, Offer, Snapshot

SHIPPED: Final = "prices_2026-08-08.json.gz"
# A sweep of every endpoint of OpenRouter takes about a hundredth of this.
LARGEST_FILE: Final = 5_000_000
REMEDY: Final = "`margincarlo prices fetch` writes a new one"


def make_snapshot(
    *,
    observed_at: str,
    source: str,
    models: Iterable[Listed],
    offers: Iterable[Offer],
    failures: Iterable[tuple[str, str]] = (),
) -> Snapshot:
    """Return a snapshot: checked, sorted, and with its checksum.

    Parameters
    ----------
    observed_at : str
        Day, or time in UTC with its ``Z``; ISO 8601.
    source : str
        Where the prices come from, for people.
    models : iterable of Listed
        Among them the model of every offer.
    offers : iterable of Offer
    failures : iterable of (str, str), optional
        Slugs whose endpoints could not be read, and why.

    Raises
    ------
    SnapshotError
        If a price is negative or not finite, a discount is 1 or more, a model is listed twice, or
        an offer is of a model that is not listed; the text names the row.
    """
    found = Snapshot(
        observed_at=checked_time(observed_at),
        source=one_line(source),
        models=tuple(sorted(map(checked_model, models), key=lambda row: row.model)),
        offers=tuple(sorted(map(checked_offer, offers), key=_order)),
        failures=tuple(sorted((one_line(slug), one_line(reason)) for slug, reason in failures)),
        sha256="",
    )
    _check_models(found)
    return replace(found, sha256=digest(_content(found)))


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write a file that is there whole or not at all, and is never written again.

    Parameters
    ----------
    snapshot : Snapshot
        From `make_snapshot`.
    path : Path
        A new file, by custom ``….json.gz``. The same snapshot always gives the same bytes.

    Raises
    ------
    SnapshotError
        If the file exists or cannot be written, or the snapshot is not from `make_snapshot`.
    """
    checked = make_snapshot(**_content(snapshot))
    if checked != snapshot:
        raise SnapshotError(f"{path}: its checksum is of other content; use make_snapshot")
    packed = gzip.compress(pack(_content(checked), checked.sha256), mtime=0)
    try:
        # Before the work; the link below refuses again, and that cannot be overtaken.
        if path.exists():
            raise FileExistsError
        _publish(packed, path)
    except FileExistsError:
        raise SnapshotError(
            f"{path}: exists, and a snapshot is never changed; choose another name"
        ) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise SnapshotError(
            f"{path}: cannot be written: {reason}; choose a folder that exists and is yours"
        ) from None


def read_snapshot(path: Path | None = None) -> Snapshot:
    """Read a snapshot; by default the one that ships with the package.

    Parameters
    ----------
    path : Path, optional
        From `write_snapshot`.

    Raises
    ------
    SnapshotError
        If the file is missing, is no snapshot, is one of another version, or was changed.
    """
    if path is None:
        return _shipped()
    try:
        return _parse(_bytes(path))
    except OSError as problem:
        raise SnapshotError(
            f"{path}: cannot be read: {problem.strerror}; `margincarlo prices show` without a file"
            " shows the snapshot that ships"
        ) from None
    except ValueError as problem:
        raise SnapshotError(f"{path}: is no snapshot to trust: {problem}; {REMEDY}") from None


@cache
def _shipped() -> Snapshot:
    return _parse((resources.files("margincarlo") / "data" / SHIPPED).read_bytes())


def _content(snapshot: Snapshot) -> dict[str, Any]:
    names = [field.name for field in fields(Snapshot) if field.name != "sha256"]
    return {name: getattr(snapshot, name) for name in names}


def _check_models(snapshot: Snapshot) -> None:
    for one, next_one in pairwise(snapshot.models):
        if one.model == next_one.model:
            raise SnapshotError(f"model {one.model} is listed twice; list it once")
    slugs = {row.model for row in snapshot.models}
    for row in snapshot.offers:
        if row.model not in slugs:
            raise SnapshotError(
                f"offer of {row.model} by {row.provider}: the model is not listed; list it too"
            )


def _order(row: Offer) -> tuple[str, ...]:
    # A host may have one tag in several regions; the rest of the row keeps their order.
    return (row.model, row.provider, row.tag, repr(row))


def _parse(packed: bytes) -> Snapshot:
    try:
        content, stored = unpack(packed)
        found = make_snapshot(**content)
    except (LookupError, TypeError, AttributeError):
        raise ValueError("its parts are not those of a snapshot") from None
    if found.sha256 != stored:
        raise ValueError("its content does not fit its checksum, so it was changed or damaged")
    return found


def _bytes(path: Path) -> bytes:
    found = path.stat()
    # A pipe or a device could go on forever.
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no regular file")
    if found.st_size > LARGEST_FILE:
        raise ValueError(f"it has more than {LARGEST_FILE / 1e6:.0f} MB")
    return path.read_bytes()


def _publish(packed: bytes, path: Path) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link never replaces what another process wrote meanwhile.
        _link(part, path)
    finally:
        part.unlink(missing_ok=True)


def _link(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links.
        if path.exists():
            raise FileExistsError from None
        part.rename(path)
