"""Sleep as Android. The fixture is invented; the real files are those of ``../shared``."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.columns import column_of, factor_names
from sleepstats.errors import DiaryError

FIXTURE = INVENTED / "sleep_as_android/sleep-export.csv"
TEXT = FIXTURE.read_text(encoding="utf-8")
OWN = REAL / "sleep_as_android"


def test_records_below_headers_of_their_own():
    nights = read(TEXT)
    assert nights.attrs["sleepstats"]["format"] == "sleep_as_android"
    report = ss.reading_report(nights)
    assert report["line"].tolist() == list(range(1, 14))
    assert report["status"].tolist() == [
        "skipped", "used", "skipped", "skipped", "nap", "skipped", "used", "skipped", "used",
        "skipped", "used", "skipped", "repaired",
    ]  # fmt: skip
    assert report.loc[2, "problem"] == "noise readings of the record above"


def test_lengths_are_elapsed_and_adjusted():
    nights = read(TEXT)
    night = nights.loc["2021-03-29"]
    assert (night["tib_min"], night["tst_min"]) == (450.0, 420.0)  # 7.5 h; less 30 min
    np.testing.assert_allclose(night["deep_min"], 0.4 * 420)
    assert night["nap_min"] == 45.0
    change = nights.loc["2021-03-27"]  # clocks forward: 22:30 to 7:30 is 8 h
    assert (change["tib_min"], change["tst_min"]) == (480.0, 480.0)  # LenAdjust -1.0: by hand
    assert "likely a night in which the clocks changed" in change["problem"]


def test_each_record_stands_on_the_clock_of_its_own_bed():
    nights = read(TEXT)
    assert nights.loc["2021-03-26", "zone"] == "Asia/Tokyo"
    assert str(nights.loc["2021-03-26", "into_bed"]) == "2021-03-27 06:59:59"  # Id has seconds
    edited = nights.loc["2021-03-24"]
    assert str(edited["into_bed"]) == "2021-03-24 23:15:00"
    assert edited["problem"] == (
        "line 13, column 'Id': gives 2021-03-24 20:00 in Europe/Berlin, From gives "
        "2021-03-24 23:15: From taken."
    )


def test_one_zone_throughout_measures_elapsed_time():
    text = "\n".join(line for line in TEXT.splitlines() if "Tokyo" not in line)
    nights = read(text)
    assert nights.attrs["sleepstats"]["zone"] == "Europe/Berlin"
    assert nights.loc["2021-03-27", "problem"] == ""
    assert "zone" not in nights


def test_missing_codes_are_missing():
    nights = read(TEXT)
    np.testing.assert_array_equal(nights["quality"], [np.nan, np.nan, 3.5, np.nan, 4.25])
    np.testing.assert_array_equal(nights["snore_score"], [np.nan] * 4 + [12])
    np.testing.assert_array_equal(nights["sleep_cycles"], [4, 4, np.nan, np.nan, 5])


def test_hashtags_have_three_states_and_counts():
    nights = read(TEXT)  # 24, 25, 26, 27, 29 March; 24 and 26 have no tag of the person's own
    np.testing.assert_array_equal(nights["alcohol"], [np.nan, 1, np.nan, 0, 3])
    assert nights["stress"].tolist() == [pd.NA, False, pd.NA, False, True]
    assert nights["tea"].tolist() == [pd.NA, True, pd.NA, True, False]
    assert set(factor_names(nights)) == {"alcohol", "stress", "tea", "baddream"}
    assert column_of(nights, "baddream").when == "night"
    assert column_of(nights, "alcohol").label == "alcohol (times)"
    assert column_of(nights, "fullmoon").kind == "control"
    assert nights.loc["2021-03-29", "comments"] == 'late, with "friends" and more'
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "3 records have no tag at all" in notes
    assert "1 record was entered by hand" in notes


def test_decimal_commas():
    text = TEXT.replace('"7.000"', '"7,000"').replace('"7.500"', '"7,500"')
    text = text.replace('"0.4"', '"0,4"').replace('"3.5"', '"3,5"')
    pd.testing.assert_frame_equal(read(text), read(TEXT))


def test_a_spreadsheet_changes_nothing():
    out = io.StringIO()
    rows = list(csv.reader(io.StringIO(TEXT)))
    widest = max(map(len, rows))
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows(row + [""] * (widest - len(row)) for row in rows)
    pd.testing.assert_frame_equal(read("\ufeff" + out.getvalue()), read(TEXT))


def test_cut_and_unknown_zone():
    cut = TEXT[: TEXT.index("27. 03. 2021 22:30") + 5]
    nights = read(cut.replace("Europe/Berlin", "Mars/Olympus"))
    assert len(nights) == 1
    assert "Tz 'Mars/Olympus' is no zone known here" in nights.attrs["sleepstats"]["notes"][0]
    report = ss.reading_report(nights)
    assert report["status"].tolist()[-1] == "refused"
    assert "'27. 0" in report["problem"].tolist()[-1]


def test_a_line_break_inside_a_number_is_told():
    nights = read(TEXT.replace("1617051000000", "1617\n051000000"))
    night = nights.loc["2021-03-29"]
    assert "column 'Id': '1617\\n051000000' is not a number" in night["problem"]
    assert str(night["into_bed"]) == "2021-03-29 22:50:00"  # From


def test_a_header_without_records():
    with pytest.raises(DiaryError, match="there is a header"):
        read(TEXT.splitlines()[0] + "\n")


@pytest.mark.skipif(not OWN.exists(), reason="../shared is not here")
@pytest.mark.parametrize(
    ("name", "rows", "nights"),
    [("1", 2, 1), ("1606551886", 8, 1), ("1606736472", 9, 1), ("1606907034", 12, 3)],
)
def test_real_files(name, rows, nights):
    # the app tried for a minute by day, several times, is no night
    frame = read(OWN / f"sleepdiary_core_sleep-export.{name}.csv")
    record = frame.attrs["sleepstats"]
    assert (record["rows_read"], len(frame), record["rows_refused"]) == (rows, nights, 0)
    # every tag of the list in the app is there, counted by hand in the text: 23
    assert len(factor_names(frame)) == 23
    assert str(frame.loc["2020-11-26", "into_bed"]) == "2020-11-26 20:00:00"
