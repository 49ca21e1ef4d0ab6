"""For who wants to know exactly: how the page was worked out, and one sheet for a clinician.

The sheet is in the terms of the Consensus Sleep Diary: what was found, the method, the limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers import Card, cards, findings, plain, rows_of, small_lines
from sleepstats.arrays import latency_refusal
from sleepstats.asking.present_table import how_sure
from sleepstats.clock import format_clock
from sleepstats.columns import column_of, told_of
from sleepstats.measures import between_nights, description
from sleepstats.reading.check import may_be_latency
from sleepstats.report.figures import fill_template, paragraphs, said
from sleepstats.results import sentences

#: The sheet's measures: column, abbreviation.
MEASURES = (
    ("tib_min", "TIB"), ("tst_min", "TST"), ("sol_min", "SOL"), ("waso_min", "WASO"),
    ("nawk", "NAWK"), ("twak_min", "TWAK"), ("se_pct", "SE"), ("into_bed", ""),
    ("lights_out", ""), ("sleep_onset", ""), ("final_wake", ""), ("out_of_bed", ""),
    ("quality", ""), ("nap_min", ""),
)  # fmt: skip
#: What such a column may be, with the option that says so.
_MEANT = (
    ("For a habit of the evening before, type:", "when", "=day"),
    ("For something of the morning, about the night:", "when", "=morning"),
    ("For the minutes it took to fall asleep:", "column", "=sol_min"),
)
#: Nights of the second column.
LATEST = 14
#: Findings on the sheet, of habits and of the calendar.
MOST_FOUND, MOST_CALENDAR = 6, 3
#: Column, sign, limit: nights that count as disturbed in research on insomnia (Lichstein et al.
#: 2003, doi:10.1016/S0005-7967(02)00023-4: more than 30 min, three nights a week or more).
DISTURBED = (("sol_min", ">", 30.0), ("waso_min", ">", 30.0), ("tst_min", "<", 360.0),
             ("se_pct", "<", 85.0))  # fmt: skip


def questions_of(got: findings.Answer) -> int:
    """Count the questions about habits that could be asked."""
    return int((got.table["status"] != "refused").sum())


def method_of(got: findings.Answer) -> Iterator[str]:
    """Return both sections; only the first where nothing was asked."""
    asked = questions_of(got)
    yield "<section><h2>What this cannot tell you</h2>"
    if asked:
        yield (
            "<p><strong>What made what.</strong> Evenings that differ in one habit differ in "
            "others, too. Those you wrote down can be held equal; what nobody wrote down cannot. "
            "And it may run the other way: you may do something because of how you slept.</p>"
        )
    yield (
        "<p><strong>What would happen if you changed something.</strong> These nights show what "
        "was, as it was written down or as a device took it: no forecast, and no advice.</p>"
        "<p><strong>Whether anything is wrong.</strong> This is no medical advice. If your sleep "
        "troubles you, see a doctor.</p></section>"
    )
    texts = [*_of_cards(got), *_of_questions(got, asked)]
    if asked or len(got.changes):
        texts.append(_of_nights(habits=bool(asked)))
    hang = {x.lead: "" for x in got.cards if plain.hangs_on_bed(column_of(got.nights, x.factor))}
    texts += [f"Compared as if the bed time were the same: {', '.join(hang)}."] * bool(hang)
    if any("fall asleep" in card.said for card in _cards(got)):
        texts.append(
            "Minutes to fall asleep are compared by how many times as long it took, and told in "
            "minutes on your typical night (ratios at the median)."
        )
    texts += sentences.usual_from(got.sleep)
    yield f"<section><h2>How it was worked out</h2>{paragraphs(texts)}</section>" * bool(texts)


def _cards(got: findings.Answer) -> tuple[Card, ...]:
    return (*got.cards, *got.calendar_cards)


def _of_cards(got: findings.Answer) -> Iterator[str]:
    """Say what the size and the range on a card are."""
    if got.cards:
        yield (
            "A card about a habit tells a best guess with its range: made smaller, as of many "
            "questions those stand out that luck has helped (mean and 95 % interval of the "
            "posterior under what is known of real habits). The table of all questions has the "
            "sizes before that."
        )
    if got.calendar_cards:
        yield (
            "A card about the calendar makes nothing smaller: of all such ranges at most one in "
            "twenty is expected to miss the true size (95 % false-coverage-rate intervals)."
        )


def _of_questions(got: findings.Answer, asked: int) -> Iterator[str]:
    """Say how many questions were asked of the habits, and what stands means."""
    if asked:
        yield (
            f"{asked:,} question{'s were' if asked > 1 else ' was'} asked, a habit and a measure "
            "each. Luck alone makes some of so many look like something. So only what is clearer "
            "than luck would make it is told: of all findings of one kind of measure at most one "
            "in twenty is expected to be luck (false-discovery rate of 5 % in each family)."
        )
    if any("still there" in card.small for card in got.cards):
        yield (
            "“Still there with other habits held equal” means: set against evenings alike in "
            "the other habits that could be behind it, the difference was still there, and "
            "pointed the same way (those habits as further columns of the regression; where one of "
            "them was not noted, what the others lead one to expect stands in)."
        )
    if got.limits or (got.calendar_limits and not got.calendar_cards):
        yield (
            "For the rest what these nights leave possible is told: of twenty such ranges about "
            "one misses the truth (95 % intervals, each question by itself)."
        )


def _of_nights(*, habits: bool) -> str:
    """Say how nights are set against nights."""
    return (
        "A bad week is not seven separate pieces of evidence: it is allowed for that nights "
        "resemble those beside them (generalised least squares over the calendar)."
        + (
            " Weekends and months differ anyway; so what belongs to the day of the week and to "
            "slow change is taken out before habits are compared, and asked about by itself."
            if habits
            else ""
        )
        + " A night without an entry stays without one. A night that lies far from all others "
        "counts as an unusual night and no more, so that it decides nothing by itself (Huber's "
        "weights). No random number is used: the same file gives the same page."
    )


def columns_of(got: findings.Answer, left: Sequence[tuple[str, str]], file: str) -> Iterator[str]:
    """Say what was taken for what, and folded what to type about each column left aside."""
    if lines := list(plain.taken_said(got.nights, got.habits)):
        told = "".join(f"<p><strong>{said(what)}:</strong> {said(x)}</p>" for what, x in lines)
        for name, reason in left:
            why = f": {said(reason)}" * reason.startswith("it")
            told += f"<details class='log'><summary>What to take {said(name)} for{why}</summary>"
            for words, option, meant in _MEANT[: 2 + may_be_latency(got.nights, name)]:
                typed = f"sleepstats report {file} --{option} {name + meant!r}"
                told += f"<p>{words}<br><code>{said(typed)}</code></p>"
            told += "</details>"
        yield f'<section id="columns"><h2>How your columns were read</h2>{told}</section>'


#: Columns of a table of all numbers.
_HEADS = "<th>habit</th><th>difference</th><th>range</th><th>nights</th><th>verdict</th>"


def numbers_of(got: findings.Answer) -> Iterator[str]:
    """Show every question with its numbers, folded, a table for each kind of measure."""
    about = got.table.attrs.get("sleepstats_table", {})
    if not (asked := [row for row in rows_of(got.table) if row["status"] != "refused"]):
        return
    counted = f"{len(asked):,} question{'s' * (len(asked) > 1)} with all numbers"
    yield (
        f"<section><details><summary>{counted}</summary><p class='small' id='all'>Sizes "
        "before any was made smaller. “Perhaps”: found, and its size may be next to nothing. “May "
        "be luck”: clear if it alone had been asked. “Not clear beside others”: clear alone, not "
        "with other habits held equal. “Out of reach”: even a large difference would mostly be "
        "missed. Ranges: 95 %, each question by itself.</p>"
    )
    for outcome in dict.fromkeys(row["outcome"] for row in asked):
        lines = [_number_row(got.nights, x, about) for x in asked if x["outcome"] == outcome]
        name = plain.measure_name(column_of(got.nights, outcome))
        yield (
            f"<details><summary>{said(name[:1].upper() + name[1:])}</summary>"
            f"<table class='numbers'><thead><tr>{_HEADS}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table></details>"
        )
    yield "</details></section>"


def _number_row(
    nights: pd.DataFrame, row: dict[str, Any], about: dict[str, dict[str, float]]
) -> str:
    outcome, factor = (column_of(nights, str(row[name])) for name in ("outcome", "factor"))
    amount = cards.amount_of(nights, factor.name, about)
    size, low, high = cards.sizes_of(row, ("effect", *cards.SHOWN_ENDS), amount, outcome)
    measured, span = "kinds differ" if row["status"] == "found" else "kinds compared", "–"
    if size == size:
        told = plain.effect_said(size, outcome, "").removeprefix(f"{outcome.label} ")
        measured, span = f"{told} {amount.each}".strip(), plain.range_said(low, high, outcome)
    return (
        f"<tr><th>{said(plain.habit_said(factor) + amount.compared)}</th><td>{said(measured)}</td>"
        f'<td data-is="range">{said(span)}</td><td data-is="nights">{row["n"]:,}</td>'
        f'<td data-is="verdict">{said(how_sure(row, about))}</td></tr>'
    )


def sheet_of(got: findings.Answer) -> str:
    """Return the sheet of an answer as one HTML text."""
    parts = (*_head(got), *_measured(got), *_regular(got), *_found(got), *_limits(got))
    return fill_template("Sleep diary summary", "\n".join(parts), sheet=True)


def _head(got: findings.Answer) -> Iterator[str]:
    days = pd.DatetimeIndex(got.nights.index)
    span = (days[-1] - days[0]).days + 1
    yield (
        "<h1>Sleep diary summary</h1>"
        f"<p>{len(days):,} nights recorded of {span:,}, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d} "
        "(date of the evening). Written down or measured by the person; not a diagnosis.</p>"
    )


def _measured(got: findings.Answer) -> Iterator[str]:
    """Show means and ranges over all nights, and the mean of the latest."""
    nights = got.nights
    described = description.describe_nights(nights)
    last = pd.DatetimeIndex(nights.index)[-1] - pd.Timedelta(days=LATEST - 1)
    latest = description.describe_nights(nights.loc[nights.index >= last])
    lines = []
    for name, short in MEASURES:
        unknown = name not in described.index or not described.loc[name, "n"]
        if unknown or (name == "sol_min" and latency_refusal(nights)):
            continue
        row: Any = described.loc[name]
        values = description.values_of(nights, name, clock=row["circular"])
        label = f"{row['label'][:1].upper()}{row['label'][1:]}" + (f" ({short})" if short else "")
        mine: Any = latest.loc[name, "mean"] if name in latest.index else math.nan
        low, high = (_amount(end, row) for end in (np.nanmin(values), np.nanmax(values)))
        if row["unit"] == "min" and not row["circular"]:
            low = low.removesuffix(" min")
        cells = {
            "mean (SD)": f"{_amount(row['mean'], row)} ({_spread(row)})",
            "range": f"{low} to {high}",
            "nights": f"{row['n']:,}",
            f"last {LATEST} days": _amount(float(mine), row),
            "source": _source(nights, name),
        }
        tds = "".join(f'<td data-is="{said(head)}">{said(x)}</td>' for head, x in cells.items())
        lines.append(f"<tr><th>{said(label)}</th>{tds}</tr>")
    yield (
        "<table><thead><tr><th></th><th>mean (SD)</th><th>range</th><th>nights</th>"
        f"<th>last {LATEST} days</th><th>source</th></tr></thead><tbody>{''.join(lines)}"
        "</tbody></table>"
    )


def _source(nights: pd.DataFrame, name: str) -> str:
    kind = column_of(nights, name).kind
    written = "header" in told_of(nights).get("columns", {}).get(name, {})
    return "recorded" if kind == "computed" and written else kind


def _amount(value: float, row: Any) -> str:
    if math.isnan(value):
        return "–"
    if row["circular"]:
        return format_clock(value)
    if row["unit"] == "min":
        return f"{value:.0f} min"
    return f"{value:.1f}{' ' + row['unit'] if row['unit'] else ''}"


def _spread(row: Any) -> str:
    if math.isnan(row["sd"]):
        return "–"
    return f"{60 * row['sd']:.0f} min" if row["circular"] else f"{row['sd']:.1f}"


def _regular(got: findings.Answer) -> Iterator[str]:
    """Tell regularity, and how many nights were disturbed."""
    nights, texts = got.nights, []
    values: dict[Any, Any] = between_nights.regularity(nights)["value"].to_dict()
    words = {
        "midsleep_sd_min": "SD of midsleep {:.0f} min",
        "sri": "Sleep Regularity Index {:.0f}",
        "social_jetlag_min": "social jetlag {:.0f} min",
    }
    told = [
        text.format(values[name])
        for name, text in words.items()
        if not math.isnan(values.get(name, math.nan))
    ]
    if told:
        texts.append(f"Regularity: {'; '.join(told)}.")
    counts = []
    for name, sign, limit in DISTURBED:
        if name not in nights or (name == "sol_min" and latency_refusal(nights)):
            continue
        known = nights[name].dropna().to_numpy(dtype=float)
        if len(known):
            hits = int((known > limit).sum() if sign == ">" else (known < limit).sum())
            short = dict(MEASURES)[name]
            unit = "%" if name == "se_pct" else "min"
            share = f"{hits} of {len(known)} ({100 * hits / len(known):.0f} %)"
            counts.append(f"{short} {sign} {limit:.0f} {unit} on {share}")
    if counts:
        texts.append(f"Nights with {'; '.join(counts)}.")
    yield "".join(f"<p>{said(text)}</p>" for text in texts)


def _found(got: findings.Answer) -> Iterator[str]:
    answered = got.table[got.table["status"] != "refused"]
    asked, habits = len(answered), answered["factor"].nunique()
    counted = (
        f"{habits} habits of the day before against {got.table['outcome'].nunique()} measures, "
        f"{asked:,} questions (false-discovery rate 5 % in each family of measures). "
    )
    lead = said(got.lead.replace("how you sleep", "sleep"))
    yield f"<h2>What was asked and found</h2><p>{counted if asked else ''}{lead}</p>"
    some = [*_some(got.cards, MOST_FOUND), *_some(got.calendar_cards, MOST_CALENDAR)]
    if some:
        yield f"<ul>{''.join(some)}</ul>"
    elif got.ruled_out:
        yield f"<p>Left possible (95 % intervals): {said(' '.join(got.ruled_out[:MOST_FOUND]))}</p>"


def _some(found: tuple[Card, ...], most: int) -> Iterator[str]:
    for card, small in zip(found[:most], small_lines(found[:most]), strict=True):
        yield f"<li><strong>{said(card.large)}</strong> ({said(small)})</li>"
    if len(found) > most:
        yield f"<li>{len(found) - most} more in the whole report.</li>"


def _limits(got: findings.Answer) -> Iterator[str]:
    texts = [
        "SE = 100 TST / TIB; TST = time from sleep onset to final awakening less WASO, or the "
        "device's own figure (source: device). Means of clock times are circular."
    ]
    if got.cards or got.calendar_cards:
        texts.append(
            "Habits: shrunken best guesses with 95 % posterior intervals; calendar: estimates with "
            "95 % false-coverage-rate intervals; "
            "regression over the calendar with serially dependent errors, weekdays and slow change "
            "held fixed; “still there”: with the other recorded habits in the model too."
        )
    texts.append(
        "Observational, one person, unblinded: associations, not effects. Sleep in diaries and "
        "from movement differs from polysomnography. Made by sleepstats on the person's computer."
    )
    yield "<h2>Method and limits</h2>" + "".join(f"<p>{said(text)}</p>" for text in texts)
