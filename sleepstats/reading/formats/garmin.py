"""Garmin Connect, the web page's export of sleep: nights of a week or four, or one night's page.

The first column is the date of waking, whatever its header says. Bed and wake time are clock times
without a date, in the notation of the page's language, and bound the sleep itself: there is no time
in bed and no latency. The export of a year has one row per week, which is no night.
"""

from __future__ import annotations

import re

import numpy as np

from sleepstats.arrays import Objects
from sleepstats.clock import evening_of
from sleepstats.errors import DiaryError
from sleepstats.reading.cells import distinct, read_clocks
from sleepstats.reading.nights import Claim, Draft, Options, Preview, diary_clocks, tracker
from sleepstats.reading.nights.records import Column, read_column
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, split_line
from sleepstats.reading.words import DATES, meaning

_TITLE = re.compile(r"sleep score \d+ (?:days?|weeks?)")
_WEEKLY = {"avg score", "avg duration", "avg bedtime"}
_NIGHTLY = {"score", "duration", "bedtime", "wake time"}
#: Beside the words of a night: Garmin's own, where the first header was renamed to a date's.
_OWN = {"sleep need", "body battery", "hrv status", "pulse ox", "skin temp change"}
#: Words after a number, and signs in front of it that keep spreadsheets from calculating.
_AFTER = re.compile(r"^'?([+-]?\d[\d.,]*)\s*(?:bpm|brpm|ms|%|°\s?[cf]?)$", re.I)
_GUARD = re.compile(r"^'(?=[+-])")


def _name(header: str) -> str:
    key = normal_header(header).replace("₂", "2")
    return "date" if _TITLE.fullmatch(key) or meaning(key) in DATES else key


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim the export of a week, of four weeks, of a year, or of one night."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        keys = [normal_header(cell) for cell in preview.cells(line, delimiter)]
        if set(keys) >= _WEEKLY:
            return Claim(95, line, delimiter, "the header has 'Avg Score': one row per week")
        titles = [cell for cell in preview.cells(line, delimiter) if _name(cell) == "date"]
        own = any(_TITLE.fullmatch(key) for key in keys) or len(_OWN & set(keys)) > 1
        if set(keys) >= _NIGHTLY and titles and own:
            return Claim(95, line, delimiter, f"the header has {titles[0]!r}")
        if not _TITLE.fullmatch(keys[0]):
            continue
        body = {normal_header(split_line(text, delimiter)[0]) for text in preview.lines if text}
        if {"date", "sleep duration"} <= body:
            return Claim(95, line, delimiter, f"{keys[0]!r} and one item per line: one night")
    return None


def _table(source: Source, claim: Claim) -> RawTable:
    """Cut an export of nights; one of weeks is refused."""
    if "per week" in claim.why:
        raise DiaryError(
            f"{source.name}, line {claim.header_line}: this is Garmin's export of weekly averages. "
            "A week is no night: nothing that differs from night to night is left in it. Choose "
            "'4 Weeks' or '7 Days' on the page and export each period."
        )
    if "one item per line" in claim.why:
        table = _page(source, claim.header_line, claim.delimiter)
    else:
        table = tracker.plain_table(source, claim)
    table.columns = [_plain(column) for column in table.columns]
    return table


def _after(draft: Draft) -> None:
    _too_long(draft)
    draft.notes.append(
        "Garmin's bed time is when it saw sleep begin: there is no time in bed, no latency, and "
        "naps are not in this export. The night is the one that ended on the row's date."
        if "sleep_onset" in draft.columns
        else "There are no clock times in the export of one night. The night is the one that ended "
        "on its date."
    )


def _page(source: Source, header_line: int, delimiter: str) -> RawTable:
    """Return one night's page of keys and values as a table of one row."""
    found: dict[str, tuple[str, str]] = {}
    skipped: list[tuple[int, str]] = []
    first = header_line
    for number, text in enumerate(source.text.rstrip("\n").split("\n"), start=1):
        cells = split_line(text, delimiter)
        key, value = cells[0], cells[1] if len(cells) > 1 else ""
        if key and value and _name(key) not in found:
            found[_name(key)] = (key, value)
            first = number if len(found) == 1 else first
            why = f"an item of the night in line {first}"
        else:
            why = "a heading" if key and not value else "said before" if key else "blank line"
        skipped.append((number, why))
    if "date" not in found:
        raise DiaryError(
            f"{source.name}: this page of one night has no date. Expected a line such as "
            "'Date,2026-05-19'; export it again."
        )
    columns = []
    for _, value in found.values():
        cell = np.empty(1, dtype=object)
        cell[0] = value
        columns.append(cell)
    skipped = [(number, why) for number, why in skipped if number != first]
    headers = [key for key, _ in found.values()]
    return RawTable(source.name, headers, columns, np.array([first]), skipped)


def _plain(cells: Objects) -> Objects:
    """Return numbers without their unit and without the signs that guard them."""
    texts, codes = distinct(cells)
    plain = [
        text if text[-1:].isdigit() and text[0] != "'" else _AFTER.sub(r"\1", _GUARD.sub("", text))
        for text in texts
    ]
    return np.array(plain or [""], dtype=object)[codes]


def _clocks(draft: Draft) -> None:
    """Date the clock times: waking is on the row's date, falling asleep before it."""
    day = tracker.read_days(draft, draft.at("date"))
    draft.night = (day - np.timedelta64(1, "D")).astype("M8[D]")
    if not {"bedtime", "wake time"} <= set(draft.place):
        return
    minutes = []
    for key in ("bedtime", "wake time"):
        clocks = read_clocks(draft.cells(key), role="any", twelve_hour=False)
        minutes.append(draft.parsed(clocks, draft.header(key)).copy())
    bed, wake = minutes
    draft.cut_day(bed)
    evening = bed - np.where(bed >= 60.0 * draft.day_cut_h, 1440.0, 0.0)
    onset = np.where(np.isnan(wake), evening, wake - np.mod(wake - bed, 1440.0))
    draft.put("sleep_onset", diary_clocks.to_stamps(day, onset), draft.header("bedtime"),
              kind="device")  # fmt: skip
    draft.put("final_wake", diary_clocks.to_stamps(day, wake), draft.header("wake time"),
              kind="device")  # fmt: skip
    began = evening_of(draft.columns["sleep_onset"], draft.day_cut_h)
    draft.night = np.where(np.isnat(began), draft.night, began)


def _too_long(draft: Draft) -> None:
    """Tell of durations longer than the time between the clock times."""
    if not {"sleep_onset", "final_wake", "tst_min"} <= set(draft.columns):
        return
    span = (draft.columns["final_wake"] - draft.columns["sleep_onset"]) / np.timedelta64(1, "m")
    asleep = draft.columns["tst_min"]
    for i in np.flatnonzero(asleep > span + 5).tolist():
        header = draft.told["tst_min"]["header"]
        draft.tell(
            i, header,
            f"{asleep[i]:.0f} min asleep in the {span[i]:.0f} min between the clock times "
            "(were the clocks changed, or is a nap in it?)",
        )  # fmt: skip


_PULSE = Column("sleeping_heart_rate_bpm", least=20, most=200, zero_missing=True)
_SCORE = Column(
    "quality", least=1, most=100, when="night", unit="", label="the app's sleep score",
    made_of=["tst_min"],
)  # fmt: skip

FORMAT = tracker.Tracker(
    name="garmin",
    product="Garmin Connect (web export)",
    recognised_by="'Sleep Score 7 Days', '4 Weeks' or '1 Day' in the first cell with Score, "
    "Duration, Bedtime, Wake Time; weekly averages are recognised and refused",
    gives="onset, waking, time asleep, resting heart rate, heart rate variability; one night's "
    "page also stages and stress while asleep; no latency, no time in bed, no habits",
    signature=("score", "resting heart rate", "body battery", "pulse ox", "respiration",
               "hrv status", "quality", "duration", "sleep need", "bedtime", "wake time"),
    word=_name,
    claims=_claims,
    table=_table,
    labels="morning",
    records=False,
    dating=_clocks,
    columns={
        "score": _SCORE,
        "sleep score": _SCORE,
        "duration": Column("tst_min", "h", zero_missing=True),
        "sleep duration": Column("tst_min", "h", zero_missing=True),
        "deep sleep duration": Column("deep_min", "h"),
        "light sleep duration": Column("light_min", "h"),
        "rem duration": Column("rem_min", "h"),
        "awake time": Column("awake_min", "h"),
        "sleep need": Column(
            "sleep_need_min", "h", when="day", unit="min", label="sleep the app says is needed"
        ),
        "resting heart rate": Column(
            "resting_heart_rate_bpm", least=20, most=200, zero_missing=True
        ),
        "avg overnight heart rate": Column(
            "sleeping_heart_rate_bpm", least=20, most=200, zero_missing=True
        ),
        "pulse ox": Column("blood_oxygen_pct", least=50, most=100, zero_missing=True),
        "avg spo2": Column("blood_oxygen_pct", least=50, most=100, zero_missing=True),
        "respiration": Column("breaths_per_min", least=2, most=60, zero_missing=True),
        "avg respiration": Column("breaths_per_min", least=2, most=60, zero_missing=True),
        "hrv status": Column("hrv_ms", least=0, most=500, zero_missing=True),
        "avg overnight hrv": Column("hrv_ms", least=0, most=500, zero_missing=True),
        "body battery": Column(
            "body_battery", when="night", zero_missing=True, label="body battery"
        ),
        "body battery change": Column(
            "body_battery_change", when="night", label="body battery gained"
        ),
        "skin temp change": Column(
            "skin_temperature_change", when="night", label="skin temperature change"
        ),
        "stress avg": Column("stress_asleep", most=100, when="night", label="stress while asleep"),
        "restless moments": Column("restless_moments", when="night"),
    },
    known=("date", "bedtime", "wake time", "quality"),
    after=_after,
)  # fmt: skip


def _asleep(draft: Draft) -> None:
    """Add the stages up to the time asleep, in which the device saw any."""
    stages = [draft.columns[n] for n in ("deep_min", "light_min", "rem_min") if n in draft.columns]
    if stages:
        asleep = np.nansum(stages, axis=0)
        asleep = np.where(asleep > 0, asleep, np.nan)
        draft.put("tst_min", asleep, draft.header("lightsleepseconds"), kind="device")
        for name in ("deep_min", "light_min", "rem_min", "awake_min"):
            if name in draft.columns:
                draft.columns[name][np.isnan(asleep)] = np.nan


ACCOUNT = tracker.Tracker(
    name="garmin_account",
    product="Garmin (account export, …_sleepData.json)",
    recognised_by="records with sleepStartTimestampGMT, sleepEndTimestampGMT and calendarDate",
    gives="onset, waking, time asleep and stages; no latency, no time in bed",
    signature=("sleepstarttimestampgmt", "sleependtimestampgmt", "calendardate",
               "deepsleepseconds", "lightsleepseconds"),
    needs=("sleepstarttimestampgmt", "sleependtimestampgmt", "lightsleepseconds"),
    why="the records have sleepStartTimestampGMT and lightSleepSeconds, as Garmin's",
    clocks={"sleepstarttimestampgmt": "sleep_onset", "sleependtimestampgmt": "final_wake"},
    zone="utc",
    lone_naps=True,
    columns={
        "deepsleepseconds": Column("deep_min", "s"),
        "lightsleepseconds": Column("light_min", "s"),
        "remsleepseconds": Column("rem_min", "s"),
        "awakesleepseconds": Column("awake_min", "s"),
        "sleepscores.overallscore": _SCORE,
        "averagerespiration": Column("breaths_per_min", least=2, most=60, zero_missing=True),
        "avgsleepstress": Column("stress_asleep", least=0, most=100, when="night",
                                 label="stress while asleep"),
        "restlessmomentcount": Column("restless_moments", when="night"),
    },
    known=lambda word: True,
    before=_asleep,
    notes=("Garmin's record begins when it saw sleep begin: there is no time in bed and no "
           "latency.",),
)  # fmt: skip

#: How long the day was spent at which stress, in minutes, by header of the web's file and of the
#: account's records; and the day's average, of the hours awake where they are told apart.
_AT_REST = {
    "stress_rest_min": ("rest", "time at rest"),
    "stress_low_min": ("low", "time in low stress"),
    "stress_medium_min": ("medium", "time in medium stress"),
    "stress_high_min": ("high", "time in high stress"),
}
_AVERAGE = ("avg", "stress", "average", "overall", "stress level", "avg stress", "stress avg")
_DAILY = "alldaystress.aggregatorlist."
_TITLE_STRESS = re.compile(r"stress (?:last )?\d+ (?:days?|weeks?)|")


def _stress_word(header: str) -> str:
    key = normal_header(header)
    if key.startswith(_DAILY):
        part, _, what = key.removeprefix(_DAILY).partition(".")
        named = {"averagestresslevel": "avg"} | {
            f"{level}duration": level for level, _ in _AT_REST.values()
        }
        return f"{part} {named.get(what, what)}"
    key = "date" if key == "calendardate" or _TITLE_STRESS.fullmatch(key) else key
    return key.removesuffix(" stress").removesuffix(" duration").removesuffix(" stress")


def _claims_stress(preview: Preview, options: Options) -> Claim | None:
    """Claim the web's table of daily stress, or the account's daily summaries."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        words = {_stress_word(cell) for cell in preview.cells(line, delimiter)}
        if {"date", "total avg"} <= words or ({"date", "alldaystress"} <= words):
            return Claim(95, line, delimiter, "the records have allDayStress, as Garmin's of a day")
        if {"date", "rest", "low", "medium", "high"} <= words and words & set(_AVERAGE):
            return Claim(95, line, delimiter, "the header has Rest, Low, Medium and High stress")
    return None


def _days_of_stress(draft: Draft) -> None:
    """Take each day's stress for the night that begins on its evening."""
    draft.night = tracker.read_days(draft, draft.at("date"))
    part = next((one for one in ("awake ", "total ") if f"{one}avg" in draft.place), "")
    told = {"kind": "factor", "when": "day"}
    average = f"{part}avg" if part else next(w for w in _AVERAGE if w in draft.place)
    whole = "" if part == "awake " else ", the day with its night"
    for name, (level, label) in _AT_REST.items():
        if (word := f"{part}{level}") in draft.place:
            column = Column(name, "s" if part else "h", least=0, most=1440)
            values = read_column(draft, word, column)
            draft.put(name, values, draft.header(word), label=f"{label}{whole}", unit="min", **told)
    # -1 and -2 stand for too little seen, 0 for nothing.
    cells = draft.cells(average)
    cells[[cell.strip() in ("-1", "-2", "-1.0", "-2.0") for cell in cells.tolist()]] = ""
    values = read_column(draft, average, Column("stress", most=100, zero_missing=True))
    known = [draft.columns[name] for name in _AT_REST if name in draft.columns]
    for one in known:  # blank where the day had none of it
        one[np.isnan(one) & np.isfinite(values)] = 0.0
    draft.put(
        "stress", values, draft.header(average), label=f"Garmin's average stress{whole}",
        made_of=[name for name in _AT_REST if name in draft.columns], unit="", **told,
    )  # fmt: skip
    draft.notes.append(
        "Garmin's stress of a day goes with the night that begins on its evening"
        + ("." if not whole else "; it holds the hours asleep of the night before as well.")
    )


STRESS = tracker.Tracker(
    name="garmin_stress",
    product="Garmin (stress by day: Connect's Stress.csv, or UDSFile_….json of the account)",
    recognised_by="a date with Rest, Low, Medium and High stress and their average; or records "
    "with calendarDate and allDayStress",
    gives="no sleep: average stress of each day and the time at rest and in low, medium and high "
    "stress, joined to the night that follows",
    signature=("date", "avg", "rest", "low", "medium stress", "high stress"),
    word=_stress_word,
    claims=_claims_stress,
    role="evenings",
    dating=_days_of_stress,
    known=None,
)

FORMATS = (FORMAT, ACCOUNT, STRESS)
