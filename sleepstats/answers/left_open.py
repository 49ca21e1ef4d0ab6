"""What the nights leave open: what they rule out, what could not be asked, what to do next."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sleepstats.answers import WEEKENDS_FROM, Card, cards, changes, diary, not_noted, plain, rows_of
from sleepstats.asking import LEAST_NIGHTS, held_columns
from sleepstats.checks import date_said
from sleepstats.columns import IN_PIECES, STAND_INS, column_of, factor_names, told_of
from sleepstats.errors import both_forms, option
from sleepstats.planning import MOST_NIGHTS, more_nights, nights_needed
from sleepstats.reading.check import check_first
from sleepstats.reading.formats import known_formats
from sleepstats.reading.nights import dates_left_open as dating
from sleepstats.relations import associate, correlate
from sleepstats.results.sentences import listed, named
from sleepstats.trials.designs import may_be_left_to_a_coin

#: What a header of dates is called, with these words, so that it says which evening a row is of.
HEADERS = {"evening": "evening", "morning": "morning", "calendar": "calendar day"}
#: A difference for which a coin is planned, in minutes; more nights nobody lets a coin decide.
COIN_MIN, MOST_BY_COIN = 30.0, 366
#: From so many nights on a diary begins to answer; what is told of a question.
USEFUL_NIGHTS, ENDS = 60, ("effect", "effect_low", "effect_high")
USEFUL = f"{LEAST_NIGHTS} {{}} can be asked about; half an hour mostly takes months to show"
VARIED = "They can be asked about once they, and your sleep, differ more from day to day"
#: What to note, and how; what stands below every finding that is to be looked for again.
NOTED = (
    "each evening note beside the date, in a table, what you want to know about, such as coffee, "
    "screens or stress, also when there was none"
)
FOUND_OUT = (
    f". {LEAST_NIGHTS} such evenings can be set beside your sleep; half an hour mostly takes "
    "months to show. Then a new page can be made of FILE, your nights, and LIST, that table: "
    "sleepstats report FILE --with LIST"
)
NO_ADVICE = "This is no advice to change anything, nor to leave it as it is."


def limits_of(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible of habits that went with nothing, measure by measure."""
    asked = table.attrs.get("sleepstats_table", {})
    made, few, hidden = [], cards.few_kinds(table), held_columns.hidden_beside(table)
    for row in rows_of(table):
        told = row["status"] in ("found", "refused") or row["factor"] in few
        if told or row["outcome"] not in outcomes:
            continue
        outcome = column_of(nights, row["outcome"])
        about = str(row["status"]), row["outcome"], row["factor"]
        counted = diary.counted_said(nights, row)
        amount = cards.amount_of(nights, row["factor"], asked)
        words = f"{plain.habit_said(column_of(nights, row['factor']))}{amount.compared}"
        if math.isnan(row["effect_low"]):
            kinds = f"no clear difference in {plain.measure_name(outcome)} between its kinds"
            made.append(Card(words, kinds, counted, *about))
            continue
        size, low, high = cards.sizes_of(row, ENDS, amount, outcome)
        said = plain.at_most_said(low, high, outcome, amount.each)
        if beside := [named(column_of(nights, x).label) for x in hidden.get(about[1:], ())]:
            _, *ends = cards.sizes_of(row, cards.BESIDE, amount, outcome)
            counted += f"; {plain.range_said(ends[0], ends[1], outcome)}{plain.ONLY}"
            counted += f", {listed(beside)} among them: less sure than what is clear at once"
        card = Card(words, said, counted, *about, size, low, high, plain.unit_said(outcome))
        if card.unit == "min" and max(-low, high) > card.widest:
            share, span = held_columns.share_of(table, row), nights.index[-1] - nights.index[0]
            more = more_nights(span.days + 1, high - low, card.widest, share)
            card = replace(card, small=f"{card.small}; {more}")
        made.append(card)
    widths = {card: np.nan_to_num(max(-card.low, card.high), nan=math.inf) for card in made}
    return tuple(sorted(made, key=lambda card: (outcomes.index(card.outcome), widths[card])))


def calendar_limits_of(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[Card, ...]:
    """Return what is left possible over the months and in the week of what did not stand out."""
    drifts, made, moved = list[Card](), list[Card](), bool(diary.hours_moved(nights)[0])
    for row in rows_of(table):
        column, months = column_of(nights, row["outcome"]), row["question"] == changes.MONTHS
        asked = row["outcome"] in outcomes and row["question"] != changes.SEASON
        # of hours that moved, that they did is the answer
        if row["found"] or not asked or (months and moved and plain.is_clock(column)):
            continue
        value, low, high = (plain.scale_of(column) * row[name] for name in ENDS)
        name, limit = plain.measure_name(column), plain.at_most_said(low, high, column)
        small = f"{row['n']:,} nights{'; the end against the beginning' * months}"
        card = Card(
            changes.lead_said(nights, row), f"{name} {limit}", small, "not found",
            row["outcome"], "", value, low, high, plain.unit_said(column),
        )  # fmt: skip
        if not card.is_wide or (not months and low * high > 0.0):  # all on one side: perhaps luck
            made.append(card)
        elif not months:  # hours that nobody saw are no news, and frighten
            said = f"whether {name} differs cannot be told"
            made.append(replace(card, said=said, small=f"{small}: {limit} would fit"))
        else:
            drifts.append(replace(card, said=name))
    names, clocks = [x.said for x in drifts], [column_of(nights, x.outcome) for x in drifts]
    longer = table[table["found"].astype(bool) & (table["question"] == changes.MONTHS)]["outcome"]
    told = f"whether {listed(names)} drifted cannot be told"
    if len(longer := longer[longer.isin(STAND_INS)]) and all(map(plain.is_clock, clocks)):
        told = f"the change in {plain.measure_name(column_of(nights, longer.iloc[0]))} comes from"
        told = f"whether {told} {listed(names, 'or')} cannot be told"  # of an end it has to come
    return *(replace(x, said=told, small="the nights differ too much") for x in drifts[:1]), *made


def not_asked(
    nights: pd.DataFrame, table: pd.DataFrame, outcomes: Sequence[str] = ()
) -> Iterator[str]:
    """Say why not of each habit that could not be asked about (none of ``outcomes``, if given)."""
    reasons = table[table["status"] == "refused"].drop_duplicates("factor").set_index("factor")
    told = table["status"] != "refused"
    if len(outcomes):
        told &= table["outcome"].isin(list(outcomes)) | (table["status"] == "found")
    asked = set(table.loc[told, "factor"])
    for name, reason in ((x, y) for x, y in reasons["reason"].items() if x not in asked):
        label = plain.habit_said(column_of(nights, str(name)))
        yield both_forms(f"{label}: {_why_not(nights, str(name), str(reason))}.")
    for name in cards.few_kinds(table) if outcomes else ():
        kinds = nights.loc[nights[outcomes[0]].notna(), name].value_counts()
        many = ", ".join(f"{kind} {n:,}" for kind, n in kinds.items())
        label = plain.habit_said(column_of(nights, name))
        names = listed([plain.measure_name(column_of(nights, outcome)) for outcome in outcomes])
        yield f"{label}: too few evenings of some kinds to compare {names} ({many})."


def _why_not(nights: pd.DataFrame, factor: str, reason: str) -> str:
    """Return a reason of the table in the words of a reader who knows no column."""
    words = reason.partition(": ")[2] or reason
    if reason.startswith("never recorded") and len(nights) >= LEAST_NIGHTS:  # else it helps none
        no = option("read_diary(...", blank_is_no=(factor,))
        return f"was never recorded as no. If a blank means no: {no}"
    if n := re.search(r"(?:; | has )(\d+) (?:ha(?:s|ve) both|yes, 0 no)", words):
        return f"noted beside sleep on {n[1]} night{'s' * (n[1] != '1')}; {LEAST_NIGHTS} are needed"
    if (same := re.match(r"(\w+_min) was ([\d.]+) on ", words)) and same[1] != factor:
        name = plain.measure_name(column_of(nights, same[1]))
        words = f"{name} was {plain.minutes_said(float(same[2]))} on {words[same.end() :]}"
    words = words.replace("weekdays and slow change", "the days of the week and the months")
    if follows := re.match(r"(\w+) follows ", words):
        what = "" if follows[1] == factor else plain.measure_name(column_of(nights, follows[1]))
        return f"{what} changes only with the days of the week and the months".strip()
    words = words.removeprefix(f"{factor} ").removeprefix(f"{factor}, ")
    names = sorted(map(str, nights.columns), key=len, reverse=True)
    pattern = rf"\b({'|'.join(map(re.escape, names))})\b(?!\()"
    return re.sub(pattern, lambda found: column_of(nights, found[0]).label, words)


# ---- what is worth doing next


def next_steps(
    nights: pd.DataFrame, table: pd.DataFrame, found: Sequence[Card], outcomes: Sequence[str]
) -> Iterator[str]:
    """Say what is worth doing next, and what it takes; empty: to go on with the habits noted."""
    n, counts = len(nights), told_of(nights).get("counts", {})
    habits = table.loc[table["status"] != "refused", "factor"].unique().tolist()
    # a score is of other measures, and seeing it again does not tell what came first
    stands = [card for card in found if card.verdict != "gone"]
    stands.sort(key=lambda card: plain.FOLLOWS in card.small or plain.SCORED in card.more)
    coin = [name for name in habits if may_be_left_to_a_coin(column_of(nights, name))]
    if wrong := check_first(nights) or _hardly_said(nights):
        yield wrong
        return
    if not habits and (apart := counts.get("unmatched", 0)) > counts.get("joined", 0):
        days = re.findall(r"there is no night of (\S+):", str(told_of(nights)["rows"]["problem"]))
        lone = f"Evenings of this file with habits and no night: {len(set(days)) or apart}."
        yield f"Note your night and your habits on the same days, at least {LEAST_NIGHTS}. {lone}"
    elif n < LEAST_NIGHTS:
        bare = not factor_names(nights)
        more = f"; weekends are compared from {WEEKENDS_FROM} nights on" * bare
        useful = USEFUL.format("such evenings" if bare else "nights") + more
        yield f"Go on recording{f', and {NOTED}' * bare}. {useful}."
    elif table.empty:
        yield f"Go on recording, and {NOTED}{FOUND_OUT}"
    elif not habits:
        useful = VARIED if table["n"].max() >= LEAST_NIGHTS else USEFUL.format("nights with them")
        yield f"Go on noting your habits, every evening, also when the answer is no. {useful}."
    elif free := [card for card in stands if card.factor in coin]:
        yield _coin(nights, table, free[0].factor, free[0].outcome, free[0])
    elif stands:
        yield _seen_again(nights, table, stands[0], f" ({_finding(nights, stands[0])})")
    else:
        told = _coin(nights, table, coin[0], outcomes[0]) if coin and n >= USEFUL_NIGHTS else ""
        yield told * ("--outcome" in told)
    # who noted habits of the evening chose them
    if len(lacks := not_noted(nights)) > bool(stands):
        yield f"For {listed(lacks)}: {_of_one_export(nights)}{NOTED}{FOUND_OUT}"


def _of_one_export(nights: pd.DataFrame) -> str:
    """Name the files of the same product that hold habits and were not given."""
    given = [str(one["format"]) for one in told_of(nights).get("sources", ())]
    kin = {name.partition("_")[0] for name in given}
    more = [x.product for name, x in known_formats().items() if name.partition("_")[0] in kin
            and name not in given and getattr(x, "role", "") == "evenings"]  # fmt: skip
    return f"give a folder that also holds {listed(more)}, if you have it, or " * bool(more)


def _hardly_said(nights: pd.DataFrame) -> str:
    """Say where to look first: at nights that are hardly any, and the lines that made each."""
    rows = told_of(nights).get("rows", {"problem": {}, "day": (), "line": (), "status": ()})
    every, told, (least, most) = " ".join(rows["problem"].values()), [], diary.NO_NIGHT
    pieces = dict(re.findall(r"line (\d+): a piece of the night of [^ ]+ \((\d+) min\)", every))
    for day in diary.hardly_nights(nights):
        of = nights.loc[day, [x for x in STAND_INS if x in nights]].astype(float).dropna()
        name = next(x for x in of.index if not least <= of[x] <= most)
        used = np.isin(rows["status"], ("used", "repaired"))
        at = np.flatnonzero(used & (np.array(rows["day"]) == np.datetime64(day, "D").astype(int)))
        own = " ".join(rows["problem"].get(str(i), "") for i in at)
        joined = re.search(rf"\(lines ([^)]+)\) {IN_PIECES}", own)
        lines = joined[1].split(", ") if joined else [str(rows["line"][i]) for i in at]
        where = f", {'put together from lines' if joined else 'line'} {listed(lines)}" * bool(lines)
        said = f"{plain.measure_name(column_of(nights, name))} {plain.minutes_said(of[name])}"
        longest = max(lines, key=lambda line: int(pieces.get(line, 0)), default="")
        if of[name] > most >= (less := of[name] - int(pieces.get(longest, 0))):
            said += f", but {plain.minutes_said(less)} without line {longest}"
        told.append(f"{date_said(day)}{where}: {said}")
    end = "Correct what is wrong, delete only what is no night. Then make this page again."
    return f"First look at {'; at '.join(told)}. {end}" * bool(told)


def _coin(
    nights: pd.DataFrame, table: pd.DataFrame, habit: str, outcome: str, card: Card | None = None
) -> str:
    """Say how a coin settles what a diary cannot; without a finding half an hour is planned for."""
    measure, label = column_of(nights, outcome), column_of(nights, habit).label.replace('"', "")
    ways, command, number = "with it or without", "sleepstats trial plan", math.inf
    size = COIN_MIN if plain.unit_said(measure) == "min" else math.nan
    aim, often = f"To learn whether it matters ({named(label)})", "on each evening"
    if card:
        aim = f"To learn whether it is the reason ({_finding(nights, card)})"
        size = abs(card.value) if card.value == card.value else size
    if not math.isnan(size):
        plan = nights_needed(nights, outcome=outcome, effect=size / plain.scale_of(measure)).table
        best = plan.loc[plan["design"].str.startswith("half of the nights, by"), "nights"]
        number = 2.0 * np.ceil(_fewest(best) / 2.0)
    typed, (low, high) = f'"{label}" "without"', diary.own_span(nights, habit)
    if high > low:
        unit = plain.unit_of(column_of(nights, habit))
        much, little = (f"{x:,g} {unit}".rstrip() if x > 0 else "none" for x in (high, low))
        ways, typed = f"{much} or {little}", f'"{label} {much}" "{label} {little}"'
    places = plain.places_of(size)
    words = f"{plain.amount_said(size, measure, places)} in {plain.measure_name(measure)}"
    if MOST_BY_COIN < number < math.inf:  # nobody is sent to it
        told = f"{aim}, chance would have to decide on each evening; for {words} that takes"
        again = f" {_seen_again(nights, table, card, '')}" if card else ""
        return f"{told} {number:,.0f} nights, more than is worth it.{again}"
    if number < math.inf:
        often = f"on each of about {number:,.0f} evenings (enough for {words}, not for less)"
        of = f"--outcome {outcome} --matters {round(size, places) / plain.scale_of(measure):.3g}"
        command += f" {number:.0f} {of} --diary FILE --conditions {typed}"
    return (
        f"{aim}, let a coin decide {often}, if you may freely do either: {ways}. Write down which. "
        f"What then differs comes of the habit or of luck. To plan it: {command}"
    )


def _finding(nights: pd.DataFrame, card: Card) -> str:
    """Return a finding without its size, its habit before it."""
    known, outcome = card.value == card.value, column_of(nights, card.outcome)
    way = plain.way_said(card.value, outcome) if known else "a difference between kinds"
    return f"{named(column_of(nights, card.factor).label)}: {way}"


def _fewest(nights: pd.Series[float]) -> float:
    return float(nights.astype("Float64").fillna(math.inf).min()) if len(nights) else math.inf


def _seen_again(nights: pd.DataFrame, table: pd.DataFrame, card: Card, which: str) -> str:
    """Say how many new nights would show a finding again: of what no coin should decide."""
    row = table[(table["factor"] == card.factor) & (table["outcome"] == card.outcome)].iloc[0]
    measure, value, kinds, takes = column_of(nights, card.outcome), card.value, "", math.inf
    if math.isnan(value):  # of kinds: the clearest of them
        told = associate(nights, card.outcome, card.factor).contrasts
        value, kinds, takes = held_columns.clearest_kind(told, row["n"], plain.scale_of(measure))
    elif abs(effect := float(row["best_guess"])) > 0.0:  # nor NaN
        plan = nights_needed(nights, outcome=card.outcome, factor=card.factor, effect=effect)
        takes = _fewest(plan.table["nights"])
    if takes > MOST_NIGHTS:
        return f"To see whether it comes again{which} takes years: these nights told what they can."
    size = f"{plain.amount_said(value, measure, plain.places_of(value))}{kinds}"
    return (
        f"To see whether it comes again{which}: go on recording for about "
        f"{-10.0 * (-takes // 10.0):,.0f} more nights (enough for {size}; a smaller difference "
        "takes more), and make a page of these alone. If it is there too, it was hardly luck; if "
        f"not, it may still be so. {NO_ADVICE}"
    )


# ---- where the dates can be read in two ways


def other_readings(
    nights: pd.DataFrame, found: Sequence[Card], outcomes: Sequence[str],
    weekends: Mapping[str, Card] | None = None,
) -> Iterator[str]:  # fmt: skip
    """Say which findings about some measures differ where the dates can be read otherwise.

    ``weekends``: as they are if dates name evenings.
    """
    here = cards.by_pair(card for card in found if card.factor and card.outcome in outcomes)
    weeks = cards.by_pair(card for card in found if card.lead == changes.WEEK)
    for dates in dating.open_dates(nights):
        told, differ = [], False
        for rule in dates.others:
            again = dating.read_otherwise(nights, rule, dates)
            table = correlate(again, outcomes=list(outcomes), beside=True)
            there, then = cards.by_pair(cards.cards_of(again, table)), dict(here)
            other_days = rule == "evening" and not dates.file
            if other_days:
                there, then = there | cards.by_pair((weekends or {}).values()), then | weeks
            new = [card for pair, card in there.items() if pair not in then]
            both = [(card, there[pair]) for pair, card in then.items() if pair in there]
            new += [two for one, two in both if two.high < one.low or one.high < two.low]
            lost = [] if dates.likely else [then[pair] for pair in then if pair not in there]
            parts = [f"{changes.quoted(x)} {y}found" for x, y in ((new, ""), (lost, "not ")) if x]
            none = "the same is found" if then else "nothing is found, either"
            parts = [*(parts or [none]), *[plain.OTHER_DAYS] * other_days]
            told.append(f"If a date is {dates.means(rule)}: {'; '.join(parts)}.")
            differ = differ or bool(new or lost)
        if differ or (weeks and weekends is not None and not dates.file):
            rules = [dates.taken, *dates.others]
            ways = {2: "two", 3: "three"}[len(rules)]
            yield (
                f"The dates of {dates.file or 'this file'} can be read in {ways} ways, and the "
                f"answer depends on it. Here a date was taken for {dates.means(dates.taken)}."
            )
            yield from told
            yield from _how_to_say(nights, rules, dates)


def _how_to_say(
    nights: pd.DataFrame, rules: Sequence[str], dates: dating.OpenDates
) -> Iterator[str]:
    """Say what to write where the file was made, and what to type, so that one reading is left."""
    roles = {} if dates.file else told_of(nights).get("roles", {})
    if header := next((name for name, one in roles.items() if one["role"] == "date"), ""):
        names = listed([f"“Date ({HEADERS[rule]})”" for rule in rules], "or")
        yield f"To say which it is, rename the column “{header}” to {names}; then read it again."
    typed = listed([option(f"{dates.read_by}(...", labels=rule) for rule in rules], "or")
    yield f"{'Or leave the file as it is' if header else 'Say which it is'}: {typed}."
