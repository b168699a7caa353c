"""Diagnoses beside what is asked for, and beside what the case says of the illness elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Attestation, Diagnosis
from priorauth.codes import Icd10cm
from priorauth.fields import problem
from priorauth.intake.places import at, entries, right
from priorauth.problems import Problem, Severity
from priorauth.reference import icd10cm, psychosis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile


def unknown(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each code that the code set lacks.

    An error, unless the set is no longer the newest on `day` and the title of the newer code stands
    beside it: a slip of the pen has none.
    """
    newer = day > icd10cm.LAST_DAY
    for entry in entries(data, ("diagnoses",)):
        trail = (*entry, "code")
        code = right(data, trail, Icd10cm)
        if code is None:
            continue
        titled = bool(at(data, (*entry, "title")))
        if icd10cm.find(code):
            if titled:
                what = "this code has a title in the code set: that one is printed"
                yield problem(data, (*entry, "title"), what, "Remove `title:`.", Severity.WARNING)
        elif newer and titled:
            what = f"this code is not in the set here, {icd10cm.EDITION}, and may be newer"
            fix = "Check code and title in the code set of the day: they are used as written."
            yield problem(data, trail, what, fix, Severity.WARNING)
        else:
            what = f"there is no such code in {icd10cm.EDITION}"
            fix = "Look it up in the chart: write the code with its dot, such as F33.2."
            yield problem(data, trail, what, f"{fix}{_OR_ITS_TITLE if newer else ''}")


_OR_ITS_TITLE = (
    " If it is newer than that set, write `title:` beside it, from the code set of the day."
)


def in_remission(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each diagnosis that says remission: nothing is then left to treat."""
    del day
    for entry in entries(data, ("diagnoses",)):
        trail = (*entry, "code")
        code = at(data, trail)
        if isinstance(code, str) and icd10cm.in_remission(code):
            yield problem(
                data,
                trail,
                "this diagnosis says remission while treatment is asked for",
                "Ask the prescriber whether it is still the right code.",
                Severity.WARNING,
            )


def psychotic_features(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each place where the case says of psychosis what it denies elsewhere."""
    del day
    found = [right(data, entry, Diagnosis) for entry in entries(data, ("diagnoses",))]
    codes = [diagnosis.code for diagnosis in found if diagnosis]
    said = right(data, ("episode", "psychotic_features"), bool)
    coded = {psychosis.features(code) for code in codes} - {None}
    if said is not None and coded - {said}:
        what = "the episode and a diagnosis code do not agree on psychotic features"
        fix = "Ask the prescriber which is right, and correct the other."
        yield problem(data, ("episode", "psychotic_features"), what, fix, Severity.WARNING)
    elif len(coded) > 1:
        what = "one code says that there are psychotic features, another that there are none"
        fix = "Ask the prescriber which is right, and remove the other."
        yield problem(data, ("diagnoses",), what, fix, Severity.WARNING)
    if said or any(psychosis.says(code) for code in codes):
        yield from _denied(data)


def _denied(data: Datafile) -> Iterator[Problem]:
    """Yield each attestation by which the psychosis that the case speaks of is denied."""
    found = at(data, ("attestations",))
    for name in found if isinstance(found, dict) else ():
        word = right(data, ("attestations", name), Attestation)
        if word and word.answer and not word.despite and psychosis.denied_by(name):
            yield problem(
                data,
                ("attestations", name),
                "this answer denies a psychosis that the episode or a diagnosis code speaks of",
                "Ask the prescriber which is right, and correct the other; if both are, write "
                "`despite:` here, in the prescriber's words.",
                Severity.WARNING,
            )
