"""`vars` and `preview`: what a template may use, and what it gives, at the command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import DAY, pages_of
from test_check_library import SMALL

from priorauth import preview
from priorauth.check import check_templates
from priorauth.library import Library, shipped
from priorauth.render import blocks_of, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done

    Run = Callable[..., Done]

ON = ("--on", str(DAY))


def test_vars_lists_every_variable(run: Run) -> None:
    """Kind by kind, the letter first."""
    done = run("vars")
    assert done.code == 0
    assert done.out.startswith("letter: One letter.\n  kind: text; request, exception,")
    assert "\nTreatmentRow: One line of the treatment history.\n" in done.out


def test_vars_explains_one_name(run: Run) -> None:
    """With type, meaning and an example, wherever it stands."""
    done = run("vars", "letter.patient")
    assert done.out.startswith(
        "letter.patient: text\n  patient's full name\n  such as: Dana Whitfield\n"
    )
    assert run("vars", "cites").out.count("list of Cite") == 7


def test_vars_explains_one_kind(run: Run) -> None:
    """All that a row of the treatment history has."""
    assert "  drug_class: text; class, type or protocol" in run("vars", "TreatmentRow").out


def test_vars_of_a_misspelt_name_says_what_comes_near(run: Run) -> None:
    """An administrator's slip is mended by the message."""
    done = run("vars", "patint")
    assert done.code == 2
    assert done.err.startswith("There is no variable of that name. Did you mean patient, ")
    done = run("vars", "zzzz")
    assert done.err.endswith("`priorauth vars` lists all names.\n")


def test_vars_prints_the_guide_of_the_template_folder(run: Run) -> None:
    """The folder's README ends with it."""
    guide = (shipped() / "templates" / "README.md").read_text("utf-8")
    assert guide.endswith(run("vars", "--markdown").out)


# --- a template of one's own ----------------------------------------------------------------------


@pytest.mark.no_cover
def test_a_new_template_changes_nothing_and_names_every_block(run: Run, tmp_path: Path) -> None:
    """It is right from the start, and each block can be taken out of its comment."""
    (tmp_path / "payers" / "acme").mkdir(parents=True)
    (tmp_path / "payers" / "acme" / "payer.yaml").write_text("name: Acme\n", "utf-8")
    library = Library.open(tmp_path)
    for document in ("letter", "cover", "addendum"):
        done = run("template", "new", "acme", document)
        path = Path("templates/acme") / f"{document}.html"
        assert (done.code, done.err) == (0, "")
        assert done.out == f"{path}  Change it, then: priorauth preview acme {document}\n"
        made = preview.letter(preview.sample("esketamine", "acme", DAY), library, DAY, document)
        usual = render(made, library.template_folders, "", f"{document}.html")
        assert render(made, library.template_folders, "acme", f"{document}.html") == usual
        text = (tmp_path / path).read_text("utf-8")
        opened = re.sub(r"(?m)^\{# (.*) #\}$", r"\1", text)
        blocks = blocks_of(library.template_folders, f"{document}.html")
        assert opened.count("{% block ") == len(blocks)
        (tmp_path / path).write_text(opened, "utf-8")
        again = render(made, library.template_folders, "acme", f"{document}.html")
        assert again.split() == usual.split()
    assert list(check_templates(library, DAY, ("esketamine",))) == []


def test_a_template_of_ones_own_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    """An administrator's work is safe."""
    run("template", "new", "cigna")
    done = run("template", "new", "cigna")
    assert done.code == 2
    assert done.err == (
        "templates/cigna/letter.html is there already. Change it there, or move it away to begin "
        "anew.\n"
    )
    assert (tmp_path / "templates" / "cigna" / "letter.html").is_file()


def test_template_show_prints_what_is_in_force(run: Run, tmp_path: Path) -> None:
    """One's own file before the shipped one; only files of the template folders."""
    shown = run("template", "show", "parts/tables.html").out
    assert shown == (shipped() / "templates" / "parts" / "tables.html").read_text("utf-8")
    (tmp_path / "templates" / "parts").mkdir(parents=True)
    (tmp_path / "templates" / "parts" / "tables.html").write_text("mine", "utf-8")
    assert run("template", "show", "parts/tables.html").out == "mine"
    (tmp_path / "secret.html").write_text("SECRET", "utf-8")
    for name in ("../secret.html", str(tmp_path / "secret.html"), "parts"):
        done = run("template", "show", name)
        assert (done.code, done.out) == (2, "")
        assert "SECRET" not in done.err


def test_a_misspelt_template_is_told_with_the_nearest(run: Run) -> None:
    """So is a payer."""
    assert "Did you mean letter.html" in run("template", "show", "leter.html").err
    assert "Did you mean cigna" in run("template", "new", "cigma").err


@pytest.mark.parametrize("name", ["payers", "templates"])
def test_the_manuals_travel_with_the_program(name: str, run: Run) -> None:
    """Whoever has only the program can read them."""
    done = run("manual", name)
    assert done.out == (shipped() / name / "README.md").read_text("utf-8")


# --- preview --------------------------------------------------------------------------------------


def own(folder: Path, body: str, *, small: bool = False) -> Path:
    """Write a payer of its own with a letter of its own, and return the letter's file.

    A `small` one changes a letter that is quick to print, not the shipped one.
    """
    (folder / "payers" / "acme").mkdir(parents=True)
    (folder / "payers" / "acme" / "payer.yaml").write_text("name: Acme\n", "utf-8")
    path = folder / "templates" / "acme" / "letter.html"
    path.parent.mkdir(parents=True)
    text = '{% extends "letter.html" %}{% block request %}<p>BODY</p>{% endblock %}'
    path.write_text(text.replace("BODY", body), "utf-8")
    if small:
        (folder / "templates" / "letter.html").write_text(SMALL, "utf-8")
    return path


def text_of(path: Path) -> str:
    """Return the words of a PDF."""
    return " ".join(" ".join(pages_of(path)).split())


def test_preview_shows_a_payer_s_own_letter(run: Run, tmp_path: Path) -> None:
    """With a sample case as one of that payer's."""
    own(tmp_path, "Dear Acme,")
    done = run("preview", "acme", *ON)
    assert (done.code, done.err) == (0, "")
    assert done.out == "preview.pdf  letter of acme with sample esketamine\n"
    assert "Dear Acme," in text_of(tmp_path / "preview.pdf")


def test_preview_tells_what_is_dropped_without_a_word(run: Run, tmp_path: Path) -> None:
    """A block that is misspelt prints nothing; a picture that is not there is named."""
    path = own(tmp_path, "Dear Acme,", small=True)
    right = path.read_text("utf-8")
    path.write_text(right.replace("block request", "block reqest"), "utf-8")
    done = run("preview", "acme", *ON)
    assert done.code == 0
    assert done.err.startswith(
        "templates/acme/letter.html:1: error: letter.html has no block reqest: nothing of this one "
        "is printed. Did you mean request?"
    )
    path.write_text(right.replace("Dear Acme,", "<img src='logo.png' alt='x'>"), "utf-8")
    done = run("preview", "acme", "--force", *ON)
    assert done.code == 2
    assert "in the template folders and not logo.png" in done.err


@pytest.mark.parametrize(
    ("payer", "name"),
    [
        ("cigna", "esketamine"),
        ("qualchoice", "qualchoice-esketamine"),
        ("aetna", "iv-ketamine"),
    ],
)
def test_preview_picks_the_sample_that_shows_the_payer_best(
    payer: str, name: str, library: Library
) -> None:
    """The payer's own sample, or one of a service that its policies speak of."""
    assert preview.sample_for(library, payer) == name


def test_preview_of_a_cover_counts_the_exhibits_pages(run: Run, tmp_path: Path) -> None:
    """As in the packet, with the letter's usual length."""
    done = run("preview", "qualchoice", "cover", "--sample", "esketamine", "-o", "c.pdf", *ON)
    assert done.out == "c.pdf  cover of qualchoice with sample esketamine\n"
    text = text_of(tmp_path / "c.pdf")
    assert "A Psychiatric evaluation and progress notes 8 to 14" in text


def test_preview_of_a_case_of_ones_own(run: Run, sample: Callable[[str], Path]) -> None:
    """The case as it stands, in the payer's clothes."""
    case = sample("bcbsma-iv-ketamine")
    done = run("preview", "cigna", "--case", case, *ON)
    assert done.out == "preview.pdf  letter of cigna\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("preview", "cigma"), "There is no payer of that name. Did you mean cigna"),
        (("preview", "cigna", "--sample", "x"), "There is no sample of that name."),
        (("preview", "cigna", "--sample", "x", "--case", "y"), "Name a sample or a case, not both"),
        (("preview", "cigna", "--case", "nosuch.yaml"), "nosuch.yaml: error: "),
    ],
)
def test_a_slip_in_a_preview_is_told(arguments: tuple[str, ...], said: str, run: Run) -> None:
    """Nothing is written."""
    done = run(*arguments, *ON)
    assert done.code == 2
    assert said in done.err


def test_an_existing_file_is_kept(run: Run, tmp_path: Path) -> None:
    """A preview takes no other file's place without --force."""
    (tmp_path / "preview.pdf").write_bytes(b"kept")
    assert run("preview", "cigna", *ON).code == 2
    assert (tmp_path / "preview.pdf").read_bytes() == b"kept"


@pytest.mark.no_cover
def test_watching_makes_it_again_at_every_save(tmp_path: Path) -> None:
    """A slip is told and the watch goes on; Ctrl-C ends it."""
    path = own(tmp_path, "first", small=True)
    # The suite may ignore Ctrl-C, and its children would inherit that.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{heeding}; import sys; from priorauth.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", start, "preview", "acme", "--watch", *ON]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "preview.pdf  letter of acme with sample esketamine\n"
        right = path.read_text("utf-8")
        path.write_text(right.replace("first", "{{ letter.patint }}"), "utf-8")
        assert "Did you mean patient?" in process.stdout.readline()
        path.write_text(right.replace("first", "second"), "utf-8")
        assert process.stdout.readline().startswith("preview.pdf  letter of acme")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert "second" in text_of(tmp_path / "preview.pdf")
