"""sleepstats: from a sleep diary export to an honest answer.

``nights`` is a plain :class:`pandas.DataFrame`, one row per night, units in the column names.
Every function takes one and returns one, or returns a small frozen result::

    import sleepstats as ss

    nights = ss.read_diary("export.csv")
    print(ss.present(ss.correlate(nights, beside=True)))

Nothing here touches the network, keeps state, or draws without being asked.
Public names load on first use, so ``import sleepstats`` costs little more than ``import pandas``.
"""

__version__ = "0.1.0"

#: Every public name and the module it stands in. ``__init__.pyi`` spells the same out for editors
#: and mypy; a test holds the two together.
_WHERE = {
    # in
    "read_diary": "reading",
    "list_formats": "reading",
    "reading_report": "reading.nights.record",
    "join_evenings": "reading.join",
    "add_measures": "measures",
    "add_bedtime_deviation": "measures",
    "load_sample": "simulation",
    "sample_path": "simulation",
    "simulate_nights": "simulation",
    # look
    "describe_nights": "measures.description",
    "regularity": "measures.between_nights",
    "check_nights": "checks",
    "anonymise": "anonymising",
    # ask
    "answer": "answers.findings",
    "main_outcomes": "asking.question_checks",
    "write_report": "report",
    "correlate": "relations",
    "associate": "relations",
    "compare": "relations",
    "dose_response": "responses",
    "timing_response": "responses.hours_before_bed",
    "over_time": "responses.courses",
    "pool_people": "people",
    "stress_and_sleep": "relations.both_ways",
    "entangled": "relations.entangling",
    "interaction": "relations.interactions",
    "nights_needed": "planning",
    "missing_for_a_reason": "relations.gaps",
    "explained": "relations.accounted",
    # experiment
    "plan_trial": "trials.ask",
    "analyse_trial": "trials.ask",
    # claims
    "check_claims": "claims",
    # show
    "present": "asking.present_table",
    "plot_raster": "plots.nights",
    "plot_calendar": "plots.calendar",
    "plot_series": "plots.nights",
    "plot_association": "plots.effects",
    "plot_difference": "plots.effects",
    "plot_forest": "plots.forest",
    "plot_response": "plots.several",
    "plot_matrix": "plots.effects",
    "plot_two_way": "plots.several",
    "plot_trial": "plots.trial",
    "theme": "plots",
    # results and errors
    "Answer": "answers.findings",
    "Association": "results.relation",
    "Difference": "results.relation",
    "BothWays": "relations.both_ways",
    "Explained": "relations.accounted",
    "Interaction": "relations.interactions",
    "NightsNeeded": "planning.designs",
    "Claim": "claims.questions",
    "ClaimsCheck": "claims.result",
    "TrialPlan": "trials",
    "TrialResult": "trials.result",
    "Response": "responses.results",
    "OverTime": "responses.results",
    "PeoplePool": "people",
    "DiaryError": "errors",
    "DiaryWarning": "errors",
}

__all__ = ["__version__", *sorted(_WHERE)]

#: What other packages call it.
_CALLED = {
    **dict.fromkeys(("read", "read_csv", "read_excel", "load", "open"), "read_diary(path)"),
    **dict.fromkeys(("plot", "plot_answer"), "answer(nights).plot()"),
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        from sleepstats.errors import did_you_mean

        near = f" Use {_CALLED[name]}." if name in _CALLED else did_you_mean(name, _WHERE)
        raise AttributeError(f"sleepstats has no public name {name!r}.{near}")
    from importlib import import_module

    value = getattr(import_module(f"sleepstats.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
