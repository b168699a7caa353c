"""Whose record it is: one patient, or a refusal. And who else the records name.

A record that names another patient is left; one that names a patient nobody describes is too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from priorauth.importers.records import PatientRecord, noun
from priorauth.problems import PriorAuthError, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.importers.records import Origin, Record, Records

Kind = TypeVar("Kind", bound="Record")


class SeveralPatientsError(PriorAuthError):
    """The files hold the records of several patients."""

    def __init__(self, origins: list[Origin]) -> None:
        """Say how many and in which files, without a name or a number of theirs."""
        files = listed(dict.fromkeys(origin.file for origin in origins), "and")
        super().__init__(
            f"{files}: {len(origins)} patients. A case is about one: add --patient with the `id` "
            "of the Patient resource, or with the patient's number as the record has it."
        )


class NoSuchPatientError(PriorAuthError):
    """No patient of the files has the id that was given."""

    def __init__(self, count: int) -> None:
        """Say how many patients there are."""
        have = f"{count} patients" if count != 1 else "one patient"
        super().__init__(
            f"No patient of these files has the id given with --patient; they hold {have}. "
            "Write the `id` of the Patient resource, or the patient's number in the record."
        )


def choose(records: Records, wanted: str | None) -> tuple[PatientRecord | None, frozenset[str]]:
    """Return the patient of the case, and every id by which the records speak of them.

    Raises SeveralPatientsError and NoSuchPatientError.
    """
    found = [one for one in records.found.values() if isinstance(one, PatientRecord)]
    persons = _persons(found)
    if wanted is not None:
        persons = [group for group in persons if any(wanted in one.ids for one in group)]
        if not persons:
            raise NoSuchPatientError(len(_persons(found)))
    if len(persons) > 1:
        raise SeveralPatientsError([group[0].origin for group in persons])
    if not persons:
        return None, frozenset()
    ids: frozenset[str] = frozenset().union(*(one.ids for one in persons[0]))
    return max(persons[0], key=_fullness), ids


def _persons(found: Iterable[PatientRecord]) -> list[list[PatientRecord]]:
    """Return the records grouped by person: the same name and birth date, or a shared id."""
    groups: list[list[PatientRecord]] = []
    for one in found:
        same = next((group for group in groups if any(_same(one, other) for other in group)), None)
        if same is None:
            groups.append([one])
        else:
            same.append(one)
    return groups


def _same(one: PatientRecord, other: PatientRecord) -> bool:
    described = one.family and one.birth_date
    likely = (one.family.casefold(), one.given.casefold(), one.birth_date)
    return bool(described) and likely == (
        other.family.casefold(),
        other.given.casefold(),
        other.birth_date,
    )


def _fullness(one: PatientRecord) -> int:
    return sum(bool(v) for v in (one.given, one.family, one.birth_date, one.sex, one.address))


def own(records: Records, kind: type[Kind], ids: frozenset[str]) -> list[Kind]:
    """Return the patient's records of a kind; others are left and counted.

    A table names no patient as a rule: whoever names the file says whose it is.
    """
    found = [one for one in records.found.values() if isinstance(one, kind)]
    kept: list[Kind] = []
    for one in found:
        subject = getattr(one, "patient", "")
        if not subject or not ids or subject in ids:
            kept.append(one)
        else:
            records.leave(
                noun(one), "of another patient, or of one that no file describes", one.origin
            )
    return kept
