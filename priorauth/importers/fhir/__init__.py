"""FHIR R4 and STU3: a bundle, single resources, or the lines of a bulk export.

A file is streamed, so that its size does not matter. Not for checking conformance: resources
are read by light readers of our own for just the fields that a case can use.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import ijson

from priorauth.importers.fhir import findings, medications, notes, people
from priorauth.importers.fhir.values import Json, first, items, reference, text
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
_MOST_LINE = 1 << 20  # bytes of the first line that may be a resource by itself
_SPACES = 1 << 12  # bytes in which something other than a space stands
_DEEPEST = 500
_MARK = b"\xef\xbb\xbf"  # the byte-order mark of UTF-8


def read(path: Path, name: str, records: Records) -> None:
    """Add what a file holds to the records; raise RefusedError for what is no FHIR R4 or STU3."""
    with path.open("rb") as file:
        try:
            _refuse_deep(file, name)
            _read(file, name, records)
        except RecursionError:
            raise TooDeepError(name) from None


def _read(file: BinaryIO, name: str, records: Records) -> None:
    kinds = {_take(resource, url, name, records) for resource, url in _resources(file, name)}
    if not kinds - {""}:
        fix = "Export the patient's record again, and check that it holds resources."
        raise RefusedError(name, "the FHIR bundle is empty", fix)
    if "Claim" in kinds and "ClaimResponse" not in kinds:  # an answer need not repeat it whole
        _complete(file, name)


class TooDeepError(RefusedError):
    """A file whose brackets are nested deeper than those of any record."""

    def __init__(self, name: str) -> None:
        """Say what, and what to do."""
        what = f"its brackets are nested more than {_DEEPEST} deep, which no record needs"
        super().__init__(name, what, "The file is damaged: ask the sender for the export again.")


def _refuse_deep(file: BinaryIO, name: str) -> None:
    """Raise TooDeepError before the parser writes out a path for each level, and fills the memory.

    Brackets are counted piece by piece, which is quick; in texts they need not match, so that only
    a parser, without paths, can say for certain.
    """
    depth = 0
    while piece := file.read(_SPACES):
        depth += piece.count(b"[") + piece.count(b"{") - piece.count(b"]") - piece.count(b"}")
        if depth > _DEEPEST:
            file.seek(0)
            _measure(file, name)
            break
    file.seek(0)


def _measure(file: BinaryIO, name: str) -> None:
    depth = 0
    try:
        for event, _ in ijson.basic_parse(file, **_READING):
            depth += event.startswith("start_") - event.startswith("end_")
            if depth > _DEEPEST:
                raise TooDeepError(name)
    except ijson.JSONError:
        return  # it is told with its line where the file is read


def _resources(file: BinaryIO, name: str) -> Iterator[tuple[Json, str]]:
    """Yield each resource with its full URL, whether in a bundle, alone, in a list, or a line."""
    start = len(_MARK) if file.read(len(_MARK)) == _MARK else 0
    file.seek(start)
    if _is_one_a_line(file, start):
        yield from _lines(file, name)
        return
    try:
        bundled = False
        for entry in ijson.items(file, "entry.item", **_READING):
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                bundled = True
                yield entry["resource"], text(entry.get("fullUrl"))
            else:
                yield {}, ""
        if bundled:
            return
        file.seek(start)
        listed = file.read(_SPACES).lstrip().startswith(b"[")
        file.seek(start)
        for value in ijson.items(file, "item" if listed else "", **_READING):
            yield from _unbundled(value, name)
    except ijson.JSONError:
        file.seek(start)
        _refuse_json(file, name)


def _is_one_a_line(file: BinaryIO, start: int) -> bool:
    """Return whether the first line is a value by itself, and others follow."""
    line = file.readline(_MOST_LINE)
    more = file.read(_SPACES).strip()
    file.seek(start)
    if not line.endswith(b"\n") or not more:
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(file: BinaryIO, name: str) -> Iterator[tuple[Json, str]]:
    """Yield the resources of a bulk export, one a line."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except UnicodeDecodeError:
            raise NotUtf8Error(name, number) from None
        except (ValueError, RecursionError):
            raise NotJsonError(name, number) from None
        yield from _unbundled(value, name, number)


def _unbundled(
    value: Any,  # noqa: ANN401 - any JSON
    name: str,
    line: int = 0,
) -> Iterator[tuple[Json, str]]:
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        what = "this JSON holds no FHIR resources"
        fix = "Name a FHIR bundle, a resource, or a file of a bulk export."
        raise RefusedError(name, what, fix, line)
    if kind != "Bundle":
        yield value, ""
        return
    for entry in items(value.get("entry")):
        yield first(entry.get("resource")), text(entry.get("fullUrl"))


class NotUtf8Error(RefusedError):
    """A file in another encoding."""

    def __init__(self, name: str, line: int) -> None:
        """Say where, and what to do."""
        fix = 'Save it again with the encoding "UTF-8".'
        super().__init__(name, "the file is not UTF-8 text", fix, line)


class NotJsonError(RefusedError):
    """A file that stops being JSON."""

    def __init__(self, name: str, line: int = 0) -> None:
        """Say where, and what to do."""
        fix = "The export is damaged or cut short: make it again."
        super().__init__(name, "the file is not readable as JSON", fix, line)


def _refuse_json(file: BinaryIO, name: str) -> None:
    """Raise with the line on which the file stops being JSON, or why it is no UTF-8 text."""
    try:
        json.loads(file.read(_WHOLE).decode())
    except UnicodeDecodeError as error:
        raise NotUtf8Error(name, error.object.count(b"\n", 0, error.start) + 1) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(name, error.lineno) from None
    except (ValueError, RecursionError):
        pass  # a number of thousands of digits
    raise NotJsonError(name)


def _take(resource: Json, full_url: str, name: str, records: Records) -> str:
    """Add a resource to the records; return its type."""
    kind = text(resource.get("resourceType"))
    if not kind:
        records.leave("entry", "it holds no resource with a type")
        return kind
    _refuse_version(kind, resource, name)
    reader = _READERS.get(kind)
    if reader:
        origin = Origin(name, f"{kind}/{text(resource.get('id')) or '?'}")
        reader(resource, origin, full_url, records)
    elif kind in _ANSWERS:
        records.leave(kind, "a payer's answer, which is no chart")
    else:
        records.leave(kind, "nothing in a case file comes from it")
    return kind


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


def _complete(file: BinaryIO, name: str) -> None:
    """Raise when a request for authorization names something that its bundle does not hold."""
    file.seek(0)
    present: set[str] = set()
    named: set[str] = set()
    for resource, full_url in _resources(file, name):
        kind = text(resource.get("resourceType"))
        present.update((f"{kind}/{text(resource.get('id'))}", full_url))
        if kind == "Claim":
            named.update(_references(resource))
    missing = sorted(ref.split("/")[0] for ref in named - present)
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
