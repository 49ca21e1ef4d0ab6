"""Numbers and units as a person speaks of them: how many decimals, which step, which word."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_SINGULAR = {"cups": "cup", "drinks": "drink", "units": "unit", "steps": "step"}
_STEPS = {"min": (60.0, 30.0, 10.0)}
#: Unit of a clock time that can be averaged.
CLOCK_UNIT = "h after the evening's midnight"
_DIFFERENCES = {"": "points", "%": "percentage points", "local time": "h", CLOCK_UNIT: "h"}


def difference_unit(unit: str, name: str = "") -> str:
    """Return the unit in which two values of a column differ.

    Parameters
    ----------
    unit : str
        The column's own unit; empty for a rating or a count.
    name : str
        Column name; awakenings are counted, not rated.

    Returns
    -------
    str
        A percentage differs by percentage points, a clock by hours, a rating by points.

    Examples
    --------
    >>> difference_unit("%"), difference_unit(""), difference_unit("min")
    ('percentage points', 'points', 'min')
    """
    if name == "nawk":
        return "awakenings"
    return _DIFFERENCES.get(unit, unit)


def one_unit(unit: str) -> str:
    """Return the unit in the singular; a rating without unit has points.

    Parameters
    ----------
    unit : str
        A column's unit.

    Returns
    -------
    str
        Singular word.

    Examples
    --------
    >>> one_unit("cups"), one_unit(""), one_unit("min")
    ('cup', 'point', 'min')
    """
    return "h" if unit == CLOCK_UNIT else _SINGULAR.get(unit, unit) or "point"


def further(step: float, unit: str) -> str:
    """Return one step more of a numeric factor, in words.

    Parameters
    ----------
    step : float
        Size of the step, see :func:`reading_step`.
    unit : str
        The factor's unit.

    Returns
    -------
    str
        For example ``further cup`` or ``further 30 min``.

    Examples
    --------
    >>> further(1.0, "cups"), further(30.0, "min"), further(1.0, "°C"), further(10.0, "")
    ('further cup', 'further 30 min', 'further 1 °C', 'further 10 points')
    """
    if step == 1.0 and (unit in _SINGULAR or not unit):
        return f"further {one_unit(unit)}"
    return f"further {step:g} {unit or 'points'}"


def reading_step(values: NDArray[np.float64], unit: str) -> float:
    """Choose a step of a numeric factor that a person would speak of.

    Parameters
    ----------
    values : ndarray
        The factor on the nights used.
    unit : str
        Its unit.

    Returns
    -------
    float
        The largest round step (60, 30 or 10 for minutes; 1000, 100 or 10 otherwise) that is at
        most a third of the factor's range; 1 if none is.

    Examples
    --------
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

    Parameters
    ----------
    low, high : float
        Ends of the interval.

    Returns
    -------
    int
        0 to 3.

    Examples
    --------
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
