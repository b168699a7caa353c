"""What a template may use is documented, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

from priorauth.letter import contract
from priorauth.library import shipped

GUIDE = shipped() / "templates" / "README.md"
LETTER = shipped() / "templates" / "letter.html"


def documented() -> dict[str, set[str]]:
    """Return the names under each heading of the guide."""
    parts = re.split(r"^## `(\w+)`$", GUIDE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        parts[place]: set(re.findall(r"^\| `(\w+)` \|", parts[place + 1], flags=re.MULTILINE))
        for place in range(0, len(parts), 2)
    }


def actual() -> dict[str, set[str]]:
    """Return the fields of each class of the contract."""
    classes = [
        one for one in vars(contract).values() if isinstance(one, type) and is_dataclass(one)
    ]
    return {
        "letter" if one is contract.Letter else one.__name__: {f.name for f in fields(one)}
        for one in classes
    }


def test_the_guide_names_every_variable_and_no_other() -> None:
    """The guide and the contract agree both ways."""
    assert documented() == actual()


def test_every_field_has_a_meaning() -> None:
    """No variable is left without a word on what it is."""
    for one in vars(contract).values():
        if isinstance(one, type) and is_dataclass(one):
            assert [f.name for f in fields(one) if not f.metadata.get(contract.DOC)] == []


def test_the_guide_names_every_block() -> None:
    """What a payer's own letter can replace is listed."""
    blocks = re.findall(r"{% block (\w+) %}", LETTER.read_text("utf-8"))
    text = Path(GUIDE).read_text("utf-8").split("The blocks are", 1)[1].split("\n", 1)[0]
    assert re.findall(r"`(\w+)`", text) == blocks
