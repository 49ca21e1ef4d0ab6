"""Writes the invented tables of the benchmark of meaning, to the byte the same each time.

    python benchmarks/meaning/make_tables.py

`tables_expect.csv` says how each table is simulated, `tables.csv` which columns it has and how
their cells are written (`cells`). Nights are simulated in whole minutes, so that what a table
shows adds up: TST = SPT − WASO, light + deep + REM = TST, awake = TIB − TST, SE = 100·TST/TIB.
Habits are drawn apart from the night, but for three modest effects: coffee and stress lengthen the
latency, alcohol the time awake. On Friday and Saturday evenings people stay up and sleep in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
DAY = 1440
COMMENTS = {
    "en": ["noisy neighbours", "slept in a hotel", "long day, fell into bed", "cat at the door"],
    "de": ["laute Nachbarn", "Vollmond", "im Hotel", "Kind krank"],
    "fr": ["orage", "voisins bruyants", "nuit d'hôtel", "trop chaud"],
    "it": ["vicini rumorosi", "temporale", "in albergo", "troppo caldo"],
    "nl": ["lawaai buiten", "onweer", "hotel", "te warm"],
    "ja": ["雨の音", "外食", "出張", "暑い夜"],
    "zh": ["下雨", "出差", "加班", "太热"],
}


class Nights:
    """The simulated evenings and nights of one person, a value each per row."""

    def __init__(
        self, rng: np.random.Generator, start: np.datetime64, rows: int, sim: dict[str, str]
    ) -> None:
        """Draw `rows` nights, the first beginning on the evening `start`."""
        self.rng, self.rows, n = rng, rows, rows
        self.evening = start + np.arange(n)
        self.weekday = (self.evening.astype(np.int64) + 3) % 7  # Monday is 0
        free = np.isin(self.weekday, (4, 5))
        hour, minute = map(int, sim.get("bed", "22:40").split(":"))

        def whole(x: Any) -> np.ndarray:
            return np.asarray(np.rint(x), dtype=int)

        self.stress = rng.binomial(10, 0.4, n)
        self.coffee = rng.poisson(1.9, n)
        self.caffeine = self.coffee * 95
        self.alcohol = np.where(rng.random(n) < 0.25 + 0.25 * free, 1 + rng.poisson(0.6, n), 0)
        self.screen = 15 * rng.binomial(8, 0.4, n)
        self.sport = np.where(rng.random(n) < 0.4, 5 * rng.integers(4, 15, n), 0)
        self.steps = whole(rng.normal(8200, 2600, n).clip(900)) + 40 * self.sport
        self.nap = np.where(rng.random(n) < 0.2, 5 * rng.integers(2, 9, n), 0)
        self.bed = 60 * hour + minute + whole(rng.normal(30 * free, 24))
        self.lights = self.bed + whole(3 + rng.exponential(9, n))
        slow = 10 + 1.2 * self.stress + 2.0 * self.coffee
        self.sol = whole(rng.gamma(3, slow / 3)).clip(2, 90)
        self.onset = self.lights + self.sol
        self.waso = whole(rng.gamma(2, 8 + 5 * self.alcohol)).clip(0, 110)
        self.nawk = rng.poisson(0.4 + self.waso / 18, n)
        self.nawk = np.where(self.waso > 4, self.nawk.clip(1), 0)
        self.wake = DAY + 400 + whole(rng.normal(80 * free, 20))
        if "shift" in sim:  # four days, four nights of work slept off by day, two days off, again
            turn = np.arange(n) % 10
            self.shift = np.select([turn < 4, turn < 8], ["day", "night"], "off")
            late = np.where(self.shift == "night", 9 * 60 + 40, 0)
            for name in ("bed", "lights", "onset"):
                setattr(self, name, getattr(self, name) + late)
            self.wake = self.wake + np.where(self.shift == "night", late - 40, 0)
        self.up = self.wake + whole(2 + rng.exponential(12, n))
        self.tib, self.spt = self.up - self.bed, self.wake - self.onset
        self.tst, self.sol0 = self.spt - self.waso, self.onset - self.bed
        self.awake = self.tib - self.tst
        self.deep = whole(self.tst * rng.normal(0.18, 0.03, n))
        self.rem = whole(self.tst * rng.normal(0.22, 0.03, n))
        self.light = self.tst - self.deep - self.rem
        self.snore = whole(rng.gamma(2, 9, n))
        self.se1 = 100 * self.tst / self.tib
        self.se = whole(self.se1)
        self.score = whole(66 + (self.tst - 390) / 6 + rng.normal(0, 4, n)).clip(30, 99)
        self.hr = whole(rng.normal(58, 2.5, n) + 1.5 * self.alcohol)
        self.rhr, self.lowhr = self.hr - 3 + rng.integers(0, 3, n), self.hr - 8
        self.hrv = whole(rng.normal(54, 8, n) - 3 * self.alcohol)
        self.resp, self.spo2 = rng.normal(14.2, 0.5, n), whole(rng.normal(95.6, 1, n)).clip(90, 99)
        self.tempdev = rng.normal(0.05, 0.2, n)
        self.recovery = whole(55 + (self.hrv - 54) + (self.tst - 410) / 8 + rng.normal(0, 8, n))
        self.recovery = self.recovery.clip(5, 99)
        self.battery = (self.recovery + rng.integers(5, 20, n)).clip(10, 100)
        self.debt, self.restless = whole((480 - self.tst).clip(0)), rng.poisson(22, n) + self.nawk
        felt = (self.tst - self.tst.mean()) / self.tst.std() + rng.normal(0, 1, n)
        self.quality10, self.quality5 = (
            whole(6 + 1.3 * felt).clip(1, 10),
            whole(3 + 0.8 * felt).clip(1, 5),
        )
        self.rested5 = whole(3 + 0.6 * felt + rng.normal(0, 0.5, n)).clip(1, 5)
        self.feel5, self.feel5b = rng.integers(1, 6, n), 1 + rng.binomial(4, 0.4, n)
        self.feel10, self.feel10b = 1 + rng.binomial(9, 0.5, n), 1 + rng.binomial(9, 0.6, n)

    def date(self, rule: str) -> np.ndarray:
        """Return the date that names each row under one of the four rules."""
        if rule == "evening":
            return self.evening
        return self.evening + (self.bed // DAY if rule == "bedtime" else 1)


def written_date(day: np.datetime64, style: str) -> str:
    """Return one date as people of that style write it."""
    y, m, d = str(day).split("-")
    return {
        "iso": f"{y}-{m}-{d}",
        "dmy": f"{d}.{m}.{y}",
        "d/m/y": f"{d}/{m}/{y}",
        "d-m-y": f"{d}-{m}-{y}",
        "m/d/y": f"{int(m)}/{int(d)}/{y}",
        "y/m/d": f"{y}/{int(m)}/{int(d)}",
    }[style]


def written_clock(evening: np.datetime64, minutes: int, style: str) -> str:
    """Return one time, in minutes after the midnight before the evening, in that style."""
    day, (h, m) = evening + minutes // DAY, divmod(minutes % DAY, 60)
    twelve = f"{(h - 1) % 12 + 1}:{m:02d} {'AM' if h < 12 else 'PM'}"
    return {
        "HH:MM": f"{h:02d}:{m:02d}",
        "H:MM": f"{h}:{m:02d}",
        "HH.MM": f"{h:02d}.{m:02d}",
        "HHhMM": f"{h:02d}h{m:02d}",
        "12h": twelve,
        "iso": f"{day} {h:02d}:{m:02d}",
        "isoT": f"{day}T{h:02d}:{m:02d}:00",
        "us": f"{written_date(day, 'm/d/y')} {twelve}",
        "dmy": f"{written_date(day, 'dmy')} {h:02d}:{m:02d}",
    }[style]


def written_duration(minutes: int, style: str) -> str:
    """Return one duration in that style: min, s, h1, h2, h3 (decimals), h:mm, Xh Ymin."""
    h, m = divmod(int(minutes), 60)
    if style[0] == "h" and style[1].isdigit():
        text = f"{minutes / 60:.{style[1]}f}"
        return text.replace(".", ",") if style.endswith(",") else text
    return {
        "min": str(int(minutes)),
        "s": str(60 * int(minutes)),
        "h:mm": f"{h}:{m:02d}",
        "Xh Ymin": f"{h}h {m}min",
    }[style]


def cells(night: Nights, recipe: str, rule: str, who: int) -> list[str]:
    """Return the cells of one column for one person.

    `date F`, `weekday A|B|…`, `clock NAME F`, `filled F`, `dur NAME F`, `num NAME [decimals]`,
    `words NAME low|…|high` (equal steps of NAME's ranks), `yes SHARE YES|NO`, `tick SHARE MARK`,
    `pick a|b|…`, `amount LOW HIGH STEP SHARE_OF_ZEROS [comma]`, `text LANGUAGE`, `const X`,
    `person a|b|…`, `row`, `row0`, `initials`, `shift`; then `zero=SHARE` or `blank=SHARE`.
    """
    rng, n = night.rng, night.rows
    spoilt = {k: float(v) for k, v in re.findall(r" (zero|blank)=([\d.]+)", recipe)}
    recipe = re.sub(r" (zero|blank)=[\d.]+", "", recipe)
    verb, _, rest = recipe.partition(" ")
    name, _, style = rest.partition(" ")
    if verb == "date":
        out = [written_date(day, rest) for day in night.date(rule)]
    elif verb == "weekday":
        days = (night.date(rule).astype(np.int64) + 3) % 7
        out = [rest.split("|")[day] for day in days]
    elif verb in ("clock", "filled"):
        minutes = getattr(night, name) if verb == "clock" else night.up + rng.integers(4, 50, n)
        style = style if verb == "clock" else rest
        pairs = zip(night.evening, minutes, strict=True)
        out = [written_clock(day, int(minute), style) for day, minute in pairs]
    elif verb == "dur":
        out = [written_duration(minutes, style) for minutes in getattr(night, name)]
    elif verb == "num":
        out = [f"{x:.{style or 0}f}" for x in getattr(night, name)]
    elif verb == "words":
        words, values = style.split("|"), getattr(night, name)
        edges = np.quantile(values, np.arange(1, len(words)) / len(words))
        out = [words[i] for i in np.searchsorted(edges, values, side="left")]
    elif verb in ("yes", "tick"):
        yes, no = style.split("|") if verb == "yes" else (style, "")
        out = [yes if x else no for x in rng.random(n) < float(name)]
    elif verb == "pick":
        out = rng.choice(rest.split("|"), n).tolist()
    elif verb == "amount":
        low, high, step, zeros = map(float, rest.split()[:4])
        values = low + step * rng.integers(0, round((high - low) / step) + 1, n)
        values = np.where(rng.random(n) < zeros, 0, values)
        out = [f"{x:g}" for x in values]
        if rest.endswith("comma"):
            out = [x.replace(".", ",") for x in out]
    elif verb == "text":
        out = [str(rng.choice(COMMENTS[rest])) if x else "" for x in rng.random(n) < 0.25]
    elif verb == "person":
        out = [rest.split("|")[who]] * n
    elif verb in ("row", "row0"):
        out = [str(i + (verb == "row")) for i in range(n)]
    elif verb == "initials":
        out = [chr(65 + i) + chr(65 + (7 * i + 3) % 26) for i in range(n)]
    elif verb == "shift":
        out = night.shift.tolist()
    elif verb == "const":
        out = [rest] * n
    else:
        raise ValueError(f"Unknown way to write cells: {recipe!r}.")
    for what, share in spoilt.items():
        empty, lost = "0" if what == "zero" else "", rng.random(n) < share
        out = [empty if gone else x for gone, x in zip(lost, out, strict=False)]
    return out


def rows_of(
    expect: dict[str, str], columns: list[dict[str, str]], seed: int
) -> Iterator[list[str]]:
    """Yield the rows of one table, in the order in which they stand in the file."""
    sim = dict(re.findall(r"(\w+)=(\S+)", expect["simulate"]))
    rng, people = np.random.default_rng(seed), int(expect["people"])
    one_off = "oneoff" in sim  # a row a person: as many single nights as people
    rows = people if one_off else int(expect["nights"]) // people
    start = np.datetime64(expect["start"] or "2031-03-03")
    calendar = expect["labels"] == "calendar"
    table = []
    for who in range(1 if one_off else people):
        night = Nights(rng, start, rows + calendar, sim)
        if calendar:  # the row's night ended that morning; what was done came after it
            night.rows = rows
        filled = []
        for column in columns:
            recipe = column["cells"]
            if calendar and column["role"] == "habit":
                name = recipe.split()[1]
                kept = getattr(night, name)
                setattr(night, name, kept[1:])
                filled.append(cells(night, recipe, "calendar", who)[:rows])
                setattr(night, name, kept)
            else:
                filled.append(cells(night, recipe, expect["labels"], who)[:rows])
        table += [(i, who, list(row)) for i, row in enumerate(zip(*filled, strict=True))]
    if sim.get("layout") == "dates":
        table.sort(key=lambda entry: entry[:2])
    if sim.get("order") == "newest":
        table.reverse()
    yield from (row for _, _, row in table)


def main() -> None:
    """Write every table."""
    with (HERE / "tables_expect.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    with (HERE / "tables.csv").open(encoding="utf-8", newline="") as file:
        every = list(csv.DictReader(file))
    (HERE / "tables").mkdir(exist_ok=True)
    for expect in expected:
        columns = [column for column in every if column["table"] == expect["table"]]
        seed = int(expect["table"][:2])
        path = HERE / "tables" / f"{expect['table']}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, delimiter=expect["delimiter"], lineterminator="\n")
            out.writerow([column["header"] for column in columns])
            out.writerows(rows_of(expect, columns, seed))


if __name__ == "__main__":
    main()
