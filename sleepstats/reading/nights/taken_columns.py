"""A free-text column of what was taken, as columns: each thing yes or no, its dose, its time."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.columns import name_from_header, split_unit
from sleepstats.reading.cells import distinct, read_clocks, says_missing
from sleepstats.reading.cells.tags import unused_names
from sleepstats.reading.cells.taken import SAME, Taken, read_taken
from sleepstats.reading.nights.diary_clocks import evening_clock
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.text import Cells

#: One answer per row: what was taken, None where the row has no answer.
Answers = list[list[Taken] | None]

_ABOUT = re.compile(
    r"medi[ck]|médic|supplement|supplément|suplement|nahrungserg|\bpills?\b|\bdrugs?\b|remed|"
    r"tablet|vitamin|melatonin|mélatonin|magnesium|sleep(ing)? aid|schlafmittel|somnif|lekarstv|"
    r"лекарств"
)
#: Under a header that does not speak of medicines at least this share of the answers has a dose.
_MOSTLY = 0.5
#: More things than these are no habits any more.
_MOST_THINGS = 20
#: "Same" after a longer silence is not read.
_SAME_WITHIN_DAYS = 7


def take_taken(
    draft: Draft, cells: Cells, header: str, name: str, told: dict[str, Any], reference: Floats
) -> bool:
    """Add the columns of what was taken, if the text column is one of that kind."""
    texts, codes = distinct(cells)
    read = [None if says_missing(text) else read_taken(text) for text in texts]
    answers: Answers = [read[code] for code in codes.tolist()]
    same = np.array([text.casefold().rstrip(".!") in SAME for text in texts])[codes]
    own = [None if again else one for one, again in zip(answers, same.tolist(), strict=True)]
    things = _things(own)
    if not _is_such(own, header) or len(things) > _MOST_THINGS:
        return False
    _take_over_same(draft, answers, same, header)
    alone = set(things) == {""}
    columns: list[str] = []
    part = {key: value for key, value in told.items() if key == "when"}
    for thing, label in things.items():
        if not thing and not alone:
            continue
        plain = name if alone else name_from_header(label)
        words = label or _label(name)
        columns += _put_thing(draft, answers, thing, plain, header, words, part, reference)
    _tell_odd(draft, answers, header, alone)
    draft.notes.append(
        f"Column {header!r} is read as what was taken, how much and when: {', '.join(columns)}."
    )
    return True


def _is_such(answers: Answers, header: str) -> bool:
    """Say whether the answers speak of doses."""
    some = [one for one in answers if one]
    dosed = sum(any(part.unit for part in one) for one in some)
    timed = sum(any(not part.bare for part in one) for one in some)
    if _ABOUT.search(header.casefold()):
        return timed > 0
    return dosed >= 2 and dosed >= _MOSTLY * len(some)


def _take_over_same(draft: Draft, answers: Answers, same: Bools, header: str) -> None:
    """Put the answer before in the place of "same", night by night."""
    last, day = None, np.datetime64("NaT", "D")
    count = 0
    night = draft.night.astype("datetime64[D]")
    for i in np.argsort(night, kind="stable").tolist():
        if same[i]:
            near = last is not None and night[i] - day <= np.timedelta64(_SAME_WITHIN_DAYS, "D")
            answers[i] = last if near else None
            count += near
            if not near:
                draft.tell(i, header, "'same', but there is no answer shortly before: not used.")
        if answers[i] is not None:
            last, day = answers[i], night[i]
    if count:
        rows = "1 row" if count == 1 else f"{count} rows"
        draft.notes.append(f"Column {header!r}: 'same' in {rows} is read as the answer before.")


def _things(answers: Answers) -> dict[str, str]:
    """Return the things named, case ignored, and how each is written most often."""
    spelt = Counter(part.name for one in answers if one for part in one)
    things: dict[str, str] = {}
    for written, _ in spelt.most_common():
        things.setdefault(written.casefold(), written)
    return things


def _put_thing(
    draft: Draft, answers: Answers, thing: str, plain: str, header: str, label: str,
    part: dict[str, Any], reference: Floats,
) -> list[str]:  # fmt: skip
    """Put the columns of one thing; return their names."""
    mine = [[p for p in one or () if p.name.casefold() == thing] for one in answers]
    taken = np.array([bool(parts) for parts in mine], dtype=bool)
    known = taken | np.array([_clear(one) for one in answers], dtype=bool)
    unit, _ = next(iter(Counter(p.unit for one in mine for p in one if p.unit).most_common(1)),
                   ("", 0))  # fmt: skip
    columns: list[tuple[str, Any, str, str]] = []
    if thing or not unit:
        columns.append((plain, pd.arrays.BooleanArray(taken, ~known), label, "factor"))
    if unit:
        dose = np.where(known & ~taken, 0.0, np.nan)
        for i in np.flatnonzero(taken).tolist():
            dose[i] = sum(p.amount if p.unit == unit else np.nan for p in mine[i])
            for other in [p.unit for p in mine[i] if p.unit not in ("", unit)]:
                draft.tell(i, header, f"the dose of {label} is in {other}, elsewhere in {unit}: "
                                      "dose not used.")  # fmt: skip
        always = len(set(dose[dose > 0])) < 2 and bool(thing)  # the same as yes or no
        kind = "control" if always else "factor"
        columns.append((_dose_name(plain, unit, said=not thing), dose, f"{label} dose", kind))
    last = [next((p for p in reversed(parts) if p.timed), Taken()) for parts in mine]
    if any(p.timed for p in last):
        clocks = np.array([p.clock for p in last], dtype=object)
        minutes = draft.parsed(read_clocks(clocks, role="any"), header)
        at = evening_clock(minutes, reference, morning=False, cut_h=draft.day_cut_h)
        hours = np.array([p.before_h for p in last], dtype=np.float64)
        hours = np.where(np.isnan(hours), (reference - at) / 60.0, hours)
        columns.append((f"{plain}_h_before_bed", hours, f"{label}, before bed", "factor"))
    free = unused_names([name for name, *_ in columns], set(draft.columns))
    for name, values, words, kind in columns:
        draft.put(free[name], values, header, kind=kind, label=words, **part)
    return [free[name] for name, *_ in columns]


def _label(name: str) -> str:
    return split_unit(name)[0]


def _dose_name(plain: str, unit: str, *, said: bool) -> str:
    """Return the dose's column; ``said`` where the header itself is about the dose."""
    if plain.endswith(f"_{unit}"):
        return plain
    return f"{plain}_{unit}" if said or plain.endswith("dose") else f"{plain}_dose_{unit}"


def _clear(one: list[Taken] | None) -> bool:
    """Say whether an answer tells all that was taken."""
    return one is not None and not any(p.empty for p in one)


def _tell_odd(draft: Draft, answers: Answers, header: str, alone: bool) -> None:
    """Tell of answers that name nothing, and of numbers that are neither dose nor time."""
    for i, one in enumerate(answers):
        for p in one or ():
            if p.odd:
                draft.tell(i, header, f"{p.odd!r} has no unit and is no time: not used. "
                                      "Write doses as 3 mg, times as 22:30.")  # fmt: skip
            if not p.name and not alone:
                draft.tell(i, header, "does not say what was taken: not used.")
