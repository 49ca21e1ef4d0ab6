"""Apps that note when one lay down and when one rose, and no more of the night.

PleesTracker writes milliseconds since 1970, pyActigraphy a row per night, nap or stretch in which
the device was not worn. SleepBot has clock times beside the date of waking, newest first.
"""

from __future__ import annotations

import numpy as np

from sleepstats.errors import option
from sleepstats.reading.cells import read_clocks, read_numbers
from sleepstats.reading.nights import Claim, Draft, Options, Preview, entries, records, tracker
from sleepstats.reading.nights.tracker import epoch_ms, read_days, utc_to_local
from sleepstats.reading.text import normal_header

_ONLY = "The file holds times in bed only: no latency, no time asleep, no habits."
_NO_DAY, _DAY = np.timedelta64(0, "us"), np.timedelta64(86_400_000_000, "us")


def _plees_stamps(draft: Draft) -> None:
    """Read PleesTracker's times: milliseconds since 1970, or in newer versions dates."""
    for word, name in PLEES_TRACKER.clocks.items():
        draft.put(name, _times(draft, word), draft.header(word))


def _times(draft: Draft, word: str) -> np.ndarray:
    """Read one column of times: milliseconds, or dates on the clock of the bed."""
    cells = draft.cells(word)
    numbers = read_numbers(cells)
    if not numbers.bad_mask.all() or not len(cells):
        utc = epoch_ms(draft.parsed(numbers, draft.header(word)))
        return utc_to_local(draft, utc)
    return tracker.read_stamps_of(draft, [word])[0]


def _plees_rated(draft: Draft) -> None:
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
        texts = entries.put_hashtags(draft, draft.cells("comment"), draft.header("comment"))
        records.put_text(draft, "comment", texts, records.Column("comments", "text", kind=""))


_RATED = (
    ("rating", records.Column("quality", kind="", label="rating (1 to 5)"), 1),
    ("wakes", records.Column("nawk", kind=""), 0),
)
PLEES_TRACKER = tracker.Tracker(
    name="plees_tracker",
    product="PleesTracker",
    recognised_by="columns sid, start, stop, rating",
    gives="time in bed in UTC (name the zone with tz=), rating; newer files also awakenings and "
    "comments",
    signature=("rating", "sid", "start", "stop"),
    why="the header is 'sid', 'start', 'stop', 'rating'",
    clocks={"start": "into_bed", "stop": "out_of_bed"},
    said=records.TIMES,
    stamps=_plees_stamps,
    after=_plees_rated,
    notes=(_ONLY,),
    known=None,
)

_KINDS = ("night", "nap", "nowear", "active")
#: The header stands below a line with the person's name in the study.
_HEADER_WITHIN = 12


def _pyactigraphy_claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with TYPE, START and END above rows of pyActigraphy's own types."""
    for line in range(1, min(_HEADER_WITHIN, len(preview.lines)) + 1):
        found = tracker.header_of(preview, PYACTIGRAPHY.signature, line=line, word=normal_header)
        if found is None:
            continue
        at = found[1].index("type")
        below = range(line + 1, len(preview.lines) + 1)
        rows = [preview.cells(number, found[0]) for number in below if preview.lines[number - 1]]
        kinds = {row[at].casefold() for row in rows if len(row) > at} - {""}
        if "night" in kinds and kinds <= set(_KINDS):
            why = "the header has TYPE, START and END above rows of NIGHT, NAP or NOWEAR"
            return Claim(95, line, found[0], why)
    return None


def _no_sleep(draft: Draft) -> None:
    """Refuse the rows that are no sleep."""
    kinds = np.array([cell.strip().casefold() for cell in draft.cells("type").tolist()])
    hours = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "h")
    for i in np.flatnonzero(kinds == "nowear").tolist():
        draft.refused[i] = f"the device was not worn for {hours[i]:.1f} h: no sleep."
    for i in np.flatnonzero(kinds == "active").tolist():
        draft.refused[i] = "a stretch awake: no sleep."


PYACTIGRAPHY = tracker.Tracker(
    name="pyactigraphy",
    product="pyActigraphy sleep diary",
    recognised_by="columns TYPE, START, END with rows of NIGHT, NAP or NOWEAR",
    gives="times in bed and named naps; no latency, no time asleep, no habits",
    signature=("type", "start", "end"),
    claims=_pyactigraphy_claims,
    clocks={"start": "into_bed", "end": "out_of_bed"},
    clock_kind="",
    nap=("type", "nap"),
    lone_naps=False,
    known=("type",),
    before=_no_sleep,
    notes=(_ONLY,),
)


def _sleepbot_notes(draft: Draft) -> None:
    """Read the notes, and the hashtags in them."""
    if "note" in draft.place:
        cells = [cell.strip().strip("'") for cell in draft.cells("note").tolist()]
        texts = entries.put_hashtags(draft, np.array(cells, dtype=object), draft.header("note"))
        records.put_text(draft, "note", texts, records.Column("comments", "text", kind=""))


def _sleepbot_stamps(draft: Draft) -> None:
    """Put SleepBot's clock times on the calendar."""
    day = read_days(draft, draft.at("date")).astype("datetime64[us]")
    at = [
        draft.parsed(read_clocks(draft.cells(word), role="any"), draft.header(word))
        for word in SLEEPBOT.clocks
    ]
    minute, header = np.timedelta64(60_000_000, "us"), draft.header("date")
    first, last = (np.where(np.isnan(clock), np.datetime64("NaT", "us"), day + np.round(
        np.nan_to_num(clock)).astype(np.int64) * minute) for clock in at)  # fmt: skip
    over = np.where(at[1] < at[0], _DAY, _NO_DAY)
    if draft.options.labels == "bedtime":
        last = last + over
    else:
        first = first - over
        draft.notes.append(
            f"Column {header!r} is taken for the date of waking, as SleepBot lists the newest "
            "first and a nap above the night that ended that morning. If it is the date of "
            f"going to bed: {option('read_diary(...', labels='bedtime')}."
        )
    for word, name, stamps in zip(SLEEPBOT.clocks, ("into_bed", "out_of_bed"), (first, last),
                                  strict=True):  # fmt: skip
        draft.put(name, stamps, draft.header(word))


SLEEPBOT = tracker.Tracker(
    name="sleepbot",
    product="SleepBot",
    recognised_by="columns Date, Sleep Time, Wake Time, Hours, Note",
    gives="times in bed and notes, of which hashtags are habits; no latency, no time asleep",
    signature=("date", "sleep time", "wake time", "hours", "note"),
    needs=("date", "sleep time", "wake time", "hours"),
    clocks={"sleep time": "into_bed", "wake time": "out_of_bed"},
    clock_kind="",
    said=records.TIMES,
    stamps=_sleepbot_stamps,
    after=_sleepbot_notes,
    notes=(_ONLY,),
    known=("date", "hours", "note"),
)
FORMATS = (PLEES_TRACKER, PYACTIGRAPHY, SLEEPBOT)
