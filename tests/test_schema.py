"""The JSON Schemas accept what the door accepts, as an editor reads it, and underline slips."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from priorauth import samples
from priorauth.library import shipped
from priorauth.schema import KINDS, editor_line, file_name, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

pytestmark = pytest.mark.no_cover  # other tests run the same lines

PAYERS = sorted((shipped() / "payers").glob("*/*.yaml"))
PAYERS += sorted((shipped() / "payers").glob("*/forms/*.yaml"))
CASES = [samples.find(name).path for name in samples.names()]


class _Loader(yaml.CSafeLoader):
    """Reads YAML 1.2 as editors do: only true and false are booleans, a date is text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":bool", ":timestamp"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def kind_of(path: Path) -> str:
    """Return which schema a file of the library has."""
    if path.parent.name == "forms":
        return "form"
    if path.name == "payer.yaml":
        return "payer"
    return "examples" if path.name.endswith(".examples.yaml") else "policy"


def complaints(kind: str, value: Any) -> list[str]:  # noqa: ANN401 - a file's values
    """Return what an editor would underline."""
    return [f"{list(error.path)}: {error.message}" for error in editor(kind).iter_errors(value)]


@cache
def editor(kind: str) -> jsonschema.Draft202012Validator:
    """Return what underlines in an editor, made once for all files of a kind."""
    return jsonschema.Draft202012Validator(json.loads(schema(kind)))


def read(path: Path) -> Any:  # noqa: ANN401 - a file's values
    """Return a file's values as an editor reads them."""
    return yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - it is a safe loader


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_valid_schema(kind: str) -> None:
    """By the dialect that it names."""
    jsonschema.Draft202012Validator.check_schema(json.loads(schema(kind)))


@pytest.mark.parametrize("path", PAYERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_shipped_file_of_the_library_is_underlined(path: Path) -> None:
    """What the library reads, an editor takes too."""
    assert complaints(kind_of(path), read(path)) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_no_sample_case_is_underlined(path: Path) -> None:
    """What the door accepts, an editor takes too."""
    assert complaints("case", read(path)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("patient.name", "Dana Whitfield"),
        ("patient.birth_day", "1984-03-09"),
        ("request.urgent", "perhaps"),
        ("treatments.0.doses.0.mg_per_day", "fifty"),
        ("treatments.0.outcome", "failed"),
        ("scores.0.total", "many"),
        ("exhibits.0.kind", "paper"),
        ("treatments.0.tms", "iTBS"),
    ],
)
def test_slips_are_underlined(path: str, value: str) -> None:
    """A misspelt key, a word that is no choice, a number in words; a short name is none."""
    raw = copy.deepcopy(read(samples.find("esketamine").path))
    *front, last = path.split(".")
    holder = raw
    for key in front:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    holder[last] = value
    assert bool(complaints("case", raw)) == (path != "patient.name")


def test_an_unknown_kind_of_criterion_is_underlined() -> None:
    """The closed list of kinds is in the schema."""
    raw = read(shipped() / "payers" / "cigna" / "esketamine.yaml")
    raw["versions"][0]["criteria"]["all"][0]["kind"] = "years"
    assert complaints("policy", raw)


@pytest.mark.parametrize("kind", ["payer", "policy", "examples", "form"])
def test_the_schemas_beside_the_payers_are_fresh(kind: str, request: pytest.FixtureRequest) -> None:
    """The editor reads them there."""
    path = shipped() / "payers" / file_name(kind)
    if request.config.getoption("--update-golden"):
        path.write_text(schema(kind), "utf-8")
        return
    assert path.read_text("utf-8") == schema(kind), "pytest tests/test_schema.py --update-golden"


@pytest.mark.parametrize("path", PAYERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_file_names_its_schema(path: Path) -> None:
    """On the first line, as editors want it."""
    assert path.read_text("utf-8").split("\n", 1)[0] == editor_line(kind_of(path))


def test_the_command_prints_and_writes_a_schema(run: Callable[..., Done]) -> None:
    """To the screen, or to a file that a case then names."""
    assert run("schema", "case").out == schema("case")
    done = run("schema", "case", "-o", "case.schema.json")
    assert done.out.startswith("case.schema.json  Name it in a file: # yaml-language-server: ")
    assert run("schema", "case", "-o", "case.schema.json").code == 2
    assert run("schema", "letter").code == 2
