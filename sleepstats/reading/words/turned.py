"""What turns the sense of a header round: a no, bad sleep, a scale, the day after, another person.

Also which end of a scale is better. Words: ``answers.txt``; ``Sense``: ``senses`` asks this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

import numpy as np

from sleepstats.columns import CLOCKS
from sleepstats.errors import option
from sleepstats.reading.cells.parsed import word_lists
from sleepstats.reading.words import header_words, shapes


@dataclass(frozen=True)
class Sense:
    """What a column is taken for."""

    role: str
    column: str = ""
    why: str = "the words of its header"


(_NOT, _BAD, _GOOD, _GRADES, _HARD, AFTER, _BETTER, _WORSE, _MUCH, YESTERDAY, _TODAY, _WOKEN,
 _AGAIN, _LAST_NIGHT, _FELT, _WORRIES, _LOW, _HIGH, _NUMBERS, _MEANS, _SCALE, _PARTLY, _WAKING) = (
    re.compile("|".join(word_lists()[part])) for part in (
        "not", "bad", "good", "school grades", "hard or easy", "after the night", "better end",
        "worse end", "very", "yesterday", "today", "woken by", "asleep again", "last night",
        "felt so", "worry or body", "low end", "high end", "numbers", "means", "scale of few",
        "part or plan", "waking at night")
)  # fmt: skip
#: A low number or a high one; and what it means: lower = better, the higher the worse.
_END = re.compile(
    rf"(?<!\bhow )(?<!\bwie )\b(?:({_LOW.pattern})|{_HIGH.pattern})(?![a-z])"
    rf"(?: (?:{_NUMBERS.pattern})\b)*"
)
_IN_WORDS = re.compile(rf"({_END.pattern})(?:{_MEANS.pattern})([^\W\d_][^\d(),;\[\]/=]*)")
_PAIR = re.compile(r"([^(),;\[\]/=\d]+?) ?= ?([^(),;\[\]/=\d]+)")
_Asked = Callable[[str, shapes.Shape], Sense | None]
_RATINGS = ("quality", "rested", "mood_on_waking", "stress")
#: Lengths and counts of parts of the night, which people rate as well.
_PARTS = ("sol_min", "waso_min", "awake_min", "twak_min", "deep_min", "light_min", "rem_min",
          "snore_min", "ema_min", "nawk")  # fmt: skip
_BRACKETS = re.compile(r"[(\[（][^)\]）]*[)\]）]?")
_NOTED = re.compile(r"[(\[][^()\[\]\d<>≥≤]+\d[^()\[\]]*[)\]]")  # bedtime (goal 23:00) is one
_NUMBERED = re.compile(r"^\s*\d+\s*[a-e]?\s*[.):]")
_OUT_OF = re.compile(r"(?:\bout of|/) ?(5|7|10)\b")
_COUNTED = re.compile(next(words for name, words in header_words.PATTERNS if name == "nawk"))
_SIGNS = " =:()[].–—-…→|\"'/"
_LEGEND = re.compile(r"\d ?[=:] ?[^\W\d]")
_JOINING = re.compile(r"^to\b ?| ?\b(?:to|bis|a|al|tot)$")
NEGATED = "its words say no or not, so it keeps a name of its own"
OF_BAD = "its words say how bad it was, of which more is worse, so it keeps a name of its own"
SCHOOL_GRADES = "of school grades 1 is the best in some countries and 6 in others"
ON_A_SCALE = "it is a rating, so it is no minutes and no count"
AFTERWARDS = "its words are of the day after the night"
IN_THE_MORNING = "its words are of a morning, read as the one after the night"
ON_WAKING = "its words are of waking"
OF_TODAY = "it asks of today in a file of mornings, read as the day after the night"
FELT = "its words are of a feeling of its own, so it keeps a name of its own"
LEFT_OUT = "its words are of no property of a night, though its cells differ: left out"
STAMPED = "its words are of when a form was filled in, so it is not used"
PARTLY = "its words are of a part, a plan or an average, so it keeps a name of its own"
OF_ANOTHER = "its words are of another person's or an animal's sleep, not of yours"


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+|_", " ", header_words.folded(text.replace("’", "'"))).split())


@cache
def _core(header: str) -> str:
    """Return the words of a header without what stands in brackets or behind a number."""
    text = _BRACKETS.sub(" ", _NUMBERED.sub("", header))
    return _plain(re.split(r"\d", text, maxsplit=1)[0] or text)


def _top(header: str) -> float:
    """Return the end of the scale of few steps that a header states, or 0."""
    text = "" if header_words.unit_in(header) else header.casefold()
    if found := _SCALE.search(text) or _OUT_OF.search(text):
        return float(found[found.lastindex or 0])
    ends = _ends(header) if text and _LEGEND.search(header) else {}
    return float(max(ends)) if len(ends) > 1 and max(ends) <= 10 and all(ends.values()) else 0.0


_AM = re.compile(r"(?i)^\W*a\.?m\b|\ba\.?m\.?\W*$|[(\[]a\.?m\.?[)\]]")


def _in_the_morning(header: str) -> str:
    """Say why a header is of a morning alone: Stress AM, no stress I am under; or nothing."""
    about = header_words.meanings_of(re.sub(r"(?i)\bam\b", " ", header))
    other = about & {"evening", "daytime", "date", "at_bed"} or YESTERDAY.search(header.casefold())
    if other or not (about & {"morning", "on_waking"} or _AM.search(header)):
        return ""
    return ON_WAKING if "on_waking" in about else IN_THE_MORNING


def contradicted(column: str, header: str, shape: shapes.Shape) -> str:
    """Say why a header is not of the column that its other words mean, or nothing."""
    core, about = _core(header), header_words.meanings_of(header)
    other = about & {"awake", "dream", "snore", "bathroom"}
    if column == "quality" and other and not about & {"quality", "well", "how"}:
        return ON_A_SCALE
    if column in (*CLOCKS, *_PARTS, "tst_min", "tib_min", "spt_min"):
        words = header_words.words_of(bare := _NOTED.sub(" ", header))
        text = header_words.folded(f"{' '.join(words)} | {bare}")
        if _PARTLY.search(text) or (column == "final_wake" and _WAKING.search(text)):
            return PARTLY
    if column == "stress" and (why := _in_the_morning(header)):
        return why
    if column in _RATINGS:
        bad, good = _BAD.search(core), _GOOD.search(core)
        own = not (bad or good or "rested" in about) and _FELT.search(core)
        if own and column in ("rested", "mood_on_waking"):
            return FELT
        if _NOT.search(core) and not (bad and good):
            return NEGATED
        if column != "stress" and bad and not good:
            return OF_BAD
        if column == "quality" and _GRADES.search(_plain(header)) and not shape.high > 6:
            return "" if any(_ends(header).values()) else SCHOOL_GRADES
    if column in _PARTS and shape.kind in ("", "number", "text"):
        from_none = (scale := _SCALE.search(header)) is not None and scale[1] == "0"
        counted = "times" in about or (from_none and _COUNTED.fullmatch(core))
        if (top := _top(header)) and not shape.high > top and not (column == "nawk" and counted):
            return ON_A_SCALE
        if shape.high <= 10 and column in ("sol_min", "nawk") and _HARD.search(core):
            return "" if header_words.unit_in(header) else ON_A_SCALE
    return ""


def _awake_outside(header: str, shape: shapes.Shape) -> Sense | None:
    """Return what time awake is that lies before sleep or after its end: never within it."""
    about, core = header_words.meanings_of(header), _core(header)
    if about & {"fall", "latency"} and _AGAIN.search(_plain(header)):
        return Sense("night")
    lying = "awake" in about or {"wake", "alarm"} <= about  # woke up before the alarm, minutes
    if not lying or not shape.length or about & {"fall", "latency", "night"}:
        return None
    unit = header_words.unit_in(header)
    minutes = shape.kind == "number" or (shape.either and shape.high < 180)
    timed = unit or "length" in about or shape.kind == "duration" or (minutes and not shape.few)
    if timed and "at_bed" in about:
        to_bed = re.search(r"\bbed(?:time)?\b", core.partition("before")[2])
        up = to_bed or shape.high >= 3 * (1 if unit == "h" else 60)
        return Sense("aside", why=shapes.DOUBT) if up else Sense("night", "sol_min")
    ended = header_words.meanings_of(core) & {"alarm", "morning", "on_waking", "final"}
    within = re.search(r"onset|waso|[:：]", header.casefold())
    return Sense("night", "twak_min") if timed and ended and not within else None


def turned(plain: _Asked) -> _Asked:
    """Let what turns a header's sense round have the last word on what its words mean."""

    @wraps(plain)
    def sense(header: str, shape: shapes.Shape) -> Sense | None:
        told = _awake_outside(header, shape) or plain(header, shape)
        habit = told is None or told.role == "habit"
        if habit and AFTER.search(_plain(header)):
            return None if shape.kind in ("date", "stamp") else Sense("morning", why=AFTERWARDS)
        if told and told.column in ("", "nawk") and _WOKEN.search(_core(header)):
            return Sense("night")
        why = _in_the_morning(header) if habit and _WORRIES.search(_core(header)) else ""
        if told and (why := why or contradicted(told.column, header, shape)):
            role = "habit" if told.column + why == "stress" + NEGATED else "morning"
            return Sense(told.role if why == PARTLY else role, why=why)
        return told

    return sense


def before_date(header: str) -> str:
    """Say what before its row's date a header is of: "day" (wine last night), "night", or ""."""
    about, text = header_words.meanings_of(header), header.casefold()
    if _LAST_NIGHT.search(text) and ("habit" not in about or about & {"wake", "awake"}):
        return "night"
    return "day" if YESTERDAY.search(text) or _LAST_NIGHT.search(text) else ""


def of_the_day_after(headers: list[str], labels: str, unsure: set[str]) -> list[tuple[int, str]]:
    """Return what asks of today after the night, and why: beside yesterday, or by the dates."""
    back = [before_date(header) == "day" for header in headers]
    now = [i for i, h in enumerate(headers) if _TODAY.search(h.casefold()) and not back[i]]
    asked = labels == "morning" and (any(back) or not unsure & {"evening", header_words.FILLED_IN})
    return [(i, AFTERWARDS if any(back) else OF_TODAY) for i in now if asked]


#: What somebody has of a night, and feels.
_SLEPT = {"bed", "lights", "fall", "latency", "sleep", "wake", "awake", "rise", "quality", "rested",
          "feeling", "stress", "score", "deep", "rem", "efficiency"}  # fmt: skip
_TO_BED, _UP = {"bed", "lights", "fall", "begin"}, {"rise", "wake", "end"}
_MY, *_WHO = ("|".join(word_lists()[part]) for part in ("my", "his or hers", "others"))
_HERS, _OTHERS = (
    re.compile(rf"^\W*(?:{first})?(?:{who})(?:'s)?(?![a-z])|[(\[](?:{who})[)\]]")
    for first, who in zip(("", _MY), _WHO, strict=True)
)


def of_another(headers: Sequence[str], shapes_of: Sequence[shapes.Shape]) -> dict[int, Sense]:
    """Return what columns of other people and of animals are, beside those of one's own night."""
    found, own, others, before = dict[int, Sense](), set[str](), list[frozenset[str]](), ""
    for i, header in enumerate(headers):
        shape = shapes_of[i] if i < len(shapes_of) else shapes.Shape()
        about = header_words.meanings_of(header)
        if before and about - {"length"} and about <= {"begin", "end", "length"}:  # Nap, From
            found[i] = Sense("aside", why=f"it stands behind {before!r}, of which it is")
            continue
        before = header if about & {"nap", "habit"} else ""
        text = header_words.folded(header.replace("’", "'").replace("_", " "))
        hers, other = _HERS.search(text), _OTHERS.search(text)
        beside = bool(other and other[0][0] in "([")
        if not (hers or other):
            own |= set() if about & {"habit", "nap", "times"} else about
            others.append(about)
        elif not about & _SLEPT or "nap" in about:
            continue
        elif hers and "habit" not in about:
            found[i] = Sense("aside", why=OF_ANOTHER)
        elif other and shape.kind in ("clock", "stamp") and not (shape.either and shape.low < 180):
            rose = about & _UP and 3 * 60 <= shape.middle < 14 * 60  # kids asleep at 20:30
            found[i] = Sense("aside", why=OF_ANOTHER) if rose else Sense("habit")
        elif shape.kind == "yes/no" or shape.ticks or (about & _UP and beside):
            continue  # partner in bed; woke up (baby)
        elif about & {"quality", "rested"} or "habit" not in about or beside:
            found[i] = Sense("aside", why=OF_ANOTHER)
    same = (header_words.meanings_of(headers[i]) - {"person"} in others for i in found)
    return found if (own & _TO_BED and own & _UP) or any(same) else {}


def tell(header: str, why: str, notes: list[str], assumed: list[str]) -> None:
    """Tell of a column that is not what it seems, and how it is one; school grades are asked."""
    day = option("read_diary(...", when={header: "day"})
    quality, ends = (option("read_diary(...", columns={header: n}) for n in ("quality", CLOCKS[-1]))
    mirrored, meant = f"{quality} and {option(reverse='quality')}", header_words.meanings_of(header)
    way = dict.fromkeys((IN_THE_MORNING, OF_TODAY), f" If it is the one before: {day}.")
    way |= dict.fromkeys((NEGATED, ON_A_SCALE, AFTERWARDS, FELT, PARTLY), "") | {
        OF_BAD: "" if meant & {"mood", "rested"} else f" As quality: {mirrored}.",
        STAMPED: f" If it ends the night: {ends}; the one that begins it is 'into_bed'.",
        LEFT_OUT: f" If it is a habit: {day}.",
        SCHOOL_GRADES: f" If 1 is the best: {mirrored}; if not: {quality} alone.",
    }
    if why in way:
        said = f"Column {header!r}: {why}.{way[why]}"
        (assumed if why in (SCHOOL_GRADES, IN_THE_MORNING, OF_TODAY) else notes).append(said)


# ---- which end of a scale is the better one


@cache
def _ends(header: str) -> Mapping[int, str]:
    """Return the lowest and the highest number of a header -> the words that stand with it."""
    text = _SCALE.sub(" ", _NUMBERED.sub("", header.replace("’", "'")))  # (0-10) no work
    before = re.search(r"[^\W\d] ?= ?\d", text) and not _LEGEND.search(text)  # best=1
    parts = re.split(r"(?<![\w.:])(\d{1,3})(?![\w.:])", text)
    words = parts[0:-1:2] if before else parts[2::2]
    found: dict[int, list[str]] = {}
    for number, said in zip(map(int, parts[1::2]), words, strict=True):
        cut = re.split(r"[(,;]", said)[-1] if before else re.split(r"[),;]", said)[0]
        cut = _JOINING.sub("", cut.strip(_SIGNS)).strip(_SIGNS)
        found.setdefault(number, []).append(cut if _plain(cut) else "")  # a lone question mark
    ends = {min(found), max(found)} if found else set()
    return {number: " ".join(filter(None, found[number])) for number in sorted(ends)}


def _side(said: str, column: str) -> int:
    """Return 1 where words are of the end at which there is more of it, -1 of the other, or 0."""
    better = -1 if column == "stress" else 1
    said = _plain(said)
    if _NOT.search(said.replace(" at all", "")):
        return -1
    rest = " ".join(word for word in said.split() if not _MUCH.fullmatch(word))
    if said and not rest:  # very, fully
        return 1
    grades = header_words.vocabulary()[1]
    for text in (said, rest, *rest.split()):
        for scale, sign in (("good", better), ("much", 1)):
            if not _MUCH.fullmatch(text) and (rank := grades[scale].get(text, 4)) != 4:
                return sign if rank > 4 else -sign
        if _WORSE.fullmatch(text) or _BETTER.fullmatch(text):
            return better if _BETTER.fullmatch(text) else -better
    return int(("stress" if column == "stress" else "rested") in header_words.meanings_of(rest))


def _ends_in_words(header: str, column: str) -> list[tuple[str, int]]:
    """Return what a header says of low or high numbers, with 1 where more is more, -1 or 0."""
    text = " ".join(header_words.folded(header.replace("’", "'")).split())
    for pair in _PAIR.finditer(text):  # better = lower
        if _END.fullmatch(pair[2].strip()) and not _END.fullmatch(pair[1].strip()):
            said = pair[1].split()[-2:]
            said = said if _END.fullmatch(said[0]) else said[-1:]
            text = text.replace(pair[0], f"({pair[2]} = {' '.join(said)}")
    found = []
    for one in _IN_WORDS.finditer(text):
        said = re.split(" (?:and|und|et|y|e|en|i|och) ", one[3])[0].strip(_SIGNS)
        side = _side(said, column)
        if than := _END.match(said):  # less stress
            rest = said[than.end() :].strip()
            own = not rest or column in header_words.meanings_of(rest)
            side = (-1 if than[1] else 1) * (1 if own else _side(rest, column))
        found.append((f"{one[1]!r} is {said!r}", -side if one[2] else side))
    return found


def as_more(
    column: str, header: str, values: Any, table: Any, notes: list[str], assumed: list[str]
) -> Any:
    """Mirror ratings whose header says that more is less; ends that are not understood are told."""
    if header not in table.header or values.dtype.kind != "f" or not np.isfinite(values).any():
        return values
    if column == "mood_on_waking" and _AM.search(header):
        chosen = option("read_diary(...", columns={header: "mood_am"})
        how = f"If it is the one before: {chosen} and {option(when={'mood_am': 'day'})}."
        notes.append(f"Column {header!r} is read as of the morning after the night. {how}")
    ends = _ends(header)
    said = " and ".join(f"{number} is {words!r}" for number, words in ends.items() if words)
    low = {min(ends)} if len(ends) > 1 or max(ends, default=2) < 2 else set()
    sides = [_side(words, column) * (-1 if n in low else 1) for n, words in ends.items() if words]
    if not any(sides) and (worded := _ends_in_words(header, column)):
        said, sides = " and ".join(one for one, _ in worded), [side for _, side in worded]
    written = table.columns[table.header.index(header)]
    if not sides or sum(sides) > 0 or shapes.shape_of(written).graded:
        return values
    if sum(sides) < 0:
        named = _SCALE.search(header.casefold())
        first, last = map(float, named.groups() if named else (min(ends or [0]), max(ends or [0])))
        found = float(np.nanmin(values)), float(np.nanmax(values))
        if first == last or not first <= found[0] <= found[1] <= last:
            first, last = found
        told = f"Column {header!r} was mirrored within {first:g} to {last:g}, as its header says"
        notes.append(f"{told} that {said}.")
        return first + last - values
    if (len(sides) > 1 and _LEGEND.search(header)) or not ends:
        how = f"that {said}, which is not understood, so more is read as more"
        other = option("read_diary(...", reverse=column)
        assumed.append(f"Column {header!r} says {how}. If it is the other way: {other}.")
    return values
