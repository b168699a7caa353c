"""What an administrator may write of a form: where it comes from, and what goes into each field.

There is no expression language: a field takes a path of the letter's content, or plain text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from priorauth import datafile, fields
from priorauth.codes import Line, Record, Text
from priorauth.dates import Day
from priorauth.forms import paths
from priorauth.payer import Requests
from priorauth.problems import errors, listed, nearest
from priorauth.reference import services

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.datafile import Datafile, Trail
    from priorauth.problems import Problem

NOT_MAPPED = "not mapped yet"  # what `form map` writes where only a person can tell
_WAYS = ("put", "tick", "choose", "text", "by_hand", "leave")

FieldName = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _several(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Let a list of one be written without its brackets."""
    return (value,) if isinstance(value, str) else value


def _short(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Let `field: path` be written for `field: {put: path}`."""
    return {"put": value} if isinstance(value, str | list) else value


Several = Annotated[tuple[Words, ...], BeforeValidator(_several), Field(min_length=1)]


class Between(StrEnum):
    """What stands between texts that are joined."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    SPACE = "space"
    SLASH = "slash"
    DASH = "dash"
    LINE = "line"
    NOTHING = "nothing"

    @property
    def sign(self) -> str:
        """Return the sign itself."""
        return _SIGNS[self]


_SIGNS = {
    Between.COMMA: ", ",
    Between.SEMICOLON: "; ",
    Between.SPACE: " ",
    Between.SLASH: "/",
    Between.DASH: "-",
    Between.LINE: "\n",
    Between.NOTHING: "",
}


class Use(Record):
    """What goes into one field: just one of put, tick, choose, text, by_hand and leave."""

    put: Several | None = Field(default=None, description="paths; their texts are joined")
    between: Between = Between.COMMA
    optional: bool = Field(default=False, description="blank is right when the case says nothing")
    tick: Words | None = Field(default=None, description="path; on when it says one of `when`")
    when: Several | None = Field(default=None, description="without it: on when there is any value")
    choose: Words | None = Field(default=None, description="path; its value names the choice")
    choices: dict[Words, Words] = Field(
        default_factory=dict, description="value: the form's own name of the choice"
    )
    text: Text | None = Field(default=None, description="the same in every form")
    by_hand: Line | None = Field(default=None, description="what staff are to write or sign there")
    leave: Line | None = Field(default=None, description="why it is right that it stays blank")

    @model_validator(mode="after")
    def _check(self) -> Use:
        if sum(getattr(self, way) is not None for way in _WAYS) != 1:
            raise PydanticCustomError("one_use", f"needs just one of {listed(_WAYS)}")
        if self.when and not self.tick:
            raise PydanticCustomError("when_alone", "`when:` goes with `tick:`")
        if self.choices and not self.choose:
            raise PydanticCustomError("choices_alone", "`choices:` goes with `choose:`")
        return self

    @property
    def paths(self) -> tuple[str, ...]:
        """Return every path that is used."""
        return (*(self.put or ()), *filter(None, (self.tick, self.choose)))


class Source(Record):
    """Where the PDF of a form comes from: it is not shipped."""

    title: Line
    url: Line | None = None
    read_on: Day


class Purpose(Requests):
    """Which requests a form is for."""

    because: Line | None = Field(default=None, description="what the form says of it")


class FormMap(Record):
    """One form: its names, its source, and what goes into its fields."""

    title: Line
    number: Line | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    source: Source | None = None
    purpose: Purpose = Field(default=Purpose(), alias="for")
    notes: tuple[Line, ...] = ()
    fields: dict[FieldName, Annotated[Use, BeforeValidator(_short)]] = Field(min_length=1)


@dataclass(frozen=True)
class MapFile:
    """A map as read: the map when it is right, where its keys stand, what is wrong with it."""

    data: Datafile = field(repr=False)
    map: FormMap | None
    problems: tuple[Problem, ...] = ()


def read(path: Path) -> MapFile:
    """Return the map at `path`; every problem names its file and line."""
    return understand(datafile.read(path))


def understand(data: Datafile) -> MapFile:
    """Return the map that the values make, with every problem."""
    if data.value is None:
        return MapFile(data, None, data.problems)
    try:
        found = FormMap.model_validate(data.value)
    except ValidationError as error:
        return MapFile(data, None, (*data.problems, *fields.told(data, (), error, FormMap)))
    problems = (*data.problems, *_services(data, found), *_uses(data, found))
    return MapFile(data, None if errors(problems) else found, problems)


def _services(data: Datafile, found: FormMap) -> list[Problem]:
    known = [service.id for service in services.services()]
    return [
        fields.problem(
            data,
            ("for", "services", place),
            "this service is not known here",
            f"Write one of: {listed(known)}.",
        )
        for place, name in enumerate(found.purpose.services)
        if name not in known
    ]


def _uses(data: Datafile, found: FormMap) -> list[Problem]:
    return [
        problem
        for name, use in found.fields.items()
        for problem in (*_paths(data, name, use), *_words(data, name, use))
    ]


def _paths(data: Datafile, name: str, use: Use) -> list[Problem]:
    faults = [(path, paths.fault(path)) for path in use.paths]
    return [
        fields.problem(data, where_of(data, name, path), fault.what, fault.fix)
        for path, fault in faults
        if fault
    ]


def where_of(data: Datafile, name: str, written: str) -> Trail:
    """Return where in the file something of a field's entry is written; else the field's place."""
    trails = [trail for trail in data.lines if trail[:2] == ("fields", name)]
    for trail in sorted(trails, key=len, reverse=True):
        if _value_at(data, trail) == written:
            return trail
    return ("fields", name)


def _value_at(data: Datafile, trail: Trail) -> Any:  # noqa: ANN401 - a value of any form
    value: Any = data.value
    for key in trail:
        value = value[key]
    return value


def _words(data: Datafile, name: str, use: Use) -> list[Problem]:
    """Return a problem for each word that never stands at its path: the box would stay empty."""
    path = use.tick or use.choose
    known = paths.words(path) if path and not paths.fault(path) else ()
    asked = (*(use.when or ()), *use.choices)
    problems = []
    for word in asked:
        if known and word.casefold() not in known:
            near = nearest(word, known, most=1)
            fix = f"Did you mean {near[0]}?" if near else f"Write one of: {listed(known)}."
            what = f"`{path}` is never `{word}`"
            problems.append(fields.problem(data, where_of(data, name, word), what, fix))
    return problems
