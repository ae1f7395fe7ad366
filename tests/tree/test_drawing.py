"""The tree as text and as a picture."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from margincarlo.tree import Tree, grow
from margincarlo.tree.drawing import tree_lines, tree_svg
from margincarlo.tree.layout import lay_out

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def tree() -> Tree:
    """Two margins that share a branch, with a default and a choice of derivation."""
    given = ("compute_cost", "list_revenue", "gpu_list_price", "output_token_gpu_time")
    return grow(["contribution_margin", "output_token_cost"], given=given)


def test_text_goes_from_outputs_down_and_writes_a_branch_once(tree: Tree) -> None:
    assert tree_lines(tree, labels={"compute_cost": "= 1 <USD>"}) == [
        "contribution_margin  (derived)",
        "  contribution_profit  (derived)",
        "    net_revenue  (derived)",
        "      list_revenue  (given)",
        "      price_realization  (derived)",
        "        commitment_discount  (default)",
        "        batch_share  (default)",
        "        batch_discount  (default)",
        "    compute_cost = 1 <USD>  (given)",
        "  net_revenue  (see above)",
        "output_token_cost  (derived)",
        "  gpu_hour_cost  (derived: rented)",
        "    gpu_list_price  (given)",
        "    negotiated_discount  (default)",
        "  output_token_gpu_time  (given)",
    ]


def test_text_of_a_mix_names_its_weights() -> None:
    given = ("chat.net_revenue", "agent.net_revenue", "compute_cost")
    mixed = grow(["contribution_profit"], given=given, workloads={"chat": 0.75, "agent": 0.25})
    lines = tree_lines(mixed)
    assert lines[1] == "  net_revenue  (mixed: chat 0.75, agent 0.25)"
    assert "  chat.net_revenue  (given)" in lines[2]
    assert 'class="mixed' in tree_svg(mixed)


def test_the_picture_is_whole_escaped_and_refers_to_nothing_else(tree: Tree) -> None:
    text = tree_svg(tree, labels={"compute_cost": "= 1 <USD>"}, title="a < b & c")
    picture = ElementTree.fromstring(text)
    texts = [each.text for each in picture.iter(f"{SVG}text")]
    assert {node.name for node in tree} <= set(texts)
    assert "a < b & c" in texts
    assert "= 1 <USD>" in texts
    assert re.findall(r'(?:href|src|url|@import)\b[^"]*', text) == []
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]


def test_kinds_differ_in_more_than_color(tree: Tree) -> None:
    text = tree_svg(tree)
    corners = dict(re.findall(r'<rect class="(\w+)[^>]*rx="(\d+)"', text))
    assert corners["given"] == corners["default"] != corners["derived"]
    assert re.search(r"\.default\{[^}]*stroke-dasharray", text)
    assert re.search(r"\.output\{[^}]*stroke-width", text)
    assert "prefers-color-scheme:dark" in text


def test_no_two_boxes_overlap_and_all_lie_on_the_page(tree: Tree) -> None:
    picture = ElementTree.fromstring(tree_svg(tree))
    boxes = [
        tuple(float(each.attrib[key]) for key in ("x", "y", "width", "height"))
        for each in picture.iterfind(f"{SVG}g/{SVG}rect")
    ]
    assert len(boxes) == len(tree)
    for i, (x, y, width, height) in enumerate(boxes):
        assert 0 <= x <= x + width <= float(picture.attrib["width"])
        assert 0 <= y <= y + height <= float(picture.attrib["height"])
        for left, top, wide, high in boxes[:i]:
            apart = x >= left + wide or left >= x + width or y >= top + high or top >= y + height
            assert apart


def test_a_picture_of_one_quantity_holds_what_it_needs(tree: Tree) -> None:
    text = tree_svg(tree, ["output_token_cost"])
    assert "gpu_list_price" in text
    assert "compute_cost" not in text


NEEDS = {"a": [], "b": [], "c": ["a"], "d": ["b"], "e": ["c", "d", "a"], "f": ["e", "a"]}


def test_layout_puts_what_is_needed_deeper_and_links_layer_by_layer() -> None:
    found = lay_out(NEEDS, node=50, bend=10)
    for name, needs in NEEDS.items():
        assert all(found.depth[need] > found.depth[name] for need in needs)
    assert all(source[1] == user[1] + 1 for source, user in found.links)


def test_layout_keeps_distances() -> None:
    found = lay_out(NEEDS, node=50, bend=10)
    for layer in found.layers:
        for upper, lower in pairwise(layer):
            sizes = [50 if found.depth[name] == row else 10 for name, row in (upper, lower)]
            assert found.heights[lower] - found.heights[upper] >= sum(sizes) / 2 - 1e-9


def test_layout_uncrosses_what_need_not_cross() -> None:
    found = lay_out({"a": [], "b": [], "x": ["b"], "y": ["a"], "z": ["x", "y"]}, node=50, bend=10)
    order = [[name for name, _ in layer] for layer in found.layers]
    assert order[1].index("x") - order[1].index("y") == order[2].index("b") - order[2].index("a")
