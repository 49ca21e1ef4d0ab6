"""Drafts in, ``nights`` out: one row per night, and a record of what became of every source row."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.columns import CLOCKS, DICTIONARY, NIGHT, RECORD
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.latency import LATENCY, latency_refusal
from sleepstats.measures.nightly import add_measures
from sleepstats.reading.away import tell_nights_away
from sleepstats.reading.companions import (
    Fate,
    fate_of,
    join_companion,
    nights_by_key,
    split_roles,
)
from sleepstats.reading.draft import Draft, Options, sentences
from sleepstats.reading.limits import drop_impossible
from sleepstats.reading.record import LATENCY_NOTE, NO_NIGHT, STATUSES, Record, first_problems
from sleepstats.reading.same_night import settle

#: Order of the columns of a freshly read frame; the rest follows in the file's order.
_FIRST = (*CLOCKS, "sol_min", "waso_min", "nawk", "tib_min", "spt_min", "tst_min", "twak_min",
          "se_pct", "midsleep_h", "quality", "rested", "mood_on_waking", "nap_min")  # fmt: skip

#: What becomes of a row without anything being wrong with it.
_NOTHING_WRONG = ("skipped", "nap", "merged", "joined")


def assemble(
    drafts: Sequence[Draft],
    options: Options,
    *,
    strict: bool,
    left_out: Sequence[str] = (),
    stacklevel: int = 4,
) -> pd.DataFrame:
    """Turn the drafts of one or several files into ``nights``.

    Parameters
    ----------
    drafts : sequence of Draft
        One per file: nights, and what goes with them.
    options : Options
        As given to ``read_diary``.
    strict : bool
        Raise instead of warning.
    left_out : sequence of str
        Sentences about files of a folder that were not read.
    stacklevel : int
        How far up the caller stands whom a warning is for.

    Raises
    ------
    DiaryError
        If no row can become a night; with ``strict``, if anything at all was wrong.
    """
    mains, others = split_roles(drafts)
    if not mains:
        raise DiaryError([_only_companion(draft) for draft in drafts])
    fates = [_fates(draft) if i in mains else fate_of(draft) for i, draft in enumerate(drafts)]
    own = [drafts[i] for i in mains]
    own_fates = [fates[i] for i in mains]
    notes = [*left_out]
    if len(own) > 1:
        notes += _across_files(own, own_fates)
    used = [np.flatnonzero(status == "used") for status, _ in own_fates]
    if not sum(map(len, used)):
        raise DiaryError(_no_night(own, own_fates))
    nights = _frame(own, used)
    keys = nights_by_key(own, own_fates)
    for i in [*mains, *others]:
        if i in others or drafts[i].aside is not None or drafts[i].evenings is not None:
            nights, counts = join_companion(nights, drafts[i], fates[i], keys)
            notes.append(counts)
    record = record_of(drafts, fates, options, notes, first=own[0])
    nights.attrs[RECORD] = record
    drop_impossible(nights)
    nights = add_measures(nights)
    record = Record(nights.attrs[RECORD])
    record["notes"] = [*record["notes"], *tell_nights_away(nights), *_latency(nights)]
    nights.attrs[RECORD] = record
    _take_back_problems(record, nights)
    nights = nights[_ordered(list(nights.columns))]
    _speak(record, drafts, strict, stacklevel)
    return nights


def _latency(nights: pd.DataFrame) -> list[str]:
    """Say at once when the latency column is an app's rule and not a measurement."""
    if LATENCY not in nights or not nights[LATENCY].notna().any():
        return []
    reason = latency_refusal(nights)
    return [f"{LATENCY_NOTE}{reason}."] if reason else []


def _only_companion(draft: Draft) -> str:
    return (
        f"{draft.table.name}: this file ({draft.why}) holds no nights, only what goes with them. "
        "Read it together with the file of nights of the same export, read_diary([nights, this]), "
        "or join it to another diary: join_evenings(nights, this)."
    )


def _fates(draft: Draft) -> Fate:
    """Return the status of each row, and sentences for those that did not become a night."""
    status = np.full(len(draft.table), "used", dtype=object)
    why: dict[int, str] = {}
    lost = np.isnat(draft.night)
    status[lost] = "refused"
    for position in np.flatnonzero(lost).tolist():
        why[position] = draft.refused.get(position, "no date could be read from this row.")
    for position, (fate, sentence) in settle(draft).items():
        if position not in draft.refused or fate != "joined":
            status[position] = fate
            why.pop(position, None)
        if sentence and status[position] == fate:
            why[position] = sentence
    return status, why


def _across_files(drafts: Sequence[Draft], fates: Sequence[Fate]) -> list[str]:
    """Keep the first file's row where several files hold the same night; count the others."""
    seen: dict[Any, tuple[str, int]] = {}
    notes: list[str] = []
    for draft, (status, why) in zip(drafts, fates, strict=True):
        again = 0
        for i in np.flatnonzero(status == "used").tolist():
            night = draft.night[i]
            if night in seen:
                name, line = seen[night]
                status[i] = "duplicate"
                why[i] = f"the night of {night} was already read from {name}, line {line}."
                again += 1
            else:
                seen[night] = (draft.table.name, int(draft.table.line[i]))
        if again:
            notes.append(
                f"{draft.table.name}: {again} of its nights were already read from another file, "
                "whose rows were kept."
            )
    products = sorted({draft.format for draft in drafts})
    if len(products) > 1:
        notes.append(
            f"The nights come from files of several formats ({', '.join(products)}), which do not "
            "measure alike: ask about them one by one."
        )
    return notes


def _no_night(drafts: Sequence[Draft], fates: Sequence[Fate]) -> list[str]:
    sentences = []
    for draft, (_, why) in zip(drafts, fates, strict=True):
        if not len(draft.table):
            sentences.append(
                f"{draft.table.name}: there is a header (line "
                f"{_header_line(draft)}) but no row below it. Export again, or check the period."
            )
        sentences += [
            f"{draft.table.name}, line {int(draft.table.line[i])}: {text}"
            for i, text in why.items()
        ]
    return sentences


def _header_line(draft: Draft) -> int:
    return next((line for line, why in draft.table.skipped if why == "header"), 1)


def _frame(drafts: Sequence[Draft], used: Sequence[np.ndarray]) -> pd.DataFrame:
    night = np.concatenate([d.night[u] for d, u in zip(drafts, used, strict=True)])
    order = np.argsort(night, kind="stable")
    sorted_already = bool((order == np.arange(len(order))).all())
    index = pd.DatetimeIndex(night[order].astype("datetime64[us]"), name=NIGHT)
    names = list(dict.fromkeys(name for draft in drafts for name in draft.columns))
    data: dict[str, Any] = {}
    for name in names:
        parts = [
            _take(d.columns[name], u) if name in d.columns else None
            for d, u in zip(drafts, used, strict=True)
        ]
        joined = _together(parts, [len(u) for u in used])
        data[name] = joined if sorted_already else joined[order]
    problem = np.full(len(night), "", dtype=object)
    offset = 0
    for draft, rows in zip(drafts, used, strict=True):
        if draft.problems and len(rows):
            told = np.array(list(draft.problems), dtype=np.intp)
            place = np.minimum(np.searchsorted(rows, told), len(rows) - 1)
            for row, at in zip(told.tolist(), place.tolist(), strict=True):
                if rows[at] == row:
                    text = _placed(draft, row, sentences(draft.problems[row]))
                    problem[offset + at] = text
        offset += len(rows)
    data["problem"] = pd.array(problem[order], dtype="str")
    return pd.DataFrame(data, index=index, copy=False)


def _take(values: Any, rows: np.ndarray) -> Any:
    return values if len(rows) == len(values) else values[rows]


def _placed(draft: Draft, row: int, text: str) -> str:
    """Put the line number in front of a problem."""
    joint = "," if text.startswith("column ") else ":"
    return f"line {int(draft.table.line[row])}{joint} {text}"


def _together(parts: list[Any], lengths: list[int]) -> Any:
    """Concatenate one column over files; a file without it contributes missing values."""
    if len(parts) == 1:
        return parts[0]
    kind = next(part for part in parts if part is not None)
    series = [
        pd.Series(part) if part is not None else pd.Series([None] * n, dtype=object)
        for part, n in zip(parts, lengths, strict=True)
    ]
    joined = pd.concat([s for s in series if len(s)] or series[:1], ignore_index=True)
    return joined.astype(kind.dtype if kind.dtype != object else "str").array


def record_of(
    drafts: Sequence[Draft],
    fates: Sequence[Fate],
    options: Options,
    notes: Sequence[str],
    *,
    first: Draft,
) -> Record:
    """Write down what became of every row, and what the files say about their columns."""
    line: list[np.ndarray] = []
    day: list[np.ndarray] = []
    status: list[np.ndarray] = []
    problem: dict[str, str] = {}
    base = 0
    for draft, (fate, why) in zip(drafts, fates, strict=True):
        rows = draft.night.astype("datetime64[D]").astype(np.int64)
        rows[np.isnat(draft.night)] = NO_NIGHT
        if why:
            rows[(fate == "refused") | (fate == "unmatched")] = NO_NIGHT
        texts = {i: _placed(draft, i, sentences(t)) for i, t in draft.problems.items()}
        texts |= {i: _placed(draft, i, t) for i, t in why.items()}
        shown = fate.copy()
        for i in draft.problems:
            if shown[i] == "used":
                shown[i] = "repaired"
        count = len(draft.table)
        above = np.array([n for n, _ in draft.table.skipped], dtype=np.int64)
        lines = np.concatenate([draft.table.line, above])
        if count and (not len(above) or above[-1] < draft.table.line[0]):
            order = np.roll(np.arange(len(lines)), len(above))
        else:
            order = np.argsort(lines, kind="stable")
        line.append(lines[order].astype(np.int64))
        day.append(np.concatenate([rows, np.full(len(lines) - count, NO_NIGHT)])[order])
        skips = np.full(len(lines) - count, "skipped", dtype=object)
        status.append(np.concatenate([shown, skips])[order])
        place = np.empty(len(lines), dtype=np.int64)
        place[order] = np.arange(len(lines))
        problem |= {str(base + int(place[i])): text for i, text in texts.items()}
        for j, (_, reason) in enumerate(draft.table.skipped):
            problem[str(base + int(place[count + j]))] = reason
        base += len(lines)
    problem = dict(sorted(problem.items(), key=lambda item: int(item[0])))
    every = np.concatenate(status)
    plain = every == "used"
    number_of = Counter(every[~plain].tolist()) + Counter(used=int(plain.sum()))
    counts = {name: number_of[name] for name in STATUSES if name in number_of}
    told: dict[str, dict[str, Any]] = {}
    for draft in drafts:
        told |= draft.told
    for name, part in options.when.items():
        told[name] = told.get(name, {}) | {"when": part}
    return Record(
        file=", ".join(d.table.name for d in drafts),
        files=[d.table.name for d in drafts],
        format=first.format,
        format_why="; ".join(dict.fromkeys(d.why for d in drafts)),
        sources=[
            {"file": d.table.name, "format": d.format, "why": d.why, "rows": len(d.table)}
            for d in drafts
        ],
        rows_read=sum(len(d.table) for d in drafts),
        rows_used=counts.get("used", 0) + counts.get("repaired", 0),
        rows_refused=counts.get("refused", 0),
        counts=counts,
        refused=[
            {"file": d.table.name, "line": int(d.table.line[i]), "why": why[i]}
            for d, (fate, why) in zip(drafts, fates, strict=True)
            for i in np.flatnonzero(fate == "refused").tolist()
        ],
        day_cut_h=first.day_cut_h,
        zone=options.tz or first.zone,
        labels=first.labels,
        columns=told,
        notes=list(
            dict.fromkeys([*(note for d in drafts for note in (*d.assumed, *d.notes)), *notes])
        ),
        rows={
            "file": np.repeat(np.arange(len(drafts)), [len(part) for part in line]),
            "line": np.concatenate(line),
            "day": np.concatenate(day),
            "status": every,
            "problem": problem,
        },
    )


def _take_back_problems(record: Record, nights: pd.DataFrame) -> None:
    """Let the row report show what the measures found, too."""
    texts = nights["problem"].to_numpy(dtype=object)
    found = np.flatnonzero(texts != "")
    if not len(found):
        return
    days = nights.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    rows = record["rows"]
    wanted = dict(zip(days[found].tolist(), texts[found].tolist(), strict=True))
    for position in np.flatnonzero(np.isin(rows["day"], days[found])).tolist():
        if rows["status"][position] in ("used", "repaired"):
            text = wanted[rows["day"][position]]
            if not text.startswith("line "):
                text = f"line {rows['line'][position]}: {text}"
            rows["problem"][str(position)] = text


def _ordered(names: list[str]) -> list[str]:
    first = [name for name in _FIRST if name in names]
    last = [name for name in names if name in DICTIONARY and DICTIONARY[name].kind == "control"]
    middle = [name for name in names if name not in first and name not in last]
    return [*first, *middle, *last]


def _speak(record: Record, drafts: Sequence[Draft], strict: bool, stacklevel: int) -> None:
    """Warn once per file, or with ``strict`` raise with everything."""
    rows = record["rows"]
    for number, draft in enumerate(drafts):
        name = draft.table.name
        texts = [
            f"{name}, {text}"
            for position, text in rows["problem"].items()
            if rows["file"][int(position)] == number
            and rows["status"][int(position)] not in _NOTHING_WRONG
        ]
        if strict and (texts or draft.assumed):
            raise DiaryError([*texts, *(f"{name}: {note}" for note in draft.assumed)])
        if texts or draft.assumed:
            refused = sum(1 for r in record["refused"] if r["file"] == name)
            head = (
                f"{name}: {len(draft.table)} rows read, {refused} refused, "
                f"{len(texts)} with something to tell. "
                "See every row: sleepstats.reading_report(nights)."
            )
            notes = "".join(f"\n  {note}" for note in draft.assumed)
            warnings.warn(DiaryWarning(head + notes + first_problems(texts)), stacklevel=stacklevel)
