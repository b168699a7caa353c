"""What an administrator may write: strict keys, cited and dated versions, a closed list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from cases import part, policy, rule, version
from pydantic import ValidationError

from priorauth.case import Kind
from priorauth.payer import (
    All,
    AnyOf,
    AtLeast,
    Example,
    Payer,
    Policy,
    Renewal,
    Stance,
    Version,
    leaves,
    part_kind,
)

ADULT = {"id": "adult", "requirement": "18 or older", "kind": "age", "least": 18}
CHILD = {"id": "child", "requirement": "Younger than 18", "kind": "age", "below": 18}


def wrong(kind: Any, raw: dict[str, Any]) -> list[tuple[str, str]]:  # noqa: ANN401 - a model
    """Return the type and the sentence of each mistake in the values."""
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(raw)
    return [(found["type"], found["msg"]) for found in caught.value.errors(include_input=False)]


# --- criteria and groups --------------------------------------------------------------------------

SMALLEST: dict[str, dict[str, Any]] = {
    "age": {},
    "diagnosis": {},
    "severity": {"least": "severe"},
    "failed_trials": {"least": 2},
    "augmentation": {},
    "psychotherapy": {},
    "score": {"scales": {"PHQ-9": 15}},
    "prescriber": {"specialties": ["psychiatry"]},
    "concurrent_antidepressant": {"rule": "required"},
    "prior_device": {"devices": ["tms"]},
    "attestation": {"attestation": "rems", "question": "Certified?"},
    "exclusion": {"diagnoses": ["F20"]},
    "quantity": {},
    "response": {"scales": ["PHQ-9"]},
}


@pytest.mark.parametrize("kind", SMALLEST)
def test_every_kind_is_read_by_its_name(kind: str) -> None:
    """The kind decides which keys there are; the id and the requirement are always there."""
    found = rule(kind, **SMALLEST[kind])
    assert part_kind(found) == kind
    assert found.id == "asked"


def test_an_unknown_kind_is_refused() -> None:
    """The list of kinds is closed: there is no expression language."""
    with pytest.raises(ValidationError, match="has no kind that is known here"):
        rule("python", code="True")
    with pytest.raises(ValidationError, match="has no kind that is known here"):
        part({"id": "x", "requirement": "No kind at all"})


def test_an_unknown_key_is_refused() -> None:
    """A slip such as `week` for `weeks` is an error, never ignored."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        rule("failed_trials", least=2, week=6)


def test_groups_are_read_by_their_key() -> None:
    """`all`, `any` and `at_least` with `of`, each inside the other."""
    found = part({"all": [ADULT, {"any": [CHILD, {"at_least": 1, "of": [ADULT]}]}]})
    assert isinstance(found, All)
    assert isinstance(found.parts[1], AnyOf)
    assert isinstance(found.parts[1].parts[1], AtLeast)
    assert [part_kind(one) for one in (found, *found.parts)] == ["all", "age", "any"]
    assert part_kind(found.parts[1].parts[1]) == "at_least"
    assert [leaf.id for leaf in leaves(found)] == ["adult", "child", "adult"]
    assert leaves(found.parts[0]) == (found.parts[0],)


@pytest.mark.parametrize("value", ["age", None, 3, ["age"]])
def test_what_is_no_mapping_is_no_part(value: Any) -> None:  # noqa: ANN401 - any raw value
    """A criterion is a group of keys."""
    assert part_kind(value) is None


@pytest.mark.parametrize(
    "raw",
    [
        {"all": [ADULT], "any": [CHILD]},
        {"all": []},
        {"at_least": 0, "of": [ADULT]},
        {"at_least": 1},
    ],
)
def test_a_group_is_of_one_kind_and_has_parts(raw: dict[str, Any]) -> None:
    """Two groups in one, an empty one, and one without parts are refused."""
    with pytest.raises(ValidationError):
        part(raw)


def test_a_group_cannot_ask_for_more_parts_than_it_has() -> None:
    """Such a policy could never be met."""
    with pytest.raises(ValidationError, match="asks for more parts than there are"):
        part({"at_least": 2, "of": [ADULT]})


def test_no_more_classes_than_trials_can_be_asked_for() -> None:
    """Two classes in one trial cannot be."""
    with pytest.raises(ValidationError, match="asks for more classes than trials"):
        rule("failed_trials", least=1, classes=2)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "needs diagnoses, an attestation, or both"),
        ({"attestation": "none"}, "an attestation and its question go together"),
        ({"question": "None?"}, "an attestation and its question go together"),
    ],
)
def test_an_exclusion_says_by_what(values: dict[str, Any], message: str) -> None:
    """By codes, by a question that a person answers, or by both."""
    with pytest.raises(ValidationError, match=message):
        rule("exclusion", **values)


@pytest.mark.parametrize(
    ("kind", "values"),
    [("score", {"scales": {"PHQ": 15}}), ("response", {"scales": ["PHQ"]})],
)
def test_a_scale_is_one_that_is_known(kind: str, values: dict[str, Any]) -> None:
    """A name that no scale has would never find a score."""
    with pytest.raises(ValidationError, match="this scale is not known here"):
        rule(kind, **values)


# --- versions -------------------------------------------------------------------------------------


def read(**values: Any) -> Version:  # noqa: ANN401 - a policy file's values
    """Return a version of these values."""
    return Version.model_validate(version(**values))


def test_a_covered_version_has_criteria() -> None:
    """Covered without criteria is a file that is not finished."""
    assert wrong(Version, version(stance="covered")) == [
        ("no_criteria", "a covered version needs criteria")
    ]
    assert read(stance="covered", criteria=ADULT).stance is Stance.COVERED


@pytest.mark.parametrize("stance", [one.value for one in Stance if one is not Stance.COVERED])
def test_other_stances_may_have_none(stance: str) -> None:
    """There is nothing to weigh where a service is not covered or needs no authorization."""
    assert read(stance=stance).criteria is None


def test_a_version_does_not_end_before_it_begins() -> None:
    """The two dates may be swapped."""
    raw = version(effective_from="2025-06", effective_to="2025-05")
    assert wrong(Version, raw) == [("end_before_start", "the end is before the start")]
    assert read(effective_from="2025-06-15", effective_to="2025-06").effective_to


@pytest.mark.parametrize(
    ("where", "criteria"),
    [
        ("criteria", {"all": [ADULT, {"any": [CHILD | {"id": "adult"}]}]}),
        ("criteria", {"all": [ADULT, {"id": "adult", "any": [CHILD]}]}),
        ("renewal", {"all": [ADULT, ADULT]}),
    ],
)
def test_no_two_criteria_share_an_id(where: str, criteria: dict[str, Any]) -> None:
    """An exception and a worked example name a criterion or a group by its id."""
    raw = {"criteria": criteria} if where == "criteria" else {"renewal": {"criteria": criteria}}
    assert wrong(Version, version(**raw)) == [("same_id", "two criteria have the id adult")]


def test_a_renewal_may_ask_the_same_again() -> None:
    """Initial and renewal criteria are weighed apart, and may use one id."""
    found = read(criteria=ADULT, renewal={"criteria": ADULT})
    assert found.criteria_for(Kind.RENEWAL) == found.criteria_for(Kind.INITIAL)


@pytest.mark.parametrize(
    ("kind", "renewal", "expected"),
    [
        (Kind.INITIAL, {"criteria": CHILD}, "adult"),
        (Kind.APPEAL, {"criteria": CHILD}, "adult"),
        (Kind.RENEWAL, {"criteria": CHILD}, "child"),
        (Kind.RENEWAL, {"terms": {"months": 6}}, None),
        (Kind.RENEWAL, None, None),
    ],
)
def test_a_renewal_has_criteria_of_its_own_or_none(
    kind: Kind, renewal: dict[str, Any] | None, expected: str | None
) -> None:
    """The initial criteria never stand in for those of a renewal."""
    found = read(criteria=ADULT, **({"renewal": renewal} if renewal else {})).criteria_for(kind)
    assert expected == (found.id if found else None)


@pytest.mark.parametrize(
    ("first", "last", "day", "perhaps", "surely"),
    [
        ("2025-01-01", "", "2024-12-31", False, False),
        ("2025-01-01", "", "2025-01-01", True, True),
        ("2025-01-01", "2025-06-30", "2025-06-30", True, True),
        ("2025-01-01", "2025-06-30", "2025-07-01", False, False),
        ("2025-03", "2025-06", "2025-02-28", False, False),
        ("2025-03", "2025-06", "2025-03-01", True, False),
        ("2025-03", "2025-06", "2025-03-31", True, True),
        ("2025-03", "2025-06", "2025-06-01", True, True),
        ("2025-03", "2025-06", "2025-06-02", True, False),
        ("2025-03", "2025-06", "2025-06-30", True, False),
        ("2025", "", "2025-12-30", True, False),
        ("2025", "", "2025-12-31", True, True),
    ],
)
def test_a_version_is_in_force_between_its_days(
    first: str, last: str, day: str, *, perhaps: bool, surely: bool
) -> None:
    """Both days count; a month or a year leaves open where in it the version begins or ends."""
    found = read(effective_from=first, **({"effective_to": last} if last else {}))
    when = date.fromisoformat(day)
    assert (perhaps, surely) == (found.covers(when), found.surely_covers(when))


def test_a_source_says_who_read_what_and_when() -> None:
    """No version without a citation, and none without its mark."""
    bare = {key: value for key, value in version().items() if key != "source"}
    assert wrong(Version, bare) == [("missing", "Field required")]
    half = version(source={"title": "A policy", "read_on": "2026-11-22"})
    assert wrong(Version, half) == [("missing", "Field required")] * 2


# --- policy, payer, examples ----------------------------------------------------------------------


def test_a_policy_is_for_known_services_and_has_versions() -> None:
    """A service that is not known would never be asked for."""
    assert Policy.model_validate(policy(version())).services == ("esketamine",)
    found = wrong(Policy, policy(version(), services=["spravato"]))
    assert found == [("unknown_service", "this service is not known here")]
    assert [kind for kind, _ in wrong(Policy, policy())] == ["too_short"]


def test_a_payer_sends_its_documents_in_the_usual_order() -> None:
    """Cover, form, letter, exhibits, unless the file says otherwise."""
    assert Payer.model_validate({"name": "Plan A"}).documents == (
        "fax_cover",
        "form",
        "letter",
        "exhibits",
    )
    assert [kind for kind, _ in wrong(Payer, {"name": "Plan A", "fax": "913-555-0142"})] == [
        "extra_forbidden"
    ]


def test_an_example_expects_something() -> None:
    """An example without findings to expect would always pass."""
    raw = {"name": "Nothing is expected.", "expect": {}}
    assert [kind for kind, _ in wrong(Example, raw)] == ["too_short"]
    assert [kind for kind, _ in wrong(Example, raw | {"expect": {"age": "yes"}})] == [
        "literal_error"
    ]


def test_terms_and_criteria_of_a_renewal_are_both_optional() -> None:
    """What was not read is left out."""
    assert Renewal.model_validate({}) == Renewal()


@pytest.mark.parametrize(
    ("documents", "right"),
    [
        (["letter", "exhibits"], True),
        (["exhibits", "letter", "form"], True),
        (["fax_cover", "letter"], False),
        (["letter", "letter", "exhibits"], False),
        ([], False),
    ],
)
def test_a_packet_holds_letter_and_exhibits_once(documents: list[str], *, right: bool) -> None:
    """Whatever order a payer wants: nothing is lost, and nothing stands twice."""
    raw = {"name": "Plan A", "documents": documents}
    if right:
        assert list(Payer.model_validate(raw).documents) == documents
        return
    with pytest.raises(ValidationError, match="must hold `letter` and `exhibits`"):
        Payer.model_validate(raw)
