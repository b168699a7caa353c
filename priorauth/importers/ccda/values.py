"""The few data types of CDA that are used here, and a parser that takes no document type.

Python's own parser is enough: it fetches nothing, and a document type, in which entities are
declared, is refused before any of them could be used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from priorauth.dates import PartialDate
from priorauth.importers.records import AddressRecord, Coding, Concept, System

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = ET.Element
SPACE = "{urn:hl7-org:v3}"
_SDTC = "{urn:hl7-org:sdtc}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SYSTEMS = {
    "2.16.840.1.113883.6.88": System.RXNORM,
    "2.16.840.1.113883.6.69": System.NDC,
    "2.16.840.1.113883.6.90": System.ICD10CM,
    "2.16.840.1.113883.6.96": System.SNOMED,
    "2.16.840.1.113883.6.1": System.LOINC,
    "2.16.840.1.113883.6.12": System.CPT,
    "2.16.840.1.113883.6.285": System.HCPCS,
}
NPI = "2.16.840.1.113883.4.6"
_OPEN = (
    '<fragment xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
_DECLARATION = re.compile(rb"\A\s*<\?xml.*?\?>", re.DOTALL)
_STAMP = re.compile(r"(\d{4})(\d{2})?(\d{2})?")


class DoctypeError(ValueError):
    """The document declares a document type."""


class _Tree(ET.TreeBuilder):
    """Builds the tree, and stops at a document type: entities are declared in one."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        del name, pubid, system
        raise DoctypeError


def parse(raw: bytes) -> Element:
    """Return the root of a document; raise DoctypeError, or ParseError when it is no XML."""
    parser = ET.XMLParser(target=_Tree())  # noqa: S314 - see _Tree
    parser.feed(raw)
    root: Element = parser.close()
    return root


def parse_fragment(raw: bytes) -> Element:
    """Return an element that holds a fragment, with the name spaces that CDA documents declare."""
    parser = ET.XMLParser(target=_Tree())  # noqa: S314 - see _Tree
    parser.feed(_OPEN)
    parser.feed(_DECLARATION.sub(b"", raw))
    parser.feed("</fragment>")
    root: Element = parser.close()
    return root


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element at the end of a path of names."""
    for name in path:
        element = element.find(SPACE + name) if element is not None else None
    return element


def children(element: Element | None, name: str) -> list[Element]:
    """Return the elements of a name directly under this one."""
    return element.findall(SPACE + name) if element is not None else []


def every(element: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name at any depth."""
    return element.iter(SPACE + name)


def said(element: Element | None) -> str:
    """Return the words in an element."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute, or an empty text."""
    return (element.get(name) or "").strip() if element is not None else ""


def kind(element: Element) -> str:
    """Return the data type that a value declares: `INT`, `PQ`, `CD`."""
    return attribute(element, _TYPE).rpartition(":")[2]


def when(element: Element | None) -> PartialDate | None:
    """Return the date of a time stamp, as exactly as it is written; None before 1900."""
    found = _STAMP.match(attribute(element, "value"))
    if not found:
        return None
    try:
        return PartialDate.parse("-".join(part for part in found.groups() if part))
    except ValueError:
        return None


def span(element: Element | None) -> tuple[PartialDate | None, PartialDate | None]:
    """Return the first and last day of an interval; a single day begins it."""
    low, high = child(element, "low"), child(element, "high")
    return when(low) or (when(element) if high is None else None), when(high)


def concept(element: Element | None) -> Concept:
    """Return a code with its translations and the words that were coded."""
    if element is None:
        return Concept()
    written = said(child(element, "originalText"))
    codings = tuple(
        Coding(
            _SYSTEMS.get(attribute(one, "codeSystem"), System.OTHER),
            attribute(one, "code"),
            attribute(one, "displayName"),
        )
        for one in (element, *children(element, "translation"))
        if attribute(one, "code")
    )
    return Concept(codings, written or attribute(element, "displayName"))


def address(element: Element | None) -> AddressRecord | None:
    """Return a postal address."""
    lines = [said(line) for line in children(element, "streetAddressLine") if said(line)]
    if not lines:
        return None
    names = (said(child(element, key)) for key in ("city", "state", "postalCode"))
    return AddressRecord(lines[0], ", ".join(lines[1:]), *names)


def phone(element: Element | None, system: str = "tel:") -> str:
    """Return the first number of a kind under an element."""
    found = (attribute(one, "value") for one in children(element, "telecom"))
    return next((one[len(system) :].strip() for one in found if one.startswith(system)), "")


def identifiers(element: Element | None) -> dict[str, str]:
    """Return the identifiers of an element by the root that they belong to."""
    found = {attribute(one, "root"): attribute(one, "extension") for one in children(element, "id")}
    return {root: extension for root, extension in found.items() if extension}


def deceased(element: Element | None) -> bool:
    """Return whether a patient is marked as deceased."""
    mark = element.find(f"{_SDTC}deceasedInd") if element is not None else None
    return attribute(mark, "value") == "true"
