"""Parts of the randomisation test, each by hand or by plain loops over the schedules.

Where every schedule is alike in size the statistic is a difference of means, and all of it can be
counted on fingers: four nights, two each, have six schedules.
"""

import warnings
from itertools import combinations, product

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference import randomisation as rand
from sleepstats.inference.whiten import noise_grid

FLAT = np.eye(4) - 0.25  # four nights whose mean is taken out


def halves(n):
    """All schedules with the first condition on half of n nights."""
    return np.array([np.isin(np.arange(n), on) for on in combinations(range(n), n // 2)])


def test_products_of_four_nights_by_hand():
    """Two of four nights: x without its mean is half and minus half, of square 1."""
    y = np.array([3.0, 1.0, -1.0, -3.0])
    done = np.array([True, True, False, False])
    schedules = np.array([done, ~done, [True, False, True, False], [True] * 4, [False] * 4])
    a, c, length = rand._parts(schedules, y, done, FLAT)
    assert a == pytest.approx([4.0, -4.0, 2.0, 0.0, 0.0], abs=1e-12)
    assert c == pytest.approx([1.0, -1.0, 0.0, 0.0, 0.0], abs=1e-12)
    assert length == pytest.approx([1.0, 1.0, 1.0, 0.0, 0.0], abs=1e-12)
    assert rand._of_done(done, y, FLAT) == pytest.approx((4.0, 1.0))
    # one of four: 3/4 and three times -1/4, of square 3/4; 3 along y, 1/2 along the one done
    a, c, length = rand._parts(schedules[:1] & [True, False, False, False], y, done, FLAT)
    assert (a[0], c[0], length[0]) == pytest.approx((3 / 0.75**0.5, 0.5 / 0.75**0.5, 0.75**0.5))
    assert rand._of_done(schedules[2] & done, y, FLAT) == pytest.approx((3 / 0.75**0.5, 0.75**0.5))


def test_schedules_that_all_go_with_the_controls_show_nothing():
    same = np.ones((3, 4), dtype=bool)
    same[1] = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = rand._parts(same, np.arange(4.0), np.array([True, True, False, False]), FLAT)
        exactly = rand._parts(same[1:2], np.arange(4.0), same[0], FLAT)
    for part in (*told, *exactly):
        assert not part.any()


def test_small_outcomes_and_few_differences_are_not_taken_for_none():
    """What is gone is told by the largest schedule, whatever the size of the numbers."""
    y, done = np.array([3.0, 1.0, -1.0, -3.0]), np.array([True, True, False, False])
    for size in (1e-8, 1.0, 1e8):
        a, c, length = rand._parts(halves(4), y, done, FLAT * size)
        assert (length > 0).all()
        assert a / np.sqrt(size) == pytest.approx([4, 2, 0, 0, -2, -4], abs=1e-9)
        assert c / np.sqrt(size) == pytest.approx([1, 0, 0, 0, 0, -1], abs=1e-9)


def test_supposed_effects_of_a_schedule_by_hand():
    """|A - c C| >= |4 - c|: A = 2, C = 0 at c of 2 to 6; A = -3, C = 0.5 at c of 2/3 to 14."""
    a, c = np.array([4.0, -4.0, 2.0, -3.0, 4.0 + 1e-13]), np.array([1.0, -1.0, 0.0, 0.5, 0.0])
    low, high = rand._bounds(a, c, 4.0, 1.0)
    assert low == pytest.approx([-np.inf, -np.inf, 2.0, 2 / 3, 0.0], abs=1e-12)
    assert high == pytest.approx([np.inf, np.inf, 6.0, 14.0, 8.0], abs=1e-12)
    assert low[4] == 0.0  # a tie at no effect is one, not a hair beside it
    low, high = rand._bounds(-a[2:], c[2:], -4.0, 1.0)
    assert low == pytest.approx([-6.0, -14.0, -8.0], abs=1e-12)
    assert high == pytest.approx([-2.0, -2 / 3, 0.0], abs=1e-12)
    assert high[2] == 0.0


def test_what_is_nearly_the_schedule_done_is_everywhere_and_what_is_not_is_not():
    """A billionth of the schedule's own size decides, whatever that size is."""
    for size in (1e-6, 1.0, 1e6):
        c = size * np.array([1 - 1e-10, 1 - 1e-8, -1 + 1e-10, -1 + 1e-8])
        low, high = rand._bounds(np.full(4, 2.0), c, 4.0, size)
        assert np.isinf(low).tolist() == [True, False, True, False]
        assert np.isinf(high).tolist() == [True, False, True, False]


def test_exactly_a_billionth_is_the_same():
    """By hand: of a billion all but one; what is left of both is the billionth."""
    a, c = np.array([3.0, 1e9 - 1]), np.array([1e9 - 1, 0.0])
    low, high = rand._bounds(a, c, 1e9, 1e9)
    assert (low[0], high[0]) == (-np.inf, np.inf)
    assert (low[1], high[1]) == (0.0, pytest.approx(2.0))


def test_ties_at_no_effect_are_told_by_the_largest_number():
    for size in (1e-6, 1e6):
        for off, tie in ((1e-11, True), (1e-7, False)):
            low, _ = rand._bounds(np.array([size * (4 + off)]), np.array([0.0]), 4 * size, 1.0)
            assert bool(low[0] == 0.0) is tie
    # what was done counts among the numbers where no other is as large
    low, _ = rand._bounds(np.array([1e-20]), np.array([0.0]), 0.0, 1.0)
    assert low[0] == 0.0


@pytest.mark.parametrize(("many", "enough"), [(20, 1), (39, 2), (40, 2), (41, 3), (100, 5), (3, 1)])
def test_a_twentieth_of_the_schedules_is_enough(many, enough):
    """By counting: the least number of them that is at least a twentieth of all."""
    low = np.random.default_rng(many).permutation(many).astype(float)
    assert rand._end(low, 0.95) == enough - 1


def test_every_split_of_twelve_nights_by_dense_matrices():
    """All 924 splits in halves, whitened by the persistence that is told."""
    rng = np.random.default_rng(12)
    n = 12
    y, done = rng.normal(size=n) * 30 + 400, np.arange(n) % 2 == 0
    every, ones, night = halves(n), np.ones((n, 1)), np.arange(n)
    got = rand.randomisation_test(y, done, every, ones, night, everything=True)
    covariance = float(got.phi) ** np.abs(night[:, None] - night) if got.phi else np.eye(n)
    whiten = np.linalg.inv(np.linalg.cholesky(covariance))
    z, own = whiten @ ones, whiten @ every.T.astype(float)
    own = own - z @ np.linalg.lstsq(z, own, rcond=None)[0]
    slopes = own.T @ (whiten @ y) / (own**2).sum(axis=0)
    assert got.others == pytest.approx(slopes, rel=1e-9)
    at = int(np.flatnonzero((every == done).all(axis=1))[0])
    assert got.estimate == pytest.approx(slopes[at], rel=1e-9)
    sizes = np.abs(slopes) * np.sqrt((own**2).sum(axis=0))
    assert got.pvalue == np.mean(sizes >= sizes[at] * (1 - 1e-9))
    assert (got.n, got.k, got.schedules, got.distinct) == (12, 1, 924, 924)


def test_a_level_of_its_own_is_a_narrower_interval_of_the_same_schedules():
    rng = np.random.default_rng(3)
    y, done = rng.normal(size=12), np.arange(12) % 2 == 0
    args = (y, done, halves(12), np.ones((12, 1)), np.arange(12))
    half, wide = (rand.randomisation_test(*args, everything=True, level=one) for one in (0.5, 0.95))
    assert wide.low < half.low < half.estimate < half.high < wide.high


def test_schedules_that_go_with_the_controls_show_no_difference_at_all():
    """Nights on a line; a schedule of one condition only has no difference to show."""
    rng = np.random.default_rng(5)
    every = np.array(list(product([True, False], repeat=10)))
    done = np.arange(10) % 2 == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = rand.randomisation_test(
            rng.normal(size=10), done, every, np.ones((10, 1)), np.arange(10), everything=True
        )
    assert np.flatnonzero(np.isnan(got.others)).tolist() == [0, 1023]


def test_exactly_as_many_schedules_as_are_needed_are_enough():
    y, done = np.random.default_rng(1).normal(size=12), np.arange(12) % 2 == 0
    every = np.array(list(product([True, False], repeat=12)))
    one = np.ones((12, 1))
    places = np.flatnonzero((every != done).any(axis=1))
    for many, reason in ((256, ""), (255, rand.TOO_FEW_SCHEDULES)):
        some = np.concatenate([done[None], every[places[: many - 1]], done[None]])
        got = rand.randomisation_test(y, done, some, one, np.arange(12), everything=True)
        assert (got.reason, got.distinct, got.schedules) == (reason, many, many + 1)
    # of fewer, where as few are asked for; one or none asked for is not counted at all
    two = np.array([done, ~done, done])
    for least, reason, distinct in ((3, rand.TOO_FEW_SCHEDULES, 2), (2, "", 2), (1, "", 3)):
        got = rand.compare(y, done, two, one, np.arange(12), least=least)
        assert (got.reason, got.distinct) == (reason, distinct)


def test_an_outcome_is_measured_by_its_own_spread_or_by_a_given_one():
    """By hand: 0, 2, 0, 2 ... differ by 1 from their mean; the statistics are in that unit."""
    n = 12
    y = np.where(np.arange(n) // 2 % 2 == 0, 0.0, 2.0)
    y[0] = 2.0
    y[2] = 0.0  # still six of each
    done = np.arange(n) % 2 == 0
    args = (done, halves(n)[::7], np.ones((n, 1)), np.arange(n))
    own, given = rand.compare(y, *args, least=1), rand.compare(y, *args, least=1, scale=4.0)
    assert own.scale == pytest.approx(1.0, rel=1e-12)
    assert given.scale == 4.0
    assert given.a == pytest.approx(own.a / 4, rel=1e-12)
    assert given.square == pytest.approx(own.square / 16, rel=1e-12)
    assert own.c == pytest.approx(given.c, rel=1e-12)


def test_what_cannot_be_compared_has_no_numbers():
    done = np.arange(12) % 2 == 0
    got = rand.compare(np.full(12, 3.0), done, halves(12), np.ones((12, 1)), np.arange(12))
    assert (got.reason, got.n, got.k) == ("outcome constant", 12, 1)
    assert np.isnan([got.square, got.a_done, got.c_done, got.scale, got.phi]).all()
    assert not got.a.any()
    told = rand.inverted(got, 0.95)
    assert np.isnan([told.estimate, told.low, told.high, told.pvalue]).all()
    assert len(told.others) == 0
    nothing = rand.compare(np.empty(0), np.empty(0, bool), np.empty((3, 0), bool),
                           np.empty((0, 1)), np.empty(0, int))  # fmt: skip
    assert (nothing.distinct, nothing.n, nothing.reason) == (0, 0, "too few nights")


def test_effects_at_the_very_end_of_what_a_schedule_allows_count():
    """A p-value counts schedules that are as large with no effect, bounds included."""
    one = rand.Compared(
        a=np.array([4.0, 4.0, 3.0, -4.0]), c=np.array([1.0, 0.0, 0.0, 0.0]), length=np.ones(4),
        square=1.0, a_done=4.0, c_done=1.0, scale=2.0, distinct=4, phi=0.0, n=9, k=1, reason="",
    )  # fmt: skip
    got = rand.inverted(one, 0.95)
    # its own; 4 and -4 tie at no effect (0 to 8); 3 is as large from 1 to 7 only
    assert got.pvalue == 0.75
    assert (got.estimate, got.schedules) == (8.0, 4)
    assert got.others.tolist() == [8.0, 8.0, 6.0, -8.0]
    turned = rand.inverted(rand.Compared(**{**vars(one), "a": -one.a, "a_done": -4.0}), 0.95)
    assert turned.pvalue == 0.75
    # of four schedules one is a quarter: at half of them the second end counts, 0 and 8 times 2
    half = rand.inverted(one, 0.5)
    assert (half.low, half.high) == (0.0, 16.0)


def test_the_noise_of_the_controls_is_that_of_dense_matrices(error_correlation):
    """log w = log prior - log|R|/2 - log|Z' R^-1 Z|/2 - (N - k)/2 log rss, and rss / (N - k)."""
    rng = np.random.default_rng(9)
    number = np.sort(rng.permutation(40)[:30])
    basis = np.linalg.qr(np.column_stack([np.ones(30), number]))[0]
    y = np.cumsum(rng.normal(size=30))
    y = (y - basis @ (basis.T @ y)) / 3
    weight, variance = rand.noise_weights(y, basis, number)
    grid, log_weight = noise_grid(), []
    for place, (phi, kappa, prior) in enumerate(
        zip(grid.phi, grid.kappa, grid.log_prior, strict=True)
    ):
        r = error_correlation(number, phi, kappa)
        inner = basis.T @ np.linalg.solve(r, basis)
        off = y - basis @ np.linalg.solve(inner, basis.T @ np.linalg.solve(r, y))
        rss = off @ np.linalg.solve(r, off)
        assert variance[place] == pytest.approx(rss / 28, rel=1e-9)
        log_weight.append(
            prior - np.linalg.slogdet(r)[1] / 2 - np.linalg.slogdet(inner)[1] / 2
            - 14 * np.log(rss)
        )  # fmt: skip
    want = np.exp(np.array(log_weight) - max(log_weight))
    assert weight == pytest.approx(want / want.sum(), rel=1e-8)
    for size in (1e-12, 1e12):  # of outcomes in any unit the shapes are as likely
        assert rand.noise_weights(size * y, basis, number)[0] == pytest.approx(weight, rel=1e-6)


@pytest.mark.parametrize("of_one_night", [0.0, 0.9])
def test_the_one_persistence_is_the_likeliest_without_one_night_noise(of_one_night):
    """The likeliest shape of all has one-night noise in the second, and is not asked."""
    rng = np.random.default_rng(6)
    n = 60
    y = rng.normal(size=n)
    for night in range(1, n):
        y[night] = 0.95 * y[night - 1] + 0.3 * y[night]
    y += of_one_night * rng.normal(size=n)
    grid, basis = noise_grid(), np.ones((n, 1)) / np.sqrt(n)
    weight, _ = rand.noise_weights((y - y.mean()) / y.std(), basis, np.arange(n))
    assert (grid.kappa[weight.argmax()] > 0) == (of_one_night > 0)
    alone = np.flatnonzero(grid.kappa == 0)
    want = grid.phi[alone[weight[alone].argmax()]]
    done, others = np.arange(n) % 2 == 0, rng.random((20, n)) < 0.5
    assert rand.compare(y, done, others, np.ones((n, 1)), np.arange(n), least=1).phi == want


def test_plain_numbers_in_any_container_are_taken():
    """Lists of Python's numbers, yes and no as 1 and 0, night numbers as floats."""
    rng = np.random.default_rng(1)
    y, done = rng.integers(300, 500, size=12), np.arange(12) % 2
    want = rand.randomisation_test(
        y.astype(float), done == 1, halves(12), np.ones((12, 1)), np.arange(12)
    )
    got = rand.randomisation_test(
        y.astype(object), done.astype(object), halves(12).astype(int).astype(object),
        np.ones((12, 1), dtype=object), np.arange(12).astype(object),
    )  # fmt: skip
    for name in ("estimate", "low", "high", "pvalue", "phi", "n", "k", "distinct", "schedules"):
        assert getattr(got, name) == getattr(want, name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"x": np.zeros(5, bool)}, ["y, x, Z and number have different numbers of nights."]),
        ({"Z": np.ones(6)}, ["y, x, Z and number have different numbers of nights."]),
        ({"Z": np.ones((5, 1))}, ["y, x, Z and number have different numbers of nights."]),
        ({"number": np.arange(5)}, ["y, x, Z and number have different numbers of nights."]),
        ({"schedules": np.zeros((0, 6), bool)},
         ["schedules have shape (0, 6), expected (m, 6), m at least 1."]),
        ({"schedules": np.zeros((3, 5), bool)},
         ["schedules have shape (3, 5), expected (m, 6), m at least 1."]),
        ({"y": np.array([1.0, np.inf, 2, 3, 4, 5])},
         ["y or Z has missing values; give complete nights only."]),
        ({"Z": np.array([[1.0], [1], [np.nan], [1], [1], [1]])},
         ["y or Z has missing values; give complete nights only."]),
        ({"number": np.array([0, 1, 1, 2, 3, 4])},
         ["number must increase; one row per night, in calendar order."]),
        ({}, []),
    ],
)  # fmt: skip
def test_one_thing_that_does_not_fit_is_told_alone(change, told):
    given = {
        "y": np.arange(6.0), "x": np.arange(6) % 2 == 0, "schedules": halves(6),
        "Z": np.ones((6, 1)), "number": np.arange(6),
    } | change  # fmt: skip
    if not told:
        rand.randomisation_test(**given, everything=True)
        return
    with pytest.raises(DiaryError) as caught:
        rand.randomisation_test(**given, everything=True)
    assert list(caught.value.problems) == told


def test_schedules_in_one_row_are_told_by_their_shape():
    with pytest.raises(DiaryError, match=r"schedules have shape \(6, 6, 2\), expected \(m, 6\)"):
        rand.randomisation_test(
            np.arange(6.0), np.arange(6) % 2 == 0, np.zeros((6, 6, 2), bool), np.ones((6, 1)),
            np.arange(6), everything=True,
        )  # fmt: skip
