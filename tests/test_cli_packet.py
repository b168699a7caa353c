"""`packet`, `manifest` and `verify` at the command line."""

from __future__ import annotations

import json
import re
import stat
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from conftest import DAY

from priorauth.library import shipped
from priorauth.packet import manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.packet import Packet

    Run = Callable[..., Done]
    Sample = Callable[[str], Path]

ON = ("--on", str(DAY))


def swap(path: Path, old: str, new: str) -> None:
    """Write `new` for `old` in a file; fails when it is not there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# --- packet ---------------------------------------------------------------------------------------


def test_a_packet_is_written_whole_for_its_owner_alone(
    run: Run, sample: Sample, bound: Callable[[str], Packet]
) -> None:
    """One PDF, readable by nobody else; the last line says how much is in it."""
    case = sample("esketamine")
    done = run("packet", case, "-o", "out.pdf", *ON)
    assert done.err == ""
    assert done.code == 0
    assert done.out.startswith("out.pdf  20 pages, 5 exhibits; ready: request for prior auth")
    path = case.parent.parent / "out.pdf"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(pikepdf.open(path).pages) == 20
    assert path.read_bytes() == bound("esketamine").pdf
    assert "Cited by no criterion and no fact: 1 enclosed page (A 6)." in done.out


def test_an_existing_packet_is_replaced_only_with_force(
    run: Run, sample: Sample, brief: Path
) -> None:
    """What is there stays, byte for byte."""
    case = sample("esketamine")
    target = case.parent.parent / "packet.pdf"
    target.write_bytes(b"kept")
    done = run("packet", case, *ON)
    assert (done.code, target.read_bytes()) == (2, b"kept")
    assert done.err == "packet.pdf is there already. Add --force to replace it.\n"
    assert run("packet", case, "--force", "--library", brief, *ON).code == 0
    assert target.read_bytes().startswith(b"%PDF")


def test_an_exhibit_that_is_missing_stops_the_packet(run: Run, sample: Sample) -> None:
    """It is named, nothing is written, and what was there stays as it was."""
    case = sample("esketamine")
    (case.parent / "therapy.pdf").unlink()
    target = case.parent.parent / "packet.pdf"
    target.write_bytes(b"kept")
    done = run("packet", case, "--force", *ON)
    assert (done.code, target.read_bytes()) == (2, b"kept")
    assert "exhibits.2.file: the exhibit's file is not there" in done.err
    assert sorted(path.name for path in target.parent.iterdir()) == ["esketamine", "packet.pdf"]


def test_an_exhibit_that_is_damaged_stops_the_packet(run: Run, sample: Sample) -> None:
    """Half a document is no document."""
    case = sample("esketamine")
    (case.parent / "therapy.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    done = run("packet", case, *ON)
    assert done.code == 2
    assert "exhibit C (therapy)" in done.err
    assert not (case.parent.parent / "packet.pdf").exists()


def test_open_questions_stop_the_packet_until_a_draft_is_asked_for(
    run: Run, sample: Sample
) -> None:
    """As with a letter: the questions are listed, and `--draft` makes a draft."""
    case = sample("open-questions")
    done = run("packet", case, *ON)
    assert done.code == 1
    assert "No packet was written: questions are open. `--draft` makes a draft." in done.err


@pytest.mark.parametrize("command", ["letter", "packet"])
def test_a_page_that_the_exhibit_does_not_have_is_told(
    command: str, run: Run, sample: Sample
) -> None:
    """Neither a letter nor a packet cites a page that is not there."""
    case = sample("esketamine")
    swap(case, "evidence: {exhibit: therapy, page: 1}", "evidence: {exhibit: therapy, page: 4}")
    done = run(command, case, *ON)
    assert done.code == 2
    assert re.search(r"case\.yaml:\d+: error: treatments\.4\.evidence\S*: .*1 page", done.err)
    assert not list(case.parent.parent.glob("*.pdf"))


# --- manifest -------------------------------------------------------------------------------------


@pytest.fixture
def made(sample: Sample, bound: Callable[[str], Packet]) -> tuple[Path, Path]:
    """Return a packet, with the bytes that the command writes, and its case."""
    case = sample("esketamine")
    path = case.parent.parent / "packet.pdf"
    path.write_bytes(bound("esketamine").pdf)
    return path, case


def test_the_manifest_says_what_the_packet_was_made_from(made: tuple[Path, Path], run: Run) -> None:
    """Versions, policy, hashes, spans and findings, as JSON."""
    packet, case = made
    done = run("manifest", packet)
    assert done.code == 0
    data = json.loads(done.out)
    assert (data["payer"], data["policy"], data["version"]) == (
        "cigna",
        "esketamine",
        "monotherapy",
    )
    assert data["case"] == manifest.digest(case.read_bytes())
    notes = next(part for part in data["parts"] if part["letter"] == "A")
    assert notes["sha256"] == manifest.digest((case.parent / "notes.pdf").read_bytes())
    assert (notes["first"], notes["last"]) == (8, 14)
    assert {"letter.html", "cover.html", "print.css"} <= {one["name"] for one in data["templates"]}
    assert all(found["finding"] == "met" for found in data["findings"])
    assert any(found["packet_pages"] for found in data["findings"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a PDF that can be read"),
        (b"hello", "is not a PDF that can be read"),
    ],
)
def test_a_file_that_is_no_packet_is_named(content: bytes, said: str, run: Run) -> None:
    """The message says what to name instead."""
    from pathlib import Path  # noqa: PLC0415

    Path("x.pdf").write_bytes(content)
    done = run("manifest", "x.pdf")
    assert done.code == 2
    assert done.err == (
        f"x.pdf: {said}. Name a packet that `priorauth packet` made, as it was written.\n"
    )


def test_a_pdf_without_a_manifest_is_named(run: Run, sample: Sample) -> None:
    """A letter is no packet."""
    done = run("manifest", sample("esketamine").parent / "notes.pdf")
    assert done.code == 2
    assert "notes.pdf: holds no manifest." in done.err


def test_a_manifest_of_another_form_is_named(made: tuple[Path, Path], run: Run) -> None:
    """A later version of the program may write other keys."""
    packet, _ = made
    with pikepdf.open(packet, allow_overwriting_input=True) as opened:
        opened.attachments[manifest.FILE].get_file()
        spec = pikepdf.AttachedFileSpec(opened, b'{"form": 2}', filename=manifest.FILE)
        opened.attachments[manifest.FILE] = spec
        opened.save()
    done = run("manifest", packet)
    assert done.code == 2
    assert "holds a manifest of another version of priorauth" in done.err


# --- verify ---------------------------------------------------------------------------------------


def test_a_packet_matches_its_case(made: tuple[Path, Path], run: Run) -> None:
    """On any later day: the packet's own day is what counts."""
    done = run("verify", *made)
    assert (done.code, done.err) == (0, "")
    assert done.out == "The packet matches: the same inputs give the same bytes.\n"


def test_a_change_of_the_case_is_named(made: tuple[Path, Path], run: Run) -> None:
    """Even one that changes no page."""
    packet, case = made
    case.write_text(case.read_text("utf-8") + "# a word\n", "utf-8")
    done = run("verify", packet, case)
    assert done.code == 1
    assert "the case file is not as it was when the packet was made" in done.err
    assert done.out == "The packet does not match.\n"


def test_a_change_of_an_exhibit_is_named(made: tuple[Path, Path], run: Run) -> None:
    """By its letter."""
    packet, case = made
    path = case.parent / "scales.pdf"
    path.write_bytes(path.read_bytes() + b"\n% more\n")
    done = run("verify", packet, case)
    assert done.code == 1
    assert "exhibit B: its file has changed. Make the packet again." in done.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("file: rems.pdf}", "file: rems.pdf, pages: '1'}", "the case file is not as it was"),
        (
            "  - {id: therapy, title",
            "  - {id: more, title: More, kind: other, file: rems.pdf}\n  - {id: therapy, title",
            "exhibit F of the case is not in the packet",
        ),
    ],
)
def test_a_change_of_what_is_enclosed_is_named(
    old: str, new: str, said: str, made: tuple[Path, Path], run: Run
) -> None:
    """An exhibit that came, went or has other pages."""
    packet, case = made
    swap(case, old, new)
    done = run("verify", packet, case)
    assert done.code == 1
    assert said in done.err


def test_a_change_of_policy_or_template_is_named(
    made: tuple[Path, Path], run: Run, tmp_path: Path
) -> None:
    """An administrator's own files count as soon as they lie over the shipped ones."""
    packet, case = made
    own = tmp_path / "own"
    (own / "templates").mkdir(parents=True)
    letter = (shipped() / "templates" / "letter.html").read_text("utf-8")
    (own / "templates" / "letter.html").write_text(letter + "\n<!-- -->\n", "utf-8")
    policy = own / "payers" / "cigna" / "esketamine.yaml"
    policy.parent.mkdir(parents=True)
    shipped_policy = shipped() / "payers" / "cigna" / "esketamine.yaml"
    policy.write_text(shipped_policy.read_text("utf-8") + "# a word\n", "utf-8")
    done = run("verify", packet, case, "--library", own)
    assert done.code == 1
    assert "templates/letter.html: warning: this file has changed. Make the packet again." in (
        done.err
    )
    assert "payers/cigna/esketamine.yaml: warning: this file has changed." in done.err


def test_a_packet_that_was_changed_afterwards_is_found(
    run: Run, sample: Sample, brief: Path
) -> None:
    """Its inputs are as they were, and its bytes are not."""
    case = sample("esketamine")
    packet = case.parent.parent / "packet.pdf"
    assert run("packet", case, "--library", brief, *ON).code == 0
    with pikepdf.open(packet, allow_overwriting_input=True) as opened:
        del opened.pages[-1]
        opened.save()
    done = run("verify", packet, case, "--library", brief)
    assert done.code == 1
    assert "it was changed after it was made" in done.err


def test_another_version_of_the_software_is_named(
    made: tuple[Path, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes can differ then: staff are told why."""
    packet, case = made
    monkeypatch.setattr(manifest, "versions", lambda: {"weasyprint": "71.0"})
    done = run("verify", packet, case)
    assert done.code == 1
    assert "it was made with weasyprint 70.0, and 71.0 is here" in done.err


def test_the_packet_lists_only_the_manifest_as_attachment(made: tuple[Path, Path]) -> None:
    """Nothing else travels hidden in the file."""
    packet, _ = made
    with pikepdf.open(BytesIO(packet.read_bytes())) as opened:
        assert list(opened.attachments) == [manifest.FILE]
