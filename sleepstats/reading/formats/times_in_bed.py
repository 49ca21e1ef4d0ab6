"""What notes when one lay down and when one rose, and no more of the night: apps, a log of events.

PleesTracker writes milliseconds since 1970. SleepBot has clock times beside the date of waking,
newest first.

In a log of events of one's own *went to bed*, *lights off*, *fell asleep*, *awake*, *woke* and *got
up* make nights, in the order in which they stand; whatever else was noted is a habit of the evening
before the next night.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from sleepstats.errors import option
from sleepstats.reading.cells import looks_like_stamps, read_clocks, read_numbers, read_stamps
from sleepstats.reading.formats.diary import draft_of
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview, records, tracker
from sleepstats.reading.nights.entries import put_hashtags
from sleepstats.reading.nights.which_evening import overlapping
from sleepstats.reading.text import DELIMITERS, RawTable, Source, quotes
from sleepstats.reading.words import meanings_of

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
        utc = tracker.epoch_ms(draft.parsed(numbers, draft.header(word)))
        return tracker.utc_to_local(draft, utc)
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
        texts = put_hashtags(draft, draft.cells("comment"), draft.header("comment"))
        records.put_text(draft, "comment", texts, records.Column("comments", "text", kind=""))


_RATED = (
    ("rating", records.Column("quality", kind="", label="rating (1 to 5)"), 1),
    ("wakes", records.Column("nawk", kind=""), 0),
)
PLEES_TRACKER = tracker.Tracker(
    name="plees_tracker",
    product="PleesTracker",
    recognised_by="columns sid, start, stop, rating",
    gives="time in bed in UTC (the zone has to be named), rating; newer files also awakenings and "
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


def _sleepbot_notes(draft: Draft) -> None:
    """Read the notes, and the hashtags in them."""
    if "note" in draft.place:
        cells = [cell.strip().strip("'") for cell in draft.cells("note").tolist()]
        texts = put_hashtags(draft, np.array(cells, dtype=object), draft.header("note"))
        records.put_text(draft, "note", texts, records.Column("comments", "text", kind=""))


def _sleepbot_stamps(draft: Draft) -> None:
    """Put SleepBot's clock times on the calendar."""
    day = tracker.read_days(draft, draft.at("date")).astype("datetime64[us]")
    at = [
        draft.parsed(read_clocks(draft.cells(word), role="any"), draft.header(word))
        for word in SLEEPBOT.clocks
    ]
    minute, header = np.timedelta64(60_000_000, "us"), draft.header("date")
    first, last = (np.where(np.isnan(clock), np.datetime64("NaT", "us"), day + np.round(
        np.nan_to_num(clock)).astype(np.int64) * minute) for clock in at)  # fmt: skip
    over = np.where(at[1] < at[0], _DAY, _NO_DAY)
    span = (last + over - first) / np.timedelta64(1, "m")
    clash = [overlapping(begin.astype(np.int64) / 6e7, span) for begin in (first, first - over)]
    if draft.options.labels == "bedtime" or (draft.options.labels == "auto" and
                                             clash[0] + 2 <= clash[1]):  # fmt: skip
        draft.labels, last = "bedtime", last + over
        draft.notes.append(f"Column {header!r} is taken for the date of going to bed.")
    else:
        draft.labels = "morning"
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
#: An amount beside an event: 2, 1 cup.
_BESIDE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)(?: ?[^\W\d/]+)?")
#: What happened, by what its words are about; the first that fits holds.
_HAPPENED = (("rise", "out of bed"), ("fall", "fell asleep"), ("lights", "lights out"),
             ("bed", "into bed"), ("wake", "woke"), ("awake", "woke"))  # fmt: skip
_KINDS = ("", "into bed", "lights out", "fell asleep", "woke", "out of bed")
_BED, _LIGHTS, _FELL, _WOKE, _ROSE = range(1, 6)
#: Nights that a file must show at its top to be such a log; and the longest night.
_FEWEST, _LONGEST = 3, 18 * 3_600_000_000  # microseconds
_NIGHT = ("into bed", "lights out", "fell asleep", "final wake", "out of bed")


@lru_cache(maxsize=4096)
def _happened(text: str) -> str:
    about = meanings_of(text) if len(text) < 60 else frozenset[str]()
    about = frozenset() if about & {"habit", "nap"} else about
    return next((what for word, what in _HAPPENED if word in about), "")


def _events(cells: Sequence[Sequence[str | None]]) -> tuple[int, int] | None:
    """Return which columns are the stamps and what happened, if the lines are such a log."""
    columns = [[cell for cell in column if cell is not None] if None in column else column
               for column in cells]  # fmt: skip
    for at, column in enumerate(columns[:3]):
        if len(column) < 2 * _FEWEST or not looks_like_stamps(column[1:]):
            continue
        for of in (i for i in range(len(columns)) if i != at):
            said = Counter[str]()
            for text, n in Counter(columns[of]).items():
                said[_happened(text)] += n
            begins = max(said["into bed"], said["fell asleep"])
            ends = max(said["out of bed"], said["woke"])
            told = said.total() - said[""]
            if min(begins, ends) >= _FEWEST and 4 * told > said.total():
                return at, of
    return None


def _claims_events(preview: Preview, options: Options) -> Claim | None:
    """Claim lines of a stamp and what happened then, with a header or without."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        below = range(line, len(preview.lines) + 1)
        cells = quotes.by_column([preview.cells(n, delimiter) for n in below])
        if (at := _events(cells)) is not None:
            one = next(cell for cell in reversed(cells[at[1]]) if cell is not None)
            return Claim(65, line, delimiter, f"a log of events: {one!r} and its like")
    return None


def _read_events(source: Source, claim: Claim, options: Options) -> Draft:
    """Put the events of each night in a row, as a diary has it."""
    lines = source.text.rstrip("\n").split("\n")
    cells = quotes.split_each(lines, claim.delimiter)
    at, of = _events([column[claim.header_line - 1 :] for column in cells]) or (0, 1)
    cells += [[None] * len(lines)] * (max(at, of) + 1 - len(cells))
    both = zip(cells[at], cells[max(at, of)], strict=True)
    texts = ["" if last is None else stamp or "" for stamp, last in both]
    if not any(map(str.isdigit, texts[claim.header_line - 1])):  # else not all are stamps
        texts[claim.header_line - 1] = ""
    above = 0 if any(texts[: claim.header_line]) else claim.header_line  # all alike below it
    column = np.array(texts[above:], dtype=object)
    stamps = read_stamps(column, dayfirst=options.dayfirst, where=source.name).values
    stamps = np.append(np.full(above, np.datetime64("NaT", "us")), stamps)
    rows = np.flatnonzero(~np.isnat(stamps))
    skipped = [(i + 1, "header" if i + 1 == claim.header_line else "no date and time of an event")
               for i in np.flatnonzero(np.isnat(stamps)).tolist()]  # fmt: skip
    rows = rows[np.argsort(stamps[rows], kind="stable")]
    spelled = {text.casefold(): text for text in reversed(dict.fromkeys(cells[of])) if text}
    codes, words = pd.factorize(np.array(cells[of], dtype=object)[rows])
    what = np.array([_KINDS.index(_happened(word)) for word in words], dtype=np.int64)[codes]
    now, every = stamps[rows].astype(np.int64), np.arange(len(rows))
    begins, ends = _nights(what, now)
    night, line = np.searchsorted(begins, every, side="right") - 1, rows[begins] + 1
    inside = every < np.append(ends, 0)[night]
    within = [f"of the night that begins in line {n}" for n in line]
    before = [f"noted before the night that begins in line {n}" for n in line]
    why = np.array([*within, *before, "no night follows it", "no night was begun before it",
                    "told within a night: not used"], dtype=object)  # fmt: skip
    told, noted = np.where(inside, night, -2), np.where(inside, -1, len(begins) + night + 1)
    rest = np.delete(every, begins)
    said = why[np.where(what > 0, told, noted)[rest]].tolist()
    skipped += zip((rows[rest] + 1).tolist(), said, strict=True)
    columns = _columns(what, now, np.where(inside, night, -1), len(begins))
    habits = np.flatnonzero(~inside & (what == 0) & (night + 1 < len(begins)))
    beside = [column for i, column in enumerate(cells) if i not in (at, of)]
    some = [[column[i] for i in rows[habits].tolist()] for column in beside]
    amounts = np.array([*map(_amount, *some)] if some else np.ones(len(habits)), dtype=float)
    folded = np.array([*map(str.casefold, words)], dtype=object)[codes[habits]]
    which, names = pd.factorize(folded)
    parts = np.split(np.argsort(which, kind="stable"), np.cumsum(np.bincount(which))[:-1])
    for part in parts[: len(names)]:
        total = np.bincount(night[habits[part]] + 1, amounts[part], len(begins))
        columns.append(_written(total))
    header = [*_NIGHT, "awake (min)", "awakenings", *(spelled.get(name, name) for name in names)]
    table = RawTable(source.name, header, columns, line, sorted(skipped))
    head = [column[claim.header_line - 1] for column in cells]
    if np.isnat(stamps[claim.header_line - 1]):
        table.renamed = {h: "date" if i == at else "clock" if i == of else "note"
                         for i, h in enumerate(head) if h is not None}  # fmt: skip
    draft = draft_of(table, EVENTS.name, claim.why, options)
    draft.notes.insert(0, f"A log of events: {len(rows)} of them make {len(begins)} nights. What "
                          "was noted before a night is a habit of its evening, and where it was "
                          "not noted there was none.")  # fmt: skip
    return draft


@lru_cache(maxsize=4096)
def _amount(*rest: str | None) -> float:
    """Return the amount beside an event, one if there is none."""
    found = next((m for cell in rest if (m := _BESIDE.fullmatch(cell or ""))), None)
    return float(found["number"].replace(",", ".")) if found else 1.0


def _nights(what: np.ndarray, now: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return with which row each night begins, and before which it ends.

    A night begins with lying down or falling asleep where none is, or with lying down after waking;
    it ends with rising, and after eighteen hours.
    """
    every, none = np.arange(len(what)), len(what)
    last = np.maximum.accumulate(np.where((what == _FELL) | (what == _WOKE), every, -1))
    anew = np.flatnonzero((what == _BED) & (last >= 0) & (what[last] == _WOKE))
    rises, starts = np.flatnonzero(what == _ROSE), np.flatnonzero((what > 0) & (what <= _FELL))
    over = np.append(rises + 1, none)[np.searchsorted(rises, every, side="right")]
    again = np.append(anew, none)[np.searchsorted(last[anew], every, side="right")]
    late = np.searchsorted(now, now + _LONGEST, side="right")
    ends = np.minimum(np.minimum(over, again), late)
    following = np.append(starts, none)[np.searchsorted(starts, np.append(ends, 0))].tolist()
    begins: list[int] = []
    at = following[-1]
    while at < none:
        begins.append(at)
        at = following[at]
    return np.array(begins, dtype=np.int64), ends[begins]


def _columns(what: np.ndarray, now: np.ndarray, night: np.ndarray, count: int) -> list[np.ndarray]:
    """Write the clock times of nights, minutes awake and awakenings; ``night``: -1 outside."""

    def written(rows: np.ndarray) -> np.ndarray:
        of, first = np.unique(night[rows], return_index=True)
        texts = np.full(count, "", dtype=object)
        texts[of] = _to_the_minute(now[rows[first]].astype("M8[us]"))
        return texts

    def first(kind: int) -> np.ndarray:
        return np.flatnonzero((night >= 0) & (what == kind))

    asleep = np.flatnonzero((night >= 0) & ((what == _FELL) | (what == _WOKE)))
    woke, of = what[asleep] == _WOKE, night[asleep]
    after = np.append(False, woke[:-1] & (of[1:] == of[:-1]))[: len(of)]
    since = np.maximum.accumulate(np.where(woke & ~after, np.arange(len(of)), -1))
    again, final = ~woke & after, woke & np.append(of[1:] != of[:-1], True)[: len(of)]
    awake = (now[asleep[again]] - now[asleep[since[again]]]) / 60_000_000
    return [
        written(first(_BED)), written(first(_LIGHTS)), written(asleep[~woke & ~after]),
        written(asleep[final]), written(first(_ROSE)),
        _written(np.bincount(of[again], awake, count)),
        _written(np.bincount(of[again], minlength=count)),
    ]  # fmt: skip


def _to_the_minute(stamps: np.ndarray) -> list[str]:
    """Write stamps of years of four digits, as 2026-04-03 23:10, a digit of all at once."""
    days, months = stamps.astype("M8[D]"), stamps.astype("M8[M]")
    day, minute = (days - months).astype(int), (stamps - days).astype("m8[m]").astype(int)
    month = months.astype(int)
    parts = (month // 12 + 1970, month % 12 + 1, day + 1, minute // 60, minute % 60)
    signs = np.tile(np.frombuffer(b"0000-00-00 00:00\n", np.uint8), (len(stamps), 1))
    for last, size, part in zip((3, 6, 9, 12, 15), (4, 2, 2, 2, 2), parts, strict=True):
        for place in range(size):
            signs[:, last - place] += (part // 10**place % 10).astype(np.uint8)
    return signs.tobytes().decode().split("\n")[:-1]


def _written(values: np.ndarray) -> np.ndarray:
    """Write amounts, each that occurs once."""
    codes, known = pd.factorize(values)
    return np.array([f"{value:g}" for value in known.tolist()], dtype=object)[codes]


EVENTS = Format(
    name="event_log",
    product="Log of events (a table of your own)",
    recognised_by="one line an event: a date with a time, and what happened (went to bed, woke, "
    "coffee), in any of the languages of a diary",
    gives="the clock times of each night, time awake and awakenings between them; whatever else "
    "was noted, as a habit of the evening before",
    recognise=_claims_events,
    read=_read_events,
    last_resort=True,
)
FORMATS = (PLEES_TRACKER, SLEEPBOT, EVENTS)
