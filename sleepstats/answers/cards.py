"""Findings as cards: one large line, one small line, and the numbers of a drawn bar."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats.answers import HELD, Card, bar_scale, plain, rows_of
from sleepstats.arrays import read_values
from sleepstats.columns import column_of
from sleepstats.relations import associate
from sleepstats.results import relation
from sleepstats.results.sentences import listed, named

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
#: More nights than these are no plan.
MOST_NIGHTS = 730
#: Of the same story in other measures so many are told.
MOST_ALIKE = 3


def size_of(row: Mapping[str, Any], names: Sequence[str], step: float) -> tuple[float, ...]:
    """Return estimates of a row for one step, in the outcome's unit.

    Latency is analysed as a ratio: ``middle (ratio ** step - 1)``, where ``middle`` is the
    person's median latency.
    """
    values = [float(row[name]) for name in names]
    ratio = float(row["ratio"])
    if math.isnan(ratio) or ratio == 1.0:
        return tuple(value * step for value in values)
    middle = float(row["effect"]) / (ratio - 1.0)
    return tuple(middle * (max(1.0 + value / middle, 1e-9) ** step - 1.0) for value in values)


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
    about = {**table.attrs.get("sleepstats_table", {}), "habits": habits}
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
    evenings = evenings_said(nights, row)
    if span := plain.amounts_said(*own_span(nights, row["factor"]), factor, "to"):
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
    sizes = size_of(row, ("best_guess", "fcr_low", "fcr_high"), one)
    if math.isnan(sizes[0]):
        sizes = size_of(row, ("effect", "effect_low", "effect_high"), one)
    value, low, high = (plain.scale_of(outcome) * size for size in sizes)
    if not math.isnan(row.get("beside_guess", math.nan)):
        held = plain.scale_of(outcome) * size_of(row, ("beside_guess",), one)[0]
        amount = plain.amount_said(held, outcome, plain.places_of(held))
        beside = beside.replace(f"other habits {HELD}", f"other habits {HELD}, about {amount}")
    # a best guess drawn towards nothing can leave the range; wider holds the truth as often, and
    # the method says so
    low, high = min(low, value), max(high, value)
    said = plain.effect_said(value, outcome)
    span = plain.range_said(low, high, outcome)
    return Card(
        lead,
        f"{said} {plain.step_said(step, factor)}".strip(),
        "; ".join(filter(None, (span, evenings, beside))),
        verdict, row["outcome"], row["factor"], value, low, high, plain.unit_said(outcome),
        more=tuple(_more(nights, group, about)),
    )  # fmt: skip


def own_span(nights: pd.DataFrame, factor: str) -> tuple[float, float]:
    """Return between which amounts of a habit eight of ten evenings lie, to two digits.

    Both are the same where the habit has no amount: a yes or no, kinds, or hardly any difference.
    """
    values = nights[factor]
    read = None if values.isna().all() else read_values(values, pd.DatetimeIndex(nights.index))
    if read is None or read.kind != "numeric" or read.unit:  # hours of a clock are no amount
        return 0.0, 0.0
    ends = np.nanpercentile(read.values, [10, 90], method="nearest")
    return float(f"{ends[0]:.2g}"), float(f"{ends[1]:.2g}")


def amount_of(nights: pd.DataFrame, factor: str, step: float) -> tuple[float, str, str]:
    """Return for how much of a habit to tell what is left possible: step, lead and its last words.

    What an extra cup leaves possible is less than what a person's own evenings do.
    """
    column = column_of(nights, factor)
    low, high = (0.0, 0.0) if math.isnan(step) else own_span(nights, factor)
    if high > low:
        both = plain.amounts_said(low, high, column, "against")
        return high - low, f"{plain.habit_said(column)} ({both})", ""
    words = plain.step_said(step, column)
    return (1.0 if math.isnan(step) else step), plain.habit_said(column), words


def evenings_said(nights: pd.DataFrame, row: Mapping[str, Any]) -> str:
    """Count the nights of a question; of a yes or no those with it, too."""
    word = "evenings" if str(row["when"]).startswith("day before") else "nights"
    values = nights[row["factor"]]
    if values.isna().all():
        return f"{row['n']:,} {word}"
    read = read_values(values, pd.DatetimeIndex(nights.index))
    if read.kind != "yes/no":
        return f"{row['n']:,} {word}"
    known = nights[row["outcome"]].notna().to_numpy() & ~np.isnan(read.values)
    if int(known.sum()) != int(row["n"]):  # another row's value was met
        return f"{row['n']:,} {word}"
    return f"with it on {int(read.values[known].sum()):,} of {row['n']:,} {word}"


def _beside(row: Mapping[str, Any], about: Mapping[str, Any], away: relation.Away) -> str:
    """Say in a few words what becomes of a finding with the other habits held equal."""
    verdict = relation.verdict_of(row)
    if verdict == "found":
        return ""
    after = float(row.get("evening_after_pvalue", math.nan))
    follows = (
        "but the day after such a night differs in it as well: it may follow from the night"
        if after < 0.05
        else ""
    )
    if verdict == "stands":
        words = "still there with the other habits held equal"
        if not relation.names_in(row.get("held_equal")):
            one = about.get("habits") == 1
            words = f"no other habit {'to set beside it' if one else 'goes along with it'}"
        return "; ".join(filter(None, (words, follows)))
    pair = (row["outcome"], row["factor"])
    others = away.get(pair, ())
    names = relation.named_some(others, about)
    if relation.turned(row):
        names = relation.named_some(relation.names_in(row.get("held_equal")), about)
        words = f"the other way round with {names} held equal"
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
    factor = column_of(nights, row["factor"])
    low, high = own_span(nights, row["factor"])
    sizes = size_of(row, ("best_guess",), high - low) if high > low else (math.nan,)
    if not math.isnan(sizes[0]):
        ends = plain.amounts_said(low, high, factor, "against")
        yield f"{ends}: {plain.effect_said(plain.scale_of(outcome) * sizes[0], outcome)}."
    guess, size = size_of(row, ("best_guess", "effect"), one)
    if abs(size) > 1.05 * abs(guess):
        told = plain.effect_said(plain.scale_of(outcome) * size, outcome, "")
        yield f"As measured: {told}. The large line is less: luck helps what stands out of many."
    labels = about.get("labels", {})
    names = relation.names_in(row.get("held_equal"))
    held = listed([named(str(labels.get(x) or column_of(None, x).label)) for x in names])
    guess = float(row.get("beside_guess", math.nan))
    if names and not math.isnan(guess):
        scale = plain.scale_of(outcome)
        (value,) = size_of(row, ("beside_guess",), one)
        yield f"With {held} held equal: {plain.effect_said(scale * value, outcome)}."
    chance = 100.0 * float(row.get("p_direction", math.nan))
    if not math.isnan(chance):
        sure = "more than 99" if chance > 99.0 else f"{chance:.0f}"
        yield f"The chance that it goes this way, and not the other: {sure} in 100."
    robust = float(row.get("robustness", math.nan))
    if relation.verdict_of(row) == "stands" and robust > 0:
        tie = next(word for least, word in _HOLDS if robust >= least)
        yield (
            "That does not say that the habit is the reason. Something that nobody wrote down, "
            f"such as a late shift, could be behind both. {tie}"
        )
    alike = []
    for other in group[1:]:
        column = column_of(nights, other["outcome"])
        if math.isnan(float(other["best_guess"])):
            alike.append(plain.measure_name(column))
            continue
        (value,) = size_of(other, ("best_guess",), one)
        alike.append(plain.effect_said(plain.scale_of(column) * value, column))
    if alike:
        some = "" if len(alike) <= MOST_ALIKE else ", among others"
        yield f"The same seen in other measures{some}: {listed(alike[:MOST_ALIKE])}."
    if float(row.get("evening_after_pvalue", math.nan)) < 0.05:
        yield (
            "The day after such a night differs in it as well, and that day cannot have made the "
            "night: the night may change the day after, or a stretch of days is behind both."
        )


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


def more_nights(nights: pd.DataFrame, card: Card) -> str:
    """Say how many more nights would show what is worth seeing, by the square-root law; or years.

    What is seen with a chance of 80 % is ``(1.96 + 0.84) / 1.96`` of half the interval's width.
    """
    seen = 2.8 / 1.96 * (card.high - card.low) / 2.0
    size = card.widest
    more = span_of(nights) * ((seen / size) ** 2 - 1.0)
    if more > MOST_NIGHTS:
        return f"it takes years of nights to see whether it is {size:.0f} min"
    nights_more = f"{max(round(more, -1), 10):,.0f} more nights"
    return f"if it is {size:.0f} min, about {nights_more} would show it"


def span_of(nights: pd.DataFrame) -> int:
    """Count the evenings from the first night to the last."""
    days = pd.DatetimeIndex(nights.index)
    return (days[-1] - days[0]).days + 1


def draw_answer(lead: str, cards: Sequence[Card], ax: Axes | None = None) -> Axes:
    """Draw findings in words, each with its size and range; nothing else of the person."""
    from sleepstats import plots as style

    return style.picture(_drawn)(style, lead, cards, ax=ax)


def _drawn(style: Any, lead: str, cards: Sequence[Card], *, ax: Axes | None) -> Axes:
    shown = list(cards[:DRAWN])
    ax = style.axes_or_new(ax, 7.0, 0.9 + 0.78 * max(len(shown), 1))
    for place, card in enumerate(shown):
        y = -float(place)
        ax.text(-1.0, y + 0.34, style.row_name(card.large, 90), va="center", fontweight="bold")
        ax.text(-1.0, y + 0.1, style.row_name(card.small, 110), va="center", fontsize="small")
        ax.plot([0.0, 0.0], [y - 0.28, y - 0.04], color=style.REFERENCE, linewidth=1.0)
        end = max(map(abs, bar_scale(cards, card, apart=False)))
        if math.isnan(card.low) or end == 0.0:
            continue
        at = [max(-1.0, min(size / end, 1.0)) for size in (card.low, card.value, card.high)]
        for edge, mark, cut in ((-1.0, "<", card.low < -end), (1.0, ">", card.high > end)):
            ax.plot([edge] * cut, [y - 0.16] * cut, mark, color=style.SLEEP, markersize=8.0)
        ax.plot([at[0], at[2]], [y - 0.16] * 2, color=style.SLEEP, linewidth=5.0, alpha=0.45,
                solid_capstyle="butt")  # fmt: skip
        filled = style.SLEEP if card.verdict != "gone" else "none"
        ax.plot([at[1]], [y - 0.16], "o", markersize=8.0, color=style.SLEEP,
                markerfacecolor=filled)  # fmt: skip
    style.title(ax, lead)
    if len(cards) > len(shown):
        more = f"… and {len(cards) - len(shown)} more"
        ax.text(-1.0, -len(shown) + 0.34, more, va="center", fontsize="small")
    ax.set(xlim=(-1.05, 1.05), ylim=(-max(len(shown), 1) + 0.15, 0.6))
    ax.set_axis_off()
    return ax
