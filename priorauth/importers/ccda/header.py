"""The head of a document: the patient, the clinic, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.importers.ccda.values import (
    NPI,
    address,
    attribute,
    child,
    children,
    deceased,
    identifiers,
    phone,
    said,
    when,
)
from priorauth.importers.records import (
    OrganizationRecord,
    Origin,
    PatientRecord,
    PractitionerRecord,
)

if TYPE_CHECKING:
    from priorauth.importers.ccda.values import Element
    from priorauth.importers.records import Records

_SEXES = {"F": "female", "M": "male", "UN": "other"}


def read(root: Element, name: str, records: Records) -> str:
    """Add the people of the head; return the id by which this document's records name theirs."""
    role = child(root, "recordTarget", "patientRole")
    person = child(role, "patient")
    own = f"{name}#patient"
    named = child(person, "name")
    given = [said(one) for one in children(named, "given") if not one.get("qualifier")]
    born = when(child(person, "birthTime"))
    record = PatientRecord(
        Origin(name, "recordTarget"),
        ids=frozenset((own, *identifiers(role).values())),
        given=given[0] if given else "",
        middle=" ".join(given[1:]),
        family=said(child(named, "family")),
        birth_date=born,
        sex=_SEXES.get(attribute(child(person, "administrativeGenderCode"), "code"), ""),
        address=address(child(role, "addr")),
        phone=phone(role),
        deceased=deceased(person),
    )
    records.add(record, f"{name} recordTarget")
    clinic = child(role, "providerOrganization")
    if clinic is not None:
        _organization(clinic, Origin(name, "providerOrganization"), records)
    for place, author in enumerate(children(root, "author"), 1):
        _author(child(author, "assignedAuthor"), Origin(name, f"author {place}"), records)
    return own


def _organization(element: Element, origin: Origin, records: Records) -> None:
    record = OrganizationRecord(
        origin,
        name=said(child(element, "name")),
        npi=identifiers(element).get(NPI, ""),
        phone=phone(element),
        fax=phone(element, "fax:"),
        address=address(child(element, "addr")),
    )
    records.organizations.setdefault(f"{origin.file} {origin.ref}", record)


def _author(element: Element | None, origin: Origin, records: Records) -> None:
    named = child(element, "assignedPerson", "name")
    if named is None:
        return  # a device or a system wrote it
    record = PractitionerRecord(
        origin,
        given=" ".join(said(one) for one in children(named, "given")),
        family=said(child(named, "family")),
        npi=identifiers(element).get(NPI, ""),
        phone=phone(element),
    )
    records.practitioners.setdefault(f"{origin.file} {origin.ref}", record)
