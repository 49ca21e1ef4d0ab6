"""Dates whose month is a word are read form by form, and mean what one of them alone means."""

import datetime as dt

import numpy as np
import pytest

from sleepstats.reading.cells import read_dates, read_stamps, stamp_forms

#: Thirty days from 20 December 2030 on, at 23:05: the day has one figure and two, the year changes.
DAYS = [dt.datetime(2030, 12, 20, 23, 5) + dt.timedelta(days=i) for i in range(30)]
FORMS = ["%b %d, %Y", "%d %b %Y", "%d. %B %Y", "%Y %b %d", "%d-%b-%Y", "%a, %b %d, %Y"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("padded", [True, False])
def test_each_date_is_the_day_that_was_written(form, padded):
    """Known by construction: Python wrote them."""
    texts = [day.strftime(form) for day in DAYS]
    texts = texts if padded else [text.replace(" 0", " ").removeprefix("0") for text in texts]
    read = read_dates(np.array(texts, dtype=object), dayfirst=None, where="d.csv")
    assert read.values.tolist() == [day.date() for day in DAYS]
    assert not len(read.bad)


@pytest.mark.parametrize("form", ["%b %d, %Y %I:%M %p", "%d %b %Y, %H:%M", "%b %d, %Y at %H:%M"])
def test_so_are_stamps(form):
    texts = np.array([day.strftime(form) for day in DAYS], dtype=object)
    read = read_stamps(texts, dayfirst=None, where="d.csv")
    assert read.values.tolist() == DAYS


def test_what_is_no_day_is_refused_in_its_own_words():
    """By hand: 30 February is no day; the others are."""
    texts = [day.strftime("%b %d, %Y") for day in DAYS]
    texts[3] = "Feb 30, 2031"
    read = read_dates(np.array(texts, dtype=object), dayfirst=None, where="d.csv")
    assert list(read.bad) == [3]
    assert read.bad[3].startswith("'Feb 30, 2031' ")
    assert np.isnat(read.values[3])


@pytest.mark.parametrize(
    "odd", ["", "-", "soon", "Mar 2031", " Jan 4, 2031", "Jan  4, 2031", "Jan 4 31"]
)
def test_other_texts_among_them_change_nothing(odd, monkeypatch):
    """Read with the forms and without: one by one, as it was before there were forms of words."""
    texts = np.array([day.strftime("%b %d, %Y") for day in DAYS] + [odd], dtype=object)
    by_form = read_dates(texts, dayfirst=None, where="d.csv")
    monkeypatch.setattr(stamp_forms, "_of_words", lambda text: None)
    one_by_one = read_dates(texts, dayfirst=None, where="d.csv")
    assert by_form.values.tolist() == one_by_one.values.tolist()
    assert dict(by_form.bad) == dict(one_by_one.bad)
