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


def test_what_may_be_a_thousand_times_as_much_is_not_guessed():
    nights, _ = kept(("Kreatin", ["2.500 mg", "none"]), ("Zinc", ["1,500 mg", "5 mg"]))
    assert "'2.500 mg' may be 2500 or 2.5: not used. Write one of these" in nights.problem.iloc[0]
    assert "kreatin_mg" not in nights
    # 1,500 mg beside 5 mg: 1.5 is nearer, but nobody writes 1,500 for it
    assert "'1,500 mg' may be 1500 or 1.5: not used." in nights.problem.iloc[0]
    assert np.isnan(nights.zinc_mg.iloc[0]) and nights.zinc_mg.iloc[1] == 5
