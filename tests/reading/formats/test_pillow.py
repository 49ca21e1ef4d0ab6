"""Pillow. The fixture is invented, after the column names that parsers of the export state."""

from __future__ import annotations

import numpy as np
import pandas as pd
from exports import INVENTED, read

import sleepstats as ss

TEXT = (INVENTED / "pillow/PillowData.csv").read_text(encoding="utf-8")


def test_rows_naps_and_missing():
    nights = read(TEXT)
    assert nights.attrs["sleepstats"]["format"] == "pillow"
    assert [f"{n:%m-%d}" for n in nights.index] == ["06-01", "06-02"]
    np.testing.assert_array_equal(nights["tib_min"], [450, 440])
    np.testing.assert_array_equal(nights["tst_min"], [420, np.nan])  # no stages: all zero
    np.testing.assert_array_equal(nights["awake_min"], [30, np.nan])
    np.testing.assert_array_equal(nights["quality"], [84, np.nan])
    np.testing.assert_array_equal(nights["nap_min"], [np.nan, 40])
    np.testing.assert_array_equal(nights["mood_on_waking"], [3, np.nan])
    assert nights.loc["2019-06-02", "problem"] == (
        "line 4, column 'Wake-up mood': 'Peculiar' is no mood known here: not used."
    )
    assert ss.reading_report(nights)["status"].tolist() == ["skipped", "used", "nap", "repaired"]


def test_other_headers_of_the_same_columns():
    text = TEXT.replace("Time Awake", "Time Awake (mins)").replace(
        "Time in REM", "Time in REM Slep (mins)"
    )
    text = text.replace("Time in Deep", "Time In Deep Sleep (mins)")
    pd.testing.assert_frame_equal(read(text), read(TEXT))


def test_a_spreadsheet_changes_nothing():
    resaved = "\ufeff" + TEXT.replace(", ", ";").replace("\n", "\r\n")
    pd.testing.assert_frame_equal(read(resaved), read(TEXT))


def test_a_named_nap_is_never_a_night():
    rows = TEXT.splitlines()
    nights = read("\n".join([rows[0], rows[1], rows[2]]))
    assert [f"{n:%m-%d}" for n in nights.index] == ["06-01"]
    assert "it precedes is not recorded" in ss.reading_report(nights)["problem"].tolist()[-1]
