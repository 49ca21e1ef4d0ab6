"""The end of the page: what it cannot tell, and how it was worked out, of what stands on it."""

from __future__ import annotations

from collections.abc import Iterator

from sleepstats.answers.cards import Card, rows_of
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
            "others, too. Of what was written down, that which goes with either is held equal; "
            "what nobody wrote down cannot be. You may also do something because of how you "
            "slept.</p>"
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
            "Minutes to fall asleep are compared as ratios and told in minutes at your middle "
            "night."
        )
    if texts:
        yield f"<section><h2>How it was worked out</h2>{paragraphs(texts)}</section>"


def _cards(got: Answer) -> tuple[Card, ...]:
    return (*got.cards, *got.calendar_cards)


def _of_cards(got: Answer) -> Iterator[str]:
    """Say what the size and the range on a card are."""
    if not _cards(got):
        return
    yield (
        "The size on a card is the best guess. "
        + (
            "For a habit it is smaller than what was measured, because what stands out among many "
            "questions does so partly by luck (posterior mean under what is known of real "
            "habits). "
            if got.cards
            else ""
        )
        + "The range beside it is a 95 % false-coverage-rate interval: of all ranges printed "
        "because something stood out, at most one in twenty is expected to miss."
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
            f"{asked:,} question{'s' * (asked > 1)} asked, a habit and a measure each, in families "
            "of one kind of measure. What stands out has a false-discovery rate below "
            "5 % in its family."
        )
    if any("stands with" in card.small for card in got.cards):
        yield (
            "“Stands” means: asked again with those other habits in the model that go with the "
            "habit or with the measure, it was still there, and pointed the same way."
        )
    if got.limits or (got.calendar_limits and not got.calendar_cards):
        yield (
            "What is left possible of the rest are 95 % intervals, each of one question by "
            "itself: of twenty such ranges about one misses."
        )


def _of_nights(*, habits: bool) -> str:
    """Say how nights are set against nights."""
    return (
        "Each question is a regression over the calendar in which neighbouring nights may "
        "resemble each other, since a bad week is not seven separate pieces of evidence."
        + (
            " Days of the week and slow change over the months are taken out first."
            if habits
            else ""
        )
        + " Missing nights stay missing. A night that lies far from all others counts as an "
        "unusual night and no more, so that it decides nothing by itself. No random number is "
        "used: the same file gives the same page."
    )
