"""PleesTracker: ``sid,start,stop,rating``, times in milliseconds since 1970, no zone.

Newer versions add a comment and a count of awakenings, and may write dates instead of milliseconds.
A rating of 0 is none.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Stamps
from sleepstats.reading.cells.cells import is_missing, read_numbers
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.entries import put_hashtags
from sleepstats.reading.nights.periods import epoch_ms, put_period, stamps_in, utc_to_local
from sleepstats.reading.text.raw_table import read_table
from sleepstats.reading.text.source import DELIMITERS, Source, normal_header

_SIGNATURE = {"sid", "start", "stop", "rating"}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with the app's four columns."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        if {normal_header(cell) for cell in preview.cells(number, delimiter)} >= _SIGNATURE:
            return Claim(95, number, delimiter, "the header is 'sid', 'start', 'stop', 'rating'")
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one PleesTracker file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = {normal_header(h): i for i, h in reversed(list(enumerate(table.header)))}
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    begin, end = (_stamps(draft, place[key], options) for key in ("start", "stop"))
    put_period(
        draft, begin, end, names=("into_bed", "out_of_bed"),
        headers=(table.header[place["start"]], table.header[place["stop"]]),
        cells=table.columns[place["start"]],
    )  # fmt: skip
    for key, name, floor in (("rating", "quality", 1), ("wakes", "nawk", 0)):
        if key in place:
            cells, header = table.columns[place[key]], table.header[place[key]]
            values = draft.parsed(read_numbers(cells), header)
            values = np.where(values >= floor, values, np.nan)
            if not np.isnan(values).all():
                draft.put(name, values, header)
    if "nawk" in draft.columns and not (draft.columns["nawk"] > 0).any():
        del draft.columns["nawk"], draft.told["nawk"]
        draft.notes.append("Awakenings are 0 throughout: taken as not counted.")
    if "quality" in draft.columns:
        draft.told["quality"]["label"] = "rating (1 to 5)"
    if "comment" in place:
        cells, header = table.columns[place["comment"]], table.header[place["comment"]]
        texts = put_hashtags(draft, cells, header)
        texts[is_missing(texts)] = None
        draft.put("comments", pd.array(texts, dtype="str"), header)
    draft.notes.append("The file holds times in bed only: no latency, no time asleep, no habits.")
    return draft


def _stamps(draft: Draft, at: int, options: Options) -> Stamps:
    """Read one column of times: milliseconds, or dates on the clock of the bed."""
    cells, header = draft.table.columns[at], draft.table.header[at]
    numbers = read_numbers(cells)
    if not numbers.bad_mask.all() or not len(cells):
        return utc_to_local(draft, epoch_ms(draft.parsed(numbers, header)), options)
    return stamps_in(draft, at, options)[0]


FORMAT = Format(
    name="plees_tracker",
    product="PleesTracker",
    recognised_by="columns sid, start, stop, rating",
    gives="time in bed in UTC (name the zone with tz=), rating; newer files also awakenings and "
    "comments",
    recognise=recognise,
    read=read,
    signature=tuple(sorted(_SIGNATURE)),
)
