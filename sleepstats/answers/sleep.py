"""How you sleep, in a few sentences and one small table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers.said import Answer, count_said, known_nights
from sleepstats.checks import check_nights


def how_you_sleep(nights: pd.DataFrame) -> Answer:
    """Say how long, how soon, how efficiently and how regularly.

    >>> index = pd.date_range("2026-01-05", periods=3, name="night")
    >>> print(how_you_sleep(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index)))
    You slept 7 h on the middle night; half of the nights lie between 6 h 50 min and 7 h 05 min ...
    """
    from sleepstats.asking.question_checks import STAND_INS
    from sleepstats.latency import latency_refusal

    check_nights(nights)
    duration = next((name for name in STAND_INS if known_nights(nights, name)), STAND_INS[0])
    names = (duration, *(() if latency_refusal(nights) else ("sol_min",)), "se_pct")
    sentences = [_typical(nights, name) for name in names]
    sentences = [sentence for sentence in (*sentences, _regular(nights)) if sentence]
    return Answer(tuple(sentences or ["This diary holds no measure of sleep."]))


def measures(nights: pd.DataFrame) -> pd.DataFrame:
    """Show every measure for reading: the middle night, the middle half, how many nights.

    >>> index = pd.date_range("2026-01-05", periods=3, name="night")
    >>> measures(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index))
                     middle night             middle half  nights  missing
    total sleep time          7 h  6 h 50 min to 7 h 05 min       3        0
    """
    from sleepstats.measures.description import describe_nights

    described = describe_nights(nights)
    described = described[described["median"].notna()]
    rows = [
        {
            "middle night": _amount(row.median, row),
            "middle half": f"{_amount(row.q1, row)} to {_amount(row.q3, row)}",
            "nights": row.n,
            "missing": row.missing,
        }
        for row in described.itertuples()
    ]
    columns = ["middle night", "middle half", "nights", "missing"]
    return pd.DataFrame(rows, index=described["label"].rename(None), columns=columns)


def _amount(value: Any, row: Any) -> str:
    """Return a number of ``describe_nights`` with its unit, as it is spoken of."""
    from sleepstats.clock import format_clock

    if row.circular:
        return format_clock(value)
    if row.unit == "min":
        return _hours(value)
    return f"{value:.1f}".removesuffix(".0") + (f" {row.unit}" if row.unit else "")


def _typical(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on one measure; empty without values."""
    n = known_nights(nights, name)
    if not n:
        return ""
    values = nights[name].to_numpy(dtype=float, na_value=np.nan)
    low, middle, high = np.nanpercentile(values, [25, 50, 75])
    said = [f"{v:.0f} %" if name == "se_pct" else _hours(v) for v in (low, middle, high)]
    lead = {
        "tst_min": f"You slept {said[1]}",
        "spt_min": f"From falling asleep to waking up it was {said[1]}",
        "tib_min": f"You were in bed for {said[1]}",
        "sol_min": f"It took you {said[1]} to fall asleep",
        "se_pct": f"You were asleep for {said[1]} of the time in bed",
    }[name]
    return (
        f"{lead} on the middle night; half of the nights lie between {said[0]} and {said[2]} "
        f"({count_said(n, 'night')})."
    )


def _regular(nights: pd.DataFrame) -> str:
    """Return the sentence on regularity; empty where the clock times do not allow one."""
    from sleepstats.measures.between_nights import regularity

    found = regularity(nights)
    value = found["value"]
    moved, later = float(value["midsleep_sd_min"]), float(value["social_jetlag_min"])
    if np.isnan(moved):
        return ""
    slept = str(found.loc["midsleep_sd_min", "basis"]).startswith("sleep_onset")
    n = int(found["n"]["midsleep_sd_min"])
    text = (
        f"The middle of your {'sleep' if slept else 'time in bed'} moved by {_hours(moved)} from "
        f"night to night (standard deviation on the clock; {count_said(n, 'night')})"
    )
    if np.isnan(later):
        return f"{text}."
    direction = "later" if value["midsleep_free_h"] >= value["midsleep_work_h"] else "earlier"
    return f"{text}; on Friday and Saturday nights it came {_hours(later)} {direction}."


def _hours(minutes: float) -> str:
    """Return minutes as ``7 h 05 min``, ``7 h`` or ``25 min``."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
