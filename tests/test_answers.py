"""The sentences at the top: counted by hand on small frames."""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.answers.diary import how_you_sleep, measures, what_was_odd, what_was_read
from sleepstats.answers.findings import A_COIN, Said, clearest, what_went_with


def frame(days, **columns):
    return pd.DataFrame(columns, index=pd.DatetimeIndex(days, name="night"))


@pytest.fixture
def ninety():
    """Ninety invented nights: a late meal takes 45 min, reading nothing."""
    rng = np.random.default_rng(11)
    index = pd.date_range("2026-01-01", periods=90, name="night")
    late, read = rng.random(90) < 0.4, rng.random(90) < 0.5
    tst = 430 + rng.normal(0, 20, 90) - 45 * late
    return pd.DataFrame({"tst_min": tst, "late_meal": late, "reading": read}, index=index)


# ---- Said


def test_an_answer_is_text_in_a_shell_and_paragraphs_in_a_notebook():
    answer = Said(("One <b>.", "Two."))
    assert str(answer) == repr(answer) == "One <b>.\nTwo."
    assert list(answer) == ["One <b>.", "Two."]
    assert answer._repr_html_() == "<p>One &lt;b&gt;.</p><p>Two.</p>"


# ---- what_was_read


def test_nights_and_gaps_are_counted():
    nights = frame(["2026-01-05", "2026-01-06", "2026-01-09"], tst_min=[400.0, 410.0, 420.0])
    assert what_was_read(nights)[0] == (
        "3 nights, from Monday 5 January 2026 to Friday 9 January 2026; "
        "2 evenings in between have no entry."
    )


def test_one_gap_one_night_and_none_missing():
    nights = frame(["2026-01-05", "2026-01-07"], tst_min=[400.0, 410.0])
    assert "1 evening in between has no entry." in str(what_was_read(nights))
    assert what_was_read(nights.head(1))[0] == "1 night, Monday 5 January 2026."
    nights = frame(["2026-01-05", "2026-01-06"], tst_min=[400.0, 410.0])
    assert "no evening in between is missing." in str(what_was_read(nights))


def test_what_the_file_cannot_tell_is_said():
    days = pd.date_range("2026-01-05", periods=4)
    said = str(what_was_read(frame(days, tib_min=[400.0, 410.0, 390.0, 420.0])))
    assert "when you were in bed and not how long of that you slept" in said
    assert "How long you took to fall asleep is not recorded." in said
    said = str(what_was_read(frame(days, tst_min=[400.0] * 4, sol_min=[0.0] * 4)))
    assert "left out: sol_min is 0 min on all 4 nights." in said
    said = str(what_was_read(frame(days, tst_min=[400.0] * 4, sol_min=[5.0, 10.0, 20.0, 15.0])))
    assert "fall asleep" not in said


def test_a_frame_that_is_no_nights_is_refused():
    with pytest.raises(ss.DiaryError, match="expected 'night'"):
        what_was_read(pd.DataFrame({"tst_min": [1.0]}))


# ---- what_was_odd


def test_odd_rows_are_listed_up_to_a_number_and_the_rest_counted():
    with pytest.warns(ss.DiaryWarning):
        nights = ss.load_sample("spreadsheet")
    few = what_was_odd(nights, most=2)
    assert len(few) == 3
    assert few[0].startswith("spreadsheet.csv, line ")
    assert few[2].endswith("rows more; reading_report(nights) lists all.")


def test_nothing_odd_is_said():
    assert str(what_was_odd(ss.load_sample("diary"))) == "Every row could be read."


def test_a_frame_without_a_record_is_refused():
    nights = frame(["2026-01-05"], tst_min=[400.0])
    with pytest.raises(ss.DiaryError, match="carries no reading record"):
        what_was_odd(nights)


# ---- how_you_sleep


def test_the_middle_night_and_the_half_around_it():
    """Quartiles of 400, 420, 430 by numpy: 410 and 425; by hand 6 h 50 and 7 h 05."""
    nights = frame(
        pd.date_range("2026-01-05", periods=3),
        tst_min=[400.0, 420.0, 430.0], sol_min=[10.0, 20.0, 30.0], se_pct=[80.0, 85.0, 90.0],
    )  # fmt: skip
    assert how_you_sleep(nights) == (
        "You slept 7 h on the middle night; half of the nights lie between 6 h 50 min and "
        "7 h 05 min (3 nights).",
        "It took you 20 min to fall asleep on the middle night; half of the nights lie between "
        "15 min and 25 min (3 nights).",
        "You were asleep for 85 % of the time in bed on the middle night; half of the nights lie "
        "between 82 % and 88 % (3 nights).",
    )


def test_time_in_bed_stands_in_for_sleep():
    nights = frame(["2026-01-05", "2026-01-06"], tib_min=[480.0, 500.0], tst_min=[np.nan] * 2)
    assert how_you_sleep(nights)[0].startswith("You were in bed for 8 h 10 min")


def test_nothing_measured_is_said():
    nights = frame(["2026-01-05"], stress=[3.0])
    assert str(how_you_sleep(nights)) == "This diary holds no measure of sleep."


def test_how_far_sleep_moves_is_said():
    """Two weeks at 03:00, an hour later on Friday and Saturday nights: by hand."""
    index = pd.date_range("2026-01-05", periods=14, name="night")  # a Monday
    later = index.day_of_week.isin([4, 5])
    onset = index + pd.to_timedelta(np.where(later, 24.0, 23.0), unit="h")
    nights = pd.DataFrame({"sleep_onset": onset, "final_wake": onset + pd.Timedelta("8h")}, index)
    assert how_you_sleep(nights)[-1] == (
        "The middle of your sleep moved by 27 min from night to night (standard deviation on the "
        "clock; 14 nights); on Friday and Saturday nights it came 1 h later."
    )


# ---- measures


def test_measures_are_spoken_of_in_their_own_way():
    index = pd.date_range("2026-01-05", periods=3, name="night")
    nights = pd.DataFrame(
        {
            "lights_out": index + pd.to_timedelta([23.0, 23.5, 24.5], unit="h"),
            "sol_min": [5.0, 10.0, 15.0],
            "tst_min": [420.0, np.nan, np.nan],
            "quality": [3.0, 4.0, 4.0],
            "waso_min": [np.nan] * 3,
        },
        index=index,
    )
    table = measures(nights)
    assert table["middle night"].to_dict() == {
        "lights out": "23:30",
        "sleep onset latency": "10 min",
        "total sleep time": "7 h",
        "sleep quality": "4",
    }
    assert table["middle half"]["sleep quality"] == "3.5 to 4"
    assert table["nights"].tolist() == [3, 3, 1, 3]
    assert table["missing"].tolist() == [0, 0, 2, 0]


# ---- what_went_with


def test_what_was_planted_is_told_with_its_size(ninety):
    table = ss.correlate(ninety, outcomes=["tst_min"])
    first, tally = what_went_with(ninety, table)
    assert "late meal" in first
    one = ss.associate(ninety, outcome="tst_min", factor="late_meal")
    assert first == str(one)
    assert one.effect_low < -45 < one.effect_high
    assert tally == "2 questions: 1 stood out; 1 showed no clear difference."


def test_nothing_found_is_said(ninety):
    table = ss.correlate(ninety, outcomes=["tst_min"], factors=["reading"])
    assert what_went_with(ninety, table) == (
        "Asked about: “reading”. It did not clearly go with total sleep time.",
        "1 question: 1 showed no clear difference.",
    )


def test_what_was_asked_in_vain_is_named_up_to_a_number(ninety):
    rng = np.random.default_rng(4)
    habits = {f"{letter}_habit": rng.random(90) < 0.5 for letter in "abcdefghij"}
    nights = pd.DataFrame({"tst_min": 400 + rng.normal(0, 30, 90), **habits}, ninety.index)
    few = ss.correlate(nights, outcomes=["tst_min"], factors=["a_habit", "b_habit"])
    assert what_went_with(nights, few)[0] == (
        "Asked about: “a habit” and “b habit”. None of it clearly went with total sleep time."
    )
    many = what_went_with(nights, ss.correlate(nights, outcomes=["tst_min"]))[0]
    assert "“g habit”, “h habit” and 2 more. None of it clearly went" in many


def test_findings_beyond_the_first_are_counted(ninety):
    nights = ninety.assign(same=ninety["late_meal"], again=ninety["late_meal"])
    table = ss.correlate(nights, outcomes=["tst_min"])
    assert len(clearest(table)) == 3
    said = what_went_with(nights, table, most=1)
    assert said[1] == "2 more findings stand in the table."


def test_too_few_nights_are_said(ninety):
    nights = ninety.head(9)
    said = what_went_with(nights, ss.correlate(nights, outcomes=["tst_min"]))
    assert str(said) == (
        "Nothing can be asked of this diary yet: it has 9 nights, and a question needs at least "
        "14 with both values."
    )


def test_no_habits_and_only_constant_habits_are_said(ninety):
    nights = ninety[["tst_min"]]
    said = str(what_went_with(nights, ss.correlate(nights, outcomes=["tst_min"])))
    assert "no habit or circumstance" in said
    nights = ninety[["tst_min"]].assign(tea=True)
    said = str(what_went_with(nights, ss.correlate(nights, outcomes=["tst_min"])))
    assert said.startswith("Nothing can be asked of this diary yet: the commonest reason is: ")


def test_level_and_controls_of_the_table_are_those_of_the_sentences(ninety):
    table = ss.correlate(ninety, outcomes=["tst_min"], level=0.9, adjust=())
    assert "90 % interval" in what_went_with(ninety, table)[0]
    assert "removed" not in what_went_with(ninety, table)[0].replace("nothing removed", "")


def test_a_finding_that_cannot_be_told_from_another_habit_says_so():
    nights, _ = ss.simulate_nights(120, seed=7)
    wine = nights.late_meal.copy()
    wine.iloc[[4, 30]] = ~wine.iloc[[4, 30]]
    nights = nights.assign(wine=wine)
    table = ss.correlate(nights, outcomes="tst_min", factors=["wine", "late_meal"])
    table["status"] = "found"
    said = str(what_went_with(nights, table))
    assert "“wine” is entangled with late_meal: wine without late meal: 1 night; " in said
    assert "asked together, intervals become at least " in said


# ---- the whole answer


def test_the_answer_says_what_the_report_says(ninety):
    said = ss.answer(ninety)
    table = ss.correlate(ninety, outcomes=["tst_min"], beside=True)
    pd.testing.assert_frame_equal(said.table, table)
    assert said.outcomes == ss.main_outcomes(ninety) == ("tst_min",)
    assert said.findings == what_went_with(ninety, table)
    assert str(said) == repr(said) == str(said.findings)
    assert said._repr_html_() == said.findings._repr_html_()
    assert said.read == what_was_read(ninety)
    assert said.sleep == how_you_sleep(ninety)
    pd.testing.assert_frame_equal(said.measures, measures(ninety))
    assert said.habits == ["late_meal", "reading"]
    assert (said.asides, said.next_steps) == ((), (A_COIN,))


def test_the_answer_is_about_what_was_asked(ninety):
    nights = ninety.assign(sol_min=np.tile([5.0, 10.0, 20.0], 30))
    assert ss.answer(nights).outcomes == ("tst_min", "sol_min")
    said = ss.answer(nights, outcomes="sol_min")
    assert set(said.table["outcome"]) == {"sol_min"}
    assert "2 questions" in said.findings[-1]


def test_an_answer_does_not_change_with_its_frame(ninety):
    said = ss.answer(ninety)
    ninety["tst_min"] = 0.0
    assert said.nights["tst_min"].mean() > 300


def test_a_diary_without_habits_has_no_next_step():
    said = ss.answer(frame(pd.date_range("2026-01-05", periods=4), tst_min=[400.0] * 4))
    assert said.next_steps == ()
    assert str(said).startswith("Nothing can be asked of this diary: it holds the nights but no")


def test_a_frame_that_is_no_nights_has_no_answer():
    with pytest.raises(ss.DiaryError, match="expected 'night'"):
        ss.answer(pd.DataFrame({"tst_min": [1.0]}))
