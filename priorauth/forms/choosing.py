"""Which forms of the library a request needs, and whether they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.forms import formmap
from priorauth.forms.form import Form
from priorauth.problems import Place, PriorAuthError, Problem, Severity, UnreadableError, listed

if TYPE_CHECKING:
    from priorauth.criteria import Verdict
    from priorauth.forms.formmap import FormMap
    from priorauth.library import FormFiles, Library, LibraryPayer
    from priorauth.payer import UsedForm


class UnknownFormError(PriorAuthError):
    """There is no form of that name in the library."""

    def __init__(self, library: Library) -> None:
        """Name the forms that there are."""
        known = listed(form.id for form in library.forms())
        super().__init__(f"There is no form of that name. The library has {known or 'none'}.")


@dataclass(frozen=True)
class Found:
    """The forms that a request needs; with an error among the problems one is missing."""

    forms: tuple[Form, ...]
    problems: tuple[Problem, ...] = ()


def asked_by(payer: LibraryPayer) -> tuple[str, ...]:
    """Return the ids of the forms that a payer's file names."""
    return tuple(_id(one, payer.id) for one in (payer.payer.forms if payer.payer else ()))


def _id(used: UsedForm, payer_id: str) -> str:
    return used.form if "/" in used.form else f"{payer_id}/{used.form}"


def needed(verdict: Verdict, library: Library) -> Found:
    """Return the forms that the payer asks for this request, in the payer's order."""
    payer = verdict.payer
    used = payer.payer.forms if payer and payer.payer else ()
    forms: list[Form] = []
    problems: list[Problem] = []
    for one in used:
        if payer and one.hold(verdict.case):
            found = _opened(_id(one, payer.id), library, payer.id)
            problems += found.problems
            forms += [form for form in found.forms if form.map.purpose.hold(verdict.case)]
    return Found(tuple(forms), tuple(problems))


def named(form_id: str, verdict: Verdict, library: Library) -> Found:
    """Return the form of that id, whether the payer asks for it or not.

    A warning says when the form is not for such a request. Raises UnknownFormError.
    """
    if library.form(form_id) is None:
        raise UnknownFormError(library)
    found = _opened(form_id, library, verdict.payer.id if verdict.payer else "")
    warned = tuple(_unfit(form) for form in found.forms if not form.map.purpose.hold(verdict.case))
    return Found(found.forms, (*found.problems, *warned))


def opened(files: FormFiles, library: Library, payer_id: str = "") -> Form:
    """Return a form with its map; raise UnreadableError when the map is not right or no PDF is."""
    read = formmap.read(files.map)
    if read.map is None:
        raise UnreadableError(read.problems)
    if files.pdf is None:
        raise UnreadableError([missing(files, read.map, Severity.ERROR)])
    return Form(files.id, read.map, read, files.pdf, library.template_folders, payer_id)


def missing(files: FormFiles, found: FormMap, severity: Severity) -> Problem:
    """Return that the PDF is not there, with where it comes from and where it belongs."""
    what = "the PDF of this form is not there"
    return Problem(severity, Place(str(files.map), 1), what, _fetch(files, found))


def where_from(files: FormFiles) -> str:
    """Return where the PDF of a form comes from and where it belongs, in a sentence."""
    read = formmap.read(files.map)
    return _fetch(files, read.map) if read.map else "its map cannot be read: see `priorauth check`"


def _fetch(files: FormFiles, found: FormMap) -> str:
    source = found.source
    where = f"Get it from {source.title}" if source else "Get it from the payer"
    url = f" ({source.url})" if source and source.url else ""
    return f"{where}{url} and save it as {files.wanted}."


def _opened(form_id: str, library: Library, payer_id: str) -> Found:
    files = library.form(form_id)
    if files is None:
        place = Place(f"payers/{payer_id}/payer.yaml", 0, "forms")
        what = f"there is no map of the form {form_id}"
        fix = f"The library has {listed(form.id for form in library.forms()) or 'none'}."
        return Found((), (Problem(Severity.ERROR, place, what, fix),))
    try:
        return Found((opened(files, library, payer_id),))
    except UnreadableError as error:
        return Found((), error.problems)


def _unfit(form: Form) -> Problem:
    why = form.map.purpose.because
    return Problem(
        Severity.WARNING,
        form.file.data.place(("for",)),
        "the form is not for such a request",
        f"{why} " * bool(why) + "Ask the payer which form it wants.",
    )
