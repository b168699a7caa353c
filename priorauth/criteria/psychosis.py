"""Where the record disagrees with itself on psychosis: what leans on it is unknown, never met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria.finding import Answer, Fact, Judgement
from priorauth.reference import psychosis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.case import Case


def disagrees(case: Case) -> bool:
    """Return whether the episode and the codes do not agree on psychotic features."""
    told = {psychosis.features(found.code) for found in case.diagnoses} - {None}
    if case.episode.psychotic_features is not None:
        told.add(case.episode.psychotic_features)
    return len(told) > 1


def corrected_codes(case: Case) -> tuple[str, ...]:
    """Return the codes as they would be if what the episode says of psychotic features is right."""
    said = case.episode.psychotic_features
    codes = (found.code for found in case.diagnoses)
    return tuple(codes if said is None else (psychosis.corrected(c, present=said) for c in codes))


def unsure(judgement: Judgement) -> Judgement:
    """Return the judgement as unknown, since code and episode lead to different answers."""
    return judgement._replace(
        answer=Answer.UNKNOWN,
        reason="the episode and the diagnosis code do not agree on psychotic features",
        would_change="Does the episode have psychotic features? Its record and the diagnosis code "
        "do not agree: correct the one that is wrong.",
        ask="the prescriber",
    )


def concerns(diagnoses: Iterable[str], attestation: str | None) -> bool:
    """Return whether a rule of these codes, or of this attestation, is about psychosis."""
    named = attestation is not None and psychosis.denied_by(attestation)
    return named or any(psychosis.says(code) for code in diagnoses)


def shown_by(case: Case) -> tuple[Fact, ...]:
    """Return what in the record says that there is a psychosis."""
    coded = (
        Fact(found.named, found.evidence) for found in case.diagnoses if psychosis.says(found.code)
    )
    episode = case.episode
    said = (
        (Fact("Episode recorded with psychotic features", episode.evidence),)
        if episode.psychotic_features
        else ()
    )
    return (*coded, *said)


def denied(word: Judgement, case: Case, despite: str | None) -> Judgement:
    """Return a person's yes that there is no psychosis, weighed beside the rest of the record.

    Where the record says that there is one, the yes stands only with the person's reason.
    """
    against = shown_by(case) if word.answer is Answer.MET else ()
    if not against:
        return word
    both = word._replace(facts=tuple(dict.fromkeys((*against, *word.facts))))
    if despite:
        return both
    return both._replace(
        answer=Answer.UNKNOWN,
        reason="the answer and the rest of the record do not agree on psychosis",
        would_change="Is there a psychosis? A diagnosis or the episode says so, an attestation "
        "denies it: correct the one that is wrong. If both are right, write `despite:` beside the "
        "answer: in the prescriber's words, why it stands all the same.",
        ask="the prescriber",
    )
