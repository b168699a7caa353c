"""What a record says that a drug was given for → a purpose of a case; nothing where it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.importers.diagnoses import icd10cm_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.importers.records import Concept

# By the beginning of the ICD-10-CM code: depressive disorders, anxiety, insomnia, nicotine, pain.
_BY_CODE = {
    "F32": "depression", "F33": "depression", "F34.1": "depression", "F53.0": "depression",
    "F40": "anxiety", "F41": "anxiety", "F51.0": "sleep", "G47.0": "sleep", "F17": "smoking",
    "G89": "pain", "M79.7": "pain",
}  # fmt: skip
_BY_WORD = {
    "depression": "depression", "major depression": "depression", "mdd": "depression",
    "major depressive disorder": "depression", "depressive disorder": "depression",
    "depressive disorder (disorder)": "depression", "treatment resistant depression": "depression",
    "anxiety": "anxiety", "insomnia": "sleep", "sleep": "sleep", "smoking cessation": "smoking",
    "fibromyalgia": "pain", "pain": "pain",
}  # fmt: skip


def purpose_of(reasons: Iterable[Concept]) -> str:
    """Return the one purpose that the reasons come to."""
    found = {purpose for reason in reasons if (purpose := _purpose(reason))}
    return next(iter(found)) if len(found) == 1 else ""


def _purpose(reason: Concept) -> str:
    codes = icd10cm_of(reason)
    by_code = {_BY_CODE[start] for code in codes for start in _BY_CODE if code.startswith(start)}
    if len(by_code) == 1:
        return next(iter(by_code))
    names = (reason.text, *(coding.display for coding in reason.codings))
    return next((_BY_WORD[n.casefold()] for n in names if n.casefold() in _BY_WORD), "")
