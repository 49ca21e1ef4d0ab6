"""What the headers of a diary mean, one by one and beside each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, cast

import numpy as np

from sleepstats.columns import DICTIONARY, name_from_header
from sleepstats.reading.cells import read_clocks, read_durations
from sleepstats.reading.cells.parsed import word_lists
from sleepstats.reading.text import normal_header
from sleepstats.reading.words.header_words import (
    DATES,
    EVENING_DATE,
    FILLED_IN,
    MORNING_DATE,
    PATTERNS,
    PLAIN_DATE,
    meanings_of,
    pictures,
    unit_in,
)
from sleepstats.reading.words.senses import fits, sense
from sleepstats.reading.words.shapes import Shape, differs_between_people, grades_of, strange_words
from sleepstats.reading.words.turned import Sense, before_date, of_another

__all__ = [
    "DATES", "EVENING_DATE", "FILLED_IN", "MORNING_DATE", "OF_THE_NIGHT", "PLAIN_DATE", "Sense",
    "Shape", "before_date", "dates_said", "differs_between_people", "grades_of",
    "meaning", "meanings", "meanings_of", "nap_mark", "naps_together", "never_zero", "own_name",
    "part_of_header", "people_beside", "plain_words", "sense", "strange_words", "unit_of_header",
]  # fmt: skip

#: How ``columns=`` names the column that dates a row.
_DATE_NAMES = {"night": EVENING_DATE, "evening": EVENING_DATE, "morning": MORNING_DATE,
               "date": PLAIN_DATE, "timestamp": FILLED_IN}  # fmt: skip

_QUESTION = re.compile(
    r"^(how many times did you|how many times have you|how many|how much|did you|have you had|"
    r"have you|do you|were you|was there|what time did you|what time was your|what time|"
    r"how would you rate( the| your)?|how long did you|please rate( your)?)\s+"
)
_MORNING_WORDS = re.compile(r"\b(snooze[ds]?|(up)?on waking|after waking|morning)\b")
_NIGHT_WORDS = re.compile(rf"\b({'|'.join(word_lists()['in the night'])})\b")
#: Items of the Consensus Sleep Diary that are no column of the dictionary, and their short names.
_ITEMS = (
    ("tasafa_min",
     r"after your final awakening how long did you spend in bed trying to sleep|tasafa"),
    ("woke_early", r"((did you )?w[ao]ke( up)? )?earlier than( you)? planned|woke( up)? early"),
    ("ema_min", r"(if (yes|so) )?how much earlier( did you wake( up)?)?|ema"),
    ("naps", r"how many times did you nap( or doze)?|(number of )?naps"),
)  # fmt: skip
#: Those of them that tell of the night itself: never asked about as habits.
OF_THE_NIGHT = ("tasafa_min", "woke_early", "ema_min")
_LAST_DRINK = re.compile(r"what time was your last drink|(time of )?last drink")
_LAST = {"alcohol_drinks": "alcohol_last", "caffeine_drinks": "caffeine_last"}
_UNIT = re.compile(
    r"\b(?P<s>sec|secs|seconds?|s)\b|\b(?P<min>min|mins|minutes?|minuten)\b|"
    r"\b(?P<h>h|hr|hrs|hours?|stunden?|std)\b"
)
_UNIT_IN_BRACKETS = re.compile(
    r"[(\[]\s*(in )?(min|mins|minutes|h|hrs?|hours?|s|sec|h:mm|h and min)\.?\s*[)\]]"
)
#: What some words mean where a unit of time in brackets says that they are no clock time.
_LENGTHS = {
    "sleep": "tst_min", "asleep": "tst_min", "awake": "waso_min", "nap": "nap_min",
    "naps": "nap_min", "falling asleep": "sol_min", "fall asleep": "sol_min",
}  # fmt: skip
#: Pairs of headers that mean this in a table that speaks of sleep.
_ENDS = (
    ("start", "end", ("into_bed", "out_of_bed")),
    ("begin", "end", ("into_bed", "out_of_bed")),
    ("asleep", "awake", ("sleep_onset", "final_wake")),
    ("bett", "auf", ("into_bed", "out_of_bed")),
)
_OF_SLEEP = re.compile(r"\b(a?sleep\w*|slept|\w*schlaf\w*|bett|sommeil|sueño)\b")
#: The scale that a header may end with: Stress 0-10, Quality 1 to 5.
_SCALE = re.compile(r" (from )?\d+ ((to|bis|à|a) )?\d+$")

#: What a header of the night is about.
_OF_BED = {"bed", "wake", "rise", "sleep", "lights", "fall", "awake"}

#: Words for the date of a row that is a calendar day; beside "last night" a habit of "today" came
#: after the night: its row is a calendar day, too.
_CALENDAR_DAY = re.compile("|".join(word_lists()["calendar day"]))
_TODAY = re.compile("|".join(word_lists()["today"]))
#: What a device measures and what is never 0: there a zero stands for "not measured".
_NEVER_ZERO = re.compile(rf"\b({'|'.join(word_lists()['never zero'])})\b")
_LONGEST_HEADER = 2_000  # letters; what a longer one says, it says at its beginning


@cache
def _compiled() -> re.Pattern[str]:
    """Return all patterns as one, the first of which to fit is the group that matched."""
    return re.compile("|".join(rf"(?P<n{i}>(?:{p})\Z)" for i, (_, p) in enumerate(PATTERNS)))


@lru_cache(maxsize=8192)
def plain_words(header: str) -> str:
    """Return a header's words: case folded, brackets and punctuation dropped."""
    text = header[:_LONGEST_HEADER]
    text = text if text.isascii() else text.translate(pictures())
    text = re.sub(r"[(\[][^)\]]{0,300}+[)\]]", " ", normal_header(text))
    text = re.sub(r"^\s*\d+\s*[a-e]?\s*[.):]\s*", "", text)
    return " ".join(re.sub(r"[^\w\s]+|_", " ", text).split())


@lru_cache(maxsize=8192)
def meaning(header: str) -> str | None:
    """Return the column or date a header stands for, or None where it is the person's own."""
    own = normal_header(header).replace(" ", "_")
    if own == "night":
        return EVENING_DATE
    if own in DICTIONARY:
        return own
    words = _SCALE.sub("", plain_words(header))
    found = _compiled().match(words)
    name = PATTERNS[int((found.lastgroup or "")[1:])][0] if found else None
    if _UNIT_IN_BRACKETS.search(normal_header(header)):
        if name == "sleep_onset":
            return "sol_min"  # fell asleep (min): how long it took, no clock time
        return name or _LENGTHS.get(words)
    return name


def meanings(
    headers: list[str], told: Mapping[str, str], shapes: Sequence[Shape] = ()
) -> dict[int, str]:
    """Return position -> meaning for the headers that have one; each meaning is given once.

    ``told`` maps headers (as written, or in any case) to column names and wins; ``shapes`` say how
    cells look: a whole header that is known has to fit, any other is understood by its words.
    """
    wishes = {normal_header(header): _DATE_NAMES.get(name, name) for header, name in told.items()}
    found = {i: wishes[key] for i, key in enumerate(map(normal_header, headers)) if key in wishes}
    taken = set(found.values())
    if taken & {EVENING_DATE, MORNING_DATE, PLAIN_DATE}:  # the person says which it is
        taken |= {EVENING_DATE, MORNING_DATE, PLAIN_DATE}
    dated = any(s.kind in ("date", "stamp") or (s.days and not s.named) for s in shapes)
    others = {*found, *of_another(headers, shapes)}
    whole = {i: meaning(header) for i, header in enumerate(headers) if i not in others}
    for first in (True, False):  # whole headers before what is understood by its words
        for i in (i for i in whole if i not in found):
            name = whole[i]
            if shapes and name and not _can_be(name, headers[i], shapes[i], dated):
                name = None
            if not first:
                placed = {found[j]: shapes[j] for j in found if j < len(shapes)}
                name = _understood(headers[i], shapes[i], placed) if shapes else None
            if name is not None and name not in taken:
                found[i] = name
                taken.add(name)
    words = [plain_words(header) for header in headers]
    for i in range(1, len(headers)):  # the last of which drinks, says the question before
        name = _LAST.get(found.get(i - 1, ""))
        if name and i not in found and name not in taken and _LAST_DRINK.fullmatch(words[i]):
            found[i] = name
            taken.add(name)
    if any(map(_OF_SLEEP.search, words)):
        for begin, end, names in _ENDS:  # of what? of sleep
            if begin not in words or end not in words or not taken.isdisjoint(names):
                continue
            at = [(words.index(word), name) for word, name in zip((begin, end), names, strict=True)]
            if not shapes or all(fits(name, headers[i], shapes[i]) for i, name in at):
                found |= {words.index(begin): names[0], words.index(end): names[1]}
                taken |= set(names)
    ends = not taken.isdisjoint(("final_wake", "out_of_bed"))
    at_sleep = words.index("sleep") if "sleep" in words else -1
    timed = at_sleep >= 0 and (not shapes or shapes[at_sleep].clock)
    if timed and ends and taken.isdisjoint(("into_bed", "lights_out", "sleep_onset")):
        found[at_sleep] = "sleep_onset"  # Sleep and Wake, and no other beginning
    slept = next((i for i, name in found.items() if name == "tst_min"), -1)
    bed = next((i for i, name in found.items() if name in ("into_bed", "lights_out")), -1)
    if shapes and slept >= 0 and bed >= 0 and "sleep_onset" not in taken:
        twelve = shapes[bed].either and shapes[slept].either  # a clock of twelve hours
        if twelve and words[slept] in ("asleep", "sleep", "slept") and not unit_in(headers[slept]):
            found[slept] = "sleep_onset"
    if shapes and taken.isdisjoint(DATES):
        for i, shape in enumerate(shapes):
            if i not in found and shape.kind == "date":
                return found | {i: PLAIN_DATE}
    return found


#: Clock -> what a second column of that name can be, so much later: one nearer is it once more.
_NEIGHBOURS = {"into_bed": ("lights_out", 5, 180), "out_of_bed": ("final_wake", -180, -5)}


def _can_be(known: str, header: str, shape: Shape, dated: bool) -> bool:
    """Whether a whole header's known meaning can be what its cells show, beside dates or not."""
    if known not in DATES:  # remarks on lines of a file written out are sentences
        own = known == "problem" and shape.kind in ("yes/no", "number")
        return not own and fits(known, header, shape)
    if dated and shape.named:  # Evening: what was done; Night: the hotel, or its number
        return False
    counted = dated or known in (EVENING_DATE, MORNING_DATE)  # Day: 1, 2, 3 beside a Date
    small = counted and shape.kind == "number" and shape.high <= 100
    return not (small or shape.graded or shape.ticks or shape.kind in ("yes/no", "duration"))


def _understood(header: str, shape: Shape, placed: Mapping[str, Shape]) -> str | None:
    """Return the column that the words of a header mean, with cells that look like this."""
    if own_name(header) in (name for name, _ in _ITEMS):
        return None
    meant = sense(header, shape)
    if meant and meant.column in placed:
        name, first, last = _NEIGHBOURS.get(meant.column, ("", 0, 0))
        later = (shape.middle - placed[meant.column].middle + 720) % 1440 - 720
        if name not in {"", *placed} and first <= later <= last and "mask" not in own_name(header):
            return name
        night = (shape.middle - placed[meant.column].middle) % 1440  # a second bed time is none
        if shape.padded and meant.column == "into_bed" and "out_of_bed" not in placed:
            return "out_of_bed" if 180 <= night <= 900 else None
        if shape.either and not shape.padded:  # 8:40 beside a bed time
            meant = sense(header, Shape("duration", shape.low, shape.high))
    return None if meant is None or meant.column in ("", "comments") else meant.column


def dates_said(headers: Sequence[str], dates: str) -> tuple[str, str] | None:
    """Return what the words of the headers say that the column of ``dates`` names, and which."""
    if _CALENDAR_DAY.search(dates.casefold()):
        return "calendar", f"Column {dates!r} names a calendar day"
    about = meanings_of(dates)
    parts = about & {"evening", "morning"}
    inside = {meaning(part) or "" for part in re.findall(r"[(（\[]([^()（）\[\]]+)", dates)}
    if not parts and len(said := inside & {EVENING_DATE, MORNING_DATE}) == 1:
        parts = frozenset({said.pop().strip("<>")})
    waking, bed = about & {"on_waking", "wake", "rise"}, about & {"bed", "at_bed", "fall", "lights"}
    if not parts and bool(waking) != bool(bed):
        parts = frozenset({"morning" if waking else "evening"})
    if len(parts) == 1:
        return min(parts), f"Column {dates!r} names the {min(parts)}"
    night = next((h for h in headers if before_date(h) == "night"), "")
    habits = (h for h in headers if (told := sense(h, Shape())) and told.role == "habit")
    day = next((h for h in habits if _TODAY.search(h.casefold())), "") if night else ""
    if night and day:
        return "calendar", f"Column {night!r} is of the night before, {day!r} of the day after it"
    return None


def people_beside(headers: Sequence[str]) -> dict[str, dict[int, str]]:
    """Return word -> the headers that it stands in, without it, of words that tell people apart.

    Two at least have the same other words beside them, twice at least, and one about the night.
    """
    found: dict[str, dict[str, int]] = {}
    for i, header in enumerate(headers):
        words = re.findall(r"[^\W_]+", header)
        known_by_none = set(strange_words(header))
        strange = [word for word in words if word.casefold() in known_by_none]
        if len(strange) == 1:
            rest = " ".join(word for word in words if word != strange[0])
            found.setdefault(strange[0], {})[rest] = i
    told = [
        {one, other}
        for one, mine in found.items()
        for other, theirs in found.items()
        if one < other and len(same := set(mine) & set(theirs)) > 1
        if any(meanings_of(rest) & _OF_BED for rest in same)
    ]
    names = set[str]().union(*told)
    return {n: {i: rest for rest, i in found[n].items()} for n in found if n in names}


#: Which nap of the day it is.
_NTH = re.compile(r"(?i)\d\w?|\b(?:first|second|erste|zweite|premi.re|deuxi.me|primera|segunda)\b")


def naps_together(headers: list[str], columns: list[Any]) -> tuple[str, ...]:
    """Add up the minutes of naps whose headers differ in their number alone; return these."""
    # naps whose beginnings and ends stand in columns have their minutes in one more
    about = {i: meant for i, h in enumerate(headers) if "nap" in (meant := meanings_of(h))}
    ends = [[i for i in about if part in about[i]] for part in ("begin", "end")]
    timed = len(ends[0]) == len(ends[1]) and not any(unit_of_header(headers[i]) for i in about)
    for k, (begin, end) in enumerate(zip(*ends, strict=True) if timed else (), 1):
        one, other = (read_clocks(columns[i], role="any").values for i in (begin, end))
        rows = zip(np.mod(other - one, 1440.0), columns[begin], columns[end], strict=True)
        said = [f"{m:g}" if m <= 720 else f"{b}-{e}" if m == m else re.sub(r".*\d.*", "", b)
                for m, b, e in rows]  # fmt: skip
        headers.append(f"nap {k} (min)" if len(ends[0]) > 1 else "nap (min)")
        columns.append(np.array(said, dtype=object))
    alike: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        plain = " ".join(_NTH.sub("", header).split())
        if "nap" in meanings_of(header) and unit_of_header(plain) in ("min", "h"):
            alike.setdefault(plain.casefold(), []).append(i)
    plain, at = max(alike.items(), key=lambda one: len(one[1]), default=("", []))
    if len({*(told := tuple(headers[i] for i in at))}) < 2:
        return ()
    read = [read_durations(columns[i], unit=unit_of_header(plain)) for i in at]
    said = []
    for row, minutes in enumerate(zip(*(one.values.tolist() for one in read), strict=True)):
        bad = [columns[i][row] for i, one in zip(at, read, strict=True) if row in one.bad]
        known = [m for m in minutes if m == m]  # no NaN
        said.append(bad[0] if bad else f"{sum(known):g} min" if known else "")
    headers[at[0]], columns[at[0]] = plain, np.array(said, dtype=object)
    for i in reversed(at[1:]):
        del headers[i], columns[i]
    return told


def unit_of_header(header: str) -> Literal["min", "h", "s"] | None:
    """Return ``"min"``, ``"h"`` or ``"s"`` where a header states its unit of time."""
    text = re.sub(r"['’]s\b|\bs['’]", "", normal_header(header).replace("_", " "))
    found = one.lastgroup if (one := _UNIT.search(text)) else unit_in(header) or None
    return cast('Literal["min", "h", "s"] | None', found)


@lru_cache(maxsize=8192)
def own_name(header: str) -> str:
    """Return a column name for a person's own header; questions lose their opening words."""
    words = plain_words(header)
    for name, pattern in _ITEMS:
        if re.fullmatch(pattern, words):
            return name
    text = normal_header(re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", header))
    name = _QUESTION.sub("", re.sub(r"^\s*\d+\s*[a-e]?\s*[.):]\s*", "", text)) or text
    if not re.search(r"\w", name):  # a picture has a name of its own: wine glass
        name = " ".join(unicodedata.name(c, "") for c in name if unicodedata.category(c) == "So")
    return name_from_header(re.sub("^problem$", "problem noted", name.replace("-", " ")))


def never_zero(header: str) -> bool:
    """Whether the words of a header are those of what is measured and cannot be 0."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return bool(_NEVER_ZERO.search(re.sub(r"[^\w\s]+|_", " ", normal_header(apart))))


def nap_mark(header: str) -> bool | None:
    """Return the answer that names a nap: of isNap a yes, of isMainSleep a no."""
    marks = {"is_nap": True, "is_main_sleep": False, "is_night_sleep": False}
    return marks.get(own_name(header))


def part_of_header(header: str) -> Literal["night", "morning"] | None:
    """Say whether a header's own words place it in the night or after waking."""
    words = plain_words(header)
    if _MORNING_WORDS.search(words):
        return "morning"
    return "night" if _NIGHT_WORDS.search(words) else None
