"""Records that may be sent only with the patient's signature, and what of that lacks.

Not for their notices: those are part of the packet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from priorauth.dates import shown
from priorauth.exhibits.places import Places
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.case import Case, Exhibit
    from priorauth.consent import Consent
    from priorauth.datafile import Trail


class _Form(NamedTuple):
    """A form that a patient signs: what it is needed for, and what to do without it."""

    name: str  # under `consents:`
    what: str
    fix: str


_NOTES = _Form(
    name="psychotherapy_notes",
    what="is psychotherapy notes, which a payer may be sent only with the patient's own written "
    "authorization for them (45 CFR 164.508(a)(2))",
    fix="If one is signed, write `consents: {psychotherapy_notes: {by: …, on: …}}`. Else leave the "
    "notes out and enclose a summary. No psychotherapy notes are (45 CFR 164.501): session times, "
    "modality, test results, or a summary of diagnosis, symptoms, plan and progress. If it is "
    "one of these, write `kind: psychotherapy_summary` or `kind: chart_notes`.",
)
_PART_2 = _Form(
    name="part_2",
    what="is a record of a substance use disorder program, which may be sent only with the "
    "patient's written consent (42 CFR 2.31 and 2.33)",
    fix="Write `consents: {part_2: {by: …, on: …, scope: …}}` from the signed form, or leave the "
    "exhibit out.",
)
_SCOPE = _Form(
    name="part_2",
    what="is a record of a substance use disorder program: a copy of the consent, or a clear "
    "explanation of its scope, goes with it (42 CFR 2.32)",
    fix="Write `scope:` under `consents.part_2`: which records, to whom, for what. Or enclose the "
    "copy with `kind: consent`, and cite it there as `evidence:`.",
)


class Withheld(NamedTuple):
    """An exhibit that may not be sent as things are, and what to do."""

    trail: Trail  # where in the case file it says so
    named: str  # exhibit C (therapy)
    what: str
    fix: str


def withheld(case: Case, day: date) -> Iterator[Withheld]:
    """Yield each exhibit whose signed form is not recorded, has ended, or does not say enough."""
    for number, exhibit in enumerate(case.exhibits):
        named = f"exhibit {case.exhibit_letter(exhibit.id)} ({exhibit.id})"
        for key, what, fix in _lacking(case, exhibit, day):
            yield Withheld(("exhibits", number, key), named, what, fix)


def open_points(case: Case, day: date) -> Iterator[tuple[str, str]]:
    """Yield a question for each exhibit that may not be sent as things are, with whom to ask."""
    for one in withheld(case, day):
        yield f"{one.named[:1].upper()}{one.named[1:]} {one.what}. {one.fix}", "the patient"


def problems(case: Case, day: date, file: str) -> Iterator[Problem]:
    """Yield why the exhibits of a case file may not be bound as things are, in no draft either."""
    places = Places(file)
    for one in withheld(case, day):
        what = f"{one.named} {one.what}"
        yield Problem(Severity.ERROR, places.at(one.trail), what, one.fix)


def _lacking(case: Case, exhibit: Exhibit, day: date) -> Iterator[tuple[str, str, str]]:
    """Yield the key of the exhibit that asks for a form, what lacks of it, and what to do."""
    signed = case.consents
    if exhibit.kind == "psychotherapy_notes":
        yield from _unsigned("kind", signed.psychotherapy_notes, _NOTES, day)
    if exhibit.part_2:
        yield from _unsigned("part_2", signed.part_2, _PART_2, day)
        if signed.part_2 and not (signed.part_2.scope or signed.part_2.evidence):
            yield "part_2", _SCOPE.what, _SCOPE.fix


def _unsigned(
    key: str, consent: Consent | None, form: _Form, day: date
) -> Iterator[tuple[str, str, str]]:
    if consent is None:
        yield key, form.what, form.fix
    elif consent.expires and consent.expires < day:
        what = f"{form.what}; the one that is recorded ended on {shown(consent.expires)}"
        fix = f"Have a new one signed and record it under `consents.{form.name}`, or leave it out."
        yield key, what, fix
