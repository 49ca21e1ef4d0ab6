"""Samsung Health's ``com.samsung.shealth.sleep.<stamp>.csv``: a line of metadata, then the header.

Stamps are UTC; ``time_offset`` of the row gives the clock at the bed. Latency, in milliseconds,
lies *before* the start of the record: the start is the onset of sleep where a watch measured one,
and bed time where the person typed it in. ``efficiency`` of 0 is not measured. Columns and
their order change with the app, and some carry its prefix.
"""

from __future__ import annotations

import re

import numpy as np

from sleepstats.arrays import Floats, Stamps
from sleepstats.reading.cells import read_numbers
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measure,
    put_measures,
    put_zone,
    read_measure,
    read_offsets,
    read_together,
    shifted,
    tell_unused,
    to_zone,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import RawTable, Source, normal_header, read_table

_TITLE = re.compile(r'"?com\.samsung\.s?health\.sleep"?\s*(?:[,;\t].*)?')
_EPOCH = re.compile(r"\d{12,13}")
_MEASURES = {
    "total_rem_duration": Measure("rem_min", "min"),
    "total_light_duration": Measure("light_min", "min"),
    "sleep_score": Measure(
        "sleep_score", least=0, most=100, zero_missing=True,
        told={"when": "night", "label": "Samsung's sleep score",
              "made_of": ["tst_min", "sol_min", "rem_min", "light_min"]},
    ),
}  # fmt: skip
_ASLEEP = "time asleep (efficiency × length of the record)"
_READ = {"start_time", "end_time", "time_offset", "sleep_latency", "efficiency", *_MEASURES}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file that names itself Samsung Health's sleep in its first line."""
    line = preview.first_line()
    if not preview.lines or not _TITLE.fullmatch(preview.lines[line - 1].strip()):
        return None
    found = header_of(preview, ("start_time", "end_time"), line=line + 1, name=samsung_name)
    if found is None:
        return None
    why = "the first line says com.samsung.shealth.sleep, the second has start_time and end_time"
    return Claim(96, line + 1, found[0], why)


def samsung_name(header: str) -> str:
    """Return a header without the prefix of its app.

    >>> samsung_name("com.samsung.health.sleep.start_time")
    'start_time'
    """
    return normal_header(header).rpartition(".")[2]


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of sleeps."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table, samsung_name)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    begin, end = local_stamps(draft, place, ("start_time", "end_time"), options)
    latency = np.full(len(table), np.nan)
    if "sleep_latency" in place:
        at = place["sleep_latency"]
        put_measure(draft, at, Measure("sol_min", "ms"))
        latency = draft.columns.get("sol_min", latency)
    header = table.header[place["start_time"]]
    bed = shifted(begin, -np.nan_to_num(latency, nan=0.0))
    draft.put("into_bed", bed, header, kind="device")
    draft.put("out_of_bed", end, table.header[place["end_time"]], kind="device")
    put_measures(draft, place, _MEASURES)
    date_records(draft, bed, place["start_time"])
    check_spans(draft, "into_bed", ("out_of_bed",))
    _asleep(draft, place, begin)
    measured = int(np.isfinite(latency).sum())
    draft.notes.append(
        f"On {measured} of {len(table)} records a latency was measured; it ends as the record "
        "begins, so bed time is the start less the latency. On the others the start is bed time, "
        "often typed in to the nearest ten minutes."
    )
    tell_unused(draft, [i for key, i in place.items() if key in _READ or key in _BOOKKEEPING])
    return draft


_BOOKKEEPING = {
    "create_sh_ver", "modify_sh_ver", "update_time", "create_time", "client_data_id",
    "client_data_ver", "deviceuuid", "pkg_name", "datauuid", "data_version", "custom",
}  # fmt: skip


def local_stamps(
    draft: Draft, place: dict[str, int], keys: tuple[str, ...], options: Options
) -> list[Stamps]:
    """Read UTC stamps, as text or milliseconds since 1970, and bring them to the row's clock."""
    table = draft.table
    utc = [_utc(draft, table, place[key], options) for key in keys]
    if "time_offset" not in place:
        if options.tz:
            draft.notes.append(f"UTC stamps were brought to the clock of {options.tz}.")
            return [to_zone(one, options.tz) for one in utc]
        draft.assumed.append(
            "There is no column 'time_offset': clock times are UTC. Give the zone: "
            "read_diary(path, tz='Europe/Berlin')."
        )
        return utc
    header = table.header[place["time_offset"]]
    offset: Floats = read_offsets(table.columns[place["time_offset"]])
    for i in np.flatnonzero(np.isnan(offset)).tolist():
        cell = table.columns[place["time_offset"]][i].strip()
        draft.refused[i] = (
            f"column {header!r}: {cell!r} is no offset such as UTC+0530, so the clock of this row "
            "is not known."
        )
    put_zone(draft, offset, header)
    return [shifted(one, offset) for one in utc]


def _utc(draft: Draft, table: RawTable, at: int, options: Options) -> Stamps:
    cells = table.columns[at]
    written = [cell for cell in cells.tolist() if cell.strip()]
    if written and _EPOCH.fullmatch(written[0].strip()):
        values = draft.parsed(read_numbers(cells), table.header[at])
        stamps = np.full(len(values), np.datetime64("NaT", "us"), dtype="datetime64[us]")
        known = np.isfinite(values)
        stamps[known] = (values[known] * 1000).astype("int64").astype("datetime64[us]")
        return stamps
    ((stamps, _),) = read_together(draft, [at], options)
    return stamps


def _asleep(draft: Draft, place: dict[str, int], begin: Stamps) -> None:
    """Set time asleep from the efficiency, and the middle of the record."""
    end = draft.columns["out_of_bed"]
    span = (end - begin) / np.timedelta64(1, "m")
    middle = (begin - draft.night) / np.timedelta64(1, "h") + span / 120.0
    draft.put("midsleep_h", middle, "start_time, end_time", kind="device",
              made_of=["into_bed", "out_of_bed"])  # fmt: skip
    if "efficiency" in place:
        header = draft.table.header[place["efficiency"]]
        measure = Measure("efficiency", least=0, most=100, zero_missing=True)
        share = read_measure(draft, draft.table.columns[place["efficiency"]], header, measure)
        if not np.isnan(share).all():
            draft.put("tst_min", share / 100.0 * span, header, kind="device", label=_ASLEEP)


FORMAT = Format(
    name="samsung",
    product="Samsung Health (sleep)",
    recognised_by="first line com.samsung.shealth.sleep, header in the second",
    gives="bed time and rising on the local clock; where a watch measured: latency, time asleep, "
    "REM and light sleep, score; stress stands in a file of its own",
    recognise=recognise,
    read=read,
    signature=("start_time", "end_time", "time_offset", "sleep_duration", "efficiency",
               "datauuid", "sleep_latency"),
)  # fmt: skip
