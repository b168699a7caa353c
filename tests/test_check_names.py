"""What a library holds under a name that nobody looks for, or twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cases import policy, version, write

from priorauth.check import check_names
from priorauth.check.names import check_rivals
from priorauth.library import Library, shipped

if TYPE_CHECKING:
    from pathlib import Path


def told(root: Path) -> list[str]:
    """Return what is wrong with the names in a library, its folder left out."""
    return [str(one).replace(f"{root}/", "") for one in check_names(Library((root,)))]


def test_a_file_that_is_not_read_is_told(tmp_path: Path) -> None:
    """Else the letter claims no criteria, and nobody knows why."""
    write(tmp_path, "acme", payer={"name": "Acme"}, one=policy(version()))
    shutil.copy(tmp_path / "payers/acme/one.yaml", tmp_path / "payers/acme/two.yml")
    assert told(tmp_path) == [
        (
            "payers/acme/two.yml: warning: this file is not read: its name ends in .yml. "
            "Name it two.yaml."
        )
    ]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            "acmme/letter.html",
            (
                "templates/acmme: warning: no payer has this name: these templates are not used. "
                "Did you mean acme?"
            ),
        ),
        (
            "acme/leter.html",
            (
                "templates/acme/leter.html: warning: no document has this name: this template is "
                "not used. Did you mean letter.html?"
            ),
        ),
        ("acme/letter.html", ""),
        ("parts/blocks.html", ""),
    ],
)
def test_a_template_that_nobody_uses_is_told(tmp_path: Path, file: str, words: str) -> None:
    """By the name that is meant."""
    write(tmp_path, "acme", payer={"name": "Acme"}, one=policy(version()))
    path = tmp_path / "templates" / file
    path.parent.mkdir(parents=True)
    path.write_text("", "utf-8")
    assert told(tmp_path) == ([words] if words else [])


@pytest.mark.parametrize(
    ("limits", "count"),
    [({}, 1), ({"lines_of_business": ["medicaid"]}, 1), ({"benefits": ["pharmacy"]}, 0)],
)
def test_two_policies_for_the_same_requests_are_told(
    tmp_path: Path, limits: dict[str, list[str]], count: int
) -> None:
    """A copy that was kept beside its file would take over in silence."""
    one, two = policy(version(), benefits=["medical"]), policy(version(), **limits)
    write(tmp_path, "acme", payer={"name": "Acme"}, one=one, two=two)
    assert len(list(check_rivals(Library((tmp_path,)).payer("acme")))) == count


def test_the_shipped_library_has_no_such_slip() -> None:
    """Neither in a name, nor by two files for one."""
    library = Library((shipped(),))
    assert list(check_names(library)) == []
    assert [one for payer in library.payers() for one in check_rivals(payer)] == []
