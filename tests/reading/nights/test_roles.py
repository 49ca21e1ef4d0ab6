"""Roles of columns: what each header of a file was taken for, as a person would read it."""

import io

import numpy as np
import pytest

import sleepstats as ss


def read(header, cells, **options):
    """Read a diary of nights with bed and waking times, and further columns."""
    lines = ["night,into_bed,out_of_bed," + ",".join(header)]
    for i, row in enumerate(cells):
        day = np.datetime64("2026-01-05") + np.timedelta64(i, "D")
        lines.append(f"{day},23:{i % 7 * 5:02d},0{6 + i % 3}:{i * 7 % 60:02d}," + ",".join(row))
    return ss.read_diary(io.StringIO("\n".join(lines)), **options)


def roles(nights):
    told = nights.attrs["sleepstats"]["roles"]
    return {header: entry["role"] for header, entry in told.items()}


def span(i):
    """Minutes from 23:.. to the morning, as `read` writes them."""
    return (6 + i % 3) * 60 + i * 7 % 60 + 60 - i % 7 * 5


def test_every_column_has_a_role():
    nights = read(
        ["Sleep score", "Tired", "Coffee", "Notes"],
        [[str(60 + i % 9), str(1 + i % 4), str(i % 3), "loud"] for i in range(12)],
    )
    assert roles(nights) == {
        "night": "date", "into_bed": "clock", "out_of_bed": "clock", "Sleep score": "night",
        "Tired": "aside", "Coffee": "habit", "Notes": "note",
    }  # fmt: skip
    asked = set(ss.correlate(nights, outcomes=["tib_min"])["factor"])
    assert asked == {"coffee"}
    (said,) = nights.attrs["sleepstats"]["asides"]
    assert "'Tired'" in said
    assert "when={'Tired': 'morning'}" in said


@pytest.mark.parametrize(("part", "role"), [("morning", "morning"), ("day", "habit")])
def test_what_the_person_says_wins(part, role):
    cells = [[str(1 + i % 4)] for i in range(12)]
    nights = read(["Tired"], cells, when={"tired": part})
    assert roles(nights)["Tired"] == role
    asked = ss.correlate(nights, outcomes=["tib_min"])["factor"]
    assert ("tired" in set(asked)) == (role == "habit")


def test_arithmetic_finds_what_is_of_the_night():
    """A copy in hours of the span, two parts of it, and a share: made of the span itself."""
    rows = []
    for i in range(20):
        part = 0.7 + 0.02 * (i % 5)
        first = round(span(i) * part)
        rows.append([f"{span(i) / 60:.3f}", str(first), str(span(i) - first), str(i % 2)])
    nights = read(["Zork", "Quux", "Blarg", "Cigars"], rows)
    found = roles(nights)
    assert [found[h] for h in ("Zork", "Quux", "Blarg", "Cigars")] == ["night"] * 3 + ["habit"]


def test_what_goes_too_closely_with_its_night_is_left_aside():
    """r about .9 at 40 nights, where 99 of 100 habits lie below .31."""
    noise = np.random.default_rng(5).normal(0, 20, 40)
    nights = read(
        ["Florp", "Zumba"], [[f"{span(i) + noise[i]:.0f}", str(i * 5 % 4)] for i in range(40)]
    )
    assert roles(nights)["Florp"] == "aside"
    assert roles(nights)["Zumba"] == "habit"
    assert "more closely" in nights.attrs["sleepstats"]["roles"]["Florp"]["why"]


def test_ratings_in_words_keep_the_best_nights():
    words = ["Poor", "Fair", "Good", "Excellent"]
    nights = read(["Sleep quality"], [[words[i % 4]] for i in range(8)])
    assert nights["quality"].tolist() == [1, 2, 3, 4] * 2


def test_a_trackers_columns_have_roles_too():
    text = "Start Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed\n"
    row = "2026-01-05 11:10PM,2026-01-06 7:00AM,430,40,3,470"
    nights = ss.read_diary(io.StringIO("Sleep\n" + text + row))
    found = nights.attrs["sleepstats"]["roles"]
    assert found["Minutes Asleep"]["column"] == "tst_min"
    assert {entry["role"] for entry in found.values()} == {"clock", "night"}


def test_a_dash_is_told_with_numbers_and_can_mean_none():
    cells = [["-" if i % 3 else "2"] for i in range(12)]
    with pytest.warns(ss.DiaryWarning, match="counted as not recorded"):
        nights = read(["Wine"], cells)
    assert nights["wine"].notna().sum() == 4
    (said,) = [note for note in nights.attrs["sleepstats"]["notes"] if "'Wine'" in note]
    assert "'-' on 8 of 12 evenings counted as not recorded" in said
    assert "blank_is_no=('wine',)" in said
    nights = read(["Wine"], cells, blank_is_no=("wine",))
    assert nights["wine"].tolist() == [2, 0, 0] * 4


@pytest.mark.parametrize(("yes", "dash"), [("x", "-"), ("✓", "–"), ("ja", "—"), ("X", "-")])
def test_a_dash_beside_one_mark_is_a_no(yes, dash):
    """By hand: of three evenings the first was a yes, the second a dash, the third is blank."""
    nights = read(["Bath"], [[(yes, dash, "")[i % 3]] for i in range(12)])
    assert nights["bath"].astype(object).where(nights["bath"].notna(), None).tolist() == [
        True, False, None] * 4  # fmt: skip
    (said,) = [note for note in nights.attrs["sleepstats"]["notes"] if "'Bath'" in note]
    assert "a dash on 4 of 12 evenings is read as no" in said


def test_a_dash_beside_clock_times_is_no_time_whatever_is_said():
    cells = [["-" if i % 3 else "14:30"] for i in range(12)]
    nights = read(["Last tea"], cells)
    assert nights["last_tea"].count() == 4
    assert "blank_is_no" not in " ".join(nights.attrs["sleepstats"]["notes"])
    with pytest.warns(ss.DiaryWarning, match="blank_is_no leaves blanks: none has no time"):
        nights = read(["Last tea"], cells, blank_is_no=("last_tea",))
    assert nights["last_tea"].count() == 4


def test_of_x_and_o_nobody_can_tell_which_is_yes():
    with pytest.warns(ss.DiaryWarning, match="is 'x' yes, or 'o'"):
        nights = read(["Bath"], [["x"], ["o"], ["o"]] * 4)
    assert nights["bath"].tolist() == ["x", "o", "o"] * 4
    assert read(["Bath"], [["×"], ["○"]] * 6)["bath"].tolist() == [False, True] * 6


def test_ticks_beside_blanks():
    cells = [["x" if i % 2 else ""] for i in range(12)]
    with pytest.warns(ss.DiaryWarning, match="counted as not recorded"):
        said = " ".join(read(["Bath"], cells).attrs["sleepstats"]["notes"])
    assert "blank on 6 of 12 evenings counted as not recorded" in said
    assert read(["Bath"], cells, blank_is_no=("Bath",))["bath"].tolist() == [False, True] * 6


def test_doses_and_blanks_may_mean_none_as_amounts_may():
    """3 mg on half of the evenings and nothing on the others: asked, and 0 mg when said."""
    cells = [[cell] for cell in ["3mg", "", "", "3 mg 22:00"] * 6]
    with pytest.warns(ss.DiaryWarning, match="blank on 12 of 24 .*blank_is_no=.'melatonin',"):
        assert read(["Melatonin"], cells)["melatonin_mg"].count() == 12
    nights = read(["Melatonin"], cells, blank_is_no=("melatonin",))
    assert nights["melatonin_mg"].tolist() == [3.0, 0.0, 0.0, 3.0] * 6


def test_blank_is_no_of_a_column_that_is_not_there():
    with pytest.raises(ss.DiaryError, match="blank_is_no='wine': no habit of that name"):
        read(["Beer"], [["1"], ["2"]], blank_is_no=("wine",))


def test_lists_are_split_by_group_first():
    """Cola is yes on each evening on which it stands in either group: 0, 2, 4 and 3."""
    rows = [["Meals: Soup | Cola. Snacks: Tea"], ["Meals: Soup"], ["Snacks: Cola | Tea"],
            ["Meals: Bread. Snacks: Cola"], ["Meals: Bread | Cola"]]  # fmt: skip
    nights = read(["Eaten"], [row for row in rows for _ in range(3)])
    cola = next(name for name in nights if name.endswith("cola"))
    assert nights[cola].tolist() == [True] * 3 + [False] * 3 + [True] * 9


def test_what_was_taken_for_what_is_said_first():
    from sleepstats.reading.check import check_lines

    nights = read(["Tired", "Coffee"], [[str(1 + i % 4), str(i % 3)] for i in range(12)])
    assert check_lines(nights)[0] == (
        "Taken as results of the night: into_bed, out_of_bed; as habits of the day or evening "
        "before: Coffee; not asked about: Tired."
    )


def test_columns_left_aside_stand_beside_the_answer():
    nights = read(["Tired", "Coffee"], [[str(1 + i % 4), str(i % 3)] for i in range(30)])
    assert "'Tired'" in ss.answer(nights).asides[0]


def test_a_clock_in_the_header_above_answers_is_a_column_of_its_own():
    """By hand: 'out_of_bed' holds yes and no here, so no clock can be read from it."""
    rows = "".join(f"2026-01-{day:02d},23:10,07:00,{'yes' if day % 2 else 'no'}\n"
                   for day in range(5, 20))  # fmt: skip
    nights = ss.read_diary(io.StringIO("night,into_bed,final_wake,out_of_bed\n" + rows))
    assert "out_of_bed" not in nights or str(nights["out_of_bed"].dtype) == "datetime64[us]"
    ss.check_nights(nights)
