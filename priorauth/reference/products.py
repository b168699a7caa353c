"""Clinical drugs of RxNorm by their code: for records that give the code and no name.

Not for meaning: which agent a name stands for is in `drugs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from priorauth.reference import Mark, read_table


@dataclass(frozen=True)
class Products:
    """Names of clinical drugs by RxNorm code, with the source of the list."""

    source: str
    mark: Mark
    rxnorm: dict[str, str]


def name_of(code: str) -> str | None:
    """Return the RxNorm name of a clinical drug, or None when the code is not in the table."""
    return table().rxnorm.get(code)


@cache
def table() -> Products:
    """Return the table."""
    return read_table("products.yaml", Products)
