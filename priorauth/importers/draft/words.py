"""How values, comments and questions are written into a case file."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from priorauth.left_open import HELD, QUESTION, holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from priorauth.importers.records import Origin

WIDTH = 100
_PLAIN = re.compile(r"(?!\d+$)[A-Za-z0-9][A-Za-z0-9_ ./()+'-]*")
_RESERVED = frozenset(("null", "Null", "NULL", "yes", "no", "true", "false"))
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_MOST_NAMED = 4  # records in one comment


def scalar(value: str) -> str:
    """Return a text as YAML takes it, in quotation marks where it needs them."""
    tidy = " ".join(_UNSEEN.sub(" ", value).split())
    plain = _DATE.fullmatch(tidy) or (_PLAIN.fullmatch(tidy) and tidy not in _RESERVED)
    return tidy if plain else json.dumps(tidy, ensure_ascii=False)


def mapping(values: Mapping[str, object]) -> str:
    """Return a mapping on one line; an empty text is a place to be filled in."""
    parts = (f"{key}: {scalar(str(value)) if str(value) else ''}" for key, value in values.items())
    return f"{{{', '.join(parts)}}}"


def comment(words: str, indent: str = "") -> list[str]:
    """Return words as lines of a comment."""
    tidy = " ".join(_UNSEEN.sub(" ", words).split())
    return textwrap.wrap(
        tidy,
        WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def question(words: str, indent: str = "", *, holds: bool = False) -> list[str]:
    """Return a question as lines of a comment; one that holds the letter back says so."""
    return comment(f"{HELD} {holding(words)}" if holds else f"{QUESTION} {words}", indent)


@dataclass
class Numbers:
    """The numbers by which comments name the files, in the order in which they were imported."""

    known: dict[str, int] = field(default_factory=dict)

    def of(self, file: str) -> int:
        """Return the number of a file; a new one for a file that has none."""
        return self.known.setdefault(file, max(self.known.values(), default=0) + 1)

    def ref(self, origin: Origin) -> str:
        """Return where a record stands: `[1] MedicationDispense/633`."""
        return f"[{self.of(origin.file)}] {_UNSEEN.sub(' ', origin.ref)}"

    def refs(self, origins: Iterable[Origin]) -> str:
        """Return where several records stand; past a few, how many more there are."""
        every = [self.ref(one) for one in dict.fromkeys(origins)]
        more = len(every) - _MOST_NAMED
        shown = every if more <= 1 else [*every[:_MOST_NAMED], f"and {more} more"]
        return ", ".join(shown)


def fits(kind: Any, value: object) -> bool:  # noqa: ANN401 - any annotation of a case
    """Return whether a case takes the value in a field of this kind."""
    try:
        _adapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - the same
    return TypeAdapter(kind)
