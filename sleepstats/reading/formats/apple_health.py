"""Apple Health's own ``export.xml``, or ``export.zip``: its records of sleep, from every device.

The file is read as a stream into the table of Simple Health Export CSV, whose rules hold here as
they are: one device a night, minutes are those of the union of its segments.
"""

from __future__ import annotations

from dataclasses import replace

from sleepstats.reading.formats import simple_health_export
from sleepstats.reading.nights.draft import Claim, Options, Preview
from sleepstats.reading.nights.tracker import header_of
from sleepstats.reading.text import normal_header

_NEEDED = ("healthdata", "sourcename", "startdate", "enddate", "value")


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim the table that is made of the export's records of sleep."""
    line = preview.first_line()
    found = header_of(preview, _NEEDED, line=line, word=normal_header)
    why = "an export of Apple Health: records of sleep analysis"
    return Claim(95, line, found[0], why) if found else None


FORMAT = replace(
    simple_health_export.FORMAT,
    name="apple_health",
    product="Apple Health (export.zip or export.xml)",
    recognised_by="XML with HealthData, also inside of the .zip that the Health app shares",
    claims=_claims,
    signature=_NEEDED,
)
