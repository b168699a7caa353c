"""Patient, Coverage, Organization and Practitioner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.importers.fhir.values import (
    Json,
    address,
    codes,
    first,
    id_of,
    items,
    local,
    now,
    npi,
    reference,
    telecom,
    text,
    texts,
    when,
)
from priorauth.importers.records import (
    CoverageRecord,
    OrganizationRecord,
    Origin,
    PatientRecord,
    PractitionerRecord,
)

if TYPE_CHECKING:
    from priorauth.importers.records import Records

_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv", "v"))
_SEXES = frozenset(("female", "male", "other", "unknown"))


def patient(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add a patient, with every name by which the other resources may speak of them."""
    name = now(resource.get("name"))
    given = texts(name.get("given"))
    suffixes = texts(name.get("suffix"))
    generation = next((s for s in suffixes if s.strip(".").casefold() in _GENERATIONS), "")
    numbers = (text(one.get("value")) for one in items(resource.get("identifier")))
    gender = text(resource.get("gender"))
    record = PatientRecord(
        origin,
        ids=frozenset(filter(None, (id_of(origin.ref), full_url, *numbers))),
        given=given[0] if given else "",
        middle=" ".join(given[1:]),
        family=text(name.get("family")),
        suffix=generation,
        birth_date=when(resource.get("birthDate")),
        sex=gender if gender in _SEXES else "",
        address=address(resource.get("address")),
        phone=telecom(resource.get("telecom"), "phone"),
        deceased=bool(resource.get("deceasedBoolean") or resource.get("deceasedDateTime")),
    )
    records.add(record, origin.ref)


def coverage(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add a plan of the patient."""
    del full_url
    classes = {code: one for one in items(resource.get("class")) for code in codes(one.get("type"))}
    group = classes.get("group", {})
    plan = classes.get("plan", {})
    older = first(resource.get("grouping"))  # STU3 writes group and plan here
    payer = first(resource.get("payor"))
    period = first(resource.get("period"))
    record = CoverageRecord(
        origin,
        patient=id_of(reference(resource.get("beneficiary"))),
        payer=text(payer.get("display")),
        payer_ref=local(reference(payer)),
        plan_name=text(plan.get("name")) or text(older.get("planDisplay")),
        member_id=_member_number(resource),
        subscriber_id=text(resource.get("subscriberId")),
        group_number=text(group.get("value")) or text(older.get("group")),
        relationship=" ".join(sorted(codes(resource.get("relationship")))),
        active=text(resource.get("status")) in ("active", ""),
        start=when(period.get("start")),
        end=when(period.get("end")),
    )
    records.add(record, origin.ref)


def _member_number(resource: Json) -> str:
    found = (one for one in items(resource.get("identifier")) if "MB" in codes(one.get("type")))
    return next((text(one.get("value")) for one in found), "")


def organization(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Keep an organization for those who refer to it."""
    kinds = frozenset().union(*(codes(one) for one in items(resource.get("type"))))
    record = OrganizationRecord(
        origin,
        name=text(resource.get("name")),
        npi=npi(resource.get("identifier")),
        phone=telecom(resource.get("telecom"), "phone"),
        fax=telecom(resource.get("telecom"), "fax"),
        address=address(resource.get("address")),
        is_payer=bool(kinds & {"pay", "ins", "PR", "X3"}),
    )
    for key in filter(None, (origin.ref, full_url)):
        records.organizations.setdefault(key, record)


def practitioner(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Keep a clinician whom the records name."""
    name = now(resource.get("name"))
    record = PractitionerRecord(
        origin,
        given=" ".join(texts(name.get("given"))),
        family=text(name.get("family")),
        npi=npi(resource.get("identifier")),
        phone=telecom(resource.get("telecom"), "phone"),
    )
    for key in filter(None, (origin.ref, full_url)):
        records.practitioners.setdefault(key, record)
