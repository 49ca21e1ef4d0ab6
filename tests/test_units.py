"""Units and numbers in words: what a person would say, written down by hand."""

import pandas as pd
import pytest

from sleepstats.units import (
    CLOCK_UNIT,
    counted,
    difference_unit,
    further,
    in_words,
    one_unit,
    per_step,
)


@pytest.mark.parametrize(
    ("unit", "said"),
    [("%", "percentage points"), ("", "points"), ("min", "min"), (CLOCK_UNIT, "h")],
)
def test_two_values_differ_in(unit, said):
    assert difference_unit(unit) == said


def test_awakenings_are_counted():
    assert difference_unit("", "nawk") == "awakenings"
    assert counted(1, "night") == "1 night"
    assert counted(0, "night") == "0 nights"


@pytest.mark.parametrize(
    ("step", "unit", "label", "per", "more"),
    [
        (1.0, "cups", "coffee", "cup", "further cup of coffee"),
        (30.0, "min", "screens", "30 min", "further 30 min of screens"),
        (1.0, "", "stress", "point", "further point of stress"),
        (1.0, "", "coffees", "coffee", "further coffee"),
        (1.0, "glasses", "glasses of wine", "glass", "further glass of wine"),
        (1.0, "", "Coffees", "coffee", "further Coffee"),
        (
            1.0,
            "h before bed",
            "last coffee",
            "hour earlier",
            "hour earlier before the same bed time for last coffee",
        ),
        (1000.0, "", "steps", "1000 steps", "further 1000 steps"),
        # points are those of a rating; glasses of wine, or pieces of chocolate, are none
        (1.0, "", "wine", "one more", "further one of wine"),
        (10.0, "", "chocolate", "10 more", "further 10 of chocolate"),
        (1.0, "", "Gin tonic", "one more", "further one of Gin tonic"),
        (1.0, "", "energy level", "point", "further point of energy level"),
        (10.0, "", "mood", "10 points", "further 10 points of mood"),
    ],
)
def test_a_step_in_words(step, unit, label, per, more):
    assert per_step(step, unit, label) == per
    assert further(step, unit, label) == more


def test_a_step_on_the_clock_is_an_hour():
    assert one_unit(CLOCK_UNIT) == "hour later"
    assert further(2.0, CLOCK_UNIT, "last coffee") == "2 hours later for last coffee"


def test_the_numbers_of_a_result_are_read_with_their_range_and_unit():
    """By hand: a width of 42 needs no decimals, one of 3.4 needs one; a minus as wide as a plus."""
    frame = pd.DataFrame(
        {
            "at": ["without", "with"], "n": [77, 23], "effect": [-39.47, 1.24],
            "effect_low": [-60.8, -0.5], "effect_high": [-18.34, 2.9], "effect_unit": "min",
            "pvalue": [3.384e-05, 0.888], "share": [0.3627, float("nan")],
            "recorded": [341.6, float("nan")],
        }
    )  # fmt: skip
    assert in_words(frame).to_dict("list") == {
        "at": ["without", "with"],
        "nights": ["77", "23"],
        "difference": ["−39 min [−61, −18]", "1.2 min [−0.5, 2.9]"],
        "p": ["below 0.001", "0.89"],
        "nights with it": ["36 %", ""],
        "recorded": ["342", ""],
    }
