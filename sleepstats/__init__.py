"""sleepstats: from a sleep diary export to an honest answer.

``nights`` is a plain :class:`pandas.DataFrame`, one row per night, units in the column names.
Every function takes one and returns one, or returns a small frozen result::

    import sleepstats as ss

    nights = ss.read_diary("export.csv")
    print(ss.present(ss.correlate(nights)))

Nothing here touches the network, keeps state, or draws without being asked.
Public names load on first use, so ``import sleepstats`` costs little more than ``import pandas``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    # in
    "read_diary": "reading.read",
    "list_formats": "reading.read",
    "reading_report": "reading.nights.record",
    "join_evenings": "reading.join",
    "add_measures": "measures.nightly",
    "add_bedtime_deviation": "measures.schedule",
    "load_sample": "samples",
    "sample_path": "samples",
    "simulate_nights": "simulation.diaries",
    # look
    "describe_nights": "measures.description",
    "regularity": "measures.between_nights",
    "check_nights": "checks",
    # ask
    "correlate": "relations.one_or_all",
    "associate": "relations.one_or_all",
    "compare": "relations.one_or_all",
    "dose_response": "responses.dose",
    "timing_response": "responses.hours_before_bed",
    "over_time": "responses.courses",
    "pool_people": "people.pooled",
    "stress_and_sleep": "relations.both_ways",
    "entangled": "relations.entangling",
    "interaction": "relations.interactions",
    "nights_needed": "planning.needed",
    "missing_for_a_reason": "relations.gaps",
    # experiment
    "plan_trial": "trials.ask",
    "analyse_trial": "trials.ask",
    # claims
    "check_claims": "claims.check",
    # show
    "present": "asking.present_table",
    "plot_raster": "plots.nights",
    "plot_calendar": "plots.calendar",
    "plot_series": "plots.nights",
    "plot_association": "plots.effects",
    "plot_difference": "plots.effects",
    "plot_forest": "plots.forest",
    "plot_response": "plots.response",
    "plot_matrix": "plots.matrix",
    "plot_two_way": "plots.two_way",
    "plot_trial": "plots.trial",
    "theme": "plots.style",
    # results and errors
    "Association": "results.relation",
    "Difference": "results.relation",
    "BothWays": "relations.both_ways",
    "Interaction": "relations.interactions",
    "NightsNeeded": "planning.result",
    "Claim": "claims.form",
    "ClaimsCheck": "claims.result",
    "TrialPlan": "trials.plan",
    "TrialResult": "trials.result",
    "Response": "responses.results",
    "OverTime": "responses.results",
    "PeoplePool": "people.results",
    "DiaryError": "errors",
    "DiaryWarning": "errors",
}

__all__ = ["__version__", *sorted(_WHERE)]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        from sleepstats.errors import did_you_mean

        raise AttributeError(f"sleepstats has no public name {name!r}.{did_you_mean(name, _WHERE)}")
    value = getattr(import_module(f"sleepstats.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})


if TYPE_CHECKING:  # the same names, spelled out for editors and mypy
    from sleepstats.asking.present_table import present as present
    from sleepstats.checks import check_nights as check_nights
    from sleepstats.claims.check import check_claims as check_claims
    from sleepstats.claims.form import Claim as Claim
    from sleepstats.claims.result import ClaimsCheck as ClaimsCheck
    from sleepstats.errors import DiaryError as DiaryError
    from sleepstats.errors import DiaryWarning as DiaryWarning
    from sleepstats.measures.between_nights import regularity as regularity
    from sleepstats.measures.description import describe_nights as describe_nights
    from sleepstats.measures.nightly import add_measures as add_measures
    from sleepstats.measures.schedule import add_bedtime_deviation as add_bedtime_deviation
    from sleepstats.people.pooled import pool_people as pool_people
    from sleepstats.people.results import PeoplePool as PeoplePool
    from sleepstats.planning.needed import nights_needed as nights_needed
    from sleepstats.planning.result import NightsNeeded as NightsNeeded
    from sleepstats.plots.calendar import plot_calendar as plot_calendar
    from sleepstats.plots.effects import plot_association as plot_association
    from sleepstats.plots.effects import plot_difference as plot_difference
    from sleepstats.plots.forest import plot_forest as plot_forest
    from sleepstats.plots.matrix import plot_matrix as plot_matrix
    from sleepstats.plots.nights import plot_raster as plot_raster
    from sleepstats.plots.nights import plot_series as plot_series
    from sleepstats.plots.response import plot_response as plot_response
    from sleepstats.plots.style import theme as theme
    from sleepstats.plots.trial import plot_trial as plot_trial
    from sleepstats.plots.two_way import plot_two_way as plot_two_way
    from sleepstats.reading.join import join_evenings as join_evenings
    from sleepstats.reading.nights.record import reading_report as reading_report
    from sleepstats.reading.read import list_formats as list_formats
    from sleepstats.reading.read import read_diary as read_diary
    from sleepstats.relations.both_ways import BothWays as BothWays
    from sleepstats.relations.both_ways import stress_and_sleep as stress_and_sleep
    from sleepstats.relations.entangling import entangled as entangled
    from sleepstats.relations.gaps import missing_for_a_reason as missing_for_a_reason
    from sleepstats.relations.interactions import Interaction as Interaction
    from sleepstats.relations.interactions import interaction as interaction
    from sleepstats.relations.one_or_all import associate as associate
    from sleepstats.relations.one_or_all import compare as compare
    from sleepstats.relations.one_or_all import correlate as correlate
    from sleepstats.responses.courses import over_time as over_time
    from sleepstats.responses.dose import dose_response as dose_response
    from sleepstats.responses.hours_before_bed import timing_response as timing_response
    from sleepstats.responses.results import OverTime as OverTime
    from sleepstats.responses.results import Response as Response
    from sleepstats.results.relation import Association as Association
    from sleepstats.results.relation import Difference as Difference
    from sleepstats.samples import load_sample as load_sample
    from sleepstats.samples import sample_path as sample_path
    from sleepstats.simulation.diaries import simulate_nights as simulate_nights
    from sleepstats.trials.ask import analyse_trial as analyse_trial
    from sleepstats.trials.ask import plan_trial as plan_trial
    from sleepstats.trials.plan import TrialPlan as TrialPlan
    from sleepstats.trials.result import TrialResult as TrialResult
