"""`payers`, `payer show` and `doctor`: what the library holds, and whether all is in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cases import policy, write
from cases import version as a_version

from priorauth.library import Library
from priorauth.payer import leaves

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]

SHIPPED = Library.open()  # each of its files is read once


def one_line(text: str) -> str:
    """Return the text with single blanks."""
    return " ".join(text.split())


def test_payers_lists_every_payer_with_its_policies(run: Run) -> None:
    """Name, services, stance, version and how surely it was read."""
    done = run("payers")
    assert (done.code, done.err) == (0, "")
    for payer in SHIPPED.payers():
        assert payer.payer is not None
        assert f"{payer.id:22} {payer.payer.name}" in done.out
        for file in payer.policies:
            assert f"{file.id}: " in done.out
    assert "iv_ketamine, experimental" in done.out


@pytest.mark.parametrize("name", SHIPPED.payer_ids)
def test_payer_show_tells_sources_and_criteria(name: str, run: Run) -> None:
    """Every version with its source and mark, every criterion in words, and what was not read."""
    done = run("payer", "show", name)
    assert (done.code, done.err) == (0, "")
    text = one_line(done.out)
    for file in SHIPPED.payer(name).policies:
        for version in file.policy.versions:
            assert version.id in text
            assert one_line(version.source.title) in text
            assert f"mark {version.source.mark}" in text
            for rule in leaves(version.criteria) if version.criteria else ():
                assert f"- {rule.id}: {one_line(rule.requirement)}" in text
            for line in version.not_read:
                assert one_line(line) in text


def test_payer_show_tells_how_criteria_are_grouped(run: Run, tmp_path: Path) -> None:
    """One of two is not both: a group says how many are needed, its parts stand deeper."""

    def rule(name: str) -> dict[str, str | int]:
        return {"id": name, "requirement": name.upper(), "kind": "age", "least": 1}

    parts = [rule("a"), {"any": [rule("b"), {"at_least": 2, "of": [rule("c"), rule("d")]}]}]
    renewal = {"criteria": {"id": "again", "requirement": "So it goes on", "all": [rule("e")]}}
    own = a_version(stance="covered", criteria={"all": parts}, renewal=renewal)
    write(tmp_path, "acme", payer={"name": "Acme"}, esk=policy(own))
    lines = run("payer", "show", "acme", "--library", tmp_path).out.splitlines()
    start = lines.index("    - All of the following")
    assert lines[start : start + 9] == [
        "    - All of the following",
        "        - a: A",
        "        - One of the following",
        "            - b: B",
        "            - At least 2 of the following",
        "                - c: C",
        "                - d: D",
        "    for a renewal",
        "    - again: All of the following (So it goes on)",
    ]


def test_payer_show_takes_other_names(run: Run) -> None:
    """A name or an alias in any capitals shows the same payer."""
    assert run("payer", "show", "EVERNORTH").out == run("payer", "show", "cigna").out


@pytest.mark.parametrize(
    ("written", "near"),
    [("cign", "cigna"), ("Aetna Inc", "aetna"), ("carefrist", "carefirst"), ("zzz", "qualchoice")],
)
def test_payer_show_suggests_the_nearest_name(written: str, near: str, run: Run) -> None:
    """A slip names the payers that look like it; a word like none names all."""
    done = run("payer", "show", written)
    assert done.code == 2
    assert done.err.startswith("There is no payer of that name. Did you mean ")
    assert near in done.err


def broken(folder: Path) -> None:
    """Write a library whose one policy has a mistake on its fourth line."""
    payer = folder / "own" / "payers" / "county"
    payer.mkdir(parents=True)
    (payer / "payer.yaml").write_text(json.dumps({"name": "County Plan"}), "utf-8")
    (payer / "p7.yaml").write_text("title: P7\nservices: [esketamine]\nversions: []\nnosuch: 1\n")


@pytest.mark.parametrize("command", [("payers",), ("payer", "show", "county")])
def test_a_broken_policy_is_told_and_hides_no_other(
    command: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    """The mistake is told with its file and line; the exit code is 2, all else is shown."""
    broken(tmp_path)
    done = run(*command, "--library", "own")
    assert done.code == 2
    assert "own/payers/county/p7.yaml:4: error: a key here is not known" in done.err
    assert "County Plan" in done.out
    if command == ("payers",):
        assert "Cigna Healthcare" in done.out


@pytest.mark.no_cover
def test_doctor_says_that_all_is_well(run: Run, tmp_path: Path) -> None:
    """Each part with its version; nothing is missing where the tests run.

    A folder of one's own lies over the shipped one, without fonts: they are still there.
    """
    (tmp_path / "templates").mkdir()
    done = run("doctor")
    assert done.code == 0
    lines = done.out.strip().split("\n")
    assert all(line.split()[0] in ("ok", "slow", "absent") for line in lines)
    assert "missing" not in done.out
    assert [line.split()[2] for line in lines if line.startswith("absent")] == [
        "texas-standard/nofr001"  # whose PDF is not ours to ship
    ]
    for part in ("Python", "weasyprint", "Pango", "NotoSerif-Regular.ttf", "library", "ICD-10-CM"):
        assert part in done.out


@pytest.mark.no_cover
def test_doctor_names_what_is_wrong_with_the_library(run: Run, tmp_path: Path) -> None:
    """A policy that cannot be used is named, and the exit code says so."""
    broken(tmp_path)
    done = run("doctor", "--library", "own")
    assert done.code == 2
    assert "own/payers/county/p7.yaml:4: error" in done.out
