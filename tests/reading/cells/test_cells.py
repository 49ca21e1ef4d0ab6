"""Columns of clock times, durations, numbers and yes/no as people write them."""

import csv

import numpy as np
import pytest
from exports import REAL
from hypothesis import given
from hypothesis import strategies as st

from sleepstats.reading.cells import (
    distinct,
    is_missing,
    kind_of_cells,
    looks_like_stamps,
    read_clocks,
    read_durations,
    read_numbers,
    read_yes_no,
    without_bands,
)

FORM = REAL / "zeo_and_google_forms_diary" / "selfdata_google_forms.csv"
EITHER = "could be morning or evening. Write it on a 24-hour clock, or with am or pm."


def clocks(*cells, role="any", **kwargs):
    return read_clocks(list(cells), role=role, **kwargs)


def minutes(*cells, unit="min"):
    return read_durations(list(cells), unit=unit)


def hm(values):
    """Minutes as HH:MM, missing as '-'."""
    return ["-" if np.isnan(v) else f"{int(v) // 60:02d}:{int(v) % 60:02d}" for v in values]


class TestClocks:
    @pytest.mark.parametrize(
        ("cell", "expected"),
        [("23:10", 1390), ("23:10:30", 1390.5), ("2310", 1390), ("230", 150), ("0230", 150),
         ("23.10", 1390), ("23h10", 1390), ("23h", 1380), ("7:30 pm", 1170), ("7.30pm", 1170),
         ("7 pm", 1140), ("7 p.m.", 1140), ("11:30 p.m.", 1410), ("11:30 p. m.", 1410),
         ("12:15 AM", 15), ("12:15 pm", 735), ("12 am", 0), ("7:30\u202fPM", 1170),
         ("7:30\u00a0pm", 1170), (" 23:10 ", 1390), ("\u200e23:10", 1390), ("23 Uhr 10", 1390),
         ("23:10 Uhr", 1390), ("23 Uhr", 1380), ("730pm", 1170), ("19:00 pm", 1140),
         ("noon", 720), ("Midnight", 0), ("00:00", 0), ("11:30p", 1410), ("1:00:00 AM", 60),
         ("2330 hrs", 1410)],
    )  # fmt: skip
    def test_accepted(self, cell, expected):
        read = clocks(cell)
        assert read.values.tolist() == [expected]
        assert dict(read.bad) == {}
        assert dict(read.repaired) == {}

    @pytest.mark.parametrize(
        "cell",
        ["~23:00", "ca. 23 Uhr", "about 11 pm", "vers 23h", "alle 23:00", "kl. 23.00", "23:00頃"],
    )
    def test_about_right_is_taken_at_its_word_and_told(self, cell):
        read = clocks("23:10", cell)
        assert read.values[1] == 1380
        assert "taken at its word" in dict(read.repaired)[1]

    @pytest.mark.parametrize(
        ("cell", "why"),
        [("25:10", "is not a clock time. Write HH:MM, for example 23:10."),
         ("12:75", "is not a clock time. Write HH:MM, for example 23:10."),
         ("24:30", "is not a clock time. Write HH:MM, for example 23:10."),
         ("1190", "is not a clock time. Write HH:MM, for example 23:10."),
         ("half 11", "could be 10:30 or 11:30. Write HH:MM."),
         ("6:40 but dozed till 7", "is not a clock time. Write HH:MM, for example 23:10."),
         ("22:00-22:30", "is not a clock time. Write HH:MM, for example 23:10."),
         ("123456", "is not a clock time. Write HH:MM, for example 23:10."),
         ("45", "could be 45 minutes past midnight. Write HH:MM."),
         ("22.5", "could be 22:50 or 22:30. Write HH:MM."),
         ("0:30 pm", EITHER),
         ("13:00 am", "is on a 24-hour clock but says am. Write HH:MM, for example 23:10."),
         ("0.9653", "looks like a spreadsheet's share of a day. Format the column as time (HH:MM) "
                    "and export again."),
         ("2024-03-01 23:10", "is a date and time in a column of clock times. Write HH:MM, for "
                              "example 23:10.")],
    )  # fmt: skip
    def test_refused_with_a_reason(self, cell, why):
        read = clocks("23:10", cell)
        assert np.isnan(read.values[1])
        assert read.bad_mask.tolist() == [False, True]
        assert read.reason(1) == f"{cell!r} {why}"
        assert read.reason(0) == ""

    def test_missing_is_not_bad(self):
        read = clocks("23:10", "", None, "--", "N/A", "None")
        assert np.isnan(read.values[1:]).all()
        assert not read.bad
        assert not read.bad_mask.any()

    def test_twenty_four_is_midnight_and_told(self):
        read = clocks("24:00", "23:10", "2400")
        assert read.values.tolist() == [0, 1390, 0]
        assert dict(read.repaired) == {
            0: "'24:00' read as 00:00 of the next day.",
            2: "'2400' read as 00:00 of the next day.",
        }

    def test_whole_hours_only_if_the_whole_column_is(self):
        read = clocks("22", "23", "24", "7", "0", "")
        assert hm(read.values) == ["22:00", "23:00", "00:00", "07:00", "00:00", "-"]
        assert read.style == "whole hours on a 24-hour clock"
        assert len(clocks("22", "23", "7:30").bad) == 2  # most have no minutes
        assert len(clocks("10", "11", "12").bad) == 3

    def test_decimal_hours_are_not_clock_times(self):
        read = clocks("22.75", "23.25", "23.50")
        assert np.isnan(read.values).all()
        assert read.reason(1) == (
            "'23.25' could be a clock time or decimal hours: the column also holds '22.75'. "
            "Write HH:MM."
        )
        assert hm(clocks("23.3", "23.15", "22.50").values) == ["-", "23:15", "22:50"]

    def test_empty_column(self):
        assert clocks().values.shape == (0,)
        assert not clocks().bad

    @given(
        st.lists(
            st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 5)),
            min_size=1, max_size=20,
        )
    )  # fmt: skip
    def test_any_time_in_many_styles(self, times):
        cells = []
        for hour, minute, style in times:
            half = "am" if hour < 12 else "pm"
            cells.append(
                [
                    f"{hour:02d}:{minute:02d}",
                    f"{hour:02d}{minute:02d}",
                    f"{hour}h{minute:02d}",
                    f"{(hour - 1) % 12 + 1}:{minute:02d} {half}",
                    f"{(hour - 1) % 12 + 1}.{minute:02d}{half.upper()}",
                    f"{hour:02d}:{minute:02d}:00",
                ][style]
            )
        expected = [hour * 60 + minute for hour, minute, _ in times]
        assert clocks(*cells).values.tolist() == expected

    @given(st.lists(st.text(max_size=12), max_size=8))
    def test_any_text_is_read_or_refused_or_missing(self, cells):
        read = read_clocks(cells, role="bed")
        known = np.isfinite(read.values)
        assert ((read.values[known] >= 0) & (read.values[known] < 1440)).all()
        assert (~known == (read.bad_mask | is_missing(cells))).all()


class TestTwelveHourBeds:
    def test_twelve_ten_eleven_and_small_hours(self):
        read = clocks("1130", "1230", "245", "10:15", role="bed")
        assert hm(read.values) == ["23:30", "00:30", "02:45", "22:15"]
        assert read.twelve_hour is True
        assert read.style == (
            "12-hour clock without am/pm: 12 is midnight, 10 and 11 are evening, the rest morning"
        )
        assert read.assumed == (
            "Bed times without am or pm, none of them at 0 or from 13 to 24 o'clock, are read on a "
            "12-hour clock: 12 is midnight, 10 and 11 are evening."
        )

    def test_one_zero_or_thirteen_shows_24_hours(self):
        for shown in ("0:15", "23:10", "24:00"):
            read = clocks("11:30", "12:10", shown, role="bed")
            assert hm(read.values)[:2] == ["11:30", "12:10"]
            assert read.twelve_hour is False
            assert not read.assumed

    def test_a_lone_24_hour_cell_among_daytime_beds_is_told(self):
        read = clocks(*["11:15"] * 6, "23:10", role="bed")
        assert read.assumed == (
            "6 bed times from 10:00 to 12:59 are read as daytime, because '23:10' in the same "
            "column shows a 24-hour clock."
        )

    def test_five_to_nine_go_to_the_half_near_the_middle(self):
        """Middle of 22:15, 23:30, 00:05 is 23:30: 21:15 is near, 6:00 and 7:15 are near nothing."""
        read = clocks("11:30", "10:15", "12:05", "9:15", "7:15", "6:00", role="bed")
        assert hm(read.values) == ["23:30", "22:15", "00:05", "21:15", "-", "-"]
        assert read.reason(4) == f"'7:15' {EITHER}"

    def test_a_late_sleeper_s_half_past_five(self):
        assert hm(clocks("2:30", "3:00", "12:45", "5:30", role="bed").values)[-1] == "05:30"

    def test_columns_that_prove_nothing_are_refused(self):
        for cells in (["7:15", "8:45"], ["11:30", "10:15", "8:15"]):
            read = read_clocks(cells, role="bed")
            assert len(read.bad) == len(cells)
            assert read.twelve_hour is None
            assert read.style == "12-hour or 24-hour clock: the column does not say"

    def test_leading_zeros_are_a_24_hour_clock(self):
        read = clocks("10:30", "07:15", "08:45", role="bed")
        assert hm(read.values) == ["10:30", "07:15", "08:45"]
        assert read.twelve_hour is False

    def test_one_to_four_need_no_decision(self):
        read = clocks("1:15", "2:45", role="bed")
        assert hm(read.values) == ["01:15", "02:45"]
        assert read.twelve_hour is None

    def test_am_pm_elsewhere_shows_a_12_hour_clock(self):
        read = clocks("10:30 pm", "11 pm", "8:45", role="bed")
        assert hm(read.values) == ["22:30", "23:00", "20:45"]

    def test_the_caller_decides(self):
        assert hm(clocks("11:30", role="bed", twelve_hour=True).values) == ["23:30"]
        assert hm(clocks("11:30", "12:15", role="bed", twelve_hour=False).values) == [
            "11:30",
            "12:15",
        ]

    def test_dropped_zeros(self):
        read = clocks("245", "1130", "1230", "115", "45", role="bed")
        assert hm(read.values)[-1] == "00:45"
        assert dict(read.repaired) == {
            4: "'45' read as 00:45: the column writes 2:45 as 245, and so 00:45 as 45."
        }
        assert hm(clocks("2:45", "11:30", "12:30", "1:15", "45", role="bed").values)[-1] == "-"

    def test_wake_times(self):
        read = clocks("12:10", "7:00", "11:50", "2:15", role="wake", twelve_hour=True)
        assert hm(read.values) == ["12:10", "07:00", "11:50", "-"]
        assert read.reason(3) == f"'2:15' {EITHER}"
        assert read.style == "12-hour clock without am/pm: 4 to 11 are morning, 12 is noon"

    def test_wake_times_settled_by_bed_times(self):
        """Into bed 23:00: up at 02:15 after 3 h 15. At 04:00: up at 14:15. At 00:30: either."""
        after = np.array([1380.0, 240.0, 30.0, np.nan])
        read = clocks("2:15", "2:15", "2:15", "2:15", role="wake", twelve_hour=True, after=after)
        assert hm(read.values) == ["02:15", "14:15", "-", "-"]
        assert read.bad_mask.tolist() == [False, False, True, True]
        assert sorted(read.bad) == [2, 3]

    def test_other_times_are_refused_on_a_12_hour_clock(self):
        read = clocks("3:30", "15:30", "3:30 pm", twelve_hour=True)
        assert hm(read.values) == ["-", "15:30", "15:30"]

    def test_real_form(self):
        """The one real form: 1230 is 00:30, four wake times cannot be read.

        45, 22 and 30 are bed times with their zeros dropped: the same person's sleep tracker began
        these three nights at 00:55, 00:20 and 00:20.
        """
        if not FORM.exists():
            pytest.skip("needs the shared sample exports")
        rows = list(csv.reader(FORM.read_text(encoding="utf-8").splitlines()))[1:]
        bed_cells, wake_cells = [row[1] for row in rows], [row[4] for row in rows]
        bed = read_clocks(bed_cells, role="bed")
        assert not bed.bad
        assert [bed_cells[i] for i in bed.repaired] == ["45", "22", "30"]
        by_cell = dict(zip(bed_cells, hm(bed.values), strict=True))
        assert by_cell["245"] == "02:45"
        assert by_cell["1130"] == "23:30"
        assert by_cell["1230"] == "00:30"
        assert by_cell["22"] == "00:22"
        wake = read_clocks(wake_cells, role="wake", twelve_hour=bed.twelve_hour, after=bed.values)
        assert [wake_cells[i] for i in wake.bad] == ["11", "45", "11", "15"]
        by_cell = dict(zip(wake_cells, hm(wake.values), strict=True))
        assert by_cell["11:50:00"] == "11:50"
        assert by_cell["1215"] == "12:15"


class TestDurations:
    @pytest.mark.parametrize(
        ("cell", "expected"),
        [("7:35", 455), ("7:35:00", 455), ("0:20", 20), ("7h 35m", 455), ("7h35", 455),
         ("7h35m", 455), ("7ч 32м", 452), ("7 hrs 35 mins", 455), ("8h 37min", 517), ("455", 455),
         ("455 min", 455), ("7.5 h", 450), ("7,5 h", 450), ("1,5 h", 90), ("PT7H35M", 455),
         ("PT27300S", 455), ("90 minutes", 90), ("1 hour", 60), ("1 hour and 20 minutes", 80),
         ("1 Std. 30 Min.", 90), ("45 sec", 0.75), ("1h20m30s", 80.5), ("5h", 300), ("0", 0)],
    )  # fmt: skip
    def test_accepted(self, cell, expected):
        read = minutes(cell)
        assert read.values.tolist() == pytest.approx([expected])
        assert not read.bad

    @pytest.mark.parametrize(
        ("cell", "why"),
        [("20-30", "is a range, not a number. Write one number."),
         ("20 to 30", "is a range, not a number. Write one number."),
         ("<5", "is a bound, not a number. Write one number."),
         (">120", "is a bound, not a number. Write one number."),
         ("20+", "is a bound, not a number. Write one number."),
         ("none", "is not a duration. Write minutes (455) or hours and minutes (7:35)."),
         ("45%", "is not a duration. Write minutes (455) or hours and minutes (7:35)."),
         ("PT", "is not a duration. Write minutes (455) or hours and minutes (7:35)."),
         ("-5", "is negative. Write minutes (455) or hours and minutes (7:35)."),
         ("7:75", "is not a duration: minutes and seconds end at 59. Write minutes (455) or hours "
                  "and minutes (7:35)."),
         ("28320", "would be 472.0 hours, more than a day. Check the cell and the unit in the "
                   "header.")],
    )  # fmt: skip
    def test_refused_with_a_reason(self, cell, why):
        read = minutes("10", cell)
        assert np.isnan(read.values[1])
        assert dict(read.bad) == {1: f"{cell!r} {why}"}

    def test_bare_numbers_take_the_unit(self):
        assert minutes("7.5", "8", unit="h").values.tolist() == [450, 480]
        assert minutes("28320", unit="s").values.tolist() == [472]
        read = minutes("20", "0:20", unit=None)
        assert read.values.tolist() == [20, 20]
        assert read.style == ("hours:minutes; bare numbers are minutes (the header states no unit)")

    def test_written_units_win_over_the_header_s(self):
        assert minutes("90 min", "1:30", "1.5", unit="h").values.tolist() == [90, 90, 90]

    def test_decimal_comma_of_the_column(self):
        assert minutes("7,5", "6,25", unit="h").values.tolist() == [450, 375]

    @given(st.integers(0, 23), st.integers(0, 59))
    def test_round_trips(self, hours, rest):
        cells = [
            f"{hours}:{rest:02d}", f"{hours}h {rest}m", f"PT{hours}H{rest}M", f"{hours}h{rest:02d}",
            f"{60 * hours + rest}", f"{60 * hours + rest} min", f"{hours} hours {rest} minutes",
        ]  # fmt: skip
        assert set(minutes(*cells).values.tolist()) == {60 * hours + rest}

    @given(st.lists(st.text(max_size=12), max_size=8), st.sampled_from(["min", "h", "s", None]))
    def test_any_text_is_read_or_refused_or_missing(self, cells, unit):
        read = read_durations(cells, unit=unit)
        known = np.isfinite(read.values)
        assert ((read.values[known] >= 0) & (read.values[known] <= 1440)).all()
        assert (~known == (read.bad_mask | is_missing(cells))).all()


class TestNumbers:
    @pytest.mark.parametrize(
        ("cells", "expected"),
        [(["7,5", "8"], [7.5, 8]), (["1.234,5"], [1234.5]), (["1,234.5"], [1234.5]),
         (["1,234,567"], [1234567]), (["1,234", "2.5"], [1234, 2.5]),
         (["1.234", "2,5"], [1234, 2.5]),
         (["0,500", "0,125"], [0.5, 0.125]), (["11,528", "2,768"], [11528, 2768]),
         (["61.745", "2.5"], [61.745, 2.5]), (["51%", "7 %"], [51, 7]),
         (["+35", "-0.23"], [35, -0.23]),
         (["−2"], [-2]), (["1 234", "1\u202f234"], [1234, 1234]), (["1e3", ".5"], [1000, 0.5]),
         (["1,5", "3.5"], [1.5, 3.5]), (["1,234,567", "1,5", "2.5"], [1234567, 1.5, 2.5])],
    )  # fmt: skip
    def test_decimal_sign_of_the_whole_column(self, cells, expected):
        read = read_numbers(cells)
        assert read.values.tolist() == pytest.approx(expected)
        assert not read.bad

    def test_assumed_thousands_are_told(self):
        assert read_numbers(["11,528"]).assumed == (
            "Commas before three digits, as in '11,528', are read as thousands."
        )
        assert not read_numbers(["11,528", "1.5"]).assumed

    def test_contradicting_columns_refuse_what_reads_both_ways(self):
        read = read_numbers(["1,234", "2,5", "3.5"])
        assert np.isnan(read.values[0])
        assert read.reason(0) == (
            "'1,234' could be read with a decimal comma or a decimal point: the column has both. "
            "Write all of it one way."
        )
        assert read.style == "decimal point and decimal comma"

    @pytest.mark.parametrize("cell", ["lots", "3/10", "inf", "1_000", "5 mg", "1,2,3", "1.2.3"])
    def test_words_are_refused(self, cell):
        read = read_numbers(["1", cell])
        assert np.isnan(read.values[1])
        assert read.reason(1) == f"{cell!r} is not a number. Write digits only, for example 2.5."

    @given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=10))
    def test_round_trips(self, numbers):
        point = [f"{number:.2f}" for number in numbers]
        expected = [float(cell) for cell in point]
        assert read_numbers(point).values.tolist() == expected
        comma = [cell.replace(".", ",") for cell in point]
        assert read_numbers(comma).values.tolist() == expected
        grouped = [f"{number:,.2f}" for number in numbers]
        assert read_numbers(grouped).values.tolist() == expected

    @given(st.lists(st.text(max_size=12), max_size=8))
    def test_any_text_is_read_or_refused_or_missing(self, cells):
        read = read_numbers(cells)
        assert (np.isnan(read.values) == (read.bad_mask | is_missing(cells))).all()


class TestYesNo:
    def test_words_of_several_languages(self):
        cells = ["Yes", "y", "TRUE", "x", "✓", "ja", "oui", "sí", "да", "1"]
        assert read_yes_no(cells).values.tolist() == [1.0] * 10
        cells = ["No", "n", "FALSE", "nein", "non", "нет", "0"]
        assert read_yes_no(cells).values.tolist() == [0.0] * 7

    def test_blank_is_not_no(self):
        read = read_yes_no(["yes", "", None, "n/a"])
        assert np.isnan(read.values[1:]).all()
        assert not read.bad

    def test_other_words_are_refused(self):
        read = read_yes_no(["perhaps", "2"])
        assert read.reason(0) == (
            "'perhaps' is neither yes nor no. Write yes or no, or leave the cell empty."
        )
        assert len(read.bad) == 2


def test_is_missing():
    cells = [
        "",
        " ",
        None,
        "-",
        "--",
        "—",
        "N/A",
        "na",
        "NaN",
        "null",
        "(null)",
        "None",
        float("nan"),
    ]
    assert is_missing(cells).all()
    assert not is_missing(["none", "no", "0", "nap"]).any()
    assert is_missing(["?", "??"]).all()  # what is not known is no answer


@pytest.mark.parametrize(
    ("cells", "kind"),
    [(["", None, "--"], "empty"), (["2310", "45"], "number"), (["1", "0"], "number"),
     (["1,5", "2"], "number"), (["23:10", "0:15"], "clock"), (["7.30 pm", "11 pm"], "clock"),
     (["0:45", "1:30"], "duration"), (["7h 3m", "20 min"], "duration"), (["x", "", ""], "yes/no"),
     (["yes", "No"], "yes/no"), (["2024-03-01"], "date"), (["Jan 3, 2024"], "date"),
     (["03/04/2024"], "date"), (["2024-03-01 10:00"], "stamp"), (["blue", "red"], "text"),
     (["5 cups", "2 cups"], "text"), (["1/2", "3/4"], "text"),
     (["yes"] * 9 + ["perhaps"], "yes/no"), (["yes"] * 8 + ["perhaps"] * 2, "text")],
)  # fmt: skip
def test_kind_of_cells(cells, kind):
    assert kind_of_cells(cells) == kind


def test_kind_of_a_long_column():
    notes = np.array([f"slept {i} times" for i in range(50_000)], dtype=object)
    assert kind_of_cells(notes) == "text"
    notes[:] = "yes"
    notes[::2] = ""
    assert kind_of_cells(notes) == "yes/no"


def test_looks_like_stamps():
    assert looks_like_stamps(["2024-03-01 23:10", "01/03/2024 23:10", "", None])
    assert looks_like_stamps(["Jul 14, 2021 9:05 PM", "2021/03/04 9:05:07 AM GMT+1"])
    assert not looks_like_stamps(["23:10", "7.30 pm"])
    assert not looks_like_stamps(["2024-03-01"])
    assert not looks_like_stamps([])


@pytest.mark.parametrize("size", [10, 6_000])
def test_short_and_long_columns_are_read_alike(size):
    """Distinct texts are found by a dict in short columns, by pandas in long ones."""
    cells = np.array(["23:10", "", "25:10", None, "24:00"] * (size // 5), dtype=object)
    read = read_clocks(cells, role="any")
    assert hm(read.values[:5]) == ["23:10", "-", "-", "-", "00:00"]
    assert len(read.bad) == size // 5
    assert len(read.repaired) == size // 5
    assert read.bad_mask.sum() == size // 5
    assert read.reason(size - 3) == "'25:10' is not a clock time. Write HH:MM, for example 23:10."
    assert 0 not in read.bad
    assert -3 not in read.bad


def test_values_can_be_changed():
    """Readers set values to missing afterwards."""
    for read in (clocks("23:10"), minutes("10"), read_numbers(["1"]), read_yes_no(["1"])):
        read.values[0] = np.nan
        assert np.isnan(read.values[0])


@pytest.mark.parametrize(
    ("cell", "minutes_of_day"),  # what the words say, by hand
    [("00:05 (película)", 5.0), ("07:00 despertador", 420.0), ("~23:10", 1390.0),
     ("ca. 23:15", 1395.0), ("kl. 22:30", 1350.0), ("7:30 abends", 1170.0),
     ("7:30 (pm)", 1170.0), ("11 at night", 1380.0), ("7 in the morning", 420.0)],
)  # fmt: skip
def test_words_beside_a_clock_time_are_a_note_that_is_told(cell, minutes_of_day):
    read = read_clocks([cell], role="any")
    assert read.values.tolist() == [minutes_of_day]
    told = "the words beside the time are taken for a note."
    if cell[0] in "~ck":
        told = "is about right: taken at its word."
    assert read.repaired[0] == f"{cell!r} {told}"


def test_hours_counted_on_past_midnight():
    read = read_clocks(["23:40", "24:15", "25:30", "0:20"], role="bed")
    assert hm(read.values) == ["23:40", "00:15", "01:30", "00:20"]
    assert sorted(read.repaired) == [1, 2]


def test_notes_that_begin_with_a_time_are_no_column_of_times():
    assert kind_of_cells(["6:30 run", "7:15 gym with Tom", "8:00 walk", "9:10 rest"]) == "text"
    assert kind_of_cells(["6:30", "7:15 (cat)", "8:00", "9:10", "7:20", "6:50"]) == "clock"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("~20", 20.0), ("about 20", 20.0), ("45 o así", 45.0), ("20?", 20.0), ("ca. 15", 15.0),
     ("20 (cat)", 20.0), ("1 u 05", 65.0), ("1 uur", 60.0), ("1 godz. 10 min", 70.0)],
)  # fmt: skip
def test_an_approximate_length_is_its_number_and_told(cell, value):
    read = read_durations([cell, "10"], unit="min")
    assert read.values.tolist() == [value, 10.0]
    assert bool(read.repaired) is any(
        mark in cell for mark in ("~", "about", "así", "?", "ca", "(")
    )


def test_a_note_in_brackets_leaves_a_yes_a_yes():
    assert read_yes_no(["Sí (17h)", "no (tired)", "no"]).values.tolist() == [1.0, 0.0, 0.0]


def test_thousands_of_what_is_counted():
    read = read_numbers(["11.300", "7.000", "950"], whole=True)
    assert read.values.tolist() == [11_300.0, 7_000.0, 950.0]
    assert "thousands" in read.assumed
    assert read_numbers(["11.300", "7.5"], whole=True).values.tolist() == [11.3, 7.5]


@pytest.mark.parametrize(
    ("cell", "western"),
    [("2025/2/3(月)", "2025/2/3"), ("晚上11:40", "23:40"), ("凌晨12:30", "0:30"),
     ("凌晨1:10", "1:10"), ("早上8:10", "8:10"), ("下午3:05", "15:05"), ("3次", "3"), ("2杯", "2")],
)  # fmt: skip
def test_eastern_cells(cell, western):
    assert distinct([cell])[0] == [western]


class TestBands:
    """The middle of a band is half the sum of its ends; the other numbers are the ends written."""

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [("15-30", 22.5), ("15 – 30 min", 22.5), ("15 to 30 minutes", 22.5), ("0-15 min", 7.5),
         ("between 20 and 30 min", 25), ("15 bis 30 Minuten", 22.5), ("15 à 30 min", 22.5),
         ("entre 15 y 30 min", 22.5), ("15〜30分", 22.5), ("30 min - 1 h", 45), ("1-2 h", 90),
         ("1,5-2 h", 105), ("half an hour", 30), ("eine halbe Stunde", 30), ("media hora", 30)],
    )  # fmt: skip
    def test_the_middle(self, cell, expected):
        plain = without_bands(np.array([cell, "20 min", "40 min", "60 min"], dtype=object))[0]
        assert minutes(*plain).values.tolist() == [expected, 20, 40, 60]

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [("30+ min", 30), ("30 min+", 30), (">30", 30), ("more than 1 hour", 60),
         ("over an hour", 60), ("mehr als eine Stunde", 60), ("plus d'une heure", 60),
         ("plus de 30 min", 30), ("más de 30 min", 30), ("30 or more", 30), ("60分以上", 60)],
    )  # fmt: skip
    def test_what_has_no_upper_end_is_its_least_and_told(self, cell, expected):
        plain, _, assumed = without_bands(np.array([cell, "20 min", "5 min"], dtype=object))
        assert minutes(*plain).values[0] == expected
        assert assumed.startswith(f"{cell!r} in 1 row has no upper end: read as ")
        assert assumed.endswith(", the least it can be.")

    def test_below_is_half_of_it_only_within_what_the_others_span(self):
        latency = without_bands(np.array(["< 15 min", "15-30 min", "30-60 min"], dtype=object))
        assert latency[0].tolist() == ["7.5 min", "22.5 min", "45 min"]
        assert latency[1:] == ("'< 15 min' and its like, in 3 rows: read as the middle, 7.5 min.",
                               "")  # fmt: skip
        slept = without_bands(np.array(["<5 h", "6-7 h", "7-8 h", "9 h"], dtype=object))
        assert slept[0].tolist() == ["5 h", "6.5 h", "7.5 h", "9 h"]
        assert slept[2] == "'<5 h' in 1 row has no lower end: read as 5 h, the most it can be."

    @pytest.mark.parametrize(
        "column",
        [["23-7", "22-6", "0-8"],  # from ... to
         ["a 2-3 page note", "tired", "ok"], ["4-3-2026", "5-3-2026"], ["", "-"],
         ["1e400", "2", "3"],
         ["20", "30", "10-90", "40", "25", "35"]],  # one cell, far too wide
    )  # fmt: skip
    def test_what_is_no_band_stays(self, column):
        cells = np.array(column, dtype=object)
        assert without_bands(cells)[0] is cells
