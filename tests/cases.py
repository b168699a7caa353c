"""Small cases, criteria and policies that the tests of the weighing are made of."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import settings
from pydantic import TypeAdapter

from priorauth import intake
from priorauth.case import Case
from priorauth.criteria import Answer, Facts, weigh
from priorauth.datafile import Datafile
from priorauth.payer import FailedTrials, Part
from priorauth.reference import Mark

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.criteria import Finding

DAY = date(2026, 11, 22)
unhurried = settings(deadline=None, max_examples=40)  # the first example reads the reference tables
MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN

# The least that a case can be: who, to whom, by whom, for what. Nothing that a policy asks for.
EMPTY: dict[str, Any] = {
    "patient": {"name": {"given": "Dana", "family": "Whitfield"}, "birth_date": "1984-03-09"},
    "coverage": {"payer": "Plan A", "member_id": "U1234567801"},
    "prescriber": {
        "name": {"given": "Alex", "family": "Moreno"},
        "credentials": "MD",
        "npi": "1234567893",
    },
    "practice": {
        "name": "Prairie Lantern Psychiatry",
        "address": {
            "street": "8800 Juniper Bend Road",
            "city": "Overland Park",
            "state": "KS",
            "zip": "66212",
        },
        "phone": "913-555-0142",
        "fax": "913-555-0143",
    },
    "request": {"service": "esketamine", "codes": [{"code": "J0013"}], "plan": "As ordered"},
}


def case(**sections: Any) -> Case:  # noqa: ANN401 - a case file's values
    """Return the empty case with these sections; those of the empty case are added to."""
    raw = dict(EMPTY)
    for name, value in sections.items():
        raw[name] = {**EMPTY[name], **value} if name in EMPTY else value
    return read(raw)


def quick(**sections: Any) -> Case:  # noqa: ANN401 - a case file's values
    """Return the case of `case` without the checks of intake, for tests that make thousands."""
    return Case.model_validate({**EMPTY, **sections})


def read(raw: dict[str, Any]) -> Case:
    """Return the case that a file's values make; fails with what is wrong with them."""
    found = intake.understand(Datafile("case.yaml", _as_read(raw)), DAY)
    assert found.case is not None, "\n".join(map(str, found.problems))
    return found.case


def _as_read(value: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return the values as a file gives them: every one of them text."""
    if isinstance(value, dict):
        return {key: _as_read(item) for key, item in value.items()}
    return [_as_read(item) for item in value] if isinstance(value, list) else str(value)


def dose(amount: float | str, start: str, end: str = "", unit: str = "mg_per_day") -> Any:  # noqa: ANN401
    """Return one dose of a case file."""
    return {unit: str(amount), "from": start} | ({"to": end} if end else {})


def drug(name: str, *doses: Any, **more: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return one drug treatment of a case file."""
    return {"drug": name, **({"doses": list(doses)} if doses else {}), **more}


def failed(name: str, amount: float | str, start: str, end: str, **more: Any) -> Any:  # noqa: ANN401
    """Return a drug that was taken at one dose and did not help."""
    return drug(name, dose(amount, start, end), **{"outcome": "no_response", **more})


def with_(treatment: Any, **more: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return the treatment with some values added or replaced."""
    return {**treatment, **more}


def without(treatment: Any, key: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return the treatment without one of its values."""
    return {name: value for name, value in treatment.items() if name != key}


@cache
def _part() -> TypeAdapter[Part]:
    return TypeAdapter(Part)


def part(raw: dict[str, Any]) -> Part:
    """Return the criterion or the group that a policy file's values make."""
    return _part().validate_python(raw)


def rule(kind: str, **values: Any) -> Part:  # noqa: ANN401 - a policy file's values
    """Return a criterion of one kind."""
    return part({"id": "asked", "requirement": "As asked", "kind": kind, **values})


def trials_rule(**values: Any) -> FailedTrials:  # noqa: ANN401 - a policy file's values
    """Return a criterion on failed trials, of one trial where no number is given."""
    found = rule("failed_trials", **{"least": 1, **values})
    assert isinstance(found, FailedTrials)
    return found


def judged(asked: Part, **sections: Any) -> Finding:  # noqa: ANN401 - a case file's values
    """Return the finding on a criterion for a case of these sections."""
    return weigh(asked, Facts(case(**sections), DAY), Mark.V)


SOURCE = {"title": "A policy", "read_on": "2026-11-22", "read": "own_document", "mark": "V"}


def version(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - a policy file's values
    """Return a version of a policy file."""
    return {
        "id": "v1",
        "effective_from": "2025-01-01",
        "stance": "silent",
        "source": SOURCE,
        **values,
    }


def policy(*versions: dict[str, Any], **values: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a policy file's values."""
    found = {"title": "Spravato", "services": ["esketamine"], "versions": list(versions)}
    return {**found, **values}


def write(root: Path, payer_id: str, /, **files: Any) -> Path:  # noqa: ANN401 - library files' values
    """Write a payer's files into a library's folder, text as it stands, and return the folder."""
    folder = root / "payers" / payer_id
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        plain = json.loads(json.dumps(value))  # no value is one with another: no anchors
        text = value if isinstance(value, str) else yaml.safe_dump(plain, sort_keys=False)
        (folder / f"{name.replace('__', '.')}.yaml").write_text(text, "utf-8")
    return root
