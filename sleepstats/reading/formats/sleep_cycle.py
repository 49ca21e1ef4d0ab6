"""Sleep Cycle: three iOS layouts, the Android one, and each of them re-saved by a spreadsheet.

No column dates the night; ``Start`` and ``End`` are full local stamps. The duration column is
elapsed time and right where a clock change makes the stamps an hour off. ``0`` stands for "not
measured" in time in bed, heart rate and weather. Notes are joined by colons and describe the
evening before the night.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading import cells as of
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, tracker
from sleepstats.reading.nights.records import Column, tell_zeros
from sleepstats.reading.text import DELIMITERS, normal_header

_MOODS = {":)": 3.0, ":|": 2.0, ":(": 1.0, "good": 3.0, "ok": 2.0, "bad": 1.0}
_NO_MOOD = ("", "not set", "—", "-")
_DASHES = ("", "—", "-")

#: Words of the Android layout, and of older ones, for the same columns.
_SAME = {
    "went to bed": "start", "woke up": "end", "heart rate(bpm)": "heart rate",
    "activity(steps)": "steps", "asleep after(seconds)": "time before sleep(seconds)",
    "snore time(seconds)": "snore time", "sleep notes": "notes", "wake up": "mood",
}  # fmt: skip
_ZERO_IS_MISSING = ("heart_rate_bpm", "tib_min", "tst_min", "steps")


def _key(header: str) -> str:
    return normal_header(header).replace(" (", "(")


def _word(header: str) -> str:
    key = _key(header)
    return _SAME.get(key, "weather temperature" if key.startswith("weather temperature") else key)


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file whose header has Sleep Cycle's stamp pair and its own columns."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        keys = [_key(cell) for cell in preview.cells(number, delimiter)]
        have = set(keys)
        if {"went to bed", "woke up", "sleep quality"} <= have:
            layout = "Android layout"
        elif not {"start", "end", "sleep quality"} <= have:
            continue
        elif "time in bed" in have:
            layout = "iOS layout before 2020"
        elif "awake(seconds)" in have:
            layout = "iOS layout since 2023"
        elif have & {"time in bed(seconds)", "regularity"}:
            layout = "iOS layout of 2020 to 2022"
        else:
            continue
        why = f"the header has {_quoted(keys[:3])} and the columns of the {layout}"
        if delimiter != ";":
            why += ", re-saved with another delimiter"
        return Claim(95, number, delimiter, why)
    return None


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _after(draft: Draft) -> None:
    _moods(draft)
    _weather(draft)
    _zeros(draft)
    _nothing(draft)
    _notes(draft)
    _unused(draft)


def _moods(draft: Draft) -> None:
    if "mood" not in draft.place:
        return
    cells, header = draft.cells("mood"), draft.header("mood")
    texts, codes = of.distinct(cells)
    words = [text.casefold() for text in texts]
    mood = np.array([_MOODS.get(word, np.nan) for word in words])[codes]
    unknown = np.array([word not in _MOODS and word not in _NO_MOOD for word in words])[codes]
    for i in np.flatnonzero(unknown).tolist():
        draft.tell(i, header, f"{cells[i]!r} is no mood. Expected Good, OK, Bad or a face.")
    if not np.isnan(mood).all():
        draft.put("mood_on_waking", mood, header, label="mood on waking (1 bad, 2 ok, 3 good)")


def _weather(draft: Draft) -> None:
    if "weather temperature" not in draft.place:
        return
    header = draft.header("weather temperature")
    degrees = draft.parsed(of.read_numbers(draft.cells("weather temperature")), header)
    if "f)" in _key(header):
        degrees = (degrees - 32.0) * (5.0 / 9.0)
    if "weather type" in draft.place:
        types = draft.cells("weather type").tolist()
        degrees[[t.strip().casefold() in ("no weather", "") for t in types]] = np.nan
    if not np.isnan(degrees).all():
        draft.put("weather_temperature_c", degrees, header)


def _zeros(draft: Draft) -> None:
    """Take the app's zeros for what they mean: not measured."""
    minutes = draft.columns.get("tib_min")
    if minutes is not None:
        failed = np.flatnonzero(minutes == 0)
        span = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "m")
        for i in failed.tolist():
            draft.tell(
                i,
                draft.told["tib_min"]["header"],
                f"0 although {span[i] / 60:.1f} h lie between the stamps: tracking failed, "
                "so time in bed, its end and the app's scores are missing.",
            )
            draft.columns["out_of_bed"][i] = NEVER
        for name in ("quality", "device_regularity_pct", "tst_min", "sol_min", "awake_min",
                     "rem_min", "light_min", "deep_min"):  # fmt: skip
            if name in draft.columns:
                draft.columns[name][failed] = np.nan
    for name in _ZERO_IS_MISSING:
        if name in draft.columns:
            header = draft.told.get(name, {}).get("header", name)
            tell_zeros(draft, draft.columns[name], header)


def _nothing(draft: Draft) -> None:
    """Leave out columns in which nothing was measured."""
    for name in [n for n, v in draft.columns.items() if v.dtype == float and np.isnan(v).all()]:
        if name != "tib_min":
            del draft.columns[name]
            draft.told.pop(name, None)


def _notes(draft: Draft) -> None:
    if "notes" not in draft.place:
        return
    header = draft.header("notes")
    tags = of.split_tags(draft.cells("notes"), ":")
    names = of.unused_names(list(tags), set(draft.columns))
    for tag, values in tags.items():
        draft.put(names[tag], values, header, kind="factor", when="day", label=tag)
    if tags:
        blank = np.asarray(next(iter(tags.values())).isna(), dtype=bool)
        if note := of.note_on_blanks(draft.night, blank, "note"):
            draft.notes.append(note)


def _unused(draft: Draft) -> None:
    """Note the columns that were not read, whether or not they hold anything."""
    known = {*FORMAT.clocks, *FORMAT.columns, "mood", "notes", "weather temperature"}
    rest = [draft.header(word) for word in draft.place if word not in known]
    if rest:
        draft.notes.append(f"Columns not used: {', '.join(rest)}.")


FORMAT = tracker.Tracker(
    name="sleep_cycle",
    product="Sleep Cycle (iOS and Android)",
    recognised_by="columns Start, End, Sleep quality and time in bed (Android: Went to bed, "
    "Woke up, Sleep Quality)",
    gives="time in bed; newer layouts also time asleep and a latency that the app sets as a share "
    "of time in bed; notes as yes / no / not recorded habits, mood on waking, steps",
    signature=("start", "end", "sleep quality", "time in bed", "wake up", "sleep notes"),
    word=_word,
    claims=_claims,
    clocks={"start": "into_bed", "end": "out_of_bed"},
    clock_kind="",
    columns={
        "time in bed": Column("tib_min", "h"),
        "time in bed(seconds)": Column("tib_min", "s"),
        "time asleep(seconds)": Column("tst_min", "s"),
        "time before sleep(seconds)": Column("sol_min", "s"),
        "awake(seconds)": Column("awake_min", "s", kind=""),
        "dream(seconds)": Column("rem_min", "s", kind=""),
        "light(seconds)": Column("light_min", "s", kind=""),
        "deep(seconds)": Column("deep_min", "s", kind=""),
        "snore time": Column("snore_min", "s", kind=""),
        "alarm mode": Column("alarm_mode", "text", kind="", blank=_DASHES),
        "city": Column("city", "text", kind="", blank=_DASHES),
        "weather type": Column("weather", "text", kind="", blank=(*_DASHES, "No weather")),
        "heart rate": Column("heart_rate_bpm", kind=""),
        "steps": Column("steps", kind=""),
        "air pressure(pa)": Column("air_pressure_kpa", kind=""),
        "movements per hour": Column("movements_per_h", kind=""),
        "coughing(per hour)": Column("coughs_per_h", kind=""),
        "body temperature deviation(degrees celsius)": Column(
            "body_temperature_deviation_c", kind=""
        ),
        "sleep quality": Column(
            "quality", when="night", unit="%", label="the app's sleep score",
            made_of=["tib_min", "tst_min", "awake_min", "movements_per_h"],
        ),
        "regularity": Column("device_regularity_pct", kind=""),
        "alertness score": Column("alertness_score", when="morning"),
        "alertness reaction time(seconds)": Column("alertness_reaction_time_s", when="morning"),
        "alertness accuracy": Column("alertness_accuracy", when="morning"),
    },
    in_file_order=True,
    known=None,
    besides=("notes", "mood"),
    after=_after,
)  # fmt: skip
