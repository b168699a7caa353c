"""What does not fit a model is told in words for staff, at the place where it stands."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Discriminator, Field, Tag, ValidationError

from priorauth import datafile
from priorauth.case import Case
from priorauth.codes import Line, Number, Record, Slug
from priorauth.datafile import Datafile
from priorauth.fields import fix_for, told, unknown_key, words_of
from priorauth.payer import Policy


class Leaf(Record):
    """An end of the tree."""

    kind: Literal["leaf"]
    color: Line
    size: int | None = Field(default=None, ge=1, lt=10)


class Branch(Record):
    """A part that holds parts."""

    parts: tuple[Part, ...] = Field(alias="branch", min_length=1)
    weight: Number | None = Field(default=None, gt=0)


Part = Annotated[
    Annotated[Leaf, Tag("leaf")] | Annotated[Branch, Tag("branch")],
    Discriminator(lambda value: "branch" if "branch" in value else "leaf"),
]


class Tree(Record):
    """The root of a file."""

    name: Line
    crown: Part
    by_name: dict[Slug, Leaf] = Field(default_factory=dict)
    evergreen: bool = False


def said(text: str) -> list[str]:
    """Return what is wrong with a tree, as staff read it."""
    data = datafile.parse(text, "f")
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate(data.value)
    return [str(problem) for problem in told(data, (), caught.value, Tree)]


LEAF = "crown: {kind: leaf, color: green}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LEAF, "f:1: error: name: is missing. Write the name as the payer writes it itself."),
        (
            f"{LEAF}name: [a]",
            (
                "f:2: error: name: must be plain text. Write it as text after the colon; a long"
                " text follows `|` on indented lines."
            ),
        ),
        (
            f"{LEAF}name: a\nevergreen: maybe",
            (
                "f:3: error: evergreen: must be yes or no. Write yes or no; leave the line out when"
                " it is not known."
            ),
        ),
        (
            f"{LEAF}name: a\nby_name: [b]",
            (
                "f:3: error: by_name: must be a group of keys. Write its keys on the lines below"
                " it, indented."
            ),
        ),
        (
            f"{LEAF}name: a\nby_name: {{b: c}}",
            (
                "f:3: error: by_name.b: must be a group of keys. Write its keys on the lines below"
                " it, indented."
            ),
        ),
        (
            "name: a\ncrown: {kind: leaf, color: green, size: 0}",
            "f:2: error: crown.size: must be at least 1. Write `size:` as the samples have it.",
        ),
        (
            "name: a\ncrown: {kind: leaf, color: green, size: 10}",
            "f:2: error: crown.size: must be less than 10. Write `size:` as the samples have it.",
        ),
        (
            "name: a\ncrown: {kind: leaf, color: green, size: x}",
            (
                "f:2: error: crown.size: must be a whole number. Write `size:` as the samples have"
                " it."
            ),
        ),
        (
            "name: a\ncrown:\n  branch:\n    - kind: twig\n      color: green",
            (
                "f:4: error: crown.branch.0.kind: is none of the words that can stand here."
                " Write one of: leaf."
            ),
        ),
        (
            "name: a\ncrown:\n  weight: 0\n  branch: [{kind: leaf, color: green}]",
            (
                "f:3: error: crown.weight: must be more than 0."
                " Write `weight:` as the samples have it."
            ),
        ),
        (
            "name: a\ncrown: {branch: []}",
            (
                "f:2: error: crown.branch: needs at least one entry."
                " Write `branch:` as the samples have it."
            ),
        ),
        (
            "name: a\ncrown: {branch: [{}]}",
            (
                (
                    "f:2: error: crown.branch.0.kind: is missing."
                    " Write `kind:` as the samples have it."
                ),
                (
                    "f:2: error: crown.branch.0.color: is missing."
                    " Write `color:` as the samples have it."
                ),
            ),
        ),
        (
            "name: a\ncrown:\n  branch:\n    - kind: leaf\n    - branch:\n        - kind: leaf",
            (
                (
                    "f:4: error: crown.branch.0.color: is missing."
                    " Write `color:` as the samples have it."
                ),
                (
                    "f:6: error: crown.branch.1.branch.0.color: is missing."
                    " Write `color:` as the samples have it."
                ),
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told(text: str, expected: str | tuple[str, ...]) -> None:
    """With line and field as they stand in the file, also where the model nests otherwise."""
    assert list((expected,) if isinstance(expected, str) else expected) == said(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LEAF}name: a\nnaem: b", "f:3: error: a key here is not known. Did you mean `name`?"),
        (
            f"{LEAF}name: a\nqq: b",
            (
                "f:3: error: a key here is not known."
                " The keys here are: name, crown, by_name, evergreen."
            ),
        ),
        (
            "name: a\ncrown:\n  kind: leaf\n  color: green\n  colour: red",
            "f:5: error: crown: a key here is not known. Did you mean `color`?",
        ),
        (
            (
                "name: a\ncrown:\n  branch:\n    - {kind: leaf, color: green}\n    - branch:\n"
                "        - {kind: leaf, color: green, sise: 1}"
            ),
            "f:6: error: crown.branch.1.branch.0: a key here is not known. Did you mean `size`?",
        ),
        (
            "name: a\ncrown:\n  wieght: 1\n  branch: [{kind: leaf, color: green}]",
            "f:3: error: crown: a key here is not known. Did you mean `weight`?",
        ),
        (
            f"{LEAF}name: a\nby_name:\n  color: {{kind: leaf, color: green, sise: 1}}",
            "f:4: error: by_name.color: a key here is not known. Did you mean `size`?",
        ),
    ],
)
def test_an_unknown_key_leads_to_the_known_ones(text: str, expected: str) -> None:
    """Those of the model that the other keys there fit best, at any depth."""
    assert [expected] == said(text)


def test_an_unknown_key_where_no_keys_are_known() -> None:
    """Then only its place is told."""
    data = datafile.parse("name: {a: b}", "f")
    expected = "f:1: error: name: a key here is not known. Check where it belongs."
    assert expected == str(unknown_key(data, ("name", "a"), Tree))


def test_a_list_is_not_too_short_because_its_entries_are_wrong() -> None:
    """One slip is one problem."""
    found = said("name: a\ncrown: {branch: [{kind: leaf, color: green, size: 0}]}")
    assert found == [
        (
            "f:2: error: crown.branch.0.size: must be at least 1."
            " Write `size:` as the samples have it."
        )
    ]


def test_the_place_of_a_part_can_be_given() -> None:
    """A part that was read by itself is told at its place in the whole file."""
    data = datafile.parse("- 1\n- kind: leaf\n  color: green\n  size: 0", "f")
    with pytest.raises(ValidationError) as caught:
        Leaf.model_validate({"kind": "leaf", "color": "green", "size": "0"})
    places = [str(problem.place) for problem in told(data, (1,), caught.value, Tree)]
    assert places == ["f:4"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (("diagnoses", 0, "code"), "Write a code such as F33.2."),
        (("request", "codes", 0, "code"), "Write a code such as J0013."),
        (("practice", "name"), "Write the clinic's name as on its letterhead."),
        (("patient", "name"), "Write `{given: …, family: …}`."),
        (("scores", 3, "rater"), "Write `rater:` as the samples have it."),
        (("attestations", "Whitfield"), "Write it as the samples have it."),
        ((), "Write it as the samples have it."),
    ],
)
def test_what_to_write_follows_the_field(where: datafile.Trail, expected: str) -> None:
    """The last two keys say more than the last; an unknown key is not repeated."""
    assert expected == fix_for(Datafile("f", words=words_of(Case)), where)


def test_the_words_of_a_file_are_the_keys_of_its_models() -> None:
    """At any depth, as they are written; neither ids nor the program's own names are among them."""
    words = words_of(Case)
    assert {
        "patient",
        "given",
        "from",
        "to",
        "tms",
        "ketamine",
        "exhibit",
        "urgent_because",
    } <= words
    assert not {"end", "protocol", "route", "drug_treatment", "rems_site_certified"} & words


def test_a_slip_in_a_policy_leads_to_the_keys_of_its_kind() -> None:
    """Criteria of one kind have keys of their own."""
    text = (
        "title: A\nservices: [tms]\nversions:\n  - id: one\n    effective_from: 2026\n"
        "    stance: covered\n"
        "    source: {title: A, read_on: 2026-01-01, read: secondary, mark: V}\n"
        "    criteria:\n      all:\n        - id: trials\n          requirement: Two trials\n"
        "          kind: failed_trials\n          least: 2\n          wekks: 6\n"
    )
    data = datafile.parse(text, "f")
    with pytest.raises(ValidationError) as caught:
        Policy.model_validate(data.value)
    assert [str(problem) for problem in told(data, (), caught.value, Policy)] == [
        "f:14: error: versions.0.criteria.all.0: a key here is not known. Did you mean `weeks`?"
    ]
