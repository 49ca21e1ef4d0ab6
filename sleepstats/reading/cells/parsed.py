"""Whole columns of text cells: each distinct text is read once, then spread over the rows."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, wraps
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from unicodedata import numeric

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, Objects, Rows
from sleepstats.reading.text.source import CodedCells, tidy

#: Text cells of one column; a cell that is not there is the empty text or None.
Texts: TypeAlias = Objects | Sequence[str | None]

#: Below this many cells a dict finds the distinct texts faster than pandas.
SMALL = 5_000
_SHORT = 1_000
_Said = TypeVar("_Said")

#: How "there is nothing here" is written, case ignored.
_MISSING = {"", "-", "--", "---", "—", "–", "−", ".", "n/a", "#n/a", "n.a.", "n. a.", "na", "nan",
            "nat", "<na>", "null", "(null)", "--:--", "-:--", "-:-", "?", "??", "???"}  # fmt: skip


@cache
def word_lists() -> dict[str, dict[str, str]]:
    """Return what stands in ``answers.txt``: part -> word -> what stands in front of it, or ""."""
    found: dict[str, dict[str, str]] = {}
    text = Path(__file__).with_name("answers.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            part = found.setdefault(line.strip("[]"), {})
        elif line and line[0] != "#":
            begin, words = re.findall(r"^(?:([a-z0-9.]+): )?(.*)", line)[0]
            part |= dict.fromkeys(words.split(" | "), begin)
    return found


class Told(Mapping[int, str]):
    """Sentences about rows, by row position, made when asked for.

    Each is the cell in quotes and a remark; the remarks are kept per distinct cell, so a million
    unreadable rows cost no more than their cells.
    """

    def __init__(
        self,
        codes: Rows,
        texts: Sequence[str],
        remarks: Mapping[int, str],
        rows: Bools | None = None,
    ) -> None:
        self._codes, self._texts, self._remarks, self._rows = codes, texts, remarks, rows
        self._positions: Rows | None = None

    def mask(self) -> Bools:
        """Return which rows have a sentence."""
        if not self._remarks:
            return np.zeros(len(self._codes), dtype=bool)
        has = np.zeros(len(self._texts), dtype=bool)
        has[list(self._remarks)] = True
        mask: Bools = has[self._codes]
        return mask if self._rows is None else mask & self._rows

    def __getitem__(self, position: int) -> str:
        if not 0 <= position < len(self._codes):
            raise KeyError(position)
        if self._rows is not None and not self._rows[position]:
            raise KeyError(position)
        code = int(self._codes[position])
        if code not in self._remarks:
            raise KeyError(position)
        return f"{self._texts[code]!r} {self._remarks[code]}"

    def _found(self) -> Rows:
        if self._positions is None:
            self._positions = np.flatnonzero(self.mask())
        return self._positions

    def __iter__(self) -> Iterator[int]:
        return iter(self._found().tolist())

    def __len__(self) -> int:
        return len(self._found())

    def __bool__(self) -> bool:
        return bool(self._remarks) and len(self) > 0

    def __repr__(self) -> str:
        return f"Told({len(self)} rows)"


_NOTHING = Told(np.empty(0, dtype=np.intp), (), {})


@dataclass(frozen=True)
class Parsed:
    """One column, read."""

    #: array: one value per row; NaN or NaT where the cell is missing or could not be read.
    values: NDArray[Any]
    #: Row position -> why the cell could not be read.
    bad: Mapping[int, str] = field(default_factory=lambda: _NOTHING)
    #: Row position -> what was done to read the cell.
    repaired: Mapping[int, str] = field(default_factory=lambda: _NOTHING)
    #: How the column as a whole was read.
    style: str = ""
    #: A sentence about a decision that the column suggests but does not prove; else empty.
    assumed: str = ""
    #: For clock columns: whether it is a 12-hour clock without am/pm; None if nothing shows it.
    twelve_hour: bool | None = None
    #: float array or None: for stamps: minutes east of UTC as written in each cell, NaN where
    #: nothing is written.
    offset_min: Floats | None = None

    @property
    def bad_mask(self) -> Bools:
        """Which rows could not be read."""
        if isinstance(self.bad, Told) and self.bad is not _NOTHING:
            return self.bad.mask()
        mask = np.zeros(len(self.values), dtype=bool)
        mask[list(self.bad)] = True
        return mask

    def reason(self, position: int) -> str:
        """Return why the cell of a row could not be read, or an empty text."""
        return self.bad.get(position, "")


def kept(say: Callable[[Texts], _Said]) -> Callable[[Texts], _Said]:
    """Let a function remember what it said of short columns: each is asked about many times."""
    known = lru_cache(maxsize=256)(say)

    @wraps(say)
    def said(cells: Texts) -> _Said:
        return known(tuple(cells)) if len(cells) <= _SHORT else say(cells)

    return said


def distinct(cells: Texts) -> tuple[list[str], Rows]:
    """Return the distinct tidy texts and each row's place among them, neither to be written to."""
    if len(cells) < SMALL:
        rows = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
        place: dict[Any, int] = {cell: i for i, cell in enumerate(dict.fromkeys(rows))}
        codes = np.fromiter(map(place.__getitem__, rows), dtype=np.intp, count=len(rows))
        return _all_tidy(list(place)), codes
    if isinstance(cells, CodedCells) and cells.coded is not None:
        return cells.coded
    rows = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    if in_strict_order(rows):
        texts = _all_tidy(rows) if getattr(cells, "chars", None) is None else [*rows]
        codes = np.arange(len(rows))
    else:
        import pandas as pd

        found, uniques = pd.factorize(np.asarray(cells, dtype=object))
        texts = _all_tidy(uniques.tolist())
        if found.min() < 0:
            found = np.where(found < 0, len(texts), found)
            texts.append("")
        codes = found.astype(np.intp, copy=False)
    if isinstance(cells, CodedCells):
        cells.coded = (texts, codes)
    return texts, codes


def in_strict_order(rows: list[Any]) -> bool:
    """Tell whether each text comes after the one before it, or each before: none stands twice."""
    try:
        orders = (operator.lt, operator.gt)
        return any(all(map(comes, rows, islice(rows, 1, None))) for comes in orders)
    except TypeError:  # None among the cells
        return False


def _all_tidy(texts: list[Any]) -> list[str]:
    """Bring many cells to one form; of plain texts only the blanks around them have to go."""
    try:
        plain = "".join(texts).isascii()
    except TypeError:  # a cell that is no text
        plain = False
    return list(map(str.strip, texts)) if plain else [_western(tidy(text)) for text in texts]


#: Fractions of one sign: ½, 1½.
_FRACTION = re.compile("(?:(?<!\\d)(\\d{1,9}) ?)?([½¼¾⅓⅔⅛])")
#: Signs by which a date, a clock time or a length of Japanese and Chinese is known.
_EASTERN = re.compile("[錠片粒颗個年月时時点點分小：０-９午上早晨晚夜朝日曜周火水木金土星次回杯翌]")
_WIDE = {ord("０") + i: str(i) for i in range(10)} | {
    ord("："): ":",
    ord("／"): "/",
    ord("．"): ".",
}
_WEEKDAY = r"(?: ?[(（]?(?:周|星期|礼拜)?[日月火水木金土一二三四五六天](?:曜日?)?[)）]?)?"
_DATE = re.compile(rf"(?:(\d{{4}})年 ?)?(\d{{1,2}})月 ?(\d{{1,2}})[日号]?{_WEEKDAY}(?: (.+))?")
_LENGTH = re.compile(
    r"(?:(\d{1,2}) ?(?:時間|小时|小時|个小时))?(半)?(?: ?(\d{1,3}) ?(?:分钟|分鐘|分間|分))?"
)
_EASTERN_ABOUT = re.compile(
    "(?:约|約|大约|大約|大概|だいたい)(?=[\\d午晚夜下上凌深])(.+)|(.*[时時点點半分])(?:左右|頃|ごろ|くらい)"
)
_BEHIND = re.compile(rf"([\d/.-]+\d){_WEEKDAY}")
_TALLY = re.compile(r"(\d+(?:\.\d+)?|[半一二两兩三]) ?[次回杯本個个片錠粒颗支罐步歩](半)?")
_SPOKEN = {"半": 0.5, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3}
_NOTED_TALLY = re.compile(rf"{_TALLY.pattern}[(（]([^()（）]*)[)）]")
_HALVES = ("午後", "下午", "晚上", "夜", "傍晚", "夕方")
_AFTER_MIDNIGHT = ("凌晨", "半夜", "深夜", "未明")
_CLOCK = re.compile(
    r"(?:翌[日朝]?)?(午前|上午|早上|早晨|凌晨|半夜|深夜|未明|清晨|朝|中午|午後|下午|傍晚|夕方|晚上|夜)? ?"  # noqa: E501
    r"(\d{1,2})(?:[時时点點](半)?|:) ?(?:(\d{1,2})分?)?"
)


def _western(text: str) -> str:
    """Write dates, clock times and lengths of Japanese and Chinese as the readers take them."""
    if _FRACTION.search(text):
        text = _FRACTION.sub(lambda one: f"{int(one[1] or 0) + round(numeric(one[2]), 2):g}", text)
    if not _EASTERN.search(text):
        return text
    text = text.translate(_WIDE)
    if found := _EASTERN_ABOUT.fullmatch(text):
        return f"~{_western(found[1] or found[2])}"
    if found := _NOTED_TALLY.fullmatch(text):
        return f"{found[1]} ({found[3]})"
    if found := _DATE.fullmatch(text):
        year, month, day, rest = found.groups()
        date = f"{year}-{month:0>2}-{day:0>2}" if year else f"{day}.{month}."
        return f"{date} {_western(rest)}" if rest else date
    if found := _BEHIND.fullmatch(text):
        return found[1]
    if found := _TALLY.fullmatch(text):
        return f"{float(_SPOKEN.get(found[1], found[1])) + (0.5 if found[2] else 0):g}"
    if (found := _LENGTH.fullmatch(text)) and any(found.groups()):
        hours, half, minutes = found.groups()
        minutes = "30" if half else minutes
        return (
            (f"{hours}h {minutes or 0}min" if hours else f"{minutes} min")
            if minutes
            else f"{hours} h"
        )
    if found := _CLOCK.fullmatch(text):
        part, hour, half, minute = found.groups()
        evening = part in _HALVES or (part in _AFTER_MIDNIGHT and int(hour) > 9)
        midnight = hour == "0" and part not in ("午後", "下午")  # 夜0時
        late = 12 if evening and not midnight and int(hour) < 12 else 0
        if int(hour) == 12 and (part in _AFTER_MIDNIGHT or part in ("晚上", "夜", "午前", "上午")):
            late = -12
        return f"{int(hour) + late}:{'30' if half else minute or '0':0>2}"
    return text


def says_missing(text: str) -> bool:
    """Tell whether a tidy text means that nothing was recorded."""
    return not text or text == "None" or (len(text) < 7 and text.casefold() in _MISSING)


def is_missing(cells: Texts) -> Bools:
    """Tell which cells say that nothing was recorded."""
    texts, codes = distinct(cells)
    return np.array([says_missing(text) for text in texts], dtype=bool)[codes]


class Lines:
    """A plain form; many texts are asked at once whether each has it, or is empty."""

    def __init__(self, pattern: str) -> None:
        # possessive: a text of another form is told from the first place where it differs
        self._pattern = re.compile(rf"(?:(?:{pattern})?+\n)*+")

    def fit(self, texts: Sequence[str]) -> bool:
        """Tell whether every text is of this form or empty."""
        lines = "\n".join(texts) + "\n"
        return lines.count("\n") == len(texts) and self._pattern.fullmatch(lines) is not None


NOT_COUNTED = re.compile(
    r"(?:lit|ltr|kca|cal|kil|met|mcg|iu|grams?|gramm|tab|mil|min|hou|hrs|hor|std|stu|heu|ore|uur|uhr|sec|seg|sek|god|tim|"
    r"jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)",
    re.IGNORECASE,
)

COUNT_WORDS = {"once": "1", "one time": "1", "twice": "2", "einmal": "1", "zweimal": "2"}

#: A cross is a no beside circles; beside ticks it is one, or what another pen's tick looks like.
CROSSES, _CIRCLES = frozenset(("x", "×", "╳")), frozenset(("○", "◯", "〇", "●", "◎"))
_TICKS, _OTHER = frozenset(("v", "✓", "✔", "√", "☑", "✅")), frozenset(("o", "✗", "✘"))
#: Where so much is blank (or no in words), ticks and crosses both say what was done.
_MOSTLY_TICKED = 0.75


def of_crosses(words: Sequence[str], said: float) -> tuple[float, list[str]]:
    """Return what a cross stands for, 1 for yes, 0 for no, NaN for either; and the marks beside it.

    ``said``: the share of the cells that are neither blank nor no.
    """
    marks = {word for word in words if not says_missing(word)}
    if CROSSES.isdisjoint(marks) or not marks - CROSSES:
        return 1.0, []
    if marks < CROSSES | _OTHER:
        return np.nan, sorted(marks - CROSSES)
    marks -= word_lists()["no"].keys()
    beside = sorted(marks - CROSSES)
    if not beside or not {*beside} <= _CIRCLES | _TICKS:
        return 1.0, []
    full = np.nan if said > _MOSTLY_TICKED else 1.0
    return full if _CIRCLES.isdisjoint(beside) else 0.0, beside


def few_odd(odd: float, said: float, slips: int = 2) -> bool:
    """Tell whether so few of the cells that say something are odd that the others decide."""
    return odd <= max(0.1 * said, min(slips, 0.2 * said))


#: What is said of a night of 0 hours, or one that is called sleepless.
NO_SLEEP = "is read as not measured: in no average, also if none was slept."
#: Answers that say there was none, and that it was as before.
NONE, SAME = (frozenset(word_lists()[part]) for part in ("none", "same"))
_NONE_OF_THESE = re.compile("|".join(word_lists()["none of these"]))


def says_none(text: str) -> bool:
    """Tell whether an answer says that nothing of a list was so: none of these, nichts davon."""
    low = text.strip(" .!。").casefold()
    return low in NONE or bool(_NONE_OF_THESE.fullmatch(low))


def that_are(cells: Texts, *words: str) -> Bools:
    """Tell which cells are one of some words, case ignored."""
    texts, codes = distinct(cells)
    return np.array([text.casefold().rstrip(".!") in words for text in texts], dtype=bool)[codes]


def answered_none(column: Texts) -> Bools:
    """Say which cells say in words that there was none."""
    return that_are(column, *NONE - {"0"})
