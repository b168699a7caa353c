"""The form of each value of a case: right by itself, or told with its line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
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
    for form in _forms():
        trail: Trail = (form.name,)
        if form.name not in raw:
            if form.required:
                problems.append(problem(data, trail, MISSING, fix_for(data, trail)))
            continue
        value = raw[form.name]
        if form.most is not None and isinstance(value, list) and len(value) > form.most:
            fix = "Check that this is the right file: keep what a reviewer needs."
            problems.append(problem(data, trail, "has too many entries", fix))
            continue
        for place, part, reader in form.parts_of(value):
            try:
                pieces.append(Piece(place, reader.validate_python(part)))
            except ValidationError as error:
                problems += told(data, place, error, Case)
    return pieces, problems


@dataclass(frozen=True, eq=False)
class _Form:
    """What a section of the case is: one value, or a list of entries that are read one by one."""

    name: str
    required: bool
    most: int | None  # entries that a list takes
    kind: Any
    kind_of_entry: Any  # None for one value

    @cached_property
    def whole(self) -> TypeAdapter[Any]:
        """Return the reader of the section, made when a case has it."""
        return adapter(self.kind)

    @cached_property
    def entry(self) -> TypeAdapter[Any]:
        """Return the reader of one entry, made when a case has one."""
        return adapter(self.kind_of_entry)

    def parts_of(self, value: Value) -> Iterator[tuple[Trail, Value, TypeAdapter[Any]]]:
        """Yield the section whole, or the entries of a list one by one, each with its reader."""
        if self.kind_of_entry is not None and isinstance(value, list):
            for place, item in enumerate(value):
                yield (self.name, place), item, self.entry
        else:
            yield (self.name,), value, self.whole


@cache
def _forms() -> tuple[_Form, ...]:
    """Return the form of each section, found out once: it takes a fifth of reading a case."""
    return tuple(_form(name, info) for name, info in Case.model_fields.items())


def _form(name: str, info: FieldInfo) -> _Form:
    kind: Any = info.rebuild_annotation()
    inner = get_args(kind)[0] if get_origin(kind) is not tuple and get_args(kind) else kind
    entry = get_args(inner)[0] if get_origin(inner) is tuple else None
    most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
    return _Form(name, info.is_required(), most, kind, entry)


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
