"""What the pages show is what their examples print."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ("tutorial", "how-to", "explanation")
# Together these take half a minute.
LONG = (
    "change_inputs_from_the_command_line.md",
    "run_until_precise.md",
    "throughput.md",
    "use_measured_efficiency.md",
    "what_a_margin_is.md",
)
PAGES = [
    path
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*/*.md"))]
    if path.parent.name in (ROOT.name, *KINDS)
    and re.search(
        r"^(?:```(?:console|pycon)|<!-- python)$", path.read_text(encoding="utf-8"), re.MULTILINE
    )
]


def named(path: Path) -> object:
    marks = [pytest.mark.slow] if path.name in LONG else []
    return pytest.param(str(path.relative_to(ROOT)), marks=marks, id=path.stem)


def test_the_script_finds_the_same_pages(docs_script):
    assert set(docs_script("examples").pages()) == set(PAGES)


@pytest.mark.parametrize("page", [named(path) for path in PAGES])
def test_a_page_shows_what_its_examples_print(page, docs_script, project_root, tmp_path):
    examples = docs_script("examples")
    shutil.copytree(project_root / "scenarios", tmp_path / "scenarios")
    shown = (project_root / page).read_text(encoding="utf-8")
    changed = examples.differences(shown, examples.rewritten(shown, tmp_path))
    assert not changed, f"run `python docs/examples.py {page}`, and read:\n" + "\n".join(changed)


def test_the_tutorial_has_the_commands_that_a_newcomer_types(project_root):
    text = (project_root / "docs/tutorial/first_scenario.md").read_text(encoding="utf-8")
    for command in ("check host.toml", "run host.toml", "tree host.toml"):
        assert f"$ margincarlo {command}" in text


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("P(x > 0) = 0.205 ± 0.002", "P(x > 0) = 0.207 ± 0.003"),
        ("mean  119 ± 2", "mean 121 ± 2"),
        ("3980 ± 10 tok/s", "3983 ± 9 tok/s"),
        ("x  0.244  1", "x  0.245  1"),
    ],
)
def test_figures_may_differ_within_their_error(shown, printed, docs_script):
    assert docs_script("examples").differences(shown, printed) == []


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("P(x > 0) = 0.205 ± 0.002", "P(x > 0) = 0.208 ± 0.002"),
        ("x  0.244  1", "x  0.246  1"),
        ("65,536 draws", "65,537 draws"),
        ("gross_margin 0.2", "blended_cost 0.2"),
        ("one line", "one line\nand another"),
    ],
)
def test_anything_else_is_a_difference(shown, printed, docs_script):
    assert docs_script("examples").differences(shown, printed)


def test_a_figure_in_prose_is_computed(docs_script, tmp_path):
    page = "<!-- python\nshare = 1 / 3\n-->\n\nabout <!-- = f'{share:.0%}' -->old<!-- --> of it\n"
    written = docs_script("examples").rewritten(page, tmp_path)
    assert "about <!-- = f'{share:.0%}' -->33%<!-- --> of it" in written


def test_a_table_is_replaced_and_another_goes(docs_script, tmp_path):
    page = """\
```{code-block} toml
:caption: a.toml
[inputs.x]
p5 = 1

[inputs.y]
p5 = 2

[[ask]]
statement = "z > 0"
```

```{code-block} toml
:caption: a.toml, in place of [inputs.x] and [inputs.y]
[inputs.z]
p5 = 3
```
"""
    docs_script("examples").rewritten(page, tmp_path)
    assert (tmp_path / "a.toml").read_text() == (
        '[inputs.z]\np5 = 3\n\n[[ask]]\nstatement = "z > 0"\n'
    )


def test_a_table_that_is_not_there_is_an_error(docs_script, tmp_path):
    page = "```{code-block} toml\n:caption: a.toml\nx = 1\n```\n"
    again = "```{code-block} toml\n:caption: a.toml, in place of [inputs.x]\ny = 1\n```\n"
    with pytest.raises(ValueError, match=r"\[inputs\.x\] is in the file 0 times"):
        docs_script("examples").rewritten(page + again, tmp_path)
