"""Qualtrics diaries. Fixtures are invented; the layout follows public descriptions."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, clock, read

import sleepstats as ss
from sleepstats.errors import DiaryError

FIXTURES = INVENTED / "qualtrics"
OWN = REAL / "qualtrics"


@pytest.fixture
def nights():
    return read(FIXTURES / "three_headers.csv")


def test_question_texts_are_the_headers(nights):
    assert nights.attrs["sleepstats"]["format"] == "qualtrics"
    assert [f"{n:%m-%d}" for n in nights.index] == ["01-15", "01-16", "01-17"]
    assert clock(nights, "into_bed") == ["15 22:45", "16 23:30", "17 23:15"]
    np.testing.assert_array_equal(nights["sol_min"], [20, 40, np.nan])
    np.testing.assert_array_equal(nights["waso_min"], [10, 25, np.nan])
    np.testing.assert_array_equal(nights["stress"], [3, 6, np.nan])


def test_header_lines_and_previews_are_skipped(nights):
    report = ss.reading_report(nights)
    assert report["status"].tolist() == ["skipped"] * 5 + ["used"] * 3
    assert report["problem"].iloc[4] == "a preview or test of the survey, no answer."
    assert report["line"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_addresses_and_places_appear_nowhere(nights):
    everything = repr(nights.to_dict()) + repr(dict(nights.attrs["sleepstats"]))
    everything += repr(ss.reading_report(nights).to_dict())
    for secret in ("192.0.2.17", "40.1", "-105.1", "IPAddress", "Latitude", "R_1"):
        assert secret not in everything


def test_several_people_are_refused_without_repeating_who_they_are():
    text = (FIXTURES / "three_headers.csv").read_text()
    text = text.replace("RecipientLastName", "RecipientEmail", 1)
    text = text.replace("R_1,,", "R_1,a@example.org,").replace("R_2,,", "R_2,b@example.org,")
    with pytest.raises(DiaryError, match="2 people stand in this file") as error:
        read(io.StringIO(text))
    assert "example.org" not in str(error.value)


def test_questions_can_be_mapped_by_short_name():
    text = (FIXTURES / "three_headers.csv").read_text()
    text = text.replace("What time did you get into bed?", "Item one")
    nights = read(io.StringIO(text), columns={"Q2": "into_bed"})
    assert clock(nights, "into_bed") == ["15 22:45", "16 23:30", "17 23:15"]
    with pytest.raises(DiaryError, match="columns= names 'Q99', which is not in the header"):
        read(io.StringIO(text), columns={"Q99": "into_bed"})


def test_a_survey_that_is_no_diary_says_what_to_do():
    text = (
        "StartDate,EndDate,Status,Finished,RecordedDate,ResponseId,Q1\n"
        "2024-01-16 07:31:00,2024-01-16 07:33:00,IP Address,True,2024-01-16 07:33:05,R_1,blue\n"
    )
    with pytest.raises(DiaryError, match="no question of this survey is known as an item of a"):
        read(io.StringIO(text))
