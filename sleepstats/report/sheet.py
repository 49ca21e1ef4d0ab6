"""One sheet for a clinician: the terms of the Consensus Sleep Diary, what was found, the limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers.cards import Card
from sleepstats.answers.findings import Answer
from sleepstats.clock import format_clock
from sleepstats.columns import column_of, told_of
from sleepstats.measures.between_nights import regularity
from sleepstats.measures.description import describe_nights, hours_of
from sleepstats.recorded import latency_refusal
from sleepstats.report.figures import fill_template, said

#: The sheet's measures: column, abbreviation.
MEASURES = (
    ("tib_min", "TIB"), ("tst_min", "TST"), ("sol_min", "SOL"), ("waso_min", "WASO"),
    ("nawk", "NAWK"), ("twak_min", "TWAK"), ("se_pct", "SE"), ("into_bed", ""),
    ("lights_out", ""), ("sleep_onset", ""), ("final_wake", ""), ("out_of_bed", ""),
    ("quality", ""), ("nap_min", ""),
)  # fmt: skip
#: Nights of the second column.
LATEST = 14
#: Findings on the sheet, of habits and of the calendar.
MOST_FOUND, MOST_CALENDAR = 6, 3
#: Column, sign, limit: nights that count as disturbed in research on insomnia (Lichstein et al.
#: 2003, doi:10.1016/S0005-7967(02)00023-4: more than 30 min, three nights a week or more).
DISTURBED = (("sol_min", ">", 30.0), ("waso_min", ">", 30.0), ("tst_min", "<", 360.0),
             ("se_pct", "<", 85.0))  # fmt: skip


def sheet_of(got: Answer) -> str:
    """Return the sheet of an answer as one HTML text."""
    parts = (*_head(got), *_measured(got), *_regular(got), *_found(got), *_limits(got))
    return fill_template("Sleep diary summary", "\n".join(parts), sheet=True)


def _head(got: Answer) -> Iterator[str]:
    days = pd.DatetimeIndex(got.nights.index)
    span = (days[-1] - days[0]).days + 1
    yield (
        "<h1>Sleep diary summary</h1>"
        f"<p>{len(days):,} nights recorded of {span:,}, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d} "
        "(date of the evening). Written down or measured by the person; not a diagnosis.</p>"
    )


def _measured(got: Answer) -> Iterator[str]:
    """Show means and ranges over all nights, and the mean of the latest."""
    nights = got.nights
    described = describe_nights(nights)
    last = pd.DatetimeIndex(nights.index)[-1] - pd.Timedelta(days=LATEST - 1)
    latest = describe_nights(nights.loc[nights.index >= last])
    lines = []
    for name, short in MEASURES:
        if name not in described.index or not described.loc[name, "n"]:
            continue
        if name == "sol_min" and latency_refusal(nights):
            continue
        row: Any = described.loc[name]
        values = hours_of(nights, name) if row["circular"] else nights[name].to_numpy(
            dtype=float, na_value=np.nan
        )  # fmt: skip
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


def _regular(got: Answer) -> Iterator[str]:
    """Tell regularity, and how many nights were disturbed."""
    nights, texts = got.nights, []
    values: dict[Any, Any] = regularity(nights)["value"].to_dict()
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


def _found(got: Answer) -> Iterator[str]:
    answered = got.table[got.table["status"] != "refused"]
    asked, habits = len(answered), answered["factor"].nunique()
    yield "<h2>What was asked and found</h2>"
    if asked:
        yield (
            f"<p>{habits} habits of the evening before against {got.table['outcome'].nunique()} "
            f"measures, {asked:,} questions (false-discovery rate 5 % in each family of measures). "
            f"{said(got.lead)}</p>"
        )
    else:
        yield f"<p>{said(got.lead)}</p>"
    some = [*_some(got.cards, MOST_FOUND), *_some(got.calendar_cards, MOST_CALENDAR)]
    if some:
        yield f"<ul>{''.join(some)}</ul>"
    elif got.ruled_out:
        yield f"<p>Left possible (95 % intervals): {said(' '.join(got.ruled_out[:MOST_FOUND]))}</p>"


def _some(cards: tuple[Card, ...], most: int) -> Iterator[str]:
    for card in cards[:most]:
        yield f"<li><strong>{said(card.large)}</strong> ({said(card.small)})</li>"
    if len(cards) > most:
        yield f"<li>{len(cards) - most} more stood out.</li>"


def _limits(got: Answer) -> Iterator[str]:
    texts = [
        "SE = 100 TST / TIB; TST = time from sleep onset to final awakening less WASO, or the "
        "device's own figure (source: device). Means of clock times are circular."
    ]
    if got.cards or got.calendar_cards:
        texts.append(
            "Sizes are shrunken best guesses for habits, with 95 % false-coverage-rate intervals; "
            "regression over the calendar with serially dependent errors, weekdays and slow change "
            "held fixed; “stands” with the other recorded habits in the model."
        )
    texts.append(
        "Observational, one person, unblinded: associations, not effects. Sleep in diaries and "
        "from movement differs from polysomnography. Made by sleepstats on the person's computer."
    )
    yield "<h2>Method and limits</h2>" + "".join(f"<p>{said(text)}</p>" for text in texts)
