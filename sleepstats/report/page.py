"""The page: an answer as one HTML text that stands alone and fits a phone, a desk and a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import pandas as pd

from sleepstats import answers
from sleepstats.answers import SMALL, Card, by_habit, changes, diary, findings, left_open, plain
from sleepstats.answers.cards import doubt_said, luck_said, points_said
from sleepstats.checks import nights_said
from sleepstats.columns import DICTIONARY, column_of, told_of
from sleepstats.errors import in_shell
from sleepstats.reading.nights.roles import AROUND
from sleepstats.report import figures
from sleepstats.report.figures import fill_template, paragraphs, said
from sleepstats.report.sheet import columns_of, method_of, numbers_of, questions_of

#: What is allowed for in every finding; where commands are typed.
ALIKE = (
    "For the habits, weekend nights are compared with weekend nights only, and slow change over "
    "the months is taken out. Do not add the sizes together: they overlap. They were made smaller, "
    "as the largest of many figures are mostly too large by luck."
)
REASON = (
    "A habit named here need not be the reason: what nobody wrote down, such as a late shift, "
    "could be behind both."
)
TYPED = " (typed in a terminal by whoever made this page)"
OPEN = {False: "not-large", True: "open"}
#: More findings than these are listed by name above their cards.
LIST_FROM = 4
#: So many findings over the calendar, the clearest, have a card, the others a row; or a few more.
CALENDAR, ROWS = 6, 3
#: Measures drawn along the calendar.
DRAWN = 4
#: What is typed into a shell, as it stands in a paragraph.
_TYPED = re.compile(r"sleepstats report \S+ --\w+ (?:&#x27;.*?&#x27;|\w+)")
#: What an answer says of a column left aside: its header, and why.
_LEFT_ASIDE = re.compile(r"Column '(.*)' is left aside and not asked about: (.*?)\. If it was")
#: What was read about times and lengths, which is told with these.
_OF_TIMES = re.compile("Awakenings in the night|.*given in UTC")
#: Where the sentences after the first begin; a full stop may be of a habit's name.
_SENTENCES = re.compile(
    r" (?=Your sleep (?:drift|also|moved|lay)|Over time|Whether your|"
    r"[A-Z][a-z, ]+ show a)"
)
#: A command that only whoever made the page can use.
_FOLDED = rf"<details><summary>To plan it</summary><code>\1</code>{TYPED}</details>"
_NAMES = "|".join(x for x in DICTIONARY if "_" in x or x == "nawk")  # columns that are no words
_COLUMN = re.compile(rf"(?<!['=])\b({_NAMES})\b(?!['=])")  # quoted, it is typed or a header
#: Nights from which on pictures show more than the sentences.
LEAST_DRAWN = 7


def page_of(got: findings.Answer, *, source: str = "", beside: str = "") -> str:
    """Return the page of an answer, made from ``source``, with the notebook ``beside`` it."""
    parts = [
        *_top(got, source),
        *_findings(got, source),
        *_next(got, said(_file_of(source))),
        *_nights(got),
        *_ruled_out(got),
        *columns_of(got, _left(got), _file_of(source)),
        *('<div class="all">', *numbers_of(got), "</div>"),  # named on paper, not printed
        *_read(got),
        *method_of(got),
        figures.foot(beside),
    ]
    title = f"What your nights show{f': {source}' if source else ''}"
    return fill_template(title, "\n".join(parts))


def _top(got: findings.Answer, source: str) -> Iterator[str]:
    days = pd.DatetimeIndex(got.nights.index)
    ends = dict.fromkeys(f"{day.day} {day:%B %Y}" for day in (days[0], days[-1]))
    missing = (days[-1] - days[0]).days + 1 - len(days)
    gaps = f", {missing:,} in between without an entry" if missing else ""
    made = f"Made from {said(source)}. " if source else ""
    if source.startswith("the made-up"):
        made = f"<strong>{said(source.replace('the ', 'A ', 1))}: not your nights.</strong> "
    if refused := told_of(got.nights).get("rows_refused", 0):
        rows = f"{refused:,} row{'s' * (refused > 1)} of the file gave no night"
        made += f'{rows} (<a href="#read">why</a>). '
    read = f"{nights_said(got.nights)}, {' to '.join(ends)}{gaps}. {made}"
    read += "Worked out on this computer; nothing was sent anywhere."
    yield f'<h1>What your nights show</h1><p class="soft">{read}</p>'


def _findings(got: findings.Answer, source: str) -> Iterator[str]:
    clearest, rest = _clearest(got), got.calendar_cards[len(_clearest(got)) :]
    cards = [*by_habit(got.cards), *by_habit(clearest), *by_habit(rest)]
    large, *less = _SENTENCES.split(got.lead)
    typical = next((text for text in got.sleep if "on a typical night" in text), "")
    typical = re.split(r"[;.]", re.sub(r" \(.*?\)", "", typical))[0]
    if less and large.startswith("No habits are noted"):  # what was found is larger than that
        large, less = less[0], [large, *less[1:]]
    if typical and large.startswith("Whether"):  # and what is known than what is not
        large, less, typical = f"{typical}.", [large, *less], ""
    yield f'<section><p class="lead">{said(large)}</p>{paragraphs([" ".join(less)][: len(less)])}'
    jump = ' <span class="jump">(<a href="#sleep">how you sleep</a>)</span>.'
    yield f"<p>{said(typical)}{jump}</p>" * bool(typical)
    yield paragraphs(filter(None, [answers.not_in_file(got.nights), REASON * bool(got.cards)]))
    if got.cards or len(cards) > LIST_FROM:
        yield _named(got, cards, len(rest))
    yield _unclear(got)
    yield _legend(got, cards) + f'<p class="small">{ALIKE}</p>' * bool(got.cards)
    if points := points_said(got.nights, cards):
        yield f'<p class="small">{said(points)}</p>'
    named = [column_of(got.nights, x) for card in cards for x in (card.outcome, card.factor) if x]
    if lines := dict.fromkeys(filter(None, map(plain.device_said, named))):
        yield f"<details><summary>The words of the device</summary>{paragraphs(lines)}</details>"
    first, smalls = len(cards) - len(rest), list(answers.small_lines(cards))
    numbered = list(enumerate(zip(cards[:first], smalls, strict=False)))
    for _, several in groupby(numbered, lambda one: answers.habit_of(one[1][0])):
        some = list(several)
        if some[0][0] == len(got.cards):
            yield f"<h2>{plain.parts_said([x.lead for x in cards[len(got.cards) :]])}</h2>"
        yield _card(got, some)
    rows = ""
    for number, (card, small) in enumerate(zip(cards[first:], smalls[first:], strict=True), first):
        size, *others = small.split("; ")
        kept = (x for x in others if re.search("if dates name|typically|may have changed", x))
        rows += f'<tr id="f{number + 1}"><th>{said(card.lead)}</th><td>{said(card.said)}</td>'
        rows += f"<td>{said('; '.join([size, *kept]))}</td></tr>"
    yield rows and f'<h2 id="rest">More along the calendar</h2><table><tbody>{rows}</tbody></table>'
    yield from _asides(got, source)
    yield "</section>"


def _card(got: findings.Answer, some: Sequence[tuple[int, tuple[Card, str]]]) -> str:
    """Return all that was found of one habit: the first in large letters, the others below it."""
    made, told, more = "", set[str](), dict[str, None]()
    for number, (card, small) in some:
        words = [x for x in small.split("; ") if x not in told or answers.HELD in x]  # of the first
        told |= {x.replace(f" ({answers.HELD_SAID})", "") for x in words}
        about = f'<span class="about">{said(card.lead + card.compared)}:</span> ' * (not made)
        made += f'<div id="f{number + 1}"><h3>{about}{said(card.told)}</h3>'
        small = f'<p class="small">{said("; ".join(words))}</p>'
        made += f"{figures.bar(card, _drawn_bars(got))}{small}</div>"
        more |= dict.fromkeys(card.more)
    folded = f"<details><summary>More about this</summary>{paragraphs(more)}</details>"
    return f'<article class="card">{made}{folded * bool(more)}</article>'


def _clearest(got: findings.Answer) -> tuple[Card, ...]:
    return got.calendar_cards[: CALENDAR if len(got.calendar_cards) >= CALENDAR + ROWS else None]


def _file_of(source: str) -> str:
    return "FILE" if not source or ", " in source else f'"{source}"' if " " in source else source


def _left(got: findings.Answer) -> list[tuple[str, str]]:
    """Return the columns left aside, with why; what was around the night needs no word."""
    found = map(_LEFT_ASIDE.match, map(in_shell, got.asides))
    return [(one[1], one[2]) for one in found if one and one[2] != AROUND]


def _asides(got: findings.Answer, source: str) -> Iterator[str]:
    """Name the columns left aside, then tell other readings of the dates."""
    if names := ", ".join(name for name, _ in _left(got)):
        told = f'<a href="#columns">{said(names)}</a>'
        yield f'<p class="aside">Not asked about, as what is meant is not clear: {told}.</p>'
    for aside in (text for text in map(in_shell, got.asides) if not _LEFT_ASIDE.match(text)):
        typed = re.sub(r"--(?=labels|when)", f"sleepstats report {_file_of(source)} --", aside)
        marked = _TYPED.sub(r"<code>\g<0></code>", said(typed))
        yield f'<p class="aside">{re.sub("</code>[.;]", "</code>", marked)}</p>'


def _legend(got: findings.Answer, cards: Sequence[Card]) -> str:
    """Return what a bar means, of what is drawn on this page; empty where these draw none."""
    if all(card.low != card.low for card in cards):
        return ""
    every = [card for card in _drawn_bars(got) if card.low == card.low]
    told = "Dot: the best guess. Bar: where the true size very likely is. Mark at 0: no difference."
    if pair := next((x.compared.strip() for x in cards if "(" in x.compared), ""):
        told += f" “{pair[1:-1]}”: from a low evening of yours to a high one; all evenings count."
    if all(card.is_hollow for card in every):
        told += " A hollow dot: no clear difference."
    elif any(card.is_hollow for card in every):
        told += " A filled dot is a clear difference, a hollow one is not."
    if any(figures.cut_of(card, every) for card in every):
        told += " An arrow: the bar goes on beyond the picture."
    return f'<p class="small">{told}</p>'


def _named(got: findings.Answer, cards: Sequence[Card], rows: int = 0) -> str:
    """Return a short list of findings: a line a habit with its amount, a link a measure."""
    lines: dict[tuple[str, str], list[str]] = {}
    own = {card.lead for card in cards if plain.SCORED not in card.more}
    for number, card in enumerate(cards[: len(cards) - rows], start=1):
        if plain.SCORED in card.more and card.lead in own:  # what it is made of is listed
            continue
        marked = f" ({plain.FOLLOWS})" * (plain.FOLLOWS in card.small)
        marked += " (something unnoted may well be behind it)" * (plain.WEAKLY in card.small)
        size = " (small)" * (card.share < SMALL)
        link = f'<a href="#f{number}">{said(card.told)}</a>{size}{marked}'
        if card.factor and card.outcome in got.main and card.low < card.high:  # how sure, at once
            link += f" ({said(card.small.partition(';')[0])})"
        doubt = doubt_said(got.table, card)
        alike = (x for x in cards if (x.lead, x.factor) == (card.lead, ""))  # of one file, one line
        doubt += " (perhaps a change of the device)" * any(plain.DEVICE in x.small for x in alike)
        lead = f"<strong>{said(card.lead)}</strong>{said(card.compared)}"
        lines.setdefault((lead, said(doubt)), []).append(link)
    items = "".join(f"<li>{x}: {', '.join(of)}{doubt}</li>" for (x, doubt), of in lines.items())
    items += f'<li><a href="#rest">{rows} more along the calendar</a></li>' * bool(rows)
    return f'<ul class="named">{items}</ul>'


def _unclear(got: findings.Answer) -> str:
    """Name what was not found, a line a sort: what is not large, cannot be told, or may be luck."""
    lines = [
        f'<a href="#{OPEN[wide]}-{outcome}">{words}</a>: {said(names)}.'
        for outcome, wide, words, names in answers.unclear_said(got.nights, got.limits)
    ]
    if luck := luck_said(got.nights, got.table, got.main):
        lines.append(f'<a href="#all">May be luck</a>: {said(luck)}.')
    if questions_of(got):  # silence was read as a no
        lines.append('<a href="#all">What is not named here</a> may go with your sleep, too.')
    return "".join(f'<p class="small">{line}</p>' for line in lines)


def _next(got: findings.Answer, file: str) -> Iterator[str]:
    for step in got.next_steps:
        text = said(step).replace("“What was read”", '<a href="#read">“What was read”</a>')
        text = re.sub(r"To plan it: (sleepstats .*)$", _FOLDED, text).replace("y FILE", f"y {file}")
        text = re.sub(r" (sleepstats (?:report|template) .*)$", rf" <code>\1</code>{TYPED}", text)
        yield f'<div class="next"><strong>Next.</strong> {text}</div>'


def _ruled_out(got: findings.Answer) -> Iterator[str]:
    """Say what is left possible of the other habits, and what could not be asked."""
    legend = _legend(got, (*got.cards, *got.calendar_cards))
    for wide in (False, True):
        some = [card for card in (*got.limits, *got.calendar_limits) if card.is_wide is wide]
        for place, (outcome, told, items) in enumerate(_limits(got, some)):
            text = f'<ul class="plain" id="{OPEN[wide]}-{outcome or "calendar"}">{items}</ul>'
            if not place:
                less = " (less is possible)" * (answers.NOT_CLEAR not in told)
                less += plain.READ * got.lead.startswith(diary.DATES_FIRST)
                yield f'<section id="{OPEN[wide]}"><h2>{told}{less}</h2>'
                yield _legend(got, [x for x in some if x.factor]) * (wide and not legend)
            elif outcome:
                text = f"<details><summary>{told} ({items.count('<li>')})</summary>{text}</details>"
            else:
                yield f"<p>Along the calendar, {told[:1].lower()}{told[1:]}:</p>"
            yield text
        yield "</section>" * bool(some)
    if refused := list(left_open.not_asked(got.nights, got.table, got.main)):
        alike: dict[str, list[str]] = {}
        for name, why in (in_shell(line).split(": ", 1) for line in refused):
            alike.setdefault(why, []).append(name)
        many = ((f"{len(of)} habits: {why} {', '.join(of)}.", f"{of[0]}: {why}")[len(of) == 1]
                for why, of in alike.items())  # fmt: skip
        items = "".join(f"<li>{said(line)}</li>" for line in many)
        yield (
            f"<section><details><summary>What could not be asked ({len(refused)})</summary>"
            f'<ul class="plain">{items}</ul></details></section>'
        )


def _limits(got: findings.Answer, cards: Sequence[Card]) -> Iterator[tuple[str, str, str]]:
    """Return limits of habits measure by measure, then of the calendar: measure, heading, lines."""
    for outcome in dict.fromkeys(card.outcome * bool(card.factor) for card in cards):
        some = [card for card in cards if card.outcome * bool(card.factor) == outcome]
        told = max(some, key=lambda card: (card.unit, card.widest)).limit
        names = {said(plain.measure_name(column_of(got.nights, card.outcome))) for card in some}
        if len(names) == 1 and (outcome or told != answers.NOT_CLEAR):  # drifts are told together
            told += f" in {names.pop()}"
        elif len(most := {card.widest for card in some}) > 1 and told != answers.NOT_CLEAR:
            told += f" ({min(most):.0f} min to fall asleep)"
        yield outcome, told, "".join(_limit_html(got, card) for card in some)


def _limit_html(got: findings.Answer, card: Card) -> str:
    bar = figures.bar(card, _drawn_bars(got)) * bool(card.factor and card.is_wide)
    return (
        f"<li><strong>{said(card.lead)}:</strong> {said(card.said)} "
        f'<span class="small">({said(card.small)})</span>{bar}</li>'
    )


def _drawn_bars(got: findings.Answer) -> tuple[Card, ...]:
    """Return all cards of which the page draws a bar: those of one unit share a scale."""
    return (*got.cards, *_clearest(got), *(card for card in got.limits if card.is_wide))


def _nights(got: findings.Answer) -> Iterator[str]:
    first = map(spoken, filter(_OF_TIMES.match, got.read))
    yield f'<section id="sleep"><h2>How you sleep</h2>{paragraphs([*first, *got.sleep])}'
    if len(got.nights) >= LEAST_DRAWN:
        yield figures.nights_on_the_clock(got.nights)
        drawn = ""
        for name in _drawn(got):
            yield (one := figures.series(got.nights, name, explain=not drawn))
            drawn += one
    if len(got.measures):
        names = plain.labels_said(got.nights)
        header = "".join(f"<th>{said(name)}</th>" for name in ("measure", *got.measures.columns))
        rows = "".join(
            f"<tr><th>{said(names.get(name, name))}</th>"
            + "".join(
                f'<td data-is="{said(column)}">{said(value)}</td>' * bool(str(value)) or "<td></td>"
                for column, value in zip(got.measures.columns, values, strict=True)
            )
            + "</tr>"
            for name, values in zip(got.measures.index, got.measures.to_numpy(), strict=True)
        )
        yield (
            "<details><summary>Every measure</summary><p class='small'>"
            f"{plain.EVERY['middle night' in got.measures]}</p>"
            f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></details>"
        )
    yield "</section>"


def _drawn(got: findings.Answer) -> list[str]:
    """Choose the measures to draw: how long, how soon, and those with something to tell."""
    first = (card.outcome for card in (*got.cards, *got.calendar_cards))
    chosen = dict.fromkeys((*got.outcomes[:2], *first))
    return [x for x in chosen if not plain.is_clock(column_of(got.nights, x))][:DRAWN]


def _read(got: findings.Answer) -> Iterator[str]:
    """Say what became of the rows of the file, folded."""
    # what was taken for what has its own section, and what is told with sleep stands there
    away = ("Bed times from ",) * any(changes.AWAY in text for text in got.sleep)
    away = ("Taken as ", plain.NOT_IN_FILE, *away)
    told = [spoken(x) for x in got.read if not x.startswith(away) and not _OF_TIMES.match(x)]
    odd = "" if got.all_read else (
        "<div class='log'><p>A cell that could not be read is left empty, the rest of its night is "
        "kept; what was read as something it does not spell out is listed, too.</p>"
        f"{paragraphs(map(spoken, got.odd))}</div>"
    )  # fmt: skip
    yield (
        '<section><details class="read"><summary>What was read</summary>'
        f'<div class="small" id="read">{paragraphs(told)}{odd}</div></details></section>'
    )


def spoken(text: str) -> str:
    """Return a sentence about columns with the words for them: a page is read, not typed."""
    text = in_shell(text).replace("when the person ", "when you ")
    text = text.replace("Name the zone of", "Whoever made this page can name the zone of")
    return _COLUMN.sub(lambda found: plain.measure_name(column_of(None, found[0])), text)
