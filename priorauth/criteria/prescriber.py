"""The criterion on the prescriber: a specialty of those that the policy names, or a colleague's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from priorauth.criteria.finding import Answer, Fact, Judgement
from priorauth.problems import listed
from priorauth.reference import specialties

if TYPE_CHECKING:
    from priorauth.criteria.facts import Facts
    from priorauth.payer import PrescriberIs

_SPELLED_OUT = re.compile(r"[a-z]{4}")  # cardiology, where MD and PMHNP-BC are credentials
# Words that there was no consultation, where a name belongs.
_NOBODY = re.compile(
    r"(?:(?:there )?(?:was|were) )?(?:no|none|nobody|not|never|n/a)\b", re.IGNORECASE
)
_CONSULTED = "Name the psychiatrist consulted under `prescriber: consultation:`."


def prescriber(rule: PrescriberIs, facts: Facts) -> Judgement:
    """Return whether the prescriber, or a colleague consulted where that is enough, qualifies."""
    person = facts.case.prescriber
    has = _has(person.specialty, rule.specialties) if person.specialty else Answer.UNKNOWN
    if has is Answer.MET:
        return Judgement(Answer.MET, (_specialist(facts),))
    colleague = (person.consultation or "").strip()
    if rule.or_consultation and colleague and not _NOBODY.match(colleague):
        return _consulted(colleague, rule)
    if person.specialty is None:
        return Judgement(
            Answer.UNKNOWN,
            reason="the prescriber's specialty is not recorded",
            would_change="Write `specialty:` under `prescriber:`.",
            ask="the practice",
        )
    return _not_placed(rule, facts) if has is Answer.UNKNOWN else _another(rule, facts)


def _consulted(colleague: str, rule: PrescriberIs) -> Judgement:
    """Return whether the colleague named may be the one; a specialty beside the name decides."""
    fact = Fact(f"In consultation with {colleague}")
    _, *beside = colleague.split(",")
    named = [part for part in beside if specialties.find(part) or _SPELLED_OUT.search(part)]
    if not named or any(_has(part, rule.specialties) is Answer.MET for part in named):
        return Judgement(Answer.MET, (fact,))
    return Judgement(
        Answer.UNKNOWN,
        (fact,),
        reason="the specialty named beside the colleague is not one that the policy names",
        would_change=_CONSULTED,
        ask="the prescriber",
    )


def is_placed(rule: PrescriberIs, specialty: str) -> bool:
    """Return whether it is known if a specialty, as it is written, is one that the policy names."""
    return _has(specialty, rule.specialties) is not Answer.UNKNOWN


def names_nobody(consultation: str) -> bool:
    """Return whether words under `consultation:` say that there was none."""
    return _NOBODY.match(consultation.strip()) is not None


def _has(written: str, wanted: tuple[str, ...]) -> Answer:
    """Return whether a specialty is one of those wanted, or is part of one."""
    if any(specialties.same(written, name) for name in wanted):
        return Answer.MET
    found, named = specialties.find(written), [specialties.find(name) for name in wanted]
    if found is None:
        return Answer.UNKNOWN
    if any(one and one.name in found.held for one in named):
        return Answer.MET
    return Answer.NOT_MET if all(named) else Answer.UNKNOWN


def _not_placed(rule: PrescriberIs, facts: Facts) -> Judgement:
    """Return that the specialty as it is written says neither that it fits nor that it does not."""
    also = f" Or: {_CONSULTED}" if rule.or_consultation else ""
    return Judgement(
        Answer.UNKNOWN,
        (_specialist(facts),),
        reason="whether this is a specialty that the policy names is not known",
        would_change=f"Is the prescriber's specialty {listed(_widest(rule))}? Write `specialty:` "
        f"as the board names it, such as psychiatry.{also}",
        ask="the practice",
    )


def _widest(rule: PrescriberIs) -> list[str]:
    """Return the specialties that a policy names, each once, without parts of one another."""
    known = {name: specialties.find(name) for name in rule.specialties}
    names = {found.name if found else name: found for name, found in known.items()}
    return [name for name, found in names.items() if not (found and found.of in names)]


def _another(rule: PrescriberIs, facts: Facts) -> Judgement:
    """Return that the specialty is another one; a question only where a colleague's would do."""
    if rule.or_consultation:
        return Judgement(
            Answer.UNKNOWN,
            (_specialist(facts),),
            reason="no consultation is recorded",
            would_change=_CONSULTED,
            ask="the prescriber",
        )
    return Judgement(
        Answer.NOT_MET,
        (_specialist(facts),),
        would_change="A prescriber of the specialty that the policy names.",
        ask="the prescriber",
    )


def _specialist(facts: Facts) -> Fact:
    person = facts.case.prescriber
    return Fact(f"{person.name.full}, {person.credentials}, {person.specialty}, NPI {person.npi}")
