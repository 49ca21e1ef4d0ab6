"""Planned looks, the registered question, the verdicts: exact, consistent, noticed if altered."""

import dataclasses
import importlib.util
import json
import stat
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

import sleepstats as ss
from sleepstats.__main__ import main
from sleepstats.errors import DiaryError
from sleepstats.inference import looks
from sleepstats.inference.guards import calendar_controls
from sleepstats.trials import question as asks
from sleepstats.trials.designs import design
from sleepstats.trials.question import Question

START = "2026-03-02"
WORDS = {"conditions": ("reading", "no reading"), "start": START}
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "trials.py"


@pytest.fixture
def plan():
    return ss.plan_trial(56, seed=7, outcome="tst_min", matters=20, **WORDS)


def nights_of(plan, effect=0.0, sd=40.0, seed=1, upto=None):
    """A trial's nights made by hand: white noise and a known effect."""
    rng = np.random.default_rng(seed)
    y = 420 + sd * rng.normal(size=len(plan.first)) + effect * plan.first
    done = plan.table["condition"].to_numpy()
    return pd.DataFrame({"tst_min": y, "done": done}, index=plan.nights).iloc[:upto]


# the bounds


def test_a_plan_of_two_looks_says_both():
    for at, said in (
        (
            (0.5, 1.0),
            "looked at after 20 (2026-01-24) and 40 (2026-02-13) nights and at no other time",
        ),
        ((1.0,), "It is looked at once, at the end."),
    ):
        made = ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min", looks=at)
        assert said in " ".join(str(made).split())


def test_at_a_look_the_next_one_is_a_later_one(plan):
    """Looks after 28, 42 and 56 nights; without a difference after 28 the next is after 42."""
    got = ss.analyse_trial(nights_of(plan, upto=28), plan)
    assert (got.n_planned, got.look) == (28, 1)
    assert "The next planned look is after 42 nights" in " ".join(str(got).split())


def test_what_is_spent_follows_the_formula():
    # 2 - 2 Phi(1.95996 / sqrt(t)) from a table of the normal: t = 1/2: z 2.7718, t = 3/4: z 2.2632
    assert looks.spent_by([0.5, 0.75, 1.0], 0.05) == pytest.approx(
        [0.00557, 0.02362, 0.05], abs=1e-5
    )


def test_crossings_by_hand():
    # ten draws, 0.2 spent at the first look, 0.4 in all: fewer than 2 of ten may have crossed at
    # the first, so the largest; at the second fewer than 4: the two largest of those left
    sizes = np.array([[9, 0], [8, 8], [7, 1], [1, 9], [1, 7], [1, 1], [1, 1], [1, 1], [1, 1],
                      [1, 1]], dtype=float)  # fmt: skip
    found = looks.crossings_of(sizes, np.array([0.2, 0.4]))
    assert found.when.tolist() == [0, 1, 2, 1, 2, 2, 2, 2, 2, 2]
    assert found.bounds.tolist() == [9.0, 8.0]
    assert found.pvalues[:5, 1].tolist() == pytest.approx([1.0, 0.3, 1.0, 0.2, 0.4], abs=1e-12)


@pytest.mark.parametrize(
    "made",
    [design("pairs", 20), design("blocks", 40, block=2), design("free", 14)],
    ids=["pairs", "blocks", "free"],
)
@pytest.mark.parametrize("missing", [(), (3, 8, 9)])
def test_over_all_looks_no_more_than_the_level_cross_whatever_the_schedule(made, missing):
    """Nothing is assumed: of all schedules there are, at most 5 % find what is not there."""
    rng = np.random.default_rng(3)
    n = made.n_nights
    y = np.cumsum(rng.normal(size=n))  # as persistent as can be
    here = np.setdiff1d(np.arange(n), missing)
    every = made.every()[:, here]
    over = [n // 2, 3 * n // 4, n]
    parts = [here[here < last] for last in over]
    controls = [
        calendar_controls(part, part % 7, last, adjust=("trend",))
        for part, last in zip(parts, over, strict=True)
    ]
    compared = looks.compare_looks(y[here], every[0], every, controls, here, everything=True)
    sizes = np.abs(np.column_stack([one.a for one in compared]))
    found = looks.crossings_of(sizes, looks.spent_by(np.array(over) / n, 0.05))
    share = (found.when < 3).mean()
    assert 0.03 < share < 0.05
    early = (found.when == 0).mean()
    assert early < looks.spent_by([over[0] / n], 0.05)[0]


def test_the_walks_have_the_bounds_of_the_books():
    # the z at each look for 0.05 spent so: 2.77 at half by the formula above; at the end a little
    # more than 1.96 (all draws that crossed earlier stay out)
    bounds = looks.crossings_of(
        np.abs(looks.walks_of((0.5, 1.0))), looks.spent_by([0.5, 1.0], 0.05)
    ).bounds
    assert bounds[0] == pytest.approx(2.77, abs=0.06)
    assert 1.96 < bounds[1] < 2.02


def test_the_chance_left_is_the_normal_one():
    # all known but the last quarter, z 1 so far: B(3/4) = 0.866; the end is N(0.866 + 3/4, 1/4)
    # where the drift is 3. The last bound lies between 1.96 and 2.05, as some is spent before:
    # between Phi((1.616 - 2.05) / 0.5) = 0.19 and Phi((1.616 - 1.96) / 0.5) = 0.25
    left = looks.chance_left(1.0, 0.75, 3.0, (0.5, 0.75, 1.0), 0.05)
    assert 0.19 < float(left) < 0.25


# the answer


@pytest.mark.parametrize("seed", range(12))
def test_interval_and_test_say_the_same_at_every_look(plan, seed):
    for upto in (28, 42, 56):
        result = ss.analyse_trial(nights_of(plan, 22.0, seed=seed, upto=upto), plan, draws=999)
        found = result.effect_low > 0 or result.effect_high < 0
        assert found == (result.status == "found")
        assert result.effect_low <= result.effect <= result.effect_high
        assert (result.look, result.looks) == (1 + (28, 42, 56).index(upto), (28, 42, 56))


def test_one_look_is_the_test_at_the_end(plan):
    once = ss.plan_trial(56, seed=7, outcome="tst_min", matters=20, looks=(1.0,), **WORDS)
    bare = ss.plan_trial(56, seed=7, **WORDS)
    nights = nights_of(once, 20.0)
    one, other = (
        ss.analyse_trial(nights, once), ss.analyse_trial(nights, bare, outcome="tst_min")
    )  # fmt: skip
    assert (one.pvalue, one.effect, one.effect_low) == (
        other.pvalue, other.effect, other.effect_low,
    )  # fmt: skip


def test_an_early_end_is_a_wider_interval_nearer_to_zero(plan):
    nights = nights_of(plan, 80.0, upto=28)
    early = ss.analyse_trial(nights, plan)
    naive = ss.analyse_trial(nights, ss.plan_trial(56, seed=7, **WORDS), outcome="tst_min")
    assert early.status == naive.status == "found"
    assert 0 < early.effect_low < naive.effect_low
    assert early.effect < naive.effect + 1e-9
    assert "The plan allows ending here, 28 nights early: " in format(early)


@pytest.mark.parametrize(("effect", "seed"), [(75.0, 1), (-75.0, 2), (60.0, 3)])
def test_after_an_early_end_the_near_end_is_that_of_the_normal_law(plan, effect, seed):
    """Dense matrices for t and its error, scipy for the share of crossing trials that would miss.

    z is normal about s; those that cross lie beyond the bound; s is the near end where 5 % of them
    lie beyond what was seen, or so far on the other side that the far end would miss s.
    """
    n, nights = 28, nights_of(plan, effect, seed=seed)
    y, x = nights["tst_min"].to_numpy(), plan.first
    number = np.arange(56)
    controls = [calendar_controls(number[:m], number[:m] % 7, m) for m in (28,)]
    schedules = design("pairs", 56).draw(4999, 5)
    (look,) = looks.compare_looks(y, x, schedules, controls, number)
    found = looks.looks_test([look], shares=(0.5, 0.75, 1.0))
    assert found.crossed == 1
    root = np.linalg.cholesky(look.phi ** np.abs(number[:n, None] - number[:n]))
    z, own, of_y = (np.linalg.solve(root, one) for one in (controls[0], x[:n, None] * 1.0, y[:n]))
    left = [one - z @ np.linalg.lstsq(z, one, rcond=None)[0] for one in (own[:, 0], of_y)]
    df = n - z.shape[1] - 1
    slope, square = left[0] @ left[1] / (left[0] @ left[0]), left[1] @ left[1]
    error = np.sqrt((square - slope**2 * (left[0] @ left[0])) / df / (left[0] @ left[0]))
    seen = abs(slope) / error
    # the bound: the largest size of fewer schedules than may be spent, as a t statistic
    sizes = np.sort(np.abs(look.a))[::-1]
    at = sizes[int(np.ceil(looks.spent_by([0.5], 0.05)[0] * len(sizes))) - 2]
    limit = at * np.sqrt(df / (look.square - at**2))
    far = abs(found.high if effect > 0 else found.low) / error - seen

    def missed(s):
        low = min(s - far, -limit)
        beyond = stats.norm.sf(seen - s) + stats.norm.cdf(low - s)
        if s - far > limit:
            beyond += stats.norm.cdf(-far) - stats.norm.cdf(limit - s)
        return beyond / (stats.norm.sf(limit - s) + stats.norm.cdf(-limit - s)) - 0.05

    near = optimize.brentq(missed, seen / 2, seen) * error
    got = found.low if effect > 0 else -found.high
    assert got == pytest.approx(near, abs=0.03 * error)  # 20,000 walks
    assert found.estimate == pytest.approx((found.low + found.high) / 2)


@pytest.mark.parametrize("seed", range(3))
def test_going_on_the_interval_is_what_the_looks_own_bound_leaves(plan, seed):
    """By the definition: effects with which more schedules than may cross are as large as seen."""
    nights, number = nights_of(plan, 12.0, seed=seed), np.arange(28)
    schedules = design("pairs", 56).draw(1999, seed)
    y, x = nights["tst_min"].to_numpy(), plan.first
    (look,) = looks.compare_looks(
        y, x, schedules, [calendar_controls(number, number % 7, 28)], np.arange(56)
    )
    found = looks.looks_test([look], shares=(0.5, 0.75, 1.0))
    assert found.crossed == 0
    # spent at half of the nights: 0.0056 of 2,000 schedules, so that fewer than 11.2 may cross
    beyond = int(np.ceil(looks.spent_by([0.5], 0.05)[0] * 2000)) - 1

    def as_large(effect):
        c = effect / look.scale
        return (np.abs(look.a - c * look.c) >= np.abs(look.a_done - c * look.c_done) - 1e-9).sum()

    width = found.high - found.low
    for end, out in ((found.low, -1), (found.high, 1)):
        assert as_large(end - out * 0.01 * width) > beyond - 2
        assert as_large(end + out * 0.01 * width) <= beyond + 2
        assert as_large(end + out * 0.3 * width) < beyond


def test_at_the_last_look_no_chance_is_left(plan):
    number = np.arange(56)
    z = [calendar_controls(number[:m], number[:m] % 7, m) for m in (28, 56)]
    schedules = design("pairs", 56).draw(999, 1)
    y = nights_of(plan, 5.0)["tst_min"].to_numpy()
    both = looks.compare_looks(y, plan.first, schedules, z, number)
    first = looks.looks_test(both[:1], shares=(0.5, 1.0), asked=20.0)
    last = looks.looks_test(both, shares=(0.5, 1.0), asked=20.0)
    assert 0 < first.left < 1
    assert np.isnan(last.left)


def test_a_look_that_was_not_planned_gets_nights_and_no_verdict(plan):
    result = ss.analyse_trial(nights_of(plan, 200.0, upto=35), plan)
    assert (result.verdict, result.status, result.look) == ("not a planned look", "refused", 0)
    assert (result.n, result.n_planned, result.n_first + result.n_second) == (35, 35, 35)
    assert result.compliance["as_planned"].iloc[-1] == 35
    told = result.to_dict()
    for name in ("effect", "effect_low", "pvalue", "mean_first", "median_second",
                 "raw_difference", "chance_left"):  # fmt: skip
        assert np.isnan(told[name]), name
    for beside in ("as_done", "carry_over", "own_beside"):
        assert np.isnan(told[beside]["effect"])
        assert told[beside]["n"] == 0
    assert len(result.others) == result.compared == 0
    assert format(result).startswith("No verdict: This is not a planned look")
    assert "The next planned look is after 42 nights, on the morning after 2026-04-12." in format(
        result
    )
    json.dumps(told)


def test_a_look_that_was_not_planned_counts_what_was_done(plan):
    # by hand: of 35 nights two were done the other way round, and of three nothing is known
    nights = nights_of(plan, upto=35)
    first, second = plan.conditions
    nights.iloc[:2, 1] = [second if one else first for one in plan.first[:2]]
    nights.iloc[4:7, 1] = None
    said = " ".join(format(ss.analyse_trial(nights, plan)).split())
    assert (
        "on 30 it was done as planned, on 2 the other was done, on 3 what was done is not recorded"
    ) in said


def test_later_nights_do_not_change_an_earlier_look(plan):
    nights = nights_of(plan, 30.0)
    then = ss.analyse_trial(nights.iloc[:28], plan)
    now = ss.analyse_trial(nights.iloc[:37], plan, look=0.5)
    assert (then.pvalue, then.effect_low, then.verdict) == (now.pvalue, now.effect_low, now.verdict)
    assert "9 nights after this look were not used." in now.notes


def test_a_last_night_that_was_not_recorded_is_a_missing_one(plan):
    result = ss.analyse_trial(nights_of(plan, upto=27), plan)
    assert (result.look, result.n_planned, result.n) == (1, 28, 27)
    assert ss.analyse_trial(nights_of(plan, upto=25), plan).look == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda plan: ss.analyse_trial(nights_of(plan), plan, look=0.3),
         "look is 0.3, expected one of the planned looks: 0.5, 0.75, 1."),
        (lambda plan: ss.analyse_trial(nights_of(plan, upto=10), plan, look=0.5),
         "look=0.5 is planned after 28 nights, and the diary ends after 10 of them. Ask again when "
         "they are over."),
        (lambda plan: ss.analyse_trial(nights_of(plan), ss.plan_trial(56, seed=7, **WORDS)),
         "This plan registered no outcome. Say which: analyse_trial(nights, plan, "
         "outcome='tst_min'). The next plan can: plan_trial(..., outcome='tst_min')."),
        (lambda plan: ss.plan_trial(56, seed=1, outcome="tst_min", looks=(0.5, 0.6)),
         "looks is (0.5, 0.6), expected shares of the 56 nights that rise and end with 1.0, none "
         "so close to another that they fall on the same night, such as (0.5, 0.75, 1.0); (1.0,) "
         "for one look at the end."),
        (lambda plan: ss.plan_trial(56, seed=1, outcome="stress"),
         "'stress' belongs to the day before the night, and so comes before that evening's "
         "condition. Choose an outcome of the night or of the morning after."),
        (lambda plan: ss.plan_trial(56, seed=1, matters=20),
         "plan_trial() got matters= without outcome=. Say what the trial is to change, for "
         "example outcome='tst_min'."),
        (lambda plan: ss.plan_trial(60, seed=1, design="blocks", block=3, washout=3),
         "washout is 3 and block is 3: no night of a block would be left. Expected "
         "design='blocks' with longer ones, such as block=5, washout=3."),
        (lambda plan: ss.plan_trial(56, seed=1, design="free", washout=1),
         "washout belongs to design='blocks'; design is 'free'. Leave it out."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_words(plan, call, message):
    with pytest.raises(DiaryError) as raised:
        call(plan)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("outcome", "matters", "low", "high", "verdict"),
    [
        ("tst_min", 20, 21, 40, asks.ENOUGH), ("tst_min", 20, -40, -21, asks.WORSE),
        ("sol_min", 5, -9, -6, asks.ENOUGH), ("sol_min", 5, 6, 9, asks.WORSE),
        ("tib_min", 20, 21, 40, asks.DIFFERS), ("tib_min", -20, -40, -21, asks.ENOUGH),
        ("tst_min", 20, 2, 19, asks.LESS), ("tst_min", 20, -19, -2, asks.LESS),
        ("tst_min", 20, 2, 21, asks.OPEN), ("tst_min", 20, -21, -2, asks.OPEN),
        ("tst_min", 20, -19, 19, asks.NONE), ("tst_min", 20, -19, 21, asks.CANNOT_TELL),
        ("tst_min", float("nan"), 2, 21, asks.FOUND),
        ("tst_min", float("nan"), -2, 21, asks.CANNOT_TELL),
    ],
)  # fmt: skip
def test_an_interval_is_held_against_what_matters(outcome, matters, low, high, verdict):
    assert Question(outcome, matters).verdict(low, high) == verdict


@pytest.mark.parametrize("outcome", [
    "tst_min", "se_pct", "quality", "rested", "mood_on_waking",  # more of them is better
    "-sol_min", "-waso_min", "-nawk", "-twak_min",  # less of them is
])  # fmt: skip
def test_more_is_better_or_worse_as_everybody_would_say(outcome):
    name, more = outcome.removeprefix("-"), not outcome.startswith("-")
    above, below = Question(name, 2).verdict(3, 9), Question(name, 2).verdict(-9, -3)
    assert (above, below) == ((asks.ENOUGH, asks.WORSE) if more else (asks.WORSE, asks.ENOUGH))


def test_another_question_is_answered_as_not_planned(plan):
    nights = nights_of(plan, 60.0).assign(rested=np.arange(56) % 5 + 1.0)
    for how in ({"outcome": "rested"}, {"adjust": ()}, {"level": 0.9}):
        result = ss.analyse_trial(nights, plan, **how)
        assert result.verdict == "not what was planned"
        assert "Not what was planned: the plan " in format(result)
        assert "caused" not in format(result)
    same = ss.analyse_trial(nights, plan, outcome="tst_min", level=0.95)
    assert same.verdict == ss.analyse_trial(nights, plan).verdict != "not what was planned"


# altered afterwards


def test_a_plan_that_was_altered_is_noticed(plan):
    nights = nights_of(plan)
    easier = dataclasses.replace(plan.question, matters=5.0)
    for altered in ({"stop_rule": "Later."}, {"question": easier}, {"substance": "tea"},
                    {"drawn": plan.drawn[::-1]}):  # fmt: skip
        with pytest.raises(DiaryError, match="The plan was altered after it was made"):
            ss.analyse_trial(nights, dataclasses.replace(plan, **altered))
    moved = plan.starting("2026-03-09")
    assert moved.checksum != plan.checksum
    assert ss.analyse_trial(nights_of(moved), moved).n == 56


@pytest.mark.parametrize(
    ("was", "now"),
    [("matters=20", "matters=5"), ("outcome=tst_min", "outcome=sol_min"), ("looks=0.5/", "looks="),
     ("seed=7", "seed=8"), ("If ill.", "If bored."), ("adjust=weekday/trend", "adjust=trend")],
)  # fmt: skip
def test_a_sheet_that_was_altered_is_noticed(tmp_path, was, now):
    plan = ss.plan_trial(
        56, seed=7, outcome="tst_min", matters=20, stop_rule="If ill.", **WORDS
    )  # fmt: skip
    sheet = plan.to_csv(tmp_path / "trial.csv")
    again = ss.TrialPlan.from_csv(sheet)
    assert (again.question, again.checksum) == (plan.question, plan.checksum)
    text = sheet.read_text(encoding="utf-8-sig")
    assert was in text
    sheet.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(DiaryError, match=r"trial\.csv: the plan was altered after it was made"):
        ss.TrialPlan.from_csv(sheet)


def test_a_plan_made_anew_beside_the_old_sheet_is_said_first(plan):
    from sleepstats.trials.sheet import code_of

    nights = nights_of(plan, 60.0).assign(trial_plan=code_of(plan))
    later = ss.plan_trial(56, seed=7, outcome="tst_min", matters=5, **WORDS)
    result = ss.analyse_trial(nights, later)
    assert format(result).startswith(
        "This plan is not the one that the sheet was made with: difference that matters 20 in the "
        "sheet, 5 in the plan. What counts is what was written in the sheet."
    )
    assert "caused" not in format(result)
    assert not ss.analyse_trial(nights, plan).doubts


def test_a_sheet_of_an_earlier_version_is_still_read(tmp_path):
    """Its line had no question and no checksum."""
    plan = ss.plan_trial(56, seed=7, **WORDS)
    sheet = plan.to_csv(tmp_path / "trial.csv")
    text = sheet.read_text(encoding="utf-8-sig")
    new = text.splitlines()[1].split(",")[-3]
    old = (
        "sleepstats-trial-1 design=pairs nights=56 block=1 max_run=0 seed=7 start=2026-03-02 "
        "conditions=reading/no%20reading substance="
    )
    assert new in text
    sheet.write_text(text.replace(new, old), encoding="utf-8")
    result = ss.analyse_trial(nights_of(plan, 60.0), sheet, outcome="tst_min")
    assert (result.verdict, result.status) == ("not registered", "found")
    assert format(result).endswith("What the trial asks was not written in its plan beforehand.")


# washout, and what is foretold


def test_first_nights_of_blocks_are_left_out():
    plan = ss.plan_trial(
        64, seed=7, design="blocks", block=4, washout=1, outcome="tst_min", **WORDS
    )
    nights = nights_of(plan, 40.0)
    wild = nights.copy()
    wild.loc[wild.index[::4], "tst_min"] = 100.0  # nothing of them is used
    one, other = (ss.analyse_trial(table, plan) for table in (nights, wild))
    assert one.n == other.n == 48
    assert (one.pvalue, one.effect) == (other.pvalue, other.effect)
    assert "16 nights at the beginning of blocks were left out of the comparison, as planned." in (
        one.notes
    )
    assert np.isnan(one.carry_over.effect)  # the night before is always of the same kind


def test_a_plan_says_how_likely_it_ends_early():
    rng = np.random.default_rng(1)
    index = pd.date_range("2025-11-03", periods=120, name="night")
    before = pd.DataFrame({"tst_min": 420 + 60 * rng.normal(size=120)}, index=index)
    plan = ss.plan_trial(112, seed=7, nights=before, outcome="tst_min", matters=40, **WORDS)
    told = plan.expectation
    # 40 min is 2/3 SD: z at the end is 40 / (2 * 60 / sqrt(112)) = 3.5, at half 2.5 against a
    # bound of 2.8 or more, at three quarters 3.05 against 2.3 or more
    assert 0.5 < told.with_effect.found < 0.9
    assert told.with_effect.hardly < 0.03
    assert told.with_effect.nights < 100
    assert told.without.found == pytest.approx(0.0236, abs=0.002)  # spent by three quarters
    # given up where |z| at three quarters is below 0.6 or so
    assert 0.2 < told.without.hardly < 0.7
    early = round(100 * (told.without.found + told.without.hardly))
    assert f"ends before its last night in {early} of 100 cases if there is no" in format(plan)
    assert "; the others go on to the last night. Looking early lowers " in format(plan)
    small = ss.plan_trial(56, seed=7, nights=before, outcome="tst_min", matters=15, **WORDS)
    assert small.expectation.with_effect.hardly > told.with_effect.hardly


# the benchmark


def test_the_benchmark_runs_what_analyse_trial_runs():
    """Drawn once for all looks there, asked at each look here: the same to the digit."""
    spec = importlib.util.spec_from_file_location("trials_benchmark", BENCHMARK)
    bench = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = bench
    spec.loader.exec_module(bench)
    for trial, cell in enumerate(
        bench.Cell(name, block, nights, 0.3, 1, effect=effect)
        for name, block, nights in bench.DESIGNS
        for effect in (0.0, 0.8)
    ):
        plan, nights = bench.planned(cell, trial)
        run = bench.ended(cell, plan, nights, 999, trial)
        for look in (0.5, 0.75, 1.0):
            result = ss.analyse_trial(nights, plan, look=look, draws=999, seed=trial)
            if result.status == "found" or result.chance_left < asks.HARDLY or look == 1.0:
                break
        assert run.found == (result.status == "found")
        assert run.nights == result.n_planned
        assert run.estimate == pytest.approx(result.effect / bench.SD, rel=1e-6)
        assert run.covered == (result.effect_low <= effect_of(cell, bench) <= result.effect_high)


def effect_of(cell, bench):
    return cell.effect * bench.SD


# the shell


def test_a_trial_from_the_shell(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    typed = ["trial", "plan", "28", "--conditions", "reading", "no reading", "--outcome", "tst_min",
             "--matters", "20", "--start", START, "--seed", "3",
             "--stop-rule", "Ill, or tired"]  # fmt: skip
    assert main(typed) == 0
    out = capsys.readouterr().out
    assert "a difference of 20 min or more matters" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    assert "Afterwards:   sleepstats trial analyse sleep_trial.csv" in out
    for name in ("sleep_trial.csv", "sleep_trial.html", "sleep_trial.ics"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert main(typed) == 2
    assert capsys.readouterr().err == (
        "sleepstats: sleep_trial.csv: is already there, and what was filled in is never written "
        "over. Give another name with -o.\n"
    )
    assert main(["trial", "analyse", "sleep_trial.csv"]) == 2
    assert "nothing is filled in yet that gives tst_min" in capsys.readouterr().err
    sheet = pd.read_csv("sleep_trial.csv", dtype=str, keep_default_na=False)
    fill(sheet, 17)
    sheet.to_csv("sleep_trial.csv", index=False)
    assert main(["trial", "analyse", "sleep_trial.csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Not a planned look.\n\nNo verdict: ")
    assert "the last one passed can still be asked about (--look 0.5)" in out
    fill(sheet, 28)
    sheet.to_csv("sleep_trial.csv", index=False)
    assert main(["trial", "analyse", "sleep_trial.csv"]) == 0
    alone = capsys.readouterr().out
    assert alone.startswith(("Cannot tell.\n", "Differs"))
    assert "\nall              28" in alone
    assert main(["trial", "analyse", "sleep_trial.csv", "sleep_trial.csv"]) == 0
    assert capsys.readouterr().out == alone  # the diary before the plan, here the same file


def fill(sheet, nights):
    """Fill a sheet in by hand, a little noise on the clock."""
    for row in range(nights):
        minute = (7 * row) % 50
        sheet.loc[row, ["done", "into_bed", "lights_out", "sol_min", "waso_min"]] = [
            sheet.loc[row, "planned"],
            "22:50",
            f"23:{minute:02d}",
            str(5 + row % 9),
            "10",
        ]
        sheet.loc[row, ["final_wake", "out_of_bed"]] = [f"07:{(11 * row) % 55:02d}", "08:00"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["plan", "27"], "27 nights cannot be cut into pairs, expected a multiple of 2. Plan 26 or "
         "28 nights."),
        (["plan", "28", "--conditions", "kratom", "none"], "add --asked-a-clinician."),
        (["plan", "28", "--matters", "3"], "--matters was given without --outcome. Say what the "
         "trial is to change, for example --outcome tst_min."),
        (["plan", "28", "--diary", "sample:diary"], "--diary needs --outcome, the column that the "
         "trial is to change, for example --outcome tst_min."),
        (["plan", "60", "--design", "blocks", "--washout", "3"], "--design blocks with longer "
         "ones, such as --block 5 --washout 3."),
        (["plan", "28", "--seed", "-1"], "--seed: -1, expected a whole number, 0 or more."),
        (["plan", "28", "--outcome", "tst_min", "--looks", "0.5"], "the same night, such as "
         "--looks 0.5 0.75 1; --looks 1 for one look at the end."),
        (["plan", "60", "--design", "halves"], "--design halves is refused. With all nights"),
        (["plan", "28", "--start", "soon"], "--start: 'soon', expected the date of the first "
         "evening, such as '2026-03-02'."),
        (["analyse", "none.csv"], "none.csv: no such file."),
        (["analyse", "sample:diary", "bare.csv"], "this is not the sheet of a trial. Write one "
         "with: sleepstats trial plan, and keep its header."),
    ],
)  # fmt: skip
def test_the_shell_says_what_to_type(tmp_path, monkeypatch, capsys, typed, said):
    monkeypatch.chdir(tmp_path)
    Path("bare.csv").write_text("night,done\n2026-03-02,reading\n", encoding="utf-8")
    assert main(["trial", *typed]) == 2
    err = capsys.readouterr().err
    assert said in " ".join(err.split())
    assert "=" not in err.replace("'=", "")
    assert not any(sign in err for sign in "\ufdd0\ufdd1\ufdd2")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare.csv"]


@pytest.mark.parametrize("typed", [[], ["plan"], ["analyse"]])
def test_help_has_examples(capsys, typed):
    with pytest.raises(SystemExit) as stopped:
        main(["trial", *typed, "--help"])
    assert stopped.value.code == 0
    assert "\nexamples:\n  sleepstats trial " in capsys.readouterr().out
