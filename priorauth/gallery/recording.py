"""What each part prints with the samples: heard while every document is made with every sample.

Not for errors of layout: the gallery is laid out as a whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2.runtime import Macro
from markupsafe import Markup

from priorauth import preview, samples
from priorauth.criteria import weigh_case
from priorauth.gallery.definitions import Definition, Kind
from priorauth.render import BadTemplateError, Sandbox, environment, strictly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from jinja2 import Template
    from jinja2.runtime import Context

    from priorauth.letter import Letter
    from priorauth.library import Library
    from priorauth.problems import Problem

_USUAL = "esketamine"
_MOST = 1500  # characters that are enough to see a part
_TAG = re.compile(r"<[^>]*>")
_SEEN = re.compile(r"<(svg|img|hr)\b|class=\"rule\"")
Key = tuple[str, str]  # template and name


@dataclass(frozen=True)
class Drawn:
    """What a part printed, from which sample, and what it was given."""

    html: str = field(repr=False)
    sample: str
    values: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def printed(self) -> Markup:
        """Return what it printed, which Jinja has escaped once."""
        return Markup(self.html)  # noqa: S704 - made by the sandbox, from invented cases

    @property
    def length(self) -> int:
        """Return how many characters it shows."""
        return len(" ".join(_TAG.sub("", self.html).split()))

    @property
    def is_seen(self) -> bool:
        """Return whether it shows anything."""
        return bool(self.length or _SEEN.search(self.html))


@dataclass
class Recorded:
    """All that was heard, part by part."""

    drawn: dict[Key, list[Drawn]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)

    def best(self, part: Definition) -> Drawn | None:
        """Return what shows a part best: the fullest that is short, else the shortest."""
        seen = [one for one in self.drawn.get((part.template, part.name), ()) if one.is_seen]
        short = [one for one in seen if one.length <= _MOST]
        if short:
            return max(short, key=lambda one: one.length)
        return min(seen, key=lambda one: one.length, default=None)


class _Recorder(Sandbox):
    """A sandbox that hears what every macro is given and gives."""

    heard: Callable[[Macro, tuple[Any, ...], dict[str, Any], str], None] | None = None

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any value
        """Call it, and tell of a macro what came out."""
        given = super().call(context, obj, *args, **kwargs)
        if self.heard and isinstance(obj, Macro):
            self.heard(obj, args, kwargs, str(given))
        return given


def record(library: Library, day: date, parts: Iterable[Definition]) -> Recorded:
    """Return what the parts print when each document is made with each sample."""
    found = Recorded()
    known = list(parts)
    weighed = _weighed(library, "", day)
    for document in preview.DOCUMENTS:
        for template, payer in _documents(known, f"{document}.html"):
            for name, one in (_weighed(library, payer, day) if payer else weighed).items():
                for letter in _letters(one, document):
                    _listen(library, template, letter, name, found)
    _uncalled(library, weighed, known, found)
    return found


def _weighed(library: Library, payer: str, day: date) -> dict[str, preview.WeighedShown]:
    """Return each sample weighed as one of a payer's, its own when empty; the usual one first."""
    names = sorted(samples.names(), key=lambda name: name != _USUAL)
    shown = {name: preview.sample(name, payer, day) for name in names}
    return {
        name: preview.WeighedShown(one, weigh_case(one.case, library, day))
        for name, one in shown.items()
    }


def _letters(weighed: preview.WeighedShown, document: str) -> Iterator[Letter]:
    """Yield a document's content as it is, and so that parts print that few cases need."""
    letter = weighed.content(document)
    yield letter
    if letter.sheet:
        yield weighed.content(document, tight=True)
    if document == "letter" and not letter.salutation:
        yield replace(letter, salutation=f"To {letter.payer.name}:")


def _documents(parts: Iterable[Definition], file: str) -> Iterator[tuple[str, str]]:
    """Yield everyone's template of a document, and each payer's own with that payer."""
    yield file, ""
    for template in dict.fromkeys(part.template for part in parts):
        payer, _, name = template.rpartition("/")
        if payer and name == file:
            yield template, payer


def _listen(library: Library, template: str, letter: Letter, sample: str, found: Recorded) -> None:
    """Make a document, and keep what its macros, blocks and included files print."""
    folders = library.template_folders
    jinja = environment(folders, _Recorder)

    def heard(macro: Macro, args: tuple[Any, ...], kwargs: dict[str, Any], html: str) -> None:
        values = dict(zip(macro.arguments, args, strict=False)) | kwargs
        key = _template(folders, _code_file(macro)), macro.name
        found.drawn[key].append(Drawn(html, sample, values))

    try:
        with strictly(folders, template):
            jinja.heard = heard  # type: ignore[attr-defined]  # a _Recorder, as asked for
            for key, html in _printed(jinja.get_template(template), folders, letter):
                found.drawn[key].append(Drawn(html, sample))
    except BadTemplateError as error:
        found.problems.append(error.problem)
    finally:
        jinja.heard = None  # type: ignore[attr-defined]  # the same


def _printed(
    template: Template, folders: tuple[Path, ...], letter: Letter
) -> Iterator[tuple[Key, str]]:
    """Yield what each block of a document prints."""
    context = template.new_context({"letter": letter})
    for _ in template.root_render_func(context):
        pass  # what the template imports is then there for its blocks
    for name, chain in context.blocks.items():
        where = _template(folders, chain[0].__code__.co_filename)
        yield (where, name), "".join(chain[0](context))


def _uncalled(
    library: Library,
    weighed: dict[str, preview.WeighedShown],
    parts: list[Definition],
    found: Recorded,
) -> None:
    """Draw the files that documents include, and macros that no document calls, where they can be.

    A macro can be that takes the letter, or what is named as the letter names it.
    """
    for part in parts:
        needed = part.uses if part.kind is Kind.FILE else part.arguments
        key = part.template, part.name
        if part.kind is Kind.BLOCK or found.drawn.get(key):
            continue
        for name, one in weighed.items():
            letter = one.content("letter")
            values = {
                word: letter if word == "letter" else getattr(letter, word, None) for word in needed
            }
            if all(values.values()):
                found.drawn[key] += _called(library, part, letter, name, values, found)


def _called(  # noqa: PLR0913, PLR0917 - one parameter a fact of it
    library: Library,
    part: Definition,
    letter: Letter,
    sample: str,
    values: dict[str, Any],
    found: Recorded,
) -> Iterator[Drawn]:
    folders = library.template_folders
    try:
        with strictly(folders, part.template):
            template = environment(folders, _Recorder).get_template(part.template)
            if part.kind is Kind.FILE:
                html = template.render(letter=letter)
            else:
                module = template.make_module({"letter": letter})
                html = str(getattr(module, part.name)(**values))
    except BadTemplateError as error:
        found.problems.append(error.problem)
        return
    yield Drawn(html, sample, values)


def _code_file(macro: Macro) -> str:
    return macro._func.__code__.co_filename  # noqa: SLF001 - Jinja says nowhere else where it stands


@lru_cache(maxsize=256)  # a macro is heard hundreds of times
def _template(folders: tuple[Path, ...], file: str) -> str:
    """Return a template's name by the file that it was compiled from."""
    path = Path(file)
    inside = (path.relative_to(folder) for folder in folders if path.is_relative_to(folder))
    return next((one.as_posix() for one in inside), file)
