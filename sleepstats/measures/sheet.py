"""The working sheet of :func:`add_measures`: columns as arrays, what wins, what is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Objects, Stamps
from sleepstats.clock import dst_gap, format_clock, known_zone, minutes_since, stamps_after
from sleepstats.columns import CLOCKS, DICTIONARY, IN_PIECES, RECORD, column_of, told_of
from sleepstats.errors import DiaryError

#: Minutes by which a recorded value may differ from the computed one before it is told.
TOLERATED_MIN = 5.0
DAY_MIN = 1440.0
#: Parts of a night, the first of sleep; pieces that overlap add up to so much more than it.
SLEEP_STAGES, AWAKE_PARTS, OVERLAP_MIN = (
    ("rem_min", "light_min", "deep_min"), ("awake_min", "snore_min"), 30.0
)  # fmt: skip
#: A night whose length is not known is taken for no longer; between two awakenings lies so much.
#: Of 4,000 nights of exports and diaries the most restless had 3.4 awakenings an hour.
LONGEST_MIN, LEAST_BETWEEN_MIN = 960.0, 4.0
#: What is said of what is dropped so.
TOO_MUCH = "more than its night can hold"
#: Rounding below this is none.
_HAIR = 1e-6


def known(values: Floats) -> bool:
    """Say whether any night has a value."""
    return not bool(np.isnan(values).all())


class Sheet:
    """The nights of one frame while their measures are worked out."""

    def __init__(self, nights: pd.DataFrame, said: Objects | None = None) -> None:
        self._said = said
        self._midnight = _evenings(nights)
        self._nights = nights
        self._record: dict[str, Any] = told_of(nights)
        self._zone = known_zone(self._record.get("zone"))
        self._new: dict[str, Any] = {}
        self._told: dict[int, list[str]] = {}
        self._stand_ins: dict[str, dict[str, Any]] = {}
        self._notes: list[str] = []
        self.blank: Floats = np.full(len(nights), np.nan)

    def clock(self, name: str) -> Floats:
        """Return a clock column in elapsed minutes after the evening's midnight; NaN if absent."""
        if name not in self._nights:
            return self.blank
        column = self._nights[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind != "M":
            if column.isna().all():
                return self.blank
            raise DiaryError(
                f"Column {name!r} is {column.dtype}, expected local times without zone "
                "(datetime64). Convert it with pandas.to_datetime() first."
            )
        stamps = column.to_numpy().astype("datetime64[us]")
        minutes, twice = minutes_since(self._midnight, stamps, self._zone)
        if twice.any():
            for i in np.flatnonzero(twice).tolist():
                reading = format_clock(float(stamps[i].astype("int64") // 60_000_000 % 1440) / 60)
                self._tell(i, f"{name} {reading} came twice that night: the first was taken")
        return minutes

    def number(self, name: str) -> Floats:
        """Return a numeric column as floats; NaN if absent."""
        if name not in self._nights:
            return self.blank
        column = self._nights[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            if column.isna().all():
                return self.blank
            raise DiaryError(
                f"Column {name!r} is {column.dtype}, expected numbers. "
                "Convert it with pandas.to_numeric() first."
            )
        return column.to_numpy(dtype=np.float64, na_value=np.nan)

    def clock_habits(self) -> list[str]:
        """Return the habits of the day that are clock times."""
        columns = zip(self._nights.columns, self._nights.dtypes, strict=True)
        times = [name for name, dtype in columns if dtype.kind == "M" and name not in DICTIONARY]
        told = [(name, column_of(self._nights, name)) for name in times]
        return [name for name, column in told if (column.kind, column.when) == ("factor", "day")]

    def settle(
        self,
        name: str,
        computed: Floats,
        source: str,
        *,
        least: Floats | float = 0.0,
        most: Floats | float = DAY_MIN,
        above: float | None = None,
        too_much: str = "",
        too_little: str = "",
        minutes: Floats | float = 1.0,
        compare: bool = True,
    ) -> Floats:
        """Let the recorded value win, fill blanks with the computed one, tell what contradicts."""
        recorded = self.number(name)
        had = ~np.isnan(recorded)
        has = ~np.isnan(computed)
        given = bool(had.any())
        if not (given or has.any()):
            return recorded
        dropped = contradicted = False
        for values, mask in ((recorded, had), (computed, has))[0 if given else 1 :]:
            bad = mask & ((values < least - _HAIR) | (values > most + _HAIR))
            if above is not None:
                bad |= mask & (values <= above)
            if bad.any():
                said, of = ("recorded as", "") if mask is had else ("would be", f" from {source}")
                done = "not used" if mask is had else "left missing"
                over = (values > most) & (np.asarray(most) < DAY_MIN)
                under = (values < least) & (np.asarray(least) != 0.0)
                why = np.where(over, too_much, np.where(under, too_little, ""))
                for i in np.flatnonzero(bad).tolist():
                    text = f"{name} {said} {_said(values[i], name)}{of}"
                    self._tell(i, f"{text}, {why[i]}: {done}" if why[i] else f"{text}: {done}")
                mask &= ~bad
                dropped |= mask is had
                contradicted |= bool((bad & under).any())
        if not given:
            kept = computed if has.all() else np.where(has, computed, np.nan)
        else:
            if compare:
                self._compare(name, recorded, computed, had & has, source, minutes)
            fill = has & ~had
            filled = bool(fill.any()) and not self._is_device(name)
            if not (filled or dropped):
                return recorded
            kept = np.where(had, recorded, np.where(fill, computed, np.nan) if filled else np.nan)
        if given or contradicted or known(kept):
            self._new[name] = kept
        return kept

    def settle_part(self, name: str, computed: Floats, source: str, night: Floats) -> Floats:
        """Settle a part of the night, which lasts no longer than what it lies in, where known."""
        most = np.where(night > 0.0, np.fmin(night + TOLERATED_MIN, DAY_MIN), DAY_MIN)
        too_much = "longer than the night it lies in"
        return self.settle(name, computed, source, most=most, too_much=too_much, compare=False)

    def awakenings(self, bed: Floats) -> Floats:
        """Settle how often one woke, before it is asked: no night holds more than so many."""
        asleep = self.number("tst_min")
        known_length = np.where((asleep > 0.0) & (asleep <= DAY_MIN), asleep, LONGEST_MIN)
        most = np.ceil(np.where(bed > 0.0, bed, known_length) / LEAST_BETWEEN_MIN)
        return self.settle("nawk", self.blank, "", most=most, too_much=TOO_MUCH)

    def drop_beyond(self, bed: Floats, asleep: Floats) -> None:
        """Leave missing what a night cannot hold: parts of it, stages together."""
        night = np.fmax(bed, asleep)
        night = np.where(night > 0.0, night, LONGEST_MIN)
        for parts, limit in ((SLEEP_STAGES, night), (AWAKE_PARTS, bed)):
            for name in (part for part in parts if part in self._nights):
                most = np.where(limit > 0.0, np.fmin(limit + OVERLAP_MIN, DAY_MIN), DAY_MIN)
                self.settle(name, self.blank, "", most=most, too_much=TOO_MUCH)
        stages = {n: self._new.get(n, self.number(n)) for n in SLEEP_STAGES if n in self._nights}
        if not stages:
            return
        together = np.nansum([*stages.values(), self.blank], axis=0)
        bad = together > night + OVERLAP_MIN + _HAIR
        for i in np.flatnonzero(bad).tolist():
            names = " + ".join(n for n, values in stages.items() if values[i] > 0.0)
            self._tell(
                i, f"{names} recorded as {_said(together[i], 'rem_min')}, {TOO_MUCH}: not used"
            )
        if bad.any():
            self._new |= {n: np.where(bad, np.nan, values) for n, values in stages.items()}

    def tell_longer(self, name: str, values: Floats, limit: str, most: Floats) -> None:
        """Tell where a duration is longer than the one it lies in; both are kept."""
        said = self._so_far()
        for i in np.flatnonzero(values > most + TOLERATED_MIN + _HAIR).tolist():
            if IN_PIECES not in said[i]:
                self._tell(
                    i,
                    f"{name} {_said(values[i], name)} is longer than {limit} "
                    f"{_said(most[i], limit)}: both kept",
                )

    def settle_onset(
        self, recorded: Floats, computed: Floats, source: str, until: Floats
    ) -> Floats:
        """Settle ``sleep_onset``, which must not lie after the end of sleep."""
        had, has = ~np.isnan(recorded), ~np.isnan(computed)
        late = has & (computed > until)
        for i in np.flatnonzero(late & ~had).tolist():
            self._tell(
                i,
                f"sleep_onset would be {format_clock(computed[i] / 60)} from {source}, after the "
                f"night ended at {format_clock(until[i] / 60)}: left missing",
            )
        has &= ~late
        apart = has & (np.abs(recorded - computed) > TOLERATED_MIN + _HAIR)
        for i in np.flatnonzero(apart).tolist():
            kept, given = format_clock(recorded[i] / 60), format_clock(computed[i] / 60)
            self._tell(i, f"sleep_onset recorded as {kept}, {source} give {given}: kept {kept}")
        fill = has & ~had
        if not fill.any() or self._is_device("sleep_onset"):
            return recorded
        kept_minutes = np.where(fill, computed, recorded)
        stamps = stamps_after(self._midnight, kept_minutes, self._zone)
        if self._zone is not None:
            stamps = self._in_order(stamps, fill)
        if had.any():
            before = self._nights["sleep_onset"].to_numpy().astype("datetime64[us]")
            stamps = np.where(had, before, stamps)
        self._new["sleep_onset"] = stamps
        return kept_minutes

    def _in_order(self, onset: Stamps, fill: Bools) -> Stamps:
        """Leave a computed onset missing where the clock, set back, reads out of order."""
        for name in CLOCKS:
            if name == "sleep_onset" or name not in self._nights:
                continue
            stamps = self._nights[name].to_numpy().astype("datetime64[us]")
            before = CLOCKS.index(name) < CLOCKS.index("sleep_onset")
            bad = fill & ((stamps > onset) if before else (stamps < onset))
            for i in np.flatnonzero(bad).tolist():
                reads = str(onset[i].astype("datetime64[m]"))[-5:]
                self._tell(
                    i,
                    f"sleep_onset would read {reads} on the clock that was set back that night, "
                    f"{'before' if before else 'after'} {name}: left missing, durations hold",
                )
            onset = np.where(bad, np.datetime64("NaT", "us"), onset)
        return onset

    def wall_hours(self, minutes: Floats) -> Floats:
        """Return elapsed minutes as hours of the wall clock after the evening's midnight."""
        if self._zone is None:
            return minutes / 60.0
        stamps = stamps_after(self._midnight, minutes, self._zone)
        return minutes_since(self._midnight, stamps)[0] / 60.0

    def stand_in(
        self, name: str, *, made_of: list[str], note: str, label: str | None = None
    ) -> None:
        """Record that a measure is made of other columns than the dictionary says."""
        told: dict[str, Any] = {"made_of": made_of}
        if label:
            told["label"] = label
        self._stand_ins[name] = told
        self._notes.append(note)

    def frame(self) -> pd.DataFrame:
        """Return the new frame."""
        if self._told:
            texts = self._problems()
            if texts is not self._said:
                self._new["problem"] = pd.array(texts, dtype="str")
        old = [name for name in self._new if name in self._nights]
        out = self._nights
        if old or not self._new:
            out = out.copy(deep=False)
            for name in old:
                out[name] = self._new.pop(name)
        if self._new:  # at once: a frame that grows column by column gets slow
            out = pd.concat([out, pd.DataFrame(self._new, out.index, copy=False)], axis=1)
            out.attrs = self._nights.attrs
        if self._stand_ins:
            out.attrs[RECORD] = self._told_record()
        return out

    def _is_device(self, name: str) -> bool:
        return name in self._nights and column_of(self._nights, name).kind == "device"

    def _compare(
        self,
        name: str,
        recorded: Floats,
        computed: Floats,
        both: Bools,
        source: str,
        minutes: Floats | float,
    ) -> None:
        gap = np.abs(recorded - computed) * minutes
        apart = both & (gap > TOLERATED_MIN + _HAIR)
        if not apart.any():
            return
        said = self._so_far()
        rows = np.flatnonzero(apart)  # minutes of pieces, clocks of the whole
        apart[rows[[IN_PIECES in said[i] for i in rows.tolist()]]] = False
        clocks = dst_gap(gap) & (name in ("tib_min", "spt_min", "tst_min", "twak_min"))
        for i in np.flatnonzero(apart).tolist():
            kept, given = _said(recorded[i], name), _said(computed[i], name)
            text = f"{name} recorded as {kept}, {source} give {given}: kept {kept}"
            if clocks[i]:
                text += " (about an hour apart: likely a night in which the clocks changed)"
            self._tell(i, text)

    def _tell(self, row: int, sentence: str) -> None:
        self._told.setdefault(row, []).append(sentence)

    def _so_far(self) -> Objects:
        """Return what is told of each night, the array itself where it is kept apart."""
        if self._said is not None:
            return self._said
        if "problem" in self._nights:
            # a frame that went through a file has missing values where there was no text
            cells = self._nights["problem"].to_numpy()
            return np.array([c if isinstance(c, str) else "" for c in cells], dtype=object)
        return np.full(len(self._nights), "", dtype=object)

    def _problems(self) -> Objects:
        texts = self._so_far()
        for row, sentences in self._told.items():
            before = texts[row]
            for sentence in sentences:
                what, would, _ = sentence.partition(" would be ")  # told before, not yet rounded
                if sentence not in texts[row] and not (would and what + would in before):
                    said = texts[row].removesuffix(".")
                    texts[row] = f"{said}; {sentence}" if said else sentence
        return texts

    def _told_record(self) -> dict[str, Any]:
        """Return the record with the stand-ins said; records are never changed in place."""
        columns = dict(self._record.get("columns", {}))
        for name, told in self._stand_ins.items():
            columns[name] = columns.get(name, {}) | told
        notes = list(self._record.get("notes", []))
        notes += [note for note in self._notes if note not in notes]
        return type(self._record)({**self._record, "columns": columns, "notes": notes})


def _evenings(nights: pd.DataFrame) -> Stamps:
    """Return the midnights of the evening dates; that they are such was checked at the door."""
    return nights.index.get_level_values(-1).to_numpy().astype("datetime64[us]")


def _said(value: float, name: str) -> str:
    """Write a number of a column for a sentence, to a tenth, with its unit."""
    unit = " min" if name.endswith("_min") else " %" if name.endswith("_pct") else ""
    return f"{value:.1f}".removesuffix(".0") + unit
