"""How the documentation is built: `uv run --group docs sphinx-build -W --keep-going docs site`."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "_ext"))

project = "margincarlo"
author = "The margincarlo developers"
project_copyright = "2026, The margincarlo developers"
release = version = installed_version("margincarlo")

extensions = [
    "mathml",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "matplotlib.sphinxext.plot_directive",
]
exclude_patterns = ["_build", "_templates"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# "$5 and $25" is money; "$n$" is a formula.
myst_dmath_allow_space = False
myst_dmath_allow_digits = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False

# Pictures are drawn while the pages are built, so that they cannot show what is no longer so.
plot_formats = [("svg", 100)]
plot_html_show_formats = False
plot_html_show_source_link = False

html_theme = "pydata_sphinx_theme"
html_title = "margincarlo"
html_static_path = ["_static"]
html_css_files = ["margincarlo.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_theme_options = {"navbar_align": "left", "secondary_sidebar_items": ["page-toc"]}
