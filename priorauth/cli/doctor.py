"""The command that says whether everything needed is installed and in order."""

from __future__ import annotations

import platform
from ctypes.util import find_library
from importlib.metadata import version
from typing import TYPE_CHECKING

import click

from priorauth import __version__, check, forms
from priorauth.cli.options import library_option
from priorauth.problems import errors
from priorauth.reference import icd10cm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.library import Library

_PACKAGES = ("weasyprint", "jinja2", "pydantic", "click", "PyYAML")
_LIBRARIES = {
    "Pango": (("pango-1.0", "pango-1.0-0"), "libpango-1.0-0 (Debian), pango (Homebrew)"),
    "PangoFT2": (
        ("pangoft2-1.0", "pangoft2-1.0-0"),
        "libpangoft2-1.0-0 (Debian), pango (Homebrew)",
    ),
}
_SUBSETTER = ("harfbuzz-subset", "harfbuzz-subset-0")
_FONTS = (
    "NotoSerif-Regular.ttf",
    "NotoSerif-Bold.ttf",
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
)

# `ok`, `slow`, `absent` (only needed for its payer) or `missing`; what; what to do or was found
Line = tuple[str, str, str]


@click.command()
@library_option
def doctor(library: Library) -> int:
    """Say whether everything needed is installed and in order."""
    lines = [*_versions(), *_system(), *_fonts(library), *_library(library)]
    for state, what, detail in lines:
        click.echo(f"{state:8} {what:22} {detail}")
    return 2 if any(state == "missing" for state, _, _ in lines) else 0


def _versions() -> Iterator[Line]:
    yield "ok", "priorauth", __version__
    yield "ok", "Python", platform.python_version()
    for name in _PACKAGES:
        yield "ok", name, version(name)


def _system() -> Iterator[Line]:
    for name, (spellings, package) in _LIBRARIES.items():
        found = next(filter(None, map(find_library, spellings)), None)
        yield ("ok", name, found) if found else ("missing", name, f"Install {package}.")
    found = next(filter(None, map(find_library, _SUBSETTER)), None)
    what = "HarfBuzz subsetter"
    yield (
        ("ok", what, found)
        if found
        else ("slow", what, "PDFs are written more slowly. Install libharfbuzz-subset0 (Debian).")
    )


def _fonts(library: Library) -> Iterator[Line]:
    for name in _FONTS:
        there = any((folder / "fonts" / name).is_file() for folder in library.template_folders)
        yield (
            ("ok", name, "in templates/fonts")
            if there
            else ("missing", name, "Install priorauth again: the letters bring their own fonts.")
        )


def _examples(library: Library) -> Line:
    """Return whether every policy still gives the findings that its worked examples expect."""
    results = [
        result
        for one in library.payers()
        for file in one.policies
        for result in check.run_examples(library, file)
    ]
    failed = [result for result in results if not result.passed]
    if failed:
        names = "; ".join(f"{r.policy.path.name}: {r.example.name}" for r in failed)
        return "missing", "worked examples", f"not as expected: {names}"
    return "ok", "worked examples", f"{len(results)}, all as expected"


def _library(library: Library) -> Iterator[Line]:
    found = library.payers()
    policies = sum(len(one.policies) for one in found)
    wrong = errors(problem for one in found for problem in one.problems)
    yield "ok", "library", f"{len(found)} payers, {policies} policies"
    for problem in wrong:
        yield "missing", "library", str(problem)
    yield _examples(library)
    for form in library.forms():
        if form.pdf:
            yield "ok", f"form {form.id}", str(form.pdf)
        else:
            yield "absent", f"form {form.id}", forms.where_from(form)
    yield "ok", "ICD-10-CM", icd10cm.EDITION
