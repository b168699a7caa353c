"""Clinical drugs by their RxNorm or NDC code: for records that give the code and no name.

Not for meaning: which agent a name stands for is in `drugs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from priorauth.codes import Ndc
from priorauth.reference import Mark, read_table


@dataclass(frozen=True)
class Packaged:
    """What the packages of one product code hold, and where that was read."""

    name: str
    source: str
    mark: Mark


@dataclass(frozen=True)
class Products:
    """Names of clinical drugs by RxNorm code, with the source of the list, and by product code."""

    source: str
    mark: Mark
    rxnorm: dict[str, str]
    ndc: dict[str, Packaged]  # labeler and product, as in the code of eleven digits: 00777-3105


def name_of(code: str) -> str | None:
    """Return the RxNorm name of a clinical drug, or None when the code is not in the table."""
    return table().rxnorm.get(code)


def name_of_package(code: str) -> str | None:
    """Return what a package with this NDC holds, or None when the table does not have it.

    Ten digits without dashes are no code: three products could be meant.
    """
    try:
        product = _ndc().validate_python(code).rpartition("-")[0]
    except ValidationError:
        return None
    known = table().ndc.get(product)
    return known.name if known else None


@cache
def _ndc() -> TypeAdapter[str]:
    return TypeAdapter(Ndc)


@cache
def table() -> Products:
    """Return the table."""
    return read_table("products.yaml", Products)
