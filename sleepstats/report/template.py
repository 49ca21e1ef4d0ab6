"""The cells of a report: what is asked, in which order, in which words.

A report is an ordinary notebook. Its code is what a person would type, so that they can go on from
it; its prose says what to look for before each step. Nothing here reads or computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

from sleepstats.answers.findings import A_COIN
from sleepstats.errors import harmless

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Contents:
    """What the report of one diary has to hold."""

    #: The diary's name in Markdown, for the heading.
    file: str
    #: Code that reads it, without the assignment.
    load: str
    #: The measures asked about.
    outcomes: tuple[str, ...]
    #: Those of them about which at least one question could be asked.
    asked: tuple[str, ...]
    #: Whether there is something to say about any row of the file.
    has_odd_rows: bool
    #: Whether there was any question at all.
    has_table: bool
    #: Whether bars can be drawn on the clock.
    has_clocks: bool
    #: The questions to look at closely, the clearest first, each with its answer.
    closely: tuple[tuple[str, str, str, str], ...]
    #: Names and versions, for the last section.
    made_with: str
    #: File name of the notebook, for the last section.
    notebook: str


def build_notebook(contents: Contents) -> NotebookNode:
    """Return the report's notebook, not yet executed."""
    from nbformat import v4

    notebook: NotebookNode = v4.new_notebook()
    notebook.cells = [
        *_top(contents),
        *_reading(contents),
        *_nights(contents),
        *(_questions(contents) if contents.has_table else ()),
        _prose("limits", LIMITS),
        _prose("method", METHOD.format(made_with=contents.made_with)),
        _prose("next", NEXT.format(notebook=as_code(contents.notebook))),
    ]
    return notebook


def _top(contents: Contents) -> Iterator[NotebookNode]:
    yield _prose(
        "title",
        f"# What went with your sleep\n\nMade from {contents.file}. Everything was "
        "worked out on this computer; nothing was sent anywhere.",
    )
    load = [
        "import sleepstats as ss",
        "",
        '%config InlineBackend.figure_formats = ["retina"]',
        f"nights = {contents.load}",
        f"answer = ss.answer(nights, outcomes={list(contents.outcomes)!r})",
    ]
    yield _code("load", *load)
    yield _code("answer", "answer", tags=["answer"])
    if contents.asked:
        latency = LATENCY if "sol_min" in contents.asked else ""
        yield _prose("how-to-read", HOW_TO_READ + latency)


def _reading(contents: Contents) -> Iterator[NotebookNode]:
    yield _prose("read", "## What was read")
    yield _code("read-summary", "answer.read")
    if contents.has_odd_rows:
        yield _prose("odd", ODD)
        yield _code("odd-rows", "answer.odd", tags=["small"])


def _nights(contents: Contents) -> Iterator[NotebookNode]:
    yield _prose("nights", "## How you sleep")
    yield _code("nights-summary", "answer.sleep")
    yield _prose("measures", MEASURES)
    yield _code("measures-table", "answer.measures")
    if contents.has_clocks:
        yield _prose("raster", RASTER)
        yield _code("raster-picture", "with ss.theme():", "    ss.plot_raster(nights)",
                    alt="One bar for each night on the clock, from noon to noon.")  # fmt: skip
    if contents.outcomes:
        yield _prose("series", SERIES)
    for outcome in contents.outcomes:
        yield _code(
            f"series-{_id(outcome)}",
            "with ss.theme():", f"    ss.plot_series(nights, outcome={outcome!r})",
            alt=f"{outcome} of every night over the calendar.",
        )  # fmt: skip


def _questions(contents: Contents) -> Iterator[NotebookNode]:
    yield _prose("questions", QUESTIONS if contents.asked else "## What was asked")
    for outcome in contents.asked:
        yield _code(
            f"forest-{_id(outcome)}",
            "with ss.theme():",
            f"    ss.plot_forest(answer.table[answer.table.outcome == {outcome!r}])",
            alt=f"Every question about {outcome}: best guess and interval, one line each.",
        )
    if contents.asked:
        yield _prose("closely", CLOSELY if contents.closely else NOTHING_CLOSELY)
    for outcome, factor, kind, sentence in contents.closely:
        ask, draw = _CLOSE_BY_KIND.get(kind, ("associate", "plot_association"))
        yield _code(
            f"closely-{_id(outcome)}-{_id(factor)}",
            f"one = ss.{ask}(nights, outcome={outcome!r}, factor={factor!r})",
            "with ss.theme():",
            f"    ss.{draw}(one)",
            alt=sentence,
        )
    yield _prose("table", TABLE)
    yield _code("table-all", "ss.present(answer.table)", tags=["unnumbered"])


#: How a factor of this kind is looked at closely.
_CLOSE_BY_KIND = {"yes/no": ("compare", "plot_difference")}


def _prose(name: str, text: str) -> NotebookNode:
    from nbformat import v4

    cell: NotebookNode = v4.new_markdown_cell(text, id=name)
    return cell


def _code(name: str, *lines: str, tags: Sequence[str] = (), alt: str = "") -> NotebookNode:
    from nbformat import v4

    metadata: Mapping[str, Any] = {
        **({"tags": list(tags)} if tags else {}),
        **({"alt": alt} if alt else {}),
    }
    cell: NotebookNode = v4.new_code_cell("\n".join(lines), id=name[:64], metadata=metadata)
    return cell


def _id(name: str) -> str:
    """Return a column name as part of a cell id."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)


def as_code(text: str) -> str:
    """Return text in as many backticks as Markdown needs to show it as it is."""
    text = harmless(text, lines=False)  # a blank line would end the paragraph and the backticks
    ticks = "`"
    while ticks in text:
        ticks += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


HOW_TO_READ = """\
**How to read this.** “Went with” is meant literally: this is what the nights show, not that one
thing made the other happen. Habits travel together, so each was also asked with the others held
equal: what *stands* is still there then; what does not stand goes along with another habit, which
is named. The *best guess* is smaller than what was measured, because what stands out among many
questions does so partly by luck; it is right on average. The *95 % interval* is the range of
differences that these nights are compatible with; that of a difference named here because it stood
out is made wide enough for the picking (*false-coverage-rate interval*: at most one in twenty of
those printed is expected to miss). A narrow one means that the nights say much; one that reaches
from less to more means that they cannot say which. *Week and slow drift removed*: the days of the
week and slow change over the months are taken out first, so that weekends or a season do not pass
for a habit. A night that lies far from all others, such as one without any sleep, counts as a bad
night and no more, so that it decides nothing by itself."""

LATENCY = """
*Sleep onset latency* is the time it took to fall asleep; the *median night* is the middle one, with
as many nights above it as below."""

ODD = """\
A cell that could not be read is left empty, never guessed, and the rest of its night is kept.
These are the rows about which there is something to say:"""

MEASURES = """\
The same for every measure in the diary: the middle night, the range that holds the middle half of
the nights, and on how many nights it is known."""

RASTER = """\
Every night on the clock: one row a night, from noon to noon. Pale is in bed, dark is asleep; an
empty row is a night without an entry. Look for edges that drift, for weekends (shaded, unless there
are too many rows for it) that start and end later, and for runs of empty rows: nights that are
missing in a bad week are missed most."""

SERIES = """\
The same nights along the calendar. Look for slow change and for stretches with nothing recorded;
the line breaks where a night is missing."""

QUESTIONS = """\
## What was asked

Each line is one question: did this go with that? The dot is what was measured, the line through it
the 95 % interval. A filled dot stands: it stood out after allowing for how many questions were
asked at once, and again with the other habits held equal. A hollow dot of the same colour stood out
alone but not with the others held equal. An interval across zero is not a “no”: of a hundred such
intervals about 95 hold the true difference, and it may lie anywhere within."""

TABLE = """\
## All questions with their numbers

What stands first, the clearest first; in brackets stands the 95 % interval, of what was found the
95 % false-coverage-rate interval. *Best guess*: with the chance that its direction is right. *r* is
the correlation: 1 and −1 are a straight line, 0 is none; its interval is worked out in another way,
and where it and the difference do not agree, the difference decides. *How sure* allows for the number of
questions. A question is *unreachable* when so many nights, so recorded, would miss even a large
difference; it is *refused* when an answer would mean nothing, for example when a habit was never
absent, or when one number is computed from the other."""

CLOSELY = """\
## A closer look

The clearest of them, with every night as a dot. Look whether the difference is there in most
nights or comes from a few."""

NOTHING_CLOSELY = """\
## A closer look

No question stood out, so none is shown here: a picture of the nearest miss would be a picture of
luck."""

LIMITS = """\
## What this cannot tell you

* **What made what.** A diary shows what went together. Evenings that differ in one habit differ in
  others too; those that were written down are held equal, those that were not cannot be. A habit
  that nearly always comes with another cannot be told apart from it. You
  may also do something *because of* how you have slept.
* **That something makes no difference.** “No clear difference” means that what was measured may be
  luck, among so many questions: mostly the interval holds zero, and *a hint* is one that does not
  but would have stood out only if it had been asked alone. Look at how far it reaches on either side.
* **How you would sleep otherwise.** These are your nights of this time, as they were written down
  or as a device took them: sleep is felt, and estimated from movement, differently than it is
  measured in a laboratory.
* **Whether anything is wrong.** This is no medical advice. If your sleep troubles you, see a
  doctor.

""" + fill(A_COIN, 100)

METHOD = """\
## How this was computed

A night is named by the date of the evening on which it began, and a habit by the evening it
precedes. Each question is a regression over the calendar in which neighbouring nights may resemble
each other, because a bad week would otherwise count as seven separate pieces of evidence. Missing
nights stay missing. The days of the week and slow drifts are part of the model. Minutes to fall
asleep are compared as ratios, since a long wait varies more than a short one, and shown in minutes
at your middle night. All questions together form one family, and “stands out” means a
false-discovery rate below 5 % over that family: taken over many such pages, those on which nothing
stands out counted as free of it, at most one in twenty of what stands out is luck. On a single page
that says little it can be much more: where no habit matters at all, whatever stands out is luck, and
that happens on up to one page in twenty. With the others held equal: those that go with the habit or
with sleep join the model, their missing cells (and no others) filled by what the rest of that
evening leads one to expect. There is no random number in it, so the same file gives the same page.

The formulas and their sources stand in the documentation of each function, for example
`help(ss.correlate)`. {made_with}"""

NEXT = """\
## Go on from here

Every step of this page is a line of code in the notebook {notebook}, beside this page. Open it in
JupyterLab, and ask what you like:

```python
ss.associate(nights, outcome="tst_min", factor="…")   # one question
ss.compare(nights, outcome="tst_min", factor="…")     # with against without
ss.reading_report(nights)                               # every row of the file
```"""
