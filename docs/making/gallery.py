"""Every picture the library draws, each drawn by the lines that stand beside it."""

from __future__ import annotations

import warnings
from pathlib import Path
from textwrap import dedent

import sleepstats as ss
from making.writing import write

#: Every picture is drawn twice, and the page shows the one that fits its colours.
LOOKS = {"light": "", "dark": "-dark"}
INTRO = """\
# Gallery

Every picture, with the lines that drew it when this page was built. `nights` is the sample diary:

```python
import sleepstats as ss

nights = ss.load_sample("diary")
```

A picture shows what a result holds and computes nothing of its own. Each takes `ax=` to be drawn
into a figure of yours, and `with ss.theme():` gives the library's looks to all that is drawn within.

"""

#: Name of the function -> the question, and the lines that draw it; the last line is the Axes.
PICTURES: dict[str, tuple[str, str]] = {
    "plot_raster": ("When did I sleep?", "ss.plot_raster(nights)"),
    "plot_calendar": (
        "On which days did I sleep long?",
        'ss.plot_calendar(nights, outcome="tst_min")',
    ),
    "plot_series": (
        "How did one measure go over the weeks?",
        'ss.plot_series(nights, outcome="tst_min")',
    ),
    "plot_matrix": (
        "Everything with everything: what stood out?",
        "ss.plot_matrix(ss.correlate(nights))",
    ),
    "plot_forest": (
        "How large is each difference, and how sure?",
        'ss.plot_forest(ss.correlate(nights, outcomes="tst_min"))',
    ),
    "plot_difference": (
        "Nights with a habit against nights without it",
        'ss.plot_difference(nights, outcome="tst_min", factor="late_meal")',
    ),
    "plot_association": (
        "More of something: longer or shorter sleep?",
        'ss.plot_association(nights, outcome="tst_min", factor="stress")',
    ),
    "plot_two_way": (
        "Stress before the night, or the night before stress?",
        "ss.plot_two_way(ss.stress_and_sleep(nights))",
    ),
    "plot_response": (
        "Does it matter how much?",
        'ss.plot_response(ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks"))',
    ),
    "plot_trial": (
        "What did my own trial show?",
        """
        plan = ss.plan_trial(56, seed=7, start="2026-03-02")
        mine, _ = ss.simulate_nights(56, seed=3, start="2026-03-02")
        ss.plot_trial(ss.analyse_trial(mine, plan, outcome="tst_min"))
        """,
    ),
}
#: Pictures that results draw of themselves and that have no function of their own.
OF_RESULTS: dict[str, tuple[str, str]] = {
    "pool_people": (
        "Do several people agree?",
        """
        import pandas as pd

        diaries = {name: ss.simulate_nights(60, seed=n)[0] for n, name in enumerate("abcdef")}
        people = pd.concat(diaries, names=["person", "night"])
        ss.pool_people(people, outcome="tst_min", factor="stress").plot()
        """,
    ),
    "over_time": (
        "Did it wear off?",
        """
        import numpy as np

        courses, _ = ss.simulate_nights(120, seed=5)
        courses["tea"] = (np.arange(len(courses)) // 15) % 2 == 1
        ss.over_time(courses, outcome="tst_min", factor="tea").plot()
        """,
    ),
}


def gallery_page(made: Path) -> None:
    """Draw all and write the page."""
    drawn = {name for name in ss.__all__ if name.startswith("plot_")}
    if missing := drawn ^ set(PICTURES):
        raise LookupError(f"docs/making/gallery.py and the package differ in {missing}.")
    pictures = dict(PICTURES)
    if hasattr(ss.Answer, "plot"):
        pictures = {"answer": ("What did my diary say, in one picture?", "ss.answer(nights).plot()"),
                    **pictures}  # fmt: skip
    pictures |= OF_RESULTS
    parts = [INTRO]
    for name, (question, lines) in pictures.items():
        code = dedent(lines).strip()
        for look, ending in LOOKS.items():
            draw(code, made / "gallery" / f"{name}{ending}.png", look)
        parts += [
            f"## {question}", "", f"```python\n{code}\n```", "",
            f"![{question}](gallery/{name}.png)", "", f"[`{name}`](api/{name})", "",
        ]  # fmt: skip
    write(made / "gallery.md", "\n".join(parts))


def draw(code: str, path: Path, look: str) -> None:
    """Run the lines and save what the last one drew."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    *before, last = code.rsplit("\n", 1)
    room: dict[str, object] = {"ss": ss, "nights": ss.load_sample("diary")}
    with warnings.catch_warnings(), ss.theme(look):
        warnings.simplefilter("error")
        exec("\n".join(before), room)
        ax = eval(last, room)
        figure = getattr(ax, "figure", ax)
        about = {"Software": None}
        figure.savefig(path, dpi=110, bbox_inches="tight", transparent=True, metadata=about)
    plt.close("all")
