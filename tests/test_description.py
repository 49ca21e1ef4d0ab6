"""describe_nights: counts, ordinary statistics, statistics on the clock."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.measures import description

COLUMNS = ["label", "unit", "n", "missing", "mean", "sd", "median", "q1", "q3", "circular", "clock"]


def nights_of(hours, name="lights_out", dates=None):
    index = pd.DatetimeIndex(
        dates if dates is not None else pd.date_range("2026-01-05", periods=len(hours)),
        name="night",
    )
    stamps = index + pd.to_timedelta(pd.Series(hours, dtype=float).to_numpy(), unit="h")
    return pd.DataFrame({name: pd.Series(stamps, index=index).dt.round("us")}, index=index)


def test_columns_are_fixed():
    nights, _ = ss.simulate_nights(30, seed=1)
    table = ss.describe_nights(nights)
    assert table.columns.tolist() == COLUMNS
    assert table.index.name == "measure"
    assert "tst_min" in table.index
    assert "stress" not in table.index  # a habit
    assert "reading" not in table.index
    empty = ss.describe_nights(nights[["stress"]])
    assert empty.columns.tolist() == COLUMNS
    assert len(empty) == 0


def test_numbers_agree_with_pandas():
    nights, _ = ss.simulate_nights(60, seed=2)
    table = ss.describe_nights(nights)
    for name in ("tst_min", "sol_min", "se_pct", "nawk", "quality"):
        values = nights[name]
        row = table.loc[name]
        assert row["n"] == values.count()
        assert row["mean"] == pytest.approx(values.mean(), rel=1e-12)
        assert row["sd"] == pytest.approx(values.std(), rel=1e-12)
        assert row[["q1", "median", "q3"]].tolist() == values.quantile([0.25, 0.5, 0.75]).tolist()


def test_times_agree_with_scipy():
    nights, _ = ss.simulate_nights(60, seed=2)
    row = ss.describe_nights(nights).loc["midsleep_h"]
    hours = nights["midsleep_h"].to_numpy()
    assert row["mean"] % 24 == pytest.approx(stats.circmean(hours, high=24, low=0), abs=1e-9)
    assert row["sd"] == pytest.approx(stats.circstd(hours, high=24, low=0), abs=1e-9)
    assert row["median"] == pytest.approx(np.median(hours), abs=1e-9)


def test_around_midnight():
    # The linear mean of 23:00 and 01:00 as clock readings is noon.
    row = ss.describe_nights(nights_of([23.0, 25.0, 23.5, 24.5])).loc["lights_out"]
    assert row["mean"] == pytest.approx(24.0)
    assert row["clock"] == "00:00"
    assert row["circular"]
    assert row["unit"] == "h after the evening's midnight"
    assert [row["q1"], row["median"], row["q3"]] == pytest.approx([23.375, 24.0, 24.625])


def test_shift_workers_times_are_laid_around_their_own_mean():
    # Bed at 08:30, counted to the evening before (32.5), and once at 22:00.
    hours = [32.5, 32.75, 32.25, 32.5, 22.0]
    row = ss.describe_nights(nights_of(hours)).loc["lights_out"]
    assert row["mean"] - 24 == pytest.approx(stats.circmean(hours, high=24, low=0))
    assert row["median"] == pytest.approx(32.5)


def test_times_without_a_direction():
    row = ss.describe_nights(nights_of([18.0, 24.0, 30.0, 36.0])).loc["lights_out"]
    assert row["n"] == 4
    assert row[["mean", "sd", "median", "q1", "q3"]].isna().all()
    assert row["clock"] == ""


def test_missing_counts_absent_rows_and_blank_cells():
    index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-08", "2026-01-12"], name="night")
    nights = pd.DataFrame({"tst_min": [400.0, np.nan, 420.0, 410.0], "waso_min": np.nan}, index)
    table = ss.describe_nights(nights)
    assert table.loc["tst_min", ["n", "missing"]].tolist() == [3, 5]  # 5 to 12 January: 8 nights
    assert table.loc["waso_min", ["n", "missing"]].tolist() == [0, 8]
    assert math.isnan(table.loc["waso_min", "mean"])


def test_one_night():
    row = ss.describe_nights(nights_of([23.5])).loc["lights_out"]
    assert row["n"] == 1
    assert row["mean"] == pytest.approx(23.5)
    assert math.isnan(row["sd"])
    index = pd.DatetimeIndex(["2026-01-05"], name="night")
    row = ss.describe_nights(pd.DataFrame({"tst_min": [400.0]}, index)).loc["tst_min"]
    assert row[["mean", "median"]].tolist() == [400.0, 400.0]
    assert math.isnan(row["sd"])


def test_efficiency_is_the_mean_of_ratios():
    # 300/400 and 500/1000: mean of ratios 62.5 %, ratio of means 57.1 %.
    index = pd.date_range("2026-01-05", periods=2, name="night")
    nights = pd.DataFrame({"tst_min": [300.0, 500.0], "tib_min": [400.0, 1000.0]}, index)
    assert ss.describe_nights(ss.add_measures(nights)).loc["se_pct", "mean"] == 62.5


def test_nullable_numbers_and_yes_no():
    index = pd.date_range("2026-01-05", periods=3, name="night")
    nights = pd.DataFrame(
        {
            "nawk": pd.array([1, None, 3], dtype="Int64"),
            "late_meal": pd.array([True, False, None], dtype="boolean"),
            "comments": ["a", None, "b"],
        },
        index,
    )
    table = ss.describe_nights(nights)
    assert table.index.tolist() == ["nawk"]
    assert table.loc["nawk", ["n", "missing", "mean"]].tolist() == [2, 1, 2.0]


def test_what_the_record_says_counts():
    index = pd.date_range("2026-01-05", periods=2, name="night")
    nights = pd.DataFrame({"score": [70.0, 80.0], "stress": [1.0, 2.0]}, index)
    nights.attrs["sleepstats"] = {
        "columns": {"score": {"kind": "device", "label": "the app's score", "unit": "%"}}
    }
    table = ss.describe_nights(nights)
    assert table.loc["score", ["label", "unit"]].tolist() == ["the app's score", "%"]
    assert table.index.tolist() == ["score"]


def test_several_people():
    one = nights_of([23.0, 23.5]).assign(tst_min=[400.0, 420.0])
    nights = pd.concat({"bo": one, "cy": one.iloc[:1]}, names=["person"])
    table = ss.describe_nights(nights)
    assert table.index.names == ["person", "measure"]
    assert table.loc[("bo", "tst_min"), "mean"] == 410.0
    assert table.loc[("cy", "tst_min"), "n"] == 1


def test_words_and_yes_or_no_of_a_device_have_no_mean():
    nights = nights_of([23.0, 23.5]).assign(mode=["deep", "light"], snored=[True, False], hrv=40.0)
    names = ("mode", "snored", "hrv")
    nights.attrs["sleepstats"] = {"columns": {name: {"kind": "device"} for name in names}}
    assert ss.describe_nights(nights).index.tolist() == ["lights_out", "hrv"]


def test_two_nights_have_a_spread():
    """By hand: 10 min to either side of 410, divisor 1."""
    nights = nights_of([23.0, 23.5]).assign(tst_min=[400.0, 420.0])
    row = ss.describe_nights(nights).loc["tst_min"]
    assert row["sd"] == pytest.approx(np.sqrt(200))


def test_the_table_is_read_with_times_as_times():
    nights = nights_of([23.0, 25.0, 24.0]).assign(tst_min=[420.0, 390.0, 450.0])
    table = ss.describe_nights(nights)
    narrow, wide = (description._view(table, how)[0].set_index("measure") for how in (False, True))
    assert narrow.columns.tolist() == ["label", "n", "mean", "sd", "median", "q1", "q3"]
    assert wide.columns.tolist() == ["label", "unit", "n", "missing", *narrow.columns[2:]]
    # by hand: sqrt(-2 ln((1 + 2 cos 15 degrees) / 3)) of a turn is 0.819 h, 49 min
    assert narrow.loc["lights_out", ["mean", "sd", "q1"]].tolist() == ["00:00", "49 min", "23:30"]
    assert narrow.loc["tst_min", ["mean", "sd", "q1"]].tolist() == ["420.0", "30.0", "405.0"]
    assert narrow["label"].tolist() == ["lights out", "total sleep time, min"]
    assert wide["label"].tolist() == ["lights out", "total sleep time"]
    assert wide["unit"].tolist() == ["time", "min"]
    none = description._view(ss.describe_nights(nights[:1]), False)[0].set_index("measure")
    assert none["sd"].tolist() == ["", ""]


def test_no_nights_at_all():
    table = ss.describe_nights(nights_of([23.0]).iloc[:0])
    assert table.loc["lights_out", ["n", "missing"]].tolist() == [0, 0]


def test_wrong():
    with pytest.raises(ss.DiaryError, match="The nights are not in order"):
        ss.describe_nights(nights_of([23.0, 23.5], dates=["2026-01-06", "2026-01-05"]))


def test_a_latency_that_an_app_made_up_is_called_so():
    """Time in bed / 150 on every night: a mean of it was noted down as one's own."""
    index = pd.date_range("2026-01-05", periods=30, name="night")
    bed = 450.0 + np.arange(30)
    nights = pd.DataFrame({"tib_min": bed, "sol_min": bed / 150}, index=index)
    described = ss.describe_nights(nights)
    assert described.loc["sol_min", "label"] == "sleep onset latency (an app's rule)"
    nights["sol_min"] = np.random.default_rng(1).uniform(5, 40, 30)
    assert ss.describe_nights(nights).loc["sol_min", "label"] == "sleep onset latency"
