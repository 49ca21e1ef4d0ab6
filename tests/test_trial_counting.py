"""What a trial counts and tells, held to the letter; every number is counted by hand.

The plans are of sixteen nights from Monday 5 January 2026; what was done, guessed and measured is
written down here, so that each count can be read off.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats import inference as gls
from sleepstats.errors import DiaryError
from sleepstats.trials import analysis, compliance, filled_sheet, plan_of
from sleepstats.trials.filled_sheet import TrialAnswers

NAN = np.nan
PLAN = ss.plan_trial(16, seed=1, start="2026-01-05")
FIRST = PLAN.first
NIGHTS = PLAN.nights
ALL = np.ones(16, dtype=bool)


def answers(done=None, guess=None, source="the diary"):
    nothing = np.full(16, NAN)
    return TrialAnswers(nothing if done is None else done, nothing if guess is None else guess, ALL,
                        source)  # fmt: skip


def codes(**changes):
    """Done as planned, but for ``n3=0.0``: the fourth night."""
    done = FIRST.astype(float)
    for name, value in changes.items():
        done[int(name[1:])] = value
    return done


def data(done, recorded=None):
    return compliance.data_of(PLAN, answers(done), "tst_min", np.full(16, 400.0)
                              if recorded is None else recorded)  # fmt: skip


def exchanged(place):
    """Done in the other order on two neighbouring nights of different conditions."""
    done = FIRST.astype(float)
    done[[place, place + 1]] = done[[place + 1, place]]
    return done


def test_nights_are_laid_out_as_planned_done_swapped_not_recorded_and_missing():
    done = codes(n2=NAN, n5=1.0 - FIRST[5], n7=1.0 - FIRST[7])
    recorded = np.full(16, 400.0)
    recorded[[7, 9]] = NAN
    got = data(done, recorded)
    want = ["as planned"] * 16
    want[2], want[5], want[7], want[9] = "not recorded", "swapped", "missing", "missing"
    assert got["status"].tolist() == want
    assert got["planned"].tolist() == [("on" if one else "off") for one in FIRST]
    assert got["done"].tolist()[5] == ("off" if FIRST[5] else "on")
    assert pd.isna(got["done"].iloc[2])
    assert got["guess"].isna().all()
    assert (got[["planned", "done", "guess", "status"]].dtypes == "str").all()
    assert got["block"].tolist() == [1 + i // 2 for i in range(16)]
    counts = compliance.compliance_of(got, PLAN.conditions).set_index("condition")
    assert counts.loc["all"].tolist() == [16, 13, 2, 1, 2]
    assert counts.loc["on", "planned"] == counts.loc["off", "planned"] == 8
    for name in ("as_planned", "swapped", "not_recorded", "missing"):
        assert counts.loc["on", name] + counts.loc["off", name] == counts.loc["all", name]
    on = "on" if FIRST[2] else "off"
    assert counts["not_recorded"].to_dict() == {"on": on == "on", "off": on == "off", "all": 1}


def test_right_guesses_are_counted_against_every_schedule():
    """Four schedules of four nights, guesses on the first three: 3, 1, 2 and 1 of them right."""
    schedules = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 1, 1]], dtype=bool)
    guess = np.array([1.0, 0.0, 1.0, NAN])
    got = compliance.blinding_of(guess, schedules[0], schedules)
    assert (got.guesses, got.right, got.expected) == (3, 3, (3 + 1 + 2 + 1) / 4)
    assert got.pvalue == 1 / 4  # the schedule carried out is among them
    got = compliance.blinding_of(guess, np.array([1, 1, 1, 0], dtype=bool), schedules)
    assert (got.right, got.pvalue) == (2, (1 + 2) / (1 + 4))  # it is not: it counts once more
    assert compliance.blinding_of(np.full(4, NAN), schedules[0], schedules) is None


def test_beside_is_the_ordinary_slope_in_minutes_or_at_the_typical_night():
    rng = np.random.default_rng(5)
    x, y, number = np.tile([1.0, 0.0], 12), rng.normal(420, 30, 24), np.arange(24)
    controls = np.ones((24, 1))
    want = gls.gls_slope(y, x, controls, number, level=0.9)
    got = compliance.beside(y, x, controls, number, level=0.9, typical=NAN)
    assert (got.effect, got.low, got.high, got.pvalue) == (
        want.estimate, want.low, want.high, want.pvalue
    )  # fmt: skip
    assert (got.n, got.reason) == (24, want.reason)
    log = compliance.beside(y / 100, x, controls, number, level=0.9, typical=12.0)
    small = gls.gls_slope(y / 100, x, controls, number, level=0.9)
    assert log.effect == pytest.approx(12 * (np.exp(small.estimate) - 1))
    assert log.high == pytest.approx(12 * (np.exp(small.high) - 1))
    few = compliance.beside(y[:2], x[:2], controls[:2], number[:2], level=0.9, typical=NAN)
    assert (few.n, few.reason, np.isnan(few.effect)) == (2, "too few nights", True)


def test_neighbours_done_in_the_other_order_are_named_and_single_swaps_are_not():
    assert compliance._swaps(data(np.full(16, NAN))) == []
    assert compliance._swaps(data(codes())) == []
    (only,) = compliance._swaps(data(codes(n4=1.0 - FIRST[4])))
    assert only == (
        "The other of the two was done on 1 night: 2026-01-09. Nights are counted by the plan."
    )  # fmt: skip
    said = compliance._swaps(data(exchanged(0)))  # a pair has one of each
    assert said == [
        "The other of the two was done on 2 nights: 2026-01-05, 2026-01-06. Nights are counted by "
        "the plan.",
        "Two nights in a row were swapped: 2026-01-05 and 2026-01-06.",
    ]
    done = 1.0 - FIRST
    done[[10, 11, 12, 13, 14, 15]] = FIRST[[10, 11, 12, 13, 14, 15]]
    said = compliance._swaps(data(done))
    assert said[0].startswith("The other of the two was done on 10 nights: 2026-01-05, ")
    assert said[0].endswith("2026-01-09 and 5 more. Nights are counted by the plan.")
    # ten nights are five pairs of the design, each with one of both
    pairs = 5
    assert said[1].endswith(f" and {pairs - 3} more.")
    assert said[1].count(";") == 2


def test_what_was_not_written_down_is_counted():
    assert compliance._unrecorded(answers(np.full(16, NAN))) == (
        "What was done was not recorded; nights are counted by the plan."
    )
    assert compliance._unrecorded(answers(codes())) == ""
    assert compliance._unrecorded(answers(codes(n1=NAN))) == (
        "What was done is not recorded on 1 planned night."
    )
    assert compliance._unrecorded(answers(codes(n1=NAN, n9=NAN))).endswith("on 2 planned nights.")


@pytest.mark.parametrize(
    ("gaps", "said"),
    [
        ([(3, 9)], ""),  # six nights
        ([(3, 10)], "7 planned nights in a row, 2026-01-08 to 2026-01-14, are not"),
        ([(0, 7), (8, 16)], "8 planned nights in a row, 2026-01-13 to 2026-01-20, are not"),
        ([(9, 16)], "7 planned nights in a row, 2026-01-14 to 2026-01-20, are not"),
        ([], ""),
    ],
)
def test_a_gap_of_a_week_is_named_by_its_first_and_last_night(gaps, said):
    recorded = np.full(16, 400.0)
    for begin, end in gaps:
        recorded[begin:end] = NAN
    got = compliance._gap(data(codes(), recorded))
    assert got.startswith(said) if said else got == ""


def test_gaps_on_one_side_are_set_against_every_schedule():
    """All of seven missing nights planned "on": of the 256 schedules of eight pairs one has seven,
    and one none; both are as far from 3.5. Of drawn schedules the one carried out counts once more.
    """
    recorded = np.full(16, 400.0)
    at = np.flatnonzero(FIRST)[:7]
    recorded[at] = NAN
    every = PLAN.design.every()
    assert len(every) == 256
    got = compliance._one_sided_gaps(data(codes(), recorded), FIRST, every)
    under = every[:, at].sum(axis=1)
    many = int((abs(under - 3.5) >= 3.5).sum())
    assert many == 4  # the eighth pair may be either way round
    assert got == (
        "Of 7 nights that are not recorded, 7 were planned “on”; by chance a split is rarely so "
        f"uneven (p = {(1 + many) / 257:.2g}). If it was mostly bad nights that went unrecorded, "
        "the difference told is wrong."
    )
    recorded[at[3:]] = 400.0  # three nights: 2 · 32 of 256, p above 0.05
    assert compliance._one_sided_gaps(data(codes(), recorded), FIRST, every) == ""
    assert compliance._one_sided_gaps(data(codes()), FIRST, every) == ""


def test_a_diary_that_ends_early_is_told_with_the_nights_left():
    nights = pd.DataFrame({"tst_min": 400.0}, index=NIGHTS)
    assert compliance._stopped(PLAN, nights) == ""
    got = compliance._stopped(PLAN, nights.iloc[:15])
    assert got.startswith("The diary ends on 2026-01-19, 1 planned night before the plan does.")
    assert got.endswith("No stop rule was written beforehand.")
    ruled = ss.plan_trial(16, seed=1, start="2026-01-05", stop_rule="a cold")
    assert compliance._stopped(ruled, nights.iloc[:10]).endswith("The stop rule was: a cold")


def looked(n, share=None, plan=None, **more):
    made = plan or ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min", matters=20.0,
                                 looks=(0.5, 0.75, 1.0))  # fmt: skip
    nights = pd.DataFrame({"tst_min": np.full(n, 400.0), **more}, index=made.nights[:n])
    return compliance.look_of(nights, made, share)


@pytest.mark.parametrize(
    ("over", "share", "want"),
    [
        (20, None, (20, 1)), (18, None, (20, 1)), (17, None, (17, 0)), (21, None, (21, 0)),
        (30, None, (30, 2)), (28, None, (30, 2)), (40, None, (40, 3)), (38, None, (40, 3)),
        (37, None, (37, 0)), (21, 0.5, (20, 1)), (33, 0.75, (30, 2)), (23, 0.75, (30, 2)),
        (33, 1.0, (40, 3)),
    ],
)  # fmt: skip
def test_a_look_is_the_planned_one_two_nights_before_it_at_most(over, share, want):
    nights, look, why = looked(over, share)
    assert (nights, look) == want
    assert bool(why) == (look == 0)


def test_looks_that_cannot_be_are_refused_and_others_told():
    assert looked(25)[2] == (
        "this is not a planned look; those are after 20, 30 and 40 nights; the last one passed "
        "can still be asked about (look=0.5)"
    )
    assert looked(12)[2] == "this is not a planned look; those are after 20, 30 and 40 nights"
    with pytest.raises(DiaryError, match="is planned after 30 nights, and the diary ends after 22"):
        looked(22, 0.75)
    with pytest.raises(
        DiaryError, match=r"look is 0\.6, expected one of the planned looks: 0\.5, "
    ):
        looked(25, 0.6)
    with pytest.raises(DiaryError, match="this one has none"):
        looked(12, 0.5, plan=PLAN)
    assert looked(12, plan=PLAN) == (16, 1, "")


def test_nights_to_come_of_which_only_the_plan_stands_there_are_not_over():
    rows = np.full(25, 400.0)
    rows[20:] = NAN
    made = ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min", matters=20.0,
                         looks=(0.5, 0.75, 1.0))  # fmt: skip
    nights = pd.DataFrame({"tst_min": rows, "planned": ["on"] * 25}, index=made.nights[:25])
    assert compliance.look_of(nights, made, None)[:2] == (20, 1)
    done = nights.assign(done=["on"] * 25)
    assert compliance.look_of(done, made, None)[:2] == (25, 0)


def test_words_are_conditions_in_any_capitals_and_a_guess_may_be_none():
    words = ["On", " OFF ", "", "?", "n/a", "onn", "no  idea"]
    where = [f"row {i}" for i in range(7)]
    got, problems = filled_sheet.code_words(words, ("on", "off"), where=where)
    np.testing.assert_array_equal(got, [1, 0, NAN, NAN, NAN, NAN, NAN])
    assert [one.partition(":")[0] for one in problems if "row 3" not in one] == ["row 5", "row 6"]
    assert "row 5: 'onn' is not a condition of this plan. Write 'on' or 'off'" in " ".join(problems)
    assert "Did you mean 'on'?" in " ".join(problems)
    _, problems = filled_sheet.code_words(words, ("on", "off"), where=where, guess=True)
    assert [one.partition(":")[0] for one in problems] == ["row 5"]


def test_rows_that_do_not_fit_the_plan_are_named_with_what_it_says():
    where = [f"line {i + 2}" for i in range(16)]
    assert filled_sheet.misfits(NIGHTS, FIRST, PLAN, where) == []
    other = FIRST.copy()
    other[3] = not other[3]
    says, stands = ("on", "off") if FIRST[3] else ("off", "on")
    assert filled_sheet.misfits(NIGHTS, other, PLAN, where) == [
        f"line 5: {stands!r} stands as planned, but the plan says {says!r} for that evening."
    ]
    before = NIGHTS - pd.Timedelta(days=16)
    told = filled_sheet.misfits(before, FIRST, PLAN, where)
    assert (
        len([one for one in told if "is not in the plan, which runs from 2026-01-05 to" in one])
        == 16
    )
    assert filled_sheet.misfits(before, FIRST, PLAN, where, outside=False) == []
    late = filled_sheet.misfits(NIGHTS[1:], FIRST[:-1], PLAN, where)
    assert "would fit the plan if they were dated" in late[0]
    assert "one day earlier" in late[0]


def test_what_was_done_a_day_late_is_noticed_and_as_planned_is_not():
    assert compliance._shifted(PLAN, answers(codes())) == ""
    assert compliance._shifted(PLAN, answers(np.full(16, NAN))) == ""
    late = np.concatenate([[NAN], FIRST[:-1]])
    assert "one day earlier" in compliance._shifted(PLAN, answers(late))


def test_a_night_twice_in_the_sheet_names_both_lines():
    nights = np.array(["2026-01-05", "2026-01-06", "2026-01-05", "NaT", "NaT"], "datetime64[us]")
    where = [f"sheet.csv, line {i}" for i in (2, 3, 4, 5, 6)]
    assert filled_sheet._twice(nights, where) == [
        "sheet.csv, line 4: the night 2026-01-05 stands in the sheet already (line 2). Keep one "
        "row per night."
    ]


@pytest.mark.parametrize("dtype", ["boolean", "bool", "float", "Int64"])
@pytest.mark.parametrize("conditions", [("on", "off"), ("off", "on"), ("no", "yes")])
def test_yes_and_no_in_the_diary_are_the_conditions_of_that_name(conditions, dtype):
    plan = ss.plan_trial(16, seed=1, start="2026-01-05", conditions=conditions)
    yes = [label in ("on", "yes") for label in plan.table["condition"]]
    nights = pd.DataFrame(
        {"tst_min": 400.0, "done": pd.Series(yes, NIGHTS).astype(dtype)}, index=NIGHTS
    )
    got = filled_sheet.answers_in(nights, plan)
    np.testing.assert_array_equal(got.done, plan.first.astype(float))
    assert got.source == "the diary"
    assert got.rows.all()
    part = filled_sheet.answers_in(nights.iloc[4:], plan)
    assert np.isnan(part.done[:4]).all()
    assert part.rows.tolist() == [False] * 4 + [True] * 12
    nothing = filled_sheet.answers_in(nights[["tst_min"]], plan)
    assert nothing.source == ""


def test_latency_is_told_as_a_ratio_and_in_minutes_at_the_typical_night():
    test = SimpleNamespace(estimate=np.log(1.5), low=np.log(0.5), high=np.log(2.0))
    got = analysis._effect(test, SimpleNamespace(typical=20.0))
    assert got == pytest.approx({
        "effect": 10, "effect_low": -10, "effect_high": 20, "ratio": 1.5, "ratio_low": 0.5,
        "ratio_high": 2,
    })  # fmt: skip
    got = analysis._effect(test, SimpleNamespace(typical=NAN))
    assert (got["effect"], got["effect_low"]) == (np.log(1.5), np.log(0.5))
    assert np.isnan([got["ratio"], got["ratio_low"], got["ratio_high"]]).all()


def test_a_sheet_is_read_as_it_was_filled_in(tmp_path):
    """Blank lines and rows in another order; two answers, one guess, two nights without a row."""
    path = PLAN.to_csv(tmp_path / "sheet.csv")
    head, *lines = path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
    names = head.split(",")
    rows = [dict(zip(names, line.split(","), strict=False)) for line in lines]
    rows[0]["done"] = rows[0]["planned"].upper()
    rows[3]["done"] = "off" if FIRST[3] else "on"
    rows[5]["guess"] = "on"
    kept = [rows[i] for i in (3, 0, *range(4, 16))]
    text = "\n".join([head, "", *(",".join(row.get(name, "") for name in names) for row in kept)])
    path.write_text(text + "\n", encoding="utf-8")
    plan, got = filled_sheet.read_filled(path, plan_of)
    assert plan.drawn == PLAN.drawn
    want = np.full(16, NAN)
    want[0], want[3] = FIRST[0], not FIRST[3]
    np.testing.assert_array_equal(got.done, want)
    assert np.flatnonzero(np.isfinite(got.guess)).tolist() == [5]
    assert got.guess[5] == 1
    assert np.flatnonzero(~got.rows).tolist() == [1, 2]
    assert got.source == "sheet.csv"


def test_of_a_diary_that_tells_nothing_no_night_is_over():
    # by definition: nights are over up to the last of which anything is told
    plan = ss.plan_trial(20, seed=1, outcome="tst_min", matters=20.0, looks=(0.5, 1.0),
                         start="2026-03-02")  # fmt: skip
    nights = pd.DataFrame({"tst_min": np.full(20, np.nan)}, index=plan.nights)
    assert compliance.look_of(nights, plan, None)[:2] == (0, 0)
    nights.iloc[3] = 420.0
    assert compliance.look_of(nights, plan, None)[:2] == (4, 0)
    with pytest.raises(DiaryError, match="planned after 10 nights, and the diary ends after 0 of"):
        compliance.look_of(nights.assign(tst_min=np.nan), plan, 0.5)
