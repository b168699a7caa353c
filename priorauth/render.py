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
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from priorauth.bounds import TooLongError, bounded
from priorauth.letter import contract
from priorauth.problems import Place, PriorAuthError, Problem, Severity, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from jinja2 import Environment
    from jinja2.runtime import Context

    from priorauth.letter import Letter


_SECONDS, _MEGABYTES = 20.0, 500
_CHARACTERS = 5_000_000
_ATTRIBUTE = re.compile(r"^'(?P<owner>[\w.]+) object' has no attribute '(?P<name>\w+)'$")
_FONT = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_PARAMETER = re.compile(r"^parameter '(?P<name>\w+)' was not provided$")
_MACRO = re.compile(r"{%-? *macro (\w+)")
_NAME = re.compile(r"^'(?P<name>\w+)' is undefined$")


class TooMuchError(Exception):
    """A template prints more than any letter holds."""


_OF_LETTER = tuple(one.name for one in fields(contract.Letter))
_LOOP = "Look for a loop that does not end soon."


class NotPrintableError(Exception):
    """A template prints what is no text."""


_FAULTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (TemplateNotFound, "a template that it uses is not there", "Check the names."),
    (
        UnicodeDecodeError,
        "a template is not UTF-8 text",
        'Save it again with the encoding "UTF-8".',
    ),
    (
        NotPrintableError,
        "it prints a function or a list as it is",
        "Write the parentheses, such as `super()`; go through a list with `{% for %}`.",
    ),
    (SecurityError, "it reaches for something templates may not use", "Use only `letter`."),
    (TooMuchError, "it prints more than a letter holds", _LOOP),
    (TooLongError, "it takes too long to print", _LOOP),
    (
        RecursionError,
        "it includes or calls itself, or is nested too deeply",
        "Look for a part that uses itself.",
    ),
    (
        (MemoryError, OverflowError),
        "it fills the memory",
        "Look for a text that grows, or a width that is too large.",
    ),
)


_TAGS = (
    *("block", "endblock", "extends", "for", "endfor", "if", "elif", "else", "endif", "include"),
    *("import", "from", "macro", "endmacro", "call", "endcall", "set", "endset", "with", "endwith"),
)
# What Jinja says of a template that it cannot read: our words, the names that may be meant, and
# what to do when none comes near. The first that fits counts.
_UNREADABLE: tuple[tuple[re.Pattern[str], str, tuple[str, ...], str], ...] = (
    (
        re.compile(r"^No filter named '(\w+)'"),
        "there is no filter {}",
        tuple(sorted(FILTERS.keys() - {"random", "safe"})),
        "Leave it out: every text of the letter is ready to print.",
    ),
    (
        re.compile(r"^No test named '(\w+)'"),
        "there is no test {}",
        tuple(sorted(TESTS)),
        "Ask by `{{% if letter.name %}}`.",
    ),
    (
        re.compile(r"^block '(\w+)' defined twice"),
        "the block {} stands twice",
        (),
        "Put both into one.",
    ),
    (
        re.compile(r"innermost block that needs to be closed is '(\w+)'"),
        "a `{{% {} %}}` is not closed above this line",
        (),
        "Write `{{% end{} %}}` where it ends.",
    ),
    (
        re.compile(r"unknown tag '(end\w+)'"),
        "nothing is open here that `{{% {} %}}` closes",
        (),
        "Remove it, or write above it what it closes.",
    ),
    (
        re.compile(r"unknown tag '(\w+)'"),
        "there is no tag {} here",
        _TAGS,
        "Look at the tags of letter.html.",
    ),
)


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox without the two operators that make much of little, where all is escaped."""

    intercepted_binops = frozenset(("**", "%"))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return a template as read; no part of it may turn the escaping off."""
        tree = super()._parse(source, name, filename)
        told = "unknown tag 'autoescape'"
        for node in tree.find_all(nodes.EvalContextModifier):
            raise TemplateSyntaxError(told, node.lineno, name, filename)
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
        """Refuse powers, and formatting by `%`, whose widths have no bound."""
        if operator == "**" or not isinstance(left, int):
            raise SecurityError
        return super().call_binop(context, operator, left, right)


class _Loader(FileSystemLoader):
    """Serves files of the template folders, and none that a link there leads to elsewhere."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text; raises TemplateNotFound for one that is not there."""
        found = super().get_source(environment, template)
        if not _inside(Path(found[1]), map(Path, self.searchpath)):
            raise TemplateNotFound(template)
        return found


def _inside(path: Path, folders: Iterable[Path]) -> bool:
    """Return whether a file really lies in one of the folders, links followed."""
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


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
        loader=_Loader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The same letter must come out each time: nothing that rolls dice. And what a case says is
    # printed as it is written there: nothing that makes HTML of it.
    jinja.finalize = _printable
    del jinja.globals["lipsum"], jinja.filters["random"], jinja.filters["safe"]
    return jinja


def _printable(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Return what a template prints; refuse a function or a list, whose text is Python's own."""
    if isinstance(value, tuple | list | dict) or (
        callable(value) and not isinstance(value, Undefined)
    ):
        raise NotPrintableError
    return value


def render(
    letter: Letter, folders: Iterable[Path], payer_id: str = "", template: str = "letter.html"
) -> str:
    """Return a document of the letter's content as HTML, by the payer's own template if any.

    Raises BadTemplateError with file and line; its text holds no value of the letter.
    """
    searched = tuple(folders)
    wanted = [f"{payer_id}/{template}", template] if payer_id else [template]
    with strictly(searched, wanted[-1]):
        found = environment(searched).select_template(wanted)
        return _joined(cast("Generator[str]", found.generate(letter=letter)))


@contextmanager
def strictly(folders: tuple[Path, ...], name: str) -> Iterator[None]:
    """Bound the work that a template asks for, and turn what goes wrong into BadTemplateError."""
    try:
        with bounded(_SECONDS, _MEGABYTES):  # constants are worked out when a template is read
            yield
    except TemplateSyntaxError as error:
        raise _unreadable(error, error.name or name) from None
    except Exception as error:  # noqa: BLE001 - a stranger's template can raise anything
        where, line = _where(error, folders, name)
        raise BadTemplateError(where, line, *_what(error, folders, where)) from None


def parsed(folders: tuple[Path, ...], name: str) -> nodes.Template:
    """Return a template as Jinja reads it, before anything is printed with it.

    Raises BadTemplateError.
    """
    jinja = environment(folders)
    try:
        with bounded(_SECONDS, _MEGABYTES):
            text = jinja.loader.get_source(jinja, name)[0] if jinja.loader else ""
            tree = jinja.parse(text, name)
            jinja.compile(tree, name)  # only then a filter that is not there is told
    except TemplateSyntaxError as error:
        raise _unreadable(error, name) from None
    except Exception as error:  # noqa: BLE001 - a stranger's template can raise anything
        raise BadTemplateError(name, 0, *_what(error, folders, name)) from None
    return tree


def _unreadable(error: TemplateSyntaxError, name: str) -> BadTemplateError:
    """Return what Jinja cannot read, in our words; it has seen the template alone, no letter."""
    said, unreadable = error.message or "", "the template is not readable"
    for pattern, detail, known, fix in _UNREADABLE:
        if found := pattern.search(said):
            near = nearest(found[1], known)
            mend = f"Did you mean {listed(near)}?" if near else fix
            what = f"{unreadable}: {detail.format(found[1])}"
            return BadTemplateError(name, error.lineno, what, mend.format(found[1]))
    fix = "Look for a bracket or a block that is not closed."
    return BadTemplateError(name, error.lineno, unreadable, fix)


def blocks_of(
    folders: tuple[Path, ...], name: str, seen: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return the names of the blocks of a template and of those that it extends, in their order.

    There are none in a template that cannot be read, and a template `seen` is not read again.
    """
    if name in seen:
        return ()
    try:
        tree = environment(folders).parse(source(folders, name) or "")
    except TemplateSyntaxError:
        return ()
    found = [block.name for block in tree.find_all(nodes.Block)]
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            found += blocks_of(folders, str(parent.template.value), seen | {name})
    return tuple(dict.fromkeys(found))


def names(folders: tuple[Path, ...]) -> list[str]:
    """Return the names of all templates, sorted."""
    found = {
        path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.html")
    }
    return sorted(found)


def source(folders: tuple[Path, ...], name: str) -> str | None:
    """Return the text of a file of the template folders, the first that has it; None without it."""
    for folder in folders:
        with suppress(OSError, UnicodeDecodeError):
            if _inside(folder / name, [folder]):
                return (folder / name).read_text("utf-8")
    return None


def with_style(html: str, folders: Iterable[Path]) -> str:
    """Return a letter's HTML as it opens in a browser: its style is in it, its fonts are not."""
    searched = tuple(folders)
    sheets = "".join(source(searched, name) or "" for name in ("print.css", "screen.css"))
    style = _FONT.sub("", sheets).replace("</", "<\\/")  # no text of a sheet ends the element
    return html.replace("</head>", f"<style>\n{style}</style>\n</head>", 1)


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


def _what(error: Exception, folders: tuple[Path, ...], name: str) -> tuple[str, str]:
    """Return what is wrong and what to do; never the error's text, which can quote the letter."""
    if isinstance(error, UndefinedError):
        return _misspelt(error, folders, source(folders, name) or "")
    for kinds, what, fix in _FAULTS:
        if isinstance(error, kinds):
            return what, fix
    return "it cannot be worked out", "See templates/README.md."


def _misspelt(error: UndefinedError, folders: tuple[Path, ...], written: str) -> tuple[str, str]:
    """Return which variable is not there, and which one comes near.

    The name is taken only when the template itself holds it: it may else be a value of the letter.
    """
    what, guide = "it uses a variable that is not there", "`priorauth vars` lists all of them."
    if lacking := _PARAMETER.search(error.message or ""):
        what = f"a part is used without its parameter `{lacking['name']}`"
        return what, "`priorauth manual templates` lists the parts with what each takes."
    found = _ATTRIBUTE.search(error.message or "") or _NAME.search(error.message or "")
    name = found["name"] if found else ""
    if not found or not re.search(rf"\b{name}\b", written):
        return what, guide
    owner = (found.groupdict().get("owner") or "").rsplit(".", 1)[-1]
    near = nearest(name, _known(owner, folders))
    if not owner:
        near = ("letter",) if near else tuple(f"letter.{one}" for one in nearest(name, _OF_LETTER))
    return f"{what}: {name}", f"Did you mean {listed(near)}?" if near else guide


def _known(owner: str, folders: tuple[Path, ...]) -> list[str]:
    """Return the names that a thing has: a letter's, a part's, or those of a template itself."""
    if owner == "TemplateModule":
        parts = (source(folders, name) or "" for name in names(folders) if "/" in name)
        return [macro for text in parts for macro in _MACRO.findall(text)]
    kind = getattr(contract, owner, None)
    return [one.name for one in fields(kind)] if is_dataclass(kind) else ["letter"]


def _where(error: Exception, folders: tuple[Path, ...], name: str) -> tuple[str, int]:
    """Return the template and line in which the error arose; Jinja puts both into the traceback.

    A parameter that is missing is told where the part is used, not where the part stands.
    """
    found = [(name, 0)]
    for frame in traceback.extract_tb(error.__traceback__):
        for folder in folders:
            path = Path(frame.filename)
            if path.is_relative_to(folder):
                found.append((path.relative_to(folder).as_posix(), frame.lineno or 0))
    if isinstance(error, UndefinedError) and _PARAMETER.search(error.message or ""):
        return next((one for one in reversed(found[1:]) if one[0] != found[-1][0]), found[-1])
    return found[-1]
