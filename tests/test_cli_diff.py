"""`diff` at the command line: what an administrator reads before publishing."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import pages_of
from test_check_library import SMALL, small_templates
from test_compare import EXAMPLES, POLICY, git, needs_git, side

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]

STRICTER = POLICY.replace("18}", "60}").replace("18 or", "60 or")
SAME = "No difference: the same data, the same findings, the same documents.\n"


def two(folder: Path, old: str, new: str) -> None:
    """Write two libraries whose one policy differs."""
    for name, text in (("old", old), ("new", new)):
        side(folder / name, **{"p7": text, "p7.examples": EXAMPLES})


def test_libraries_that_say_the_same_have_exit_code_0(run: Run, tmp_path: Path) -> None:
    """A comment more is named, and is no difference."""
    two(tmp_path, POLICY, f"# A word.\n{POLICY}")
    done = run("diff", "old", "new", "--pdf", "d.pdf")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Old: old\nNew: new\n\n{SAME}")
    assert "  comments  payers/acme/p7.yaml\n" in done.out
    assert not (tmp_path / "d.pdf").exists()


@pytest.mark.no_cover
def test_a_difference_is_told_in_short_then_in_full(run: Run, tmp_path: Path) -> None:
    """Files with their fields, findings, documents with both texts; and pages side by side."""
    two(tmp_path, POLICY, STRICTER)
    done = run("diff", "old", "new", "--pdf", "d.pdf")
    assert (done.code, done.err) == (1, "")
    short, files, findings, documents = done.out.split("\n\n")[1:]
    assert short.split("\n")[2].split()[:7] == ["acme", "p7", *"121", "of", "2"]
    assert "            versions.first.criteria.all.age.least: 18 -> 60" in files
    assert '    example "A woman of 42.", 2026-11-22\n' in findings
    assert "      age             met -> not met" in findings
    assert "        - 1 | The patient is 18 or older | not met |" in documents
    assert "        + 1 | The patient is 60 or older | not met |" in documents
    pages = pages_of(tmp_path / "d.pdf")
    assert "What changed" in pages[0]
    assert '1. acme p7, example "A girl of 16.", 2026-11-22' in pages[1]
    assert "Old, page 4 of 5" in pages[1]
    assert "New, page 4 of 5" in pages[1]


def test_json_holds_everything(run: Run, tmp_path: Path) -> None:
    """Files, findings, documents and problems, for programs; nothing else on that stream."""
    two(tmp_path, POLICY, f"{STRICTER}nosuch: 1\n")
    letter = SMALL.replace("<p>", "<h1>{{ letter.title }}</h1><p style='break-before: page'>")
    for name in ("old", "new"):
        small_templates(tmp_path / name, letter=letter)  # two pages, quick to print
    done = run("diff", "old", "new", "--json")
    found = json.loads(done.out)
    assert done.code == 2
    assert (found["old"], found["new"], found["differs"]) == ("old", "new", True)
    assert [one["path"] for one in found["files"]] == ["payers/acme/p7.yaml"]
    assert found["findings"][0]["case"] == 'example "A girl of 16."'
    assert {"what": "version", "old": "first", "new": None} in found["findings"][0]["differences"]
    assert found["documents"][0]["pages"]["old"] > 1
    assert found["problems"][0]["file"] == "new/payers/acme/p7.yaml"


@needs_git
def test_what_stands_here_is_compared_with_a_revision(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one before, by its name alone; a broken file of that time is named by it."""
    here = tmp_path / "own"
    side(here, p7="nosuch: 1\n")
    git(here, "init", "-q")
    git(here, "add", ".")
    git(here, "commit", "-qm", "first")
    shutil.copytree(here, tmp_path / "copy")
    monkeypatch.chdir(here)
    assert run("diff", "HEAD").out == f"Old: HEAD\nNew: {here}\n\n{SAME}"
    side(here, p7="nosuch: 2\n")
    done = run("diff", "HEAD")
    assert done.code == 2
    assert "HEAD:payers/acme/p7.yaml:1: error: " in done.err
    assert "\npayers/acme/p7.yaml:1: error: " in done.err
    assert "  changed   payers/acme/p7.yaml\n            nosuch: 1 -> 2\n" in f"{done.out}\n"
    assert "Documents" not in done.out
    monkeypatch.chdir(tmp_path)
    assert run("diff", "HEAD", "copy", "--library", "own").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nosuch", "own"), "nosuch is no folder here, and "),
        (("own", "empty"), "empty holds neither payers/ nor templates/."),
        (("own",), "holds neither payers/ nor templates/."),
        (("own", "own", "--pdf", "kept.pdf"), "kept.pdf is there already."),
    ],
)
def test_what_cannot_be_compared_is_told(
    arguments: tuple[str, ...],
    said: str,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With what to name instead; nothing is written."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    side(tmp_path / "own")
    (tmp_path / "empty").mkdir()
    (tmp_path / "kept.pdf").write_bytes(b"kept")
    done = run("diff", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert (tmp_path / "kept.pdf").read_bytes() == b"kept"
