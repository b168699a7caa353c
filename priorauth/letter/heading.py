"""The head of a letter: who writes to whom, the reference block, the request, the present state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.authorization import Level
from priorauth.case import Kind
from priorauth.criteria import LetterKind, psychosis
from priorauth.criteria.drug_trials import capital
from priorauth.dates import age_on, shown
from priorauth.history import number
from priorauth.letter.contract import Party, Row
from priorauth.phrases import Phrases, said
from priorauth.reference import scales

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.case import Address, Case, Diagnosis, RequestedCode
    from priorauth.criteria import Verdict
    from priorauth.history import Score
    from priorauth.letter.cites import Citer
    from priorauth.letter.contract import Renewal
    from priorauth.payer import Destination

_TITLES = {
    LetterKind.EXCEPTION: "Request for an individual exception",
    LetterKind.RECORD: "Record of medical necessity",
    LetterKind.GENERAL: "Letter of medical necessity",
}
_OPENINGS = {
    LetterKind.REQUEST: "opening",
    LetterKind.EXCEPTION: "opening_exception",
    LetterKind.GENERAL: "opening_general",
}
NO_BREAK = "\N{NO-BREAK SPACE}"
_KINDS = {Kind.INITIAL: "Initial request", Kind.RENEWAL: "Renewal request", Kind.APPEAL: "Appeal"}


def title(verdict: Verdict) -> str:
    """Return the letter's title."""
    kind = verdict.case.request.kind
    words = _TITLES.get(verdict.kind) or phrase(verdict, "title")
    if verdict.case.appealed and verdict.kind is not LetterKind.RECORD:
        level = capital(verdict.case.appealed.level.words)
        asked = verdict.kind is LetterKind.EXCEPTION
        return f"{level}, with a request for an individual exception" if asked else level
    return words if kind is Kind.INITIAL else f"{words}: {kind.value}"


def kind_in_words(case: Case) -> str:
    """Return what kind of request it is: `Initial request`, `First-level appeal`."""
    return capital(case.appealed.level.words) if case.appealed else _KINDS[case.request.kind]


def sender(case: Case) -> Party:
    """Return the practice as the letter's sender."""
    practice = case.practice
    return Party(
        name=practice.name,
        department="",
        lines=practice.address.lines,
        phone=practice.phone,
        fax=practice.fax,
        npi=practice.npi or "",
        tax_id=practice.tax_id or "",
    )


def addressee(verdict: Verdict) -> Party:
    """Return where the letter goes: by the case, else by the library, else the name alone."""
    coverage = verdict.case.coverage
    own = coverage.send_to
    found = destination(verdict)
    address: Address | None = (own and own.address) or (found and found.address) or None
    return Party(
        name=(own and own.name) or payer_name(verdict),
        department=(own and own.department) or (found and found.department) or "",
        lines=address.lines if address else (),
        phone=(own and own.phone) or (found and found.phone) or "",
        fax=(own and own.fax) or (found and found.fax) or "",
        npi="",
        tax_id="",
    )


def payer_name(verdict: Verdict) -> str:
    """Return the payer's own name, or the name that the case gives it."""
    known = verdict.payer.payer if verdict.payer else None
    return known.name if known else verdict.case.coverage.payer


def destination(verdict: Verdict) -> Destination | None:
    """Return the library's address for this benefit and urgency, the closest fit first.

    An appeal goes where the decision says, and the library does not know that place.
    """
    known = verdict.payer.payer if verdict.payer else None
    case = verdict.case
    if case.appealed:
        return None
    fitting = [
        place
        for place in (known.addresses if known else ())
        if place.benefit in (None, case.coverage.benefit)
        and place.urgent in (None, case.request.urgent)
    ]
    return min(fitting, key=lambda p: (p.benefit is None) + (p.urgent is None), default=None)


def reference(verdict: Verdict) -> Iterator[Row]:
    """Yield each row of the reference block."""
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
    yield Row("Codes", "; ".join(code_in_words(code) for code in request.codes))
    yield Row("Diagnoses", "; ".join(d.named for d in case.diagnoses))
    yield Row(
        "Request type",
        f"{kind_in_words(case)}, {'expedited' if request.urgent else 'standard'}",
    )
    if request.sessions:
        yield Row("Sessions", str(request.sessions))
    if request.start:
        yield Row("Start", shown(request.start))
    yield Row("Return fax", case.practice.fax)
    if request.place_of_service:
        yield Row("Place of service", request.place_of_service)
    if verdict.governing and (verdict.finding or verdict.refused):
        yield Row("Policy", verdict.governing.title)


def code_in_words(code: RequestedCode) -> str:
    """Return a code with its units and its NDC: `J0013 x 84 units per session`."""
    units = amount(code)
    ndc = f", NDC {code.ndc}" if code.ndc else ""
    return f"{code.code}{' x ' if units else ''}{units}{ndc}"


def amount(code: RequestedCode) -> str:
    """Return the units of a code in words, or nothing: `84 units per session`."""
    if not code.units:
        return ""
    word = "unit" if code.units == 1 else "units"
    per = {"session": " per session", "request": " in all", None: ""}[code.per]
    return f"{number(code.units)} {word}{per}"


def request(verdict: Verdict) -> str:
    """Return the request in one sentence."""
    case, values = verdict.case, _values(verdict)
    if verdict.kind is LetterKind.RECORD:
        illness = f" for {values['diagnosis']}" if values["diagnosis"] else ""
        what = f"{values['service']} for {values['patient']}{illness}: {values['plan']}"
        return capital(f"{_appealed(case)}this letter records the medical necessity of {what}.")
    renewed = verdict.kind is LetterKind.REQUEST and case.weighed_as is Kind.RENEWAL
    asked = phrase(verdict, "opening_renewal" if renewed else _OPENINGS[verdict.kind])
    return f"{capital(_appealed(case))}{_lower(asked)}" if case.appealed else asked


def phrase(verdict: Verdict, name: str) -> str:
    """Return a phrase as this letter prints it.

    The sentences of an appeal are always the default ones: they name the decision and its day.
    """
    known = verdict.payer.payer if verdict.payer else None
    fixed = verdict.case.appealed is not None and name.startswith(("opening", "ask"))
    own = known.phrases if known and not fixed else Phrases()
    return said(own, name, _values(verdict))


def _values(verdict: Verdict) -> dict[str, str]:
    """Return what stands in the place of each placeholder of a phrase."""
    case = verdict.case
    return {
        "service": case.request.known_service.name,
        "patient": case.patient.name.full,
        "diagnosis": _illness(case.diagnoses[0]) if case.diagnoses else "",
        "plan": case.request.plan.strip().rstrip("."),
        "payer": payer_name(verdict),
        "prescriber": f"{case.prescriber.name.full}, {case.prescriber.credentials}",
    }


def _appealed(case: Case) -> str:
    """Return the beginning of the request: that a decision is appealed, where one is."""
    answer = case.appealed
    if answer is None:
        return ""
    reference = f" (reference {answer.reference})" if answer.reference else ""
    decision = f"the decision of {shown(answer.on)}{reference}"
    if answer.level is Level.EXTERNAL:
        return f"external review is requested of {decision}, and "
    return f"{decision} is appealed, and "


def _illness(diagnosis: Diagnosis) -> str:
    if not diagnosis.title:
        return diagnosis.code
    return f"{_lower(diagnosis.title)} ({diagnosis.code})"


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def status(case: Case, day: date) -> tuple[str, ...]:
    """Return the approval that the request is under, or in so many words that it is off-label.

    Nothing of an approval is said where it does not cover the diagnosis, or the patient's age.
    """
    service = case.request.known_service
    if service.off_label and service.off_label.mark.printable:
        return (service.off_label.text,)
    illness = case.diagnoses[0].code if case.diagnoses else ""
    age = age_on(day, case.patient.birth_date)
    approvals = [
        one for one in service.printable_approvals if one.covers(illness) and one.is_for_age(age)
    ]
    asked = next((a for a in approvals if a.id == case.request.indication), None)
    return tuple(
        a.text
        for a in approvals
        if asked
        and (a is asked or (a.id.startswith(f"{asked.id}_") and a.population == asked.population))
    )


def state(case: Case, cite: Citer, renewed: Renewal | None = None) -> Iterator[Row]:
    """Yield each row of the present state; scores that a renewal shows are left to it."""
    for diagnosis in case.diagnoses[:1]:
        since = f", since {shown(diagnosis.since)}" if diagnosis.since else ""
        yield Row("Diagnosis", f"{diagnosis.named}{since}")
    episode = case.episode
    if episode.onset:
        yield Row("Onset of this episode", shown(episode.onset))
    if episode.severity:
        yield Row("Severity", episode.severity.value)
    if episode.psychotic_features is not None and not psychosis.disagrees(case):
        yield Row("Psychotic features", "present" if episode.psychotic_features else "absent")
    told = {row.scale for row in renewed.responses} if renewed else set()
    for name in dict.fromkeys(score.scale for score in case.scores if score.scale not in told):
        yield Row(name, _trend([score for score in case.scores if score.scale == name], cite))


def _trend(found: list[Score], cite: Citer) -> str:
    """Return the latest score beside the baseline, or beside the first that is recorded."""
    ordered = sorted(found, key=lambda score: (score.on.last, score.on.first))
    latest = ordered[-1]
    scale = scales.find(latest.scale)
    range_ = f" of {scale.greatest}" if scale and scale.greatest else ""
    text = f"{latest.total}{range_} on {shown(latest.on)}{_where(latest, cite)}"
    marked = [score for score in ordered if score.baseline]
    first = marked[-1] if marked else ordered[0]
    if first is latest:
        return text
    word = "baseline" if first.baseline else "first recorded"
    text += f"; {word} {first.total} on {shown(first.on)}{_where(first, cite)}"
    points = latest.total - first.total
    return f"{text} (change {points:+d})"


def _where(score: Score, cite: Citer) -> str:
    places = ", ".join(place.text for place in cite(score.evidence)).replace(" ", NO_BREAK)
    return f" [{places}]" if places else ""
