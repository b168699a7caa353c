"""Conditions → diagnoses: ICD-10-CM as given, SNOMED CT only by the cited map, else a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from priorauth.importers.facts import DiagnosisFact
from priorauth.importers.records import Concept, DiagnosisRecord, System
from priorauth.problems import listed
from priorauth.reference import icd10cm, snomed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.importers.records import Records

_MENTAL = "F"  # the chapter of ICD-10-CM
_MENTAL_WORD = re.compile(
    r"\b(?:depress|bipolar|(?:hypo)?mani[ac]|psychos|psychot|schizo|anxi|panic|suicid|obsessive|"
    r"post-?traumatic|dysthym|mood|substance|alcohol use|opioid|personality)"
)


def of(found: Iterable[DiagnosisRecord], records: Records) -> tuple[DiagnosisFact, ...]:
    """Return each diagnosis once, those of depression first, mental ones before the others."""
    facts: dict[str, DiagnosisFact] = {}
    for record in found:
        if record.why_not:
            records.leave("condition", record.why_not, record.origin)
            continue
        fact = _fact(record)
        known = facts.get(fact.code or fact.name)
        if known:
            records.leave("condition", "stands twice: taken once")
        facts.setdefault(fact.code or fact.name, fact)
    return tuple(sorted(facts.values(), key=_place))


def icd10cm_of(concept: Concept) -> tuple[str, ...]:
    """Return the ICD-10-CM codes of a concept, given or by the map, as a case writes them."""
    given = [found.code for code in concept.codes(System.ICD10CM) if (found := icd10cm.find(code))]
    if given:
        return tuple(dict.fromkeys(given))
    mapped = (snomed.find(code) for code in concept.codes(System.SNOMED))
    return tuple(dict.fromkeys(one.code for one in mapped if one))


def _fact(record: DiagnosisRecord) -> DiagnosisFact:
    concept = record.concept
    codes = icd10cm_of(concept)
    code = codes[0] if len(codes) == 1 else ""
    entry = icd10cm.find(code) if code else None
    how = question = ""
    if not code:
        question = "The record gives no ICD-10-CM code that is certain: which one is it?"
        if len(codes) > 1:
            question = "The record gives several ICD-10-CM codes: which one?"
            how = f"one of {listed(codes, 'and')}"
    elif entry and not entry.billable:
        question = "The record gives a category, which is not billable: which code in it?"
        how, code = f"one in {code}", ""
    elif not concept.codes(System.ICD10CM):
        how = f"from SNOMED CT {concept.codes(System.SNOMED)[0]} by its name: compare it"
    name = concept.name or (entry.title if entry else "")
    return DiagnosisFact(
        code, name, record.since, (record.origin,), _is_mental(code, name), how, question
    )


def _is_mental(code: str, name: str) -> bool:
    return code.startswith(_MENTAL) or (
        not code and _MENTAL_WORD.search(name.casefold()) is not None
    )


def _place(fact: DiagnosisFact) -> tuple[bool, bool, str, str]:
    return not fact.code.startswith(("F32", "F33")), not fact.mental, fact.code, fact.name
