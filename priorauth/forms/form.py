"""A form of the library, and a form that is filled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.forms.answers import Unfilled
    from priorauth.forms.formmap import FormMap, MapFile
    from priorauth.letter.contract import AddendumItem
    from priorauth.problems import Problem


@dataclass(frozen=True)
class Form:
    """A form of the library, ready to be filled: its map, its PDF, the template folders."""

    id: str  # `texas-standard/nofr001`
    map: FormMap
    file: MapFile = field(repr=False)
    pdf: Path
    template_folders: tuple[Path, ...] = field(repr=False)
    payer_id: str = ""  # whose own addendum.html is used


@dataclass(frozen=True)
class Filled:
    """A filled form as PDF, with all that staff must know of it.

    `pages` counts those of the form, `addendum_pages` those behind it in the same PDF.
    """

    pdf: bytes = field(repr=False)
    pages: int
    addendum_pages: int
    unfilled: tuple[Unfilled, ...]
    overflow: tuple[AddendumItem, ...]
    problems: tuple[Problem, ...]
