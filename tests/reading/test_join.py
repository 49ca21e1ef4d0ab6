"""Joining companions: by key, by evening, with labels, and the warning about a shift of a day."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exports import REAL

import sleepstats as ss
from sleepstats import DiaryError, DiaryWarning
from sleepstats.errors import in_shell
from sleepstats.reading.nights import Draft, Options, companions
from sleepstats.reading.nights.assemble import assemble
from sleepstats.reading.nights.companions import better_shift, same_clock
from sleepstats.reading.text import RawTable

TWO_DEVICES = REAL / "zeo_and_google_forms_diary"


def read(text: str) -> pd.DataFrame:
    return ss.read_diary(io.StringIO(text))


def nights_of(count: int, *, gaps: tuple[int, ...] = ()) -> pd.DataFrame:
    """Nights whose bed times wander over hours; ``gaps`` are left out."""
    rng = np.random.default_rng(3)
    lines = ["night,into_bed,out_of_bed"]
    for i, day in enumerate(pd.date_range("2026-01-05", periods=count)):
        late = int(rng.integers(0, 180))
        if i not in gaps:
            lines.append(f"{day:%Y-%m-%d},{21 + late // 60}:{late % 60:02d},07:30")
    return read("\n".join(lines) + "\n")


def companion(nights: pd.DataFrame, *, clocks: bool) -> pd.DataFrame:
    frame = pd.DataFrame({"late_meal": pd.array([True] * len(nights), "boolean")}, nights.index)
    if clocks:
        frame["into_bed"] = nights["into_bed"] + pd.Timedelta(minutes=5)
    return frame


def test_habits_and_ratings_come_over_and_sleep_itself_does_not() -> None:
    nights = nights_of(3)
    diary = read(
        "date evening,bed time,wake time,sol_min,quality,Coffee,rested\n"
        "2026-01-05,22:00,7:00,15,3,yes,4\n2026-01-06,22:10,7:00,25,4,no,2\n"
    )
    joined = ss.join_evenings(nights, diary)
    assert set(joined.columns) - set(nights.columns) == {"quality", "coffee", "rested"}
    assert joined["quality"].tolist()[:2] == [3.0, 4.0]
    assert joined["coffee"].tolist() == [True, False, pd.NA]
    pd.testing.assert_frame_equal(joined[nights.columns], nights)


def test_what_the_nights_hold_already_is_left_out_and_told() -> None:
    """By hand: stress and late meal are typed twice, tea under another name; wine differs once."""
    dates = pd.date_range("2026-01-05", periods=12, name="night")
    stress = np.arange(12.0) % 6
    nights = pd.DataFrame(
        {"tst_min": 420.0 + np.arange(12), "stress": stress, "late_meal": stress > 3,
         "tea_cups": stress + 1.0, "wine": stress > 2}, index=dates,
    )  # fmt: skip
    other = pd.DataFrame(
        {"stress": stress, "late_meal": stress > 3, "cups": stress + 1.0,
         "wine": stress > 1, "lamp": stress > 2}, index=dates,
    )  # fmt: skip
    joined = ss.join_evenings(nights, other.iloc[2:])
    # a yes or no under another name may agree by chance: it stays a habit of its own
    assert [name for name in joined if name not in nights] == ["wine_frame", "lamp"]
    notes = joined.attrs["sleepstats"]["notes"]
    said = "'stress', 'late_meal', 'cups': the nights hold the same already; left out here."
    assert [note for note in notes if "already" in note] == [f"the joined frame: {said}"]
    # what it knows of a night on which the nights know nothing is no repetition
    gaps = nights.assign(stress=nights["stress"].where(nights.index > dates[3]))
    assert "stress_frame" in ss.join_evenings(gaps, other)


def test_a_taken_name_gets_the_format_as_a_suffix() -> None:
    nights = nights_of(2).assign(stress=[1.0, 2.0])
    diary = read("night,bed time,wake time,stress\n2026-01-05,22:00,7:00,7\n")
    joined = ss.join_evenings(nights, diary)
    assert joined["stress"].tolist() == [1.0, 2.0]
    assert joined["stress_diary"].tolist()[:1] == [7.0]
    assert joined.attrs["sleepstats"]["columns"]["stress_diary"]["kind"] == "factor"


def test_the_report_accounts_for_both_sides() -> None:
    nights = nights_of(4, gaps=(2,))
    diary = read(
        "night,bed time,wake time,tea\n2026-01-06,22:00,7:00,yes\n2026-01-07,22:00,7:00,no\n"
        "2026-01-30,22:00,7:00,no\n"
    )
    joined = ss.join_evenings(nights, diary)
    rows = ss.reading_report(joined)
    theirs = rows.iloc[4:]
    assert theirs["status"].tolist() == ["skipped", "joined", "unmatched", "unmatched"]
    assert theirs["problem"].tolist()[2] == ("line 3: there is no night of 2026-01-07: not joined.")
    entry = joined.attrs["sleepstats"]["joins"][0]
    assert entry["matched"] == 1
    assert entry["nights_without"] == ["2026-01-05", "2026-01-08"]
    assert entry["evenings_without"] == ["2026-01-07", "2026-01-30"]
    assert joined.attrs["sleepstats"]["notes"][-1].endswith(
        "1 of 3 nights and of its 3 evenings match; 2 nights have no entry there "
        "(2026-01-05 to 2026-01-08); 2 of its evenings have no night (2026-01-07 to 2026-01-30)."
    )


def test_a_frame_of_mornings_is_brought_to_evenings() -> None:
    nights = nights_of(3)
    mornings = companion(nights, clocks=False)
    mornings["late_meal"] = pd.array([True, False, True], "boolean")
    mornings.index = mornings.index + pd.Timedelta(days=1)
    joined = ss.join_evenings(nights, mornings, labels="morning")
    assert joined["late_meal"].tolist() == [True, False, True]


def test_the_rows_of_a_frame_of_mornings_are_told_by_their_evenings() -> None:
    """Read as evenings, a day too late; labels="morning" moves its rows in the report, too."""
    nights = nights_of(3)
    text = "night,into_bed,out_of_bed,late_meal\n" + "".join(
        f"{day + pd.Timedelta(days=1):%Y-%m-%d},22:50,07:00,yes\n" for day in nights.index
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mornings = ss.read_diary(io.StringIO(text), labels="evening")
    joined = ss.join_evenings(nights, mornings, labels="morning")
    report = ss.reading_report(joined).iloc[-3:]
    assert report["status"].tolist() == ["joined"] * 3
    assert report["night"].tolist() == list(nights.index)


def test_hand_made_nights_without_a_record_can_be_joined() -> None:
    nights = pd.DataFrame(
        {"tst_min": [400.0, 410.0]}, index=pd.date_range("2026-01-05", periods=2, name="night")
    )
    joined = ss.join_evenings(nights, companion(nights, clocks=False))
    assert joined["late_meal"].tolist() == [True, True]
    assert joined.attrs["sleepstats"]["joins"][0]["matched"] == 2
    assert "sleepstats" not in nights.attrs


def test_a_companion_with_nothing_to_add_leaves_the_nights_as_they_are() -> None:
    nights = nights_of(3)
    joined = ss.join_evenings(nights, nights[["into_bed"]])
    pd.testing.assert_frame_equal(joined, nights)


def test_a_clock_habit_is_measured_from_the_nights_own_bed_time() -> None:
    nights = read("night,lights_out,final_wake\n2026-01-05,23:00,07:00\n")
    coffee = pd.DataFrame({"coffee_last": [pd.Timestamp("2026-01-05 15:00")]}, index=nights.index)
    joined = ss.join_evenings(nights, coffee)
    assert joined["coffee_last_h_before_bed"].tolist() == [8.0]


@pytest.mark.parametrize("clocks", [True, False])
@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_shift_that_fits_better_is_told_and_not_made(*, wrong: int, clocks: bool) -> None:
    nights = nights_of(60, gaps=(7, 15, 16, 22, 30, 31, 32, 41, 50))
    other = companion(nights, clocks=clocks)
    other.index = other.index + pd.Timedelta(days=wrong)
    right = "morning" if wrong > 0 else "evening"
    with pytest.warns(DiaryWarning, match=rf"Nothing was shifted.*labels='{right}'"):
        joined = ss.join_evenings(nights, other)
    assert joined.attrs["sleepstats"]["joins"][0]["better_shift"] == -wrong
    assert joined["late_meal"].isna().any()


@pytest.mark.parametrize("clocks", [True, False])
def test_right_labels_warn_of_nothing(*, clocks: bool) -> None:
    nights = nights_of(60, gaps=(7, 15, 16, 22, 30, 31, 32, 41, 50))
    assert better_shift(nights, companion(nights, clocks=clocks)) == (0, "")


def test_no_evening_in_common_is_warned_about() -> None:
    nights = nights_of(3)
    other = companion(nights, clocks=False)
    other.index = other.index + pd.Timedelta(days=900)
    with pytest.warns(DiaryWarning) as caught:
        joined = ss.join_evenings(nights, other)
    assert str(caught[0].message) == (
        "the joined frame: no evening in common with the nights. It covers 2028-06-23 to "
        "2028-06-25, the nights 2026-01-05 to 2026-01-07: its columns hold nothing. Check that "
        "both are of the same person and year."
    )
    (entry,) = joined.attrs["sleepstats"]["joins"]
    assert entry["matched"] == 0
    assert joined[entry["columns"]].isna().all(axis=None)


@pytest.mark.parametrize("dayfirst", [True, False])
def test_dates_that_a_companion_leaves_open_are_settled_by_the_nights(*, dayfirst: bool) -> None:
    """03/04 is 3 April or 4 March: in one reading only are the companion's days nights of these."""
    months = (4, 6) if dayfirst else (3, 5)
    days = [f"2026-{month:02d}-{day:02d}" for month in months for day in range(1, 12)]
    nights = read("night,into_bed,out_of_bed\n" + "".join(f"{day},23:10,07:00\n" for day in days))
    told = [f"2026-{month:02d}-{day:02d}" for month in months for day in (4, 7, 8)]
    rows = [f"{d[8:]}/{d[5:7]}" if dayfirst else f"{d[5:7]}/{d[8:]}" for d in told]
    diary = "date,coffee\n" + "".join(f"{day}/2026,{i}\n" for i, day in enumerate(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        joined = ss.join_evenings(nights, io.StringIO(diary), labels="evening")
    assert joined.loc[told, "coffee"].tolist() == [0, 1, 2, 3, 4, 5]


def test_unknown_labels_are_refused() -> None:
    with pytest.raises(
        DiaryError,
        match=r"labels='noon': expected 'auto', 'evening', 'morning', 'bedtime', 'calendar'",
    ):
        ss.join_evenings(nights_of(2), nights_of(2), labels="noon")


# ---- drafts of one export, as read_diary joins them -------------------------------------------


def table(name: str, rows: int) -> RawTable:
    return RawTable(name, ["a"], [np.array(["x"] * rows, dtype=object)],
                    np.arange(2, rows + 2), [(1, "header")])  # fmt: skip


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def sleeps(name: str = "sleeps.csv") -> Draft:
    draft = Draft(table(name, 3), "band", "test", days("2026-01-05", "2026-01-06", "2026-01-06"),
                  tracker=True)  # fmt: skip
    begin = np.array(["2026-01-05T23:00", "2026-01-06T23:30", "2026-01-06T14:00"], "M8[us]")
    draft.put("into_bed", begin)
    draft.put("out_of_bed", begin + np.array([480, 450, 40], "m8[m]"))
    draft.key = np.array(["c1", "c2", "c2"], dtype=object)
    draft.nap = np.array([False, False, True])
    return draft


def journal(keys: list[str], values: list[bool]) -> Draft:
    draft = Draft(table("journal.csv", len(keys)), "band_journal", "test",
                  np.full(len(keys), np.datetime64("NaT", "D")), role="evenings")  # fmt: skip
    draft.key = np.array(keys, dtype=object)
    draft.put("alcohol", np.array(values), "Alcohol?", kind="factor", when="day")
    return draft


def test_a_journal_is_joined_by_key_and_every_row_is_accounted_for() -> None:
    with pytest.warns(DiaryWarning, match=r"no night has the key 'c9'"):
        nights = assemble(
            [sleeps(), journal(["c2", "c9", ""], [True, True, False])], Options(), strict=False
        )
    assert nights["alcohol"].tolist() == [pd.NA, True]
    assert nights["nap_min"].tolist()[1] == 40.0
    rows = ss.reading_report(nights)
    assert rows["status"].tolist() == [
        "skipped", "used", "used", "nap", "skipped", "joined", "unmatched", "refused"
    ]  # fmt: skip
    assert nights.attrs["sleepstats"]["notes"][-1] == (
        "journal.csv: joined by the export's own key; 1 of 2 nights has an entry there, 1 has "
        "none; 1 of its 2 rows match no night."
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [((), "."), ((15, 15), ", on 2031-03-15."),
     ((15, 17), ", on 2 evenings between 2031-03-15 and 2031-03-17.")],
)  # fmt: skip
def test_one_evening_lies_between_no_two(days, said) -> None:
    """ "On 1 evenings between 2031-03-15 and 2031-03-15" stood on a page."""
    when = np.array([f"2031-03-{day}" for day in days] or ["NaT"], dtype="datetime64[D]")
    all_of_it = np.ones(len(when), dtype=bool)
    nights = pd.DataFrame(index=pd.DatetimeIndex(["2031-03-01"], name="night"))
    told = companions._counts(journal([""], [True]), when, all_of_it, ~all_of_it, nights, {})
    assert told.endswith(f"rows match no night{said}")


def test_the_long_form_is_joined_from_its_evenings() -> None:
    draft = journal(["c1", "c1", "c2"], [False, False, False])
    draft.columns.clear()
    draft.evenings = pd.DataFrame(
        {"alcohol": pd.array([True, None], "boolean"), "drinks": [3.0, np.nan]}, index=["c1", "c2"]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        nights = assemble([draft, sleeps()], Options(), strict=False)
    assert nights["alcohol"].tolist() == [True, pd.NA]
    assert nights["drinks"].tolist()[:1] == [3.0]
    assert ss.reading_report(nights)["status"].tolist()[1:4] == ["joined"] * 3


def test_a_second_summary_fills_blanks_and_adds_columns() -> None:
    cycles = Draft(table("cycles.csv", 2), "band_cycles", "test", days("2026-01-05", "2026-01-06"),
                   role="either")  # fmt: skip
    cycles.put("recovery_pct", np.array([60.0, 70.0]))
    cycles.put("into_bed", np.array(["2026-01-05T23:00", "2026-01-06T23:30"], "M8[us]"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        nights = assemble([sleeps(), cycles], Options(), strict=False)
    assert nights["recovery_pct"].tolist() == [60.0, 70.0]
    alone = assemble([cycles], Options(), strict=False)
    assert len(alone) == 2


def test_a_journal_alone_says_what_it_lacks() -> None:
    with pytest.raises(DiaryError) as caught:
        assemble([journal(["c1"], [True])], Options(), strict=False)
    assert str(caught.value) == (
        "journal.csv: this file (test) holds no nights, only what goes with them. Read it together "
        "with the file of nights of the same export, read_diary([nights, this]), or join it to "
        "another diary: join_evenings(nights, this)."
    )


def test_a_named_nap_alone_is_no_night() -> None:
    draft = sleeps()
    draft.nap = np.array([False, True, True])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        nights = assemble([draft], Options(), strict=False)
    assert [str(day.date()) for day in nights.index] == ["2026-01-05"]
    assert ss.reading_report(nights)["status"].tolist()[1:] == ["used", "nap", "nap"]


def test_parts_of_a_record_are_merged_into_it() -> None:
    draft = sleeps()
    draft.part_of = np.array([0, 1, 1])
    draft.nap = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        nights = assemble([draft], Options(), strict=False)
    assert ss.reading_report(nights)["problem"].tolist()[3] == (
        "line 4: part of the record that begins in line 3."
    )
    assert "nap_min" not in nights


# ---- folders --------------------------------------------------------------------------------


def test_a_folder_leaves_out_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_text("night,into_bed,out_of_bed\n2026-01-05,23:00,7:00\n")
    (tmp_path / "b.csv").write_text("night,into_bed,out_of_bed\n2026-01-06,23:00,7:00\n")
    nights = ss.read_diary(tmp_path)
    assert len(nights) == 2
    (note,) = [n for n in nights.attrs["sleepstats"]["notes"] if n.startswith("Not read")]
    assert note.startswith("Not read: notes.txt, line 1: 'hello' does not look like the header")


def test_what_programs_bring_along_is_nobodys_export(tmp_path: Path) -> None:
    """The README's environment stands in the working folder and holds the package's own samples."""
    diary = "night,into_bed,out_of_bed\n2026-01-05,23:00,7:00\n2026-01-06,23:00,7:10\n"
    (tmp_path / "mine.csv").write_text(diary)
    inside = ["lib/site-packages/some/sample", ".hidden", "env/samples", "node_modules/a"]
    for place in map(tmp_path.joinpath, inside):
        place.mkdir(parents=True)
        (place / "other.csv").write_bytes(ss.sample_path("sleep_cycle").read_bytes())
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /somewhere\n")
    nights = ss.read_diary(tmp_path)
    assert len(nights) == 2
    assert "other.csv" not in "".join(nights.attrs["sleepstats"]["notes"])
    with pytest.warns(DiaryWarning):
        assert len(ss.read_diary(tmp_path / ".hidden")) == 142  # asked for by name


def test_a_diary_table_beside_an_export_is_left_to_join_evenings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("night,into_bed,out_of_bed\n2026-01-05,23:00,7:00\n")
    sample = ss.sample_path("sleep_cycle").read_bytes()
    (tmp_path / "export.csv").write_bytes(sample)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        nights = ss.read_diary(tmp_path)
    assert nights.attrs["sleepstats"]["format"] == "sleep_cycle"
    (note,) = (n for n in nights.attrs["sleepstats"]["notes"] if "join_evenings()" in n)
    assert note.endswith("Join it with join_evenings().")
    # in the shell and on the page no Python is advised
    assert in_shell(note).endswith("Give it after --with.")


def test_a_folder_without_anything_readable_lists_every_reason(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("hello\n")
    (tmp_path / "two.csv").write_text("")
    with pytest.raises(DiaryError) as caught:
        ss.read_diary(tmp_path)
    assert len(caught.value.problems) == 2
    assert "two.csv: the file is empty" in str(caught.value)


# ---- known answers --------------------------------------------------------------------------


@pytest.mark.skipif(not TWO_DEVICES.exists(), reason="../shared is not here")
@pytest.mark.parametrize(("labels", "matched", "shift"), [("auto", 62, 0), ("evening", 54, -1)])
def test_headband_and_diary_of_one_person(labels: str, matched: int, shift: int) -> None:
    # 62 nights in common, 57 bed times within 15 min; 54 wrong pairs on equal dates
    # (known-answers/README.md)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        headband = ss.read_diary(TWO_DEVICES / "zeodata.csv")
        diary = TWO_DEVICES / "selfdata_google_forms.csv"
        joined = ss.join_evenings(headband, diary, labels=labels)
        agree = same_clock(headband, ss.read_diary(diary))
    entry = joined.attrs["sleepstats"]["joins"][0]
    assert (entry["matched"], entry["better_shift"]) == (matched, shift)
    assert agree == (57, 62, "bed")
    assert any("10 of 54 common nights" in str(w.message) for w in told) == (shift != 0)
