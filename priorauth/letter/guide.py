"""What a template may use, in words: made from the contract and a sample letter.

Not for templates themselves; `templates/README.md` and `priorauth vars` show this text.
"""

from __future__ import annotations

import types
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from priorauth.letter import contract, facts
from priorauth.letter.contract import Letter
from priorauth.letter.meaning import DOC, WORDS
from priorauth.phrases import PHRASES, PLACEHOLDERS
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PLAIN = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
_MOST = 60  # characters of an example


@dataclass(frozen=True)
class Variable:
    """One name that a template may use: its type in words, its meaning, an example."""

    name: str
    type: str
    meaning: str
    example: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing with its variables; the letter itself comes first."""

    name: str
    about: str
    variables: tuple[Variable, ...]


def kinds(letters: Sequence[Letter]) -> tuple[Kind, ...]:
    """Return every kind of thing of the contract, with examples out of the letters."""
    ordered = sorted(shapes(), key=lambda one: one is not Letter)
    things = [thing for letter in letters for thing in _things(letter)]
    return tuple(_kind(one, things) for one in ordered)


def shapes() -> tuple[type, ...]:
    """Return every class of the contract."""
    found = (*vars(contract).values(), *vars(facts).values())
    kinds_ = (one for one in found if isinstance(one, type) and is_dataclass(one))
    return tuple(dict.fromkeys(kinds_))


def _kind(one: type, things: Iterable[object]) -> Kind:
    same = [thing for thing in things if type(thing) is one]
    hints = get_type_hints(one)
    variables = tuple(
        Variable(
            field.name,
            _type(hints[field.name]),
            _meaning(field),
            _example(getattr(thing, field.name) for thing in same),
        )
        for field in fields(one)
    )
    name = "letter" if one is Letter else one.__name__
    return Kind(name, " ".join((one.__doc__ or "").split()), variables)


def types_of(shape: type) -> dict[str, str]:
    """Return the type of each variable of a kind of thing, in words."""
    return {name: _type(hint) for name, hint in get_type_hints(shape).items()}


def type_of(value: object) -> str:
    """Return the type of a value that a template is given, in words."""
    if isinstance(value, Letter):
        return "letter"
    if isinstance(value, tuple):
        return f"list of {type_of(value[0])}" if value else "list"
    return _PLAIN.get(type(value)) or ("" if value is None else type(value).__name__)


def _meaning(field: Field[Any]) -> str:
    words = field.metadata[WORDS]
    return f"{field.metadata[DOC]}: {listed(words)}" if words else str(field.metadata[DOC])


def _things(value: object) -> Iterator[object]:
    """Yield a letter and everything of the contract inside it."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from _things(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _things(item)


def _type(hint: Any) -> str:  # noqa: ANN401 - any annotation
    """Return a type in words."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not type(None)]
        return f"{_type(inner[0])}, or None"
    if get_origin(hint) is tuple:
        item, *more = get_args(hint)
        return "two numbers" if more and more[0] is not Ellipsis else f"list of {_type(item)}"
    return _PLAIN.get(hint) or str(hint.__name__)


def _example(values: Iterable[Any]) -> str:
    """Return the first value that can stand as an example, shortened; empty when none can."""
    for value in values:
        if isinstance(value, tuple) and value and isinstance(value[0], str):
            return _short(value[0])
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, str | int | float) and value != "":
            return _short(str(value))
    return ""


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MOST else f"{flat[: _MOST - 1].rstrip()}…"


def markdown(found: Iterable[Kind]) -> str:
    """Return the phrases and the kinds as Markdown, a table each."""
    lines = [*_phrases(), *(line for kind in found for line in _section(kind))]
    return "\n".join(lines).rstrip() + "\n"


def _phrases() -> Iterator[str]:
    yield from ("## The phrases", "")
    yield "What `phrases:` in a `payer.yaml` may hold. In braces, where the phrase takes them:"
    yield ""
    yield from (f"- `{{{name}}}`: {meaning}" for name, meaning in PLACEHOLDERS.items())
    yield ""
    rows = (
        (f"`{name}`", one.where, one.default or "(none)", placeholders(name))
        for name, one in PHRASES.items()
    )
    yield from _table(("phrase", "where it stands", "by default", "placeholders"), rows)


def placeholders(name: str) -> str:
    """Return which placeholders a phrase must and may hold, in words."""
    one = PHRASES[name]
    needs = f"must have {_braced(one.needs, 'and')}" if one.needs else ""
    takes = f"may have {_braced(one.takes, 'or')}" if one.takes else ""
    return "; ".join(filter(None, (needs, takes))) or "none"


def _braced(names: Iterable[str], last: str) -> str:
    return listed((f"`{{{name}}}`" for name in names), last)


def _section(kind: Kind) -> Iterator[str]:
    yield from (f"## `{kind.name}`", "", kind.about, "")
    rows = ((f"`{one.name}`", one.type, one.meaning, one.example) for one in kind.variables)
    yield from _table(("name", "type", "meaning", "example"), rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a Markdown table, and the empty line that ends it."""
    yield from (f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}")
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""
