"""What the nights leave open: what they rule out, what is worth asking next, what it would take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from sleepstats.answers import plain
from sleepstats.answers.cards import Card, cards_of, evenings_said, rows_of, size_of
from sleepstats.asking import LEAST_NIGHTS
from sleepstats.columns import column_of
from sleepstats.planning import nights_needed
from sleepstats.reading.nights.which_evening import MEANS, open_readings, read_otherwise
from sleepstats.relations import correlate

#: Of the findings that another reading of the dates changes, so many are told.
READINGS_TOLD = 2
#: A direction that is right with at least this chance is worth more nights.
WORTH_ASKING = 0.85
#: A difference in time asleep or in bed for which a coin is planned, in minutes.
COIN_MIN = 30.0
#: Of differences up to this size nights are said to rule out the rest.
WIDE_MIN = 30.0
#: More nights than these are no plan.
MOST_NIGHTS = 730
#: From so many nights on a diary begins to answer.
USEFUL_NIGHTS = 60


def limits_of(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible of each habit that went with nothing, the narrowest first."""
    about = table.attrs.get("sleepstats_table", {})
    found = set(table.loc[table["status"] == "found", "factor"])
    made = []
    for row in rows_of(table):
        open_yet = row["status"] not in ("found", "refused") and row["factor"] not in found
        if not open_yet or row["outcome"] not in outcomes[:1] or math.isnan(row["effect_low"]):
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
    return tuple(sorted(made, key=lambda card: max(-card.low, card.high)))


def is_wide(card: Card) -> bool:
    """Say whether more is left possible than most people would care to tell from nothing."""
    return card.unit == "min" and max(-card.low, card.high) > WIDE_MIN


def more_nights(nights: pd.DataFrame, card: Card) -> str:
    """Say how many more nights would show half an hour, by the square-root law; or years.

    What is seen with a chance of 80 % is ``(1.96 + 0.84) / 1.96`` of half the interval's width.
    """
    seen = 2.8 / 1.96 * (card.high - card.low) / 2.0
    more = _span(nights) * ((seen / WIDE_MIN) ** 2 - 1.0)
    if more > MOST_NIGHTS:
        return f"years of nights to see {WIDE_MIN:.0f} min"
    return f"about {max(round(more, -1), 10):,.0f} more nights to see {WIDE_MIN:.0f} min"


def not_asked(nights: pd.DataFrame, table: pd.DataFrame) -> Iterator[str]:
    """Say of each habit that could not be asked about at all why not."""
    refused = table[table["status"] == "refused"]
    asked = set(table.loc[table["status"] != "refused", "factor"])
    for name in refused["factor"].unique():
        if name in asked:
            continue
        reason = str(refused.loc[refused["factor"] == name, "reason"].iloc[0])
        words = reason.partition(": ")[2] or reason
        yield f"{plain.habit_said(column_of(nights, str(name)))}: {words}."


def lead_of(
    nights: pd.DataFrame, table: pd.DataFrame, cards: Sequence[Card], others: Sequence[Card]
) -> str:
    """Say in one sentence what was found, or why nothing was."""
    asked = table.loc[table["status"] != "refused", "factor"].nunique()
    stands = {card.factor for card in cards if card.verdict != "gone"}
    if stands:
        went = "goes" if len(stands) == 1 else "go"
        if asked == 1:
            return "The one habit asked about goes with your nights."
        return f"{_number(len(stands))} of {asked} habits {went} with your nights."
    also = " What the nights show by themselves stands below." if others else ""
    if cards:
        return f"Some habits go with your nights, but none stands clear of the others.{also}"
    if asked:
        what = "The one habit asked about does not" if asked == 1 else f"None of {asked} habits"
        return f"{what} clearly go{'' if asked == 1 else 'es'} with your nights.{also}"
    n = len(nights)
    if n < LEAST_NIGHTS:
        counted = "1 night" if n == 1 else f"{n} nights"
        return f"{counted}: too few to ask anything; the first questions need {LEAST_NIGHTS}."
    if table.empty:
        return f"This file holds no habit to set against your nights.{also}"
    noted = max(int(nights[name].notna().sum()) for name in table["factor"].unique())
    if noted < 2 * LEAST_NIGHTS:
        return f"Your habits were noted on {noted} of {n:,} nights: too few to ask about.{also}"
    reasons = table["reason"].str.partition(":")[0].value_counts()
    return f"None of your habits could be asked about ({reasons.index[0]}).{also}"


def _number(n: int) -> str:
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[n] if n < len(words) else str(n)


def next_steps(
    nights: pd.DataFrame, table: pd.DataFrame, cards: Sequence[Card], outcomes: Sequence[str]
) -> Iterator[str]:
    """Say what is worth doing next, and what it takes."""
    n = len(nights)
    if n < LEAST_NIGHTS:
        yield (
            f"Go on writing. From {LEAST_NIGHTS} nights on there are first answers, from about "
            f"{USEFUL_NIGHTS} on useful ones."
        )
        return
    if table.empty:
        yield (
            "Note one or two things each evening, such as stress, screens or the last meal, in a "
            "list with dates. Then: sleepstats report FILE --with LIST. (sleepstats template "
            "writes an empty diary.)"
        )
        return
    if any(card.verdict != "gone" for card in cards):
        yield f"Try it with a coin. {_coin(nights, outcomes)}"
        return
    hint = _worth_asking(nights, table, outcomes)
    if hint:
        yield hint
    elif n < USEFUL_NIGHTS:
        yield (
            f"Go on writing: {n} nights show large differences only; about "
            f"{USEFUL_NIGHTS - n} more will show smaller ones."
        )
    else:
        yield f"Let a coin decide. {_coin(nights, outcomes)}"


def _coin(nights: pd.DataFrame, outcomes: Sequence[str]) -> str:
    """Say how a coin settles what a diary cannot, and how many nights that takes."""
    takes = ""
    name = outcomes[0] if outcomes else ""
    if name.endswith("_min") and name != "sol_min":
        plan = nights_needed(nights, outcome=name, effect=COIN_MIN).table
        best = plan.loc[plan["design"].str.startswith("half of the nights, by"), "nights"]
        if best.notna().any():
            takes = (
                f" To see {COIN_MIN:.0f} min in {plain.measure_name(column_of(nights, name))} "
                f"takes about {int(best.iloc[0]):,} nights."
            )
    return (
        "Pick one habit that you may freely leave to chance, and let the coin say each evening: "
        "with or without. Then nothing but the coin differs between your evenings."
        f"{takes} To plan it: sleepstats trial plan"
    )


def _worth_asking(nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]) -> str:
    """Name the likeliest of what was not seen, and the nights that would show it; or nothing."""
    if "p_direction" not in table:
        return ""
    rows = [
        row
        for row in rows_of(table)
        if row["outcome"] in outcomes
        and row["status"] in ("not found", "unreachable")
        and float(row["p_direction"]) >= WORTH_ASKING
    ]
    if not rows:
        return ""
    row = max(rows, key=lambda row: float(row["p_direction"]))
    outcome, factor = (column_of(nights, row[name]) for name in ("outcome", "factor"))
    step = float(table.attrs["sleepstats_table"].get("steps", {}).get(row["factor"], math.nan))
    (size,) = size_of(row, ("effect",), 1.0 if math.isnan(step) else step)
    looks = plain.effect_said(plain.scale_of(outcome) * size, outcome)
    lead = f"Worth more nights: {plain.habit_said(factor)}. It looks like {looks}"
    lead = f"{lead} {plain.step_said(step, factor)}".rstrip()
    needed = nights_needed(
        nights, outcome=row["outcome"], factor=row["factor"], effect=float(row["effect"])
    ).table["nights"]
    more = 0 if needed.isna().all() else int(needed.min()) - _span(nights)
    if needed.isna().all() or more > MOST_NIGHTS:
        return f"{lead}, but a diary needs years to show it. Quicker by coin: sleepstats trial plan"
    if more <= 0:
        return (
            f"{lead}, which these nights could just have shown. A coin tells: sleepstats trial plan"
        )
    return f"{lead}, which luck can do. If it is so, about {more:,} more nights will show it."


def _span(nights: pd.DataFrame) -> int:
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
                "The dates of this file can be read in two ways, and this depends on it. "
                f"If a date is {MEANS[taken]}, as it was read here: {_said(pair, here)} "
                f"If it is {MEANS[rule]}: {_said(pair, there)} "
                f"Say which it is: read_diary(..., labels={taken!r}) or "
                f"read_diary(..., labels={rule!r})."
            )
        if (more := len(differ) - READINGS_TOLD) > 0:
            yield f"With labels={rule!r}, {more} more finding{'s' * (more > 1)} would differ."


def _by_pair(cards: Iterable[Card]) -> dict[tuple[str, str], Card]:
    return {(card.outcome, card.factor): card for card in cards}


def _said(pair: tuple[str, str], cards: Mapping[tuple[str, str], Any]) -> str:
    return f"{cards[pair].large}." if pair in cards else "this is not seen."


def _apart(one: Card, other: Card) -> bool:
    """Say whether two intervals have nothing in common."""
    return one.high < other.low or other.high < one.low
