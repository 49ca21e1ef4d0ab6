"""A trial's plan as a page to print: what was decided, and a box to tick for every night."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from importlib.resources import files
from string import Template

import pandas as pd


def page_of(
    said: Sequence[str], table: pd.DataFrame, *, substance: str, warned: bool, in_blocks: bool
) -> str:
    """Return a plan's sentences and its nights as one page without scripts or anything to load.

    ``warned``: the first sentence is the warning. The frame of the page stands beside the report's.
    """
    # read as a resource, so that it is found in a wheel as well
    page = files("sleepstats").joinpath("report", "page", "trial.html").read_text(encoding="utf-8")
    title = "Plan of a sleep trial" + (f": {substance}" if substance else "")
    first = '<p class="warning">' if warned else "<p>"
    paragraphs = [
        f"{first if place == 0 else '<p>'}{html.escape(sentence)}</p>"
        for place, sentence in enumerate(said)
    ]
    return Template(page).substitute(
        title=html.escape(title),
        said="".join(paragraphs),
        nights="\n".join(_rows(table, in_blocks)),
    )


def _rows(table: pd.DataFrame, in_blocks: bool) -> Iterator[str]:
    """Yield a line of the page for every night; a block begins with a thicker line."""
    before = 0
    for number, row in table.iterrows():
        new = ' class="first"' if in_blocks and row["block"] != before else ""
        before = row["block"]
        yield (
            f"<tr{new}><th>{number}</th><td>{row['night']:%a %d %b %Y}</td>"
            f'<td>{html.escape(str(row["condition"]))}</td><td class="box">☐</td>'
            '<td class="note"></td></tr>'
        )
