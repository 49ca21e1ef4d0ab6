"""Numbers as a person reads them: decimals, steps and words for units, tables that fit a page."""

from __future__ import annotations

import html
import math
import re
import shutil
import unicodedata
from collections.abc import Callable, Collection, Iterable
from textwrap import wrap
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.errors import DiaryError
from sleepstats.written import filled as filled
from sleepstats.written import together

#: Endings of a plural that are two letters longer than the singular: glasses, lunches.
_LONG_PLURALS = ("sses", "shes", "ches", "xes")
#: What is counted, said of one: three of "coffee" are coffees, not points.
_COUNTED = frozenset(
    {"coffee", "tea", "beer", "espresso", "cigarette", "drink", "cup", "glass", "snack", "nap",
     "kaffee", "tee", "bier", "zigarette"}
)  # fmt: skip
#: Words of a rating, whose steps are points; of anything else without a unit it is so many more.
_RATED = re.compile(
    r"\b(stress|tens[ei]|strain|worr|anxi|mood|energy|tired|fatigue|sleepi|pain|happ|calm|felt|feel|"
    r"focus|motivat|quali|rest|rat(ed|ing)|score|level|scale|grade|stimmung|laune|müd)|ache\b|point|schmerz",
    re.IGNORECASE,
)
_STEPS = {"min": (60.0, 30.0, 10.0)}
#: Minus sign, as wide as a plus.
MINUS = "\u2212"
#: Unit of a clock time that can be averaged.
CLOCK_UNIT = "h after the evening's midnight"
_DIFFERENCES = {"": "points", "%": "percentage points", "local time": "h", CLOCK_UNIT: "h"}


def difference_unit(unit: str, name: str = "") -> str:
    """Return the unit in which two values of a column differ."""
    if name == "nawk":
        return "awakenings"
    return _DIFFERENCES.get(unit, unit)


def one_unit(unit: str, label: str = "") -> str:
    """Return one unit of a numeric factor, in words."""
    if unit == CLOCK_UNIT:
        return "hour later"
    if unit == "h before bed":
        return "hour earlier"
    return _singular(_unit_of(unit, label)) or "one more"


def per_step(step: float, unit: str, label: str = "") -> str:
    """Return a step of a numeric factor, as it stands after "per"."""
    if step == 1.0:
        return one_unit(unit, label)
    if unit in (CLOCK_UNIT, "h before bed"):
        return f"{_hours(step)} {'later' if unit == CLOCK_UNIT else 'earlier'}"
    return f"{step:g} {_unit_of(unit, label) or 'more'}"


def further(step: float, unit: str, label: str) -> str:
    """Return one step more of a numeric factor, in words."""
    if unit == "h before bed":
        return f"{_hours(step)} earlier before the same bed time for {label}"
    if unit == CLOCK_UNIT:
        return f"{_hours(step)} later for {label}"
    things = _things(label)
    # a person's own words stay as they are
    if (things and not unit and label.startswith("“")) or not _unit_of(unit, label):
        return f"further {'one' if step == 1.0 else f'{step:g}'} of {label}"
    if things and unit in ("", things):  # the label is itself what is counted
        one = label.replace(things, _singular(things), 1) if step == 1.0 else label
        return f"further {one}" if step == 1.0 else f"further {step:g} {one}"
    return f"further {per_step(step, unit, label)} of {label}"


def _hours(step: float) -> str:
    return "hour" if step == 1.0 else f"{step:g} hours"


def _unit_of(unit: str, label: str) -> str:
    """Return the unit, or what the label counts, or points of a rating; else nothing."""
    return unit or _things(label).lower() or ("points" if _RATED.search(label) or not label else "")


def _things(label: str) -> str:
    """Guess what a label counts, from its last word: coffees, *glasses* of wine; or nothing."""
    word = ["", *label.partition(" of ")[0].strip("“”").split()][-1]
    if word.lower() in _COUNTED:
        return word
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word if plural and len(word) > 3 else ""


def _singular(word: str) -> str:
    """Return one of a counted thing; a unit that is no plural stays."""
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y" if len(word) > 5 else word[:-1]
    return word[:-2] if word.endswith(_LONG_PLURALS) else word[:-1]


def as_one(said: Collection[str]) -> dict[str, str]:
    """Return unit as written -> unit: a plural is of its singular (glas, glazen), none of the only.

    One begins as the other does, but for at most three letters at the end; accents do not count.
    """
    found, begins = dict[str, str](), dict[str, str]()
    for word in sorted({*said} - {""}, key=lambda one: (len(one), one)):
        plain = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", word))
        alike = (u for u, one in begins.items() if len(one) > 2 and one[:3] == plain[:3]
                 and one[: len(plain) - 3] == plain[: len(plain) - 3])  # fmt: skip
        found[word], begins[word] = found.get(next(alike, ""), word), plain
    only = {*found.values()}
    return found | ({"": only.pop() if len(only) == 1 else ""} if "" in said else {})


def usual_ends(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the amounts between which eight of ten evenings lie, both ones that were written."""
    ordered = [*np.sort(values).tolist(), math.nan]
    last = max(int(np.count_nonzero(values == values)) - 1, 0)
    return ordered[round(0.1 * last)], ordered[round(0.9 * last)]


def reading_step(values: NDArray[np.float64], unit: str) -> float:
    """Choose a step of a numeric factor that a person would speak of."""
    if not len(values):
        return 1.0
    # a step is not longer than what lies between most evenings: one far day makes no thousand
    low, high = usual_ends(values)
    width = min((float(np.ptp(values))) / 3.0, (high - low) or math.inf)
    steps = _STEPS.get(unit, (1000.0, 100.0, 10.0))
    return next((step for step in steps if step <= width), 1.0)


def decimals(low: float, high: float) -> int:
    """Return how many decimals an interval deserves: none when it is five units wide or more."""
    width = high - low
    if not math.isfinite(width) or width >= 5:
        return 0
    if width >= 0.5:
        return 1
    return 2 if width >= 0.05 else 3


def signed(value: float, places: int, *, plus: bool = True) -> str:
    """Return a rounded number with a real minus sign; what rounds to zero has no sign."""
    # a number of sixty digits leaves no room for a cell or a picture
    plain = 1e-9 < abs(value) < 1e9 and places < 12
    text = f"{abs(value):.{places}f}" if plain or not value else f"{abs(value):.3g}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+' * plus}{text}"


def counted(n: int, word: str) -> str:
    """Return a count with its noun: ``1 night``, ``2 nights``."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


#: Heads of columns as they are read, where the name without its underscores does not do.
_HEADS = {"effect": "difference", "ratio": "times as long", "pvalue": "p", "n": "nights",
          "pvalue_holm": "p, adjusted", "smallest": "smallest to notice",
          "share": "nights with it"}  # fmt: skip


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of a result as they are read: each with its range and unit in one cell."""
    seen = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        if name == "effect_unit" or name.partition("_")[2] in ("low", "high"):
            continue
        ends = [f"{name}_{end}" for end in ("low", "high")]
        cells = []
        for row in frame.to_dict("records"):
            low, high = (row[end] for end in ends) if set(ends) <= set(frame) else (0.0, row[name])
            unit = row.get("effect_unit", "") if name in ("effect", "smallest") else ""
            cells.append(_read_cell(name, row[name], low, high, unit, ranged=ends[0] in frame))
        seen[_HEADS.get(name, name.replace("_", " "))] = cells
    return seen


def _read_cell(
    name: str, value: object, low: float, high: float, unit: str, *, ranged: bool
) -> str:
    """Return one cell of a result's table as it is read; empty for a missing one."""
    if not isinstance(value, float):
        return "" if value is None or value is pd.NA else str(value)
    if math.isnan(value):
        return ""
    if name.startswith("pvalue"):
        return f"{value:.2g}" if value >= 0.001 else "below 0.001"
    if name == "share":
        return f"{100 * value:.0f} %"
    whole = name == "recorded" or (value.is_integer() and not ranged)
    places = 0 if whole else decimals(low, high)
    said = (
        f"{value:.{places}f} {unit}".rstrip() + f" [{low:.{places}f}, {high:.{places}f}]" * ranged
    )
    return said.replace("-", "\N{MINUS SIGN}")


#: Notebooks set cells to the right, where sentences begin nowhere.
LEFT = ' style="text-align: left"'
_NUMBER = re.compile(r"([+−-]?[\d.,]+( %| min)?|\d\d:\d\d)?")


#: From a frame (and whether there is room) to what is shown of it, all text, and a last line.
View = Callable[[pd.DataFrame, bool], tuple[pd.DataFrame, str]]


class Table(pd.DataFrame):
    """A frame like any other, of which print and notebooks show what one came for.

    Every column is there at full precision and every method is that of pandas; only the looks are
    others, and only while all columns of ``needs`` are there.
    """

    _metadata: ClassVar[list[str]] = ["_view", "_needs"]

    @property
    def _constructor(self) -> Callable[..., Table]:
        return Table

    @classmethod
    def of(cls, frame: pd.DataFrame, view: View) -> Table:
        """Return a frame with its view."""
        table = cls(frame)
        table.attrs = frame.attrs
        object.__setattr__(table, "_view", view)
        object.__setattr__(table, "_needs", tuple(frame.columns))
        return table

    @property
    def plot(self) -> Any:
        """Draw a part of the columns as pandas does; of the whole, name the function that does."""
        if tuple(self.columns) != getattr(self, "_needs", ()):
            return pd.DataFrame.plot(self)
        forest = "draw it with plot_forest(table); " * ("effect_low" in self.columns)
        raise DiaryError(f"A table is no picture: {forest}pandas has DataFrame(table).plot().")

    def _seen(self, *, wide: bool) -> tuple[pd.DataFrame, str] | None:
        """Return what to show; None where pandas should, as of a part of the columns."""
        view, needs = getattr(self, "_view", None), getattr(self, "_needs", ())
        if view is None or not len(self) or tuple(self.columns) != needs:
            return None
        try:
            plain = pd.DataFrame(self)
            plain.attrs = self.attrs
            shown: tuple[pd.DataFrame, str] = view(plain, wide)
        except Exception:  # whatever was done to the numbers, looking at them must not fail
            return None
        return shown[0], f"{shown[1]} {self._more()}".strip()

    def _more(self) -> str:
        """Say how much more there is than what is shown, and how to see it."""
        size = f"{counted(len(self), 'row')}, {len(self.columns)} columns"
        return f"({size}; all of it, unrounded: its .to_string())"

    def _nothing(self) -> str:
        """Say that a table has no row, of which a head of forty names would be all there is."""
        empty = not len(self) and hasattr(self, "_view")
        return f"Nothing to show: no row. ({len(self.columns)} columns)" if empty else ""

    def __repr__(self) -> str:
        seen = self._seen(wide=False)
        if seen is None:
            return self._nothing() or repr(pd.DataFrame(self))
        frame, last = seen
        if (most := pd.get_option("display.max_rows") or len(frame)) < len(frame):
            last = f"The first {most} lines. {last}"
        width = min(max(shutil.get_terminal_size((80, 24)).columns, 40), 120)
        below = (line for part in last.split("\n") for line in wrap(part, width))
        return "\n".join([*laid_out(frame.head(most), width), *below])

    def _repr_html_(self) -> str | None:
        """Return the same for a notebook, which has room for more columns."""
        seen = self._seen(wide=True)
        if none := self._nothing():
            return f"<p>{none}</p>"
        if seen is None:
            return pd.DataFrame(self)._repr_html_()  # type: ignore[operator,no-any-return]
        frame, last = seen
        most = pd.get_option("display.max_rows") or len(frame)
        if most < len(frame):  # what was found stands first, and the rest is screens of it
            some = most // 3 * 2
            last = f"The first {some} rows; {len(frame) - some} more are left out here. {last}"
            frame = frame.head(some)
        sides = ["" if all(map(_NUMBER.fullmatch, frame.iloc[:, k].astype(str))) else LEFT
                 for k in range(frame.shape[1])]  # fmt: skip

        def line(tag: str, cells: Iterable[object]) -> str:
            said = zip(sides, (html.escape(together(str(cell))) for cell in cells), strict=True)
            return f"<tr>{''.join(f'<{tag}{side}>{text}</{tag}>' for side, text in said)}</tr>"

        rows = "".join(line("td", row) for row in frame.itertuples(index=False))
        table = f"<table><thead>{line('th', frame.columns)}</thead><tbody>{rows}</tbody></table>"
        below = html.escape(last).replace("\n", "<br>")
        return f"{table}<p>{below}</p>" if last else table


def laid_out(frame: pd.DataFrame, width: int = 80) -> list[str]:
    """Return a frame of text as lines of at most ``width`` letters; long cells go on below."""
    columns = [[str(x), *frame.iloc[:, k].astype(str)] for k, x in enumerate(frame.columns)]
    room = [max(map(len, column)) for column in columns]
    least = [2 + max((len(word) for cell in column for word in cell.split()), default=1)
             for column in columns]  # fmt: skip
    numbers = [all(map(_NUMBER.fullmatch, column[1:])) for column in columns]
    spare = width - 2 * (len(columns) - 1)
    # the widest gives way first, as far as its longest word
    while sum(room) > spare and any(r > s for r, s in zip(room, least, strict=True)):
        widest = max(range(len(room)), key=lambda k: room[k] if room[k] > least[k] else 0)
        room[widest] -= 1
    lines = []
    for cells in zip(*columns, strict=True):
        parts = [_in_lines(cell, r) for cell, r in zip(cells, room, strict=True)]
        for k in range(max(map(len, parts))):
            texts = (part[k] if k < len(part) else "" for part in parts)
            row = [
                text.rjust(r) if number else text.ljust(r)
                for text, r, number in zip(texts, room, numbers, strict=True)
            ]
            lines.append("  ".join(row).rstrip())
    return lines


def _in_lines(cell: str, room: int) -> list[str]:
    """Return a cell in lines, all as far from the edge as it begins."""
    edge = " " * (len(cell) - len(cell.lstrip()))
    return wrap(cell.strip(), room, initial_indent=edge, subsequent_indent=edge) or [""]
