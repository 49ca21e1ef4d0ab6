"""A free-text column of what was taken, as columns: each thing yes or no, its dose, its time.

The Consensus Sleep Diary asks for medicines, dose and time in one box, and people answer
``Melatonin 3 mg 10:30pm``, ``magnesium 200mg + valerian, 1 h before bed``, ``none`` or ``same``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.clock import format_clock, in_last_half_day, unroll
from sleepstats.columns import name_from_header, split_unit
from sleepstats.reading import cells as of
from sleepstats.reading.cells import clock_words, numbers, parsed
from sleepstats.reading.cells.doses import UNITS, Taken, dose_name, named_things, read_taken
from sleepstats.reading.nights import Draft, records, roles
from sleepstats.reading.nights.diary_clocks import evening_clock
from sleepstats.reading.text import Cells, normal_header
from sleepstats.reading.words import Sense, grades_of, own_name, shapes
from sleepstats.reading.words.header_words import DRUNK, folded

_DISTANCE = re.compile(r"dist|met(er|re|ro)|walk|run|swim|bike|cycl|km|lauf|march|nage|nat")


def bare_amounts(draft: Draft, column: Cells, header: str) -> tuple[Cells, str]:
    """Return counts and amounts without their words, and the unit that all have."""
    mixed, of_dose = bool(DRUNK.search(folded(header))), split_unit(own_name(header))[1]
    dose = of_dose or own_name(header).rpartition("_")[2]  # iu is no unit that names carry
    column = draft.parsed(of.doses.without_thousands(column, dose), header)
    bare = of.bare_counts(column, shares=of_dose not in UNITS, mixed=mixed)
    counts = bare is not column and of.kind_of_cells(bare[~of.answered_none(bare)])
    if own_name(header) == "naps" or counts == "number":
        for i, told in of.worded_counts(column, bare).items():
            draft.tell(i, header, told)
        if (bare != of.bare_counts(column)).any():
            draft.weighty.append(f"Column {header!r}: read as how many, of whatever was drunk.")
        column = bare
    column = draft.zero_for_none(column, header)
    bare, unit = of.without_units(column, of_dose)
    bare = draft.zero_for_none(bare, header) if bare is not column else bare
    # m is minutes but where a way is gone
    return (column, "") if unit == "m" and not _DISTANCE.search(header.casefold()) else (bare, unit)


#: Hours and minutes that do not say which half of the day they are of; 07:30 is of a whole day.
_NO_HALF = re.compile(r"~? ?(?:[1-9]|1[0-2])[:.][0-5]\d ?[?~]?")
_FEW_TIMES, _RARELY, _USUAL_BED_MIN, _SOON_BEFORE_BED_MIN = 5, 0.05, 1380.0, 600.0
_IN_BED_MIN, _NEARLY_ALL = 180.0, 0.8

#: One answer per row: what was taken, None where the row has no answer.
Answers = list[list[Taken] | None]
#: Under a header that does not speak of medicines at least this share of the answers has a dose.
_MOSTLY = 0.5
_OF_THE_DAY = ("habit", "aside")
#: More things than these are no habits any more.
_MOST_THINGS = 20
#: Words for how much, or that it was not noted, which are no things; of so many answers one that
#: stands once and without a dose is none.
_NO_THINGS, _ENOUGH = {*numbers.SIZES, *parsed.word_lists()["forgot"]}, 10
_SAME_WITHIN_DAYS = 7  # "same" after a longer silence is not read


def take_taken(
    draft: Draft, cells: Cells, header: str, name: str, told: dict[str, Any], reference: Floats
) -> bool:
    """Add the columns of what was taken, if the text column is one of that kind."""
    texts, codes = of.distinct(cells)
    unit = split_unit(own_name(header))[1]
    several = max(len(of.times_listed(text)) for text in texts) > 1  # 8am, 2pm: two times
    read = [None if of.says_missing(text) else [_of_header(p, unit) for p in read_taken(text)]
            if not (several and (at := of.times_listed(text)))
            else [Taken("", 1.0, "times", one) for one in at] for text in texts]  # fmt: skip
    answers: Answers = [read[code] for code in codes.tolist()]
    same = np.array([text.casefold().rstrip(".!") in parsed.SAME for text in texts])[codes]
    own = [None if again else one for one, again in zip(answers, same.tolist(), strict=True)]
    if not _is_such(own, header) or len(named_things(own)) > _MOST_THINGS:
        return False
    _leave_unread(draft, answers, same, header)
    things = named_things(
        [None if again else one for one, again in zip(answers, same, strict=True)]
    )
    _take_over_same(draft, answers, same, header)
    alone = set(things) == {""}
    columns: list[str] = []
    part = {key: value for key, value in told.items() if key == "when"}
    for thing, label in (each for each in things.items() if each[0] or alone):
        plain = name if alone else name_from_header(label)
        words = label or split_unit(name)[0]
        columns += _put_thing(draft, answers, thing, plain, header, words, part, reference)
    _tell_odd(draft, answers, header, alone)
    ranges = " Of a range the middle is read." * any(of.doses.without_range(t) != t for t in texts)
    said = f"is read as what was taken, how much and when: {', '.join(columns)}.{ranges}"
    draft.notes.append(f"Column {header!r} {said}")
    return True


def _is_such(answers: Answers, header: str) -> bool:
    """Say whether the answers speak of doses."""
    some = [one for one in answers if one]
    dosed = sum(any(part.unit for part in one) for one in some)
    timed = sum(any(not part.bare for part in one) for one in some)
    if records.OF_MEDICINE.search(header.casefold()):
        return timed > 0
    return dosed >= 2 and dosed >= _MOSTLY * len(some)


def _leave_unread(draft: Draft, answers: Answers, same: Bools, header: str) -> None:
    """Make answers missing, and tell them, that are a word where doses stand: half, forgot.

    Where the header names what was taken, any word; else what stands once, or is a size.
    """
    said = [i for i, one in enumerate(answers) if one and not same[i]]
    parts = [p for i in said for p in answers[i] or ()]
    if any(not (p.name or p.bare) for p in parts):  # 2 mg, and melatonin 1 mg under Melatonin
        of_header = {*re.findall(r"\w+", header.casefold())}
        for i in said:
            answers[i] = [replace(p, name="") if {*p.name.casefold().split()} <= of_header else p
                          for p in answers[i] or ()]  # fmt: skip
        parts = [p for i in said for p in answers[i] or ()]
    dosed = Counter(p.name.casefold() for p in parts if not p.bare)
    often = Counter(p.name.casefold() for p in parts)
    named = 2 * dosed[""] >= len(said) > 0 and dosed[""] == dosed.total()
    for i in said:
        for p in answers[i] or ():
            low = p.name.casefold()
            once = often[low] == 1 and len(said) >= _ENOUGH
            if low and not dosed[low] and (named or once or low in _NO_THINGS):
                draft.tell(i, header, f"{p.name!r} says no dose: not used. Write 3 mg, or none.")
                answers[i] = None


def _of_header(p: Taken, unit: str) -> Taken:
    """Give a number without a unit that of the header: 200 under Caffeine (mg)."""
    if unit not in UNITS or p.unit or not (number := numbers.number_text(p.odd)):
        return p
    name, factor = UNITS[unit]
    return replace(p, amount=float(number.replace(",", ".")) * factor, unit=name, odd="")


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


def _put_thing(
    draft: Draft, answers: Answers, thing: str, plain: str, header: str, label: str,
    part: dict[str, Any], reference: Floats,
) -> list[str]:  # fmt: skip
    """Put the columns of one thing; return their names."""
    mine = [[p for p in one or () if p.name.casefold() == thing] for one in answers]
    taken = np.array([bool(parts) for parts in mine], dtype=bool)
    known = taken | [one is not None and all(p.name or not (thing or p.empty) for p in one)
                     for one in answers]  # fmt: skip
    unit, _ = next(iter(Counter(p.unit for one in mine for p in one if p.unit).most_common(1)),
                   ("", 0))  # fmt: skip
    columns: list[tuple[str, Any, str, str]] = []
    unsaid = np.array([any(p.bare for p in parts) for parts in mine], dtype=bool)
    if thing or not unit or unsaid.any():
        columns.append((plain, pd.arrays.BooleanArray(taken, ~known), label, "factor"))
    if unit:
        dose = np.where(known & ~taken, 0.0, np.nan)
        for i in np.flatnonzero(taken).tolist():
            dose[i] = sum(p.amount if p.unit == unit else np.nan for p in mine[i])
            for other in [p.unit for p in mine[i] if p.unit not in ("", unit)]:
                draft.tell(i, header, f"the dose of {label} is in {other}, elsewhere in {unit}: "
                                      "dose not used.")  # fmt: skip
        always = len(set(dose[dose > 0])) < 2 and bool(columns)  # the same as yes or no
        if unsaid.any() and not thing:
            on = f"{int(unsaid.sum())} of {len(mine)} evenings"
            draft.weighty.append(f"Column {header!r}: yes without how much on {on}: no dose there.")
        kind = "control" if always else "factor"
        counted = unit == "times" or unit in plain.split("_")  # glasses of wine are the dose
        columns.append((dose_name(plain, unit, said=not thing), dose,
                        label if counted else f"{label} dose", kind))  # fmt: skip
    last = [next((p for p in reversed(parts) if p.timed), Taken()) for parts in mine]
    if any(p.timed for p in last):
        _, at = habit_clock(draft, np.array([p.clock for p in last], object), reference, header)
        hours = np.array([p.before_h for p in last], dtype=np.float64)
        hours = np.where(np.isnan(hours), (reference - at) / 60.0, hours)
        columns.append((f"{plain}_h_before_bed", hours, f"{label}, before bed", "factor"))
    free = of.unused_names([name for name, *_ in columns], set(draft.columns))
    for name, values, words, kind in columns:
        draft.put(free[name], values, header, kind=kind, label=words, **part)
    return [free[name] for name, *_ in columns]


def habit_clock(
    draft: Draft, written: Cells, reference: Floats, header: str, *, part: str = ""
) -> tuple[Floats, Floats]:
    """Return a habit's clock times, and the same in minutes after the evening's midnight.

    In a diary on a 12-hour clock without am and pm each is the last such time before bed; where
    nearly all of what can be done in bed are near it, until three hours after.
    """
    clock = draft.parsed(of.read_clocks(written, role="any"), header)
    bare = np.isfinite(clock) & [not re.search("[ap]\\.? ?m", cell or "", re.I) for cell in written]
    open_yet = (
        draft.twelve_hour and part != "morning" and bare.any() and not (clock[bare] >= 780.0).any()
    )
    if open_yet and np.isfinite(reference).any():
        bed = np.where(np.isnan(reference), np.nanmedian(reference), reference)[bare]
        near = np.mod(bed + _IN_BED_MIN - clock[bare], 720.0) < 2 * _IN_BED_MIN
        of_day = shapes.first_hour("of either half", header)
        later = _IN_BED_MIN if not of_day and near.mean() >= _NEARLY_ALL else 0.0
        clock[bare] = in_last_half_day(clock[bare], bed + later)
        draft.assumed.append(
            f"Column {header!r}: times without am or pm are taken for the last half day before "
            f"{'3 h after ' * bool(later)}bed, as the bed times are on a 12-hour clock (7:05 is "
            "19:05). Otherwise write am."
        )
    elif part != "morning":
        clock = _half_day(draft, clock, written, reference, header)
    at = evening_clock(clock, reference, morning=part == "morning", cut_h=draft.day_cut_h)
    return clock, unroll(clock, draft.day_cut_h) if part == "night" else at


def _half_day(
    draft: Draft, clock: Floats, written: Cells, reference: Floats, header: str
) -> Floats:
    """Read 7:30 of an evening meal as 19:30, and leave 2:30 of coffee aside; both are told."""
    said = np.flatnonzero(np.isfinite(clock))
    shown = [written[i].strip() for i in said.tolist()]
    if len(said) < _FEW_TIMES or not all(map(_NO_HALF.fullmatch, shown)):
        return clock
    bed = float(np.nanmedian(reference)) if np.isfinite(reference).any() else _USUAL_BED_MIN
    if np.median(np.mod(bed - clock[said] + 120.0, 1440.0)) < _SOON_BEFORE_BED_MIN:
        return clock  # at 2:30, to bed at 3:10
    for part, later in (("behind noon", True), ("of either half", False)):
        if not (hour := shapes.first_hour(part, header)):
            continue
        where = np.flatnonzero(early := clock < 60.0 * hour).tolist()
        if not where:
            return clock
        cell, other = written[where[0]].strip(), format_clock((clock[where[0]] / 60.0 + 12.0) % 24)
        if later:
            draft.assumed.append(
                f"Column {header!r}: {cell!r} is read as {other}, as no time in it is of a 24-hour "
                f"clock. Write {other}, or am where it was the morning."
            )
            return np.where(early, np.mod(clock + 720.0, 1440.0), clock)
        told = f"is read as morning. Write {other} if it was after noon, else am."
        wished = normal_header(header) in map(normal_header, draft.options.when)
        if wished or len(where) < max(2.0, _RARELY * len(said)):
            draft.tell(where[0], header, f"{cell!r} {told}")
            return clock
        draft.weighty.append(
            f"Column {header!r}: {cell!r} {told} As nothing says which half of the day its "
            "times are of, it is not asked about."
        )
        draft.sense[header] = roles.EITHER
    return clock


def none_of_it(draft: Draft, column: Cells, header: str) -> Cells:
    """Take no coffee, and skipped, among clock times for no time; tell it once."""
    none = of.none_of_it(column)
    rest = np.where(none, "", np.asarray(column, dtype=object)).astype(object)
    if not none.any() or of.kind_of_cells(rest) != "clock":
        return column
    words = ", ".join(map(repr, of.distinct(column[none])[0][:3]))
    rows = f"{int(none.sum())} row{'s' * (int(none.sum()) > 1)}"
    draft.notes.append(f"Column {header!r}: {words} in {rows} is read as no time.")
    return rest


def _tell_odd(draft: Draft, answers: Answers, header: str, alone: bool) -> None:
    """Tell of answers that name nothing, and of numbers that are neither dose nor time."""
    for i, one in enumerate(answers):
        for p in one or ():
            if p.odd:
                draft.tell(i, header, f"{p.odd!r} has no unit and is no time: not used. "
                                      "Write doses as 3 mg, times as 22:30.")  # fmt: skip
            if not p.name and not alone:
                draft.tell(i, header, "does not say what was taken: not used.")


def take_grades(
    draft: Draft, name: str, column: Cells, header: str, of_scale: str = "", **told: Any
) -> bool:
    """Take words of one scale, such as low, medium, high, as steps, and say their order."""
    texts, codes = of.distinct(column)
    said = [t for t in texts if not of.says_missing(t) or ("+" in texts and t.strip("-–—−") < t)]
    scales = (of_scale, "signs", "letters") if of_scale else ("",)
    ranks = next(filter(None, (grades_of(said, scale) for scale in scales)), None)
    if not ranks or (of_scale and len({*ranks.values()}) < 2):
        return False
    alike: dict[float, dict[str, str]] = {}
    for text in sorted(ranks, key=ranks.__getitem__):
        alike.setdefault(ranks[text], {}).setdefault(text.casefold(), text)
    order = " < ".join(" = ".join(one.values()) for one in alike.values())
    draft.weighty.append(f"Column {header!r}: its words are read as {order}.")
    values = np.array([ranks.get(text, np.nan) for text in texts], dtype=float)[codes]
    draft.put(name, values, header, unit="steps", **told)
    return True


#: What is more often more than so many is minutes, where no unit stands.
MOST_HOURS_BEFORE, _LAST = 24.0, "caffeine_last"


def take_hours_before_bed(
    draft: Draft, column: Cells, header: str, name: str | None, sense: Sense | None
) -> bool:
    """Take what was so long before bed, in hours, missing where there was none; else say no."""
    if (said := clock_words.hours_before_bed(header)) is None or (name or _LAST) != _LAST:
        return False
    bare, unit = of.without_units(np.where(parsed.answered_none(column), "", column).astype(object))
    kind = of.kind_of_cells(bare)
    if kind not in ("number", "duration", "clock") or (sense and sense.role not in _OF_THE_DAY):
        return False
    minutes = (unit or said[1]) in ("min", "m")
    lengths = partial(of.read_durations, unit="min" if minutes else "h")
    read = partial(of.read_counted, header=header) if kind == "number" else lengths
    values = draft.amounts(read, bare, header)
    minutes |= kind == "number" and not unit + said[1] and np.nanmedian(values) > MOST_HOURS_BEFORE
    own = f"{name or own_name(said[0])}_h_before_bed"
    plain = of.unused_names([own], set(draft.columns))[own]
    how = f"hours before bed{', its minutes as parts of one' if minutes else ''}"
    draft.notes.append(f"Column {header!r} is read as {how}: asked at the same bed time.")
    much = [split_unit(own_name(other))[0] for other in draft.table.header if other != header]
    told = {"label": f"{(thing := split_unit(plain)[0])}{', before bed' * (thing in much)}"}
    draft.put(plain, values / (60.0 if minutes or kind != "number" else 1.0), header, **told)
    return True
