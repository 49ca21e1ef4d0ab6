"""Zepp / Mi Fit. The fixture is invented; the real layout is the row of ``../shared``."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.errors import DiaryWarning
from sleepstats.reading.formats import zepp
from sleepstats.reading.nights import Claim
from sleepstats.reading.text import Source

FIXTURE = INVENTED / "zepp/SLEEP_1.csv"
TEXT = FIXTURE.read_text(encoding="utf-8-sig")
OWN = REAL / "zepp/zepp_sleep_layout.csv"


def test_without_tz_times_are_utc_and_dates_local():
    with pytest.warns(DiaryWarning, match="tz='Europe/Berlin'"):
        nights = ss.read_diary(FIXTURE)
    assert nights.attrs["sleepstats"]["format"] == "zepp"
    assert [f"{n:%m-%d}" for n in nights.index] == ["05-01", "05-03"]
    assert str(nights.loc["2022-05-01", "sleep_onset"]) == "2022-05-01 14:30:00"


def test_tz_gives_the_clock_of_the_bed():
    nights = read(FIXTURE, tz="Asia/Tokyo")
    assert [f"{n:%m-%d}" for n in nights.index] == ["05-01", "05-03"]
    assert str(nights.loc["2022-05-01", "sleep_onset"]) == "2022-05-01 23:30:00"
    assert str(nights.loc["2022-05-01", "final_wake"]) == "2022-05-02 06:20:00"
    assert nights.loc["2022-05-01", "midsleep_h"] == pytest.approx(26 + 55 / 60)


def test_minutes_and_what_the_file_cannot_give():
    nights = read(FIXTURE)
    np.testing.assert_array_equal(nights["tst_min"], [400, 330])  # 80 + 250 + 70; 70 + 200 + 60
    np.testing.assert_array_equal(nights["waso_min"], [10, np.nan])
    np.testing.assert_array_equal(nights["spt_min"], [410, 370])
    assert "tib_min" not in nights
    assert "sol_min" not in nights
    assert "27526666.7 hours" in nights.loc["2022-05-03", "problem"]  # an epoch as minutes
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "Column 'naps' is not read; rows with an entry: 1." in notes
    assert "no time in bed and no latency" in notes


def test_a_night_without_the_band_is_refused():
    report = ss.reading_report(read(FIXTURE))
    assert report["status"].tolist() == ["skipped", "used", "refused", "repaired"]
    assert report["problem"].tolist()[2] == (
        "line 3: start is stop and no minute of sleep is given: the band was not worn."
    )


def test_the_old_layout_has_no_rem():
    text = (
        "date,lastSyncTime,deepSleepTime,shallowSleepTime,wakeTime,start,stop\n"
        "2019-02-05,1,100,300,5,2019-02-04 22:00:00+0000,2019-02-05 04:45:00+0000\n"
    )
    nights = read(text)
    assert nights.loc["2019-02-04", "tst_min"] == 400
    assert "rem_min" not in nights


def test_a_wrong_zone_shows():
    nights = read(FIXTURE, tz="Pacific/Honolulu")  # 04:30 to 11:20 on the day before
    assert (
        "In the zone 'Pacific/Honolulu', column 'date' is not the morning after on 2 of 2 nights: "
        "the times were taken."
    ) in nights.attrs["sleepstats"]["notes"]


def test_a_spreadsheet_changes_nothing():
    rows = [line.split(",") for line in TEXT.splitlines()]
    order = [6, 5, 7, 0, 2, 3, 4]
    resaved = "\r\n".join(";".join(row[i] for i in order) for row in rows)
    a, b = read(resaved), read(TEXT)
    pd.testing.assert_frame_equal(a[sorted(a)], b[sorted(b)])


@pytest.mark.skipif(not OWN.exists(), reason="../shared is not here")
def test_real_row():
    night = read(OWN).loc["2023-02-17"]
    # 76 + 206 + 67 = 349 min = stop - start
    assert (night["tst_min"], night["spt_min"], night["waso_min"]) == (349, 349, 0)


MI = INVENTED / "mi_fitness"


def test_mi_fitness_is_read_on_the_clock_of_the_bed():
    nights = read(next(MI.glob("*center_fitness_data.csv")))
    assert nights.attrs["sleepstats"]["format"] == "mi_fitness"
    # 22:10 UTC is 23:10 at UTC+1 (4 quarters of an hour); 04:30 UTC is 23:30 at UTC-5 (-20)
    assert [f"{t:%d %H:%M}" for t in nights["sleep_onset"]] == ["03 23:10", "05 00:00", "05 23:30"]
    assert [f"{t:%d %H:%M}" for t in nights["final_wake"]] == ["04 07:00", "05 07:30", "06 06:00"]
    assert nights["tst_min"].tolist() == [450, 440, 380]  # deep, light and REM sleep added up
    assert nights["waso_min"].tolist() == [20, 10, 10]
    assert nights["zone"].tolist() == ["UTC+01:00", "UTC+01:00", "UTC-05:00"]
    assert nights["nap_min"].tolist()[1] == 30  # 13:10 to 13:40, before the second night


def test_of_mi_fitness_each_row_is_accounted_for():
    report = ss.reading_report(read(next(MI.glob("*center_fitness_data.csv"))))
    assert report["status"].value_counts().to_dict() == {
        "skipped": 3, "used": 3, "nap": 1, "refused": 1  # header, pulse, steps
    }  # fmt: skip
    assert "line 7" in report["problem"].str.cat(sep=" ")  # no JSON


def test_mi_fitness_sums_of_days_are_the_same_night():
    nights = read(next(MI.glob("*aggregated*.csv")))
    assert nights["tst_min"].tolist() == [450]
    assert nights["sleep_score"].tolist() == [81]
    assert f"{nights['sleep_onset'].iloc[0]:%d %H:%M}" == "03 23:10"


def document(n, **more):
    return json.dumps({"bedtime": 1930342200 + 86400 * n, "timezone": -4, "duration": n % 9} | more)


@pytest.mark.parametrize(
    ("odd", "at_once"),
    [
        ({}, True),
        ({"avg_hr": 55, "x": [1, {"y": "7"}]}, True),  # another form
        ({"avg_hr": -3, "sleep_score": None, "x": 1.5}, True),
        ({"total_duration": 450, "segment_details": [{"bedtime": 5}, {"bedtime": 10**17}]}, True),
        ({"avg_hr": 55.5}, False),  # a value that is no whole number
        ({"avg_hr": "55"}, False),
        ({"avg_hr": True}, False),
        ({"avg_hr": 10**20}, False),
        ({"note": "007"}, False),  # zeros that lead: perhaps no number
        ({"note": "\u0661"}, False),
    ],
)
def test_documents_read_at_once_are_those_read_one_by_one(odd, at_once):
    texts = [document(n) for n in range(50)] + [document(50, **odd)]
    found = zepp._at_once(texts)
    assert (found is not None) == at_once
    if found is not None:
        each = [zepp._stretches(json.loads(text)) for text in texts]  # as json reads each
        assert found[0].tolist() == [n for n, some in enumerate(each) for _ in some]
        for name, column in zip(zepp._RECORD, found[1], strict=True):
            assert column.tolist() == [one.get(name) or 0 for some in each for one in some]


@pytest.mark.parametrize("odd", ["", "{", "}", "1", "nan", '{"a": 1},{"a": 2}', "{}\n{}", "{01}"])
def test_what_is_no_document_costs_its_own_row_only(odd):
    texts = [*map(document, range(20))]
    rows = [f'1,w,sleep,1,"{text.replace(chr(34), 2 * chr(34))}",2' for text in [*texts, odd]]
    table = zepp._records(
        Source("f.csv", "\n".join(["Uid,Sid,Key,Time,Value,UpdateTime", *rows]) + "\n", "utf-8"),
        Claim(95, 1, ",", ""),
    )
    bed = table.columns[table.header.index("bedtime")].tolist()
    assert bed == [str(1930342200 + 86400 * n) for n in range(20)] + [""]
