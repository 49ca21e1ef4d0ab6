"""How the cells of a column look, and what that alone says of a column whose name is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.clock import circular_mean_h
from sleepstats.reading import cells
from sleepstats.reading.cells.parsed import Lines, Texts, answered_none, kept, word_lists
from sleepstats.reading.text.rows import form
from sleepstats.reading.words import header_words
from sleepstats.reading.words.header_words import folded, meanings_of, unit_in, words_of

#: More words than this are no grades of one scale.
_MOST_GRADES = 12
#: More different texts than these are no bands of amounts; more words are no kinds of rows.
_MOST_BANDS, _MOST_KINDS = 40, 4
#: 22.45, 7.05.
_POINTED = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_PADDED = re.compile(r" *0\d")
#: A day of a month, perhaps with its weekday.
_DAY = re.compile(
    r"([^\W\d_]{2,}[.,]? )?(\d{1,2}[./-]\d{1,2}\.?|\d{1,2}\.? [^\W\d_]{3,}\.?|"
    r"[^\W\d_]{3,}\.? \d{1,2}|\d{1,2}月\d{1,2}[日号])( ?[(（]?[^\W\d_]+[)）]?)?"
)
#: 03.01.2031.
_DATES = Lines(r"\d{1,2}\.\d{1,2}\.\d{4}")
#: Drinks: tea | wine.
_GROUPED = re.compile(r"[^\W\d_]+: [^:|.]+(?:[|.]|$)")
#: Night 12, ses-07.
_NUMBERED = re.compile(r"(.*\D)(\d{1,4})")
_HHMM = re.compile(r"(?:[01]?\d|2[0-3])[0-5]\d")  # 2310, 730
#: Seconds since 1970 of 2001 to 2049.
_EPOCH = (1e9, 2.5e9)
#: An answer of so many words, or of so many signs without blanks, is a sentence.
_WORDS, _SIGNS = 3, 7
_ROWS = 300  # that are looked at for lists


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
    #: Whether all numbers are whole, and how many different values or texts there are.
    whole: bool = True
    levels: int = 0
    #: Whether the words are grades of one scale: bad, ok, good.
    graded: bool = False
    #: The middle of clock times, in minutes from midnight.
    middle: float = np.nan
    #: Whether numbers can be clock times without a colon: 2310.
    hhmm: bool = False
    #: Whether numbers count the rows, or whole sentences stand in the cells.
    counting: bool = False
    #: Whether they are seconds or milliseconds since 1970.
    epoch: bool = False
    prose: bool = False
    #: Whether they say of each row whether it is a night or a nap.
    naps: bool = False
    #: Whether every cell holds the same.
    constant: bool = False
    #: Whether they are days without a year: 4/3, Mon 4 Mar, 3月4日; words, or Night 12, no dates.
    days: bool = False
    named: bool = False
    #: Whether they are lists of a few things, as of boxes that were ticked; so many of five: 4/5.
    listed: bool = False
    marked: bool = False
    #: Whether they say how often: 2x, 3 times.
    counted: bool = False

    @property
    def length(self) -> bool:
        """Whether they can be durations."""
        return self.kind in ("", "number", "duration") or self.either

    @property
    def clock(self) -> bool:
        """Whether they can be clock times."""
        return self.kind in ("", "clock", "stamp") or self.hhmm

    @property
    def ticks(self) -> bool:
        """Whether they are 0 and 1."""
        return self.levels == 2 and (self.low, self.high) == (0, 1)

    @property
    def few(self) -> bool:
        """Whether they are small counts."""
        return self.counted or (self.whole and self.low >= 0 and self.high <= 8)

    @property
    def rated(self) -> bool:
        """Whether they can be ratings or kinds."""
        return self.kind in ("", "number", "text", "yes/no")


@kept
def shape_of(column: Texts) -> Shape:
    """Say how the cells of a column look."""
    kind = cells.kind_of_cells(column)
    counted = kind not in ("clock", "stamp", "date") and cells.say_how_often(column)
    if kind == "text" and len(cells.distinct(column)[0]) <= _MOST_BANDS:
        plain = cells.bare_counts(cells.without_bands(column)[0])
        if (none := answered_none(plain)).any():  # none, 1, 2
            plain = np.where(none, "0", np.asarray(plain, dtype=object))
        if plain is not column and (kind := cells.kind_of_cells(plain)) != "text":
            column = plain
    if kind in ("text", "yes/no"):
        said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
        graded = len(said) > 1 and len(said) <= _MOST_GRADES and grades_of(said) is not None
        graded = graded and kind == "text"
        numbered = [int(m[2]) for t in said if (m := _NUMBERED.fullmatch(t))]
        counting = len(numbered) == len(said) == len(column) > 2 and (
            len({re.sub(r"\d+$", "", t) for t in said}) == 1
            and abs(numbered[-1] - numbered[0]) == len(said) - 1
        )
        few = kind == "text" and not graded and len(said) <= _MOST_BANDS
        listed = few and any(sign in "".join(said) for sign in ",;|") and _lists(column)
        prose = kind == "text" and not (graded or listed)
        prose = prose and 2 * sum(map(_sentence, said)) >= len(said)
        return Shape(kind, graded=graded, levels=len(said), prose=prose, naps=_night_or_nap(said),
                     listed=listed, marked=few and cells.look_like_ratings(said),
                     constant=len(cells.distinct(column)[0]) == 1 < len(column),
                     counting=counting, named=kind == "text" and cells.no_dates(said),
                     days=bool(said) and all(map(_DAY.fullmatch, map(folded, said))))  # fmt: skip
    if kind not in ("number", "clock", "duration"):
        return Shape(kind)
    rows = column
    texts, codes = cells.distinct(column)
    few = 2 * len(texts) < len(column)  # a value that stands often says no more of the look
    column = texts if few else column
    hhmm = marked = False
    if kind == "number":
        if _DATES.fit(form(texts) or texts):  # made of numbers, too
            return Shape("date")
        values: Floats = cells.read_numbers(column).values
        least, most = np.nanmin(values, initial=np.inf), np.nanmax(values, initial=0)
        if least >= 0 and most < 24:
            values, kind = _with_points(column, values)
            few &= kind != "clock"
        elif any(_EPOCH[0] <= least / s and most / s <= _EPOCH[1] for s in (1, 1000)):
            return Shape("stamp", epoch=True)
        elif least >= 0 and 100 <= most < 2400:
            said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
            hhmm = all(map(_HHMM.fullmatch, said))
    else:
        values = cells.read_durations(column, unit="min").values
        marked = kind == "clock" and not np.isfinite(values).any()  # 11:05 PM is no duration
        values = cells.read_clocks(column, role="any").values if marked else values
    known = values[at := np.isfinite(values)]
    if not len(known):
        return Shape("date" if kind == "number" else kind)
    low, high = float(known.min()), float(known.max())
    padded = kind == "clock" and not marked and any(map(_PADDED.match, map(str, rows[:50])))
    whole = bool((known == np.round(known)).all())
    often = np.bincount(codes).astype(float)[at] if few and kind == "clock" else np.ones(len(known))
    middle = circular_mean_h(known / 60.0, counts=often) * 60.0 if kind == "clock" else np.nan
    counting = kind == "number" and len(known) > 2 and bool((np.diff(known) == 1).all())
    counting = counting and not (few and at[codes].sum() > len(known))
    either = kind == "clock" and not marked and high < 13 * 60
    return Shape(kind, low, high, either, padded, whole, len(np.unique(known)), middle=middle,
                 hhmm=hhmm, counting=counting, counted=counted)  # fmt: skip


def _night_or_nap(said: Sequence[str]) -> bool:
    """Whether texts are words of the night and of naps, and of nothing else."""
    if not 2 <= len(said) <= _MOST_KINDS:
        return False
    about = [meanings_of(text) for text in said]
    of_naps = ["nap" in one for one in about]
    known = all(one and one <= {"nap", "night", "sleep", "daytime", "final"} for one in about)
    return known and any(of_naps) and not all(of_naps)


def _lists(column: Texts) -> bool:
    """Whether cells are lists of a few things, some of which stand in several of them."""
    some = [one.strip() for one in column[:_ROWS] if one and not cells.says_missing(one.strip())]
    lists, sign = cells.as_lists(some)
    parts = [part.strip() for one in {*lists} if sign for part in one.split(sign)]
    return len({*parts}) < len(parts)  # not so of a sentence: Rain, stayed in.


def _sentence(text: str) -> bool:
    if _GROUPED.match(text) or text.startswith("#"):  # Drinks: tea | wine. Meals: soup; #tea #wine
        return False
    signs = len(text) >= _SIGNS and not text.isascii() and text.isalnum() and " " not in text
    longest = max(len(part.split()) for part in re.split(r"[,;|]", text))
    return longest >= _WORDS or (signs and any(c >= "\u3040" for c in text))


def _with_points(column: Texts, values: Floats) -> tuple[Floats, cells.Kind]:
    """Take 22.45 and 7.05 for clock times where all cells are written so."""
    said = [text for text in cells.distinct(column)[0] if not cells.says_missing(text)]
    if not said or not all(map(_POINTED.fullmatch, said)):
        return values, "number"
    return cells.read_durations([t.replace(".", ":") for t in said], unit="min").values, "clock"


_STEMS, _MEASURED, _TO_SLEEP, _TOOK = (
    re.compile("|".join(word_lists()[part]))
    for part in ("stems of sleep", "measured", "to sleep", "took")
)
#: A scale in the header: (1-5), 0-10, /10.
_SCALE = re.compile(r"\b[01] ?(?:-|–|to|bis|à|a|~) ?(?:5|6|7|10|100)\b|/ ?(?:5|6|7|10|100)\b")
#: Why an unknown column is left aside.
DOUBT = "its words speak of the night, but not of what"
NEVER_NONE = "its name is unknown, and it is never 0, as a habit is that is left out now and then"
A_SCALE = "its name is unknown, and it looks like a rating, of the evening or of the morning"
SAYS_NOTHING = "its header says nothing"
OF_DEVICES = "its name is unknown, and its words are those of a device's measures"
OF_DATES = "its cells are dates, and its header does not say of what"
#: Why a column is a habit whose words are not known.
UNKNOWN = "nothing says that it is of the night"
#: Reasons that the numbers themselves may still overrule.
OPEN = (DOUBT, NEVER_NONE, A_SCALE, OF_DEVICES, UNKNOWN, SAYS_NOTHING)


def unknown(header: str, shape: Shape) -> tuple[str, str]:
    """Return the role of a column whose name is unknown, and why: a habit only if it can be none.

    What people do before the night is ticked, or left out now and then. A column that is never 0
    is as well something a device measured, or a rating of the morning: it is left aside.
    """
    if shape.naps:
        return "id", "it says which rows are naps"
    if shape.kind == "text" and shape.constant:
        return "id", "it is the same in every row"
    if shape.counting:
        return "id", "its numbers count the rows"
    if shape.prose:
        return "note", "its cells are sentences"
    if shape.kind in ("date", "stamp"):
        return "aside", OF_DATES
    plain = folded(" ".join(words_of(header)))
    if _STEMS.search(plain):
        return "aside", DOUBT
    if shape.kind not in ("number", "duration") or shape.ticks:
        return ("aside", A_SCALE) if shape.graded else ("habit", UNKNOWN)
    if any(map(_MEASURED.fullmatch, plain.split())) and not unit_in(header):
        return "aside", OF_DEVICES
    if _SCALE.search(header):
        return "aside", A_SCALE
    if shape.low != 0:
        small = shape.whole and shape.low >= 1 and shape.high <= 10
        return "aside", A_SCALE if small else NEVER_NONE
    return "habit", UNKNOWN


_NAMED_SCALE = re.compile(r"(?<![\d.-])([01]) ?(?:-|–|to|bis|à|a|~) ?(4|5|6|7|9|10|100)(?![\d.-])")


def beyond_scale(header: str, values: Floats) -> dict[int, str]:
    """Say which numbers lie beyond the scale that their header names."""
    if not (scale := _NAMED_SCALE.search(header.casefold())):
        return {}
    off = np.flatnonzero((values < float(scale[1])) | (values > float(scale[2]))).tolist()
    return {i: f"{values[i]:g} is off its scale of {scale[0]}: kept" for i in off}


_INITIAL = re.compile(r"[!-*,-~]")  # a letter or a dash alone is of no scale
#: The rank of fair and medium among the words of grades.
_MIDDLE = 4


def grades_of(texts: list[str], of_scale: str = "") -> dict[str, float] | None:
    """Return text -> rank, 1 the lowest of those written, if all are words of one scale."""
    scales = header_words.vocabulary()[1]
    for scale in (scales[of_scale],) if of_scale else scales.values():
        ranks = {text: _rank(folded(text.strip(" .!")), scale) for text in texts}
        if texts and None not in ranks.values() and not all(map(_INITIAL.fullmatch, texts)):
            order = sorted({rank for rank in ranks.values() if rank is not None})
            return {text: order.index(rank) + 1.0 for text, rank in ranks.items() if rank}
    return None


#: Words that bring a grade towards the middle of its scale: pretty good, ganska dålig.
_RATHER = re.compile(rf"(?:{'|'.join(word_lists()['rather'])}) ?(?=\w)")


#: Of two words of one rank the lower one, where both are written: meh < ok, fine < good.
_LESS = word_lists()["lesser grades"].keys()


def _rank(word: str, scale: Mapping[str, int]) -> float | None:
    """Return the rank of a word of a scale, or of one behind a word such as rather."""
    if word in scale:
        return scale[word] - 0.2 * (word in _LESS)
    rank = scale.get(_RATHER.sub("", word, count=1))
    return None if rank is None else rank + 0.5 * ((rank < _MIDDLE) - (rank > _MIDDLE))


#: What a person has for years, in the words of a header.
_AGE, _SEX = (re.compile("|".join(word_lists()[part])) for part in ("age", "sex"))
#: Ages in one diary are this many years apart at most.
_YEARS = 5.0


def differs_between_people(header: str, column: Texts) -> bool:
    """Whether a column tells of the person of its row, who is another from row to row."""
    plain = " ".join(words_of(header))
    if _AGE.fullmatch(plain):
        ages = cells.read_numbers(column)
        known = ages.values[np.isfinite(ages.values)]
        jumps = np.abs(np.diff(known)) > 1
        return bool(len(known) > 4 and np.ptp(known) > _YEARS and jumps.mean() > 0.5)
    if not _SEX.fullmatch(plain) or cells.kind_of_cells(column) != "text":
        return False
    said = np.array([str(cell or "").strip().casefold() for cell in column])
    changes = np.mean(said[1:] != said[:-1]) if len(said) > 4 else 0.0
    return bool(2 <= len(set(said.tolist())) <= 4 and changes > 0.2)


def strange_words(header: str) -> list[str]:
    """Return the words of a header that are none that is known."""
    rest = (w for w in words_of(header) if len(w) > 2 and not meanings_of(w) and not unit_in(w))
    return [word for word in rest if folded(word) not in header_words.known_words()]


def takes_time(header: str, shape: Shape, *, timed: bool) -> bool:
    """Whether a length is that of falling asleep: its words say so, and it is no night's."""
    plain, about, unit = folded(" ".join(words_of(header))), meanings_of(header), unit_in(header)
    hours = unit != "min" and (unit == "h" or not shape.whole)
    nightly = shape.low >= 180 or (hours and 3 <= shape.low <= shape.high <= 14)
    other = about & {"habit", "nap", "awake", "rise", "deep", "rem", "light", "percent"}
    if not shape.length or nightly or other or not about & {"sleep", "fall", "latency"}:
        return False
    return bool(_TO_SLEEP.search(plain) and (timed or _TOOK.search(plain)))


def first_hour(part: str, header: str) -> float:
    """Return the hour that stands before the first pattern of a list that a header has, or 0."""
    plain = folded(" ".join(re.sub(r"[\W_]+", " ", header).split()))
    return next((float(h) for p, h in word_lists()[part].items() if re.search(p, plain)), 0.0)
