"""Keep a posterior in a netCDF file, with what it was made of."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.posterior import AXES, Posterior, frozen
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.rent import RENTS
from margincarlo.errors import CalibrationError

if TYPE_CHECKING:
    import xarray as xr

SHIPPED: Final = "price_posterior.nc"
FORMAT: Final = 3
NAMED: Final = ("model", "provider", "creator")
Array = npt.NDArray[np.float64]

# Bits of the mantissa that are kept: a thousandth, far below the Monte Carlo error of 4,000 draws.
BITS: Final = 11
COMPRESSION: Final[Mapping[str, Any]] = {"zlib": True, "complevel": 6, "shuffle": True}


def tree_of(posterior: Posterior) -> xr.DataTree:
    """Return a posterior as a DataTree.

    Group ``posterior`` has the joint draws, with their assumption about rent as a coordinate;
    ``without_prices`` those of the beliefs before any price.
    """
    import xarray as xr

    axes = dict(
        zip(NAMED, (posterior.models, posterior.providers, posterior.creators), strict=True)
    )
    learned = xr.Dataset(
        {name: (("draw", *own), posterior.draws[name]) for name, own in AXES.items()},
        coords={
            **{name: list(each) for name, each in axes.items()},
            "assumption": ("draw", [RENTS[each] for each in posterior.variant]),
        },
    )
    before = xr.Dataset({name: (("draw",), each) for name, each in posterior.without.items()})
    tree = xr.DataTree.from_dict({"/posterior": learned, "/without_prices": before})
    tree.attrs = {"format": FORMAT, "provenance": json.dumps(dict(posterior.provenance))}
    return tree


def write_posterior(posterior: Posterior, path: Path) -> None:
    """Write a netCDF file that is there whole or not at all.

    Draws are rounded to a thousandth of their size, far below their Monte Carlo error.
    """
    tree = tree_of(_rounded(posterior))
    encoding = {
        f"/{group}": {str(name): COMPRESSION for name in tree[group].data_vars}
        for group in ("posterior", "without_prices")
    }
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        tree.to_netcdf(part, engine="h5netcdf", encoding=encoding)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_posterior(path: Path | None = None) -> Posterior:
    """Read a posterior; by default the one that ships with the package.

    Raises
    ------
    CalibrationError
        If the file is missing or is no such posterior.
    """
    if path is None:
        return _shipped()
    return _checked(path)


def _checked(path: Path) -> Posterior:
    if not path.is_file():
        raise CalibrationError(
            f"{path}: no such file; `margincarlo calibrate --out {path}` makes a posterior"
        )
    try:
        return _read(path)
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as problem:
        reason = " ".join(str(problem).split())[:160]
        raise CalibrationError(
            f"{path}: cannot be read as a posterior of prices: {reason};"
            " `margincarlo calibrate --out FILE` makes one"
        ) from None


@cache
def _shipped() -> Posterior:
    with resources.as_file(resources.files("margincarlo") / "data" / SHIPPED) as path:
        return _checked(path)


def _read(path: Path) -> Posterior:
    # h5py alone: xarray would take longer to import than a scenario takes to run.
    import h5py

    with h5py.File(path, "r") as file:
        found = int(np.ravel(file.attrs["format"])[0])
        if found != FORMAT:
            raise ValueError(f"its format is {found}, and this version reads format {FORMAT}")
        text = file.attrs["provenance"]
        # Some versions of h5netcdf write text as bytes.
        provenance = json.loads(text.decode() if isinstance(text, bytes) else str(text))
        learned, before = file["posterior"], file["without_prices"]
        names = [tuple(learned[name].asstr()[:].tolist()) for name in NAMED]
        kinds = learned["assumption"].asstr()[:].tolist()
        draws = {name: np.asarray(learned[name], dtype=np.float64) for name in AXES}
        without = {name: np.asarray(before[name], dtype=np.float64) for name in BELIEFS}
    unknown = sorted({kind for kind in kinds if kind not in RENTS})
    if unknown:
        raise ValueError(f"its assumption {unknown[0]!r} is none of {', '.join(RENTS)}")
    _check({**draws, **{f"without|{name}": each for name, each in without.items()}}, len(kinds))
    return Posterior(
        draws=frozen(draws),
        variant=np.array([RENTS.index(kind) for kind in kinds], dtype=np.int64),
        without=frozen(without),
        models=names[0],
        providers=names[1],
        creators=names[2],
        provenance=MappingProxyType(provenance),
    )


def _check(draws: Mapping[str, Array], size: int) -> None:
    """Refuse draws that are not finite, or of another number."""
    for name, array in draws.items():
        if array.shape[:1] != (size,) and not name.startswith("without|"):
            raise ValueError(f"{name} has another number of draws than the assumptions")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} has draws that are not finite")


def _rounded(posterior: Posterior) -> Posterior:
    def shorter(array: Array) -> Array:
        mantissa, exponent = np.frexp(array)
        kept: Array = np.ldexp(np.round(mantissa * 2.0**BITS) / 2.0**BITS, exponent)
        return kept

    return replace(
        posterior,
        draws=frozen({name: shorter(each) for name, each in posterior.draws.items()}),
        without=frozen({name: shorter(each) for name, each in posterior.without.items()}),
    )
