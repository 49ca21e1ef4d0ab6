"""Oura's account export beside the sleeps: daily stress, stress through the day, tags.

``day`` and ``start_day`` are calendar days: they go with the night that begins on their evening.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Objects
from sleepstats.reading.cells.kinds import unused_names
from sleepstats.reading.formats.oura import in_zone
from sleepstats.reading.nights import entries, records, tracker
from sleepstats.reading.nights.draft import Claim, Draft, Options, Preview
from sleepstats.reading.nights.stamps import dates_of
from sleepstats.reading.text import normal_header

_KINDS = {
    "daily stress": ("day", "stress_high", "recovery_high"),
    "stress through the day": ("timestamp", "stress_value"),
    "tags": ("tag_type_code", "start_day"),
}
_HIGH = {"stress_high": "stress_high_min", "recovery_high": "recovery_high_min"}
_SAMPLES = {"stress_value": "stress", "recovery_value": "recovery"}
_PREFIX = re.compile(r"^tag_(?:generic|sleep|custom)?_?")
#: A tag set before this hour belongs to the evening before.
_NIGHT_ENDS = np.timedelta64(4, "h")
_LONGEST_DAYS = 60


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim one of the three tables by its own pair of names."""
    line = preview.first_line()
    for kind, needed in _KINDS.items():
        found = tracker.header_of(preview, needed, line=line, word=normal_header)
        if found is not None:
            return Claim(95, line, found[0], f"the header has {', '.join(needed)}: Oura's {kind}")
    return None


def _evenings(draft: Draft) -> None:
    """Read one file of daily stress, of stress samples, or of tags."""
    if "stress_value" in draft.place:
        _samples(draft)
    elif "stress_high" in draft.place:
        _daily(draft)
    else:
        _tags(draft)


def _daily(draft: Draft) -> None:
    draft.night = dates_of(draft, "day")
    high = {
        key: records.read_column(draft, key, records.Column(name, "s"))
        for key, name in _HIGH.items()
    }
    words = np.full(len(draft.table), None, dtype=object)
    if "day_summary" in draft.place:
        cells = [cell.strip() for cell in draft.cells("day_summary").tolist()]
        words[:] = [word or None for word in cells]
        unworn = np.array([not word for word in cells], dtype=bool) & (sum(high.values()) == 0)
        for values in high.values():
            values[unworn] = np.nan
    for key, name in _HIGH.items():
        label = f"time in high {key.split('_')[0]}, whole day"
        draft.put(name, high[key], key, kind="factor", when="day", unit="min", label=label)
    if any(word is not None for word in words.tolist()):
        summary = pd.array(words, dtype="str")
        told = {"kind": "factor", "when": "day", "made_of": list(_HIGH.values())}
        label = "Oura's summary of the day's stress"
        draft.put("stress_day_summary", summary, "day_summary", label=label, **told)


def _samples(draft: Draft) -> None:
    (stamps,) = in_zone(draft, "timestamp")
    for word, name in _SAMPLES.items():
        if word in draft.place:
            values = records.read_column(draft, word, records.Column(name, least=0, most=100))
            entries.summarise_days(draft, stamps, values, name, draft.header(word))


def _tags(draft: Draft) -> None:
    day = dates_of(draft, "start_day")
    draft.night = _evening(draft, day)
    names = _tag_words(draft)
    last = dates_of(draft, "end_day") if "end_day" in draft.place else day
    length = np.where(np.isnat(last), 0, (last - day) / np.timedelta64(1, "D"))
    length = np.where((length >= 0) & (length <= _LONGEST_DAYS), length, 0).astype(int) + 1
    keep = np.flatnonzero(~np.isnat(draft.night) & (names != ""))
    rows = np.repeat(keep, length[keep])
    ends = np.cumsum(length[keep])
    steps = np.arange(len(rows)) - np.repeat(ends - length[keep], length[keep])
    evening = draft.night[rows] + steps.astype("timedelta64[D]")
    tags, days = list(dict.fromkeys(names[keep].tolist())), np.unique(evening)
    ticked = np.zeros((len(tags), len(days)), dtype=bool)
    number = {tag: j for j, tag in enumerate(tags)}
    ticked[[number[t] for t in names[rows].tolist()], np.searchsorted(days, evening)] = True
    columns = unused_names(tags, set())
    draft.evenings = pd.DataFrame(
        {
            columns[tag]: pd.arrays.BooleanArray(ticked[j], np.zeros(len(days), dtype=bool))
            for tag, j in number.items()
        },
        index=pd.DatetimeIndex(days.astype("datetime64[us]")),
    )
    for tag in tags:
        header = draft.header("tag_type_code")
        draft.told[columns[tag]] = {"header": header, "kind": "factor", "when": "day", "label": tag}
    draft.notes.append(
        f"Tags were kept on {len(days)} days; on those a tag that is not there is a no, on all "
        "others no tag is recorded."
    )


def _evening(draft: Draft, day: Days) -> Days:
    """Return the evening of each tag: its day, or the day before when set in the small hours."""
    if "start_time" not in draft.place:
        return day
    (stamps,) = tracker.read_stamps_of(draft, ["start_time"])
    since = stamps - stamps.astype("datetime64[D]")
    small = (since < _NIGHT_ENDS) & (since > np.timedelta64(0, "s"))
    return np.where(small, stamps.astype("datetime64[D]") - np.timedelta64(1, "D"), day)


def _tag_words(draft: Draft) -> Objects:
    """Return each tag in words: the person's own name for it, else Oura's code without its stem."""
    codes = draft.cells("tag_type_code").tolist()
    named = "custom_name" in draft.place
    own = draft.cells("custom_name").tolist() if named else [""] * len(codes)
    words = np.empty(len(codes), dtype=object)
    known = {pair: _word(*pair) for pair in dict.fromkeys(zip(codes, own, strict=True))}
    words[:] = [known[pair] for pair in zip(codes, own, strict=True)]
    for i in np.flatnonzero(words == "").tolist():
        draft.tell(i, draft.header("tag_type_code"), "a tag without a name: not used.")
    return words


def _word(code: str, own: str) -> str:
    plain = _PREFIX.sub("", code.strip()).replace("_", " ")
    return own.strip() or ("" if plain in ("custom", "None") else plain)


FORMAT = tracker.Tracker(
    name="oura_companions",
    product="Oura (account export: daily stress, stress through the day, tags)",
    recognised_by="columns day, stress_high, recovery_high; or timestamp, stress_value; or "
    "tag_type_code, start_day",
    gives="minutes in high stress and recovery per day; stress samples as mean, maximum and "
    "evening mean per day; tags as yes / no / not recorded habits",
    claims=_claims,
    role="evenings",
    after=_evenings,
    known=None,
    signature=("day", "day_summary", "recovery_high", "stress_high", "timestamp", "stress_value",
               "tag_type_code", "custom_name", "start_day"),
)  # fmt: skip
