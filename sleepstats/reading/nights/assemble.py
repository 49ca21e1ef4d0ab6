"""Drafts in, ``nights`` out: one row per night, and a record of what became of every source row."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import LATENCY, Objects, latency_refusal
from sleepstats.checks import COUNTED, DURATIONS
from sleepstats.columns import CLOCKS, DICTIONARY, NIGHT, RECORD, column_of
from sleepstats.errors import DiaryError, DiaryWarning, advice, marked
from sleepstats.measures import measured
from sleepstats.reading.nights import (
    Draft,
    Options,
    companions,
    dates_left_open,
    entries,
    plausible,
    sentences,
    tracker_nights,
)
from sleepstats.reading.nights import record as account

#: What differs where one thing is told of several sheets, and what is said of it once.
_COUNTS, _ELSEWHERE = re.compile(r"\d+ of \d+|\d+ rows?"), " (So in other files or sheets, too.)"
#: Order of the columns of a freshly read frame; the rest follows in the file's order.
_FIRST = (*CLOCKS, "sol_min", "waso_min", "nawk", "tib_min", "spt_min", "tst_min", "twak_min",
          "se_pct", "midsleep_h", "quality", "rested", "mood_on_waking", "nap_min")  # fmt: skip

#: Nights before and after these are refused: other calendars, or none.
_YEARS = (np.datetime64("1000-01-01", "D"), np.datetime64("9990-12-31", "D"))
_SEE_ROWS = advice("sleepstats.reading_report(nights)", "sleepstats check FILE")
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
    """Turn the drafts of one or several files into ``nights``."""
    mains, others = companions.split_roles(drafts)
    if not mains:
        raise DiaryError([entries.only_companion(draft) for draft in drafts])
    fates = [
        _fates(draft) if i in mains else companions.fate_of(draft) for i, draft in enumerate(drafts)
    ]
    own, own_fates = [drafts[i] for i in mains], [fates[i] for i in mains]
    notes = [*left_out, *_across_files(own, own_fates)]
    _kinds_apart(own)
    nights, problem = _frame(own, own_fates)
    own[0].assumed += account.tell_lost_years(nights.index.to_numpy())
    entries.tell_open_dates(drafts)
    notes += _what_else(nights)

    keys = companions.nights_by_key(own, own_fates)
    for i in [*mains, *others]:
        if i in others or drafts[i].aside is not None or drafts[i].evenings is not None:
            nights, counts = companions.join_companion(nights, drafts[i], fates[i], keys)
            notes.append(counts)

    # The measures ask the record what a column is, so it is there before them; they find things
    # that it has to tell, so it is completed after them.
    nights.attrs[RECORD] = account.record_of(drafts, fates, options, notes, first=own[0])
    if own[0].labels == "calendar":
        nights = dates_left_open.habits_after(nights, own[0].pasted or None)
    plausible.drop_impossible(nights, problem)
    nights = measured(nights, problem)
    record = account.Record(nights.attrs[RECORD])
    told = [*plausible.tell_nights_away(nights, problem), *_latency(nights)]
    record["notes"] = [*record["notes"], *told]
    account.take_back_problems(record, nights.index, problem)

    # at once: a column is put into a frame of hundreds only with a warning
    texts = pd.DataFrame({"problem": pd.array(problem, dtype="str")}, index=nights.index)
    nights = _ordered(pd.concat([nights, texts], axis=1))
    nights.attrs[RECORD] = record
    _speak(record, drafts, strict, stacklevel)
    return nights


def _what_else(nights: pd.DataFrame) -> list[str]:
    """Tell of a diary that is still blank, and of the sheet of a trial."""
    ask = advice("analyse_trial(nights, FILE)", "sleepstats trial analyse FILE")
    sheet = f"This is the sheet of a trial: {ask} says what it showed."
    told = [sheet] * ("trial_plan" in nights)
    own = (name for name in nights if column_of(nights, str(name)).kind != "control")
    if len(nights) and not any(nights[name].notna().any() for name in own):
        blank = f"Nothing is filled in yet: the rows ({len(nights)}) have a date and nothing else."
        told.append(f"{blank} Fill in a row each morning, then read the file again.")
    return told


def _fates(draft: Draft) -> account.Fate:
    """Return the status of each row, and sentences for those that did not become a night."""
    status = account.alike("used", len(draft.table))
    why: dict[int, str] = {}
    beyond = (draft.night < _YEARS[0]) | (draft.night > _YEARS[1])
    for position in np.flatnonzero(beyond).tolist():
        dated = f"dated {draft.night[position]}, a year of no diary. Correct the date."
        draft.refused[position] = dated
    if beyond.any():
        draft.night = np.where(beyond, np.datetime64("NaT", "D"), draft.night)
    draft.correct_year()
    several = any(one is not None for one in (draft.evenings, draft.aside, draft.part_of))
    if draft.of_product and not several:
        said = [v for name, v in draft.columns.items() if name not in ("zone", "device")]
        held = np.any([~pd.isna(values) for values in said] or [True], axis=0)
        for position in np.flatnonzero(~held & ~np.isnat(draft.night)).tolist():
            draft.refused[position] = f"nothing was measured on {draft.night[position]}."
            draft.night[position] = np.datetime64("NaT", "D")
    lost = np.isnat(draft.night)
    status[lost] = "refused"
    for position in np.flatnonzero(lost).tolist():
        why[position] = draft.refused.get(position, "no date could be read from this row.")
    for position, (fate, sentence) in tracker_nights.settle(draft).items():
        if position not in draft.refused or fate != "joined":
            status[position] = fate
            why.pop(position, None)
        if sentence and status[position] == fate:
            why[position] = sentence
    return status, why


def _across_files(drafts: Sequence[Draft], fates: Sequence[account.Fate]) -> list[str]:
    """Keep the first file's row where several files hold the same night; count the others."""
    if len(drafts) < 2:
        return []
    seen: dict[Any, tuple[str, int, dict[str, Any]]] = {}
    notes: list[str] = []
    for draft, (status, why) in zip(drafts, fates, strict=True):
        again, other = 0, 0
        spans = (
            {*CLOCKS, "tib_min", "tst_min"} & {*draft.columns} if draft.format == "diary" else ()
        )
        for i in (rows := np.flatnonzero(status == "used").tolist()):
            own = {name: v for name in spans if (v := draft.columns[name][i]) == v}
            night = draft.night[i]
            if night in seen:
                name, line, times = seen[night]
                other += any(times.get(x, told) != told for x, told in own.items())
                status[i] = "duplicate"
                why[i] = f"the night of {night} was already read from {name}, line {line}."
                again += 1
            else:
                seen[night] = (draft.table.name, int(draft.table.line[i]), own)
        if other >= max(5, 0.8 * len(rows)):
            told = "If they are of two people, read them one by one; if of one, leave one out."
            raise DiaryError(f"{draft.table.name}: {other} nights are others in {name}. {told}")
        if again:
            told = "of its nights were already read from another file, whose rows were kept."
            notes.append(f"{draft.table.name}: {again} {told}")
    products = sorted({draft.format for draft in drafts})
    if len(products) > 1:
        notes.append(
            f"The nights come from files of several formats ({', '.join(products)}), which do not "
            "measure alike: ask about them one by one."
        )
    return notes


def _kinds_apart(drafts: Sequence[Draft]) -> None:
    """Keep apart what is of one name in several files and of another kind, the first as it is.

    0 and 1 beside yes and no are an answer, too. So is what is to be a number and is none.
    """
    for draft in drafts:
        for name in [name for name in draft.columns if name in (*COUNTED, *DURATIONS, "se_pct")]:
            values = pd.Series(draft.columns[name])
            if not pd.api.types.is_numeric_dtype(values.dtype) and values.notna().any():
                kind = companions.kind_of(draft.columns[name])
                other = companions.put_apart(draft, name, kind, draft.columns, "a diary: numbers")
                draft.columns[other] = draft.columns.pop(name)
    if len(drafts) < 2:
        return
    names = dict.fromkeys(name for draft in drafts for name in draft.columns)
    for name in names:
        kinds = {
            i: companions.kind_of(draft.columns[name])
            for i, draft in enumerate(drafts)
            if name in draft.columns and not bool(pd.isna(draft.columns[name]).all())
        }
        if len(set(kinds.values())) < 2:
            continue
        numbers = [i for i, kind in kinds.items() if kind == "number"]
        if set(kinds.values()) == {"yes_no", "number"} and all(
            _zero_or_one(drafts[i].columns[name]) for i in numbers
        ):
            for i in numbers:
                drafts[i].columns[name] = _answers(drafts[i].columns[name])
                header = drafts[i].told.get(name, {}).get("header", name)
                drafts[i].assumed.append(
                    f"Column {header!r} holds 0 and 1, and yes and no in another file: taken for "
                    "no and yes."
                )
            continue
        first = next(iter(kinds.values()))
        taken = dict.fromkeys([*names, *(n for draft in drafts for n in draft.columns)])
        apart: dict[str, str] = {}
        for i, kind in kinds.items():
            if kind != first:
                own = apart.get(kind)
                free = {*taken} - ({own} if own else set())
                apart[kind] = companions.put_apart(drafts[i], name, kind, free)
                drafts[i].columns[apart[kind]] = drafts[i].columns.pop(name)


def _zero_or_one(values: Any) -> bool:
    return bool(pd.Series(values).dropna().isin((0.0, 1.0)).all())


def _answers(values: Any) -> Any:
    """Return 0 and 1 as no and yes."""
    blank = np.isnan(given := np.asarray(values, dtype=float))
    return pd.arrays.BooleanArray(given == 1.0, blank)


def _no_night(drafts: Sequence[Draft], fates: Sequence[account.Fate]) -> list[str]:
    sentences = []
    for draft, (_, why) in zip(drafts, fates, strict=True):
        if not len(draft.table):
            at = next((line for line, why in draft.table.skipped if why == "header"), 1)
            sentences.append(
                f"{draft.table.name}: there is a header (line {at}) but no row below it. Export "
                "again, or check the period."
            )
        sentences += [
            f"{draft.table.name}, line {int(draft.table.line[i])}: {text}"
            for i, text in why.items()
        ]
    return sentences or [
        f"{draft.table.name}: no row of it became a night ({_became(status)}). Check that it is "
        "the export of nights, and of the period meant."
        for draft, (status, _) in zip(drafts, fates, strict=True)
    ]


def _became(status: Objects) -> str:
    """Count what the rows became, in words."""
    counts = Counter(status.tolist())
    return ", ".join(f"{count} {fate}" for fate, count in counts.items()) or "there is none"


def _frame(drafts: Sequence[Draft], fates: Sequence[account.Fate]) -> tuple[pd.DataFrame, Objects]:
    """Return the nights in order and, apart from them, what is to be told of each."""
    used = [np.flatnonzero(status == "used") for status, _ in fates]
    if not sum(map(len, used)):
        raise DiaryError(_no_night(drafts, fates))
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
    problem = account.alike("", len(night))
    offset = 0
    for draft, rows in zip(drafts, used, strict=True):
        if draft.problems and len(rows):
            told = np.array(list(draft.problems), dtype=np.intp)
            at = np.minimum(np.searchsorted(rows, told), len(rows) - 1)
            own = {row: sentences(draft.problems[row]) for row in told[rows[at] == told].tolist()}
            problem[offset + np.searchsorted(rows, [*own])] = [*account.placed(draft, own).values()]
        offset += len(rows)
    problem, had = problem[order], data.pop("problem", None)
    if had is not None and drafts[0].format == "nights":  # as it was written out
        problem = np.where([isinstance(text, str) for text in had], had, problem)
    return pd.DataFrame(data, index=index, copy=False), problem


def _take(values: Any, rows: np.ndarray) -> Any:
    return values if len(rows) == len(values) else values.take(rows)


def _together(parts: list[Any], lengths: list[int]) -> Any:
    """Concatenate one column over files; a file without it contributes missing values."""
    if len(parts) == 1:
        return parts[0]
    kind = next(part for part in parts if part is not None)
    parts = [None if part is None or bool(pd.isna(part).all()) else part for part in parts]
    kind = next((part for part in parts if part is not None), kind)
    series = [
        pd.Series(part) if part is not None else pd.Series([None] * n, dtype=object)
        for part, n in zip(parts, lengths, strict=True)
    ]
    joined = pd.concat([s for s in series if len(s)] or series[:1], ignore_index=True)
    return joined.astype(kind.dtype if kind.dtype != object else "str").array


def _ordered(nights: pd.DataFrame) -> pd.DataFrame:
    """Order the columns: clocks, durations, ratings, what was done, checks."""
    names = nights.columns.tolist()
    first = [name for name in _FIRST if name in names]
    last = [name for name in names if name in DICTIONARY and DICTIONARY[name].kind == "control"]
    middle = [name for name in names if name not in first and name not in last]
    # take, as selecting by name copies the attrs and looks up each column
    return nights.take(nights.columns.get_indexer(pd.Index([*first, *middle, *last])), axis=1)


def _latency(nights: pd.DataFrame) -> list[str]:
    """Say at once when the latency column is an app's rule and not a measurement."""
    if LATENCY not in nights or not nights[LATENCY].notna().any():
        return []
    reason = latency_refusal(nights)
    return [f"{account.LATENCY_NOTE}{reason}."] if reason else []


def _speak(record: account.Record, drafts: Sequence[Draft], strict: bool, stacklevel: int) -> None:
    """Warn once per file, of what is the same in several once; with ``strict`` raise with all."""
    forms = ({_COUNTS.sub("", note) for note in (*d.assumed, *d.weighty)} for d in drafts)
    often = Counter(form for some in forms for form in some)
    rows = record["rows"]
    told = np.fromiter(map(int, rows["problem"]), dtype=np.intp)
    told = told[[state not in _NOTHING_WRONG for state in rows["status"][told].tolist()]]
    for number, draft in enumerate(drafts):
        name = draft.table.name
        own = told[rows["file"][told] == number]
        shown = own if strict else own[: account.SHOWN]
        texts = [f"{name}, {marked(rows['problem'][str(i)])}" for i in shown.tolist()]
        if strict and (texts or draft.assumed):
            raise DiaryError([*texts, *(f"{name}: {note}" for note in draft.assumed)])
        new = {n: often[_COUNTS.sub("", n)] for n in (*draft.assumed, *draft.weighty)}
        if texts or any(k and (n in draft.assumed or "blank_is_no" in n) for n, k in new.items()):
            refused = sum(1 for r in record["refused"] if r["file"] == name)
            head = (
                f"{name}: {len(draft.table)} rows read, {refused} refused, "
                f"{len(own)} with something to tell{'' if texts else ', but of the whole file'}. "
                f"See every row: {_SEE_ROWS}."
            )
            notes = "".join(f"\n  {n}{_ELSEWHERE * (k > 1)}" for n, k in new.items() if k)
            often -= Counter({_COUNTS.sub("", note): len(drafts) for note in new})
            text = head + notes + account.first_problems(texts, len(own))
            warnings.warn(DiaryWarning(text), stacklevel=stacklevel)
