"""Fitbit in Google Takeout, ``UserSleeps_….csv``: UTC stamps and the offset of each end.

Begin and end of the record are taken for getting into and out of bed; latency and the minutes
after waking lie inside. An offset of ``+00:00`` may be a mere placeholder: where bed times would
lie hours from the usual, and the offset of the nearest other night puts them right, that is used,
and told.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Stamps
from sleepstats.clock import circular_mean_h, evening_of, to_wall
from sleepstats.errors import option
from sleepstats.reading.cells import read_offsets, that_are
from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, shifted, tracker
from sleepstats.reading.nights.records import Column
from sleepstats.reading.nights.tracker import Tracker, read_stamps_of, zone_text
from sleepstats.reading.text import normal_header

_OFFSETS = ("start_utc_offset", "end_utc_offset")
#: A bed time is out of place if another offset brings it this much nearer to the usual.
_NEARER_MIN = 180.0


def _stamps(draft: Draft) -> None:
    """Bring UTC stamps to the zone that the caller names, else to the offset of their row."""
    clocks = SLEEPS.clocks
    begin, end = read_stamps_of(draft, clocks)
    if draft.options.tz:
        local = [to_wall(one, draft.options.tz) for one in (begin, end)]
        draft.notes.append(f"UTC stamps were brought to the clock of {draft.options.tz}.")
    else:
        blank = np.full(len(draft.table), np.nan)
        offsets = [
            read_offsets(draft.cells(word)) if word in draft.place else blank.copy()
            for word in _OFFSETS
        ]
        offsets[1] = np.where(np.isnan(offsets[1]), offsets[0], offsets[1])
        _placeholders(draft, begin, end, offsets)
        _unknown(draft, offsets[0])
        both = zip((begin, end), offsets, strict=True)
        local = [shifted(one, np.nan_to_num(offset)) for one, offset in both]
        tracker.put_zone(draft, offsets[0], _OFFSETS[0])
        _changed(draft, offsets)
    for word, stamps in zip(clocks, local, strict=True):
        draft.put(clocks[word], stamps, word, kind="device")


def _after(draft: Draft) -> None:
    records.put_final_wake(draft, "minutes_after_wake_up")
    if "data_source" in draft.place:
        cells = draft.cells("data_source").tolist()
        texts = np.array([cell.strip() or None for cell in cells], dtype=object)
        source_of = pd.array(texts, dtype="str")
        draft.put("data_source", source_of, "data_source", kind="control", when="night")


def _placeholders(draft: Draft, begin: Stamps, end: Stamps, offsets: list[Floats]) -> None:
    """Replace offsets of zero that put bed times hours from the usual, by the nearest night's."""
    start = offsets[0]
    given, zero = np.flatnonzero(start != 0), np.flatnonzero(start == 0)
    long = (end - begin) / np.timedelta64(1, "m") >= records.MAIN_SLEEP_MIN
    given = given[np.isfinite(start[given]) & long[given]]
    if len(given) < 3 or not len(zero) or _OFFSETS[0] not in draft.place:
        return
    clock = (begin - begin.astype("datetime64[D]")) / np.timedelta64(1, "m")
    angle = (clock[given] + start[given]) * (2 * np.pi / 1440.0)
    usual = np.arctan2(np.sin(angle).mean(), np.cos(angle).mean()) * 1440.0 / (2 * np.pi)
    zero = zero[~np.isnat(begin[zero])]
    given = given[np.argsort(begin[given], kind="stable")]
    after = np.clip(np.searchsorted(begin[given], begin[zero]), 1, len(given) - 1)
    left, right = given[after - 1], given[after]
    nearest = np.where(begin[zero] - begin[left] <= begin[right] - begin[zero], left, right)
    for i, near in zip(zero.tolist(), start[nearest].tolist(), strict=True):
        apart = [abs((clock[i] + m - usual + 720.0) % 1440.0 - 720.0) for m in (0.0, near)]
        if apart[0] - apart[1] >= _NEARER_MIN:
            draft.tell(
                i,
                draft.header(_OFFSETS[0]),
                f"+00:00 would put the bed time {apart[0] / 60:.1f} h from the usual; the offset "
                f"of the nearest night, {zone_text(near)}, was used.",
            )
            for one in offsets:
                one[i] = near


def _unknown(draft: Draft, offset: Floats) -> None:
    count = int(np.isnan(offset).sum())
    if count:
        draft.assumed.append(
            f"{count} rows have no offset from UTC: their clock times are UTC. Give the zone: "
            f"{option('read_diary(path', tz='Europe/Berlin')}."
        )


def _changed(draft: Draft, offsets: list[Floats]) -> None:
    """Tell of nights that began and ended under different offsets."""
    for i in np.flatnonzero(offsets[1] - offsets[0] != 0).tolist():
        if np.isfinite(offsets[0][i]):
            draft.tell(
                i,
                "",
                f"the offset changes in the night, from {zone_text(offsets[0][i])} to "
                f"{zone_text(offsets[1][i])}: the clock times are an hour or more closer or "
                "further apart than the sleep was long.",
            )


SLEEPS = Tracker(
    name="fitbit_takeout",
    product="Fitbit (Google Takeout, UserSleeps)",
    recognised_by="columns sleep_id, sleep_start, sleep_end, minutes_asleep",
    gives="time in bed and asleep, latency, awake after the final awakening; scores and stress "
    "stand in files of their own",
    signature=("sleep_id", "sleep_type", "minutes_in_sleep_period", "minutes_after_wake_up",
               "minutes_to_fall_asleep", "minutes_asleep", "minutes_awake", "start_utc_offset",
               "sleep_start", "end_utc_offset", "sleep_end"),
    needs=("sleep_id", "sleep_start", "sleep_end", "minutes_asleep"),
    why="the header has sleep_id, sleep_start, sleep_end and minutes_asleep of Google Takeout",
    clocks={"sleep_start": "into_bed", "sleep_end": "out_of_bed"},
    columns={
        "minutes_in_sleep_period": Column("tib_min", "min", zero_missing=True),
        "minutes_asleep": Column("tst_min", "min", zero_missing=True),
        "minutes_awake": Column("awake_min", "min"),
        "minutes_to_fall_asleep": Column("sol_min", "min"),
        "minutes_longest_awakening": Column(
            "longest_awakening_min", "min", when="night", made_of=["awake_min"]
        ),
    },
    known=("sleep_id", "sleep_type", "data_source", "minutes_after_wake_up", *_OFFSETS),
    stamps=_stamps,
    after=_after,
)  # fmt: skip

_SCORES = {
    "overall_score": Column(
        "sleep_score", least=0, most=100, when="night", label="Fitbit's sleep score",
        made_of=["tst_min", "deep_min", "rem_min", "awake_min"],
    ),
    "deep_sleep_in_minutes": Column("deep_min", "min"),
    "composition_score": Column("composition_score", least=0, most=25, zero_missing=True,
                                when="night", unit="", label="points for stages of sleep",
                                made_of=["tst_min", "deep_min", "rem_min", "sleep_score"]),
    "revitalization_score": Column("revitalization_score", least=0, most=25, zero_missing=True,
                                   when="night", unit="", label="points for restoration",
                                   made_of=["sleep_score", "restlessness"]),
    # smoothed over days: no measure of this night
    "resting_heart_rate": Column("resting_heart_rate_day_bpm", least=20, most=200,
                                 zero_missing=True, kind="control", unit="bpm",
                                 label="Fitbit's resting heart rate, smoothed over days"),
    "restlessness": Column("restlessness", least=0, most=1, when="night", label="restlessness"),
}  # fmt: skip
_SLEEP = ("sleep_log_entry_id", "timestamp", "overall_score")
_STRESS = ("date", "updated_at", "stress_score")
#: Waking is taken to lie around this hour where no zone is given.
_USUAL_WAKE_H = 7.0
#: A night is dated by its beginning; the file has only its end, about so many hours later.
_USUAL_SLEEP_H = 8


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of sleep scores or of stress scores."""
    line = preview.first_line()
    for needed, what in ((_SLEEP, "sleep scores"), (_STRESS, "stress scores")):
        found = tracker.header_of(preview, needed, line=line, word=normal_header)
        if found is not None:
            why = f"the header has {', '.join(needed)}: Fitbit's {what}"
            return Claim(95, line, found[0], why)
    return None


def _evenings(draft: Draft) -> None:
    """Read one file of scores."""
    if "stress_score" in draft.place:
        _stress(draft)
    else:
        _sleep_scores(draft)


def _stress(draft: Draft) -> None:
    (day,) = read_stamps_of(draft, ["date"])
    draft.night = day.astype("datetime64[D]")
    title = draft.header("stress_score")
    score = records.read_column(
        draft, "stress_score", Column("", least=0, most=100, zero_missing=True)
    )
    if "calculation_failed" in draft.place:
        score[that_are(draft.cells("calculation_failed"), "true")] = np.nan
    told = {"kind": "factor", "when": "day", "unit": ""}
    draft.put("stress_management_score", score, title, made_of=["stress"],
              label="Fitbit's stress management score (high is little stress)", **told)  # fmt: skip
    draft.put("stress", 100.0 - score, title, made_of=["stress_management_score"],
              label="stress (100 − Fitbit's stress management score)", **told)  # fmt: skip
    draft.notes.append(
        "Fitbit's stress score of a day holds points for the sleep of the night before that day: "
        "between that night and the score a relation is built in."
    )


def _sleep_scores(draft: Draft) -> None:
    tz = draft.options.tz
    (waking,) = read_stamps_of(draft, ["timestamp"])
    local = to_wall(waking, tz) if tz else _likely_local(draft, waking)
    began = local - np.timedelta64(_USUAL_SLEEP_H, "h")
    clock_min = (began - began.astype("datetime64[D]")) / np.timedelta64(1, "m")
    draft.cut_day(clock_min, what=f"Bed times, taken to be {_USUAL_SLEEP_H} h before waking,")
    draft.night = evening_of(began, draft.day_cut_h)
    for word in _SCORES:
        if word in draft.place:
            cells = draft.cells(word)
            cells[that_are(cells, "-1", "-1.0")] = ""
    records.put_columns(draft, _SCORES)


def _likely_local(draft: Draft, waking: Stamps) -> Stamps:
    """Move times of waking from UTC to the whole-hour offset in which they lie about seven."""
    known = waking[~np.isnat(waking)]
    hours = (known - known.astype("datetime64[D]")) / np.timedelta64(1, "h")
    middle = circular_mean_h(hours)
    if not np.isfinite(middle):
        return waking
    offset = (round(_USUAL_WAKE_H - middle) + 12) % 24 - 12
    draft.assumed.append(
        f"Column 'timestamp' is UTC without an offset. Its times lie about {middle:.0f}:00; they "
        f"were taken for waking in the morning, in {zone_text(offset * 60.0)}. Give the zone "
        f"instead: {option('read_diary(path', tz='Europe/Berlin')}."
    )
    return shifted(waking, np.full(len(waking), offset * 60.0))


SCORES = Tracker(
    name="fitbit_scores",
    product="Fitbit (Google Takeout, sleep score and stress score)",
    recognised_by="columns sleep_log_entry_id, timestamp, overall_score; or DATE, UPDATED_AT, "
    "STRESS_SCORE",
    gives="sleep score, its points for stages and restoration, deep sleep of nights; stress of the "
    "day, turned round so that more is more",
    claims=_claims,
    role="evenings",
    after=_evenings,
    known=None,
    signature=("sleep_log_entry_id", "timestamp", "overall_score", "composition_score",
               "revitalization_score", "date", "updated_at", "stress_score"),
)  # fmt: skip

JSON = Tracker(
    name="fitbit_json",
    product="Fitbit (account export or Takeout, sleep-….json)",
    recognised_by="records with logId, dateOfSleep, startTime, endTime and minutesAsleep",
    gives="time in bed and asleep, stages, awakenings; a latency only of the older trackers, which "
    "measured one",
    signature=("logid", "dateofsleep", "starttime", "endtime", "minutesasleep", "timeinbed"),
    needs=("logid", "dateofsleep", "starttime", "endtime", "minutesasleep"),
    why="the records have logId, dateOfSleep, startTime and minutesAsleep, as Fitbit's",
    clocks={"starttime": "into_bed", "endtime": "out_of_bed"},
    lone_naps=True,
    columns={
        "timeinbed": Column("tib_min", "min", zero_missing=True),
        "minutesasleep": Column("tst_min", "min", zero_missing=True),
        "minutesawake": Column("awake_min", "min"),
        # 0 stands for most nights of the trackers that do not measure it.
        "minutestofallasleep": Column("sol_min", "min", zero_missing=True),
        "levels.summary.deep.minutes": Column("deep_min", "min"),
        "levels.summary.light.minutes": Column("light_min", "min"),
        "levels.summary.rem.minutes": Column("rem_min", "min"),
        "levels.summary.wake.count": Column("awakenings_device", when="night",
                                            label="times awake, as the device counts"),
    },
    known=lambda word: True,
    after=lambda draft: records.put_final_wake(draft, "minutesafterwakeup"),
)  # fmt: skip

FORMATS = (SLEEPS, SCORES, JSON)
