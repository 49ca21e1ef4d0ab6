"""What a header and the look of its cells say together.

The words stand in ``vocabulary.txt``, by meaning and in eleven languages; here stands which of them
together make which column: a new word is one entry there, a new rule one line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.columns import CLOCKS, DICTIONARY
from sleepstats.reading import cells
from sleepstats.reading.cells.parsed import Texts
from sleepstats.reading.words.header_words import grades_of, meanings_of, unit_in, words_of

#: More words than this are no grades of one scale.
_MOST_GRADES = 12
#: 22.45, 7.05.
_POINTED = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_DOTTED_DATE = re.compile(r"(?:\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d))?")


@dataclass(frozen=True)
class Shape:
    """How the cells of a column look: their kind, and within which numbers or minutes they lie."""

    kind: str = ""
    low: float = np.nan
    high: float = np.nan
    #: Whether clock times could as well be hours and minutes of a duration.
    either: bool = False
    #: Whether hours are written with a leading zero: 00:40.
    padded: bool = False
    #: Whether all numbers are whole, and how many different texts there are.
    whole: bool = True
    levels: int = 0
    #: Whether the words are grades of one scale: bad, ok, good.
    graded: bool = False

    @property
    def length(self) -> bool:
        """Whether they can be durations."""
        return self.kind in ("", "number", "duration") or self.either

    @property
    def clock(self) -> bool:
        """Whether they can be clock times."""
        return self.kind in ("", "clock", "stamp")


@dataclass(frozen=True)
class Sense:
    """What a column is taken for."""

    role: str
    column: str = ""
    why: str = "the words of its header"


def shape_of(column: Texts) -> Shape:
    """Say how the cells of a column look."""
    kind = cells.kind_of_cells(column)
    if kind in ("text", "yes/no"):
        said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
        graded = len(said) > 1 and len(said) <= _MOST_GRADES and grades_of(said) is not None
        return Shape(kind, graded=graded and kind == "text", levels=len(said))
    values: Floats
    if kind == "number":
        if all(map(_DOTTED_DATE.fullmatch, cells.distinct(column)[0])):
            return Shape("date")  # 03.01.2031 is made of numbers, too
        values = cells.read_numbers(column).values
        if np.nanmin(values, initial=24) >= 0 and np.nanmax(values, initial=0) < 24:
            values, kind = _with_points(column, values)
    elif kind == "clock":
        values = cells.read_durations(column, unit="min").values
    else:
        return Shape(kind)
    known = values[~np.isnan(values)]
    if not len(known):
        return Shape("date" if kind == "number" else kind)
    low, high = float(known.min()), float(known.max())
    padded = kind == "clock" and any(cell and str(cell).strip()[:1] == "0" for cell in column[:50])
    whole = bool((known == np.round(known)).all())
    return Shape(kind, low, high, kind == "clock" and high < 13 * 60, padded, whole)


def _with_points(column: Texts, values: Floats) -> tuple[Floats, cells.Kind]:
    """Take 22.45 and 7.05 for clock times where all cells are written so."""
    said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
    if not said or not all(map(_POINTED.fullmatch, said)):
        return values, "number"
    return cells.read_durations([t.replace(".", ":") for t in said], unit="min").values, "clock"


#: Meaning -> column of the night, or nothing where it has only the person's own name; of several
#: the first counts.
_MEASURES = (
    ("midsleep", "midsleep_h"), ("efficiency", "se_pct"), ("hrv", "hrv_ms"),
    ("oxygen", "blood_oxygen_pct"), ("breath", "breaths_per_min"), ("bodytemp", ""),
    ("readiness", ""), ("score", ""), ("snore", "snore_min"), ("deep", "deep_min"),
    ("rem", "rem_min"), ("light", "light_min"), ("stage", ""), ("restless", ""), ("need", ""),
    ("dream", ""), ("bathroom", ""),
)  # fmt: skip
#: Measures that are minutes: another kind of number keeps the header's own name.
_ONLY_MINUTES = ("snore_min", "deep_min", "rem_min", "light_min")
#: Why a column is left aside whose header names the night, but nothing of it that is known.
DOUBT = "its words speak of the night, but not of what"
_SAYS_NOTHING = {"opaque", "morning", "evening", "rating", "length", "times", "ordinal", "percent",
                 "how"}  # fmt: skip
#: Of a header that speaks of these, and not clearly of what, no habit is made.
_OF_NIGHT = {"sleep", "night", "wake", "awake", "rise", "fall", "latency"}
#: Words that a name of a person, a record or a device stands beside, and none else.
_BARE = {"id", "ordinal", "night", "sleep", "date", "opaque", "unused", "note", "times"}
_BODY = {
    "sleep", "wake", "rise", "bed", "fall", "lights", "awake", "latency", "quality", "rested",
    "heart", "hrv", "oxygen", "breath", "deep", "rem", "light", "score", "readiness", "feeling",
    "stress", "nap", "habit", "snore", "dream", "efficiency", "restless", "bathroom", "need",
    "rating", "bodytemp", "times",
}  # fmt: skip


def sense(header: str, shape: Shape) -> Sense | None:
    """Say what a column is by its words and the look of its cells; None if they do not tell.

    >>> sense("Asleep", Shape("clock", 400, 460, either=True))
    Sense(role='night', column='tst_min', why='the words of its header')
    >>> sense("Tired", Shape("number", 1, 5)).role, sense("Deep work (h)", Shape("number")).role
    ('aside', 'habit')
    """
    about = meanings_of(header)
    if header.strip() == "#":
        return Sense("id")
    if "heart" in about and shape.high <= 24:
        about -= {"heart"}  # hr is an hour
    if not about:
        single = len(words_of(header)) <= 1 and len("".join(words_of(header))) <= 1
        return Sense("aside", why="its header says nothing") if single and _rated(shape) else None
    return _bookkeeping(header, about, shape) or _of_sleep(header, about, shape)


def _rated(shape: Shape) -> bool:
    return shape.kind in ("", "number", "text", "yes/no")


def _bookkeeping(header: str, about: frozenset[str], shape: Shape) -> Sense | None:
    """Dates, people, identifiers, notes and what says nothing about a night."""
    body = about & _BODY
    if "weekday" in about:
        return Sense("unused", why="a weekday: the date says it")
    if shape.kind in ("date", "stamp") and not body - {"sleep", "bed"}:
        if "filled" in about:
            return Sense("date", "<filled in>")
        if about & {"date", "evening", "morning", "night"}:
            part = "morning" if "morning" in about else "evening"
            return Sense("date", f"<{part}>" if about & {"evening", part} - {"date"} else "<date>")
    if (
        "note" in about
        and "how" not in about
        and shape.kind in ("text", "empty", "")
        and not body - {"rating", "sleep"}
    ):
        return Sense("note", "comments")
    if (
        "person" in about
        and not about & {"unused", "date", *body}
        and shape.kind in ("text", "number", "")
    ):
        return Sense("person")
    alone = about == {"score", "id"}
    if (alone or (about & {"id", "ordinal"} and about <= _BARE)) and shape.kind in (
        "number",
        "text",
        "",
    ):
        return Sense("id")
    doubtful = about == {"unused", "habit"} and len(words_of(header)) == 1  # sex
    alone = doubtful and (shape.kind != "yes/no" or shape.levels == 1)
    if "unused" in about and (alone or not body - {"sleep", "times"}):
        return Sense("unused", why="no property of a night")
    return None


def _of_sleep(header: str, about: frozenset[str], shape: Shape) -> Sense | None:
    """Say what a column about sleep, feelings or habits is."""
    timed = bool(unit_in(header)) or "length" in about or shape.kind == "duration"
    asked = about & {"evening", "daytime", "at_bed"}
    if about == {"at_bed", "length"} and shape.length:  # minutes before sleep
        return Sense("night", "sol_min")
    if "nap" in about:
        counted = "times" in about or not (timed or shape.kind == "clock" or shape.high > 10)
        return Sense("habit", "" if counted or not shape.length else "nap_min")
    if "habit" in about and not ("wake" in about and shape.kind == "yes/no"):
        return Sense("habit")
    if "stress" in about:
        return Sense("habit", "stress" if _rated(shape) and not timed else "")
    if shape.clock and (clock := _clock(about, shape)):
        return clock
    if rated := _rating(about, shape, timed=timed):
        return rated
    if shape.kind == "clock" and not shape.either:
        return None
    if "feeling" not in about and (length := _length(header, about, shape, timed=timed)):
        return length
    if "heart" in about:
        part = next((p for p in ("resting", "lowest") if p in about or "rhr" in header.casefold()),
                    "sleeping" if about & {"sleep", "opaque", "night"} else "")  # fmt: skip
        return Sense("night", f"{part}_heart_rate_bpm" if part else "")
    for meaning, column in _MEASURES:
        if meaning in about:
            minutes = column in _ONLY_MINUTES
            fits = shape.length and not (minutes and about & {"percent", "score", "times"})
            bare = meaning in ("hrv", "oxygen") and "score" in about
            return Sense("night", column if fits and not bare else "")
    if "feeling" in about and _rated(shape):
        if asked:
            return Sense("habit")
        return Sense("aside", why="it may be about the evening before or the morning after")
    if about <= _SAYS_NOTHING:
        silent = about & {"opaque", "how"}
        return Sense("aside", why="its header says nothing") if silent else None
    if "wake" in about and shape.kind == "yes/no":
        return Sense("night")
    if "sleep" in about and words_of(header)[0] in ("is", "has"):
        return Sense("unused", why="a mark of the record")
    if {"sleep", "percent"} <= about:
        return Sense("night")
    doubt = about & _OF_NIGHT and not about & {"daytime", "at_bed"}
    return Sense("aside", why=DOUBT) if doubt else None


def _clock(about: frozenset[str], shape: Shape) -> Sense | None:
    """Return the clock that words mean; hours and minutes may be a length instead."""
    early = shape.either and shape.high < 3 * 60 and not shape.padded
    asleep = about & {"sleep", "fall", "period"}
    if shape.either and ("length" in about or early) and not about & {"rise"}:
        return None
    # In the hours of a night's length, falling asleep and lying down are hardly clock times.
    other = {"wake", "awake", "begin", "end", "rise", "lights"}
    if shape.either and shape.low >= 3 * 60 and "sleep" in about and not about & other:
        return None
    if "latency" in about and shape.kind != "stamp":
        return None
    if {"lamp", "out"} <= about or about == {"lamp"}:
        return Sense("clock", "lights_out")
    for meaning, column in (("rise", "out_of_bed"), ("lights", "lights_out"),
                            ("fall", "sleep_onset")):  # fmt: skip
        if meaning in about and not (meaning == "rise" and "begin" in about):
            return Sense("clock", column)
    if about & {"wake", "awake"}:
        return Sense("clock", "final_wake")
    if about & {"bed", "sleep"} or about <= {"begin", "end", "out", "length", "night", "date"}:
        if "end" in about and "begin" not in about and "bed" not in about - {"end"}:
            return Sense("clock", "final_wake" if "sleep" in about else "out_of_bed")
        if "end" in about and "begin" not in about and shape.kind != "":
            return Sense("clock", "out_of_bed" if _says_end(about) else "into_bed")
        if "bed" in about:
            return Sense("clock", "into_bed")
        if "begin" in about or asleep:
            return Sense("clock", "sleep_onset" if asleep else "into_bed")
    return None


def _says_end(about: frozenset[str]) -> bool:
    return "end" in about and "bed" in about


def _rating(about: frozenset[str], shape: Shape, *, timed: bool) -> Sense | None:
    """Return the rating of the morning that words mean."""
    if not _rated(shape) or timed:
        return None
    if "rested" in about and "score" not in about:
        return Sense("morning", "rested")
    if "quality" in about and not about & {"score", "heart", "breath"}:
        return Sense("morning", "quality")
    if about & {"on_waking", "morning", "wake", "rise"} and "feeling" in about:
        return Sense("morning", "mood_on_waking" if "mood" in about else "")
    if about & {"sleep", "night"} and about & {"well", "how", "rating"} and "times" not in about:
        return Sense("morning", "quality")
    if "rating" in about and about <= {"rating", "note", "sleep", "night", "opaque"}:
        return Sense("morning", "quality")
    if about & {"on_waking", "wake"} and shape.graded:
        return Sense("morning")
    return None


def _length(header: str, about: frozenset[str], shape: Shape, *, timed: bool) -> Sense | None:
    """Return the duration or count of the night that words mean."""
    if about & {"latency", "fall"} and timed and shape.length:
        return Sense("night", "sol_min")
    if not shape.length or about & {"percent", "score", "efficiency", "need", "readiness"}:
        return None
    if about & {"deep", "rem", "light", "snore", "heart", "hrv", "breath", "stage", "restless"}:
        return Sense("night", "awake_min") if "awake" in about and "stage" in about else None
    timed = timed or shape.either
    if "awake" in about and "rise" in about and timed:
        return Sense("night", "twak_min")
    if about & {"wake", "awake"} and "fall" not in about:
        many = "times" in about and not unit_in(header)
        if many or not timed:
            few = np.isnan(shape.high) or shape.high <= 40
            return Sense("night", "nawk" if many or (few and "awake" not in about) else "waso_min")
        return Sense("night", "waso_min")
    if about & {"latency", "fall"}:
        return Sense("night", "sol_min")
    if "period" in about:
        return Sense("night", "spt_min")
    if "bed" in about and timed:
        return Sense("night", "tib_min")
    if "sleep" in about and timed and "times" not in about:
        return Sense("night", "tst_min")
    known = all(meanings_of(word) or unit_in(word) for word in words_of(header))
    nightly = 3 <= shape.low <= shape.high <= 14 or 180 <= shape.low <= shape.high <= 840
    if about == {"length"} and (not unit_in(header) or (known and nightly)):
        return Sense("night", "tst_min")
    return None


#: Columns that are clock times, durations of the night, and ratings.
_LENGTHS = tuple(name for name, column in DICTIONARY.items() if column.unit == "min")


def fits(column: str, header: str, shape: Shape) -> bool:
    """Whether a whole header's known meaning can be what its cells show."""
    if shape.graded:
        return column not in CLOCKS and column not in _LENGTHS
    if column in CLOCKS:
        return shape.clock or shape.kind in ("empty", "text") or (
            shape.kind == "number" and not unit_in(header) and shape.high <= 2400
        )  # fmt: skip
    if column in _LENGTHS:
        return shape.length or shape.kind in ("empty", "text")
    return column.endswith("_last") or shape.kind not in ("clock", "stamp", "date")
