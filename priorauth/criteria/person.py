"""Criteria on the patient: age, diagnosis, severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import EpisodeSeverity
from priorauth.criteria import psychosis
from priorauth.criteria.finding import Answer, Fact, Judgement
from priorauth.dates import age_on, shown
from priorauth.reference.icd10cm import among

if TYPE_CHECKING:
    from priorauth.case import Diagnosis
    from priorauth.criteria.facts import Facts
    from priorauth.payer import Age, DiagnosisIs, SeverityIs

# The severity that a depression code states by its fifth character (ICD-10-CM F32 and F33).
_CODED = {
    "0": EpisodeSeverity.MILD,
    "1": EpisodeSeverity.MODERATE,
    "2": EpisodeSeverity.SEVERE,
    "3": EpisodeSeverity.SEVERE,
}
_ORDER = list(EpisodeSeverity)


def age(rule: Age, facts: Facts) -> Judgement:
    """Return whether the age on the day of the request lies in the rule's bounds."""
    birth = facts.case.patient.birth_date
    years = age_on(facts.day, birth)
    fact = Fact(f"Born {shown(birth)}: {years} years old on {shown(facts.day)}")
    too_young = rule.least is not None and years < rule.least
    too_old = rule.below is not None and years >= rule.below
    if too_young or too_old:
        return Judgement(Answer.NOT_MET, (fact,), would_change="Nothing but the patient's age.")
    return Judgement(Answer.MET, (fact,))


def diagnosis(rule: DiagnosisIs, facts: Facts) -> Judgement:
    """Return whether the first diagnosis is a wanted one and none is an unwanted one."""
    found = facts.case.diagnoses
    if not found:
        return Judgement(
            Answer.UNKNOWN,
            reason="no diagnosis is recorded",
            would_change="Write the diagnosis code under `diagnoses:`; the prescriber states it.",
            ask="the prescriber",
        )
    judgement = _diagnosed_as(rule, found)
    corrected = psychosis.corrected_codes(facts.case)
    if judgement.answer is not _fits(rule, corrected):
        return psychosis.unsure(judgement)
    return judgement


def _fits(rule: DiagnosisIs, codes: tuple[str, ...]) -> Answer:
    """Return whether these codes are what the policy asks, the first of them and all."""
    barred = any(among(code, rule.none_of) for code in codes)
    named = not rule.one_of or among(codes[0], rule.one_of)
    return Answer.MET if named and not barred else Answer.NOT_MET


def _diagnosed_as(rule: DiagnosisIs, found: tuple[Diagnosis, ...]) -> Judgement:
    """Return whether the diagnoses as coded are what the policy asks, and why not."""
    barred = [d for d in found if among(d.code, rule.none_of)]
    if barred:
        return Judgement(
            Answer.NOT_MET,
            tuple(_diagnosed(d) for d in barred),
            reason="the policy excludes this diagnosis",
            would_change="Ask the prescriber whether the diagnosis still stands.",
            ask="the prescriber",
        )
    first = _diagnosed(found[0])
    if rule.one_of and not among(found[0].code, rule.one_of):
        return Judgement(
            Answer.NOT_MET,
            (first,),
            reason="the policy does not name this diagnosis",
            would_change="Ask the prescriber whether another code is right, and list it first.",
            ask="the prescriber",
        )
    return Judgement(Answer.MET, (first,))


def _diagnosed(found: Diagnosis) -> Fact:
    return Fact(found.named, found.evidence)


def severity(rule: SeverityIs, facts: Facts) -> Judgement:
    """Return whether the clinician's word and the code agree on at least this severity."""
    said, coded = facts.case.episode.severity, coded_severity(facts.case.diagnoses)
    statements = _severity_facts(facts, coded)
    if said is None:
        return Judgement(
            Answer.UNKNOWN,
            statements,
            reason="the severity of the episode is not recorded"
            + (" in the clinician's word" if coded else ""),
            would_change="Write `severity:` under `episode:`; the prescriber states it.",
            ask="the prescriber",
        )
    known = [level for level in (said, coded) if level]
    enough = [_ORDER.index(level) >= _ORDER.index(rule.least) for level in known]
    if all(enough):
        return Judgement(Answer.MET, statements)
    if not any(enough):
        return Judgement(
            Answer.NOT_MET,
            statements,
            would_change=f"An episode that the prescriber finds {rule.least.value}.",
            ask="the prescriber",
        )
    return Judgement(
        Answer.UNKNOWN,
        statements,
        reason="the clinician's word and the diagnosis code do not agree on the severity",
        would_change="Ask the prescriber which is right, and correct the other.",
        ask="the prescriber",
    )


def _severity_facts(facts: Facts, coded: EpisodeSeverity | None) -> tuple[Fact, ...]:
    episode = facts.case.episode
    said = (
        [Fact(f"Episode recorded as {episode.severity.value}", episode.evidence)]
        if episode.severity
        else []
    )
    return (*said, _diagnosed(facts.case.diagnoses[0])) if coded else tuple(said)


def coded_severity(diagnoses: tuple[Diagnosis, ...]) -> EpisodeSeverity | None:
    """Return the severity that the first diagnosis code states, or None when it states none."""
    code = diagnoses[0].code if diagnoses else ""
    if not code.startswith(("F32.", "F33.")):
        return None
    return _CODED.get(code[4:])
