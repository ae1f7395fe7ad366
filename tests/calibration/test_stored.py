"""A posterior in a file is read as it was written, or refused."""

from __future__ import annotations

from importlib import resources

import h5py
import numpy as np
import pytest

from margincarlo.calibration.posterior import AXES
from margincarlo.calibration.stored import FORMAT, SHIPPED, read_posterior, write_posterior
from margincarlo.errors import CalibrationError


@pytest.fixture(scope="module")
def shipped() -> bytes:
    return (resources.files("margincarlo") / "data" / SHIPPED).read_bytes()


def test_what_is_written_is_read(tmp_path):
    first = read_posterior()
    path = tmp_path / "posterior"
    write_posterior(first, path)
    second = read_posterior(path)
    assert dict(second.provenance) == dict(first.provenance)
    assert (second.variant == first.variant).all()
    assert second.models == first.models
    for name in AXES:
        assert second.draws[name] == pytest.approx(first.draws[name], rel=1e-3, abs=1e-12)


def test_any_tool_can_read_it(shipped, tmp_path):
    import xarray as xr

    path = tmp_path / "posterior.nc"
    path.write_bytes(shipped)
    with xr.open_datatree(path, engine="h5netcdf") as tree:
        assert tree["posterior"]["rent"].dims == ("draw", "model")
        assert set(np.asarray(tree["posterior"]["assumption"])) == set(read_posterior().rents)
        assert tree["without_prices"]["utilization"].size == read_posterior().size


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    import xarray as xr

    def torn(_, path, **__):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(xr.DataTree, "to_netcdf", torn)
    with pytest.raises(OSError, match="disk full"):
        write_posterior(read_posterior(), tmp_path / "posterior.nc")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:0], lambda data: data[:5000], lambda data: data[:99] * 100],
    ids=["empty", "torn", "something else"],
)
def test_what_is_no_posterior_is_refused(shipped, tmp_path, damage):
    path = tmp_path / "posterior.nc"
    path.write_bytes(damage(shipped))
    with pytest.raises(CalibrationError, match=r"cannot be read as a posterior"):
        read_posterior(path)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("gone", "tails"),
        ("nan", "not finite"),
        ("short", "another number of draws"),
        ("kind", "wishful"),
        ("format", f"its format is 99, and this version reads format {FORMAT};"),
    ],
)
def test_draws_that_cannot_be_used_are_refused(shipped, tmp_path, how, said):
    path = tmp_path / "posterior.nc"
    path.write_bytes(shipped)
    with h5py.File(path, "a") as file:
        group = file["posterior"]
        if how == "gone":
            del group["tails"]
        elif how == "nan":
            group["tails"][3] = np.nan
        elif how == "short":
            short = group["tails"][:10]
            del group["tails"]
            group["tails"] = short
        elif how == "kind":
            group["assumption"][0] = "wishful"
        else:
            file.attrs["format"] = 99
    with pytest.raises(CalibrationError, match=rf"{said}.*calibrate --out"):
        read_posterior(path)


def test_a_missing_file_is_told_how_to_make(tmp_path):
    with pytest.raises(CalibrationError, match=r"no such file.*makes a posterior"):
        read_posterior(tmp_path / "none.nc")
