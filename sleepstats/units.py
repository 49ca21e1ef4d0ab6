"""Numbers and units as a person speaks of them: how many decimals, which step, which word."""

from __future__ import annotations

import math

import numpy as np

from sleepstats.arrays import Floats

_SINGULAR = {"cups": "cup", "drinks": "drink", "units": "unit", "steps": "step"}
_STEPS = {"min": (60.0, 30.0, 10.0)}
#: Unit of a clock time that can be averaged.
CLOCK_UNIT = "h after the evening's midnight"
_DIFFERENCES = {"": "points", "%": "percentage points", "local time": "h", CLOCK_UNIT: "h"}


def difference_unit(unit: str, name: str = "") -> str:
    """Return the unit in which two values of a column differ.

    >>> difference_unit("%"), difference_unit(""), difference_unit("min")
    ('percentage points', 'points', 'min')
    """
    if name == "nawk":
        return "awakenings"
    return _DIFFERENCES.get(unit, unit)


def one_unit(unit: str, label: str = "") -> str:
    """Return one unit of a numeric factor, in words.

    >>> one_unit("cups"), one_unit("", "stress"), one_unit("", "coffees"), one_unit("min")
    ('cup', 'point', 'one', 'min')
    """
    if unit == CLOCK_UNIT:
        return "h later"
    if not unit:
        return "one" if _is_plural(label) else "point"
    return _SINGULAR.get(unit, unit)


def per_step(step: float, unit: str, label: str = "") -> str:
    """Return a step of a numeric factor, as it stands after "per".

    >>> per_step(1.0, "cups"), per_step(30.0, "min"), per_step(1000.0, "", "steps")
    ('cup', '30 min', '1000')
    """
    if step == 1.0:
        return one_unit(unit, label)
    counted_unit = unit or ("" if _is_plural(label) else "points")
    return f"{step:g} {counted_unit}".strip()


def further(step: float, unit: str, label: str) -> str:
    """Return one step more of a numeric factor, in words.

    >>> further(1.0, "cups", "coffee"), further(30.0, "min", "screens")
    ('further cup of coffee', 'further 30 min of screens')
    >>> further(1.0, "", "stress"), further(1000.0, "", "steps")
    ('further point of stress', 'further 1000 of steps')
    >>> further(1.0, "h before bed", "last coffee"), further(1.0, "°C", "bedroom")
    ('hour earlier before bed for last coffee', 'further °C of bedroom')
    """
    if unit == "h before bed":
        return f"{_hours(step)} earlier before bed for {label}"
    if unit == CLOCK_UNIT:
        return f"{_hours(step)} later for {label}"
    return f"further {per_step(step, unit, label)} of {label}"


def _hours(step: float) -> str:
    return "hour" if step == 1.0 else f"{step:g} hours"


def _is_plural(label: str) -> bool:
    """Guess from its ending whether a label counts things."""
    return label.endswith("s") and not label.endswith("ss")


def reading_step(values: Floats, unit: str) -> float:
    """Choose a step of a numeric factor that a person would speak of.

    >>> reading_step(np.array([0.0, 95.0, 180.0]), "min")
    60.0
    >>> reading_step(np.array([0.0, 4.0]), "cups")
    1.0
    """
    width = float(np.max(values) - np.min(values)) if len(values) else 0.0
    steps = _STEPS.get(unit, (1000.0, 100.0, 10.0))
    return next((step for step in steps if step <= width / 3.0), 1.0)


def decimals(low: float, high: float) -> int:
    """Return how many decimals an interval deserves: none when it is five units wide or more.

    >>> decimals(-35.0, -11.0), decimals(-0.8, 0.4), decimals(0.01, 0.05)
    (0, 1, 3)
    """
    width = high - low
    if not math.isfinite(width) or width >= 5:
        return 0
    if width >= 0.5:
        return 1
    return 2 if width >= 0.05 else 3


def counted(n: int, word: str) -> str:
    """Return a count with its noun: ``1 night``, ``2 nights``."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
