"""Strict YAML (and JSON): text stays text, a key stands once, every value knows its line.

Not for types: a number is still text here, so that `00100` stays a code and `NO` a state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

import yaml

from priorauth.left_open import LeftOpen, left_open
from priorauth.problems import Place, Problem, Severity
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Key = str | int
Trail = tuple[Key, ...]
Value: TypeAlias = "str | list[Value] | dict[str, Value]"

NO_VALUE = "there is no value"
NULL = "a plain null is no value"
MOST_BYTES = 2_000_000
_TOO_DEEP, _COMPARE = "the values are nested too deeply", "Compare the file with a sample."
MOST_DEPTH = 40
MOST_VALUES = 20_000
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"  # word processors write it where a space is meant
_ABSENT = frozenset({"", "~"})
_PLAIN_NULLS = frozenset({"null", "Null", "NULL"})
_LEFT_OUT = "Write it, or remove the line: what is not known is left out."
_LOOK = (
    "Check this line and the one before: write `key: value`, indent with spaces, and put text"
    ' that holds `: `, `#` or a quotation mark inside "double quotes".'
)
_UNEVEN = (
    "Indent this line just as far as the lines of the same list or group; each begins with a key "
    "and a colon, or with `- `."
)
# What is not closed, by the parser's word for it.
_UNCLOSED = {
    "quoted scalar": "Close the quotation mark that is opened on this line.",
    "flow sequence": "Close the bracket `[` that is opened here, with a comma between two entries.",
    "flow mapping": "Close the bracket `{` that is opened here, with a comma between two entries.",
}
_KEY = r"(- )?[\w.-]+: "
# Slips of the pen, by how a line looks. Compiled when a file has one.
_SLIPS = (
    (r"-[a-z_]+:", "Write a blank after the dash: `- key: value`."),
    (r"(- )?[a-z_]+:[^\s/]", "Write a blank after the colon: `key: value`."),
    (_KEY + r"[@`%|>]", 'Put the text inside "double quotes", for the sign it begins with.'),
    (_KEY + r"([\"']).*\2 *[^\s#]", 'Put the whole text inside "double quotes".'),
    (_KEY + r"[^\"'\[{].*: ", 'Put the text that holds `: ` inside "double quotes".'),
)
_SOUND = re.compile(r"- *$|(- )*[\w.-]+:( [^\[\]{}]*)?$")  # wrong only in its place
_LOST = re.compile(r"[ \t]+#[^\s#]")  # what looks like text after a blank and `#`
# How PDF, RTF, Word (new and old), JPEG and PNG begin.
_DOCUMENTS = (b"%PDF", b"{\\rtf", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xd8\xff", b"\x89PNG")
# JSON writes a character past U+FFFF as two escapes, which YAML does not know.
_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE
)


@silent
class Fault(NamedTuple):
    """Something wrong with the form of a file, and the value that it concerns."""

    line: int
    trail: Trail
    what: str
    fix: str


@dataclass(frozen=True)
class Datafile:
    """A file as read: its values, the line of each (of its key, if any), and faults of its form.

    Of its keys only `words` are shown in problems, where these are given; a key can be a value
    that slipped to the left of a colon.
    """

    name: str
    value: Value | None = field(default=None, repr=False)
    lines: dict[Trail, int] = field(default_factory=dict, repr=False)
    faults: tuple[Fault, ...] = ()
    words: frozenset[str] | None = field(default=None, repr=False)
    left_open: tuple[LeftOpen, ...] = field(default=(), repr=False)  # questions in its comments

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what was wrong with the form."""
        return tuple(
            Problem(Severity.ERROR, Place(self.name, f.line, self.shown(f.trail)), f.what, f.fix)
            for f in self.faults
        )

    def shown(self, trail: Trail) -> str:
        """Return the trail written with dots, `*` for a key that is not to be shown."""
        return ".".join(
            str(key) if isinstance(key, int) or self.words is None or key in self.words else "*"
            for key in trail
        )

    def line(self, trail: Trail) -> int:
        """Return the line of the value at `trail`, or of the nearest value above it."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.lines.get(trail, 1 if self.value is not None else 0)

    def place(self, trail: Trail) -> Place:
        """Return the place of the value at `trail`, its field written with dots."""
        return Place(self.name, self.line(trail), self.shown(trail))


def read(path: Path) -> Datafile:
    """Return what the file holds; a file that cannot be read is a problem, not an exception."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return _refused(name, "there is no such file", "Check the name and the folder.")
    except IsADirectoryError:
        return _refused(name, "this is a folder, not a file", "Name the file inside it.")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        return _refused(name, f"the file cannot be read ({reason})", "Check that you may open it.")
    if len(raw) > MOST_BYTES:
        return _refused(
            name,
            f"the file is larger than {MOST_BYTES // 1_000_000} MB",
            "A case or payer file is a few pages of text: check that this is the right file.",
        )
    return parse(raw, name)


def parse(raw: bytes | str, name: str) -> Datafile:
    """Return what `raw` holds, named `name` in problems."""
    reader = _Reader()
    try:
        text = _decoded(raw)
        value = reader.read(text)
    except _StopReadingError as stop:
        return Datafile(name, faults=(*reader.faults, stop.fault))
    found = left_open(text)
    return Datafile(name, value, reader.lines, tuple(reader.faults), left_open=found)


def _refused(name: str, what: str, fix: str) -> Datafile:
    return Datafile(name, faults=(Fault(0, (), what, fix),))


def _decoded(raw: bytes | str) -> str:
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogatepass")
    if raw.startswith(_DOCUMENTS):
        _stop(
            0,
            "this is a document or a picture, not plain text",
            "Name the case file, which ends in .yaml or .json, or save this one as plain text.",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
    return _stop(line, "the file is not UTF-8 text", 'Save it again with the encoding "UTF-8".')


def _as_yaml(json: str) -> str:
    """Return JSON as YAML takes it: without tabs, which in JSON's strings are escapes anyway."""
    return _PAIR.sub(_joined, json.replace("\t", " "))


def _joined(pair: re.Match[str]) -> str:
    return pair[1] + bytes.fromhex(pair[2] + pair[3]).decode("utf-16-be")


def _stop_at(error: yaml.YAMLError, text: str, *, in_json: bool) -> NoReturn:
    """Say what a parser's error means, without its own text, which quotes the file."""
    if isinstance(error, yaml.reader.ReaderError):
        _stop(
            text.encode().count(b"\n", 0, error.position) + 1,
            "the file holds a character that text cannot have",
            "Open it in a plain text editor and save it as UTF-8 text.",
        )
    mark = getattr(error, "problem_mark", None)
    line = min(mark.line + 1, len(text.splitlines())) if mark else 0
    if "nesting depth" in (
        getattr(error, "problem", None) or ""
    ):  # newer parsers stop by themselves
        _stop(line, _TOO_DEEP, _COMPARE)
    if in_json:
        _stop(
            line,
            "the file is not readable as JSON here",
            "Check commas, quotation marks and brackets on this line and on the one before.",
        )
    if _begins_with_tab(text, line):
        _stop(line, "a tab indents this line", "Indent with spaces.")
    line, fix = _mend(error, text, line)
    _stop(line, "the file is not readable as YAML here", fix)


def _mend(error: yaml.YAMLError, text: str, line: int) -> tuple[int, str]:
    """Return the line to look at and what to do there, by how the lines are written."""
    opened, context = getattr(error, "context_mark", None), getattr(error, "context", None) or ""
    for word, fix in _UNCLOSED.items():
        if word in context and opened:
            return opened.line + 1, fix
    lines = text.split("\n")
    for number in (line, line - 1):
        written = "".join(lines[max(number, 1) - 1 : number]).strip()
        for pattern, fix in _SLIPS:
            if re.match(pattern, written):
                return number, fix
    if "simple key" in context and opened:
        return opened.line + 1, "Write a colon and a blank after the key: `key: value`."
    sound = line > 1 and _SOUND.match("".join(lines[line - 1 : line]).strip())
    return line, _UNEVEN if sound else _LOOK


def _begins_with_tab(text: str, line: int) -> bool:
    found = text.split("\n")[line - 1 : line]
    return bool(found) and "\t" in found[0][: len(found[0]) - len(found[0].lstrip())]


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _StopReadingError(Exception):
    """The file has a form that is refused as a whole."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def _stop(line: int, what: str, fix: str) -> NoReturn:
    raise _StopReadingError(Fault(line, (), what, fix))


class _Reader:
    """Builds values from parser events, one at a time, so that nothing can blow up unseen."""

    def __init__(self) -> None:
        self.lines: dict[Trail, int] = {}
        self.faults: list[Fault] = []
        self.count = 0
        self.text: list[str] = []

    def read(self, text: str) -> Value | None:
        self.text = text.split("\n")
        in_json = text.lstrip().startswith(("{", "["))
        text = _as_yaml(text) if in_json else text.replace(NO_BREAK_SPACE, " ")
        value = None
        try:
            if text.strip():
                value = self._document(yaml.parse(text, Loader=yaml.CBaseLoader))
        except yaml.YAMLError as error:
            _stop_at(error, text, in_json=in_json)
        if value is None and not self.faults:
            _stop(0, "the file is empty", "Start from `priorauth new` or `priorauth sample`.")
        return value

    def _document(self, events: Iterator[yaml.Event]) -> Value | None:
        value: Value | None = None
        seen = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                seen += 1
                if seen > 1:
                    _stop(
                        _line(event),
                        "a second document begins here",
                        "Keep one document in a file: remove the line `---`.",
                    )
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, events, ())
        return value

    def _value(
        self, event: yaml.Event, events: Iterator[yaml.Event], trail: Trail, line: int = 0
    ) -> Value | None:
        self.lines[trail] = line or _line(event)
        self._refuse_marks(event)
        self.count += 1
        if self.count > MOST_VALUES:
            fix = "A case or payer file holds a few hundred: check that this is the right file."
            _stop(_line(event), f"the file holds more than {MOST_VALUES:,} values", fix)
        if len(trail) > MOST_DEPTH:
            _stop(_line(event), _TOO_DEEP, _COMPARE)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, trail)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, trail)
        return self._scalar(event, trail)

    def _refuse_marks(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            _stop(
                _line(event),
                "anchors and aliases (`&` and `*`) are not used here",
                "Write the text out, or put it inside quotation marks.",
            )
        if getattr(event, "tag", None):
            _stop(_line(event), "tags (`!`) are not used here", "Put the text in quotation marks.")

    def _mapping(self, events: Iterator[yaml.Event], trail: Trail) -> dict[str, Value]:
        found: dict[str, Value] = {}
        first_line: dict[str, int] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            self._refuse_marks(event)
            if not isinstance(event, yaml.ScalarEvent):
                _stop(
                    _line(event),
                    "a key here is not a plain word",
                    "Write `key: value`; put text with brackets inside quotation marks.",
                )
            key = str(getattr(event, "value", ""))
            inside = (*trail, key)
            if key in first_line:
                what = f"this key stands twice (first on line {first_line[key]})"
                entry = bool(trail) and isinstance(trail[-1], int)
                fix = f"Keep one of the two{', or begin a new entry with `- `' if entry else ''}."
                self.faults.append(Fault(_line(event), inside, what, fix))
                self._skip(events, inside)
                continue
            first_line[key] = _line(event)
            value = self._value(next(events), events, inside, first_line[key])
            if value is not None:
                found[key] = value
        return found

    def _skip(self, events: Iterator[yaml.Event], trail: Trail) -> None:
        """Read a value whose lines are not to be kept: those of its first namesake are."""
        kept, self.lines = self.lines, {}
        self._value(next(events), events, trail)
        self.lines = kept

    def _sequence(self, events: Iterator[yaml.Event], trail: Trail) -> list[Value]:
        found: list[Value] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            value = self._value(event, events, (*trail, len(found)))
            if value is not None:
                found.append(value)
        return found

    def _scalar(self, event: yaml.Event, trail: Trail) -> str | None:
        text = str(getattr(event, "value", ""))
        plain = getattr(event, "style", None) in (None, "")
        if text.strip() in _ABSENT:
            self.faults.append(Fault(self.lines[trail], trail, NO_VALUE, _LEFT_OUT))
        elif plain and trail and text in _PLAIN_NULLS:
            fix = "Write it, or remove the line. A name that is spelled so goes in quotation marks."
            self.faults.append(Fault(self.lines[trail], trail, NULL, fix))
        else:
            if plain and self._loses(event):
                what = "what stands after the `#` is a comment here, and is not read"
                fix = 'Put the text inside "double quotes"; begin a comment with `# `.'
                self.faults.append(Fault(self.lines[trail], trail, what, fix))
            return text
        return None

    def _loses(self, event: yaml.Event) -> bool:
        """Return whether text seems to follow a value as a comment: `page 4 #2`."""
        end = event.end_mark
        rest = self.text[end.line][end.column :] if end and end.line < len(self.text) else ""
        return bool(_LOST.match(rest))
