"""Definitions with their sources, and one result taken apart word by word."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import sleepstats as ss
from making.writing import write
from sleepstats.columns import DICTIONARY

#: What a card of the page is made of: a pattern, and what it means.
CARD = (
    (r"^[^:]+(?=:)", "What it is about: your own column, by its name."),
    (r"about (?=\d)", "A best guess. What stands out among many questions has been helped by "
     "luck; the guess takes that off, so it is smaller than the plain difference."),
    (r"\d+ min less sleep", "What went with it: so much less sleep than on evenings without it."),
    (r"for each extra hour", "For how much more of it. A thing that is done or not done has no such "
     "words: its size is with against without."),
    (r"\d+ min to (\d h )?\d+ min less", "The range of that guess: where the true size probably lies. Both ends are "
     "possible; the best guess lies in between."),
    (r"also woke up about \d+ min earlier", "The same in another measure."),
    (r"\d+ (of \d+ )?evenings", "How many evenings say so; of a thing done or not done first those "
     "with it. Evenings about which you wrote nothing are left out."),
    (r"\([\d,.]+ \w+ compared with [\d,.]+\)", "Your evenings with much of it beside those with little: "
     "eight of ten lie in between. The size is for that, not for one more of it."),
    (r"still there(, smaller \(about \d+ min\),)? with other habits held equal", "Asked again among "
     "evenings that are alike in the other habits that could be behind it, the difference is still "
     "there and points the same way; where it is clearly smaller, its size then."),
)  # fmt: skip

#: What a sentence of a result is made of: a pattern, and what it means.
PARTS = (
    (r"Evenings with late meal", "Which evenings are compared: those on which you wrote *yes*. The "
     "others are those on which you wrote *no*; evenings about which you wrote nothing are neither."),
    (r"\(?\d+ of \d+ nights\)?", "How many nights that is: first those with the habit, then all on "
     "which both the habit and the sleep are known."),
    (r"went with", "Nothing more than that: the two came together. Evenings that differ in one thing "
     "differ in others, too, and a diary cannot tell which of them did it."),
    (r"\d+ min (less|more)", "The size, in the measure's own unit: the difference between a night "
     "with and a night without, all else that is listed taken out. It is larger than on the card: "
     "one question that you picked yourself needs no allowance for picking."),
    (r"total sleep time", "What was measured. Every measure is defined under "
     "[definitions](definitions)."),
    (r"95 % interval [^;]+", "How far off the size may be. If you kept a hundred such diaries, about "
     "95 of such intervals would hold the true size. Both ends are possible; an interval that "
     "reaches from *less* to *more* leaves the direction open."),
    (r"weekdays and slow change evened out", "Fridays differ from Mondays, and winter from summer, in habits "
     "and in sleep. That part is taken out first, so that it is not mistaken for the habit."),
)  # fmt: skip

#: Other words of the page and of print(), what they mean, and a piece of them in the code.
OTHERS = (
    ("no longer clear once … is held equal", "Among evenings that are alike in that other habit, which "
     "came along with it, the nights cannot show it any more: perhaps it was the other one.",
     "no longer clear once"),
    ("…, nor that once this is", "Nor does the other show it among evenings alike in this one: it may be "
     "either, or both.", "once this is"),
    ("cannot be told apart from …", "You (nearly) always do both together, so that no evening shows one "
     "without the other.", "cannot be told apart from"),
    ("the other way round with … held equal", "Among evenings alike in the other habits it points "
     "the other way. Neither is to be relied on.", "the other way round with"),
    ("no other habit was seen to go with both this one and your sleep", "None was seen to go both with this "
     "habit and with how you slept; something you did not write down still could be behind it.",
     "no other habit was seen to go with both this one and your sleep"),
    ("Stress (clear only with others held equal)", "By itself it shows nothing; among evenings alike in "
     "a habit that stands it does. That is less sure than what is clear at once.",
     "(clear only with others held equal)"),
    ("too few nights to hold the other habits equal", "Nothing is known of it beside the others yet.",
     "too few nights to hold the other habits equal"),
    ("but … of the day after goes with it, too (12 min less): perhaps the other way round: first the "
     "night, then the day", "The day after a night cannot have made the night. So the night may change the day, or both lie in a "
     "stretch of days that differ.", "of the day after goes with it, too"),
    ("more sleep (wakings included)", "From falling asleep to waking up; the file does not tell how "
     "long you lay awake in between.", "sleep (wakings included)"),
    ("3 cups compared with 1", "Your evenings with much of it beside those with little; the bar is drawn "
     "for them, not for one cup.", "compared with"),
    ("something you did not write down could easily be the whole reason",
     "Something that goes only weakly with both, the habit and your sleep, would do. The other "
     "habits held equal do not.", "could easily be the whole reason"),
    ("perhaps (hollow dot)", "Clearer than luck would make it, and yet the range holds no difference, too: its "
     "size may be next to nothing.", "perhaps"),
    ("between … less and … more", "No clear difference was seen. If there is one it lies in "
     "between; with few nights that is much.", "between "),
    ("which may be luck", "Clear by itself, and not clear among so many questions.", "may be luck"),
    ("not clear", "Not \"no difference\": what these nights leave possible stands beside it.",
     "not clear"),
    ("not clear beside others", "Clear alone, and not among evenings that are alike in the other habits: "
     "its dot is hollow.", "not clear beside others"),
    ("no difference of 30 min or more", "Half an hour or more (to fall asleep: 10 min) is ruled out; "
     "what is less is not.", "No difference of "),
    ("out of reach", "With so few nights even a large difference would mostly be missed.",
     "out of reach"),
    ("usual", "What experts call usual for people who sleep well, with its source at the end of the "
     "page. No limit of health.", "are usual"),
)  # fmt: skip

FIRST = """\
# Read your first result, word by word

These are real ones, of the sample diary that comes with the library.

## A card of the page, and of print(ss.answer(nights))

```python
import sleepstats as ss

nights = ss.load_sample("diary")
print(ss.answer(nights))
```

{cards}

| the words | what they mean |
| --- | --- |
{card_rows}

The bar below is the same drawn: the dot is the best guess, the bar the range, the mark at 0 no \
difference. The bars of one unit have one scale.

## Other words that may stand there

| the words | what they mean |
| --- | --- |
{others}

## One question of your own

```python
print(ss.compare(nights, outcome="tst_min", factor="late_meal"))
```

> {sentence}

| the words | what they mean |
| --- | --- |
{rows}

Instead of *went with* it may say:

| the words | what they mean |
| --- | --- |
| *No clear difference* | Not "no difference". What follows says what would still fit your nights. |
| *cannot tell*, *out of reach* (status `unreachable`) | Your nights could hardly have shown even a large \
difference. Keep on writing, or see [how many nights it takes](api/nights_needed). |
| *Not answered* (status `refused`) | The question has no answer in this file, and the words behind \
say why: too few nights, a habit on two evenings only, a latency that an app made up. |
| status `no difference that matters` | You said how much would matter to you (`matters=`), and all \
that still fits your nights is smaller. |

Words that no diary gives: *significant*, *caused*, *you should*. What the rules behind these words are,
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
    """Take first results of the sample apart; every word explained must be one that is printed."""
    nights = ss.load_sample("diary")
    sentence = f"{ss.compare(nights, outcome='tst_min', factor='late_meal')}"
    about = {(card.outcome, card.factor): card for card in ss.answer(nights).cards}
    cards = [about["tst_min", factor] for factor in ("screens_min", "late_meal")]
    code = " ".join(
        path.read_text(encoding="utf-8")
        for room in ("answers", "report", "results", "asking")
        for path in sorted((Path(ss.__file__).parent / room).glob("*.py"))
    )
    code = re.sub(r'"\s*f?"', "", code)  # a sentence over several lines of code
    if lost := [words for words, _, piece in OTHERS if piece not in code]:
        raise LookupError(f"docs/making/words.py explains what is printed no more: {lost}.")
    text = FIRST.format(
        sentence=sentence,
        rows=_explained(PARTS, [sentence]),
        cards="\n\n".join(f"> **{card.large}**<br>\n> {card.small}" for card in cards),
        card_rows=_explained(CARD, [f"{card.large} {card.small}" for card in cards]),
        others="\n".join(f"| *{words}* | {meaning} |" for words, meaning, _ in OTHERS),
    )
    write(made / "first_result.md", text)


def _explained(parts: tuple[tuple[str, str], ...], sentences: list[str]) -> str:
    """Return a row for each part of some sentences; most of their words must be in one."""
    rows, left = [], " ".join(sentences)
    for pattern, meaning in parts:
        found = [match[0] for one in sentences if (match := re.search(pattern, one))]
        if found:
            words = dict.fromkeys(each.strip("() ") for each in found)
            rows.append(f"| {', '.join(f'*{each}*' for each in words)} | {meaning} |")
            for each in found:
                left = left.replace(each, "", 1)
    if len(left) > 0.4 * sum(map(len, sentences)):
        raise LookupError(
            f"docs/making/words.py explains little of this any more: {sentences!r}. Bring it up "
            "to it."
        )
    return "\n".join(rows)


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
