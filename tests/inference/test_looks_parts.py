"""Planned looks part by part: plain loops over draws and schedules, the normal law, by hand."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sleepstats.inference import looks
from sleepstats.inference.randomisation import Compared, compare, inverted


def look_of(a, c, length, *, at=0, n=30, k=4, square=30.0, scale=2.0, reason=""):
    """A look made by hand; the schedule carried out is one of those."""
    a, c, length = (np.asarray(one, dtype=float) for one in (a, c, length))
    return Compared(a=a, c=c, length=length, square=square, a_done=float(a[at]),
                    c_done=float(c[at]), scale=scale, distinct=len(a), phi=0.3, n=n, k=k,
                    reason=reason)  # fmt: skip


def made(seed, m=41, size=1.0, **more):
    """Schedules at random, the first carried out: nearest to itself, as |c| <= length of it."""
    rng = np.random.default_rng(seed)
    c = np.concatenate([[2.0], rng.uniform(-1.6, 1.6, m - 1)])
    a = size * rng.normal(size=m)
    return look_of(a, c, np.concatenate([[2.0], rng.uniform(1.8, 2.2, m - 1)]), **more)


@pytest.mark.parametrize("seed", range(6))
def test_crossings_are_counted_one_draw_at_a_time(seed):
    """Whole numbers, so that many tie, some of them by a hair, and a look at which all are zero."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 9, size=(40, 4)).astype(float)
    sizes[:, 1] = 0.0
    spent = np.array([0.1, 0.2, 0.3, 0.5])
    gone = [4] * 40
    bounds, pvalues = [math.inf] * 4, np.ones((40, 4))
    for look in range(4):
        left = [draw for draw in range(40) if gone[draw] == 4]
        for draw in range(40):
            larger = sum(sizes[other, look] >= sizes[draw, look] for other in left)
            pvalues[draw, look] = (40 - len(left) + larger) / 40
        for draw in left:
            if pvalues[draw, look] < spent[look] - 1e-9 and sizes[draw, look] > 0:
                gone[draw] = look
                bounds[look] = min(bounds[look], sizes[draw, look])
    hair = sizes * (1 + 1e-12 * rng.integers(-1, 2, size=sizes.shape))
    for some in (sizes, hair, 1e-6 * hair, 1e6 * hair):
        got = looks.crossings_of(some, spent)
        assert got.when.tolist() == gone
        assert got.pvalues == pytest.approx(pvalues, abs=1e-12)
        unit = some.max() / hair.max()
        assert got.bounds == pytest.approx(unit * np.array(bounds), rel=1e-9)


def test_what_is_spent_exactly_does_not_cross():
    """Two of ten are as large, and 0.2 is spent; by rounding 0.2 may be 0.2 and a hair."""
    sizes = np.array([5.0, 5, *[1] * 8])[:, None]
    for spent, crossed in ((0.2, 10), (0.2 + 1e-14, 10), (0.2 - 1e-14, 10), (0.21, 8)):
        assert (looks.crossings_of(sizes, np.array([spent])).when == 1).sum() == crossed


def test_walks_take_every_part_of_every_step_once():
    """z of a look is the sum of steps over the root of what is known; each has 10,000 quantiles."""
    known = (0.3, 0.5, 1.0)
    walks = looks.walks_of(known)
    assert walks.shape == (20_000, 3)
    assert not walks.flags.writeable
    np.testing.assert_array_equal(walks[:10_000], -walks[10_000:])
    sums = walks[:10_000] * np.sqrt(known)
    quantiles = stats.norm.ppf((np.arange(10_000) + 0.5) / 10_000)
    steps = np.diff(sums, axis=1, prepend=0.0) / np.sqrt([0.3, 0.2, 0.5])
    for step in steps.T:
        np.testing.assert_allclose(np.sort(step), quantiles, atol=1e-9)
    apart = np.corrcoef(steps.T)
    assert np.abs(apart - np.eye(3)).max() < 0.05
    assert walks.std(axis=0) == pytest.approx(np.ones(3), abs=0.03)
    # the same draws for ever: recorded numbers are made of them (numpy's generator of seed 1)
    place = np.random.default_rng(1).permuted(np.tile(np.arange(10_000)[:, None], 3), axis=0)
    np.testing.assert_allclose(steps, quantiles[place], atol=1e-9)


def test_the_chance_left_is_that_of_the_normal_law_in_either_direction():
    shares, alpha = (0.5, 0.8, 1.0), 0.05
    bound = looks.crossings_of(
        np.abs(looks.walks_of(shares)), looks.spent_by(shares, alpha)
    ).bounds[-1]
    for z, share, drift in ((1.3, 0.5, 2.5), (0.0, 0.8, 3.0), (2.9, 0.8, 1.0)):
        want = stats.norm.sf(
            bound, z * math.sqrt(share) + drift * (1 - share), math.sqrt(1 - share)
        )
        for sign, other in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
            got = looks.chance_left(sign * z, share, other * drift, shares, alpha)
            assert float(got) == pytest.approx(want, rel=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ended = looks.chance_left([9.0, 0.1], 1.0, 3.0, shares, alpha)
        exactly = looks.chance_left([bound], 1.0, 3.0, shares, alpha)
    assert ended.tolist() == [1.0, 0.0]
    assert np.isnan(exactly).all()
    assert looks.chance_left([1, 2], 0.5, 2, shares, alpha).dtype == float


@pytest.mark.parametrize(("asked", "effect"), [(0.0, 2.0), (3.0, 2.0), (3.0, 0.0)])
def test_walks_end_where_a_plain_loop_ends(asked, effect):
    shares, hardly = (0.5, 0.75, 1.0), 0.1
    spent = looks.spent_by(shares, 0.05)
    drift = effect * np.sqrt(shares)
    bounds = looks.crossings_of(np.abs(looks.walks_of(shares)), spent).bounds
    found, without = np.zeros(3), np.zeros(3)
    z = looks.walks_of(shares) + drift
    chances = [looks.chance_left(z[:, look], shares[look], asked, shares, 0.05) for look in (0, 1)]
    for draw in range(len(z)):
        for look in range(3):
            if abs(z[draw, look]) >= bounds[look]:
                found[look] += 1
                break
            if look == 2 or (asked and chances[look][draw] < hardly):
                without[look] += 1
                break
    got = looks.walk_through(shares, spent, drift, asked, hardly)
    np.testing.assert_allclose(got[0], found / len(z), rtol=1e-12)
    np.testing.assert_allclose(got[1], without / len(z), rtol=1e-12)
    assert got[0].sum() + got[1].sum() == pytest.approx(1.0)
    # one look at the end finds what lies beyond the twentieth of the walks that ends farthest
    farthest = np.sort(np.abs(looks.walks_of(shares)[:, -1]))[::-1][1000 - 1]
    at_end = (np.abs(z[:, -1]) >= farthest).mean()
    assert got[2] == pytest.approx(at_end - found.sum() / len(z), abs=1e-12)


def test_at_looks_where_nothing_ends_there_are_zeros():
    ends = looks.walk_through((0.01, 1.0), np.array([0.0, 0.05]), np.zeros(2), 0.0, 0.5)
    assert ends[0][0] == ends[1][0] == 0.0
    assert len(ends[0]) == len(ends[1]) == 2
    # all is spent at the first look, so that nothing is found at the last
    ends = looks.walk_through((0.5, 1.0), np.array([0.05, 0.0498]), np.zeros(2), 0.0, 0.5)
    assert ends[0].tolist() == [pytest.approx(0.05, abs=3e-4), 0.0]
    assert ends[1].tolist() == [0.0, pytest.approx(0.95, abs=3e-4)]


def test_looks_are_the_first_nights_measured_by_the_last_ones_scale():
    rng = np.random.default_rng(4)
    n = 40
    y, x = rng.normal(size=n) * 30, np.arange(n) % 2 == 0
    others = rng.random((600, n)) < 0.5
    controls = [np.ones((m, 1)) for m in (16, 28, 40)]
    got = looks.compare_looks(y, x, others, controls, np.arange(n))
    every = np.concatenate([x[None], others])
    for one, m in zip(got, (16, 28, 40), strict=True):
        want = compare(y[:m], x[:m], every[:, :m], controls[m // 15 and (m > 16) + (m > 28)],
                       np.arange(m), scale=got[-1].scale)  # fmt: skip
        assert (one.n, one.reason, one.scale) == (m, "", got[-1].scale)
        np.testing.assert_array_equal(one.a, want.a)
    assert got[-1].scale == pytest.approx(y.std(), rel=1e-12)
    whole = looks.compare_looks(y, x, every, controls, np.arange(n), everything=True)
    np.testing.assert_array_equal(whole[1].a, got[1].a)
    # few schedules may do before the end, not at it
    few = [looks.compare_looks(y, x, others[:50], controls, np.arange(n), final=final)
           for final in (True, False)]  # fmt: skip
    assert [one.reason for one in few[0]] == ["", "", "too few schedules"]
    assert [one.reason for one in few[1]] == ["", "", ""]
    # nor does it matter that they are all the same before it
    same = others.copy()
    same[:, :16] = x[:16]
    early = looks.compare_looks(y, x, same, controls, np.arange(n))
    assert (early[0].reason, early[0].distinct) == ("", 601)
    # without the last one's scale each look has its own
    assert few[0][1].scale == pytest.approx(y[:28].std(), rel=1e-12)
    assert few[0][0].scale == pytest.approx(y[:16].std(), rel=1e-12)
    assert few[1][0].scale == few[1][2].scale == pytest.approx(y.std(), rel=1e-12)


def as_extreme(told, bounds, sign, effect):
    """Count by hand, schedule by schedule, mirror images included."""
    high = 0
    for place in range(len(told[0].a)):
        for mirror in (1.0, -1.0):
            for look, bound in zip(told, [*bounds[: len(told) - 1], None], strict=True):
                if look.reason:
                    continue
                size = effect * look.length[place] + mirror * (
                    sign * look.a[place] - effect * look.c[place]
                )
                if bound is None:
                    high += size >= sign * look.a_done - 1e-9
                elif not math.isfinite(bound):
                    continue
                elif abs(size) >= bound - 1e-9:
                    high += size > 0
                    break
    return high / (2 * len(told[0].a))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("effect", [0.0, 0.3, -0.45])
def test_schedules_that_end_as_high_are_counted_by_hand(sign, effect):
    told = [made(1), made(2, reason="too few nights"), made(3), made(4), made(5)]
    bounds = np.array([1.2, 0.1, math.inf, 1.5])
    got = looks._as_extreme(told, bounds, sign, effect)
    assert got == pytest.approx(as_extreme(told, bounds, sign, effect), abs=1e-12)
    assert 0.01 < got < 0.99


def test_a_schedule_that_ties_with_a_bound_has_crossed_it():
    """By hand: sizes 1 and -1 at a bound of 1 less or more than a hair."""
    first, last = look_of([1.0, 1.0], [2.0, 2.0], [2.0, 2.0]), look_of([0.0, 0.0], [2, 2], [2, 2])
    for bound, up in ((1.0, 0.5), (1.0 + 1e-10, 0.5), (1.0 - 1e-10, 0.5), (1.0 + 1e-8, 1.0)):
        assert looks._as_extreme([first, last], np.array([bound]), 1.0, 0.0) == up
    for a_done, up in ((1.0, 0.5), (1.0 + 1e-10, 0.5), (1.0 + 1e-8, 0.0)):
        alone = replace(first, a_done=a_done)
        assert looks._as_extreme([alone], np.array([]), 1.0, 0.0) == up
    for a_done, up in ((-1.0, 0.5), (-1.0 - 1e-10, 0.5), (-1.0 - 1e-8, 0.0)):
        alone = replace(first, a_done=a_done)
        assert looks._as_extreme([alone], np.array([]), -1.0, 0.0) == up


@pytest.mark.parametrize("share", [0.025, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_end_by_stages_is_where_the_count_passes_the_share(share, sign):
    told, bounds = [made(7, m=81), made(8, m=81)], np.array([1.4])
    end = looks._end_by_stages(told, bounds, sign, share)
    hair = 2e-4
    assert as_extreme(told, bounds, sign, end - hair) < share
    assert as_extreme(told, bounds, sign, end + hair) >= share


def test_an_end_that_is_never_reached_is_infinite():
    """One schedule and its mirror image: the one carried out is as high with any effect."""
    alone = look_of([1.0], [2.0], [2.0])
    assert looks._end_by_stages([alone], np.array([]), 1.0, 0.4) == -math.inf
    assert looks._end_by_stages([alone], np.array([]), 1.0, 1.1) == math.inf
    # by hand: the mirror image shows 4 e - 1 and is as high as 1 from an effect of 1/2
    assert looks._end_by_stages([alone], np.array([]), 1.0, 0.9) == pytest.approx(0.5, abs=1e-4)


def test_ends_by_stages_are_in_the_unit_of_the_outcome():
    told, bounds = [made(7, m=81), made(8, m=81, scale=3.0)], np.array([1.4])
    got = looks._by_stages(told, bounds, 0.9)
    ends = [looks._end_by_stages(told, bounds, *one) for one in ((1.0, 0.05), (-1.0, 0.05))]
    assert (got.low, got.high) == pytest.approx((3 * ends[0], -3 * ends[1]), abs=1e-9)
    middle = 3 * looks._end_by_stages(told, bounds, 1.0, 0.5)
    assert got.estimate == pytest.approx(np.clip(middle, got.low, got.high))
    assert got.low < got.estimate < got.high
    assert got.n == 30
    # of 20 schedules with their mirror images one is exactly 1/40: with 5 % nothing is left out
    some = [look_of(np.r_[3.0, np.linspace(-1, 1, 19)], np.r_[2.0, [0.0] * 19], [2.0] * 20)]
    assert looks._by_stages(some, np.array([]), 0.95).low == -math.inf
    assert looks._by_stages(some, np.array([]), 0.949).low > 0


def after(found, told, bounds, level=0.95):
    """The near end by scipy's root finder on the same walks, counted plainly."""
    able = [(one, bound) for one, bound in zip(told, bounds, strict=False) if not one.reason]
    last = told[-1]
    knows = np.array([one.c_done for one, _ in able])
    known = tuple(np.round((knows / knows[-1]) ** 2 + 1e-6 * np.arange(len(knows)), 6).tolist())
    walks = looks.walks_of(known)

    def t_of(a, one):
        return a * math.sqrt((one.n - one.k - 1) / (one.square - a * a))

    limits = [t_of(bound, one) if math.isfinite(bound) else math.inf for one, bound in able]
    seen = t_of(abs(last.a_done), last)
    error = math.sqrt((last.square - last.a_done**2) / (last.n - last.k - 1)) / last.c_done
    far = abs(found.high if last.a_done > 0 else found.low) / (error * last.scale) - seen

    def missed(shift):
        z = walks + shift * knows / knows[-1]
        here = np.abs(z[:, -1]) >= limits[-1]
        for look in range(len(able) - 1):
            here &= np.abs(z[:, look]) < limits[look]
        return (here & ((z[:, -1] >= seen) | (z[:, -1] <= shift - far))).sum() / max(here.sum(), 1)

    assert missed(seen) > 1 - level
    low, high = 0.0, seen
    for _ in range(40):
        half = (low + high) / 2
        if missed(half) >= 1 - level:
            high = half
        else:
            low = half
    return low * error * last.scale, error * last.scale


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize(
    ("a", "beyond", "size"), [(4.2, 0.9, 1.0), (3.4, 4.0, 1.0), (4.2, 0.9, 0.1)]
)
def test_after_a_crossing_the_near_end_is_where_the_walks_say(side, before, a, beyond, size):
    """Trials of the same course as walks: a twentieth of those that cross here would miss."""
    first = look_of([side * 0.5 * size, 0.1], [1.2, 0.0], [1.2, 1.2], n=14, square=12 * size**2)
    early = look_of([0.0, 0.1], [0.5, 0.0], [0.5, 0.5], n=6, square=5.0, reason="too few nights")
    none = replace(first, c_done=1.5, n=20, k=5)
    last = look_of([side * a * size, 0.1], [2.0, 0.0], [2.0, 2.0], square=30 * size**2)
    told = [[last], [first, last], [early, first, none, last]][before]
    bounds = size * np.array([[3.0], [1.9, 3.0], [0.5, 1.9, math.inf, 3.0]][before])
    # a sqrt(25 / (30 - a^2)) standard errors were seen; the far end lies so many beyond
    spread = math.sqrt((30 - a * a) / 25)
    high = size * (a / spread + beyond) * spread
    found = replace(inverted(last, 0.95), low=0.9 * high if side > 0 else -high,
                    high=high if side > 0 else -0.9 * high)  # fmt: skip
    got = looks._after_crossing(found, told, bounds, 0.95)
    near, unit = after(found, told, bounds)
    assert 0 < near < 0.9 * high
    if side > 0:
        assert got.low == pytest.approx(near, abs=1e-4 * unit)
        assert got.high == high
    else:
        assert got.high == pytest.approx(-near, abs=1e-4 * unit)
        assert got.low == -high
    assert got.estimate == pytest.approx((got.low + got.high) / 2)
    # an end that is nearer already stays
    nearer = replace(found, **({"low": 1e-5} if side > 0 else {"high": -1e-5}))
    told_nearer = looks._after_crossing(nearer, told, bounds, 0.95)
    assert (told_nearer.low if side > 0 else told_nearer.high) == side * 1e-5


def test_seen_just_beyond_the_bound_nothing_but_zero_is_left_out():
    """A trial that only just crossed tells next to nothing of the size: the end lies at zero."""
    last = look_of([2.0001, 0.1], [2.0, 0.0], [2.0, 2.0])
    found = replace(inverted(last, 0.95), low=1.5, high=7.5)
    got = looks._after_crossing(found, [last], np.array([2.0]), 0.95)
    t = 2.0001 * math.sqrt(25 / (30 - 2.0001**2))
    error = math.sqrt((30 - 2.0001**2) / 25) / 2.0
    assert got.low == pytest.approx(1e-6 * t * error * 2.0, rel=1e-6)  # just not zero


@pytest.fixture(scope="module")
def trial():
    """A trial of 56 nights by coin, and its schedules."""
    rng = np.random.default_rng(8)
    x = rng.random(56) < 0.5
    others = rng.random((799, 56)) < 0.5
    controls = [np.column_stack([np.ones(m), np.arange(m)]) for m in (28, 42, 56)]

    def told(effect, seed=1, upto=3):
        y = 40 * np.random.default_rng(seed).normal(size=56) + effect * x
        return looks.compare_looks(y, x, others, controls[:upto], np.arange(56))

    return told


SHARES = (0.5, 0.75, 1.0)


def test_at_the_last_look_the_interval_is_that_of_the_stages(trial):
    told = trial(10.0)
    got = looks.looks_test(told, shares=SHARES)
    sizes = np.abs(np.column_stack([one.a for one in told]))
    found = looks.crossings_of(sizes, looks.spent_by(SHARES, 0.05))
    want = looks._by_stages(told, found.bounds, 0.95)
    assert (got.low, got.estimate, got.high) == (want.low, want.estimate, want.high)
    assert got.crossed == 0
    assert got.pvalue == found.pvalues[0, 2]  # the schedule carried out is the first
    assert np.isnan(got.left)
    bare = looks.looks_test([replace(told[2], reason="constant")], shares=SHARES)
    assert (bare.reason, bare.crossed) == ("constant", 0)


def test_going_on_or_giving_up_at_an_early_look(trial):
    """The chance left is that of an effect of so many units; below what is hardly it is the end."""
    told = trial(5.0, upto=2)
    going = looks.looks_test(told, shares=SHARES, asked=40.0, hardly=0.0)
    error = np.nanstd(inverted(told[-1], 0.95).others)
    want = looks.chance_left(inverted(told[-1], 0.95).estimate / error, 0.75,
                             40.0 / (error * math.sqrt(0.75)), SHARES, 0.05)  # fmt: skip
    assert going.left == pytest.approx(float(want), rel=1e-12)
    assert 0.02 < going.left < 0.98
    sizes = np.abs(np.column_stack([one.a for one in told]))
    found = looks.crossings_of(sizes, looks.spent_by(SHARES, 0.05)[:2])
    beyond = (sizes[:, -1] >= found.bounds[-1] - 1e-9).mean()
    wide = inverted(told[-1], 1 - beyond)
    assert (going.low, going.high) == (wide.low, wide.high)
    stopped = looks.looks_test(told, shares=SHARES, asked=40.0, hardly=going.left + 1e-9)
    stages = looks._by_stages(told, found.bounds, 0.95)
    assert (stopped.low, stopped.high) == (stages.low, stages.high)
    # exactly at the chance it goes on
    exactly = looks.looks_test(told, shares=SHARES, asked=40.0, hardly=going.left)
    assert (exactly.low, exactly.high) == (wide.low, wide.high)
    assert np.isnan(looks.looks_test(told, shares=SHARES).left)


def test_where_no_schedule_crosses_the_widest_interval_of_the_schedules_is_told(trial):
    """Of 800 schedules one is the least share that an interval can leave out."""
    (told,) = trial(0.0, upto=1)
    got = looks.looks_test([told], shares=(1e-4, 1.0))
    want = inverted(told, 1 - 1 / 800)
    assert (got.low, got.high, got.crossed) == (want.low, want.high, 0)


def test_a_crossing_moves_the_near_end_and_is_told_from_one(trial):
    for effect, side in ((90.0, 1), (-90.0, -1)):
        told = trial(effect, upto=1)
        got = looks.looks_test(told, shares=SHARES)
        assert got.crossed == 1
        sizes = np.abs(told[0].a)[:, None]
        bounds = looks.crossings_of(sizes, looks.spent_by(SHARES, 0.05)[:1]).bounds
        want = looks._after_crossing(looks._by_stages(told, bounds, 0.95), told, bounds, 0.95)
        assert (got.low, got.high, got.estimate) == (want.low, want.high, want.estimate)
        assert got.low * side > 0
        # gone on with all the same it knows more, unless it lost the finding again
        on = trial(effect, upto=2)
        later = looks.looks_test(on, shares=SHARES)
        alone = inverted(on[-1], 0.95)
        assert later.crossed == 1
        assert (later.low, later.high) == (alone.low, alone.high)
        assert (
            later.pvalue
            == looks.crossings_of(
                np.abs(np.column_stack([one.a for one in on])), looks.spent_by(SHARES, 0.05)[:2]
            ).pvalues[0, 0]
        )


def test_a_finding_that_is_lost_again_is_told_as_at_its_crossing(trial):
    on = trial(90.0, upto=2)
    lost = replace(on[1], a=on[1].a.copy())
    lost.a[0] = 0.1
    lost = replace(lost, a_done=0.1)
    got = looks.looks_test([on[0], lost], shares=SHARES)
    first = looks.looks_test(on[:1], shares=SHARES)
    assert got.crossed == 1
    assert (got.low, got.high) == pytest.approx((first.low, first.high), rel=0.2)
    assert got.low > 0


def test_crossing_at_the_end_leaves_the_stages_alone(trial):
    told = next(
        told
        for seed in range(1, 40)
        if looks.looks_test(told := trial(24.0, seed=seed), shares=SHARES).crossed == 3
    )
    got = looks.looks_test(told, shares=SHARES)
    sizes = np.abs(np.column_stack([one.a for one in told]))
    found = looks.crossings_of(sizes, looks.spent_by(SHARES, 0.05))
    want = looks._by_stages(told, found.bounds, 0.95)
    assert got.crossed == 3
    assert (got.low, got.high) == (want.low, want.high)
    assert got.low > 0
