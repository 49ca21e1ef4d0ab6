"""A column of calendar dates that dates the rows of a file."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.reading.cells import read_dates
from sleepstats.reading.nights.draft import Draft, Options


def read_days(draft: Draft, at: int, options: Options) -> Stamps:
    """Return the date of each row; a row without one is refused."""
    table = draft.table
    header, cells = table.header[at], table.columns[at]
    where = f"{table.name}, column {header!r}"
    parsed = read_dates(cells, dayfirst=options.dayfirst, where=where, lines=table.line.tolist())
    for i in np.flatnonzero(np.isnat(parsed.values)).tolist():
        why = parsed.reason(i) or "blank, so this row has no date."
        draft.refused[i] = f"column {header!r}: {why}"
    days: Stamps = parsed.values.astype("datetime64[D]")
    return days
