"""Fitbit in Google Takeout: ``sleep_score.csv`` and ``Stress Score.csv``.

The sleep score is dated by the time of waking in UTC, without an offset. The stress score is dated
by the day. It is high where there is little stress: it stands here as the app shows it, and turned
round as ``stress``.
"""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.clock import circular_mean_h, evening_of
from sleepstats.reading.cells import read_stamps
from sleepstats.reading.nights.device_table import (
    Measure,
    header_of,
    places,
    put_measures,
    read_measure,
    read_together,
    shifted,
    to_zone,
    zone_text,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, normal_header, read_table

_SCORES = {
    "overall_score": Measure(
        "sleep_score", least=0, most=100,
        told={"when": "night", "label": "Fitbit's sleep score",
              "made_of": ["tst_min", "deep_min", "rem_min", "awake_min",
                          "resting_heart_rate_bpm"]},
    ),
    "deep_sleep_in_minutes": Measure("deep_min", "min"),
    "resting_heart_rate": Measure("resting_heart_rate_bpm", least=20, most=200, zero_missing=True),
    "restlessness": Measure(
        "restlessness", least=0, most=1, told={"when": "night", "label": "restlessness"}
    ),
}  # fmt: skip
_SLEEP = ("sleep_log_entry_id", "timestamp", "overall_score")
_STRESS = ("date", "updated_at", "stress_score")
#: Waking is taken to lie around this hour where no zone is given.
_USUAL_WAKE_H = 7.0


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of sleep scores or of stress scores."""
    line = preview.first_line()
    for needed, what in ((_SLEEP, "sleep scores"), (_STRESS, "stress scores")):
        found = header_of(preview, needed, line=line, name=normal_header)
        if found is not None:
            why = f"the header has {', '.join(needed)}: Fitbit's {what}"
            return Claim(95, line, found[0], why)
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of scores."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(
        table, FORMAT.name, claim.why, np.full(len(table), "NaT", "datetime64[D]"), role="evenings"
    )
    if "stress_score" in place:
        _stress(draft, place, options)
    else:
        _sleep_scores(draft, place, options)
    return draft


def _stress(draft: Draft, place: dict[str, int], options: Options) -> None:
    table = draft.table
    header, cells = table.header[place["date"]], table.columns[place["date"]]
    where = f"{table.name}, column {header!r}"
    lines = table.line.tolist()
    read = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=lines)
    draft.night = draft.parsed(read, header).astype("datetime64[D]")
    title = table.header[place["stress_score"]]
    score = read_measure(
        draft, table.columns[place["stress_score"]], title,
        Measure("stress_management_score", least=0, most=100, zero_missing=True),
    )  # fmt: skip
    if "calculation_failed" in place:
        failed = table.columns[place["calculation_failed"]].tolist()
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


def _sleep_scores(draft: Draft, place: dict[str, int], options: Options) -> None:
    ((waking, _),) = read_together(draft, [place["timestamp"]], options)
    local = to_zone(waking, options.tz) if options.tz else _likely_local(draft, waking)
    draft.night = evening_of(local, 12.0)
    for key in _SCORES:
        if key in place:
            cells = draft.table.columns[place[key]]
            cells[[cell.strip() in ("-1", "-1.0") for cell in cells.tolist()]] = ""
    put_measures(draft, place, _SCORES)


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


FORMAT = Format(
    name="fitbit_scores",
    product="Fitbit (Google Takeout, sleep score and stress score)",
    recognised_by="columns sleep_log_entry_id, timestamp, overall_score; or DATE, UPDATED_AT, "
    "STRESS_SCORE",
    gives="sleep score, deep sleep and resting heart rate of nights; stress of the day, turned "
    "round so that more is more",
    recognise=recognise,
    read=read,
    signature=("sleep_log_entry_id", "timestamp", "overall_score", "composition_score",
               "revitalization_score", "date", "updated_at", "stress_score"),
)  # fmt: skip
