"""Fitbit's sleep log: as the website exported it, and as people flatten the JSON of Takeout.

The website's file has sections with a title line each, of which ``Sleep`` is read. Numbers carry
thousands commas, ``N/A`` is missing. Stamps are local, in one of two spellings (``2024-03-01
11:12PM``, ``01-03-2024 11:12 pm``); files pasted together hold both.

Takeout's ``sleep-….json`` and the web API's answers become a table with the JSON's own names, or
with those that ``pandas.json_normalize`` makes of them (``levels.summary.deep.minutes``).
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError, option
from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, tracker
from sleepstats.reading.text import RawTable, Source, normal_header, split_line

_NEEDED = ("start time", "end time", "minutes asleep")
_TITLE = re.compile(r'"?(?:Sleep|Body|Foods|Activities|Food Log \d{8})"?[,;\t ]*')
_SLEEP = re.compile(r'"?Sleep"?[,;\t ]*')
_MONTH_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with a title line and, below it, the columns of sleep or another section."""
    first = preview.first_line()
    for line in range(first, min(len(preview.lines), 60) + 1):
        if _TITLE.fullmatch(preview.lines[line - 1].strip()):
            found = tracker.header_of(preview, _NEEDED, line=line + 1, word=normal_header)
            if found is not None:
                why = "a section 'Sleep' has Start Time, End Time, Minutes Asleep"
                return Claim(95, line + 1, found[0], why)
    found = tracker.header_of(preview, _NEEDED, line=first, word=normal_header)
    if found is not None:
        return Claim(92, first, found[0], "the header has Start Time, End Time, Minutes Asleep")
    sections = [text for text in preview.lines if _TITLE.fullmatch(text.strip())]
    dated = any(text.casefold().startswith("date,") for text in preview.lines[first : first + 1])
    if sections and dated and preview.lines[first - 1] == sections[0]:
        return Claim(91, first + 1, ",", f"it begins with Fitbit's section {sections[0].strip()!r}")
    return None


def _table(source: Source, claim: Claim) -> RawTable:
    """Cut the sections named Sleep out of the file."""
    source, header_line, set_aside = _only_sleep(source, claim)
    table = tracker.plain_table(source, replace(claim, header_line=header_line))
    table.skipped = [(line, set_aside.get(line, why)) for line, why in table.skipped]
    return table


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


def _stamps(draft: Draft) -> None:
    """Read both stamps; where nothing shows the order of day and month, the day comes first."""
    clocks = WEBSITE.clocks
    try:
        tracker.put_clocks(draft, clocks)
    except DiaryError:
        if draft.options.dayfirst is not None:
            raise
        cells = (cell for word in clocks for cell in draft.cells(word).tolist())
        first = next((cell for cell in cells if _MONTH_LAST.match(cell.strip())), None)
        if first is None:  # a year of two digits, which Fitbit does not write
            raise
        tracker.put_clocks(draft, clocks, dayfirst=True)
        draft.assumed.append(
            f"Column {draft.header('start time')!r}: nothing shows whether {first.strip()!r} "
            "begins with the day or the month; the day was taken, as Fitbit writes it. If it is "
            f"the month: {option('read_diary(path', dayfirst=False)}."
        )


def _thousands(draft: Draft) -> None:
    """Fitbit is known to write thousands commas: that they are such is not assumed here."""
    draft.assumed = [text for text in draft.assumed if "are read as thousands." not in text]


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


WEBSITE = tracker.Tracker(
    name="fitbit_website",
    product="Fitbit (website export)",
    recognised_by="a title line Sleep, below it Start Time, End Time, Minutes Asleep",
    gives="time in bed and asleep, awakenings, stages; no latency, naps not named",
    signature=("start time", "end time", "minutes asleep", "minutes awake",
               "number of awakenings", "time in bed"),
    clocks={"start time": "into_bed", "end time": "out_of_bed"},
    columns={
        "minutes asleep": records.Column("tst_min", "min", zero_missing=True),
        "minutes awake": records.Column("awake_min", "min"),
        "number of awakenings": records.Column(
            "nawk", least=0, most=500, label="awakenings, as the device says"
        ),
        "time in bed": records.Column("tib_min", "min", zero_missing=True),
        "minutes rem sleep": records.Column("rem_min", "min"),
        "minutes light sleep": records.Column("light_min", "min"),
        "minutes deep sleep": records.Column("deep_min", "min"),
    },
    claims=_claims,
    table=_table,
    stamps=_stamps,
    before=_thousands,
    after=_in_bed,
    notes=(
        "Fitbit's website gives no latency and does not name naps. Its time in bed, awakenings "
        "and stages are the device's own and not always consistent with minutes asleep and awake.",
    ),
)  # fmt: skip

SESSIONS = tracker.Tracker(
    name="fitbit_sessions",
    product="Fitbit (sleep log of Takeout or the web API as a table)",
    recognised_by="columns dateOfSleep, startTime, endTime, minutesAsleep",
    gives="time in bed and asleep, stages, latency (mostly 0: then refused); naps by the rule for "
    "several records of a night",
    signature=("dateofsleep", "starttime", "endtime", "minutesasleep", "minutesawake",
               "timeinbed"),
    needs=("dateofsleep", "starttime", "endtime", "minutesasleep"),
    why="the header has dateOfSleep, startTime, endTime and minutesAsleep of Fitbit's sleep log",
    clocks={"starttime": "into_bed", "endtime": "out_of_bed"},
    columns={
        "timeinbed": records.Column("tib_min", "min", zero_missing=True),
        "minutesasleep": records.Column("tst_min", "min", zero_missing=True),
        "minutesawake": records.Column("awake_min", "min"),
        "minutestofallasleep": records.Column("sol_min", "min"),
        **{
            word: records.Column(f"{stage}_min", "min")
            for stage in ("deep", "light", "rem")
            for word in (f"{stage}_min", f"{stage}_minutes", f"levels.summary.{stage}.minutes")
        },
    },
    lone_naps=True,
    after=lambda draft: records.put_final_wake(draft, "minutesafterwakeup"),
    # what the others say already, and scores made of them
    known=("dateofsleep", "duration", "efficiency", "ismainsleep", "logid", "type", "infocode",
           "minutesafterwakeup"),
    notes=(
        "Fitbit's sleep log has local clock times without a zone: after a journey they are those "
        "of the tracker. Efficiency is Fitbit's own score and not used.",
    ),
)  # fmt: skip
FORMATS = (WEBSITE, SESSIONS)
