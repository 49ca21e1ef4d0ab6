"""Sphinx configuration. Pages that the package itself tells are made first, by ``making/``."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from making import make_all, write_llms  # noqa: E402

import sleepstats  # noqa: E402

project = "sleepstats"
author = "the sleepstats developers"
copyright = "the sleepstats developers, MIT licence"
version = release = sleepstats.__version__

extensions = [
    "numpydoc",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build", "making", "README.md", "columns.md"]
templates_path = ["_templates"]

# what a name of the package links to
autosummary_generate = True
autodoc_typehints = "none"  # the pages say types in words, with units and shapes
numpydoc_show_class_members = True
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
# notebooks are committed executed, and a test executes them: the build shows what is committed
nb_execution_mode = "off"

html_theme = "pydata_sphinx_theme"
html_title = "sleepstats"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_prev_next": True,
    # the tables of a notebook need the width; only its pages begin with an n
    "secondary_sidebar_items": {"[!n]*": ["page-toc"], "notebooks/*": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 1,
    # every kind of word at 6.7 : 1 or more on the grey of the boxes
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# a list at the side only where a section has pages of its own
html_sidebars = {
    name: []
    for name in (
        "index", "first_minute", "which_function", "first_result", "formats", "refused", "sharing",
        "gallery", "statistics", "rules", "definitions", "wrong_before", "samples", "changelog",
        "contributing", "genindex", "search",
    )
}  # fmt: skip
html_context = {"default_mode": "auto"}


def in_both_looks(app, name, source):
    """Show of each picture that is drawn twice the one that fits the colour scheme."""
    source[0] = re.sub(
        r"^(!\[.*\]\((?:gallery|lay)/\w+)(\.png\))$",
        r"\1\2{.only-light}\n\1-dark\2{.only-dark}",
        source[0],
        flags=re.MULTILINE,
    )


def setup(app):
    """Make the pages before Sphinx looks for them, and llms.txt after it wrote the site."""
    make_all(HERE)
    app.connect("source-read", in_both_looks)
    app.connect("build-finished", lambda app, failed: failed or write_llms(HERE, app.outdir))
