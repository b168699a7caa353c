"""A path into the letter's content, such as `facts.patient.name.family`: checked and followed.

Names, places from 0, ids and `*` with dots between them, and nothing else: it computes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from priorauth.letter.contract import CriterionRow, Letter
from priorauth.letter.meaning import DOC, WORDS
from priorauth.problems import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FORM = re.compile(r"[a-z_][a-z0-9_]*(\.([a-z0-9_-]+|\*))*")
EACH = "*"
TEXT, ID = "text", "id"  # what a record prints by itself, and what an entry of a list is known by
# What a form cannot print: drawings, its own overflow, the pages around it, questions to staff.
_NOT_FOR_FORMS = frozenset({"timeline", "addendum", "notice", "sheet", "packet", "questions"})
_ALIKE = 0.75  # how like another path, or its last name, must be to be meant
_UNKNOWN = "unknown"  # a finding that is open says nothing to a payer


@dataclass(frozen=True)
class Fault:
    """What is wrong with a path, and what to write."""

    what: str
    fix: str


def fault(path: str) -> Fault | None:
    """Return what is wrong with a path; None when the letter's content has it."""
    if not _FORM.fullmatch(path):
        what = f"`{path}` is not a path into the letter's content"
        return Fault(what, "Write names with dots between them: facts.patient.name.family.")
    kind = _kind_at(path)
    if kind is None:
        near = _near(_places(path), known_paths()) or _near(_last(path), _by_last())
        shown = listed(_by_last().get(name, name) for name in near)
        fix = f"Did you mean {shown}?" if near else "`priorauth vars` lists all names."
        return Fault(f"the letter's content has no `{path}`", fix)
    if not _prints(kind):
        names = listed(f".{field.name}" for field in fields(_record(kind)))
        return Fault(f"`{path}` leads to several facts, not to one", f"Go on with {names}.")
    return None


def _near(written: str, known: Iterable[str]) -> tuple[str, ...]:
    return nearest(written, known, likeness=_ALIKE)


def texts(letter: Letter, path: str) -> tuple[str, ...]:
    """Return what is known at a path: one text, several after `*` or of a list; none if unknown."""
    found: list[Any] = [letter]
    for step in path.split("."):
        found = [inner for value in found for inner in _step(value, step)]
    return tuple(text for value in found for text in _printed(value) if text)


def entries(letter: Letter, path: str) -> int | None:
    """Return how many entries the list at a path has; None when it is no list."""
    found: list[Any] = [letter]
    for step in path.split("."):
        found = [inner for value in found for inner in _step(value, step)]
    return len(found[0]) if len(found) == 1 and isinstance(found[0], tuple) else None


def past_the_end(letter: Letter, path: str) -> bool:
    """Return whether a path leads to a later entry of a list that has fewer: there is none."""
    found: list[Any] = [letter]
    for step in path.split("."):
        lists = [value for value in found if isinstance(value, tuple)]
        if step.isdigit() and any(0 < len(one) <= int(step) for one in lists):
            return True
        found = [inner for value in found for inner in _step(value, step)]
    return False


def words(path: str) -> tuple[str, ...]:
    """Return every text that can stand at a path, where the contract names them; else none."""
    *front, last = path.split(".")
    above = _kind_at(".".join(front)) if front else Letter
    record = _record(above) if above else None
    known = record.__dataclass_fields__.get(last) if record else None
    return tuple(str(word) for word in known.metadata[WORDS]) if known else ()


def meaning(path: str) -> str:
    """Return what the contract says of a path, for a person."""
    *front, last = path.split(".")
    above = _kind_at(".".join(front)) if front else Letter
    record = _record(above) if above else None
    known = record.__dataclass_fields__.get(last) if record else None
    return str(known.metadata[DOC]) if known else ""


@cache
def known_paths() -> tuple[str, ...]:
    """Return every path that prints something, lists with the place 0, without a last `.text`."""
    return tuple(sorted(_walk(Letter, "")))


@cache
def _by_last() -> dict[str, str]:
    """Return a path for each last name, the shortest."""
    found: dict[str, str] = {}
    for path in sorted(known_paths(), key=len):
        found.setdefault(_last(path), path)
    return found


def _last(path: str) -> str:
    return path.rsplit(".", 1)[-1]


def _places(path: str) -> str:
    """Return the path with the place 0 for every place, as `known_paths` has it."""
    return re.sub(r"\.([0-9]+|\*)(?=\.|$)", ".0", path)


def _walk(kind: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any annotation of the contract
    kind = _without_none(kind)
    if get_origin(kind) is tuple:
        yield from _walk(get_args(kind)[0], f"{path}.0")
        return
    if path and _prints(kind):
        yield path
    if is_dataclass(kind):
        for name, inner in _hints(kind).items():
            if (path and name != TEXT) or (not path and name not in _NOT_FOR_FORMS):
                yield from _walk(inner, f"{path}.{name}" if path else name)


def _hints(record: Any) -> dict[str, Any]:  # noqa: ANN401 - a class of the contract
    return _hints_of(record)


@cache
def _hints_of(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def _kind_at(path: str) -> Any:  # noqa: ANN401 - any annotation of the contract
    """Return the annotation at a path; None when there is no such path."""
    kind: Any = Letter
    for place, step in enumerate(path.split(".")):
        if place == 0 and step in _NOT_FOR_FORMS:
            return None
        kind = _kind_in(kind, step)
        if kind is None:
            return None
    return kind


def _kind_in(kind: Any, step: str) -> Any:  # noqa: ANN401 - any annotation of the contract
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        by_id = is_dataclass(inner) and ID in _hints(inner)
        return inner if step.isdigit() or step == EACH or by_id else None
    found = _hints(kind).get(step) if is_dataclass(kind) else None
    return _without_none(found)


def _without_none(kind: Any) -> Any:  # noqa: ANN401 - any annotation of the contract
    kinds = [one for one in get_args(kind) if one is not NoneType]
    return kinds[0] if NoneType in get_args(kind) else kind


def _prints(kind: Any) -> bool:  # noqa: ANN401 - any annotation of the contract
    if get_origin(kind) is tuple:
        return _prints(get_args(kind)[0])
    return TEXT in _hints(kind) if is_dataclass(kind) else kind is not NoneType


def _record(kind: Any) -> Any:  # noqa: ANN401 - any annotation of the contract
    """Return the class of the contract that an annotation is, or a list of."""
    inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return inner if is_dataclass(inner) else None


def _step(value: Any, step: str) -> tuple[Any, ...]:  # noqa: ANN401 - any part of a letter
    if not isinstance(value, tuple):
        found = getattr(value, step)
        is_open = isinstance(value, CriterionRow) and found == _UNKNOWN
        return () if found is None or is_open else (found,)
    if step == EACH:
        return value
    if step.isdigit():
        return value[int(step) : int(step) + 1]
    return tuple(entry for entry in value if getattr(entry, ID) == step)


def _printed(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - any part of a letter
    if isinstance(value, tuple):
        return tuple(text for entry in value for text in _printed(entry))
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if is_dataclass(value):
        return _printed(getattr(value, TEXT))
    return (str(value),)
