"""Findings as cards: one large line, one small line, and the numbers of a drawn bar."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sleepstats.answers import HELD, Card, bar_scale, diary, plain, rows_of
from sleepstats.columns import Column, column_of
from sleepstats.relations import associate
from sleepstats.results import relation, sentences

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Findings in the picture of an answer.
DRAWN = 6
#: Found verdicts, those that stand first.
ORDER = ("stands", "found", "gone")
#: Measures of these families are always told on their own; others may be the same story again.
CAME_FOR = "how long and how soon"
#: Measures that are made of the clocks and durations of the night: they move together.
OF_THE_CLOCK = frozenset(
    {"tst_min", "spt_min", "tib_min", "se_pct", "awake_min", "light_min", "deep_min", "rem_min",
     "into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed", "midsleep_h"}
)  # fmt: skip
#: How strong what nobody wrote down would have to be: from this share of what is left open on.
_HOLDS = (
    (0.3, "It would have to be tied closely to both."),
    (0.1, "It would have to be tied to both."),
    (0.0, "A loose tie to both would be enough."),
)
#: Of the same story in other measures so many are told, these first.
MOST_ALIKE = 3
FIRST_ALIKE = ("final_wake", "out_of_bed", "into_bed", "lights_out", "sleep_onset", "sol_min")
#: Estimates that a size is told of: as guessed and as measured, and both ends of what was measured.
SHOWN, SHOWN_ENDS = ("best_guess", "effect"), ("effect_low", "effect_high")
FOUND_ENDS = ("fcr_low", "fcr_high")
#: What is said of a habit that no other could stand behind; of one that may follow from the night.
ALONE = "no other habit that was noted could be behind it"
LUCK = (
    "The heading says less, as the largest of many figures are mostly a little too large by luck."
)
#: What a measure is, where its name does not say enough.
EXPLAINED = {
    "sleep_onset": "That is a time of the clock: it may only be that you went to bed later.",
    "midsleep_h": "The middle of sleep lies halfway between falling asleep and waking up.",
}


def size_of(row: Mapping[str, Any], names: Sequence[str], step: plain.Step) -> tuple[float, ...]:
    """Return estimates of a row for one step, or from one amount to another, in the outcome's unit.

    Latency is a ratio: ``middle (ratio ** to - ratio ** from)``, with the median latency at 0.
    """
    values = [float(row[name]) for name in names]
    ratio = float(row["ratio"])
    start, end = step if isinstance(step, tuple) else (0.0, step)
    if math.isnan(ratio) or ratio == 1.0:
        return tuple(value * (end - start) for value in values)
    middle = float(row["effect"]) / (ratio - 1.0)
    ratios = [max(1.0 + value / middle, 1e-9) for value in values]
    return tuple(middle * (each**end - each**start) for each in ratios)


def clearest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were found, first those that stand, each time the clearest first."""
    found = table[table["status"] == "found"].sort_values(
        ["pvalue_family", "pvalue"], kind="stable"
    )
    if "stands" not in found:
        return found
    return found.sort_values("stands", ascending=False, kind="stable", na_position="last")


def cards_of(nights: pd.DataFrame, table: pd.DataFrame) -> tuple[Card, ...]:
    """Return a card for each thing that was found, the clearest first.

    What is the same story in another measure (less sleep, up earlier, less time in bed) is told
    on the card of the clearest.
    """
    habits = table.loc[table["status"] != "refused", "factor"].nunique()
    about: dict[str, Any] = {**table.attrs.get("sleepstats_table", {}), "habits": habits}
    about["asked"] = {(row["outcome"], row["factor"]): row for row in rows_of(table)}
    away = relation.away_of(rows_of(table))
    first = about.get("families", {}).get(CAME_FOR, ["tst_min", "sol_min"])
    told: dict[str, list[list[dict[str, Any]]]] = {}
    found = rows_of(clearest(table))
    for row in sorted(found, key=lambda row: row["outcome"] not in first):
        groups = told.setdefault(row["factor"], [])
        same = [] if row["outcome"] in first else [
            group for group in groups if _same_story(row, group[0])
        ]  # fmt: skip
        if same:
            same[0].append(row)
        else:
            groups.append([row])
    groups = [group for several in told.values() for group in several]
    place = {(row["outcome"], row["factor"]): number for number, row in enumerate(found)}
    groups.sort(key=lambda group: place[group[0]["outcome"], group[0]["factor"]])
    made = [_card(nights, group, about, away) for group in groups]
    return tuple(sorted(made, key=lambda card: ORDER.index(card.verdict)))


def _same_story(row: Mapping[str, Any], lead: Mapping[str, Any]) -> bool:
    return {row["outcome"], lead["outcome"]} <= OF_THE_CLOCK


def _card(
    nights: pd.DataFrame,
    group: Sequence[Mapping[str, Any]],
    about: Mapping[str, Any],
    away: relation.Away,
) -> Card:
    """Write the card of one finding and of what is the same in other measures."""
    row = group[0]
    outcome, factor = (column_of(nights, row[name]) for name in ("outcome", "factor"))
    verdict = relation.verdict_of(row)
    lead, beside = plain.habit_said(factor), _beside(row, about, away)
    evenings, ends = diary.evenings_said(nights, row), diary.own_span(nights, row["factor"])
    if span := plain.amounts_said(*ends[:2], factor, "to"):
        evenings = f"{evenings}, mostly {span}"
    if math.isnan(float(row["effect"])):
        name = plain.measure_name(outcome)
        kinds = tuple(_kinds(nights, row))
        small = "; ".join(filter(None, (*kinds[:1], evenings, beside)))
        more = tuple(f"{kind}." for kind in kinds[1:])
        return Card(
            lead, f"{name} differs between kinds", small, verdict, row["outcome"], row["factor"],
            more=(*more, *_more(nights, group, about)),
        )  # fmt: skip
    step = float(about.get("steps", {}).get(row["factor"], math.nan))
    one = 1.0 if math.isnan(step) else step
    value, low, high = _sizes(row, one, outcome)
    own: tuple[float, ...] = ()
    if wide := plain.amounts_said(*ends[:2], factor, "against"):
        own = _sizes(row, ends[2:], outcome)
        reach = plain.range_said(own[1], own[2], outcome)
        wide = f"{wide}: {plain.effect_said(own[0], outcome)} ({reach})"
    if not math.isnan(row.get("beside_guess", math.nan)):  # for as much as what stands before it
        much = ends[2:] if wide else one
        held = plain.scale_of(outcome) * size_of(row, ("beside_guess",), much)[0]
        amount = plain.amount_said(held, outcome, plain.places_of(held))
        beside = beside.replace(f"other habits {HELD}", f"other habits {HELD}, about {amount}")
    said = plain.effect_said(value, outcome)
    span = plain.range_said(low, high, outcome)
    if value in (low, high):  # a guess drawn to the edge of its range: tell what was measured
        size = plain.scale_of(outcome) * size_of(row, ("effect",), one)[0]
        least, most = (plain.scale_of(outcome) * x for x in size_of(row, FOUND_ENDS, one))
        amount = plain.amount_said(size, outcome, plain.places_of(size))
        span = f"measured {amount}, range {plain.range_said(least, most, outcome)}"
    return Card(
        lead,
        f"{said} {plain.step_said(step, factor)}".strip(),
        "; ".join(filter(None, (span, evenings, wide, beside))),
        verdict, row["outcome"], row["factor"], value, low, high, plain.unit_said(outcome), own,
        more=tuple(_more(nights, group, about)),
    )  # fmt: skip


def _sizes(row: Mapping[str, Any], step: plain.Step, outcome: Column) -> tuple[float, float, float]:
    """Return best guess and range for so much of a habit, as they are spoken of.

    A best guess drawn towards nothing can leave the range; wider holds the truth as often, and the
    method says so.
    """
    sizes = size_of(row, ("best_guess", "fcr_low", "fcr_high"), step)
    if math.isnan(sizes[0]):
        sizes = size_of(row, ("effect", "effect_low", "effect_high"), step)
    value, low, high = (plain.scale_of(outcome) * size for size in sizes)
    return value, min(low, value), max(high, value)


def _beside(row: Mapping[str, Any], about: Mapping[str, Any], away: relation.Away) -> str:
    """Say in a few words what becomes of a finding with the other habits held equal."""
    verdict = relation.verdict_of(row)
    if verdict == "found":
        return ""
    named = _named(row, about)
    follows = ""
    if float(row.get("evening_after_pvalue", math.nan)) < 0.05:
        follows = f"but {named} also differs on the day after such a night: {plain.FOLLOWS}"
    if verdict == "stands":
        words = "still there with the other habits held equal"
        if not relation.names_in(row.get("held_equal")):
            words = "no other habit to set beside it" if about.get("habits") == 1 else ALONE
        if twice := relation.named_some(about.get("noted_twice", {}).get(row["factor"], ()), about):
            words += f"; {twice} is the same habit, noted again"
        return "; ".join(filter(None, (words, follows)))
    pair = (row["outcome"], row["factor"])
    others = away.get(pair, ())
    names = relation.named_some(others, about)
    if relation.turned(row):
        held = relation.named_some(relation.names_in(row.get("held_equal")), about)
        words = f"the other way round with {held} held equal"
    elif not others:
        words = "too few nights to hold the other habits equal"
    elif all(row["factor"] in away.get((row["outcome"], other), ()) for other in others) or (
        "entangled with" in str(row.get("reason", ""))
    ):
        words = f"cannot be told apart from {names}"
    else:
        words = f"gone once {names} {'is' if len(others) == 1 else 'are'} held equal"
    return "; ".join(filter(None, (words, follows)))


def _more(
    nights: pd.DataFrame, group: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> Iterator[str]:
    """Say what else there is to a finding: beside which habits, and in which other measures."""
    row = group[0]
    outcome = column_of(nights, row["outcome"])
    step = float(about.get("steps", {}).get(row["factor"], math.nan))
    one = 1.0 if math.isnan(step) else step
    guess, size = (plain.scale_of(outcome) * each for each in size_of(row, SHOWN, one))
    if abs(size) > 1.05 * abs(guess):
        told = [plain.effect_said(each, outcome, "") for each in (size, guess)]
        yield from [f"As measured: {told[0]}. {LUCK}"] * (told[0] != told[1])
    if row["outcome"] in EXPLAINED:
        yield EXPLAINED[row["outcome"]]
    labels = about.get("labels", {})
    names = relation.names_in(row.get("held_equal"))
    held = sentences.listed(
        [sentences.named(str(labels.get(x) or column_of(None, x).label)) for x in names]
    )
    guess = float(row.get("beside_guess", math.nan))
    if names and not math.isnan(guess):
        scale = plain.scale_of(outcome)
        (value,) = size_of(row, ("beside_guess",), one)
        yield f"With {held} held equal: {plain.effect_said(scale * value, outcome)}."
    chance = 100.0 * float(row.get("p_direction", math.nan))
    if not math.isnan(chance):
        sure = "more than 99" if chance > 99.0 else f"{chance:.0f}"
        ways = [plain.direction_said(sign * guess, outcome) for sign in (1.0, -1.0)]
        yield f"The chance that it really is {ways[0]}, and not {ways[1]}: {sure} in 100."
    robust = float(row.get("robustness", math.nan))
    if relation.verdict_of(row) == "stands" and robust > 0:
        tie = next(word for least, word in _HOLDS if robust >= least)
        yield (
            "That does not say that the habit is the reason. Something that nobody wrote down, "
            f"such as a late shift, could be behind both. {tie}"
        )
    if relation.verdict_of(row) == "stands" and not names and about.get("habits") != 1:
        yield "Of the other habits none goes both with this one and with how you slept."
    alike = []
    for other in sorted(group[1:], key=_by_interest):
        column = column_of(nights, other["outcome"])
        if math.isnan(float(other["best_guess"])):
            alike.append(plain.measure_name(column))
            continue
        (value,) = size_of(other, ("best_guess",), one)
        alike.append(plain.effect_said(plain.scale_of(column) * value, column))
    first = about["asked"].get((_how_long(about), row["factor"]), row)
    if (
        first["status"] in ("not found", "unreachable")
        and first["effect_low"] == first["effect_low"]
    ):
        sleep, ends = column_of(nights, first["outcome"]), diary.own_span(nights, row["factor"])
        wide = ends[2:] if ends[1] > ends[0] else one
        low, high = (plain.scale_of(sleep) * x for x in size_of(first, SHOWN_ENDS, wide))
        name = plain.measure_name(sleep)
        yield f"Not clear for {name} itself: {plain.at_most_said(low, high, sleep)}."
    if alike:
        some = "" if len(alike) <= MOST_ALIKE else ", among others"
        yield f"The same seen in other measures{some}: {sentences.listed(alike[:MOST_ALIKE])}."
    if float(row.get("evening_after_pvalue", math.nan)) < 0.05:
        yield (
            f"After such a night the next day differs in {_named(row, about)}, too, and a day that "
            "comes after cannot have made the night. So perhaps nights change days here, and not "
            "days nights; or a stretch of days is behind both."
        )


def _by_interest(row: Mapping[str, Any]) -> int:
    """Return the place of a measure among those of the same story: clocks say most."""
    name = row["outcome"]
    return FIRST_ALIKE.index(name) if name in FIRST_ALIKE else len(FIRST_ALIKE)


def _how_long(about: Mapping[str, Any]) -> str:
    """Return the measure of how long the person slept."""
    return str(next(iter(about.get("families", {}).get(CAME_FOR, [])), "tst_min"))


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
        scale = plain.scale_of(outcome)
        value, low, high = (
            scale * float(kind[name]) for name in ("effect", "effect_low", "effect_high")
        )
        if not math.isnan(low):
            yield (
                f"“{kind['level']}” ({kind['n']:,} nights), beside “{kind['reference']}”: "
                f"{plain.effect_said(value, outcome)}, {plain.range_said(low, high, outcome)}"
            )


def draw_answer(lead: str, cards: Sequence[Card], ax: Axes | None = None) -> Axes:
    """Draw findings in words, each with its size and range; nothing else of the person."""
    from sleepstats import plots as style

    return style.picture(_drawn)(style, lead, cards, ax=ax)


def _drawn(style: Any, lead: str, cards: Sequence[Card], *, ax: Axes | None) -> Axes:
    shown = list(cards[:DRAWN])
    ax = style.axes_or_new(ax, 7.0, 0.9 + 0.86 * max(len(shown), 1))
    for place, card in enumerate(shown):
        y = -float(place)
        ax.text(-1.0, y + 0.38, style.row_name(card.large, 90), va="center", fontweight="bold")
        ax.text(-1.0, y + 0.28, style.row_name(card.small, 110), va="top", fontsize="small")
        ax.plot([0.0, 0.0], [y - 0.36, y - 0.12], color=style.REFERENCE, linewidth=1.0)
        end = max(map(abs, bar_scale(cards, card, apart=False)))
        if math.isnan(card.low) or end == 0.0:
            continue
        if card.unit == "min":  # a scale ends on a round number
            end = 30.0 * math.ceil(end / 30.0)
        value, low, high = card.drawn
        at = [max(-1.0, min(size / end, 1.0)) for size in (low, value, high)]
        for edge, mark, cut in ((-1.0, "<", low < -end), (1.0, ">", high > end)):
            ax.plot([edge] * cut, [y - 0.24] * cut, mark, color=style.SLEEP, markersize=8.0)
        ax.plot([at[0], at[2]], [y - 0.24] * 2, color=style.SLEEP, linewidth=5.0, alpha=0.45,
                solid_capstyle="butt")  # fmt: skip
        for edge, sign, ha in ((-1.0, "−", "left"), (1.0, "+", "right")):
            told = f"{sign}{plain.minutes_said(end) if card.unit == 'min' else f'{end:.2g}'}"
            ax.text(edge, y - 0.42, told, ha=ha, va="center", fontsize="x-small", color=style.GREY)
        filled = style.SLEEP if card.verdict != "gone" else "none"
        ax.plot([at[1]], [y - 0.24], "o", markersize=8.0, color=style.SLEEP,
                markerfacecolor=filled)  # fmt: skip
    style.title(ax, lead)
    if len(cards) > len(shown):
        more = f"… and {len(cards) - len(shown)} more"
        ax.text(-1.0, -len(shown) + 0.34, more, va="center", fontsize="small")
    ax.set(xlim=(-1.05, 1.05), ylim=(-max(len(shown), 1) + 0.15, 0.6))
    ax.set_axis_off()
    return ax
