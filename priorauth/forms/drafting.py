"""A first map of a form, to be edited: valid from the start, each field with what the form says.

A field is mapped only where its name or tooltip is one of those listed here, word for word.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pikepdf import Name

from priorauth.forms.formmap import NOT_MAPPED
from priorauth.forms.reading import FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.forms.reading import FormField, FormPdf

# What a field is called -> where its answer stands. Only names that cannot mean anything else: a
# plain "Name", "Date", "NPI" or "Phone" can be anybody's.
_TEXTS = {
    "facts.patient.name": ("patient name", "member name", "client name", "name of patient"),
    "facts.patient.name.given": (
        "patient first name",
        "member first name",
        "patient given name",
    ),
    "facts.patient.name.family": (
        "patient last name",
        "member last name",
        "patient family name",
    ),
    "facts.patient.birth_date": (
        "patient date of birth",
        "member date of birth",
        "patient dob",
        "member dob",
        "patient birth date",
        "client date of birth",
    ),
    "facts.patient.phone": (
        "patient phone",
        "patient phone number",
        "patient telephone",
        "member phone",
        "member phone number",
    ),
    "facts.patient.address": ("patient address", "member address"),
    "facts.patient.address.street": ("patient street address", "member street address"),
    "facts.patient.address.city": ("patient city", "member city"),
    "facts.patient.address.state": ("patient state", "member state"),
    "facts.patient.address.zip": ("patient zip", "patient zip code", "member zip"),
    "facts.coverage.member_id": (
        "member id",
        "member id number",
        "patient member id",
        "member or medicaid id number",
        "member identification number",
        "client medicaid number",
    ),
    "facts.coverage.group_number": ("group number", "group no", "member group number"),
    "facts.prescriber": (
        "prescriber name",
        "prescribing provider name",
        "prescribing physician name",
        "name of prescriber",
    ),
    "facts.prescriber.npi": ("prescriber npi", "prescriber npi number", "prescribing provider npi"),
    "facts.prescriber.specialty": ("prescriber specialty", "prescribing provider specialty"),
    "facts.prescriber.phone": ("prescriber phone", "prescriber phone number"),
    "facts.practice.name": ("practice name", "clinic name", "name of practice"),
    "facts.practice.phone": ("practice phone", "practice phone number", "clinic phone"),
    "facts.practice.fax": ("practice fax", "practice fax number", "clinic fax", "return fax"),
    "facts.practice.address": ("practice address", "clinic address"),
    "facts.payer.name": ("payer name", "issuer name", "health plan name", "insurance company name"),
    "facts.payer.phone": ("payer phone number", "issuer phone number"),
    "facts.payer.fax": ("payer fax number", "issuer fax number"),
    "facts.day": ("submission date", "date of request", "request date", "date submitted"),
    "facts.request.urgent_because": ("clinical reason for urgency", "reason for urgency"),
    "facts.request.start": ("requested start date", "proposed start date"),
    "facts.diagnoses.0.code": ("primary diagnosis code", "primary icd 10 code"),
    "facts.diagnoses.0.title": ("primary diagnosis", "primary diagnosis description"),
}
_MARKS = {
    ("facts.patient.sex", "female"): ("female", "gender is female", "sex is female"),
    ("facts.patient.sex", "male"): ("male", "gender is male", "sex is male"),
    ("facts.request.urgency", "urgent"): (
        "review type urgent",
        "urgent review",
        "urgent request",
        "expedited request",
        "expedited review",
    ),
    ("facts.request.urgency", "standard"): (
        "review type non urgent",
        "standard review",
        "standard request",
        "non urgent request",
    ),
    ("facts.request.kind", "initial"): ("request type initial", "initial request"),
    ("facts.request.kind", "renewal"): ("renewal request", "request type renewal"),
}
_PATHS = {name: path for path, names in _TEXTS.items() for name in names}
_TICKS = {name: mark for mark, names in _MARKS.items() for name in names}
_OPTIONAL = frozenset({"facts.request.urgent_because"})
_PLAIN_KEY = re.compile(r"[A-Za-z](?:[\w ./()'&+-]*[\w./()'&+])?")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def draft(form: FormPdf, name: str) -> str:
    """Return a first map of a form as YAML; `name` is its title where the PDF has none."""
    return "\n".join([*_head(form, name), *_entries(form)]) + "\n"


def _head(form: FormPdf, name: str) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../../form.schema.json"
    yield "# A map says what goes into each field of the PDF of the same name beside it."
    yield "#   a path of the letter's content:  facts.patient.name.family   (templates/README.md)"
    yield "#   a check box:                     {tick: facts.patient.sex, when: female}"
    yield "#   a choice:                        {choose: path, choices: {value: the form's choice}}"
    yield "#   several, joined:                 {put: [path, path], between: comma}"
    yield "#   the same on every form:          {text: …}"
    yield "#   written or signed by hand:       {by_hand: what staff do there}"
    yield "#   rightly blank:                   {leave: why}"
    yield ""
    yield f"title: {_quoted(_title(form) or name)}"
    yield "# number: the form's own number, such as NOFR001"
    yield "# source: {title: who publishes it, url: https://…, read_on: the day, as 2026-11-22}"
    yield "# for: {services: [tms], kinds: [initial, renewal], benefits: [medical]}"
    yield f"sha256: {form.sha256}  # of this very PDF: a changed one is noticed"
    yield ""
    yield "fields:"


def _title(form: FormPdf) -> str:
    info = form.pdf.trailer.get(Name.Info)
    title = info.get(Name.Title) if info is not None else None
    return _tidy(str(title))[:150] if title is not None else ""


def _entries(form: FormPdf) -> Iterator[str]:
    page = 0
    for one in form.fields:
        if one.page != page:
            page = one.page
            yield f"  # Page {page}"
        if not one.kind.fills or one.hidden:
            why = one.kind.value if not one.kind.fills else "hidden"
            yield f"  # {_tidy(one.name)}: {why}, nothing to map"
            continue
        yield f"  # {_about(one)}"
        yield f"  {_quoted(one.name)}: {_use(one)}"


def _about(one: FormField) -> str:
    """Return what the form says of a field, on one line."""
    parts = [one.kind.value]
    if one.max_length is not None:
        parts.append(f"at most {one.max_length} characters")
    if one.required:
        parts.append("required")
    if one.read_only:
        parts.append("locked")
    if one.kind.chooses:
        parts.append("choices: " + ", ".join(_tidy(choice.shown) for choice in one.choices))
    return f"{_tidy(one.tooltip) or 'no tooltip'} ({'; '.join(parts)})"


def _use(one: FormField) -> str:
    names = [_plain(one.name), _plain(one.tooltip)]
    if one.kind is FieldKind.CHECK:
        found = {_TICKS[name] for name in names if name in _TICKS}
        if len(found) == 1:  # name and tooltip do not speak of different things
            path, word = found.pop()
            return f"{{tick: {path}, when: {word}}}"
    if one.kind is FieldKind.TEXT:
        paths = {_PATHS[name] for name in names if name in _PATHS}
        if len(paths) == 1:
            path = paths.pop()
            return f"{{put: {path}, optional: yes}}" if path in _OPTIONAL else path
    return f"{{leave: {NOT_MAPPED}}}"


def _plain(text: str) -> str:
    """Return a name in small letters, without signs and without what tooltips begin with."""
    words = re.sub(r"[^a-z0-9]+", " ", text.casefold().replace("'s ", " ")).strip()
    return re.sub(r"^check (box )?if (this is (a|an) |review is |patient )?", "", words)


def _tidy(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _quoted(text: str) -> str:
    """Return a text as YAML takes it: in quotation marks where it must."""
    if _PLAIN_KEY.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)
