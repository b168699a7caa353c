"""From HTML to the bytes of a Word file."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from lxml import html as markup

from priorauth.word import sheet
from priorauth.word.body import Body
from priorauth.word.text import classes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def written(html: str, pictures: Sequence[bytes], day: date) -> bytes:
    """Return the HTML of a letter as a Word document of that day."""
    page = markup.document_fromstring(html)
    body = page.find("body")
    document = Document()
    running = " ".join(page.xpath('string(//*[@class="running"])').split())
    sheet.lay(document, running, draft="draft" in classes(body))
    title = " ".join((page.findtext("head/title") or "").split())
    sheet.say_what_it_is(document, title, page.get("lang") or "", day)
    Body(document, pictures).add(body)
    found = BytesIO()
    document.save(found)
    return _dated(found, day)


def _dated(found: BytesIO, day: date) -> bytes:
    """Return the file with every part of it dated that day, where the clock stood."""
    again = BytesIO()
    with ZipFile(found) as source, ZipFile(again, "w") as target:
        for name in source.namelist():
            part = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            part.compress_type = ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return again.getvalue()
