"""Bearable: one row per reading, of many categories.

Rows of the category ``Sleep`` are the nights; their date is the morning of waking, and the text of
``detail`` holds when the person was asleep and, perhaps, in bed. Everything else goes with the
evening it belongs to: moods, symptoms with a severity, ticked factors. ``pre`` and clock times
before 04:00 are the small hours and belong to the evening before; a symptom of the small hours is
kept apart, since it may be a consequence of the night. A severity of zero is never written.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Rows, Stamps
from sleepstats.clock import day_cut_h, evening_of
from sleepstats.columns import name_from_header
from sleepstats.reading import cells as of
from sleepstats.reading.nights import Claim, Draft, diary_clocks, entries, records, tracker
from sleepstats.reading.text import Cells, RawTable, Source

#: Free text, or nothing that a night could be asked about.
_LEFT_OUT = {"gratitudes", "gratitude", "notes", "journal", "bowel movements"}
_CLOCK = r"\d{1,2}[:.]\d\d(?:\s?[AaPp]\.?[Mm]\.?)?"
_SPAN = {
    "asleep": re.compile(rf"\basleep\s+({_CLOCK})\s*[-–—]\s*({_CLOCK})", re.I),
    "in bed": re.compile(rf"\bin bed\s+({_CLOCK})\s*[-–—]\s*({_CLOCK})", re.I),
}
_WORDS = {"mild": 1.0, "moderate": 2.0, "severe": 3.0, "unbearable": 4.0}
_DAY = np.timedelta64(1, "D")
#: In bed awake for longer than this is a slip of the hand.
_LONGEST_AWAKE_MIN = 720.0


def _table(source: Source, claim: Claim) -> RawTable:
    """Leave out the rows that are nothing to ask about."""
    table = tracker.plain_table(source, claim)
    column = table.columns[records.places(table)["category"]]
    drop = {
        int(i): f"category {column[i].strip()!r} is not used."
        for i in np.flatnonzero(np.isin(_kinds(column), list(_LEFT_OUT)))
    }
    return table.without_rows(drop)


def _kinds(column: Cells) -> Cells:
    words, codes = of.distinct(column)
    return np.array([word.casefold() for word in words], dtype=object)[codes]


def _date(draft: Draft) -> None:
    """Date the nights by the morning they end on, and all else by the evening it belongs to."""
    kinds = _kinds(draft.cells("category"))
    at = draft.place.get("date formatted", draft.place["date"])
    day = tracker.read_days(draft, at)
    asleep = kinds == "sleep"
    draft.night = day.copy()
    if asleep.any():
        draft.aside = ~asleep
        _sleep(draft, day, asleep)
    else:
        draft.role = "evenings"
        draft.notes.append(
            "There is no row of the category Sleep: this file can only be joined to a diary."
        )
    _others(draft, day, kinds)


def _sleep(draft: Draft, day: Stamps, asleep: Bools) -> None:
    """Set clocks, latency and amount of the rows of the category Sleep."""
    header = draft.header("detail")
    detail = np.where(asleep, draft.cells("detail"), "")
    onset, wake = _span(draft, detail, "asleep", header)
    bed, rise = _span(draft, detail, "in bed", header)
    end = np.where(np.isnan(wake), rise, wake)  # of the date the row carries
    start = end - np.mod(end - np.where(np.isnan(onset), bed, onset), 1440.0)
    onset = np.where(np.isnan(onset), np.nan, start)
    # bed / bed is 1, or missing where no bed time was entered.
    bed = np.where(np.isnan(onset), start * (bed / bed), start - np.mod(start - bed, 1440.0))
    rise = end + np.mod(rise - end, 1440.0)
    for name, values, gap in (("into bed", bed, start - bed), ("out of bed", rise, rise - end)):
        for i in np.flatnonzero(gap > _LONGEST_AWAKE_MIN).tolist():
            draft.tell(i, header, f"{detail[i]!r}: {name} does not fit being asleep: not used.")
        values[gap > _LONGEST_AWAKE_MIN] = np.nan
    clocks = {"into_bed": bed, "sleep_onset": onset, "final_wake": wake, "out_of_bed": rise}
    for name, values in clocks.items():
        if not np.isnan(values).all():
            draft.put(name, diary_clocks.to_stamps(day, values), header)
    if not np.isnan(onset - bed).all():
        label = "time from getting into bed to falling asleep"
        draft.put("sol_min", onset - bed, header, label=label, made_of=["into_bed", "sleep_onset"])
    first = diary_clocks.to_stamps(day, np.fmin(start, bed))
    draft.day_cut_h = day_cut_h(np.mod(start, 1440.0))
    night = evening_of(first, draft.day_cut_h)
    draft.night = np.where(asleep, np.where(np.isnat(night), day - _DAY, night), draft.night)
    records.name_lone_naps(draft, first, diary_clocks.to_stamps(day, np.fmax(end, rise)))
    cells = np.where(asleep, draft.cells("rating/amount"), "")
    amount_header = draft.header("rating/amount")
    amount = draft.parsed(of.read_durations(cells, unit="h"), amount_header).copy()
    # Nothing was entered: a row of no sleep would be no night.
    amount[amount == 0] = np.nan
    draft.put("tst_min", amount, amount_header, kind="recorded", label="sleep as entered")
    span = wake - onset
    for i in np.flatnonzero(np.abs(span - amount) > 5).tolist():
        text = f"the amount is {cells[i]}, but {detail[i]!r} is {_h_mm(span[i])}"
        draft.tell(i, amount_header, text)
    for i in np.flatnonzero(asleep & np.isnan(amount) & np.isnan(start)).tolist():
        draft.refused.setdefault(i, "a sleep row without an amount and without times.")
        draft.night[i] = np.datetime64("NaT", "us")
    draft.notes.append(
        "Awakenings in the night are not in the file: the sleep it states contains them."
    )


def _h_mm(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"


def _span(draft: Draft, detail: Cells, what: str, header: str) -> tuple[Floats, Floats]:
    """Return the two clock times of ``Asleep 03:00 - 08:30`` in minutes after midnight."""
    texts, codes = of.distinct(detail)
    found = [_SPAN[what].search(text) for text in texts]
    for i in np.flatnonzero(
        [f is None and what in t.casefold() for f, t in zip(found, texts, strict=True)]
    ):
        for row in np.flatnonzero(codes == i).tolist():
            draft.tell(row, header, f"{texts[i]!r}: no two times after {what!r}.")
    sides = []
    for k in (1, 2):
        cells = np.array([f[k] if f else "" for f in found], dtype=object)[codes]
        sides.append(draft.parsed(of.read_clocks(cells, role="any", twelve_hour=False), header))
    return sides[0].copy(), sides[1].copy()


def _others(draft: Draft, day: Stamps, kinds: Cells) -> None:
    """Sum up what goes with the nights, per evening."""
    part = np.full(len(day), "", dtype=object)
    if "time of day" in draft.place:
        part = draft.cells("time of day")
    texts, codes = of.distinct(part)
    pre = np.array([text.casefold() == "pre" for text in texts], dtype=bool)[codes]
    digits = np.array([text if ":" in text else "" for text in texts], dtype=object)[codes]
    minutes = of.read_clocks(digits, role="any", twelve_hour=False).values
    minutes = np.where(pre, 0.0, minutes)
    of_sleep = np.isin(kinds, ("sleep quality", "sleep factors"))
    night = np.where(of_sleep, day - _DAY, entries.entry_evening(day, minutes))
    mine = kinds != "sleep"
    draft.night = np.where(mine, night, draft.night)
    evenings = entries.Evenings(draft, night)
    rating = of.read_numbers(np.where(mine, draft.cells("rating/amount"), "")).values
    rows = {kind: np.flatnonzero(kinds == kind) for kind in dict.fromkeys(kinds.tolist())}
    detail, header = draft.cells("detail"), draft.header("detail")
    number_header = draft.header("rating/amount")
    for kind, who in rows.items():
        if kind == "sleep":
            continue
        if kind == "sleep quality":
            evenings.numbers(who, rating[who], "quality", "mean", header=number_header,
                             kind="recorded", when="morning", label="sleep quality")  # fmt: skip
        elif kind in ("mood", "energy"):
            name = evenings.free_name(kind)
            label = f"{kind}, mean of the day"
            evenings.numbers(who, rating[who], name, "mean", header=number_header, label=label)
            if kind == "mood":
                evenings.lists(who, detail[who], "|", header=header, before="felt ")
        elif kind in ("symptom", "symptoms"):
            small = minutes < 60.0 * entries.ENTRY_CUT_H
            _symptoms(evenings, who[~small[who]], rating, detail, header)
            _symptoms(evenings, who[small[who]], rating, detail, header, at_night=True)
        else:
            _ticked(evenings, kind, who, rating, detail, header)
    draft.evenings = evenings.frame()
    scales = [kind for kind in ("mood", "energy", "symptom", "sleep quality") if kind in rows]
    if scales:
        draft.notes.append(
            f"The scales of {', '.join(scales)} are not stated in the file. Moods and energy are "
            "the mean of a day, symptoms the worst of a day; 0 stands where only other symptoms "
            "were entered on that day."
        )


def _symptoms(
    evenings: entries.Evenings, rows: Rows, rating: Floats, detail: Cells, header: str,
    *, at_night: bool = False,
) -> None:  # fmt: skip
    """Add the worst severity of each symptom per evening."""
    texts, codes = of.distinct(detail[rows])
    said = [_name_and_word(text) for text in texts] or [("", "")]
    names = np.array([name for name, _ in said], object)
    words = [word for _, word in said]
    spoken = np.array([_WORDS.get(word, np.nan) for word in words])
    severity = rating[rows]
    if len(rows):
        severity = np.where(np.isnan(severity), spoken[codes], severity)
    kept = np.flatnonzero(~np.isnan(severity))
    ends = " in the night" if at_night else ""
    for name in dict.fromkeys(n for n in names.tolist() if n.strip()):
        hit = np.where(names[codes[kept]] == name, severity[kept], 0.0)
        if hit.any():
            column = evenings.free_name(name_from_header(f"{name}{ends}"))
            evenings.numbers(
                rows[kept], hit, column, "max", header=header, label=f"{name.lower()}{ends}",
                when="night" if at_night else "day",
            )  # fmt: skip


def _ticked(
    evenings: entries.Evenings, kind: str, rows: Rows, rating: Floats, detail: Cells, header: str
) -> None:
    """Add ticked factors, and amounts where a category has them."""
    when = "night" if kind == "sleep factors" else "day"
    amounts = ~np.isnan(rating[rows]) & (kind != "meds/supplements")
    listed = of.without_groups(detail[rows[~amounts]])  # Meals: a | b. Snacks: c
    evenings.lists(rows[~amounts], listed, "|", header=header, when=when)
    counted = rows[amounts]
    for name in dict.fromkeys(text.strip() for text in detail[counted].tolist() if text.strip()):
        mine = counted[pd.Series(detail[counted]).str.strip().to_numpy() == name]
        column = evenings.free_name(name_from_header(name))
        evenings.numbers(mine, rating[mine], column, "mean", header=header, when=when)


FORMAT = tracker.Tracker(
    name="bearable",
    product="Bearable",
    recognised_by="columns category, rating/amount and detail: one row per reading",
    gives="time asleep, in-bed and asleep times with a latency where they were entered; symptoms "
    "such as stress with a severity, moods, and ticked factors as yes / no / not recorded; no "
    "awakenings",
    needs=("date", "category", "rating/amount", "detail"),
    why="the header has 'category', 'rating/amount' and 'detail'",
    labels="morning",
    table=_table,
    dating=_date,
    known=None,
    signature=("date", "category", "rating/amount", "detail", "time of day"),
)


def _name_and_word(text: str) -> tuple[str, str]:
    """Return what and how much of ``Headache (Mild)``, without searching where blanks begin."""
    plain = text.rstrip()
    name, opens, word = plain.removesuffix(")").rpartition("(")
    if not opens or ")" in word or not plain.endswith(")"):
        return plain, ""
    return name.rstrip(), word.casefold()
