"""Check the library: every file read, every source cited, every example held, every page made.

Not for a case: that is `pipeline`. One broken file never hides its neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.check.examples import ExampleResult, example_data, run_examples
from priorauth.check.forms import check_forms
from priorauth.check.names import check_names, check_rivals
from priorauth.check.policies import check_examples, check_policy
from priorauth.check.templates import check_template, check_templates
from priorauth.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.library import Library, LibraryPayer

__all__ = [
    "ExampleResult",
    "check_forms",
    "check_library",
    "check_names",
    "check_payers",
    "check_template",
    "check_templates",
    "example_data",
    "run_examples",
]


def check_library(library: Library, day: date) -> Iterator[Problem]:
    """Yield everything that is wrong with the payers, policies, examples, forms and templates."""
    yield from check_payers(library, day)
    yield from check_forms(library, day)
    yield from check_templates(library, day)
    yield from check_names(library)


def check_payers(library: Library, day: date) -> Iterator[Problem]:
    """Yield everything that is wrong with the payers, policies and examples."""
    for found in library.payers():
        yield from _payer(library, found, day)


def _payer(library: Library, found: LibraryPayer, day: date) -> Iterator[Problem]:
    yield from found.problems
    about = library.files(found.id, "payer.yaml")
    if not about:
        place = Place(f"payers/{found.id}/payer.yaml")
        what = "the payer has no file of its own: the letters would lack its name"
        fix = "Write it with at least `name:`."
        yield Problem(Severity.ERROR, place, what, fix)
    elif found.payer and not found.payer.addresses:
        what = "no address or fax is on file"
        fix = "Write `addresses:` with their source; staff else write `send_to:` in each case."
        yield Problem(Severity.HINT, Place(str(about[0])), what, fix)
    yield from check_rivals(found)
    for file in found.policies:
        yield from check_policy(file, day)
        yield from check_examples(library, file)
