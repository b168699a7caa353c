"""The ICD-10-CM code set: whether a code exists, its title, whether it may be billed.

Not for what a diagnosis means to a policy: that is in `criteria`.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipimport import zipimporter

if TYPE_CHECKING:
    from collections.abc import Iterable

# Built by scripts/build_icd10cm.py. The 2027 code year began on 2026-10-01; no package of it was
# to be had on 2026-11-22, so codes that are new or gone since then are not known here.
EDITION = "ICD-10-CM 2026, update of 2026-04-01"
LAST_DAY = date(2026, 9, 30)  # of the code year that the edition belongs to

_INDEX = Path(__file__).with_name("icd10cm.zip")
_CATEGORY = 3  # characters
SHARED = 2  # characters that the codes of one member of the index share: 240 members open quickly
_REMISSION = re.compile(r"\bin (?:\w+ )?remission\b", re.IGNORECASE)


class Icd10cmCode(NamedTuple):
    """A code of the set: a category, a subcategory or a billable code."""

    code: str  # with its dot
    title: str
    billable: bool

    @property
    def in_remission(self) -> bool:
        """Return whether the title says that the illness is in remission."""
        return bool(_REMISSION.search(self.title))


def find(code: str) -> Icd10cmCode | None:
    """Return the code, written with or without its dot, or None when the edition has none."""
    plain = _plain(code)
    return _category(plain[:_CATEGORY]).get(plain)


def children(code: str, most: int = 5) -> tuple[str, ...]:
    """Return the first billable codes under a category, at most `most`; none under a full code."""
    plain = _plain(code)
    under = (
        known.code
        for key, known in _category(plain[:_CATEGORY]).items()
        if key.startswith(plain) and key != plain and known.billable
    )
    return tuple(found for found, _ in zip(under, range(most), strict=False))


def in_remission(code: str) -> bool:
    """Return whether the code is known and its title says that the illness is in remission."""
    found = find(code)
    return found is not None and found.in_remission


def among(code: str, families: Iterable[str]) -> bool:
    """Return whether a code is one of these codes or lies under one of them."""
    return any(_plain(code).startswith(_plain(family)) for family in families)


def _plain(code: str) -> str:
    return code.strip().upper().replace(".", "")


@cache
def _archive() -> zipimporter:
    # Python starts with zipimport in it; bringing in zipfile would take longer than the look-up.
    return zipimporter(str(_INDEX))


@cache
def _category(category: str) -> dict[str, Icd10cmCode]:
    """Return the codes of a three-character category by code without dot, in tabular order."""
    if len(category) < _CATEGORY:
        return {}
    try:
        text = _archive().get_data(category[:SHARED]).decode()
    except OSError:
        return {}
    return dict(_row(line) for line in text.splitlines() if line.startswith(category))


def _row(line: str) -> tuple[str, Icd10cmCode]:
    plain, billable, title = line.split("\t")
    rest = plain[_CATEGORY:]
    code = f"{plain[:_CATEGORY]}.{rest}" if rest else plain
    return plain, Icd10cmCode(code, title, billable == "1")
