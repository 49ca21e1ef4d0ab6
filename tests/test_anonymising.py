"""What is shown to others: nothing that names a person is left, every answer is the same.

The diaries are invented; what must be gone is what the test itself planted in them.
"""

import io
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sleepstats as ss
from sleepstats.anonymising import RARE, is_plain
from sleepstats.columns import RECORD

#: Names, places, remarks and paths: no two of them in the vocabulary of habits.
PLANTED = (
    "Marlene", "Zbigniew", "Oyelaran", "Quakenbrück", "Thurgau", "Nguyen", "Saoirse", "Wernigerode",
    "Lindqvist", "Ballymena", "Kowalczyk", "Xochitl",
)  # fmt: skip


def diary(who, where, first, n=40, seed=0):
    """Return a diary that gives a person away in every place where one can."""
    rng = np.random.default_rng(seed)
    index = pd.date_range(first, periods=n, name="night")
    index = index[rng.random(n) > 0.1]
    n = len(index)
    bed = index + pd.to_timedelta(rng.integers(22 * 60, 25 * 60, n), unit="min")
    slept = rng.normal(420, 40, n).round()
    nights = pd.DataFrame(
        {
            "into_bed": bed,
            "out_of_bed": bed + pd.to_timedelta(slept + 30, unit="min"),
            "tst_min": slept,
            "stress": rng.integers(0, 8, n),
            "caffeine_last": index + pd.to_timedelta(rng.integers(12 * 60, 20 * 60, n), unit="min"),
            f"dinner_with_{who.casefold()}": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            f"{where}_min": rng.integers(0, 60, n).astype(float),
            f"night at {who}'s": pd.array(np.arange(n) < 3, dtype="boolean"),
            f"flight to {where}": pd.array(np.arange(n) == 7, dtype="boolean"),
            "supplement_kind": np.where(rng.random(n) < 0.5, "chamomile", f"tea from {who}"),
            "mail": [f"{who}.{i}@example.org" for i in range(n)],
            "latitude": 52.51 + np.arange(n) / 1000,
            "account": np.arange(n) + 77001,
            "recorded_epoch_s": index.astype("int64").to_numpy() / 1e6,
            "born": pd.Timestamp("1979-05-06"),
            "comments": [f"{who} rang from {where}, room {i}" for i in range(n)],
            "city": where,
            "zone": "Europe/Zurich",
            "problem": f"line 4, column 'Bed': '{who}' is not a clock time.",
        },
        index=index,
    )
    nights.attrs[RECORD] = {
        "file": f"/home/{who}/{where}.csv", "files": [f"{who}.csv"], "zone": "Europe/Zurich",
        "sources": [{"file": f"{who}.csv"}], "notes": [f"Column '{who}' is odd."],
        "columns": {"stress": {"header": f"stress {who}", "label": f"stress, {where}"}},
        "roles": {who: {"role": "note"}}, "asides": [where],
    }  # fmt: skip
    nights.attrs["owner"] = who
    return nights


def everything(nights):
    """Return all that can be read out of a frame, as one text."""
    shown = [nights.to_csv(), str(nights.attrs), str(list(nights.columns)), str(nights.index.names)]
    shown += [str(value) for name in nights for value in nights[name].tolist()]
    return "\n".join([*shown, pickle.dumps(nights).decode("latin-1")])


@settings(max_examples=25, deadline=None)
@given(
    who=st.sampled_from(PLANTED), where=st.sampled_from(PLANTED), seed=st.integers(0, 10**6),
    first=st.dates(pd.Timestamp("1991-01-01").date(), pd.Timestamp("2060-01-01").date()),
)  # fmt: skip
def test_nothing_that_was_planted_survives(who, where, seed, first):
    nights = diary(who, where, first, seed=seed)
    shown = ss.anonymise(nights, seed=seed)
    ss.check_nights(shown)
    text = everything(shown)
    for planted in (who, where, "example.org", "/home", "Zurich", "rang from", "77001", "52.51"):
        assert planted.casefold() not in text.casefold(), planted
    dates = {day.strftime("%Y-%m-%d") for day in [*nights.index, pd.Timestamp("1979-05-06")]}
    assert not dates & set(re.findall(r"\d{4}-\d\d-\d\d", text))
    assert set(shown.attrs) == {RECORD}
    assert set(shown.attrs[RECORD]) == {"columns", "anonymised"}


def test_what_stays_is_what_it_was():
    nights = diary("Marlene", "Thurgau", "2026-01-05")
    shown = ss.anonymise(nights, seed=1)
    days = shown.index - nights.index
    assert days.nunique() == 1
    assert days[0] % pd.Timedelta(days=7) == pd.Timedelta(0)
    assert 1951 <= shown.index[0].year <= 1971
    for clock in ("into_bed", "out_of_bed", "caffeine_last"):
        assert (shown[clock].to_numpy() - nights[clock].to_numpy() == days[0]).all()
    assert list(shown.columns) == [
        "into_bed", "out_of_bed", "tst_min", "stress", "caffeine_last", "habit_1", "habit_2_min",
        "other_tags", "supplement_kind", "problem",
    ]  # fmt: skip
    pd.testing.assert_series_equal(
        shown["tst_min"], nights["tst_min"].set_axis(shown.index), check_names=False
    )
    rare = nights["night at Marlene's"] | nights["flight to Thurgau"]
    assert shown["other_tags"].tolist() == rare.tolist()
    assert set(shown["supplement_kind"]) == {"chamomile", "kind 1"}
    assert (shown["problem"] == "").all()
    assert shown.attrs[RECORD]["anonymised"] == {"left_out": 8, "renamed": 2, "merged": 2}
    assert len(nights.columns) == 19  # as it was, and the caller's own attrs too
    assert nights.attrs["owner"] == "Marlene"


@pytest.mark.parametrize("name", ["diary", "spreadsheet", "sleep_cycle"])
def test_every_answer_is_the_same(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.load_sample(name)
    shown = ss.anonymise(nights, seed=11)
    ours, theirs = (ss.correlate(one, beside=True) for one in (nights, shown))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    found = [str(ss.answer(one).findings) for one in (nights, shown)]
    # dates move: a habit that stands in one part of a diary is said to lie from one to another
    found = [re.sub(r"nights lie from.*?:", "", " ".join(one.split())) for one in found]
    assert found[0] == found[1]
    pd.testing.assert_frame_equal(ss.describe_nights(nights), ss.describe_nights(shown))


def test_the_file_that_is_shared_answers_as_the_frame(tmp_path):
    """A numbered habit that is never 0 was left aside when its CSV was read."""
    nights, _ = ss.simulate_nights(60, seed=3)
    nights = nights.rename(columns={"screens_min": "zbigniew_min"})
    nights["zbigniew_min"] += 5.0
    shown = ss.anonymise(nights, seed=4)
    assert "habit_1_min" in shown
    shown.to_csv(tmp_path / "shown.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        again = ss.read_diary(tmp_path / "shown.csv")
    assert ss.answer(again).lead == ss.answer(nights).lead
    assert "habit_1_min" in ss.correlate(again)["factor"].tolist()


def test_the_seed_repeats_and_draws():
    nights = ss.load_sample("diary")
    first = [ss.anonymise(nights, seed=seed).index[0] for seed in (1, 1, 2, 3, 4)]
    assert first[0] == first[1]
    assert len(set(first)) == 4
    # where the diary goes does not depend on where it was: the seed leads back to nothing
    moved = nights.set_axis(nights.index + pd.Timedelta(weeks=9)).drop(columns=clocks(nights))
    moved.attrs = {}
    assert ss.anonymise(moved, seed=2).index[0] == first[2]


def clocks(nights):
    return [name for name in nights if nights[name].dtype.kind == "M"]


@pytest.mark.parametrize("first", ["1700-01-01", "1951-01-01", "1960-06-01", "1999-01-01",
                                   "2015-03-03", "9990-01-01"])  # fmt: skip
def test_a_diary_of_any_age_lands_on_other_dates(first):
    index = pd.DatetimeIndex(pd.date_range(first, periods=500).astype("M8[s]"), name="night")
    nights = pd.DataFrame({"tst_min": 400.0}, index=index)
    for seed in range(20):
        shown = ss.anonymise(nights, seed=seed)
        assert not shown.index.isin(index).any()
        assert (shown.index.day_of_week == index.day_of_week).all()


def test_people_are_numbered():
    one, two = (diary(who, "Thurgau", "2026-01-05", n=20, seed=3) for who in ("Marlene", "Zoë"))
    nights = pd.concat({"Marlene": one[["tst_min"]], "Zoë": two[["tst_min"]]},
                       names=["person", "night"])  # fmt: skip
    shown = ss.anonymise(nights, seed=5)
    assert shown.index.get_level_values("person").unique().tolist() == ["p01", "p02"]
    assert shown["tst_min"].tolist() == nights["tst_min"].tolist()
    assert "Marlene" not in everything(shown)


def test_nights_in_pieces_stay_known_as_such():
    text = (
        "Sleep: start,Sleep: end\n"
        "2026-01-05 23:00,2026-01-06 02:00\n2026-01-06 02:30,2026-01-06 07:00\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(text))
    shown = ss.anonymise(nights, seed=0)
    assert nights["problem"].str.contains("joined as one night in pieces").all()
    assert shown["problem"].tolist() == ["joined as one night in pieces"]
    pd.testing.assert_frame_equal(ss.add_measures(shown), shown)


def test_hours_before_bed_keep_to_their_clock():
    nights = diary("Marlene", "Thurgau", "2026-01-05")[["into_bed", "tst_min", "caffeine_last"]]
    nights = nights.rename(columns={"caffeine_last": "talk_with_saoirse"})
    nights["talk_with_saoirse_h_before_bed"] = 2.0
    shown = ss.anonymise(nights, seed=0)
    assert list(shown.columns)[2:] == ["habit_1", "habit_1_h_before_bed"]


def test_tags_are_rare_below_five_nights():
    index = pd.date_range("2026-01-01", periods=30, name="night")
    tags = {f"tea_{'abcdef'[k]}": pd.array(np.arange(30) < k, dtype="boolean") for k in (4, 5)}
    shown = ss.anonymise(pd.DataFrame({"tst_min": 400.0, **tags}, index=index), seed=0)
    assert RARE == 5
    assert shown["other_tags"].sum() == 4
    assert len(shown.columns) == 3


def test_words_that_say_nothing_of_a_person():
    for name in ("late_meal", "caffeine_cups", "screens_min", "read_a_book", "Kaffee", "2 glasses"):
        assert is_plain(name), name
    for name in (*PLANTED, "rose", "tea with Saoirse", "room 2041", "12/03/24", "a@b.org", ""):
        assert not is_plain(name), name


@pytest.mark.parametrize(("seed", "found"), [(-1, "-1"), (True, "True"), (1.5, "1.5")])
def test_a_seed_is_a_whole_number(seed, found):
    with pytest.raises(ss.DiaryError) as raised:
        ss.anonymise(ss.load_sample("diary"), seed=seed)
    assert f"seed is {found}, expected a whole number, 0 or more." in str(raised.value)


def test_what_is_no_diary_is_refused():
    with pytest.raises(ss.DiaryError, match="index"):
        ss.anonymise(pd.DataFrame({"tst_min": [400.0]}), seed=1)


def test_the_page_of_what_is_shown_to_others_is_written(tmp_path):
    """Without the record of rows there is nothing to say of rows, and all else to say."""
    shown = ss.anonymise(ss.load_sample("diary"), seed=3)
    page = ss.write_report(shown, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "sleep" in page
    assert "2025" not in page
