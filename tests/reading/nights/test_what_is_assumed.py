"""What was assumed on reading stands in the warning and below the printed report.

One invented diary has each of the assumptions once; the counts are counted by hand in it.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.words.shapes import grades_of

N = 28
DAYS = pd.date_range("2027-03-01", periods=N)
MOODS = ("awful", "meh", "ok", "good", "great")


def written(**columns: list[str]) -> str:
    """Write a diary of N evenings, named as such, with these columns beside its nights."""
    rows = ["Evening of,to bed,woke up," + ",".join(columns)]
    rows += [
        ",".join((f"{day:%Y-%m-%d}", f"23:{i:02d}", f"07:{7 * i % 60:02d}", *cells))
        for i, (day, *cells) in enumerate(zip(DAYS, *columns.values(), strict=True))
    ]
    return "\n".join(rows) + "\n"


def spoken(text: str, **options: object) -> tuple[pd.DataFrame, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(text), **options)  # type: ignore[arg-type]
    return nights, " ".join(str(one.message) for one in caught)


TEXT = written(
    takeaway=["x" if i % 4 == 0 else "" for i in range(N)],  # 7 ticks
    coffee=["2-3" if i == 5 else str(1 + i % 2) for i in range(N)],
    **{"mood in the morning": [MOODS[i % 5] for i in range(N)]},
    **{"magnesium mg": [("", "200", "400")[i % 3] for i in range(N)]},  # 10 blank
)
SAID = (
    "Column 'takeaway': blank on 21 of 28 evenings counted as not recorded. If it means none: "
    "read_diary(..., blank_is_no=('takeaway',)).",
    "Column 'magnesium mg': blank on 10 of 28 evenings counted as not recorded. If it means none: "
    "read_diary(..., blank_is_no=('magnesium_mg',)).",
    "Column 'mood in the morning': its words are read as awful < meh < ok < good < great.",
    "Column 'coffee': '2-3' and its like, in 1 row: read as the middle, 2.5.",
)


def test_all_assumptions_stand_in_the_warning_the_blanks_first() -> None:
    nights, said = spoken(TEXT)
    for one in SAID:
        assert one in said
        assert one in nights.attrs["sleepstats"]["notes"]
    assert said.index("counted as not recorded") < said.index("its words") < said.index("'2-3'")
    # so they do without a row in which anything was wrong
    assert "0 with something to tell" in said


def test_they_stand_below_the_printed_report() -> None:
    report = ss.reading_report(spoken(TEXT)[0])
    printed = " ".join(repr(report).split())
    for one in SAID:
        assert f"Assumed: {one}" in printed
    assert "<br>Assumed: " in (report._repr_html_() or "")
    plain = ss.reading_report(spoken(written(tea=["1"] * N))[0])
    assert "Assumed" not in repr(plain)


def test_followed_advice_is_no_assumption_any_more() -> None:
    _, said = spoken(TEXT, blank_is_no=("takeaway", "magnesium_mg"))
    assert "not recorded" not in said


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("magnesium mg", ["", "0", "200"]),  # who writes 0 leaves blank what was not recorded
        ("last coffee", ["", "14:00", "15:00"]),  # no time is no amount
        ("magnesium mg", ["100", "200", "300"] * 9),
    ],
)
def test_other_blanks_are_not_doubted(header: str, cells: list[str]) -> None:
    column = [cells[i % len(cells)] for i in range(N)]
    assert "counted as not recorded" not in spoken(written(**{header: column}))[1]


def test_a_habit_that_was_never_no_names_the_cure() -> None:
    nights, _ = spoken(TEXT)
    said = str(ss.compare(nights, "tib_min", "takeaway"))
    assert "read it with blank_is_no=('takeaway',)" in " ".join(said.split())
    cured, _ = spoken(TEXT, blank_is_no=("takeaway",))
    assert ss.compare(cured, "tib_min", "takeaway").status != "refused"


def test_five_different_words_are_five_grades_and_ties_are_told_as_ties() -> None:
    assert grades_of([*MOODS]) == dict(zip(MOODS, range(1, 6), strict=True))
    assert grades_of(["bad", "meh", "fine", "good", "great"]) == {
        "bad": 1, "meh": 2, "fine": 3, "good": 4, "great": 5
    }  # fmt: skip
    nights, said = spoken(written(**{"mood in the morning": ["bad", "ok", "okay", "good"] * 7}))
    printed = " ".join(repr(ss.reading_report(nights)).split())
    assert "its words are read as bad < ok = okay < good." in printed
    assert not said  # plain words are no reason to warn


def test_a_number_beyond_the_scale_of_its_header_is_told_and_kept() -> None:
    stress = [str(1 + i % 10) for i in range(N)]
    stress[9] = "11"
    nights, said = spoken(written(**{"stress 1-10": stress}))
    assert "line 11, column 'stress 1-10': 11 is off its scale of 1-10: kept" in said
    assert nights["stress"].max() == 11
    assert "off its scale" not in spoken(written(**{"stress 1-10": ["10"] * N}))[1]


def test_hours_among_minutes_are_plain() -> None:
    screens = ["30", "45", "1h", "1h 30m"] * 7
    nights, said = spoken(written(**{"screens min": screens}))
    np.testing.assert_array_equal(nights["screens_min"], [30, 45, 60, 90] * 7)
    assert "screens" not in said


def test_a_second_row_beside_a_free_night_may_be_of_that() -> None:
    rows = written(tea=[str(i % 3) for i in range(N)]).splitlines()
    rows[7] = rows[7].replace("2027-03-07", "2027-03-06")
    _, said = spoken("\n".join(rows))
    assert (
        "second row for the night of 2027-03-06: line 8 has it and was kept. The night of "
        "2027-03-07 has no row: was one of them meant for it?"
    ) in said
    rows[8] = rows[8].replace("2027-03-08", "2027-03-07")  # now none is free beside it
    assert "meant for it" not in spoken("\n".join(rows))[1]


def test_where_no_row_is_odd_the_file_is_and_no_empty_problem_is_shown() -> None:
    """A file of which only the dates are in doubt: none of its rows has a problem."""
    text = "Date,bed time,wake time\n2026-08-24,23:10,06:50\n2026-08-25,22:50,07:00\n"
    nights, said = spoken(text)
    assert "2 rows read, 0 refused, 0 with something to tell, but of the whole file. " in said
    printed = repr(ss.reading_report(nights))
    assert "problem" not in printed
    assert "No row has anything to tell." in " ".join(printed.split())
