"""The theme leaves no trace, and the small shared pieces do what their names say."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from sleepstats.plots import style


def test_theme_ends_with_its_block() -> None:
    before = mpl.rcParams.copy()
    with style.theme():
        assert mpl.rcParams["axes.titlelocation"] == "left"
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"][0] == "#0072b2"
    assert dict(mpl.rcParams) == dict(before)


def test_theme_ends_by_an_error_too() -> None:
    before = mpl.rcParams.copy()
    with pytest.raises(RuntimeError), style.theme():
        raise RuntimeError
    assert dict(mpl.rcParams) == dict(before)


def test_colours_are_okabe_and_itos() -> None:
    # Okabe & Ito (2008): blue, sky blue, orange, vermillion
    assert (style.SLEEP, style.IN_BED, style.EXPOSED, style.ATTENTION) == (
        "#0072b2", "#56b4e9", "#e69f00", "#d55e00",
    )  # fmt: skip


@pytest.mark.parametrize("alias", ["c", "color"])
def test_a_readers_colour_wins_in_either_spelling(alias: str) -> None:
    ours = {"markerfacecolor": "red", "color": "red", "markersize": 3}
    assert style.styled(ours, {alias: "k"}, Line2D) == {"color": "k", "markersize": 3}


def test_a_readers_colour_wins_over_our_faces() -> None:
    assert style.styled({"facecolor": "red"}, {"c": "k"}, PolyCollection) == {"color": "k"}
    assert style.styled({"facecolor": "red"}, {"fc": "k"}, PolyCollection) == {"facecolor": "k"}


def test_the_same_option_twice_is_refused() -> None:
    with pytest.raises(TypeError, match="aliases of one another"):
        style.styled({}, {"lw": 1, "linewidth": 2}, Line2D)


def test_sideways_shifts_repeat_and_stay_inside() -> None:
    shifts = style.spread(500, 0.14)
    np.testing.assert_array_equal(shifts, style.spread(500, 0.14))
    assert float(np.abs(shifts).max()) <= 0.14


def test_signed() -> None:
    words = [style.signed(v, 1) for v in (12.34, -12.34, 0.04, -0.04)]
    assert words == ["+12.3", "−12.3", "0.0", "0.0"]
    assert style.signed(3, 0, plus=False) == "3"


def test_count_of() -> None:
    assert [style.count_of(n) for n in (0, 1, 2000)] == ["0 nights", "1 night", "2,000 nights"]


def test_a_long_sentence_is_broken_into_even_lines() -> None:
    ax = style.axes_or_new(None, 6, 3)
    style.title(ax, "word " * 40)
    lengths = [len(line) for line in ax.get_title().splitlines()]
    assert len(lengths) > 1
    assert max(lengths) - min(lengths) <= 20


def test_given_axes_are_used() -> None:
    ax = style.axes_or_new(None, 4, 3)
    assert style.axes_or_new(ax, 9, 9) is ax
    assert ax.figure.get_layout_engine() is not None
    assert tuple(ax.figure.get_size_inches()) == (4, 3)
