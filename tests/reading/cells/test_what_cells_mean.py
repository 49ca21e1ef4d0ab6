"""What is meant by a cell: thousands with a blank or below a unit, litres, times, missing codes.

Every file is made here; what is expected is what a reader sees in the cell, counted by hand.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings

import numpy as np
import pytest

import sleepstats as ss


def kept(header, cells, n=30):
    """Read a diary of ``n`` nights with one more column, the cells of which are repeated."""
    lines = [f"night;bed time;wake time;{header}"]
    for i in range(n):
        day = dt.date(2026, 1, 5) + dt.timedelta(days=i)
        clocks = f"23:{10 + i % 7 * 5};07:{i % 9 * 5:02d}"
        lines.append(f"{day};{clocks};{cells[i % len(cells)]}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO("\n".join(lines)))
    notes = nights.attrs["sleepstats"]["notes"] + nights.attrs["sleepstats"]["asides"]
    return nights, "\n".join([*notes, *(str(one.message) for one in caught)])


# ---- 1 200 mg: the blank of French and Swedish thousands, however it is typed


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\u2009"])
@pytest.mark.parametrize(
    ("header", "cells", "column", "values"),
    [
        ("Magnésium", ["non", "600 mg", "1 200 mg"], "magnésium_mg", [0, 600, 1200]),
        ("Magnésium", ["non", "200 mg", "1 200 mg"], "magnésium_mg", [0, 200, 1200]),
        ("Magnesium", ["no", "400 mg", "2 400mg"], "magnesium_mg", [0, 400, None]),  # 2 of 400
        ("Folate", ["no", "400 µg", "1 900 µg"], "folate_mg", [0, 0.4, 1.9]),
        ("Vitamin D", ["no", "800 IU", "1 200 IU"], "vitamin_d_iu", [0, 800, 1200]),
        ("Vitamine D", ["non", "1 000 UI", "2 500 UI"], "vitamine_d_iu", [0, 1000, 2500]),
        ("Water", ["no", "500 ml", "1 200 ml"], "water_ml", [0, 500, 1200]),
        ("Meds", ["no", "Omega 3 900 mg", "Omega 3 600 mg"], "omega_dose_mg", [0, 900, 600]),
        ("Meds", ["no", "Vitamin B 12 500 mcg", "Calcium 1 200 mg"], "calcium_dose_mg",
         [0, 0, 1200]),
    ],
)  # fmt: skip
def test_a_blank_before_three_digits_of_a_dose_is_of_its_thousands(
    header, cells, column, values, blank
):
    nights, said = kept(header, [cell.replace(" ", blank) for cell in cells])
    for value, is_read in zip(values, nights[column], strict=False):
        assert np.isnan(is_read) if value is None else is_read == pytest.approx(value)
    if 1200 in values:
        assert "'1 200' is read as 1200" in said
    if None in values:
        assert "may be 2400, or 2 x 400: not used" in said


def test_tablets_of_one_strength_are_not_made_thousands():
    nights, said = kept("Magnesium", ["100 mg", "1 200 mg", "2 200 mg"])
    assert set(nights["magnesium_mg"].dropna()) == {100.0}
    assert "'2 200 mg' may be 2200, or 2 x 200: not used" in said


# ---- 1.200 under a header with the unit


@pytest.mark.parametrize(
    ("header", "cells", "column", "values", "said"),
    [
        # 1200 is 1.5 times the largest other, 1.2 a 333rd of the smallest
        ("Ibuprofen (mg)", ["0", "400", "800", "1.200"], "ibuprofen_mg", [0, 400, 800, 1200],
         "'1.200' is read as 1200"),
        ("Koffein (mg)", ["0", "100", "200", "1.000"], "koffein_mg", [0, 100, 200, 1000],
         "'1.000' is read as 1000"),
        ("Magnesium mg", ["0", "400", "1.000"], "magnesium_mg", [0, 400, 1000], "as 1000"),
        ("Vitamin D (IU)", ["0", "1.000", "2.000"], "vitamin_d_iu", [0, 1000, 2000], "as 2000"),
        ("Wasser (ml)", ["750", "500", "1.500"], "wasser_ml", [750, 500, 1500], "as 1500"),
        # a decimal point stands in another cell, or 1.125 lies among the others
        ("Melatonin (mg)", ["0", "0.5", "1.125", "2"], "melatonin_mg", [0, 0.5, 1.125, 2], ""),
        ("Melatonin (mg)", ["0", "1.125", "2"], "melatonin_mg", [0, 1.125, 2], ""),
        # written to three places by a machine
        ("Caffeine (mg)", ["0.000", "95.000", "120.500"], "caffeine_mg", [0, 95, 120.5], ""),
        ("Protein (g)", ["85.125", "90.250", "70.000"], "protein_g", [85.125, 90.25, 70], ""),
        # 1200 is 24 times 50, and 1.2 a 42nd: nothing decides
        ("Koffein (mg)", ["0", "50", "1.200"], "koffein_mg", [0, 50, None],
         "'1.200' may be 1200 or 1.2: not used"),
        # commas are read as before
        ("Caffeine (mg)", ["0", "50", "1,200"], "caffeine_mg", [0, 50, 1200], "thousands"),
    ],
)  # fmt: skip
def test_a_point_below_a_unit_is_read_by_the_other_cells(header, cells, column, values, said):
    nights, told = kept(header, cells)
    for value, is_read in zip(values, nights[column], strict=False):
        assert np.isnan(is_read) if value is None else is_read == value
    assert said in told
    if not said:
        assert "is read as" not in told


# ---- 0,33 l beside a word for none


@pytest.mark.parametrize(
    ("header", "cells", "column", "values"),
    [
        ("Bier", ["keins", "0,33 l", "0,5 l"], "bier_l", [0, 0.33, 0.5]),
        ("Bier", ["kein", "0,33 L", "0,5 L"], "bier_l", [0, 0.33, 0.5]),
        ("Wein", ["nein", "0,1 l", "0,2 l"], "wein_l", [0, 0.1, 0.2]),
        ("Wasser", ["nichts", "1,5 l", "2 l"], "wasser_l", [0, 1.5, 2]),
        ("Beer", ["none", "0.33 l", "0.5 l"], "beer_l", [0, 0.33, 0.5]),
        ("Vin", ["aucun", "12,5 cl", "25 cl"], "vin_cl", [0, 12.5, 25]),
        ("Run", ["no", "5 km", "7,5 km"], "run_km", [0, 5, 7.5]),
    ],
)
def test_none_beside_litres_is_none_of_them(header, cells, column, values):
    nights, said = kept(header, cells)
    assert nights[column].iloc[:3].tolist() == values
    assert f"{cells[0]!r} in 10 rows is read as 0" in said


def test_a_decimal_comma_parts_no_list():
    nights, _ = kept("Bier", ["0,33 l", "0,5 l Radler", "ein Glas", "kein Bier"])
    assert not [name for name in nights if "33_l" in name or "5_l" in name]


# ---- times of the clock with a point, and below a header that says time


@pytest.mark.parametrize("header", ["Last meal", "Dinner", "Letzte Mahlzeit", "Abendessen"])
def test_a_meal_at_a_quarter_past_six_is_a_time_with_a_point_too(header):
    nights, said = kept(header, ["6.15", "7.30", "9.30"])
    column = next(name for name in nights if name.endswith("h_before_bed"))
    # 18:15 before 23:10, 19:30 before 23:15, 21:30 before 23:20
    assert np.allclose(nights[column].iloc[:3], [4 + 55 / 60, 3.75, 1 + 50 / 60])
    assert "'6:15' is read as 18:15" in said


@pytest.mark.parametrize("cells", [["3.50", "4.00", "12.25"], ["3.5", "4.2"]])
def test_decimals_of_a_dinner_stay_numbers(cells):
    nights, _ = kept("Dinner", cells)
    assert nights["dinner"].iloc[:2].tolist() == [float(cell) for cell in cells[:2]]


@pytest.mark.parametrize("header", ["Gym time", "Walk time", "Yoga time", "Swim time"])
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["6:15", "7:30", "9:30"], "read as times of the clock. If they say how long"),
        (["1:15", "2:30", "1:45"], "read as how long. If these are times of the clock"),
    ],
)
def test_hours_below_a_header_that_says_time_are_told(header, cells, said):
    nights, told = kept(header, cells)
    assert f"{', '.join(map(repr, cells))}: {said}" in told
    name = header.lower().replace(" ", "_")
    if "clock. If they" in said:
        assert "which half of the day its times are of, it is not asked about" in told
        assert f"{name}_min" not in nights
    else:
        assert nights[f"{name}_min"].iloc[:3].tolist() == [75, 150, 105]


def test_what_is_plainly_how_long_is_not_told():
    for header, cells in (("Gym time", ["0:45", "1:30"]), ("Screen time", ["1:15", "2:30"])):
        nights, told = kept(header, cells)
        assert f"{header.lower().replace(' ', '_')}_min" in nights
        assert "read as how long" not in told
    nights, told = kept("Work time", ["8:00", "7:30"])
    assert nights["work_time_min"].iloc[:2].tolist() == [480, 450]
    assert "read as how long. If these are times of the clock" in told


# ---- several drinks in a cell, and when the last of them was


@pytest.mark.parametrize(
    ("header", "cells", "column", "values"),
    [
        ("Drinks", ["0", "1 beer", "2 wine, 1 beer"], "drinks", [0, 1, 3]),
        ("Drinks", ["no", "beer x1", "wine x2"], "drinks", [0, 1, 2]),
        ("Drinks", ["none", "2x beer", "beer x2, wine x1"], "drinks", [0, 2, 3]),
        ("Alcohol", ["no", "1 beer", "2 beers and 1 wine"], "alcohol", [0, 1, 3]),
        ("Coffee", ["no", "1 latte", "2 espressos, 1 latte"], "coffee", [0, 1, 3]),
    ],
)
def test_several_drinks_in_a_cell_are_summed_and_told(header, cells, column, values):
    nights, said = kept(header, cells)
    assert nights[column].iloc[:3].tolist() == values
    assert "read as how many, of whatever was drunk" in said


@pytest.mark.parametrize(
    "when", ["2 pm", "14 Uhr", "14h", "8", "9:30", "3 hours before bed", "2 h"]
)
def test_a_time_beside_a_coffee_is_no_coffee(when):
    nights, _ = kept("Coffee", ["none", f"1 coffee, {when}", f"2 coffees, {when}"])
    if "coffee" in nights:  # 1 + 2 would be 3
        assert not {3, 4, 5, 9, 10, 15, 16} & set(nights["coffee"].dropna())


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        ("Coffee", ["none", "2 cups (last 14:30)", "1 cup (last 10:00)"], "coffee"),
        ("Kaffee", ["keinen", "2 Tassen (letzte 14:30)", "1 Tasse (letzte 10:00)"], "kaffee"),
    ],
)
def test_the_last_cup_is_one_of_what_the_header_names(header, cells, name):
    nights, _ = kept(header, cells)
    assert nights[f"{name}_cups"].iloc[:3].tolist() == [0, 2, 1]
    # 14:30 before 23:15, 10:00 before 23:20
    assert np.allclose(nights[f"{name}_h_before_bed"].iloc[1:3], [8.75, 13 + 20 / 60])
    assert not [column for column in nights if column.startswith(("last", "letzte"))]
