"""Questions on what a letter says beside the criteria: a person's own words, times, and consents.

Each can be left open: without an answer the letter says less, or an exhibit stays here.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from priorauth.asking import required
from priorauth.asking.catalogue import PRACTICE, PRESCRIBER
from priorauth.asking.interview import is_open
from priorauth.asking.question import How, Question
from priorauth.case import Kind
from priorauth.criteria import LetterKind
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.asking.interview import Interview
    from priorauth.criteria import Verdict
    from priorauth.datafile import Trail
    from priorauth.left_open import LeftOpen

_FIRST = ("diagnoses", 0, "code")  # while it is open, it is asked by its place
_PART_2, _NOTES = ("consents", "part_2"), ("consents", "psychotherapy_notes")


def questions(interview: Interview) -> Iterator[Question]:
    """Yield what the chosen policy and the kind of letter need, and the case does not say."""
    verdict = interview.verdict
    places = chain(_times(interview, verdict), _rationale(interview, verdict), _consents(interview))
    for trail in places:
        if is_open(interview, trail):
            yield required.question(interview, trail)
    if verdict:
        yield from _statements(interview, verdict)


def held(interview: Interview) -> Iterator[Question]:
    """Yield each question that an import left, and that holds the letter back."""
    for one in interview.data.left_open:
        if one.holds and not (one.below.startswith("diagnoses:") and is_open(interview, _FIRST)):
            about = f" It is about this line: {one.below.lstrip('# ')}" if _is_told(one) else ""
            yield Question(
                ("QUESTION",),
                f"The import left this open: {one.words}{about}",
                "the letter rests on it, and stays a draft until it is settled",
                How.SETTLED,
                ask=PRACTICE,
                choices=(
                    ("settled", "yes, it is settled, and the file has it right: take it out"),
                    ("open", "no, it is still open"),
                ),
                subject=subject_of(one),
            )


def subject_of(found: LeftOpen) -> str:
    """Return what tells a question in the comments from all others, wherever its lines come."""
    return f"QUESTION {found.words} {found.below}"


def _is_told(one: LeftOpen) -> bool:
    """Return whether the line below a question is a comment that says where it comes from."""
    return one.below.startswith("#") and "from [" in one.below


def _times(interview: Interview, verdict: Verdict | None) -> Iterator[Trail]:
    """Yield the number of sessions where units are counted by them, and when the time begins."""
    codes = interview.at("request", "codes")
    every = codes if isinstance(codes, list) else []
    if any(isinstance(one, dict) and one.get("per") == "session" for one in every):
        yield ("request", "sessions")
    renewal = interview.at("request", "kind") == Kind.RENEWAL
    version = verdict.governing.version if verdict and verdict.governing else None
    terms = version.initial if version else None
    if renewal:
        terms = version.renewal.terms if version and version.renewal else None
    if renewal or (terms and (terms.months or terms.days)):
        yield ("request", "start")


def _rationale(interview: Interview, verdict: Verdict | None) -> Iterator[Trail]:
    """Yield the clinician's own words that this kind of letter rests on."""
    name = interview.at("request", "service")
    service = services.find(name) if isinstance(name, str) else None
    off_label = service is not None and service.off_label is not None
    if interview.at("request", "kind") == Kind.RENEWAL:
        yield ("rationale", "risk_of_stopping")
    elif off_label or (verdict and verdict.kind is LetterKind.EXCEPTION and verdict.exceptions):
        yield ("rationale", "why_this_treatment")
    if off_label:
        yield ("rationale", "safety")
    if interview.at("request", "urgent") == "yes":
        yield ("rationale", "risk_of_delay")


def _consents(interview: Interview) -> Iterator[Trail]:
    """Yield what the signed form says without which a protected record must stay here."""
    exhibits = interview.entries("exhibits")
    if any(one.get("part_2") == "yes" for one in exhibits):
        yield (*_PART_2, "by")
        if not is_open(interview, (*_PART_2, "by")):
            yield (*_PART_2, "on")
            if not interview.at(*_PART_2, "evidence"):
                yield (*_PART_2, "scope")
    if any(one.get("kind") == "psychotherapy_notes" for one in exhibits):
        yield (*_NOTES, "by")
        if not is_open(interview, (*_NOTES, "by")):
            yield (*_NOTES, "on")


def _statements(interview: Interview, verdict: Verdict) -> Iterator[Question]:
    """Yield the sentence of each yes that a person stands for: else the question is printed."""
    for rule in verdict.rules:
        name, asked = getattr(rule, "attestation", None), getattr(rule, "question", None)
        said = interview.at("attestations", name) if name else None
        if not (isinstance(said, dict) and said.get("answer") == "yes" and asked):
            continue
        if said.get("by") and said.get("on") and not said.get("statement"):
            yield Question(
                ("attestations", str(name), "statement"),
                f"How does {said['by']} put this answer, as a sentence: {asked}",
                "the letter prints that sentence; without it, the policy's question and `Yes`",
                form="one sentence in the person's own words, as the record has it",
                ask=PRESCRIBER,
            )
