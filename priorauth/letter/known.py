"""What the case knows, fact by fact, each fact in the parts that forms ask for."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from priorauth.dates import PartialDate, age_on, shown
from priorauth.history import number
from priorauth.letter.facts import (
    AddressParts,
    AttestedFacts,
    CodeFacts,
    CoverageFacts,
    DateParts,
    DiagnosisFacts,
    Facts,
    NameParts,
    OrganizationFacts,
    PatientFacts,
    PhoneParts,
    PrescriberFacts,
    RequestFacts,
    ScoreFacts,
)
from priorauth.letter.heading import addressee, amount, code_in_words, destination

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.case import Address, Case, Name, RequestedCode
    from priorauth.criteria import Verdict
    from priorauth.history import Score

_ZIP = 5  # digits before the dash
# CMS place-of-service codes have two digits; in words they stand in brackets: `Office (11)`.
_PLACE = re.compile(r"\(([0-9]{2})\)")


def facts(verdict: Verdict) -> Facts:
    """Return what the case and the library know, fact by fact."""
    case = verdict.case
    return Facts(
        day=_date(verdict.day),
        patient=_patient(case, verdict.day),
        coverage=_coverage(case),
        prescriber=_prescriber(case),
        practice=_practice(case),
        payer=_payer(verdict),
        request=_request(case),
        diagnoses=tuple(
            DiagnosisFacts(d.named, d.code, d.title, _date(d.since)) for d in case.diagnoses
        ),
        scores=tuple(_scores(case.scores)),
        attested=tuple(
            AttestedFacts(
                name,
                found.statement or "",
                "yes" if found.answer else "no",
                found.by,
                _date(found.on),
            )
            for name, found in case.attestations.items()
        ),
    )


def _name(found: Name | None) -> NameParts:
    if found is None:
        return NameParts("", "", "", "", "", "", "")
    middle, suffix = found.middle or "", found.suffix or ""
    family = f"{found.family} {suffix}".strip()
    return NameParts(
        text=found.full,
        given=found.given,
        middle=middle,
        family=found.family,
        suffix=suffix,
        initial=middle[:1],
        family_first=f"{family}, {found.given} {middle}".strip(),
    )


def _date(when: date | PartialDate | None) -> DateParts:
    if when is None:
        return DateParts("", "", "", "", "", "", "")
    known = PartialDate.of(when) if isinstance(when, date) else when
    month = f"{known.month:02}" if known.month else ""
    day = f"{known.day:02}" if known.day else ""
    year = f"{known.year:04}"
    digits = f"{month}{day}{year}" if known.is_day else ""
    return DateParts(shown(when), str(known), digits, month, day, year, year[2:])


def _phone(found: str | None) -> PhoneParts:
    if not found:
        return PhoneParts("", "", "", "", "", "")
    area, exchange, line = found.split("-")
    return PhoneParts(
        text=found,
        area_in_brackets=f"({area}) {exchange}-{line}",
        digits=f"{area}{exchange}{line}",
        area=area,
        exchange=exchange,
        line=line,
    )


def _address(found: Address | None) -> AddressParts:
    if found is None:
        return AddressParts("", "", "", "", "", "", "", "", "")
    return AddressParts(
        text=", ".join(found.lines),
        street=", ".join(filter(None, (found.street, found.street_2))),
        street_1=found.street,
        street_2=found.street_2 or "",
        city=found.city,
        state=found.state,
        zip=found.zip,
        zip_5=found.zip[:_ZIP],
        zip_4=found.zip[_ZIP + 1 :],
    )


def _patient(case: Case, day: date) -> PatientFacts:
    person = case.patient
    return PatientFacts(
        name=_name(person.name),
        birth_date=_date(person.birth_date),
        age=str(age_on(day, person.birth_date)),
        sex=person.sex or "",
        address=_address(person.address),
        phone=_phone(person.phone),
    )


def _coverage(case: Case) -> CoverageFacts:
    plan = case.coverage
    holder = plan.subscriber
    return CoverageFacts(
        member_id=plan.member_id,
        group_number=plan.group_number or "",
        plan=plan.plan_name or "",
        line_of_business=plan.line_of_business.value if plan.line_of_business else "",
        benefit=plan.benefit.value if plan.benefit else "",
        subscriber=_name(holder.name if holder else None),
        subscriber_birth_date=_date(holder.birth_date if holder else None),
        subscriber_member_id=(holder and holder.member_id) or "",
        relationship=holder.relationship if holder else "",
    )


def _prescriber(case: Case) -> PrescriberFacts:
    person = case.prescriber
    return PrescriberFacts(
        name=_name(person.name),
        credentials=person.credentials,
        text=f"{person.name.full}, {person.credentials}",
        specialty=person.specialty or "",
        npi=person.npi,
        phone=_phone(person.phone),
        peer_to_peer=person.peer_to_peer or "",
    )


def _practice(case: Case) -> OrganizationFacts:
    found = case.practice
    return OrganizationFacts(
        name=found.name,
        department="",
        npi=found.npi or "",
        tax_id=found.tax_id or "",
        address=_address(found.address),
        phone=_phone(found.phone),
        fax=_phone(found.fax),
    )


def _payer(verdict: Verdict) -> OrganizationFacts:
    """Return where the request goes, as the letter's address has it."""
    found = addressee(verdict)
    own, known = verdict.case.coverage.send_to, destination(verdict)
    return OrganizationFacts(
        name=found.name,
        department=found.department,
        npi="",
        tax_id="",
        address=_address((own and own.address) or (known and known.address) or None),
        phone=_phone(found.phone),
        fax=_phone(found.fax),
    )


def _request(case: Case) -> RequestFacts:
    asked = case.request
    place = asked.place_of_service or ""
    codes = _PLACE.findall(place)
    return RequestFacts(
        service=asked.service,
        name=asked.known_service.name,
        kind=asked.kind.value,
        urgency="urgent" if asked.urgent else "standard",
        urgent_because=asked.urgent_because.text if asked.urgent and asked.urgent_because else "",
        plan=asked.plan,
        start=_date(asked.start),
        sessions=str(asked.sessions or ""),
        mg_per_week=number(asked.mg_per_week) if asked.mg_per_week else "",
        place_of_service=place,
        place_code=codes[0] if len(codes) == 1 else "",
        codes=tuple(_code(case, code) for code in asked.codes),
    )


def _code(case: Case, code: RequestedCode) -> CodeFacts:
    known = case.request.known_service.code(code.code)
    return CodeFacts(
        text=code_in_words(code),
        code=code.code,
        description=known.description if known and known.mark.printable else "",
        units=number(code.units) if code.units else "",
        per=code.per or "",
        amount=amount(code),
        ndc=code.ndc or "",
        start=_date(case.request.start),
    )


def _scores(found: Iterable[Score]) -> Iterator[ScoreFacts]:
    scores = tuple(found)
    for scale in dict.fromkeys(score.scale for score in scores):
        own = sorted((s for s in scores if s.scale == scale), key=lambda s: (s.on.last, s.on.first))
        first = next((score for score in reversed(own) if score.baseline), None)
        latest = own[-1]
        yield ScoreFacts(
            id=scale.lower(),
            text=f"{scale} {latest.total} on {shown(latest.on)}",
            scale=scale,
            total=str(latest.total),
            on=_date(latest.on),
            baseline=str(first.total) if first else "",
            baseline_on=_date(first.on if first else None),
        )
