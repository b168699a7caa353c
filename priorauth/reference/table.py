"""A table's values made into the records that describe them, by the types of their fields.

Not for files that people write: a table is the program's own, and a mistake in it stops at once.
pydantic would do this too, but every command would wait while it got ready; the tests ask it.
The records of tables that every check reads are named tuples, which Python defines three times as
fast as dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import date
from functools import cache, partial
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from priorauth.dates import PartialDate

if TYPE_CHECKING:
    from collections.abc import Hashable

Table = TypeVar("Table")
Maker = Callable[[Any], Any]  # from text, a list or a mapping to a value of one type

MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def typed(value: object, kind: type[Table]) -> Table:
    """Return the value that a table holds as `kind`; raise one of MISTAKES when it is none."""
    made: Table = _maker(cast("Hashable", kind))(value)
    return made


@cache
def _maker(kind: Any) -> Maker:  # noqa: ANN401 - any annotation of a table's record
    if kind in _FROM_TEXT:
        return _FROM_TEXT[kind]
    if hasattr(kind, "_fields") or is_dataclass(kind):
        makers = {name: _maker(hint) for name, hint in get_type_hints(kind).items()}
        return partial(_record, kind, makers)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _maker(inner[0])  # `int | None`: what is not known is left out of a table
    if origin is Literal:
        return partial(_word, inner)
    if origin is dict:
        return partial(_mapping, _maker(inner[1]))
    # A list is made entry by entry; a number or an enum is made from its text.
    return partial(_list, origin, _maker(inner[0])) if origin else cast("Maker", kind)


def _record(kind: Callable[..., object], makers: dict[str, Maker], value: dict[str, Any]) -> object:
    return kind(**{name: makers[name](item) for name, item in value.items()})


def _list(kind: Maker, maker: Maker, value: list[Any]) -> object:
    if not isinstance(value, list):
        raise TypeError
    return kind(map(maker, value))


def _mapping(maker: Maker, value: dict[str, Any]) -> dict[str, object]:
    return {key: maker(item) for key, item in value.items()}


def _word(words: tuple[str, ...], value: str) -> str:
    return words[words.index(value)]


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


_FROM_TEXT: dict[Any, Maker] = {
    str: _text,
    bool: {"yes": True, "no": False}.__getitem__,
    date: date.fromisoformat,
    PartialDate: PartialDate.parse,
}
