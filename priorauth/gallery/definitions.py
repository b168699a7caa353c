"""The parts that a template defines, as they stand in it: macros, blocks, and the file itself.

Not for how they look: `recording` draws them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

from jinja2 import nodes

from priorauth.render import environment, strictly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTS = "parts/"
_COMMENT = re.compile(r"\{#-?((?:(?!#\}).)*?)-?#\}\s*\{%-?\s*(?:macro|block)\s+(\w+)", re.DOTALL)
_FIRST = re.compile(r"\A\s*\{#-?((?:(?!#\}).)*?)-?#\}", re.DOTALL)
_MEANING = re.compile(r"^\s*(\w+): (.+)$")


class Kind(StrEnum):
    """What kind of part it is."""

    MACRO = "macro"
    BLOCK = "block"
    FILE = "file"


@dataclass(frozen=True)
class Definition:
    """A part as its template defines it."""

    template: str  # `parts/tables.html`
    line: int
    kind: Kind
    name: str
    about: str  # the comment above it
    arguments: tuple[str, ...] = ()
    meanings: dict[str, str] = field(default_factory=dict)  # of arguments, from that comment
    uses: tuple[str, ...] = ()  # names of the letter, in their order
    calls: tuple[str, ...] = ()  # other parts: `blocks.marks`

    @property
    def title(self) -> str:
        """Return what the gallery calls it."""
        if self.kind is Kind.MACRO:
            return f"{PurePath(self.template).stem}.{self.name}"
        return self.name

    @property
    def written(self) -> str:
        """Return how a template uses it."""
        if self.kind is Kind.MACRO:
            return f"{{{{ {self.title}({', '.join(self.arguments)}) }}}}"
        if self.kind is Kind.FILE:
            return f'{{% include "{self.template}" %}}'
        return f"{{% block {self.name} %}}…{{% endblock %}}"

    @property
    def imported(self) -> str:
        """Return the line that a template needs before it can use it; empty for blocks."""
        if self.kind is not Kind.MACRO:
            return ""
        return f'{{% import "{self.template}" as {PurePath(self.template).stem} %}}'


def definitions(folders: tuple[Path, ...], name: str) -> tuple[Definition, ...]:
    """Return the parts of one template in their order; raises BadTemplateError."""
    jinja = environment(folders)
    with strictly(folders, name):
        source = jinja.loader.get_source(jinja, name)[0] if jinja.loader else ""
        tree = jinja.parse(source, name)
    comments = {match[2]: match[1] for match in _COMMENT.finditer(source)}
    found = [*_macros(name, tree, comments), *_blocks(name, tree, comments)]
    if name.startswith(_PARTS) and _prints(tree):
        first = _FIRST.match(source)
        found.append(_definition(name, tree, Kind.FILE, name, first[1] if first else ""))
    return tuple(sorted(found, key=lambda one: one.line))


def _macros(template: str, tree: nodes.Template, comments: dict[str, str]) -> Iterator[Definition]:
    for node in tree.find_all(nodes.Macro):
        arguments = tuple(argument.name for argument in node.args)
        comment = comments.get(node.name, "")
        yield _definition(template, node, Kind.MACRO, node.name, comment, arguments)


def _blocks(template: str, tree: nodes.Template, comments: dict[str, str]) -> Iterator[Definition]:
    for node in tree.find_all(nodes.Block):
        yield _definition(template, node, Kind.BLOCK, node.name, comments.get(node.name, ""))


def _definition(  # noqa: PLR0913, PLR0917 - one parameter a fact of it
    template: str,
    node: nodes.Node,
    kind: Kind,
    name: str,
    comment: str,
    arguments: tuple[str, ...] = (),
) -> Definition:
    about, meanings = _read(comment, arguments)
    return Definition(
        template, node.lineno, kind, name, about, arguments, meanings, _uses(node), _calls(node)
    )


def _read(comment: str, arguments: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Return what a comment says of a part, and of each argument on a line of its own."""
    words: list[str] = []
    meanings: dict[str, str] = {}
    last = ""
    for line in comment.strip().split("\n"):
        found = _MEANING.match(line)
        if found and found[1] in arguments:
            last = found[1]
            meanings[last] = found[2].strip()
        elif last:
            meanings[last] += f" {line.strip()}"
        else:
            words.append(line.strip())
    return " ".join(filter(None, words)), meanings


def _uses(node: nodes.Node) -> tuple[str, ...]:
    """Return the names of the letter that a part reads itself."""
    read = (one.attr for one in node.find_all(nodes.Getattr) if _named(one.node) == "letter")
    return tuple(dict.fromkeys(read))


def _calls(node: nodes.Node) -> tuple[str, ...]:
    """Return the parts of other files that a part calls."""
    called = (one.node for one in node.find_all(nodes.Call))
    named = (
        f"{owner}.{one.attr}"
        for one in called
        if isinstance(one, nodes.Getattr) and (owner := _named(one.node)) not in ("", "letter")
    )
    return tuple(dict.fromkeys(named))


def _named(node: nodes.Node) -> str:
    return node.name if isinstance(node, nodes.Name) else ""


def _prints(tree: nodes.Template) -> bool:
    """Return whether a file prints something by itself, outside of macros and blocks."""
    printed = (one for node in tree.body if isinstance(node, nodes.Output) for one in node.nodes)
    return any(not isinstance(one, nodes.TemplateData) or one.data.strip() for one in printed)
