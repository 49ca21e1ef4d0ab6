"""Oura: the account's sleeps, stress and tags, and the nights of the old web export ("trends").

``sleepmodel`` has a record per sleep, local stamps with their offset; ``trends`` a row per day of
waking: what it says of sleep is of the night that ended then, of activity of that day, and stands
here with the night that followed. Durations are in seconds, both stamps carry the morning's offset.
``day`` and ``start_day`` of stress and tags go with that evening's night.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Objects, Stamps
from sleepstats.clock import circular_mean_h, format_clock, to_wall
from sleepstats.errors import option
from sleepstats.reading.cells import read_numbers, unused_names
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, entries
from sleepstats.reading.nights.records import Column, of_the_day, put_column, read_column
from sleepstats.reading.nights.tracker import Tracker, dates_of, header_of, read_stamps_of
from sleepstats.reading.text import normal_header

_NO_SLEEP = {"deleted": "deleted in the app", "rest": "a rest, not a sleep"}
_PHASES = ("sleep_phase_5_min", "hypnogram_5_min", "hypnogram_5min")
_EPOCH_MIN, _TIMING = 5.0, "sleep timing"
_KINDS = {
    "daily stress": ("day", "stress_high", "recovery_high"),
    "stress through the day": ("timestamp", "stress_value"),
    "tags": ("tag_type_code", "start_day"),
}
_HIGH = {"stress_high": "stress_high_min", "recovery_high": "recovery_high_min"}
_SAMPLES = {"stress_value": "stress", "recovery_value": "recovery"}
_PREFIX = re.compile(r"^tag_(?:generic|sleep|custom)?_?")
#: A tag set before this hour belongs to the evening before.
_NIGHT_ENDS = np.timedelta64(4, "h")
_LONGEST_DAYS = 60


def in_zone(draft: Draft, *words: str) -> list[Stamps]:
    """Read stamps; those that all say +00:00 come to the zone the caller names, or it is noted."""
    stamps = read_stamps_of(draft, words)
    offset = draft.offset[words[0]]
    if np.isnan(offset).all() or np.nanmax(np.abs(offset)) > 0.0:
        return stamps
    if draft.options.tz:
        draft.notes.append(f"All stamps are UTC: brought to the clock of {draft.options.tz}.")
        return [to_wall(one, draft.options.tz) for one in stamps]
    first = np.delete(stamps[0], [*draft.refused])  # a time that no night has was told of
    first = first[~np.isnat(first)]
    clock = (first - first.astype("datetime64[D]")) / np.timedelta64(1, "h")
    draft.notes.append(
        "All stamps carry the offset +00:00 and are taken for the clock at the bed, where they "
        f"lie about {format_clock(circular_mean_h(clock))}. If that cannot be, give the zone: "
        f"{option('read_diary(path', tz='Europe/Berlin')}."
    )
    return stamps


def _stamps(draft: Draft) -> None:
    _no_sleep(draft)
    clocks = FORMAT.clocks
    for word, stamps in zip(clocks, in_zone(draft, *clocks), strict=True):
        draft.put(clocks[word], stamps, draft.header(word), kind="device")
        if draft.options.tz:  # the zone that was named holds for all: none is shown beside it
            draft.offset[word] = np.full(len(stamps), np.nan)


def _no_sleep(draft: Draft) -> None:
    """Refuse what the app itself does not count as sleep."""
    if "type" in draft.place:
        for i, cell in enumerate(draft.cells("type").tolist()):
            if (word := cell.strip().casefold()) in _NO_SLEEP:
                draft.refused[i] = f"column 'type': {word!r}, {_NO_SLEEP[word]}."


def _final_wake(draft: Draft) -> None:
    """Find the final awakening in the phases, one digit per 5 min from bed time, 4 for awake."""
    word = next((word for word in _PHASES if word in draft.place), None)
    if word is None:
        return
    begin, end = draft.columns["into_bed"], draft.columns["out_of_bed"]
    wake = np.full(len(begin), NEVER)
    span = (end - begin) / np.timedelta64(1, "m")
    for i, cell in enumerate(draft.cells(word).tolist()):
        phases = cell.strip().strip('"')
        asleep = phases.rstrip("4")
        if asleep.strip("1234") or not asleep:
            continue
        if span[i] <= 1440 and abs(len(phases) * _EPOCH_MIN - span[i]) <= 2 * _EPOCH_MIN:
            minutes = round(len(asleep) * _EPOCH_MIN)
            wake[i] = min(begin[i] + np.timedelta64(minutes, "m"), end[i])
    if np.isnat(wake).all():
        return
    header = draft.header(word)
    draft.put("final_wake", wake, header, kind="device")
    told = f"The final awakening is the end of the last five minutes of sleep in {header!r}."
    draft.notes.append(told)


def _not_worn(draft: Draft) -> None:
    """Refuse the days of the trends that have no sleep."""
    day = draft.cells("date")
    for i, cell in enumerate(draft.cells("bedtime start").tolist()):
        if cell.strip() in ("", "None"):
            draft.refused[i] = f"no sleep was recorded for {day[i].strip()!r}."


def _days(draft: Draft) -> None:
    """Check the label of each row, and move what belongs to its day to the night that followed."""
    date, header = dates_of(draft, "date"), draft.header("date")
    apart = (date - draft.night) / np.timedelta64(1, "D")
    for i in np.flatnonzero((apart != 1) & ~np.isnan(apart)).tolist():
        said = f"{date[i]} is not the morning after {draft.night[i]}, the evening of the bed time, "
        draft.tell(i, header, f"{said}which counts.")
    row_of = {day: i for i, day in enumerate(date.tolist()) if day is not None}
    before = np.array([row_of.get(night, -1) for night in draft.night.tolist()], dtype=np.intp)
    of_the_day(draft, _OF_THE_DAY, before)
    _middle(draft)
    if "restless sleep" in draft.place:
        # a share of the night in the old export, a count of periods in that of 2026
        values = read_numbers(draft.cells("restless sleep")).values
        counted = np.nanmax(values, initial=0.0) > 100
        put_column(draft, "restless sleep", _RESTLESS_PERIODS if counted else _RESTLESS_SHARE)


def _middle(draft: Draft) -> None:
    """Set the middle of sleep, given in seconds after bed time; a score may have the same name."""
    draft.place = {word: at for word, at in draft.place.items() if word != _TIMING}
    for i, header in enumerate(draft.table.header):
        if normal_header(header) == _TIMING:
            seconds = read_numbers(draft.table.columns[i]).values
            if np.nanmax(seconds, initial=0.0) > 100:
                bed = (draft.columns["into_bed"] - draft.night) / np.timedelta64(1, "h")
                draft.put("midsleep_h", bed + seconds / 3600.0, header, kind="device")
                draft.place = {**draft.place, _TIMING: i}
                return


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim one of the three tables by its own pair of names."""
    line = preview.first_line()
    for kind, needed in _KINDS.items():
        found = header_of(preview, needed, line=line, word=normal_header)
        if found is not None:
            return Claim(95, line, found[0], f"the header has {', '.join(needed)}: Oura's {kind}")
    return None


def _evenings(draft: Draft) -> None:
    """Read one file of daily stress, of stress samples, or of tags."""
    if "stress_value" in draft.place:
        _samples(draft)
    elif "stress_high" in draft.place:
        _daily(draft)
    else:
        _tags(draft)


def _daily(draft: Draft) -> None:
    draft.night = dates_of(draft, "day")
    high = {key: read_column(draft, key, Column(name, "s")) for key, name in _HIGH.items()}
    words = []
    if "day_summary" in draft.place:
        words = [cell.strip() or None for cell in draft.cells("day_summary").tolist()]
        unworn = np.array([not word for word in words], dtype=bool) & (sum(high.values()) == 0)
        for values in high.values():
            values[unworn] = np.nan
    for key, name in _HIGH.items():
        label = f"time in high {key.split('_')[0]}, whole day"
        draft.put(name, high[key], key, kind="factor", when="day", unit="min", label=label)
    if any(words):
        draft.put(
            "stress_day_summary", pd.array(words, dtype="str"), "day_summary", kind="factor",
            when="day", label="Oura's summary of the day's stress", made_of=list(_HIGH.values()),
        )  # fmt: skip


def _samples(draft: Draft) -> None:
    (stamps,) = in_zone(draft, "timestamp")
    for word, name in _SAMPLES.items():
        if word in draft.place:
            values = read_column(draft, word, Column(name, least=0, most=100))
            entries.summarise_days(draft, stamps, values, name, draft.header(word))


def _tags(draft: Draft) -> None:
    day = dates_of(draft, "start_day")
    draft.night = _evening(draft, day)
    names = _tag_words(draft)
    last = dates_of(draft, "end_day") if "end_day" in draft.place else day
    length = np.where(np.isnat(last), 0, (last - day) / np.timedelta64(1, "D"))
    length = np.where((length >= 0) & (length <= _LONGEST_DAYS), length, 0).astype(int) + 1
    keep = np.flatnonzero(~np.isnat(draft.night) & (names != ""))
    rows = np.repeat(keep, length[keep])
    ends = np.cumsum(length[keep])
    steps = np.arange(len(rows)) - np.repeat(ends - length[keep], length[keep])
    evening = draft.night[rows] + steps.astype("timedelta64[D]")
    tags, days = list(dict.fromkeys(names[keep].tolist())), np.unique(evening)
    ticked = np.zeros((len(tags), len(days)), dtype=bool)
    number = {tag: j for j, tag in enumerate(tags)}
    ticked[[number[t] for t in names[rows].tolist()], np.searchsorted(days, evening)] = True
    columns = unused_names(tags, set())
    said = [pd.arrays.BooleanArray(one, np.zeros(len(days), dtype=bool)) for one in ticked]
    draft.evenings = pd.DataFrame(
        dict(zip(columns.values(), said, strict=True)),
        index=pd.DatetimeIndex(days.astype("datetime64[us]")),
    )
    told = {"header": draft.header("tag_type_code"), "kind": "factor", "when": "day"}
    draft.told |= {columns[tag]: {**told, "label": tag} for tag in tags}
    draft.notes.append(
        f"Tags were kept on {len(days)} days; on those a tag that is not there is a no, on all "
        "others no tag is recorded."
    )


def _evening(draft: Draft, day: Days) -> Days:
    """Return the evening of each tag: its day, or the day before when set in the small hours."""
    if "start_time" not in draft.place:
        return day
    (stamps,) = read_stamps_of(draft, ["start_time"])
    since = stamps - stamps.astype("datetime64[D]")
    small = (since < _NIGHT_ENDS) & (since > np.timedelta64(0, "s"))
    return np.where(small, stamps.astype("datetime64[D]") - np.timedelta64(1, "D"), day)


def _tag_words(draft: Draft) -> Objects:
    """Return each tag in words: the person's own name for it, else Oura's code without its stem."""
    codes = draft.cells("tag_type_code").tolist()
    own = draft.cells("custom_name").tolist() if "custom_name" in draft.place else [""] * len(codes)
    known = {pair: _word(*pair) for pair in dict.fromkeys(zip(codes, own, strict=True))}
    words = np.array([known[pair] for pair in zip(codes, own, strict=True)], dtype=object)
    for i in np.flatnonzero(words == "").tolist():
        draft.tell(i, draft.header("tag_type_code"), "a tag without a name: not used.")
    return words


def _word(code: str, own: str) -> str:
    plain = _PREFIX.sub("", code.strip()).replace("_", " ")
    return own.strip() or ("" if plain in ("custom", "None") else plain)


_AVERAGE_HEART = Column(
    "average_heart_rate_bpm", least=20, most=200, zero_missing=True,
    when="night", unit="bpm", label="average heart rate in this night",
)  # fmt: skip
_LOWEST_HEART = Column("lowest_heart_rate_bpm", least=20, most=200, zero_missing=True)
_VARIABILITY = Column("hrv_ms", least=0, most=500, zero_missing=True)
_BREATHS = Column("breaths_per_min", least=2, most=60, zero_missing=True)
_RESTLESS_PERIODS = Column("restless_periods", when="night", label="restless periods")
_RESTLESS_SHARE = Column(
    "restless_pct", least=0, most=100, when="night", unit="%", label="restless sleep"
)
_OF_THE_DAY = {
    "steps": Column("steps", least=0, most=200_000, zero_missing=True, kind="factor", when="day",
                    label="steps of the day before"),
} | {
    f"{what} burn": Column(f"{what}_burn_kcal", least=0, most=30_000, kind="factor", when="day",
                           label=f"{what} burn of the day before")
    for what in ("activity", "total")
}  # fmt: skip

FORMAT = Tracker(
    name="oura",
    product="Oura (account export, sleepmodel)",
    recognised_by="columns bedtime_start, bedtime_end, total_sleep_duration (semicolons)",
    gives="time in bed and asleep, latency, stages, heart rate and its variability; late naps "
    "named; stress and tags stand in files of their own",
    signature=("id", "bedtime_start", "bedtime_end", "day", "total_sleep_duration", "type"),
    needs=("bedtime_start", "bedtime_end", "total_sleep_duration"),
    why="the header has bedtime_start, bedtime_end and total_sleep_duration, as Oura's sleepmodel",
    clocks={"bedtime_start": "into_bed", "bedtime_end": "out_of_bed"},
    zone="morning",
    columns={
        "time_in_bed": Column("tib_min", "s", zero_missing=True),
        "total_sleep_duration": Column("tst_min", "s", zero_missing=True),
        "latency": Column("sol_min", "s"),
        "awake_time": Column("awake_min", "s"),
        "rem_sleep_duration": Column("rem_min", "s"),
        "light_sleep_duration": Column("light_min", "s"),
        "deep_sleep_duration": Column("deep_min", "s"),
        "average_heart_rate": _AVERAGE_HEART,
        "lowest_heart_rate": _LOWEST_HEART,
        "average_hrv": _VARIABILITY,
        "average_breath": _BREATHS,
        "restless_periods": _RESTLESS_PERIODS,
    },
    nap=("type", "late_nap"),
    known=("type", "day", "id", *_PHASES),
    stamps=_stamps,
    before=_final_wake,
)
TRENDS = Tracker(
    name="oura_trends",
    product='Oura (old web export, "trends")',
    recognised_by="columns date, Sleep Score, Bedtime Start, Bedtime End",
    gives="time in bed and asleep, latency, stages, middle of sleep, heart rate and its "
    "variability, scores, steps of the day before; naps are not in the file",
    signature=("date", "sleep score", "total sleep score", "total sleep duration", "bedtime start",
               "bedtime end"),
    needs=("date", "sleep score", "bedtime start", "bedtime end"),
    why="the header has date, Sleep Score, Bedtime Start and Bedtime End of Oura's trends",
    clocks={"bedtime start": "into_bed", "bedtime end": "out_of_bed"},
    zone="morning",
    labels="morning",
    columns={
        "total bedtime": Column("tib_min", "s", zero_missing=True),
        "total sleep duration": Column("tst_min", "s", zero_missing=True),
        "total sleep time": Column("tst_min", "s", zero_missing=True),
        "sleep latency": Column("sol_min", "s"),
        "awake time": Column("awake_min", "s"),
        **{
            f"{part} sleep {what}": Column(f"{part}_min", "s")
            for part in ("rem", "light", "deep") for what in ("duration", "time")
        },
        "sleep score": Column(
            "sleep_score", least=0, most=100, when="night", unit="", label="Oura's sleep score",
            made_of=["tst_min", "tib_min", "sol_min", "rem_min", "deep_min", "midsleep_h"],
        ),
        "readiness score": Column(
            "readiness_score", least=0, most=100, when="morning", unit="",
            label="Oura's readiness score",
            made_of=["sleep_score", "average_heart_rate_bpm", "hrv_ms",
                     *(one.name for one in _OF_THE_DAY.values())],  # the day's activity counts, too
        ),
        "average resting heart rate": _AVERAGE_HEART,
        "lowest resting heart rate": _LOWEST_HEART,
        "average hrv": _VARIABILITY,
        "temperature deviation (°c)": Column("body_temperature_deviation_c", least=-10, most=10),
        "respiratory rate": _BREATHS,
    },
    known=("date", "restless sleep", *_OF_THE_DAY, _TIMING),
    before=_not_worn, after=_days,
)  # fmt: skip
COMPANIONS = Tracker(
    name="oura_companions",
    product="Oura (account export: daily stress, stress through the day, tags)",
    recognised_by="columns day, stress_high, recovery_high; or timestamp, stress_value; or "
    "tag_type_code, start_day",
    gives="minutes in high stress and recovery per day; stress samples as mean, maximum and "
    "evening mean per day; tags as yes / no / not recorded habits",
    claims=_claims,
    role="evenings",
    after=_evenings,
    known=None,
    signature=("day", "day_summary", "recovery_high", "stress_high", "timestamp", "stress_value",
               "tag_type_code", "custom_name", "start_day"),
)  # fmt: skip
FORMATS = (FORMAT, TRENDS, COMPANIONS)
