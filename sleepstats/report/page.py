"""The page: an answer as one HTML text that stands alone and fits a phone, a desk and a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from sleepstats.answers import left_open, plain
from sleepstats.answers.cards import Card, rows_of, size_of
from sleepstats.answers.diary import ALL_READ, count_said
from sleepstats.answers.findings import Answer
from sleepstats.columns import DICTIONARY, column_of, told_of
from sleepstats.reading.nights.roles import taken_groups
from sleepstats.report import figures
from sleepstats.report.figures import fill_template, said
from sleepstats.report.shell_options import as_typed

#: More findings than these are listed by name above their cards.
LIST_FROM = 4
#: Measures drawn along the calendar.
DRAWN = 4
#: Names of columns that are no words.
_COLUMN = re.compile(rf"\b({'|'.join(name for name in DICTIONARY if '_' in name)})\b")
#: Nights from which on pictures show more than the sentences.
LEAST_DRAWN = 7


def page_of(got: Answer, *, source: str = "", beside: str = "") -> str:
    """Return the page of an answer.

    ``source`` names what it was made from, ``beside`` the notebook beside it, both as they are:
    everything is escaped here.
    """
    parts = [
        *_top(got, source),
        *_findings(got),
        *_next(got),
        *_taken(got),
        *_ruled_out(got),
        *_nights(got),
        *_numbers(got),
        *_read(got),
        *_method(got),
        figures.foot(beside),
    ]
    title = f"What your nights show{f': {source}' if source else ''}"
    return fill_template(title, "\n".join(parts))


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{said(sentence)}</p>" for sentence in sentences)


def _top(got: Answer, source: str) -> Iterator[str]:
    days = pd.DatetimeIndex(got.nights.index)
    when = f"{days[0].day} {days[0]:%B %Y}"
    if len(days) > 1:
        when += f" to {days[-1].day} {days[-1]:%B %Y}"
    missing = (days[-1] - days[0]).days + 1 - len(days)
    gaps = f", {missing:,} in between without an entry" if missing else ""
    count = "1 night" if len(days) == 1 else f"{len(days):,} nights"
    made = f"Made from {said(source)}. " if source else ""
    yield (
        f'<h1>What your nights show</h1><p class="soft">{count}, {when}{gaps}. {made}'
        "Worked out on this computer; nothing was sent anywhere.</p>"
    )


def _findings(got: Answer) -> Iterator[str]:
    cards = [*got.cards, *got.calendar_cards]
    yield f'<section><p class="lead">{said(got.lead)}</p>'
    if len(cards) > LIST_FROM:
        named = "".join(
            f'<li><a href="#f{number}">{said(card.large)}</a></li>'
            for number, card in enumerate(cards, start=1)
        )
        yield f'<ol class="named">{named}</ol>'
    if any(card.low == card.low for card in cards):
        alone = " A hollow dot does not stand beside the other habits." if any(
            card.verdict == "gone" for card in cards
        ) else ""  # fmt: skip
        yield (
            '<p class="small">The dot is the best guess, the bar what these nights leave possible, '
            f"the upright line no difference.{alone}</p>"
        )
    number = 0
    for heading, some in (("", got.cards), ("Your nights by themselves", got.calendar_cards)):
        if some and heading and got.cards:
            yield f"<h2>{heading}</h2>"
        for card in some:
            number += 1
            yield _card_html(card, cards, number)
    yield f"{_paragraphs(map(as_typed, got.asides))}</section>"


def _card_html(card: Card, cards: Sequence[Card], number: int) -> str:
    more = ""
    if card.more:
        more = f"<details><summary>More about this</summary>{_paragraphs(card.more)}</details>"
    return (
        f'<article class="card" id="f{number}"><h3>{said(card.large)}</h3>'
        f'{figures.bar(card, cards)}<p class="small">{said(card.small)}</p>{more}</article>'
    )


def _next(got: Answer) -> Iterator[str]:
    for step in got.next_steps:
        text = said(step)
        for command in ("sleepstats trial plan", "sleepstats report FILE --with LIST",
                        "sleepstats template"):  # fmt: skip
            text = text.replace(command, f"<code>{command}</code>")
        yield f'<div class="next"><strong>Next.</strong> {text}</div>'


def _taken(got: Answer) -> Iterator[str]:
    """Say what was taken for what."""
    roles = told_of(got.nights).get("roles")
    lines = []
    if roles:
        shown = {one.get("column", "") for one in roles.values()}
        others = [name for name in got.habits if name.removesuffix("_h_before_bed") not in shown]
        for words, headers in taken_groups(roles):
            names = list(headers)
            if "habits" in words:  # what another file beside this one holds
                names += [column_of(got.nights, name).label for name in others]
            names_said = said(", ".join(names) or "none")
            lines.append(
                f"<p><strong>{said(words[:1].upper() + words[1:])}:</strong> {names_said}</p>"
            )
    if lines:
        heading = "What your columns were taken for"
        yield f"<section><h2>{heading}</h2>{''.join(lines)}</section>"


def _ruled_out(got: Answer) -> Iterator[str]:
    """Say what is left possible of the other habits, and what could not be asked."""
    narrow = [card for card in got.limits if not left_open.is_wide(card)]
    wide = [card for card in got.limits if left_open.is_wide(card)]
    for some, heading, told in (
        (narrow, "What these nights rule out",
         "What went with nothing clearly. Of {} these nights leave possible:"),
        (wide, "What these nights cannot tell yet",
         "Of {} they leave too much possible:"),
    ):  # fmt: skip
        if some:
            name = plain.measure_name(column_of(got.nights, some[0].outcome))
            items = "".join(
                f"<li><strong>{said(card.lead)}:</strong> {said(card.said)} "
                f'<span class="small">({said(card.small)})</span>{figures.bar(card, some)}</li>'
                for card in some
            )
            yield (
                f"<section><h2>{heading}</h2><p>{told.format(said(name))}</p>"
                f'<ul class="plain">{items}</ul></section>'
            )
    refused = list(left_open.not_asked(got.nights, got.table))
    if refused and _asked(got):
        items = "".join(f"<li>{said(line)}</li>" for line in refused)
        yield (
            f"<section><details><summary>What could not be asked ({len(refused)})</summary>"
            f'<ul class="plain">{items}</ul></details></section>'
        )


def _asked(got: Answer) -> int:
    """Count the questions that could be asked."""
    return int((got.table["status"] != "refused").sum())


def _nights(got: Answer) -> Iterator[str]:
    yield f"<section><h2>How you sleep</h2>{_paragraphs(got.sleep)}"
    if len(got.nights) >= LEAST_DRAWN:
        yield figures.nights_on_the_clock(got.nights)
        for name in _drawn(got):
            yield figures.series(got.nights, name)
    if len(got.measures):
        header = "".join(f"<th>{said(name)}</th>" for name in ("measure", *got.measures.columns))
        rows = "".join(
            f"<tr><th>{said(name)}</th>"
            + "".join(
                f'<td data-is="{said(column)}">{said(value)}</td>'
                for column, value in zip(got.measures.columns, values, strict=True)
            )
            + "</tr>"
            for name, values in zip(got.measures.index, got.measures.to_numpy(), strict=True)
        )
        yield (
            "<details><summary>Every measure</summary><p class='small'>Half of the nights lie in "
            "the middle half.</p>"
            f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></details>"
        )
    yield "</section>"


def _drawn(got: Answer) -> list[str]:
    """Choose the measures to draw: how long, how soon, and those with something to tell."""
    first = list(dict.fromkeys(card.outcome for card in (*got.cards, *got.calendar_cards)))
    clocks = ("into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed", "midsleep_h")
    chosen = [name for name in (*got.outcomes[:2], *first) if name not in clocks]
    return list(dict.fromkeys(chosen))[:DRAWN]


_STATUS = {
    "found": "stood out",
    "not found": "not seen",
    "unreachable": "too few nights",
    "no difference that matters": "none that matters",
    "refused": "not asked",
}


def _numbers(got: Answer) -> Iterator[str]:
    """Show every question with its numbers, folded, a table for each kind of measure."""
    if got.table.empty:
        return
    about = got.table.attrs.get("sleepstats_table", {})
    rows = rows_of(got.table)
    asked = [row for row in rows if row["status"] != "refused"]
    if not asked:
        return
    counted = count_said(len(asked), "question")
    yield f"<section><details><summary>{counted} with all numbers</summary>"
    yield (
        "<p class='small'>Measured size with its 95 % interval, each question alone. What stood "
        "out has the wider interval of its card (see the method).</p>"
    )
    for outcome in dict.fromkeys(row["outcome"] for row in asked):
        column = column_of(got.nights, outcome)
        lines = []
        for row in asked:
            if row["outcome"] == outcome:
                lines.append(_number_row(got.nights, row, about))
        name = plain.measure_name(column)
        yield (
            f"<details><summary>{said(name[:1].upper() + name[1:])}</summary><table><thead><tr>"
            "<th>habit</th><th>measured</th><th>range</th><th>nights</th><th></th></tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table></details>"
        )
    yield "</details></section>"


def _number_row(
    nights: pd.DataFrame, row: dict[str, object], about: dict[str, dict[str, float]]
) -> str:
    outcome, factor = (column_of(nights, str(row[name])) for name in ("outcome", "factor"))
    step = about.get("steps", {}).get(str(row["factor"]), float("nan"))
    ends = ("effect_low", "effect_high")
    if row["status"] == "found" and row.get("fcr_low") == row.get("fcr_low"):
        ends = ("fcr_low", "fcr_high")
    size, low, high = (
        plain.scale_of(outcome) * value
        for value in size_of(row, ("effect", *ends), step if step == step else 1.0)
    )
    measured = span = ""
    if size == size:
        measured = f"{plain.effect_said(size, outcome, '')} {plain.step_said(step, factor)}"
        span = plain.range_said(low, high, outcome)
    status = _STATUS.get(str(row["status"]), str(row["status"]))
    return (
        f"<tr><th>{said(plain.habit_said(factor))}</th><td>{said(measured)}</td>"
        f'<td data-is="range">{said(span)}</td><td data-is="nights">{row["n"]:,}</td>'
        f"<td>{said(status)}</td></tr>"
    )


def _read(got: Answer) -> Iterator[str]:
    """Say what became of the rows of the file, folded."""
    told = [_spoken(text) for text in got.read]
    odd = "" if not got.odd or got.odd == ALL_READ else (
        "<p>A cell that could not be read is left empty, never guessed; the rest of its night is "
        f"kept.</p>{_paragraphs(map(_spoken, got.odd))}"
    )  # fmt: skip
    yield (
        "<section><details><summary>What was read</summary>"
        f'<div class="small">{_paragraphs(told)}{odd}</div></details></section>'
    )


def _spoken(text: str) -> str:
    """Return a sentence about columns with the words for them: a page is read, not typed."""
    text = as_typed(text).replace("reading_report(nights) lists", "sleepstats check FILE lists")
    return _COLUMN.sub(lambda found: plain.measure_name(column_of(None, found[0])), text)


def _method(got: Answer) -> Iterator[str]:
    cards = [*got.cards, *got.calendar_cards]
    habits = bool(_asked(got))
    yield "<section><h2>What this cannot tell you</h2>"
    if habits:
        yield (
            "<p><strong>What made what.</strong> Evenings that differ in one habit differ in "
            "others, too. Those that were written down are held equal; what nobody wrote down "
            "cannot be. You may also do something because of how you slept.</p>"
        )
    yield (
        "<p><strong>How you would sleep otherwise.</strong> These are your nights of this time, as "
        "they were written down or as a device took them.</p>"
        "<p><strong>Whether anything is wrong.</strong> This is no medical advice. If your sleep "
        "troubles you, see a doctor.</p></section>"
    )
    if not cards and not habits:
        return
    yield "<section><h2>How it was worked out</h2>"
    texts = []
    if cards:
        texts.append(
            "The size on a card is the best guess. "
            + ("For a habit it is smaller than what was measured, because what stands out among "
               "many questions does so partly by luck (posterior mean under what is known of real "
               "habits). " if got.cards else "")
            + "The range beside it is a 95 % false-coverage-rate interval: of all ranges printed "
            "because something stood out, at most one in twenty is expected to miss."
        )  # fmt: skip
    if habits:
        texts.append(
            f"{count_said(_asked(got), 'question')} asked: every habit against every measure, in "
            "families of one kind of measure. What stands out has a false-discovery rate below "
            "5 % in its family."
        )
        if any(card.verdict == "stands" for card in got.cards):
            texts.append(
                "“Stands” means: asked again with those other habits in the model that go with "
                "the habit or with the measure, it was still there."
            )
    texts.append(
        "Each question is a regression over the calendar in which neighbouring nights may "
        "resemble each other, since a bad week is not seven separate pieces of evidence."
        + (
            " Days of the week and slow change over the months are taken out first."
            if habits
            else ""
        )
        + " Missing nights stay missing. A night that lies far from all others counts as a bad "
        "night and no more, so that it decides nothing by itself. No random number is used: the "
        "same file gives the same page."
    )
    if any("fall asleep" in card.said for card in cards):
        texts.append(
            "Minutes to fall asleep are compared as ratios and told in minutes at your middle "
            "night."
        )
    yield f"{_paragraphs(texts)}</section>"
