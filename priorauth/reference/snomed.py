"""A few SNOMED CT concepts of depression and the ICD-10-CM code with the same meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from priorauth.reference import Mark, read_table


@dataclass(frozen=True)
class Mapped:
    """A concept's name and the ICD-10-CM code whose title says the same."""

    name: str
    code: str


@dataclass(frozen=True)
class Map:
    """The concepts by their code, with the source of the table."""

    source: str
    mark: Mark
    icd10cm: dict[str, Mapped]


def find(concept: str) -> Mapped | None:
    """Return the ICD-10-CM code for a concept, or None when a person has to choose it."""
    return table().icd10cm.get(concept)


@cache
def table() -> Map:
    """Return the table."""
    return read_table("snomed.yaml", Map)
