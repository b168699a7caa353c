"""Every form of the library held against its PDF, and filled with every sample case.

Not for what is wrong between one map and one PDF: `forms` knows that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth import forms, intake, samples
from priorauth.criteria import weigh_case
from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.letter import Letter
    from priorauth.library import Library
    from priorauth.problems import Problem


def check_forms(library: Library, day: date) -> Iterator[Problem]:
    """Yield what is wrong with the forms, and with what payers say of them."""
    for payer_id in library.payer_ids:
        yield from forms.check_used(library, payer_id)
    found = library.forms()
    letters = tuple(_letters(library, day)) if any(one.pdf for one in found) else ()
    asked = {form_id for payer in library.payers() for form_id in forms.asked_by(payer)}
    for one in found:
        yield from forms.check(one, library.template_folders, letters, asked=one.id in asked)


def _letters(library: Library, day: date) -> Iterator[Letter]:
    for name in samples.names():
        case = intake.understand(samples.read(name), day).case
        if case:
            yield compose(weigh_case(case, library, day))
