"""No false null without a word: a planted effect under each date rule, read without saying which.

The diaries are those of ``benchmarks/evening_rules.py``: a cup of coffee takes 25 minutes of the
night that follows it.
"""

from __future__ import annotations

import io
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

import sleepstats as ss

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("clocks", [True, False])
@pytest.mark.parametrize("rule", ["evening", "morning", "bedtime", "calendar"])
def test_the_effect_is_found_or_both_readings_are_told(
    rule: str, *, clocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    sys.modules.pop("evening_rules", None)
    import evening_rules

    for seed in (3, 4):
        got = evening_rules.outcome(evening_rules.written(seed, rule, clocks=clocks))
        # a row that is a calendar day sets the habit against the night before it, where nothing is
        assert got in (("told",) if rule == "calendar" else ("found", "told"))


@pytest.mark.parametrize(
    ("named", "free", "said"),
    [("night", "mornings", True), ("night", "evenings", False), ("evening", "mornings", False)],
)
def test_a_date_called_night_whose_rows_fit_the_morning_is_told(named, free, said) -> None:
    """Up at 09:00 on free days, else at 07:00; those of mornings are Saturday and Sunday.

    "evening" says which it is; "night" may stand for the date of the night, whichever that is.
    """
    days = pd.date_range("2026-01-05", periods=56)
    late = (5, 6) if free == "mornings" else (4, 5)
    up = [f"0{9 if day.day_of_week in late else 7}:{day.day:02d}" for day in days]
    rows = [f"{day:%Y-%m-%d},23:00,{at},no" for day, at in zip(days, up, strict=True)]
    text = "\n".join(["Date,Bedtime,Woke up,Coffee", *rows])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(text), columns={"Date": named})
    assert nights.index[0] == days[0]  # what was said is done
    told = "".join(str(one.message) for one in caught)
    told_so = (
        "Column 'Date' is read as the evening on which the night began, as columns={'Date': "
        "'night'} says, but that you rose later after Friday and Saturday nights fits the morning "
        "on which the night ended. If it names that: read_diary(..., columns={'Date': 'morning'}); "
        "else write 'evening'."
    )
    assert (told_so in told) == said
