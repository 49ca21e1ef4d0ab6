"""A column of text cells to values: the kind of its cells, their units, lists of tags in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Rows
from sleepstats.columns import name_from_header, with_unit
from sleepstats.reading.cells import amounts, dates, numbers, parsed
from sleepstats.reading.cells.amounts import read_durations, with_colons, without_bands
from sleepstats.reading.cells.clock_words import NOON, NOTE_BESIDE
from sleepstats.reading.cells.clocks import read_clocks, times_listed
from sleepstats.reading.cells.dates import note_on_blanks, read_dates, read_offsets, read_stamps
from sleepstats.reading.cells.doses import bare_counts, without_units, worded_counts
from sleepstats.reading.cells.numbers import read_numbers, read_ratings, read_yes_no
from sleepstats.reading.cells.parsed import Parsed, Texts, distinct, is_missing, kept, says_missing
from sleepstats.reading.cells.stamp_words import no_dates, read_words
from sleepstats.reading.text import Cells

__all__ = [
    "SLEEP_WORDS", "Kind", "Lines", "Parsed", "answered_none", "as_lists", "bare_counts",
    "distinct", "hours_in_doubt", "is_missing", "kind_of_cells", "look_like_ratings",
    "looks_like_stamps", "milliseconds_as_seconds", "no_dates", "note_on_blanks", "read_clocks",
    "read_counted", "read_dates", "read_durations", "read_numbers", "read_offsets", "read_ratings",
    "read_stamps", "read_words", "read_yes_no", "say_how_often", "says_missing", "split_tags",
    "that_are", "times_listed", "unused_names", "with_colons", "with_unit", "without_bands",
    "without_degrees", "without_groups", "without_units", "worded_counts",
]  # fmt: skip

that_are, answered_none, Lines = parsed.that_are, parsed.answered_none, parsed.Lines
SLEEP_WORDS, look_like_ratings = numbers.SLEEP_WORDS, numbers.look_like_ratings
read_counted, hours_in_doubt = amounts.read_counted, amounts.hours_in_doubt
Kind = Literal["empty", "clock", "duration", "number", "yes/no", "date", "stamp", "text"]

#: So many rows and texts are looked at.
_ROWS, _TEXTS, _MOST_TAGS = 20_000, 300, 40
#: Of so many rows first; more where fewer than this many of them say something.
_FEW, _ENOUGH, _LISTED = 1_000, 200, 0.1  # the last: of cells with several times among lists

_H_MM = re.compile(r"\d{1,2}[:h]\d\d(?::\d\d)?")
#: 7h 10min; 23 h 10 may be a clock time.
_H_MIN = re.compile(r"(?:1[0-2]|\d) ?h(?:rs?|ours?)? ?\d+ ?m(?:in(?:utes|s)?)?\.?", re.IGNORECASE)
_LATE = re.compile(r"(?:1[3-9]|2[0-3]) ?h", re.IGNORECASE)
_EARLY, _DIGIT = re.compile(r"0:\d\d(?::\d\d)?"), re.compile(r"\d")
#: 23.20.00; no date has a month of 20 or a day 0.
_POINTED = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d\.[0-5]\d")
_NO_DATE = re.compile(r"0?0\.|\d\d?\.(?:1[3-9]|[2-5]\d|00)\.")


@dataclass(frozen=True)
class _Sample:
    """Distinct texts of a column that say something, and how often each occurs."""

    words: list[str]
    weight: Rows
    #: The share of the cells that say neither nothing nor no.
    said: float

    def mostly(self, fits: Iterable[bool], slips: int = 0) -> bool:
        """Tell whether at least nine in ten cells fit, or all but so many slips.

        No more texts are asked once too many do not fit: most columns are not of most kinds.
        """
        odd, said = 0, int(self.weight.sum())
        for fit, weight in zip(fits, self.weight.tolist(), strict=True):
            if not fit:
                odd += weight
                if not parsed.few_odd(odd, said, slips):
                    return False
        return True


def _sample(cells: Texts) -> _Sample:
    """Take rows from all over the column, then a sample of their distinct texts.

    The places follow the golden ratio: no rhythm of the rows, as of weekdays, can fall in with it.
    """
    for most in (_FEW, _ROWS):
        some = cells
        if len(cells) > most:
            some = np.asarray(cells, dtype=object)[_places(most, len(cells))]
        texts, codes = distinct(some)
        said = np.array([not says_missing(text) for text in texts], dtype=bool)
        if len(some) == len(cells) or said[codes].sum() >= _ENOUGH:
            break
    at = np.flatnonzero(said)
    at = at[:: max(1, len(at) // _TEXTS)]
    words, weight = [texts[i] for i in at.tolist()], np.bincount(codes, minlength=len(texts))[at]
    done = [word.casefold() not in parsed.word_lists()["no"] for word in words]
    return _Sample(words, weight, float(weight[done].sum() / max(1, len(some))))


@lru_cache(maxsize=8)
def _places(rows: int, of: int) -> Rows:
    """Return places all over a column; all columns of a table are looked at in the same."""
    return np.unique((np.arange(rows) * 0.6180339887498949 % 1.0 * of).astype(int))


@kept
def kind_of_cells(cells: Texts) -> Kind:
    """Say what a whole unknown column most likely holds.

    Bare numbers are "number", also 0 and 1, and 2310: nothing in them says clock or yes.
    """
    texts = [] if getattr(cells, "chars", None) is not None else distinct(cells)[0]
    if "+" in texts and ("o" in texts or {"0", "-"} <= {*texts}):
        return "text"  # grades: + and o are no two ways to say yes
    sample = _sample(cells)
    words, mostly = sample.words, sample.mostly
    if not words or _list_times(sample):
        return "text" if words else "empty"
    spelt = parsed.word_lists()["lengths"].keys() | NOON
    if not mostly((bool(_DIGIT.search(word)) or word.casefold() in spelt for word in words), 2):
        return "yes/no" if _answers(sample) else _amounts(sample)
    if any(map(_NO_DATE.match, words)) and mostly(bool(_POINTED.fullmatch(w)) for w in words):
        return "clock"
    if mostly((bool(numbers.number_text(word)) for word in words), 2):
        return "number"
    if _are_stamps(sample):
        return "stamp"
    if mostly(not read_words(word).bad for word in words):
        return "date"
    clocks = read_clocks(words, role="any")
    noted = np.array([clocks.repaired.get(i, "").endswith(NOTE_BESIDE) for i in range(len(words))])
    bare = np.isfinite(clocks.values) & ~noted
    if (
        mostly(np.isfinite(clocks.values), 2)
        and 2 * sample.weight[bare].sum() >= sample.weight.sum()  # else notes that begin with one
        and not _written_like_spans(words)
    ):
        return "clock"
    return "yes/no" if _answers(sample) else _amounts(sample)


def _list_times(sample: _Sample) -> bool:
    """Tell whether cells are clock times, and in some rows several: 8am, 2pm."""
    some = [i for i, word in enumerate(sample.words) if len(times_listed(word)) > 1]
    said = (parsed.says_none(word) or bool(times_listed(word)) for word in sample.words)
    return sample.weight[some].sum() > _LISTED * sample.weight.sum() and sample.mostly(said)


def _amounts(sample: _Sample) -> Kind:
    """Name the kind of amounts, among which may be words of one or two forms (lots; some 20)."""
    words, weight = sample.words, sample.weight
    read = np.isfinite(read_durations(words, unit=None).values)
    odd = [word for word, fine in zip(words, read.tolist(), strict=True) if not fine]
    forms = {word.rstrip("0123456789") for word in odd}
    worded = all(form[:1].isalpha() and not _DIGIT.search(form) for form in forms)
    few = 2 * weight[read].sum() > weight.sum() and len(forms) < 3 <= read.sum()
    if not sample.mostly(read, 2) and not (few and worded and read_yes_no(odd).bad_mask.all()):
        return "text"
    bare = np.array([bool(numbers.number_text(word)) for word in numbers.without_note(words)[0]])
    # Only what is written beside numbers is their unit: 2 (small) has none.
    return "duration" if (read & ~bare).any() and not sample.mostly(bare) else "number"


@kept
def looks_like_stamps(cells: Texts) -> bool:
    """Tell whether at least nine in ten of the cells that say something are date and time."""
    return _are_stamps(_sample(cells))


def _answers(sample: _Sample) -> bool:
    """Tell whether cells are yes or no, and not notes: a part of them has no remark."""
    read = read_yes_no(sample.words, said=sample.said)
    noted = sum(int(sample.weight[i]) for i in read.repaired)
    return sample.mostly(~read.bad_mask) and 4 * noted <= 3 * sample.weight.sum()


def _are_stamps(sample: _Sample) -> bool:
    return bool(sample.words) and sample.mostly(map(dates.is_stamp, sample.words))


def _written_like_spans(words: list[str]) -> bool:
    """Tell whether texts are written as durations: 7h 10min, or 0:45 and no hour of 13 or more."""
    late = any(map(_LATE.match, words))  # 23h15min
    if any(map(_H_MIN.fullmatch, words)) and not late and not any(":" in word for word in words):
        return True
    hours = [word.replace("h", ":").partition(":")[0] for word in words if _H_MM.fullmatch(word)]
    short = len(hours) == len(words) and any(map(_EARLY.fullmatch, words))
    return short and max(map(int, hours)) < 13


_TIMES = re.compile(rf"(?i)(\d+) ?(?:{'|'.join(parsed.word_lists()['times'])})\.?")
_MOST_TIMES = 20


def say_how_often(cells: Texts) -> bool:
    """Tell whether cells say how often: some are like 2x, 3 times, all others small or none."""
    if len(texts := distinct(cells)[0]) > 2 * _MOST_TIMES:
        return False
    said = [text for text in texts if not (says_missing(text) or parsed.says_none(text))]
    rest = [t for t in said if not (_TIMES.fullmatch(t) or t.casefold() in parsed.COUNT_WORDS)]
    small = all(text.isdecimal() and float(text) <= _MOST_TIMES for text in rest)
    return small and len(rest) < len(said)


_DEGREES = re.compile(r"\+?(-?\d+(?:[.,]\d+)?) ?(?:[°º度]|deg\w*\.?)? ?([cf℃℉]?)", re.IGNORECASE)
_WARM, _SIGNED = re.compile(r"temp|[°℃℉温]|degr[eé]e?s|grad"), re.compile("[°º℃℉度]")


def without_degrees(cells: Cells, header: str) -> tuple[Parsed, str]:
    """Return temperatures as numbers, and their unit; °F among others too low for it as °C."""
    if not (_WARM.search(header.casefold()) or any(map(_SIGNED.search, map(str, cells[:9])))):
        return Parsed(cells), ""
    texts, codes = distinct(cells)
    found = {i: m for i, text in enumerate(texts) if (m := _DEGREES.fullmatch(text))}
    unit = {i: {"℃": "c", "℉": "f"}.get(m[2], m[2].casefold()) for i, m in found.items()}
    bare, told = {i: m[1].replace(",", ".") for i, m in found.items()}, ""
    hot = [i for i, of in unit.items() if of == "f"]
    others = [float(n) for i, n in bare.items() if i not in hot]
    if hot and max(others, default=99.0) < 45.0:  # no room, nor body, is so warm
        bare |= {i: f"{round((float(bare[i]) - 32.0) / 1.8, 1):g}" for i in hot}
        told, unit = f"{texts[hot[0]]!r} is read as {bare[hot[0]]} °C, as the others are.", {0: "c"}
    if len(units := {*unit.values()} - {""}) > 1 or all(texts[i] == n for i, n in bare.items()):
        return Parsed(cells), ""
    plain = [bare.get(i, text) for i, text in enumerate(texts)]
    return Parsed(np.array(plain, dtype=object)[codes], assumed=told), "".join(units)


_GROUP = r"[^\W\d_][\w /&-]{0,30}:\s+"
_GROUPED, _NEXT_GROUP = re.compile(rf"{_GROUP}\S"), re.compile(rf"[.;\n]\s{{0,99}}+(?={_GROUP}\S)")


def without_groups(cells: Cells, separator: str = "|") -> Cells:
    """Return lists without the names of the groups within them, if most cells have such."""
    texts, codes = distinct(cells)
    said = [text for text in texts if not says_missing(text)]
    if not said or 2 * sum(bool(_GROUPED.match(text)) for text in said) <= len(said):
        return cells
    plain = [
        f" {separator} ".join(
            re.sub(rf"\A{_GROUP}", "", group).strip(" .") for group in _NEXT_GROUP.split(text)
        )
        for text in texts
    ]
    return np.array(plain, dtype=object)[codes]


#: 0,33 l, no list of 0 and 33 l.
_DECIMAL = re.compile(r"(?<![\w.,])\d,\d+ ?(?:[mcd]?l|liter|[km]?g|k?m|h|std)\b", re.IGNORECASE)
#: #wine #walk, #wine;#walk.
_HASHTAGS = re.compile(r"#[^\s#,;|]+(?:[\s,;|]+#[^\s#,;|]+)*[\s,;|]*")


def as_lists(words: list[str]) -> tuple[list[str], str]:
    """Return lists and their separator, an empty one of what is none; hashtags however parted."""
    if words and all(_HASHTAGS.fullmatch(word) or word.casefold() in parsed.NONE for word in words):
        tags = [re.findall(r"#([^\s#,;|]+)", word) or [word] for word in words]
        if max(map(len, tags)) > 1 and len({t for some in tags for t in some}) <= _MOST_TAGS:
            return ["|".join(some) for some in tags], "|"
    mixed = [re.sub(r"[;,|]|(?<=[^\W\d]|\)|\s)[+&](?=\s*[^\W\d])", ";", word) for word in words]
    alone = {word.strip().casefold() for word in words}  # beer/wine, each of them alone elsewhere
    cut = [w.replace("/", ";") if {*re.split(" ?/ ?", w.casefold())} <= alone else w for w in words]
    by_comma = [] if any(map(_DECIMAL.search, words)) else [(",", words), (";", mixed)]
    for separator, some in ((";", words), *by_comma[:1], ("|", words), *by_comma[1:], (";", cut)):
        joined = [word for word in some if separator in word]
        boxes = 3 <= len(joined) < 0.25 * len(words) and {*some}.issuperset(
            part.strip() for word in {*joined} for part in word.split(separator)
        )  # a few ticked two of what the others ticked alone
        if len(joined) < 3 or not (boxes or len(joined) >= 0.25 * len(words)):
            continue
        counts = Counter(t.strip() for word in some for t in word.split(separator) if t.strip())
        often = sum(n >= 3 and not tag.isdecimal() for tag, n in counts.items())  # no counts
        if len(counts) <= _MOST_TAGS and often > 0.5 * len(counts):
            return some, separator
    return words, ""


def split_tags(cells: Cells, separator: str) -> dict[str, pd.arrays.BooleanArray]:
    """Turn a column of joined tags into one yes / no / not recorded column per tag."""
    texts = cells.tolist()
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    codes = np.fromiter(map(place.__getitem__, texts), dtype=np.intp, count=len(texts))
    parts = separator.join(place).split(separator)
    number_of, spelling = _vocabulary(parts)
    columns = np.fromiter(map(number_of.__getitem__, parts), dtype=np.intp, count=len(parts))
    rows = np.repeat(np.arange(len(place)), [text.count(separator) + 1 for text in place])
    ticked = np.zeros((len(place), len(spelling) + 1), dtype=bool)  # the last for no tag: -1
    ticked[rows, columns] = True
    ticked = ticked[:, :-1]
    blank = ~np.asarray(ticked.any(axis=1))[codes]
    per_row = np.ascontiguousarray(ticked[codes].T)
    order = np.argsort(-per_row.sum(axis=1), kind="stable")
    told = [j for j in order.tolist() if not parsed.says_none(spelling[j])] or order.tolist()
    return {spelling[j]: pd.arrays.BooleanArray(per_row[j], blank.copy()) for j in told}


def _vocabulary(parts: list[str]) -> tuple[dict[str, int], list[str]]:
    """Give each tag a number, blanks and case ignored, -1 for none; return also the spellings."""
    spelling: dict[str, str] = {}
    for tag in map(str.strip, dict.fromkeys(parts)):
        spelling.setdefault(tag.casefold(), tag)
    spelling.pop("", None)
    number = {low: i for i, low in enumerate(spelling)}
    numbers_of = {part: number.get(part.strip().casefold(), -1) for part in {*parts}}
    return numbers_of, [*spelling.values()]


def unused_names(tags: list[str], taken: Collection[str]) -> dict[str, str]:
    """Give each tag a column name of its own."""
    names: dict[str, str] = {}
    used: set[str] = set()
    for word in tags:
        plain = name_from_header(word)
        unique, count = plain, 2
        while unique in used or unique in taken:
            unique, count = f"{plain}_{count}", count + 1
        used.add(unique)
        names[word] = unique
    return names


def milliseconds_as_seconds(
    columns: list[Cells], whole: Collection[int], lengths: Collection[int]
) -> None:
    """Bring lengths to seconds if whole nights are milliseconds: more than a day, as seconds."""
    found = [read_numbers(columns[i]).values for i in whole]
    middle = [np.median(one[np.isfinite(one)]) for one in found if np.isfinite(one).any()]
    if any(86_400.0 < one <= 86_400_000.0 for one in middle):
        for i in lengths:
            plain = read_numbers(columns[i]).values
            texts = ["" if np.isnan(one) else f"{one / 1000:.3f}" for one in plain.tolist()]
            columns[i] = np.array(texts, dtype=object)


_NONE_OF_IT = re.compile("|".join((
    *parsed.word_lists()["none of it"],
    *(re.escape(word) for word in parsed.word_lists()["no"] if len(word) > 1 and word[0] > "9"),
)))  # fmt: skip


def none_of_it(column: parsed.Texts) -> Bools:
    """Say which cells say that there was none of it: no coffee, kein Kaffee, skipped."""
    texts, codes = parsed.distinct(column)
    return np.array([bool(_NONE_OF_IT.fullmatch(t.casefold())) for t in texts], dtype=bool)[codes]
