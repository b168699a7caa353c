"""HTML to laid-out pages (WeasyPrint): fetches nothing outside the template folders.

Not for content or HTML; the style is `templates/print.css`.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from priorauth.bounds import TooLongError, bounded
from priorauth.exhibits.own import MARK
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from weasyprint.document import Document

# A made-up place: relative addresses are resolved against `file:` only, but no such file is read.
_ROOT = "/templates/"
_BASE = f"file://{_ROOT}"
STYLE = "print.css"
_VARIANT = "pdf/ua-1"
_NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>'
_SECONDS, _MEGABYTES = 60.0, 2000
_PACKET = "packet:"  # how parts/blocks.html leads to a page of the packet
_LACKING = (
    "the case holds a character that the letter's fonts lack; write it in Latin letters, "
    "as on the member's card"
)


class LayoutError(PriorAuthError):
    """A page that cannot be laid out as its template wants."""

    def __init__(self, reasons: Iterable[str]) -> None:
        """Say what WeasyPrint had against it, and what to do."""
        found = list(dict.fromkeys(reasons))
        told = "; ".join(found)
        if _LACKING in found:
            super().__init__(f"The letter cannot be made: {_LACKING}.")
            return
        super().__init__(
            f"The letter cannot be laid out as its template wants: {told}. "
            "Look at the last change to templates/."
        )


class _RefusedError(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint carries no types
    """A template asked for something outside its folders."""

    def __init__(self, asked: str) -> None:
        told = f" and not {asked}" if asked else ""
        super().__init__(f"a template may only use files that are in the template folders{told}")


class TemplateFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
    """Serves files of the template folders and `data:` images, and refuses everything else."""

    def __init__(self, folders: Iterable[Path], *, quotes: bool = False) -> None:
        """Remember the folders, the first to be looked in first; `quotes` names what is refused."""
        self._quotes = quotes
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._folders = [folder.resolve() for folder in folders]

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:  # noqa: ANN401
        """Return the file or the data; raise FatalURLFetchingError for anything else."""
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        if parts.scheme != "file" or parts.netloc or not parts.path.startswith(_ROOT):
            raise _RefusedError(url if self._quotes else "")
        found = self._file(unquote(parts.path.removeprefix(_ROOT)))
        return URLFetcherResponse(url, found.read_bytes())

    def _file(self, path: str) -> Path:
        for folder in self._folders:
            found = (folder / path.lstrip("/")).resolve()
            if found.is_relative_to(folder) and found.is_file():
                return found
        raise _RefusedError(path if self._quotes else "")


@dataclass(frozen=True)
class LaidOut:
    """Pages as laid out, not yet written."""

    document: Document = field(repr=False)

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self.document.pages)


class Printer:
    """Lays out letters of one library; reads the style sheet and the fonts once.

    Not for several threads at once: the day goes to WeasyPrint through the environment.
    """

    def __init__(self, folders: Iterable[Path], *, invented: bool = False) -> None:
        """Read the style sheet; raise LayoutError when it uses what it may not.

        For `invented` cases messages quote the page, which else holds patient data.
        """
        self._invented = invented
        self._fetcher = TemplateFetcher(folders, quotes=invented)
        with _no_fonts_of_the_machine():
            self._fonts = FontConfiguration()
        self._sheets: dict[str, CSS] = {}
        with self._strictly():
            self._style = self._sheet(STYLE)

    def pdf(self, html: str, day: date) -> bytes:
        """Return the tagged PDF (PDF/UA-1) of the HTML; the same bytes for the same input and day.

        Raises LayoutError when something is missing or would be drawn otherwise than it says.
        """
        return self.write([self.lay_out(html)], day)

    def lay_out(self, html: str, *, style: str = "") -> LaidOut:
        """Return the HTML as pages, `style` being a second style sheet of the template folders.

        Raises LayoutError when something is missing or would be drawn otherwise than it says.
        """
        with self._strictly():
            sheets = [self._style, *([self._sheet(style)] if style else [])]
            page = HTML(string=html, base_url=_BASE, url_fetcher=self._fetcher)
            document = page.render(
                stylesheets=sheets, font_config=self._fonts, pdf_variant=_VARIANT
            )
            _refuse_what_acts(document)
            return LaidOut(document)

    def write(self, parts: Sequence[LaidOut], day: date) -> bytes:
        """Return the pages of all parts as one tagged PDF; title and language are the first's.

        Raises LayoutError as `lay_out` does.
        """
        with self._strictly(), _dated(day):
            first = parts[0].document
            pages = [page for part in parts for page in part.document.pages]
            found = first.copy(pages).write_pdf(pdf_variant=_VARIANT, pdf_identifier=MARK)
        return bytes(found)

    def _strictly(self) -> AbstractContextManager[None]:
        return _strictly(_Listener(quotes=self._invented))

    def _sheet(self, name: str) -> CSS:
        if name not in self._sheets:
            self._sheets[name] = CSS(
                url=f"{_BASE}{name}", url_fetcher=self._fetcher, font_config=self._fonts
            )
        return self._sheets[name]


def _refuse_what_acts(document: Document) -> None:
    """Raise LayoutError for what would carry or open something else than the pages."""
    links = [link for page in document.pages for link in page.links]
    kinds = {kind for kind, *_ in links}
    reasons = []
    if document.metadata.attachments or "attachment" in kinds:
        reasons.append("a file is attached to it")
    if any(kind == "external" and not target.startswith(_PACKET) for kind, target, *_ in links):
        reasons.append("a link leads out of it; write the address as text")
    if any(any(page.forms.values()) for page in document.pages):
        reasons.append("a form to fill in stands on it")
    if reasons:
        raise LayoutError(reasons)


@contextmanager
def _set(name: str, value: str) -> Iterator[None]:
    """Set a variable of the environment for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextmanager
def _no_fonts_of_the_machine() -> Iterator[None]:
    """Keep the machine's own fonts out: a letter looks the same everywhere, or is not made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fonts.conf"
        path.write_text(_NO_FONTS, "utf-8")
        with _set("FONTCONFIG_FILE", str(path)):
            yield


@contextmanager
def _dated(day: date) -> Iterator[None]:
    """Make the PDF carry the letter's day, not the clock's, so that its bytes can be repeated."""
    seconds = (day.toordinal() - 719_163) * 86_400  # 1970-01-01 is day 719163
    with _set("SOURCE_DATE_EPOCH", str(seconds)):
        yield


class _Listener(logging.Handler):
    def __init__(self, *, quotes: bool) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self._quotes = quotes

    def emit(self, record: logging.LogRecord) -> None:
        if ".notdef" in str(record.msg):
            self.heard.append(_LACKING)
            return
        if self._quotes:
            self.heard.append(record.getMessage().rstrip("."))
            return
        # Without its arguments, which can quote the page, and that holds patient data.
        self.heard.append(str(record.msg).replace("%s", "…").replace("%d", "…").replace("%r", "…"))


@contextmanager
def _strictly(listener: _Listener) -> Iterator[None]:
    """Turn what WeasyPrint only logs, and what it refuses to fetch, into LayoutError."""
    logger = logging.getLogger("weasyprint")
    handlers, level = logger.handlers[:], logger.level
    propagate = logger.propagate
    logger.handlers, logger.propagate = [listener], False
    logger.setLevel(logging.WARNING)
    try:
        with bounded(_SECONDS, _MEGABYTES):
            yield
    except FatalURLFetchingError as error:
        raise LayoutError([str(error)]) from None
    except PriorAuthError:
        raise
    except OSError as error:
        from priorauth.exhibits.keeping import NoRoomError  # noqa: PLC0415 - a full disk alone

        raise NoRoomError(error.strerror or "no reason given") from None
    except TooLongError:
        raise LayoutError(["it takes too long"]) from None
    except MemoryError:
        raise LayoutError(["it fills the memory"]) from None
    except RecursionError:
        raise LayoutError(["its elements are nested too deeply"]) from None
    except Exception as error:  # noqa: BLE001 - a stranger's page can raise anything
        raise LayoutError([f"WeasyPrint stops at it ({type(error).__name__})"]) from None
    finally:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
    if listener.heard:
        raise LayoutError(listener.heard)
