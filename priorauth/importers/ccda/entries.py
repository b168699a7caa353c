"""The entries of a document: medications, problems, scores, payers, procedures, documents."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from priorauth.history import Source
from priorauth.importers import numbers, scales
from priorauth.importers.ccda.values import (
    attribute,
    child,
    children,
    concept,
    every,
    identifiers,
    kind,
    said,
    span,
    when,
)
from priorauth.importers.records import (
    CoverageRecord,
    DiagnosisRecord,
    Dosage,
    DrugKind,
    DrugRecord,
    NoteRecord,
    Origin,
    ProcedureRecord,
    ScoreRecord,
    System,
)

if TYPE_CHECKING:
    from priorauth.importers.ccda.values import Element
    from priorauth.importers.records import Coding, Concept, Records

_PDF = "application/pdf"
_TIMES_A_DAY = {"h": Decimal(24), "d": Decimal(1), "wk": Decimal(1) / 7}


@dataclass(frozen=True)
class Place:
    """Where an entry stands: the file, whose document it is, and the section's title."""

    file: str
    patient: str
    section: str = ""

    @property
    def whole(self) -> Origin:
        """Return the place of the section itself."""
        return Origin(self.file, f"section {self.section}")

    def origin(self, entry: int) -> Origin:
        """Return the place of an entry, counted from 1."""
        return Origin(self.file, f"section {self.section}, entry {entry}")


# --- medications ----------------------------------------------------------------------------------


def medications(section: Element, place: Place, records: Records) -> None:
    """Add each medication and each fill of it."""
    for count, entry in enumerate(children(section, "entry"), 1):
        given = child(entry, "substanceAdministration")
        origin = place.origin(count)
        if given is None or given.get("negationInd") == "true":
            records.leave("C-CDA medication", "it says that no drug is taken")
            continue
        if attribute(child(given, "statusCode"), "code") in ("aborted", "cancelled", "nullified"):
            records.leave("C-CDA medication", "its status says: not carried out", origin)
            continue
        records.add(_medication(given, place, origin))
        _fills(given, place, count, records)


def _medication(given: Element, place: Place, origin: Origin) -> DrugRecord:
    times = children(given, "effectiveTime")
    start, end = span(next((t for t in times if kind(t) in ("IVL_TS", "")), None))
    ordered = given.get("moodCode") == "INT"
    status = attribute(child(given, "statusCode"), "code")
    return DrugRecord(
        origin,
        patient=place.patient,
        kind=DrugKind.ORDER if ordered else DrugKind.STATEMENT,
        drug=_drug(given),
        start=start,
        end=end,
        dosage=_dosage(given, times),
        reasons=tuple(_reasons(given)),
        source=Source.CHART,
        still_taken=not ordered and status == "active" and end is None,
    )


def _drug(element: Element) -> Concept:
    """Return the drug of a medication or of a fill of one."""
    holder = (
        child(element, "consumable")
        if child(element, "consumable") is not None
        else child(element, "product")
    )
    return concept(child(holder, "manufacturedProduct", "manufacturedMaterial", "code"))


def _dosage(given: Element, times: list[Element]) -> Dosage | None:
    amount = child(given, "doseQuantity")
    period = next((child(time, "period") for time in times if kind(time) == "PIVL_TS"), None)
    words = said(child(given, "text"))
    each = numbers.of(attribute(amount, "value"))
    if each is None and period is None and not words:
        return None
    return Dosage(
        each,
        attribute(amount, "unit"),
        _times(period),
        as_needed=child(given, "precondition") is not None,
        text=words,
    )


def _times(period: Element | None) -> Decimal | None:
    every_ = numbers.of(attribute(period, "value"))
    unit = _TIMES_A_DAY.get(attribute(period, "unit"))
    return unit / every_ if every_ and unit else None


def _reasons(given: Element) -> list[Concept]:
    linked = (r for r in children(given, "entryRelationship") if r.get("typeCode") == "RSON")
    return [concept(child(link, "observation", "value")) for link in linked]


def _fills(given: Element, place: Place, count: int, records: Records) -> None:
    """Add each time that the drug was handed out."""
    linked = [child(one, "supply") for one in children(given, "entryRelationship")]
    handed = [one for one in linked if one is not None and one.get("moodCode") == "EVN"]
    for number_, supply in enumerate(handed, 1):
        start, until = span(child(supply, "effectiveTime"))
        days = None
        if start and until and start.is_day and until.is_day:
            days = Decimal((until.first - start.first).days + 1)
        quantity = child(supply, "quantity")
        drug = _drug(supply)
        origin = place.origin(count)
        record = DrugRecord(
            Origin(origin.file, f"{origin.ref}, fill {number_}"),
            patient=place.patient,
            kind=DrugKind.FILL,
            drug=drug if drug.name or drug.codings else _drug(given),
            start=start,
            quantity=numbers.of(attribute(quantity, "value")),
            unit=attribute(quantity, "unit"),
            days=days,
            dosage=_dosage(given, children(given, "effectiveTime")),
            reasons=tuple(_reasons(given)),
            source=Source.PHARMACY,
            order=origin.key,
        )
        records.add(record)


# --- problems, procedures ------------------------------------------------------------------------


def problems(section: Element, place: Place, records: Records) -> None:
    """Add each problem, with the reason where it is not one that the patient has."""
    for count, entry in enumerate(children(section, "entry"), 1):
        act = child(entry, "act")
        concern = attribute(child(act, "statusCode"), "code")
        for observation in every(entry, "observation"):
            value = child(observation, "value")
            if value is None or not _is_problem(observation):
                continue
            since, until = span(child(observation, "effectiveTime"))
            why_not = ""
            if observation.get("negationInd") == "true":
                why_not = "the record says that it is not so"
            elif until or concern in ("completed", "aborted"):
                why_not = "the record says that it is over or in remission"
            records.add(
                DiagnosisRecord(place.origin(count), place.patient, concept(value), since, why_not)
            )


def _is_problem(observation: Element) -> bool:
    """Return whether an observation is the problem itself, not its status or its severity."""
    roots = {attribute(one, "root") for one in children(observation, "templateId")}
    return not roots or "2.16.840.1.113883.10.20.22.4.4" in roots


def procedures(section: Element, place: Place, records: Records) -> None:
    """Add what was done."""
    for count, entry in enumerate(children(section, "entry"), 1):
        for name in ("procedure", "act", "observation"):
            done = child(entry, name)
            if done is None:
                continue
            if attribute(child(done, "statusCode"), "code") not in ("completed", ""):
                records.leave("C-CDA procedure", "it was not carried out", place.origin(count))
                continue
            start, _ = span(child(done, "effectiveTime"))
            coded = concept(child(done, "code"))
            records.add(ProcedureRecord(place.origin(count), place.patient, coded, start))


# --- scores ---------------------------------------------------------------------------------------


def scores(section: Element, place: Place, records: Records) -> bool:
    """Add each observation on a known rating scale; return whether there was one."""
    found = False
    for count, entry in enumerate(children(section, "entry"), 1):
        for part, observation in enumerate(every(entry, "observation"), 1):
            coded = concept(child(observation, "code"))
            if scales.of(coded) is None:
                continue
            found = True
            value, answer = _answer(observation)
            records.add(
                ScoreRecord(
                    place.origin(count),
                    patient=place.patient,
                    concept=coded,
                    on=span(child(observation, "effectiveTime"))[0],
                    value=value,
                    answer=answer,
                ),
                f"{place.file} {place.section} {count}.{part}",
            )
    return found


def _answer(observation: Element) -> tuple[Decimal | None, Coding | None]:
    """Return the number, and the coded answer beside it, of an observation."""
    values = children(observation, "value")
    written = (attribute(v, "value") for v in values if kind(v) in ("INT", "REAL", "PQ"))
    coded = [c for v in values for c in concept(v).codings if c.system is System.LOINC]
    return next(map(numbers.of, written), None), next(iter(coded), None)


# --- payers ---------------------------------------------------------------------------------------


def payers(section: Element, place: Place, records: Records) -> None:
    """Add each plan that the section names; one without a payer is left."""
    for count, entry in enumerate(children(section, "entry"), 1):
        policies = [
            act
            for link in children(child(entry, "act"), "entryRelationship")
            for act in children(link, "act")
        ]
        if not policies:
            records.leave("C-CDA payer", "it names no plan", place.origin(count))
        for policy in policies:
            records.add(_plan(policy, place, place.origin(count)))


def _plan(policy: Element, place: Place, origin: Origin) -> CoverageRecord:
    payer = next((p for p in children(policy, "performer") if p.get("typeCode") == "PRF"), None)
    entity = child(payer, "assignedEntity")
    covered = next((p for p in children(policy, "participant") if p.get("typeCode") == "COV"), None)
    role = child(covered, "participantRole")
    start, end = span(child(covered, "time"))
    return CoverageRecord(
        origin,
        patient=place.patient,
        payer=said(child(entity, "representedOrganization", "name")),
        member_id=next(iter(identifiers(role).values()), ""),
        group_number=next(iter(identifiers(policy).values()), ""),
        relationship=attribute(child(role, "code"), "code").casefold(),
        start=start,
        end=end,
    )


# --- documents ------------------------------------------------------------------------------------


def documents(root: Element, place: Place, records: Records) -> None:
    """Add each PDF that is embedded in the document."""
    found = [child(body, "text") for body in every(root, "nonXMLBody")]
    found += [child(media, "value") for media in every(root, "observationMedia")]
    title = said(child(root, "title")) or "Document of the chart"
    for count, element in enumerate(found, 1):
        origin = Origin(place.file, f"embedded document {count}")
        if element is None or element.get("representation") != "B64":
            records.leave("C-CDA document", "its content is not in these files", origin)
            continue
        media_type = attribute(element, "mediaType") or _PDF
        record = NoteRecord(
            origin,
            patient=place.patient,
            title=title,
            media_type=media_type,
            content=_decoded(element),
            on=when(child(root, "effectiveTime")),
            labels=frozenset((attribute(child(root, "confidentialityCode"), "code"),)),
        )
        records.add(record)


def _decoded(element: Element) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
