"""Coverage rests while WeasyPrint works.

It looks at our files alone, but hears of every line that is run: that doubles the time of a letter.
"""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, Any

import weasyprint

from priorauth import pdf

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_REST: list[Any] = []  # coverage's tracer, while WeasyPrint works


def rest_while_drawing() -> None:
    """Let coverage rest from here on in layout and drawing, but for what is ours in them."""
    for owner, name in ((weasyprint.HTML, "render"), (weasyprint.Document, "write_pdf")):
        setattr(owner, name, _at_rest(getattr(owner, name)))
    for owner, name in ((pdf.TemplateFetcher, "fetch"), (pdf._Listener, "emit")):  # noqa: SLF001
        setattr(owner, name, _awake(getattr(owner, name)))


def _at_rest(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same with coverage at rest."""

    @wraps(work)
    def done(*given: object, **named: object) -> object:
        tracer: Any = sys.gettrace()
        if not hasattr(tracer, "stop"):  # no coverage, or a debugger
            return work(*given, **named)
        _AT_REST.append(tracer)
        try:  # a bound on time can end the work at any line
            tracer.stop()
            return work(*given, **named)
        finally:
            _AT_REST.pop().start()

    return done


def _awake(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same with coverage woken for it."""

    @wraps(work)
    def done(*given: object, **named: object) -> object:
        if not _AT_REST or sys.gettrace() is not None:
            return work(*given, **named)
        try:
            _AT_REST[-1].start()
            return work(*given, **named)
        finally:
            _AT_REST[-1].stop()

    return done
