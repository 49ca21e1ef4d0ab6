"""Samsung Health's ``com.samsung.shealth.stress.<stamp>.csv``: many samples a day, 0 to 100.

Stamps are UTC, the row's ``time_offset`` gives the local clock. Files of histograms begin alike
and are not this.
"""

from __future__ import annotations

import re

import numpy as np

from sleepstats.reading.formats.samsung import local_stamps, samsung_name
from sleepstats.reading.nights.day_samples import summarise_days
from sleepstats.reading.nights.device_table import Measure, header_of, places, read_measure
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, read_table

_TITLE = re.compile(r'"?com\.samsung\.s?health\.stress"?\s*(?:[,;\t].*)?')
_SCORE = Measure("stress", least=0, most=100)


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file that names itself Samsung Health's stress in its first line."""
    line = preview.first_line()
    if not preview.lines or not _TITLE.fullmatch(preview.lines[line - 1].strip()):
        return None
    found = header_of(preview, ("start_time", "score"), line=line + 1, name=samsung_name)
    if found is None:
        return None
    why = "the first line says com.samsung.shealth.stress, the second has start_time and score"
    return Claim(96, line + 1, found[0], why)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of stress samples."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table, samsung_name)
    draft = Draft(
        table, FORMAT.name, claim.why, np.full(len(table), "NaT", "datetime64[D]"), role="evenings"
    )
    (start,) = local_stamps(draft, place, ("start_time",), options)
    draft.columns.pop("zone", None)
    header = table.header[place["score"]]
    score = read_measure(draft, table.columns[place["score"]], header, _SCORE)
    summarise_days(draft, start, score, "stress", header)
    return draft


FORMAT = Format(
    name="samsung_stress",
    product="Samsung Health (stress)",
    recognised_by="first line com.samsung.shealth.stress, header with start_time and score",
    gives="stress of each day as mean and maximum (06:00 to midnight) and mean of the evening "
    "(from 18:00)",
    recognise=recognise,
    read=read,
    signature=("start_time", "score", "time_offset", "max", "min", "tag_id", "binning_data"),
)
