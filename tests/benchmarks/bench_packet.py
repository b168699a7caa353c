"""Speed and memory of packets; run by hand: `python tests/benchmarks/bench_packet.py [--fax]`.

Prints one page; `--fax` adds the making of faxes, which takes minutes more. Not a test: a machine
that is busy with other work must not fail the suite.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdfium2
import yaml
from bench import DAY, line, paired
from PIL import Image

from priorauth import Library, fax, pipeline, samples
from priorauth.pdf import Printer

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = "esketamine"
A_FILE = 20  # pages of one exhibit
FEW, HALF, MANY = 60, 300, 600
MOST_RATIO, MOST_MB, MOST_GROWTH = 2.5, 400, 1.15
DPI = 150  # of the scans
QUALITY = 60  # of their JPEG


@cache
def scans() -> bytes:
    """Return pages as an office scanner gives them: grey pictures, slightly turned, with grain."""
    with pypdfium2.PdfDocument(samples.find(SAMPLE).path.parent / "notes.pdf") as source:
        clean = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in source]
    with pikepdf.new() as pdf:
        for number in range(A_FILE):
            sheet = clean[number % len(clean)].rotate(0.3 + number / 50, fillcolor=255)
            grain = Image.effect_noise(sheet.size, 40)
            written = BytesIO()
            Image.blend(sheet, grain, 0.1).save(written, "JPEG", quality=QUALITY)
            _add_picture(pdf, written.getvalue(), sheet.size)
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """Return a PDF as a file."""
    written = BytesIO()
    pdf.save(written)
    return written.getvalue()


def _add_picture(pdf: pikepdf.Pdf, jpeg: bytes, size: tuple[int, int]) -> None:
    width, height = (side * 72 / DPI for side in size)
    page = pdf.add_blank_page(page_size=(width, height))
    picture = pikepdf.Stream(
        pdf,
        jpeg,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page.add_resource(picture, pikepdf.Name.XObject, pikepdf.Name.Scan)
    drawing = f"{width} 0 0 {height} 0 0 cm /Scan Do".encode()
    page.Contents = pdf.make_stream(drawing)


@cache
def drawn() -> bytes:
    """Return pages as a record system prints them: text with fonts."""
    with pikepdf.new() as pdf:
        with pikepdf.open(samples.find(SAMPLE).path.parent / "notes.pdf") as source:
            while len(pdf.pages) < A_FILE:
                pdf.pages.extend(list(source.pages)[: A_FILE - len(pdf.pages)])
        return saved(pdf)


KINDS: dict[str, tuple[Callable[[], bytes], ...]] = {
    "scans": (scans,),
    "text": (drawn,),
    "scans and text": (scans, drawn),
}


def case(folder: Path, kind: str, pages: int) -> Path:
    """Write a case whose letter has three pages, with so many exhibit pages; return its file."""
    raw: Any = samples.read(SAMPLE).value
    raw = {key: raw[key] for key in ("patient", "coverage", "prescriber", "practice", "request")}
    raw["coverage"] = {**raw["coverage"], "payer": "A plan that is not on file"}
    raw |= {"diagnoses": [{"code": "F33.2"}], "episode": {"onset": "2025-01"}, "treatments": TRIED}
    raw["rationale"] = {"why_this_treatment": "Two antidepressants have brought no response. " * 6}
    raw["exhibits"] = []
    folder.mkdir(parents=True)
    makers = KINDS[kind]
    for number in range(pages // A_FILE):
        name = f"exhibit{number}.pdf"
        (folder / name).write_bytes(makers[number % len(makers)]())
        raw["exhibits"].append(
            {"id": f"e{number}", "title": "Notes", "kind": "chart_notes", "file": name}
        )
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False), "utf-8")
    return path


TRIED = [
    {
        "drug": name,
        "doses": [{"mg_per_day": dose, "from": first, "to": last}],
        "outcome": "no_response",
        "source": "chart",
    }
    for name, dose, first, last in (
        ("sertraline", 150, "2025-02-03", "2025-05-30"),
        ("venlafaxine", 225, "2025-06-09", "2025-10-30"),
        ("bupropion", 300, "2025-11-10", "2026-03-30"),
    )
]


def over_the_letter(folder: Path, library: Library, printer: Printer) -> None:
    """Compare a packet of few exhibit pages with its letter alone, from the case file on."""
    for kind in KINDS:
        path = case(folder / kind, kind, FEW)

        def packet(path: Path = path) -> None:
            verdict = pipeline.weigh(path, library, DAY).verdict
            assert verdict is not None
            pipeline.packet(path, verdict, library, printer, draft=True)

        def letter(path: Path = path) -> bytes:
            verdict = pipeline.weigh(path, library, DAY).verdict
            assert verdict is not None
            return pipeline.pdf(verdict, library, printer, draft=True)

        pages = fax.count(letter())
        whole, alone, ratio = paired(packet, letter)
        line(
            f"packet with {FEW} pages of {kind} over its {pages}-page letter",
            f"{whole:.3f}/{alone:.3f} s = {ratio:.2f}",
            f"at most {MOST_RATIO}",
        )


def alone(path: Path, what: str) -> tuple[float, float, float]:
    """Return the seconds, the most MB held, and the MB written, of a packet made by itself."""
    done = subprocess.run(
        [sys.executable, __file__, str(path), what],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    seconds, memory, size = map(float, done.stdout.split())
    return seconds, memory, size


def growth(folder: Path, what: str) -> None:
    """Make packets of many pages, each in a process of its own: time, memory, and their growth."""
    for kind in KINDS:
        half = alone(case(folder / f"{what} {HALF} {kind}", kind, HALF), what)
        whole = alone(case(folder / f"{what} {MANY} {kind}", kind, MANY), what)
        line(
            f"{what}, {MANY} pages of {kind} ({whole[2]:.0f} MB): resident at most",
            f"{half[1]:.0f} to {whole[1]:.0f} MB",
            f"at most {MOST_MB} MB",
        )
        line(
            f"{what}, {HALF} to {MANY} pages of {kind}: time a page",
            f"{half[0]:.2f} to {whole[0]:.2f} s = {whole[0] / half[0] / MANY * HALF:.2f}",
            f"at most {MOST_GROWTH}",
        )


def one(path: Path, what: str) -> None:
    """Make one packet in this process, or its fax, and print what it took."""
    library = Library.open()
    printer = Printer(library.template_folders)
    verdict = pipeline.weigh(path, library, DAY).verdict
    assert verdict is not None
    pipeline.pdf(verdict, library, printer, draft=True)
    start = time.perf_counter()
    made = pipeline.packet(path, verdict, library, printer, draft=True).packet.pdf
    if what == "fax":
        start = time.perf_counter()
        made = fax.fax(made).tiff
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    sys.stdout.write(f"{seconds} {memory} {len(made) / 1e6}\n")


def main(*, faxes: bool) -> None:
    """Print the page."""
    library = Library.open()
    printer = Printer(library.template_folders)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        over_the_letter(folder, library, printer)
        growth(folder, "packet")
        if faxes:
            growth(folder, "fax")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        one(Path(sys.argv[1]), sys.argv[2])
    else:
        main(faxes="--fax" in sys.argv)
