"""`new`, `sample` and `demo`: files to start from, never over somebody's own."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from conftest import NAMES

from priorauth import samples
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done, Made

    Run = Callable[..., Done]

SERVICES = tuple(service.id for service in services.services())
ON_FILE = Library.open().payer_ids
DEMO = ("esketamine", "iv-ketamine", "open-questions")


def content(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder, by its name."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# --- new ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("payer", [*ON_FILE, "A plan of the county"])
def test_new_writes_a_form_that_check_reads(service: str, payer: str, run: Run) -> None:
    """For each service and payer; the empty form is told line by line, with exit code 2."""
    done = run("new", service, payer)
    told = "" if payer in ON_FILE else "This payer is not on file: "
    assert (done.code, done.err[: len(told)]) == (0, told)
    assert bool(done.err) == bool(told)
    assert done.out == "case.yaml  Fill it in, then: priorauth check case.yaml\n"
    checked = run("check", "case.yaml")
    assert checked.code == 2
    lines = checked.err.strip().split("\n")
    assert len(lines) > 10
    assert all(line.startswith("case.yaml:") and ": error: " in line for line in lines)


def test_new_is_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    """A case holds patient data from its first line on."""
    assert run("new", "esketamine", "cigna", "-o", "a/b.yaml").code == 0
    assert stat.S_IMODE((tmp_path / "a" / "b.yaml").stat().st_mode) == 0o600


def test_new_refuses_what_is_there_already(run: Run, tmp_path: Path) -> None:
    """A case that somebody has filled in is not lost."""
    (tmp_path / "case.yaml").write_text("mine")
    done = run("new", "esketamine", "cigna")
    assert done.code == 2
    assert done.err == "case.yaml is there already. Add --force to replace it.\n"
    assert (tmp_path / "case.yaml").read_text() == "mine"
    assert run("new", "esketamine", "cigna", "--force").code == 0
    assert (tmp_path / "case.yaml").read_text("utf-8").startswith("# A request for esketamine")


@pytest.mark.parametrize(
    ("service", "payer", "words"),
    [
        ("esketamin", "cigna", "There is no service of that name."),
        ("esketamin", "cigna", "esketamine"),
        ("spravato", "cigna", "Did you mean esketamine?"),
        ("massage", "cigna", "esketamine, iv_ketamine, tms or ect"),
        ("esketamine", "cinga", "There is no payer of that name. Did you mean cigna?"),
        ("esketamine", "aetnna", "aetna"),
    ],
)
def test_new_suggests_the_nearest_name(
    service: str, payer: str, words: str, run: Run, tmp_path: Path
) -> None:
    """A slip in the service or the payer is told, and nothing is written."""
    done = run("new", service, payer)
    assert done.code == 2
    assert words in done.err
    assert content(tmp_path) == {}


@pytest.mark.parametrize("alias", ["Evernorth", "CIGNA", "Cigna Healthcare"])
def test_new_takes_a_payers_other_names(alias: str, run: Run, tmp_path: Path) -> None:
    """The file names the payer by its id."""
    assert run("new", "esketamine", alias).code == 0
    assert "payer: cigna" in (tmp_path / "case.yaml").read_text("utf-8")


# --- samples --------------------------------------------------------------------------------------


def test_samples_are_listed_with_what_they_show(run: Run) -> None:
    """One line each."""
    done = run("samples")
    assert (done.code, done.err) == (0, "")
    lines = done.out.strip().split("\n")
    assert tuple(line.split()[0] for line in lines) == NAMES
    assert all(len(line.split()) > 5 for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_sample_writes_the_case_with_its_exhibits(name: str, run: Run, tmp_path: Path) -> None:
    """The whole folder, which can be checked at once by the command that is shown."""
    done = run("sample", name, "-o", "mine")
    assert (done.code, done.err) == (0, "")
    assert content(tmp_path / "mine") == content(samples.find(name).folder)
    told = done.out.split("priorauth ", 1)[1].split()
    assert run(*told).code == (1 if name == "open-questions" else 0)


def test_sample_refuses_a_folder_with_such_files(run: Run, tmp_path: Path) -> None:
    """Nothing at all is written, when one of the files is there."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "therapy.pdf").write_text("mine")
    done = run("sample", "esketamine", "-o", "mine")
    assert done.code == 2
    assert done.err.startswith("mine")
    assert content(tmp_path) == {"mine/therapy.pdf": b"mine"}


@pytest.mark.parametrize(("written", "near"), [("esketamin", "esketamine"), ("zzz", "iv-ketamine")])
def test_sample_suggests_the_nearest_name(
    written: str, near: str, run: Run, tmp_path: Path
) -> None:
    """A slip in the name is told, and nothing is written."""
    done = run("sample", written, "-o", "mine")
    assert done.code == 2
    assert near in done.err
    assert content(tmp_path) == {}


# --- demo -----------------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_demo_makes_three_letters_again_only_when_told_to(
    run: Run, made: Callable[[str], Made], tmp_path: Path
) -> None:
    """Each in a folder of its own beside its case and exhibits; the third is a draft.

    --force replaces the demo's files by the same, and leaves a file of one's own where it is.
    """
    done = run("demo")
    assert (done.code, done.err) == (0, "")
    lines = done.out.strip().split("\n")
    assert [line.split()[0] for line in lines] == [f"demo/{name}/letter.pdf" for name in DEMO]
    assert ["draft only" in line for line in lines] == [False, False, True]
    for name in DEMO:
        folder = tmp_path / "demo" / name
        expected = {**content(samples.find(name).folder), "letter.pdf": made(name).pdf}
        assert content(folder) == expected
    (tmp_path / "demo" / "esketamine" / "my notes.txt").write_text("mine")
    before = content(tmp_path)
    again = run("demo")
    assert again.code == 2
    assert "--force" in again.err
    assert content(tmp_path) == before
    (tmp_path / "demo" / "iv-ketamine" / "letter.pdf").write_text("an older one")
    assert run("demo", "--force").code == 0
    assert content(tmp_path) == before


def test_demo_does_not_half_replace(run: Run, tmp_path: Path) -> None:
    """A file in the way of the third letter stops the demo before the first is written."""
    own = tmp_path / "demo" / "open-questions" / "case.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    assert run("demo").code == 2
    assert content(tmp_path) == {"demo/open-questions/case.yaml": b"mine"}
