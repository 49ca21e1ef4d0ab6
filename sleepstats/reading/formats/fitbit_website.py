"""Fitbit's website export: sections with a title line each, of which ``Sleep`` is read.

Numbers carry thousands commas, ``N/A`` is missing. Stamps are local, in one of two spellings
(``2024-03-01 11:12PM``, ``01-03-2024 11:12 pm``); files pasted together hold both.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from sleepstats.arrays import Floats, Stamps
from sleepstats.errors import DiaryError
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    read_together,
    tell_unused,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, normal_header, read_table, split_line

_MEASURES = {
    "minutes asleep": Measure("tst_min", "min", zero_missing=True),
    "minutes awake": Measure("awake_min", "min"),
    "number of awakenings": Measure(
        "nawk", least=0, most=500, told={"label": "awakenings, as the device says"}
    ),
    "time in bed": Measure("tib_min", "min", zero_missing=True),
    "minutes rem sleep": Measure("rem_min", "min"),
    "minutes light sleep": Measure("light_min", "min"),
    "minutes deep sleep": Measure("deep_min", "min"),
}
_NEEDED = ("start time", "end time", "minutes asleep")
_TITLE = re.compile(r'"?(?:Sleep|Body|Foods|Activities|Food Log \d{8})"?[,;\t ]*')
_SLEEP = re.compile(r'"?Sleep"?[,;\t ]*')
#: Fitbit is known to write thousands commas: that they are such is not assumed here.
_THOUSANDS = "are read as thousands."
_MONTH_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with a title line and, below it, the columns of sleep or another section."""
    first = preview.first_line()
    for line in range(first, min(len(preview.lines), 60) + 1):
        if _TITLE.fullmatch(preview.lines[line - 1].strip()):
            found = header_of(preview, _NEEDED, line=line + 1, name=normal_header)
            if found is not None:
                why = "a section 'Sleep' has Start Time, End Time, Minutes Asleep"
                return Claim(95, line + 1, found[0], why)
    found = header_of(preview, _NEEDED, line=first, name=normal_header)
    if found is not None:
        return Claim(92, first, found[0], "the header has Start Time, End Time, Minutes Asleep")
    sections = [text for text in preview.lines if _TITLE.fullmatch(text.strip())]
    dated = any(text.casefold().startswith("date,") for text in preview.lines[first : first + 1])
    if sections and dated and preview.lines[first - 1] == sections[0]:
        return Claim(91, first + 1, ",", f"it begins with Fitbit's section {sections[0].strip()!r}")
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read the sleep of one website export."""
    source, header_line, set_aside = _only_sleep(source, claim)
    table = read_table(source, header_line, claim.delimiter)
    table.skipped = [(line, set_aside.get(line, why)) for line, why in table.skipped]
    place = places(table)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    begin, end = _stamps(draft, [place["start time"], place["end time"]], options)
    draft.put("into_bed", begin, table.header[place["start time"]], kind="device")
    draft.put("out_of_bed", end, table.header[place["end time"]], kind="device")
    put_measures(draft, place, _MEASURES)
    draft.assumed = [text for text in draft.assumed if _THOUSANDS not in text]
    date_records(draft, begin, place["start time"])
    check_spans(draft, "into_bed", ("out_of_bed",))
    _in_bed(draft)
    draft.notes.append(
        "Fitbit's website gives no latency and does not name naps. Its time in bed, awakenings and "
        "stages are the device's own and not always consistent with minutes asleep and awake."
    )
    tell_unused(draft, [i for key, i in place.items() if key in {*_NEEDED, *_MEASURES}])
    return draft


def _only_sleep(source: Source, claim: Claim) -> tuple[Source, int, dict[int, str]]:
    """Blank the lines of other sections, so that line numbers stay those of the file."""
    lines = source.text.split("\n")
    header_line = claim.header_line
    titles = [i for i, line in enumerate(lines) if _TITLE.fullmatch(line.strip())]
    if not titles:
        return source, header_line, {}
    asleep = [i for i in titles if _SLEEP.fullmatch(lines[i].strip())]
    if not asleep:
        found = ", ".join(repr(lines[i].strip(' ",;\t')) for i in titles)
        raise DiaryError(
            f"{source.name}: the Fitbit export has the sections {found}, but no 'Sleep'. "
            "Export again and tick Sleep."
        )
    at = next((i for i in asleep if i + 2 == header_line), asleep[0])
    header = lines[at + 1].strip() if at + 1 < len(lines) else ""
    if not set(_NEEDED) <= {normal_header(c) for c in split_line(header, claim.delimiter)}:
        raise DiaryError(
            f"{source.name}, line {at + 1}: below the title 'Sleep' there is no header with Start "
            "Time, End Time and Minutes Asleep. Export again."
        )
    aside: dict[int, str] = {}
    all_titles, sleeps = set(titles), set(asleep)
    for first, after in zip([0, *titles], [*titles, len(lines)], strict=True):
        title = lines[first].strip(' ",;\t') if first in all_titles else ""
        below = lines[first + 1].strip() if first + 1 < len(lines) else ""
        wanted = first == at or (first in sleeps and below == header)
        why = f"section {title!r}, {'other columns' if first in sleeps else 'not sleep'}"
        for i in (first,) if wanted else range(first, after):
            if lines[i].strip():
                aside[i + 1] = "title of a section" if wanted else why
                lines[i] = ""
    text = "\n".join(lines if source.text.endswith("\n") else [*lines, ""])
    return replace(source, text=text), at + 2, aside


def _stamps(draft: Draft, at: list[int], options: Options) -> tuple[Stamps, Stamps]:
    """Read both stamps; where nothing shows the order of day and month, the day comes first."""
    try:
        (begin, _), (end, _) = read_together(draft, at, options)
    except DiaryError:
        if options.dayfirst is not None:
            raise
        first = next(
            c for i in at for c in draft.table.columns[i].tolist() if _MONTH_LAST.match(c.strip())
        )
        (begin, _), (end, _) = read_together(draft, at, replace(options, dayfirst=True))
        draft.assumed.append(
            f"Column {draft.table.header[at[0]]!r}: nothing shows whether {first.strip()!r} begins "
            "with the day or the month; the day was taken, as Fitbit writes it. If it is the "
            "month: read_diary(path, dayfirst=False)."
        )
    return begin, end


def _in_bed(draft: Draft) -> None:
    """Fill time in bed, where it is blank, with minutes asleep and awake."""
    if "tst_min" not in draft.columns or "awake_min" not in draft.columns:
        return
    both: Floats = draft.columns["tst_min"] + draft.columns["awake_min"]
    if "tib_min" not in draft.columns:
        draft.put("tib_min", both, "Minutes Asleep, Minutes Awake", kind="device")
        return
    given = draft.columns["tib_min"]
    draft.columns["tib_min"] = np.where(np.isnan(given), both, given)


FORMAT = Format(
    name="fitbit_website",
    product="Fitbit (website export)",
    recognised_by="a title line Sleep, below it Start Time, End Time, Minutes Asleep",
    gives="time in bed and asleep, awakenings, stages; no latency, naps not named",
    recognise=recognise,
    read=read,
    signature=("start time", "end time", "minutes asleep", "minutes awake",
               "number of awakenings", "time in bed"),
)  # fmt: skip
