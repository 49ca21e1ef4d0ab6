"""Answers in a few plain sentences: what was read, how you sleep, what went with it.

The report and the notebooks show these at the top, so that a number in a sentence can never
differ from the tables and pictures below it. Nothing is computed here that a public function does
not give.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sleepstats.answers import plain
from sleepstats.arrays import LATENCY, latency_refusal
from sleepstats.asking import LEAST_NIGHTS
from sleepstats.checks import check_nights, date_said, nights_said
from sleepstats.columns import column_of, factor_names, told_of
from sleepstats.errors import harmless
from sleepstats.reading.check import check_first
from sleepstats.reading.nights import record, roles
from sleepstats.results.sentences import listed, named
from sleepstats.units import filled, together

#: Words of a small line that are explained where they first stand.
HELD = "held equal"
HELD_SAID = "as if only evenings alike in that respect were compared"
#: What is usual for a measure, in the words of a reader: no limit of health, and no advice; then
#: both ends of it, and how the nights beyond are counted ({0} below, {1} above, {2} the same bare).
USUAL: Mapping[str, tuple[str, float, float, str]] = {
    "tst_min": ("For adults 7 to 9 h are usual, from 65 years on 7 to 8 h", 420.0, 540.0,
                "it was shorter than 7 h on {0}, longer than 9 h on {2}"),
    "sol_min": ("Up to 30 min are usual", 0.0, 30.0, "it took longer on {1}"),
    "waso_min": ("Up to 30 min awake are usual", 0.0, 30.0, "it was more on {1}"),
    "se_pct": ("85 % or more is usual", 85.0, math.inf, "it was less on {0}"),
    "spt_min": ("Your time awake in between comes off that; for adults 7 to 9 h asleep are usual",
                0.0, math.inf, ""),
}  # fmt: skip
#: What is usual was found by what people write down.
DIARIES = " (What is usual comes from diaries; a device may tell of more or less.)"
#: Nights from which on weekends are compared.
WEEKENDS_FROM = 21
_OHAYON = "National Sleep Foundation, Ohayon et al. 2017, doi:10.1016/j.sleh.2016.11.006"
#: Where these come from: measures, what is usual, source.
USUAL_FROM = (
    (("tst_min", "spt_min"), "hours of sleep", "National Sleep Foundation, Hirshkowitz et al. 2015,"
     " doi:10.1016/j.sleh.2014.12.010"),
    (("sol_min",), "falling asleep", _OHAYON),
    (("se_pct",), "share of the time in bed", _OHAYON),
    (("waso_min",), "time awake in the night", "Lichstein et al. 2003, "
     "doi:10.1016/S0005-7967(02)00023-4"),
)  # fmt: skip
#: Of differences up to this size nights are said to rule out the rest.
WIDE_MIN, WIDE_LATENCY_MIN = 30.0, 10.0
#: A bar is cut where its range reaches more than so many times as far as the middle one of all, or
#: more than twice as far as the next.
CUT = 5.0


class Said(tuple[str, ...]):
    """A few finished sentences, shown as paragraphs in a notebook and as lines elsewhere."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(filled(harmless(sentence)) for sentence in self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(together(harmless(sentence)))}</p>" for sentence in self)


def count_said(n: int, word: str) -> str:
    """Write a count with its word, in the plural where it has to be."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def known_nights(nights: pd.DataFrame, name: str) -> int:
    """Count the nights with a value."""
    return int(nights[name].notna().sum()) if name in nights else 0


def usual_said(name: str, values: Sequence[float], *, device: bool = False) -> str:
    """Return what is usual for a measure, and on how many nights it was otherwise; or nothing."""
    if name not in USUAL:
        return ""
    text, low, high, counted = USUAL[name]
    beyond = [sum(x < low for x in values), sum(x > high for x in values)]
    below, above = (f"{n:,}" if n else "none" for n in beyond)
    of = f"of {len(values):,} nights"
    told = f"; {counted.format(f'{below} {of}', f'{above} {of}', above)}" * bool(counted)
    return f"{text}{told}.{DIARIES * (device and name != LATENCY)}"


def usual_from(sleep: Sequence[str]) -> list[str]:
    """Say where the usual values come from, of the measures that are told with one."""
    told = {name for name, usual in USUAL.items() if any(usual[0] in one for one in sleep)}
    sources: dict[str, list[str]] = {}
    for names, what, source in USUAL_FROM:
        if told.intersection(names):
            sources.setdefault(source, []).append(what)
    return bool(sources) * [
        "What is called usual is what experts agreed on for people who sleep well, by what "
        "they themselves write down; a device that counts every short waking tells of more "
        f"time awake. Many who sleep well lie outside. Sources: "
        f"{'; '.join(f'{listed(what)}: {source}' for source, what in sources.items())}."
    ]


@dataclass(frozen=True)
class Card:
    """One finding, ready to be read.

    ``low``, ``value`` and ``high`` are in the unit that the words speak of (clocks in minutes);
    NaN where there is no single size.
    """

    #: What it is about: the habit, or the part of the calendar.
    lead: str
    #: What went with it, with its size, and for how much of the habit.
    said: str
    #: How sure, on how many nights, and what becomes of it beside the other habits.
    small: str
    #: ``stands``, ``gone``, ``found`` (nothing to set it beside), ``dates open`` (of a weekend).
    verdict: str
    #: Column names; the outcome and the habit, which is empty for a card of the calendar.
    outcome: str
    factor: str = ""
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    #: Of an amount, the evenings that are compared: `` (7 points compared with 1)``.
    compared: str = ""
    #: Further sentences, folded away on the page.
    more: tuple[str, ...] = field(default=(), repr=False)

    @property
    def large(self) -> str:
        """The large line."""
        return f"{self.lead}{self.compared}: {self.said}"

    @property
    def scale(self) -> tuple[str, ...]:
        """What bars of one scale have in common."""
        # points are a unit within one measure only: 1 to 5 of one, 0 to 100 of another
        return self.unit, self.outcome if self.unit in ("", "points") else ""

    @property
    def rank(self) -> tuple[int, float]:
        """Where it stands: how long and how soon by size, then the rest, then what is small."""
        share = abs(self.value) / self.widest if self.unit == "min" else math.nan
        if share < 0.5 or plain.SCORED in self.more:  # what is small, or made of others, leads none
            return 2, -share if share < 0.5 else 0.0
        return (0, -share) if self.outcome in (*plain.HOW_LONG, LATENCY) else (1, 0.0)

    @property
    def widest(self) -> float:
        """Up to which size nights are said to rule out the rest of a difference, in minutes."""
        return WIDE_LATENCY_MIN if self.outcome == LATENCY else WIDE_MIN

    @property
    def is_wide(self) -> bool:
        """Whether more is left possible than most people would care to tell from nothing."""
        if math.isnan(self.low):  # kinds have no single size
            return True
        return self.unit == "min" and max(-self.low, self.high) > self.widest

    @property
    def is_hollow(self) -> bool:
        """Whether its dot is hollow: no clear difference, or none of this habit alone."""
        return self.is_unsure or self.verdict in ("gone", "dates open", "not found", "unreachable")

    @property
    def is_unsure(self) -> bool:
        """Whether its range holds no difference: its way has a chance below 97.5 %."""
        return self.low <= 0.0 <= self.high

    def __str__(self) -> str:
        return f"{self.large} ({self.small})."


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its names."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def small_lines(cards: Sequence[Card]) -> Iterator[str]:
    """Yield the small line of each card; what is the same for several is told at the first."""
    told: set[str] = set()
    for card in cards:
        small = card.small if HELD in told else card.small.replace(HELD, f"{HELD} ({HELD_SAID})", 1)
        yield small.replace(f"; {plain.DEVICE}", "") if plain.DEVICE in told else small
        told |= {words for words in (HELD, plain.DEVICE) if words in small}


def by_habit(cards: Sequence[Card]) -> list[Card]:
    """Return cards in their order, but what is told of one habit together."""
    kinds = list(dict.fromkeys((card.verdict == "gone", card.lead) for card in cards))
    return sorted(cards, key=lambda card: kinds.index((card.verdict == "gone", card.lead)))


def bar_scale(cards: Sequence[Card], card: Card) -> float:
    """Return how far a card's bar goes to either side of no difference: one scale for each unit."""
    same = [one for one in cards if one.scale == card.scale and not math.isnan(one.low)]
    reach = sorted(max(-one.low, one.high) for one in same)
    # a range that reaches far beyond the others does not make them small: the scale ends before it,
    # though not before twice a best guess
    most = min(2.0 * reach[-2], CUT * reach[len(reach) // 2]) if len(reach) > 2 else math.inf
    return min(max([most, *(2.0 * abs(one.value) for one in same)]), max([0.0, *reach]))


def lead_of(
    nights: pd.DataFrame,
    table: pd.DataFrame,
    found: Sequence[Card],
    others: Sequence[Card],
    limits: Sequence[Card] = (),
    left: Sequence[Card] = (),
    moved: str = "",
) -> str:
    """Say in one sentence what was found, or why nothing was.

    ``limits`` and ``left``: what is left possible of the calendar, of habits; ``moved``: hours did.
    """
    names = table.loc[table["status"] != "refused", "factor"].unique()
    twice = table.attrs.get("sleepstats_table", {}).get("noted_twice", {})
    own = {name: min(name, *twice.get(name, (name,))) for name in names}
    asked = len(set(own.values()))  # an amount and its own yes or no are one habit
    one = f" ({named(column_of(nights, names[0]).label)})" if asked == 1 else ""
    standing = [card for card in found if card.verdict != "gone"]
    if stands := {own[card.factor] for card in standing}:
        went = "goes" if len(stands) == 1 else "go"
        sleep = next((x for x in plain.HOW_LONG if (table["outcome"] == x).any()), "")
        long = {own[card.factor] for card in standing if card.outcome == sleep}
        which = f" in {plain.measure_name(column_of(nights, sleep))}" if sleep else ""
        where = "your nights"
        if len(only := {card.outcome for card in standing}) == 1:
            where = plain.measure_name(column_of(nights, *only))
            where, which = (f"your {where}", "") if sleep in only else (where, which)
        many = f"{plain.number_said(len(long)).lower()} of them" if long else "none clearly"
        if len(stands) == 1:
            many = "also" if long else "though not clearly"
        which = f", {many}{which}" * bool(which)
        if asked == 1:
            return f"The one habit asked about{one} goes with a difference in {where}{which}."
        count = plain.number_said(len(stands))
        others_too = len({own[card.factor] for card in found} - stands)
        also = f"; {plain.number_said(others_too).lower()} more may" if others_too else ""
        return f"{count} of {asked} habits {went} with a difference in {where}{which}{also}."
    also = " Over time nothing clearly changed." if limits else ""
    if any(card.is_wide for card in limits):
        also = " Whether it changed over time cannot be told yet."
    if others := [card for card in others if not card.is_hollow]:
        also = f" {plain.parts_said([card.lead for card in others])} show a difference"
        also += f" ({others[0].said})." if len(others) == 1 else "."
    if moved:
        also = f" {moved}{also * bool(others)}"
    if found:
        several = len({own[card.factor] for card in found}) > 1
        some, none = ("Some habits go", "none") if several else ("One habit goes", "it does not")
        clear = "stands clear of the others" if several else "stand clear of the others"
        also = also if others or moved else ""
        return f"{some} with a difference in how you sleep, but {none} {clear}.{also}"
    n, open_yet = len(nights), len({own.get(card.factor) for card in left if card.is_wide})
    if asked:
        goes = "with a difference in how you sleep"
        if open_yet == asked:
            which = named(column_of(nights, names[0]).label) if asked == 1 else (
                f"any of {asked} habits"
            )  # fmt: skip
            return (
                f"{n:,} nights are too few to say whether how you sleep differs with {which}.{also}"
            )
        if asked == 1:
            return f"The one habit asked about{one} does not clearly go {goes}.{also}"
        rest = f"; of {open_yet} it cannot be told yet" if open_yet else ""
        return f"None of {asked} habits clearly goes {goes}{rest}.{also}"
    if n < (LEAST_NIGHTS if factor_names(nights) else WEEKENDS_FROM):
        return f"{count_said(n, 'night')}: too few to compare anything."
    if table.empty:
        return f"No habits are noted in this file, so only weekends and months are compared.{also}"
    noted = max(int(nights[name].notna().sum()) for name in table["factor"].unique())
    if noted < 2 * LEAST_NIGHTS:  # of the habit noted most often
        return f"Your habits were noted on {noted} of {n:,} nights: too few to ask about.{also}"
    return f"None of your habits could be asked about; below stands why.{also}"


# ---- what was read


def what_was_read(nights: pd.DataFrame) -> Said:
    """Say how many nights there are, from when to when, and what became of the source's rows."""
    check_nights(nights)
    sentences = [_span(nights)]
    about = told_of(nights)
    if "counts" in about:
        told = record.summary_sentences(about)
        if about.get("roles"):
            taken = about["roles"]
            for one in about.get("joined", []):  # the habits beside the nights are read, too
                taken = taken | one.record["roles"] | taken
            sentences.insert(0, roles.taken_sentence(taken))
        sentences += [text for text in told if not text.startswith(record.LATENCY_NOTE)]
    return Said((*sentences, *_not_told(nights)))


def _span(nights: pd.DataFrame) -> str:
    """Say how many nights, from when to when, and how many evenings in between are missing."""
    dates = pd.DatetimeIndex(nights.index.get_level_values(-1))
    if len(dates) == 1:
        return f"1 night, {date_said(dates[0])}."
    missing = (dates[-1] - dates[0]).days + 1 - len(dates.unique())
    have = "has" if missing == 1 else "have"
    gaps = f"{count_said(missing, 'evening')} in between {have} no entry"
    return (
        f"{nights_said(nights)}, from {date_said(dates[0])} to {date_said(dates[-1])}; "
        f"{gaps if missing else 'no evening in between is missing'}."
    )


def not_in_file(nights: pd.DataFrame) -> str:
    """Name what most people ask about and this diary does not tell; nothing of what cannot be."""
    lacks, names = [], factor_names(nights)
    if not known_nights(nights, "tst_min"):
        stand_in = next((n for n in plain.HOW_LONG if known_nights(nights, n)), "")
        here = f" (“sleep” here is {plain.measure_name(column_of(nights, stand_in))})"
        lacks.append("time asleep" + here * bool(stand_in))
    if latency_refusal(nights):
        lacks.append("measured " * bool(known_nights(nights, LATENCY)) + "time to fall asleep")
    if names and not any(plain.STRESS.search(column_of(nights, name).label) for name in names):
        lacks.append("stress")
    return f"{plain.NOT_IN_FILE}{', '.join(lacks)}." * bool(lacks and not check_first(nights))


def _not_told(nights: pd.DataFrame) -> Iterable[str]:
    """Say what the diary does not tell, and why a time to fall asleep is none."""
    yield from filter(None, [not_in_file(nights)])
    if (reason := latency_refusal(nights)) and known_nights(nights, LATENCY):
        yield f"How long you took to fall asleep is left out: {reason.partition(': ')[2]}."
