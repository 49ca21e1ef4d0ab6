"""Whether bare numbers of a diary's parts of the night are minutes or hours."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.reading import cells
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.text import Cells

#: A part of the night longer than this many hours was meant in minutes.
MOST_HOURS = 6.0
#: Clock items and a duration that lie this close together tell the same.
CLOCKS_AGREE_MIN = 3.0


def in_minutes(
    draft: Draft, name: str, values: Floats, column: Cells, header: str, *, hours: bool
) -> Floats:
    """Settle whether bare numbers of a part of the night are minutes or hours.

    Clocks of the night prove it; else a file has one unit, and what cannot be told is missing.
    """
    numbers = cells.read_numbers(column)
    known = numbers.values[~np.isnan(numbers.values)]
    if numbers.bad_mask.any() or not (known > 0).any() or (known > MOST_HOURS).any():
        return values
    shown = _shown_by_clocks(draft, name)
    both = ~np.isnan(shown) & (values > 0)
    if both.any():
        off = [float(np.median(np.abs(times * values - shown)[both])) for times in (1.0, 60.0)]
        if min(off) <= CLOCKS_AGREE_MIN and abs(off[0] - off[1]) > CLOCKS_AGREE_MIN:
            if off[0] < off[1]:
                return values
            draft.notes.append(f"Column {header!r} is in hours: the clock times show it.")
            return 60.0 * values
    if not hours:
        return values
    if (known % 1 > 0).any():
        draft.notes.append(f"Column {header!r} is read as hours, as the durations beside it are.")
        return 60.0 * values
    draft.assumed.append(
        f"Column {header!r}: its numbers may be minutes, or hours as the durations beside it, so "
        f"they are not used. Head it '{header} (min)' or '{header} (h)'."
    )
    return np.where(values > 0, np.nan, values)


def _shown_by_clocks(draft: Draft, name: str) -> Floats:
    """Return the minutes of a part of the night between its clock items, NaN where not written."""
    begin = draft.columns.get("lights_out", draft.columns.get("into_bed"))
    onset = draft.columns.get("sleep_onset")
    if name != "sol_min" or begin is None or onset is None:
        return np.full(len(draft.table), np.nan)
    return np.asarray((onset - begin) / np.timedelta64(1, "m"), dtype=float)


def seem_hours(column: Cells) -> bool:
    """Say whether bare numbers of a sleep duration can only be hours."""
    numbers = cells.read_numbers(column).values
    known = numbers[~np.isnan(numbers)]
    # No whole diary has nights of at most 24 minutes.
    return len(known) > 0 and bool((known <= 24).all())
