"""Findings as cards: one large line, one small line, and the numbers of a drawn bar."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sleepstats import answers
from sleepstats.answers import HELD, OF_THE_CLOCK, Card, bar_scale, diary, plain, rows_of
from sleepstats.asking.present_table import how_sure
from sleepstats.columns import STAND_INS, Column, column_of
from sleepstats.relations import associate
from sleepstats.responses.courses import mostly_within
from sleepstats.results import relation, sentences

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Findings in the picture of an answer.
DRAWN = 6
#: Found verdicts, those that stand first.
ORDER = ("stands", "found", "gone")
#: Measures of these families are always told on their own; others may be the same story again.
CAME_FOR = "how long and how soon"
TO_BED = ("into_bed", "lights_out")
#: Of the same story in other measures one of each of these is told, so many in all.
MOST_ALIKE = 2
ALIKE = (("final_wake", "out_of_bed"), (*TO_BED, "sleep_onset"), STAND_INS, ("sol_min",))
#: Both ends of what was measured, alone and as wide as so many findings ask, and beside the others.
SHOWN_ENDS = ("effect_low", "effect_high")
FOUND_ENDS, BESIDE = ("fcr_low", "fcr_high"), ("beside_guess", "beside_low", "beside_high")
#: A size and its range on a card, of one posterior; where it cannot be told, not made smaller.
TOLD = ("best_guess", "best_guess_low", "best_guess_high")
#: What is left with others held equal is told where it is less than this share of the best guess.
CLEARLY_LESS, OTHERS = 0.8, "other habits"
#: What is said of a habit that no other could stand behind.
ALONE = "no other habit was seen to go with both this one and your sleep"


def size_of(row: Mapping[str, Any], names: Sequence[str], step: plain.Step) -> tuple[float, ...]:
    """Return estimates of a row for one step, or from one amount to another, in the outcome's unit.

    Latency is a ratio: ``middle (ratio ** to - ratio ** from)``, with the median latency at 0.
    """
    values, ratio = [float(row[name]) for name in names], float(row["ratio"])
    start, end = step
    if math.isnan(ratio) or ratio == 1.0:
        return tuple(value * (end - start) for value in values)
    middle = float(row["effect"]) / (ratio - 1.0)
    ratios = [max(1.0 + value / middle, 1e-9) for value in values]
    return tuple(middle * (each**end - each**start) for each in ratios)


class Amount(NamedTuple):
    """For how much of a habit a size is told: an extra cup is less than what evenings differ by."""

    step: plain.Step
    #: The evenings that are compared, in words; where there are none, for what step.
    compared: str
    each: str


def amount_of(nights: pd.DataFrame, factor: str, about: Mapping[str, Any]) -> Amount:
    """Return for how much of a habit its sizes are told."""
    column, step = column_of(nights, factor), float(about.get("steps", {}).get(factor, math.nan))
    low, high = (0.0, 0.0) if math.isnan(step) else diary.own_span(nights, factor)
    if high > low:
        middle = float(pd.to_numeric(nights[factor].dropna().map(float)).mean())
        return Amount((low - middle, high - middle), plain.amounts_said(low, high, column), "")
    off, far = about.get("off_no", {}).get(factor, 0.0), 1.0 if math.isnan(step) else step
    return Amount((-off, far - off), "", plain.step_said(step, column))


def clearest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were found, first those that stand, each time the clearest first."""
    by = [name for name in ("stands", "pvalue_family", "pvalue") if name in table]
    found = table[table["status"] == "found"]
    return found.sort_values(by, ascending=[name != "stands" for name in by])


def cards_of(nights: pd.DataFrame, table: pd.DataFrame) -> tuple[Card, ...]:
    """Return a card for each thing that was found, what stands first, and in their rank."""
    # what is the same story in another measure (less sleep, up earlier, less time in bed) is told
    # on the card of the clearest
    habits = table.loc[table["status"] != "refused", "factor"].unique()
    about: dict[str, Any] = {**table.attrs.get("sleepstats_table", {}), "habits": len(habits)}
    about["unasked"] = tuple(x for x in table["factor"].unique() if x not in habits)
    about["asked"] = {(row["outcome"], row["factor"]): row for row in rows_of(table)}
    away = relation.away_of(rows_of(table))
    first = about.get("families", {}).get(CAME_FOR, ["tst_min", "sol_min"])
    told: dict[str, list[list[dict[str, Any]]]] = {}
    found = rows_of(clearest(table))
    for row in sorted(found, key=lambda row: row["outcome"] not in first):
        groups = told.setdefault(row["factor"], [])
        alike = row["outcome"] in OF_THE_CLOCK and row["outcome"] not in first
        same = [group for group in groups if alike and group[0]["outcome"] in OF_THE_CLOCK]
        if same:
            same[0].append(row)
        else:
            groups.append([row])
    groups = [group for several in told.values() for group in several]
    place = {(row["outcome"], row["factor"]): number for number, row in enumerate(found)}
    groups.sort(key=lambda group: place[group[0]["outcome"], group[0]["factor"]])
    made = [_card(nights, group, about, away) for group in groups]
    # when one goes to bed is chosen, and may be why (tired, a screen): it leads nothing
    return tuple(sorted(made, key=lambda x: (ORDER.index(x.verdict), x.outcome in TO_BED, x.rank)))


def by_pair(found: Iterable[Card]) -> dict[tuple[str, str], Card]:
    """Return cards by measure and habit."""
    return {(card.outcome, card.factor): card for card in found}


def few_kinds(table: pd.DataFrame) -> list[str]:
    """Name habits of kinds that could be compared in no measure, as the first sentence counts."""
    few = table.loc[(table["status"] == "unreachable") & table["effect"].isna(), "factor"]
    return [*few[~few.isin(table["factor"][table["status"] != "refused"].drop(few.index))].unique()]


def _card(
    nights: pd.DataFrame,
    group: Sequence[Mapping[str, Any]],
    about: dict[str, Any],
    away: relation.Away,
) -> Card:
    """Write the card of one finding and of what is the same in other measures."""
    row = group[0]
    outcome, factor = (column_of(nights, row[name]) for name in ("outcome", "factor"))
    verdict, amount = relation.verdict_of(row), amount_of(nights, row["factor"], about)
    lead, beside = plain.habit_said(factor), _beside(row, about, away, amount, outcome)
    if relation.differs_after(row, about):
        beside = f"{beside}; {_follows(row, about, amount, outcome)}"
    odd, many = diary.far_off_said(nights, outcome.label), diary.counted_said(nights, row)
    when = mostly_within(nights, row["outcome"], row["factor"])
    same = list(_alike(nights, group, amount, about))
    also = f"also {sentences.listed(same[:MOST_ALIKE])}" * bool(same)
    asleep = about["asked"].get(("tst_min", row["factor"]), {}).get("status") in answers.OPEN_YET
    level = "time asleep: no clear difference" * (asleep and plain.is_clock(outcome))
    also = "; ".join(filter(None, (also, level)))
    if math.isnan(float(row["effect"])):
        kinds = tuple(_kinds(nights, row))
        small = "; ".join(filter(None, (*kinds[:1], also, many, beside)))
        return Card(
            lead, f"{plain.measure_name(outcome)} differs between kinds", small, verdict,
            row["outcome"], row["factor"],
            more=(*(f"{kind}." for kind in kinds[1:]), *_more(nights, row, about, amount)),
        )  # fmt: skip
    names = ("effect", *FOUND_ENDS) if math.isnan(float(row["best_guess"])) else TOLD
    value, low, high, size = sizes_of(row, (*names, "effect"), amount, outcome)
    span = plain.range_said(low, high, outcome)
    more = [*_more(nights, row, about, amount)]
    if abs(size - value) > 0.2 * abs(size):  # tables show it so; two sizes on a card confuse
        luck = plain.SHRUNK * (abs(value) < 0.5 * abs(size))
        more.insert(0, f"Before it was made smaller: {plain.effect_said(size, outcome)}{luck}.")
    way = plain.effect_said(value, outcome, each=amount.each)
    if relation.turned(row):  # a range of one sign, or a dot, would say which way
        way = f"which way {plain.measure_name(outcome)} differs is not clear"
        span, value, low, high = f"asked alone {span}", math.nan, math.nan, math.nan
    return Card(
        lead, way, "; ".join(filter(None, (span, also, many, odd, beside, when))),
        verdict, row["outcome"], row["factor"], value, low, high, plain.unit_said(outcome),
        amount.compared, more=tuple(more),
    )  # fmt: skip


def sizes_of(
    row: Mapping[str, Any], names: Sequence[str], amount: Amount, outcome: Column
) -> tuple[float, ...]:
    """Return estimates of a row for an amount of the habit, as they are spoken of."""
    scale = plain.scale_of(outcome)
    return tuple(scale * size for size in size_of(row, names, amount.step))


def _alike(
    nights: pd.DataFrame, group: Sequence[Mapping[str, Any]], amount: Amount, about: Any
) -> Iterator[str]:
    """Yield the same story in other measures: up when, to bed when, how long if that is clear."""
    lead, others = group[0]["outcome"], {row["outcome"]: row for row in group[1:]}
    for names in (some for some in ALIKE if lead not in some):
        name = next((name for name in names if name in others), "")
        asleep = about["asked"].get(("tst_min", group[0]["factor"]), {"status": "found"})
        name *= "tst_min" not in names or asleep["status"] == "found"
        if name and not math.isnan(float(others[name]["best_guess"])):
            column = column_of(nights, name)
            (value,) = sizes_of(others[name], ("best_guess",), amount, column)
            yield plain.effect_said(value, column)


def _beside(
    row: Mapping[str, Any], about: Any, away: relation.Away, amount: Amount, outcome: Column
) -> str:
    """Say in a few words what becomes of a finding with the other habits held equal."""
    if (verdict := relation.verdict_of(row)) == "found":
        return ""
    if verdict == "stands":
        beside = relation.names_in(row.get("held_equal"))
        held = relation.named_some(beside, about) if len(beside) <= MOST_ALIKE else OTHERS
        firm = relation.NO_CLEARER if relation.is_unsure(row) else "still there"
        words = f"{firm} with {held} {HELD}"
        guess, left = sizes_of(row, ("best_guess", "beside_guess"), amount, outcome)
        if abs(left) < CLEARLY_LESS * abs(guess):  # kinds have no size
            told = plain.amount_said(left, outcome, plain.places_of(left))
            words = words.replace("there", f"there, smaller (about {told}),", 1)
        if float(row.get("robustness", math.nan)) < plain.WEAK and not relation.is_unsure(row):
            words = plain.WEAKLY
        if not beside:
            words = "no other habit to set beside it" if about.get("habits") == 1 else ALONE
            if some := relation.named_some(about.get("unasked", ()), about):
                words += f" (not looked at, as it could not be asked: {some})"
        if twice := relation.named_some(about.get("noted_twice", {}).get(row["factor"], ()), about):
            words += f"; {twice} is the same habit, noted again"
        return words
    pair = (row["outcome"], row["factor"])
    others = away.get(pair, ())
    names = relation.named_some(others, about)
    if relation.turned(row):
        held = relation.named_some(relation.names_in(row.get("held_equal")), about)
        words = f"the other way round with {held} held equal"
    elif not others:
        words = "too few nights to hold the other habits equal"
    elif "entangled with" in str(row.get("reason", "")):
        words = f"cannot be told apart from {names}"
    else:
        words = f"no longer clear once {names} {relation.held_said(pair, others, away)}"
    return words


def _follows(row: Mapping[str, Any], about: Any, amount: Amount, outcome: Column) -> str:
    """Doubt the order, as the habit of the day after goes with the night as well."""
    (size,) = sizes_of(row, ("evening_after_effect",), amount, outcome)
    told = plain.amount_said(size, outcome, plain.places_of(size))
    told = f" ({told} {plain.direction_said(size, outcome)})" * (size == size)
    return f"but {_named(row, about)} of the day after goes with it, too{told}: {plain.FOLLOWS}"


def _more(
    nights: pd.DataFrame, row: Mapping[str, Any], about: dict[str, Any], amount: Amount
) -> Iterator[str]:
    """Say what else there is to a finding: for one step, and which habits were held equal."""
    outcome, factor = (column_of(nights, row[name]) for name in ("outcome", "factor"))
    if amount.compared:
        step = float(about["steps"][row["factor"]])
        (each,) = sizes_of(row, TOLD[:1], Amount((0.0, step), "", ""), outcome)
        words = plain.step_said(step, factor)
        yield f"{words[:1].upper()}{words[1:]}: {plain.effect_said(each, outcome)}."
    if row["outcome"] in plain.EXPLAINED:
        yield plain.EXPLAINED[row["outcome"]]
    if plain.SCORE.search(outcome.label):
        yield plain.SCORED
    names, verdict = relation.names_in(row.get("held_equal")), relation.verdict_of(row)
    if verdict == "stands" and len(names) > MOST_ALIKE:
        every = sentences.listed([relation.named_some((one,), about) for one in names])
        yield f"Held equal for {plain.measure_name(outcome)}: {every}."
    if verdict == "gone" and names and "entangled" not in str(row.get("reason")):
        held = relation.named_some(names, about) if len(names) <= MOST_ALIKE else OTHERS
        now = "turns round" if relation.turned(row) else "is no longer clear"
        if not math.isnan(sum(left := sizes_of(row, BESIDE, amount, outcome))):
            limit = plain.at_most_said(left[1], left[2], outcome)
            yield f"With {held} {HELD} it {now}: {limit}."
    if relation.differs_after(row, about):
        yield (
            f"After such a night the next day differs in {_named(row, about)}, too, and a day that "
            "comes after cannot have made the night. So perhaps nights change days here, and not "
            "days nights; or a stretch of days is behind both."
        )


def _named(row: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """Return a habit's name as it stands within a sentence."""
    name = row["factor"]
    label = str(about.get("labels", {}).get(name) or column_of(None, name).label)
    return sentences.named(re.sub(r" (of )?the day before$", "", label))


def _kinds(nights: pd.DataFrame, row: Mapping[str, Any]) -> Iterator[str]:
    """Say of each kind how much it differs from the reference, the clearest first."""
    outcome = column_of(nights, row["outcome"])
    table = associate(nights, row["outcome"], row["factor"]).contrasts
    for kind in [] if table is None else rows_of(table.sort_values("pvalue")):
        value, low, high = (
            plain.scale_of(outcome) * float(kind[x]) for x in ("effect", *SHOWN_ENDS)
        )
        if not math.isnan(low):
            size, span = plain.effect_said(value, outcome), plain.range_said(low, high, outcome)
            told = f"“{kind['level']}” ({kind['n']:,} nights), beside “{kind['reference']}”: {size}"
            when = mostly_within(nights, outcome.name, row["factor"], kind["level"])
            yield f"{told}, {span} (not made smaller)" + f"; {when}" * bool(when)


def doubt_said(table: pd.DataFrame, card: Card) -> str:
    """Say of a finding that does not stand between which evenings it is not clear."""
    rows = table.set_index(["outcome", "factor"])["goes_with"]
    names = relation.names_in(rows.get((card.outcome, card.factor)))
    one = relation.named_some(names, table.attrs["sleepstats_table"]) * (len(names) == 1)
    said = f"; not clear once {one or OTHERS} {'is' if one else 'are'} held equal"
    part = "; may be: mostly noted in one part of the diary" * (" nights lie from " in card.small)
    return said * (card.verdict == "gone" and "not clear" not in card.said) + part


def points_said(nights: pd.DataFrame, cards: Sequence[Card]) -> str:
    """Say from where to where ratings on cards run in this file, and which end is the good one."""
    names = [x.outcome for x in cards if " points " in x.said]
    names += [one.factor for one in cards if " points compared" in one.compared]
    told = []
    for name in dict.fromkeys(names):
        column = column_of(nights, name)
        values = pd.to_numeric(nights[name], errors="coerce").dropna()
        ends = f"{values.min():.3g} to {values.max():.3g}{plain.better_said(column)}"
        told.append(f"{plain.measure_name(column)} {ends}")
    return f"Points in this file: {'; '.join(told)}." if told else ""


def luck_said(nights: pd.DataFrame, table: pd.DataFrame, main: Sequence[str]) -> str:
    """Name what is clear alone and not among so many, what is no story of the bed time first."""
    asked = [(row["outcome"] not in main and row["outcome"] in OF_THE_CLOCK, row["factor"],
              row["outcome"]) for row in rows_of(table)
             if how_sure(row, {}) == "may be luck"]  # fmt: skip
    asked.sort(key=lambda one: one[0])
    pairs = [(column_of(nights, x), column_of(nights, y)) for _, x, y in asked]
    return answers.few_named([f"{plain.habit_said(x)} ({plain.measure_name(y)})" for x, y in pairs])


def draw_answer(lead: str, cards: Sequence[Card], ax: Axes | None = None) -> Axes:
    """Draw findings in words, each with its size and range; nothing else of the person."""
    from sleepstats.plots import nights as pictures

    rows, drawn = [], cards[:DRAWN]
    # bars below each other are compared: of minutes all have one scale, whatever they are of
    longest = max([bar_scale(drawn, one) for one in drawn if one.unit == "min"], default=0.0)
    for card in drawn:
        of_time = card.unit == "min"  # a scale ends on a round number
        end = 30.0 * math.ceil(longest / 30.0) if of_time else bar_scale(drawn, card)
        if math.isnan(card.low) or end == 0.0:
            rows.append(pictures.AnswerRow(card.large, card.small))
            continue
        value, low, high = (size / end for size in (card.value, card.low, card.high))
        told = plain.minutes_said(end) if of_time else f"{end:.2g} {card.unit}".strip()
        rows.append(
            pictures.AnswerRow(card.large, card.small, (low, value, high), told, card.is_hollow)
        )
    return pictures.draw_answer(lead, rows, len(cards) - len(rows), ax=ax)
