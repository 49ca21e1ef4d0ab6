"""What notes when one lay down and when one rose, and no more of the night: apps, a log of events.

PleesTracker writes milliseconds since 1970, pyActigraphy a row per night, nap or stretch in which
the device was not worn. SleepBot has clock times beside the date of waking, newest first.

In a log of events of one's own *went to bed*, *lights off*, *fell asleep*, *awake*, *woke* and *got
up* make nights, in the order in which they stand; whatever else was noted is a habit of the evening
before the next night.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from sleepstats.errors import option
from sleepstats.reading.cells import looks_like_stamps, read_clocks, read_numbers, read_stamps
from sleepstats.reading.formats.diary import draft_of
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview, records, tracker
from sleepstats.reading.nights.entries import put_hashtags
from sleepstats.reading.nights.which_evening import overlapping
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, quotes
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
_BEGINS = ("into bed", "lights out", "fell asleep")
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
    columns = [[cell for cell in column if cell is not None] for column in cells]
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
    column = np.array(texts, dtype=object)
    stamps = read_stamps(column, dayfirst=options.dayfirst, where=source.name).values
    rows = np.flatnonzero(~np.isnat(stamps))
    skipped = [(i + 1, "header" if i + 1 == claim.header_line else "no date and time of an event")
               for i in np.flatnonzero(np.isnat(stamps)).tolist()]  # fmt: skip
    what_of = [text or "" for text in cells[of]]
    folded = {text: text.casefold() for text in dict.fromkeys(cells[of]) if text is not None}
    happened = {text: _happened(text) for text in folded}
    beside = [column for i, column in enumerate(cells) if i not in (at, of)]
    nights: list[dict[str, Any]] = []
    night: dict[str, Any] | None = None
    noted: list[tuple[int, str, float]] = []
    rows = rows[np.argsort(stamps[rows], kind="stable")]
    for i, now in zip(rows.tolist(), stamps[rows].astype(np.int64).tolist(), strict=True):
        what = happened[what_of[i]]
        if night is not None and now - night["first"] > _LONGEST:
            night = None
        if what in _BEGINS and (night is None or (what == "into bed" and "woke" in night)):
            night = {"first": now, "line": i + 1, "awake": 0.0, "times": 0, "habits": {},
                     "told": f"of the night that begins in line {i + 1}"}  # fmt: skip
            nights.append(night)
            why = f"noted before the night that begins in line {i + 1}"
            for line, name, amount in noted:
                night["habits"][name] = night["habits"].get(name, 0.0) + amount
                skipped.append((line, why))
            noted = []
        elif night is None:
            if what:
                skipped.append((i + 1, "no night was begun before it"))
            else:
                amount = _amount(*[column[i] for column in beside])
                noted.append((i + 1, folded[what_of[i]], amount))
            continue
        else:
            skipped.append((i + 1, night["told"] if what else "told within a night: not used"))
        if what == "fell asleep" and "woke" in night:
            del night["woke"]
            night["awake"] += (now - night.pop("since")) / 60_000_000
            night["times"] += 1
        elif what == "woke":
            night["woke"] = now
            night.setdefault("since", now)
        elif what:
            night.setdefault(what, now)
            night = None if what == "out of bed" else night
    skipped += [(line, "no night follows it") for line, *_ in noted]
    spelled = {folded[text]: text for text in reversed(folded)}
    table = _as_table(source.name, nights, sorted(skipped), spelled)
    head = [column[claim.header_line - 1] for column in cells]
    if np.isnat(stamps[claim.header_line - 1]):
        table.renamed = {h: "date" if i == at else "clock" if i == of else "note"
                         for i, h in enumerate(head) if h is not None}  # fmt: skip
    draft = draft_of(table, EVENTS.name, claim.why, options)
    draft.notes.insert(0, f"A log of events: {len(rows)} of them make {len(nights)} nights. What "
                          "was noted before a night is a habit of its evening, and where it was "
                          "not noted there was none.")  # fmt: skip
    return draft


@lru_cache(maxsize=4096)
def _amount(*rest: str | None) -> float:
    """Return the amount beside an event, one if there is none."""
    found = next((m for cell in rest if (m := _BESIDE.fullmatch(cell or ""))), None)
    return float(found["number"].replace(",", ".")) if found else 1.0


def _as_table(
    name: str, nights: list[dict[str, Any]], skipped: list[tuple[int, str]],
    spelled: dict[str, str],
) -> RawTable:  # fmt: skip
    """Write nights as the rows of a diary."""
    habits = dict.fromkeys(text for night in nights for text in night["habits"])
    header = [*_NIGHT, "awake (min)", "awakenings", *(spelled.get(h, h) for h in habits)]
    never = np.iinfo(np.int64).min  # NaT
    columns = []
    for clock in _NIGHT:
        times = [night.get("woke" if clock == "final wake" else clock, never) for night in nights]
        written = records.minutes_of(np.array(times, np.int64).astype("M8[us]"))
        columns.append(["" if text == "(blank)" else text for text in written])
    amounts = [[night["awake"] for night in nights], [night["times"] for night in nights]]
    amounts += [[night["habits"].get(habit, 0.0) for night in nights] for habit in habits]
    for values in amounts:  # each that occurs is written once
        texts = {value: f"{value:g}" for value in {*values}}
        columns.append([texts[value] for value in values])
    line = np.array([night["line"] for night in nights], dtype=np.int64)
    return RawTable(name, header, [np.array(c, dtype=object) for c in columns], line, skipped)


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
FORMATS = (PLEES_TRACKER, PYACTIGRAPHY, SLEEPBOT, EVENTS)
