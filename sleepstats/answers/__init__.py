"""Answers in a few plain sentences: what was read, how you sleep, what went with it.

The report and the notebooks show these at the top, so that a number in a sentence can never
differ from the tables and pictures below it. Nothing is computed here that a public function does
not give.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sleepstats.arrays import LATENCY
from sleepstats.errors import harmless
from sleepstats.units import filled, together

#: Words of a small line that are explained where they first stand.
HELD = "held equal"
HELD_SAID = "as if only evenings alike in that were compared"
#: Of differences up to this size nights are said to rule out the rest.
WIDE_MIN, WIDE_LATENCY_MIN = 30.0, 10.0
#: A bar is cut where its range reaches more than so many times as far as the middle one of all, or
#: more than twice as far as the next.
CUT = 5.0


class Said(tuple[str, ...]):
    """A few finished sentences, shown as paragraphs in a notebook and as lines elsewhere.

    >>> Said(("You slept.", "You woke up."))
    You slept.
    You woke up.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(filled(harmless(sentence)) for sentence in self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(together(harmless(sentence)))}</p>" for sentence in self)


def date_said(day: pd.Timestamp) -> str:
    """Write a date with its weekday."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def count_said(n: int, word: str) -> str:
    """Write a count with its word, in the plural where it has to be."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def known_nights(nights: pd.DataFrame, name: str) -> int:
    """Count the nights with a value."""
    return int(nights[name].notna().sum()) if name in nights else 0


@dataclass(frozen=True)
class Card:
    """One finding, ready to be read.

    ``low``, ``value`` and ``high`` are in the unit that the words speak of (clocks in minutes);
    NaN where there is no single size.
    """

    #: What it is about: the habit, or the part of the calendar.
    lead: str
    #: What went with it, with its size, and for how much of the habit.
    said: str
    #: How sure, on how many nights, and what becomes of it beside the other habits.
    small: str
    #: ``stands``, ``gone`` or ``found`` (where there is nothing to set it beside).
    verdict: str
    #: Column names; the outcome and the habit, which is empty for a card of the calendar.
    outcome: str
    factor: str = ""
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    #: Further sentences, folded away on the page.
    more: tuple[str, ...] = field(default=(), repr=False)

    @property
    def large(self) -> str:
        """The large line."""
        return f"{self.lead}: {self.said}"

    @property
    def widest(self) -> float:
        """Up to which size nights are said to rule out the rest of a difference, in minutes."""
        return WIDE_LATENCY_MIN if self.outcome == LATENCY else WIDE_MIN

    @property
    def is_wide(self) -> bool:
        """Whether more is left possible than most people would care to tell from nothing."""
        if math.isnan(self.low):  # kinds have no single size
            return True
        return self.unit == "min" and max(-self.low, self.high) > self.widest

    def __str__(self) -> str:
        return f"{self.large} ({self.small})."


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its names."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def small_lines(cards: Sequence[Card]) -> Iterator[str]:
    """Yield the small line of each card; what it takes for granted is explained at its first."""
    told = False
    for card in cards:
        first = not told and HELD in card.small
        yield card.small.replace(HELD, f"{HELD} ({HELD_SAID})", 1) if first else card.small
        told = told or first


def bar_scale(cards: Sequence[Card], card: Card) -> tuple[float, float]:
    """Return both ends of a card's bar, no difference included: one scale for each unit.

    Points are a unit within one measure only: 1 to 5 of one, 0 to 100 of another; and minutes to
    fall asleep are few beside those of a night. A range that reaches far beyond the others does
    not make them small: the scale ends before it, though not before a best guess.
    """

    def kind(one: Card) -> tuple[str, str]:
        return one.unit, one.outcome if one.unit in ("", "points") or one.outcome == LATENCY else ""

    same = [one for one in cards if kind(one) == kind(card) and not math.isnan(one.low)]
    reach = sorted(max(-one.low, one.high) for one in same)
    most = min(2.0 * reach[-2], CUT * reach[len(reach) // 2]) if len(reach) > 2 else math.inf
    most = max([most, *(abs(one.value) for one in same)])
    low, high = min([0.0, *(one.low for one in same)]), max([0.0, *(one.high for one in same)])
    return max(low, -most), min(high, most)
