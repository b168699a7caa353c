"""What a PDF carries beside its pages, and that stays behind: scripts, files, links, signatures.

It stays behind because pages are built anew (`cleaning`); here it is only found, to be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from priorauth.exhibits.reading import group, groups, is_true, listed, named
from priorauth.exhibits.remarks import RefusedError, Remark, Remarks, error, hint, warning
from priorauth.problems import listed as phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.exhibits.tree import Leaf

MOST_NODES = 20_000
_SCRIPT = "JavaScript"
_ACTIONS = {
    "/JavaScript": _SCRIPT,
    "/Launch": "commands that start programs",
    "/SubmitForm": "commands that send a form",
    "/ImportData": "commands that fetch data",
    "/URI": "links to the web",
    "/GoToR": "links to other files",
    "/GoToE": "links to other files",
}
_XFA = error(
    "{it} is a form (XFA) whose pages only Adobe Reader can draw: what is in the file is a "
    "placeholder",
    "Open it in Adobe Reader and print it to a PDF.",
)
_HALF_XFA = warning(
    "{it} is a form of two kinds (XFA and AcroForm); its pages are those that every reader shows",
    "Compare the values on its pages with those that Adobe Reader shows.",
)
_SIGNED = warning(
    "{it} has a digital signature: on paper and in the packet it can be seen, but not verified",
    "If the payer asks for the signed file, send that too, as it is.",
)
_FILES = warning(
    "files are attached inside {it}: they are not enclosed",
    "If a reviewer needs one of them, save it and add it as an exhibit.",
)


def about(pdf: Pdf, leaves: Iterable[Leaf]) -> Remarks:
    """Return what is to be said of what stays behind; raise RefusedError for an XFA form."""
    form = group(pdf.Root, Name.AcroForm)
    found: list[Remark] = []
    if Name.XFA in form:
        if is_true(pdf.Root, Name.NeedsRendering) or not listed(form, Name.Fields):
            raise RefusedError(_XFA)
        found.append(_HALF_XFA)
    holders = list(_holders(pdf.Root, form, leaves))
    if any(_is_signature(one) for one in holders):
        found.append(_SIGNED)
    if _has_files(pdf, holders):
        found.append(_FILES)
    words = dict.fromkeys(_ACTIONS[kind] for one in holders for kind in _kinds(one))
    if words:
        stay = "it stays" if list(words) == [_SCRIPT] else "they stay"
        told = phrase(words, "and")
        found.append(hint(f"{{it}} holds {told}: {stay} behind, its pages look as before"))
    return tuple(found)


def _holders(root: Object, form: Dictionary, leaves: Iterable[Leaf]) -> Iterator[Object]:
    """Yield what can hold actions: the document, its pages, what lies over them, its fields."""
    yield root
    if Name.JavaScript in group(root, Name.Names):
        yield Dictionary(A=Dictionary(S=Name.JavaScript))
    for leaf in leaves:
        yield leaf.page
        yield from groups(leaf.page, Name.Annots)
    yield from _fields(form)


def _fields(form: Dictionary) -> Iterator[Dictionary]:
    seen: set[tuple[int, int]] = set()
    waiting = list(groups(form, Name.Fields))
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if not node.is_indirect or node.objgen not in seen:
            seen.add(node.objgen)
            yield node
            waiting += groups(node, Name.Kids)


def _is_signature(holder: Object) -> bool:
    return holder.get(Name.FT) == Name.Sig and isinstance(holder.get(Name.V), Dictionary)


def _has_files(pdf: Pdf, holders: Iterable[Object]) -> bool:
    files = group(group(pdf.Root, Name.Names), Name.EmbeddedFiles)
    if listed(files, Name.Names) or listed(files, Name.Kids):
        return True
    return any(Name.AF in one or one.get(Name.Subtype) == Name.FileAttachment for one in holders)


def _kinds(holder: Object) -> Iterator[str]:
    """Yield the kinds of action that something holds, and that those lead on to."""
    waiting = [holder.get(Name.A), holder.get(Name.OpenAction), *named(holder, Name.AA).values()]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        action = waiting.pop()
        if isinstance(action, Array):
            waiting += list(action)
        elif isinstance(action, Dictionary | Stream):
            kind = str(action.get(Name.S, ""))
            if kind in _ACTIONS:
                yield kind
            waiting.append(action.get(Name.Next))
