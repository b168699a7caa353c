"""The gallery: every part of the templates, told and drawn."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from conftest import DAY, pages_of

from priorauth.gallery import Part, gallery
from priorauth.gallery.definitions import Kind
from priorauth.letter import Letter
from priorauth.library import Library, shipped
from priorauth.preview import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]

TEMPLATES = shipped() / "templates"


@pytest.fixture(scope="module")
def parts(library: Library) -> tuple[Part, ...]:
    """Return the parts of the shipped templates."""
    found = gallery(library, DAY)
    assert found.problems == ()
    return found.parts


def written() -> set[tuple[str, str, str]]:
    """Return every macro and block that stands in a template: its file, kind and name."""
    return {
        (path.relative_to(TEMPLATES).as_posix(), kind, name)
        for path in TEMPLATES.rglob("*.html")
        for kind, name in re.findall(r"{%-?\s*(macro|block)\s+(\w+)", path.read_text("utf-8"))
    }


def test_no_part_is_forgotten(parts: tuple[Part, ...]) -> None:
    """Every macro and block of every template, and every file that is itself a part."""
    shown = {(p.definition.template, p.definition.kind.value, p.definition.name) for p in parts}
    file = "parts/timeline.html"
    assert shown == written() | {(file, "file", file)}
    assert len(shown) == len(parts)


def test_every_part_says_what_it_is(parts: tuple[Part, ...]) -> None:
    """By the comment above it; every parameter has a meaning, and whether it is a letter's."""
    known = {f"letter.{field.name}" for field in fields(Letter)}
    for part in parts:
        assert part.definition.about.endswith("."), part.definition.title
        assert all(one.meaning and one.type for one in part.parameters), part.definition.title
        if part.definition.kind is Kind.MACRO:
            assert [one.name for one in part.parameters] == [*part.definition.arguments]
        else:
            assert {one.name for one in part.parameters} <= known
            assert len(part.parameters) == len(part.definition.uses)


def test_comments_name_no_parameter_that_is_gone() -> None:
    """Each line after a comment's first sentence is a parameter of the macro below."""
    comment = re.compile(r"\{#-((?:(?!#\}).)*?)-#\}\s*\{% macro \w+\(([^)]*)\)", re.DOTALL)
    told = 0
    for path in TEMPLATES.rglob("*.html"):
        for about, arguments in comment.findall(path.read_text("utf-8")):
            named = re.findall(r"(?m)^ +(\w+): ", about)
            assert named == [name.strip() for name in arguments.split(",")]
            told += 1
    assert told == sum(kind == "macro" for _, kind, _ in written())


def test_every_part_is_drawn_with_sample_data(parts: tuple[Part, ...]) -> None:
    """So that nobody has to guess how it looks."""
    assert [part.definition.title for part in parts if part.drawn is None] == []
    drawn = {part.definition.title: part.drawn.html for part in parts if part.drawn}
    assert drawn["blocks.place"].startswith("<span")
    assert '<table class="criteria">' in drawn["tables.criteria"]
    assert "<svg" in drawn["parts/timeline.html"]
    assert "Draft: not to be sent" in drawn["blocks.open_questions"]


def test_types_are_those_of_the_contract(parts: tuple[Part, ...]) -> None:
    """As `priorauth vars` names them."""
    found = {(p.definition.title, one.name): one.type for p in parts for one in p.parameters}
    assert found["tables.treatments", "groups"] == "list of TreatmentGroup"
    assert found["tables.pairs", "name"] == "text"
    assert found["blocks.letterhead", "letter"] == "letter"
    assert found["appeal", "letter.appeal"] == "Appeal, or None"


def own(folder: Path, **files: str) -> Library:
    """Return a library with these templates over the shipped ones; `__` stands for a slash."""
    for name, text in files.items():
        path = folder / "templates" / f"{name.replace('__', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Library.open(folder)


@pytest.mark.no_cover
def test_parts_of_ones_own_are_shown_and_a_broken_one_hides_no_other(tmp_path: Path) -> None:
    """A macro that nobody calls yet is drawn with the letter; a payer's block with its payer.

    One in a shipped one's place is shown once, as the letters of this folder print it.
    """
    mine = "{% macro thanks(letter) %}<p>Thank you, {{ letter.payer.name }}.</p>{% endmacro %}"
    asked = '{% extends "letter.html" %}{% block ask %}<p>Dear {{ letter.payer.name }}</p>'
    library = own(
        tmp_path,
        parts__timeline="{#- A line. -#}\n<p>Figure of {{ letter.timeline.width }}</p>",
        parts__mine=f"{mine}{{% macro odd(what) %}}{{{{ what }}}}{{% endmacro %}}",
        parts__broken="{% macro torn( %}",
        medica__letter=f"{asked}{{% endblock %}}",
    )
    found = gallery(library, DAY)
    (problem,) = found.problems
    assert str(problem.place) == "templates/parts/broken.html:1"
    shown = {(one.definition.template, one.definition.title): one for one in found.parts}
    assert len(shown) > len(written())
    thanks = shown["parts/mine.html", "mine.thanks"]
    assert thanks.drawn is not None
    assert thanks.drawn.html.startswith("<p>Thank you, ")
    assert thanks.definition.about == ""
    assert shown["parts/mine.html", "mine.odd"].drawn is None
    payers = shown["medica/letter.html", "ask"]
    assert payers.drawn is not None
    assert payers.drawn.html == "<p>Dear Medica</p>"
    (part,) = [one for one in found.parts if one.definition.kind is Kind.FILE]
    assert part.drawn is not None
    assert part.drawn.html.startswith("<p>Figure of ")
    assert part.definition.about == "A line."


@pytest.mark.no_cover
def test_the_command_writes_one_document(run: Run, tmp_path: Path, parts: tuple[Part, ...]) -> None:
    """With each part's name and how it is written; a file that is there is kept."""
    done = run("gallery")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"gallery.pdf  {len(parts)} parts\n"
    text = " ".join(" ".join(pages_of(tmp_path / "gallery.pdf")).split())
    for part in parts:
        assert f"{part.definition.title} {part.definition.about}" in text
        assert part.definition.written in text
    assert run("gallery").code == 2


def test_a_style_that_cannot_be_used_is_told(run: Run, tmp_path: Path) -> None:
    """In one sentence."""
    own(tmp_path, **dict.fromkeys(DOCUMENTS, "<p>{{ letter.patient }}</p>"))  # quick to print
    (tmp_path / "templates" / "print.css").write_text("@import url('http://x.example');")
    done = run("gallery")
    assert done.code == 2
    assert "a template may only use files that are in the template folders" in done.err
    assert not (tmp_path / "gallery.pdf").exists()
