"""What the manuals show is right: their examples read, hold, and are what the commands know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cases import DAY, policy, version, write

from priorauth import datafile, skeleton
from priorauth.check import run_examples
from priorauth.cli import _COMMANDS
from priorauth.forms import formmap
from priorauth.library import Library, shipped
from priorauth.payer import Payer
from priorauth.phrases import PHRASES
from priorauth.reference import services

if TYPE_CHECKING:
    from pathlib import Path

ROOT = shipped()
PAYERS = (ROOT / "payers" / "README.md").read_text("utf-8")
TEMPLATES = (ROOT / "templates" / "README.md").read_text("utf-8")
MANUALS = {"payers": PAYERS, "templates": TEMPLATES}


def section(text: str, title: str) -> str:
    """Return what stands under a title of a manual."""
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def blocks(text: str) -> list[Any]:
    """Return the YAML that a text shows, as a file gives it: all of it text."""
    shown = re.findall(r"(?ms)^ *```yaml\n(.*?)^ *```", text)
    return [yaml.load(one, yaml.BaseLoader) for one in shown]  # noqa: S506 - only text


@pytest.mark.parametrize("name", MANUALS)
def test_every_command_of_a_manual_is_there(name: str) -> None:
    """Whoever types what the manual says is understood."""
    named = re.findall(r"`priorauth ([a-z]+)", MANUALS[name])
    assert len(set(named)) > 3
    assert [one for one in named if one not in _COMMANDS] == []


def test_the_worked_examples_of_the_manual_hold(tmp_path: Path) -> None:
    """They are weighed by a policy of the kinds that the manual shows."""
    (shown,) = blocks(section(PAYERS, "Worked examples"))
    age, trials = (yaml.safe_load(skeleton.KINDS[kind])[0] for kind in ("age", "failed_trials"))
    own = version(stance="covered", criteria={"all": [age, {**trials, "window": {"years": 5}}]})
    write(tmp_path, "acme", payer={"name": "A"}, esk=policy(own), esk__examples=shown)
    library = Library((tmp_path,))
    (file,) = library.payer("acme").policies
    results = list(run_examples(library, file))
    assert {result.example.name: result.passed for result in results} == {
        one["name"]: True for one in shown["examples"]
    }


def test_the_example_in_a_new_file_holds(tmp_path: Path) -> None:
    """Once it is uncommented, by the criterion that the new policy shows."""
    service = services.find("esketamine")
    assert service is not None
    text = skeleton.examples_file(service, "esketamine", DAY)
    opened = re.sub(r"(?m)^  # ", "  ", text).replace("version: first\n", "version: v1\n")
    trials = yaml.safe_load(skeleton.KINDS["failed_trials"])[0]
    own = version(stance="covered", criteria={"all": [trials]})
    write(tmp_path, "acme", payer={"name": "A"}, esk=policy(own), esk__examples=opened)
    library = Library((tmp_path,))
    (file,) = library.payer("acme").policies
    _, found = run_examples(library, file)
    assert found.passed


def test_the_ways_to_map_a_field_are_right() -> None:
    """Each row of the table is a line of a map, and all ways are shown."""
    rows = re.findall(r"(?m)^ +\| `(.+?)` \|", section(PAYERS, "Forms"))
    made = {name: use for row in rows for name, use in yaml.safe_load(row).items()}
    read = formmap.understand(datafile.parse(f"title: T\nfields: {made!r}", "map"))
    assert [str(problem) for problem in read.problems] == []
    assert read.map is not None
    used = {way for use in read.map.fields.values() for way in use.model_fields_set}
    assert used >= {"put", "tick", "choose", "text", "by_hand", "leave", "optional", "between"}


def test_what_the_manuals_put_into_payer_yaml_is_right() -> None:
    """Forms and phrases read as they stand there."""
    shown = [*blocks(section(PAYERS, "Forms")), *blocks(TEMPLATES)]
    for values in shown:
        Payer.model_validate({"name": "Acme", **values})
    assert {key for values in shown for key in values} == {"forms", "phrases"}


def test_every_key_of_a_payer_is_in_the_manual() -> None:
    """And no other."""
    rows = re.findall(r"(?m)^\| (`.+?) \|", section(PAYERS, "What `payer.yaml` says"))
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == set(Payer.model_fields)


def test_links_between_the_manuals_lead_somewhere() -> None:
    """A heading that is linked to is there, in its own file or in the other."""
    links = re.findall(r"\]\((?:\.\./templates/README\.md)?#([\w-]+)\)", PAYERS + TEMPLATES)
    heads = re.findall(r"(?m)^#+ (.+)$", PAYERS + TEMPLATES)
    known = {re.sub(r"[^\w -]", "", head).casefold().replace(" ", "-") for head in heads}
    assert set(links) - known == set()
    assert len(PHRASES) == section(TEMPLATES, "The phrases").count("\n| `")
