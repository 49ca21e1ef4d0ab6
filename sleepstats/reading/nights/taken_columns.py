"""A free-text column of what was taken, as columns: each thing yes or no, its dose, its time.

The Consensus Sleep Diary asks for medicines, dose and time in one box, and people answer
``Melatonin 3 mg 10:30pm``, ``magnesium 200mg + valerian, 1 h before bed``, ``none`` or ``same``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.clock import in_last_half_day
from sleepstats.columns import name_from_header, split_unit
from sleepstats.reading import cells as of
from sleepstats.reading.cells import clock_words, clocks, numbers, parsed
from sleepstats.reading.nights import Draft, records
from sleepstats.reading.nights.diary_clocks import evening_clock
from sleepstats.reading.text import Cells, normal_header, tidy
from sleepstats.reading.words import Sense, own_name

_YES = {*parsed.word_lists()["yes"], *parsed.word_lists()["taken"], "x"} - {"1", "1.0"}

#: Unit as written -> unit of the column, factor.
_UNITS = {
    **dict.fromkeys(["mcg", "µg", "μg", "ug"], ("mg", 1e-3)), "mg": ("mg", 1.0),
    **dict.fromkeys(["iu", "ie"], ("iu", 1.0)), "g": ("mg", 1e3), "ml": ("ml", 1.0),
}  # fmt: skip
_PIECES = parsed.word_lists()["pieces"].items()
_NUMBER = r"\d+(?:[.,]\d+)?"
_DOSE = re.compile(
    rf"(?<!\d)(?:(?P<first>\d+) ?[x×*] ?)?(?P<number>{_NUMBER}) ?-?"
    rf"(?P<unit>{'|'.join(_UNITS)}|{'|'.join(words for words, _ in _PIECES)})\b\.?"
    r"(?: ?\(?[x×*] ?(?P<last>\d+)\)?)?",
    re.IGNORECASE,
)
#: Half a tablet, two pills.
_WORDED = re.compile(rf"\b({numbers.SIZE_WORDS}) (?=(?:{'|'.join(dict(_PIECES))})\b)", re.I)
_BETWEEN = re.compile(
    r"(?<!\d),|,(?!\d)|[;+&|\n]|\b(?:and|und|et|plus)\b| / | - | – ", re.IGNORECASE
)
_FILLING = re.compile(
    r"\b(?:taken|took|at|of|dose|dosage|time|before (?:bed|bedtime|sleep)|at night|in the evening)"
    r"\b|[@()\[\]:=~]",
    re.IGNORECASE,
)
_LONE_NUMBER = re.compile(rf"(?<!\S)[x×]?(?:{_NUMBER}|½|1/2)(?!\S)")


@dataclass(frozen=True)
class Taken:
    """One thing that was taken."""

    #: As written; empty where the answer names nothing.
    name: str = ""
    #: In ``unit``; NaN where none is written.
    amount: float = np.nan
    #: ``"mg"``, ``"iu"``, ``"ml"``, ``"pieces"``, ``"drops"``, ...
    unit: str = ""
    #: The clock time as written, for :func:`~sleepstats.reading.cells.clocks.read_clocks`.
    clock: str = ""
    #: Hours before bed, where the answer says it so.
    before_h: float = np.nan
    #: A number that is neither dose nor time.
    odd: str = ""

    @property
    def timed(self) -> bool:
        """Whether it says when."""
        return bool(self.clock) or not np.isnan(self.before_h)

    @property
    def bare(self) -> bool:
        """Whether it says neither how much nor when."""
        return bool(np.isnan(self.amount)) and not self.timed

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not self.name and not self.odd and self.bare


def read_taken(text: str) -> list[Taken]:
    """Read one answer, such as ``2 x 200mg Mg, 1 h before bed``; none for "none"."""
    text = tidy(text)
    if text.casefold().rstrip(".!") in parsed.NONE:
        return []
    found: list[Taken] = []
    first, _, rest = text.partition(" ")
    text = rest if first.casefold().strip(",:") in _YES else text
    text = _WORDED.sub(lambda one: f"{numbers.SIZES[one[1].casefold()]:g} ", text)
    for part in _BETWEEN.split(numbers.in_figures(text).replace("½", "0.5").replace("1/2", "0.5")):
        one = Taken() if part.strip().casefold() in _YES else _part(part)
        if one.empty:
            continue
        if found and (not one.name or not found[-1].name) and _fit(found[-1], one):
            found[-1] = _joined(found[-1], one)
        else:
            found.append(one)
    return found or [Taken()]


def _part(part: str) -> Taken:
    """Read what one name, its dose and its time may be."""
    one = Taken()
    if before := clocks.SAID_BEFORE.search(part):
        hours = 0.0
        if before["number"]:
            word = before["number"].casefold()
            number = float(word.replace(",", ".")) if word[0].isdigit() else 1.0
            number *= 0.5 if word.startswith("half") else 1.0
            hours = number / 60.0 if before["unit"].casefold().startswith("min") else number
        one = replace(one, before_h=hours)
        part = f"{part[: before.start()]} {part[before.end() :]}"
    if dose := _DOSE.search(part):
        unit, factor = _unit(dose["unit"].casefold())
        times = float(dose["first"] or 1) * float(dose["last"] or 1)
        one = replace(one, amount=float(dose["number"].replace(",", ".")) * factor * times)
        one = replace(one, unit=unit)
        part = f"{part[: dose.start()]} {part[dose.end() :]}"
    if clock := clocks.SAID_CLOCK.search(part):
        one = replace(one, clock=clock["clock"] or clock["bare"])
        part = f"{part[: clock.start()]} {part[clock.end() :]}"
    words = _FILLING.sub(" ", part)
    if odd := _LONE_NUMBER.search(words):
        one = replace(one, odd=odd[0].strip())
        words = f"{words[: odd.start()]} {words[odd.end() :]}"
    return replace(one, name=" ".join(words.split()).strip(" .,-–/\"'?!~"))


def _unit(word: str) -> tuple[str, float]:
    pieces = [unit for words, unit in _PIECES if re.fullmatch(words, word)]
    return _UNITS.get(word) or (pieces[0], 1.0)


def _fit(one: Taken, other: Taken) -> bool:
    """Say whether two parts do not both give a dose, or both a time."""
    dosed = [not np.isnan(part.amount) for part in (one, other)]
    return not (one.timed and other.timed) and not all(dosed)


def _joined(one: Taken, other: Taken) -> Taken:
    more = one if not np.isnan(one.amount) else other
    return Taken(
        one.name or other.name, more.amount, more.unit, one.clock or other.clock,
        other.before_h if np.isnan(one.before_h) else one.before_h, one.odd or other.odd,
    )  # fmt: skip


def mostly_dosed(column: Cells) -> bool:
    """Say whether the answers yes of a column of yes and no mostly have a dose beside them."""
    texts, codes = of.distinct(column)
    dosed = np.array([bool(_DOSE.search(text)) for text in texts])[codes].sum()
    return bool(dosed > 1 and 2 * dosed >= (of.read_yes_no(column).values == 1).sum())


def always_taken(column: Cells) -> bool:
    """Say whether each answer has a dose, and none is "none"."""
    answers = [read_taken(text) for text in of.distinct(column)[0] if not of.says_missing(text)]
    return bool(answers) and all(a and any(part.unit for part in a) for a in answers)


#: One answer per row: what was taken, None where the row has no answer.
Answers = list[list[Taken] | None]
#: Under a header that does not speak of medicines at least this share of the answers has a dose.
_MOSTLY = 0.5
_OF_THE_DAY = ("habit", "aside")
#: More things than these are no habits any more.
_MOST_THINGS = 20
_SAME_WITHIN_DAYS = 7  # "same" after a longer silence is not read


def take_taken(
    draft: Draft, cells: Cells, header: str, name: str, told: dict[str, Any], reference: Floats
) -> bool:
    """Add the columns of what was taken, if the text column is one of that kind."""
    texts, codes = of.distinct(cells)
    read = [None if of.says_missing(text) else read_taken(text) for text in texts]
    answers: Answers = [read[code] for code in codes.tolist()]
    same = np.array([text.casefold().rstrip(".!") in parsed.SAME for text in texts])[codes]
    own = [None if again else one for one, again in zip(answers, same.tolist(), strict=True)]
    things = _things(own)
    if not _is_such(own, header) or len(things) > _MOST_THINGS:
        return False
    _take_over_same(draft, answers, same, header)
    alone = set(things) == {""}
    columns: list[str] = []
    part = {key: value for key, value in told.items() if key == "when"}
    for thing, label in (each for each in things.items() if each[0] or alone):
        plain = name if alone else name_from_header(label)
        words = label or split_unit(name)[0]
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
    if records.OF_MEDICINE.search(header.casefold()):
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
    known = taken | [one is not None and not any(p.empty for p in one) for one in answers]
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
        counted = unit in plain.split("_")  # "glasses of wine" are the dose themselves
        columns.append((_dose_name(plain, unit, said=not thing), dose,
                        label if counted else f"{label} dose", kind))  # fmt: skip
    last = [next((p for p in reversed(parts) if p.timed), Taken()) for parts in mine]
    if any(p.timed for p in last):
        _, at = habit_clock(
            draft, np.array([p.clock for p in last], dtype=object), reference, header
        )
        hours = np.array([p.before_h for p in last], dtype=np.float64)
        hours = np.where(np.isnan(hours), (reference - at) / 60.0, hours)
        columns.append((f"{plain}_h_before_bed", hours, f"{label}, before bed", "factor"))
    free = of.unused_names([name for name, *_ in columns], set(draft.columns))
    for name, values, words, kind in columns:
        draft.put(free[name], values, header, kind=kind, label=words, **part)
    return [free[name] for name, *_ in columns]


def habit_clock(
    draft: Draft, written: Cells, reference: Floats, header: str, *, morning: bool = False
) -> tuple[Floats, Floats]:
    """Return a habit's clock times, and the same in minutes after the evening's midnight.

    In a diary on a 12-hour clock without am and pm their middle is the last such time before bed.
    """
    clock = draft.parsed(of.read_clocks(written, role="any"), header)
    bare = np.isfinite(clock) & [not re.search("[ap]\\.? ?m", cell or "", re.I) for cell in written]
    open_yet = draft.twelve_hour and not morning and bare.any() and not (clock[bare] >= 780.0).any()
    if open_yet and np.isfinite(reference).any():
        clock[bare] = in_last_half_day(clock[bare], float(np.nanmedian(reference)))
        draft.assumed.append(
            f"Column {header!r}: times without am or pm are taken for the last half day before "
            "bed, as the bed times are on a 12-hour clock (7:05 is 19:05). Otherwise write am."
        )
    return clock, evening_clock(clock, reference, morning=morning, cut_h=draft.day_cut_h)


def _dose_name(plain: str, unit: str, *, said: bool) -> str:
    """Return the dose's column; ``said`` where the header itself is about the dose."""
    if plain.endswith(f"_{unit}") or unit in plain.split("_"):
        return plain
    return f"{plain}_{unit}" if said or plain.endswith("dose") else f"{plain}_dose_{unit}"


def _tell_odd(draft: Draft, answers: Answers, header: str, alone: bool) -> None:
    """Tell of answers that name nothing, and of numbers that are neither dose nor time."""
    for i, one in enumerate(answers):
        for p in one or ():
            if p.odd:
                draft.tell(i, header, f"{p.odd!r} has no unit and is no time: not used. "
                                      "Write doses as 3 mg, times as 22:30.")  # fmt: skip
            if not p.name and not alone:
                draft.tell(i, header, "does not say what was taken: not used.")


#: What is more often more than so many is minutes, where no unit stands.
MOST_HOURS_BEFORE = 24.0


def take_hours_before_bed(
    draft: Draft, column: Cells, header: str, name: str | None, sense: Sense | None
) -> bool:
    """Take what was so long before bed, in hours, missing where there was none; else say no."""
    if (said := clock_words.hours_before_bed(header)) is None or name:
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
    plain = f"{own_name(said[0])}_h_before_bed"
    plain = of.unused_names([plain], set(draft.columns))[plain]
    draft.blanks_read |= {normal_header(key) for key in (header, own_name(header), plain)}
    how = f"hours before bed{', its minutes as parts of one' if minutes else ''}"
    draft.notes.append(f"Column {header!r} is read as {how}: asked at the same bed time.")
    parts = 60.0 if minutes or kind != "number" else 1.0
    draft.put(plain, values / parts, header, label=split_unit(plain)[0])
    return True
