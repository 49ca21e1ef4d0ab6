"""What must be said before a trial of a medicine, or of a substance that can do harm.

The list is short and not complete. It exists to stop a person for a moment, not to judge what is
safe: a word that is not on it means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: What a person may write -> why a clinician comes first. Names of groups and common members.
#: Sources: the withdrawal syndromes of DSM-5-TR and ICD-11; LiverTox (NCBI Bookshelf NBK547852)
#: for liver injury; the products' labels for the rest.
_CAUTIONS: Mapping[str, str] = {
    "dependence and withdrawal; liver injury has been reported":
        "kratom mitragynine mitragyna 7-oh 7-hydroxymitragynine",
    "dependence, withdrawal and stopped breathing":
        "opioid opioids opiate opiates codeine morphine oxycodone hydrocodone tramadol tapentadol "
        "methadone buprenorphine tianeptine",
    "dependence; stopping suddenly can bring on seizures":
        "benzodiazepine benzodiazepines alprazolam clonazepam diazepam lorazepam temazepam "
        "xanax valium barbiturate barbiturates phenobarbital phenibut ghb gbl alcohol",
    "dependence, rebound sleeplessness and acts done while asleep":
        "zolpidem zopiclone eszopiclone zaleplon ambien z-drug z-drugs",
    "withdrawal when stopped":
        "gabapentin pregabalin baclofen nicotine cannabis marijuana thc hashish",
    "withdrawal when stopped, and interactions with other medicines":
        "antidepressant antidepressants ssri ssris snri snris sertraline fluoxetine paroxetine "
        "citalopram escitalopram venlafaxine duloxetine trazodone mirtazapine amitriptyline "
        "doxepin antipsychotic antipsychotics quetiapine olanzapine lithium",
    "a dangerous rise of blood pressure or pulse when stopped suddenly":
        "clonidine propranolol metoprolol beta-blocker beta-blockers",
    "dependence and strain on the heart":
        "amphetamine amphetamines adderall methylphenidate ritalin modafinil",
    "confusion, falls and poisoning at doses not far above the usual":
        "diphenhydramine doxylamine promethazine chloral",
    "liver injury": "kava kava-kava",
    "serious interactions with other medicines": "st-john's-wort hypericum 5-htp",
    "adrenal insufficiency when stopped": "prednisone prednisolone hydrocortisone steroid steroids",
}  # fmt: skip
_REASONS = {word: reason for reason, words in _CAUTIONS.items() for word in words.split()}

MEDICINE = "a medicine, and medicines are started and stopped with whoever prescribed them"


def caution_about(texts: Iterable[str], *, medicine: bool = False) -> str:
    """Return the warning that a plan must open with; empty when nothing on the list is named.

    >>> caution_about(["Kratom tea"])
    'Before anything else, ask a doctor or pharmacist: “kratom” is known for dependence and
    withdrawal; liver injury has been reported. Starting and stopping by a schedule can itself do
    harm. This is a schedule of nights; it says nothing about whether to take anything, or how
    much.'
    >>> caution_about(["reading"])
    ''
    """
    text = " ".join(texts).casefold().replace("’", "'")
    text = text.replace("st. john", "st john").replace("st john's wort", "st-john's-wort")
    words = re.findall(r"[\w'-]+", text)
    found = [word for word in dict.fromkeys(words) if word in _REASONS]
    parts = [f"“{word}” is known for {_REASONS[word]}" for word in found]
    if medicine:
        parts.append(f"this is {MEDICINE}")
    if not parts:
        return ""
    return (
        f"Before anything else, ask a doctor or pharmacist: {'; '.join(parts)}. Starting and "
        "stopping by a schedule can itself do harm. This is a schedule of nights; it says nothing "
        "about whether to take anything, or how much."
    )
