"""Makes the exhibits of the sample cases from the pages in `scripts/samples/`.

    .venv/bin/python scripts/build_samples.py              all samples
    .venv/bin/python scripts/build_samples.py esketamine   one of them

`scripts/samples/<sample>/<exhibit>.html` becomes `priorauth/samples/<sample>/<exhibit>.pdf`;
`<exhibit>.png.html` and `.jpg.html` become pictures that look scanned (with pdftoppm and Pillow).
The letterhead and the patient come from the sample's `case.yaml`. Same pages, same bytes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "scripts" / "samples"
SAMPLES = ROOT / "priorauth" / "samples"
FONTS = ROOT / "templates" / "fonts"
WHEN = "1795305600"  # 2026-11-22, the day of all samples

SCAN_DPI = 100
SCAN_TILT = 0.4  # degrees: no sheet lies straight on a scanner
SCAN_GRAYS = 8  # of a PNG
SCAN_QUALITY = 60  # of a JPEG


def main() -> None:
    """Make the exhibits of the samples named, or of all."""
    os.environ["SOURCE_DATE_EPOCH"] = WHEN
    wanted = sys.argv[1:] or sorted(p.name for p in PAGES.iterdir() if p.name != "looks")
    for sample in wanted:
        for page in sorted((PAGES / sample).glob("*.html")):
            made = build(sample, page)
            print(f"{made.relative_to(ROOT)}  {made.stat().st_size / 1000:.0f} kB")


def build(sample: str, page: Path) -> Path:
    """Make one exhibit and return its file."""
    pdf = _pdf(_html(sample, page))
    name = page.name.removesuffix(".html")
    if name.endswith((".png", ".jpg")):
        target = SAMPLES / sample / name
        _scan(pdf, target)
    else:
        target = SAMPLES / sample / f"{name}.pdf"
        target.write_bytes(pdf)
    return target


def _html(sample: str, page: Path) -> str:
    jinja = Environment(
        loader=FileSystemLoader([page.parent, PAGES / "looks"]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["us"] = lambda day: "{1}/{2}/{0}".format(*day.split("-"))
    text = (SAMPLES / sample / "case.yaml").read_text("utf-8")
    case = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - all text; our own file
    return jinja.get_template(page.name).render(case=case, fonts=FONTS.as_uri())


def _pdf(html: str) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 - reads SOURCE_DATE_EPOCH, which main sets

    return HTML(string=html, base_url=(PAGES / "looks").as_uri() + "/").write_pdf()


def _scan(pdf: bytes, target: Path) -> None:
    """Write the only page of the PDF as a gray picture, slightly tilted."""
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "page"
        command = ["pdftoppm", "-r", str(SCAN_DPI), "-gray", "-png", "-singlefile", "-", str(paper)]
        subprocess.run(command, input=pdf, check=True)  # noqa: S603 - no input but our own
        sheet = Image.open(paper.with_suffix(".png")).convert("L")
    sheet = sheet.rotate(SCAN_TILT, Image.Resampling.BICUBIC, fillcolor=255)
    if target.suffix == ".png":
        sheet = sheet.quantize(SCAN_GRAYS)
    sheet.save(target, optimize=True, dpi=(SCAN_DPI, SCAN_DPI), quality=SCAN_QUALITY)


if __name__ == "__main__":
    main()
