"""Files of a library that nobody reads, or that two of a kind stand for: a slip in a name.

Not for what is in the files.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from priorauth.preview import DOCUMENTS
from priorauth.problems import Place, Problem, Severity, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from priorauth.library import Library, LibraryPayer, PolicyFile

_NO_PAYER = frozenset({"parts", "fonts"})


def check_names(library: Library) -> Iterator[Problem]:
    """Yield each file that its name keeps from being read."""
    for root in library.roots:
        for path in sorted((root / "payers").glob("*/*.yml")):
            what = "this file is not read: its name ends in .yml"
            yield _warning(path, what, f"Name it {path.stem}.yaml.")
        for folder in sorted((root / "templates").glob("*/")):
            if folder.name not in _NO_PAYER:
                yield from _templates(folder, library.payer_ids)


def _templates(folder: Path, payers: tuple[str, ...]) -> Iterator[Problem]:
    if folder.name not in payers:
        near = nearest(folder.name, payers)
        fix = f"Did you mean {listed(near)}?" if near else "Name it as the payer's folder is named."
        yield _warning(folder, "no payer has this name: these templates are not used", fix)
        return
    known = [f"{document}.html" for document in DOCUMENTS]
    for path in sorted(folder.glob("*.html")):
        if path.name not in known:
            near = nearest(path.name, known, most=1)
            what = "no document has this name: this template is not used"
            yield _warning(path, what, f"Did you mean {listed(near or known)}?")


def check_rivals(payer: LibraryPayer) -> Iterator[Problem]:
    """Yield each two policies of a payer that are for the same requests."""
    for one, other in combinations(payer.policies, 2):
        if _is_same(one, other):
            yield _warning(
                other.path,
                f"two policies of this payer are for the same requests, the other is "
                f"{one.path.name}: which one is used is left to their days",
                "Keep one file: add versions to it, and move the other out of payers/.",
            )


def _is_same(one: PolicyFile, other: PolicyFile) -> bool:
    """Return whether some request can be for both."""
    first, second = one.policy, other.policy
    return all(
        not mine or not others or set(mine) & set(others)
        for mine, others in (
            (first.lines_of_business, second.lines_of_business),
            (first.benefits, second.benefits),
        )
    ) and bool(set(first.services) & set(second.services))


def _warning(path: Path, what: str, fix: str) -> Problem:
    return Problem(Severity.WARNING, Place(str(path)), what, fix)
