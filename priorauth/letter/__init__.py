"""From a weighed case to a letter's content: everything a template may use.

Not for form: no HTML here, and nothing that the case, the policy or the reference data lack.
"""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR
from typing import TYPE_CHECKING

from priorauth.criteria import Answer, LetterKind
from priorauth.criteria.verdict import STANCE
from priorauth.dates import age_on, shown
from priorauth.history import fall_percent, percent
from priorauth.letter.contract import (
    Cite,
    CriterionRow,
    Enclosure,
    ExceptionAsked,
    Letter,
    Party,
    Row,
    Section,
    Statement,
    Work,
)
from priorauth.letter.timeline import timeline
from priorauth.letter.treatments import number, treatment_groups
from priorauth.payer import Stance
from priorauth.reference import evidence, scales
from priorauth.reference.drugs import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.case import Address, Case, RequestedCode
    from priorauth.criteria import Fact, Finding, Verdict
    from priorauth.history import Evidence, Score
    from priorauth.payer import Destination

__all__ = ["Letter", "compose"]

_TITLES = {
    LetterKind.REQUEST: "Request for prior authorization",
    LetterKind.EXCEPTION: "Request for an individual exception",
    LetterKind.RECORD: "Record of medical necessity",
    LetterKind.GENERAL: "Letter of medical necessity",
}
_KINDS = {"initial": "Initial request", "renewal": "Renewal request", "appeal": "Appeal"}
_STANCES = {
    Stance.EXPERIMENTAL: "experimental or investigational",
}
# The safety topics of reference/services.yaml that a letter states, in this order.
_SAFETY_TOPICS = ("monitoring", "limitation")
_RATIONALE = {
    "present_state": "Present state",
    "why_this_treatment": "Why this treatment",
    "why_now": "Why now",
    "alternatives": "Alternatives considered",
    "risk_of_delay": "Risk of delay",
    "goals": "Goals and measurement",
}
_ACRONYMS = {"rems": "REMS", "pdmp": "PDMP", "mdd": "MDD"}
_SAFETY = {"safety": "Safety", "monitoring": "Monitoring"}


def compose(verdict: Verdict, *, draft: bool = False) -> Letter:
    """Return the content of the letter that the verdict calls for.

    It is a draft when one is asked for, and always while questions stand.
    """
    case = verdict.case
    person = case.prescriber
    works = _works(verdict)
    return Letter(
        kind=verdict.kind.value,
        draft=draft or not verdict.ready,
        questions=tuple(_questions(verdict)),
        title=_title(verdict),
        language="en-US",
        day=f"{verdict.day:%B} {verdict.day.day}, {verdict.day.year}",
        sender=_sender(case),
        payer=_payer(verdict),
        urgent=(case.request.urgent_because or "") if case.request.urgent else "",
        patient=case.patient.name.full,
        birth_date=shown(case.patient.birth_date),
        member_id=case.coverage.member_id,
        reference=tuple(_reference(verdict)),
        request=_request(verdict),
        status=_status(case),
        state=tuple(_state(case)),
        treatments=treatment_groups(verdict, _citer(case)),
        timeline=timeline(verdict),
        policy=_policy(verdict) if verdict.finding else "",
        criteria=tuple(_criteria(verdict)),
        exceptions=tuple(_exceptions(verdict)),
        rationale=_sections(case, _RATIONALE),
        safety=_sections(case, _SAFETY),
        safety_facts=_safety_facts(case),
        attested=tuple(_attested(verdict)),
        evidence=tuple(_work(w) for w in works if case.request.service in w.services),
        background=tuple(_work(w) for w in works if case.request.service in w.background),
        ask=tuple(_ask(verdict)),
        peer_to_peer=_peer_to_peer(case),
        signer=Row(f"{person.name.full}, {person.credentials}", f"NPI {person.npi}"),
        attestation=(
            "I attest that the statements in this letter are true to the medical record, "
            "and that the record supports them."
        ),
        enclosures=tuple(
            Enclosure(case.exhibit_letter(exhibit.id), exhibit.title, exhibit.pages or "")
            for exhibit in case.exhibits
        ),
    )


# --- heading and reference block -----------------------------------------------------------------


def _title(verdict: Verdict) -> str:
    kind = verdict.case.request.kind.value
    title = _TITLES[verdict.kind]
    return title if kind == "initial" else f"{title}: {kind}"


def _sender(case: Case) -> Party:
    practice = case.practice
    return Party(
        practice.name, "", practice.address.lines, practice.phone, practice.fax, practice.npi or ""
    )


def _payer(verdict: Verdict) -> Party:
    """Return where the letter goes: by the case, else by the library, else the name alone."""
    coverage = verdict.case.coverage
    known = verdict.payer.payer if verdict.payer else None
    own = coverage.send_to
    found = _destination(verdict)
    address: Address | None = (own and own.address) or (found and found.address) or None
    return Party(
        name=known.name if known else coverage.payer,
        department=(own and own.department) or (found and found.department) or "",
        lines=address.lines if address else (),
        phone=(own and own.phone) or (found and found.phone) or "",
        fax=(own and own.fax) or (found and found.fax) or "",
        npi="",
    )


def _destination(verdict: Verdict) -> Destination | None:
    """Return the library's address for this benefit and urgency, the closest fit first."""
    known = verdict.payer.payer if verdict.payer else None
    case = verdict.case
    fitting = [
        place
        for place in (known.addresses if known else ())
        if place.benefit in (None, case.coverage.benefit)
        and place.urgent in (None, case.request.urgent)
    ]
    return min(fitting, key=lambda p: (p.benefit is None) + (p.urgent is None), default=None)


def _reference(verdict: Verdict) -> Iterator[Row]:
    case = verdict.case
    coverage, request, person = case.coverage, case.request, case.prescriber
    yield Row("Patient", case.patient.name.full)
    yield Row("Date of birth", shown(case.patient.birth_date))
    yield Row("Member ID", coverage.member_id)
    if coverage.group_number:
        yield Row("Group number", coverage.group_number)
    if coverage.plan_name:
        yield Row("Plan", coverage.plan_name)
    if coverage.subscriber:
        holder = coverage.subscriber
        yield Row("Subscriber", f"{holder.name.full} ({holder.relationship})")
    if coverage.benefit:
        yield Row("Benefit", f"{coverage.benefit.value} benefit")
    specialty = f", {person.specialty}" if person.specialty else ""
    yield Row("Prescriber", f"{person.name.full}, {person.credentials}{specialty}")
    yield Row("Prescriber NPI", person.npi)
    yield Row("Service", request.known_service.name)
    yield Row("Codes", "; ".join(_code(code) for code in request.codes))
    yield Row("Diagnoses", "; ".join(f"{d.code} {d.title}" for d in case.diagnoses))
    yield Row(
        "Request type",
        f"{_KINDS[request.kind.value]}, {'urgent' if request.urgent else 'standard'}",
    )
    if request.start:
        yield Row("Start", shown(request.start))
    if request.place_of_service:
        yield Row("Place of service", request.place_of_service)
    if verdict.governing:
        yield Row("Policy", verdict.governing.title)


def _code(code: RequestedCode) -> str:
    word = "unit" if code.units == 1 else "units"
    units = f" x {number(code.units)} {word}" if code.units else ""
    ndc = f", NDC {code.ndc}" if code.ndc else ""
    return f"{code.code}{units}{ndc}"


def _request(verdict: Verdict) -> str:
    case = verdict.case
    service = case.request.known_service.name
    diagnosis = case.diagnoses[0] if case.diagnoses else None
    illness = f" for {_lower(diagnosis.title)} ({diagnosis.code})" if diagnosis else ""
    wish = {
        LetterKind.REQUEST: "Prior authorization is requested",
        LetterKind.EXCEPTION: "An individual exception is requested so that the plan covers",
        LetterKind.RECORD: "This letter records the medical necessity of",
        LetterKind.GENERAL: "Coverage is requested",
    }[verdict.kind]
    joined = " for" if verdict.kind in (LetterKind.REQUEST, LetterKind.GENERAL) else ""
    plan = case.request.plan.strip().rstrip(".")
    return f"{wish}{joined} {service} for {case.patient.name.full}{illness}: {plan}."


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _status(case: Case) -> tuple[str, ...]:
    """Return the approval that the request is under, or in so many words that it is off-label."""
    service = case.request.known_service
    if service.off_label and service.off_label.mark.printable:
        return (service.off_label.text,)
    approvals = service.printable_approvals
    wanted = case.request.indication
    return tuple(
        a.text for a in approvals if wanted and (a.id == wanted or a.id.startswith(f"{wanted}_"))
    )


# --- present state -------------------------------------------------------------------------------


def _state(case: Case) -> Iterator[Row]:
    for diagnosis in case.diagnoses[:1]:
        since = f", since {shown(diagnosis.since)}" if diagnosis.since else ""
        yield Row("Diagnosis", f"{diagnosis.code} {diagnosis.title}{since}")
    episode = case.episode
    if episode.onset:
        yield Row("Onset of this episode", shown(episode.onset))
    if episode.severity:
        yield Row("Severity", f"{episode.severity.value}, as the clinician describes it")
    if episode.psychotic_features is not None:
        yield Row("Psychotic features", "present" if episode.psychotic_features else "absent")
    for name in dict.fromkeys(score.scale for score in case.scores):
        yield Row(name, _trend([score for score in case.scores if score.scale == name]))


def _trend(found: list[Score]) -> str:
    """Return the latest score beside the baseline, or beside the first that is recorded."""
    ordered = sorted(found, key=lambda score: (score.on.last, score.on.first))
    latest = ordered[-1]
    scale = scales.find(latest.scale)
    range_ = f" of {scale.greatest}" if scale and scale.greatest else ""
    text = f"{latest.total}{range_} on {shown(latest.on)}"
    marked = [score for score in ordered if score.baseline]
    first = marked[-1] if marked else ordered[0]
    if first is latest:
        return text
    word = "baseline" if first.baseline else "first recorded"
    text += f"; {word} {first.total} on {shown(first.on)}"
    gain = fall_percent(first.total, latest.total) if first.total else None
    if gain is not None and gain > 0:
        text += f", improved by {percent(gain, ROUND_FLOOR)}"
    return text


# --- criteria ------------------------------------------------------------------------------------


def _criteria(verdict: Verdict) -> Iterator[CriterionRow]:
    if verdict.finding:
        for place, part in enumerate(verdict.finding.parts or (verdict.finding,), 1):
            yield from _rows(part, str(place), "", verdict.case)


def _policy(verdict: Verdict) -> str:
    if verdict.governing is None:
        return ""
    return f"{_payer(verdict).name}: {verdict.governing.title}"


def _rows(finding: Finding, number_: str, group: str, case: Case) -> Iterator[CriterionRow]:
    if not finding.parts:
        yield _row(finding, number_, group, case)
        return
    yield CriterionRow(
        number_, finding.id, finding.requirement, finding.cite, group, finding.answer.shown, (), ""
    )
    # Of a choice that is met, only what meets it is shown: the rest asks for nothing.
    choice = finding.kind != "all" and finding.answer is Answer.MET
    parts = [part for part in finding.parts if not choice or part.answer is Answer.MET]
    for place, part in enumerate(parts):
        yield from _rows(part, f"{number_}{chr(ord('a') + place)}", f"part of {number_}", case)


def _row(finding: Finding, number_: str, group: str, case: Case) -> CriterionRow:
    cite = _citer(case)
    return CriterionRow(
        number=number_,
        id=finding.id,
        requirement=finding.requirement,
        cite=finding.cite,
        group=group,
        finding=finding.answer.shown,
        facts=tuple(_statement(fact, cite) for fact in finding.judgement.facts),
        reason=_upper(finding.judgement.reason),
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _statement(fact: Fact, cite: _Citer) -> Statement:
    return Statement(fact.text, cite(fact.evidence))


def _questions(verdict: Verdict) -> Iterator[Statement]:
    for question in verdict.questions:
        who = f" Ask {question.ask}." if question.ask else ""
        yield Statement(f"{question.text}{who}", ())


class _Citer:
    """Turns evidence into exhibit letters and pages."""

    def __init__(self, case: Case) -> None:
        self._letters = {e.id: case.exhibit_letter(e.id) for e in case.exhibits}

    def __call__(self, found: Iterable[Evidence]) -> tuple[Cite, ...]:
        return tuple(
            Cite(letter, one.page, f"Ex. {letter} p. {one.page}")
            for one in dict.fromkeys(found)
            for letter in [self._letters[one.exhibit]]
        )


def _citer(case: Case) -> _Citer:
    return _Citer(case)


# --- the clinician's words, safety, evidence -----------------------------------------------------


def _paragraphs(text: str) -> tuple[str, ...]:
    blocks = text.replace("\r", "").split("\n\n")
    return tuple(" ".join(block.split()) for block in blocks if block.strip())


def _sections(case: Case, headings: dict[str, str]) -> tuple[Section, ...]:
    return tuple(
        Section(heading, _paragraphs(text))
        for name, heading in headings.items()
        if (text := getattr(case.rationale, name))
    )


def _safety_facts(case: Case) -> tuple[str, ...]:
    service = case.request.known_service
    facts = [fact.text for topic in _SAFETY_TOPICS for fact in service.printable_facts(topic)]
    rems = [service.rems.text] if service.rems and service.rems.mark.printable else []
    return (*rems, *facts)


def _attested(verdict: Verdict) -> Iterator[Statement]:
    """Yield what somebody stands for, where no payer's criteria say what is to be shown."""
    if verdict.finding:
        return
    cite = _citer(verdict.case)
    for name, found in verdict.case.attestations.items():
        words = found.statement or _words(name)
        answer = "yes" if found.answer else "no"
        text = f"{_upper(words).rstrip('.')}: {answer} ({found.by}, {shown(found.on)})"
        yield Statement(text, cite(found.evidence))


def _words(name: str) -> str:
    return " ".join(_ACRONYMS.get(word, word) for word in re.split("[_-]", name))


def _works(verdict: Verdict) -> tuple[evidence.Work, ...]:
    case = verdict.case
    beside = any(
        found.trial.ongoing and found.trial.drug.role is Role.ANTIDEPRESSANT
        for found in verdict.trials
    )
    return evidence.fitting(
        case.request.service,
        request=case.request.kind.value,
        beside_antidepressant=beside,
        age=age_on(verdict.day, case.patient.birth_date),
    )


def _work(work: evidence.Work) -> Work:
    size = f", {work.n} participants" if work.n else ""
    return Work(
        work.reference.rstrip("."),
        f"{_upper(work.design)}{size}",
        tuple(f.text for f in work.figures),
        work.does_not_show,
    )


def _exceptions(verdict: Verdict) -> Iterator[ExceptionAsked]:
    requirements = {
        leaf.id: leaf.requirement for leaf in (verdict.finding.leaves() if verdict.finding else ())
    }
    cite = _citer(verdict.case)
    for found in verdict.exceptions:
        yield ExceptionAsked(
            _stance(verdict)
            if found.criterion == STANCE
            else requirements.get(found.criterion, ""),
            _paragraphs(found.reason),
            f"{found.by}, {shown(found.on)}",
            cite(found.evidence),
        )


def _stance(verdict: Verdict) -> str:
    name = _payer(verdict).name
    service = verdict.case.request.known_service.name
    word = _STANCES.get(verdict.stance) if verdict.stance else None
    title = verdict.governing.title if verdict.governing else ""
    if word is None:
        return f"{name} does not cover {service} (policy {title})"
    return f"{name} calls {service} {word} (policy {title})"


def _ask(verdict: Verdict) -> Iterator[str]:
    service = verdict.case.request.known_service.name
    name = verdict.case.patient.name.full
    if verdict.kind is LetterKind.RECORD:
        yield f"This record is kept so that the medical necessity of {service} can be reviewed."
        return
    if verdict.kind is LetterKind.EXCEPTION:
        yield (
            f"Please review this request individually and make an exception so that {service} "
            f"is covered for {name}, for the reasons above."
        )
    else:
        yield f"Please approve {service} for {name} as requested above."
    yield (
        "If this cannot be approved as it stands, please call the prescriber for a peer-to-peer "
        "review before deciding."
    )


def _peer_to_peer(case: Case) -> str:
    person = case.prescriber
    phone, when = person.phone or case.practice.phone, person.peer_to_peer or ""
    return when if phone in when else ", ".join(filter(None, (when, phone)))
