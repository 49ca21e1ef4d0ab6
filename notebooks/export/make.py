"""Make the invented files of notebooks 07 and 09: ``python notebooks/export/make.py``.

``oura_trends.csv`` has the layout of Oura's old web export, its repeated header and its words for
"nothing" included; ``habits.csv`` is a list as a person keeps it in a spreadsheet. Nothing is of
anybody. Planted: each glass of wine raises the lowest heart rate of the night by 2.5 beats and
lowers heart rate variability by 4 ms; a late meal takes 10 min of sleep; coffees and stress do
nothing.

``article.csv`` is the diary that an article's claims are held against, with what is planted in it.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss

HERE = Path(__file__).parent
WINE_BPM, WINE_MS, LATE_MEAL_MIN = 2.5, -4.0, -10.0
HEADER = (
    "date,Sleep Score,Sleep Timing,Total Sleep Duration,Total Bedtime ,Awake Time,"
    "REM Sleep Duration,Light Sleep Duration,Deep Sleep Duration,Restless Sleep,Sleep Efficiency,"
    "Sleep Latency,Sleep Timing,Bedtime Start,Bedtime End,Average Resting Heart Rate,"
    "Lowest Resting Heart Rate,Average HRV,Temperature Deviation (°C),Respiratory Rate,Steps,"
    "Activity Burn,Readiness Score"
)


def article() -> str:
    """Return the diary of notebook 07, what is planted in it as that says it."""
    kinds = {"none": "none", "chamomile": "A", "magnesium": "B"}
    sooner = {f"supplement_kind={kind}": 0.65 for kind in ("chamomile", "magnesium")}
    nights, _ = ss.simulate_nights(
        350, seed=20, effects={"stress": -6.0},
        latency_ratios={**sooner, "reading": 0.8, "screens_min": 1.005},
    )  # fmt: skip
    names = {
        "supplement_kind": "kratom_kind",
        "supplement_time_h_before_bed": "kratom_h_before_bed",
    }
    nights = nights.drop(columns="supplement_dose_mg").rename(columns=names)
    nights["kratom_kind"] = nights["kratom_kind"].map(kinds)
    nights["kratom"] = used = nights["kratom_kind"] != "none"
    nights["kratom_dose"] = used * np.ceil(3 * np.random.default_rng(7).random(len(nights)))
    run = (used != used.shift()).cumsum()
    dates = nights.index.to_series()
    days = (dates - dates.groupby(run).transform("min")).dt.days
    minutes = used * (20 - 15 * days / 7) - 35 * (~used & (days < 3) & (run > 1))
    for clock in ("final_wake", "out_of_bed"):
        nights[clock] += pd.to_timedelta(minutes.round(), unit="min")
    computed = ["sleep_onset", "tst_min", "spt_min", "tib_min", "twak_min", "se_pct", "midsleep_h"]
    nights = nights.drop(columns=computed)
    for name in nights.select_dtypes("datetime"):
        nights[name] = nights[name].dt.strftime("%Y-%m-%d %H:%M")
    return nights.round(2).to_csv(lineterminator="\n")


def export(seed: int = 9) -> dict[str, str]:
    """Return the files by name."""
    rng = np.random.default_rng(seed)
    nights, _ = ss.simulate_nights(
        150, seed=seed, start="2026-01-05", effects={"late_meal": LATE_MEAL_MIN},
        latency_ratios={}, sd_min=30, missing=0, rounding=1,
    )  # fmt: skip
    n = len(nights)
    wine = nights["alcohol_drinks"].astype(float).fillna(0).to_numpy()
    drift = pd.Series(rng.normal(size=n)).ewm(alpha=0.4).mean().to_numpy()
    lowest = 52 + 3 * drift + WINE_BPM * wine + rng.normal(scale=1.5, size=n)
    hrv = 48 - 4 * drift + WINE_MS * wine + rng.normal(scale=4, size=n)
    asleep = nights["tst_min"].to_numpy()
    begin, end = nights["into_bed"], nights["out_of_bed"]
    in_bed = ((end - begin) / pd.Timedelta("1min")).to_numpy()
    lines = [HEADER]
    for i in range(n):
        if i % 29 == 17:  # the ring was not worn
            continue
        rem, deep = int(0.22 * asleep[i]) * 60, int(0.17 * asleep[i]) * 60
        total, bed = int(asleep[i]) * 60, int(in_bed[i]) * 60
        middle = int((begin.iloc[i] - begin.iloc[i].normalize()).total_seconds()) % 600 + 13_800
        score = int(np.clip(40 + asleep[i] / 10, 30, 98))
        morning = nights.index[i] + pd.Timedelta(days=1)
        lines.append(
            f"{morning:%Y-%m-%d},{score},{60 + i % 37},{total},{bed},"
            f"{bed - total},{rem},{total - rem - deep},{deep},{20 + i % 19},"
            f"{round(100 * total / bed)},{int(nights['sol_min'].iloc[i]) * 60 + 30 * (i % 2)},"
            f"{middle},{begin.iloc[i]:%Y-%m-%dT%H:%M:%S}+01:00,"
            f"{end.iloc[i]:%Y-%m-%dT%H:%M:%S}+01:00,{lowest[i] + 6:.1f},{lowest[i]:.1f},"
            f"{hrv[i]:.0f},{rng.normal(scale=0.2):.2f},{14 + rng.normal(scale=0.3):.1f},"
            f"{rng.integers(3000, 14000)},{rng.integers(150, 700) if i % 23 else 'None'},"
            f"{int(np.clip(85 - 3 * wine[i] - 2 * drift[i], 30, 99))}"
        )
    meal = nights["late_meal"].map({True: "yes", False: "no"}).fillna("")
    habits = pd.DataFrame(
        {
            "Date": nights.index.strftime("%d.%m.%Y"),
            "Coffees": nights["caffeine_cups"].astype("Int64"),
            "Wine (glasses)": nights["alcohol_drinks"].astype("Int64"),
            "Late meal": meal,
            "Stress (0-10)": nights["stress"].astype("Int64"),
        }
    )
    habits = habits.drop(index=habits.index[[k for k in range(n) if k % 31 == 8]])
    out = io.StringIO()
    habits.to_csv(out, index=False, sep=";", lineterminator="\n")
    made = {"oura_trends.csv": "\n".join(lines) + "\n", "habits.csv": out.getvalue()}
    return made | {"article.csv": article()}


if __name__ == "__main__":
    for name, text in export().items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
