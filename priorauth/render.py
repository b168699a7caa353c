"""A letter's content to HTML: sandboxed Jinja over the template folders.

Not for content: a template prints what `letter` says, and can reach nothing else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from priorauth.letter import Letter


class BadTemplateError(PriorAuthError):
    """A template that cannot be used, with the file and line where it fails."""

    def __init__(self, name: str, line: int, what: str, fix: str) -> None:
        """Say where and what, and what to do."""
        where = f"templates/{name}:{line}" if line else f"templates/{name}"
        super().__init__(f"{where}: error: {what}. {fix}")


@lru_cache(maxsize=8)  # a template is compiled once, and again only when its file changes
def environment(folders: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    """Return the sandbox that templates run in; the folders are searched in their order."""
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(letter: Letter, folders: Iterable[Path], payer_id: str = "") -> str:
    """Return the letter as HTML, by the payer's own template where there is one.

    Raises BadTemplateError with file and line; its text holds no value of the letter.
    """
    jinja = environment(tuple(folders))
    names = [f"{payer_id}/letter.html", "letter.html"] if payer_id else ["letter.html"]
    try:
        return jinja.select_template(names).render(letter=letter)
    except TemplateSyntaxError as error:
        raise BadTemplateError(
            error.name or names[-1],
            error.lineno,
            "the template is not readable",
            "Look for a bracket or a block that is not closed.",
        ) from None
    except TemplateError as error:
        raise _failed(error, names) from None


def _failed(error: TemplateError, names: list[str]) -> BadTemplateError:
    name, line = _where(error, names)
    if isinstance(error, TemplateNotFound):
        return BadTemplateError(
            name, line, "a template that it uses is not there", "Check the names."
        )
    if isinstance(error, SecurityError):
        return BadTemplateError(
            name, line, "it reaches for something templates may not use", "Use only `letter`."
        )
    if isinstance(error, UndefinedError):
        return BadTemplateError(
            name, line, "it uses a variable that is not there", "See templates/README.md."
        )
    return BadTemplateError(name, line, "it cannot be rendered", "See templates/README.md.")


def _where(error: TemplateError, names: list[str]) -> tuple[str, int]:
    """Return the template and line in which the error arose, from its traceback."""
    found = (names[-1], 0)
    trace = error.__traceback__
    while trace:
        loader_name = trace.tb_frame.f_globals.get("__jinja_template__")
        if loader_name is not None:
            template = trace.tb_frame.f_globals["__jinja_template__"]
            found = (template.name, template.get_corresponding_lineno(trace.tb_lineno))
        trace = trace.tb_next
    return found
