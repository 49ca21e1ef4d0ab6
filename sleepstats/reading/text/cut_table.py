"""Tables of text cells without some of their rows or columns; every line stays accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sleepstats.reading.text.raw_table import RawTable


def without_rows(table: RawTable, drop: Mapping[int, str]) -> RawTable:
    """Return a table without some of its rows, which are listed as skipped with the reason."""
    keep = np.ones(len(table), dtype=bool)
    keep[list(drop)] = False
    place = np.cumsum(keep) - 1
    skipped = [*table.skipped, *((int(table.line[i]), why) for i, why in drop.items())]
    return RawTable(
        table.name,
        table.header,
        [column[keep] for column in table.columns],
        table.line[keep],
        sorted(skipped),
        {int(place[i]): width for i, width in table.width.items() if keep[i]},
    )


def with_columns(table: RawTable, keep: Sequence[int], headers: Sequence[str]) -> RawTable:
    """Return a table of some of its columns, under other headers where given."""
    columns = [table.columns[i] for i in keep]
    return RawTable(table.name, list(headers), columns, table.line, list(table.skipped))
