"""Fitbit in Google Takeout: ``sleep_score.csv`` and ``Stress Score.csv``.

The sleep score is dated by the time of waking in UTC, without an offset. The stress score is dated
by the day. It is high where there is little stress: it stands here as the app shows it, and turned
round as ``stress``.
"""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.clock import circular_mean_h, evening_of
from sleepstats.measures.elapsed import to_wall
from sleepstats.reading.nights.draft import Claim, Draft, Options, Preview
from sleepstats.reading.nights.records import Column, put_columns, read_column
from sleepstats.reading.nights.stamps import shifted, zone_text
from sleepstats.reading.nights.tracker import Tracker, header_of, read_stamps_of
from sleepstats.reading.text import normal_header

_SCORES = {
    "overall_score": Column(
        "sleep_score", least=0, most=100, when="night", label="Fitbit's sleep score",
        made_of=["tst_min", "deep_min", "rem_min", "awake_min", "resting_heart_rate_bpm"],
    ),
    "deep_sleep_in_minutes": Column("deep_min", "min"),
    "resting_heart_rate": Column("resting_heart_rate_bpm", least=20, most=200, zero_missing=True),
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
        found = header_of(preview, needed, line=line, word=normal_header)
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
    score = read_column(draft, "stress_score", Column("", least=0, most=100, zero_missing=True))
    if "calculation_failed" in draft.place:
        failed = draft.cells("calculation_failed").tolist()
        score[[cell.strip().casefold() == "true" for cell in failed]] = np.nan
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
            cells[[cell.strip() in ("-1", "-1.0") for cell in cells.tolist()]] = ""
    put_columns(draft, _SCORES)


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
        "instead: read_diary(path, tz='Europe/Berlin')."
    )
    return shifted(waking, np.full(len(waking), offset * 60.0))


FORMAT = Tracker(
    name="fitbit_scores",
    product="Fitbit (Google Takeout, sleep score and stress score)",
    recognised_by="columns sleep_log_entry_id, timestamp, overall_score; or DATE, UPDATED_AT, "
    "STRESS_SCORE",
    gives="sleep score, deep sleep and resting heart rate of nights; stress of the day, turned "
    "round so that more is more",
    claims=_claims,
    role="evenings",
    after=_evenings,
    known=None,
    signature=("sleep_log_entry_id", "timestamp", "overall_score", "composition_score",
               "revitalization_score", "date", "updated_at", "stress_score"),
)  # fmt: skip
