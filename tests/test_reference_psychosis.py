"""What a diagnosis code says of psychosis, held against the titles of the whole code set."""

from __future__ import annotations

import pytest

from priorauth.reference import icd10cm, psychosis

MOOD = ("F30", "F31", "F32", "F33")


@pytest.mark.parametrize("category", MOOD)
def test_a_mood_code_says_what_its_title_says(category: str) -> None:
    """With or without psychotic features; no code of the set that says so is overlooked."""
    for tail in ("", *(f".{digits}" for digits in _tails())):
        found = icd10cm.find(category + tail)
        if found is None or not found.billable:
            continue
        if "with psychotic" in found.title:
            assert psychosis.features(found.code) is True, found.code
            assert psychosis.says(found.code), found.code
        elif "without psychotic" in found.title and "severe" in found.title:
            assert psychosis.features(found.code) is False, found.code
            assert not psychosis.says(found.code), found.code


def _tails() -> list[str]:
    return [f"{a}{b}" for a in "0123456789A" for b in ("", *"0123456789")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("F33.3", True),
        ("F20.9", True),
        ("F21", False),
        ("F25.0", True),
        ("F29", True),
        ("F53.1", True),
        ("F10.150", True),
        ("F06.2", True),
        ("F33.2", False),
        ("F48.9", False),
        ("Z99.999", False),
    ],
)
def test_a_code_names_a_psychosis_or_not(code: str, *, expected: bool) -> None:
    """Schizotypal disorder is none; a psychotic disorder due to a substance is one."""
    assert expected is psychosis.says(code)


def test_the_code_that_says_otherwise_exists() -> None:
    """It is of the same category, may be billed, and leads back where the two are a pair."""
    for code in ("F30.13", "F31.4", "F32.0", "F32.A", "F33.1", "F33.2", "F33.9"):
        other = psychosis.corrected(code, present=True)
        found = icd10cm.find(other)
        assert found is not None
        assert found.billable
        assert other[:3] == code[:3]
        assert psychosis.features(other) is True
        assert psychosis.features(psychosis.corrected(other, present=False)) is False
    assert psychosis.corrected("F41.1", present=True) == "F41.1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("no_psychosis", True),
        ("no_history_of_psychosis", True),
        ("no_psychotic_features", True),
        ("no_untreated_substance_use", False),
        ("psychosis", False),
        ("no_psychotherapy", False),
    ],
)
def test_an_attestation_denies_a_psychosis_by_its_name(name: str, *, expected: bool) -> None:
    """By the names that a library gives to such questions."""
    assert expected is psychosis.denied_by(name)
