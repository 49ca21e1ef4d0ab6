"""What a cell means: marks of thousands, blanks, times without am or pm, units within cells.

All files are made here; what is expected is what a reader of the page sees in the cell.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest

import sleepstats as ss


def kept(*columns, n: int = 24, bed=None, up=None, **options):
    """Read a diary of ``n`` nights with columns (header, cells that are repeated)."""
    bed = bed or [f"23:{10 + 7 * i % 45:02d}" for i in range(n)]
    up = up or [f"07:{5 + 11 * i % 50:02d}" for i in range(n)]
    lines = ["Evening of,Bed time,Wake time," + ",".join(f'"{header}"' for header, _ in columns)]
    for i in range(n):
        said = ",".join(f'"{cells[i % len(cells)]}"' for _, cells in columns)
        lines.append(f"2031-03-{i + 1:02d},{bed[i % len(bed)]},{up[i % len(up)]},{said}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO("\n".join(lines) + "\n"), **options)
    return nights, "\n".join(str(one.message) for one in caught)


# ---- 1,000 mg


@pytest.mark.parametrize(
    ("header", "cells", "column", "values", "said"),
    [
        # 1,000 beside 200 and 400: 2.5 times the largest, or a 200th of the smallest
        ("Magnesium", ["0", "200 mg", "400 mg", "1,000 mg"], "magnesium_mg",
         [0, 200, 400, 1000], "'1,000' is read as 1000"),
        ("Vitamin D", ["1000 IU", "2,000 IU"], "vitamin_d_iu", [1000, 2000], "'2,000' is read as"),
        ("Vitamin D", ["1,000 IU", "2,000 IU"], "vitamin_d_iu", [1000, 2000], "is read as"),
        ("Meds", ["Metformin 1,000mg", "Metformin 500mg", "none"], "metformin_dose_mg",
         [1000, 500, 0], "'1,000' is read as 1000"),
        ("Metformin", ["1000 mg", "1,000 mg"], "metformin_mg", [1000, 1000], "is read as 1000"),
        ("Kreatin", ["1.000 mg", "0"], "kreatin_mg", [1000, 0], "'1.000' is read as 1000"),
        ("Wasser", ["1.500 ml", "500 ml"], "wasser_ml", [1500, 500], "'1.500' is read as 1500"),
        ("Supplements", ["2 x 1,000 mg fish oil", "500 mg fish oil"], "fish_oil_dose_mg",
         [2000, 500], "'1,000' is read as 1000"),
        # a number alone beside doses, under the header's unit
        ("Caffeine (mg)", ["1,000", "100mg", "200"], "caffeine_mg", [1000, 100, 200], "is read as"),
        # another sign is the decimal one
        ("Meds", ["Melatonin 0.5 mg", "Kreatin 5,000 mg"], "kreatin_dose_mg", [0, 5000],
         "'5,000' is read as 5000"),
        # what can be read in one way only is not told
        ("Kreatin", ["1'500 mg", "1 000 mg", "none"], "kreatin_mg", [1500, 1000, 0], ""),
        ("Vitamin D", ["1.000.000 IU", "500.000 IU", "0"], "vitamin_d_iu",
         [1e6, 5e5, 0], "'500.000' is read as 500000"),
        # decimal signs stay what they are
        ("Carvedilol", ["3,125 mg", "6,25 mg"], "carvedilol_mg", [3.125, 6.25], ""),
        ("Carvedilol", ["3.125 mg", "none"], "carvedilol_mg", [3.125, 0], ""),
        ("Carvedilol", ["3,125 mg", "none"], "carvedilol_mg", [3.125, 0], "is read as 3.125"),
        ("Melatonin", ["0.500 mg", "1.000 mg", "none"], "melatonin_mg", [0.5, 1, 0], ""),
    ],
)  # fmt: skip
def test_a_mark_of_thousands_is_read_by_what_the_other_cells_say(
    header, cells, column, values, said
):
    nights, told = kept((header, cells))
    assert nights[column].iloc[: len(values)].tolist() == values
    assert said in told
    if not said:
        assert "is read as" not in told


@pytest.mark.parametrize(
    ("header", "amounts"),
    [
        ("amount", ['"1,000 mg"', "500 mg"]),
        ("amount,unit", ['"1,000",mg', "500,mg"]),
        ("dose (mg)", ['"1,000"', "500"]),
    ],
)
def test_a_mark_of_thousands_in_a_log_of_doses(tmp_path, header, amounts):
    log = tmp_path / "log.csv"
    rows = [f"2031-03-{i + 1:02d},creatine,{amounts[i % 2]}" for i in range(24)]
    log.write_text("\n".join([f"date,substance,{header}", *rows]) + "\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.join_evenings(kept(("Tea", ["1", "2"]))[0], log)
    assert nights.creatine_mg[:2].tolist() == [1000, 500]


def test_what_may_be_a_thousand_times_as_much_is_not_guessed():
    nights, _ = kept(("Kreatin", ["2.500 mg", "none"]), ("Zinc", ["1,500 mg", "5 mg"]))
    assert "'2.500 mg' may be 2500 or 2.5: not used. Write one of these" in nights.problem.iloc[0]
    assert "kreatin_mg" not in nights
    # 1,500 mg beside 5 mg: 1.5 is nearer, but nobody writes 1,500 for it
    assert "'1,500 mg' may be 1500 or 1.5: not used." in nights.problem.iloc[0]
    assert np.isnan(nights.zinc_mg.iloc[0])
    assert nights.zinc_mg.iloc[1] == 5


# ---- a 12-hour clock without am and pm

#: Bed times and waking of a 12-hour clock; 11:40 is 23:40.
BED_12, UP_12 = ["11:15", "10:45", "11:40"], ["6:50", "7:10", "7:30"]


@pytest.mark.parametrize(
    "cells",
    [
        ["7:30", "3:30", "5:00", "11:15", "9:00", "12:15", "10:00", "4:00"],
        ["9:00", "10:30", "12:15", "1:45", "3:30", "5:15", "7:30", "11:45"],
        ["7:30", "10:15", "12:05", "2:00", "7:45"],
    ],
)
def test_every_time_of_the_day_follows_the_sentence(cells):
    """The last half day before bed: 7:30 is 19:30, and 12:15 before 23:40 is noon."""
    nights, told = kept(("Last coffee", cells), bed=BED_12, up=UP_12)
    assert (
        "'Last coffee': times without am or pm are taken for the last half day before bed" in told
    )
    for i, hours in enumerate(nights.caffeine_last_h_before_bed):
        (bed_h, bed_min), (h, minute) = (
            map(int, one[i % len(one)].split(":")) for one in (BED_12, cells)
        )
        assert hours == pytest.approx((bed_h * 60 + bed_min - h * 60 - minute) % 720 / 60)


def test_what_can_be_done_in_bed_may_come_after_the_bed_time():
    """12:05 after 23:40 is five past midnight, 10:45 before 23:15 half an hour before it."""
    cells = ["10:45", "11:15", "12:05"]
    nights, told = kept(("Last screen", cells), bed=BED_12, up=UP_12)
    assert "taken for the last half day before 3 h after bed" in told
    hours = nights.last_screen_h_before_bed[:3].tolist()
    assert hours == pytest.approx([30 / 60, -30 / 60, -25 / 60])


# ---- blanks where 0 would be a time


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        ("caffeine_last_h_before_bed", ["6", "3.5", "", "5"], "caffeine_last_h_before_bed"),
        ("Last coffee (hours before bed)", ["6", "3.5", "", "5"], "caffeine_last_h_before_bed"),
        ("Dinner (h before bed)", ["6", "3.5", "", "5"], "dinner_h_before_bed"),
        ("Hours since last meal", ["6", "3.5", "", "5"], "hours_since_last_meal"),
        ("Time since coffee (h)", ["6", "3.5", "", "5"], "time_since_coffee_h"),
        ("Last coffee", ["15", "9", "", "14"], "caffeine_last"),
        ("Last coffee", ["15:00", "9:30", "", "14:10"], "caffeine_last"),
    ],
)
def test_none_has_no_time_so_blank_is_no_leaves_it(header, cells, column):
    """0 hours before bed would be coffee at lights out."""
    nights, told = kept((header, cells))
    assert nights[column].isna().sum() == 6  # every fourth of 24
    assert "blank_is_no" not in told
    nights, told = kept((header, cells), blank_is_no=(header,))
    assert nights[column].isna().sum() == 6
    assert "blank_is_no leaves blanks: none has no time, and 0 is one" in told


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        ("Nap", ["20 min", "40 min", ""], "nap"),
        ("Sieste", ["20 min", "40 min", ""], "sieste"),
        ("Meditation (min)", ["20 min", "40 min", ""], "meditation_min"),
        ("Beer", ["0.5 l", "1 l", ""], "beer"),
    ],
)
def test_blanks_beside_amounts_with_a_unit_are_asked_about(header, cells, name):
    """As beside 20 and 40 without one: every third of 24 evenings is blank."""
    _, told = kept((header, cells))
    assert f"Column {header!r}: blank on 8 of 24 evenings counted as not recorded" in told
    assert f"blank_is_no=('{name}',)" in told
    nights, _ = kept((header, cells), blank_is_no=(name,))
    assert (nights.drop(columns=["problem"]) == 0).sum().max() == 8


def test_no_hours_slept_are_told_in_their_row():
    nights, told = kept(("Hours slept", ["6.2", "5.9", "0", "6.6"]))
    assert nights.tst_min.isna().sum() == 6
    assert (nights.problem.str.contains("0 is read as not measured")).sum() == 6
    assert "column 'Hours slept': 0 is read as not measured: in no average, also if none" in told


@pytest.mark.parametrize("said", ["all nighter", "All-nighter", "nuit blanche", "0"])
def test_a_night_without_sleep_is_told_and_not_called_a_writing_error(said):
    """Hours that repeat the clock times are told, too; by hand: one of 24 nights has no length."""
    rows = [f"2026-01-{day:02d},23:00,06:{day:02d},7:{day:02d}" for day in range(5, 28)]
    text = "\n".join(["Night,Fell asleep,Woke up,Hours", *rows, f"2026-01-28,{said},,0"])
    with pytest.warns(ss.DiaryWarning) as warned:
        nights = ss.read_diary(io.StringIO(text))
    told = "is read as not measured: in no average, also if none was slept"
    assert f"column 'Hours': 0 {told}" in str(warned[0].message)
    if said != "0":
        assert f"column 'Fell asleep': {said!r} {told}" in nights.problem.iloc[-1]
    slept = ss.answer(nights).sleep
    assert "None of 23 nights whose length is known was shorter than 6 h." in slept
    assert any(one.startswith("On 1 of your 24 nights time") for one in slept)


# ---- a header of two lines


@pytest.mark.parametrize(
    ("second", "first_night", "columns", "why"),
    [
        ("(Abend);Uhrzeit;Uhrzeit;mg;g", "2026-01-01", ["koffein_mg", "alkohol_g"], ""),
        ("evening;hh:mm;hh:mm;(mg);units", "2026-01-01", ["koffein_mg", "alkohol_units"], ""),
        (";;;mg;Sorte", "2025-12-31", ["koffein_mg", "alkohol"], ", but for 'Sorte'"),
    ],
)
def test_what_a_second_line_of_a_header_says_is_used(second, first_night, columns, why):
    """The first row is of 1 January 2026; where nothing says evening, of the night before."""
    rows = [f"{i + 1:02d}.01.2026;23:{10 + i};06:4{i % 10};{80 * (i % 3)};{12 * (i % 2)}"
            for i in range(20)]  # fmt: skip
    text = "\n".join(["Datum;Bett;Wach;Koffein;Alkohol", second, *rows]) + "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(text))
        named = ss.read_diary(io.StringIO(text), columns={"Koffein": "caffeine_mg"})
    assert str(nights.index[0].date()) == first_night
    assert set(columns) <= set(nights)
    assert len(nights) == len(named) == 20
    assert "caffeine_mg" in named
    report = ss.reading_report(nights)
    told = report[report.line == 2].to_string()
    assert f"a second line of the header, read with it{why}" in told


def test_a_first_night_of_answers_is_a_night():
    """No answers but a word that stands again below, and no date: a row, refused as before."""
    rows = [",,,mg", *(f"2026-01-{i + 2:02d},23:1{i},07:0{i},mg" for i in range(9))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO("\n".join(["date,bed,wake,in which unit", *rows])))
    assert "second line" not in ss.reading_report(nights).to_string()


# ---- several times in a cell


@pytest.mark.parametrize(
    ("header", "cells", "name", "count", "last"),
    [
        ("Caffeine", ["8am", "8am, 2pm", "9am, 11am, 4:30pm", "none"], "caffeine",
         [1, 2, 3, 0], [8, 14, 16.5, np.nan]),
        ("Caffeine", ["7:30, 10, 15:00", "8:00", "8:30, 14:00", "7:30, 10, 15:00, 17"],
         "caffeine", [3, 1, 2, 4], [15, 8, 14, 17]),
        ("Coffee at", ["8:00", "8:00; 14:00", "9:00"], "coffee_at", [1, 2, 1], [8, 14, 9]),
        ("Kaffee", ["8 Uhr", "8 Uhr und 14:15", ""], "kaffee", [1, 2, np.nan], [8, 14.25, np.nan]),
    ],
)  # fmt: skip
def test_several_times_in_a_cell_are_how_often_and_the_last(header, cells, name, count, last):
    """To bed at 23:10, 23:17, 23:24 and 23:31."""
    nights, _ = kept((header, cells))
    assert nights[f"{name}_times"][: len(count)].tolist() == pytest.approx(count, nan_ok=True)
    before = [23 + (10 + 7 * i) / 60 - hour for i, hour in enumerate(last)]
    hours = nights[f"{name}_h_before_bed"][: len(last)].tolist()
    assert hours == pytest.approx(before, nan_ok=True)
    (said,) = (n for n in nights.attrs["sleepstats"]["notes"] if f"{name}_times" in n)
    assert f"Column {header!r} is read as what was taken, how much and when" in said


def test_one_cell_with_two_times_is_unread_and_the_others_stay():
    nights, _ = kept(("Last coffee", ["15:00", *["14:10"] * 22, "8:00, 14:00"]))
    assert nights.caffeine_last.notna().sum() == 23


# ---- units within cells


@pytest.mark.parametrize(
    ("header", "cells", "column", "values", "said"),
    [
        ("Wine", ["0", "1 glass (150ml)", "2 glasses", "1 glass"], "wine", [0, 1, 2, 1], ""),
        # (68 - 32) / 1.8 = 20; 98.6 °F are 37 °C
        ("Room temp", ["19", "20,5", "21", "68F"], "room_temp_c", [19, 20.5, 21, 20],
         "'68F' is read as 20 °C, as the others are"),
        ("Room temp", ["20°C", "68°F", "19°C"], "room_temp_c", [20, 20, 19], "'68°F' is read as"),
        ("Body temp", ["36.6", "98.6F"], "body_temp_c", [36.6, 37], "'98.6F' is read as 37 °C"),
        ("Room temp", ["66", "68F", "70"], "room_temp_f", [66, 68, 70], ""),
        # 8 h 20 min, no time of the clock
        ("Sleep need", ["8:20", "8:00", "7:45"], "sleep_need_min", [500, 480, 465], ""),
        ("Schlafbedarf", ["8:20", "8:00"], "schlafbedarf_min", [500, 480], ""),
    ],
)  # fmt: skip
def test_a_unit_or_its_size_in_a_cell_is_what_it_says(header, cells, column, values, said):
    nights, told = kept((header, cells))
    assert nights[column].iloc[: len(values)].tolist() == values
    assert said in told


def test_hours_before_bed_are_no_number_in_which_a_blank_means_none():
    """ "If it means none: --blank-is-no": 0 h before bed would be a time that nobody noted."""
    for header, offered in (("supplement_time_h_before_bed", False), ("coffee_cups", True)):
        _, told = kept((header, ["2", "", "3", ""]))
        assert ("blank_is_no" in told) is offered
