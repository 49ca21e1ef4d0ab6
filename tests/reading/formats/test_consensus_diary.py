"""The expanded Consensus Sleep Diary, all its items (Carney et al. 2012, doi:10.5665/sleep.1642).

Item texts are the instrument's; the answers are invented, in the words the form suggests. Expected
values are counted by hand."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss

NAN = float("nan")
ITEMS = [
    ("1. What time did you get into bed?", "10:15 PM", "10:20 PM", "10:30 PM"),
    ("2. What time did you try to go to sleep?", "11:30 PM", "11:00 PM", "11:00 PM"),
    ("3. How long did it take you to fall asleep?", "55 min", "20 min", "15 min"),
    ("4. How many times did you wake up, not counting your final awakening?",
     "3 times", "1", "0"),
    ("5. In total, how long did these awakenings last?", "1 hour 10 min", "10 min", ""),
    ("6a. What time was your final awakening?", "6:35 AM", "6:30 AM", "6:40 AM"),
    ("6b. After your final awakening, how long did you spend in bed trying to sleep?",
     "45 min", "15 min", "5 min"),
    ("6c. Did you wake up earlier than you planned?", "Yes", "No", "No"),
    ("6d. If yes, how much earlier?", "1 hour", "", ""),
    ("7. What time did you get out of bed for the day?", "7:20 AM", "7:00 AM", "6:50 AM"),
    ("8. In total, how long did you sleep?", "5 hours", "7 hours", "7 h 20"),
    ("9. How would you rate the quality of your sleep?", "Very poor", "Good", "Fair"),
    ("10. How rested or refreshed did you feel when you woke up for the day?",
     "Not at all rested", "Well-rested", "Somewhat rested"),
    ("11a. How many times did you nap or doze?", "2 times", "0", "once"),
    ("11b. In total, how long did you nap or doze?", "1 hour 10 min", "N/A", "20 min"),
    ("12a. How many drinks containing alcohol did you have?", "3 drinks", "0", "1"),
    ("12b. What time was your last drink?", "9:20 PM", "N/A", "8 PM"),
    ("13a. How many caffeinated drinks (coffee, tea, soda, energy drinks) did you have?",
     "2 drinks", "2", "none"),
    ("13b. What time was your last drink?", "3:00 PM", "3:30 PM", "N/A"),
    ("14. Did you take any over-the-counter or prescription medication(s) to help you sleep? "
     "If so, list medication(s), dose, and time taken", "Relaxo-Herb 50 mg 11 pm", "same", "none"),
    ("15. Comments (if applicable)", "I have a cold", "", ""),
]  # fmt: skip
EXPECTED = {
    "sol_min": [55, 20, 15], "nawk": [3, 1, 0], "waso_min": [70, 10, 0],
    "tib_min": [545, 520, 500], "spt_min": [370, 430, 445], "tst_min": [300, 420, 440],
    "quality": [1, 4, 3], "rested": [1, 4, 3], "naps": [2, 0, 1], "nap_min": [70, 0, 20],
    "alcohol_drinks": [3, 0, 1], "alcohol_last_h_before_bed": [2 + 1 / 6, NAN, 3],
    "caffeine_drinks": [2, 2, 0], "caffeine_last_h_before_bed": [8.5, 7.5, NAN],
    "tasafa_min": [45, 15, 5], "ema_min": [60, NAN, NAN],
    "relaxo_herb_dose_mg": [50, 50, 0], "relaxo_herb_h_before_bed": [0.5, 0, NAN],
}  # fmt: skip


@pytest.fixture(scope="module")
def nights() -> pd.DataFrame:
    frame = pd.DataFrame({item: answers for item, *answers in ITEMS})
    frame.insert(0, "Date", ["2026-04-05", "2026-04-06", "2026-04-07"])
    with pytest.warns(ss.DiaryWarning, match="evening or the morning"):
        return ss.read_diary(io.StringIO(frame.to_csv(index=False)))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_item(nights, name):
    # hours are counted from trying to sleep: 23:30, 23:00, 23:00
    np.testing.assert_allclose(nights[name].to_numpy(float), EXPECTED[name])


def test_nothing_is_odd_and_medicines_are_read(nights):
    assert nights["problem"].tolist() == ["", "", ""]
    assert nights["relaxo_herb"].tolist() == [True, True, False]
    assert nights["woke_early"].tolist() == [True, False, False]


def test_items_about_the_night_are_no_habits(nights):
    asked = set(ss.correlate(nights, outcomes=["tst_min"])["factor"])
    assert not asked & {"tasafa_min", "woke_early", "ema_min"}
    assert {"alcohol_drinks", "caffeine_drinks", "naps"} <= asked


@pytest.mark.parametrize(
    ("cells", "column", "first"),
    [(["7:30", "6h 45m", "8:00"], "tst_min", 450), (["7.5", "6", "8"], "sleep", 7.5)],
)
def test_a_column_headed_just_sleep(cells, column, first):
    rows = [f"2026-01-0{i};23:00;07:30;{cell}" for i, cell in enumerate(cells, start=5)]
    nights = ss.read_diary(io.StringIO("\n".join(["night;Lights out;Wake;Sleep", *rows])))
    assert nights[column].iloc[0] == first
    asked = ss.correlate(nights, outcomes=["tib_min"])
    assert "sleep" not in set(asked["factor"])  # hours or a rating: no habit in any case
    noted = "hours of sleep or a rating" in " ".join(nights.attrs["sleepstats"]["notes"])
    assert noted == (column == "sleep")
