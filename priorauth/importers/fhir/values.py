"""The few data types of FHIR that are used here, read from parsed JSON: tolerant, typed, small.

Not for checking conformance: a field that has another form than it should is read as absent.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from priorauth.dates import PartialDate
from priorauth.importers import numbers
from priorauth.importers.records import AddressRecord, Coding, Concept, Dosage, System

Json: TypeAlias = dict[str, Any]

_SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": System.RXNORM,
    "http://hl7.org/fhir/sid/ndc": System.NDC,
    "http://hl7.org/fhir/sid/icd-10-cm": System.ICD10CM,
    "http://snomed.info/sct": System.SNOMED,
    "http://loinc.org": System.LOINC,
    "http://www.ama-assn.org/go/cpt": System.CPT,
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": System.HCPCS,
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": System.HCPCS,
    "urn:oid:2.16.840.1.113883.6.285": System.HCPCS,
}
_TIMES_A_DAY = {"d": Decimal(1), "h": Decimal(24), "wk": Decimal(1) / 7}
_PAST_USES = frozenset(("old", "maiden", "nickname", "anonymous", "temp"))
_USES = {"official": 0, "home": 0, "usual": 1, "work": 2}  # the first to be taken
_MOST_KEPT = 4096  # codes: a chart writes the same ones again and again
_DAY = 10  # characters of a day at the head of a date with its time


def text(value: Any) -> str:  # noqa: ANN401 - any part of a resource
    """Return a text, or an empty one when it is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:  # noqa: ANN401 - any part of a resource
    """Return the texts of a list; a text that stands alone is a list of one."""
    every = value if isinstance(value, list) else [value]
    return [words for words in map(text, every) if words]


def items(value: Any) -> list[Json]:  # noqa: ANN401 - the same
    """Return the mappings of a list; a mapping that stands alone is a list of one."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def first(value: Any) -> Json:  # noqa: ANN401 - the same
    """Return the first mapping of a list, or an empty one."""
    return next(iter(items(value)), {})


def when(value: Any) -> PartialDate | None:  # noqa: ANN401 - the same
    """Return a date as it is written, without its time; None where there is no date since 1900."""
    try:
        return PartialDate.parse(text(value)[:_DAY])
    except ValueError:
        return None


def number(value: Any) -> Decimal | None:  # noqa: ANN401 - the same
    """Return a number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    return numbers.of(str(value))


def quantity(value: Any) -> tuple[Decimal | None, str]:  # noqa: ANN401 - the same
    """Return the number and the unit of a quantity."""
    found = first(value)
    return number(found.get("value")), text(found.get("unit")) or text(found.get("code"))


def coding(value: Json) -> Coding:
    """Return one coding; a system that is not used here is `other`."""
    return _coding(*(_said(value.get(key)) for key in ("system", "code", "display")))


def _said(value: Any) -> str:  # noqa: ANN401 - the same
    return value if isinstance(value, str) else ""


@lru_cache(_MOST_KEPT)
def _coding(system: str, code: str, display: str) -> Coding:
    known = _SYSTEMS.get(text(system).rstrip("/"), System.OTHER)
    return Coding(known, text(code), text(display))


def concept(value: Any) -> Concept:  # noqa: ANN401 - the same
    """Return a codeable concept."""
    found = first(value)
    return _concept(tuple(map(coding, items(found.get("coding")))), _said(found.get("text")))


@lru_cache(_MOST_KEPT)
def _concept(codings: tuple[Coding, ...], words: str) -> Concept:
    return Concept(tuple(one for one in codings if one.code), text(words))


def codes(value: Any) -> frozenset[str]:  # noqa: ANN401 - the same
    """Return the bare codes of concepts; STU3 writes some of them as plain text."""
    if isinstance(value, str):
        return frozenset((value,))
    found = (one.get("code") for each in items(value) for one in items(each.get("coding")))
    return frozenset(text(code) for code in found)


def reference(value: Any) -> str:  # noqa: ANN401 - the same
    """Return what a reference points at: `Patient/123`, `#med`, or a `urn:`."""
    return text(first(value).get("reference")).split("/_history/")[0]


def id_of(ref: str) -> str:
    """Return the id at the end of a reference: `123` of `https://…/Patient/123`."""
    return ref if ref.startswith(("urn:", "#")) else ref.rstrip("/").rsplit("/", 1)[-1]


def local(ref: str) -> str:
    """Return a reference without the server's address: `Patient/123`."""
    return ref if ref.startswith(("urn:", "#")) else "/".join(ref.strip("/").rsplit("/", 2)[-2:])


def now(value: Any) -> Json:  # noqa: ANN401 - the same
    """Return the entry that is in use: no old name or address, an official one before others."""
    found = [
        one
        for one in items(value)
        if text(one.get("use")) not in _PAST_USES and not first(one.get("period")).get("end")
    ]
    return min(found, key=lambda one: _USES.get(text(one.get("use")), 1), default={})


def address(value: Any) -> AddressRecord | None:  # noqa: ANN401 - the same
    """Return the address in use."""
    found = now(value)
    lines = texts(found.get("line"))
    if not lines:
        return None
    names = (text(found.get(key)) for key in ("city", "state", "postalCode"))
    return AddressRecord(lines[0], ", ".join(lines[1:]), *names)


def telecom(value: Any, system: str) -> str:  # noqa: ANN401 - the same
    """Return the first number of a kind: `phone` or `fax`."""
    found = (one for one in items(value) if one.get("system") == system and one.get("use") != "old")
    return next((text(one.get("value")) for one in found), "")


def npi(value: Any) -> str:  # noqa: ANN401 - the same
    """Return the NPI among identifiers."""
    found = (one for one in items(value) if "us-npi" in text(one.get("system")))
    return next((text(one.get("value")) for one in found), "")


def dosage(value: Any) -> Dosage | None:  # noqa: ANN401 - the same
    """Return the instruction when there is just one; several are a schedule, which is text."""
    every = items(value)
    if len(every) != 1:
        words = "; ".join(filter(None, (text(one.get("text")) for one in every)))
        return Dosage(text=words) if words else None
    one = every[0]
    repeat = first(first(one.get("timing")).get("repeat"))
    rated = first(one.get("doseAndRate")).get("doseQuantity")  # STU3 has it one level higher
    amount, unit = quantity(rated or one.get("doseQuantity"))
    words = text(one.get("text")) or text(one.get("patientInstruction"))
    needed = bool(one.get("asNeededBoolean") or one.get("asNeededCodeableConcept"))
    return Dosage(amount, unit, _times(repeat), needed, words)


def bounds(value: Any) -> tuple[PartialDate | None, PartialDate | None]:  # noqa: ANN401 - the same
    """Return the first and last day that an instruction is for."""
    repeat = first(first(first(value).get("timing")).get("repeat"))
    period = first(repeat.get("boundsPeriod"))
    return when(period.get("start")), when(period.get("end"))


def _times(repeat: Json) -> Decimal | None:
    """Return how many times a day; None where it is a range or not said."""
    each = number(repeat.get("frequency"))
    period = number(repeat.get("period"))
    unit = _TIMES_A_DAY.get(text(repeat.get("periodUnit")))
    if each is None or not period or unit is None:
        return None
    if repeat.get("frequencyMax") or repeat.get("periodMax"):
        return None
    return each * unit / period
