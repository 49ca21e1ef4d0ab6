"""Answers in a few plain sentences: what was read, how you sleep, what went with it.

The report and the notebooks show these at the top, so that a number in a sentence can never
differ from the tables and pictures below it. Nothing is computed here that a public function does
not give.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sleepstats.answers import plain
from sleepstats.arrays import LATENCY, latency_refusal
from sleepstats.asking import LEAST_NIGHTS
from sleepstats.checks import check_nights, date_said, is_blank, latency_call, nights_said
from sleepstats.columns import STAND_INS, column_of, factor_names, how_long, told_of
from sleepstats.reading.check import check_first
from sleepstats.reading.nights import record, roles
from sleepstats.results.sentences import listed, named
from sleepstats.written import Said as Said
from sleepstats.written import listed_as

#: Words of a small line that are explained where they first stand.
HELD = "held equal"
HELD_SAID = "as if these had been the same on every evening"
WEEKENDS_FROM = 21  # nights from which on weekends are compared
#: Measures that are made of the clocks and durations of the night: they move together.
OF_THE_CLOCK = frozenset(
    {"tst_min", "spt_min", "tib_min", "se_pct", "awake_min", "light_min", "deep_min", "rem_min",
     "into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed", "midsleep_h"}
)  # fmt: skip
#: Beside an answer about some measures only.
PART = "Asked about these alone; asked with all others, what is found and how sure may differ."
#: Statuses of what was asked and not found; so many letters of names stand in one line.
OPEN_YET, NAMED_UP_TO = ("not found", "unreachable"), 60
NAMED_FEW, NAMED_IN, ONE = 3, 2, "The one habit asked about"  # habits, measures named first
#: Of differences up to this size nights are said to rule out the rest; below half of it is small.
WIDE_MIN, WIDE_LATENCY_MIN, SMALL = 30.0, 10.0, 0.5
NOT_CLEAR = "No clear difference"
#: A bar is cut where its range reaches more than so many times as far as the middle one of all, or
#: more than twice as far as the next; one that its dot would hide, so short, has its own scale.
CUT, HIDDEN = 5.0, 0.1


def count_said(n: int, word: str) -> str:
    """Write a count with its word, in the plural where it has to be."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def known_nights(nights: pd.DataFrame, name: str) -> int:
    """Count the nights with a value."""
    return int(nights[name].notna().sum()) if name in nights else 0


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
        return f"{self.lead}{self.compared}: {self.told}"

    @property
    def told(self) -> str:
        """What went with it, with how sure it is: "perhaps" where its range holds no difference."""
        return self.said.replace("about ", "perhaps ", 1) if self.is_unsure else self.said

    @property
    def scale(self) -> tuple[str, ...]:
        """What bars of one scale have in common."""
        # points are a unit within one measure only; minutes awake are few beside those of sleep
        awake = str(self.outcome in (LATENCY, "waso_min"))
        measure = self.outcome if self.unit in ("", "points") else awake
        return self.unit, measure, str(bool(self.factor))  # years differ by more than evenings

    @property
    def rank(self) -> tuple[int, float]:
        """Where it stands: how long and how soon by size, then the rest, then what is small."""
        if self.share < SMALL or plain.SCORED in self.more:  # nor does what is made of others
            return 2, -self.share if self.share < SMALL else 0.0
        return (0, -self.share) if self.outcome in (*STAND_INS, LATENCY) else (1, 0.0)

    @property
    def share(self) -> float:
        """Its size, of the time in bed one in 8 h, beside what nights are said to rule out."""
        of = plain.OF_8_H if self.outcome == "se_pct" else 1.0 if self.unit == "min" else math.nan
        return abs(self.value) * of / self.widest

    @property
    def widest(self) -> float:
        """Up to which size nights are said to rule out the rest of a difference, in minutes."""
        return WIDE_LATENCY_MIN if self.outcome == LATENCY else WIDE_MIN

    @property
    def limit(self) -> str:
        """What is said of sizes that are left possible."""
        said = f"No difference of {self.widest:.0f} min or more"  # "possible" was taken for likely
        return NOT_CLEAR if self.is_wide or self.unit != "min" else said

    @property
    def is_wide(self) -> bool:
        """Whether nothing is settled: of kinds, of what may be luck, or much is left possible."""
        alone = bool(self.factor) and (self.low * self.high > 0.0 or plain.ONLY in self.small)
        much = self.unit == "min" and max(-self.low, self.high) > self.widest
        return math.isnan(self.low) or alone or much

    @property
    def is_hollow(self) -> bool:
        """Whether its dot is hollow: no clear difference, or none of this habit alone."""
        return self.is_unsure or self.verdict in ("gone", "dates open", *OPEN_YET)

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


def habit_of(card: Card) -> tuple[bool, str]:
    """Return what cards of one habit have in common; what is gone beside others stands apart."""
    return card.verdict == "gone", card.lead


def by_habit(cards: Sequence[Card]) -> list[Card]:
    """Return cards in their order, but what is told of one habit together."""
    kinds = list(dict.fromkeys(map(habit_of, cards)))
    return sorted(cards, key=lambda card: kinds.index(habit_of(card)))


def bar_scale(cards: Sequence[Card], card: Card) -> float:
    """Return how far a card's bar goes to either side of no difference: one scale for each unit."""
    same = [one for one in cards if one.scale == card.scale and not math.isnan(one.low)]
    reach = sorted(max(-one.low, one.high) for one in same)
    # a range far beyond the others makes none small: the scale ends before it, at twice a guess
    most = min(2.0 * reach[-2], CUT * reach[len(reach) // 2]) if len(reach) > 2 else math.inf
    end = min(max([most, *(2.0 * abs(one.value) for one in same)]), max([0.0, *reach]))
    return max(-card.low, card.high) if card.high - card.low < HIDDEN * end else end


def lead_of(
    nights: pd.DataFrame,
    table: pd.DataFrame,
    found: Sequence[Card],
    others: Sequence[Card],
    limits: Sequence[Card] = (),  # what is left possible of the calendar
    left: Sequence[Card] = (),  # and of habits
    moved: str = "",
    why: str = "",
) -> str:
    """Say in one sentence what was found, or ``why`` nothing was; ``moved``: that hours did."""
    rows = table[table["status"] != "refused"]
    # kinds that could be compared in no measure stand where is told what could not be asked
    names = rows.loc[(rows["status"] != "unreachable") | rows["effect"].notna(), "factor"].unique()
    twice = table.attrs.get("sleepstats_table", {}).get("noted_twice", {})
    own = {name: min(name, *twice.get(name, (name,))) for name in names}
    asked = len(set(own.values()))  # an amount and its own yes or no are one habit
    measures = rows["outcome"].unique()
    what = listed([plain.measure_name(column_of(nights, x)) for x in measures])
    what = what if len(measures) < 3 else "how you sleep"  # of few no more is said than was asked
    told = [column_of(nights, x).label.removesuffix(" of the day before") for x in names]
    one = f" ({listed(list(map(named, told)))})" * (asked == len(names) <= NAMED_FEW)
    # counted apart: hollow dots (what "goes" has a filled one), apps' scores, one season only
    firm = [card for card in found if not (card.is_hollow or " nights lie from " in card.small)]
    firm = [x for x in firm if plain.SCORED not in x.more or len(firm) == len(found)]
    large = [card for card in firm if not card.share < SMALL] or firm
    standing = large or list(found) * any(card.verdict != "gone" for card in found)
    if stands := {own[card.factor] for card in standing}:
        went = "may go" if not firm else "goes" if len(stands) == 1 else "go"
        sleep = next((x for x in STAND_INS if x in measures), "")
        long = {own[card.factor] for card in standing if card.outcome == sleep}
        which = f" in {plain.measure_name(column_of(nights, sleep))}" if sleep else ""
        where = "your nights"
        if len(only := {x.outcome for x in standing if plain.SCORED not in x.more}) == 1:
            where = plain.measure_name(column_of(nights, *only))
            where, which = (f"your {where}", "") if sleep in only else (where, which)
        each = listed([named(column_of(nights, x).label) for x in names if x in long])
        many = "all" if long == stands else plain.number_said(len(long)).lower()
        many += f" of them{f' ({each})' * (len(long) <= NAMED_FEW and long != stands)}"
        which = f", {many if len(stands) > 1 else 'also'}{which}" * bool(which and firm and long)
        size = "a small difference" if large and large[0].share < SMALL else "a difference"
        less, also = [card for card in firm if own[card.factor] not in stands], ""
        more = [x for x in found if own[x.factor] not in stands | {own[y.factor] for y in less}]
        for group, does in ((less, "with a small one"), (more, "may")):
            there, kept = {x.outcome for x in group}, {own[x.factor] for x in group}
            within = sorted({plain.measure_name(column_of(nights, x)) for x in there})
            where_too = f", in {listed(within, 'or')}" * (there != only and len(within) <= NAMED_IN)
            also += f"; {plain.number_said(len(kept)).lower()} more {does}{where_too}" * bool(kept)
        who = f"{plain.number_said(len(stands))} of {asked} habits" if asked > 1 else f"{ONE}{one}"
        return f"{who} {went} with {size} in {where}{which}{also}."
    also = " Over time nothing clearly changed." if limits else ""
    if wide := [card.lead for card in limits if card.is_wide]:
        when = wide[0].replace("Over", "changed over", 1).replace("Friday", "differs on Friday", 1)
        also = f" Whether your sleep {when} cannot be told."
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
        return f"{some} with a difference in {what}, but {none} {clear}.{also}"
    if is_blank(nights):
        return "No night is filled in yet."
    n, open_yet = len(nights), len({own.get(card.factor) for card in left if card.is_wide})
    if asked:
        if open_yet == asked:
            which = one.strip(" ()") if asked == 1 else f"any of {asked} habits{one}"
            verb = "differ" if " and " in what else "differs"
            return f"{n:,} nights are too few to say whether {what} {verb} with {which}.{also}"
        rest = f"; with {open_yet} of them it may still be large" if open_yet else ""
        who = ONE if asked == 1 else f"None of {asked} habits"
        goes = "does not clearly go" if asked == 1 else "clearly goes"
        return f"{who}{one} {goes} with a difference in {what}{rest}.{also}"
    if n < (LEAST_NIGHTS if factor_names(nights) else WEEKENDS_FROM):
        return f"{count_said(n, 'night')}: too few to compare anything."
    if table.empty:
        return f"No habits are noted in this file, so only weekends and months are compared.{also}"
    if (noted := int(table["n"].max())) < LEAST_NIGHTS:  # of the habit noted most often
        beside = f"Your habits stand beside your sleep on {noted} of {count_said(n, 'night')}"
        return f"{beside}: too few to ask about.{also}"
    return f"None of your habits could be asked about{why}; below stands why.{also}"


def unclear_said(nights: pd.DataFrame, limits: Sequence[Card]) -> Iterator[tuple[Any, ...]]:
    """Name what was not found: the measure, whether much is left open, how much, which habits."""
    one = len({x.factor for x in limits}) == 1 and plain.ONLY not in str(limits)  # is named first
    for outcome in () if one else dict.fromkeys(card.outcome for card in limits):
        for wide in (False, True):
            mine = [x for x in limits if x.outcome == outcome and x.is_wide is wide]
            if some := [x for x in mine if not x.low * x.high > 0.0]:  # those may be luck
                told = max(some, key=lambda card: card.unit).limit  # kinds have no unit
                name = plain.measure_name(column_of(nights, outcome))
                name += " (less is possible)" * (told != NOT_CLEAR and not wide)
                names = [listed_as(x.lead) + x.small.partition(plain.ONLY)[1] for x in some]
                yield outcome, wide, f"{told} in {name}", few_named(names)


def few_named(names: Sequence[str]) -> str:
    """Return as many names as stand in a line, stress first, and how many more there are."""
    names = sorted(names, key=lambda name: not plain.STRESS.search(name))  # what most came for
    kept = [x for k, x in enumerate(names) if len("".join(names[:k])) <= NAMED_UP_TO]
    kept = kept if len(kept) < len(names) - 1 else list(names)  # a name is no longer than "1 more"
    return ", ".join(kept) + f" and {len(names) - len(kept)} more" * (len(kept) < len(names))


# ---- what was read


def what_was_read(nights: pd.DataFrame) -> Said:
    """Say how many nights there are, from when to when, and what became of the source's rows."""
    check_nights(nights)
    sentences, about = [_span(nights)], told_of(nights)
    if "counts" in about:
        told = record.summary_sentences(about)
        if about.get("roles"):
            taken = about["roles"]
            for one in about.get("joined", []):  # the habits beside the nights are read, too
                taken = taken | one.record["roles"] | taken
            sentences.insert(0, roles.taken_sentence(taken))
        sentences += [text for text in told if not text.startswith(record.LATENCY_NOTE)]
    sentences += filter(None, [not_in_file(nights)])
    if (reason := latency_refusal(nights)) and known_nights(nights, LATENCY):
        why = reason.partition(": ")[2]
        sentences.append(f"How long you took to fall asleep is left out: {why}.")
    return Said(tuple(sentences))


def _span(nights: pd.DataFrame) -> str:
    """Say how many nights, from when to when, and how many evenings in between are missing."""
    dates = pd.DatetimeIndex(nights.index.get_level_values(-1))
    if len(dates) == 1:
        return f"1 night, {date_said(dates[0])}."
    missing = (dates[-1] - dates[0]).days + 1 - len(dates.unique())
    gaps = f"{count_said(missing, 'evening')} in between ha{'s' if missing == 1 else 've'} no entry"
    return (
        f"{nights_said(nights)}, from {date_said(dates[0])} to {date_said(dates[-1])}; "
        f"{gaps if missing else 'no evening in between is missing'}."
    )


def not_in_file(nights: pd.DataFrame) -> str:
    """Name what most people ask about and this diary does not tell; nothing of what cannot be."""
    first = list[str]()
    n, stand_in = known_nights(nights, "tst_min"), column_of(nights, how_long(nights))
    if not n or stand_in.name != "tst_min":
        few = f" (there on {n} of {count_said(len(nights), 'night')} only)" * bool(n)
        here = f" (“sleep” here is {plain.measure_name(stand_in)})" * (stand_in.name == "spt_min")
        first.append(f"time asleep{few}{here}")
    if latency_refusal(nights):
        first.append("measured " * bool(known_nights(nights, LATENCY)) + "time to fall asleep")
    lacks = [*first, *not_noted(nights)]
    said = f"{plain.NOT_IN_FILE}{', '.join(lacks)}.{latency_call(nights)}"
    return said if lacks and not check_first(nights) else ""


def not_noted(nights: pd.DataFrame) -> list[str]:
    """Name habits that most people ask about and none of those noted is; nothing without any."""
    labels = [column_of(nights, name).label for name in factor_names(nights)]
    if not labels or any(plain.STRESS.search(label) for label in labels):
        return []
    return ["stress", *["habits of the evening"] * all(x[-14:] == "the day before" for x in labels)]
