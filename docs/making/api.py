"""A page for every public name, from its docstring, and ``llms.txt``, the site in one list."""

from __future__ import annotations

import inspect
from pathlib import Path

import sleepstats as ss
from making.writing import write

#: What a person wants, and the names for it, in the order of the work.
GROUPS: dict[str, tuple[str, ...]] = {
    "Read a file": (
        "read_diary", "list_formats", "reading_report", "join_evenings", "add_measures",
        "add_bedtime_deviation", "load_sample", "sample_path", "simulate_nights",
    ),
    "Look at the nights": ("describe_nights", "regularity", "check_nights"),
    "Ask": (
        "answer", "correlate", "associate", "compare", "main_outcomes", "stress_and_sleep",
        "dose_response", "timing_response", "over_time", "interaction", "entangled", "explained",
        "missing_for_a_reason", "nights_needed", "pool_people", "check_claims",
    ),
    "Find out for sure: a trial": ("plan_trial", "analyse_trial"),
    "Show and share": (
        "present", "anonymise", "write_report", "plot_raster", "plot_calendar", "plot_series",
        "plot_association", "plot_difference", "plot_forest", "plot_matrix", "plot_two_way",
        "plot_response", "plot_trial", "theme",
    ),
    "What comes back": (
        "Answer", "Association", "Difference", "BothWays", "Interaction", "Response", "OverTime",
        "Explained", "NightsNeeded", "PeoplePool", "TrialPlan", "TrialResult", "Claim",
        "ClaimsCheck", "DiaryError", "DiaryWarning",
    ),
}  # fmt: skip

INTRO = """\
# All functions

Everything public, with examples that the tests run. `nights` comes first, everything else by
keyword; every function takes any frame that passes [`check_nights`](check_nights.rst). Not sure which
one? [Which function answers my question](../which_function).

"""

LLMS = """\
# sleepstats

> A Python library that reads sleep diaries and tracker exports and says, in minutes and with honest
> intervals, what went with how a person slept. Everything stays on the person's machine. Results say
> "went with", never "caused"; nothing recommends a substance, a dose or a treatment.

Install: `pip install "sleepstats[excel]"`. One command: `sleepstats report FILE`. In Python:

    import sleepstats as ss
    nights = ss.read_diary("export.csv")   # one row per night, units in the column names
    print(ss.answer(nights))               # what went with what, the clearest first
    table = ss.correlate(nights, beside=True)

Rules to keep when using it for a person: `nights` first, then outcome and factor, the rest by keyword; columns of
habits stand in the row of the night that follows them, nothing is ever shifted by hand; a missing
answer is missing, not "no"; never scan lags or drop nights to get a finding; say the interval and the
number of nights with every size; "not found" is not "no difference".

"""


def names() -> dict[str, tuple[str, ...]]:
    """Return the groups with the names that there are; one that stands in no group is an error."""
    public = [name for name in ss.__all__ if name != "__version__"]
    grouped = {name for group in GROUPS.values() for name in group}
    if lost := set(public) - grouped:
        raise LookupError(f"docs/making/api.py has no group for {sorted(lost)}.")
    return {title: tuple(n for n in group if n in public) for title, group in GROUPS.items()}


def first_line(name: str) -> str:
    """Return the first sentence of a name's page."""
    return (inspect.getdoc(getattr(ss, name)) or "").split("\n\n")[0].replace("\n", " ")


def api_pages(made: Path) -> None:
    """Write the list and a page each."""
    parts = [INTRO]
    every = []
    for title, group in names().items():
        parts += [f"## {title}", "", "| name | what it does |", "| --- | --- |"]
        for name in group:
            parts.append(f"| [`{name}`]({name}.rst) | {_plain(first_line(name))} |")
            kind = "autofunction" if inspect.isfunction(getattr(ss, name)) else "autoclass"
            if inspect.isclass(getattr(ss, name)) and issubclass(getattr(ss, name), Exception):
                kind = "autoexception"
            every.append(name)
            write(
                made / "api" / f"{name}.rst",
                f"{name}\n{'=' * len(name)}\n\n.. py:currentmodule:: sleepstats\n\n"
                f".. {kind}:: sleepstats.{name}\n",
            )
        parts.append("")
    parts += ["```{toctree}", ":hidden:", "", *every, "```", ""]
    write(made / "api" / "index.md", "\n".join(parts))


def _plain(text: str) -> str:
    """Take the marks of reStructuredText out of a sentence."""
    import re

    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return text.replace("``", "`").replace("|", "\\|")


def write_llms(docs: Path, out: str | Path) -> None:
    """Write ``llms.txt``: every page with its first words, for programs that read."""
    pages = ["## Pages", ""]
    for page in sorted(docs.glob("*.md")):
        if not (Path(out) / f"{page.stem}.html").exists():
            continue  # read in the repository, not on the site (conf.py, exclude_patterns)
        text = page.read_text(encoding="utf-8").splitlines()
        title = next((line[2:] for line in text if line.startswith("# ")), page.stem)
        pages.append(f"- [{title}]({page.stem}.html)")
    pages += ["", "## Functions", ""]
    for group in names().values():
        pages += [f"- [{name}](api/{name}.html): {_plain(first_line(name))}" for name in group]
    text = LLMS + "\n".join(pages) + "\n"
    (Path(out) / "llms.txt").write_text(text, encoding="utf-8", newline="\n")
