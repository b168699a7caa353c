"""The form of each value of a case: right by itself, or told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from priorauth.case import Case
from priorauth.fields import MISSING, fix_for, problem, told, unknown_key
from priorauth.problems import Problem, Severity
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from priorauth.datafile import Datafile, Trail, Value


@silent
class Piece(NamedTuple):
    """One value that passed its own check, and where it stands."""

    trail: Trail
    value: Any


def pieces_of(data: Datafile) -> tuple[list[Piece], list[Problem]]:
    """Return each value of the case that is right by itself, and what is wrong with the others."""
    raw = data.value
    if not isinstance(raw, dict):
        what, fix = "the file is not a case", "Start from `priorauth new` or `priorauth sample`."
        return [], [Problem(Severity.ERROR, data.place(()), what, fix)]
    pieces: list[Piece] = []
    problems = [unknown_key(data, (key,), Case) for key in raw if key not in Case.model_fields]
    for name, info in Case.model_fields.items():
        if name not in raw:
            if info.is_required():
                problems.append(problem(data, (name,), MISSING, fix_for(data, (name,))))
            continue
        if _too_many(raw[name], info):
            fix = "Check that this is the right file: keep what a reviewer needs."
            problems.append(problem(data, (name,), "has too many entries", fix))
            continue
        for trail, value, kind in _values_of(name, raw[name], info.rebuild_annotation()):
            try:
                pieces.append(Piece(trail, adapter(kind).validate_python(value)))
            except ValidationError as error:
                problems += told(data, trail, error, Case)
    return pieces, problems


def _too_many(value: Value, info: FieldInfo) -> bool:
    """Return whether a list has more entries than its field takes."""
    most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
    return isinstance(value, list) and most is not None and len(value) > most


def _values_of(name: str, value: Any, kind: Any) -> Iterator[tuple[Trail, Any, Any]]:  # noqa: ANN401
    """Yield a section whole, or the entries of a list one by one, each with its type."""
    inner = get_args(kind)[0] if get_origin(kind) is not tuple and get_args(kind) else kind
    if get_origin(inner) is tuple and isinstance(value, list):
        for place, item in enumerate(value):
            yield (name, place), item, get_args(inner)[0]
    else:
        yield (name,), value, kind


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any annotation of a case
    """Return the reader of one kind of value, made once."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def assembled(pieces: list[Piece]) -> Case:
    """Return the case of which these are all the pieces, each right by itself."""
    values: dict[str, Any] = {}
    for piece in pieces:
        name = str(piece.trail[0])
        if len(piece.trail) == 1:
            values[name] = piece.value
        else:
            values[name] = (*values.get(name, ()), piece.value)
    # Every piece has passed its own check: building the schema of the whole would only cost time.
    return Case.model_construct(**values)
