"""What answers are made of: nobody writes into them, and a question asked bare is asked as the
documentation says.

Expected: the documentation's defaults (95 %, HC2, Pearson, Benjamini-Hochberg, week and drift), and
Python's own rules for objects that hold arrays (two of them cannot be told equal by ``==``).
"""

import dataclasses
import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest

from sleepstats import inference
from sleepstats.inference import (
    beside,
    gls_slopes,
    guards,
    habit_columns,
    information,
    looks,
    none_alone,
    randomisation,
    shrinkage,
    together,
)

MODULES = [inference] + [
    import_module(f"{inference.__name__}.{one.name}")
    for one in pkgutil.iter_modules(inference.__path__)
]
OBJECTS = {
    one.__name__: one
    for module in MODULES
    for one in vars(module).values()
    if dataclasses.is_dataclass(one) and one.__module__ == module.__name__
}
ASKED = {
    f"{module.__name__.split('.')[-1]}.{one.__name__}": inspect.signature(one).parameters
    for module in MODULES
    for one in vars(module).values()
    if inspect.isfunction(one) and one.__module__ == module.__name__
}


def test_an_answer_is_never_written_into():
    """But for the search for what a habit goes with, which is a record of what was tried."""
    assert {name for name, one in OBJECTS.items() if not one.__dataclass_params__.frozen} == {
        "_Search"
    }


@pytest.mark.parametrize(
    "name",
    ["_Ready", "BesideTable", "_Search", "Cleared", "Habits", "Expected", "Nights", "Question",
     "Shapes", "Whitened"],
)  # fmt: skip
def test_tables_of_arrays_are_the_same_only_as_themselves(name):
    assert OBJECTS[name].__eq__ is object.__eq__
    assert OBJECTS[name].__hash__ is object.__hash__


def test_single_answers_are_equal_where_their_numbers_are():
    one = inference.Slope(1.0, 0.0, 2.0, 0.5, 9.0, 30, 4, 0.3, 0.1, "")
    assert one == dataclasses.replace(one)
    assert one != dataclasses.replace(one, n=31)


def test_what_is_kept_for_later_is_not_printed():
    rng = np.random.default_rng(1)
    table = gls_slopes(rng.normal(size=(40, 1)), rng.normal(size=(40, 1)), np.ones((40, 1)),
                       np.arange(40))  # fmt: skip
    assert table.mixtures
    assert "mixtures" not in repr(table)
    assert [one.name for one in dataclasses.fields(beside.BesideTable) if not one.repr] == [
        "nights"
    ]


def test_every_interval_is_one_of_95_percent_unless_asked_otherwise():
    levels = {
        name: values["level"].default
        for name, values in ASKED.items()
        if "level" in values and values["level"].default is not inspect.Parameter.empty
    }
    assert len(levels) >= 18
    assert set(levels.values()) == {0.95}


@pytest.mark.parametrize(
    ("function", "bare"),
    [
        (inference.gls_slopes, {"se": "hc2"}),
        (inference.gls_slope, {"se": "hc2"}),
        (inference.gls_tables, {"se": "hc2", "cells": None}),
        (guards.calendar_controls,
         {"adjust": ("weekday", "trend"), "used": None, "each_weekday": False}),
        (habit_columns.ready_habits,
         {"habit": None, "apart": None, "adjust": ("weekday", "trend"), "always": None,
          "each_weekday": False}),
        (information.effective_correlation, {"method": "pearson"}),
        (information.effective_correlations, {"method": "pearson"}),
        (information.correlations_of, {"method": "pearson"}),
        (information.expected_information, {"adjust": ("weekday", "trend"), "kurtosis": None}),
        (none_alone.adjust_pvalues, {"family": "bh"}),
        (beside.goes_with, {"above": 0.05}),
        (randomisation.randomisation_test, {"everything": False}),
        (randomisation.compare, {"scale": 0.0, "least": 256}),
        (looks.compare_looks, {"everything": False, "final": True}),
        (looks.looks_test, {"asked": 0.0, "hardly": 0.0}),
        (shrinkage.best_guesses, {"ends": True}),
    ],
)  # fmt: skip
def test_a_bare_question_is_the_documented_one(function, bare):
    told = inspect.signature(function).parameters
    for name, value in bare.items():
        assert told[name].default == value
        assert type(told[name].default) is type(value)


def test_what_is_not_told_of_one_answer():
    """No look crossed, no chance asked about; no degrees of freedom where nothing was estimated."""
    told = {one.name: one.default for one in dataclasses.fields(randomisation.Randomised)}
    assert told["crossed"] == 0
    assert np.isnan(told["left"])
    assert np.isnan(together._nothing("constant", 9, 2).df)
