"""Which column of a table is which: by the names that exports give them, or by a small map file."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from priorauth import datafile
from priorauth.importers.refusal import RefusedError
from priorauth.problems import UnreadableError, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Kind(StrEnum):
    """What the rows of a table are."""

    FILLS = "pharmacy fills"
    HISTORY = "treatment history"
    SCORES = "scores"


# Our name of a column, and the names that exports give it, in small letters without punctuation.
_NAMES: dict[str, tuple[str, ...]] = {
    "drug": ("drug", "drug name", "medication", "medication name", "med", "label name",
             "product", "product name", "ndc description", "drug description", "treatment"),
    "ndc": ("ndc", "ndc code", "ndc number", "national drug code"),
    "rxnorm": ("rxnorm", "rxcui", "rxnorm code"),
    "strength": ("strength", "drug strength"),
    "filled": ("filled", "fill date", "date filled", "fill dt", "date of fill", "dispensed",
               "dispense date", "date dispensed", "service date", "date of service", "dos"),
    "quantity": ("quantity", "qty", "quantity dispensed", "qty dispensed", "metric quantity"),
    "days": ("days", "days supply", "day supply", "days supplied", "ds"),
    "sig": ("sig", "directions", "instructions", "directions for use"),
    "status": ("status", "claim status", "transaction status"),
    "claim": ("claim", "claim number", "claim id", "paid date", "paid amount", "plan paid"),
    "dose": ("dose", "dosage", "regimen"),
    "daily": ("daily dose", "mg per day", "mgday", "dose mgday", "dose mg per day", "daily mg",
              "daily dose mg", "total daily dose"),
    "start": ("start", "start date", "started", "from", "date started", "begin", "begin date"),
    "end": ("end", "end date", "stop", "stop date", "stopped", "ended", "to", "date stopped",
            "thru", "through"),
    "outcome": ("outcome", "response"),
    "reason": ("reason stopped", "reason for stopping", "why stopped", "stopped because",
               "reason for discontinuation", "discontinued because"),
    "purpose": ("indication", "purpose", "given for", "diagnosis"),
    "augments": ("augments", "added to", "augmentation of"),
    "source": ("source", "source of information"),
    "scale": ("scale", "instrument", "measure", "assessment", "questionnaire", "test"),
    "total": ("total", "score", "total score", "result"),
    "on": ("on", "date", "assessment date", "score date", "date of assessment", "test date"),
    "rater": ("rater", "rated by", "clinician", "administered by"),
    "patient": ("patient", "patient id", "patient number", "mrn", "member id", "member number",
                "medical record number"),
}  # fmt: skip
_NEEDED = {
    Kind.FILLS: (("drug", "ndc", "rxnorm"), ("filled",)),
    Kind.HISTORY: (("drug",), ("start",)),
    Kind.SCORES: (("scale",), ("total",), ("on",)),
}
_BY_NAME = {written: name for name, every in _NAMES.items() for written in every}


def recognize(header: Sequence[str], own: Mapping[str, str]) -> tuple[Kind, dict[str, int]] | None:
    """Return what a table holds and where each column is; None when the row is no known header.

    `own` says our name of a column by the name that this table gives it.
    """
    places: dict[str, int] = {}
    for place, written in enumerate(header):
        name = own.get(_tidy(written)) or _BY_NAME.get(_tidy(written))
        if name:
            places.setdefault(name, place)
    for kind, needed in _NEEDED.items():
        if all(any(name in places for name in one_of) for one_of in needed):
            return kind, places
    return None


def read_map(path: Path) -> dict[str, str]:
    """Return our name of each column by the name that the user's tables give it.

    Raises UnreadableError, and RefusedError for a name of ours that there is not.
    """
    found = datafile.read(path)
    if found.problems:
        raise UnreadableError(found.problems)
    values = found.value if isinstance(found.value, dict) else {}
    for name, written in values.items():
        if name not in _NAMES or not isinstance(written, str):
            fix = f"Write `name: the column's heading`; names are {listed(_NAMES, 'and')}."
            raise RefusedError(
                str(path), "a name here is no column that is read", fix, found.line((name,))
            )
    return {_tidy(str(written)): name for name, written in values.items()}


def _tidy(written: str) -> str:
    """Return a heading in small letters, without punctuation: `Days' Supply` as days supply."""
    plain = re.sub(r"['\u2019]", "", written.casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.replace("/", "")).split())
