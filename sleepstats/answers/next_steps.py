"""What is worth doing next, and what it takes: go on writing, a coin, a look at new nights."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import pandas as pd

from sleepstats.answers import plain
from sleepstats.answers.cards import Card, rows_of, size_of
from sleepstats.answers.left_open import MOST_NIGHTS, span_of
from sleepstats.asking.questions import LEAST_NIGHTS
from sleepstats.columns import Column, column_of
from sleepstats.latency import LATENCY
from sleepstats.planning.needed import nights_needed
from sleepstats.results.sentences import named

#: A direction that is right with at least this chance is worth more nights.
WORTH_ASKING = 0.85
#: A difference in time asleep or in bed for which a coin is planned, in minutes.
COIN_MIN = 30.0
#: From so many nights on a diary begins to answer.
USEFUL_NIGHTS = 60
#: Words of habits that people do or leave as they like; any other is not offered to a coin.
FREE = re.compile(
    r"\b(screens?|tv|television|(smart)?phone|tablet|computer|gaming|games?|videos?|read|reading|"
    r"books?|meals?|dinner|supper|snacks?|ate|eating|exercise|work(ed|ing)?[ -]?outs?|sports?|gym|"
    r"run|running|walk|walking|yoga|stretching|bath|shower|sauna|meditat\w+|breathwork|music|"
    r"podcast|journall?ing|earplugs|mask|sunlight|daylight|bildschirm|handy|fernsehen|(ge)?lesen|"
    r"buch|essen|gegessen|spaziergang|baden|dusche)\b"
)
#: Words that take a habit off that list again: what is taken, prescribed or happens to one.
NOT_FREE = re.compile(
    r"\b(medic\w*|meds?|pills?|dose|drugs?|alcohol\w*|caffeine|coffee|wine|beer|nicotine|"
    r"supplement\w*|pain|sick|ill|illness|stress\w*|cpap|strain|burn\w*|fast(ed|ing)?|screening)\b"
)


def next_steps(
    nights: pd.DataFrame, table: pd.DataFrame, cards: Sequence[Card], outcomes: Sequence[str]
) -> Iterator[str]:
    """Say what is worth doing next, and what it takes."""
    n = len(nights)
    habits = table.loc[table["status"] != "refused", "factor"].unique().tolist()
    stands = [card for card in cards if card.verdict != "gone"]
    coin = [name for name in habits if may_be_left_to_a_coin(column_of(nights, name))]
    if n < LEAST_NIGHTS:
        yield (
            f"Go on writing. From {LEAST_NIGHTS} nights on there are first answers, from about "
            f"{USEFUL_NIGHTS} on useful ones."
        )
    elif table.empty:
        yield (
            "Note one or two things each evening, such as stress, screens or the last meal, in a "
            "list with dates. Then: sleepstats report FILE --with LIST. (sleepstats template "
            "writes an empty diary.)"
        )
    elif not habits:
        yield (
            "Go on noting your habits, every evening, also when the answer is no: from "
            f"{LEAST_NIGHTS} nights on that have them there are first answers, from about "
            f"{USEFUL_NIGHTS} on useful ones."
        )
    elif found := [card.factor for card in stands if card.factor in coin]:
        yield _coin(nights, found, outcomes)
    elif stands:
        yield _seen_again(nights, table, stands[0])
    elif hint := _worth_asking(nights, table, outcomes):
        yield hint
    elif n < USEFUL_NIGHTS:
        yield (
            f"Go on writing: {n} nights show large differences only; about "
            f"{USEFUL_NIGHTS - n} more will show smaller ones."
        )
    elif coin:
        yield _coin(nights, coin, outcomes)
    else:
        yield (
            "Note something new that you can do or leave, such as screens, a book or a late meal. "
            "What a diary cannot tell, a coin can: sleepstats trial plan"
        )


def may_be_left_to_a_coin(column: Column) -> bool:
    """Say whether a habit is one that people do or leave as they like, by the words of its name.

    Nothing that is taken, drunk or suffered is on the list: no text here may send a person to it.

    >>> names = ("screens_min", "worked_out", "worked_late", "stress", "supplement_dose_mg")
    >>> [may_be_left_to_a_coin(column_of(None, name)) for name in names]
    [True, True, False, False, False]
    """
    words = f"{column.label} {column.name}".replace("_", " ").casefold()
    return column.kind == "factor" and bool(FREE.search(words)) and not NOT_FREE.search(words)


def _coin(nights: pd.DataFrame, habits: Sequence[str], outcomes: Sequence[str]) -> str:
    """Say how a coin settles what a diary cannot, and how many nights that takes."""
    labels = [named(column_of(nights, name).label) for name in dict.fromkeys(habits)]
    takes = ""
    name = outcomes[0] if outcomes else ""
    if name.endswith("_min") and name != LATENCY:
        plan = nights_needed(nights, outcome=name, effect=COIN_MIN).table
        best = plan.loc[plan["design"].str.startswith("half of the nights, by"), "nights"]
        if best.notna().any():
            takes = (
                f" To see {COIN_MIN:.0f} min in {plain.measure_name(column_of(nights, name))} "
                f"takes about {int(best.iloc[0]):,} nights."
            )
    if len(labels) == 1:
        lead = f"Try {labels[0]} with a coin, if you may freely do without"
    else:
        some = " or ".join(labels[:2])
        lead = f"Try one habit with a coin, one that you may freely do without, such as {some}"
    return (
        f"{lead}: the coin says each evening, with or without. Then nothing but the coin differs "
        f"between your evenings.{takes} To plan it: sleepstats trial plan"
    )


def _seen_again(nights: pd.DataFrame, table: pd.DataFrame, card: Card) -> str:
    """Say how many new nights would show a finding again: of what no coin should decide."""
    row = table[(table["factor"] == card.factor) & (table["outcome"] == card.outcome)].iloc[0]
    effect, takes = float(row["best_guess"]), math.nan
    if math.isfinite(effect) and effect:
        needed = nights_needed(
            nights, outcome=card.outcome, factor=card.factor, effect=effect
        ).table["nights"]
        takes = float(needed.min())
    told = f"about {takes:,.0f} new nights" if takes <= MOST_NIGHTS else "another season of nights"
    habit = named(column_of(nights, card.factor).label)
    return (
        f"Go on writing. What stood out once may be luck; if {told} by themselves show it again "
        f"for {habit}, it hardly is."
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
    free = may_be_left_to_a_coin(factor)
    lead = f"Worth more nights: {named(factor.label)}. So far it looks like {looks}"
    lead = f"{lead} {plain.step_said(step, factor)}".rstrip()
    needed = nights_needed(
        nights, outcome=row["outcome"], factor=row["factor"], effect=float(row["effect"])
    ).table["nights"]
    more = 0 if needed.isna().all() else int(needed.min()) - span_of(nights)
    if needed.isna().all() or more > MOST_NIGHTS:
        quicker = " Quicker by coin: sleepstats trial plan" if free else ""
        return f"{lead}, but a diary needs years to show it.{quicker}"
    if more <= 0:
        tells = "A coin tells: sleepstats trial plan" if free else "More nights will tell."
        return f"{lead}, which these nights could just have shown. {tells}"
    return f"{lead}, which luck can do. If it is so, about {more:,} more nights will show it."
