"""What every answer is: frozen, at full precision, one sentence, a bare table, a dictionary.

An attribute that several answers have is declared and explained here once; a class of its own adds
what only it has, and :meth:`Result.__init_subclass__` writes both into the page that ``help()``
and a notebook's ``?`` show.
"""

from __future__ import annotations

import html
import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from sleepstats.errors import DiaryError, both_forms, in_shell, marked
from sleepstats.units import filled, in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FactorKind = Literal["numeric", "yes/no", "categorical"]
Status = Literal["found", "not found", "unreachable", "refused", "no difference that matters"]
NAN = float("nan")
#: Key in ``attrs`` of a line on dates of habits that can be read otherwise, for who asks with them.
DATES_OPEN = "dates_open"

#: The order of reading: the question, what only this kind of answer has, the numbers, the verdict.
_ORDER = (
    "outcome", "factor", "when", "…", "effect", "effect_low", "effect_high", "effect_unit",
    "ratio", "ratio_low", "ratio_high", "pvalue", "pvalue_family", "schedules", "compared",
    "exact", "status", "reason", "level", "method", "adjust", "family", "design", "first_night",
    "last_night", "outcome_label", "factor_label", "outcome_unit", "factor_unit", "data",
)  # fmt: skip
_HEADING = "\nAttributes\n----------\n"


def _place(text: str) -> int:
    """Return where a field, or a page's entry that begins with its name, stands."""
    name = text.partition(" ")[0].rstrip(",")
    return _ORDER.index(name if name in _ORDER else "…")


def _entries(attributes: str) -> list[str]:
    """Cut the Attributes section of a page; what a class says of a name wins over its bases."""
    entries = re.split(r"\n(?=\S)", attributes)
    seen, kept = set[str](), list[str]()
    for entry in entries:
        names = entry.partition(" : ")[0].split(", ")
        if not seen.issuperset(names):
            kept.append(entry)
        seen.update(names)
    return kept


class Spoken(ABC):
    """What says itself in plain words: 80 columns wide in print, unbroken in an f-string."""

    @abstractmethod
    def _words(self) -> str:
        """Return the answer in plain words, its lines as long as they are."""

    def _left_open(self) -> str:
        """Return what stands below the words where the dates of the file leave it open."""
        return ""

    def _and_open(self) -> str:
        return both_forms("\n".join(map(marked, filter(None, (self._words(), self._left_open())))))

    def __str__(self) -> str:
        """Return the answer in plain words, 80 columns wide."""
        return filled(self._and_open())

    @property
    def shell(self) -> str:
        """The same in the words of the shell, 80 columns wide."""
        return filled(in_shell(self._and_open()))

    def __format__(self, spec: str) -> str:
        """Return the same in unbroken lines: ``f"{answer}"``."""
        return format(self._words(), spec)

    def _brief(self) -> str:
        """Return what stands for the answer where it is one of several."""
        return self._words()

    def __repr__(self) -> str:
        return filled(f"<{type(self).__name__}: {self._brief()}>")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Result(Spoken):
    """An answer, frozen and at full precision, that says itself in plain words.

    ``print`` shows them 80 columns wide; in an f-string they are one line a sentence or list.

    Attributes
    ----------
    level : float
        Confidence level of every interval.
    """

    level: float

    #: Fields that are data, and no part of the answer as a dictionary.
    _apart: ClassVar[tuple[str, ...]] = ("data",)
    #: Fields that are not among the numbers of a notebook's table.
    _unshown: ClassVar[tuple[str, ...]] = (
        "contrasts", "outcome_label", "factor_label", "outcome_unit", "factor_unit",
    )  # fmt: skip
    #: The table that a notebook shows under the sentence; the fields themselves where empty.
    _frame: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Write the attributes that a class takes from its bases into its documentation."""
        super().__init_subclass__()
        pages = [inspect.cleandoc(base.__doc__ or "") for base in cls.__mro__]
        lists = [page.partition(_HEADING)[2].strip("\n") for page in pages]
        if any(lists[1:]) and pages[0]:
            told = sorted(_entries("\n".join(text for text in lists if text)), key=_place)
            cls.__doc__ = pages[0].partition(_HEADING)[0] + _HEADING + "\n".join(told)

    def to_dict(self) -> dict[str, Any]:
        """Return every number and word as plain Python values, ready for JSON.

        Returns
        -------
        dict
            All fields but ``data``; dates as ``YYYY-MM-DD``, missing numbers as NaN and missing
            whole numbers as None, a table as a list of dicts, a smaller answer as its dict.

        Examples
        --------
        >>> import sleepstats as ss
        >>> nights, _ = ss.simulate_nights(60, seed=1)
        >>> ss.associate(nights, outcome="tst_min", factor="stress").to_dict()["effect_unit"]
        'min per point'
        """
        return {name: _plain(value) for name, value in self._fields() if name not in self._apart}

    def _left_open(self) -> str:
        told: dict[Any, str] = getattr(getattr(self, "data", None), "attrs", {})
        return told.get(DATES_OPEN, "")  # never str() of it: it has a form for the shell

    def _fields(self) -> list[tuple[str, Any]]:
        """Return names and values in the order of reading."""
        names = sorted((entry.name for entry in fields(self)), key=_place)
        return [(name, getattr(self, name)) for name in names]

    def _tables(self) -> Iterator[str]:
        """Yield the tables that stand under the sentence."""
        if self._frame:
            yield frame_table(getattr(self, self._frame))
            return
        hidden = {*self._apart, *self._unshown}
        rows = [row for row in self._fields() if row[0] not in hidden and _cell(row[1])]
        # the sentence has said what one came for
        yield f"<details><summary>All numbers</summary>{html_table(rows)}</details>"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Say which pictures there are: this answer has none of its own."""
        told = "plot_association(nights, outcome, factor), plot_forest(correlate(nights))"
        raise DiaryError(f"{type(self).__name__} has no picture of its own. There are {told}.")

    def _repr_html_(self) -> str:
        """Return the sentence and bare tables, for a notebook."""
        told = [text for text in (f"{self}", self._left_open()) if text]
        return "".join([*(f"<p>{html.escape(text)}</p>" for text in told), *self._tables()])


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Drawn(Result):
    """An answer that has a picture."""

    #: Module and function in ``sleepstats.plots``.
    _picture: ClassVar[str]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the answer with the nights behind it.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw. Without it a new figure is made.

        Returns
        -------
        Axes
        """
        # The one door from answers to pictures. Pictures import the answers they draw, so an
        # import the other way would close a circle; and an answer nobody draws loads no picture.
        module, _, function = self._picture.partition(".")
        drawn: Axes = getattr(import_module(f"sleepstats.plots.{module}"), function)(self, ax=ax)
        return drawn


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Finding(Drawn):
    """What was found out about one outcome.

    Attributes
    ----------
    outcome : str
        Column name.
    effect_unit : str
        The outcome's unit, and ``per`` the factor's for a numeric one.
    pvalue : float
        Two-sided, of the effect.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue < 1 - level``.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``; and columns that were held equal.
    outcome_label, outcome_unit : str
        Words and unit for axes and sentences.
    """

    outcome: str
    effect_unit: str
    pvalue: float
    status: Status
    reason: str
    adjust: tuple[str, ...]
    outcome_label: str
    outcome_unit: str


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OfFactor(Finding):
    """What was found out about one outcome and one factor.

    Attributes
    ----------
    factor : str
        Column name.
    when : str
        Which part of the factor's cycle meets which of the outcome's, in words.
    factor_label, factor_unit : str
        Words and unit for axes and sentences.
    """

    factor: str
    when: str
    factor_label: str
    factor_unit: str


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sized(Finding):
    """An answer that is one number with its interval.

    Attributes
    ----------
    effect, effect_low, effect_high : float
        Adjusted effect and its interval, in ``effect_unit``.
    ratio, ratio_low, ratio_high : float
        For latency, analysed on the log scale: times as long. Else NaN.
    """

    effect: float
    effect_low: float
    effect_high: float
    ratio: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OfNights(Finding):
    """An answer that keeps the nights it came from.

    Attributes
    ----------
    first_night, last_night : Timestamp or None
        First and last night used.
    data : DataFrame
        The nights used, index ``night``: outcome and factor.
    """

    first_night: pd.Timestamp | None
    last_night: pd.Timestamp | None
    data: pd.DataFrame = field(repr=False)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Estimate(Sized, OfNights):
    """One number with its interval, and the nights it came from."""


#: A table of more columns than these, and no more rows, does not fit a notebook's page.
WIDE, LOW = 8, 4


def html_table(rows: Sequence[Sequence[object]], header: Sequence[str] = ()) -> str:
    """Return a table without styles, which notebook viewers strip; a row begins with its name."""
    told = [[html.escape(_cell(value)) for value in row] for row in rows]
    # a column in which nothing stands only makes the others narrow
    kept = [k for k in range(len(header)) if any(row[k] for row in told)] if header else []
    if len(kept) > WIDE and len(rows) <= LOW:  # turned, it is narrow
        return html_table([(header[k], *(row[k] for row in rows)) for k in kept])
    head = "".join(f"<th>{html.escape(header[k])}</th>" for k in kept)
    lines = [f"<tr>{head}</tr>"] if head else []
    for first, *rest in ([row[k] for k in kept] for row in told) if kept else told:
        lines.append(f"<tr><th>{first}</th>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def frame_table(frame: pd.DataFrame) -> str:
    """Return a frame as such a table, in words and without its index."""
    told = in_words(frame)
    return html_table(list(told.itertuples(index=False)), tuple(told.columns))


def _cell(value: object) -> str:
    """Return one value as text for a table; empty for a missing one."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, pd.DataFrame):
        rows = value.to_dict("records")
        return [{k: None if v is pd.NA else v for k, v in row.items()} for row in rows]
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value):
        return {entry.name: getattr(value, entry.name) for entry in fields(value)}
    return value
