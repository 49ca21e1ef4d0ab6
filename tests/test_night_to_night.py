"""Sleep Regularity Index by interval arithmetic, against epochs and against numbers of others."""

import numpy as np
import pytest

from sleepstats.measures.between_nights import pair_disagreement, regularity_index


def by_epochs(day, begin, end, cut=720):
    """Compare minute by minute on one long line, as the definition in epochs says."""
    first = day[0]
    line = np.zeros((day[-1] - first + 3) * 1440, dtype=bool)
    for d, b, e in zip(day, begin, end, strict=True):
        if e > b and e - b <= 1440:
            line[(d - first) * 1440 + int(b) : (d - first) * 1440 + int(e)] = True
    good = {d for d, b, e in zip(day, begin, end, strict=True) if e > b and e - b <= 1440}
    apart = []
    for d in sorted(good):
        if d + 1 in good:
            at = (d - first) * 1440 + cut
            apart.append((line[at : at + 1440] != line[at + 1440 : at + 2880]).sum())
    return np.array(apart, dtype=float)


def test_the_same_hours_every_day():
    apart = pair_disagreement(np.arange(10), np.full(10, 1380.0), np.full(10, 1860.0))
    assert apart.tolist() == [0.0] * 9
    assert regularity_index(apart) == 100.0


def test_numbers_of_ggirs_own_test():
    # GGIR's test of CalcSleepRegularityIndex: asleep from .4 to .8, .5 to .8, .5 to .9, .4 to .9,
    # .4 to .8, .5 to .8 of six days; it expects 80 for the pairs (2, 3) and (3, 4). One tenth of
    # the day differs in every pair, so each is 80.
    begin = np.array([0.4, 0.5, 0.5, 0.4, 0.4, 0.5]) * 1440
    end = np.array([0.8, 0.8, 0.9, 0.9, 0.8, 0.8]) * 1440
    apart = pair_disagreement(np.arange(6), begin, end, cut_min=0.0)
    assert apart == pytest.approx([144.0] * 5)
    assert regularity_index(apart) == pytest.approx(80.0)


def test_turned_around_is_minus_a_hundred():
    begin = np.array([720.0, 1440.0] * 4)  # noon to midnight, then midnight to noon
    apart = pair_disagreement(np.arange(8), begin, begin + 720.0)
    assert regularity_index(apart) == -100.0


def test_hand_calculation():
    # 23:00-07:00 then 23:30-07:15: 30 + 15 min differ; SRI = 100 - 200 * 45/1440 = 93.75.
    apart = pair_disagreement(
        np.array([5, 6]), np.array([1380.0, 1410.0]), np.array([1860.0, 1875])
    )
    assert apart.tolist() == [45.0]
    assert regularity_index(apart) == 93.75


def test_a_missing_night_breaks_the_chain_and_shifts_nothing():
    begin, end = np.arange(6) * 10.0 + 1380, np.full(6, 1860.0)
    full = pair_disagreement(np.arange(6), begin, end)
    assert full.tolist() == [10.0] * 5
    for gone, left in ((0, 4), (3, 3), (5, 4)):
        keep = np.arange(6) != gone
        assert (
            pair_disagreement(np.arange(6)[keep], begin[keep], end[keep]).tolist() == [10.0] * left
        )
        blank = np.where(keep, begin, np.nan)
        assert pair_disagreement(np.arange(6), blank, end).tolist() == [10.0] * left


def test_nothing_to_compare():
    for day in ([], [1], [1, 3]):
        apart = pair_disagreement(
            np.array(day, dtype=np.int64), np.full(len(day), 1380.0), np.full(len(day), 1860.0)
        )
        assert apart.size == 0
        assert np.isnan(regularity_index(apart))


def test_nights_of_no_length_or_more_than_a_day_are_not_known():
    begin, end = np.full(4, 1380.0), np.array([1860.0, 1380.0, 3000.0, 1860.0])
    assert pair_disagreement(np.arange(4), begin, end).size == 0


def test_a_whole_day_asleep_is_known():
    """By hand: from noon to noon, then from 00:00 to 07:00: awake on 17 hours of the other day."""
    begin, end = np.array([720.0, 1440.0]), np.array([2160.0, 1860.0])
    assert pair_disagreement(np.arange(2), begin, end).tolist() == [17 * 60]


def test_a_sleep_that_begins_after_the_next_cut_is_of_that_day():
    """Asleep from 13:00 to 16:00 on the day after its evening: 1 to 4 h after the cut at noon."""
    begin, end = np.array([1380, 1380, 2220, 1380, 1380]), np.array([1860, 1860, 2400, 1860, 1860])
    day = np.arange(5)
    got = pair_disagreement(day, begin.astype(float), end.astype(float))
    assert np.array_equal(got, by_epochs(day, begin, end))
    assert got.tolist() == [0.0, 480.0, 660.0, 180.0]  # 8 h of a night, 3 h of that sleep


def test_a_sleep_that_begins_before_its_own_cut_is_of_the_day_before_until_then():
    """Asleep from 11:00 to 12:00 of the third day, once: an hour at the end of the second."""
    begin, end = np.array([1380, 1380, 660, 1380]), np.array([1860, 1860, 840, 1860])
    day = np.arange(4)
    got = pair_disagreement(day, begin.astype(float), end.astype(float))
    assert np.array_equal(got, by_epochs(day, begin, end))
    assert got.tolist() == [60.0, 660.0, 600.0]  # an hour; it, 2 h and 8 h of a night; the latter


@pytest.mark.parametrize("seed", range(20))
def test_against_epochs_of_a_minute(seed):
    rng = np.random.default_rng(seed)
    n = 40
    day = np.sort(rng.choice(60, n, replace=False)).astype(np.int64)
    begin = 720.0 + rng.integers(0, 1000, n)
    end = begin + rng.integers(0, 700, n)  # some past the cut of the next noon, some of no length
    after = np.flatnonzero(np.diff(day) == 1)
    end[after] = np.minimum(end[after], begin[after + 1] + 1440)  # never asleep twice at once
    got = pair_disagreement(day, begin, end)
    assert np.array_equal(got, by_epochs(day, begin, end))


def test_random_hours_give_about_zero():
    # Independent uniform 12-hour blocks: the expected overlap of two is half, so SRI is 0. With
    # 4,000 pairs its standard error is under 1.5.
    rng = np.random.default_rng(7)
    day = np.arange(0, 8000)
    state = np.where(rng.random(8000) < 0.5, 720.0, 1440.0)
    apart = pair_disagreement(day, state, state + 720.0)
    assert abs(regularity_index(apart)) < 4.5
