"""Samsung Health's ``com.samsung.shealth.sleep.<stamp>.csv`` and ``….stress.<stamp>.csv``.

A line of metadata stands above the header.

Stamps are UTC; ``time_offset`` of the row gives the clock at the bed. Latency, in milliseconds,
lies *before* the start of the record: the start is the onset of sleep where a watch measured one,
and bed time where the person typed it in. ``efficiency`` of 0 is not measured. Columns and
their order change with the app, and some carry its prefix. Stress is many samples a day, 0 to 100;
files of histograms begin alike and are not this.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from sleepstats.arrays import Floats, Stamps
from sleepstats.clock import to_wall
from sleepstats.errors import DiaryError, option
from sleepstats.reading.cells import read_numbers, read_offsets
from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, shifted, tracker
from sleepstats.reading.nights.entries import summarise_days
from sleepstats.reading.text import normal_header

_EPOCH = re.compile(r"\d{12,13}")
_DAY_MS = 86_400_000
_ASLEEP = "time asleep (efficiency × length of the record)"
_BOOKKEEPING = (
    "create_sh_ver", "modify_sh_ver", "update_time", "create_time", "client_data_id",
    "client_data_ver", "deviceuuid", "pkg_name", "datauuid", "data_version", "custom",
)  # fmt: skip


def _claims(what: str, *needs: str) -> Callable[[Preview, Options], Claim | None]:
    """Claim a file that names itself in the line above its header, or in the header itself."""
    title = re.compile(rf'"?com\.samsung\.s?health\.{what}"?\s*(?:[,;\t].*)?')

    def claim(preview: Preview, options: Options) -> Claim | None:
        line = preview.first_line()
        if preview.lines and "shealth.sleep_combined" in preview.lines[line - 1]:
            raise DiaryError(
                f"{preview.name}: this is Samsung's sleep_combined, which repeats nights of other "
                "files in short. Take com.samsung.shealth.sleep.*.csv of the same export."
            )
        if not preview.lines:
            return None
        titled = title.fullmatch(preview.lines[line - 1].strip()) is not None
        if not titled and f"com.samsung.health.{what}." not in preview.lines[line - 1]:
            return None  # a copy without the first line still has the prefix in its header
        found = tracker.header_of(preview, needs, line=line + titled, word=samsung_name)
        if found is None:
            return None
        why = f"com.samsung.shealth.{what} stands above its header, or in it"
        return Claim(96, line + titled, found[0], f"{why}, with {' and '.join(needs)}")

    return claim


def samsung_name(header: str) -> str:
    """Return a header without the prefix of its app."""
    return normal_header(header).rpartition(".")[2]


def _sleeps(draft: Draft) -> None:
    """Set bed time: the start of the record less the latency that was measured before it."""
    begin, end = _local_stamps(draft, "start_time", "end_time")
    records.put_columns(draft, {"sleep_latency": records.Column("sol_min", "ms")})
    latency = draft.columns.get("sol_min", np.full(len(begin), np.nan))
    bed = shifted(begin, -np.nan_to_num(latency, nan=0.0))
    draft.put("into_bed", bed, draft.header("start_time"), kind="device")
    draft.put("out_of_bed", end, draft.header("end_time"), kind="device")


def _local_stamps(draft: Draft, *words: str) -> list[Stamps]:
    """Read UTC stamps, as text or milliseconds since 1970, and bring them to the row's clock."""
    utc = [_utc(draft, word) for word in words]
    if "time_offset" not in draft.place:
        if draft.options.tz:
            draft.notes.append(f"UTC stamps were brought to the clock of {draft.options.tz}.")
            return [to_wall(one, draft.options.tz) for one in utc]
        draft.assumed.append(
            "There is no column 'time_offset': clock times are UTC. Give the zone: "
            f"{option('read_diary(path', tz='Europe/Berlin')}."
        )
        return utc
    header, cells = draft.header("time_offset"), draft.cells("time_offset")
    offset: Floats = read_offsets(cells)
    if np.isnan(offset).all():  # older: milliseconds east of UTC
        thousands = read_numbers(cells).values
        offset = np.where(np.abs(thousands) < _DAY_MS, thousands / 60_000, np.nan)
    for i in np.flatnonzero(np.isnan(offset)).tolist():
        draft.refused[i] = (
            f"column {header!r}: {cells[i].strip()!r} is no offset such as UTC+0530, so the clock "
            "of this row is not known."
        )
    tracker.put_zone(draft, offset, header)
    return [shifted(one, offset) for one in utc]


def _utc(draft: Draft, word: str) -> Stamps:
    cells = draft.cells(word)
    written = next((cell for cell in cells.tolist() if cell.strip()), "")
    if not _EPOCH.fullmatch(written.strip()):
        return tracker.read_stamps_of(draft, [word])[0]
    values = draft.parsed(read_numbers(cells), draft.header(word))
    stamps = np.full(len(values), "NaT", "M8[us]")
    known = np.isfinite(values)
    stamps[known] = (values[known] * 1000).astype("int64").astype("datetime64[us]")
    return stamps


def _asleep(draft: Draft) -> None:
    """Set time asleep from the efficiency, and the middle of the record."""
    columns = draft.columns
    latency = columns.get("sol_min", np.full(len(draft.table), np.nan))
    begin = shifted(columns["into_bed"], np.nan_to_num(latency, nan=0.0))
    span = (columns["out_of_bed"] - begin) / np.timedelta64(1, "m")
    middle = (begin - draft.night) / np.timedelta64(1, "h") + span / 120.0
    draft.put("midsleep_h", middle, "start_time, end_time", kind="device",
              label="middle of the record", made_of=["into_bed", "out_of_bed"])  # fmt: skip
    if "efficiency" in draft.place:
        column = records.Column("tst_min", least=0, most=100, zero_missing=True, label=_ASLEEP)
        share = records.read_column(draft, "efficiency", column)
        if not np.isnan(share).all():
            header = draft.header("efficiency")
            draft.put("tst_min", share / 100.0 * span, header, **column.told())
    measured = int(np.isfinite(latency).sum())
    draft.notes.append(
        f"On {measured} of {len(draft.table)} records a latency was measured; it ends as the "
        "record begins, so bed time is the start less the latency. On the others the start is bed "
        "time, often typed in to the nearest ten minutes."
    )


def _stress(draft: Draft) -> None:
    (start,) = _local_stamps(draft, "start_time")
    draft.columns.pop("zone", None)
    score = records.read_column(draft, "score", records.Column("stress", least=0, most=100))
    summarise_days(draft, start, score, "stress", draft.header("score"))


SLEEP = tracker.Tracker(
    name="samsung",
    product="Samsung Health (sleep)",
    recognised_by="first line com.samsung.shealth.sleep, header in the second",
    gives="bed time and rising on the local clock; where a watch measured: latency, time asleep, "
    "REM and light sleep, score; stress stands in a file of its own",
    signature=("start_time", "end_time", "time_offset", "sleep_duration", "efficiency",
               "datauuid", "sleep_latency"),
    word=samsung_name,
    clocks={"start_time": "into_bed", "end_time": "out_of_bed"},
    columns={
        "total_rem_duration": records.Column("rem_min", "min"),
        "total_light_duration": records.Column("light_min", "min"),
        "sleep_score": records.Column(
            "sleep_score", least=0, most=100, zero_missing=True, when="night",
            label="Samsung's sleep score", made_of=["tst_min", "sol_min", "rem_min", "light_min"],
        ),
    },
    known=("time_offset", "sleep_latency", "efficiency", *_BOOKKEEPING),
    claims=_claims("sleep", "start_time", "end_time"),
    stamps=_sleeps,
    after=_asleep,
)  # fmt: skip

STRESS = tracker.Tracker(
    name="samsung_stress",
    product="Samsung Health (stress)",
    recognised_by="first line com.samsung.shealth.stress, header with start_time and score",
    gives="stress of each day as mean and maximum (06:00 to midnight) and mean of the evening "
    "(from 18:00)",
    signature=("start_time", "score", "time_offset", "max", "min", "tag_id", "binning_data"),
    word=samsung_name,
    role="evenings",
    claims=_claims("stress", "start_time", "score"),
    after=_stress,
    known=None,
)
FORMATS = (SLEEP, STRESS)
