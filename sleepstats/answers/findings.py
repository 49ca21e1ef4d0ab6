"""The answer: what the nights show, the clearest first, and all that belongs beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from sleepstats import answers
from sleepstats.answers import PART, Card, Said, changes, diary, left_open, plain, small_lines
from sleepstats.answers.cards import CAME_FOR, cards_of, draw_answer
from sleepstats.arrays import native
from sleepstats.asking.question_checks import calendar_of, names_of, of_the_night, outcome_families
from sleepstats.checks import check_nights, no_measures
from sleepstats.columns import CLOCKS, column_of, factor_names, told_of
from sleepstats.errors import DiaryError, both_forms, harmless, worded
from sleepstats.measures.description import odd_units
from sleepstats.reading.check import habits_said, is_by_app
from sleepstats.relations import correlate
from sleepstats.written import filled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Below the findings about habits.
SMALLER = (
    "Sizes are smaller than where one question is asked alone: the largest of many figures are "
    "mostly too large by luck."
)
#: Above the limits of what was not found.
LEFT = "What these nights leave possible"
#: So many habits of which nothing was found are told of in print, the narrowest range first.
MOST_LIMITS, MOST_REASONS = 8, 3


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """What a diary says, as the report says it; made by :func:`sleepstats.answer`.

    ``print`` and a notebook show it; everything is worked out when it is first asked for.

    Attributes
    ----------
    nights : DataFrame
        The nights asked about.
    outcomes : tuple of str
        The measures of the night and of the morning that were asked about.
    asked : list of str or "all"
        What was named when the answer was asked for.
    table : DataFrame
        Every question about a habit, as :func:`sleepstats.correlate` gives it, ``beside=True``.
    changes : DataFrame
        What the nights say by themselves: one row per measure and ``question`` (over the months,
        Friday and Saturday nights, over the year) with ``n``, ``effect``, ``effect_low``,
        ``effect_high``, ``pvalue``, ``pvalue_family`` and ``found``.
    cards, calendar_cards : tuple of Card
        What stood out: of the habits, first what stands with the others held equal, and of the
        calendar. A card has ``large``, ``small``, ``verdict``, ``value``, ``low``, ``high``.
    findings : tuple of str
        The same as sentences, habits first; empty where nothing stood out.
    ruled_out, sleep, read, odd : tuple of str
        What is left possible; how the person sleeps; what was read; rows worth a word.
    measures : DataFrame
        Every measure for reading: the middle night, how far off it may be, the middle half, nights.
    habits : list of str
        The columns that were set against sleep, in the diary's order.
    asides : tuple of str
        What stands beside the answer because it is not clear what it tells of.
    next_steps : tuple of str
        What is worth doing next, and what it takes.
    """

    nights: pd.DataFrame = field(repr=False)
    outcomes: tuple[str, ...]
    asked: list[str] | str = field(repr=False, default="all")

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every question about a habit with its numbers."""
        return correlate(self.nights, outcomes=self.asked, beside=True)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What the nights say by themselves: over the months, in the week, over the year."""
        return changes.over_calendar(self.nights, calendar_of(self.nights, self.outcomes))

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """What stood out of the habits, the clearest first."""
        return cards_of(self.nights, self.table)

    @cached_property
    def calendar_cards(self) -> tuple[Card, ...]:
        """What stood out over the calendar, the clearest first."""
        return changes.doubted(changes.change_cards(self.nights, self.changes), self._weekends)

    @cached_property
    def findings(self) -> Said:
        """What stood out, as sentences."""
        return Said(tuple(map(str, (*self.cards, *self.calendar_cards))))

    @cached_property
    def lead(self) -> str:
        """The one sentence above everything."""
        left = [card for card in self.limits if card.outcome == self.main[0]]
        told = [x.partition(": ")[2] for x in left_open.not_asked(self.nights, self.table)]
        why = f": {max(told, key=told.count, default='').rstrip('.')}" * (len({*told}) < len(told))
        more = self.calendar_limits, left, diary.hours_moved(self.nights)[0], why
        lead = answers.lead_of(self.nights, self.table, self.cards, self.calendar_cards, *more)
        many, one = habits_said(self.nights)
        lead = lead.replace("habits", many).replace("habit", one)
        return f"{diary.DATES_FIRST}{lead[:1].lower()}{lead[1:]}" if self._readings else lead

    @cached_property
    def ruled_out(self) -> Said:
        """What is left possible of habits, and over the calendar, that did not stand out."""
        told = []
        for card in self.limits:
            name = plain.measure_name(column_of(self.nights, card.outcome))
            other = f"{name[:1].upper()}{name[1:]}, " * (card.outcome != self.main[0])
            told.append(f"{other}{card}")
        return Said((*told, *map(str, self.calendar_limits)))

    @cached_property
    def limits(self) -> tuple[Card, ...]:
        """The same of habits as cards, measure by measure, the narrowest first."""
        return left_open.limits_of(self.nights, self.table, self.main)

    @cached_property
    def calendar_limits(self) -> tuple[Card, ...]:
        """The same of the calendar as cards."""
        asked = self.changes["outcome"].unique().tolist()
        told = [name for name in asked if name in (*self.main, *CLOCKS)] or asked
        return left_open.calendar_limits_of(self.nights, self.changes, told)

    @property
    def main(self) -> list[str]:
        """How long and how soon, or what was asked about instead."""
        main = [x for x in outcome_families(self.nights).get(CAME_FOR, []) if x in self.outcomes]
        return main or list(self.outcomes[:1])

    @cached_property
    def next_steps(self) -> Said:
        """What is worth doing next, and what it takes."""
        if self._readings:
            return Said(("Say what the dates of the file mean; the answer depends on it.",))
        go_on = _go_on(self.nights, self.table, self.limits)
        steps = left_open.next_steps(self.nights, self.table, self.cards, self.main)
        return Said(tuple(filter(None, (step or go_on for step in steps))))

    @cached_property
    def read(self) -> Said:
        """What was read, from when to when."""
        return answers.what_was_read(self.nights)

    @cached_property
    def odd(self) -> Said:
        """The rows of the file about which there is something to say."""
        return diary.what_was_odd(self.nights) if "rows" in told_of(self.nights) else Said(())

    @property
    def all_read(self) -> bool:
        """Whether every row could be read."""
        return self.odd in ((), diary.ALL_READ)

    @cached_property
    def sleep(self) -> Said:
        """How long, how soon, how well and how regularly."""
        return diary.how_you_sleep(self.nights)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Every measure for reading."""
        return diary.measures(self.nights)

    @property
    def habits(self) -> list[str]:
        """The columns set against sleep."""
        return factor_names(self.nights)

    @cached_property
    def _weekends(self) -> dict[str, Card] | None:
        return changes.weekends_otherwise(self.nights, self.changes["outcome"].unique().tolist())

    @cached_property
    def _readings(self) -> tuple[str, ...]:
        found = (*self.cards, *self.calendar_cards)
        return tuple(left_open.other_readings(self.nights, found, self.main, self._weekends))

    @property
    def asides(self) -> Said:
        """What stands beside the answer: columns left aside, and other readings of the dates."""
        said = [*told_of(self.nights).get("asides", ()), *map(both_forms, self._readings)]
        said += [PART] * (self.asked != "all")
        return Said((*said, *odd_units(self.nights), *no_measures(self.nights)))

    def __str__(self) -> str:
        """Return the answer in plain words, 80 columns wide."""
        return printed(self)

    __repr__ = __str__

    @property
    def shown_limits(self) -> list[str]:
        """What is ruled out about the first measure; empty where anything was found."""
        every = () if self.cards or self.calendar_cards else (*self.limits, *self.calendar_limits)
        mine = [x for x in every if x.outcome == self.main[0] and (x.factor or not x.is_wide)]
        more = [x.lead for x in mine[MOST_LIMITS:]]
        told = f"Also looked at, none clearer: {answers.few_named(more)}."
        return [*map(str, mine[:MOST_LIMITS]), *[told] * bool(more)]

    @cached_property
    def left_out(self) -> Said:
        """Habits that were not asked about, with what would change that; what the dates mean."""
        told = list(left_open.not_asked(self.nights, self.table, self.main))
        ways = [line for line in told if "If a blank means no" in line]
        rest = [x for x in told if x not in ways]
        open_dates = self.table.attrs.get("sleepstats_table", {}).get("dates_open", "")
        if len(rest) > MOST_REASONS:  # an app's many tags
            names = answers.few_named([line.partition(":")[0] for line in rest])
            rest = [f"Not asked about, too few nights or ever the same: {names}."]
        return Said((*ways, *rest, *[open_dates] * bool(open_dates)))

    def _repr_html_(self) -> str:
        """Return the same for a notebook: paragraphs and a list."""

        def said(text: str) -> str:
            return escape(harmless(text))

        cards = self.cards + self.calendar_cards
        items = "".join(
            f"<li><strong>{said(card.large)}</strong><br>{said(small)}</li>"
            for card, small in zip(cards, small_lines(cards), strict=True)
        )
        left = "".join(f"<li>{said(limit)}</li>" for limit in self.shown_limits)
        left = f"<p>{LEFT}:</p><ul>{left}</ul>" if left else f"<p>{SMALLER}</p>" * bool(self.cards)
        told = answers.unclear_said(self.nights, self.limits)
        rest = [f"{x[2]}: {x[3]}." for x in told] if cards else list(self.sleep)
        rest += [*self.asides, *self.left_out, *(f"Next: {step}" for step in self.next_steps)]
        paragraphs = "".join(f"<p>{said(text)}</p>" for text in rest)
        first = f"<p>{said(f'{self.lead} {answers.not_in_file(self.nights)}'.strip())}</p>"
        return f"{first}{f'<ul>{items}</ul>' * bool(items)}{left}{paragraphs}"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the answer as one picture: each finding in words, with its size and certainty.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw. Without it a new figure is made.

        Returns
        -------
        Axes
        """
        return draw_answer(self.lead, (*self.cards, *self.calendar_cards), ax)


def printed(got: Answer, spoken: Callable[[str], str] = str, width: int = 80) -> str:
    """Return an answer in lines of ``width`` letters; ``spoken`` puts advice as it is typed."""

    def said(text: str, first: str = "", rest: str = "") -> str:
        return filled(harmless(text), width, first=first, rest=rest)

    first = f"{got.lead} {answers.not_in_file(got.nights)}".strip()
    parts, cards = [said(first)], got.cards + got.calendar_cards
    for card, small in zip(cards, small_lines(cards), strict=True):
        parts.append(f"{said(card.large, '* ', '  ')}\n{said(small, '  ', '  ')}")
    parts += [said(SMALLER)] * bool(got.cards)
    told = answers.unclear_said(got.nights, got.limits)  # silence was read as a no
    parts += [said(f"{x[2]}: {x[3]}.") for x in told if cards]
    if left := [said(limit, "* ", "  ") for limit in got.shown_limits]:
        parts.append("\n".join((f"{LEFT}{plain.READ * bool(got._readings)}:", *left)))
    parts += ["\n".join(map(said, got.sleep))] * (not cards)
    parts += [said(spoken(aside)) for aside in (*got.asides, *got.left_out)]
    parts += [said(f"Next: {spoken(step)}") for step in got.next_steps]
    return "\n\n".join(parts)


@worded
def answer(nights: pd.DataFrame, outcomes: Sequence[str] | str = "all") -> Answer:
    """Say what these nights show, in plain words, as the report does.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    outcomes : str or sequence of str
        Measures to explain; ``"all"``, the default, every one of the night and the morning that
        varies.

    Returns
    -------
    Answer
        ``print`` shows it; its documentation lists what it holds.

    Raises
    ------
    DiaryError
        If ``nights`` breaks an invariant, or an outcome is a habit.

    Notes
    -----
    Sizes and ranges are best guesses of :func:`sleepstats.correlate` for the same outcomes (other
    questions move them a little); of a number between evenings with much and with little of it.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(120, seed=3)
    >>> said = ss.answer(nights, outcomes="tst_min")
    >>> print(said.cards[0].large)
    Late meal: about 28 min less sleep
    """
    check_nights(nights)
    if isinstance(nights.index, pd.MultiIndex):
        raise DiaryError(
            "answer() is about one person, and nights holds several. Give the nights of one, for "
            "example nights.xs(person, level='person'); pool_people() asks all of them."
        )
    if outcomes == "all" and "all" not in nights:
        every = outcome_families(nights).values()
        return Answer(native(nights), tuple(name for names in every for name in names))
    chosen = of_the_night(nights, names_of(outcomes))
    return Answer(native(nights), chosen, list(chosen))


def _go_on(nights: pd.DataFrame, table: pd.DataFrame, limits: Sequence[Card]) -> str:
    """Say of which habits more nights would tell first, measure by measure, and how many."""
    told, habits = [], table.loc[table["status"] != "refused", "factor"].unique()
    for outcome in dict.fromkeys(card.outcome for card in limits):
        some = [x for x in limits if x.outcome == outcome and "would probably" in x.small]
        for card in sorted(some, key=lambda card: card.high - card.low)[:1]:
            name = plain.measure_name(column_of(nights, outcome))
            lead = f", told soonest: {card.lead};" if "only years" not in card.small else ":"
            told.append(f"In {name}{lead} {card.small.rpartition('; ')[2]}.")
    n, many = len(nights), f"these {len(habits)} habits" if len(habits) > 1 else "this habit"
    go_on = f"Go on noting {many}, every evening, also when there was none."
    ticked = any(nights[name].dtype.kind == "b" for name in habits)
    go_on = go_on if ticked or not is_by_app(nights) else "Go on recording."  # nobody notes steps
    if told and not any(", told soonest: " in line for line in told):
        go_on = f"Go on recording: {n} nights show large differences only."
        told *= n < left_open.USEFUL_NIGHTS
    more = "What else you want to know about, note each evening beside the date, in a table"
    more += left_open.FOUND_OUT  # nothing large is open, or it takes years
    return " ".join((go_on, *told)) if told else "" if answers.not_noted(nights) else more
