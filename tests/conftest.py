"""What the tests of letters share: samples' letters, made once a session, and ways to read them."""

from __future__ import annotations

import copy
import difflib
import gc
import re
import subprocess
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import tracing

from priorauth import intake, pipeline, samples
from priorauth.cli import main
from priorauth.criteria import weigh_case
from priorauth.datafile import Datafile
from priorauth.letter import compose
from priorauth.library import Library
from priorauth.pdf import Printer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.packet import Packet

DAY = date(2026, 11, 22)  # the day of all samples
NAMES = samples.names()
READY = tuple(name for name in NAMES if name != "open-questions")
GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write the golden texts anew instead of comparing with them; then read `git diff`.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let coverage, if it is on, hear of our own lines alone."""
    if config.pluginmanager.hasplugin("_cov"):
        tracing.rest_while_drawing()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let coverage rest in properties: their many examples run the same lines again and again."""
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among what stays: a tenth of the time of a letter."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)  # as a command does


# --- cases ----------------------------------------------------------------------------------------


def raw_case(name: str) -> Any:  # noqa: ANN401 - a case file's values as read
    """Return a copy of a sample's values that a test may change."""
    return copy.deepcopy(samples.read(name).value)


def case_of(raw: Any) -> Case:  # noqa: ANN401 - a case file's values
    """Return the case that the values make; fails with what is wrong with them."""
    read = intake.understand(Datafile("case.yaml", raw), DAY)
    assert read.case is not None, "\n".join(map(str, read.problems))
    return read.case


def without(value: Any, key: str) -> Any:  # noqa: ANN401 - any part of a case file
    """Return a copy of the values with every entry of that key left out, at any depth."""
    if isinstance(value, dict):
        return {name: without(item, key) for name, item in value.items() if name != key}
    if isinstance(value, list):
        return [without(item, key) for item in value]
    return value


def bare_case(name: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a sample's values without exhibits and without all that cites them."""
    return without(without(raw_case(name), "evidence"), "exhibits")


# --- letters --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A letter as it leaves the program, with every step on the way; printed when that is asked."""

    name: str
    verdict: Verdict
    letter: Letter
    html: str
    printer: Printer
    place: Path

    @cached_property
    def pdf(self) -> bytes:
        """Return the letter as PDF."""
        return self.printer.pdf(self.html, DAY)

    @cached_property
    def path(self) -> Path:
        """Return the file that holds the PDF."""
        self.place.write_bytes(self.pdf)
        return self.place

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Return the text of each page as laid out."""
        return pages_of(self.path)

    @cached_property
    def words(self) -> list[list[Word]]:
        """Return the words of each page with their places."""
        return words_on_pages(self.path)

    @cached_property
    def text(self) -> str:
        """Return the words of the letter in their order, one blank between them."""
        return words_of(self.html)


Maker = "Callable[[Any], Made]"


@pytest.fixture(scope="session")
def library() -> Library:
    """Return the shipped library."""
    return Library.open()


@pytest.fixture(scope="session")
def printer(library: Library) -> Printer:
    """Return a printer of the shipped library."""
    return Printer(library.template_folders)


@pytest.fixture(scope="session")
def verdict_of(library: Library) -> Callable[[Any], Verdict]:
    """Return a function that weighs a case file's values, or a sample by its name: that once."""

    @cache
    def of_sample(name: str) -> Verdict:
        return weigh_case(case_of(raw_case(name)), library, DAY)

    def weigh(found: Any) -> Verdict:  # noqa: ANN401 - a case file's values, or a name
        return (
            of_sample(found) if isinstance(found, str) else weigh_case(case_of(found), library, DAY)
        )

    return weigh


@pytest.fixture(scope="session")
def html_of(verdict_of: Callable[[Any], Verdict], library: Library) -> Callable[[Any], str]:
    """Return a function that gives the letter's HTML of a case file's values."""
    return lambda found: pipeline.html(verdict_of(found), library)


@pytest.fixture(scope="session")
def make(
    verdict_of: Callable[[Any], Verdict],
    library: Library,
    printer: Printer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Any], Made]:
    """Return a function that makes the letter of a case file's values."""
    folder = tmp_path_factory.mktemp("letters")
    numbers = count(1)

    def make_(found: Any) -> Made:  # noqa: ANN401 - a case file's values, or a sample's name
        verdict = verdict_of(found)
        name = found if isinstance(found, str) else f"letter{next(numbers)}"
        html = pipeline.html(verdict, library)
        return Made(name, verdict, compose(verdict), html, printer, folder / f"{name}.pdf")

    return make_


@pytest.fixture(scope="session")
def made(make: Callable[[Any], Made]) -> Callable[[str], Made]:
    """Return a function that gives a sample's letter, made once a session."""
    known: dict[str, Made] = {}

    def made_(name: str) -> Made:
        if name not in known:
            known[name] = make(name)
        return known[name]

    return made_


# --- packets --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def bound(library: Library, printer: Printer) -> Callable[[str], Packet]:
    """Return a function that gives a sample's packet, made once a session; a draft if it must."""

    @cache
    def bound_(name: str) -> Packet:
        path = samples.find(name).path
        verdict = pipeline.weigh(path, library, DAY).verdict
        assert verdict is not None
        return pipeline.packet(path, verdict, library, printer).packet

    return bound_


@pytest.fixture(scope="session")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a library of one's own whose letter is a line: for what no letter has a part in.

    With it a packet takes a third of the time, and a letter a tenth.
    """
    folder = tmp_path_factory.mktemp("brief")
    write_letter(folder, "<p>To whom it may concern.</p>")
    return folder


def write_letter(own: Path, body: str) -> None:
    """Put a letter of this body into a library of one's own."""
    (own / "templates").mkdir(parents=True)
    page = f'<html lang="en"><head><title>x</title></head><body>{body}</body></html>'
    (own / "templates" / "letter.html").write_text(f"<!DOCTYPE html>{page}", "utf-8")


# --- the command line -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """A command that has run."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """Return a function that runs a command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def run_(*arguments: str | Path) -> Done:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in out + err
        return Done(ended.value.code, out, err)

    return run_


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that puts a sample with its exhibits into a folder; it gives the case."""
    return lambda name: samples.find(name).copy_to(tmp_path / name)


@pytest.fixture
def nothing_heard_of_garbage() -> Iterator[None]:
    """Keep test tools from listening to the collector: a bound that rings there would be lost."""
    kept = gc.callbacks[:]
    gc.callbacks.clear()
    yield
    gc.callbacks[:] = kept


# --- charts ---------------------------------------------------------------------------------------

INPUTS = Path(__file__).parents[2] / "shared" / "inputs"
CHARTS = Path(__file__).parent / "charts"


@pytest.fixture
def inputs() -> Path:
    """Return the folder of real records, which are read where they stand."""
    if not INPUTS.is_dir():
        pytest.skip("the folder of real records is not beside this checkout")
    return INPUTS


# --- reading HTML ---------------------------------------------------------------------------------

_BLOCKS = frozenset(("body", "div", "figcaption", "figure", "h1", "h2", "h3", "head", "html", "li"))
_BLOCKS |= {"ol", "p", "svg", "table", "tbody", "text", "thead", "title", "tr", "ul"}
_MARKS = {"h1": "# ", "h2": "## ", "h3": "### ", "li": "- "}


class _Text(HTMLParser):
    """Collects the text of a page, a block a line, the cells of a row beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._mark = ""
        self._cells = 0
        self._spans: list[bool] = []  # of the spans that are open: whether it is a line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.lines.append("")
            self._mark = _MARKS.get(tag, self._mark if tag == "p" else "")
        if tag == "tr":
            self._cells = 0
        elif tag in ("td", "th"):
            self._cells += 1
            self.lines[-1] += " | " if self._cells > 1 else ""
        elif tag == "span":
            self._spans.append(dict(attrs).get("class") == "line")
            self.lines[-1] += " / " if self._spans[-1] else ""
        elif tag == "br":
            self.lines[-1] += " / "

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.lines.append("")
        elif tag == "span" and self._spans.pop():
            self.lines[-1] += " / "

    def handle_data(self, data: str) -> None:
        if data.strip() and self._mark:
            self.lines[-1] += self._mark
            self._mark = ""
        self.lines[-1] += re.sub(r"\s+", " ", data)


def lines_of(html: str) -> list[str]:
    """Return the text of an HTML page, a line a paragraph, heading, list item or table row."""
    reader = _Text()
    reader.feed(html)
    return [tidy for line in reader.lines if (tidy := _tidy(line)).strip("| ")]


def _tidy(line: str) -> str:
    cells = (re.sub(r"(\s*/ )+", " / ", cell).strip(" /") for cell in line.split(" | "))
    return re.sub(r"\s+", " ", " | ".join(cells)).strip()


class _Pieces(HTMLParser):
    """Collects the pieces of text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words_of(html: str) -> str:
    """Return the words of an HTML page in their order, one blank between them."""
    reader = _Pieces()
    reader.feed(re.sub(r"<(/?(?:td|th|tr|p|li|br|h\d|span|text|title)\b)", r" <\1", html))
    return " ".join("".join(reader.found).split())


def criteria_in(html: str) -> list[str]:
    """Return the rows of the table of criteria, each beginning with its number."""
    return [line for line in lines_of(html) if re.match(r"\d+[a-z]* \| ", line)]


def treatments_in(html: str) -> list[str]:
    """Return the rows of the treatment history, each beginning with its name."""
    table = re.search(r'(?s)<table class="treatments">.*?</table>', html)
    lines = lines_of(table[0]) if table else []
    return [line for line in lines[1:] if " | " in line]


def enclosed_in(html: str) -> list[str]:
    """Return the entries of the list of enclosures."""
    return [line[2:] for line in lines_of(html) if line.startswith("- Exhibit ")]


# --- reading PDF ----------------------------------------------------------------------------------


def pages_of(path: Path, how: str = "-layout") -> tuple[str, ...]:
    """Return the text of each page of a PDF."""
    command = ["pdftotext", how, str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return tuple(text.split("\f")[:-1])


@dataclass(frozen=True)
class Word:
    """A word with its place on a page, in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return the middle of the word."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class _Boxes(HTMLParser):
    """Collects the words of `pdftotext -bbox`, page by page."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[list[Word]] = []
        self._box: tuple[float, float, float, float] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "page":
            self.pages.append([])
        elif tag == "word":
            at = {name: float(value or 0) for name, value in attrs}
            self._box = at["xmin"], at["ymin"], at["xmax"], at["ymax"]

    def handle_data(self, data: str) -> None:
        if self._box and data.strip():
            self.pages[-1].append(Word(data, *self._box))
            self._box = None


def words_on_pages(path: Path) -> list[list[Word]]:
    """Return the words of each page of a PDF with their places."""
    command = ["pdftotext", "-bbox", str(path), "-"]
    reader = _Boxes()
    reader.feed(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)
    return reader.pages


def rows_on(page: list[Word]) -> Iterator[str]:
    """Yield the lines of a page from the top, the words of each from the left."""
    rows: list[list[Word]] = []
    for word in sorted(page, key=lambda word: (word.middle[1], word.left)):
        if rows and abs(rows[-1][0].middle[1] - word.middle[1]) < 4:
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        yield " ".join(word.text for word in sorted(row, key=lambda word: word.left))


# --- golden texts ---------------------------------------------------------------------------------


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that compares a text with the one kept under `tests/golden/`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
            return
        kept = path.read_text("utf-8") if path.exists() else ""
        if kept != text:
            lines = difflib.unified_diff(
                kept.splitlines(), text.splitlines(), f"golden/{name}", "now", lineterm="", n=1
            )
            pytest.fail(
                "\n".join(lines) + "\nIf that is right: pytest --update-golden, then git diff.",
                pytrace=False,
            )

    return compare
