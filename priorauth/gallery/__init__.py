"""Every part of the templates on one document, with its parameters and sample data.

Read from the templates themselves: a new part is shown without another word. Not for a payer's
whole letter: that is `preview`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from priorauth.gallery.definitions import Definition, Kind, definitions
from priorauth.gallery.recording import Recorded, record
from priorauth.letter import Letter, guide
from priorauth.letter.meaning import DOC
from priorauth.pdf import Printer
from priorauth.preview import DOCUMENTS
from priorauth.problems import PriorAuthError, Problem
from priorauth.render import BadTemplateError, environment, names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.gallery.recording import Drawn
    from priorauth.library import Library

__all__ = ["Gallery", "Parameter", "Part", "gallery", "pdf"]


class NoPartsError(PriorAuthError):
    """No template could be read."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("No template could be read. Mend what is named above.")


@dataclass(frozen=True)
class Parameter:
    """What a part is given, or what of the letter it uses."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Part:
    """A building block: what it is, what it takes, and how it looks with sample data."""

    definition: Definition
    parameters: tuple[Parameter, ...]
    drawn: Drawn | None  # None where no sample prints it


@dataclass(frozen=True)
class Gallery:
    """All parts, and what is wrong with the templates."""

    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]


def gallery(library: Library, day: date) -> Gallery:
    """Return every part of the library's templates, drawn with the samples."""
    found: list[Definition] = []
    problems: list[Problem] = []
    for name in _templates(library):
        try:
            found += definitions(library.template_folders, name)
        except BadTemplateError as error:
            problems.append(error.problem)
    recorded = record(library, day, found)
    problems += recorded.problems
    parts = tuple(_part(one, recorded) for one in found)
    return Gallery(parts, tuple(dict.fromkeys(problems)))


def _templates(library: Library) -> list[str]:
    """Return the names of all templates: the parts, then everyone's documents, then the payers'."""
    return sorted(
        names(library.template_folders),
        key=lambda name: (not name.startswith("parts/"), "/" in name, name),
    )


def _part(definition: Definition, recorded: Recorded) -> Part:
    drawn = recorded.best(definition)
    if definition.kind is Kind.MACRO:
        parameters = tuple(_given(definition, name, drawn) for name in definition.arguments)
    else:
        parameters = tuple(_used(definition.uses))
    return Part(definition, parameters, drawn)


def _given(definition: Definition, name: str, drawn: Drawn | None) -> Parameter:
    """Return a parameter of a macro: its meaning by the comment above it, or by its type."""
    value = drawn.values.get(name) if drawn else None
    meaning = definition.meanings.get(name, "")
    if not meaning and is_dataclass(value):
        meaning = " ".join((type(value).__doc__ or "").split())
    return Parameter(name, guide.type_of(value), meaning)


def _used(names: tuple[str, ...]) -> Iterator[Parameter]:
    """Yield what a block uses of the letter, as the contract describes it."""
    known = {field.name: field for field in fields(Letter)}
    types = guide.types_of(Letter)
    for name in names:
        if name in known:
            yield Parameter(f"letter.{name}", types[name], str(known[name].metadata[DOC]))


def pdf(found: Gallery, library: Library, day: date) -> bytes:
    """Return the gallery as PDF, in the style of the library's letters.

    Raises NoPartsError or LayoutError.
    """
    if not found.parts:
        raise NoPartsError
    jinja = environment((Path(__file__).parent,))
    files = dict.fromkeys(part.definition.template for part in found.parts)
    html = jinja.get_template("sheet.html").render(
        styles=dict.fromkeys(filter(None, DOCUMENTS.values())),
        files={
            name: [part for part in found.parts if part.definition.template == name]
            for name in files
        },
    )
    printer = Printer(library.template_folders, invented=True)
    return printer.pdf(html, day)
