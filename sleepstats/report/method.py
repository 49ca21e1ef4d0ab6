"""The end of the page: what it cannot tell, and how it was worked out, of what stands on it."""

from __future__ import annotations

from collections.abc import Iterator

from sleepstats.answers import Card, plain, rows_of
from sleepstats.answers.findings import Answer
from sleepstats.report.figures import paragraphs


def questions_of(got: Answer) -> int:
    """Count the questions about habits that could be asked."""
    return int((got.table["status"] != "refused").sum())


def method_of(got: Answer) -> Iterator[str]:
    """Return both sections; only the first where nothing was asked."""
    asked = questions_of(got)
    yield "<section><h2>What this cannot tell you</h2>"
    if asked:
        yield (
            "<p><strong>What made what.</strong> Evenings that differ in one habit differ in "
            "others, too. Those you wrote down can be held equal; what nobody wrote down cannot. "
            "And it may run the other way: you may do something because of how you slept.</p>"
        )
    yield (
        "<p><strong>How you would sleep otherwise.</strong> These are your nights of this time, as "
        "they were written down or as a device took them.</p>"
        "<p><strong>Whether anything is wrong.</strong> This is no medical advice. If your sleep "
        "troubles you, see a doctor.</p></section>"
    )
    texts = [*_of_cards(got), *_of_questions(got, asked)]
    if asked or len(got.changes):
        texts.append(_of_nights(habits=bool(asked)))
    if any("fall asleep" in card.said for card in _cards(got)):
        texts.append(
            "Minutes to fall asleep are compared by how many times as long it took, and told in "
            "minutes on your typical night (ratios at the median)."
        )
    texts += _of_usual(got)
    if texts:
        yield f"<section><h2>How it was worked out</h2>{paragraphs(texts)}</section>"


def _cards(got: Answer) -> tuple[Card, ...]:
    return (*got.cards, *got.calendar_cards)


def _of_cards(got: Answer) -> Iterator[str]:
    """Say what the size and the range on a card are."""
    if not _cards(got):
        return
    yield (
        "The large line of a card tells the best guess. "
        + (
            "For a habit it is smaller than what was measured: of many questions those stand out "
            "that luck has helped a little (posterior mean under what is known of real habits). "
            if got.cards
            else ""
        )
        + "The range below it is where the true size should lie: of all such ranges at most one in "
        "twenty is expected to miss it (95 % false-coverage-rate interval)."
        + (
            " Where the best guess lies nearer to nothing than that, the range is drawn on to it."
            if any(_reaches_out(row) for row in rows_of(got.table))
            else ""
        )
    )


def _reaches_out(row: dict[str, object]) -> bool:
    """Say whether a best guess lies outside of its range."""
    guess, low, high = (float(str(row[name])) for name in ("best_guess", "fcr_low", "fcr_high"))
    return row["status"] == "found" and (guess < low or guess > high)


def _of_questions(got: Answer, asked: int) -> Iterator[str]:
    """Say how many questions were asked of the habits, and what stands means."""
    if asked:
        yield (
            f"{asked:,} question{'s were' if asked > 1 else ' was'} asked, a habit and a measure "
            "each. Luck alone makes some of so many look like something. So only what is clearer "
            "than luck would make it is told: of all findings of one kind of measure at most one "
            "in twenty is expected to be luck (false-discovery rate of 5 % in each family)."
        )
    if any("stands with" in card.small for card in got.cards):
        yield (
            "“Stands with the other habits held equal” means: set against evenings that are alike "
            "in the other habits that could be behind it, the difference was still there, and "
            "pointed the same way (those habits as further columns of the regression)."
        )
    if got.limits or (got.calendar_limits and not got.calendar_cards):
        yield (
            "For the rest it is told what these nights leave possible: of twenty such ranges about "
            "one misses the truth (95 % intervals, each of one question by itself)."
        )


def _of_nights(*, habits: bool) -> str:
    """Say how nights are set against nights."""
    return (
        "A bad week is not seven separate pieces of evidence: it is allowed for that nights "
        "resemble those beside them (generalised least squares over the calendar)."
        + (
            " What comes with the days of the week and with the months is taken out before a habit "
            "is looked at."
            if habits
            else ""
        )
        + " A night without an entry stays without one. A night that lies far from all others "
        "counts as an unusual night and no more, so that it decides nothing by itself (Huber's "
        "weights). No random number is used: the same file gives the same page."
    )


def _of_usual(got: Answer) -> Iterator[str]:
    """Say where the usual values come from, of the measures that are told with one."""
    told = {
        name for name, text in plain.USUAL.items() if any(one.endswith(text) for one in got.sleep)
    }
    sources = [source for names, source in plain.USUAL_FROM if told.intersection(names)]
    if sources:
        yield (
            "What is called usual is what experts agreed on for people who sleep well, by what "
            "they themselves write down; a device that counts every short waking tells of more "
            f"time awake. Many who sleep well lie outside. Sources: {'; '.join(sources)}."
        )
