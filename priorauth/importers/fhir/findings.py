"""Condition, Observation, QuestionnaireResponse, Procedure and Encounter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from priorauth.importers import scales
from priorauth.importers.fhir.values import (
    Json,
    codes,
    coding,
    concept,
    first,
    id_of,
    items,
    local,
    number,
    quantity,
    reference,
    text,
    when,
)
from priorauth.importers.records import (
    Coding,
    Concept,
    DiagnosisRecord,
    Origin,
    ProcedureRecord,
    ScoreRecord,
    System,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.importers.records import Records

_FINAL = frozenset(("final", "amended", "corrected", "unknown", ""))
_LOINC = re.compile(r"[0-9]{3,5}-[0-9]")
_ORDINAL = ("ordinalValue", "itemWeight")  # how extensions call the points of an answer


def condition(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add a diagnosis, with the reason where it is not one that the patient has."""
    del full_url
    clinical = codes(resource.get("clinicalStatus"))
    verified = codes(resource.get("verificationStatus"))
    why_not = ""
    if verified & {"refuted", "entered-in-error"}:
        why_not = "the record says that it is not so"
    elif clinical & {"inactive", "resolved", "remission"} or resource.get("abatementDateTime"):
        why_not = "the record says that it is over or in remission"
    elif verified & {"unconfirmed", "provisional", "differential"}:
        why_not = "the record says that it is not confirmed"
    record = DiagnosisRecord(
        origin,
        id_of(reference(resource.get("subject"))),
        concept(resource.get("code")),
        when(resource.get("onsetDateTime")),
        why_not,
    )
    records.add(record, origin.ref)


def observation(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add an observation on a rating scale that is known here; others are counted as left."""
    del full_url
    named = concept(resource.get("code"))
    if scales.of(named) is None:
        records.leave("Observation", "on no rating scale that is known here")
        return
    answer = first(first(resource.get("valueCodeableConcept")).get("coding"))
    status = text(resource.get("status"))
    record = ScoreRecord(
        origin,
        patient=id_of(reference(resource.get("subject"))),
        concept=named,
        on=when(resource.get("effectiveDateTime"))
        or when(first(resource.get("effectivePeriod")).get("start")),
        value=_value(resource),
        answer=coding(answer) if answer else None,
        encounter=local(reference(resource.get("encounter") or resource.get("context"))),
        why_not="" if status in _FINAL else f"its status says: {status}",
    )
    records.add(record, origin.ref)


def _value(resource: Json) -> Decimal | None:
    found = (resource.get(f"value{kind}") for kind in ("Integer", "Decimal", "String"))
    numbers = [number(one) for one in found]
    numbers.append(quantity(resource.get("valueQuantity"))[0])
    return next((one for one in numbers if one is not None), None)


def response(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add each answer of a questionnaire whose question is coded and on a known scale."""
    del full_url
    status = text(resource.get("status"))
    taken = False
    for item in _all_items(resource):
        code = _LOINC.search(text(item.get("linkId")))
        named = Concept((Coding(System.LOINC, code[0], text(item.get("text"))),)) if code else None
        if named is None or scales.of(named) is None:
            continue
        taken = True
        given = first(item.get("answer"))
        answer = first(given.get("valueCoding"))
        record = ScoreRecord(
            origin,
            patient=id_of(reference(resource.get("subject"))),
            concept=named,
            on=when(resource.get("authored")),
            value=_value(given) if not answer else _points(answer),
            answer=coding(answer) if answer else None,
            group=origin.ref,
            why_not="" if status in ("completed", "amended", "") else f"its status says: {status}",
        )
        records.add(record, f"{origin.ref}#{text(item.get('linkId'))}")
    if not taken:
        records.leave("QuestionnaireResponse", "on no rating scale that is known here")


def _all_items(value: Json) -> list[Json]:
    """Return the items of a questionnaire at any depth."""
    own = items(value.get("item"))
    return own + [deeper for item in own for deeper in _all_items(item)]


def _points(answer: Json) -> Decimal | None:
    found = (
        number(one.get("valueDecimal"))
        for one in items(answer.get("extension"))
        if text(one.get("url")).endswith(_ORDINAL)
    )
    return next(found, None)


def procedure(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add something that was done; what was not is left."""
    del full_url
    status = text(resource.get("status"))
    if status not in ("completed", ""):
        records.leave("Procedure", f"its status says: {status}", origin)
        return
    performed = first(resource.get("performedPeriod")).get("start")
    record = ProcedureRecord(
        origin,
        id_of(reference(resource.get("subject"))),
        concept(resource.get("code")),
        when(resource.get("performedDateTime")) or when(performed),
    )
    records.add(record, origin.ref)


def encounter(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Keep the day of a visit for records that name the visit and no day of their own."""
    day = when(first(resource.get("period")).get("start"))
    if day:
        for key in filter(None, (origin.ref, full_url)):
            records.encounters[key] = day
    records.leave("Encounter", "used for dates alone")
