"""Weighing: a policy's criteria against a case, to findings with their evidence.

One file a family of kinds; the kinds themselves, as an administrator writes them, are in `payer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from priorauth import payer
from priorauth.criteria import (
    augmentation,
    consents,
    doubts,
    drug_trials,
    drugs_beside,
    kinds,
    other_treatments,
    person,
    prescriber,
    scores,
    statements,
)
from priorauth.criteria.appeal import STANCE
from priorauth.criteria.drug_trials import TrialVerdict, weigh_trials
from priorauth.criteria.facts import Facts
from priorauth.criteria.finding import Answer, Fact, Finding, Judgement, all_of, at_least
from priorauth.criteria.verdict import LetterKind, OtherVersion, Question, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from priorauth.case import Case
    from priorauth.library import Library
    from priorauth.reference import Mark

__all__ = [
    "Answer",
    "Fact",
    "Facts",
    "Finding",
    "Judgement",
    "LetterKind",
    "OtherVersion",
    "Question",
    "TrialVerdict",
    "Verdict",
    "all_of",
    "at_least",
    "weigh",
    "weigh_case",
    "weigh_trials",
]

# Each kind of criterion and how it is measured.
_MEASURES: dict[type, Callable[[Any, Facts], Judgement]] = {
    payer.Age: person.age,
    payer.DiagnosisIs: person.diagnosis,
    payer.SeverityIs: person.severity,
    payer.PrescriberIs: prescriber.prescriber,
    payer.FailedTrials: drug_trials.failed_trials,
    payer.Augmentation: augmentation.augmentation,
    payer.ConcurrentAntidepressant: drugs_beside.concurrent_antidepressant,
    payer.PsychotherapyTried: other_treatments.psychotherapy,
    payer.PriorDevice: other_treatments.prior_device,
    payer.ScoreAtLeast: scores.score,
    payer.Response: scores.response,
    payer.Attested: statements.attested,
    payer.Exclusion: statements.exclusion,
    payer.Quantity: statements.quantity,
}


def weigh_case(case: Case, library: Library, day: date) -> Verdict:
    """Return the case weighed against the policy version that governs its request on `day`."""
    facts = Facts(case, day)
    decided = case.appealed.on if case.appealed else day  # the rules of that day are at issue
    governing = library.governing(case, decided)
    version = governing.version if governing else None
    wanted = version.criteria_for(case.weighed_as) if version else None
    finding = _by(version, facts) if version else None
    others = governing.others if governing else ()
    leaves = payer.leaves(wanted) if wanted else ()
    rules = [leaf for leaf in leaves if isinstance(leaf, payer.FailedTrials)]
    found = library.find(case.coverage.payer)
    ids = {one.id for one in finding.walk()} if finding else set()
    refused = version is not None and version.stance.refuses
    asked = {name for leaf in leaves if (name := getattr(leaf, "attestation", None))}
    return Verdict(
        case,
        day,
        found,
        governing,
        finding,
        weigh_trials(rules, facts),
        tuple(OtherVersion(other, _by(other, facts)) for other in others),
        doubts=(
            *doubts.left_open(case),
            *doubts.doubts(case, library, found, governing, decided),
            *kinds.open_points(case, day),
            *consents.open_points(case, day),
        ),
        problems=(
            *doubts.library_problems(library, found),
            *doubts.not_governed(case, library, found, governing),
            *doubts.unheard(case, found, ids | ({STANCE} if refused else set()), asked),
            *(doubts.changed_since(case, library, governing, day) if case.appealed else ()),
        ),
    )


def _by(version: payer.Version, facts: Facts) -> Finding | None:
    """Return the finding by one version; None when it has no criteria for this request."""
    wanted = version.criteria_for(facts.case.weighed_as)
    return weigh(wanted, facts, version.source.mark) if wanted else None


def weigh(part: payer.Part, facts: Facts, mark: Mark, name: str = "criteria") -> Finding:
    """Return the finding on a criterion or a group; `mark` is that of the policy's source."""
    if isinstance(part, payer.All | payer.AnyOf | payer.AtLeast):
        return _group(part, facts, mark, part.id or name)
    judgement = _MEASURES[type(part)](part, facts)
    return Finding(
        part.id, part.kind, part.requirement, judgement, part.cite or "", part.mark or mark
    )


def _group(
    group: payer.All | payer.AnyOf | payer.AtLeast, facts: Facts, mark: Mark, name: str
) -> Finding:
    parts = tuple(
        weigh(part, facts, mark, f"{name}-{place}") for place, part in enumerate(group.parts, 1)
    )
    answers = [part.answer for part in parts]
    if isinstance(group, payer.All):
        kind, words, answer = "all", "All of these", all_of(answers)
    elif isinstance(group, payer.AnyOf):
        kind, words, answer = "any", "One of these", at_least(1, answers)
    else:
        kind, words = "at_least", f"At least {group.at_least} of these"
        answer = at_least(group.at_least, answers)
    return Finding(name, kind, group.requirement or words, Judgement(answer), parts=parts)
