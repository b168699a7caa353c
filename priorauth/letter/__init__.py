"""From a weighed case to a letter's content: everything a template may use.

Not for form: no HTML here, and nothing that the case, the policy or the reference data lack.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.criteria import LetterKind
from priorauth.criteria.drug_trials import capital
from priorauth.dates import age_on, shown
from priorauth.letter import findings, heading, known, words
from priorauth.letter.appeal import appeal
from priorauth.letter.cites import Citer, Numbering, packet
from priorauth.letter.contract import Enclosure, Headings, Letter, Row, Work
from priorauth.letter.notice import notice
from priorauth.letter.renewal import renewal
from priorauth.letter.timeline import timeline
from priorauth.letter.treatments import DRUG_GROUPS, is_current, treatment_groups
from priorauth.reference import Mark, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.letter.contract import Cite, CriterionRow, TreatmentGroup

__all__ = ["Letter", "Numbering", "compose"]

# The safety topics of reference/services.yaml that a letter states, in this order.
_SAFETY_TOPICS = ("monitoring", "limitation")


def compose(verdict: Verdict, *, draft: bool = False, numbering: Numbering | None = None) -> Letter:
    """Return the content of the letter that the verdict calls for.

    It is a draft when one is asked for, and always while questions stand. With the numbering of
    a packet it cites packet pages; raises LookupError or ValueError for a page not enclosed.
    """
    case = verdict.case
    cite = Citer(case, numbering)
    urgent = case.request.urgent_because if case.request.urgent else None
    person = case.prescriber
    works = _works(verdict)
    groups = treatment_groups(verdict, cite)
    criteria = tuple(findings.criteria(verdict, cite))
    renewed = renewal(verdict, criteria, cite)
    exceptions = tuple(findings.exceptions(verdict, cite))
    appealed = appeal(verdict, criteria, exceptions, cite)
    told = [e for reason in (appealed.reasons if appealed else ()) for e in reason.exceptions]
    enclosures = tuple(_enclosures(case, numbering))
    return Letter(
        kind=verdict.kind.value,
        draft=draft or not verdict.ready,
        questions=tuple(findings.questions(verdict)),
        title=heading.title(verdict),
        language="en-US",
        day=f"{verdict.day:%B} {verdict.day.day}, {verdict.day.year}",
        sender=heading.sender(case),
        payer=heading.addressee(verdict),
        urgent=" ".join(urgent.text.split()) if urgent else "",
        urgent_by=f"{urgent.by}, {shown(urgent.on)}" if urgent else "",
        urgent_cites=cite(urgent.evidence) if urgent else (),
        patient=case.patient.name.full,
        birth_date=shown(case.patient.birth_date),
        member_id=case.coverage.member_id,
        reference=tuple(heading.reference(verdict)),
        salutation=heading.phrase(verdict, "salutation"),
        headings=_headings(verdict),
        request=heading.request(verdict),
        status=heading.status(case, verdict.day),
        state=tuple(heading.state(case, cite, renewed)),
        renewal=renewed,
        appeal=appealed,
        treatments=groups,
        timeline=timeline(verdict),
        cite_example=next(_cites(groups, criteria), None),
        policy=findings.policy(verdict) if verdict.finding else "",
        criteria=criteria,
        exceptions=tuple(one for one in exceptions if one not in told),
        rationale=words.sections(case, words.RATIONALE),
        safety=words.sections(case, words.SAFETY),
        safety_facts=_safety_facts(case),
        attested=tuple(words.attested(verdict, cite)),
        evidence=tuple(_work(w) for w in works if case.request.service in w.services),
        background=tuple(_work(w) for w in works if _is_background(w, case.request.service)),
        ask=tuple(_ask(verdict)),
        peer_to_peer=_peer_to_peer(case),
        signer=Row(f"{person.name.full}, {person.credentials}", f"NPI {person.npi}"),
        attestation=heading.phrase(verdict, "attestation"),
        enclosures=enclosures,
        drugs=tuple(row for group in groups if group.id in DRUG_GROUPS for row in group.rows),
        facts=known.facts(verdict),
        addendum=None,
        notice=notice(case, enclosures, cite),
        sheet=None,
        packet=packet(numbering) if numbering else None,
    )


def _cites(groups: Iterable[TreatmentGroup], criteria: Iterable[CriterionRow]) -> Iterator[Cite]:
    """Yield the places that the tables of a letter cite."""
    for group in groups:
        for treatment in group.rows:
            yield from treatment.cites
    for criterion in criteria:
        for fact in criterion.facts:
            yield from fact.cites


def _enclosures(case: Case, numbering: Numbering | None) -> Iterator[Enclosure]:
    for exhibit in case.exhibits:
        yield Enclosure(
            case.exhibit_letter(exhibit.id),
            exhibit.title,
            exhibit.pages or "",
            numbering.part(exhibit.id).span if numbering else "",
        )


def _headings(verdict: Verdict) -> Headings:
    names = (field.name for field in fields(Headings))
    return Headings(**{name: heading.phrase(verdict, f"heading_{name}") for name in names})


def _safety_facts(case: Case) -> tuple[str, ...]:
    service = case.request.known_service
    facts = [fact.text for topic in _SAFETY_TOPICS for fact in service.printable_facts(topic)]
    rems = [service.rems.text] if service.rems and service.rems.mark.printable else []
    return (*rems, *facts)


def _works(verdict: Verdict) -> tuple[evidence.Work, ...]:
    case = verdict.case
    beside = any(is_current(found) for found in verdict.trials)
    return evidence.fitting(
        case.request.service,
        diagnosis=case.diagnoses[0].code if case.diagnoses else "",
        request=case.weighed_as.value,
        beside_antidepressant=beside,
        age=age_on(verdict.day, case.patient.birth_date),
    )


def _is_background(work: evidence.Work, service: str) -> bool:
    """Return whether a work is context worth a reviewer's time: read in its primary text."""
    return service in work.background and work.mark is Mark.V


def _work(work: evidence.Work) -> Work:
    size = f", {work.n} participants" if work.n else ""
    return Work(
        work.reference.rstrip("."),
        f"{capital(work.design)}{size}",
        tuple(f.text for f in work.figures),
        work.limitations,
    )


def _ask(verdict: Verdict) -> Iterator[str]:
    answer = verdict.case.appealed
    service = verdict.case.request.known_service.name
    if verdict.kind is LetterKind.RECORD:
        yield f"This record is kept so that the medical necessity of {service} can be reviewed."
        return
    name = "ask"
    if verdict.kind is LetterKind.EXCEPTION:
        name = "ask_exception"
    elif verdict.case.weighed_as is Kind.RENEWAL:
        name = "ask_renewal"
    asked = heading.phrase(verdict, name)
    reverse = f"Please reverse the decision of {shown(answer.on)} and " if answer else ""
    yield f"{reverse}{asked.removeprefix('Please ')}" if answer else asked
    yield heading.phrase(verdict, "peer_to_peer")


def _peer_to_peer(case: Case) -> str:
    person = case.prescriber
    phone, when = person.phone or case.practice.phone, person.peer_to_peer or ""
    return when if phone in when else ", ".join(filter(None, (when, phone)))
