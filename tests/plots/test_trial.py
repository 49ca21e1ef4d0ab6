"""The picture of a trial: what stands where."""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError


@pytest.fixture
def trial():
    def make(design="pairs", outcome="tst_min", effect=50.0, n=48):
        plan = ss.plan_trial(n, seed=7, start="2026-03-02", design=design)
        rng = np.random.default_rng(1)
        nights = pd.DataFrame(
            {
                "tst_min": 420 + 40 * rng.normal(size=n) + effect * plan.first,
                "sol_min": np.exp(2.8 + 0.4 * rng.normal(size=n) - 0.5 * plan.first),
                "midsleep_h": 27 + 0.5 * rng.normal(size=n),
                "done": plan.table["condition"].to_numpy(),
            },
            index=plan.nights,
        )
        nights.loc[nights.index[4], "done"] = "on" if not plan.first[4] else "off"
        nights.loc[nights.index[[8, 9]], "tst_min"] = np.nan
        return ss.analyse_trial(nights, plan, outcome=outcome, draws=999)

    return make


@pytest.fixture
def drawn():
    """Draw a picture to its end, and close it after the test."""
    import matplotlib.pyplot as plt

    def draw(ax):
        ax.figure.canvas.draw()
        return ax

    yield draw
    plt.close("all")


def marked(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def test_every_night_stands_where_it_was(trial, drawn):
    result = trial()
    ax = drawn(ss.plot_trial(result))
    first, second = (line for line in marked(ax, "o"))
    assert len(first.get_xdata()) == result.n_first
    assert len(second.get_xdata()) == result.n_second
    assert second.get_markerfacecolor() == "white"  # told apart without colour
    assert first.get_ydata().mean() == pytest.approx(result.mean_first)
    assert [len(line.get_xdata()) for line in marked(ax, "x")] == [1]
    assert [len(line.get_xdata()) for line in marked(ax, "|")] == [2]
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == [
        f"planned “on” ({result.n_first} nights)", f"planned “off” ({result.n_second} nights)",
        "the other was done (1 night)", "no outcome (2 nights)",
    ]  # fmt: skip
    # on one night the other was done, so the picture does not say "caused" either
    assert "went with" in ax.get_title(loc="left") + ax.get_title()


def test_the_difference_is_drawn_on_the_same_scale(trial, drawn):
    result = trial()
    ax = drawn(ss.plot_trial(result))
    (side,) = ax.child_axes
    (dot,) = marked(side, "o")
    assert dot.get_ydata()[0] == pytest.approx(result.effect)
    assert dot.get_markerfacecolor() != "white"
    low, high = ax.get_ylim()
    assert side.get_ylim() == pytest.approx((low - result.mean_second, high - result.mean_second))
    bar = next(line for line in side.lines if line.get_linewidth() == 2)
    assert tuple(bar.get_ydata()) == pytest.approx((result.effect_low, result.effect_high))


def test_not_found_is_hollow(trial, drawn):
    ax = drawn(ss.plot_trial(trial(effect=0.0)))
    (dot,) = marked(ax.child_axes[0], "o")
    assert dot.get_markerfacecolor() == "white"


@pytest.mark.parametrize("design", ["blocks", "free"])
@pytest.mark.parametrize("outcome", ["tst_min", "sol_min", "midsleep_h"])
def test_every_design_and_scale_can_be_drawn(trial, drawn, design, outcome):
    ax = drawn(ss.plot_trial(trial(design, outcome)))
    label = ax.child_axes[0].get_xlabel().replace("\n", " ")
    unit = "min on a typical night" if outcome == "sol_min" else "min"
    assert label == f"“on” minus “off” ({unit})"


def test_a_refused_trial_shows_its_nights(trial, drawn):
    plan = ss.plan_trial(48, seed=7, start="2026-03-02")
    nights = pd.DataFrame({"tst_min": [400.0, 420, 410, 430]}, index=plan.nights[:4])
    result = ss.analyse_trial(nights, plan, outcome="tst_min")
    ax = drawn(result.plot())
    assert not ax.child_axes
    assert ax.get_ylabel() == "Total sleep time (min)"


def test_it_draws_into_given_axes_and_takes_looks(trial):
    import matplotlib.pyplot as plt

    figure, given = plt.subplots()
    assert ss.plot_trial(trial(), ax=given, markersize=3) is given
    assert marked(given, "o")[0].get_markersize() == 3
    plt.close(figure)


def test_something_else_is_refused(trial):
    with pytest.raises(DiaryError) as raised:
        ss.plot_trial(trial().data)
    assert str(raised.value) == (
        "plot_trial() got a DataFrame, expected what analyse_trial() returned."
    )
