"""`--fax` and `proof` at the command line."""

from __future__ import annotations

import stat
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import DAY
from documents import one_page
from PIL import Image

from priorauth import fax
from priorauth.cli.options import FolderError, UnwritableError, write_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done, Made

    Run = Callable[..., Done]
    Sample = Callable[[str], Path]

ON = ("--on", str(DAY))
FAXED = ("out.pdf", "out.fax.pdf", "out.fax.tif")


def there(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their names, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def letter(made: Callable[[str], Made], sample: Sample, tmp_path: Path) -> Path:
    """Return a letter as PDF, beside its case."""
    sample("open-questions")
    path = tmp_path / "out.pdf"
    path.write_bytes(made("open-questions").pdf)
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a PDF of one page."""
    path = tmp_path / "page.pdf"
    path.write_bytes(one_page())
    return path


# --- --fax ----------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("command", ["letter", "packet"])
def test_the_fax_stands_beside_the_pdf(
    command: str, run: Run, sample: Sample, brief: Path, tmp_path: Path
) -> None:
    """The PDF as without `--fax`, its fax twice, for the owner alone; each named at the end."""
    case = sample("bcbsma-iv-ketamine")
    how = ("--library", brief, *ON)
    assert run(command, case, "-o", "plain.pdf", *how).code == 0
    plain = (tmp_path / "plain.pdf").read_bytes()
    (tmp_path / "plain.pdf").unlink()
    done = run(command, case, "--fax", "-o", "out.pdf", *how)
    assert (done.code, done.err) == (0, "")
    made = fax.fax(plain)
    assert there(tmp_path) == dict(zip(FAXED, (plain, made.pdf, made.tiff), strict=True))
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in FAXED} == {0o600}
    assert [line.split("  ")[0] for line in done.out.splitlines()] == list(FAXED)
    assert "for the fax" in done.out


@pytest.mark.parametrize("name", FAXED)
@pytest.mark.parametrize("command", ["letter", "packet"])
def test_nothing_is_made_while_one_of_three_would_be_replaced(
    command: str, name: str, run: Run, tmp_path: Path
) -> None:
    """It says so before anything is read, and leaves what is there."""
    (tmp_path / name).write_bytes(b"kept")
    done = run(command, "no-such-case.yaml", "--fax", "-o", "out.pdf", *ON)
    assert done.err == f"{name} is there already. Add --force to replace it.\n"
    assert (done.code, there(tmp_path)) == (2, {name: b"kept"})


def test_all_three_are_replaced_with_force(
    run: Run, sample: Sample, brief: Path, tmp_path: Path
) -> None:
    """Also the last of them."""
    (tmp_path / FAXED[-1]).write_bytes(b"kept")
    case, how = sample("qualchoice-esketamine"), ("--library", brief, *ON)
    assert run("letter", case, "--fax", "--force", "-o", "out.pdf", *how).code == 0
    assert b"kept" not in there(tmp_path).values()


def test_a_name_without_pdf_keeps_all_of_itself(
    run: Run, sample: Sample, brief: Path, tmp_path: Path
) -> None:
    """`-o 2026.11` gives `2026.11.fax.pdf`, not `2026.fax.pdf`."""
    case = sample("qualchoice-esketamine")
    run("letter", case, "--fax", "-o", "2026.11", "--library", brief, *ON)
    assert sorted(there(tmp_path)) == ["2026.11", "2026.11.fax.pdf", "2026.11.fax.tif"]


@pytest.mark.parametrize("form", ["--html", "--docx"])
def test_a_fax_is_made_of_a_pdf_only(form: str, run: Run, tmp_path: Path) -> None:
    """With another form there is nothing to fax: it says what to leave out."""
    done = run("letter", "case.yaml", form, "--fax")
    assert done.code == 2
    assert "A fax is made of the PDF. Leave out --fax, or --html and --docx." in done.err
    assert there(tmp_path) == {}


# --- all or none ----------------------------------------------------------------------------------


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    """When the last cannot be written, the first is as it was, and nothing is left over."""
    first, last = tmp_path / "first", tmp_path / "no-folder" / "last"
    first.write_bytes(b"kept")
    (tmp_path / "no-folder").write_bytes(b"a file")
    with pytest.raises(UnwritableError):
        write_all({first: b"new", last: b"new"}, force=True)
    assert there(tmp_path) == {"first": b"kept", "no-folder": b"a file"}


@pytest.mark.parametrize("failing", [0, 1, 2])
@pytest.mark.parametrize("force", [True, False])
def test_files_are_put_in_place_all_or_none(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool
) -> None:
    """Whichever of them the machine refuses to move, what was there is there again."""
    paths = [tmp_path / name for name in ("a", "b", "c")]
    before = {path.name: b"kept" for path in paths if force}
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target == paths[failing] and path.suffix != ".old":
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UnwritableError, match="Input/output error"):
        write_all(dict.fromkeys(paths, b"new"), force=force)
    assert there(tmp_path) == before


def test_files_are_replaced_where_no_links_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a memory stick too."""

    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "a").write_bytes(b"old")
    write_all({tmp_path / "a": b"new", tmp_path / "b": b"new"}, force=True)
    assert there(tmp_path) == {"a": b"new", "b": b"new"}


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    """Even with `--force`: a folder is never replaced by a file."""
    (tmp_path / "b").mkdir()
    with pytest.raises(FolderError, match="b is a folder"):
        write_all({tmp_path / "a": b"new", tmp_path / "b": b"new"}, force=True)
    assert there(tmp_path) == {}


# --- proof ----------------------------------------------------------------------------------------


def test_a_proof_is_a_picture_a_page(letter: Path, run: Run, tmp_path: Path) -> None:
    """Numbered, for the owner alone; the names say nothing of the patient."""
    pages = fax.count(letter.read_bytes())
    done = run("proof", letter)
    assert (done.code, done.err) == (0, "")
    names = [f"page-{number:02}.png" for number in range(1, pages + 1)]
    assert done.out == f"proof  {pages} pages as a fax shows them: {names[0]} to {names[-1]}\n"
    assert sorted(there(tmp_path / "proof")) == names
    assert stat.S_IMODE((tmp_path / "proof").stat().st_mode) == 0o700
    for path in (tmp_path / "proof").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with Image.open(path) as picture:
            assert (picture.mode, picture.size) == ("1", (1728, 2156))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "open-questions",
        "out.pdf",
        "proof",
    ]


def test_a_proof_is_replaced_only_with_force(page: Path, run: Run, tmp_path: Path) -> None:
    """And then whole: no page of an older, longer proof stays behind."""
    folder = tmp_path / "shown"
    folder.mkdir()
    assert run("proof", page, "-o", "shown").code == 0
    (folder / "page-99.png").write_bytes(b"old")
    done = run("proof", page, "-o", "shown")
    assert (done.code, done.err) == (
        2,
        "shown is there already. Add --force to replace it.\n",
    )
    assert run("proof", page, "-o", "shown", "--force").code == 0
    assert "page-99.png" not in there(folder)


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_folder_with_other_files_is_left_alone(
    force: tuple[str, ...], page: Path, run: Run, tmp_path: Path
) -> None:
    """Even with `--force`: only pictures of pages are replaced."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    done = run("proof", page, "-o", "mine", *force)
    assert (done.code, done.err) == (2, "mine holds other files too. Name a new folder.\n")
    assert there(tmp_path / "mine") == {"notes.txt": b"mine"}


def test_a_file_in_the_way_is_named(page: Path, run: Run) -> None:
    """A proof is a folder."""
    done = run("proof", page, "-o", page, "--force")
    assert done.code == 2
    assert done.err == f"{page} is a file. Name a folder.\n"


def test_a_proof_of_something_else_is_refused(run: Run, tmp_path: Path) -> None:
    """The file is named, and nothing is left behind."""
    tiff = BytesIO()
    Image.new("1", (9, 9)).save(tiff, "TIFF")
    (tmp_path / "packet.fax.tif").write_bytes(tiff.getvalue())
    done = run("proof", "packet.fax.tif")
    assert done.code == 2
    assert done.err.startswith("packet.fax.tif: This is no PDF whose pages can be drawn.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["packet.fax.tif"]
