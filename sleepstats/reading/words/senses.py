"""What a header and the look of its cells say together: its words' meanings, and what they make.

The words stand in ``vocabulary.txt``, by meaning and in eleven languages; here stands which of them
together make which column, so that a new word is one entry there and a new rule one line here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.columns import CLOCKS, DICTIONARY
from sleepstats.reading import cells

#: Words shorter than this whose accent tells them apart are compared with it: thé, öl.
_SHORT = 4
_MOST_WORDS = 7
_MOST_GRADES = 12
_POINTED = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|"
                    r"(?<=\d)(?=[^\W\d_])")  # fmt: skip
_UNITS = {
    "s": "s|sec|secs|second|seconds|sek|sekunden|secondes|segundos|secondi|sekund|seconden|秒",
    "min": "min|mins|minute|minutes|minuten|minutos|minuti|minut|minuty|minuter|分|分钟|分間",
    "h": "h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|horas|ore|uur|uren|godzin|godziny|"
         "godz|timmar|tim|小时|時間",
}  # fmt: skip
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}


@dataclass(frozen=True)
class Shape:
    """How the cells of a column look: their kind, and within which numbers or minutes they lie."""

    kind: str = ""
    low: float = np.nan
    high: float = np.nan
    #: Whether clock times could as well be hours and minutes of a duration.
    either: bool = False
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


def shape_of(column: cells.Texts) -> Shape:
    """Say how the cells of a column look."""
    kind = cells.kind_of_cells(column)
    if kind in ("text", "yes/no"):
        said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
        graded = len(said) > 1 and len(said) <= _MOST_GRADES and grades_of(said) is not None
        return Shape(kind, graded=graded and kind == "text")
    values: Floats
    if kind == "number":
        values = cells.read_numbers(column).values
        if np.nanmin(values, initial=24) >= 0 and np.nanmax(values, initial=0) < 24:
            values, kind = _with_points(column, values)
    elif kind == "clock":
        values = cells.read_durations(column, unit="min").values
    else:
        return Shape(kind)
    known = values[~np.isnan(values)]
    if not len(known):
        return Shape(kind)
    low, high = float(known.min()), float(known.max())
    return Shape(kind, low, high, kind == "clock" and high < 13 * 60)


def _with_points(column: cells.Texts, values: Floats) -> tuple[Floats, cells.Kind]:
    """Take 22.45 and 7.05 for clock times where all cells are written so."""
    said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
    if not said or not all(map(_POINTED.fullmatch, said)):
        return values, "number"
    return cells.read_durations([t.replace(".", ":") for t in said], unit="min").values, "clock"


def _folded(text: str) -> str:
    """Return a text without case and, but in Japanese and Chinese, without accents."""
    text = unicodedata.normalize("NFD", text.casefold().translate(str.maketrans("łøı", "loi")))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", text))


@cache
def _vocabulary() -> tuple[dict[str, frozenset[str]], dict[str, dict[str, int]]]:
    """Return phrase -> meanings, and words of grades -> rank by scale."""
    found: dict[str, set[str]] = {}
    grades: dict[str, dict[str, int]] = {}
    part, rank = "", 0
    text = Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#"):
            begin, colon, rest = line.partition(": ")
            words = (rest if colon and len(begin) < 3 else line).split(",")  # or a line goes on
            if part.startswith("grades "):
                rank = int(begin) if colon and begin.isdigit() else rank
                scale = grades.setdefault(part.removeprefix("grades "), {})
                for word in words:
                    scale.setdefault(_folded(word.strip()), rank)
                continue
            for word in filter(None, map(str.strip, words)):
                plain = _folded(word)
                accented = len(plain) <= _SHORT and plain != word and not _CJK.search(word)
                found.setdefault(word if accented else plain, set()).add(part)
    return {phrase: frozenset(parts) for phrase, parts in found.items()}, grades


def words_of(header: str) -> list[str]:
    """Return the words of a header, case folded: camelCase, snake_case, units and signs apart.

    >>> words_of("minsToFallAsleep"), words_of("go2bed"), words_of("Deep %")
    (['mins', 'to', 'fall', 'asleep'], ['go', 'to', 'bed'], ['deep', 'percent'])
    """
    text = re.sub(r"(?<=[a-z])2(?=[a-z])", " to ", header)
    text = text.replace("%", " percent ").replace("#", " number of ").replace("’", "'")
    text = re.sub(r"(?i)\bsp ?o2\b|\bsp o₂", "spo", text)
    return [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", text))]


@cache
def meanings_of(header: str) -> frozenset[str]:
    """Return what a header's words are about.

    >>> sorted(meanings_of("Schlafqualität")), sorted(meanings_of("wokeUpAt"))
    (['quality', 'sleep'], ['wake'])
    """
    words, found, i = words_of(header), set(), 0
    phrases, _ = _vocabulary()
    while i < len(words):
        if _CJK.search(words[i]):
            found |= _of_script(words[i], phrases)
            i += 1
            continue
        for n in range(min(_MOST_WORDS, len(words) - i), 0, -1):
            if meant := _phrase(words[i : i + n], phrases):
                found |= meant
                i += n
                break
        else:
            found |= _compound(words[i], phrases)
            i += 1
    return frozenset(found)


def _phrase(words: list[str], phrases: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what words mean as a phrase, whole or up to any ending."""
    told = " ".join(words)
    text = _folded(told)
    for whole in (told, text):
        if whole in phrases:
            return phrases[whole]
    shortest = len(text) - len(_folded(words[-1])) + 2
    for end in range(len(text), shortest - 1, -1):
        if meant := phrases.get(text[:end] + "*"):
            return meant
    return frozenset()


def _compound(word: str, phrases: dict[str, frozenset[str]]) -> set[str]:
    """Take a long word apart into words that all mean something."""
    text = _folded(word)
    for cut in range(len(text) - 3, 2, -1):
        first = _phrase([text[:cut]], phrases) or _phrase([text[:cut].removesuffix("s")], phrases)
        if not first:
            continue
        rest = _phrase([text[cut:]], phrases) or _compound(text[cut:], phrases)
        if rest or text[cut:] in ("time", "zeit", "tid", "tijd", "level"):
            return {*first, *rest}
    return set()


def _of_script(text: str, phrases: dict[str, frozenset[str]]) -> set[str]:
    """Return what a text without blanks means, the longest words first."""
    found: set[str] = set()
    text, i = _folded(text), 0
    while i < len(text):
        for n in range(min(8, len(text) - i), 0, -1):
            if meant := phrases.get(text[i : i + n]):
                found |= meant
                i += n
                break
        else:
            i += 1
    return found


def unit_in(header: str) -> str:
    """Return the unit of time in a header: ``"h"``, ``"min"``, ``"s"``, or nothing."""
    words = words_of(header)
    for word in reversed(words):
        if unit := _UNIT_OF.get(_folded(word)):
            return unit
    bracket = re.search(r"[(\[（]\s*(分钟|分間|分|小时|時間|秒)", header)
    return _UNIT_OF[bracket[1]] if bracket else ""


def grades_of(texts: list[str]) -> dict[str, float] | None:
    """Return text -> rank, 1 the lowest of those written, if all are words of one scale.

    >>> grades_of(["Poor", "Excellent", "Good"])
    {'Poor': 1.0, 'Excellent': 3.0, 'Good': 2.0}
    """
    for scale in _vocabulary()[1].values():
        ranks = {text: scale.get(_folded(text.strip(" .!"))) for text in texts}
        if texts and None not in ranks.values():
            order = sorted({rank for rank in ranks.values() if rank is not None})
            return {text: order.index(rank) + 1.0 for text, rank in ranks.items() if rank}
    return None


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
    if "heart" in about and shape.high <= 24:
        about -= {"heart"}  # hr is an hour
    if not about:
        single = len(words_of(header)) <= 1 and len("".join(words_of(header))) <= 1
        return Sense("aside", why="its header says nothing") if single and _rated(shape) else None
    return _bookkeeping(about, shape) or _of_sleep(header, about, shape)


def _rated(shape: Shape) -> bool:
    return shape.kind in ("", "number", "text", "yes/no")


def _bookkeeping(about: frozenset[str], shape: Shape) -> Sense | None:
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
    if "note" in about and shape.kind in ("text", "empty", "") and not body - {"rating", "sleep"}:
        return Sense("note", "comments")
    if "person" in about and not body - {"nap"} and shape.kind in ("text", "number", ""):
        return Sense("person")
    if about & {"id", "ordinal"} and about <= _BARE and shape.kind in ("number", "text", ""):
        return Sense("id")
    if "unused" in about and (not body - {"sleep", "times"} or about == {"unused", "habit"} and (
        shape.kind != "yes/no"
    )):  # fmt: skip
        return Sense("unused", why="no property of a night")
    return None


def _of_sleep(header: str, about: frozenset[str], shape: Shape) -> Sense | None:
    """Say what a column about sleep, feelings or habits is."""
    timed = bool(unit_in(header)) or "length" in about or shape.kind == "duration"
    asked = about & {"evening", "daytime", "at_bed"}
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
    if about <= {"opaque", "morning", "evening", "rating", "length", "times", "ordinal", "percent"}:
        return Sense("aside", why="its header says nothing") if "opaque" in about else None
    if "wake" in about and shape.kind == "yes/no":
        return Sense("night")
    return None


def _clock(about: frozenset[str], shape: Shape) -> Sense | None:
    """Return the clock that words mean; hours and minutes may be a length instead."""
    early = shape.either and shape.high < 3 * 60
    asleep = about & {"sleep", "fall", "period"}
    if shape.either and ("length" in about or early) and not about & {"rise"}:
        return None
    # In the hours of a night's length, falling asleep and lying down are hardly clock times.
    other = {"wake", "awake", "begin", "end", "rise", "lights"}
    if shape.either and shape.low >= 3 * 60 and "sleep" in about and not about & other:
        return None
    if "latency" in about and shape.kind != "stamp":
        return None
    for meaning, column in (("rise", "out_of_bed"), ("lights", "lights_out"),
                            ("fall", "sleep_onset")):  # fmt: skip
        if meaning in about and not (meaning == "rise" and "begin" in about):
            return Sense("clock", column)
    if about & {"wake", "awake"}:
        return Sense("clock", "final_wake")
    if about & {"bed", "sleep"} or about <= {"begin", "end", "length", "night", "date"}:
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
    if about & {"on_waking", "morning"} and "feeling" in about:
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
    if about == {"length"} and not unit_in(header):
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
