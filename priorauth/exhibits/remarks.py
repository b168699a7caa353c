"""What is said of one exhibit, before it is known where the case file names it.

`{it}` in a sentence stands for the exhibit's letter and id. Never a file name: that can be
the patient's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from priorauth.page_ranges import written
from priorauth.problems import PriorAuthError, Problem, Severity

if TYPE_CHECKING:
    from priorauth.problems import Place


class Remark(NamedTuple):
    """One thing to say of an exhibit: how much it matters, what, and what to do."""

    severity: Severity
    what: str
    fix: str
    key: str = "file"  # of the exhibit in the case file

    def problem(self, place: Place, exhibit: str) -> Problem:
        """Return the problem at a place of the case file."""
        return Problem(self.severity, place, self.what.replace("{it}", exhibit), self.fix)


Remarks = tuple[Remark, ...]


class RefusedError(PriorAuthError):
    """An exhibit that cannot be enclosed; never leaves this package."""

    def __init__(self, remark: Remark) -> None:
        """Keep what is wrong and what to do."""
        super().__init__(f"{remark.what}. {remark.fix}".replace("{it}", "the document"))
        self.remark = remark


def error(what: str, fix: str, key: str = "file") -> Remark:
    """Return why an exhibit cannot be enclosed."""
    return Remark(Severity.ERROR, what, fix, key)


def warning(what: str, fix: str) -> Remark:
    """Return what may cost the decision: look before sending."""
    return Remark(Severity.WARNING, what, fix)


def hint(what: str, fix: str = "") -> Remark:
    """Return what was done and changes nothing that is seen."""
    return Remark(Severity.HINT, what, fix)


def on_pages(pages: tuple[int, ...]) -> str:
    """Return `page 3` or `pages 1,4-6`."""
    return f"page{'s' * (len(pages) > 1)} {written(pages)}"
