"""The driver tree: wired by name, pruned by what is given, honest about what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from margincarlo.equations import DERIVATIONS, EQUATIONS
from margincarlo.errors import ScenarioError
from margincarlo.quantities import quantities
from margincarlo.tree import MissingInputsError, Tree, choose, evaluate, grow, grow_if_possible

REQUEST = {
    "input_price": 0.5e-6,
    "output_price": 2e-6,
    "visible_output_tokens": 400.0,
    "input_output_ratio": 10.0,
    "input_token_cost": 0.1e-6,
    "cached_token_cost": 0.01e-6,
    "output_token_cost": 1e-6,
}
EVERYTHING = {each.name: 0.5 for each in quantities().values()}


def filled(tree: Tree, values: Mapping[str, float]) -> dict[str, Any]:
    """Values of all leaves, neutral ones included, in base units."""
    known = quantities()
    return {
        leaf.name: values.get(leaf.name, known[leaf.quantity].default) for leaf in tree.leaves()
    }


def test_a_tree_holds_what_its_outputs_need_and_nothing_else():
    tree = grow(["contribution_margin"], given=[*REQUEST, "utilization"])
    assert tree.outputs == ("contribution_margin",)
    assert {leaf.name for leaf in tree.leaves() if leaf.kind == "given"} == set(REQUEST)
    assert "utilization" not in tree
    assert "gpu_hour_cost" not in tree
    assert tree["cache_hit_share"].kind == "default"


def test_what_is_given_is_not_derived():
    whole = grow(["contribution_margin"], given=REQUEST)
    pruned = grow(["contribution_margin"], given=[*REQUEST, "compute_cost"])
    assert pruned["compute_cost"].kind == "given"
    assert "output_token_cost" not in pruned
    assert len(pruned) < len(whole)
    assert len(grow(["compute_cost"], given=["compute_cost"])) == 1


def test_every_node_comes_after_all_it_needs():
    tree = grow(list(EQUATIONS), given=[name for name in EVERYTHING if name not in EQUATIONS])
    seen: set[str] = set()
    for node in tree:
        assert seen.issuperset(node.needs)
        seen.add(node.name)
    assert seen >= set(EQUATIONS)


@pytest.mark.parametrize(
    ("name", "way"), [(name, way) for name, ways in DERIVATIONS.items() for way in ways]
)
def test_no_choice_of_derivations_goes_round_in_a_circle(name, way):
    leaves = [each for each in EVERYTHING if each not in EQUATIONS and each not in DERIVATIONS]
    tree = grow([name, *EQUATIONS], given=leaves, derive={name: way})
    assert tree[name].way == way
    for node in tree:
        assert node.name not in tree.depends_on(node.name)


def test_depends_on_is_everything_below():
    tree = grow(["contribution_margin"], given=REQUEST)
    below = tree.depends_on("net_revenue")
    assert {"list_revenue", "output_price", "input_tokens", "visible_output_tokens"} <= below
    assert below.isdisjoint({"net_revenue", "compute_cost", "output_token_cost"})
    assert tree.depends_on("output_price") == frozenset()
    assert tree.depends_on("contribution_margin") == frozenset(tree.nodes) - {"contribution_margin"}
    with pytest.raises(ScenarioError, match="not in this scenario's tree; did you mean 'net_rev"):
        tree.depends_on("net_revenu")


def test_alternatives_are_chosen_by_name():
    rented = grow(["gpu_hour_cost"], given=["gpu_list_price"])
    assert rented["gpu_hour_cost"].way == "rented"
    with pytest.raises(MissingInputsError, match="gpu_capital_cost"):
        grow(["gpu_hour_cost"], given=["gpu_list_price"], derive={"gpu_hour_cost": "owned"})
    with pytest.raises(ScenarioError, match=r"by 'ownd'; did you mean 'owned'\?; choose one of"):
        choose("gpu_hour_cost", {"gpu_hour_cost": "ownd"})
    assert choose("gpu_list_price", {}) == (None, "")
    assert choose("net_revenue", {}) == (EQUATIONS["net_revenue"], "")


def test_all_that_is_missing_is_named_at_once_with_what_would_do_instead():
    given = [name for name in REQUEST if name not in ("input_price", "visible_output_tokens")]
    with pytest.raises(MissingInputsError) as caught:
        grow(["contribution_margin"], given=given)
    message = str(caught.value)
    assert "input_price [USD/Mtok], or list_revenue itself" in message
    assert "visible_output_tokens [token], or output_tokens itself" in message
    assert "output_price" not in message
    assert message.endswith("Add to [inputs]")


def test_names_that_no_tree_can_have():
    with pytest.raises(ScenarioError, match=r"no quantity is called 'gros_margin'; did you mean"):
        grow(["gros_margin"], given=[])
    with pytest.raises(ScenarioError, match=r"'chat.utilization' .*; it has no workloads"):
        grow(["chat.utilization"], given=["utilization"])
    with pytest.raises(ScenarioError, match=r"did you mean 'chat'\?; workloads are chat, agent"):
        grow(["chats.utilization"], given=["utilization"], workloads={"chat": 0.5, "agent": 0.5})


def test_a_mix_weighs_amounts_and_shares_what_does_not_differ():
    given = [name for name in REQUEST if name != "input_output_ratio"]
    tree = grow(
        ["contribution_margin", "chat.contribution_margin"],
        given=[*given, "chat.input_output_ratio", "agent.input_output_ratio"],
        workloads={"chat": 0.75, "agent": 0.25},
    )
    assert tree["compute_cost"].kind == "mixed"
    assert tree["compute_cost"].arguments == {
        "chat": "chat.compute_cost",
        "agent": "agent.compute_cost",
    }
    assert tree["compute_cost"].weights == {"chat": 0.75, "agent": 0.25}
    assert "chat.output_tokens" not in tree
    assert set(tree["chat.input_tokens"].needs) == {"output_tokens", "chat.input_output_ratio"}
    values = REQUEST | {"chat.input_output_ratio": 4.0, "agent.input_output_ratio": 80.0}
    found = evaluate(tree, filled(tree, values))
    mixed = 0.75 * found["chat.compute_cost"] + 0.25 * found["agent.compute_cost"]
    assert found["compute_cost"] == pytest.approx(mixed, rel=1e-15)
    assert found["contribution_margin"] == pytest.approx(1 - mixed / found["net_revenue"])
    assert found["chat.contribution_margin"] == pytest.approx(
        1 - found["chat.compute_cost"] / found["chat.net_revenue"]
    )


def test_a_mix_of_workloads_that_do_not_differ_is_one_of_them():
    alone = grow(["compute_cost"], given=REQUEST)
    mixed = grow(["compute_cost"], given=REQUEST, workloads={"chat": 0.25, "agent": 0.75})
    one, other = (evaluate(tree, filled(tree, REQUEST)) for tree in (alone, mixed))
    assert other["compute_cost"] == pytest.approx(one["compute_cost"], rel=1e-15)


def test_a_mix_misses_what_one_of_its_workloads_misses():
    given = [name for name in REQUEST if name != "input_output_ratio"]
    with pytest.raises(MissingInputsError, match="input_output_ratio"):
        grow(
            ["compute_cost"],
            given=[*given, "chat.input_output_ratio"],
            workloads={"chat": 0.5, "agent": 0.5},
        )


def test_what_cannot_be_derived_is_no_error_where_it_is_only_a_check():
    options: dict[str, Any] = {"given": ["input_output_ratio"], "derive": {}, "workloads": {}}
    assert grow_if_possible("input_tokens", **options) == ()
    options = {**options, "given": ["input_output_ratio", "output_tokens"]}
    assert grow_if_possible("input_tokens", **options) == ("input_tokens",)


def test_evaluating_on_graphs_equals_floats():
    import pytensor.tensor as pt
    from pytensor.compile.maker import function
    from pytensor.compile.mode import Mode
    from pytensor.graph.rewriting.db import RewriteDatabaseQuery

    tree = grow(["contribution_margin", "blended_price"], given=REQUEST)
    values = filled(tree, REQUEST)
    symbols = {name: pt.dscalar(name) for name in REQUEST}
    graph = evaluate(tree, values | symbols)
    outputs = [graph[name] for name in tree.outputs]
    # Without rewriting or code generation: compiling would take longer than every other test here.
    mode = Mode(linker="py", optimizer=RewriteDatabaseQuery(include=[]))
    compiled = function(list(symbols.values()), outputs, mode=mode)
    found = evaluate(tree, values)
    expected = [found[name] for name in tree.outputs]
    assert [float(each) for each in compiled(*REQUEST.values())] == pytest.approx(expected)
