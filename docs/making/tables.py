"""Tables of ``benchmarks/*.md``: what was measured, to be said beside the rule it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@dataclass(frozen=True)
class Table:
    """One table of a page: its header and its rows, as text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def place(self, words: str, after: str = "") -> int:
        """Return where the first column stands whose header has these words, or -1.

        With ``after``, the first one beyond the column that has those words.
        """
        begin = self.place(after) + 1 if after else 0
        if after and not begin:
            return -1
        return next((i for i, text in enumerate(self.header) if i >= begin and words in text), -1)


def tables_of(page: str) -> list[Table]:
    """Read every table of one of the pages."""
    lines = (BENCHMARKS / page).read_text(encoding="utf-8").splitlines()
    tables, block = [], []
    for line in [*lines, ""]:
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            block.append(tuple(cell.strip().strip("*") for cell in cells))
        elif block:
            tables.append(Table(block[0], tuple(block[2:])))
            block = []
    return tables


def span(page: str, column: str, *, where: dict[str, str] | None = None, after: str = "") -> str:
    """Return from where to where a column's numbers go, over the rows that ``where`` names.

    >>> span("calibration.md", "coverage, no effect")
    '93.5 to 97.2'
    """
    found: list[float] = []
    for table in tables_of(page):
        place = table.place(column, after)
        wanted = {table.place(name): text for name, text in (where or {}).items()}
        if place < 0 or -1 in wanted:
            continue
        for row in table.rows:
            if len(row) > place and all(text in row[at] for at, text in wanted.items()):
                found += [float(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", row[place])[:1]]
    if not found:
        raise LookupError(
            f"benchmarks/{page} has no column {column!r} with rows {where!r} any more. Say in "
            "docs/making/rules.py where the figure stands now."
        )
    low, high = min(found), max(found)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
