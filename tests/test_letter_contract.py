"""What a template may use is documented, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from priorauth import pipeline, samples
from priorauth.cli.sample import DEMO_DAY
from priorauth.cli.template import EXAMPLES
from priorauth.letter import compose, contract, guide
from priorauth.letter.meaning import DOC
from priorauth.library import Library, shipped

Guide = tuple[guide.Kind, ...]
GUIDE = shipped() / "templates" / "README.md"
FIRST = "## The phrases"
TEMPLATES = shipped() / "templates"


@pytest.fixture(scope="module")
def guided(library: Library) -> Guide:
    """Return the guide as made from the contract and the letters of samples."""
    weighed = [pipeline.weigh(samples.find(name).path, library, DEMO_DAY) for name in EXAMPLES]
    return guide.kinds([compose(one.verdict) for one in weighed if one.verdict])


def actual() -> dict[str, set[str]]:
    """Return the fields of each class of the contract."""
    return {
        "letter" if one is contract.Letter else one.__name__: {f.name for f in fields(one)}
        for one in guide.shapes()
    }


def test_the_guide_names_every_variable_and_no_other(guided: Guide) -> None:
    """The guide and the contract agree both ways."""
    found = guided
    assert {kind.name: {one.name for one in kind.variables} for kind in found} == actual()


def test_the_guide_in_the_folder_is_fresh(guided: Guide, request: pytest.FixtureRequest) -> None:
    """templates/README.md ends with what `priorauth vars --markdown` prints."""
    text = GUIDE.read_text("utf-8")
    written, made = text[text.index(FIRST) :], guide.markdown(guided)
    if request.config.getoption("--update-golden"):
        GUIDE.write_text(text[: text.index(FIRST)] + made, "utf-8")
        return
    assert written == made, "Make it anew: pytest tests/test_letter_contract.py --update-golden"


def test_every_variable_has_a_type_and_most_have_an_example(guided: Guide) -> None:
    """Types are words, and a text that some sample prints is shown."""
    found = {f"{k.name}.{v.name}": v for k in guided for v in k.variables}
    assert found["letter.patient"].example == "Dana Whitfield"
    assert found["letter.draft"].type == "yes or no"
    assert found["letter.treatments"].type == "list of TreatmentGroup"
    assert found["letter.timeline"].type == "Timeline, or None"
    assert found["Bar.thin"].type == "two numbers"
    assert all(len(one.example) <= 60 for one in found.values())
    texts = [one for one in found.values() if one.type == "text"]
    assert sum(bool(one.example) for one in texts) > len(texts) * 0.8


def test_every_field_has_a_meaning() -> None:
    """No variable is left without a word on what it is."""
    for one in guide.shapes():
        assert [f.name for f in fields(one) if not f.metadata.get(DOC)] == []


def rows_of(title: str) -> list[str]:
    """Return what the first column of a table of the guide names."""
    text = GUIDE.read_text("utf-8").split(f"### {title}\n", 1)[1].split("\n#", 1)[0]
    return re.findall(r"(?m)^\| `([^`]+)` \|", text)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("The blocks of `letter.html`", ("letter",)),
        ("The blocks of `cover.html` and `addendum.html`", ("cover", "addendum")),
    ],
)
def test_the_guide_names_every_block(title: str, names: tuple[str, ...]) -> None:
    """What a payer's own letter, cover or addendum can replace is listed, in its order."""
    text = "".join((TEMPLATES / f"{name}.html").read_text("utf-8") for name in names)
    assert rows_of(title) == re.findall(r"{% block (\w+) %}", text)


def test_the_guide_names_every_part_with_its_parameters() -> None:
    """What a template may call is listed as it is called."""
    found = [
        f"{name}.{made}"
        for name in ("blocks", "tables")
        for made in re.findall(
            r"{% macro (.+?) %}", (TEMPLATES / "parts" / f"{name}.html").read_text("utf-8")
        )
    ]
    assert rows_of("The parts") == found
