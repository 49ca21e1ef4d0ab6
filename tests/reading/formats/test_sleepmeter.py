"""Sleepmeter. The fixture is invented; the real files are those of ``../shared``."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.columns import column_of, factor_names
from sleepstats.errors import DiaryError

FIXTURE = INVENTED / "sleepmeter/sleep_history_2018-10-28.csv"
TEXT = FIXTURE.read_text(encoding="utf-8")
OWN = REAL / "sleepmeter"


def test_every_line_is_accounted_for():
    report = ss.reading_report(read(TEXT))
    assert report["line"].tolist() == list(range(1, 15))
    assert report["status"].tolist()[6:] == [
        "skipped", "used", "skipped", "nap", "used", "repaired", "repaired", "refused"
    ]  # fmt: skip


def test_times_are_backwards_and_durations_elapsed():
    night = read(TEXT).loc["2018-10-27"]  # clocks went back in this night
    assert str(night["into_bed"]) == "2018-10-27 23:00:00"
    assert str(night["final_wake"]) == "2018-10-28 07:00:00"
    assert (night["sol_min"], night["tib_min"], night["spt_min"]) == (30, 540, 510)
    assert (night["waso_min"], night["nawk"], night["tst_min"]) == (20, 2, 490)
    assert night["nap_min"] == 40  # 14:30 to 15:10
    assert night["quality"] == 6


def test_a_night_without_sleep():
    night = read(TEXT).loc["2018-10-25"]
    assert (night["tst_min"], night["tib_min"]) == (0, 450)
    assert pd.isna(night["sleep_onset"])
    assert "is the time of waking: this person did not sleep." in night["problem"]


def test_spells_awake_that_cannot_be():
    night = read(TEXT).loc["2018-10-24"]
    assert np.isnan(night["waso_min"])
    assert night["problem"] == (
        "line 13, column 'holes': '400-900' is no list of spells awake within the 420 min of "
        "this sleep: not used."
    )


def test_without_any_spell_awake_waking_is_not_known():
    nights = read(TEXT.replace("120-135|200-205", "").replace("400-900", ""))
    assert "waso_min" not in nights
    assert "tst_min" not in nights
    assert any("No record has a spell awake" in n for n in nights.attrs["sleepstats"]["notes"])


def test_habits_have_three_states_and_own_words():
    nights = read(TEXT)  # 24, 25 (nothing ticked), 26, 27 October
    assert nights["stress"].tolist() == [pd.NA, pd.NA, True, True]
    assert nights["reading"].tolist() == [pd.NA, pd.NA, False, True]
    assert nights["warm_golden_milk"].tolist() == [pd.NA, pd.NA, False, True]
    assert column_of(nights, "warm_golden_milk").label == 'warm "golden" milk'
    assert column_of(nights, "too_hot").when == "night"
    assert column_of(nights, "stress").when == "day"
    assert len(factor_names(nights)) == 6


def test_notes_with_quotes_and_line_breaks():
    nights = read(TEXT)
    assert nights.loc["2018-10-27", "comments"] == 'said "no", twice\nand a second line,'
    assert nights.loc["2018-10-26", "comments"] == '",'
    assert "column 'notes': not closed, it runs to line 12" in nights.loc["2018-10-25", "problem"]


def test_a_spreadsheet_changes_the_columns():
    text = (
        "type;notes;bedtime;sleep;wake;holes;aid;hindrances;tags;quality\r\n"
        "NIGHT_SLEEP;x;2018-10-27 23:00+0200;2018-10-27 23:30+0200;2018-10-28 07:00+0100;"
        "120-135|200-205;READING;STRESS;NONE;6\r\n"
    )
    nights = read(text)
    assert nights.attrs["sleepstats"]["format"] == "sleepmeter"
    assert nights.loc["2018-10-27", ["tst_min", "tib_min"]].tolist() == [490, 540]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (slice(6, 7), "there is a header"),
        (slice(9, 10), "a nap (40 min); the night of 2018-10-27 it precedes is not recorded."),
    ],
)
def test_files_without_a_night(lines, why):
    rows = TEXT.splitlines()
    text = "\n".join(dict.fromkeys([rows[6], *rows[lines]])) + "\n"
    with pytest.raises(DiaryError) as caught:
        read(text)
    assert why in str(caught.value)


@pytest.mark.skipif(not OWN.exists(), reason="../shared is not here")
def test_real_files():
    one = read(OWN / "sleep_history_2020-11-23.4.csv")
    assert one.attrs["sleepstats"]["counts"]["duplicate"] == 1
    assert one.loc["2020-11-22", ["sol_min", "tib_min", "spt_min"]].tolist() == [10, 490, 480]
    two = read(OWN / "sleep_history_2020-11-24.5.csv")
    record = two.attrs["sleepstats"]
    assert (record["rows_read"], record["rows_refused"]) == (7, 0)
    assert record["counts"]["nap"] == 1  # 06:28 to 08:08, marked NAP
    assert two.loc["2020-11-23", "nap_min"] == 100
    # counted in the raw text of the full records: 34 aids, 28 hindrances, 14 tags, all different
    assert len(factor_names(two)) == 76


def test_of_two_records_with_the_same_times_the_fuller_is_kept():
    header = "wake,sleep,bedtime,holes,type,dreams,aid,hindrances,tags,quality,notes\n"
    times = '"2026-01-06 07:00+0000","2026-01-05 23:00+0000","2026-01-05 22:50+0000"'
    text = f'{header}{times},,NIGHT_SLEEP,,,,,,""\n{times},,NIGHT_SLEEP,,TEA,STRESS,,7,"fine"\n'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(text))
    assert nights["quality"].tolist() == [7]
    assert ss.reading_report(nights).query("status == 'duplicate'")["line"].tolist() == [2]
