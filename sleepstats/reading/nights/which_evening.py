"""Which evening a row of a table is of: what its date may name, and what the rows prove of it.

A date beside a night names one of four things: the evening on which the night began, the morning on
which it ended, the calendar date on which the bed time falls, or the calendar day with all that is
in it: the night that ended that morning, and the habits that came after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sleepstats.arrays import Bools, Days, Floats, Objects, modulo
from sleepstats.clock import NOON_H, circular_mean_h, evening_of
from sleepstats.columns import CLOCKS
from sleepstats.errors import option
from sleepstats.reading import words
from sleepstats.reading.nights import LATE_H, Draft, Options, years

EVENING, MORNING, BEDTIME, CALENDAR = RULES = ("evening", "morning", "bedtime", "calendar")
#: What a row is under each rule, for a sentence.
MEANS = {
    EVENING: "the evening on which the night began",
    MORNING: "the morning on which the night ended",
    BEDTIME: "the calendar date of the bed time",
    CALENDAR: "a calendar day: the night that ended that morning, and the habits after it",
}
#: The days on which a person sleeps in settle the dates where rising is later after Friday and
#: Saturday evenings by this t, and by this much more than under the other reading. Measured on real
#: diaries: half of them are settled so, one in a hundred wrongly.
CLEARLY, AHEAD = 2.0, 1.5
#: A rising further than this from the usual one says no more than one at this distance.
_CLIPPED_MIN = 240.0
_MINUTE, _DAY_MIN = np.timedelta64(1, "m"), 1440.0
#: Stretches of sleep that overlap by less are rounded, or guessed.
_TOUCHING_MIN, _SOME_HOURS_MIN = 30.0, 180.0
_NO_DAY = np.timedelta64(0, "D")


def label_rule(
    draft: Draft, kind: str, header: str, day: Days, stamps: Mapping[str, Days],
    clocks: Mapping[str, Floats], options: Options, filled_h: Floats | None = None,
) -> str:  # fmt: skip
    """Decide what the date column names, and say how; the readings left open go to the draft.

    ``filled_h``: the hour at which each row was filled in, where the file tells.
    """
    if options.labels != "auto":
        return options.labels
    begins = [n for n in CLOCKS[:3] if n in clocks or n in stamps]
    ends = [n for n in CLOCKS[:2:-1] if n in clocks or n in stamps]
    bed, wake = (_minutes(names, clocks, stamps, len(day)) for names in (begins, ends))
    # what asks about the day before is filled in on the morning after
    asks_back = any(words.before_date(header) == "day" for header in draft.table.header)
    may = kind in (words.FILLED_IN, words.PLAIN_DATE)
    said = words.dates_said(draft.table.header, header) if may else None
    if kind == words.FILLED_IN:
        hours = np.empty(0) if filled_h is None else filled_h[np.isfinite(filled_h)]
        late = len(hours) > 0 and np.median(hours) >= LATE_H
        if not asks_back and ((said and said[0] == CALENDAR) or late):
            how = "what is asked of today came after the night that ended that morning"
            draft.notes.append(f"Column {header!r}: {how} ({option(labels=CALENDAR)}).")
            return CALENDAR
        draft.notes.append(
            f"Column {header!r} says when a row was filled in: taken as the morning after."
        )
        # Who fills in before noon tells of the day before, not of the day that has just begun.
        in_the_morning = len(hours) > 0 and np.median(hours) < NOON_H
        draft.readings = () if asks_back or in_the_morning else (CALENDAR,)
        return MORNING
    if two := _proves_bedtime(day, bed, wake, draft.day_cut_h):
        times = "once" if two == 1 else f"{two} times"
        draft.notes.append(
            f"Column {header!r} has one date for two nights {times}, the one begun after midnight: "
            f"it is read as the calendar date of the bed time ({option(labels=BEDTIME)})."
        )
        return BEDTIME
    if kind == words.EVENING_DATE:  # by its name, which the clocks' own dates overrule
        rule = _by_stamps(draft, day, stamps) or EVENING
        fits = _by_sleeping_in(day, wake) if "night" in options.columns.values() else ""
        if rule == EVENING and fits == MORNING:  # "evening" would leave no doubt of what is meant
            draft.assumed.append(
                f"Column {header!r} is read as {MEANS[EVENING]}, as "
                f"{option(columns={header: 'night'})} says, but that you rose later after Friday "
                f"and Saturday nights fits {MEANS[MORNING]}. If it names that: "
                f"{option('read_diary(...', columns={header: 'morning'})}; else write 'evening'."
            )
        return rule
    if kind == words.MORNING_DATE:
        draft.readings = () if asks_back else (CALENDAR,)
        return MORNING
    if said and (rule := (said[0] == EVENING and _by_stamps(draft, day, stamps)) or said[0]):
        draft.notes.append(f"{said[1]}: a row is read as {MEANS[rule]} ({option(labels=rule)}).")
        return rule
    if rule := _by_overlaps(day, bed, wake, draft.day_cut_h):
        draft.notes.append(
            f"Column {header!r} is read as {MEANS[rule]} ({option(labels=rule)}): under the other "
            "readings some rows would overlap."
        )
        return rule
    rule = _by_stamps(draft, day, stamps) or options.settled
    if not rule and (rule := _by_sleeping_in(day, wake)):
        after = "Friday and Saturday evenings" if rule == EVENING else "Friday and Saturday nights"
        other = MORNING if rule == EVENING else EVENING
        fits = "" if asks_back or rule == EVENING else f" So does {MEANS[CALENDAR]}."
        draft.weighty.append(
            f"Column {header!r} does not say which evening it names. Read as {MEANS[rule]} "
            f"({option(labels=rule)}), which fits that you rose later after {after}; the {other} "
            f"does not.{fits}"
        )
    if rule in (EVENING, BEDTIME):
        return rule
    draft.readings = (*(() if rule else (EVENING,)), *(() if asks_back else (CALENDAR,)))
    if not rule:
        itself = "" if asks_back else option("read_diary(...", labels=CALENDAR)
        other = itself and f" If a row is a calendar day, habits came after its night: {itself}."
        draft.assumed.append(
            f"Column {header!r} does not say whether it names the evening or the morning of a "
            "night; read as the morning of waking, as the Consensus Sleep Diary is filled in. If "
            f"it names the evening: {option('read_diary(...', labels=EVENING)}.{other}"
        )
    return MORNING


def of_the_coming_night(
    draft: Draft, day: Days, clocks: dict[str, Floats], place: Mapping[str, int], options: Options
) -> Options:
    """Bring the bed times of calendar days to the rows on which their nights end.

    A row ends with the bed time of the next row's night where the first has no morning, the last
    no evening, or a header speaks of last night; and where it is said.
    """
    ends = [place[n] for n in CLOCKS[3:] if n in clocks]
    begins = [n for n in CLOCKS[:3] if n in clocks]
    if not ends or not begins or options.labels not in ("auto", CALENDAR):
        return options
    asked = [words.before_date(header) == "night" for header in draft.table.header]
    if any(asked[place[n]] for n in begins):
        return options
    rise = next(m for m in CLOCKS[3:] if m in clocks)
    bed, wake = np.isfinite(clocks[begins[0]]), np.isfinite(clocks[rise])
    known = np.flatnonzero((bed | wake) & ~np.isnat(day))
    if len(known) < 3:
        return options
    first, last = known[np.argmin(day[known])], known[np.argmax(day[known])]
    opens, closes = bed[first] and not wake[first], wake[last] and not bed[last]
    ordered, auto = min(place[n] for n in begins) > max(ends), options.labels == "auto"
    # where it is said the columns may stand in any order
    given = opens and closes and not auto
    if (auto and not (opens or closes or any(asked))) or not (ordered or given):
        return options
    row_of = {date: i for i, date in enumerate(day.tolist()) if date is not None}
    before = np.array([row_of.get(date, -1) for date in (day - np.timedelta64(1, "D")).tolist()])
    for name in begins:
        clocks[name] = np.where(before >= 0, clocks[name][before], np.nan)
    left = ", which is left out" if bed[last] else ""
    draft.notes.append(
        f"A row begins with a morning and ends with {draft.table.header[place[begins[0]]]!r}: read "
        f"as a calendar day ({option(labels=CALENDAR)}), its bed time as that of the night which "
        f"the next row ends. The last one has no next row{left}."
    )
    return replace(options, labels=CALENDAR)


def _minutes(
    names: list[str], clocks: Mapping[str, Floats], stamps: Mapping[str, Days], n: int
) -> Floats:
    """Return the clock of the first of some columns that a row has, in minutes after midnight."""
    found = np.full(n, np.nan)
    for name in (one for one in names if np.isnan(found).any()):  # mostly the first says all
        if name in clocks:
            more = modulo(clocks[name], _DAY_MIN)
        else:
            more = (stamps[name] - stamps[name].astype("datetime64[D]")) / _MINUTE
        found = np.where(np.isnan(found), more, found)
    return found


def _by_stamps(draft: Draft, day: Days, stamps: Mapping[str, Days]) -> str:
    """Return the rule that the clocks' own dates show; blank where they have none.

    One that holds in nine of ten rows is believed before one that holds in more than half.
    """
    first = next((stamps[name] for name in CLOCKS if name in stamps), None)
    if first is None:
        return ""
    evening = evening_of(first, draft.day_cut_h)
    known = ~np.isnat(evening) & ~np.isnat(day)
    if not known.any():
        return MORNING
    last = next((stamps[name] for name in reversed(CLOCKS) if name in stamps), first)
    woke = last.astype("datetime64[D]") if last is not first else evening + np.timedelta64(1, "D")
    named = {EVENING: evening, MORNING: woke, BEDTIME: first.astype("datetime64[D]")}
    share = {rule: float((dates[known] == day[known]).mean()) for rule, dates in named.items()}
    best = max(share, key=lambda rule: share[rule])  # the first of equals: the plainest
    return best if share[best] > 0.5 else MORNING


def _proves_bedtime(day: Days, bed: Floats, wake: Floats, cut_h: float) -> int:
    """Count the dates on two rows that cannot be one night, and can be two by their bed times.

    Not believed where as many pairs of rows would fall on one evening by the bed time's date.
    """
    wake = bed + _SOME_HOURS_MIN if np.isnan(wake).all() else wake  # where only lengths are kept
    known = np.flatnonzero(~np.isnat(day) & ~np.isnan(bed) & ~np.isnan(wake))
    step = np.diff(day[known].astype(np.int64))
    if (step > 0).all() or (step < 0).all() or (np.diff(np.sort(day[known])) > _NO_DAY).all():
        return 0  # no date stands on two rows
    late = bed < cut_h * 60.0
    begin = np.where(late, bed + _DAY_MIN, bed)
    end = begin + modulo(wake - bed, _DAY_MIN)
    before, after = dict[int, int](), dict[int, int]()
    for i in known.tolist():
        (after if late[i] else before).setdefault(int(day[i].astype(int)), i)
    # Stretches that do not touch may be two pieces of one night.
    both = [(i, before[date]) for date, i in after.items() if date in before]
    two = sum(begin[i] < end[k] and end[i] > begin[k] for i, k in both)
    return int(two) if two > sum(date - 1 in before for date in after) else 0


def _by_overlaps(day: Days, bed: Floats, wake: Floats, cut_h: float) -> str:
    """Return the rule under which no two rows overlap, where the others let several; else blank.

    A person sleeps once at a time: rows of one date show it, and who works in shifts.
    """
    known = np.flatnonzero(~np.isnat(day) & ~np.isnan(bed) & ~np.isnan(wake))
    if (np.diff(np.sort(day[known])) > _NO_DAY).all():
        return ""  # no date stands on two rows
    date = day[known].astype("datetime64[D]").astype(np.int64) * _DAY_MIN
    length = modulo(wake[known] - bed[known], _DAY_MIN)
    late = np.where(bed[known] < cut_h * 60.0, _DAY_MIN, 0.0)
    to_bed = date + bed[known]
    begins = {EVENING: to_bed + late, MORNING: date + wake[known] - length, BEDTIME: to_bed}
    overlaps = {rule: overlapping(begin, length) for rule, begin in begins.items()}
    best, *others = sorted(overlaps, key=lambda rule: overlaps[rule])
    return best if overlaps[best] == 0 and all(overlaps[one] >= 2 for one in others) else ""


def overlapping(begin: Floats, length: Floats) -> int:
    """Count the rows that begin clearly before the one before them has ended; minutes."""
    known = np.isfinite(begin) & np.isfinite(length)
    begin, length = begin[known], length[known]
    order = np.argsort(begin, kind="stable")
    latest = np.maximum.accumulate((begin + length)[order])
    return int((begin[order][1:] < latest[:-1] - _TOUCHING_MIN).sum())


def _by_sleeping_in(day: Days, wake: Floats) -> str:
    """Return the rule under which a person rises later after free evenings, if only one is."""
    if (known := ~np.isnat(day) & ~np.isnan(wake)).sum() < 8:
        return ""
    angle = wake[known] / _DAY_MIN * 2.0 * np.pi
    middle = np.arctan2(np.sin(angle).mean(), np.cos(angle).mean()) * _DAY_MIN / (2.0 * np.pi)
    off = modulo(wake[known] - middle + 0.5 * _DAY_MIN, _DAY_MIN) - 0.5 * _DAY_MIN
    off = np.clip(off - np.median(off), -_CLIPPED_MIN, _CLIPPED_MIN)
    weekday = (day[known].astype("datetime64[D]").astype(int) + 3) % 7  # 1970 began on a Thursday
    friday, saturday, sunday = (weekday == day for day in (4, 5, 6))
    free = {EVENING: friday | saturday, MORNING: saturday | sunday}
    later = {rule: _contrast(off, days) for rule, days in free.items()}
    best, other = sorted(later, key=lambda rule: -later[rule])
    return best if later[best] >= CLEARLY and later[best] - later[other] >= AHEAD else ""


def rule_of_all(drafts: Sequence[Draft]) -> str:
    """Return the rule that the rows of several sheets show together; blank where they need none.

    A sheet for each week is too short to settle it, and a sheet for each month may settle it
    otherwise than the next.
    """
    open_ones = [draft for draft in drafts if draft.readings or len({d.labels for d in drafts}) > 1]
    if not open_ones or any(draft.labels in (BEDTIME, CALENDAR) for draft in drafts):
        return ""
    ends = [n for n in CLOCKS[:2:-1] if all(n in draft.columns for draft in drafts)]
    if not ends:
        return ""
    days = [d.night + np.timedelta64(int(d.labels == MORNING), "D") for d in drafts]
    ended = [draft.columns[ends[0]] for draft in drafts]
    wake = [(one - one.astype("datetime64[D]")) / _MINUTE for one in ended]
    rule = _by_sleeping_in(np.concatenate(days), np.concatenate(wake))
    if not rule and len({draft.labels for draft in drafts}) > 1:
        rows = {rule: sum(len(d.night) for d in drafts if d.labels == rule) for rule in RULES}
        rule = max(rows, key=lambda one: rows[one])
    return rule


def _contrast(values: Floats, free: Bools) -> float:
    """Return Welch's t: the difference of two means over its standard error."""
    one, other = values[free], values[~free]
    if min(len(one), len(other)) < 2:
        return 0.0
    error = float(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
    return float(one.mean() - other.mean()) / error if error > 0 else 0.0


def evening_dates(draft: Draft, day: Days, clocks: Mapping[str, Floats]) -> Days:
    """Return evening dates from the label dates, by the rule that the draft found."""
    day = day.astype("datetime64[D]")
    if draft.labels == EVENING:
        return day
    before = day - np.timedelta64(1, "D")
    back = [header for header in draft.table.header if words.before_date(header) == "day"]
    if draft.labels == CALENDAR and back:
        told = "of the evening before the row's date, so of the row's own night"
        draft.notes.append(f"{', '.join(map(repr, back))}: {told}.")
    bed = clocks.get("into_bed", clocks.get("lights_out", clocks.get("sleep_onset")))
    wake = clocks.get("final_wake", clocks.get("out_of_bed"))
    if draft.labels == BEDTIME:
        if bed is None:
            first = next((draft.stamps[n] for n in CLOCKS if n in draft.stamps), None)
            return day if first is None else np.where(
                np.isnat(first), day, evening_of(first, draft.day_cut_h)
            )  # fmt: skip
        known = np.isfinite(bed)
        if known.any():  # the usual one, where it is missing
            bed = np.where(known, bed, 60.0 * circular_mean_h(bed[known] / 60.0))
        return np.where(modulo(bed, _DAY_MIN) < draft.day_cut_h * 60.0, before, day)
    if draft.day_cut_h == 12.0 or bed is None or wake is None:
        return before
    # Who sleeps by day may have gone to bed on the very day of waking: count back from there.
    went = wake - modulo(wake - bed, _DAY_MIN)  # minutes after the label day's midnight
    shifted = np.floor((went - 60.0 * draft.day_cut_h) / _DAY_MIN)
    known = ~np.isnan(shifted) & ~np.isnat(day)
    out = before.copy()
    out[known] = day[known] + shifted[known].astype("timedelta64[D]")
    return out


def order_by_weekday(dates: Objects, weekdays: Objects) -> bool | None:
    """Say whether the day is first, where only one order fits the weekdays beside the dates."""
    fits, told = {True: 0, False: 0}, 0
    for cell, beside in zip(dates.tolist(), weekdays.tolist(), strict=True):
        match = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2,4})", cell.strip())
        day = years.weekday_of(beside)
        if match is None or day is None:
            continue
        told += 1
        one, two, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
        fits[True] += 1 <= two <= 12 and years.falls_on(year, (two, one), day)
        fits[False] += 1 <= one <= 12 and years.falls_on(year, (one, two), day)
    right = [order for order, count in fits.items() if told and count >= 0.9 * told]
    return right[0] if len(right) == 1 else None
