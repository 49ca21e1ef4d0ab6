"""Nightly measures: definitions, what wins, what is told, what must never happen."""

import pathlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sleepstats as ss
from sleepstats.columns import IN_PIECES, column_of

SHARED = pathlib.Path(__file__).parents[1].parent / "shared"
MEASURES = [
    "sleep_onset", "tib_min", "spt_min", "tst_min", "twak_min", "se_pct", "midsleep_h",
]  # fmt: skip


def at(night, clock):
    """Return a stamp: hours and minutes after the midnight of the evening, such as 30:15."""
    if clock is None:
        return pd.NaT
    hours, minutes = clock.split(":")
    return pd.Timestamp(night) + pd.Timedelta(hours=int(hours), minutes=int(minutes))


def frame(rows, start="2026-01-05"):
    """Build nights from one dict per row; strings with a colon are clock readings."""
    index = pd.date_range(start, periods=len(rows), name="night", unit="us")
    names = list(dict.fromkeys(name for row in rows for name in row))
    clocks = {n for n in names if any(":" in str(row.get(n, "")) for row in rows)}
    return pd.DataFrame(
        {
            name: pd.Series(
                [at(day, row.get(name)) for day, row in zip(index, rows, strict=True)],
                index=index, dtype="datetime64[us]",
            ) if name in clocks
            else pd.Series([row.get(name, np.nan) for row in rows], index=index)
            for name in names
        },
        index=index,
    )  # fmt: skip


PLAIN = {
    "into_bed": "22:00", "lights_out": "22:30", "sol_min": 18.0, "nawk": 2.0, "waso_min": 30.0,
    "final_wake": "30:30", "out_of_bed": "30:45",
}  # fmt: skip


# plain ------------------------------------------------------------------------------------------


def test_minutes_awake_beside_no_awakening_are_kept_without_a_word():
    """The diary counts awakenings and minutes apart: TST = 462 - 30."""
    out = ss.add_measures(frame([PLAIN | {"nawk": 0.0}]))
    assert out["tst_min"].tolist() == [432]
    assert "problem" not in out or out["problem"].tolist() == [""]


@pytest.mark.parametrize(("waso", "tst"), [(1440.0, 462.0), (1441.0, np.nan)])
def test_a_whole_day_awake_is_an_answer_and_more_is_none(waso, tst):
    """Only where minutes awake were asked for is a night slept through 06:30 - 22:48 = 462 min."""
    through = {name: value for name, value in PLAIN.items() if name != "waso_min"} | {"nawk": 0.0}
    out = ss.add_measures(frame([through, PLAIN | {"waso_min": waso}]))
    found = out["tst_min"].iloc[0] if "tst_min" in out else np.nan
    assert found == pytest.approx(tst, nan_ok=True)


def test_a_night_that_stands_twice_is_refused():
    nights = frame([PLAIN, PLAIN])
    with pytest.raises(ss.DiaryError, match="2026-01-05"):
        ss.add_measures(nights.set_axis(nights.index[[0, 0]]))


def test_worked_example():
    # Hand calculation with the formulas of the Consensus Sleep Diary: TIB 22:00-06:45 = 525;
    # TST = (06:30 - 22:30) - 18 - 30 = 432; SE = 43200 / 525.
    night = ss.add_measures(frame([PLAIN])).iloc[0]
    assert night["sleep_onset"] == pd.Timestamp("2026-01-05 22:48")
    assert night["tib_min"] == 525
    assert night["spt_min"] == 462
    assert night["tst_min"] == 432
    assert night["twak_min"] == 15
    assert night["se_pct"] == 43200 / 525
    assert round(night["se_pct"], 4) == 82.2857
    assert night["midsleep_h"] == pytest.approx(22.8 + 7.7 / 2, abs=1e-12)  # 22:48 + 231 min


def test_rising_less_trying_is_sleep_plus_all_wake_time():
    # TWT = SOL + WASO + TWAK, so rise - try = TST + TWT (standard insomnia bookkeeping).
    night = ss.add_measures(frame([PLAIN])).iloc[0]
    awake = night["sol_min"] + night["waso_min"] + night["twak_min"]
    tried = (night["out_of_bed"] - night["lights_out"]).total_seconds() / 60
    assert tried == night["tst_min"] + awake


def test_input_is_untouched_and_attrs_are_kept():
    nights = frame([PLAIN])
    nights.attrs["mine"] = {"a": 1}
    before = nights.copy(deep=True)
    out = ss.add_measures(nights)
    pd.testing.assert_frame_equal(nights, before)
    assert nights.attrs == {"mine": {"a": 1}}
    assert out.attrs == {"mine": {"a": 1}}


def test_nothing_to_say_adds_no_problem_column():
    assert "problem" not in ss.add_measures(frame([PLAIN]))


def test_frame_without_clocks_passes_through():
    index = pd.date_range("2026-01-05", periods=3, name="night")
    nights = pd.DataFrame({"tst_min": [400.0, np.nan, 420.0], "stress": [1, 2, 3]}, index=index)
    pd.testing.assert_frame_equal(ss.add_measures(nights), nights)
    empty = pd.DataFrame(index=index)
    assert ss.add_measures(empty).shape == (3, 0)
    assert ss.add_measures(frame([PLAIN]).iloc[:0]).shape[0] == 0


def test_several_people():
    nights = pd.concat({"ann": frame([PLAIN, PLAIN]), "bo": frame([PLAIN])}, names=["person"])
    out = ss.add_measures(nights)
    assert out.index.equals(nights.index)
    assert out["tst_min"].tolist() == [432.0] * 3


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_any_resolution_of_stamps_and_index(unit):
    nights = frame([PLAIN])
    for name in ("into_bed", "lights_out", "final_wake", "out_of_bed"):
        nights[name] = nights[name].dt.as_unit(unit)
    nights.index = nights.index.as_unit(unit)
    out = ss.add_measures(nights)
    assert out["se_pct"].iloc[0] == 43200 / 525
    assert out["sleep_onset"].dtype == "datetime64[us]"


def test_nullable_numbers():
    nights = frame([PLAIN, PLAIN]).convert_dtypes()
    nights.loc[nights.index[1], "waso_min"] = pd.NA
    assert ss.add_measures(nights)["tst_min"].tolist()[0] == 432
    assert np.isnan(ss.add_measures(nights)["tst_min"].iloc[1])


# idempotent -------------------------------------------------------------------------------------


ODD = [
    PLAIN,
    PLAIN | {"tst_min": 500.0},
    PLAIN | {"tib_min": 465.0},
    PLAIN | {"waso_min": -5.0},
    PLAIN | {"sol_min": 700.0},
    PLAIN | {"final_wake": "22:00"},
    PLAIN | {"into_bed": None},
    PLAIN | {"sleep_onset": "23:30"},
    PLAIN | {"nawk": 0.0, "waso_min": np.nan},
    PLAIN | {"caffeine_last": "15:30"},
    PLAIN | {"caffeine_last": "40:00"},
    {},
]


@pytest.mark.parametrize("rows", [[PLAIN], ODD, [{k: PLAIN[k] for k in ("into_bed", "sol_min",
                                                                      "final_wake")}]])  # fmt: skip
def test_a_second_call_changes_nothing(rows):
    once = ss.add_measures(frame(rows))
    twice = ss.add_measures(once)
    pd.testing.assert_frame_equal(once, twice)
    assert once.attrs == twice.attrs


@pytest.mark.parametrize("name", ["sleepdata_old_2020-09", "sleepdata_new_2025-12"])
def test_a_read_file_is_already_measured(name):
    path = SHARED / "exports" / "sleep_cycle" / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"needs {path}")
    with pytest.warns(ss.DiaryWarning):
        nights = ss.read_diary(path)
    again = ss.add_measures(nights)
    pd.testing.assert_frame_equal(nights, again)
    assert nights.attrs == again.attrs


# what wins --------------------------------------------------------------------------------------


def test_recorded_wins_and_disagreement_is_told():
    out = ss.add_measures(frame([PLAIN | {"tst_min": 455.0}]))
    assert out["tst_min"].iloc[0] == 455
    assert out["se_pct"].iloc[0] == pytest.approx(100 * 455 / 525)
    assert out["problem"].iloc[0] == (
        "tst_min recorded as 455 min, spt_min and waso_min give 432 min: kept 455 min"
    )


def test_five_minutes_are_tolerated():
    out = ss.add_measures(frame([PLAIN | {"tst_min": 437.0}, PLAIN | {"tst_min": 437.1}]))
    assert out["tst_min"].tolist() == [437.0, 437.1]
    assert out["problem"].tolist() == [
        "", "tst_min recorded as 437.1 min, spt_min and waso_min give 432 min: kept 437.1 min",
    ]  # fmt: skip


def test_an_hour_apart_is_named_as_a_change_of_the_clocks():
    out = ss.add_measures(frame([PLAIN | {"tib_min": 465.0}]))
    assert out["tib_min"].iloc[0] == 465
    assert out["problem"].iloc[0] == (
        "tib_min recorded as 465 min, into_bed and out_of_bed give 525 min: kept 465 min "
        "(about an hour apart: likely a night in which the clocks changed)"
    )


def test_two_hours_apart_is_not():
    out = ss.add_measures(frame([PLAIN | {"tib_min": 405.0}]))
    assert "clocks changed" not in out["problem"].iloc[0]


def test_sleep_onset_recorded_as_a_clock():
    rows = [PLAIN | {"sleep_onset": "23:30", "sol_min": 60.0}, PLAIN | {"sleep_onset": "23:00"}]
    out = ss.add_measures(frame(rows))
    assert out["spt_min"].tolist() == [420.0, 450.0]
    assert out["problem"].tolist() == [
        "",
        "sleep_onset recorded as 23:00, lights_out and sol_min give 22:48: kept 23:00",
    ]


def test_latency_from_a_recorded_sleep_onset():
    out = ss.add_measures(frame([{"lights_out": "23:00", "sleep_onset": "23:25",
                                  "final_wake": "31:00"}]))  # fmt: skip
    assert out["sol_min"].tolist() == [25.0]
    assert out["spt_min"].tolist() == [455.0]


def test_latency_is_never_counted_from_getting_into_bed():
    out = ss.add_measures(frame([{"into_bed": "23:00", "sleep_onset": "23:25",
                                  "final_wake": "31:00"}]))  # fmt: skip
    assert "sol_min" not in out


def test_blanks_of_a_recorded_column_are_filled():
    out = ss.add_measures(frame([PLAIN | {"tst_min": 430.0}, PLAIN]))
    assert out["tst_min"].tolist() == [430.0, 432.0]


def test_blanks_of_a_device_column_are_not():
    nights = frame([PLAIN | {"tst_min": 430.0}, PLAIN])
    nights.attrs["sleepstats"] = {"columns": {"tst_min": {"kind": "device"}}}
    out = ss.add_measures(nights)
    assert out["tst_min"].iloc[0] == 430
    assert np.isnan(out["tst_min"].iloc[1])


def test_efficiency_disagreement_is_judged_in_minutes():
    # 1 % of 525 min is 5.25 min: told; 0.9 % is 4.7 min: not.
    # 5 min of 525 are 0.952 %
    rows = [PLAIN | {"se_pct": 43200 / 525 + 0.957}, PLAIN | {"se_pct": 43200 / 525 + 0.948}]
    problem = ss.add_measures(frame(rows))["problem"]
    assert (
        problem.iloc[0] == "se_pct recorded as 83.2 %, tst_min and tib_min give 82.3 %: kept 83.2 %"
    )
    assert problem.iloc[1] == ""


def test_sentences_follow_what_stood_there():
    nights = frame([PLAIN | {"tst_min": 455.0}, PLAIN])
    nights["problem"] = ["line 2, column 'x': '?' is no number.", None]
    out = ss.add_measures(nights)
    assert out["problem"].tolist() == [
        "line 2, column 'x': '?' is no number; "
        "tst_min recorded as 455 min, spt_min and waso_min give 432 min: kept 455 min",
        "",
    ]
    assert out["problem"].dtype == "str"


# WASO -------------------------------------------------------------------------------------------


def test_no_waso_no_total_sleep_time():
    row = {name: value for name, value in PLAIN.items() if name not in ("waso_min", "nawk")}
    out = ss.add_measures(frame([row]))
    assert out["spt_min"].tolist() == [462.0]
    assert "tst_min" not in out
    assert "se_pct" not in out


def test_waso_of_a_night_slept_through_is_zero():
    out = ss.add_measures(frame([PLAIN, PLAIN | {"nawk": 0.0, "waso_min": np.nan}]))
    assert out["waso_min"].tolist() == [30.0, 0.0]
    assert out["tst_min"].tolist() == [432.0, 462.0]


def test_blank_waso_after_awakenings_stays_blank():
    out = ss.add_measures(frame([PLAIN, PLAIN | {"waso_min": np.nan}]))
    assert np.isnan(out["waso_min"].iloc[1])
    assert np.isnan(out["tst_min"].iloc[1])


@pytest.mark.parametrize("nawk", [1.0, 2.0])
@pytest.mark.parametrize("zero", [np.nan, 0.0])
def test_waso_never_asked_does_not_pick_out_the_good_nights(zero, nawk):
    # Awakenings counted but their length never asked: total sleep time on the nights without
    # awakenings alone would describe only the best nights.
    rows = [PLAIN | {"nawk": nawk, "waso_min": np.nan}, PLAIN | {"nawk": 0.0, "waso_min": zero}]
    out = ss.add_measures(frame(rows))
    assert "tst_min" not in out
    assert out["spt_min"].notna().all()


# items never asked ------------------------------------------------------------------------------


def without(*names):
    return {name: value for name, value in PLAIN.items() if name not in names}


def test_one_bed_time_only():
    out = ss.add_measures(frame([without("lights_out")]))
    assert out["sleep_onset"].iloc[0] == pd.Timestamp("2026-01-05 22:18")
    assert out.attrs["sleepstats"]["notes"] == [
        "No night says when the person tried to sleep: falling asleep is counted from getting into "
        "bed."
    ]
    assert column_of(out, "sleep_onset").made_of == ("into_bed", "sol_min")


def test_no_time_of_rising():
    out = ss.add_measures(frame([without("out_of_bed")]))
    assert out["tib_min"].tolist() == [510.0]
    assert "twak_min" not in out
    assert column_of(out, "tib_min").label == "time in bed to the final awakening"
    assert out.attrs["sleepstats"]["notes"] == [
        "No night says when the person got out of bed: time in bed ends with the final awakening."
    ]


def test_no_time_of_getting_into_bed():
    out = ss.add_measures(frame([without("into_bed")]))
    assert out["tib_min"].tolist() == [495.0]
    assert column_of(out, "tib_min").label == "time from lights out to rising"


def test_neither():
    out = ss.add_measures(frame([without("into_bed", "out_of_bed")]))
    assert out["tib_min"].tolist() == [480.0]
    assert column_of(out, "tib_min").made_of == ("lights_out", "final_wake", "tst_min")
    assert len(out.attrs["sleepstats"]["notes"]) == 1


def test_the_record_of_the_input_is_not_changed():
    nights = frame([without("out_of_bed")])
    nights.attrs["sleepstats"] = {"columns": {}, "notes": ["a"], "zone": ""}
    out = ss.add_measures(nights)
    assert nights.attrs["sleepstats"] == {"columns": {}, "notes": ["a"], "zone": ""}
    assert len(out.attrs["sleepstats"]["notes"]) == 2


def test_a_blank_on_one_night_is_not_stood_in_for():
    rows = [PLAIN, PLAIN | {"lights_out": None}, PLAIN | {"into_bed": None},
            PLAIN | {"out_of_bed": None}]  # fmt: skip
    out = ss.add_measures(frame(rows))
    assert out["spt_min"].isna().tolist() == [False, True, False, False]
    assert out["tib_min"].isna().tolist() == [False, False, True, True]
    assert "sleepstats" not in out.attrs


def test_recorded_time_in_bed_is_not_mixed_with_a_stand_in():
    row = without("out_of_bed")
    out = ss.add_measures(frame([row | {"tib_min": 560.0}, row]))
    assert out["tib_min"].iloc[0] == 560
    assert np.isnan(out["tib_min"].iloc[1])
    assert "problem" not in out


# bugs that sleep-log programs have had ----------------------------------------------------------


def test_a_missing_night_shifts_nothing():
    rows = [PLAIN | {"waso_min": float(i)} for i in range(6)]
    full = ss.add_measures(frame(rows))
    for gone in ([0], [3], [5], [0, 1], [4, 5]):  # first, middle, last
        rest = ss.add_measures(frame(rows).drop(frame(rows).index[gone]))
        pd.testing.assert_frame_equal(rest, full.drop(full.index[gone]))


def test_a_blank_row_is_all_missing_and_no_problem():
    out = ss.add_measures(frame([PLAIN, {}, PLAIN]))
    assert out[MEASURES].iloc[1].isna().all()
    assert out[MEASURES].iloc[[0, 2]].notna().all().all()
    assert "problem" not in out


def test_only_the_beginning_or_only_the_end():
    rows = [PLAIN | {"final_wake": None, "out_of_bed": None},
            PLAIN | {"into_bed": None, "lights_out": None}]  # fmt: skip
    out = ss.add_measures(frame(rows))
    assert out["sleep_onset"].notna().tolist() == [True, False]
    assert out["twak_min"].notna().tolist() == [False, True]
    assert not {"tib_min", "spt_min", "tst_min", "se_pct", "midsleep_h"} & set(out)


def test_midnight_is_a_time():
    rows = [PLAIN | {"lights_out": "23:42"}, PLAIN | {"into_bed": "24:00", "lights_out": "24:00"}]
    out = ss.add_measures(frame(rows))
    assert out["sleep_onset"].tolist() == [
        pd.Timestamp("2026-01-06 00:00"), pd.Timestamp("2026-01-07 00:18"),
    ]  # fmt: skip
    assert out["tib_min"].tolist() == [525.0, 405.0]
    assert out["spt_min"].tolist() == [390.0, 372.0]


def test_time_in_bed_is_not_read_as_sleep():
    out = ss.add_measures(frame([{"into_bed": "23:00", "out_of_bed": "31:00"}]))
    assert out.columns.tolist() == ["into_bed", "out_of_bed", "tib_min"]


def test_a_night_of_no_length_is_missing_not_zero():
    row = {"into_bed": "23:00", "lights_out": "23:00", "sol_min": 0.0, "waso_min": 0.0,
           "final_wake": "23:00", "out_of_bed": "23:00"}  # fmt: skip
    out = ss.add_measures(frame([row, PLAIN]))
    assert out[["tib_min", "spt_min", "tst_min", "se_pct"]].iloc[0].isna().all()
    assert out["problem"].iloc[0] == (
        "tib_min would be 0 min from into_bed and out_of_bed: left missing; "
        "spt_min would be 0 min from sleep_onset and final_wake: left missing"
    )


def test_a_night_without_sleep_is_zero():
    out = ss.add_measures(frame([PLAIN | {"waso_min": 462.0}]))
    assert out["tst_min"].tolist() == [0.0]
    assert out["se_pct"].tolist() == [0.0]


def test_negative_waso_is_not_used():
    out = ss.add_measures(frame([PLAIN | {"waso_min": -30.0}]))
    assert np.isnan(out["waso_min"].iloc[0])
    assert "tst_min" not in out
    assert out["problem"].tolist() == ["waso_min recorded as -30 min: not used"]


def test_waso_longer_than_the_sleep_period():
    out = ss.add_measures(frame([PLAIN | {"waso_min": 500.0}, PLAIN]))
    assert out[["waso_min", "tst_min"]].iloc[0].isna().all()
    assert out["problem"].iloc[0] == (
        "waso_min recorded as 500 min, longer than the night it lies in: not used"
    )
    assert out["waso_min"].iloc[1] == PLAIN["waso_min"]


def test_latency_longer_than_the_night():
    out = ss.add_measures(frame([PLAIN | {"sol_min": 700.0}, PLAIN]))
    lost = ["sol_min", "sleep_onset", "spt_min", "tst_min", "midsleep_h"]
    assert out[lost].iloc[0].isna().all()
    assert out["problem"].iloc[0] == (
        "sol_min recorded as 700 min, longer than the night it lies in: not used"
    )


def test_what_a_night_cannot_hold_is_not_used():
    """By hand, of 480 min in bed: parts and their sum to 510, 120 awakenings (480 / 4)."""
    night = {"into_bed": "23:00", "out_of_bed": "31:00"}
    out = ss.add_measures(frame([
        night | {"rem_min": 511.0, "light_min": 300.0, "deep_min": 100.0, "nawk": 121.0},
        night | {"rem_min": 111.0, "light_min": 300.0, "deep_min": 100.0, "nawk": 120.0},
        night | {"rem_min": 110.0, "light_min": 300.0, "deep_min": 100.0, "awake_min": 511.0},
    ]))  # fmt: skip
    left = out[["rem_min", "light_min", "deep_min", "nawk", "awake_min"]].notna().sum(axis=1)
    assert left.tolist() == [2, 1, 3]
    too_much = "more than its night can hold: not used"
    assert out["problem"].tolist() == [
        f"nawk recorded as 121, {too_much}; rem_min recorded as 511 min, {too_much}",
        f"rem_min + light_min + deep_min recorded as 511 min, {too_much}",
        f"awake_min recorded as 511 min, {too_much}",
    ]
    assert ss.add_measures(out).equals(out)


def test_a_night_of_unknown_length_is_held_against_sixteen_hours():
    """16 h and 30 min are 990 min; 960 / 4 awakenings are 240."""
    rows = [{"deep_min": 991.0, "nawk": 241.0}, {"deep_min": 990.0, "nawk": 240.0}]
    out = ss.add_measures(frame([{"into_bed": "23:00"} | row for row in rows]))
    assert out["deep_min"].isna().tolist() == out["nawk"].isna().tolist() == [True, False]


def test_end_before_beginning_and_more_than_a_day():
    rows = [{"into_bed": "23:00", "out_of_bed": "22:30"}, {"into_bed": "23:00",
            "out_of_bed": "50:00"}, {"into_bed": "23:00", "out_of_bed": "31:00"}]  # fmt: skip
    out = ss.add_measures(frame(rows))
    assert out["tib_min"].isna().tolist() == [True, True, False]
    assert out["problem"].tolist() == [
        "tib_min would be -30 min from into_bed and out_of_bed: left missing",
        "tib_min would be 1620 min from into_bed and out_of_bed: left missing",
        "",
    ]


def test_more_sleep_than_time_in_bed():
    out = ss.add_measures(frame([PLAIN | {"tst_min": 600.0}]))
    assert out["tst_min"].tolist() == [432.0]
    assert out["problem"].tolist() == [
        "tst_min recorded as 600 min, more than tib_min allows: not used"
    ]


@pytest.mark.parametrize(("asleep", "kept"), [(529.9, True), (530.1, False), (560.0, False)])
def test_sleep_may_exceed_the_time_in_bed_by_five_minutes(asleep, kept):
    """525 min in bed; the tolerance of the definition is 5 min."""
    out = ss.add_measures(frame([PLAIN | {"tst_min": asleep}]))
    assert out["tst_min"].tolist() == [asleep if kept else 432.0]


@pytest.mark.parametrize("nawk", [1.0, 2.0])
def test_an_awakening_whose_length_was_left_blank_is_not_zero(nawk):
    out = ss.add_measures(frame([PLAIN, PLAIN | {"nawk": nawk, "waso_min": np.nan}]))
    np.testing.assert_array_equal(out["waso_min"], [30, np.nan])
    np.testing.assert_array_equal(out["tst_min"], [432, np.nan])


@pytest.mark.parametrize(("asleep", "kept"), [(466.9, True), (467.1, False), (480.0, False)])
def test_a_sleep_period_shorter_than_the_sleep_in_it_is_missing(asleep, kept):
    """Onset 22:48, waking 06:30: 462 min; 5 min are tolerated, as with the time in bed."""
    out = ss.add_measures(frame([PLAIN | {"tst_min": asleep, "waso_min": np.nan}]))
    np.testing.assert_array_equal(out["spt_min"], [462 if kept else np.nan])
    assert ("less than tst_min" in str(out.get("problem", pd.Series([""])).iloc[0])) is not kept
    assert out["tst_min"].tolist() == [asleep]
    assert ss.add_measures(out).equals(out)


def test_a_sleep_period_longer_than_the_time_in_bed_is_told():
    out = ss.add_measures(frame([PLAIN | {"tib_min": 440.0}]))
    assert "spt_min 462 min is longer than tib_min 440 min: both kept" in out["problem"].iloc[0]
    assert out["spt_min"].tolist() == [462]


def test_a_little_more_sleep_than_time_in_bed_is_rounding():
    # Recorded to the half hour; the time in bed is 525 min.
    out = ss.add_measures(frame([PLAIN | {"tst_min": 528.0}]))
    assert out["tst_min"].tolist() == [528.0]
    assert "se_pct" not in out
    assert (
        out["problem"]
        .iloc[0]
        .endswith("se_pct would be 100.6 % from tst_min and tib_min: left missing")
    )


def test_impossible_recorded_values_are_not_used():
    index = pd.date_range("2026-01-05", periods=3, name="night")
    nights = pd.DataFrame(
        {"tst_min": [-5.0, 1500.0, 400.0], "se_pct": [120.0, 90.0, 95.0]}, index=index
    )
    out = ss.add_measures(nights)
    assert out["tst_min"].isna().tolist() == [True, True, False]
    assert out["se_pct"].isna().tolist() == [True, False, False]
    assert out["problem"].tolist() == [
        "tst_min recorded as -5 min: not used; se_pct recorded as 120 %: not used",
        "tst_min recorded as 1500 min: not used",
        "",
    ]


# clock habits -----------------------------------------------------------------------------------


def test_hours_before_bed():
    rows = [PLAIN | {"caffeine_last": "15:30"}, PLAIN, PLAIN | {"caffeine_last": "23:00"},
            PLAIN | {"caffeine_last": "25:31"}]  # fmt: skip
    out = ss.add_measures(frame(rows))
    hours = out["caffeine_last_h_before_bed"]
    assert hours.tolist()[:3] == pytest.approx([7.0, np.nan, -0.5], nan_ok=True)
    assert np.isnan(hours.iloc[3])
    assert out["problem"].iloc[3] == (
        "caffeine_last_h_before_bed would be -3 from caffeine_last and lights_out, "
        "more than 3 h after bed time: left missing"
    )
    assert column_of(out, "caffeine_last_h_before_bed").unit == "h before bed"


def test_hours_before_getting_into_bed():
    out = ss.add_measures(frame([{"into_bed": "23:00", "supplement_time": "22:15"}]))
    assert out["supplement_time_h_before_bed"].tolist() == [0.75]


def test_clock_times_of_the_morning_are_not_before_bed():
    nights = frame([PLAIN | {"first_coffee": "32:00"}])
    nights.attrs["sleepstats"] = {"columns": {"first_coffee": {"when": "morning"}}}
    assert "first_coffee_h_before_bed" not in ss.add_measures(nights)


# the change of the clocks -----------------------------------------------------------------------


def clock_change(start, zone):
    nights = frame([PLAIN, PLAIN, PLAIN], start=start)
    nights.attrs["sleepstats"] = {"zone": zone}
    return ss.add_measures(nights)


def test_nights_in_which_the_clocks_change_have_their_length():
    # Europe/Berlin: on 29 March 2026 02:00 became 03:00, on 25 October 2026 03:00 became 02:00.
    spring = clock_change("2026-03-27", "Europe/Berlin")
    assert spring["tib_min"].tolist() == [525.0, 465.0, 525.0]
    assert spring["tst_min"].tolist() == [432.0, 372.0, 432.0]
    autumn = clock_change("2026-10-23", "Europe/Berlin")
    assert autumn["tib_min"].tolist() == [525.0, 585.0, 525.0]
    # Half of the sleep period later than 22:48 is 231 min, or 261 min elapsed: 03:09 by the
    # summer clock, which shows 02:09 then.
    assert autumn["midsleep_h"].round(6).tolist() == [26.65, 26.15, 26.65]


def test_without_a_zone_the_wall_clock_is_taken_as_it_stands():
    assert clock_change("2026-03-27", "")["tib_min"].tolist() == [525.0] * 3
    assert clock_change("2026-03-27", "the kitchen")["tib_min"].tolist() == [525.0] * 3


def test_sleep_onset_over_the_change():
    nights = frame([{"lights_out": "25:50", "sol_min": 20.0, "final_wake": "31:00"}], "2026-03-28")
    nights.attrs["sleepstats"] = {"zone": "Europe/Berlin"}
    out = ss.add_measures(nights)
    assert out["sleep_onset"].iloc[0] == pd.Timestamp("2026-03-29 03:10")
    assert out["spt_min"].tolist() == [230.0]


def test_who_slept_all_the_time_in_bed_slept_100_percent():
    """By hand: 480 of 480 min, one minute in bed, and a reading of the clock is not rounded up."""
    whole = {"into_bed": "23:00", "out_of_bed": "31:00", "tst_min": 480.0}
    out = ss.add_measures(frame([whole, {"into_bed": "23:00", "out_of_bed": "23:01"}]))
    assert out["se_pct"].tolist()[:1] == [100.0]
    assert out["tib_min"].tolist() == [480.0, 1.0]
    nights = frame([{"into_bed": "22:00", "final_wake": "26:30"}], "2026-10-24")
    nights["final_wake"] += pd.Timedelta(seconds=45)
    nights.attrs["sleepstats"] = {"zone": "Europe/Berlin"}
    (told,) = ss.add_measures(nights)["problem"]
    assert "final_wake 02:30 came twice" in told


def test_an_hour_that_comes_twice_is_told():
    nights = frame([PLAIN | {"final_wake": "26:30", "out_of_bed": "30:00"}], "2026-10-24")
    nights.attrs["sleepstats"] = {"zone": "Europe/Berlin"}
    out = ss.add_measures(nights)
    assert out["problem"].tolist() == [
        "final_wake 02:30 came twice that night: the first was taken"
    ]
    assert out["spt_min"].tolist() == [222.0]  # 22:48 to the first 02:30
    pd.testing.assert_frame_equal(ss.add_measures(out), out)


def test_a_zone_explains_what_the_clocks_could_not():
    nights = frame([PLAIN | {"tib_min": 465.0}], "2026-03-28")
    nights.attrs["sleepstats"] = {"zone": "Europe/Berlin"}
    assert "problem" not in ss.add_measures(nights)


# wrong ------------------------------------------------------------------------------------------


def test_wrong_input():
    index = pd.DatetimeIndex(["2026-01-05"], name="night")
    with pytest.raises(ss.DiaryError, match="nights is a list, not a DataFrame"):
        ss.add_measures([1])
    with pytest.raises(ss.DiaryError, match="The index is named None, expected 'night'"):
        ss.add_measures(pd.DataFrame({"tst_min": [1.0]}))
    with pytest.raises(ss.DiaryError, match="nights are not in order"):
        ss.add_measures(frame([PLAIN] * 4).iloc[[0, 2, 1, 3]])
    with pytest.raises(ss.DiaryError) as raised:
        ss.add_measures(pd.DataFrame({"into_bed": ["23:00"]}, index=index))
    assert str(raised.value) == (
        "Column 'into_bed' is str, expected local times without zone (datetime64). "
        "Convert it with pandas.to_datetime() first."
    )
    aware = pd.DataFrame({"final_wake": index.tz_localize("UTC")}, index=index)
    with pytest.raises(ss.DiaryError, match=r"'final_wake' is datetime64\[us, UTC\], expected"):
        ss.add_measures(aware)
    with pytest.raises(ss.DiaryError) as raised:
        ss.add_measures(pd.DataFrame({"sol_min": ["10"]}, index=index))
    assert str(raised.value) == (
        "Column 'sol_min' is str, expected numbers. Convert it with pandas.to_numeric() first."
    )


def test_columns_without_any_value_may_have_any_type():
    index = pd.DatetimeIndex(["2026-01-05"], name="night")
    nights = pd.DataFrame({"into_bed": [None], "sol_min": [None]}, index=index, dtype=object)
    pd.testing.assert_frame_equal(ss.add_measures(nights), nights)


# properties -------------------------------------------------------------------------------------

minutes = st.one_of(st.none(), st.floats(-2000, 3000, allow_nan=False).map(lambda x: round(x, 2)))
duration = st.one_of(st.none(), st.floats(-100, 2000, allow_nan=False).map(lambda x: round(x, 2)))


CLOCK_ITEMS = ("into_bed", "lights_out", "final_wake", "out_of_bed", "caffeine_last")
DURATIONS = ("sol_min", "waso_min", "nawk", "tst_min", "tib_min", "deep_min", "light_min")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(CLOCK_ITEMS, minutes) | dict.fromkeys(DURATIONS, duration)
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_whatever_was_written_down(rows):
    index = pd.date_range("2026-01-05", periods=len(rows), name="night", unit="us")
    nights = pd.DataFrame(index=index)
    for name in rows[0]:
        values = pd.Series([row[name] for row in rows], index=index, dtype=float)
        if name in DURATIONS:
            nights[name] = values
        else:
            nights[name] = (index + pd.to_timedelta(values, unit="min")).dt.as_unit("us")
    before = nights.copy(deep=True)
    out = ss.add_measures(nights)
    pd.testing.assert_frame_equal(nights, before)
    pd.testing.assert_frame_equal(ss.add_measures(out), out)
    for name in ("sol_min", "waso_min", "tib_min", "spt_min", "tst_min", "twak_min"):
        if name in out:
            assert not (out[name] < 0).any()
            assert not (out[name] > 1440).any()
    if "se_pct" in out:
        assert not ((out["se_pct"] < 0) | (out["se_pct"] > 100 + 1e-6)).any()
    if {"tst_min", "tib_min"} <= set(out):
        assert not (out["tst_min"] > out["tib_min"] + 5 + 1e-6).any()
    if "sleep_onset" in out:
        assert not (out["sleep_onset"] > out["final_wake"]).any()


def test_the_truth_of_a_simulated_diary_comes_back():
    # simulate_nights() lays final_wake = onset + WASO + TST; so TST must come back to the minute.
    nights, _ = ss.simulate_nights(200, seed=3)
    raw = nights.drop(columns=MEASURES)
    again = ss.add_measures(raw)
    for name in MEASURES[1:]:
        assert np.allclose(again[name], nights[name], rtol=0, atol=1e-9), name
    whole = (nights["final_wake"] - nights["lights_out"]) / pd.Timedelta(minutes=1)
    expected = whole - nights["sol_min"] - nights["waso_min"]
    assert np.allclose(again["tst_min"], expected, rtol=0, atol=1e-9)


def test_a_frame_of_many_columns_does_not_grow_one_by_one():
    tags = {f"tag_{i}": [True] for i in range(150)}
    night = frame([PLAIN])
    wide = pd.DataFrame({**night.to_dict("series"), **tags}, index=night.index, copy=False)
    assert ss.add_measures(wide)["tst_min"].tolist() == [432.0]  # and no PerformanceWarning


def test_a_recorded_period_is_held_against_the_sleep_recorded_in_it():
    """400 min asleep do not fit in 350; a negative period is refused for being negative only."""
    index = pd.date_range("2026-01-05", periods=3, name="night")
    frame = pd.DataFrame(
        {"tst_min": [400.0, np.nan, 400.0], "tib_min": 500.0, "spt_min": [350.0, -5.0, 450.0]},
        index,
    )
    out = ss.add_measures(frame)
    assert out["spt_min"].isna().tolist() == [True, True, False]
    assert out["problem"].tolist() == [
        "spt_min recorded as 350 min, less than tst_min: not used",
        "spt_min recorded as -5 min: not used",
        "",
    ]


def test_a_clock_time_too_far_from_bed_says_how_far():
    """Limits of the definition: 24 h before bed time, 3 h after it."""
    index = pd.date_range("2026-01-05", periods=4, name="night")
    bed = index + pd.Timedelta(hours=23)
    last = bed - pd.to_timedelta([24.0, 24.1, -3.0, -3.1], unit="h")
    out = ss.add_measures(pd.DataFrame({"into_bed": bed, "caffeine_last": last}, index))
    hours = out["caffeine_last_h_before_bed"].to_numpy()
    np.testing.assert_allclose(hours, [24, np.nan, -3, np.nan])
    told = out["problem"].tolist()
    assert told[0] == told[2] == ""
    assert "more than 24 h before bed time" in told[1]
    assert "more than 3 h after bed time" in told[3]


def test_awakenings_of_no_minutes_are_an_answer():
    # by hand: two awakenings of 0 minutes take nothing from the sleep period, 22:48 to 06:30
    rows = [PLAIN | {"nawk": 2.0, "waso_min": 0.0}] * 3 + [PLAIN | {"nawk": 0.0, "waso_min": 0.0}]
    out = ss.add_measures(frame(rows))
    assert out["tst_min"].tolist() == out["spt_min"].tolist()
    assert out["tst_min"].notna().all()


def test_awakenings_that_are_dropped_are_no_evidence_either():
    """241 awakenings are dropped; had they counted, a second run would have filled a night more."""
    index = pd.date_range("2026-01-05", periods=3, name="night")
    nights = pd.DataFrame({"nawk": [0.0, 241.0, 0.0], "waso_min": [np.nan, np.nan, 0.0]}, index)
    once = ss.add_measures(nights)
    assert once["waso_min"].fillna(-1).tolist() == [0.0, -1.0, 0.0]
    assert "nawk recorded as 241" in once["problem"].iloc[1]
    pd.testing.assert_frame_equal(ss.add_measures(once), once)


# at the bounds, by hand from the definitions -----------------------------------------------------


def only(**columns):
    """Build nights of recorded numbers alone."""
    index = pd.date_range("2026-01-05", periods=len(next(iter(columns.values()))), name="night")
    return pd.DataFrame(columns, index)


def test_all_of_the_time_in_bed_is_100_percent_to_the_last_digit():
    """100 x / x of doubles is not 100 for every x."""
    odd = next(x for x in np.arange(400.0, 500.0, 0.1).tolist() if 100.0 * x / x != 100.0)
    out = ss.add_measures(only(tst_min=[odd, 400.0, 401.0], tib_min=[odd, 399.0, 399.5]))
    assert out["se_pct"].tolist()[:2] == [100.0, 100.0]
    assert np.isnan(out["se_pct"].iloc[2])  # a minute and a half more is more than rounding


def test_efficiency_is_at_most_100():
    assert ss.add_measures(only(se_pct=[100.0, 100.5]))["se_pct"].isna().tolist() == [False, True]


def test_midsleep_lies_within_a_day_before_and_three_after_the_evening():
    out = ss.add_measures(only(midsleep_h=[-24.0, -24.5, 72.0, 72.5]))
    assert out["midsleep_h"].isna().tolist() == [False, True, False, True]


def test_midsleep_is_held_against_the_clocks_in_minutes():
    """26.65 h by the clocks: 4.95 min later is tolerated, 5.04 is told."""
    rows = [PLAIN | {"midsleep_h": 26.65 + 0.0825}, PLAIN | {"midsleep_h": 26.65 + 0.084}]
    told = ss.add_measures(frame(rows))["problem"]
    assert [bool(text) for text in told] == [False, True]
    assert told.iloc[1].startswith("midsleep_h recorded as 26.7, sleep_onset and final_wake give")


@pytest.mark.parametrize(("recorded", "taken"), [(1440.0, True), (0.5, True), (1441.0, False)])
def test_a_recorded_time_in_bed_of_up_to_a_day_keeps_the_stand_in_out(recorded, taken):
    row = without("out_of_bed")
    out = ss.add_measures(frame([row | {"tib_min": recorded}, row]))
    assert np.isnan(out["tib_min"].iloc[1]) == taken


def test_a_sleep_period_of_a_minute_does_not_hold_the_sleep_recorded_in_it():
    row = PLAIN | {"sleep_onset": "30:29", "sol_min": np.nan, "tst_min": 400.0}
    out = ss.add_measures(frame([row, PLAIN]))
    assert np.isnan(out["spt_min"].iloc[0])
    said = "spt_min would be 1 min from sleep_onset and final_wake, less than tst_min: left missing"
    assert said in out["problem"].iloc[0]


@pytest.mark.parametrize(("asleep", "period"), [(523.0, np.nan), (530.0, np.nan), (530.1, 462.0)])
def test_only_sleep_that_the_time_in_bed_allows_rules_out_a_period(asleep, period):
    """525 min in bed and 5 tolerated; what is more is no sleep, and says nothing of 462 min."""
    out = ss.add_measures(frame([PLAIN | {"tst_min": asleep}, PLAIN]))
    np.testing.assert_array_equal(out["spt_min"].iloc[:1], [period])


def test_a_night_of_no_length_limits_none_of_its_parts():
    night = {"into_bed": "23:00", "lights_out": "23:00", "final_wake": "23:00"}
    out = ss.add_measures(frame([night | {"sol_min": 20.0}]))
    assert out["sol_min"].tolist() == [20.0]
    told = "sleep_onset would be 23:20 from lights_out and sol_min, after the night ended at 23:00"
    assert told in out["problem"].iloc[0]
    bed = {"into_bed": "23:00", "out_of_bed": "23:00", "nawk": 5.0, "awake_min": 40.0}
    out = ss.add_measures(frame([bed]))
    assert out[["nawk", "awake_min"]].to_numpy().tolist() == [[5.0, 40.0]]


def test_a_night_of_a_minute_limits_its_parts():
    """5 min are tolerated, half an hour of pieces; one awakening in 4 min."""
    night = {"into_bed": "23:00", "lights_out": "23:00", "final_wake": "23:01",
             "out_of_bed": "23:01"}  # fmt: skip
    out = ss.add_measures(frame([night | {"sol_min": 20.0, "nawk": 2.0, "deep_min": 40.0}, PLAIN]))
    assert out[["sol_min", "nawk", "deep_min"]].iloc[0].isna().all()


def test_an_onset_five_minutes_from_the_latency_is_tolerated():
    out = ss.add_measures(frame([PLAIN | {"sleep_onset": "22:53"}]))
    assert "problem" not in out


def test_clocks_that_give_no_period_do_not_hold_it_against_the_sleep():
    row = PLAIN | {"sleep_onset": "30:30", "sol_min": np.nan, "tst_min": 400.0}
    told = ss.add_measures(frame([row]))["problem"].iloc[0]
    assert told == "spt_min would be 0 min from sleep_onset and final_wake: left missing"


@pytest.mark.parametrize(
    ("asleep", "nawk", "kept"),
    [
        (400.0, 100.0, True), (400.0, 101.0, False),  # 400 / 4
        (1440.0, 300.0, True), (1500.0, 241.0, False), (1500.0, 240.0, True),  # 960 / 4
        (1.0, 2.0, False), (0.0, 5.0, True), (0.0, 241.0, False),
    ],
)  # fmt: skip
def test_awakenings_are_held_against_the_sleep_where_that_is_all_there_is(asleep, nawk, kept):
    """One in 4 min of the recorded sleep; of sleep that cannot be, one in 4 min of 16 hours."""
    out = ss.add_measures(only(tst_min=[asleep], nawk=[nawk]))
    assert out["nawk"].notna().tolist() == [kept]


def test_a_minute_in_bed_holds_half_an_hour_awake_and_no_more():
    bed = {"into_bed": "23:00", "out_of_bed": "23:01"}
    rows = [bed | {"awake_min": minutes} for minutes in (31.0, 31.5)]
    assert ss.add_measures(frame(rows))["awake_min"].isna().tolist() == [False, True]


def test_stages_that_were_recorded_are_named_and_those_of_no_minutes_are_not():
    bed = {"into_bed": "23:00", "out_of_bed": "24:00", "light_min": 60.0, "deep_min": 31.0}
    told = ss.add_measures(frame([bed | {"rem_min": 1.0}, bed | {"rem_min": 0.0}]))["problem"]
    assert [text.partition(" recorded")[0] for text in told] == [
        "rem_min + light_min + deep_min", "light_min + deep_min",
    ]  # fmt: skip


def test_a_sleep_onset_that_reads_before_lights_out_is_left_missing():
    """Berlin, 25 October 2026, 03:00 became 02:00: 40 min after the first 02:30 it is 02:10."""
    nights = frame([PLAIN | {"lights_out": "26:30", "sol_min": 40.0}], "2026-10-24")
    nights.attrs["sleepstats"] = {"zone": "Europe/Berlin"}
    out = ss.add_measures(nights)
    assert out["sleep_onset"].isna().all()
    assert (
        "sleep_onset would read 02:10 on the clock that was set back that night, before "
        "lights_out: left missing, durations hold"
    ) in out["problem"].iloc[0]
    assert out["spt_min"].tolist() == [260.0]  # 02:10 to 06:30


def test_the_frame_is_a_new_one_also_where_nothing_is_added():
    nights = only(tst_min=[400.0], stress=[3.0])
    out = ss.add_measures(nights)
    out["tst_min"] = 1.0
    assert nights["tst_min"].tolist() == [400.0]


def test_columns_that_stay_as_they_are_are_not_copied():
    nights = frame([PLAIN | {"nawk": 0.0, "waso_min": np.nan}, PLAIN]).assign(stress=[3.0, 4.0])
    out = ss.add_measures(nights)
    assert out["waso_min"].tolist() == [0.0, 30.0]
    assert np.shares_memory(out["stress"].to_numpy(), nights["stress"].to_numpy())


def test_minutes_of_pieces_are_not_held_against_the_clocks_of_the_whole():
    nights = frame([PLAIN | {"tst_min": 300.0}, PLAIN | {"tst_min": 300.0}])
    nights["problem"] = [f"2 records (lines 2, 3) {IN_PIECES}.", ""]
    told = ss.add_measures(nights)["problem"].tolist()
    assert told[0] == f"2 records (lines 2, 3) {IN_PIECES}."
    assert told[1].startswith("tst_min recorded as 300 min, spt_min and waso_min give 432 min")


def test_a_measure_that_cannot_be_is_told_once():
    """256.1 min after lights out at 1,696.55 before waking: 1440.4 from these, 1440.5 by stamps."""
    night = pd.Timestamp("2026-01-07")
    nights = pd.DataFrame(
        {
            "lights_out": [night - pd.Timedelta(minutes=1696.55)],
            "final_wake": [night],
            "sol_min": [256.1],
        },
        pd.DatetimeIndex([night], name="night"),
    )
    once = ss.add_measures(nights)
    twice = ss.add_measures(once)
    pd.testing.assert_frame_equal(twice, once)
    assert once["problem"].iloc[0].count("spt_min would be") <= 1
