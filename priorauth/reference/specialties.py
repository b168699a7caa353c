"""What a prescriber's specialty is, however it is written; and which specialty is part of which.

Not for a policy's rule: which specialties it accepts is in the library.
"""

import re
from functools import cache
from typing import NamedTuple

from priorauth.reference import read_table


class Specialty(NamedTuple):
    """A specialty with the ways in which it is written."""

    name: str
    names: tuple[str, ...] = ()
    of: str | None = None  # the specialty that those who hold this one are trained in

    @property
    def held(self) -> frozenset[str]:
        """Return the specialties that one who has this one has."""
        return frozenset(filter(None, (self.name, self.of)))


def find(written: str) -> Specialty | None:
    """Return the specialty that is written so; None where it is not known, or not just one."""
    return _index().get(_key(written))


def specialties() -> tuple[Specialty, ...]:
    """Return every known specialty, in the order of the table."""
    return _table().specialties


def same(one: str, other: str) -> bool:
    """Return whether two texts are one specialty written twice, known here or not."""
    key = _key(one)
    return bool(key) and key == _key(other)


class _Table(NamedTuple):
    source: str
    unspoken: frozenset[str]
    specialties: tuple[Specialty, ...]


@cache
def _table() -> _Table:
    return read_table("specialties.yaml", _Table)


@cache
def _index() -> dict[str, Specialty]:
    return {_key(name): found for found in specialties() for name in (found.name, *found.names)}


def _key(written: str) -> str:
    """Return the words of a name written one way: small, without signs, `&` as `and`."""
    words = re.findall(r"[a-z]+", written.casefold().replace("&", " and ").replace(".", ""))
    return " ".join(word for word in words if word not in _table().unspoken)
