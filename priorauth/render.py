"""A letter's content to HTML: sandboxed Jinja over the template folders.

Not for content: a template prints what `letter` says, and can reach nothing else.
"""

from __future__ import annotations

import re
import traceback
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from priorauth.bounds import TooLongError, bounded
from priorauth.letter import contract
from priorauth.problems import Place, PriorAuthError, Problem, Severity, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from jinja2.runtime import Context

    from priorauth.letter import Letter


_SECONDS, _MEGABYTES = 20.0, 500
_CHARACTERS = 5_000_000
_ATTRIBUTE = re.compile(r"^'(?P<owner>[\w.]+) object' has no attribute '(?P<name>\w+)'$")
_NAME = re.compile(r"^'(?P<name>\w+)' is undefined$")


class TooMuchError(Exception):
    """A template prints more than any letter holds."""


_LOOP = "Look for a loop that does not end soon."
_FAULTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (TemplateNotFound, "a template that it uses is not there", "Check the names."),
    (
        UnicodeDecodeError,
        "a template is not UTF-8 text",
        'Save it again with the encoding "UTF-8".',
    ),
    (SecurityError, "it reaches for something templates may not use", "Use only `letter`."),
    (TooMuchError, "it prints more than a letter holds", _LOOP),
    (TooLongError, "it takes too long to print", _LOOP),
    (
        (MemoryError, OverflowError),
        "it fills the memory",
        "Look for a text that grows, or a width that is too large.",
    ),
)


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox without the two operators that make much of little."""

    intercepted_binops = frozenset(("**", "%"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
        """Refuse powers, and formatting by `%`, whose widths have no bound."""
        if operator == "**" or not isinstance(left, int):
            raise SecurityError
        return super().call_binop(context, operator, left, right)


class BadTemplateError(PriorAuthError):
    """A template that cannot be used, with the file and line where it fails."""

    def __init__(self, name: str, line: int, what: str, fix: str) -> None:
        """Say where and what, and what to do."""
        self.problem = Problem(Severity.ERROR, Place(f"templates/{name}", line), what, fix)
        super().__init__(str(self.problem))


@lru_cache(maxsize=8)  # a template is compiled once, and again only when its file changes
def environment(
    folders: tuple[Path, ...], kind: type[Sandbox] = Sandbox
) -> ImmutableSandboxedEnvironment:
    """Return the sandbox that templates run in; the folders are searched in their order."""
    jinja = kind(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The same letter must come out each time: nothing that rolls dice.
    del jinja.globals["lipsum"], jinja.filters["random"]
    return jinja


def render(
    letter: Letter, folders: Iterable[Path], payer_id: str = "", template: str = "letter.html"
) -> str:
    """Return a document of the letter's content as HTML, by the payer's own template if any.

    Raises BadTemplateError with file and line; its text holds no value of the letter.
    """
    searched = tuple(folders)
    names = [f"{payer_id}/{template}", template] if payer_id else [template]
    with strictly(searched, names[-1]):
        found = environment(searched).select_template(names)
        return _joined(cast("Generator[str]", found.generate(letter=letter)))


@contextmanager
def strictly(folders: tuple[Path, ...], name: str) -> Iterator[None]:
    """Bound the work that a template asks for, and turn what goes wrong into BadTemplateError."""
    try:
        with bounded(_SECONDS, _MEGABYTES):  # constants are worked out when a template is read
            yield
    except TemplateSyntaxError as error:
        raise BadTemplateError(
            error.name or name,
            error.lineno,
            "the template is not readable",
            "Look for a bracket or a block that is not closed.",
        ) from None
    except Exception as error:  # noqa: BLE001 - a stranger's template can raise anything
        where, line = _where(error, folders, name)
        raise BadTemplateError(where, line, *_what(error, _source(folders, where))) from None


def _joined(pieces: Generator[str]) -> str:
    """Return the pieces as one text; raises TooMuchError when they are more than a letter holds."""
    found: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _CHARACTERS:
            pieces.throw(TooMuchError())  # in the template: its line is told
        found.append(piece)
    return "".join(found)


def _source(folders: tuple[Path, ...], name: str) -> str:
    """Return a template's text; empty when it cannot be read."""
    for folder in folders:
        with suppress(OSError, UnicodeDecodeError):
            return (folder / name).read_text("utf-8")
    return ""


def _what(error: Exception, source: str) -> tuple[str, str]:
    """Return what is wrong and what to do; never the error's text, which can quote the letter."""
    if isinstance(error, UndefinedError):
        return _misspelt(error, source)
    for kinds, what, fix in _FAULTS:
        if isinstance(error, kinds):
            return what, fix
    return "it cannot be worked out", "See templates/README.md."


def _misspelt(error: UndefinedError, source: str) -> tuple[str, str]:
    """Return which variable is not there, and which one comes near.

    The name is taken only when the template itself holds it: it may else be a value of the letter.
    """
    what, guide = "it uses a variable that is not there", "`priorauth vars` lists all of them."
    found = _ATTRIBUTE.search(error.message or "") or _NAME.search(error.message or "")
    name = found["name"] if found else ""
    if not found or not re.search(rf"\b{name}\b", source):
        return what, guide
    owner = found.groupdict().get("owner") or ""
    kind = getattr(contract, owner.rsplit(".", 1)[-1], None)
    known = [one.name for one in fields(kind)] if is_dataclass(kind) else ["letter"]
    near = nearest(name, known)
    return f"{what}: {name}", f"Did you mean {listed(near)}?" if near else guide


def _where(error: Exception, folders: tuple[Path, ...], name: str) -> tuple[str, int]:
    """Return the template and line in which the error arose; Jinja puts both into the traceback."""
    found = (name, 0)
    for frame in traceback.extract_tb(error.__traceback__):
        for folder in folders:
            path = Path(frame.filename)
            if path.is_relative_to(folder):
                found = (path.relative_to(folder).as_posix(), frame.lineno or 0)
    return found
