"""Trials at the edges of their counts and verdicts, and what they hand on to the engine."""

import dataclasses
import hashlib
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats import trials
from sleepstats.errors import DiaryError
from sleepstats.inference.guards import calendar_controls
from sleepstats.trials import (
    analysis,
    compliance,
    designs,
    filled_sheet,
    first_evening,
    lines_of,
    power,
    question,
    result,
    sheet,
)
from sleepstats.trials.compliance import MISSING, _one_sided_gaps, _swaps
from sleepstats.trials.filled_sheet import TrialAnswers
from sleepstats.trials.question import (
    CANNOT_TELL,
    DIFFERS,
    ENOUGH,
    FOUND,
    GO_ON,
    LESS,
    NONE,
    NOT_A_LOOK,
    NOT_ANSWERED,
    NOT_PLANNED,
    NOT_REGISTERED,
    OPEN,
    WORSE,
    Question,
    asked_of,
)
from sleepstats.trials.result import Blinding, TrialResult
from sleepstats.trials.sheet import better_shift, code_of, words_of


@pytest.mark.parametrize(("word", "least"), [("n_nights", 2), ("block", 1), ("washout", 0)])
def test_counts_are_whole_from_the_least_to_the_most(word, least):
    """The most and the least are counts as any other; one beyond each is refused in words."""
    given = {"n_nights": 600, "block": 20, "washout": 1}

    def made(value):
        return designs.design("blocks", **{**given, word: value})

    most = 10_000
    with pytest.raises(DiaryError, match=f"{word}.* is above {most:,}, expected"):
        made(most + 1)
    with pytest.raises(DiaryError, match=f"expected a whole number, {least} or more"):
        made(least - 1)
    for value in (most, least):
        said = ""
        try:
            made(value)
        except DiaryError as error:  # of other rules: blocks need whole turns, and enough of them
            said = str(error)
        assert not re.search(rf"{word}.* is above|expected a whole number", said)


def test_a_washout_leaves_a_night_of_each_block():
    """By hand: of blocks of 4 nights 3 may be left out, and not 4."""
    assert designs.design("blocks", 96, block=4, washout=3).washout == 3
    with pytest.raises(DiaryError, match="washout is 4 and block is 4: no night of a block"):
        designs.design("blocks", 96, block=4, washout=4)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (20.0, 30.0, ENOUGH), (19.9, 30.0, OPEN), (-30.0, -20.0, WORSE), (-30.0, -19.9, OPEN),
        (1.0, 19.9, LESS), (1.0, 20.0, OPEN), (-19.9, -1.0, LESS), (-20.0, -1.0, OPEN),
        (-19.9, 19.9, NONE), (0.0, 19.9, NONE), (-19.9, 0.0, NONE),
    ],
)  # fmt: skip
def test_an_interval_at_what_matters(low, high, verdict):
    """By hand, for 20 minutes of sleep more: what lies at 20 itself is not less than it."""
    asked = Question("tst_min", 20.0, 0.95, ("weekday", "trend"))
    assert asked.verdict(low, high) == verdict
    assert dataclasses.replace(asked, matters=float("nan")).verdict(1.0, 2.0) == FOUND
    small = dataclasses.replace(asked, matters=0.5)
    assert (small.verdict(0.6, 2.0), small.verdict(-2.0, -0.6)) == (ENOUGH, WORSE)
    neither = dataclasses.replace(asked, outcome="into_bed")
    assert neither.verdict(30.0, 40.0) in (DIFFERS, ENOUGH, WORSE)


def test_of_two_moves_that_fit_alike_the_smaller_and_later_is_named():
    """A plan that goes on, off, on, off fits a day later as well as a day earlier."""
    dates = pd.date_range("2026-03-02", periods=24)
    first = np.arange(24) % 2 == 0
    assert better_shift(dates, ~first, pd.Series(first, index=dates)) == "one day later"


@pytest.mark.parametrize(("nights", "words"), [(10, "one day later"), (9, "")])
def test_ten_nights_are_enough_to_name_a_move(nights, words):
    plan = pd.Series([True, False, False, True] * 6, index=pd.date_range("2026-03-02", periods=24))
    done = plan.to_numpy()[1 : nights + 1]
    assert better_shift(plan.index[:nights], done, plan) == words


def test_a_split_of_missing_nights_by_hand():
    """Two nights are missing, both of one condition; of 99 schedules none is as uneven: 1 / 100."""
    data = pd.DataFrame({"status": [MISSING, MISSING, "as planned", "as planned"], "planned": "on"})
    first = np.array([True, True, False, False])
    even = np.tile([[True, False, True, False]], (99, 1))
    assert "(p = 0.01). If it was mostly bad nights" in _one_sided_gaps(data, first, even)
    alike = np.concatenate([even[1:], first[None]])  # one of 99 is as uneven: 2 / 100
    assert "(p = 0.02). If" in _one_sided_gaps(data, first, alike)
    assert _one_sided_gaps(data, first, even[:19]) == ""  # 1 / 20 is not below 0.05


def test_without_what_matters_no_look_gives_up():
    """No difference was asked about, so there is no chance to find it that could be too small."""
    plan = ss.plan_trial(56, seed=7, start="2026-03-02", outcome="tst_min")
    y = 420 + 40 * np.random.default_rng(1).normal(size=28)
    nights = pd.DataFrame(
        {"tst_min": y, "done": plan.table["condition"].to_numpy()[:28]}, index=plan.nights[:28]
    )
    result = ss.analyse_trial(nights, plan)
    assert (result.look, result.verdict) == (1, GO_ON)
    assert np.isnan(result.chance_left)


def test_what_could_have_been_found_has_the_degrees_of_freedom_of_its_nights(monkeypatch):
    """By hand: 56 nights less level, two columns of the week, line, a wave, and the condition."""
    seen = []

    def power_for(size, low, high, df, level):
        seen.append(df)
        return 1.0

    monkeypatch.setattr(analysis.verdicts, "power_for", power_for)
    plan = ss.plan_trial(56, seed=7, start="2026-03-02")
    y = 420 + 40 * np.random.default_rng(3).normal(size=56)
    nights = pd.DataFrame(
        {"tst_min": y, "done": plan.table["condition"].to_numpy()}, index=plan.nights
    )
    assert ss.analyse_trial(nights, plan, outcome="tst_min").status == "not found"
    assert seen == [56 - 5 - 1]


def test_longer_trials_of_the_same_design_keep_their_washout(monkeypatch):
    seen = []

    def design(name, nights, **how):
        seen.append(how)
        return designs.Design(name, nights, how["block"] or 1, 0, how["washout"])

    monkeypatch.setattr(power.designs, "design", design)
    monkeypatch.setattr(power, "_errors", lambda *_: None)
    monkeypatch.setattr(power, "_power", lambda *_: 1.0)
    made = designs.Design("blocks", 96, 4, 0, 2)
    assert power._needed(10.0, made, None, 1) == 96 + made.turn
    assert seen
    assert all(how == {"block": 4, "max_run": None, "washout": 2} for how in seen)


def test_what_a_trial_could_show_is_judged_by_its_spare_nights(monkeypatch):
    """By hand: 40 nights, less the weekday, the trend and the mean, and the condition itself."""
    seen = []
    judged = analysis.verdicts.power_for

    def power_for(size, low, high, df, **how):
        seen.append(df)
        return judged(size, low, high, df, **how)

    monkeypatch.setattr(analysis.verdicts, "power_for", power_for)
    plan = ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min", adjust=("trend",))
    rng = np.random.default_rng(4)
    nights = pd.DataFrame({"tst_min": 420 + 40 * rng.normal(size=40)}, index=plan.nights)
    got = ss.analyse_trial(nights.rename_axis("night"), plan)
    assert got.status != "found"
    spare = {40 - k - 1 for k in range(2, 12)}
    assert seen
    assert set(seen) <= spare


@pytest.mark.parametrize(("pairs", "shown", "more"), [(3, 3, ""), (4, 3, " and 1 more.")])
def test_three_exchanges_and_five_nights_are_named_the_others_counted(pairs, shown, more):
    """By hand: on and off, exchanged in the first pairs; a night is exchanged with one other."""
    dates = pd.date_range("2026-01-05", periods=20)
    planned = np.array(["on", "off"] * 10, dtype=object)
    done = planned.copy()
    done[: 2 * pairs] = ["off", "on"] * pairs
    data = pd.DataFrame({"planned": planned, "done": done}, index=dates)
    first, exchanged = _swaps(data)
    assert f"on {2 * pairs} nights: " in first
    assert f" and {2 * pairs - 5} more." in first
    assert exchanged.count(" and 2026") == shown
    assert exchanged.endswith(more or "2026-01-10.")
    five = data.assign(done=[*planned[:15], *["on" if p == "off" else "off" for p in planned[15:]]])
    assert "more" not in _swaps(five)[0]


def test_latency_cannot_fall_by_all_of_it():
    """The median of these nights is 20 minutes: 20 less is none at all, 19 less can be asked."""
    noise = SimpleNamespace(median=20.0)
    with pytest.raises(DiaryError, match="effect is -20 min, but the median latency is 20 min"):
        power._check_effect(-20.0, noise)
    power._check_effect(-19.0, noise)
    power._check_effect(20.0, noise)


def test_a_level_that_is_asked_for_is_taken():
    plan = ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min")
    nights = pd.DataFrame({"tst_min": 420 + 9.0 * (np.arange(40) % 7)}, index=plan.nights)
    given = ss.analyse_trial(nights.rename_axis("night"), plan, level=0.8)
    assert (given.level, ss.analyse_trial(nights.rename_axis("night"), plan).level) == (0.8, 0.95)


# results, number by number


START = "2026-01-05"
WORDS = {"conditions": ("reading", "no reading"), "start": START}


def told(plan, y=None, **more):
    """Nights of a plan, done as planned."""
    y = 420 + 40 * np.random.default_rng(3).normal(size=len(plan.first)) if y is None else y
    columns = {"tst_min": y, "done": plan.table["condition"].to_numpy(), **more}
    return pd.DataFrame(columns, index=plan.nights)


def test_means_middles_and_nights_are_those_of_the_two_sides():
    plan = ss.plan_trial(16, seed=1, **WORDS)
    nights = told(plan)
    nights.iloc[[0, 5, 15], 0] = np.nan
    got = ss.analyse_trial(nights, plan, outcome="tst_min")
    y = nights["tst_min"].to_numpy()
    first, second = (one[np.isfinite(one)] for one in (y[plan.first], y[~plan.first]))
    assert (got.n_first, got.n_second, got.n, got.n_planned) == (len(first), len(second), 13, 16)
    assert (got.mean_first, got.mean_second) == pytest.approx((first.mean(), second.mean()))
    assert got.raw_difference == pytest.approx(first.mean() - second.mean())
    assert got.median_first == pytest.approx(np.median(first))
    assert got.median_second == pytest.approx(np.median(second))
    assert (got.first_night, got.last_night) == (plan.nights[1], plan.nights[14])
    assert (got.look, got.looks, got.design, got.exact, got.compared) == (0, (), "pairs", True, 256)
    before = pd.DataFrame({"tst_min": [400.0]}, plan.nights[:1] - pd.Timedelta(days=1))
    blank = pd.concat([before, nights[["tst_min"]] * np.nan]).rename_axis("night")
    one = ss.analyse_trial(blank, plan, outcome="tst_min")
    assert (one.n, one.first_night, one.last_night, one.status) == (0, None, None, "refused")
    assert np.isnan([one.mean_first, one.mean_second, one.raw_difference]).all()


@pytest.mark.parametrize(("matters", "asked"), [(-8.0, np.log(0.6)), (-30.0, np.log(0.01)),
                                                (8.0, np.log(0.6)), (None, 0.0)])  # fmt: skip
def test_what_matters_of_a_latency_is_a_share_of_the_typical_night(monkeypatch, matters, asked):
    """By hand: 8 of 20 min off are 60 % of it; no night falls by more than 99 %."""
    seen = {}

    def looks_test(compared, **how):
        seen.update(how, compared=compared)
        return looked(compared, **how)

    looked, compare = analysis.looks.looks_test, analysis.looks.compare_looks
    monkeypatch.setattr(analysis.looks, "looks_test", looks_test)
    made = []
    monkeypatch.setattr(
        analysis.looks, "compare_looks", lambda *a, **how: made.append(how) or compare(*a, **how)
    )
    plan = ss.plan_trial(56, seed=7, outcome="sol_min", matters=matters, level=0.9, **WORDS)
    sol = np.where(plan.first, 15.0, 20.0) + np.arange(56) % 3 - 1
    nights = told(plan, sol_min=sol)
    for upto, final in ((28, False), (56, True)):
        result = ss.analyse_trial(nights[:upto], plan, draws=999)
        assert result.typical == 20.0
        assert seen["asked"] == pytest.approx(asked)
        assert (seen["level"], seen["hardly"], seen["shares"]) == (0.9, 0.1, (0.5, 0.75, 1.0))
        assert made[-1] == {"everything": False, "final": final}
        assert len(seen["compared"]) == (1 if upto == 28 else 3)


def test_what_is_taken_out_at_a_look_is_what_was_registered(monkeypatch):
    seen, compare = [], analysis.looks.compare_looks
    monkeypatch.setattr(
        analysis.looks, "compare_looks", lambda *a, **how: seen.append(a[3]) or compare(*a, **how)
    )
    plan = ss.plan_trial(56, seed=7, outcome="tst_min", adjust=("trend",), **WORDS)
    ss.analyse_trial(told(plan)[:42], plan, draws=999)
    for controls, over in zip(seen[0], (28, 42), strict=True):
        nights = np.arange(over)  # from a Monday on
        np.testing.assert_array_equal(
            controls, calendar_controls(nights, nights % 7, over, adjust=("trend",))
        )


def test_minutes_that_matter_are_asked_about_as_they_are(monkeypatch):
    seen = []
    looked = analysis.looks.looks_test
    monkeypatch.setattr(
        analysis.looks, "looks_test",
        lambda compared, **how: seen.append(how["asked"]) or looked(compared, **how),
    )  # fmt: skip
    plan = ss.plan_trial(56, seed=7, outcome="tst_min", matters=20, **WORDS)
    ss.analyse_trial(told(plan)[:28], plan, draws=999)
    assert seen == [20.0]


def judged(over=28, left=0.5, low=-9.0, high=50.0, reason="", crossed=0, **changes):
    """The verdict on made-up numbers at one of three looks."""
    asking = {
        "plan": SimpleNamespace(question=Question("tst_min", 20.0)), "outcome": "tst_min",
        "question": Question("tst_min", 20.0), "look": 1, "looks": (28, 42, 56), "over": over,
        "sequential": True, "otherwise": "", "why_not_now": "",
    }  # fmt: skip
    y = 420 + 40 * np.random.default_rng(1).normal(size=over)
    test = SimpleNamespace(
        reason=reason, distinct=9, crossed=crossed, low=low, high=high, left=left, n=over, k=5,
        pvalue=0.5,
    )  # fmt: skip
    used = SimpleNamespace(y=y, here=np.ones(over, dtype=bool), typical=np.nan)
    effect = {"effect_low": low, "effect_high": high}
    return analysis._verdict(test, effect, used, SimpleNamespace(**{**asking, **changes}))


@pytest.mark.parametrize(
    ("how", "verdict", "status"),
    [
        ({"reason": "constant"}, GO_ON, "refused"),
        ({"reason": "constant", "over": 42}, GO_ON, "refused"),
        ({"reason": "constant", "over": 56}, NOT_ANSWERED, "refused"),
        ({"reason": "constant", "sequential": False}, NOT_ANSWERED, "refused"),
        ({"left": 0.1}, GO_ON, "not found"), ({"left": np.nan}, GO_ON, "not found"),
        ({"left": 0.0999}, CANNOT_TELL, "not found"),
        ({"left": 0.5, "over": 42}, GO_ON, "not found"),
        ({"left": 0.5, "over": 56}, CANNOT_TELL, "not found"),
        ({"low": 21.0, "crossed": 1}, ENOUGH, "found"),
        ({"low": -19.0, "high": 19.0}, NONE, NONE),
        ({"otherwise": "other", "sequential": False}, NOT_PLANNED, "not found"),
        ({"plan": SimpleNamespace(question=None), "sequential": False}, NOT_REGISTERED,
         "not found"),
        ({"look": 0, "why_not_now": "this"}, NOT_A_LOOK, "refused"),
    ],
)  # fmt: skip
def test_what_a_look_gives(how, verdict, status):
    got = judged(**how)
    assert got[:2] == (verdict, status)
    if how.get("left") == 0.0999:
        assert got[2] == (
            "hardly: the nights left would find a difference of 20 min with a chance of 10 %"
        )


@pytest.mark.parametrize(("high", "status"), [(50.0, "not found"), (9000.0, "unreachable"),
                                              (np.inf, "unreachable")])  # fmt: skip
def test_what_no_interval_could_have_shown_is_unreachable(high, status):
    """An interval of a hundred spreads finds a difference of one hardly ever."""
    assert judged(over=56, low=-high, high=high)[1] == status


def test_a_difference_that_is_large_is_measured_by_the_ordinary_spread(monkeypatch):
    """Of 4 nights at 400 and 440 min: 20 sqrt(4 / 3), n - 1; at least one degree of freedom."""
    seen = []
    monkeypatch.setattr(
        analysis.verdicts, "power_for",
        lambda size, low, high, df, **how: seen.append((size, low, high, df, how)) or 1.0,
    )  # fmt: skip
    test = SimpleNamespace(reason="", pvalue=0.5, low=-5.0, high=7.0, n=4, k=5)
    y = np.array([400.0, 440.0, 400.0, 440.0])
    assert analysis._status(test, y, "sleep", 0.9, 9, False) == ("not found", "")
    large = analysis.estimation.LARGE_DIFFERENCE_SD * 20 * np.sqrt(4 / 3)
    assert seen == [(pytest.approx(large), -5.0, 7.0, 1, {"level": 0.9})]
    least = analysis.verdicts.UNREACHABLE_BELOW
    for chance, status in ((least, "not found"), (least - 1e-9, "unreachable")):
        monkeypatch.setattr(analysis.verdicts, "power_for", lambda *_, p=chance, **__: p)
        assert analysis._status(test, y, "sleep", 0.9, 9, False)[0] == status


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("too few schedules", "too few schedules: on the 9 nights used only 7 schedules can be "
         "told apart, expected 256 or more"),
        ("too few nights", "too few nights: 9 of 16 planned nights have sleep, too few to compare"),
        ("constant", "constant: all 9 nights used were planned alike"),
        ("one side too rare", "one side too rare: fewer than 3 of 9 nights used were of one kind"),
        ("outcome constant", "outcome constant: sleep was the same on all 9 nights"),
        ("of another kind", "of another kind: of another kind"),
    ],
)  # fmt: skip
def test_why_a_trial_is_not_answered(reason, said):
    test = SimpleNamespace(reason=reason, distinct=7)
    assert analysis._status(test, np.zeros(9), "sleep", 0.95, 16, False) == ("refused", said)


@pytest.mark.parametrize(("count", "every"), [(20_000, True), (20_001, False)])
def test_up_to_20_000_schedules_are_all_compared(count, every):
    def draw(size, seed):
        return "drawn", size, seed

    plan = SimpleNamespace(schedules=count, seed=7,
                           design=SimpleNamespace(every=lambda: "all", draw=draw))  # fmt: skip
    got = analysis._schedules(SimpleNamespace(plan=plan, draws=999, seed=4))
    assert got == (("all", True) if every else (("drawn", 999, [4, 7, 3]), False))


# what is said beside the answer


def beside(pvalue=0.5, effect=0.0):
    return SimpleNamespace(pvalue=pvalue, effect=effect)


@pytest.mark.parametrize(
    ("carried", "own", "unclear", "said"),
    [
        (beside(0.04), beside(), False, "seems to carry over (by chance it seems so in 5 of 100"),
        (beside(1.0 - 0.95), beside(), False, ""),  # at the level itself it is not below it
        (beside(0.5, -5.0), beside(0.5, 10.0), True, "cannot be told"),
        (beside(0.5, 4.9), beside(0.5, 10.0), True, ""),
        (beside(0.5, 9.0), beside(0.5, 10.0), False, ""),
    ],
)
def test_a_doubt_about_the_night_before(carried, own, unclear, said):
    """Half as much as the night's own is as much: 5 of 10 minutes, and not 4.9."""
    result = SimpleNamespace(
        verdict=ENOUGH, carry_over=carried, own_beside=own, level=0.95, own_unclear=unclear,
        conditions=("reading", "no reading"),
    )  # fmt: skip
    got = compliance._carried(result)
    assert said in got
    assert bool(got) == bool(said)
    result.verdict = GO_ON
    assert compliance._carried(result) == ""


@pytest.mark.parametrize(("pvalue", "knowing"), [(0.05, False), (0.049, True)])
def test_guesses_that_chance_would_hardly_give_are_a_doubt(pvalue, knowing):
    said = compliance._guessed(Blinding(20, 15, 10.4, pvalue))
    assert said.startswith(
        "Which kind of night it was, was guessed on 20 nights, 15 times rightly; 10 would be "
        f"expected by chance (p = {pvalue:.2g})."
    )
    assert said.endswith("may be part of the effect.") == knowing
    assert compliance._guessed(None) == ""


@pytest.mark.parametrize(
    ("upto", "said"),
    [
        (3, "1 night at the beginning of blocks was left out"),
        (4, "2 nights at the beginning of blocks were left"),
    ],
)
def test_nights_left_out_of_blocks_are_counted(upto, said):
    """By hand: of blocks of three nights the first; of four nights two."""
    plan = ss.plan_trial(48, seed=3, design="blocks", block=3, washout=1, **WORDS)
    nights = told(plan)
    answers = TrialAnswers(plan.first * 1.0, np.full(48, np.nan), np.ones(48, dtype=bool), "it")
    data = compliance.data_of(
        plan, answers.upto(upto), "tst_min", nights["tst_min"].to_numpy()[:upto]
    )
    notes = compliance.notes_of(plan, answers, data, plan.first[None, :upto], None, nights)
    assert any(note.startswith(said) for note in notes)
    assert f"{48 - upto} nights after this look were not used." in notes


def test_two_nights_are_too_few_to_set_beside_and_three_are_asked():
    ones = np.ones((3, 1))
    y, x, number = np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.0, 0.0]), np.arange(3)
    few = compliance.beside(y[:2], x[:2], ones[:2], number[:2], level=0.95, typical=np.nan)
    assert (few.n, few.reason) == (2, "too few nights")
    assert compliance.beside(y, x, ones, number, level=0.95, typical=np.nan).n == 3


def swapped_result():
    """Found, and on two nights planned with it the other was done; on none the other way."""
    plan = ss.plan_trial(56, seed=7, outcome="tst_min", matters=20, **WORDS)
    nights = told(plan)
    nights["tst_min"] += 60.0 * plan.first
    nights.iloc[np.flatnonzero(plan.first)[:2], 1] = "no reading"
    return ss.analyse_trial(nights, plan, draws=999)


def test_what_was_done_is_told_last_with_its_own_numbers():
    result = swapped_result()
    assert result.compliance["swapped"].tolist() == [2, 0, 2]
    done = result.as_done
    assert f"{result}".endswith(
        f"Not its answer: by what was done, “reading” went with {done.effect:.0f} min more total "
        f"sleep time (95 % interval {done.low:.0f} to {done.high:.0f} min more)."
    )
    assert "allows ending here" not in f"{result}"  # these are all of its nights
    amount = f"{result.effect:.0f} min more total sleep time (95 % interval"
    assert f"“reading” instead of “no reading” went with {amount}" in f"{result}"
    clear = dataclasses.replace(result, doubts=())
    assert f"“reading” instead of “no reading” caused about {amount}" in f"{clear}"


def test_the_best_guess_and_the_interval_are_the_results_own():
    plan = ss.plan_trial(56, seed=7, outcome="tst_min", matters=200, looks=(1.0,), **WORDS)
    result = ss.analyse_trial(told(plan), plan, draws=999)
    low, high, size = result.effect_low, result.effect_high, result.effect
    assert low < 0 < high
    open_yet = f"{dataclasses.replace(result, verdict=CANNOT_TELL)}"
    assert f"best guess {abs(size):.0f} min {'more' if size > 0 else 'less'}" in open_yet
    assert f"{-low:.0f} min less to {high:.0f} min more" in f"{result}"
    for name in ("effect_low", "effect_high"):
        endless = dataclasses.replace(result, verdict=GO_ON, n_planned=28, looks=(28, 56),
                                      **{name: np.inf})  # fmt: skip
        assert "may still change total sleep time by any amount (" in f"{endless}"


def test_no_difference_that_matters_is_said_where_one_was_named():
    plan = ss.plan_trial(56, seed=7, outcome="tst_min", matters=200, looks=(1.0,), **WORDS)
    result = ss.analyse_trial(told(plan), plan, draws=999)
    assert result.verdict == NONE
    assert (
        "No difference that matters: “reading” instead of “no reading” changes total sleep time by "
        "less than 200 min; anything from "
    ) in f"{result}"
    open_yet = dataclasses.replace(result, verdict=CANNOT_TELL)
    assert "No clear effect of “reading” instead of “no reading”" in f"{open_yet}"


def test_the_shell_lays_the_nights_out_in_columns():
    """By hand: heads parted by two blanks, counts under the end of theirs."""
    result = swapped_result()
    told = "".join(f"{line}\n" for line in lines_of(result)).split("\n\n")
    assert told[0] == "Helps enough to matter."
    assert told[2].splitlines()[:4] == [
        "nights      planned  as planned  swapped  not recorded  missing",
        "reading          28          26        2             0        0",
        "no reading       28          28        0             0        0",
        "all              56          54        2             0        0",
    ]
    assert told[3].startswith("* The other of the two was done on 2 nights: ")
    go_on = dataclasses.replace(result, verdict=GO_ON, n_planned=28, notes=())
    lines = list(lines_of(go_on))
    assert lines[0] == "Go on (not decided yet).\n"
    assert len(lines) == 2 + 4
    bare = dataclasses.replace(result, verdict=NOT_REGISTERED, question=None)
    assert next(lines_of(bare)).startswith(f"{bare.shell}")


# plans


@pytest.mark.parametrize(
    "start", ["2026-03-02T23:00+01:00", pd.Timestamp("2026-03-02", tz="UTC"), 20260302, None, ""]
)
def test_a_first_evening_is_a_date_of_the_calendar(start):
    with pytest.raises(DiaryError, match="expected the date of the first evening"):
        first_evening(start)
    assert first_evening("2026-03-02 21:00") == pd.Timestamp("2026-03-02")


def test_a_plan_without_dates_is_written_nowhere(tmp_path):
    plan = ss.plan_trial(16, seed=1)
    for write in (plan.to_csv, plan.to_ics, plan.to_html):
        with pytest.raises(DiaryError, match="This plan has no dates yet"):
            write(tmp_path / "trial")
    assert not [*tmp_path.iterdir()]


def test_a_plan_counts_its_nights_from_one():
    plan = ss.plan_trial(17, seed=1, design="free", **WORDS)
    assert plan.table.index.tolist() == list(range(1, 18))
    assert plan.table["block"].tolist() == [1] * 17
    ones = sum(plan.drawn)
    assert f"17 nights from 2026-01-05 to 2026-01-21, {ones} “reading” and {17 - ones} “no" in (
        f"{plan}"
    )


@pytest.mark.parametrize(
    ("washout", "said"),
    [(0, ""), (1, "the first night of each"), (2, "the first 2 nights of each")],
)
def test_a_plan_says_which_nights_are_left_out(washout, said):
    plan = ss.plan_trial(48, seed=1, design="blocks", block=3, washout=washout)
    told = f"Left out of the comparison: {said} block, on which what was done"
    assert (told in f"{plan}") == bool(washout)


@pytest.mark.parametrize("level", [0.49, 1.0, 1, 0.0, 95])
def test_a_level_is_a_half_to_below_one(level):
    with pytest.raises(DiaryError, match=r"expected 0\.5 to below 1, such as 0\.95"):
        ss.plan_trial(56, seed=1, outcome="tst_min", level=level)
    assert ss.plan_trial(56, seed=1, outcome="tst_min", level=0.5).question.level == 0.5


@pytest.mark.parametrize(
    ("looks", "nights"),
    [
        ((1.0,), (56,)), ((0.001, 1.0), (2, 56)), ((0.5, 0.75, 1.0), (28, 42, 56)),
        ((0.0, 1.0), None), ((-0.5, 1.0), None), ((0.5, 1.1), None), ((0.5,), None),
        ((1.0, 0.5, 1.0), None), ((), None), ((0.5, 0.505, 1.0), None),
    ],
)  # fmt: skip
def test_looks_are_shares_that_rise_to_one(looks, nights):
    """Of 28 pairs of nights at least one is over at the first look."""
    if nights is None:
        with pytest.raises(DiaryError, match="expected shares of the 56 nights that rise and end"):
            ss.plan_trial(56, seed=1, outcome="tst_min", looks=looks)
    else:
        plan = ss.plan_trial(56, seed=1, outcome="tst_min", looks=looks)
        assert plan.question.look_nights(plan.design) == nights


def test_looks_of_a_free_order_are_counted_in_nights():
    """By hand: half of 21 nights, to the nearest even, is 10; three quarters, 15.75, is 16."""
    plan = ss.plan_trial(21, seed=1, design="free", outcome="tst_min")
    assert plan.question.look_nights(plan.design) == (10, 16, 21)


@pytest.mark.parametrize("matters", [0, True, np.nan, np.inf, "20"])
def test_what_matters_is_a_number_other_than_nothing(matters):
    with pytest.raises(DiaryError, match=r"matters is .*, expected a difference other than 0"):
        ss.plan_trial(56, seed=1, outcome="tst_min", matters=matters)


def test_another_outcome_takes_neither_what_matters_nor_the_typical_night_along():
    made = Question("sol_min", -8.0, typical=20.0)
    asked, otherwise = asked_of(made, designs.design("pairs", 56), "tst_min", None, None)
    assert np.isnan(asked.matters)
    assert asked.typical == 0.0
    assert otherwise == "the plan asks about sleep onset latency, this is about total sleep time"
    same, otherwise = asked_of(made, designs.design("pairs", 56), None, None, None)
    assert (same, otherwise) == (made, "")


def test_a_column_of_ones_own_needs_a_diary_of_ones_own():
    said = f"{ss.plan_trial(56, seed=1, outcome='energy', looks=(1.0,))}"
    assert "The sheet has no column 'energy': keep one in a diary of your own" in said
    assert "It is looked at once, at the end." in said
    assert "The sheet has no column" not in f"{ss.plan_trial(56, seed=1, outcome='tst_min')}"


@pytest.mark.parametrize(("draws", "seed", "words"), [
    (998, 0, "draws is 998, expected a whole number, 999 or more."),
    (1_000_001, 0, "draws is 1000001, expected 1,000,000 or fewer."),
    (999, -1, "seed is -1, expected a whole number, 0 or more."),
    (999, True, "seed is True, expected a whole number, 0 or more."),
    (999.0, 0, "draws is 999.0, expected a whole number, 999 or more."),
])  # fmt: skip
def test_draws_and_seeds_that_cannot_be(draws, seed, words):
    plan = ss.plan_trial(16, seed=1, **WORDS)
    with pytest.raises(DiaryError) as raised:
        ss.analyse_trial(told(plan), plan, outcome="tst_min", draws=draws, seed=seed)
    assert str(raised.value) == words
    for most in (999, 1_000_000):  # all 256 schedules are compared, whatever the draws
        assert ss.analyse_trial(told(plan), plan, outcome="tst_min", draws=most).compared == 256


def test_another_level_of_a_plan_that_registered_nothing_is_no_other_question():
    plan = ss.plan_trial(16, seed=1, **WORDS)
    result = ss.analyse_trial(told(plan), plan, outcome="tst_min", level=0.8)
    assert (result.otherwise, result.verdict, result.level) == ("", NOT_REGISTERED, 0.8)
    assert result.adjust == ("weekday", "trend")


@pytest.mark.parametrize(
    ("status", "pvalue", "unclear"),
    [("found", 1.0 - 0.95, True), ("found", 0.04, False), ("not found", 0.9, False)],
)
def test_what_was_found_may_not_be_clear_beside_the_night_before(status, pvalue, unclear):
    result = SimpleNamespace(status=status, own_beside=beside(pvalue), level=0.95)
    assert TrialResult.own_unclear.fget(result) == unclear


def test_a_notebook_lists_the_notes_that_are_no_doubts():
    result = dataclasses.replace(swapped_result(), notes=("a < b.", "c."), doubts=("c.",))
    assert "<ul><li>a &lt; b.</li></ul>" in result._repr_html_()
    assert "<ul>" not in dataclasses.replace(result, notes=("c.",))._repr_html_()


def test_a_clock_as_an_outcome_is_told_in_hours():
    plan = ss.plan_trial(16, seed=1, **WORDS)
    bed = plan.nights + pd.to_timedelta(np.where(plan.first, 22.5, 23.5), unit="h")
    result = ss.analyse_trial(told(plan, into_bed=bed), plan, outcome="into_bed")
    assert result.outcome_unit == "h after the evening's midnight"
    assert (result.mean_first, result.mean_second) == (22.5, 23.5)


def test_rows_that_were_moved_are_counted_from_the_first_to_the_last():
    """Rows 3 to 14 of 16 a month late; those before and after them fit."""
    plan = ss.plan_trial(16, seed=1, start=START)
    dates = plan.nights.to_series().reset_index(drop=True)
    dates[2:14] += pd.DateOffset(months=1)
    where = [f"line {i + 2}" for i in range(16)]
    said = filled_sheet.misfits(pd.DatetimeIndex(dates), plan.first, plan, where)
    assert said[0] == (
        "The 12 rows from 2026-02-07 to 2026-02-18 would fit the plan if they were dated one month "
        "earlier. Nothing was moved: correct the dates in the file if they are wrong."
    )
    assert len(said) == 13
    assert said[1].startswith("line 4: the evening 2026-02-07 is not in the plan, which runs from")


def test_the_first_evening_is_held_against_the_plan_too():
    plan = ss.plan_trial(16, seed=1, start=START)
    first = plan.first
    first[0] = not first[0]
    (said,) = filled_sheet.misfits(plan.nights, first, plan, [f"line {i}" for i in range(16)])
    assert said.startswith("line 0: ")


@pytest.mark.parametrize(("pvalue", "doubts"), [(0.05, 0), (0.049, 1)])
def test_guesses_are_a_doubt_below_one_in_twenty(pvalue, doubts):
    plan = ss.plan_trial(16, seed=1, **WORDS)
    answers = TrialAnswers(plan.first * 1.0, np.full(16, np.nan), np.ones(16, dtype=bool), "it")
    data = compliance.data_of(plan, answers, "tst_min", np.full(16, 400.0))
    result = SimpleNamespace(
        data=data, compliance=compliance.compliance_of(data, plan.conditions), verdict=GO_ON,
        blinding=Blinding(16, 12, 8.0, pvalue),
    )  # fmt: skip
    said = compliance.doubts_of(result, plan, answers, told(plan), plan.first[None, :])
    assert len(said) == doubts


def test_a_seed_may_be_nought():
    assert ss.plan_trial(16, seed=0).seed == 0
    plan = ss.plan_trial(16, seed=1, **WORDS)
    assert ss.analyse_trial(told(plan), plan, outcome="tst_min", seed=0).compared == 256


def test_the_line_of_a_plan_is_written_as_ever():
    """Sheets filled in under an earlier version are held against it, checksum and all."""
    plan = ss.plan_trial(
        16, seed=1, start=START, conditions=("tea/milk", "50 % tea"), substance="a=b",
        outcome="my/own thing", matters=-2.5, looks=(0.5, 1.0), level=0.9, adjust=("trend",),
        stop_rule="If ill.",
    )  # fmt: skip
    line = code_of(plan)
    assert line.rpartition(" ")[0] == (
        "sleepstats-trial-2 design=pairs nights=16 block=1 max_run=0 washout=0 seed=1 "
        "start=2026-01-05 conditions=tea%2Fmilk/50%20%25%20tea substance=a%3Db "
        "outcome=my%2Fown%20thing matters=-2.5 adjust=trend level=0.9 looks=0.5/1"
    )
    words = words_of(line)
    schedule = "".join("1" if one else "0" for one in plan.drawn)
    told = [value for name, value in words.items() if name != "sum"]
    whole = "\n".join([*told, schedule, "If ill.", ""])
    assert words["sum"] == plan.checksum == hashlib.sha256(whole.encode()).hexdigest()[:12]
    assert words_of("") is None
    assert words_of("something else=1") is None


def test_a_diary_that_begins_before_the_plan_may_say_what_was_planned_then():
    """A sheet has the nights of its plan and no others; a diary may hold those of another trial."""
    plan = ss.plan_trial(16, seed=1, **WORDS)
    nights = told(plan)
    before = nights.set_axis(nights.index - pd.Timedelta(days=16))
    both = pd.concat([before, nights])
    both["planned"] = both["done"]
    assert ss.analyse_trial(both, plan, outcome="tst_min").n == 16
    both.iloc[16, 2] = "no reading" if plan.first[0] else "reading"
    with pytest.raises(DiaryError, match=r"nights, 2026-01-05: '.*' stands as planned, but"):
        ss.analyse_trial(both, plan, outcome="tst_min")


def test_plans_and_results_are_themselves_and_may_be_keys():
    """Two that say the same are two: tables cannot be compared to one yes or no."""
    result = swapped_result()
    plan = ss.plan_trial(16, seed=1)
    assert len({plan, result, dataclasses.replace(plan), dataclasses.replace(result)}) == 4
    assert repr(result).startswith("<TrialResult: ")
    assert repr(plan).startswith("<TrialPlan: Not said yet: what is compared")
    assert "16 nights" in repr(plan)


#: What holds arrays or tables: a comparison of those is no yes or no, so each is only itself.
THEMSELVES = {"Planned", "TrialPlan", "TrialResult", "TrialAnswers", "Asking", "_Used", "_Noise"}


def test_nothing_that_a_trial_is_made_of_can_be_altered():
    modules = (trials, analysis, compliance, designs, filled_sheet, power, question, result, sheet)
    found = {
        name: one.__dataclass_params__
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and dataclasses.is_dataclass(one)
    }
    assert found.keys() >= THEMSELVES | {"Design", "Question", "Ends", "TrialPower", "Beside"}
    assert all(one.frozen for one in found.values())
    kinds = {name for name, one in found.items() if one.eq}
    assert not kinds & THEMSELVES
    assert kinds >= {"Design", "Question", "Ends", "TrialPower", "Beside", "Blinding"}


def test_schedules_are_drawn_with_the_seed_nought_where_none_is_given():
    plan = ss.plan_trial(56, seed=7, **WORDS)
    none, nought, one = (
        ss.analyse_trial(told(plan), plan, outcome="tst_min", draws=999, **seed).others
        for seed in ({}, {"seed": 0}, {"seed": 1})
    )
    np.testing.assert_array_equal(none, nought)
    assert (none != one).any()


@pytest.mark.parametrize(
    ("looks", "registered", "otherwise", "several"),
    [
        ((28, 56), True, "", True), ((56,), True, "", False), ((28, 56), False, "", False),
        ((28, 56), True, "another level", False),
    ],
)  # fmt: skip
def test_what_was_registered_is_asked_at_several_looks_from_two_on(
    looks, registered, otherwise, several
):
    plan = SimpleNamespace(question=Question("tst_min") if registered else None)
    asking = SimpleNamespace(plan=plan, looks=looks, otherwise=otherwise)
    assert analysis.Asking.sequential.fget(asking) == several
