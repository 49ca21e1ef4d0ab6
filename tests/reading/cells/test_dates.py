"""Columns of dates and stamps as people and programs write them."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sleepstats.errors import DiaryError
from sleepstats.reading.cells import is_missing, read_dates, read_stamps

WHERE = "diary.csv, column 'date'"
WRITE = "Write YYYY-MM-DD, for example 2026-04-03."


def dates(*cells, dayfirst=None, **kwargs):
    return read_dates(list(cells), dayfirst=dayfirst, where=WHERE, **kwargs)


def stamps(*cells, dayfirst=None):
    return read_stamps(list(cells), dayfirst=dayfirst, where=WHERE)


def text(values):
    return [str(value) for value in values]


class TestWrittenDates:
    @pytest.mark.parametrize(
        ("cell", "expected"),
        [("2024-03-01", "2024-03-01"), ("2024/03/01", "2024-03-01"), ("2024-3-1", "2024-03-01"),
         ("20240301", "2024-03-01"), ("01.03.2024", "2024-03-01"), ("26. 11. 2020", "2020-11-26"),
         ("14th Jul 2021", "2021-07-14"), ("22nd Sep 2020", "2020-09-22"),
         ("Jul 14, 2021", "2021-07-14"), ("July 14 2021", "2021-07-14"),
         ("26 Jun 2026", "2026-06-26"),
         ("Thursday, Jan 27, 2022", "2022-01-27"), ("Thu 27 Jan 2022", "2022-01-27"),
         ("Thu, 27/01/2022", "2022-01-27"), ("1. März 2024", "2024-03-01"),
         ("3 de marzo de 2024", "2024-03-03"), ("1er août 2024", "2024-08-01"),
         ("9 августа 2026", "2026-08-09"), ("5-Mar-21", "2021-03-05"),
         ("2021-Mar-05", "2021-03-05"),
         ("Sept 3, 2024", "2024-09-03"), ("2024-03-01 23:10", "2024-03-01"),
         ("2024-03-01T23:10:00Z", "2024-03-01"), ("29/02/2024", "2024-02-29"),
         ("31/12/68", "2068-12-31"), ("31/12/69", "1969-12-31")],
    )  # fmt: skip
    def test_accepted(self, cell, expected):
        read = dates(cell)
        assert text(read.values) == [expected]
        assert read.values.dtype == "datetime64[D]"
        assert not read.bad

    @pytest.mark.parametrize(
        ("cell", "why"),
        [("31.02.2024", f"is no day of the calendar: February 2024 has no 31. {WRITE}"),
         ("29.02.2023", f"is no day of the calendar: February 2023 has no 29. {WRITE}"),
         ("2024-13-01", f"has no month 13. {WRITE}"),
         ("0202-03-01", f"has the year 202. {WRITE}"),
         ("March 17", f"has no year. {WRITE}"),
         ("13-19 May", f"has no year. {WRITE}"),
         ("hello", f"is not a date. {WRITE}"),
         ("2024-W05-1", f"is not a date. {WRITE}"),
         ("45352", "looks like a spreadsheet's day number. Format the column as a date "
                   "(YYYY-MM-DD) and export again."),
         ("1709334600", "looks like a count of seconds or milliseconds since 1970, not a date. "
                        f"{WRITE}")],
    )  # fmt: skip
    def test_refused_with_a_reason(self, cell, why):
        read = dates("2024-03-01", cell, "", None)
        assert np.isnat(read.values[1:]).all()
        assert dict(read.bad) == {1: f"{cell!r} {why}"}

    def test_empty(self):
        assert dates().values.shape == (0,)
        assert np.isnat(dates("", "--").values).all()

    @given(
        st.dates(dt.date(1970, 1, 1), dt.date(2067, 12, 31)),
        st.sampled_from(
            ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d %b %Y", "%b %d, %Y", "%A, %d %B %Y",
             "%d.%m.%y"]
        ),
    )  # fmt: skip
    def test_round_trips(self, day, style):
        assert text(dates(day.strftime(style)).values) == [day.isoformat()]

    @given(st.lists(st.text(max_size=12), max_size=6))
    def test_any_text_is_read_or_refused_or_missing(self, cells):
        try:
            read = dates(*cells)
        except DiaryError:
            return
        assert (np.isnat(read.values) == (read.bad_mask | is_missing(cells))).all()


class TestOrder:
    def test_a_first_number_above_twelve_shows_day_first(self):
        read = dates("02/08/2021", "14/07/2021", "31/02/2021")
        assert text(read.values) == ["2021-08-02", "2021-07-14", "NaT"]
        assert read.style == "day first: '14/07/2021' in row 2 shows it"

    def test_a_second_number_above_twelve_shows_month_first(self):
        read = dates("02/08/2021", "7/14/21")
        assert text(read.values) == ["2021-02-08", "2021-07-14"]
        assert read.style == "month first: '7/14/21' in row 2 shows it"

    def test_both_contradict(self):
        with pytest.raises(DiaryError) as error:
            dates("13/04/2026", "04/13/2026")
        assert str(error.value) == (
            f"{WHERE}: the dates contradict each other: '13/04/2026' in row 1 is day first, "
            "'04/13/2026' in row 2 is month first. Expected one order in the whole column. "
            "Pass dayfirst=True or dayfirst=False to read it that way and report the rest."
        )

    def test_lines_name_the_rows(self):
        with pytest.raises(DiaryError, match="in line 14 is day first, '04/13/2026' in line 15"):
            dates("13/04/2026", "04/13/2026", lines=[14, 15])

    def test_the_caller_settles_a_contradiction(self):
        read = dates("13/04/2026", "04/13/2026", dayfirst=False)
        assert text(read.values) == ["NaT", "2026-04-13"]
        assert read.reason(0) == f"'13/04/2026' has no month 13. {WRITE}"

    def test_neither_decides(self):
        with pytest.raises(DiaryError) as error:
            dates("03/04/2026", "08/09/2026")
        assert str(error.value) == (
            f"{WHERE}: the dates do not say whether 03/04/2026 is 3 April or March 4. "
            "Pass dayfirst=True or dayfirst=False."
        )

    def test_the_caller_decides(self):
        assert text(dates("03/04/2026", dayfirst=True).values) == ["2026-04-03"]
        read = dates("03/04/2026", dayfirst=False)
        assert text(read.values) == ["2026-03-04"]
        assert read.style == "month first: as passed"

    def test_the_caller_contradicts_the_column(self):
        with pytest.raises(DiaryError) as error:
            dates("02/04/2026", "13/04/2026", dayfirst=False)
        assert str(error.value) == (
            f"{WHERE}: dayfirst=False was passed, but '13/04/2026' in row 2 can only be read day "
            "first. Pass dayfirst=True, or leave it out."
        )

    def test_rows_that_follow_day_by_day_decide(self):
        read = dates("3/4/2026", "4/4/2026", "5/4/2026", "7/4/2026")
        assert text(read.values)[-1] == "2026-04-07"
        assert read.style == "day first: so the rows follow each other day by day"
        newest_first = dates("3/7/2026", "3/6/2026", "3/5/2026", "3/4/2026")
        assert text(newest_first.values)[0] == "2026-03-07"

    def test_weekly_rows_or_too_few_rows_do_not(self):
        for cells in (["3/4/2026", "4/4/2026"], ["1/2/2026", "8/2/2026", "1/3/2026", "8/3/2026"]):
            with pytest.raises(DiaryError, match="do not say whether"):
                dates(*cells)

    def test_same_day_and_month_needs_no_decision(self):
        assert text(dates("4/4/2026").values) == ["2026-04-04"]

    def test_dots_are_day_first(self):
        read = dates("03.04.2026")
        assert text(read.values) == ["2026-04-03"]
        assert read.style == "day first: dates written with dots"

    def test_two_digit_years_with_hyphens_may_come_first(self):
        read = dates("20-07-15", "20-07-16", "20-07-17", "20-07-18")
        assert text(read.values)[0] == "2020-07-15"
        with pytest.raises(DiaryError, match="do not say in which order '20-07-15' is written"):
            dates("20-07-15")

    def test_dates_that_fit_no_order_are_reported(self):
        read = dates("45/13/2024", "2024-03-01")
        assert read.bad_mask.tolist() == [True, False]

    @given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)), st.booleans())
    def test_two_weeks_always_decide(self, first, dayfirst):
        """Fourteen days in a row hold a day above 12, or step a month at a time if misread."""
        days = [first + dt.timedelta(days=i) for i in range(14)]
        style = "%d/%m/%Y" if dayfirst else "%m/%d/%Y"
        read = dates(*(day.strftime(style) for day in days))
        assert text(read.values) == [day.isoformat() for day in days]


class TestStamps:
    @pytest.mark.parametrize(
        ("cell", "expected", "offset"),
        [("2024-03-01 23:10", "2024-03-01T23:10:00", None),
         ("2024-03-01T23:10:05", "2024-03-01T23:10:05", None),
         ("2024-03-01 23.10", "2024-03-01T23:10:00", None),
         ("2024-03-01  23:10", "2024-03-01T23:10:00", None),
         ("2024-03-01 11:30:00 PM", "2024-03-01T23:30:00", None),
         ("2024-03-01 7 PM", "2024-03-01T19:00:00", None),
         ("11/14/2012 8:25:39", "2012-11-14T08:25:39", None),
         ("14.11.2012 08:25", "2012-11-14T08:25:00", None),
         ("26. 11. 2020 4:36", "2020-11-26T04:36:00", None),
         ("Jul 14, 2021 9:05 PM", "2021-07-14T21:05:00", None),
         ("14 Jul 2021, 21:05", "2021-07-14T21:05:00", None),
         ("Thursday, Jan 27, 2022 at 9:05 PM", "2022-01-27T21:05:00", None),
         ("12/31/2024 12:05 am", "2024-12-31T00:05:00", None),
         ("2021/03/04 9:05:07 AM GMT+1", "2021-03-04T09:05:07", 60),
         ("2021/03/04 9:05:07 PM GMT-3:30", "2021-03-04T21:05:07", -210),
         ("2024-03-01T23:10:00Z", "2024-03-01T23:10:00", 0),
         ("2019-01-24T22:39:08-06:00", "2019-01-24T22:39:08", -360),
         ("2023-02-18 02:13:00+0000", "2023-02-18T02:13:00", 0),
         ("2024-03-01 23:10 UTC-04:00", "2024-03-01T23:10:00", -240)],
    )  # fmt: skip
    def test_accepted(self, cell, expected, offset):
        read = stamps(cell)
        assert text(read.values.astype("datetime64[s]")) == [expected]
        assert read.values.dtype == "datetime64[us]"
        assert np.isnan(read.offset_min[0]) if offset is None else read.offset_min[0] == offset
        assert not read.bad

    def test_fractions_of_a_second(self):
        assert text(stamps("2024-03-01T23:10:00.1234567Z").values) == ["2024-03-01T23:10:00.123456"]

    @pytest.mark.parametrize(
        ("cell", "why"),
        [("2024-03-01", "has no time of day."),
         ("2024-03-01 25:00", "has an impossible time of day."),
         ("2024-03-01 13:75", "has an impossible time of day."),
         ("2024-03-01 13:00 am", "has an impossible time of day."),
         ("2024-02-30 10:00", None), ("hello", "is not a date."),
         ("2024-03-01 23:10 later", "has no time of day that can be read.")],
    )  # fmt: skip
    def test_refused_with_a_reason(self, cell, why):
        read = stamps("2024-03-01 23:10", cell, "")
        assert np.isnat(read.values[1:]).all()
        assert list(read.bad) == [1]
        write = "Write YYYY-MM-DD HH:MM, for example 2026-04-03 23:10."
        if why is None:
            why, cell = "is no day of the calendar: February 2024 has no 30.", "2024-02-30 10:00"
        assert read.reason(1) == f"{cell!r} {why} {write}"

    def test_twenty_four_is_the_next_midnight_and_told(self):
        read = stamps("2024-02-29 24:00")
        assert text(read.values) == ["2024-03-01T00:00:00.000000"]
        assert dict(read.repaired) == {0: "'2024-02-29 24:00' read as 00:00 of the next day."}

    def test_one_unreadable_stamp_among_many(self):
        cells = [f"2024-03-{day:02d} 23:10" for day in range(1, 30)] + ["2024-03-99 23:10", None]
        read = stamps(*cells)
        assert read.bad_mask.sum() == 1
        assert np.isnat(read.values).sum() == 2

    def test_order_is_decided_as_for_dates(self):
        with pytest.raises(DiaryError, match="3/4/2026 is 3 April or March 4"):
            stamps("3/4/2026 10:00")
        assert text(stamps("3/4/2026 10:00", dayfirst=True).values)[0][:10] == "2026-04-03"

    @given(
        st.lists(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2067, 12, 31)), min_size=1),
        st.sampled_from(
            ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%b %d, %Y %H:%M:%S",
             "%Y/%m/%d %I:%M:%S %p", "%Y-%m-%dT%H:%M:%S+02:00"]
        ),
    )  # fmt: skip
    def test_round_trips(self, moments, style):
        read = stamps(*(moment.strftime(style) for moment in moments))
        expected = np.array([moment.replace(microsecond=0) for moment in moments], "datetime64[us]")
        np.testing.assert_array_equal(read.values, expected)

    @pytest.mark.parametrize(
        "cell", [". 0", "- 23:10", "? 22:00", "n/a 23:10", "-- 7:00", "–T23:10"]
    )
    def test_a_time_whose_date_is_missing_is_told(self, cell):
        read = stamps("2026-03-01 23:10", cell)
        assert np.isnat(read.values).tolist() == [False, True]
        assert read.bad_mask.tolist() == [False, True]
        assert repr(cell) in read.bad[1]

    @given(st.lists(st.text(max_size=20), max_size=6))
    @example([". 0"])
    def test_any_text_is_read_or_refused_or_missing(self, cells):
        try:
            read = stamps(*cells)
        except DiaryError:
            return
        assert (np.isnat(read.values) == (read.bad_mask | is_missing(cells))).all()
