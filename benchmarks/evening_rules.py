"""Diaries with a planted effect under each of the four date rules, read without saying which.

    python benchmarks/evening_rules.py [DIARIES]

A cup of coffee takes 25 minutes of the night that follows it. Each diary is written by each rule,
with clock times or only with hours slept; of each is counted whether the effect is found in the
answer, told beside it as one of two readings, or lost without a word.
"""

import io
import sys
import warnings
from collections import Counter

import numpy as np
import pandas as pd

import sleepstats as ss

RULES = ("evening", "morning", "bedtime", "calendar")
PLANTED_MIN = -25.0


def written(seed, rule, *, clocks, nights=100, later_on_free_days=45.0):
    """Return a diary as the text of a table whose dates name what the rule says."""
    rng = np.random.default_rng(seed)
    evenings = pd.date_range("2026-01-05", periods=nights) + pd.Timedelta(days=int(seed % 7))
    cups = rng.integers(0, 5, nights)
    free = np.isin(evenings.day_of_week, (4, 5))
    bed = 23.6 + rng.normal(0.0, 0.7, nights)
    slept = 450.0 + PLANTED_MIN * cups + later_on_free_days * free + rng.normal(0.0, 25.0, nights)
    begin = evenings + pd.to_timedelta(bed.round(3), unit="h").round("min")
    end = begin + pd.to_timedelta(slept.round(), unit="min")
    dates = {"evening": evenings, "bedtime": begin}.get(rule, evenings + pd.Timedelta(days=1))
    # a calendar day's own cups come after the night that ended that morning
    own = np.append(cups[1:], 0) if rule == "calendar" else cups
    head = "date,bedtime,woke up,hours slept,coffee" if clocks else "date,hours slept,coffee"
    rows = [
        f"{date:%Y-%m-%d},"
        + (f"{one:%H:%M},{other:%H:%M}," if clocks else "")
        + f"{minutes / 60:.2f},{cup}"
        for date, one, other, minutes, cup in zip(dates, begin, end, slept, own, strict=True)
    ]
    return "\n".join([head, *rows]) + "\n"


def outcome(text):
    """Say what a person is told of the effect: found, told as one of two readings, or lost."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO(text))
    said = ss.answer(nights, outcomes="tst_min")
    row = said.table[said.table["factor"] == "coffee"].iloc[0]
    if row["status"] == "found" and row["effect_low"] <= PLANTED_MIN <= row["effect_high"]:
        return "found"
    if any("Coffee: about" in text for text in said.asides):
        return "told"  # perhaps beside a finding of another size
    return "found, another size" if row["status"] == "found" else "lost"


def main(diaries):
    """Print the counts as a table."""
    print(f"{'rule':<10}{'columns':<14}found  another size  told beside  lost")
    for clocks in (True, False):
        for rule in RULES:
            counts = Counter(outcome(written(s, rule, clocks=clocks)) for s in range(diaries))
            columns = "clocks" if clocks else "hours slept"
            print(
                f"{rule:<10}{columns:<14}{counts['found']:>5}"
                f"{counts['found, another size']:>14}{counts['told']:>13}{counts['lost']:>6}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
