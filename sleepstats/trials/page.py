"""A trial's plan as a page to print: what was decided, and a box to tick for every night."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from sleepstats.trials.plan import sentences_of

if TYPE_CHECKING:
    from sleepstats.trials.plan import TrialPlan

_STYLE = """
body { font: 11pt/1.4 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; color: #202124; }
.warning { border: 2px solid #d55e00; padding: .6rem .8rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .28rem .5rem; border-bottom: 1px solid #9aa0a6; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
tr.first td, tr.first th { border-top: 2px solid #3c4043; }
td.box { font-size: 13pt; }
td.note { width: 40%; }
@media print { body { margin: 0; max-width: none; } }
"""


def page_of(plan: TrialPlan) -> str:
    """Return the plan as one page without scripts or anything to load."""
    nights = plan.nights
    title = "Plan of a sleep trial" + (f": {plan.substance}" if plan.substance else "")
    said = sentences_of(plan)
    warning = f'<p class="warning">{html.escape(said.pop(0))}</p>' if plan.warning else ""
    free = plan.design.name == "free"
    rows, before = [], 0
    for night, (number, row) in zip(nights, plan.table.iterrows(), strict=True):
        new = ' class="first"' if not free and row["block"] != before else ""
        before = row["block"]
        rows.append(
            f"<tr{new}><th>{number}</th><td>{night:%a %d %b %Y}</td>"
            f'<td>{html.escape(str(row["condition"]))}</td><td class="box">☐</td>'
            '<td class="note"></td></tr>'
        )
    paragraphs = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in said)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(title)}</h1>\n{warning}{paragraphs}\n"
        "<p>A bad night is no reason to leave the plan; feeling unwell is a reason to stop. If a "
        "night goes otherwise, write down what was done; do not move the plan.</p>\n"
        "<table>\n<thead><tr><th></th><th>evening</th>"
        "<th>planned</th><th>done so</th><th>otherwise, or a note</th></tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody>\n</table>\n</body>\n</html>\n"
    )
