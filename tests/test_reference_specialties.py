"""Specialties: every spelling leads to one, and every link leads somewhere."""

from __future__ import annotations

from itertools import combinations

import pytest

from priorauth.library import Library
from priorauth.payer import PrescriberIs, leaves
from priorauth.reference import specialties


def test_every_name_leads_to_its_own_specialty() -> None:
    """No spelling stands in two of them."""
    for found in specialties.specialties():
        for name in (found.name, *found.names):
            assert specialties.find(name) is found, name


def test_names_differ() -> None:
    """Two specialties are never one written twice."""
    for one, other in combinations(specialties.specialties(), 2):
        assert not specialties.same(one.name, other.name)


def test_a_title_alone_is_no_specialty() -> None:
    """However it is written, it is never the same as another."""
    assert not specialties.same("MD", "M.D.")


def test_a_part_is_of_a_known_specialty() -> None:
    """And that one is no part itself."""
    for found in specialties.specialties():
        if found.of:
            whole = specialties.find(found.of)
            assert whole
            assert whole.name == found.of
            assert whole.of is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PSYCHIATRY", "psychiatry"),
        ("  Psychiatrist, MD ", "psychiatry"),
        ("child/adolescent psychiatry", "child and adolescent psychiatry"),
        ("OB/GYN", "obstetrics and gynecology"),
        ("P.M.H.N.P.", "psychiatric mental health nursing"),
        ("psychiatry and neurology", None),
        ("psychology and psychiatry", None),
        ("", None),
        ("M.D.", None),
    ],
)
def test_signs_and_capitals_change_nothing(written: str, expected: str | None) -> None:
    """A title says nothing of the specialty; two specialties in one line are not guessed at."""
    found = specialties.find(written)
    assert expected == (found and found.name)


def test_the_policies_name_specialties_that_are_known() -> None:
    """A name that is not known here would leave every prescriber of another specialty open."""
    for payer in Library.open().payers():
        for file in payer.policies:
            for version in file.policy.versions:
                for leaf in leaves(version.criteria) if version.criteria else ():
                    if isinstance(leaf, PrescriberIs):
                        assert all(map(specialties.find, leaf.specialties)), file.path.name
