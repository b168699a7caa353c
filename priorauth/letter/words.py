"""The clinician's own words, as paragraphs of a letter; nothing is added to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from priorauth.criteria.drug_trials import capital
from priorauth.dates import shown
from priorauth.letter.contract import Section, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.letter.cites import Citer

RATIONALE = {
    "present_state": "Present state",
    "why_this_treatment": "Why this treatment",
    "why_now": "Why now",
    "alternatives": "Alternatives considered",
    "risk_of_delay": "Risk of delay",
    "risk_of_stopping": "Risk of stopping",
    "goals": "Goals and measurement",
}
SAFETY = {"safety": "Safety", "monitoring": "Monitoring"}
_ACRONYMS = {"rems": "REMS", "pdmp": "PDMP", "mdd": "MDD"}


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, which empty lines set apart."""
    blocks = text.replace("\r", "").split("\n\n")
    return tuple(" ".join(block.split()) for block in blocks if block.strip())


def sections(case: Case, headings: dict[str, str]) -> tuple[Section, ...]:
    """Return what the clinician wrote under each of these headings."""
    return tuple(
        Section(heading, paragraphs(text))
        for name, heading in headings.items()
        if (text := getattr(case.rationale, name))
    )


def attested(verdict: Verdict, cite: Citer) -> Iterator[Statement]:
    """Yield what somebody stands for, where no payer's criteria say what is to be shown."""
    if verdict.finding:
        return
    for name, found in verdict.case.attestations.items():
        words = f"{found.statement or _words(name)}: {'yes' if found.answer else 'no'}"
        if found.statement and found.answer:
            words = found.statement  # "no psychosis: yes" would read as its opposite
        text = f"{capital(words).rstrip('.')} ({found.by}, {shown(found.on)})"
        yield Statement(text, cite(found.evidence))


def _words(name: str) -> str:
    return " ".join(_ACRONYMS.get(word, word) for word in re.split("[_-]", name))
