"""Prior-authorization paperwork from a patient's record: the steps, in order.

    intake    read a case: the one door                        -> Intake
    library   find the policy version that governs the request -> Library, Governing
    trials    work out time at an adequate dose                -> Trial
    criteria  weigh the case against the policy                -> Verdict, Finding
    letter    compose what the letter says                     -> Letter
    render    content to HTML                                  -> str
    pdf       HTML to pages                                    -> bytes

`read_case`, `weigh_case`, `compose`, `letter_html` and `letter_pdf` are these steps for programs;
`pipeline` is the same flow for files. The day is always an argument: nothing here asks the clock.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from priorauth.case import Case
    from priorauth.criteria import Answer, Finding, Verdict, weigh_case
    from priorauth.intake import Intake
    from priorauth.intake import read as read_case
    from priorauth.letter import Letter, compose
    from priorauth.library import Library
    from priorauth.pipeline import html as letter_html
    from priorauth.pipeline import pdf as letter_pdf
    from priorauth.problems import PriorAuthError, Problem

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Case",
    "Finding",
    "Intake",
    "Letter",
    "Library",
    "PriorAuthError",
    "Problem",
    "Verdict",
    "compose",
    "letter_html",
    "letter_pdf",
    "read_case",
    "weigh_case",
]

# Where each public name lives. They are brought in when first asked for, so that the command
# line's help does not wait for what it does not need.
_HOMES = {
    "Answer": ("criteria", "Answer"),
    "Case": ("case", "Case"),
    "Finding": ("criteria", "Finding"),
    "Intake": ("intake", "Intake"),
    "Letter": ("letter", "Letter"),
    "Library": ("library", "Library"),
    "PriorAuthError": ("problems", "PriorAuthError"),
    "Problem": ("problems", "Problem"),
    "Verdict": ("criteria", "Verdict"),
    "compose": ("letter", "compose"),
    "letter_html": ("pipeline", "html"),
    "letter_pdf": ("pipeline", "pdf"),
    "read_case": ("intake", "read"),
    "weigh_case": ("criteria", "weigh_case"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    """Return a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(name)
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(f"priorauth.{module}"), attribute)
