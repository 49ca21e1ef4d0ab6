"""The theme leaves no trace, and the small shared pieces do what their names say."""

from __future__ import annotations

import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.lines import Line2D
from matplotlib.typing import ColorType

import sleepstats as ss
from sleepstats import plots as style
from sleepstats.errors import DiaryError
from sleepstats.units import signed


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
    words = [signed(v, 1) for v in (12.34, -12.34, 0.04, -0.04)]
    assert words == ["+12.3", "−12.3", "0.0", "0.0"]
    assert signed(3, 0, plus=False) == "3"


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


# ---- the looks


@pytest.fixture
def nights() -> pd.DataFrame:
    return ss.simulate_nights(60, seed=1)[0]


def ground(ax: Axes) -> np.ndarray:
    """Return what the picture stands on: red, green, blue, and whether there is anything."""
    return np.array([*to_rgba(ax.figure.get_facecolor())])


def luminance(colour: ColorType) -> float:
    """Relative luminance of WCAG 2.1, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    part = np.array(to_rgba(colour)[:3])
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: ColorType, other: ColorType) -> float:
    """Contrast ratio of WCAG 2.1."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def over(colour: ColorType, ground: ColorType) -> ColorType:
    """Return what is seen of a colour on a ground: alpha * colour + (1 - alpha) * ground."""
    *part, alpha = to_rgba(colour)
    return tuple(
        alpha * one + (1 - alpha) * other
        for one, other in zip(part, to_rgba(ground)[:3], strict=True)
    )  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("look", "page"),
    # the pages of JupyterLab, light and dark, and of VS Code, dark
    [("light", "white"), ("dark", "#111111"), ("both", "white"), ("both", "#111111"),
     ("both", "#1e1e1e")],
)  # fmt: skip
def test_text_can_be_read_on_what_it_stands_on(look: str, page: str) -> None:
    colours = style._LOOKS[look]
    paper = over(colours["PAPER"], page)
    panel = over(colours["SHADE"], paper)
    for name in ("INK", "GREY"):  # AA for text is 4.5; "not measured" stands on a panel
        assert min(contrast(colours[name], on) for on in (paper, panel)) >= 4.5, name
    for name in ("SLEEP", "ATTENTION"):  # AA for what is no text: 3
        assert contrast(colours[name], paper) >= 3, name


@pytest.mark.parametrize("page", ["white", "#111111"])
def test_bands_show_on_white_and_on_the_black_of_a_notebook(page: str) -> None:
    for look in ("both", "dark" if page == "#111111" else "both"):
        colours = style._LOOKS[look]
        paper = over(colours["PAPER"], page)
        assert contrast(over(colours["SHADE"], paper), paper) > 1.2
        # the interval round a line is its ink at 0.22, the shortest night of a calendar blue at 0.3
        for name, alpha in (("INK", 0.22), ("SLEEP", 0.3)):
            faint = (*to_rgba(colours[name])[:3], alpha)
            assert contrast(over(faint, paper), paper) > 1.4, name


def test_a_theme_without_a_block_is_in_force_until_the_next(nights: pd.DataFrame) -> None:
    with mpl.rc_context():
        style.theme("dark")
        ax = ss.plot_series(nights)
        assert to_hex(ax.figure.get_facecolor()) == "#111111"
        assert to_hex(ax.xaxis.label.get_color()) == style._LOOKS["dark"]["INK"]
        style.theme("light")
        assert to_hex(ss.plot_series(nights).figure.get_facecolor()) == "#ffffff"
    assert style._LOOKS["light"]["INK"] == style.INK  # outside of a picture


def test_a_decorated_function_draws_in_the_theme_at_each_call(nights: pd.DataFrame) -> None:
    before = mpl.rcParams.copy()

    @style.theme("dark")
    def draw() -> Axes:
        return ss.plot_series(nights)

    for _ in range(2):
        assert dict(mpl.rcParams) == dict(before)
        assert to_hex(draw().figure.get_facecolor()) == "#111111"


def test_an_unknown_look_is_answered_with_the_near_one() -> None:
    with pytest.raises(DiaryError) as raised:
        style.theme("drak")
    assert str(raised.value) == (
        "theme('drak'): there is no such look. Did you mean 'dark'? "
        "Expected 'light', 'dark', 'both'."
    )


def test_pictures_follow_a_dark_style_of_matplotlibs_own(nights: pd.DataFrame) -> None:
    with plt.style.context("dark_background"):
        ax = ss.plot_difference(nights, "tst_min", "late_meal")
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert {to_hex(line.get_color()) for line in dots} & {style._LOOKS["dark"]["INK"]}


def test_pictures_follow_the_figure_they_are_given(nights: pd.DataFrame) -> None:
    figure, given = plt.subplots(facecolor="#222222")
    given.set_facecolor("#222222")
    ss.plot_association(nights, "tst_min", "stress", ax=given)
    labels = [*given.get_xticklabels(), *given.get_yticklabels()]
    assert {to_hex(label.get_color()) for label in labels} == {style._LOOKS["dark"]["INK"]}
    assert to_hex(figure.get_facecolor()) == "#222222"


def test_a_notebook_without_a_style_gets_what_fits_light_and_dark(
    nights: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, "_INLINE", (mpl.rcParams["backend"],))
    before = mpl.rcParams.copy()
    ax = ss.plot_series(nights)
    # a veil of white, seen as white and as light grey; below one half Jupyter lays white behind it
    assert 0.5 < ground(ax)[3] < 1
    inline = pytest.importorskip("matplotlib_inline.backend_inline")
    assert inline._fetch_figure_metadata(ax.figure) is None  # nothing white is laid behind it
    assert to_hex(ax.xaxis.label.get_color()) == style._LOOKS["both"]["INK"]
    assert dict(mpl.rcParams) == dict(before)
    with plt.style.context("dark_background"):  # what the person chose wins
        assert to_hex(ss.plot_series(nights).figure.get_facecolor()) == "#000000"


@pytest.mark.parametrize(
    ("prompt", "backend", "ipython", "shown"),
    [
        (True, "QtAgg", False, 1),
        (False, "QtAgg", False, 0),  # a script calls plt.show() itself
        (True, "agg", False, 0),  # nothing to show it with
        (True, "QtAgg", True, 0),
    ],
)
def test_a_new_picture_is_shown_at_pythons_own_prompt(
    nights: pd.DataFrame, monkeypatch: pytest.MonkeyPatch,
    prompt: bool, backend: str, ipython: bool, shown: int,
) -> None:  # fmt: skip
    calls: list[object] = []
    monkeypatch.setattr(plt, "show", lambda **how: calls.append(how))
    monkeypatch.setattr(mpl, "get_backend", lambda: backend)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    if ipython:
        monkeypatch.setitem(sys.modules, "IPython", object())
    if prompt:
        monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    ax = ss.plot_series(nights)
    ss.plot_series(nights, ax=ax)  # the reader's own figure is the reader's to show
    assert calls == [{"block": False}] * shown
