"""Definitions with their sources, and one result taken apart word by word."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import sleepstats as ss
from making.writing import write
from sleepstats.columns import DICTIONARY

#: What a sentence of a result is made of: a pattern, and what it means.
PARTS = (
    (r"Evenings with late meal", "Which evenings are compared: those on which you wrote *yes*. The "
     "others are those on which you wrote *no*; evenings about which you wrote nothing are neither."),
    (r"\(?\d+ of \d+ nights\)?", "How many nights that is: first those with the habit, then all on "
     "which both the habit and the sleep are known."),
    (r"went with", "Nothing more than that: the two came together. Evenings that differ in one thing "
     "differ in others, too, and a diary cannot tell which of them did it."),
    (r"\d+ min (less|more)", "The size, in the measure's own unit: the difference between a night "
     "with and a night without, all else that is listed taken out."),
    (r"total sleep time", "What was measured. Every measure is defined under "
     "[definitions](definitions)."),
    (r"95 % interval [^;]+", "How far off the size may be. If you kept a hundred such diaries, about "
     "95 of such intervals would hold the true size. Both ends are possible; an interval that "
     "reaches from *less* to *more* leaves the direction open."),
    (r"weekdays and slow change evened out", "Fridays differ from Mondays, and winter from summer, in habits "
     "and in sleep. That part is taken out first, so that it is not mistaken for the habit."),
)  # fmt: skip

FIRST = """\
# Read your first result, word by word

This is a real one, of the sample diary that comes with the library:

```python
import sleepstats as ss

nights = ss.load_sample("diary")
print(ss.compare(nights, outcome="tst_min", factor="late_meal"))
```

> {sentence}

| the words | what they mean |
| --- | --- |
{rows}

## What may follow

| the words | what they mean |
| --- | --- |
| *best guess* | Out of many questions the largest differences are picked out, and the largest are \
partly luck. The best guess takes that luck off; it is what to expect next time. |
| *false-coverage-rate interval* | An interval that allows for having been picked out; wider than \
that of a single question. |
| *It stands, with … held equal* | The same question was asked again among evenings that are alike \
in the other habits, and the difference is still there. |
| *goes away beside …* | It is not there any more among such evenings: the other habit, which came \
along with it, says as much. |
| *cannot be told apart* | You (nearly) always do both together, so that no evening shows one \
without the other. |
| *To explain it away …* | How strong a habit that nobody wrote down would have to be. |
| *No clear difference* | Not "no difference". What follows says what would still fit your nights, \
and with few nights that is much. |
| *no difference that matters* | You said how much would matter to you (`matters=`), and all that \
still fits your nights is smaller. |
| *unreachable* | Your nights could hardly have shown even a large difference. Keep on writing, or \
see [how many nights it takes](api/nights_needed). |
| *refused* | The question has no answer in this file, and the words behind say why: too few nights, \
a habit on two evenings only, a latency that an app made up. |
| *direction right with a chance of …* | How sure it is that "less" is not "more". |

Words that never appear: *significant*, *caused*, *you should*. What the rules behind these words are,
with how often each is wrong, stands on [one page](rules).
"""

DEFINITIONS = """\
# Definitions, with sources

What every column of `nights` means, where it comes from, and how what is computed is computed. The
library's own dictionary (`sleepstats/columns.py`) makes this page, the axes of pictures and the
words of results.

*Kinds*: **recorded** by you, **computed** from what you recorded, measured by a **device**,
**factor** (a habit or circumstance that is asked about), **control** (bookkeeping, never asked about).
*When*: `night` is the sleep itself, `day` the day and evening before it, `morning` the one after. All
three stand in the night's one row, which is named by the date of the evening on which it began. A
column that is not listed is a factor of the day before, with its unit in its name
(`screens_min`, `caffeine_cups`).

"""

#: Whose pages say how something is computed.
COMPUTING = ("add_measures", "regularity", "add_bedtime_deviation", "describe_nights")


def first_result_page(made: Path) -> None:
    """Take the sample's first result apart; every part must be in it."""
    nights = ss.load_sample("diary")
    sentence = str(ss.compare(nights, outcome="tst_min", factor="late_meal"))
    rows = []
    for pattern, meaning in PARTS:
        if found := re.search(pattern, sentence):
            rows.append(f"| *{found[0].strip('()')}* | {meaning} |")
    explained = sum(len(row.split("|")[1]) - 4 for row in rows)
    if explained < 0.6 * len(sentence):
        raise LookupError(
            f"docs/making/words.py explains little of this sentence any more: {sentence!r}. Bring "
            "PARTS up to it."
        )
    write(made / "first_result.md", FIRST.format(sentence=sentence, rows="\n".join(rows)))


def definitions_page(made: Path) -> None:
    """Write the dictionary as tables by what a column tells of, and where formulas stand."""
    parts = [DEFINITIONS]
    for title, kept in (
        ("The night", lambda c: c.when == "night" and c.kind in ("recorded", "computed")),
        ("Ratings and the day", lambda c: c.when != "night" and c.kind in ("recorded", "factor")),
        ("What devices measure", lambda c: c.kind == "device"),
        ("Habits the library computes", lambda c: c.when == "night" and c.kind == "factor"),
        ("Bookkeeping", lambda c: c.kind == "control"),
    ):
        rows = [c for c in DICTIONARY.values() if kept(c)]
        if rows:
            parts += [f"## {title}", "", "| column | meaning | unit | kind | when |",
                      "| --- | --- | --- | --- | --- |"]  # fmt: skip
            parts += [
                f"| `{c.name}` | {c.meaning} | {c.unit} | {c.kind} | {c.when} |" for c in rows
            ]
            parts.append("")
    parts += ["## How it is computed, and where from", ""]
    for name in COMPUTING:
        doc = inspect.getdoc(getattr(ss, name)) or ""
        parts += [f"* [`{name}`](api/{name}): {doc.splitlines()[0]}", ""]
        parts += [f"  {text}" for text in _references(doc)]
        parts.append("")
    write(made / "definitions.md", "\n".join(parts))


def _references(doc: str) -> list[str]:
    """Return the References of a page as a list."""
    if "References\n----------" not in doc:
        return []
    told = doc.split("References\n----------")[1].split("\nExamples\n")[0]
    each = re.split(r"\.\. \[\d+\]\s*", told)[1:]
    return [f"* {' '.join(text.split())}" for text in each]
