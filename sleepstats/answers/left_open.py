"""What the nights leave open: what they rule out, what could not be asked, what to do next."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from sleepstats.answers import Card, cards, changes, diary, plain, rows_of
from sleepstats.arrays import LATENCY
from sleepstats.asking import LEAST_NIGHTS
from sleepstats.columns import column_of, told_of
from sleepstats.errors import option
from sleepstats.planning import nights_needed
from sleepstats.reading.nights.dates_left_open import OpenDates, open_dates, read_otherwise
from sleepstats.relations import correlate
from sleepstats.results.sentences import listed, named

#: Of the findings that another reading of the dates changes, so many are told.
READINGS_TOLD = 3
#: What a header of dates is called, with these words, so that it says which evening a row is of.
HEADERS = {"evening": "evening", "morning": "morning", "calendar": "calendar day"}
#: A direction that is right with at least this chance is worth more nights.
WORTH_ASKING = 0.85
#: A difference in time asleep or in bed for which a coin is planned, in minutes.
COIN_MIN = 30.0
#: From so many nights on a diary begins to answer.
USEFUL_NIGHTS = 60


def limits_of(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible of each habit that went with nothing, the narrowest first.

    Measure by measure, in the order of ``outcomes``.
    """
    steps = table.attrs.get("sleepstats_table", {}).get("steps", {})
    made = []
    for row in rows_of(table):
        if row["status"] in ("found", "refused") or row["outcome"] not in outcomes:
            continue
        outcome = column_of(nights, row["outcome"])
        about = str(row["status"]), row["outcome"], row["factor"]
        counted = diary.evenings_said(nights, row)
        one = float(steps.get(row["factor"], math.nan))
        step, words, each = _amount_of(nights, row["factor"], one)
        if math.isnan(row["effect_low"]):
            kinds = f"no clear difference in {plain.measure_name(outcome)} between its kinds"
            if row["status"] == "unreachable":
                kinds = "too few nights of some kinds to compare them"
            made.append(Card(words, kinds, counted, *about))
            continue
        names = ("effect", "effect_low", "effect_high")
        sizes = [plain.scale_of(outcome) * size for size in cards.size_of(row, names, step)]
        said = plain.at_most_said(sizes[1], sizes[2], outcome, each)
        unit = plain.unit_said(outcome)
        card = Card(words, said, counted, *about, sizes[0], sizes[1], sizes[2], unit)
        if card.is_wide:
            card = replace(card, small=f"{card.small}; {changes.more_nights(nights, card)}")
        made.append(card)
    order = {name: place for place, name in enumerate(outcomes)}
    made.sort(key=lambda card: max(-card.low, card.high) if card.low == card.low else math.inf)
    return tuple(sorted(made, key=lambda card: order[card.outcome]))


def _amount_of(nights: pd.DataFrame, factor: str, step: float) -> tuple[plain.Step, str, str]:
    """Return for how much of a habit to tell what is left possible: step, lead and its last words.

    What an extra cup leaves possible is less than what a person's own evenings do.
    """
    column = column_of(nights, factor)
    low, high, start, end = (0.0,) * 4 if math.isnan(step) else diary.own_span(nights, factor)
    if high > low:
        both = plain.amounts_said(low, high, column, "against")
        return (start, end), f"{plain.habit_said(column)} ({both})", ""
    words = plain.step_said(step, column)
    return (1.0 if math.isnan(step) else step), plain.habit_said(column), words


def calendar_limits_of(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible over the months and in the week of what did not stand out."""
    made = []
    for row in rows_of(table):
        if row["found"] or row["question"] == changes.SEASON or row["outcome"] not in outcomes:
            continue
        column = column_of(nights, row["outcome"])
        low, high = (plain.scale_of(column) * row[name] for name in ("effect_low", "effect_high"))
        name, limit = plain.measure_name(column), plain.at_most_said(low, high, column)
        end = "; the end against the beginning" * (row["question"] == changes.MONTHS)
        small = f"{row['n']:,} nights{end}"
        card = Card(
            changes.lead_said(nights, row), f"{name} {limit}", small, "not found",
            row["outcome"], "", plain.scale_of(column) * row["effect"], low, high,
            plain.unit_said(column),
        )  # fmt: skip
        if card.is_wide:  # hours that nobody saw are no news, and frighten
            said = f"whether {name} changed cannot be told"
            if row["question"] == changes.WEEK:
                said = f"whether {name} differs cannot be told"
            card = replace(card, said=said, small=f"{small}: {limit} would fit")
        made.append(card)
    return tuple(made)


def not_asked(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str] = ()
) -> Iterator[str]:
    """Say of each habit that could not be asked about why not.

    With ``outcomes`` those, too, that could be asked about none of these, and were found nowhere.
    """
    refused = table[table["status"] == "refused"]
    told = table["status"] != "refused"
    if len(outcomes):
        told &= table["outcome"].isin(list(outcomes)) | (table["status"] == "found")
    asked = set(table.loc[told, "factor"])
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
    words = words.replace("weekdays and slow change", "the days of the week and the months")
    if words.startswith(f"{factor} follows "):
        return "changes only with the days of the week and the months"
    words = words.removeprefix(f"{factor} ").removeprefix(f"{factor}, ")
    names = sorted(map(str, nights.columns), key=len, reverse=True)
    pattern = rf"\b({'|'.join(map(re.escape, names))})\b(?!\()"
    return re.sub(pattern, lambda found: column_of(nights, found[0]).label, words)


# ---- what is worth doing next


def next_steps(
    nights: pd.DataFrame, table: pd.DataFrame, found: Sequence[Card], outcomes: Sequence[str]
) -> Iterator[str]:
    """Say what is worth doing next, and what it takes."""
    n = len(nights)
    habits = table.loc[table["status"] != "refused", "factor"].unique().tolist()
    stands = [card for card in found if card.verdict != "gone"]
    coin = [name for name in habits if plain.may_be_left_to_a_coin(column_of(nights, name))]
    if n < LEAST_NIGHTS:
        yield (
            f"Go on recording. From {LEAST_NIGHTS} nights on there are first answers, from about "
            f"{USEFUL_NIGHTS} on useful ones; small differences take hundreds."
        )
    elif table.empty:
        yield (
            "Go on recording your nights, and in the same weeks note one or two things each "
            "evening, such as stress, screens or the last meal, in a table with a date column, "
            f"for {LEAST_NIGHTS} nights at least, better for {USEFUL_NIGHTS}. Then make a page of "
            "both, the nights as FILE and your table as LIST: sleepstats report FILE --with LIST"
        )
    elif not habits:
        yield (
            "Go on noting your habits, every evening, also when the answer is no: from "
            f"{LEAST_NIGHTS} nights on that have them there are first answers, from about "
            f"{USEFUL_NIGHTS} on useful ones."
        )
    elif free := [card.factor for card in stands if card.factor in coin]:
        yield _coin(nights, free, outcomes)
    elif stands:
        yield _seen_again(nights, table, stands[0])
    elif hint := _worth_asking(nights, table, outcomes):
        yield hint
    elif n < USEFUL_NIGHTS:
        yield (
            f"Go on recording: {n} nights show large differences only; about "
            f"{USEFUL_NIGHTS - n} more would show smaller ones, if there are any."
        )
    elif coin:
        yield _coin(nights, coin, outcomes)
    else:
        yield (
            "Go on recording, and note something that you can do or leave as well, such as "
            "screens, a book or a late meal: the more evenings with it and without it, the more "
            "there is to compare. Surest is to let a coin decide: sleepstats trial plan"
        )


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
                f" To show a difference of {COIN_MIN:.0f} min in "
                f"{plain.measure_name(column_of(nights, name))} takes about {int(best.iloc[0]):,} "
                "new nights, about half of them without."
            )
    if len(labels) == 1:
        lead = f"Try {labels[0]} with a coin, if you may freely do without"
    else:
        some = " or ".join(labels[:2])
        lead = f"Try one habit with a coin, one that you may freely do without, such as {some}"
    return (
        f"{lead}: a diary cannot show that a habit is the reason, a coin can. It says each "
        "evening, as usual or without (or with less, such as no screens after nine); what then "
        f"differs comes of the habit or of chance.{takes} "
        "To plan it: sleepstats trial plan"
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
    told = (
        f"about {takes:,.0f} new nights"
        if takes <= changes.MOST_NIGHTS
        else "another season of nights"
    )
    habit = named(column_of(nights, card.factor).label)
    return (
        f"To see whether it shows again: go on recording for {told}, and make a page of those "
        f"only, without the old ones. If {habit} goes with the same difference there, it was "
        "hardly luck; if not, they may still have missed it. (This is no advice to change "
        "anything, nor to leave it.)"
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
    (size,) = cards.size_of(row, ("effect",), 1.0 if math.isnan(step) else step)
    looks = plain.effect_said(plain.scale_of(outcome) * size, outcome)
    free = plain.may_be_left_to_a_coin(factor)
    lead = f"Worth more nights: {named(factor.label)}. So far it looks like {looks}"
    lead = f"{lead} {plain.step_said(step, factor)}".rstrip()
    needed = nights_needed(
        nights, outcome=row["outcome"], factor=row["factor"], effect=float(row["effect"])
    ).table["nights"]
    more = 0 if needed.isna().all() else int(needed.min()) - changes.span_of(nights)
    if needed.isna().all() or more > changes.MOST_NIGHTS:
        quicker = " Quicker by coin: sleepstats trial plan" if free else ""
        return f"{lead}, but a diary needs years to show it.{quicker}"
    if more <= 0:
        tells = "A coin tells: sleepstats trial plan" if free else "More nights will tell."
        return f"{lead}, which these nights could just have shown. {tells}"
    return f"{lead}, which luck can do. If it is so, about {more:,} more nights will show it."


# ---- where the dates can be read in two ways


def other_readings(
    nights: pd.DataFrame, found: Sequence[Card], outcomes: Sequence[str]
) -> Iterator[str]:
    """Say which findings about some measures differ where the dates can be read otherwise.

    Which reading holds decides what a habit is set against: the night before it or the one after.
    """
    here = _by_pair(card for card in found if card.outcome in outcomes)
    for dates in open_dates(nights):
        told, rules = [], [dates.taken]
        for rule in dates.others:
            again = read_otherwise(nights, rule, dates)
            table = correlate(again, outcomes=list(outcomes), beside=True)
            there = _by_pair(cards.cards_of(again, table))
            new = [card for pair, card in there.items() if pair not in here]
            new += [
                there[pair] for pair, card in here.items() if _apart(card, there.get(pair, card))
            ]
            lost = [card for pair, card in here.items() if pair not in there]
            lost = [] if dates.likely else lost
            if new or lost:
                rules.append(rule)
                parts = [f"{_quoted(new)} found"] if new else []
                parts += [f"{_quoted(lost)} not found"] if lost else []
                told.append(f"If a date is {dates.means(rule)}: {'; '.join(parts)}.")
        if told:
            ways = {2: "two", 3: "three"}[len(rules)]
            yield (
                f"The dates of {dates.file or 'this file'} can be read in {ways} ways, and the "
                f"answer depends on it. Here a date was taken for {dates.means(dates.taken)}."
            )
            yield from told
            yield from _how_to_say(nights, rules, dates)


def _by_pair(found: Iterable[Card]) -> dict[tuple[str, str], Card]:
    return {(card.outcome, card.factor): card for card in found}


def _quoted(found: Sequence[Card]) -> str:
    """Return a few findings as they stand on their cards."""
    some = [f"“{card.large}”" for card in found[:READINGS_TOLD]]
    more = len(found) - len(some)
    verb = "is" if len(found) == 1 else "are"
    return f"{listed([*some, *([f'{more} more'] if more else [])])} {verb}"


def _how_to_say(nights: pd.DataFrame, rules: Sequence[str], dates: OpenDates) -> Iterator[str]:
    """Say what to write where the file was made, and what to type, so that one reading is left."""
    roles = {} if dates.file else told_of(nights).get("roles", {})
    header = next((name for name, one in roles.items() if one["role"] == "date"), "")
    if header:
        names = listed([f"“Date ({HEADERS[rule]})”" for rule in rules], "or")
        yield f"To say which it is, call the column “{header}” of your table {names}; ask again."
    typed = listed([option(f"{dates.read_by}(...", labels=rule) for rule in rules], "or")
    yield f"{'Or leave the file as it is' if header else 'Say which it is'}: {typed}."


def _apart(one: Card, other: Card) -> bool:
    """Say whether two intervals have nothing in common."""
    return one.high < other.low or other.high < one.low
