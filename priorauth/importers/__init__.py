"""From the chart to a case: exports of several kinds in, the facts that a case file can hold out.

    door      tell each file's format by its content and read it     -> Records
    people    whose record it is                                     -> PatientRecord
    names, doses, courses    drug records -> doses over time
    scores, diagnoses, coverage, sessions, notes                     -> Facts
    draft     a commented case file                                  -> text
    merge     what is new, into a case file that a person has written -> text

Nothing is guessed: what the records do not say is a question in the case file.
Not for weighing, and not for writing files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.importers import (
    courses,
    coverage,
    diagnoses,
    door,
    notes,
    people,
    scores,
    sessions,
)
from priorauth.importers.facts import Facts
from priorauth.importers.records import (
    CoverageRecord,
    DiagnosisRecord,
    DrugRecord,
    NoteRecord,
    ProcedureRecord,
    ScoreRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from priorauth.importers.records import PatientRecord, Records
    from priorauth.library import Library, LibraryPayer


@dataclass(frozen=True)
class Imported:
    """What the files come to: facts, the records that they came from, and the payer."""

    facts: Facts
    records: Records
    payer: LibraryPayer | None


def gather(
    paths: Iterable[Path],
    library: Library,
    written: str | None,
    day: date,
    patient: str | None = None,
) -> Imported:
    """Return the facts of one patient's records, as they are to be understood on `day`.

    `written` is the payer as the command names it; without one, the records must name it.
    Raises UnreadableError for a file that cannot be read, and PriorAuthError where it is not
    certain whose record it is.
    """
    payer = library.find(written) if written else None
    records = door.read(paths)
    person, ids = people.choose(records, patient)
    plans = people.own(records, CoverageRecord, ids)
    payer = payer or (None if written else coverage.payer_of(plans, records, library))
    drugs = map(records.with_drug, people.own(records, DrugRecord, ids))
    found, unsure, others = courses.of(drugs, records, day)
    facts = Facts(
        patient=person,
        coverage=coverage.of(plans, records, library, payer, day),
        clinicians=tuple(dict.fromkeys(records.practitioners.values())),
        clinics=tuple(dict.fromkeys(o for o in records.organizations.values() if not o.is_payer)),
        diagnoses=diagnoses.of(people.own(records, DiagnosisRecord, ids), records),
        courses=found,
        unsure=unsure,
        other_drugs=others,
        sessions=sessions.of(people.own(records, ProcedureRecord, ids), records),
        scores=scores.of(people.own(records, ScoreRecord, ids), records, day),
        notes=notes.of(people.own(records, NoteRecord, ids), records),
        doubts=tuple(_doubts(person)),
    )
    return Imported(facts, records, payer)


def _doubts(person: PatientRecord | None) -> Iterable[str]:
    if person is None:
        yield "No file describes the patient: are these the records of the right one?"
    elif person.deceased:
        yield "The record says that the patient has died: is this the right record?"
