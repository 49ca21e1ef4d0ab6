"""``join_evenings``: what another file knows of the same evenings, beside the nights."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sleepstats.checks import check_nights, held_already
from sleepstats.columns import DICTIONARY, NIGHT, RECORD, column_of, told_of
from sleepstats.errors import DiaryError, DiaryWarning, both_forms, marked, of_a_companion, worded
from sleepstats.measures import add_measures
from sleepstats.reading import checked_options
from sleepstats.reading.cells import unused_names
from sleepstats.reading.formats import habits, known_formats
from sleepstats.reading.gather import dated_by, gather, goes_beside, of_people
from sleepstats.reading.nights.assemble import assemble
from sleepstats.reading.nights.companions import better_shift, companion_frame, fate_of
from sleepstats.reading.nights.dates_left_open import beside_of, nights_of_frame
from sleepstats.reading.nights.plausible import huge_dropped
from sleepstats.reading.nights.record import NO_NIGHT, Record, record_of
from sleepstats.reading.nights.which_evening import RULES
from sleepstats.reading.text import PathOrFile

_BEFORE = "_h_before_bed"


@worded
def join_evenings(
    nights: pd.DataFrame,
    other: PathOrFile | Sequence[PathOrFile] | pd.DataFrame,
    *,
    labels: str = "auto",
    **reading: Any,
) -> pd.DataFrame:
    """Join what another diary or app knows of the same evenings to the nights.

    Parameters
    ----------
    nights : DataFrame
        One row per night, as :func:`read_diary` gives it.
    other : path, open file, folder, list of these, or DataFrame
        The companion: a journal, stress scores, mood and activities, a diary kept beside a
        tracker, any table with a date and habits, a log of doses or drinks with their times. A
        frame is taken as read by :func:`read_diary`, or has a column or an index of dates, in any
        order; where a date has several rows, its last holds.
    labels : {"auto", "evening", "morning", "bedtime", "calendar"}
        What the companion's dates name, as in :func:`read_diary`. Habits without a night beside
        them are those of the day and evening before the night that follows, but under
        ``"morning"``. For a frame, ``"auto"`` means evening; for a file, what the file shows or,
        where a diary's own nights are those of a tracker, what the tracker's nights show.
    **reading
        How a file is read, as in :func:`read_diary`: ``sheet``, ``columns`` and so on.

    Returns
    -------
    DataFrame
        The same nights in the same order, with these columns of the companion: habits and
        circumstances, ratings, naps and comments, and what a device measured that ``nights`` lacks.
        Times and durations of sleep itself are never mixed between two sources. A habit or rating
        whose name is taken gets the companion's format as a suffix (``rested_diary``); what the
        nights hold already, with the same values, is left out and told. In the reading record
        :func:`reading_report` then lists the companion's rows as ``joined`` or ``unmatched``, and
        ``.attrs["sleepstats"]["joins"]`` holds one entry per join with

        ``file`` : name; ``labels`` : what its dates were taken for; ``matched`` : number of nights;
        ``nights_without`` and ``evenings_without`` : the dates (evenings) that stand on one side
        only; ``columns`` : what was added; ``better_shift`` : 0, or the shift in days that would
        fit clearly better. The same file joined once more, also with other options, replaces what
        it had added.

    Raises
    ------
    DiaryError
        If ``nights`` is no frame of nights, the companion cannot be read, or ``labels`` is unknown.

    Warns
    -----
    DiaryWarning
        If the file was joined already. If the companion has no evening in common with the nights.
        If one date is a guess at another night in each. If shifting by one day would fit clearly
        better: the same number in a column of both, the same bed or waking time within 15 min or,
        without these, gaps in clearly more of the same places. The join is made as asked.

    Notes
    -----
    A join on equal dates nearly always finds partners, right or wrong, so both sides are brought to
    evening dates first. The comparison with a shift of one day uses the share of nights on which
    both say the same number or clock time (it has to be 0.2 higher, and 3 standard errors), else
    McNemar's count of evenings matched at one shift only (a surplus of 3, and 2 standard errors).

    Examples
    --------
    >>> import io
    >>> from sleepstats import read_diary
    >>> tracker = read_diary(io.StringIO('''night,into_bed,out_of_bed
    ... 2026-01-05,23:10,07:00
    ... 2026-01-06,23:40,07:10
    ... '''))
    >>> habits = pd.DataFrame({"late_meal": [True, False, True]},
    ...                       index=pd.date_range("2026-01-05", periods=3))
    >>> joined = join_evenings(tracker, habits)
    >>> joined["late_meal"].tolist()
    [True, False]
    """
    check_nights(nights)
    if isinstance(nights.index, pd.MultiIndex) or not len(nights):
        raise DiaryError(
            "nights holds several people, and evenings are joined to those of one, for example "
            "nights.xs(person, level='person')."
            if len(nights)
            else "nights has no rows, so nothing can be joined. Read them with read_diary(path)."
        )
    if labels not in ("auto", *RULES):
        raise DiaryError(f"labels={labels!r}: expected 'auto', {', '.join(map(repr, RULES))}.")
    if isinstance(other, pd.DataFrame):
        frame, record = _of_frame(other, labels)
    else:
        with of_a_companion():
            frame, record = _of_file(nights, other, labels, reading)
    name, dates = record["file"], pd.DatetimeIndex(frame.index)
    if (cleared := _without_itself(nights, record, dates)) is not None:
        nights, again = cleared, "joined again: its columns replace those of before."
        record = Record(record | {"notes": [*record["notes"], again]})
        warnings.warn(DiaryWarning(f"{name}: {again}"), stacklevel=3)
    common = frame.index.intersection(nights.index)
    if not len(common):
        span = [f"{min(d)} to {max(d)}" for d in map(_dates, (frame.index, nights.index))]
        apart = (
            f"{name}: no evening in common with the nights. It covers {span[0]}, the nights "
            f"{span[1]}: its columns hold nothing. Check that both are of the same person and year."
        )
        warnings.warn(DiaryWarning(apart), stacklevel=3)
    added = _columns_to_add(nights, frame, record)
    left = [n for n in frame.columns.difference([*DICTIONARY, *added]) if not n.endswith(_BEFORE)]
    held = [name for name in added if held_already(nights, frame[name])]
    added = {old: new for old, new in added.items() if old not in held}
    told = ("the nights hold the same already; left out here.", held), ("not joined.", left)
    one = [f"{', '.join(map(repr, names))}: {why}" for why, names in told if names]
    record = Record(record | {"notes": [*record["notes"], *one]})
    columns = {new: frame[old].reindex(nights.index) for old, new in added.items()}
    joined = pd.concat([nights, pd.DataFrame(columns)], axis=1)
    shift, sentence = better_shift(nights, frame)
    sentence = sentence or (habits.two_rules(told_of(nights), record) if labels == "auto" else "")
    entry = {
        "file": name,
        "labels": record["labels"] if labels == "auto" else labels,
        "matched": len(common),
        "nights_without": _dates(nights.index.difference(frame.index)),
        "evenings_without": _dates(frame.index.difference(nights.index)),
        "columns": list(added.values()),
        "better_shift": shift,
    }
    joined.attrs[RECORD] = _extended(told_of(nights), nights.index, _Joined(
        record, entry, added, sentence, dates))  # fmt: skip
    if any(pd.api.types.is_datetime64_any_dtype(joined[c].dtype) for c in added.values()):
        joined = add_measures(joined)
    if sentence:
        warnings.warn(DiaryWarning(f"{name}: {sentence}"), stacklevel=3)
    return joined


def _of_frame(other: pd.DataFrame, labels: str) -> tuple[pd.DataFrame, Record]:
    """Take a frame as it is, its dates brought to evenings."""
    if isinstance(other.index, pd.MultiIndex):
        raise DiaryError("The joined frame holds several people. Give the evenings of one, for "
                         "example other.xs(person, level='person').")  # fmt: skip
    frame = habits.dated_frame(other).rename_axis(index=NIGHT)
    check_nights(frame)
    if not len(frame):
        raise DiaryError("The joined frame has no rows: nothing to join. Give one row per evening.")
    turned = [str(name) for name, t in frame.dtypes.items() if str(t).startswith(">")]
    frame = frame.assign(**{name: frame[name].astype(float) for name in turned})
    if labels == "morning":
        frame.index = pd.DatetimeIndex(frame.index) - pd.Timedelta(days=1)
    days = frame.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    record = Record(told_of(other))
    if not {"rows", "files", "file", "format", "labels", "columns", "notes"} <= set(record):
        record = Record(
            file="the joined frame", files=["the joined frame"], format="frame",
            rows_read=len(frame), labels="evening", columns={}, notes=[],
            rows={
                "file": np.zeros(len(frame), dtype=int), "line": np.arange(1, len(frame) + 1),
                "day": days, "status": np.full(len(frame), "used", dtype=object), "problem": {},
            },
        )  # fmt: skip
    elif labels == "morning":
        day = record["rows"]["day"]
        moved = np.where(day == NO_NIGHT, day, day - 1)
        record = Record(record | {"rows": record["rows"] | {"day": moved}})
    return frame, Record(record)


def _of_file(
    nights: pd.DataFrame, other: Any, labels: str, reading: dict[str, Any]
) -> tuple[pd.DataFrame, Record]:
    """Read a companion that holds nights of its own, or evenings only."""
    options = checked_options(labels=labels, **reading)
    drafts, left_out = gather(other, "auto", known_formats(), options)
    if not of_people(nights):
        beside = told_of(nights).get("file", "the nights")
        drafts = dated_by(drafts, nights_of_frame(nights), beside)
    if any(draft.role != "evenings" for draft in drafts):
        # The warning points at the line that called join_evenings: one call further out.
        frame = assemble(drafts, options, strict=False, left_out=left_out, stacklevel=6)
        return frame, frame.attrs[RECORD]
    fates = [fate_of(draft) for draft in drafts]
    frame = companion_frame(drafts, fates).rename_axis(index=NIGHT)
    record = record_of(drafts, fates, options, left_out, first=drafts[0])
    if frame.empty:
        raise DiaryError(f"{record['file']}: no row names an evening, so nothing can be joined.")
    record["notes"] += huge_dropped(frame)
    if assumed := "\n  ".join(note for draft in drafts for note in draft.assumed):
        warnings.warn(DiaryWarning(f"{record['file']}: {assumed}"), stacklevel=5)
    frame.attrs[RECORD] = record
    return frame, record


def _columns_to_add(nights: pd.DataFrame, frame: pd.DataFrame, record: Record) -> dict[str, str]:
    """Return the companion's name -> the joined name."""
    added: dict[str, str] = {}
    for name in frame.columns:
        column = column_of(frame, name)
        one = column.kind == getattr(DICTIONARY.get(name), "kind", column.kind)
        asked = goes_beside(name, vars(column) | {"kind": column.kind * one})
        # These are computed anew from the joined clock time and the bed time of these nights.
        if asked and not (name.endswith(_BEFORE) and name.removesuffix(_BEFORE) in frame):
            suffixed = f"{name}_{record['format']}"
            added[name] = unused_names([suffixed], {*nights})[suffixed] if name in nights else name
        elif one and column.kind == "device" and name not in nights:
            added[name] = name
    return added


class _Joined(NamedTuple):
    """One companion as it was joined: its record, what is told of it, its names here, its dates."""

    record: Record
    entry: dict[str, Any]
    added: dict[str, str]
    better: str
    dates: pd.DatetimeIndex

    def is_again(self, record: Record, dates: pd.DatetimeIndex) -> bool:
        """Say whether a file is this one: name, headers, evenings, a day on by another rule."""
        mine, theirs = (set(one.get("roles", ())) for one in (self.record, record))
        days = (0,) if self.record["labels"] == record["labels"] else (-1, 0, 1)
        held = any((self.dates + pd.Timedelta(days=n)).isin(dates).all() for n in days)
        named = self.record["file"] == record["file"] and record["format"] != "frame"
        return named and mine <= theirs and held


def _without_itself(
    nights: pd.DataFrame, record: Record, dates: pd.DatetimeIndex
) -> pd.DataFrame | None:
    """Return the nights as if a file had not been joined yet; None where it was not."""
    own = told_of(nights)
    past: list[_Joined] = own.get("joined", [])
    kept = [one for one in past if not one.is_again(record, dates)]
    if len(kept) == len(past):
        return None
    base = Record(own["unjoined"])
    for one in kept:
        base = _extended(base, nights.index, one)
    gone = {name for one in past if one not in kept for name in one.added.values()}
    clocks = {name for name in gone & {*nights} if nights[name].dtype.kind == "M"}
    gone |= {f"{name}{_BEFORE}" for name in clocks}
    without = nights.drop(columns=[name for name in nights if name in gone])
    without.attrs[RECORD] = base
    return without


def _extended(own: dict[str, Any], evenings: pd.Index[Any], joined: _Joined) -> Record:
    """Return the nights' record with the companion's rows, columns and counts."""
    record, entry, added, better, _ = joined
    told = dict(own.get("columns", {}))
    for old, new in added.items():
        known = DICTIONARY.get(old)
        meta: dict[str, Any] = dict(record["columns"].get(old, {}))
        if new != old:  # under which the dictionary does not know the column
            if known is not None:
                meta = {"kind": known.kind, "when": known.when, "label": known.label} | meta
            meta["label"] = f"{meta.get('label', old)} ({record['format']})"
        told |= {new: meta} if meta else {}
    notes = [
        *own.get("notes", []),
        *(both_forms(f"{entry['file']}: {marked(note)}") for note in record["notes"]),
        _counts(entry, len(evenings)),
    ]
    notes += [both_forms(f"{entry['file']}: {marked(better)}")] if better else []
    extended: dict[str, Any] = own | {
        "columns": told,
        "notes": notes,
        "joins": [*own.get("joins", []), entry],
        "beside": [*own.get("beside", []), *beside_of(record, entry)],
        "unjoined": own.get("unjoined", own),
        "joined": [*own.get("joined", []), joined],
    }
    if "rows" in own:
        days = {*evenings.to_numpy().astype("datetime64[D]").astype(np.int64).tolist()}
        sources = [*own.get("sources", []), *record.get("sources", [])]
        extended |= _rows_together(own, record, days) | {"sources": sources}
    return Record(extended)


def _rows_together(own: dict[str, Any], record: Record, days: set[int]) -> dict[str, Any]:
    """Append the companion's rows, each joined or unmatched."""
    mine, theirs = own["rows"], record["rows"]
    base, files = len(mine["line"]), len(own["files"])
    status, day, problem = [], [], dict(mine["problem"])
    for i, (then, fate) in enumerate(zip(theirs["day"].tolist(), theirs["status"], strict=True)):
        text = theirs["problem"].get(str(i), "")
        if fate in ("used", "repaired", "joined") and then in days:
            fate = "joined"
        elif fate in ("used", "repaired", "joined") and then != NO_NIGHT:
            night = f"there is no night of {np.datetime64(then, 'D')}: not joined."
            text = f"{text}{'; ' * bool(text)}line {theirs['line'][i]}: {night}"
            fate, then = "unmatched", NO_NIGHT
        elif then not in days:
            then = NO_NIGHT
        status.append(fate)
        day.append(then)
        if text:
            problem[str(base + i)] = text
    more = {"file": files + theirs["file"], "line": theirs["line"], "day": np.array(day, np.int64),
            "status": np.array(status, dtype=object)}  # fmt: skip
    rows = {key: np.concatenate([mine[key], values]) for key, values in more.items()}
    return {"files": [*own["files"], *record["files"]], "rows": rows | {"problem": problem}}


def _counts(entry: dict[str, Any], nights: int) -> str:
    """Say how many nights and evenings found each other."""
    here, there, both = (entry[x] for x in ("nights_without", "evenings_without", "matched"))
    text = (
        f"{entry['file']}: joined by {entry['labels']} date brought to the evening; {both} of "
        f"{nights} nights and of its {both + len(there)} evenings match"
    )
    if here:
        text += f"; {len(here)} nights have no entry there ({here[0]} to {here[-1]})"
    if there:
        text += f"; {len(there)} of its evenings have no night ({there[0]} to {there[-1]})"
    return f"{text}."


def _dates(index: pd.Index) -> list[str]:
    return [str(day) for day in index.to_numpy().astype("datetime64[D]")]
