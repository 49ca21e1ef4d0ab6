"""Make the sample diaries in ``data/sample``: ``python data/make_samples.py``.

Everything is invented. The seeds are fixed, so that the files come out the same to the byte; a
test holds them to it. What was planted stands here and in ``data/sample/README.md``.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from sleepstats.simulation import simulate_nights
from sleepstats.simulation.habits import counts, normal, persistent, streaks

SAMPLE = Path(__file__).parent / "sample"

DIARY_SEED = 29
DIARY_EFFECTS = {
    "stress": -8.0,
    "alcohol_drinks": -20.0,
    "screens_min": -0.5,
    "late_meal": -35.0,
    "caffeine_last_h_before_bed": 8.0,
    "caffeine_cups": -2.0,
}
DIARY_RATIOS = {"stress": 1.1, "caffeine_last_h_before_bed": 0.9, "screens_min": 1.006}
#: Planted too small for 120 nights to show: the honest answer is that it was not found.
DIARY_TOO_SMALL = ("caffeine_cups",)

SPREADSHEET_SEED = 3
SPREADSHEET_EFFECTS = {"stress": -14.0}
SPREADSHEET_RATIOS = {"stress": 1.10}

SLEEP_CYCLE_SEED = 33
STRESSFUL_DAY_MIN = -25.0
STRESSFUL_DAY = "Stressful day"


def _clock(times: pd.Series) -> pd.Series:
    return times.dt.strftime("%H:%M").fillna("")


def _number(values: pd.Series) -> pd.Series:
    return values.map(lambda value: "" if pd.isna(value) else f"{value:g}")


def _yes_no(values: pd.Series) -> pd.Series:
    return values.map({True: "yes", False: "no"}).fillna("")


def diary(seed: int = DIARY_SEED) -> bytes:
    """Return 120 nights in the library's own layout."""
    nights, _ = simulate_nights(
        120, seed=seed, start="2025-11-03", effects=DIARY_EFFECTS,
        latency_ratios=DIARY_RATIOS, sd_min=25.0, missing=0.075, rounding=5,
    )  # fmt: skip
    out = pd.DataFrame({"night": nights.index.strftime("%Y-%m-%d")}, index=nights.index)
    for name in ("into_bed", "lights_out"):
        out[name] = _clock(nights[name])
    for name in ("sol_min", "nawk", "waso_min"):
        out[name] = _number(nights[name])
    for name in ("final_wake", "out_of_bed"):
        out[name] = _clock(nights[name])
    for name in ("quality", "stress", "caffeine_cups"):
        out[name] = _number(nights[name])
    out["caffeine_last"] = _clock(_before(nights, "caffeine_last_h_before_bed"))
    for name in ("alcohol_drinks", "screens_min"):
        out[name] = _number(nights[name])
    out["late_meal"] = _yes_no(nights["late_meal"])
    out["exercise_min"] = _number(nights["exercise_min"])
    out["reading"] = _yes_no(nights["reading"])
    out["bedroom_temperature_c"] = _number(nights["bedroom_temperature_c"])
    out["supplement_kind"] = nights["supplement_kind"]
    out["supplement_dose_mg"] = _number(nights["supplement_dose_mg"])
    out["supplement_time"] = _clock(_before(nights, "supplement_time_h_before_bed"))
    rng = np.random.Generator(np.random.PCG64(seed + 1))
    blank = rng.random((len(out), out.shape[1] - 8)) < 0.03  # cells left open, clocks apart
    out.iloc[:, 8:] = out.iloc[:, 8:].mask(blank, "")
    out.loc[out["caffeine_cups"] == "", "caffeine_last"] = ""
    gone = out["supplement_kind"] == ""
    out.loc[gone, ["supplement_dose_mg", "supplement_time"]] = ""
    return out.to_csv(index=False, lineterminator="\n").encode()


def _before(nights: pd.DataFrame, name: str) -> pd.Series:
    return (nights["lights_out"] - pd.to_timedelta(nights[name], unit="h")).dt.round("min")


SHEET_HEADER = (
    "Evening of", "Bed", "Lights off ", "Fell asleep after (min)", "# wakings",
    "Awake in night (min)", "Woke up", "Got up", "Slept", "Quality (1-5)", "Stress (0-10)",
    "Coffees", "Last coffee", "Wine (glasses)", "Phone in bed", "Nap time",
    "Bedroom (°C)", "Notes", "",
)  # fmt: skip


def _sheet_rows(seed: int) -> list[list[str]]:
    """Return 60 clean rows, in the styles one person mixes in one spreadsheet."""
    nights, _ = simulate_nights(
        60, seed=seed, start="2026-01-10", effects=SPREADSHEET_EFFECTS,
        latency_ratios=SPREADSHEET_RATIOS, sd_min=25.0, missing=0.0, rounding=5,
    )  # fmt: skip
    rng = np.random.Generator(np.random.PCG64(seed + 1))
    phone = streaks(rng, 60, 0.5, 0.3)
    nap = np.where(rng.random(60) < 0.12, 10 * np.rint(1 + 8 * rng.random(60)), 0)
    half = np.where(rng.random(60) < 0.4, 0.5, 0.0)
    last = _before(nights, "caffeine_last_h_before_bed").dt.round("15min")
    rows = []
    for i, (night, row) in enumerate(nights.iterrows()):
        slept = int(row["tst_min"])
        wine = row["alcohol_drinks"] + (half[i] if row["alcohol_drinks"] else 0.0)
        rows.append([
            f"{night:%d/%m/%Y}",
            _sheet_clock(row["into_bed"], i),
            _sheet_clock(row["lights_out"], i + 1),
            f"{row['sol_min']:g}", f"{row['nawk']:g}", f"{row['waso_min']:g}",
            _sheet_clock(row["final_wake"], i + 2),
            _sheet_clock(row["out_of_bed"], i),
            (f"{slept // 60}h {slept % 60:02d}m", f"{slept // 60}:{slept % 60:02d}",
             f"{slept} min")[(i // 7) % 3],
            f"{row['quality']:g}", f"{row['stress']:g}", f"{row['caffeine_cups']:g}",
            "" if pd.isna(last.iloc[i]) else _sheet_clock(last.iloc[i], i),
            f"{wine:g}".replace(".", ","),
            ("yes", "y", "Yes")[i % 3] if phone[i] else ("no", "n", "No")[i % 3],
            _sheet_nap(nap[i], i),
            f"{row['bedroom_temperature_c']:.1f}".replace(".", ","),
            "", "",
        ])  # fmt: skip
    return rows


def _sheet_clock(time: pd.Timestamp, i: int) -> str:
    """Write a clock time in one of five styles, mostly the plain one."""
    twelve = f"{time.hour % 12 or 12}:{time:%M} {'pm' if time.hour >= 12 else 'am'}"
    styles = (f"{time:%H:%M}", f"{time:%H:%M}", f"{time:%H.%M}", f"{time:%H:%M}", twelve,
              f"{time:%H%M}", f"{time:%H:%M}:00")  # fmt: skip
    return styles[(3 * i) % 7]


def _averages(rows: list[list[str]]) -> list[str]:
    """Return the cells of the last line, as the spreadsheet's own formula gives them."""
    cells = [""] * 11
    for i in (3, 4, 5, 9, 10, 11):
        values = [float(row[i]) for row in rows if row[i].isdigit()]
        cells[i - 1] = f"{sum(values) / len(values):.1f}".replace(".", ",")
    return cells


def _sheet_nap(minutes: float, i: int) -> str:
    if minutes == 0:
        return ("0", "-", "")[i % 3]
    if minutes % 30 == 0:
        return f"{minutes / 60:g} h".replace(".", ",")
    return f"{minutes:g} min"


def spreadsheet(seed: int = SPREADSHEET_SEED) -> bytes:
    """Return the hand-made spreadsheet: clean rows, then the warts, each at its line."""
    rows = _sheet_rows(seed)
    column = {name.strip(): i for i, name in enumerate(SHEET_HEADER)}

    def set_cell(night: int, name: str, text: str) -> None:
        rows[night][column[name]] = text

    set_cell(0, "Lights off", "24:00")
    set_cell(9, "Lights off", "25:10")
    set_cell(13, "Woke up", "45")
    set_cell(17, "Last coffee", "n/a")
    set_cell(24, "Slept", rows[24][column["Slept"]].replace("h ", "h\u00a0"))
    set_cell(22, "Notes", 'late call; "could not settle"')
    set_cell(26, "Slept", "6h 20m")
    set_cell(33, "Got up", "04:00")
    set_cell(40, "Evening of", "31/02/2026")
    set_cell(44, "Stress (0-10)", "?")
    average = ["Average", *_averages(rows), *[""] * 7]
    for name in list(column)[1:17]:
        set_cell(48, name, "")
    set_cell(52, "Bed", f"  {rows[52][column['Bed']]} ")
    set_cell(57, "Notes", "warm, 26° in the attic")
    first_try = [*rows[29][:9], "", *rows[29][10:17], "", ""]
    set_cell(29, "Notes", "typed again")

    empty = [""] * len(SHEET_HEADER)
    lines: list[list[str] | str] = [
        ["Sleep log \u2013 winter", *empty[1:]],
        empty,
        list(SHEET_HEADER),
        *rows[:15],
        "",
        *rows[15:29],
        first_try,
        *rows[29:36],
        empty,
        list(SHEET_HEADER),
        *rows[36:],
        average,
    ]  # fmt: skip
    text = io.StringIO()
    write = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for line in lines:
        if isinstance(line, str):
            text.write("\r\n")
        else:
            write.writerow(line)
    return text.getvalue().encode("cp1252")


def sleep_cycle(seed: int = SLEEP_CYCLE_SEED) -> bytes:
    """Return 150 nights as the Sleep Cycle app exported them until 2020."""
    n = 150
    rng = np.random.Generator(np.random.PCG64(seed))
    evening = pd.date_range("2019-08-19", periods=n, unit="us")
    weekday = evening.day_of_week.to_numpy()
    weekend = np.isin(weekday, (4, 5))
    tags = {
        "Drank coffee": rng.random(n) < np.where(np.isin(weekday, (5, 6)), 0.4, 0.7),
        "Drank tea": streaks(rng, n, 0.4, 0.3),
        "Ate late": rng.random(n) < np.where(weekend, 0.45, 0.2),
        "Read a book ": streaks(rng, n, 0.45, 0.5),
        STRESSFUL_DAY: streaks(rng, n, 0.3, 0.3),
        "Worked out": rng.random(n) < 0.35,
    }
    noise = np.sqrt(0.7) * persistent(rng, n, 0.4) + np.sqrt(0.3) * normal(rng, n)
    in_bed = 465.0 + 30.0 * weekend - 15.0 * (weekday == 6) + 10.0 * np.linspace(-1, 1, n)
    in_bed = in_bed + 34.0 * noise + STRESSFUL_DAY_MIN * (tags[STRESSFUL_DAY] - 0.3)
    seconds = np.rint(60.0 * in_bed).astype(int)
    begin_s = np.rint(3600 * (23.3 + 0.7 * weekend + 0.4 * persistent(rng, n, 0.3))).astype(int)
    score = np.clip(np.rint(72 + 0.16 * (in_bed - 465) + 7 * normal(rng, n)), 15, 100).astype(int)
    feel = score + 8 * normal(rng, n)
    mood = np.where(feel > 78, ":)", np.where(feel > 62, ":|", ":("))
    mood = np.where(rng.random(n) < 0.15, "", mood)
    heart = np.where(rng.random(n) < 0.3, 0, np.rint(61 + 5 * normal(rng, n))).astype(int)
    steps = np.rint(1500 + 900 * counts(rng, n, 6.0, 16) + 400 * rng.random(n)).astype(int)
    no_notes = np.zeros(n, dtype=bool)
    no_notes[[*range(38, 50), *range(101, 110)]] = True
    failed = np.isin(np.arange(n), (23, 96))
    away = np.isin(np.arange(n), (12, 57, 58, 59, 60, 84, 127, 128))
    clock_change = evening == pd.Timestamp("2019-10-26")  # 03:00 became 02:00

    lines = ["Start;End;Sleep quality;Time in bed;Wake up;Sleep Notes;Heart rate;Activity (steps)"]
    for i in np.flatnonzero(~away).tolist():
        begin = evening[i] + pd.Timedelta(seconds=int(begin_s[i]))
        end = begin + pd.Timedelta(seconds=int(seconds[i]) - 3600 * int(clock_change[i]))
        minutes = seconds[i] // 60
        notes = "" if no_notes[i] else ":".join(tag for tag, on in tags.items() if on[i])
        measured = (
            ("0%", "0:00", "", notes, "0")
            if failed[i]
            else (f"{score[i]}%", f"{minutes // 60}:{minutes % 60:02d}", mood[i], notes,
                  str(heart[i]))
        )  # fmt: skip
        lines.append(";".join((str(begin), str(end), *measured, str(steps[i]))))
    return ("\r\n".join(lines) + "\r\n").encode()


FILES = {"diary.csv": diary, "spreadsheet.csv": spreadsheet, "sleep_cycle.csv": sleep_cycle}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=SAMPLE, help="folder to write to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (out / name).write_bytes(make())


if __name__ == "__main__":
    main()
