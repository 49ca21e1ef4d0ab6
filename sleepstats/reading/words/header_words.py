"""The vocabulary of diary headers: question texts and short names, and the columns they stand for.

Item wording follows the Consensus Sleep Diary (Carney et al. 2012, doi:10.5665/sleep.1642); the
rest are headers people give their own spreadsheets, with a few in other languages. Any other header
is understood by its words, from ``vocabulary.txt``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.reading import cells as of
from sleepstats.reading.cells.parsed import NONE, Parsed, Told, says_missing, word_lists
from sleepstats.reading.text import Cells

clocks_of = of.clock_words
#: Words shorter than this whose accent tells them apart are compared with it: thé, öl.
_SHORT, _MOST_WORDS = 4, 7
_CJK, _WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"), re.compile(r"[^\W\d_]+")
_APPS = {*word_lists()["devices"]} - {"band", "diary", "mat", "phone"}
_CAMEL = re.compile(
    r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|"
    r"(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z](?:mins?|secs?|hrs?|ms|pct|avg)\b)|"
    r"(?<=[A-Z]{2})(?=(?:mins?|secs?|hrs?|ms|pct|avg)\b)"
)  # SWSmins; fmt: skip
_UNIT_OF = word_lists()["unit of a header"]

#: Meanings of which a letter behind them can only be the unit.
_OF_SLEEP = {"sleep", "fall", "latency", "awake", "wake", "bed", "period", "night"}

#: The end of a scale: out of 10, /5.
_OUT_OF = re.compile(
    r"(?:\bout of|/|\bvon|\bsur|\bde|\bsu|\bvan|\bav|\bna|\b[01] ?(?:-|–|to|bis|à|a|~)) ?"
    r"(?:5|6|7|10|100)\b(?! ?(?:h|min)\b)"
)

#: Pseudo-columns that date a row.
DATES = ("<evening>", "<morning>", "<filled in>", "<date>")
EVENING_DATE, MORNING_DATE, FILLED_IN, PLAIN_DATE = DATES

#: Column or date, and the words that mean it; the first that fits a whole header counts.
PATTERNS = tuple(
    (part.removeprefix("column "), "|".join(words))
    for part, words in word_lists().items()
    if part.startswith("column ")
)


def folded(text: str) -> str:
    """Return a text without case and, but in Japanese and Chinese, without accents."""
    if text.isascii():
        return text.casefold()
    text = unicodedata.normalize("NFD", text.casefold().translate(str.maketrans("łøı", "loi")))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", text))


@cache
def vocabulary() -> tuple[dict[str, frozenset[str]], dict[str, dict[str, int]]]:
    """Return phrase -> meanings, and words of grades -> rank by scale."""
    found: dict[str, set[str]] = {}
    grades: dict[str, dict[str, int]] = {}
    part, rank = "", 0
    text = Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#") and part != "pictures":
            begin, colon, rest = line.partition(": ")
            words = (rest if colon and len(begin) < 3 else line).split(",")  # or a line goes on
            if part.startswith("grades "):
                rank = int(begin) if colon and begin.isdigit() else rank
                scale = grades.setdefault(part.removeprefix("grades "), {})
                for word in words:
                    scale.setdefault(folded(word.strip()), rank)
                continue
            for word in filter(None, map(str.strip, words)):
                plain = folded(word)
                accented = len(plain) <= _SHORT and plain != word and not _CJK.search(word)
                found.setdefault(word if accented else plain, set()).add(part)
    return {phrase: frozenset(parts) for phrase, parts in found.items()}, grades


#: Longer words mean nothing; a header of thousands of letters would be taken apart for hours.
_LONGEST_WORD = 60


@cache
def pictures() -> dict[int, str]:
    """Return what the pictures in a header stand for."""
    text = Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8")
    lines = text.partition("[pictures]\n")[2].partition("\n[")[0].splitlines()
    told = (line.partition(": ") for line in lines)
    return {ord(sign): f" {word} " for word, _, signs in told for sign in signs}


@cache
def known_words() -> frozenset[str]:
    """Return every single word of the vocabulary; those that end as they like with an asterisk."""
    phrases, grades = vocabulary()
    texts = [*phrases, *(text for scale in grades.values() for text in scale)]
    return frozenset(word for text in texts for word in text.split())


def words_of(header: str) -> list[str]:
    """Return the words of a header, case folded: camelCase, snake_case, units and signs apart."""
    text = header[: clocks_of.LONGEST_HEADER].replace("’", "'")
    text = re.sub(r"(?<=[a-z])2(?=[a-z])", " to ", text)
    if not text.isascii():
        text = text.translate(pictures())
    text = text.replace("%", " percent ").replace("#", " number of ").replace("dB", "db")
    text = re.sub(r"(?i)(?<![a-z])sp ?o[2₂]|\bo[2₂]\b|(?-i:SpO[2₂])", " spo", text)
    text = re.sub(r"(?i)\b(?:n|stage ?)3\b", "deep", re.sub(r"(?i)\bn[12]\b", "light sleep", text))
    found = [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", text))]
    return [word for word in found if len(word) <= _LONGEST_WORD or _CJK.search(word)]


_LEGEND = re.compile(
    r"\s*[(\[（]\s*(\d+)\s*[=:：–-][^()\[\]（）]*?[\s,;/，、](\d+)\s*[=:：–-][^()\[\]（）\d]+[)\]）]"
)


@cache
def meanings_of(header: str) -> frozenset[str]:
    """Return what a header's words are about; what ends of a scale are called is none of them."""
    header = _LEGEND.sub(r" (\1-\2)", header)
    words, found, faint, i = words_of(header), set[str](), set[str](), 0
    phrases, _ = vocabulary()
    while i < len(words):
        if _CJK.search(words[i]):
            found |= _of_script(words[i], phrases)
            i += 1
            continue
        for n in range(min(_MOST_WORDS, len(words) - i), 0, -1):
            meant = _phrase(words[i : i + n], phrases)
            if meant and not (n == 1 < len(words) and _is_little(header, words[i], words)):
                (faint if n == 1 and words[i] in _LITTLE else found).update(meant)
                i += n
                break
        else:
            found |= _compound(words[i], phrases) or _misspelt(words[i], phrases)
            i += 1
    found = found or faint
    if found & {"sleep", "night"} and _OUT_OF.search(header):
        found = (found - {"out"}) | {"rating"}
    if found & {"quality", "rating"} and not _APPS.isdisjoint(words):  # theirs, not the person's
        found = (found - {"quality", "rating"}) | {"score"}
    return frozenset(found - ({"nothing"} if "habit" in found else {"nothing", "meanwhile"}))


_SHORT_FORMS = {"se", "sq", "rr", "hf", "fc"}  # words of a sentence elsewhere
_BESIDE_SHORT = {"percent", "opaque", "sleep", "night", "score", "length", "resting", "lowest"}


def _is_little(header: str, word: str, words: list[str]) -> bool:
    """Whether a short form is a word of a sentence: como se sente; others are not looked for."""
    rest = (meanings_of(one) for one in words if one != word and not unit_in(one))
    may = word in _SHORT_FORMS and not all(m and m <= _BESIDE_SHORT for m in rest)
    return may and ("?" in header or not re.search(rf"(?<![^\W_]){word.upper()}(?![^\W_])", header))


#: Habits of one language that are in, from, with, not ... in another: alone they count.
_LITTLE = {"dans", "dos", "lei", "pas", "nad", "hij", "voor", "manga"}


def _phrase(words: list[str], phrases: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return what words mean as a phrase, whole or up to any ending."""
    told = " ".join(words)
    text = folded(told)
    if whole := phrases.get(told) or phrases.get(text):
        return whole
    shortest = len(text) - len(folded(words[-1])) + 2
    for end in range(len(text), shortest - 1, -1):
        if meant := phrases.get(text[:end] + "*"):  # Einschlaf-meditation is what is done
            rest = text[end:].removeprefix("s") if "fall" in meant else ""
            done = _phrase([rest], phrases) if len(rest) > _SHORT else frozenset()
            return done if "habit" in done else meant
    return frozenset()


_SPELT_FROM = 7  # shorter words are others too often, where one letter is wrong
_ENDINGS = ("time", "zeit", "tid", "tijd", "level", "pegel", "niveau", "nivå", "wert", "grad")


def _compound(word: str, phrases: dict[str, frozenset[str]]) -> set[str]:
    """Take a long word apart into words that all mean something."""
    text = folded(word)
    for cut in range(len(text) - 3, 2, -1):
        first = _phrase([text[:cut]], phrases) or _phrase([text[:cut].removesuffix("s")], phrases)
        rest = first and (_phrase([text[cut:]], phrases) or _compound(text[cut:], phrases))
        if first and (rest or text[cut:] in _ENDINGS):
            return {*first, *rest}
    return set()


def _less_a_letter(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))}


@cache
def _near_words() -> dict[str, set[str]]:
    """Return what is left of the longer words without one of their letters -> those words."""
    near: dict[str, set[str]] = {}
    for word in vocabulary()[0]:
        if len(word) >= _SPELT_FROM and word.isascii() and word.isalpha():
            for part in (word, *_less_a_letter(word)):
                near.setdefault(part, set()).add(word)
    return near


def _misspelt(word: str, phrases: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return what the one word means that a longer word is but for a letter: efficency."""
    text = folded(word)
    if len(text) < _SPELT_FROM or text in known_words() or unit_in(word):
        return frozenset()
    near = {x for part in (text, *_less_a_letter(text)) for x in _near_words().get(part, ())}
    meant = {phrases[one] for one in near if abs(len(one) - len(text)) <= 1}
    # gebraucht, needed, is not geraucht, smoked
    return meant.pop() if len(meant) == 1 and not any("habit" in m for m in meant) else frozenset()


def _of_script(text: str, phrases: dict[str, frozenset[str]]) -> set[str]:
    """Return what a text without blanks means, the longest words first, wherever they stand."""
    found, text = set[str](), folded(text)
    for n in range(min(8, len(text)), 0, -1):
        for part in [text[i : i + n] for i in range(len(text) - n + 1)]:
            if (meant := phrases.get(part)) and part in text:
                found |= meant
                text = text.replace(part, " ")  # what it says is said
    return found


@cache
def unit_in(header: str) -> str:
    """Return the unit of time in a header: ``"h"``, ``"min"``, ``"s"``, or nothing."""
    # last night's and s'endormir are no seconds, a sleep timer no hours in Danish
    words = words_of(re.sub(r"(?i)['’]s\b|\bs['’]|\bsleep[ _-]?timer|\bsecond (?=\w)", "", header))
    for word in reversed(words):
        if unit := _UNIT_OF.get(folded(word)):
            return unit
    if bracket := re.search(r"[(\[（]\s*(分钟|分間|分|小时|時間|秒)", header):
        return _UNIT_OF[bracket[1]]
    # One letter only where it stands alone behind words of sleep: geslapen (u), sömn (t), sen [g].
    letter = re.search(r"[(\[/]\s*([utg]|st|′|['’]|m)\s*\.?[)\]]?\s*$", header.casefold())
    if letter and meanings_of(header[: letter.start()]) & _OF_SLEEP:
        return "min" if letter[1] in "′'’m" else "h"
    return ""


# ---- what a header asks of its cells, where these could be read in two ways

_WHEN, _MAYBE_WHEN, _HOW_LONG, _NOT_HOURS = (
    re.compile("|".join(word_lists()[part]))
    for part in ("at what time", "may be a time", "done for so long", "not for hours")
)
_ENDS, DRUNK = (re.compile("|".join(word_lists()[part])) for part in ("ends of it", "drunk"))
_OF_OTHER = re.compile(r"[(\[](?![^)\]]*(?:h|time|clock|pm))")  # (kcal), (1-5), no (hh:mm)
_HALF_DAY_MIN, _SMALL_HOURS_MIN, _MORNING_MIN = 780.0, 300.0, 240.0
_LATE_MIN, _EARLY_H = 1500.0, 18.0  # to bed from 01:00 on; longer before bed than one is up
_AS_LENGTH = "read as how long. If these are times of the clock, write 13:30 or 01:30."
_AS_CLOCK = "read as times of the clock. If they say how long, write 90 min."
_NO_CLOCK = "no times of the clock, of which the header speaks: kept as they are. Write 15:00."


def asks(header: str) -> str:
    """Return whether a header asks "when", "how long", perhaps "when?", or nothing of these."""
    plain = folded(" ".join(re.sub(r"[^\w:]+|_", " ", header.replace("'", "")).split()))
    back = re.search(clocks_of.BEFORE_BED[0], plain)  # hours of it are no hour of the clock
    if _WHEN.search(plain) and unit_in(header) != "min" and not back:
        return "" if _OF_OTHER.search(header.casefold()) else "when"
    if unit_in(header) or _HOW_LONG.search(plain):
        return "when?" if _ENDS.search(plain) else "how long"
    return "when?" if _MAYBE_WHEN.search(plain) and not _OF_OTHER.search(header.casefold()) else ""


def as_asked(column: Cells, header: str, bed: Floats) -> Parsed:
    """Return cells as a header asks for them; ``style`` says what was done.

    1h30 can be a time of the clock or a length, 1500 a number or one. ``bed`` are bed times, in
    minutes from midnight: who is up in the small hours has an evening there.
    """
    kind, asked, as_it_is = of.kind_of_cells(column), asks(header), Parsed(column)
    if kind not in ("clock", "text") and not (asked and kind in ("number", "duration")):
        return as_it_is
    texts, codes = of.distinct(column)
    said = [i for i, t in enumerate(texts) if not says_missing(t) and t.casefold() not in NONE]
    shown = f"{', '.join(repr(texts[i]) for i in said[:3])}{' …' if len(said) > 3 else ''}:"
    begin = sum(texts[i][:1].isdigit() or texts[i].casefold() in clocks_of.NOON for i in said)
    worded = (not asked and 3 * begin < len(said)) or all(of.times_listed(texts[i]) for i in said)
    if not said or (kind == "text" and worded):
        return as_it_is
    if kind == "clock" and asked != "when":
        minutes = of.read_durations([texts[i] for i in said], unit="min").values
        padded = any(re.match(r"0\d:", texts[i]) for i in said)
        at_night = 2 * (bed > _LATE_MIN).sum() > np.isfinite(bed).sum()
        small = minutes.max() < _SMALL_HOURS_MIN and not (asked or padded or at_night)
        if not minutes.max() < _HALF_DAY_MIN or not (asked == "how long" or small):
            return as_it_is
        short = minutes.min() >= 60 and _NOT_HOURS.search(folded(header))  # gym time 6:15
        named = re.search("time|need|goal|target|bedarf|ziel|besoin", header, re.IGNORECASE)
        surely = unit_in(header) or (named and not short)
        if minutes.min() >= _MORNING_MIN and not surely:  # 7h30 of sport, or at 7:30
            return as_it_is if padded else Parsed(column, assumed=f"{shown} {_AS_CLOCK}")
        long = dict(zip(said, minutes.tolist(), strict=True))
        texts = [f"{long[i]:g} min" if i in long else text for i, text in enumerate(texts)]
        surely = unit_in(header) or (surely and minutes.min() < _MORNING_MIN)
        guess = bool(small or (":" in shown.removesuffix(":") and not surely))  # 1:15 of a walk
        return Parsed(np.array(texts, dtype=object)[codes], assumed=f"{shown} {_AS_LENGTH}" * guess)
    if asked == "how long" or kind == "clock":
        return as_it_is
    plain = {i: int(texts[i]) for i in said if re.fullmatch(r"\d{1,4}", texts[i], re.ASCII)}
    parts = {i: divmod(n, 100) if len(texts[i]) > 2 else (n, 0) for i, n in plain.items()}
    clocks = list(texts)
    least = 0 if asked == "when" else _MORNING_MIN / 60.0  # no meal is at 02:00
    if asked and all(least <= hour <= 24 and minute < 60 for hour, minute in parts.values()):
        for i, (hour, minute) in parts.items():
            clocks[i] = f"{texts[i][:-2] if len(texts[i]) > 2 else hour}:{minute:02d}"
    read = of.read_clocks(clocks, role="any")
    noted = [read.repaired.get(i, "").endswith(clocks_of.NOTE_BESIDE) for i in range(len(texts))]
    fine = np.isfinite(read.values) & ~np.array(noted)
    shows = any(fine[i] for i in said if i not in plain) or any(
        hour > 12 or (asked == "when" and len(texts[i]) > 2) for i, (hour, _) in parts.items()
    )
    weight = np.bincount(codes, minlength=len(texts))
    rest = [i for i in said if not fine[i]]
    if not shows or 2 * weight[rest].sum() > weight[said].sum():
        spoken = asked == "when" or header.casefold().rstrip(" )").endswith("time")
        return Parsed(column, assumed=f"{shown} {_NO_CLOCK}" if spoken else "")
    bad = dict.fromkeys(rest, clocks_of.NOT_A_CLOCK)
    if plain and "0" in texts:
        bad[texts.index("0")] = "may be midnight or none: not used. Write 0:00, or nothing."
    done = f"{shown} read as times of the clock." if clocks != texts else ""
    clocks = ["" if i in bad else clock for i, clock in enumerate(clocks)]
    cells = np.array(clocks, dtype=object)[codes] if bad or done else column
    return Parsed(cells, Told(codes, texts, bad), style=done)


def on_both_sides(hours: Floats) -> str:
    """Say so of times of the clock a day before bed in some rows, and after it in others."""
    early, late = int((hours > _EARLY_H).sum()), int((hours < 0).sum())
    if min(early, late) < 2 or 2 * (early + late) < np.isfinite(hours).sum():
        return ""
    where = f"{early} lie {_EARLY_H:.0f} h or more before bed, {late} after it"
    return f"read as times of the clock, of which {where}. If they say how long, write 90 min."
