"""The frame of a page, and its figures: SVG that stretches, with their words beside it as HTML.

Text inside a stretched picture would be stretched or shrunk with it, so every label is HTML; the
colours are those of the page, light or dark.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd

from sleepstats.answers import Card, bar_scale, plain
from sleepstats.arrays import Floats
from sleepstats.clock import format_clock
from sleepstats.columns import column_of
from sleepstats.errors import harmless
from sleepstats.measures.description import hours_of, values_of
from sleepstats.written import together

#: Beginnings and ends of a night on the clock, the widest first.
IN_BED = (("into_bed", "lights_out"), ("out_of_bed", "final_wake"))
ASLEEP = (("sleep_onset",), ("final_wake",))
#: A figure of nights of which fewer than one in so many has an entry leaves out the others.
SPARSE = 4
#: Nights over which the line through the dots is a running middle.
RUNNING = 14
GAP_DAYS = 4  # days without a night over which that line breaks
#: Width of a letter below a figure on a telephone, in percent: 7 of its 270 px.
NARROW = 2.6


def fill_template(title: str, body: str, *, sheet: bool = False) -> str:
    """Return a whole page: ``body`` is HTML, ``title`` plain words."""
    style = _template("page.css").template
    if sheet:
        style += _template("sheet.css").template
    return _template("page.html").substitute(title=said(title), style=style, body=body)


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / "page" / name).read_text(encoding="utf-8"))


def said(text: object) -> str:
    """Return words of a person or of a file as HTML: nothing in them is markup."""
    return escape(together(harmless(str(text), lines=False)))


def paragraphs(sentences: Iterable[str]) -> str:
    """Return each sentence as a paragraph."""
    return "".join(f"<p>{said(sentence)}</p>" for sentence in sentences)


def foot(beside: str) -> str:
    """Return the last lines: the notebook beside the page, and what it was made with."""
    from importlib.metadata import version

    from sleepstats import __version__

    others = ", ".join(f"{name} {version(name)}" for name in ("pandas", "numpy", "scipy"))
    go_on = f"To go on from here: the notebook {said(beside)}, beside this page. " if beside else ""
    return (
        f"<footer>{go_on}Made with sleepstats {__version__}, {others} and Python "
        f"{platform.python_version()}.</footer>"
    )


def bar(card: Card, others: Sequence[Card]) -> str:
    """Return a finding's bar: range, best guess, no difference; one scale for bars of one unit."""
    if math.isnan(card.low):
        return ""
    end = _round_end(bar_scale(others, card), card.unit)

    def at(value: float) -> float:
        return 50.0 + 47.0 * value / (end or 1.0)

    guess, least, most = card.value, card.low, card.high
    left, right = at(max(least, -end)), at(min(most, end))
    words = escape(
        f"Best guess {_number(guess, card.unit)}, range {_number(least, card.unit)} to "
        f"{_number(most, card.unit)}; no difference is 0."
    )
    other = "min" if card.unit == "min" else ""  # another unit is named once, to the right
    marks = "".join(
        f'<i class="tick" style="left:{at(side):.1f}%"></i>'
        f'<b style="left:{at(side):.1f}%" class="{name}">{escape(_number(side, unit))}</b>'
        for side, name, unit in ((-end, "start", other), (end, "end", card.unit))
    ) + "".join(f'<i class="{side}"></i>' for side in cut_of(card, others))
    hollow = " hollow" if card.is_hollow else ""
    return (
        f'<div class="bar{hollow}" role="img" aria-label="{words}">'
        f'<i class="zero" style="left:{at(0.0):.1f}%"></i>'
        f'<i class="range" style="left:{left:.1f}%;width:{max(right - left, 0.6):.1f}%"></i>'
        f'<i class="dot" style="left:{at(guess):.1f}%"></i>'
        f'<b style="left:{at(0.0):.1f}%">0</b>{marks}</div>'
    )


def cut_of(card: Card, others: Sequence[Card]) -> list[str]:
    """Return the sides on which a range goes on beyond the end of its scale."""
    end = _round_end(bar_scale(others, card), card.unit)
    sides = (("farther-left", card.low < -end), ("farther-right", card.high > end))
    return [side for side, beyond in sides if beyond]


def _round_end(end: float, unit: str) -> float:
    """Return the next round number outwards, for the end of a scale."""
    if end == 0.0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(end))
    steps = [times * power for times in (1.0, 2.0, 3.0, 5.0, 10.0)]
    if unit == "min" and end > 30.0:
        steps = [30.0 * k for k in (2, 3, 4, 6, 8, 12, 16, 24, 36, 48)]
    return next((step for step in steps if step >= end * (1.0 - 1e-9)), end)


def _number(value: float, unit: str) -> str:
    """Return a signed number for the end of a scale."""
    size = f"{abs(value):.{plain.places_of(value)}f}".removesuffix(".0")
    sign = "−" if value < 0 else "+"
    if unit == "min" and abs(value) >= plain.LONG:
        return f"{sign}{plain.minutes_said(abs(value))}"
    return f"{sign if float(size) else ''}{size} {unit}".strip()


def nights_on_the_clock(nights: pd.DataFrame) -> str:
    """Return every night as a bar on the clock, left to right along the calendar; or nothing."""
    bed, asleep = (_spans(nights, *names) for names in (IN_BED, ASLEEP))
    drawn = [span for span in (bed, asleep) if span is not None]
    if not drawn or len(nights) < 3:
        return ""
    days = _days(nights)
    sparse = len(days) < (days[-1] + 1.0) / SPARSE
    if sparse:  # bars of a night each would be thinner than a line
        days = np.arange(float(len(days)))
    ends = np.concatenate([np.concatenate(span) for span in drawn])
    ends = ends[np.isfinite(ends)]
    top, bottom = (float(np.percentile(ends, q)) for q in (1, 99))
    top, bottom = math.floor(top) - 1.0, math.ceil(bottom) + 1.0
    width, height = float(days[-1]) + 1.0, bottom - top
    wide = 0.8 if width <= 200.0 else 1.0  # bars of many nights would be hairlines
    paths = []
    known = np.isfinite(asleep[0] + asleep[1]) if asleep is not None else np.full(len(days), True)
    for span, name in ((bed, "bed"), (asleep, "asleep")):
        if span is None:
            continue
        start, stop = (np.clip(end, top, bottom) for end in span)
        pieces = ["", ""]
        for seen, day, a, b in zip(known, days, start, stop, strict=True):
            if b > a:
                piece = f"M{day:g} {a - top:.2f}h{wide:g}v{b - a:.2f}h-{wide:g}z"
                pieces[int(name == "bed" and not seen)] += piece
        name = name if asleep is not None else "asleep"  # what is drawn alone needs no second tone
        for kind, drawn_of in zip((name, "open"), pieces, strict=True):
            paths += [f'<path class="{kind}" d="{drawn_of}"/>'] * bool(drawn_of)
    step = 2 if height <= 14 else 3 if height <= 20 else 6
    hours = [hour for hour in range(int(top), int(bottom) + 1) if hour % step == 0]
    lines = "".join(f"M0 {hour - top:g}H{width:g}" for hour in hours)
    labels = "".join(
        f'<span style="top:{100 * (hour - top) / height:.1f}%">{format_clock(float(hour))}</span>'
        for hour in hours
    )
    dark = asleep is not None
    said = "asleep, with its ends in another shade awake in bed" if dark and bed is not None else (
        "from falling asleep to waking up" if dark else "in bed"
    )  # fmt: skip
    words = escape(f"{len(nights):,} nights on the clock, one upright bar each: {said}.")
    picture = (
        f'<svg viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{words}">{"".join(paths)}<path class="line" d="{lines}"/></svg>'
    )
    both = bed is not None and dark
    one = "recorded night" if column_of(nights, "sleep_onset").kind == "device" else "night"
    told = f"Each upright bar is one {one}{':' if both else ',' if dark else ''} {said}."
    if sparse:
        told += " Those without an entry are left out, so that dates lie unevenly."
    elif (np.diff(days) > 1).any():
        told += " Where there is none, no night is recorded, or a time of it is missing."
    cut = int(np.any([(start < top) | (stop > bottom) for start, stop in drawn], axis=0).sum())
    told += f" {cut} of them {'goes' if cut == 1 else 'go'} on beyond the picture." * bool(cut)
    if any('class="open"' in path for path in paths):
        told += " An empty outline: in bed, and when you slept is not known."
    return _framed(picture, labels, (_few_dates if sparse else _months)(nights), told, "clock")


def series(nights: pd.DataFrame, name: str, *, explain: bool = False) -> str:
    """Return one measure along the calendar, a dot a night and their running middle; or nothing."""
    column = column_of(nights, name)
    clock = plain.is_clock(column)
    values = values_of(nights, name, clock=clock)
    known = np.isfinite(values)
    if int(known.sum()) < 8 or np.ptp(values[known]) == 0.0:
        return ""
    days, y = _days(nights)[known], values[known]
    low, high = (float(np.percentile(y, q)) for q in (1, 99))
    half = (high - low) / 2.0  # a night farther out than that would make all others flat
    low, high = max(low - half, float(y.min())), min(high + half, float(y.max()))
    beyond = int(((y < low) | (y > high)).sum())
    # a rating of a few steps has a middle that jumps, and its average tells more
    steps = not clock and len(np.unique(y)) <= 7 and bool((y == np.round(y)).all())
    pad = 0.08 * ((high - low) or 1.0)
    low, high = low - pad, high + pad
    width, height = float(_days(nights)[-1]) or 1.0, 100.0  # all figures run on the same dates

    def up(value: Floats) -> Floats:
        return np.clip(height * (high - value) / (high - low), 0.0, height)

    dots = "".join(f"M{d:g} {v:.1f}h0" for d, v in zip(days, up(y), strict=True))
    line = ""
    if len(y) >= 2 * RUNNING:
        around = pd.Series(y).rolling(RUNNING, center=True, min_periods=RUNNING // 2)
        ups = up((around.mean() if steps else around.median()).to_numpy())
        begins = np.diff(days, prepend=-math.inf) > GAP_DAYS  # a line over a gap would tell of it
        pieces = zip(begins, days, ups, strict=True)
        line = "".join(f"{'M' if new else 'L'}{d:g} {v:.1f}" for new, d, v in pieces)
        line = f'<path class="running" d="{line}"/>'

    def said(value: float) -> str:
        if clock:
            return format_clock(value)
        unit = plain.unit_said(column)
        if unit == "min":
            return plain.minutes_said(value)
        return f"{value:.{0 if abs(value) >= 10 else 1}f}".removesuffix(".0")

    labels, grid, last = "", "", -100.0
    for value in reversed(_ticks(low, high, plain.unit_said(column), least=1.0 if steps else 0.0)):
        place = height * (high - value) / (high - low)
        grid += f"M0 {place:.1f}H{width:g}"
        if place - last >= 16.0:
            labels += f'<span style="top:{place:.1f}%">{escape(said(value))}</span>'
            last = place
    name = plain.measure_name(column)
    title = f"{name[:1].upper()}{name[1:]}"
    words = (
        f"{title} of {len(y):,} nights: at least half between {said(float(np.percentile(y, 25)))} "
        f"and {said(float(np.percentile(y, 75)))}."
    )
    picture = (
        f'<svg viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(words)}"><path class="line" d="{grid}"/><path class="dots'
        f'{" many" if len(y) > 400 else ""}" d="{dots}"/>{line}</svg>'
    )
    unit = "%" if column.unit == "%" else plain.unit_said(column)
    told = title if unit in ("min", "points", "") or clock else f"{title} ({unit})"
    if explain:
        told += ": each dot is one night"
    if line and (explain or steps):
        told += (
            f"; the line is the {'average' if steps else 'middle'} of {RUNNING} nights at a time"
        )
    told += f"; {beyond} farther out, at the edge" if beyond else ""
    return _framed(picture, labels, _months(nights), told, "series")


def _framed(picture: str, labels: str, months: str, told: str, name: str) -> str:
    return (
        f'<figure class="{name}"><figcaption>{escape(told)}</figcaption><div class="plot">'
        f'<div class="up" aria-hidden="true">{labels}</div><div class="drawn">{picture}</div>'
        f'<div class="along" aria-hidden="true">{months}</div></div></figure>'
    )


def _days(nights: pd.DataFrame) -> Floats:
    """Return the calendar place of each night, the first 0."""
    dates = pd.DatetimeIndex(nights.index)
    return np.asarray((dates - dates[0]) / pd.Timedelta(days=1), dtype=np.float64)


def _spans(
    nights: pd.DataFrame, starts: Sequence[str], stops: Sequence[str]
) -> tuple[Floats, Floats] | None:
    """Return start and end in hours after the evening's midnight; None where there are none."""
    ends = []
    for names in (starts, stops):
        hours = np.full(len(nights), np.nan)
        for name in names:
            if name in nights:
                hours = np.where(np.isnan(hours), hours_of(nights, name), hours)
        ends.append(hours)
    if not (np.isfinite(ends[0]) & np.isfinite(ends[1])).any():
        return None
    return ends[0], ends[1]


def _ticks(low: float, high: float, unit: str, *, least: float = 0.0) -> list[float]:
    """Return round numbers between two ends, about three to five of them."""
    steps: tuple[float, ...] = tuple(
        digit * 10.0**power for power in range(-1, 4) for digit in (1.0, 2.0, 5.0)
    )
    if unit == "min" and high > 24.0:  # minutes, and no hours of a clock
        steps = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 240.0)
    fit = (each for each in steps if each >= least and (high - low) / each <= 5.0)
    step = next(fit, high - low)
    whole = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [step * k for k in whole]


def _few_dates(nights: pd.DataFrame) -> str:
    """Return the dates of a few nights that stand one beside the other."""
    dates = pd.DatetimeIndex(nights.index)
    places = np.unique(np.linspace(0, len(dates) - 1, 4).astype(int)).tolist()
    return _along((100 * k / (len(dates) - 1), f"{dates[k]:%b %Y}") for k in places)


def _months(nights: pd.DataFrame) -> str:
    """Return the dates under a figure: a few beginnings of months, or the first and last day."""
    dates = pd.DatetimeIndex(nights.index)
    first, days = dates[0], max((dates[-1] - dates[0]).days, 1)
    starts = pd.date_range(first, dates[-1], freq="MS")
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 1200) if len(starts) / n <= 5)
    if every >= 12:
        starts = starts[starts.month == 1]
        starts = starts[:: every // 12]
    else:
        starts = starts[::every]
    if len(starts) < 2:
        starts, form = pd.DatetimeIndex([first, dates[-1]]), "{0.day} {0:%b}"
    else:
        form = "{0:%Y}" if every >= 12 else "{0:%b %Y}" if days > 330 else "{0:%b}"
        if (starts[0] - first).days / days >= 0.15:  # the month it begins in has room for its name
            starts = starts.insert(0, first)
    return _along((100 * (day - first).days / days, form.format(day)) for day in starts)


def _along(dates: Iterable[tuple[float, str]]) -> str:
    """Return dates at their places, in percent; one at the end stands before it."""
    made, taken = "", -100.0  # up to where a telephone has written; there is no room for the next
    for place, date in dates:
        wide = NARROW * len(date)
        begin = place - wide * (place > 92.0 or 0.5 * (made != ""))
        kind = "end" * (place > 92.0) + " wide" * (begin < taken)
        taken = taken if begin < taken else begin + wide + NARROW
        made += f'<span class="{kind.strip()}" style="left:{place:.1f}%">{date}</span>'
    return made
