"""Requests that went out before: a second one for the same is warned of, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import DAY, raw_case

from priorauth import intake
from priorauth.datafile import Datafile

AGAIN = (
    "warning: sent.0.on: the same request was sent before: payers turn a second one away as a "
    "duplicate"
)


def said(name: str, *sent: dict[str, str], **request: Any) -> list[str]:  # noqa: ANN401
    """Return the problems of a sample with what was sent before, without what to do."""
    raw = raw_case(name) | {"sent": list(sent)}
    raw["request"] |= request
    problems = intake.understand(Datafile("case.yaml", raw), DAY).problems
    return [f"{p.severity.value}: {p.place.field}: {p.what}" for p in problems]


@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("esketamine", {"on": "2026-11-02"}, [AGAIN]),
        ("esketamine", {"on": "2026-11-02", "reference": "A1"}, [AGAIN]),
        ("esketamine", {"on": "2026-11-02", "differs": "84 mg instead of 56 mg"}, []),
        ("esketamine", {"on": "2026-11-02", "kind": "renewal"}, []),
        ("esketamine-renewal", {"on": "2026-08-02"}, []),
        ("esketamine-renewal", {"on": "2026-11-02", "kind": "renewal"}, [AGAIN]),
        ("esketamine-appeal", {"on": "2026-10-12"}, []),
        (
            "esketamine",
            {"on": "2026-11-23"},
            [AGAIN, "error: sent.0.on: the date is in"],
        ),
        ("esketamine", {"reference": "A1"}, ["error: sent.0.on: is missing"]),
        ("esketamine", {"on": "2026-11-02", "kind": "appeal"}, ["error: sent.0.kind: is none of"]),
    ],
)
def test_the_same_request_again_is_warned_of(
    name: str, sent: dict[str, str], expected: list[str]
) -> None:
    """A renewal after the first request is another, and so is an appeal of it."""
    found = said(name, sent)
    assert len(found) == len(expected)
    assert all(any(one.startswith(start) for one in found) for start in expected)


def test_each_request_that_went_out_is_looked_at() -> None:
    """One that differs does not excuse the other."""
    one, other = {"on": "2026-10-02", "differs": "the dose"}, {"on": "2026-11-02"}
    assert said("esketamine", one, other) == [AGAIN.replace("sent.0", "sent.1")]
