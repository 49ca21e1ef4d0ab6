"""Both directions on one scale, with the result's own numbers."""

import numpy as np
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError


@pytest.fixture(scope="module")
def nights():
    return ss.simulate_nights(150, seed=7)[0]


def test_both_directions_and_their_numbers(nights):
    both = ss.stress_and_sleep(nights, outcomes=["tst_min", "sol_min"])
    ax = both.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "The day → the night after it", "Total sleep time", "Sleep onset latency",
        "The night → the day after it", "Stress by total sleep time",
        "Stress by sleep onset latency",
    ]  # fmt: skip
    assert ax.get_title().replace("\n", " ") == both.said()
    one = both.to_night[0]
    dots = {round(line.get_ydata()[0]): line for line in ax.lines if line.get_marker() == "o"}
    scale = one.data["stress"].std() / one.data["tst_min"].std()
    assert dots[1].get_xdata()[0] == pytest.approx(one.effect * scale)
    assert (dots[1].get_markerfacecolor() == "white") == (one.status != "found")
    log = np.log(np.maximum(both.to_night[1].data["sol_min"], 2.5))
    scale = both.to_night[1].data["stress"].std() / log.std()
    expected = np.log(both.to_night[1].ratio) * scale
    assert dots[2].get_xdata()[0] == pytest.approx(expected)
    assert "times per point" in ax.texts[1].get_text()


def test_a_long_name_is_cut_before_what_tells_rows_apart(nights):
    """Two rows read "I worried about work money and the family in the evening 0 10 by …"."""
    name = "i_worried_about_work_money_and_the_family_in_the_evening"
    both = ss.stress_and_sleep(
        nights.rename(columns={"stress": name}), stress=name, outcomes=["tst_min", "sol_min"]
    )
    rows = [label.get_text() for label in both.plot().get_yticklabels()][-2:]
    assert [row.splitlines()[-1] for row in rows] == [
        "by total sleep time", "by sleep onset latency",
    ]  # fmt: skip


def test_refused_questions_say_why(nights):
    both = ss.stress_and_sleep(nights.iloc[:12], outcomes="tst_min")
    ax = both.plot()
    words = [text.get_text() for text in ax.texts]
    assert "not asked: too few nights" in words
    assert "No question could be drawn; the reasons stand on the right." in words


def test_something_else_is_an_error(nights):
    with pytest.raises(DiaryError) as raised:
        ss.plot_two_way(nights)
    assert str(raised.value) == (
        "plot_two_way() got a DataFrame, expected what stress_and_sleep() returned."
    )
