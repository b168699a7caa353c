"""FHIR R4 and STU3: a bundle, single resources, or the lines of a bulk export.

A file is streamed, so that its size does not matter. Not for checking conformance: resources
are read by light readers of our own for just the fields that a case can use.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import ijson

from priorauth.importers.fhir import findings, medications, notes, people
from priorauth.importers.fhir.values import Json, items, reference, text
from priorauth.importers.records import Origin
from priorauth.importers.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from priorauth.importers.records import Records

_READERS: dict[str, Callable[[Json, Origin, str, Records], None]] = {
    "Patient": people.patient,
    "Coverage": people.coverage,
    "Organization": people.organization,
    "Practitioner": people.practitioner,
    "Condition": findings.condition,
    "Observation": findings.observation,
    "QuestionnaireResponse": findings.response,
    "Procedure": findings.procedure,
    "Encounter": findings.encounter,
    "Medication": medications.medication,
    "MedicationRequest": medications.request,
    "MedicationStatement": medications.statement,
    "MedicationDispense": medications.dispense,
    "DocumentReference": notes.document,
    "Binary": notes.binary,
}
_ANSWERS = frozenset(("ClaimResponse", "ExplanationOfBenefit"))
_ONLY_DSTU2 = frozenset(("MedicationOrder", "DiagnosticOrder", "Conformance", "ProcedureRequest"))
_WHOLE = 64_000_000  # bytes of one resource that stands by itself
# Numbers as floats are read in half the time; `values.number` gives them back as written.
_READING: dict[str, Any] = {"multiple_values": True, "buf_size": 1 << 18, "use_float": True}
_MARK = b"\xef\xbb\xbf"  # the byte-order mark of UTF-8


def read(path: Path, name: str, records: Records) -> None:
    """Add what a file holds to the records; raise RefusedError for what is no FHIR R4 or STU3."""
    count = 0
    claims: list[Json] = []
    present: set[str] = set()
    with path.open("rb") as file:
        for resource, full_url in _resources(file, name):
            count += 1
            _take(resource, full_url, name, records)
            present.update((f"{resource.get('resourceType')}/{resource.get('id')}", full_url))
            if resource.get("resourceType") == "Claim":
                claims.append(resource)
    if not count:
        fix = "Export the patient's record again, and check that it holds resources."
        raise RefusedError(name, "the FHIR bundle is empty", fix)
    answered = any(one.startswith("ClaimResponse/") for one in present)
    for claim in () if answered else claims:  # an answer need not repeat the whole request
        _complete(claim, present, name)


def _resources(file: BinaryIO, name: str) -> Iterator[tuple[Json, str]]:
    """Yield each resource with its full URL, whether in a bundle, alone, or one a line."""
    start = len(_MARK) if file.read(len(_MARK)) == _MARK else 0
    try:
        file.seek(start)
        bundled = False
        for entry in ijson.items(file, "entry.item", **_READING):
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                bundled = True
                yield entry["resource"], text(entry.get("fullUrl"))
        if bundled:
            return
        file.seek(start)
        for value in ijson.items(file, "", **_READING):
            yield from _unbundled(value, name)
    except ijson.JSONError:
        file.seek(start)
        _refuse_json(file, name)


def _unbundled(value: Any, name: str) -> Iterator[tuple[Json, str]]:  # noqa: ANN401 - any JSON
    for one in value if isinstance(value, list) else [value]:
        kind = one.get("resourceType") if isinstance(one, dict) else None
        if not isinstance(kind, str):
            what = "this JSON holds no FHIR resources"
            fix = "Name a FHIR bundle, a resource, or a file of a bulk export."
            raise RefusedError(name, what, fix)
        if kind != "Bundle":
            yield one, ""


def _refuse_json(file: BinaryIO, name: str) -> None:
    """Raise with the line on which the file stops being JSON, or why it is no UTF-8 text."""
    fix = "The export is damaged or cut short: make it again."
    try:
        raw = file.read(_WHOLE).decode()
        json.loads(raw)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fix = 'Save it again with the encoding "UTF-8".'
        raise RefusedError(name, "the file is not UTF-8 text", fix, line) from None
    except json.JSONDecodeError as error:
        raise RefusedError(name, "the file is not readable as JSON", fix, error.lineno) from None
    raise RefusedError(name, "the file is not readable as JSON", fix)


def _take(resource: Json, full_url: str, name: str, records: Records) -> None:
    kind = text(resource.get("resourceType"))
    _refuse_version(kind, resource, name)
    reader = _READERS.get(kind)
    if reader:
        origin = Origin(name, f"{kind}/{text(resource.get('id')) or '?'}")
        reader(resource, origin, full_url, records)
    elif kind in _ANSWERS:
        records.leave(kind, "a payer's answer, which is no chart")
    else:
        records.leave(kind or "no type", "nothing in a case file comes from it")


def _refuse_version(kind: str, resource: Json, name: str) -> None:
    """Raise for a resource that only DSTU2 or R5 writes like this."""
    fix = "Export it again as FHIR R4."
    names = items(resource.get("name")) if kind == "Patient" else []
    old = kind in _ONLY_DSTU2 or any(isinstance(one.get("family"), list) for one in names)
    owned = kind in ("Condition", "MedicationStatement", "MedicationDispense")
    if old or (owned and "patient" in resource and "subject" not in resource):
        raise RefusedError(name, "this is FHIR DSTU2, which is not read", fix)
    if kind.startswith("Medication") and isinstance(resource.get("medication"), dict):
        raise RefusedError(name, "this is FHIR R5, which is not read yet", fix)


def _complete(claim: Json, present: set[str], name: str) -> None:
    """Raise when a request for authorization names something that its bundle does not hold."""
    missing = sorted({ref.split("/")[0] for ref in _references(claim) if ref not in present})
    if missing:
        what = f"the request in this bundle names a {missing[0]} that is not in it"
        raise RefusedError(name, what, "Ask the sender for the whole bundle.")


def _references(value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a resource
    """Yield every reference to another resource, by its type and id."""
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    elif isinstance(value, dict):
        ref = reference(value)
        if "/" in ref and not ref.startswith(("urn:", "#")):
            yield "/".join(ref.rsplit("/", 2)[-2:])
        for one in value.values():
            yield from _references(one)
