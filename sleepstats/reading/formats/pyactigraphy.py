"""pyActigraphy's sleep diary: a row per night, nap or stretch in which the device was not worn."""

from __future__ import annotations

import numpy as np

from sleepstats.reading.nights.draft import Claim, Draft, Options, Preview
from sleepstats.reading.nights.tracker import Tracker, header_of
from sleepstats.reading.text import normal_header

_KINDS = ("night", "nap", "nowear", "active")
#: The header stands below a line with the person's name in the study.
_HEADER_WITHIN = 12


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with TYPE, START and END above rows of pyActigraphy's own types."""
    for line in range(1, min(_HEADER_WITHIN, len(preview.lines)) + 1):
        found = header_of(preview, FORMAT.signature, line=line, word=normal_header)
        if found is None:
            continue
        at = found[1].index("type")
        below = range(line + 1, len(preview.lines) + 1)
        rows = [preview.cells(number, found[0]) for number in below if preview.lines[number - 1]]
        kinds = {row[at].casefold() for row in rows if len(row) > at} - {""}
        if "night" in kinds and kinds <= set(_KINDS):
            why = "the header has TYPE, START and END above rows of NIGHT, NAP or NOWEAR"
            return Claim(95, line, found[0], why)
    return None


def _no_sleep(draft: Draft) -> None:
    """Refuse the rows that are no sleep."""
    kinds = np.array([cell.strip().casefold() for cell in draft.cells("type").tolist()])
    hours = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "h")
    for i in np.flatnonzero(kinds == "nowear").tolist():
        draft.refused[i] = f"the device was not worn for {hours[i]:.1f} h: no sleep."
    for i in np.flatnonzero(kinds == "active").tolist():
        draft.refused[i] = "a stretch awake: no sleep."


FORMAT = Tracker(
    name="pyactigraphy",
    product="pyActigraphy sleep diary",
    recognised_by="columns TYPE, START, END with rows of NIGHT, NAP or NOWEAR",
    gives="times in bed and named naps; no latency, no time asleep, no habits",
    signature=("type", "start", "end"),
    claims=_claims,
    clocks={"start": "into_bed", "end": "out_of_bed"},
    clock_kind="",
    nap=("type", "nap"),
    lone_naps=False,
    known=("type",),
    before=_no_sleep,
    notes=("The file holds times in bed only: no latency, no time asleep, no habits.",),
)
