"""Criteria that rest on a person's word or on the request itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from priorauth.criteria import psychosis
from priorauth.criteria.finding import Answer, Fact, Judgement, all_of
from priorauth.dates import shown
from priorauth.reference.icd10cm import among

if TYPE_CHECKING:
    from priorauth.criteria.facts import Facts
    from priorauth.payer import Attested, Exclusion, Quantity


def attested(rule: Attested, facts: Facts) -> Judgement:
    """Return whether a person has stood for a yes."""
    word = _word(rule.attestation, rule.question, facts)
    return word._replace(ask=rule.ask) if word.ask else word


def _word(name: str, question: str, facts: Facts, excluded: tuple[str, ...] = ()) -> Judgement:
    """Return what a person says to the question; a yes beside a psychosis needs its reason."""
    judgement = _said(name, question, facts)
    found = facts.case.attestations.get(name)
    if found is None or not psychosis.concerns(excluded, name):
        return judgement
    return psychosis.denied(judgement, facts.case, found.despite)


def _said(name: str, question: str, facts: Facts) -> Judgement:
    found = facts.case.attestations.get(name)
    if found is None:
        return Judgement(
            Answer.UNKNOWN,
            reason="nobody has answered for it",
            would_change=f"{question} Write the answer as `{name}:` under `attestations:`.",
            ask="the prescriber",
        )
    said = f"{question} {'Yes' if found.answer else 'No'}"
    if found.answer and found.statement:
        said = found.statement.rstrip(".")
    despite = f"; {found.despite.rstrip('.')}" if found.answer and found.despite else ""
    fact = Fact(f"{said}{despite}: {found.by}, {shown(found.on)}", found.evidence)
    if found.answer:
        return Judgement(Answer.MET, (fact,))
    return Judgement(
        Answer.NOT_MET, (fact,), would_change=f"A yes to: {question}", ask="the prescriber"
    )


def exclusion(rule: Exclusion, facts: Facts) -> Judgement:
    """Return met when what would exclude the patient is absent by code and by a person's word.

    A person's word answers the question even where a code raises it; both are shown. Where the
    record contradicts itself on psychosis the answer is unknown.
    """
    coded = tuple(
        Fact(d.named, d.evidence) for d in facts.case.diagnoses if among(d.code, rule.diagnoses)
    )
    if rule.attestation:
        word = _word(rule.attestation, rule.question or "", facts, rule.diagnoses)
        return word._replace(facts=tuple(dict.fromkeys((*coded, *word.facts))))
    judgement = _by_code(coded, facts)
    corrected = psychosis.corrected_codes(facts.case)
    if bool(coded) is not any(among(code, rule.diagnoses) for code in corrected):
        return psychosis.unsure(judgement)
    return judgement


def _by_code(coded: tuple[Fact, ...], facts: Facts) -> Judgement:
    """Return whether an exclusion is absent by the codes alone."""
    if coded:
        return Judgement(
            Answer.NOT_MET,
            coded,
            would_change="Ask the prescriber whether the diagnosis still stands.",
            ask="the prescriber",
        )
    if not facts.case.diagnoses:
        return Judgement(
            Answer.UNKNOWN,
            reason="no diagnosis is recorded",
            would_change="Write the diagnoses under `diagnoses:`.",
            ask="the prescriber",
        )
    codes = ", ".join(d.code for d in facts.case.diagnoses)
    return Judgement(Answer.MET, (Fact(f"None among the diagnoses listed ({codes})"),))


def quantity(rule: Quantity, facts: Facts) -> Judgement:
    """Return whether the request keeps within the most that the policy allows."""
    request = facts.case.request
    parts = []
    if rule.most_mg_per_week is not None:
        parts.append(_limit("mg a week", request.mg_per_week, rule.most_mg_per_week))
    if rule.most_sessions is not None:
        parts.append(_limit("sessions", request.sessions, rule.most_sessions))
    for code in dict.fromkeys(asked.code for asked in request.codes):
        if code in rule.most_units:
            units = [asked.units for asked in request.codes if asked.code == code]
            parts.append(_limit(f"units of {code}", _sum(units), rule.most_units[code]))
    if not parts:
        return Judgement(
            Answer.UNKNOWN,
            reason="the request states no quantity that the policy limits",
            would_change="Write the quantity under `request:`.",
            ask="the prescriber",
        )
    return Judgement(
        all_of(part.answer for part in parts),
        tuple(fact for part in parts for fact in part.facts),
        "; ".join(filter(None, (part.reason for part in parts))),
        " ".join(filter(None, (part.would_change for part in parts))),
        ask="the prescriber",
    )


def _sum(units: list[Decimal | None]) -> Decimal | None:
    """Return the units of all lines of one code; None when one line does not say."""
    known = [count for count in units if count is not None]
    return sum(known, Decimal(0)) if len(known) == len(units) else None


def _limit(what: str, asked: Decimal | int | None, most: Decimal | int) -> Judgement:
    if asked is None:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"how many {what} are asked for is not recorded",
            would_change=f"Write how many {what} are asked for under `request:`.",
        )
    fact = Fact(f"{asked} {what} asked for, at most {most}")
    if asked > most:
        return Judgement(Answer.NOT_MET, (fact,), would_change=f"At most {most} {what}.")
    return Judgement(Answer.MET, (fact,))
