"""`[posterior]` in files: one that names another, one on top of another."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

import margincarlo as mc
from margincarlo.calibration.posterior import MIXTURE, WITHOUT
from margincarlo.calibration.stored import read_posterior, write_posterior
from margincarlo.errors import ScenarioError


def test_a_file_of_ones_own(tmp_path):
    shipped = read_posterior()
    rows = shipped.rows("softplus")[:200]
    own = replace(
        shipped,
        draws=MappingProxyType({name: each[rows] for name, each in shipped.draws.items()}),
        variant=shipped.variant[rows],
        provenance=MappingProxyType({**shipped.provenance, "weights": {"softplus": 1.0}}),
    )
    (tmp_path / "below").mkdir()
    write_posterior(own, tmp_path / "own.nc")
    path = tmp_path / "base.toml"
    path.write_text(
        'schema = 1\ntitle = "Base"\nmodel = "moonshotai/kimi-k2.5"\nprecision = "int4"\n'
        'outputs = ["loaded_output_token_cost"]\nposterior.file = "own.nc"\n'
        "[inputs]\ngpus_per_replica = 8\ninput_tokens = 8000\noutput_tokens = 500\n"
        "interactivity_target = 40\n"
    )
    above = tmp_path / "below" / "above.toml"
    above.write_text('extends = "../base.toml"\ntitle = "Above"\n')
    scenario = mc.load(above)
    assert scenario.calibration
    assert scenario.calibration.rents == ("softplus", MIXTURE, WITHOUT)
    assert len(scenario.joints[0].columns["utilization"]) <= 200
    with pytest.raises(ScenarioError, match=r"posterior.rent: .*own.nc has no draws under 'gamma'"):
        mc.load(above, overrides={"posterior.rent": "gamma"})


def test_a_posterior_takes_the_place_of_what_an_extended_file_says(project_root, tmp_path):
    base = project_root / "scenarios" / "open_weight_host.toml"
    path = tmp_path / "on_top.toml"
    path.write_text(f'extends = "{base}"\ntitle = "On top"\n[posterior]\n')
    scenario = mc.load(path)
    for name in ("utilization", "operations_cost", "decode_mbu", "acceptance_rate"):
        assert scenario.inputs[name].profile == "calibration"
    assert "gpu_list_price" not in scenario.inputs
    assert scenario.inputs["cache_hit_share"].origin == "scenario"
    again = mc.load(path, overrides={"posterior.rent": "gamma", "inputs.utilization": 0.6})
    assert again.inputs["utilization"].is_point
    costs = {"utilization": 0.6, "gpu_hour_cost": 2.5, "operations_cost": 0.1}
    stated = {f"inputs.{name}": value for name, value in costs.items()}
    back = mc.load(path, overrides={"efficiency": "measured", **stated})
    assert back.calibration is None
    assert back.inputs["decode_mbu"].profile == "measured"


def test_another_assumption_leaves_what_is_stated_beside_it(tmp_path):
    lines = ['schema = 1\ntitle = "Base"\nmodel = "moonshotai/kimi-k2.5"\nprecision = "int4"\n']
    lines += ['outputs = ["loaded_output_token_cost"]\n[posterior]\n[inputs]\nutilization = 0.6\n']
    lines += ["gpus_per_replica = 8\ninput_tokens = 8000\noutput_tokens = 500\n"]
    lines += ["interactivity_target = 40\n"]
    (tmp_path / "base.toml").write_text("".join(lines))
    path = tmp_path / "gamma.toml"
    path.write_text('extends = "base.toml"\ntitle = "Gamma"\n[posterior]\nrent = "gamma"\n')
    scenario = mc.load(path)
    assert scenario.inputs["utilization"].is_point
    assert scenario.calibration
    assert scenario.calibration.rent == "gamma"
    path.write_text('extends = "base.toml"\ntitle = "G"\n[posterior]\ninputs = ["utilization"]\n')
    with pytest.raises(ScenarioError, match="nothing gives"):
        mc.load(path)


def test_a_relative_file_starts_where_the_scenario_is(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('schema = 1\ntitle = "t"\nposterior.file = "none.nc"\n')
    with pytest.raises(ScenarioError, match=str(tmp_path / "none.nc")):
        mc.load(path)
