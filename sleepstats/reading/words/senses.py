"""What a header and the look of its cells say together.

The words stand in ``vocabulary.txt``, by meaning and in eleven languages; here stands which of them
together make which column: a new word is one entry there, a new rule one line here.
"""

from __future__ import annotations

import re

from sleepstats.columns import CLOCKS, DICTIONARY
from sleepstats.reading.cells.parsed import word_lists
from sleepstats.reading.words.header_words import meanings_of, unit_in, words_of
from sleepstats.reading.words.shapes import DOUBT, SAYS_NOTHING, Shape, strange_words, takes_time
from sleepstats.reading.words.turned import LEFT_OUT, STAMPED, Sense, contradicted, turned

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
_SAYS_NOTHING = {"opaque", "morning", "evening", "rating", "length", "times", "ordinal", "percent",
                 "how", "well"}  # fmt: skip
_RATES = {"heart", "hrv", "oxygen", "breath"}
_ENDS = {"sleep", "bed", "rise", "wake", "fall", "lights"}
_SHARES = {"efficiency", "percent", "score", "readiness", "heart", "hrv"}
#: Words that place something unknown before the night, and after it.
_BY_DAY = {"daytime", "evening", "at_bed", "awake", "date"}
_BEFORE_NIGHT, _AFTER_NIGHT = {"evening", "daytime", "at_bed"}, {"morning", "on_waking"}
_EARLIER, _NIGHTS = {"evening", "at_bed"}, ((3, 14), (180, 840), (10_800, 50_400))  # h, min, s
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
#: What was felt, with no word of when: asked of the night that is over. Questions that are answered
#: in words, points that may be those of anything, the least and the most of a night, am/pm.
_FELT, _REST, _WHAT, _POINTS, _TODAY, _LEAST, _MOST, _HALF_DAYS, _TIME = (
    re.compile("|".join(word_lists()[part])) for part in (
        "felt", "rest", "asks what", "points", "today", "least", "most", "half days", "time")
)  # fmt: skip


@turned
def sense(header: str, shape: Shape) -> Sense | None:
    """Say what a column is by its words and the look of its cells; None if they do not tell."""
    about = meanings_of(header)
    words = words_of(header)
    if header.strip() == "#" or (shape.counting and shape.named and about and about <= _BARE):
        return Sense("id")  # Night 1, Night 2
    if "qualifier" in words:
        return Sense("night", why="the word of a device for its score")
    if "heart" in about and shape.high <= 24 and "hr" in words:
        about -= {"heart"}  # hr is an hour
    if about & _RATES and any(map(_LEAST.fullmatch, words)):
        about = about - {"length"} | {"lowest"}  # of a rate there are no minutes
    if len(words) > 1 and ("how" in about or "?" in header) and shape.levels > 1:
        about -= {"person"}  # Wie geht es dir? is no Dutch "who"
    if not about:
        single = len(words) <= 1 and len("".join(words)) <= 1
        if single and shape.counting:
            return Sense("id", why="its numbers count the rows")
        return Sense("aside", why=SAYS_NOTHING) if single and shape.rated else None
    return _bookkeeping(header, about, shape) or _of_sleep(header, about, shape)


def _bookkeeping(header: str, about: frozenset[str], shape: Shape) -> Sense | None:
    """Dates, people, identifiers, notes and what says nothing about a night."""
    body, plain = about & _BODY, shape.kind in ("text", "number", "")
    naps = shape.naps or ("nap" in about and words_of(header)[0] == "is")
    if naps or _HALF_DAYS.fullmatch(header.strip().casefold()):
        return Sense("id", why="it says which rows are naps" if naps else "half of a day")
    if "weekday" in about:
        return Sense("date", why="a weekday: the date says it")
    ends = about & {"begin", "end"} and about & {"sleep", "bed"}  # sleepEndTimestamp
    dated = shape.kind == "date" or (shape.kind == "stamp" and not ends)
    of_date = shape.kind == "date" and "date" in about  # date de lever
    if dated and not body - (_ENDS if of_date else {"sleep", "bed"}):
        if "filled" in about:
            return Sense("date", "<filled in>", STAMPED if about & {"begin", "end"} else "")
        if about & {"date", "evening", "morning", "night"}:
            part = "morning" if "morning" in about else "evening"
            return Sense("date", f"<{part}>" if about & {"evening", part} - {"date"} else "<date>")
    if "date" in about and about <= {"date", "daytime", "night", *_ENDS} and shape.days:
        return Sense("date", why="another date")
    if (
        "note" in about
        and ("how" not in about or about == {"note", "how"})  # French: comment
        and shape.kind in ("text", "empty", "")
        and not body - {"rating", "sleep", "dream", "wake", "awake", "habit" if shape.prose else ""}
    ):
        return Sense("note", "comments")
    named = {"times", "habit"} if shape.constant else {"times"}  # a kid; French: number
    named |= {"unused"} if shape.constant and len(words_of(header)) == 1 else set()  # German: Kind
    if (
        "person" in about
        and not about & {"unused", "date", *body} - (named if shape.kind == "text" else set())
        and plain
    ):
        return Sense("id" if shape.counting and shape.kind == "text" else "person")
    asked = _WHAT.match(header.strip().casefold()) and shape.kind == "text" and not shape.graded
    if asked and not about & {"habit", "id", "person", "weekday", "nap", *body}:
        return Sense("habit") if shape.listed else Sense("note", "comments")
    if about == {"score"} and _POINTS.fullmatch(header.strip().casefold()):
        return Sense("aside", why=SAYS_NOTHING)
    few = "times" in about and not shape.counting and 1 < shape.levels <= 12  # number of classes
    alone = about == {"score", "id"} or (about & {"id", "ordinal"} and about <= _BARE and not few)
    if alone and plain:
        return Sense("id")
    doubtful = about == {"unused", "habit"} and len(words_of(header)) == 1  # sex
    alone = doubtful and not (
        (shape.kind == "yes/no" and not shape.constant)
        or shape.ticks
        or (shape.kind == "number" and (shape.levels != 2 or shape.low == 0))
    )
    told = about & {"length", "begin", "end"} or (
        shape.kind == "number" and not shape.whole and strange_words(header)
    )  # sleep_end_utc, efficacy_app: of the night, and beside it where it was measured
    if "unused" in about and (alone or not (body - {"sleep", "times"} or told)):
        differs = 1 < shape.levels <= 12 and not shape.counting
        return Sense("id", why=LEFT_OUT if differs else "no property of a night")
    return None


def _of_sleep(header: str, about: frozenset[str], shape: Shape) -> Sense | None:
    """Say what a column about sleep, feelings or habits is."""
    timed = bool(unit_in(header)) or "length" in about or shape.kind == "duration"
    asked = about & {"evening", "daytime", "at_bed"}
    if about == {"at_bed", "length"} and shape.length:  # minutes before sleep
        return Sense("night", "sol_min")
    if "alarm" in about and shape.clock and "wake" not in about:
        return Sense("clock")
    if "apnea" in about and shape.length and (shape.kind != "yes/no"):
        return Sense("night")
    if "nap" in about:
        counted = "times" in about or not (timed or shape.kind == "clock" or shape.high > 10)
        if about & {"sleep", "night"} and (3 <= shape.low <= 14 or shape.low >= 180):
            return Sense("aside", why=DOUBT)  # the night and the nap together
        return Sense("habit", "" if counted or not shape.length else "nap_min")
    if "sensor" in about and "snore" not in about and shape.kind != "yes/no":
        return Sense("aside", why=DOUBT)
    if {"habit", "lights"} <= about and shape.clock and not asked:
        return Sense("clock", "lights_out")  # phone away, lights off
    if about & _RATES and about & _BY_DAY and not about & {"habit", "sleep", "night", "score"}:
        return Sense("aside", why="its words are of the day, not of the night")
    if "habit" in about and ("meanwhile" in about or ("awake" in about and shape.length)):
        return Sense("aside", why=DOUBT)  # ate during the night; lay awake worrying
    if "habit" in about and not ("wake" in about and shape.kind == "yes/no"):
        return Sense("habit")
    if "stress" in about and about & {"sleep", "night"} and not asked:
        return Sense("night")  # what a device makes of the pulse
    if "stress" in about:
        return Sense("habit", "stress" if shape.rated and not timed else "")
    if shape.clock and not (shape.hhmm and unit_in(header)) and (clock := _clock(about, shape)):
        return clock
    written = shape.kind == "duration" and 180 <= shape.low <= shape.high < 780  # 6h45min
    if written and (about <= {"wake", "final", "morning"} or about == {"rise"}):
        return Sense("clock", "out_of_bed" if "rise" in about else "final_wake")
    plain = header.strip().casefold()
    if shape.rated and not timed and (about == {"how"} or _FELT.fullmatch(plain)):
        return Sense("morning")  # how was it, in a diary of sleep
    scale = shape.graded or (shape.kind == "number" and shape.whole and 3 < shape.high <= 10)
    if scale and not timed and _REST.fullmatch(plain):
        return Sense("morning", "rested")  # repos (1-10)
    if rated := _rating(header, about, shape, timed=timed):
        return rated
    if shape.kind == "clock" and not shape.either:
        return None
    if takes_time(header, shape, timed=timed):
        return Sense("night", "sol_min")
    if "feeling" not in about and (length := _length(header, about, shape, timed=timed)):
        return length
    if about & _RATES and ("lowest" in about or any(map(_MOST.match, words_of(header)))):
        return Sense("night", "lowest_heart_rate_bpm" if {"heart", "lowest"} <= about else "")
    if "heart" in about:
        part = "resting" if "resting" in about or "rhr" in header.casefold() else ""
        part = part or "sleeping" * bool(about & {"sleep", "opaque", "night"})
        return Sense("night", f"{part}_heart_rate_bpm" if part and "score" not in about else "")
    for meaning, column in _MEASURES:
        if meaning in about and asked & {"at_bed"} and shape.few:
            return Sense("habit")
        if meaning in about and column in _ONLY_MINUTES and shape.ticks:
            return Sense("aside", why=DOUBT)
        if meaning == "stage" and meaning in about and shape.kind == "yes/no":
            return Sense("habit")  # Italian: ciclo
        if meaning in about:
            minutes = column in _ONLY_MINUTES
            fits = shape.length and not (minutes and about & {"percent", "score", "times"})
            bare = meaning in ("hrv", "oxygen", "breath") and bool(about & {"score", "quality"})
            bare |= 1 < shape.high <= {"efficiency": 10, "oxygen": 50}.get(meaning, 1)  # 4 of 5
            return Sense("night", column if fits and not bare else "")
    if "feeling" in about and shape.rated:
        if asked and not ("how" in about and _TODAY.search(header.casefold())):
            return Sense("habit")
        return Sense("aside", why="it may be about the evening before or the morning after")
    said = about & (_BEFORE_NIGHT | _AFTER_NIGHT)
    if said and about - said <= _SAYS_NOTHING and strange_words(header):
        part = "habit" if said <= _BEFORE_NIGHT else "morning" if said <= _AFTER_NIGHT else "aside"
        return Sense(part, why=DOUBT if part == "aside" else "the words of its header")
    if about <= _SAYS_NOTHING:
        silent = about & {"opaque", "how", "well"}
        return Sense("aside", why=SAYS_NOTHING) if silent else None
    if "sleep" in about and words_of(header)[0] in ("is", "has"):
        return Sense("id", why="a mark of the record")
    woken = "wake" in about and shape.kind == "yes/no"
    if woken or ("percent" in about and about & {"sleep", "awake"}):
        return Sense("night")
    doubt = about & _OF_NIGHT and not about & {"daytime", "at_bed"}
    return Sense("aside", why=DOUBT) if doubt else None


def _clock(about: frozenset[str], shape: Shape) -> Sense | None:
    """Return the clock that words mean; hours and minutes may be a length instead."""
    if about & _SHARES and about <= {*_SHARES, "sleep", "night"}:
        return None  # of these only a share of a day would be a clock time
    awake = about & {"wake", "awake"} and not about & {"rise", "bed", "begin", "end"}  # awake 00:20
    early = shape.either and shape.high < 3 * 60 and (awake or not shape.padded)
    if shape.padded and shape.low >= 3 * 60 and about <= {"wake", "final", "morning", "length"}:
        about -= {"length"}  # 06:40 is no time awake
    asleep = about & {"sleep", "fall", "period"}
    if shape.either and ("length" in about or early) and not about & {"rise"}:
        return None
    # In the hours of a night's length, falling asleep and lying down are hardly clock times.
    other = {"wake", "awake", "begin", "end", "rise", "lights"}
    long = shape.either and shape.low >= 3 * 60 and "sleep" in about and not about & other
    if long or ("latency" in about and shape.kind != "stamp"):
        return None
    if {"lamp", "out"} <= about or about == {"lamp"}:
        return Sense("clock", "lights_out")
    for meaning, column in (("rise", "out_of_bed"), ("lights", "lights_out"),
                            ("fall", "sleep_onset")):  # fmt: skip
        if meaning in about and not (meaning == "rise" and "begin" in about):
            return Sense("clock", column)
    if about & {"wake", "awake"}:
        return Sense("clock", "" if "awake" in about and about & {"begin", "end"} else "final_wake")
    if about & {"bed", "sleep"} or about <= {"begin", "end", "out", "length", "night", "date"}:
        ends = "end" in about and "begin" not in about and "bed" not in about - {"end"}
        if ends or (about == {"out"} and 3 * 60 <= shape.middle < 12 * 60):
            return Sense("clock", "final_wake" if "sleep" in about else "out_of_bed")
        if "bed" in about:
            up = "end" in about and "begin" not in about and shape.kind != ""
            return Sense("clock", "out_of_bed" if up else "into_bed")
        if "begin" in about or asleep:
            return Sense("clock", "sleep_onset" if asleep else "into_bed")
    return None


def _rating(header: str, about: frozenset[str], shape: Shape, *, timed: bool) -> Sense | None:
    """Return the rating of the morning that words mean."""
    share = {"percent", "sleep"} <= about and "wake" not in about  # restful sleep %
    if share or not shape.rated or timed or (shape.graded and "score" in about):
        return None  # a device's word for its score
    if "rested" in about and not about & {"score", *_EARLIER}:
        return Sense("morning", "rested")
    if "quality" in about and not about & {"score", "heart", "breath"}:
        return Sense("morning", "quality")
    if about & {"on_waking", "morning", "wake", "rise"} and "feeling" in about:
        plain = "rested" if "fresh" in about else ""  # which no headache and no fatigue is
        return Sense("morning", "mood_on_waking" if "mood" in about else plain)
    if about & {"wake", "rise"} and about & {"how", "well"} and not about & {"times", "length"}:
        return Sense("morning")  # how I got up
    sure = about & {"well", "how"} or shape.graded or contradicted("quality", header, shape)
    other = not (sure or shape.marked) and ("feeling" in about or strange_words(header))  # pain
    other = other or bool(about & {"times", "daytime", "at_bed"})
    told = about & {"well", "how", "rating"} or shape.graded or shape.marked
    of_it = about & {"sleep", "night"} or {"rating"} <= about <= {"rating", "note", "opaque"}
    if told and of_it and not other:
        return Sense("morning", "quality")
    waking = "on_waking" in about or ("wake" in about and shape.graded)
    return Sense("morning") if waking and not about & {"sleep", "night", "times"} else None


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
    if {"rise", "night"} <= about and not shape.either:
        return Sense("night", "waso_min" if timed else "")
    if about & {"wake", "awake"} and "fall" not in about:
        many = ("times" in about and not unit_in(header)) or (not timed and shape.few)
        if not many and not timed and strange_words(header) and "waso" not in header.casefold():
            return Sense("aside", why=DOUBT)  # cortisol awakening
        few = many or not (timed or "awake" in about or shape.high > 40)
        return Sense("night", "nawk" if few else "waso_min")
    if about & {"latency", "fall"}:
        return Sense("night", "sol_min")
    if "period" in about:
        return Sense("night", "spt_min")
    hours = not shape.whole and 3 <= shape.low <= shape.high <= 14
    if "bed" in about and timed:  # fewer: hours after 22:00, parts of a day
        few = not hours and 1 < shape.high < (4 if unit_in(header) == "h" else 240)
        return Sense("aside", why=DOUBT) if few else Sense("night", "tib_min")
    nightly = any(a <= shape.low <= shape.high <= b for a, b in _NIGHTS)
    if about == {"sleep"} and _TIME.search(header.casefold()):  # no rating, and hardly 10, 11, 12
        timed |= nightly and not (shape.whole and 9 <= shape.low < 180)
    if "sleep" in about and (hours if "times" in about else timed or (hours and "night" in about)):
        return Sense("night", "tst_min")
    known = all(meanings_of(word) or unit_in(word) for word in words_of(header))
    may = shape.kind != "number" or any(shape.low >= 0 and a <= shape.high <= b for a, b in _NIGHTS)
    known = known and may and not any(map(str.isdigit, header))  # 1h 10min is a cell, no header
    slept = about == {"length"} and (nightly or known) and (known or not unit_in(header))
    return Sense("night", "tst_min") if slept else None  # what was spent, a lesson's length


#: Columns that are clock times, durations of the night, and ratings.
_LENGTHS = tuple(name for name, column in DICTIONARY.items() if column.unit == "min")


def fits(column: str, header: str, shape: Shape) -> bool:
    """Whether a whole header's known meaning can be what its cells show."""
    about = meanings_of(header)
    if contradicted(column, header, shape) or (column == "rested" and about & _EARLIER):
        return False
    if column in CLOCKS and about & {"habit", "feeling", "stress"}:  # worry when I went to bed
        return shape.clock and "at_bed" not in about
    if shape.graded:
        return column not in CLOCKS and column not in _LENGTHS
    if column in CLOCKS:
        if column in CLOCKS[3:] and shape.kind == "number" and 24 < shape.high < 400:
            return shape.epoch  # wake: 68, 37, 151 beside deep and light, in minutes
        return shape.clock or shape.kind in ("empty", "text") or (
            shape.kind == "number" and not unit_in(header) and shape.high <= 2400
            and not (shape.few and "times" in about)
        )  # fmt: skip
    if column in _LENGTHS:
        return (shape.length and not shape.counted) or shape.kind in ("empty", "text")
    return column.endswith("_last") or shape.kind not in ("clock", "stamp", "date")
