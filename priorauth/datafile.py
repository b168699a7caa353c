"""Strict YAML (and JSON): text stays text, a key stands once, every value knows its line.

Not for types: a number is still text here, so that `00100` stays a code and `NO` a state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import yaml

from priorauth.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Key = str | int
Trail = tuple[Key, ...]
Value: TypeAlias = "str | list[Value] | dict[str, Value]"

NO_VALUE = "there is no value"
MOST_BYTES = 2_000_000
MOST_DEPTH = 40
_ABSENT = frozenset({"", "~"})
_PLAIN_NULLS = frozenset({"null", "Null", "NULL"})


@dataclass(frozen=True)
class Datafile:
    """A file as read: its values, the line of each, and what was wrong with its form."""

    name: str
    value: Value | None = field(default=None, repr=False)
    lines: dict[Trail, int] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()

    def line(self, trail: Trail) -> int:
        """Return the line of the value at `trail`, or of the nearest value above it."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.lines.get(trail, 1 if self.value is not None else 0)

    def place(self, trail: Trail) -> Place:
        """Return the place of the value at `trail`, its field written with dots."""
        return Place(self.name, self.line(trail), ".".join(map(str, trail)))


def read(path: Path) -> Datafile:
    """Return what the file holds; a file that cannot be read is a problem, not an exception."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return _refused(
                str(path),
                f"the file is larger than {MOST_BYTES // 1_000_000} MB",
                "A case or payer file is a few pages of text: check that this is the right file.",
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        return _refused(str(path), "there is no such file", "Check the name and the folder.")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        return _refused(
            str(path), f"the file cannot be read ({reason})", "Check that you may open it."
        )
    return parse(raw, str(path))


def parse(raw: bytes | str, name: str) -> Datafile:
    """Return what `raw` holds, named `name` in problems."""
    if isinstance(raw, bytes):
        try:
            raw = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            return _refused(
                name,
                "the file is not UTF-8 text",
                'Save it again with the encoding "UTF-8".',
                line,
            )
    if not raw.strip():
        return _refused(
            name, "the file is empty", "Start from `priorauth new` or `priorauth sample`."
        )
    if raw.lstrip().startswith(("{", "[")):
        # JSON indents with tabs, which YAML refuses; inside JSON strings a tab is an escape.
        raw = raw.replace("\t", " ")
    reader = _Reader(name)
    try:
        value = reader.document(yaml.parse(raw, Loader=yaml.CBaseLoader))
    except _StopReadingError as stop:
        return Datafile(name, problems=(*reader.problems, stop.problem))
    except yaml.YAMLError as error:
        return _refused(name, *_form_of(error))
    return Datafile(name, value, reader.lines, tuple(reader.problems))


def _refused(name: str, what: str, fix: str, line: int = 0) -> Datafile:
    return Datafile(name, problems=(Problem(Severity.ERROR, Place(name, line), what, fix),))


def _form_of(error: yaml.YAMLError) -> tuple[str, str, int]:
    """Return what, fix and line of a parser's error, without its text, which quotes the file."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    if isinstance(error, yaml.reader.ReaderError):
        return (
            "the file holds a character that text cannot have",
            "Open it in a plain text editor and save it as UTF-8 text.",
            line,
        )
    fix = (
        "Write `key: value`, indent with spaces and not tabs, and put text that holds"
        ' `: `, `#` or a quotation mark inside "double quotes".'
    )
    return "the file is not readable as YAML here", fix, line


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _StopReadingError(Exception):
    """The file has a form that is refused as a whole."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Reader:
    """Builds values from parser events, one at a time, so that nothing can blow up unseen."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Trail, int] = {}
        self.problems: list[Problem] = []

    def document(self, events: Iterator[yaml.Event]) -> Value | None:
        value: Value | None = None
        seen = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                seen += 1
                if seen > 1:
                    self._stop(
                        event,
                        "a second document begins here",
                        "Keep one document in a file: remove the line `---`.",
                    )
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, events, ())
        return value

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], trail: Trail) -> Value | None:
        self.lines[trail] = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._stop(
                event,
                "anchors and aliases (`&` and `*`) are not used here",
                "Write the text out, or put it inside quotation marks.",
            )
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self._stop(event, "tags (`!`) are not used here", "Put the text in quotation marks.")
        if len(trail) > MOST_DEPTH:
            self._stop(event, "the values are nested too deeply", "Compare the file with a sample.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, trail)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, trail)
        return self._scalar(event, trail)

    def _mapping(self, events: Iterator[yaml.Event], trail: Trail) -> dict[str, Value]:
        found: dict[str, Value] = {}
        first_line: dict[str, int] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._stop(
                    event,
                    "a key here is not a plain word",
                    "Write `key: value`; put text with brackets inside quotation marks.",
                )
            key = str(getattr(event, "value", ""))
            line = _line(event)
            twice = key in found or key in first_line
            inside = (*trail, key)
            kept = (
                {k: v for k, v in self.lines.items() if k[: len(inside)] == inside} if twice else {}
            )
            value = self._value(next(events), events, inside)
            if twice:
                self.lines.update(kept)
                self._problem(
                    line,
                    trail,
                    f"a key stands twice (first on line {first_line[key]})",
                    "Keep one of the two.",
                )
                continue
            first_line[key] = line
            if value is not None:
                found[key] = value
        return found

    def _sequence(self, events: Iterator[yaml.Event], trail: Trail) -> list[Value]:
        found: list[Value] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            value = self._value(event, events, (*trail, len(found)))
            if value is not None:
                found.append(value)
        return found

    def _scalar(self, event: yaml.Event, trail: Trail) -> str | None:
        text = str(getattr(event, "value", ""))
        plain = getattr(event, "style", None) in (None, "")
        in_json = text in _PLAIN_NULLS and plain and bool(trail)
        if text.strip() in _ABSENT or in_json:
            self._problem(
                _line(event),
                trail,
                NO_VALUE,
                "Write it, or remove the line: what is not known is left out.",
            )
            return None
        return text

    def _problem(self, line: int, trail: Trail, what: str, fix: str) -> None:
        place = Place(self.name, line, ".".join(map(str, trail)))
        self.problems.append(Problem(Severity.ERROR, place, what, fix))

    def _stop(self, event: yaml.Event, what: str, fix: str) -> None:
        place = Place(self.name, _line(event))
        raise _StopReadingError(Problem(Severity.ERROR, place, what, fix))
