"""Every template read, and every document made with every sample case.

Not for what a document says: the golden texts of the tests hold that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes

from priorauth import preview, samples
from priorauth.criteria import weigh_case
from priorauth.phrases import Phrases
from priorauth.problems import Place, Problem, Severity, listed, nearest
from priorauth.render import BadTemplateError, blocks_of, names, parsed, render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.library import Library
    from priorauth.pdf import Printer


def check_templates(
    library: Library, day: date, cases: tuple[str, ...] | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with the templates: each is read, and made with every sample case.

    `cases` names the samples, when not all of them are wanted.
    """
    broken: set[str] = set()
    for name in names(library.template_folders):
        for problem in check_template(library, name):
            if problem.severity is Severity.ERROR:
                broken.add(name)
            yield problem
    yield from dict.fromkeys(_made(library, day, broken, cases or samples.names()))


def check_template(library: Library, name: str) -> Iterator[Problem]:
    """Yield what is wrong with one template as it stands, before anything is printed with it."""
    try:
        tree = parsed(library.template_folders, name)
    except BadTemplateError as error:
        yield error.problem
        return
    yield from _blocks(library, name, tree)


def _blocks(library: Library, name: str, tree: nodes.Template) -> Iterator[Problem]:
    """Yield what Jinja drops without a word: blocks without a place, text outside of blocks."""
    parents = list(tree.find_all(nodes.Extends))
    if not parents or not isinstance(parents[0].template, nodes.Const):
        return
    parent, file = str(parents[0].template.value), f"templates/{name}"
    known = blocks_of(library.template_folders, parent)
    if not known:
        return  # told where the parent is read
    own = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    inside = {b.name for outer in tree.find_all(nodes.Block) for b in outer.find_all(nodes.Block)}
    for block, line in own.items():
        if block not in known and block not in inside:
            near = nearest(block, known)
            hint = f"Did you mean {listed(near)}?" if near else f"Its blocks are {listed(known)}."
            what = f"{parent} has no block {block}: nothing of this one is printed"
            yield Problem(Severity.ERROR, Place(file, line), what, hint)
    for node in tree.body:
        if isinstance(node, nodes.Output) and not _is_blank(node):
            what = "this stands outside of every block, and is not printed"
            fix = "Move it into the block where it belongs."
            yield Problem(Severity.ERROR, Place(file, node.lineno), what, fix)


def _is_blank(node: nodes.Output) -> bool:
    return all(isinstance(one, nodes.TemplateData) and not one.data.strip() for one in node.nodes)


def _made(
    library: Library, day: date, broken: set[str], cases: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield what goes wrong when each document is made with each sample, for each payer."""
    from priorauth.pdf import LayoutError, Printer  # noqa: PLC0415 - slow to load

    try:
        printer = Printer(library.template_folders, invented=True)
    except LayoutError as error:
        place = Place("templates/print.css")
        yield Problem(Severity.ERROR, place, str(error).rstrip("."), "")
        return
    yield from _worded(library, day, printer)
    weighed = [_weighed(library, day, case) for case in cases]
    # A payer's page can be just like everyone's.
    known: dict[tuple[str, str, date | None], str] = {}
    for document, style in preview.DOCUMENTS.items():
        template = f"{document}.html"
        shown = weighed[:1] if document == "notice" else weighed  # one notice is like another
        letters = [one.content(document) for one in shown]
        for payer_id in _payers(library, template):
            name = f"{payer_id}/{template}" if payer_id else template
            for letter in letters:
                try:
                    html = render(letter, library.template_folders, payer_id, template)
                except BadTemplateError as error:
                    if not broken & {name, error.problem.place.file.removeprefix("templates/")}:
                        yield error.problem
                    continue
                page = html, style, day if letter is letters[0] else None
                if page not in known:
                    known[page] = _unprintable(printer, *page)
                if known[page]:
                    yield Problem(Severity.ERROR, Place(f"templates/{name}"), known[page], "")


def _unprintable(printer: Printer, html: str, style: str, day: date | None) -> str:
    """Return why a page cannot be laid out, and written where a day is given; empty if it can."""
    from priorauth.pdf import LayoutError  # noqa: PLC0415 - slow to load

    try:
        pages = printer.lay_out(html, style=style)
        if day:
            printer.write([pages], day)  # only then a letter that the fonts lack is seen
    except LayoutError as error:
        return str(error).rstrip(".")
    return ""


def _worded(library: Library, day: date, printer: Printer) -> Iterator[Problem]:
    """Yield the payers with phrases of their own with which everyone's letter cannot be made."""
    from priorauth.pdf import LayoutError  # noqa: PLC0415 - slow to load

    for one in library.payers():
        if one.payer is None or one.payer.phrases == Phrases():
            continue
        shown = preview.sample(preview.sample_for(library, one.id), one.id, day)
        made = preview.letter(shown, library, day, "letter")
        try:
            printer.pdf(
                render(made, library.template_folders), day
            )  # written: shows lacking letters
        except BadTemplateError:
            return  # told where the template is read
        except LayoutError:
            place = Place(f"payers/{one.id}/payer.yaml", 0, "phrases")
            what = "the letter cannot be laid out with these words"
            fix = "Write them in letters that its fonts have: Latin, Greek or Cyrillic."
            yield Problem(Severity.ERROR, place, what, fix)


def _weighed(library: Library, day: date, case: str) -> preview.WeighedShown:
    shown = preview.sample(case, "", day)
    return preview.WeighedShown(shown, weigh_case(shown.case, library, day))


def _payers(library: Library, template: str) -> list[str]:
    """Return the payers that have a template of their own, and "" for everyone's."""
    own = {
        path.parent.name
        for folder in library.template_folders
        for path in folder.glob(f"*/{template}")
    }
    return ["", *sorted(own)]
