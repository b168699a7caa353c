"""Documents that tests make for exhibits, and how pages look when they are drawn."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2
from cases import quick
from PIL import Image, ImageDraw

from priorauth.exhibits import Enclosed, Gathered, gather

if TYPE_CHECKING:
    from pathlib import Path

    from pikepdf import Pdf

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255,) * 3, (0,) * 3
CORNERS = (
    RED,
    GREEN,
    BLUE,
    WHITE,
)  # of `picture`: upper left, upper right, lower left, lower right


# --- exhibits -------------------------------------------------------------------------------------


def exhibit(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a case file's values
    """Return an exhibit of a case file, whose id is its file's name up to the point."""
    identity = name.split(".", maxsplit=1)[0]
    return {"id": identity, "title": "Notes", "kind": "chart_notes", "file": name, **more}


def gathered(folder: Path, *entries: dict[str, Any]) -> Gathered:
    """Return what is made of the exhibits of a case in `folder`."""
    return gather(quick(exhibits=entries), folder, "case.yaml")


def made_of(folder: Path, content: bytes, **more: Any) -> Gathered:  # noqa: ANN401
    """Return what is made of one exhibit with this content."""
    (folder / "notes").write_bytes(content)
    return gathered(folder, exhibit("notes", **more))


def told(found: Gathered) -> list[str]:
    """Return every problem as it is shown."""
    return [str(problem) for problem in found.problems]


def said(folder: Path, content: bytes, **more: Any) -> str:  # noqa: ANN401
    """Return the one problem of one exhibit, without where it stands."""
    (problem,) = told(made_of(folder, content, **more))
    return problem.removeprefix("case.yaml: ").replace(" exhibits.0.file:", "")


def enclosed(folder: Path, content: bytes, **more: Any) -> Enclosed:  # noqa: ANN401
    """Return one exhibit with this content, of which there is nothing to say."""
    found = made_of(folder, content, **more)
    assert told(found) == []
    return found.enclosed[0]


# --- how pages look -------------------------------------------------------------------------------


def saved(pdf: Pdf) -> bytes:
    """Return a PDF as its bytes, the same each time."""
    target = BytesIO()
    pdf.save(target, deterministic_id=True)
    return target.getvalue()


def looks(content: bytes | Pdf, page: int = 1, scale: float = 1) -> Image.Image:
    """Return a page as a viewer shows it, so many dots a point."""
    raw = content if isinstance(content, bytes) else saved(content)
    with pypdfium2.PdfDocument(raw) as document:
        document.init_forms()
        drawn: Image.Image = document[page - 1].render(scale=scale).to_pil()
        return drawn.convert("RGB")


def corners(drawn: Image.Image) -> tuple[tuple[int, ...], ...]:
    """Return the colors near the four corners, rounded: upper ones first, left ones first."""
    right, below = drawn.width - 4, drawn.height - 4
    spots = [drawn.getpixel(spot) for spot in ((3, 3), (right, 3), (3, below), (right, below))]
    return tuple(tuple(round(part / 51) * 51 for part in spot) for spot in spots)  # type: ignore[union-attr]


# --- pictures -------------------------------------------------------------------------------------


def picture(width: int = 200, height: int = 100, mode: str = "RGB") -> Image.Image:
    """Return a white picture with a red, a green and a blue corner."""
    drawn = Image.new("RGB", (width, height), WHITE)
    draw, right, below = ImageDraw.Draw(drawn), width * 3 // 4, height * 3 // 4
    draw.rectangle((0, 0, width // 4, height // 4), RED)
    draw.rectangle((right, 0, width, height // 4), GREEN)
    draw.rectangle((0, below, width // 4, height), BLUE)
    return drawn.convert(mode)


def encoded(drawn: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401 - of Pillow
    """Return a picture as a file."""
    target = BytesIO()
    drawn.save(target, kind, **options)
    return target.getvalue()


# --- PDFs, written by hand so that they can be wrong ----------------------------------------------

CATALOG = b"<< /Type /Catalog /Pages 2 0 R %s >>"
PAGES = b"<< /Type /Pages /Kids [%s] /Count %d %s >>"
# Red, green and blue corners on a white page of 200 by 100 points.
PAINT = b"1 0 0 rg 0 75 50 25 re f 0 1 0 rg 150 75 50 25 re f 0 0 1 rg 0 0 50 25 re f 0 g\n"
BOX = b"/MediaBox [0 0 200 100]"


def stream(data: bytes, extra: bytes = b"") -> bytes:
    """Return the body of a stream."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def pdf_file(*bodies: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count, start = len(bodies) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n" % (count, table)
    out += b"<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, start)
    return bytes(out)


def one_page(  # noqa: PLR0913 - a test names only what it is about
    content: bytes = PAINT,
    page: bytes = b"",
    *more: bytes,
    catalog: bytes = b"",
    box: bytes = BOX,
    resources: bytes = b"",
    packed: bytes = b"",
) -> bytes:
    """Return a PDF of one page; `more` are objects from number 5 on."""
    return pdf_file(
        CATALOG % catalog,
        PAGES % (b"3 0 R", 1, b""),
        b"<< /Type /Page /Parent 2 0 R %s /Contents 4 0 R /Resources << %s >> %s >>"
        % (box, resources, page),
        stream(content, packed),
        *more,
    )


def many_pages(count: int, content: bytes = PAINT) -> bytes:
    """Return a PDF of so many pages, which share their contents."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 3 0 R >>"
    return pdf_file(CATALOG % b"", PAGES % (kids, count, b""), stream(content), *[page] * count)
