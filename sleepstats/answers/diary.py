"""How the person sleeps, what was odd, and how much of a habit there is, in a few sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers import Said, changes, count_said, known_nights, plain
from sleepstats.arrays import LATENCY, Bools, Floats, Ints, latency_refusal, read_values
from sleepstats.asking.held_columns import clocks_known
from sleepstats.checks import check_nights, date_said
from sleepstats.clock import DAY_MIN, format_clock
from sleepstats.columns import STAND_INS, column_of, how_long, told_of
from sleepstats.inference import guards, randomisation
from sleepstats.measures import between_nights, description
from sleepstats.reading.check import odd_lines, odd_values, wrong_nights
from sleepstats.results.sentences import DIARIES, usual_said
from sleepstats.units import usual_ends

#: What there is to say about the rows of a file without any difficulty.
ALL_READ = Said(("Every row could be read.",))
DATES_FIRST = "What is found depends on what a date in this file means. As it was read: "


def what_was_odd(nights: pd.DataFrame, *, most: int = 12) -> Said:
    """List the source rows about which there is something to say."""
    return Said(tuple(odd_lines(nights, most))) or ALL_READ


def how_you_sleep(nights: pd.DataFrame) -> Said:
    """Say how long, how soon, how well, when and how regularly."""
    check_nights(nights)
    odd, all_nights = hardly_nights(nights), nights
    nights = nights.drop(index=[*odd, *(wrong := nights.index.intersection(wrong_nights(nights)))])
    duration = how_long(nights)  # what the file tells best stands for sleep, and is named
    awake_known = not _never_awake(nights)
    if duration == "tst_min" and not awake_known and known_nights(nights, "tib_min"):
        duration = "tib_min"
    asleep = "sol_min" * (not latency_refusal(nights))
    awake = "waso_min" if known_nights(nights, "waso_min") else "awake_min"
    names = filter(None, [duration, asleep, awake, "nawk", "se_pct" * awake_known])
    moved = hours_moved(nights)[1]
    n, left = len(all_nights), ((odd, plain.HARDLY), (wrong, plain.CANNOT_BE))
    sentences = [plain.left_out_said([date_said(x) for x in days], n, why) for days, why in left]
    sentences += [moved, *(_typical(nights, name) for name in names)]
    sentences += [_rating(nights, name) for name in ("quality", "rested")]
    # a typical hour of the whole would be that of no night, where hours moved
    sentences += ["" if moved else _bed_time(nights), _regular(nights)]
    sentences += [say(nights, duration) for say in (_short_nights, _much_shorter, _without_length)]
    what, middle = _middle(all_nights)
    sentences += changes.stretches_said(all_nights, middle, f"the middle of your {what}")
    sentences = [sentence for sentence in (*sentences, *odd_values(nights)) if sentence]
    device = next((k for k, one in enumerate(sentences) if DIARIES in one), 0)
    sentences = [x if k == device else x.replace(DIARIES, "") for k, x in enumerate(sentences)]
    return Said(tuple(sentences or ["This diary holds no measure of sleep."]))


def hours_moved(nights: pd.DataFrame) -> tuple[str, str]:
    """Say when one's hours moved, in short and in full; both empty where they did not."""
    what, middle = _middle(nights)
    return changes.moved_said(nights, middle, f"the middle of your {what}")


def hardly_nights(nights: pd.DataFrame) -> pd.DatetimeIndex:
    """Return which of a few nights are too short or too long to be any: in many they hide."""
    length = nights[[name for name in STAND_INS if name in nights]].astype(float)
    odd = ((length < NO_NIGHT[0]) | (length > NO_NIGHT[1])).any(axis=1)
    return pd.DatetimeIndex(nights.index[odd.to_numpy(dtype=bool) & (len(nights) < FEW_NIGHTS)])


def _never_awake(nights: pd.DataFrame) -> bool:
    """Say whether time asleep is time in bed on every night: then it was not measured."""
    return known_nights(nights, "se_pct") > 0 and bool((nights["se_pct"].dropna() >= 99.95).all())


def measures(nights: pd.DataFrame) -> pd.DataFrame:
    """Show every measure for reading: the middle night, the middle half, how many nights."""
    described = description.describe_nights(nights)
    shown = described["median"].notna()
    if latency_refusal(nights):  # an app's rule is no measure
        shown &= described.index != LATENCY
    if _never_awake(nights):  # nothing was measured, the length of the record stands for it
        shown &= described.index != "se_pct"
    if {"spt_min", "tib_min"} <= set(described.index):  # of some a record leaves gaps out
        longer = nights["spt_min"].astype(float) > nights["tib_min"].astype(float)
        some = longer.mean() > STOPPED if len(nights) >= FEW_NIGHTS else longer.any()
        shown &= (described.index != "spt_min") | (not some)
    told: list[Any] = list(described[shown].itertuples())
    labels = [row.label for row in told]
    if len(nights) < FEW_NIGHTS:  # middles of other nights each would contradict one another
        each = [[_amount(value, row) for value in _each(nights, row)] for row in told]
        days = pd.DatetimeIndex(nights.index)
        form = "%b %Y" if days[0].year < days[-1].year else "%b"
        return pd.DataFrame(each, labels, [f"{day:%a} {day.day} {day:{form}}" for day in days])
    rows = [
        {
            "middle night": _amount(row.median, row),
            "may be off by": _off(nights, row),
            "middle half": _half(row, _each(nights, row)),
            "nights": f"{row.n:,}",
        }
        for row in told
    ]
    return pd.DataFrame(rows, labels, list(rows[0]) if rows else ["middle night"])


def _each(nights: pd.DataFrame, row: Any) -> Floats:
    """Return the values of a measure night by night; clocks in hours."""
    return description.values_of(nights, row.Index, clock=row.circular)


def _off(nights: pd.DataFrame, row: Any) -> str:
    """Return how far the middle night may lie from that of all such nights, if that can be told."""
    known = np.isfinite(values := _each(nights, row))
    off = randomisation.off_of_median(values[known], _numbered(nights, known))
    told = _hours(60.0 * off) if row.circular else _amount(off, row)
    told = "too few nights" if off > row.q3 - row.q1 > 0.0 else told
    return told if told.split(" ")[0] != "0" and row.n >= FEW_NIGHTS else ""


def _half(row: Any, values: Floats) -> str:
    """Return the middle half, its unit told once; of what is hardly ever more, how often 0."""
    if row.n < FEW_NIGHTS:
        return ""
    nothing = int((values == 0.0).sum())
    if not row.circular and nothing >= MOSTLY * row.n:
        return f"0 on {nothing:,} of {row.n:,} nights"
    low, high = (_amount(end, row) for end in (row.q1, row.q3))
    if row.unit and row.unit != "min":
        low = low if low == high else low.removesuffix(f" {row.unit}")
    return low if low == high else f"{low} to {high}"


def _amount(value: Any, row: Any) -> str:
    """Return a number of ``describe_nights`` with its unit, as it is spoken of."""
    if np.isnan(value):
        return ""
    if row.circular or row.unit == "min":
        return format_clock(value) if row.circular else _hours(value)
    unit = "" if plain.SCORE.search(row.label) else row.unit  # of a score cards tell points
    return f"{value:.1f}".removesuffix(".0") + f" {unit}".rstrip()


_hours = plain.minutes_said
#: Fewer nights have no middle half worth telling; a night under so many minutes is called short.
FEW_NIGHTS, SHORT_MIN = 8, 360.0
#: Shorter and longer than these, in minutes, is hardly a night.
NO_NIGHT = 60.0, 960.0
#: Share of the usual time below which a recording may have stopped; share of nights from which on
#: zeros are counted: an app that does not listen writes them too.
STOPPED, MOSTLY = 0.5, 0.9
_TIMES = {name: plain.PLAIN[name][0] for name in STAND_INS}
_SAID = {
    "tst_min": ("You slept {}", ""),
    "spt_min": ("From falling asleep to waking it was {}", ""),
    "tib_min": ("You were in bed for {}", ""),
    "sol_min": ("It took you {}", " to fall asleep"),
    "waso_min": ("You were awake in the night for {}", ""),
    "awake_min": ("You were awake in bed, falling asleep included, for {}", ""),
    "nawk": ("You woke up {}", ""),
    "se_pct": ("You were asleep for {}", " of the time in bed"),
}
_BED_TIMES = {"lights_out": "Lights went out at", "into_bed": "You went to bed at",
              "sleep_onset": "Your sleep began at"}  # fmt: skip
_SPOKEN = {"se_pct": "{:.0f} %".format, "nawk": "{:g} times".format}


def _values(nights: pd.DataFrame, name: str) -> tuple[Floats, Ints]:
    """Return the known values of a measure with their night numbers."""
    known = np.isfinite(values := nights[name].to_numpy(dtype=float, na_value=np.nan))
    return values[known], _numbered(nights, known)


def _numbered(nights: pd.DataFrame, known: Bools) -> Ints:
    days = nights.index.get_level_values(-1)[known]
    return guards.night_numbers(days.to_numpy("datetime64[D]"))


def _typical(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on one measure; empty without values."""
    if not (n := known_nights(nights, name)):
        return ""
    values, _ = _values(nights, name)
    device = column_of(nights, "tst_min" if name == "se_pct" else name).kind == "device"
    if name in ("waso_min", "awake_min") and not values.any() and device:
        return ""  # nobody is awake on no night: it does not tell
    spoken, (lead, tail) = _SPOKEN.get(name, _hours), _SAID[name]
    if n < FEW_NIGHTS:
        ends = dict.fromkeys(spoken(float(end)) for end in (values.min(), values.max()))
        between = (" and " if n == 2 else " to ").join(ends).replace(" times ", " ")
        of = f"on each of {n} nights" if n > len(ends) == 1 else f"({count_said(n, 'night')})"
        return f"{lead.format(between)}{tail} {of}."
    told = [q if name == "nawk" else round(q) for q in np.percentile(values, [25, 50, 75]).tolist()]
    low, middle, high = map(spoken, told)
    as_told = values if name == "nawk" else np.round(values)  # as the ends: 3.5 is within 4 to 10
    half = _between(low.removesuffix(" times"), high, as_told - told[0], told[2] - told[0])
    # without a time to fall asleep the time in bed is hardly more than the time asleep
    usual = usual_said(name, values.tolist(), device=device)
    usual *= not (name == "se_pct" and latency_refusal(nights))
    usual = "A device takes lying still for sleep." if device and name == "se_pct" else usual
    said = f"{lead.format(middle)}{tail} on a typical night{half}. {usual}".rstrip()
    return said.replace("up 1 times", "up once").replace("between 0 and 1 times", "never or once")


def _rating(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on a rating of the morning; empty where there are few."""
    column, few = column_of(nights, name), known_nights(nights, name) < FEW_NIGHTS
    if few or column.kind != "recorded" or nights[name].dtype.kind not in "iufb":
        return ""
    asked = told_of(nights).get("columns", {}).get(name, {}).get("header", "")
    said = f"your answer to “{asked}”" if asked.endswith("?") else plain.measure_name(column)
    values = _values(nights, name)[0]
    return (
        f"{said[:1].upper()}{said[1:]} was {np.median(values):.3g} on a typical night; in this "
        f"file it runs from {values.min():.3g} to {values.max():.3g}{plain.better_said(column)}."
    )


def _bed_time(nights: pd.DataFrame) -> str:
    """Return the sentence on the time of going to bed; empty where it is not known."""
    for name, lead in _BED_TIMES.items():
        if known_nights(nights, name) >= FEW_NIGHTS:
            described: Any = description.describe_nights(nights[[name]]).loc[name]
            low, middle, high = (format_clock(described[q]) for q in ("q1", "median", "q3"))
            begun = np.floor(60.0 * description.hours_of(nights.dropna(subset=[name]), name) + 1e-6)
            first, last = (np.floor(60.0 * described[q] + 0.5) for q in ("q1", "q3"))
            half = _between(low, high, (begun - first) % DAY_MIN, last - first)
            return f"{lead} {middle} on a typical night{half}."
    return ""


def _between(low: str, high: str, above: Floats, width: float) -> str:
    """Count the nights between two values as they are told: ties make more of them than half."""
    within, n = int(((above >= 0.0) & (above <= width)).sum()), f"{len(above):,} nights"
    return f", between {low} and {high} on {within:,} of your {n}" if width else f"; {n}"


def _middle(nights: pd.DataFrame) -> tuple[str, Floats]:
    """Return the middle of each night in hours, and of what; not known where the file has none."""
    if known_nights(nights, "midsleep_h") >= FEW_NIGHTS:
        return "sleep", description.hours_of(nights, "midsleep_h")
    if min(known_nights(nights, "into_bed"), known_nights(nights, "out_of_bed")) >= FEW_NIGHTS:
        ends = description.hours_of(nights, "into_bed") + description.hours_of(nights, "out_of_bed")
        return "time in bed", ends / 2.0
    return "", np.full(len(nights), np.nan)


def _regular(nights: pd.DataFrame) -> str:
    """Return the sentence on regularity; empty where the clock times do not allow one."""
    what, hours = _middle(nights)
    known = np.isfinite(hours)
    moved = 60.0 * np.abs(np.diff(hours[known]))[np.diff(_numbered(nights, known)) == 1]
    if len(moved) < FEW_NIGHTS:
        return ""
    typical = float(np.median(moved))
    lies = f"{what.replace('time in bed', 'night')} lies about {_hours(typical)} earlier or later"
    how = between_nights.how_regular(between_nights.same_hours(nights))
    return f"From one night to the next your {lies} on the clock. {how}".rstrip() * (typical >= 0.5)


def _short_nights(nights: pd.DataFrame, duration: str) -> str:
    """Return the sentence on short nights and the longest run of them; empty without any."""
    if duration == "tib_min" or known_nights(nights, duration) < 2 * FEW_NIGHTS:
        return ""
    values, number = _values(nights, duration)
    short = values < SHORT_MIN
    known = " whose length is known" * bool(_without_length(nights, duration))
    if not short.any():
        return f"None of {len(values):,} nights{known} was shorter than {_hours(SHORT_MIN)}."
    of = f"{short.sum():,} of {len(values):,} nights{known} {'was' if short.sum() == 1 else 'were'}"
    text = f"{of} shorter than {_hours(SHORT_MIN)} ({100 * short.mean():.0f} %)"
    run, place = between_nights.longest_run(short, number)
    if run < 2:
        return f"{text}{', never two in a row' * bool(short.sum() > 1)}."
    days = pd.DatetimeIndex(nights.index[nights[duration].notna()])
    return f"{text}, at most {run} in a row (from {date_said(days[place])})."


def _much_shorter(nights: pd.DataFrame, duration: str) -> str:
    """Say which nights hold hardly half of the usual time: a recording may have stopped."""
    name = next((one for one in reversed(STAND_INS) if known_nights(nights, one)), duration)
    if known_nights(nights, name) < 2 * FEW_NIGHTS:
        return ""
    values, _ = _values(nights, name)
    much = np.flatnonzero(values < STOPPED * np.median(values))
    if not len(much):
        return ""
    day = date_said(pd.DatetimeIndex(nights.index[nights[name].notna()])[int(values.argmin())])
    holds, least_of = ("holds", "") if len(much) == 1 else ("hold", "the shortest: ")
    return (
        f"{count_said(len(much), 'night')} {holds} less than half of your usual {_TIMES[name]} "
        f"({least_of}{day}, {_hours(float(values.min()))}). If the recording stopped early or "
        "began late, that says nothing about your sleep, though it is counted everywhere here."
    )


def _without_length(nights: pd.DataFrame, duration: str) -> str:
    """Say how many nights lack a length, so that two counts of nights are no contradiction."""
    measured = [n for n in nights if column_of(nights, str(n)).kind not in ("control", "factor")]
    there = nights[measured].notna().any(axis=1)  # of others only habits were noted
    roles = told_of(nights).get("roles", {}).items()  # 0 h, or what was not read, is a night
    own = [f"column {h!r}" for h, x in roles if x.get("role") in ("clock", "night")]
    there |= np.array([any(h in str(x) for h in own) for x in nights.get("problem", there)], bool)
    lacking = (slept := int(there.sum())) - known_nights(nights, duration)
    of = f"On {lacking:,} of your {count_said(slept, 'night')} {_TIMES[duration]} is missing or"
    return f"{of} could not be used." if 0 < lacking < slept else ""


# ---- how much there is of a habit

#: Of a yes or no it is said that few evenings are without it, below this share.
FEW_SHARE, WITHOUT = 0.15, " with it (those without it are not in this)"


def own_span(nights: pd.DataFrame, factor: str) -> tuple[float, float]:
    """Return between which amounts of a habit eight of ten evenings lie, to two digits or hours.

    Both are the same where the habit has no amount: a yes or no, kinds, or hardly any difference.
    """
    read = read_values(nights[factor], pd.DatetimeIndex(nights.index))
    if read.kind != "numeric" or read.unit:  # hours of a clock are no amount
        return 0.0, 0.0
    low, high = usual_ends(read.values)
    hours = column_of(nights, factor).unit == plain.HOURS_BEFORE and high - low >= 2.0
    low, high = (round(x) if hours else float(f"{x:.2g}") for x in (low, high))
    return low, high


def far_off_said(nights: pd.DataFrame, label: str) -> str:
    """Count, for a card, the nights on which a device's measure lay far from the others."""
    told = next((odd for odd in odd_values(nights) if f" nights {label} lay far " in odd), "")
    return f"{told.split()[1]} nights far off are counted, too (“How you sleep”)" if told else ""


def counted_said(nights: pd.DataFrame, row: Mapping[str, Any]) -> str:
    """Count the nights of a question; of a yes or no those with it, too."""
    both, n, known = [row["factor"], row["outcome"]], int(row["n"]), clocks_known(nights)[0]
    gone = int((nights[both].notna() > known[both].notna()).any(axis=1).sum())
    told = f"{n:,} {'evenings' if str(row['when']).startswith('day before') else 'nights'}"
    told += f" ({gone} with a clock hours off left out)" * bool(gone)
    read = read_values(known[both[0]], pd.DatetimeIndex(nights.index))
    there = known[both[1]].notna().to_numpy() & ~np.isnan(read.values)
    if read.kind != "yes/no" or int(there.sum()) != n:  # another row's value was met
        some = n + gone < len(nights) and plain.hangs_on_bed(column_of(nights, both[0]))
        return told + WITHOUT * some  # of hours before bed there are some only with it
    few = n - (yes := int(read.values[there].sum()))
    return f"yes on {yes:,} of {told}" + f", no on {few:,} only" * (few < FEW_SHARE * n)
