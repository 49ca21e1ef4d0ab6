"""Nights written out and read again are the nights they were: the frame before is what is expected.

The real exports are read where they lie at hand; nothing of them is kept here.
"""

import io
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.anonymising import with_roles
from sleepstats.columns import column_of
from sleepstats.written import as_csv

sys.path.append(str(Path(__file__).parent / "reading"))
from exports import REAL, read

SAMPLES = ["diary", "spreadsheet", "sleep_cycle"]
EXPORTS = ["oura/oura_trends_old.csv", "sleep_cycle/sleepdata_old_2020-09.csv", "whoop",
           "sleepmeter/sleep_history_2020-11-24.5.csv", "bearable/bearable_2021_layout_excerpt.csv",
           "zeo_and_google_forms_diary/zeodata.csv", "withings/sleep_german.csv"]  # fmt: skip


def nights_of(name):
    if name in SAMPLES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ss.DiaryWarning)
            return ss.load_sample(name)
    if not (REAL / name).exists():
        pytest.skip("the real exports lie beside the checkout on some machines only")
    return read(REAL / name)


def facts(nights):
    """Return what each column is, its meaning in words aside."""
    told = {name: vars(column_of(nights, name)) for name in nights if name != "column_roles"}
    return {n: {k: x for k, x in one.items() if k != "meaning"} for n, one in told.items()}


def headline(nights):
    return str(ss.answer(nights)).split("\n\n")[0]


@pytest.mark.parametrize("name", [*SAMPLES, *EXPORTS])
def test_what_is_shown_to_others_is_read_as_it_was(name):
    """Seven habits were made of ``problem``, asides were asked about, and answers differed."""
    shown = ss.anonymise(nights_of(name), seed=4)
    again = read(shown.to_csv())
    assert again.columns.tolist() == shown.columns.tolist()
    assert facts(again) == facts(shown)
    for column in shown.drop(columns="problem"):  # emptied; what can be told of it is told anew
        pd.testing.assert_series_equal(again[column], shown[column], check_dtype=False)
    assert headline(again) == headline(shown)


@pytest.mark.parametrize("name", [*SAMPLES, *EXPORTS])
def test_what_the_nights_were_stays(name):
    nights = nights_of(name)
    for text in (nights.to_csv(), as_csv(with_roles(nights))):
        again = read(text).drop(columns="column_roles", errors="ignore")
        assert again.columns.tolist() == nights.columns.tolist()
        known = [name for name in nights if nights[name].notna().any()]  # of nothing, no kind
        pd.testing.assert_frame_equal(again[known], nights[known], check_dtype=False)
    assert facts(again) == facts(nights)


def test_roles_are_carried_where_names_do_not_say_them():
    """Of the first sample the names say all; a score of a device is no habit of the day."""
    assert "column_roles" not in ss.anonymise(nights_of("diary"), seed=4)
    nights = nights_of("diary").rename(columns={"stress": "readiness"})
    nights.attrs["sleepstats"]["columns"]["readiness"] = {"kind": "device", "when": "morning"}
    shown = ss.anonymise(nights, seed=4)
    assert json.loads(shown["column_roles"].iloc[0])["readiness"]["kind"] == "device"
    assert shown["column_roles"].notna().sum() == 1
    assert column_of(read(shown.to_csv()), "readiness").when == "morning"


def test_names_alone_are_told():
    nights, _ = ss.simulate_nights(30, seed=1)
    with pytest.warns(
        ss.DiaryWarning,
        match="day before; this table tells only their names",
    ):
        ss.read_diary(io.StringIO(nights.to_csv()))


def test_roles_that_are_no_longer_as_written_are_refused():
    shown = ss.anonymise(nights_of("sleep_cycle"), seed=4)
    for text in ("{", "[1]", '{"quality": 3}'):
        shown["column_roles"] = text
        with pytest.raises(ss.DiaryError, match="'column_roles': not as it was written"):
            read(shown.to_csv())


def test_a_persons_own_table_stays_a_diary():
    """A time of the clock without its date is a person's; so is what they say of a column."""
    nights, _ = ss.simulate_nights(30, seed=1)
    plain = nights.assign(into_bed="23:10")
    assert read(plain.to_csv()).attrs["sleepstats"]["format"] == "diary"
    told = read(nights.to_csv(), reverse=["stress"])
    assert told.attrs["sleepstats"]["format"] == "diary"
    np.testing.assert_array_equal(
        read(nights.to_csv(), when={"screens_min": "morning"})["screens_min"], nights["screens_min"]
    )


def test_a_file_of_nights_that_was_changed_by_hand_keeps_its_nights():
    """A remark that reads True stays a text, a time with a zone is told and its night stays."""
    days = pd.date_range("2031-03-01", periods=400)
    dates = days.strftime("%Y-%m-%d"), (days + pd.Timedelta("1D")).strftime("%Y-%m-%d")
    rows = [f"{x},{x} 23:00:00,{y} 07:00:00,400.0,True" for x, y in zip(*dates, strict=True)]
    rows[390] = rows[390].replace(" 07:00:00", " 07:00:00+0200").replace("400.0", "a lot")
    text = "\n".join(["night,into_bed,out_of_bed,tst_min,problem", *rows]) + "\n"
    with pytest.warns(ss.DiaryWarning, match="400 with something to tell"):
        again = ss.read_diary(io.StringIO(text))
    assert len(again) == 400
    assert again["tst_min"].notna().sum() == again["out_of_bed"].notna().sum() == 399
    assert again["problem"].iloc[0].endswith("True")
    told = ss.reading_report(again)["problem"].iloc[391]
    assert "'a lot' is not as sleepstats writes it" in told


def test_a_mark_of_problems_in_a_diary_of_ones_own_is_no_remark_on_its_lines():
    """Beside a cell that cannot be read, True in a column "problem" was taken for what was told."""
    rows = "".join(f"2031-01-{k:02d},23:00,07:00,{k % 2 == 0}\n" for k in range(5, 25))
    text = f"date,bed time,wake time,problem\n{rows}2031-01-25,25:99,07:00,True\n"
    with pytest.warns(ss.DiaryWarning):
        nights = ss.read_diary(io.StringIO(text), labels="evening")
    assert nights["problem"].iloc[:20].tolist() == [""] * 20
    assert "'25:99' is not a clock time" in nights["problem"].iloc[20]
