"""A payer and a policy to fill in are right from the start, and right when uncommented."""

from __future__ import annotations

import os
import re
import stat
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml
from pydantic import TypeAdapter

from priorauth import samples, skeleton
from priorauth.check import check_payers
from priorauth.library import Library, shipped
from priorauth.payer import AnyCriterion, Part, Policy, leaves
from priorauth.problems import Severity
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]

DAY = date(2026, 11, 24)
GUIDE = shipped() / "payers" / "README.md"
FIRST, LAST = "### `age`", "<!-- end of the kinds -->"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Health Plan", "acme"),
        ("The Health Plan", "the-health-plan"),
        ("Blue Cross Blue Shield of Kansas, Inc.", "blue-cross-blue-shield-of-kansas"),
        ("Medical Mutual", "medical-mutual"),
    ],
)
def test_a_name_makes_a_short_id(name: str, expected: str) -> None:
    """Words that most payers share are left out, unless nothing else is left."""
    assert skeleton.payer_id_of(name) == expected


def criterion(kind: str) -> Any:  # noqa: ANN401 - a criterion's values
    """Return the example of a kind as read."""
    (found,) = yaml.safe_load(skeleton.KINDS[kind])
    return found


def test_every_kind_has_an_example_of_its_own_kind() -> None:
    """The guide and the files to fill in leave none out."""
    kinds = {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(AnyCriterion)}
    assert set(skeleton.KINDS) == kinds
    for kind in kinds:
        (found,) = leaves(TypeAdapter(Part).validate_python(criterion(kind)))
        assert found.kind == kind


def test_every_choice_of_a_kind_is_shown() -> None:
    """Each key that a criterion can have stands in its example, some of them as comments."""
    for one in get_args(AnyCriterion):
        kind = get_args(one.model_fields["kind"].annotation)[0]
        text = skeleton.KINDS[kind]
        named = {key for key in one.written_keys() if re.search(rf"\b{key}:", text)}
        assert set(one.written_keys()) - named <= {"cite", "mark", "gap_days", "window"}, kind


@pytest.mark.parametrize("service", services.services(), ids=lambda one: one.id)
def test_a_new_policy_is_right_with_and_without_its_comments(service: services.Service) -> None:
    """Uncommented it holds every kind of criterion, and reads."""
    text = skeleton.policy_file("acme", "Acme", service, DAY)
    plain = Policy.model_validate(yaml.load(text, yaml.BaseLoader))  # noqa: S506 - only text
    assert plain.versions[0].stance == "silent"
    head, body = text.split("      mark: M\n")
    opened = head.replace("stance: silent", "stance: covered") + "      mark: M\n"
    opened += re.sub(r"(?m)^    # ", "    ", body)
    version = Policy.model_validate(yaml.load(opened, yaml.BaseLoader)).versions[0]  # noqa: S506
    assert version.criteria is not None
    assert version.renewal is not None
    assert version.renewal.criteria is not None
    kinds = [one.kind for one in leaves(version.criteria) + leaves(version.renewal.criteria)]
    assert kinds == list(skeleton.KINDS)


def test_the_kinds_in_the_payers_guide_are_fresh(request: pytest.FixtureRequest) -> None:
    """payers/README.md holds every kind with an example, as made from here."""
    text = GUIDE.read_text("utf-8")
    start, end = text.index(FIRST), text.index(LAST)
    if request.config.getoption("--update-golden"):
        GUIDE.write_text(text[:start] + skeleton.kinds_guide() + "\n" + text[end:], "utf-8")
        return
    assert text[start:end] == skeleton.kinds_guide() + "\n", (
        "Make it anew: pytest tests/test_skeleton_library.py --update-golden"
    )


# --- the commands ---------------------------------------------------------------------------------


def test_a_payer_and_a_policy_from_nothing(run: Run, tmp_path: Path) -> None:
    """In an empty folder: written, listed, checked without an error, explained."""
    done = run("payer", "new", "Acme Health Plan", "--on", str(DAY))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "payers/acme/payer.yaml  Fill it in, then: priorauth policy new acme"
    )
    done = run("policy", "new", "acme", "esketamine", "--on", str(DAY))
    assert done.code == 0
    assert sorted(p.name for p in (tmp_path / "payers" / "acme").iterdir()) == [
        "esketamine.examples.yaml",
        "esketamine.yaml",
        "payer.yaml",
    ]
    assert (tmp_path / "payers" / "policy.schema.json").is_file()
    assert "acme" in run("payers").out
    found = check_payers(Library((tmp_path,)), DAY)
    told = [str(p) for p in found if p.severity is not Severity.HINT]
    assert [text.split(": ", 3)[3] for text in told] == [
        (
            "the source has no address where it can be looked up. Write `url:`, or in "
            "`note:` how it "
            "was got."
        )
    ]
    assert "Not read, and so not weighed: Everything." in run("explain", "acme", "esketamine").out


def test_a_case_for_the_new_payer_gets_a_general_letter(
    run: Run, sample: Callable[[str], Path]
) -> None:
    """Nothing is claimed of a policy that nobody has read."""
    run("payer", "new", "Acme Health Plan", "--on", str(DAY))
    run("policy", "new", "acme", "esketamine", "--on", str(DAY))
    case = sample("esketamine")
    case.write_text(case.read_text("utf-8").replace("payer: cigna", "payer: acme"), "utf-8")
    done = run("check", case, "--on", str(DAY))
    assert "general letter" in done.out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("payer", "new", "!!!"), "A payer's name needs letters or digits."),
        (("policy", "new", "acme", "esketamine"), "There is no payer of that name. Did you mean "),
        (("policy", "new", "cigna", "ketamin"), "There is no service of that name. Did you mean "),
    ],
)
def test_a_slip_is_mended_by_the_message(command: tuple[str, ...], said: str, run: Run) -> None:
    """No file is written."""
    done = run(*command)
    assert done.code == 2
    assert done.err.startswith(said)


def test_what_is_there_already_is_not_overwritten(run: Run) -> None:
    """An administrator's work is safe."""
    run("payer", "new", "Acme Health Plan")
    done = run("payer", "new", "Acme Health Plan")
    assert done.code == 2
    assert "payers/acme/payer.yaml is there already" in done.err
    run("policy", "new", "acme", "tms")
    done = run("policy", "new", "acme", "tms")
    assert "payers/acme/tms.yaml is there already" in done.err
    assert "--force" not in done.err  # which there is not


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_what_is_begun_is_shared_as_the_user_s_other_files_are(
    run: Run, tmp_path: Path, mask: int, mode: int
) -> None:
    """A library holds no patient, and colleagues must read it."""
    before = os.umask(mask)
    try:
        run("payer", "new", "Acme")
        run("policy", "new", "acme", "tms")
        run("template", "new", "acme")
    finally:
        os.umask(before)
    begun = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in begun} >= {"payer.yaml", "tms.yaml", "letter.html"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in begun} == {mode}


def test_a_policy_for_a_shipped_payer_goes_into_the_own_folder(run: Run, tmp_path: Path) -> None:
    """The shipped files are never touched; the payer keeps the shipped payer.yaml."""
    done = run("policy", "new", "cigna", "tms", "--on", str(DAY))
    assert done.code == 0
    assert (tmp_path / "payers" / "cigna" / "tms.yaml").is_file()
    assert not (tmp_path / "payers" / "cigna" / "payer.yaml").exists()
    assert "tms" in run("payer", "show", "cigna").out


def test_the_worked_example_starts_from_a_sample(run: Run, tmp_path: Path) -> None:
    """Whatever the service: the sample's is replaced by the policy's."""
    run("payer", "new", "Acme")
    run("policy", "new", "acme", "ect")
    text = (tmp_path / "payers" / "acme" / "ect.examples.yaml").read_text("utf-8")
    base = re.search(r"(?m)^base: (\S+)$", text)
    assert base is not None
    assert base[1] in samples.names()
