"""What the nights leave open: what they rule out, what could not be asked, how dates are read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from sleepstats.answers import plain
from sleepstats.answers.cards import Card, asked_of, cards_of, evenings_said, rows_of, size_of
from sleepstats.answers.changes import SEASON, lead_said
from sleepstats.asking.questions import LEAST_NIGHTS
from sleepstats.columns import column_of
from sleepstats.latency import LATENCY
from sleepstats.reading.nights.which_evening import MEANS, open_readings, read_otherwise
from sleepstats.relations.one_or_all import correlate

#: Of the findings that another reading of the dates changes, so many are told.
READINGS_TOLD = 2
#: Of differences up to this size nights are said to rule out the rest.
WIDE_MIN, WIDE_LATENCY_MIN = 30.0, 10.0
#: More nights than these are no plan.
MOST_NIGHTS = 730


def limits_of(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible of each habit that went with nothing, the narrowest first.

    Measure by measure, in the order of ``outcomes``.
    """
    about = table.attrs.get("sleepstats_table", {})
    found = set(table.loc[table["status"] == "found", "factor"])
    made = []
    for row in rows_of(table):
        open_yet = row["status"] not in ("found", "refused") and row["factor"] not in found
        if not open_yet or row["outcome"] not in outcomes or math.isnan(row["effect_low"]):
            continue
        outcome, factor = (column_of(nights, row[name]) for name in ("outcome", "factor"))
        step = float(about.get("steps", {}).get(row["factor"], math.nan))
        names = ("effect", "effect_low", "effect_high")
        sizes = size_of(row, names, 1.0 if math.isnan(step) else step)
        value, low, high = (plain.scale_of(outcome) * size for size in sizes)
        said = f"{plain.at_most_said(low, high, outcome)} {plain.step_said(step, factor)}"
        card = Card(
            plain.habit_said(factor), said.strip(), evenings_said(nights, row),
            str(row["status"]), row["outcome"], row["factor"], value, low, high,
            plain.unit_said(outcome),
        )  # fmt: skip
        if is_wide(card):
            card = replace(card, small=f"{card.small}; {more_nights(nights, card)}")
        made.append(card)
    order = {name: place for place, name in enumerate(outcomes)}
    return tuple(sorted(made, key=lambda card: (order[card.outcome], max(-card.low, card.high))))


def calendar_limits_of(
    nights: pd.DataFrame, changes: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible over the months and in the week of what did not stand out."""
    made = []
    for row in rows_of(changes):
        if row["found"] or row["question"] == SEASON or row["outcome"] not in outcomes:
            continue
        column = column_of(nights, row["outcome"])
        low, high = (plain.scale_of(column) * row[name] for name in ("effect_low", "effect_high"))
        said = f"{plain.measure_name(column)} {plain.at_most_said(low, high, column)}"
        made.append(
            Card(
                lead_said(nights, row), said, f"{row['n']:,} nights", "not found",
                row["outcome"], "", plain.scale_of(column) * row["effect"], low, high,
                plain.unit_said(column),
            )
        )  # fmt: skip
    return tuple(made)


def widest(outcome: str) -> float:
    """Return up to which size nights are said to rule out the rest of a difference, in minutes."""
    return WIDE_LATENCY_MIN if outcome == LATENCY else WIDE_MIN


def is_wide(card: Card) -> bool:
    """Say whether more is left possible than most people would care to tell from nothing."""
    return card.unit == "min" and max(-card.low, card.high) > widest(card.outcome)


def more_nights(nights: pd.DataFrame, card: Card) -> str:
    """Say how many more nights would show what is worth seeing, by the square-root law; or years.

    What is seen with a chance of 80 % is ``(1.96 + 0.84) / 1.96`` of half the interval's width.
    """
    seen = 2.8 / 1.96 * (card.high - card.low) / 2.0
    size = widest(card.outcome)
    more = span_of(nights) * ((seen / size) ** 2 - 1.0)
    if more > MOST_NIGHTS:
        return f"years of nights to see {size:.0f} min"
    return f"about {max(round(more, -1), 10):,.0f} more nights to see {size:.0f} min"


def not_asked(nights: pd.DataFrame, table: pd.DataFrame) -> Iterator[str]:
    """Say of each habit that could not be asked about at all why not."""
    refused = table[table["status"] == "refused"]
    asked = set(table.loc[table["status"] != "refused", "factor"])
    for name in refused["factor"].unique():
        if name in asked:
            continue
        reason = str(refused.loc[refused["factor"] == name, "reason"].iloc[0])
        label = plain.habit_said(column_of(nights, str(name)))
        yield f"{label}: {_why_not(nights, str(name), reason)}."


def _why_not(nights: pd.DataFrame, factor: str, reason: str) -> str:
    """Return a reason of the table in the words of a reader who knows no column."""
    words = reason.partition(": ")[2] or reason
    if both := re.search(r"; (\d+) ha(?:s|ve) both", words):
        return f"noted beside sleep on {both[1]} nights; {LEAST_NIGHTS} are needed"
    if words.startswith(f"{factor} follows "):
        return "changes only with the days of the week and the months"
    words = words.removeprefix(f"{factor} ").removeprefix(f"{factor}, ")
    names = sorted(map(str, nights.columns), key=len, reverse=True)
    pattern = rf"\b({'|'.join(map(re.escape, names))})\b(?!\()"
    return re.sub(pattern, lambda found: column_of(nights, found[0]).label, words)


def lead_of(
    nights: pd.DataFrame,
    table: pd.DataFrame,
    cards: Sequence[Card],
    others: Sequence[Card],
    *,
    changes: int = 0,
) -> str:
    """Say in one sentence what was found, or why nothing was; ``changes``: calendar questions."""
    asked = asked_of(table)
    stands = {card.factor for card in cards if card.verdict != "gone"}
    if stands:
        went = "goes" if len(stands) == 1 else "go"
        if asked == 1:
            return "The one habit asked about goes with how you sleep."
        return f"{_number(len(stands))} of {asked} habits {went} with how you sleep."
    also = " What the nights show by themselves stands below." if others else (
        " Over the weeks nothing clearly changed." if changes else ""
    )  # fmt: skip
    if cards:
        several = len({card.factor for card in cards}) > 1
        some, none = ("Some habits go", "none") if several else ("One habit goes", "it does not")
        clear = "stands clear of the others" if several else "stand clear of the others"
        return f"{some} with how you sleep, but {none} {clear}.{also if others else ''}"
    if asked:
        what = "The one habit asked about does not" if asked == 1 else f"None of {asked} habits"
        return f"{what} clearly go{'' if asked == 1 else 'es'} with how you sleep.{also}"
    n = len(nights)
    if n < LEAST_NIGHTS:
        counted = "1 night" if n == 1 else f"{n} nights"
        return f"{counted}: too few to ask anything; the first questions need {LEAST_NIGHTS}."
    if table.empty:
        return f"This file holds no habit to set against your nights.{also}"
    if (noted := _noted(nights, table)) < 2 * LEAST_NIGHTS:
        return f"Your habits were noted on {noted} of {n:,} nights: too few to ask about.{also}"
    return f"None of your habits could be asked about; below stands why.{also}"


def _noted(nights: pd.DataFrame, table: pd.DataFrame) -> int:
    """Count the nights on which the habit noted most often was noted."""
    return max(int(nights[name].notna().sum()) for name in table["factor"].unique())


def _number(n: int) -> str:
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[n] if n < len(words) else str(n)


def span_of(nights: pd.DataFrame) -> int:
    """Count the evenings from the first night to the last."""
    days = pd.DatetimeIndex(nights.index)
    return (days[-1] - days[0]).days + 1


# ---- where the dates can be read in two ways


def other_readings(
    nights: pd.DataFrame, cards: Sequence[Card], outcomes: Sequence[str]
) -> Iterator[str]:
    """Say which findings about some measures differ where the dates can be read otherwise.

    Which reading holds decides what a habit is set against: the night before it or the one after.
    """
    taken, others = open_readings(nights)
    here = _by_pair(card for card in cards if card.outcome in outcomes)
    for rule in others:
        again = read_otherwise(nights, rule)
        table = correlate(again, outcomes=list(outcomes), beside=True)
        there = _by_pair(cards_of(again, table))
        differ = [pair for pair in there if pair not in here or _apart(there[pair], here[pair])]
        differ += [pair for pair in here if pair not in there]
        for pair in differ[:READINGS_TOLD]:
            yield (
                "The dates of this file can be read in two ways, and the answer depends on it. "
                f"{_told_both_ways(pair, taken, here, rule, there)} "
                f"Say which it is: read_diary(..., labels={taken!r}) or "
                f"read_diary(..., labels={rule!r})."
            )
        if (more := len(differ) - READINGS_TOLD) > 0:
            yield f"With labels={rule!r}, {more} more finding{'s' * (more > 1)} would differ."


def _by_pair(cards: Iterable[Card]) -> dict[tuple[str, str], Card]:
    return {(card.outcome, card.factor): card for card in cards}


def _told_both_ways(
    pair: tuple[str, str],
    taken: str,
    here: Mapping[tuple[str, str], Card],
    rule: str,
    there: Mapping[tuple[str, str], Card],
) -> str:
    """Say a finding under both readings, first the one that has it."""
    ways = [(f"If a date is {MEANS[taken]} (as it was read here)", here),
            (f"If it is {MEANS[rule]}", there)]  # fmt: skip
    seen = [f"{way}, then: {cards[pair].large}." for way, cards in ways if pair in cards]
    unseen = [f"{way}, it is not seen." for way, cards in ways if pair not in cards]
    return " ".join((*seen, *unseen)).replace("If it is", "If a date is", 1)


def _apart(one: Card, other: Card) -> bool:
    """Say whether two intervals have nothing in common."""
    return one.high < other.low or other.high < one.low
