"""What is meant by a cell: thousands with a blank or below a unit, litres, times, codes for missing.

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
    return nights, f"{ss.reading_report(nights)}\n" + "\n".join(str(one.message) for one in caught)


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
