"""Medication, MedicationRequest, MedicationStatement and MedicationDispense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.history import Source
from priorauth.importers.fhir.values import (
    Json,
    bounds,
    concept,
    dosage,
    first,
    id_of,
    items,
    local,
    quantity,
    reference,
    text,
    when,
)
from priorauth.importers.records import Concept, DrugKind, DrugRecord, Origin

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.importers.records import Records

_UNREAL = frozenset(
    ("entered-in-error", "draft", "cancelled", "unknown", "declined", "preparation")
)
_NOT_ORDERED = frozenset(("proposal", "plan", "option"))
_NOT_TAKEN = frozenset(("not-taken", "intended", "unknown", "on-hold"))
_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7}


def medication(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Keep a drug for those who refer to it."""
    for key in filter(None, (origin.ref, full_url)):
        records.medications.setdefault(key, concept(resource.get("code")))


def request(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add an order; one that was never in force is left."""
    del full_url
    status, intent = text(resource.get("status")), text(resource.get("intent"))
    if status in _UNREAL or intent in _NOT_ORDERED:
        records.leave("MedicationRequest", f"its status says: {status or intent}", origin)
        return
    drug, ref = _drug(resource)
    start, end = bounds(resource.get("dosageInstruction"))
    dispense = first(resource.get("dispenseRequest"))
    amount, unit = quantity(dispense.get("quantity"))
    record = DrugRecord(
        origin,
        patient=id_of(reference(resource.get("subject"))),
        kind=DrugKind.ORDER,
        drug=drug,
        drug_ref=ref,
        start=start or when(resource.get("authoredOn")),
        end=end,
        quantity=amount,
        unit=unit,
        days=_days(dispense.get("expectedSupplyDuration")),
        dosage=dosage(resource.get("dosageInstruction")),
        reasons=tuple(concept(one) for one in items(resource.get("reasonCode"))),
        source=Source.CHART,
        stopped_because=_why_stopped(resource, status),
    )
    records.add(record, origin.ref)


def statement(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add what somebody said is or was taken."""
    del full_url
    status = text(resource.get("status"))
    taken = text(resource.get("taken"))  # STU3
    if status in _UNREAL | _NOT_TAKEN or taken in ("n", "unk", "na"):
        records.leave("MedicationStatement", "it does not say that the drug was taken", origin)
        return
    drug, ref = _drug(resource)
    period = first(resource.get("effectivePeriod"))
    told_by = reference(resource.get("informationSource"))
    by_patient = local(told_by).startswith("Patient/")
    record = DrugRecord(
        origin,
        patient=id_of(reference(resource.get("subject"))),
        kind=DrugKind.STATEMENT,
        drug=drug,
        drug_ref=ref,
        start=when(period.get("start")) or when(resource.get("effectiveDateTime")),
        end=when(period.get("end")),
        dosage=dosage(resource.get("dosage")),
        reasons=tuple(concept(one) for one in items(resource.get("reasonCode"))),
        source=Source.PATIENT_REPORT if by_patient else Source.CHART,
        still_taken=status == "active" and not period.get("end"),
        stopped_because=_why_stopped(resource, status),
    )
    records.add(record, origin.ref)


def dispense(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add a fill; one that was not handed out is left."""
    del full_url
    status = text(resource.get("status"))
    if status not in ("completed", ""):
        records.leave("MedicationDispense", f"its status says: {status}", origin)
        return
    drug, ref = _drug(resource)
    amount, unit = quantity(resource.get("quantity"))
    handed = when(resource.get("whenHandedOver"))
    record = DrugRecord(
        origin,
        patient=id_of(reference(resource.get("subject"))),
        kind=DrugKind.FILL,
        drug=drug,
        drug_ref=ref,
        start=handed or when(resource.get("whenPrepared")),
        quantity=amount,
        unit=unit,
        days=_days(resource.get("daysSupply")),
        dosage=dosage(resource.get("dosageInstruction")),
        source=Source.PHARMACY,
        order=local(reference(resource.get("authorizingPrescription"))),
    )
    records.add(record, origin.ref)


def _drug(resource: Json) -> tuple[Concept, str]:
    """Return the drug as coded and written, or where it stands: a resource, or one inside this."""
    if resource.get("medicationCodeableConcept"):
        return concept(resource["medicationCodeableConcept"]), ""
    ref = reference(resource.get("medicationReference"))
    for inside in items(resource.get("contained")):
        if ref == f"#{text(inside.get('id'))}":
            return concept(inside.get("code")), ""
    return Concept(text=text(first(resource.get("medicationReference")).get("display"))), local(ref)


def _why_stopped(resource: Json, status: str) -> str:
    if status not in ("stopped", "completed", "on-hold"):
        return ""
    return "; ".join(
        filter(None, (concept(one).name for one in items(resource.get("statusReason"))))
    )


def _days(value: object) -> Decimal | None:
    amount, unit = quantity(value)
    factor = _DAYS.get(unit.casefold())
    return amount * factor if amount is not None and factor else None
