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
from pathlib import Path
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
from priorauth.importers.tables.columns import read_map
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from priorauth.importers.records import PatientRecord, Record, Records
    from priorauth.library import Library, LibraryPayer


@dataclass(frozen=True)
class Wanted:
    """What the user says beside the files.

    Without a payer, the records must name it; without a patient, they must be about one.
    """

    payer: str | None = None
    patient: str | None = None
    columns: Path | None = None  # a map file for tables


@dataclass(frozen=True)
class Imported:
    """What the files come to: facts, the records that they came from, and the payer."""

    facts: Facts
    records: Records
    payer: LibraryPayer | None


def gather(paths: Iterable[Path], library: Library, day: date, wanted: Wanted) -> Imported:
    """Return the facts of one patient's records, as they are to be understood on `day`.

    Raises UnreadableError for a file that cannot be read, and PriorAuthError where it is not
    certain whose record it is.
    """
    payer = library.find(wanted.payer) if wanted.payer else None
    records = door.read(paths, read_map(wanted.columns) if wanted.columns else {})
    person, ids = people.choose(records, wanted.patient)
    plans = people.own(records, CoverageRecord, ids)
    if ids:  # claims name the patient by the plan's number; a subscriber's is the family's
        every = (one for one in records.found.values() if isinstance(one, CoverageRecord))
        shared = {plan.member_id for plan in every if plan not in plans}  # a family's one number
        ids |= {plan.member_id for plan in plans} - shared - {""}
    payer = payer or (None if wanted.payer else coverage.payer_of(plans, records, library))
    drugs = map(records.with_drug, people.own(records, DrugRecord, ids))
    found, unsure, others = courses.of(drugs, records, day)
    facts = Facts(
        patient=person,
        coverage=coverage.of(plans, records, library, payer, day, wanted.payer or ""),
        clinicians=tuple(dict.fromkeys(records.practitioners.values())),
        clinics=tuple(dict.fromkeys(o for o in records.organizations.values() if not o.is_payer)),
        diagnoses=diagnoses.of(people.own(records, DiagnosisRecord, ids), records),
        courses=found,
        unsure=unsure,
        other_drugs=others,
        sessions=sessions.of(people.own(records, ProcedureRecord, ids), records),
        scores=scores.of(people.own(records, ScoreRecord, ids), records, day),
        notes=notes.of(people.own(records, NoteRecord, ids), records),
        doubts=tuple(_doubts(person, records)),
    )
    return Imported(facts, records, payer)


def _subject(record: Record) -> str:
    return getattr(record, "patient", "")


def _doubts(person: PatientRecord | None, records: Records) -> Iterable[str]:
    if person is None:
        named = {subject for one in records.found.values() if (subject := _subject(one))}
        if len(named) > 1:
            yield (
                f"The records name {len(named)} patients, and no file describes one: which of them "
                "are of the right one?"
            )
        else:
            yield "No file describes the patient: are these the records of the right one?"
        return
    if person.deceased:
        yield "The record says that the patient has died: is this the right record?"
    if records.without_patient:
        files = listed((Path(name).name for name in records.without_patient), "and")
        yield f"{files}: no patient is named there. Are these the records of the right one?"
