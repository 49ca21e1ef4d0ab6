"""Columns of few numeric forms, read at once: the same as each text by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sleepstats.reading.cells import dates, looks_like_stamps, read_dates, read_stamps, stamp_forms

FEWEST = stamp_forms.FEWEST

day = st.tuples(st.integers(1895, 2105), st.integers(0, 13), st.integers(0, 32))
clock = st.tuples(st.integers(0, 25), st.integers(0, 61), st.integers(0, 61))
STAMPS = (
    "{y:04d}-{m:02d}-{d:02d}T{h:02d}:{n:02d}:{s:02d}+02:00",
    "{y:04d}-{m:02d}-{d:02d} {h:02d}:{n:02d}:{s:02d}-0530",
    "{y:04d}-{m:02d}-{d:02d} {h:02d}:{n:02d}:{s:02d}.120",
    "{d}/{m}/{y:04d} {h}:{n:02d}",
    "{d:02d}.{m:02d}.{y:04d} {h:02d}:{n:02d}:{s:02d}",
    "{d:02d}. {m:02d}. {y:04d} {h}:{n:02d}",
    "{y:04d}/{m:02d}/{d:02d} {h}:{n:02d}:{s:02d} PM",
    "{y:04d}/{m}/{d} {h}:{n:02d}:{s:02d} AM GMT+1",
    "{y:04d}-{m:02d}-{d:02d} at {h}:{n:02d} a.m.",
    "{d:02d}-{m:02d}-{y:04d} {h:02d}h{n:02d}",
    "{h:02d}:{n:02d} {d:02d}/{m:02d}/{y:04d}",
    "{h}:{n:02d}:{s:02d} pm on {y:04d}-{m:02d}-{d:02d}",
    "{y:04d}-{m:02d}-{d:02d}",
    "{y:04d}-{m:02d}-{d:02d} {h:02d}:{n:02d}Z",
)
DATES = ("{d}/{m}/{y:04d}", "{d:02d}.{m:02d}.{y:04d}", "{y:04d}-{m}-{d}", "{d}.{m}.{y2:02d}")


def texts_of(
    form: str, parts: list[tuple[tuple[int, int, int], tuple[int, int, int]]], odd: list[str]
) -> list[str]:
    made = [form.format(y=y, y2=y % 100, m=m, d=d, h=h, n=n, s=s) for (y, m, d), (h, n, s) in parts]
    filler = [
        form.format(y=2020, y2=20, m=1 + i % 12, d=1 + i % 28, h=i % 24, n=i % 60, s=i // 60)
        for i in range(FEWEST + 60)
    ]
    return [*made, *filler, *odd]


@pytest.mark.parametrize("read", [read_stamps, read_dates])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_all_at_once_is_each_by_itself(read, data):
    forms = STAMPS if read is read_stamps else DATES
    form = data.draw(st.sampled_from(forms))
    parts = data.draw(st.lists(st.tuples(day, clock), min_size=1, max_size=8))
    odd = data.draw(st.sampled_from(([], [""], ["", "n/a"], ["", "soon", "n/a"], [" ", None])))
    texts = texts_of(form, parts, odd)
    at_once = read(texts, dayfirst=True, where="a.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stamp_forms, "FEWEST", len(texts) + 1)
        one_by_one = read(texts, dayfirst=True, where="a.csv")
    assert np.array_equal(at_once.values, one_by_one.values, equal_nan=True)
    assert dict(at_once.bad) == dict(one_by_one.bad)
    assert dict(at_once.repaired) == dict(one_by_one.repaired)
    assert at_once.style == one_by_one.style
    if read is read_stamps:
        assert np.array_equal(at_once.offset_min, one_by_one.offset_min, equal_nan=True)


def test_by_hand():
    texts = [f"{1 + i % 12}/{1 + i % 28}/2026 {1 + i % 12}:05 PM" for i in range(400)]
    stamps = read_stamps(["2/13/2026 12:00 PM", *texts], dayfirst=None, where="a.csv")
    assert stamps.style == "month first: '2/13/2026' in row 1 shows it"
    assert stamps.values[0] == np.datetime64("2026-02-13T12:00")
    assert stamps.values[11] == np.datetime64("2026-11-11T23:05")


@pytest.mark.parametrize("days", [3, FEWEST, 3 * FEWEST])
def test_a_date_alone_is_no_stamp_however_many_there_are(days):
    dates = np.datetime_as_string(np.datetime64("2026-01-01") + np.arange(days)).tolist()
    stamps = read_stamps([*dates, "2026-06-01 23:10"], dayfirst=None, where="a.csv")
    assert np.isnat(stamps.values).tolist() == [True] * days + [False]
    assert "'2026-01-01' has no time of day." in stamps.bad[0]


@given(st.integers(1, 20), st.lists(st.integers(0, 10**20), min_size=1), st.sampled_from("x٣.- "))
def test_numbers_of_as_many_digits_are_those_of_int(size, numbers, odd):
    texts = [f"{number:0{size}d}"[-size:] for number in numbers]
    found = stamp_forms.same_width(texts)
    assert found.tolist() == [*map(int, texts)] if size <= 18 else found is None
    for others in ([*texts, odd * size], [*texts, "1" * (size + 1), "1" * (size - 1)], []):
        assert stamp_forms.same_width(others) is None


def test_a_text_is_a_stamp_as_it_is_and_not_only_with_zeros_for_its_digits():
    assert dates.is_stamp("2026-01-05 23:10")
    assert dates.is_stamp("20260105 23:10")  # 00000000 is no date
    assert not dates.is_stamp("99990105 23:10")
    assert not dates.is_stamp("2026-01-05")
    assert looks_like_stamps(["20260105 23:10", "20260106 23:40", "20260107 22:50"])
