"""Diaries with a planted effect under each of the four date rules, read without saying which.

    python benchmarks/evening_rules.py [--write] [DIARIES]

A cup of coffee takes 25 minutes of the night that follows it. Each diary is written by each rule,
with clock times or only with hours slept, alone or beside a tracker that recorded the same nights
with the dates of their stamps; as a list of habits without sleep, beside that tracker; and with a
column of dates that is headed `wake date`, or as a form heads it. Of each is counted whether the
effect is found in the answer, told beside it as one of two readings, or lost without a word.
"""

import io
import re
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss

RULES = ("evening", "morning", "bedtime", "calendar")
PLANTED_MIN = -25.0


#: What the diaries are: the header of their dates, what else they hold, and what stands beside.
KINDS = {
    "clocks": ("date", True, False),
    "hours slept": ("date", False, False),
    "clocks, beside a tracker": ("date", True, True),
    "hours slept, beside a tracker": ("date", False, True),
    "list, beside a tracker": ("date", None, True),
    "clocks, a form": ("Submitted at", True, False),
    "hours slept, 'wake date'": ("wake date", False, False),
}
#: Headers that say that a date is a morning's stand over no others.
ONLY_MORNINGS = ("clocks, a form", "hours slept, 'wake date'")


def written(
    seed, rule, *, clocks, nights=100, later_on_free_days=45.0, header="date", beside=False
):
    """Return a diary as the text of a table whose dates name what the rule says.

    With ``beside`` the text of a tracker's export of the same nights, too.
    """
    rng = np.random.default_rng(seed)
    evenings = pd.date_range("2026-01-05", periods=nights) + pd.Timedelta(days=int(seed % 7))
    cups = rng.integers(0, 5, nights)
    free = np.isin(evenings.day_of_week, (4, 5))
    bed = 23.6 + rng.normal(0.0, 0.7, nights)
    slept = 450.0 + PLANTED_MIN * cups + later_on_free_days * free + rng.normal(0.0, 25.0, nights)
    begin = evenings + pd.to_timedelta(bed.round(3), unit="h").round("min")
    end = begin + pd.to_timedelta(slept.round(), unit="min")
    dates = {"evening": evenings, "bedtime": begin}.get(rule, evenings + pd.Timedelta(days=1))
    tracker = "sid,start,stop,rating\n" + "".join(
        f"{i},{one.value // 10**6},{other.value // 10**6},0\n"
        for i, (one, other) in enumerate(zip(begin, end, strict=True))
    )
    if beside:  # what a person writes down is not what a tracker records
        begin = begin + pd.to_timedelta(rng.normal(-5.0, 10.0, nights).round(), unit="min")
        end = end + pd.to_timedelta(rng.normal(5.0, 10.0, nights).round(), unit="min")
        slept = slept + rng.normal(-20.0, 20.0, nights)
    # a calendar day's own cups come after the night that ended that morning
    own = np.append(cups[1:], 0) if rule == "calendar" else cups
    if rule == "calendar" and clocks is None:  # there is no night in it: it is the evening's
        dates, own = evenings, cups
    head = {None: "", True: "bedtime,woke up,hours slept,", False: "hours slept,"}[clocks]
    head = f"{header},{head}coffee"
    rows = [
        f"{date:%Y-%m-%d},"
        + (f"{one:%H:%M},{other:%H:%M}," if clocks else "")
        + ("" if clocks is None else f"{minutes / 60:.2f},")
        + f"{cup}"
        for date, one, other, minutes, cup in zip(dates, begin, end, slept, own, strict=True)
    ]
    text = "\n".join([head, *rows]) + "\n"
    return (text, tracker) if beside else text


def outcome(text, tracker=None):
    """Say what a person is told of the effect: found, told as one of two readings, or lost."""
    files = [io.StringIO(one) for one in (tracker, text) if one is not None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(files, tz="UTC") if tracker else ss.read_diary(files[0])
    length = "tib_min" if tracker or "tst_min" not in nights else "tst_min"
    said = ss.answer(nights, outcomes=length)
    row = said.table[said.table["factor"] == "coffee"].iloc[0]
    if row["status"] == "found" and row["effect_low"] <= PLANTED_MIN <= row["effect_high"]:
        return "found"
    if any(re.search(r"Coffee(?: \([^)]*\))?: about", text) for text in said.asides):
        return "told"  # perhaps beside a finding of another size
    return "found, another size" if row["status"] == "found" else "lost"


def table_of(diaries):
    """Return the counts as lines of text."""
    lines = [f"{'columns':<31}{'rule':<10}found  another size  told beside  lost"]
    for kind, (header, clocks, beside) in KINDS.items():
        for rule in RULES:
            if kind in ONLY_MORNINGS and rule in ("evening", "bedtime"):
                continue
            counts = Counter()
            for seed in range(diaries):
                text = written(seed, rule, clocks=clocks, header=header, beside=beside)
                counts[outcome(*text) if beside else outcome(text)] += 1
            lines.append(
                f"{kind:<31}{rule:<10}{counts['found']:>5}"
                f"{counts['found, another size']:>14}{counts['told']:>13}{counts['lost']:>6}"
            )
            print(lines[-1], flush=True)
    return lines


def main(arguments):
    """Count, and with --write put the counts into the page beside this file."""
    numbers = [int(one) for one in arguments if one.isdigit()]
    diaries = numbers[0] if numbers else 50
    lines = table_of(diaries)
    if "--write" in arguments:
        page = Path(__file__).with_suffix(".md")
        text = re.sub(r"rules.py \d+`: \d+ inv", f"rules.py {diaries}`: {diaries} inv",
                      page.read_text(encoding="utf-8"))  # fmt: skip
        head, _, rest = text.partition("```\n")
        body = "\n".join(lines)
        rest = rest.partition("```\n")[2]
        page.write_text(f"{head}```\n{body}\n```\n{rest}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
