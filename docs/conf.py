"""How Sphinx builds this documentation: `make docs`."""  # noqa: INP001  (Sphinx reads it as a file)

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # the extensions beside this file

from activstats import __version__  # noqa: E402  (the path comes first)

project = "activstats"
author = "The activstats developers"
release = version = __version__

extensions = [
    "extensions.claims",
    "extensions.commands",
    "extensions.docstrings",
    "extensions.mathml",
    "extensions.notebooks",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "extensions", "**/.ipynb_checkpoints"]
default_role = "literal"  # docstrings write code in single backticks, as Markdown does

myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
smartquotes = False  # options are written with two hyphens

autodoc_typehints = "none"  # the docstrings say types, with shapes and units
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False  # autodoc lists them already
# What must hold of every docstring; the codes stand in numpydoc's manual. Left out are those that ask
# for sections where a short method says in its one sentence what it takes and returns, and SS02, to
# which a summary that begins with "p" or "α" is a mistake.
numpydoc_validation_checks = {
    "GL01", "GL02", "GL03", "GL05", "GL06", "GL07", "GL08", "GL09", "GL10",
    "SS01", "SS03", "SS04", "SS05", "SS06", "PR02", "PR03", "PR05", "PR06", "PR10",
}  # fmt: skip
numpydoc_validation_exclude = {r"\.SWEEP_RULES$"}  # a tuple, whose docstring is Python's

html_theme = "furo"
html_title = f"activstats {release}"
html_static_path = ["_static"]
html_css_files = ["activstats.css"]
html_math_renderer = "mathml"  # browsers draw it themselves: nothing is fetched
html_show_sphinx = False
html_copy_source = False
copybutton_exclude = ".linenos, .gp, .go"
pygments_style = "friendly"
pygments_dark_style = "github-dark"
