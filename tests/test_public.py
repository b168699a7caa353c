"""What programs may import: every public name is there, has its meaning, and loads only in need."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import priorauth
from priorauth import samples

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("pydantic", "weasyprint", "jinja2", "yaml")


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return which of the heavy packages a fresh process has loaded after running the code."""
    ending = f"print('LOADED', *[name for name in {HEAVY} if name in sys.modules])"
    program = f"import sys, atexit\natexit.register(lambda: {ending})\n{code}"
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert "Traceback" not in done.stderr
    return set(done.stdout.split("LOADED")[1].split())


@pytest.mark.parametrize("name", priorauth.__all__)
def test_every_public_name_is_there_with_its_meaning(name: str) -> None:
    """It can be imported from the package, and its docstring is a sentence."""
    found: Any = getattr(priorauth, name)
    assert found is not None
    about = inspect.getdoc(found)
    assert about
    assert about.split("\n")[0].endswith(".")


def test_the_public_names_are_in_order_and_complete() -> None:
    """Sorted, each once, and each brought in from its home."""
    assert sorted(priorauth.__all__) == list(priorauth.__all__)
    assert set(priorauth.__all__) == set(priorauth._HOMES)  # noqa: SLF001 - where names come from


def test_the_docstring_names_the_functions_that_are_there() -> None:
    """What the package says of itself can be imported."""
    about = inspect.getdoc(priorauth) or ""
    named = set(re.findall(r"`(\w+)`", about)) - {"pipeline"}
    assert named
    assert named <= set(priorauth.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As for any other package."""
    with pytest.raises(AttributeError, match="nosuch"):
        _ = priorauth.nosuch
    with pytest.raises(ImportError):
        importlib.import_module("priorauth.nosuch")


def test_the_types_are_shipped() -> None:
    """A type checker may rely on the annotations."""
    assert (samples.find("esketamine").folder.parent.parent / "py.typed").is_file()


def test_the_steps_as_a_program_takes_them() -> None:
    """From a file to the letter with public names alone."""
    day = date(2026, 11, 22)
    library = priorauth.Library.open()
    read = priorauth.read_case(samples.find("esketamine").path, day)
    assert read.case is not None
    verdict = priorauth.weigh_case(read.case, library, day)
    assert verdict.overall is priorauth.Answer.MET
    assert isinstance(verdict.finding, priorauth.Finding)
    letter = priorauth.compose(verdict)
    assert isinstance(letter, priorauth.Letter)
    assert letter.title in priorauth.letter_html(verdict, library)


@pytest.mark.parametrize("code", ["import priorauth", "import priorauth; priorauth.__version__"])
def test_importing_the_package_loads_nothing_heavy(code: str) -> None:
    """The version can be asked for without waiting."""
    assert loaded_by(code) == set()


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("zzz",)])
def test_the_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    """`priorauth --help` answers at once."""
    assert loaded_by("from priorauth.cli import main\nmain()", *arguments) == set()


@pytest.mark.parametrize(
    "arguments", [("check", "CASE", "--on", "2026-11-22"), ("payers",), ("samples",)]
)
def test_what_makes_no_pdf_loads_no_layout_engine(arguments: tuple[str, ...]) -> None:
    """Checking a case does not wait for WeasyPrint."""
    case = str(samples.find("esketamine").path)
    words = [word.replace("CASE", case) for word in arguments]
    assert "weasyprint" not in loaded_by("from priorauth.cli import main\nmain()", *words)


def test_html_needs_no_layout_engine(tmp_path: Path) -> None:
    """The letter as HTML is made without WeasyPrint too."""
    case = str(samples.find("esketamine").path)
    words = ["letter", case, "--html", "-o", str(tmp_path / "x.html"), "--on", "2026-11-22"]
    assert "weasyprint" not in loaded_by("from priorauth.cli import main\nmain()", *words)
