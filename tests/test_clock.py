"""Overnight time: cut, unrolling, circular statistics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sleepstats.clock import (
    _is_move,
    _sharp,
    circular_mean_h,
    circular_sd_h,
    day_cut_h,
    dst_gap,
    evening_of,
    follows_the_first,
    format_clock,
    from_usual,
    in_last_half_day,
    is_time_in_bed,
    moves_of,
    nothing_measured,
    time_in_stages,
    unroll,
    unroll_after,
    with_points,
)

hours_lists = st.lists(st.floats(0, 23.99), min_size=2, max_size=30)


def beds(*hours):
    return np.array(hours, dtype=float) * 60


class TestDayCut:
    def test_an_evening_sleeper_keeps_noon(self):
        assert day_cut_h(beds(22, 23, 23.5, 0.25, 1.5)) == 12.0

    def test_odd_late_mornings_move_nothing(self):
        """Two naps at 11:00 among 28 evenings: fewer than three, and under 10 %."""
        assert day_cut_h(beds(*[23.0] * 28, 11.0, 11.0)) == 12.0

    def test_three_of_forty_is_not_a_meaningful_share(self):
        assert day_cut_h(beds(*[23.0] * 37, 11.0, 11.5, 12.0)) == 12.0

    def test_sleep_after_night_shifts_cuts_in_the_emptiest_arc(self):
        """Hand calculation: empty from 13:00 to 08:30, middle 22:45, to the half hour 23:00."""
        assert day_cut_h(beds(8.5, 9, 10.5, 11.5, 12.5, 13)) == 23.0

    def test_rotating_shifts_cut_between_day_sleep_and_night_sleep(self):
        """Hand calculation: beds 22 to 1 and 9 to 13; longest gaps 13 to 22 and 1 to 9."""
        assert day_cut_h(beds(22, 23, 0, 1, 9, 10, 11, 12, 13)) == 17.5

    def test_noon_stays_if_it_lies_well_inside_the_empty_arc(self):
        """Beds from 9 to 10 and 23 to 1: noon is two hours after the nearest."""
        assert day_cut_h(beds(9, 9.5, 10, 23, 0, 1)) == 12.0

    def test_no_cut_where_bed_times_go_round_the_clock(self):
        assert day_cut_h(beds(*range(0, 24, 2))) == 12.0

    @pytest.mark.parametrize(
        ("empty", "cut_h"),
        [
            ((8.0, 13.5), 12.0),  # noon is exactly 90 min before the end: it stays
            ((8.0, 13.5 - 1 / 60), 10.5),  # 89 min: the middle, 10:44:30, to the half hour
            ((10.5, 16.0), 12.0),  # exactly 90 min after the start
            ((10.5 + 1 / 60, 16.0), 13.5),  # 89 min: the middle is 13:15:30
            ((11.0, 15.0), 13.0),  # exactly four hours are long enough to cut in
            ((11.0, 15.0 - 1 / 60), 12.0),
        ],
    )
    def test_how_long_the_empty_arc_and_how_deep_in_it_noon_must_be(self, empty, cut_h):
        """Hand calculation: bed times every half hour but for one stretch of the clock."""
        start, end = empty
        around = [
            end,
            *np.arange(np.ceil(2 * end) / 2, np.floor(2 * start) / 2 + 24.01, 0.5),
            start,
        ]
        assert day_cut_h(np.mod(beds(*around), 1440)) == cut_h

    @pytest.mark.parametrize(
        ("first", "last", "cut_h"),
        [(9, 15, 23.0), (9 - 1 / 60, 15, 12.0), (9, 15 + 1 / 60, 12.0)],
    )
    def test_bed_times_near_noon_lie_from_nine_to_three(self, first, last, cut_h):
        """Hand calculation: three of ten lie near noon, or two; the rest begin in the morning."""
        others = [7, 7.25, 7.5, 7.75, 8, 8.25, 8.5]
        assert day_cut_h(beds(first, 11, last, *others)) == cut_h

    @pytest.mark.parametrize(("others", "cut_h"), [(27, 22.5), (28, 12.0)])
    def test_one_bed_time_in_ten_near_noon_is_enough(self, others, cut_h):
        """By hand: 3 of 30 and of 31; the clock is empty from 12:30 to 08:00, its middle 22:15."""
        beds = np.array([8.0] * others + [10.0, 11.0, 12.5]) * 60
        assert day_cut_h(beds) == pytest.approx(cut_h, abs=0.5)
        assert (day_cut_h(beds) == 12.0) == (others == 28)

    def test_the_cut_is_an_hour_of_the_clock(self):
        """Hand calculation: empty from 15:00 to 09:30, the middle 00:15, to the half hour 00:00."""
        assert day_cut_h(beds(9.5, 10, 11, 12, 13, 14, 15)) == 0.0

    def test_one_stray_in_fifty_does_not_break_the_empty_arc(self):
        shift = np.tile(beds(9, 10, 11, 12, 13), 20)
        assert day_cut_h(np.append(shift, 23.0 * 60)) == day_cut_h(shift)

    def test_the_fiftieth_bed_time_may_be_the_stray(self):
        """Hand calculation: empty from 13:00 to 09:00, middle 23:00; or only to 23:00: 18:00."""
        shift = np.tile(beds(9, 10, 11, 12, 13), 10)
        assert day_cut_h(np.append(shift[:49], 23.0 * 60)) == 23.0
        assert day_cut_h(np.append(shift[:48], 23.0 * 60)) == 18.0

    def test_missing_and_empty(self):
        assert day_cut_h(np.array([])) == 12.0
        assert day_cut_h(np.array([np.nan, np.nan])) == 12.0
        with_gaps = np.append(beds(8.5, 9, 10.5, 11.5, 12.5, 13), np.nan)
        assert day_cut_h(with_gaps) == 23.0

    @given(st.lists(st.floats(0, 1439), max_size=40))
    def test_always_an_hour_of_the_clock(self, minutes):
        assert 0 <= day_cut_h(np.array(minutes, dtype=float)) < 24


class TestUnroll:
    def test_over_midnight(self):
        assert unroll(beds(23.5, 0.5, 11.99, 12), 12.0).tolist() == pytest.approx(
            [1410, 1470, 2159.4, 720]
        )

    def test_missing_stays_missing(self):
        assert np.isnan(unroll(np.array([np.nan]), 12.0)).all()

    @given(st.floats(0, 1439.99), st.floats(0, 23.9))
    def test_same_reading_within_a_day_of_the_cut(self, minutes, cut):
        got = unroll(np.array([minutes]), cut)[0]
        assert cut * 60 - 1e-9 <= got <= cut * 60 + 1440 + 1e-9
        assert (got - minutes) % 1440 == pytest.approx(0, abs=1e-6) or (
            got - minutes
        ) % 1440 == pytest.approx(1440, abs=1e-6)

    def test_after(self):
        """Into bed 23:30 (1410): up at 07:00 is 1860; a reading equal to the start is the start."""
        start = np.array([1410.0, 1410.0, 1410.0, np.nan])
        got = unroll_after(np.array([420.0, 1410.0, np.nan, 420.0]), start)
        assert got[:2].tolist() == [1860.0, 1410.0]
        assert np.isnan(got[2:]).all()

    @given(st.floats(0, 1439.99), st.floats(0, 4000))
    def test_after_is_the_first_such_time(self, minutes, start):
        got = unroll_after(np.array([minutes]), np.array([start]))[0]
        assert start <= got <= start + 1440

    def test_evening_of(self):
        stamps = np.array(
            ["2024-03-01T23:10", "2024-03-02T02:00", "2024-03-02T11:59", "2024-03-02T12:00", "NaT"],
            dtype="datetime64[us]",
        )
        expected = np.array(
            ["2024-03-01", "2024-03-01", "2024-03-01", "2024-03-02", "NaT"], dtype="datetime64[D]"
        )
        np.testing.assert_array_equal(evening_of(stamps, 12.0), expected)

    def test_evening_of_with_a_cut_at_half_past(self):
        """A cut at 22:30 parts 22:29 from 22:30; one at 22:00 or 23:00 would not."""
        stamps = np.array(["2024-03-02T22:29", "2024-03-02T22:30"], dtype="datetime64[us]")
        assert evening_of(stamps, 22.5).astype(str).tolist() == ["2024-03-01", "2024-03-02"]

    @given(st.integers(0, 10_000_000), st.sampled_from([0.0, 9.5, 12.0, 17.5, 23.0]))
    def test_evening_and_unrolled_minutes_give_the_stamp_back(self, minute, cut):
        stamp = np.array([np.datetime64("2010-01-01T00:00", "us") + np.timedelta64(minute, "m")])
        clock = np.array([minute % 1440], dtype=float)
        back = evening_of(stamp, cut).astype("datetime64[us]") + unroll(clock, cut).astype(
            "timedelta64[m]"
        )
        assert back[0] == stamp[0]


class TestCircular:
    # Bed times on both sides of midnight: 22:50, 23:40, 00:20, 00:30, 01:40, 23:00.
    LATE = (22 + 5 / 6, 23 + 2 / 3, 1 / 3, 0.5, 1 + 2 / 3, 23.0)

    def test_mean_over_midnight_is_not_the_mean_of_the_numbers(self):
        """Sum of minutes from midnight: -70 -20 +20 +30 +100 -60 = 0; the linear mean is noon."""
        assert np.mean(self.LATE) == pytest.approx(12.0)
        mean = circular_mean_h(self.LATE)
        assert min(mean, 24 - mean) < 0.01

    def test_against_scipy(self):
        assert circular_mean_h(self.LATE) == pytest.approx(stats.circmean(self.LATE, high=24))
        assert circular_sd_h(self.LATE) == pytest.approx(stats.circstd(self.LATE, high=24))

    @given(hours_lists)
    def test_against_scipy_anywhere(self, hours):
        angle = np.array(hours) * np.pi / 12
        if np.hypot(np.cos(angle).mean(), np.sin(angle).mean()) < 1e-3:
            return
        gap = abs(circular_mean_h(hours) - stats.circmean(hours, high=24)) % 24
        assert min(gap, 24 - gap) < 1e-6
        assert circular_sd_h(hours) == pytest.approx(stats.circstd(hours, high=24), abs=1e-5)

    def test_two_readings_by_hand(self):
        """23:00 and 01:00: R = cos 15 degrees, sd = sqrt(-2 ln R) 24/2pi = 1.0058 h."""
        expected = np.sqrt(-2 * np.log(np.cos(np.pi / 12))) * 12 / np.pi
        assert circular_sd_h([23, 1]) == pytest.approx(expected)
        assert expected == pytest.approx(1.0058, abs=1e-4)

    def test_close_readings_agree_with_the_ordinary_sd(self):
        hours = np.array([23.9, 24.0, 24.1, 24.2])
        assert circular_sd_h(hours % 24) == pytest.approx(hours.std(), rel=1e-3)

    def test_missing_is_ignored(self):
        assert circular_mean_h([23, np.nan, 1]) % 24 == pytest.approx(0, abs=1e-9)
        assert circular_sd_h([23, np.nan, 1]) == circular_sd_h([23, 1])

    def test_none_is_missing(self):
        """A list of hours from JSON has None where nothing was written down."""
        assert circular_mean_h([23, None, 1]) % 24 == pytest.approx(0, abs=1e-9)
        assert circular_sd_h([23, None, 1]) == circular_sd_h([23, 1])

    def test_equal_readings_have_no_spread_though_their_direction_is_rounded(self):
        """Five times 13.19: the mean direction has length 1.0000000000000002, and no root."""
        angle = np.full(5, 13.19) * np.pi / 12
        assert np.hypot(np.cos(angle).mean(), np.sin(angle).mean()) > 1
        assert circular_sd_h([13.19] * 5) == 0.0

    def test_no_direction_is_nan(self):
        assert np.isnan(circular_mean_h([]))
        assert np.isnan(circular_mean_h([np.nan]))
        assert np.isnan(circular_mean_h([0, 12]))
        assert np.isnan(circular_mean_h([0, 6, 12, 18]))
        assert np.isnan(circular_sd_h([0, 12]))
        assert np.isnan(circular_sd_h([]))
        assert np.isnan(circular_sd_h([23]))

    def test_unrolled_and_clock_hours_are_the_same_reading(self):
        assert circular_mean_h([27.5]) == pytest.approx(3.5)

    def test_a_mean_a_hair_before_midnight_is_an_hour_of_the_clock(self):
        """-1e-17 modulo 24 is 24.0 in floating point, which no clock shows."""
        assert circular_mean_h([-1e-17]) == 0.0

    def test_readings_may_be_counted(self):
        """One at 23:00 and three at 01:00 are four readings; without the counts it is midnight."""
        counted = circular_mean_h([23, 1], counts=np.array([1.0, 3.0]))
        assert counted == pytest.approx(stats.circmean([23, 1, 1, 1], high=24))

    def test_other_period(self):
        assert circular_mean_h([6.5, 0.5], period=7.0) == pytest.approx(0.0, abs=1e-9) or (
            circular_mean_h([6.5, 0.5], period=7.0) == pytest.approx(7.0)
        )


@pytest.mark.parametrize(
    ("hours", "text"),
    [(27.5, "03:30"), (0, "00:00"), (23.9999, "00:00"), (-0.5, "23:30"), (24, "00:00"),
     (7.25, "07:15"), (float("nan"), "")],
)  # fmt: skip
def test_format_clock(hours, text):
    assert format_clock(hours) == text


def test_dst_gap():
    gaps = np.array([60.0, -60.0, 50.0, 70.0, 49.9, 70.1, 0.0, np.nan])
    assert dst_gap(gaps).tolist() == [True, True, True, True, False, False, False, False]


def test_levels_of_hours_are_cut_where_they_change():
    """By hand, without noise: three weeks at three, three at five; less time or size is no move."""
    levels = np.repeat([27.0, 29.0], 21)
    assert moves_of(levels) == [21]
    assert moves_of(levels[1:]) == []  # five weeks and a half: no three on either side
    assert moves_of(np.repeat([27.0, 27.9], 60)) == []
    assert moves_of(np.repeat([27.0, 28.5, 27.0], [50, 43, 70])) == [50, 93]
    assert moves_of(np.linspace(27.0, 33.0, 200)) == []


def test_a_drift_or_too_short_a_level_is_no_move():
    """By hand: a cut costs four, and each week the square of its hours off the level."""
    # an hour off is enough: twenty weeks half an hour from their middle cost 20 x 0.25 > 4
    assert moves_of(np.repeat([27.0, 28.0], 70)) == [70]
    # two of six weeks two hours on: 6 x 2 x 4 / 9 = 5.3; three weeks of them cost 4 + 2.7 more,
    # and two weeks, which would cost 4, are no level
    assert moves_of(np.repeat([27.0, 29.0], [28, 14])) == []
    # three of six weeks: 6 x h^2 / 4 against 4: from 1.63 hours on
    assert moves_of(np.repeat([27.0, 28.6], 21)) == []
    assert moves_of(np.repeat([27.0, 28.7], 21)) == [21]


@pytest.mark.parametrize("ours", [(27.0, 30.0), (30.0, 27.0)])
@pytest.mark.parametrize("night", [35, 36, 41, 42, 45, 48])
def test_a_move_within_a_week_is_found_on_its_night(ours, night):
    assert moves_of(np.repeat(ours, [night, 84 - night])) == [night]


@pytest.mark.parametrize(("apart", "move"), [(1.98, False), (2.0, False), (2.02, True)])
@pytest.mark.parametrize("turn", [1, -1])
def test_levels_whose_middle_halves_meet_are_no_move(apart, move, turn):
    """By hand: quartiles one hour beside the middle; off the levels 6 + 6 h, off a line 14 h."""
    nights = np.array([4.0, 3.0, 2.0, 1.0, 0.0])
    assert _is_move(turn * nights, turn * (nights + apart)) == move


def test_a_curve_may_tell_a_move_better_than_its_levels():
    """By hand: 9 h off the levels, 16 off the line 2.75 + 38 / 42 (x - 3.5), 4.5 off a parabola."""
    assert _is_move(np.array([2.0, 2.0, 0.0, 0.0, 0.0]), np.array([3.0, 7.0, 8.0]))


def test_the_night_of_a_move_is_sought_six_nights_either_way():
    for night, found in ((35, 36), (36, 36), (48, 48), (49, 48)):
        assert _sharp(np.repeat([27.0, 30.0], [night, 84 - night]), 42) == found


def test_each_time_of_a_12_hour_clock_is_the_last_before_its_own_bed_time():
    """By hand: to bed at 23:40, 0:10, 23:40 and 22:45."""
    clock, bed = np.array([735.0, 725.0, np.nan, 450.0]), np.array([1420.0, 1450.0, 1420.0, 1365.0])
    late = in_last_half_day(clock, bed)
    assert late == pytest.approx([735, 5, np.nan, 1170], nan_ok=True)


class TestFollowsTheFirst:
    """By hand: thirteen times, so that the quarters lie on the fourth and the tenth."""

    STEP = np.arange(13.0)

    def follows(self, after_first, after_second):
        clock = np.full(len(after_first), 30.0)
        return follows_the_first(clock, clock - after_first, clock - after_second)

    def test_spread_less_than_half_as_far(self):
        assert not self.follows(10 * self.STEP, 20 * self.STEP)  # 60 and 120 min
        assert self.follows(10 * self.STEP, 20.1 * self.STEP)

    def test_only_the_middle_half_counts(self):
        far = np.select([self.STEP < 3, self.STEP > 9], [-50.0, 700.0], 10 * self.STEP)
        assert self.follows(far, 20.1 * self.STEP)
        level = np.repeat([60.0, 180.0], [7, 6])  # 120 min, also a little off the quarters
        assert not self.follows(10 * self.STEP, level)

    def test_within_five_hours(self):
        assert not self.follows(10 * self.STEP + 240, 30 * self.STEP)  # the median is 300 min
        assert self.follows(10 * self.STEP + 239, 30 * self.STEP)
        assert self.follows(10 * self.STEP + 239 - 1440, 30 * self.STEP)  # over midnight

    def test_an_hour_before_it_is_near_and_more_is_a_day_after_it(self):
        assert self.follows(self.STEP - 60, 30 * self.STEP)
        assert not self.follows(np.full(13, -61.0), 30 * self.STEP)

    def test_ten_times_with_both_are_needed(self):
        gap = np.where(self.STEP < 3, np.nan, self.STEP)
        assert self.follows(gap, 30 * self.STEP)
        assert self.follows(self.STEP, 30 * gap)
        gap[3] = np.nan
        assert not self.follows(gap, 30 * self.STEP)
        assert not self.follows(self.STEP, 30 * gap)


def test_less_than_a_week_has_no_level():
    for nights in (0, 1, 6, 7, 20, 41):
        assert moves_of(np.linspace(20.0, 30.0, nights)) == []


class TestFromUsual:
    """By hand: about 23:50, so many readings there and the others to both sides of it alike."""

    FAR = (-300.0, 300.0, 720.0, -400.0, 400.0)

    def readings(self, near, far):
        return np.mod(1430.0 + np.array([0.0] * near + list(self.FAR[:far])), 1440.0)

    @pytest.mark.parametrize(
        ("near", "far", "usual"), [(7, 3, True), (5, 2, True), (5, 3, False), (6, 0, True),
                                   (5, 0, False)]
    )  # fmt: skip
    def test_six_times_of_which_seven_in_ten_are_near_show_what_is_usual(self, near, far, usual):
        clock = self.readings(near, far)
        got = from_usual(clock, near=60.0)
        assert len(got) == len(clock)
        if usual:
            want = np.array([0.0] * near + list(self.FAR[:far]))
            assert np.mod(got - want + 1.0, 1440.0) == pytest.approx(np.ones(len(clock)))
            assert np.abs(got).max() == pytest.approx(np.abs(want).max())
        else:
            assert np.isnan(got).all()

    def test_missing_times_neither_count_nor_have_a_distance(self):
        clock = np.append(self.readings(5, 0), np.nan)
        assert np.isnan(from_usual(clock, near=60.0)).all()
        got = from_usual(np.append(clock, 1430.0), near=60.0)
        assert np.isnan(got).tolist() == [False] * 5 + [True, False]

    def test_near_is_what_is_asked_for(self):
        clock = np.mod(1430.0 + np.array([-50.0, 50.0] * 4), 1440.0)
        assert from_usual(clock, near=50.1) == pytest.approx([-50.0, 50.0] * 4)
        assert np.isnan(from_usual(clock, near=49.9)).all()


def stamps(*hours):
    """Stamps by hours after a midnight."""
    return np.datetime64("2026-01-05") + (np.array(hours) * 60).astype("timedelta64[m]")


class TestMinutesOfTheWhole:
    """By hand: eight hours in bed, or stages of 300, 100 and 60 min with 20 awake."""

    BED, RISE = stamps(*[23.0] * 5), stamps(*[31.0] * 5)

    @pytest.mark.parametrize(
        ("off", "whole"),
        [((0, 0, 0, 0, 0), True), ((1.5, -1.5, 1.5, -1.5, 60), True), ((1.6, 0, 0, 0, 60), False),
         ((0, 0, 0, 0, np.nan), False), ((0, 0, 0, 0), False)],
    )  # fmt: skip
    def test_four_of_five_agree_to_a_minute_and_a_half(self, off, whole):
        n = len(off)
        minutes = 480.0 + np.array(off)
        columns = {"into_bed": self.BED[:n], "out_of_bed": self.RISE[:n]}
        assert is_time_in_bed(minutes, columns) == whole
        assert is_time_in_bed(minutes, {"into_bed": self.BED[:n], "final_wake": self.RISE[:n]}) == (
            whole
        )
        assert not is_time_in_bed(minutes, {"out_of_bed": self.RISE[:n]})
        of_sleep = {"deep_min": np.full(n, 60.0), "light_min": np.full(n, 300.0),
                    "rem_min": np.full(n, 100.0)}  # fmt: skip
        assert is_time_in_bed(minutes, of_sleep | {"waso_min": np.full(n, 20.0)}) == whole
        assert not is_time_in_bed(minutes, of_sleep)
        assert not is_time_in_bed(minutes, {})

    def test_stages_are_two_or_three(self):
        one, two = np.array([60.0, 50.0]), np.array([300.0, np.nan])
        assert time_in_stages({"deep_min": one}) == ((), pytest.approx([]))
        names, total = time_in_stages({"rem_min": one, "light_min": two, "awake_min": one})
        assert names == ("light_min", "rem_min")
        np.testing.assert_array_equal(total, [360.0, np.nan])

    def test_a_night_of_which_a_whole_is_nothing_was_not_measured(self):
        assert nothing_measured({}).tolist() == [False]
        assert nothing_measured({"waso_min": np.array([0.0, 1.0])}).tolist() == [False]
        for name in ("tst_min", "tib_min", "spt_min"):
            found = nothing_measured({name: np.array([0.0, 400.0, np.nan, 1.0])})
            assert found.tolist() == [True, False, False, False]
        stages = {"deep_min": np.array([0.0, 0.0, 1.0]), "rem_min": np.array([0.0, 1.0, 0.0])}
        assert nothing_measured(stages).tolist() == [True, False, False]
        both = nothing_measured(stages | {"tst_min": np.array([9.0, 0.0, 9.0])})
        assert both.tolist() == [True, True, False]


class TestHoursWithPoints:
    """6.19 read as hours are 371.4 min; 6 h 19 are 379."""

    HOURS = np.array([6.19, 7.05, 5.3, 8.0, 6.45])
    PLAIN = np.array([379.0, 425.0, 330.0, 480.0, 405.0])

    def test_five_nights_whose_stages_say_so(self):
        assert with_points(60 * self.HOURS, self.PLAIN) == pytest.approx(self.PLAIN)
        assert with_points(60 * self.HOURS[:4], self.PLAIN[:4]) is None
        assert with_points(60 * self.HOURS, self.PLAIN[:4]) is None
        assert with_points(None, self.PLAIN) is None
        hours, total = np.append(self.HOURS, np.nan), np.append(self.PLAIN, 400.0)
        np.testing.assert_allclose(with_points(60 * hours, total), np.append(self.PLAIN, np.nan))
        for gone in (0.0, np.nan):  # no stages were measured: the night says nothing
            assert with_points(60 * self.HOURS, np.append(self.PLAIN[:4], gone)) is None

    def test_of_one_digit_the_stages_of_the_night_decide(self):
        total = self.PLAIN.copy()
        total[2] = 303.0
        assert with_points(60 * self.HOURS, total) == pytest.approx(total)
        total[2] = 316.5  # as far from the one as from the other: 5 h 30
        assert with_points(60 * self.HOURS, total)[2] == 330.0

    @pytest.mark.parametrize(("off", "read"), [((1.5, -1.5, 1.5, 0.0, 60.0), True),
                                               ((1.5, 1.6, 0.0, 0.0, 60.0), False)])  # fmt: skip
    def test_four_of_five_add_up_to_a_minute_and_a_half(self, off, read):
        got = with_points(60 * self.HOURS, self.PLAIN + np.array(off))
        assert (got is not None) == read

    @pytest.mark.parametrize(("whole", "read"), [(4, True), (5, False)])
    def test_where_half_of_them_fit_as_they_are_they_stay(self, whole, read):
        """Whole hours are the same either way: 4 of 9, and 5 of 10."""
        minutes = np.append(60 * np.array([6.19, 7.05, 5.31, 8.22, 6.45]), [480.0] * whole)
        total = np.append([379.0, 425.0, 331.0, 502.0, 405.0], [480.0] * whole)
        assert (with_points(minutes, total) is not None) == read

    def test_hours_a_hair_below_a_whole_one_are_whole(self):
        minutes = np.append(60 * self.HOURS, 420.0 - 1e-8)
        assert with_points(minutes, np.append(self.PLAIN, 420.0))[-1] == pytest.approx(420.0)
