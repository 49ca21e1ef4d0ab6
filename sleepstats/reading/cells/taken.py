"""One free-text answer about what was taken: names, doses, times.

The Consensus Sleep Diary asks for medicines, dose and time in one box, and people answer
``Melatonin 3 mg 10:30pm``, ``magnesium 200mg + valerian, 1 h before bed``, ``none`` or ``same``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from sleepstats.reading.text.coded import tidy

NONE = frozenset(
    ("no", "none", "nothing", "nil", "n", "0", "nope", "not taken", "nein", "keine", "keins",
     "nichts", "non", "aucun", "rien", "ninguno", "ninguna", "nada", "nessuno", "geen", "нет")
)  # fmt: skip
SAME = frozenset(
    ("same", "same as before", "same as yesterday", "same as last night", "same as above", "ditto",
     "dito", "idem", '"', "unchanged", "wie gestern", "dasselbe", "gleich")
)  # fmt: skip
_YES = frozenset(("yes", "y", "ja", "oui", "si", "sí", "да"))

#: Unit as written -> unit of the column, factor.
_UNITS = {
    "mg": ("mg", 1.0), "mcg": ("mg", 1e-3), "µg": ("mg", 1e-3), "μg": ("mg", 1e-3),
    "ug": ("mg", 1e-3), "g": ("mg", 1e3), "iu": ("iu", 1.0), "ie": ("iu", 1.0),
    "ml": ("ml", 1.0),
}  # fmt: skip
_PIECES = (
    (r"tablets?|tabs?|pills?|caps(?:ules?)?|gumm(?:y|ies)|tabletten?|kapseln?|comprimés?|gélules?|"
     r"pastillas?", "pieces"),
    (r"drops?|tropfen|gouttes|gotas", "drops"),
    (r"sprays?|puffs?", "sprays"),
    (r"cups?|tassen?|tasses?", "cups"),
    (r"glass(?:es)?|gläser|glas|verres?", "glasses"),
    (r"drinks?", "drinks"),
)  # fmt: skip
_NUMBER = r"\d+(?:[.,]\d+)?"
_DOSE = re.compile(
    rf"(?:(?P<first>\d+) ?[x×*] ?)?(?P<number>{_NUMBER}) ?-?"
    rf"(?P<unit>{'|'.join(_UNITS)}|{'|'.join(words for words, _ in _PIECES)})\b\.?"
    r"(?: ?\(?[x×*] ?(?P<last>\d+)\)?)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:(?P<number>{_NUMBER}|an?|one|half an?|ein(?:e|er)?|une?) ?-?"
    r"(?P<unit>h|hrs?|hours?|std|stunden?|heures?|min|mins|minutes?|minuten) "
    r"(?:before|prior to|prior|vor|avant)|at bed ?time|right before bed|zur bettzeit)"
    r"(?: (?:to )?(?:going to |the )?(?:bed(?:time)?|sleep(?:ing)?|lights out|(?:dem )?schlafen\w*|"
    r"(?:le |de )?(?:coucher|dormir)))?",
    re.IGNORECASE,
)
_HALF_DAY = r"(?:[ap]m|[ap]\.m\.)"
_CLOCK = re.compile(
    r"(?:\b(?:at|um|à|om|gegen)|@)? ?(?<![\d.,:])(?P<clock>"
    rf"\d{{1,2}}:\d\d(?: ?{_HALF_DAY})?|\d{{1,2}}[.h]\d\d ?(?:{_HALF_DAY}|uhr)|"
    rf"\d{{1,2}}h\d\d|\d{{1,2}} ?{_HALF_DAY})(?![\w.:])(?: ?(?:uhr|h)\b)?"
    r"|(?:\b(?:at|um|à|om)|@) ?(?P<bare>\d{1,4}(?:[.h]\d\d)?)\b(?: ?uhr\b)?",
    re.IGNORECASE,
)
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
    """Read one answer.

    >>> [(one.name, one.amount, one.unit, one.clock) for one in read_taken("Melatonin 3 mg 22:30")]
    [('Melatonin', 3.0, 'mg', '22:30')]
    >>> [(one.name, one.amount, one.before_h) for one in read_taken("2 x 200mg Mg, 1 h before bed")]
    [('Mg', 400.0, 1.0)]
    >>> read_taken("none")
    []
    """
    text = tidy(text)
    if text.casefold().rstrip(".!") in NONE:
        return []
    found: list[Taken] = []
    for part in _BETWEEN.split(text.replace("½", "0.5").replace("1/2", "0.5")):
        if part.strip().casefold() in _YES:
            continue
        one = _part(part)
        if one.empty:
            continue
        last = found[-1] if found else None
        if last is not None and (not one.name or not last.name) and _fit(last, one):
            found[-1] = _joined(last, one)
        else:
            found.append(one)
    return found or [Taken()]


def _part(part: str) -> Taken:
    """Read what one name, its dose and its time may be."""
    one = Taken()
    if before := _BEFORE.search(part):
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
    if clock := _CLOCK.search(part):
        one = replace(one, clock=clock["clock"] or clock["bare"])
        part = f"{part[: clock.start()]} {part[clock.end() :]}"
    words = _FILLING.sub(" ", part)
    if odd := _LONE_NUMBER.search(words):
        one = replace(one, odd=odd[0].strip())
        words = f"{words[: odd.start()]} {words[odd.end() :]}"
    return replace(one, name=" ".join(words.split()).strip(" .,-–/\"'"))


def _unit(word: str) -> tuple[str, float]:
    if word in _UNITS:
        return _UNITS[word]
    return next(unit for words, unit in _PIECES if re.fullmatch(words, word)), 1.0


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
