"""The randomisation test: Student's data, brute force, ties, and what it refuses."""

from itertools import product

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.randomisation import off_of_median, randomisation_test, step_of

# Student 1908, extra hours of sleep of ten people with either drug
FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def paired(coins):
    return np.stack([coins, ~coins], axis=2).reshape(len(coins), -1)


def all_pairs(pairs):
    return paired(np.array(list(product([True, False], repeat=pairs))))


@pytest.fixture
def student():
    y = np.column_stack([SECOND, FIRST]).ravel()
    people = np.repeat(np.eye(10), 2, axis=0)
    return y, np.arange(20) % 2 == 0, all_pairs(10), people, 1000 * np.arange(20)


def test_student_1908_is_the_paired_sign_flip_test(student):
    # exact sign-flip p = 4/1024 and mean difference 1.58 (statistics of the classic data set)
    test = randomisation_test(*student, everything=True)
    assert test.pvalue == 4 / 1024
    assert test.estimate == pytest.approx(1.58, abs=1e-12)
    assert test.schedules == test.distinct == 1024
    assert test.low > 0


def test_the_interval_of_students_data_is_the_inverted_sign_flip_test(student):
    test = randomisation_test(*student, everything=True)
    signs = np.array(list(product([1, -1], repeat=10)))

    def sign_flip(effect):
        off = SECOND - FIRST - effect
        return np.mean(np.abs(signs @ off) >= abs(off.sum()) - 1e-9)

    for end, inside in ((test.low, 1e-6), (test.high, -1e-6)):
        assert sign_flip(end + inside) >= 0.05
        assert sign_flip(end - inside) < 0.05


@pytest.fixture
def trial():
    rng = np.random.default_rng(4)
    kept = np.ones(24, dtype=bool)
    kept[[3, 10, 11]] = False
    number = np.flatnonzero(kept)
    schedules = all_pairs(12)[:, kept]
    done = schedules[1234]
    y = 420 + 50 * rng.normal(size=len(number)) + 40 * done
    return y, done, schedules, calendar_controls(number, number % 7, 24), number


def t_of(y, x, z, number, phi):
    """Return |t| of x by dense generalised least squares."""
    covariance = phi ** np.abs(number[:, None] - number[None, :]) if phi else np.eye(len(number))
    whitener = np.linalg.inv(np.linalg.cholesky(covariance))
    design = whitener @ np.column_stack([z, x])
    b, *_ = np.linalg.lstsq(design, whitener @ y, rcond=None)
    left = whitener @ y - design @ b
    variance = left @ left / (len(y) - design.shape[1]) * np.linalg.inv(design.T @ design)[-1, -1]
    return abs(b[-1]) / np.sqrt(variance)


def test_small_plans_equal_full_enumeration_by_dense_regressions(trial):
    y, done, schedules, z, number = trial
    test = randomisation_test(y, done, schedules, z, number, everything=True)
    seen = t_of(y, done.astype(float), z, number, test.phi)
    others = [t_of(y, x.astype(float), z, number, test.phi) for x in schedules]
    assert test.pvalue == np.mean(np.array(others) >= seen - 1e-9)


def test_interval_holds_just_the_effects_the_same_test_would_not_reject(trial):
    y, done, schedules, z, number = trial
    test = randomisation_test(y, done, schedules[:1024], z, number)
    for end, inside in ((test.low, 0.01), (test.high, -0.01)):
        for effect, kept in ((end + inside, True), (end - inside, False)):
            off = y - effect * done
            seen = t_of(off, done.astype(float), z, number, test.phi)
            rows = np.concatenate([done[None, :], schedules[:1024]])
            others = np.array([t_of(off, x.astype(float), z, number, test.phi) for x in rows])
            assert (np.mean(others >= seen - 1e-9) >= 0.05) == kept


def test_shifting_and_scaling_the_outcome_moves_the_answer_with_it(trial):
    y, done, schedules, z, number = trial
    one = randomisation_test(y, done, schedules, z, number, everything=True)
    two = randomisation_test(7 - 3 * (y + 20 * done), done, schedules, z, number, everything=True)
    assert two.estimate == pytest.approx(-3 * (one.estimate + 20))
    moved = randomisation_test(2 * y + 5, done, schedules, z, number, everything=True)
    assert (moved.low, moved.high) == pytest.approx((2 * one.low, 2 * one.high))
    assert moved.pvalue == one.pvalue


def test_drawn_schedules_count_the_one_carried_out_once_more(trial):
    y, done, schedules, z, number = trial
    drawn = randomisation_test(y, done, schedules, z, number)
    whole = randomisation_test(y, done, schedules, z, number, everything=True)
    assert drawn.schedules == whole.schedules + 1
    assert drawn.pvalue == (whole.pvalue * 4096 + 1) / 4097


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("constant outcome", "outcome constant"),
        ("one condition", "constant"),
        ("few schedules", "too few schedules"),
        ("few nights", "too few nights"),
    ],
)
def test_what_cannot_be_tested_has_a_reason(trial, change, reason):
    y, done, schedules, z, number = trial
    if change == "constant outcome":
        y = np.full(len(y), 400.0)
    elif change == "one condition":
        done = np.ones(len(y), dtype=bool)
    elif change == "few schedules":
        schedules = schedules[:200]
    else:
        y, done, schedules, z, number = y[:7], done[:7], schedules[:, :7], z[:7], number[:7]
    test = randomisation_test(y, done, schedules, z, number)
    assert test.reason == reason
    assert np.isnan(test.pvalue)
    assert np.isnan(test.estimate)


def test_shapes_and_gaps_are_refused_together(trial):
    y, done, schedules, z, number = trial
    with pytest.raises(DiaryError) as raised:
        randomisation_test(np.where(done, np.nan, y), done, schedules[:, 1:], z, number[::-1])
    assert raised.value.problems == (
        "schedules have shape (4096, 20), expected (m, 21), m at least 1.",
        "y or Z has missing values; give complete nights only.",
        "number must increase; one row per night, in calendar order.",
    )


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_size_and_coverage_in_persistent_nights(rho):
    # 250 trials of 40 nights, an effect of 1: misses are binomial(250, 0.05); 99.9 % lie in 3..25.
    # The test at the true effect is the same test as at no effect, so one count serves both.
    rng = np.random.default_rng(8)
    misses = 0
    for _ in range(250):
        coins = rng.random((400, 20)) < 0.5
        done, *others = paired(coins)
        noise = rng.normal(size=40)
        for night in range(1, 40):
            noise[night] = rho * noise[night - 1] + np.sqrt(1 - rho**2) * noise[night]
        kept = np.sort(rng.permutation(40)[:35])
        z = calendar_controls(kept, kept % 7, 40)
        test = randomisation_test(
            (noise + done)[kept], done[kept], np.array(others)[:, kept], z, kept
        )
        misses += not test.low <= 1 <= test.high
    assert 3 <= misses <= 25


@pytest.mark.parametrize(("nights", "few"), [(7, False), (6, True)])
def test_five_nights_to_spare_are_enough(nights, few):
    """By hand: seven nights less their mean and the condition leave five, six leave four."""
    rng = np.random.default_rng(2)
    schedules = np.array(list(product([True, False], repeat=nights)))
    x = np.arange(nights) % 2 == 0
    found = randomisation_test(
        rng.normal(size=nights), x, schedules, np.ones((nights, 1)), np.arange(nights)
    )
    assert (found.reason == "too few nights") == few


def remembering(rng, n, phi):
    """Nights whose deviations last: each is phi times the one before and a new one, variance 1."""
    nights = rng.normal(size=n)
    for k in range(1, n):
        nights[k] = phi * nights[k - 1] + np.sqrt(1.0 - phi**2) * nights[k]
    return nights


@pytest.mark.parametrize(("n", "phi"), [(30, 0.0), (30, 0.3), (120, 0.3), (400, 0.6)])
def test_how_far_a_median_may_be_off_holds_the_truth(n, phi):
    """Simulated truth 0, a tenth of the nights missing; by ranks alone 0.84 of them at phi 0.3."""
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(300):
        number = np.sort(rng.choice(n + n // 9, n, replace=False))
        values = remembering(rng, n + n // 9, phi)[number]
        held += abs(np.median(values)) <= off_of_median(values, number)
    assert 0.92 <= held / 300 <= 1.0


def test_how_far_a_median_may_be_off_by_hand():
    """Of 100 nights in no order the ranks 50 - 9.8 and 50 + 9.8, and a little for memory."""
    values = np.random.default_rng(8).permutation(100.0 * np.arange(100))
    assert 950 <= off_of_median(values, np.arange(100)) <= 1400
    assert off_of_median(np.full(30, 7.0), np.arange(30)) == 0.0  # all alike
    assert off_of_median(np.arange(2.0), np.arange(2)) == 0.0  # nothing to tell
    assert off_of_median(np.arange(0.0), np.arange(0)) == 0.0


SHAPES = {
    "line": lambda x: x,
    "ramp": lambda x: np.clip((x - 0.2) / 0.6, 0.0, 1.0),
    "early": lambda x: np.clip(2.0 * x, 0.0, 1.0),
    "none": lambda x: 0.0 * x,
    "step": lambda x: 1.0 * (x >= 0.5),
    "early step": lambda x: 1.0 * (x >= 0.2),
}


@pytest.mark.parametrize("phi", [0.0, 0.5])
@pytest.mark.parametrize("n", [120, 365, 1200])
def test_steps_are_named_and_slides_are_not(n, phi):
    """Planted, as large as the nights scatter, and twice as large; of each 100 diaries."""
    rng, x = np.random.default_rng(n), np.arange(n) / n
    found = {
        (name, size): [step_of(0.8 * remembering(rng, n, phi) + size * shape(x)) for _ in range(50)]
        for name, shape in SHAPES.items()
        for size in (0.8, 1.6)
    }
    share = {key: np.mean(np.array(cuts) > 0) for key, cuts in found.items()}
    assert max(share[x, size] for x in SHAPES if "step" not in x for size in (0.8, 1.6)) <= 0.06
    if n >= 365:
        assert min(share["step", 1.6], share["early step", 1.6]) >= 0.6
        cuts = [cut for cut in found["step", 1.6] if cut]
        assert np.median(np.abs(np.array(cuts) - n / 2)) <= 7  # within a week


def test_a_step_without_any_noise_and_too_few_weeks():
    assert step_of(np.repeat([1.0, 2.0], 70)) == 70
    assert step_of(np.full(140, 3.0)) == 0
    assert step_of(np.arange(140.0)) == 0
    assert step_of(np.repeat([1.0, 2.0], 41)) == 0  # eleven weeks; three levels of four are needed
