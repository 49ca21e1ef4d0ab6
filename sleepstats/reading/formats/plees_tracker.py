"""PleesTracker: ``sid,start,stop,rating``, times in milliseconds since 1970, no zone.

Newer versions add a comment and a count of awakenings, and may write dates instead of milliseconds.
A rating of 0 is none.
"""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.reading.cells import read_numbers
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.nights.entries import put_hashtags
from sleepstats.reading.nights.records import TIMES, Column, put_text
from sleepstats.reading.nights.stamps import epoch_ms, utc_to_local
from sleepstats.reading.nights.tracker import Tracker, read_stamps_of


def _stamps(draft: Draft) -> None:
    for word, name in FORMAT.clocks.items():
        draft.put(name, _times(draft, word), draft.header(word))


def _times(draft: Draft, word: str) -> Stamps:
    """Read one column of times: milliseconds, or dates on the clock of the bed."""
    cells = draft.cells(word)
    numbers = read_numbers(cells)
    if not numbers.bad_mask.all() or not len(cells):
        utc = epoch_ms(draft.parsed(numbers, draft.header(word)))
        return utc_to_local(draft, utc, draft.options)
    return read_stamps_of(draft, [word])[0]


def _rated(draft: Draft) -> None:
    """Read rating and awakenings; below their least they mean that there is none."""
    for word, column, least in _RATED:
        if word in draft.place:
            header = draft.header(word)
            values = draft.parsed(read_numbers(draft.cells(word)), header)
            values = np.where(values >= least, values, np.nan)
            if not np.isnan(values).all():
                draft.put(column.name, values, header, **column.told())
    if "nawk" in draft.columns and not (draft.columns["nawk"] > 0).any():
        del draft.columns["nawk"], draft.told["nawk"]
        draft.notes.append("Awakenings are 0 throughout: taken as not counted.")
    if "comment" in draft.place:
        texts = put_hashtags(draft, draft.cells("comment"), draft.header("comment"))
        put_text(draft, "comment", texts, Column("comments", "text", kind=""))


_RATED = (
    ("rating", Column("quality", kind="", label="rating (1 to 5)"), 1),
    ("wakes", Column("nawk", kind=""), 0),
)
FORMAT = Tracker(
    name="plees_tracker",
    product="PleesTracker",
    recognised_by="columns sid, start, stop, rating",
    gives="time in bed in UTC (name the zone with tz=), rating; newer files also awakenings and "
    "comments",
    signature=("rating", "sid", "start", "stop"),
    why="the header is 'sid', 'start', 'stop', 'rating'",
    clocks={"start": "into_bed", "stop": "out_of_bed"},
    said=TIMES,
    stamps=_stamps,
    after=_rated,
    notes=("The file holds times in bed only: no latency, no time asleep, no habits.",),
    known=None,
)
