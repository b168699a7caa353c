"""The whole weighing: which letter, what is asked, which exceptions stand, what is not sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import DAY, MET, NOT_MET, SOURCE, UNKNOWN, case, failed, policy, version, write

from priorauth.criteria import Answer, LetterKind, Verdict, weigh_case
from priorauth.criteria.appeal import STANCE
from priorauth.library import Library
from priorauth.payer import Stance
from priorauth.reference import Mark

if TYPE_CHECKING:
    from pathlib import Path

YES = {"id": "adult", "requirement": "18 or older", "kind": "age", "least": 18}
NO = {"id": "child", "requirement": "Younger than 18", "kind": "age", "below": 18}
OPEN = {
    "id": "rems",
    "requirement": "The site is certified",
    "kind": "attestation",
    "attestation": "rems",
    "question": "Is the site certified?",
}
OPEN_2 = OPEN | {"id": "pdmp", "attestation": "pdmp", "question": "Was the PDMP checked?"}
ASK = "Is the site certified? Write the answer as `rems:` under `attestations:`."
ASK_2 = "Was the PDMP checked? Write the answer as `pdmp:` under `attestations:`."
NO_CHILD = (
    "Not met. Nothing but the patient's age. Or ask for an exception: the prescriber's reasons "
    "under `exceptions:` with `criterion: child`."
)
CODED = {"id": "mdd", "requirement": "As coded", "kind": "diagnosis"}
DIAGNOSED: dict[str, Any] = {"diagnoses": [{"code": "F33.2"}]}


def verdict(root: Path, *, limits: Any = (), **values: Any) -> Verdict:  # noqa: ANN401
    """Return the verdict on a case by a policy version of these values.

    Values under `case` are sections of the case; `limits` are the policy's own.
    """
    sections = {**DIAGNOSED, **values.pop("case", {})}
    sections["coverage"] = {"payer": "plan-a", **sections.get("coverage", {})}
    write(
        root,
        "plan-a",
        payer={"name": "Plan A"},
        one=policy(version(**values), **dict(limits)),
    )
    return weigh_case(case(**sections), Library((root,)), DAY)


def exception(*names: str) -> list[dict[str, str]]:
    """Return exceptions of a case file to the criteria of these names."""
    return [
        {"criterion": name, "reason": "My reason.", "by": "Alex Moreno", "on": "2026-11-16"}
        for name in names
    ]


def asked(found: Verdict) -> list[tuple[str, str]]:
    """Return the questions, each with the criterion that it is about."""
    return [(question.criterion, question.text) for question in found.questions]


# --- which version --------------------------------------------------------------------------------


def by_two(root: Path, earlier: dict[str, Any], later: dict[str, Any]) -> Verdict:
    """Return the verdict where either of two versions can be the one in force."""
    year = str(DAY.year)
    old = version(**{"id": "old", "effective_from": "2020", "effective_to": year, **earlier})
    new = version(**{"id": "new", "effective_from": year, **later})
    write(root, "plan-a", payer={"name": "Plan A"}, one=policy(old, new))
    found = case(coverage={"payer": "plan-a"}, **DIAGNOSED)
    return weigh_case(found, Library((root,)), DAY)


COVERED = {"stance": "covered", "criteria": YES}
AGREED = [
    (COVERED, COVERED | {"criteria": YES | {"id": "other"}}),
    (COVERED | {"criteria": NO}, COVERED | {"criteria": NO}),
    ({"stance": "experimental"}, {"stance": "experimental"}),
    ({"stance": "silent"}, {"stance": "silent"}),
]


@pytest.mark.parametrize(("earlier", "later"), AGREED)
def test_two_versions_that_give_one_answer_are_no_question(
    tmp_path: Path, earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    """Whichever is in force, the request is the same."""
    found = by_two(tmp_path, earlier, later)
    assert found.governing
    assert found.governing.version.id == "new"
    assert [other.version.id for other in found.others] == ["old"]
    assert found.disputed == ()
    assert not any("in force" in question.text for question in found.questions)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (COVERED | {"criteria": NO}, COVERED),
        (COVERED, COVERED | {"criteria": NO}),
        (COVERED, COVERED | {"criteria": OPEN}),
        (COVERED | {"criteria": NO | {"id": "other"}}, COVERED | {"criteria": NO}),
        ({"stance": "experimental"}, COVERED),
        (COVERED, {"stance": "experimental"}),
        ({"stance": "silent"}, COVERED),
        ({"stance": "no_authorization_needed"}, {"stance": "not_covered"}),
    ],
)
def test_two_versions_that_give_two_answers_are_a_question(
    tmp_path: Path, earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    """Nothing is met or refused until the payer says which one is in force."""
    found = by_two(tmp_path, earlier, later)
    assert found.overall is UNKNOWN
    assert not found.ready
    [question] = [q for q in found.questions if "in force" in q.text]
    assert question.ask == "the payer"
    assert question.text == (
        "The versions new and old of this policy can each be the one in force on 2026-11-22, and "
        "they do not give the same answer. Which one is it? The findings shown are by new; with "
        "the exact `effective_from:` in the policy's file this question is settled."
    )


# --- which letter ---------------------------------------------------------------------------------

LETTERS = [
    ("covered", YES, LetterKind.REQUEST, MET),
    ("covered", OPEN, LetterKind.REQUEST, UNKNOWN),
    ("covered", NO, LetterKind.EXCEPTION, NOT_MET),
    ("silent", None, LetterKind.GENERAL, UNKNOWN),
    ("silent", YES, LetterKind.REQUEST, MET),
    ("silent", NO, LetterKind.EXCEPTION, NOT_MET),
    ("experimental", None, LetterKind.EXCEPTION, NOT_MET),
    ("experimental", YES, LetterKind.EXCEPTION, NOT_MET),
    ("not_covered", None, LetterKind.EXCEPTION, NOT_MET),
    ("no_authorization_needed", None, LetterKind.RECORD, UNKNOWN),
    ("no_authorization_needed", NO, LetterKind.RECORD, NOT_MET),
    ("no_authorization_needed", YES, LetterKind.RECORD, MET),
]


@pytest.mark.parametrize(("stance", "criteria", "kind", "overall"), LETTERS)
def test_stance_and_findings_call_for_a_letter(
    tmp_path: Path,
    stance: str,
    criteria: dict[str, Any] | None,
    kind: LetterKind,
    overall: Answer,
) -> None:
    """A request, an exception, a record, or a general letter that claims no criteria."""
    values = {"criteria": criteria} if criteria else {}
    found = verdict(tmp_path, stance=stance, **values)
    assert (kind, overall) == (found.kind, found.overall)
    assert found.stance is Stance(stance)


def test_without_a_policy_the_letter_is_a_general_one(tmp_path: Path) -> None:
    """For an unknown payer, and for a service that no policy of the payer is about."""
    other = verdict(tmp_path, case={"coverage": {"payer": "Plan Z"}}, criteria=NO)
    assert (other.kind, other.overall, other.payer) == (LetterKind.GENERAL, UNKNOWN, None)
    assert (other.stance, other.rules, other.marks) == (None, (), {})
    tms = {"service": "tms", "codes": [{"code": "90867"}]}
    found = verdict(tmp_path, case={"request": tms}, criteria=NO)
    assert found.kind is LetterKind.GENERAL
    assert found.payer is not None


@pytest.mark.parametrize(("kind", "expected"), [("initial", NOT_MET), ("renewal", MET)])
def test_a_renewal_is_weighed_by_its_own_criteria(
    tmp_path: Path, kind: str, expected: Answer
) -> None:
    """What the first approval asked for is not asked again."""
    found = verdict(
        tmp_path, case={"request": {"kind": kind}}, criteria=NO, renewal={"criteria": YES}
    )
    assert found.overall is expected
    assert [rule.id for rule in found.rules] == ["adult" if kind == "renewal" else "child"]


def test_a_renewal_without_criteria_on_file_claims_none(tmp_path: Path) -> None:
    """The initial criteria do not stand in."""
    found = verdict(tmp_path, case={"request": {"kind": "renewal"}}, criteria=NO)
    assert (found.finding, found.rules, found.kind) == (None, (), LetterKind.GENERAL)


def test_the_trials_are_those_of_the_policys_rule(tmp_path: Path) -> None:
    """Wherever the rule stands among the groups."""
    rule = {"id": "trials", "requirement": "One", "kind": "failed_trials", "least": 1, "weeks": 9}
    short = failed("sertraline", 100, "2025-02-03", "2025-03-30")
    found = verdict(
        tmp_path,
        case={"treatments": [short]},
        criteria={"all": [YES, {"any": [OPEN, rule]}]},
    )
    assert [one.because for one in found.trials] == ["taken for 8 weeks, 9 weeks needed"]
    general = verdict(tmp_path, case={"treatments": [short]}, criteria=YES)
    assert [one.answer for one in general.trials] == [MET]


@pytest.mark.parametrize(
    ("code", "criteria", "count"),
    [
        ("F33.2", YES, 0),
        ("F31.4", YES, 1),
        ("F31.4", {"all": [YES, {**CODED, "one_of": ["F31"]}]}, 0),
    ],
)
def test_a_first_diagnosis_that_the_policy_is_not_about_is_a_question(
    tmp_path: Path, code: str, criteria: dict[str, Any], count: int
) -> None:
    """Unless a criterion names the codes: then that one decides."""
    found = verdict(
        tmp_path,
        case={"diagnoses": [{"code": code}]},
        indication="treatment-resistant depression",
        criteria=criteria,
    )
    text = (
        "The policy on file is for treatment-resistant depression, the first diagnosis is another. "
        "Which diagnosis is the request for? It comes first."
    )
    assert [question for question in asked(found) if question[1] == text] == [("", text)] * count
    assert found.ready is not bool(count)


# --- why no policy governs ------------------------------------------------------------------------


def warned(found: Verdict) -> list[str]:
    """Return what the verdict warns of, as a line each."""
    return [str(problem) for problem in found.problems]


def test_a_policy_for_another_plan_is_told_where_the_word_on_the_plan_stands(
    tmp_path: Path,
) -> None:
    """One wrong word of the case leaves a letter without criteria: that is never silent."""
    limits = {"lines_of_business": ["commercial", "exchange"], "benefits": ["medical"]}
    plan = {"line_of_business": "medicaid", "benefit": "pharmacy"}
    found = verdict(tmp_path, case={"coverage": plan}, criteria=YES, limits=limits)
    assert found.kind is LetterKind.GENERAL
    fix = (
        "Compare the word here with the member's card; if it is right, ask the payer for the "
        "policy of this plan."
    )
    what = "the payer's policy on file for this service, Spravato, is for another"
    assert warned(found) == [
        f"warning: coverage.{key}: {what} {limit}: the letter claims no criteria. {fix}"
        for key, limit in (
            ("line_of_business", "line of business (commercial or exchange)"),
            ("benefit", "benefit (medical)"),
        )
    ]
    right = {"line_of_business": "exchange", "benefit": "medical"}
    assert warned(verdict(tmp_path, case={"coverage": right}, criteria=YES, limits=limits)) == []


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("Plan B", "Did you mean plan-a?"),
        ("Union trust", "Check the spelling against `priorauth payers`."),
    ],
)
def test_a_payer_that_is_not_on_file_may_be_a_slip_of_the_pen(
    tmp_path: Path, written: str, fix: str
) -> None:
    """The likest name is offered where there is one."""
    found = verdict(tmp_path, case={"coverage": {"payer": written}}, criteria=YES)
    what = "this payer is not on file: the letter claims no criteria"
    assert warned(found) == [f"warning: coverage.payer: {what}. {fix}"]


# --- questions ------------------------------------------------------------------------------------


def test_an_unknown_is_asked_for_and_a_letter_waits_for_it(tmp_path: Path) -> None:
    """With whom to ask; once it is answered the letter can be sent."""
    found = verdict(tmp_path, criteria={"all": [YES, OPEN]})
    assert asked(found) == [("rems", ASK)]
    assert found.questions[0].ask == "the prescriber"
    assert not found.ready
    yes = {"answer": "yes", "by": "Alex Moreno", "on": "2026-11-16"}
    answered = {"attestations": {"rems": yes}}
    assert verdict(tmp_path, case=answered, criteria={"all": [YES, OPEN]}).ready


def test_a_missing_diagnosis_is_always_asked_for(tmp_path: Path) -> None:
    """No letter goes out without one, whatever the policy asks."""
    found = verdict(tmp_path, case={"diagnoses": []}, criteria=YES)
    assert asked(found) == [("", "Which diagnosis is the request for?")]


GROUPS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"all": [OPEN, OPEN_2]}, [("rems", ASK), ("pdmp", ASK_2)]),
    ({"all": [NO, OPEN]}, [("child", NO_CHILD), ("rems", ASK)]),
    ({"any": [YES, OPEN]}, []),
    ({"all": [YES, {"all": [YES | {"id": "grown"}, OPEN]}]}, [("rems", ASK)]),
    ({"all": [{"any": [YES, NO]}, OPEN]}, [("rems", ASK)]),
]


@pytest.mark.parametrize(("criteria", "expected"), GROUPS)
def test_only_what_stands_in_the_way_is_asked_for(
    tmp_path: Path, criteria: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Nothing inside a group that is met, and nothing that is met inside one that is not."""
    assert expected == asked(verdict(tmp_path, criteria=criteria))


@pytest.mark.parametrize(
    "criteria",
    [
        {"id": "either", "requirement": "One of these", "any": [NO, OPEN, OPEN_2]},
        {"id": "either", "requirement": "One of these", "at_least": 1, "of": [NO, OPEN, OPEN_2]},
        {
            "id": "either",
            "requirement": "One of these",
            "any": [{"all": [NO, OPEN | {"id": "vain"}]}, OPEN, OPEN_2],
        },
    ],
)
def test_an_open_choice_is_one_question(tmp_path: Path, criteria: dict[str, Any]) -> None:
    """With all that would do, and nothing that no longer can."""
    found = verdict(tmp_path, criteria=criteria)
    assert asked(found) == [
        (
            "either",
            (
                f"One of these. What would do: {ASK} Ask the prescriber. "
                f"Or: {ASK_2} Ask the prescriber."
            ),
        )
    ]


def test_a_policy_for_one_kind_of_plan_asks_which_it_is(tmp_path: Path) -> None:
    """Whether it governs is a guess until the case says line of business and benefit."""
    limits = {"lines_of_business": ["medicaid", "exchange"], "benefits": ["medical"]}
    found = verdict(tmp_path, limits=limits, criteria=YES)
    assert [(question.text, question.ask) for question in found.questions] == [
        (
            (
                "The policy is for medicaid or exchange only: which line of business is it? "
                "Write `line_of_business:` under `coverage:`."
            ),
            "the plan",
        ),
        (
            (
                "The policy is for medical only: which benefit is it? "
                "Write `benefit:` under `coverage:`."
            ),
            "the plan",
        ),
    ]
    said = {"coverage": {"line_of_business": "medicaid", "benefit": "medical"}}
    assert verdict(tmp_path, limits=limits, case=said, criteria=YES).ready


# --- exceptions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "names", "used", "left"),
    [
        (NO, [], [], [("child", NO_CHILD)]),
        (NO, ["child"], ["child"], []),
        (NO, ["adult"], [], [("child", NO_CHILD)]),
        ({"all": [NO, OPEN]}, ["child"], ["child"], [("rems", ASK)]),
        ({"all": [NO, OPEN]}, ["child", "rems"], ["child"], [("rems", ASK)]),
        ({"all": [NO, NO | {"id": "minor"}]}, ["child", "minor"], ["child", "minor"], []),
    ],
)
def test_an_exception_answers_what_is_not_met(
    tmp_path: Path,
    criteria: dict[str, Any],
    names: list[str],
    used: list[str],
    left: list[tuple[str, str]],
) -> None:
    """By the criterion's id; an unknown is asked for all the same."""
    found = verdict(tmp_path, case={"exceptions": exception(*names)}, criteria=criteria)
    assert used == [one.criterion for one in found.exceptions]
    assert left == asked(found)


CHOICE = {"id": "either", "requirement": "One of two", "any": [NO, NO | {"id": "minor"}]}


@pytest.mark.parametrize("name", ["either", "child", "minor"])
def test_one_exception_answers_a_choice(tmp_path: Path, name: str) -> None:
    """By the group's id or by that of any of its parts."""
    found = verdict(tmp_path, case={"exceptions": exception(name)}, criteria=CHOICE)
    assert found.ready
    assert [one.criterion for one in found.exceptions] == [name]


def test_a_choice_that_is_not_met_is_one_question(tmp_path: Path) -> None:
    """One exception is asked for, not one a part."""
    found = verdict(tmp_path, criteria=CHOICE)
    assert [name for name, _ in asked(found)] == ["either"]
    assert found.questions[0].text.startswith("Not met. One of two")


def test_a_group_without_an_id_can_be_named_too(tmp_path: Path) -> None:
    """The question gives a name that a case file can hold."""
    choice = {"all": [YES, {"any": [NO, NO | {"id": "minor"}]}]}
    [question] = verdict(tmp_path, criteria=choice).questions
    assert question.criterion == "criteria-2"
    assert "with `criterion: criteria-2`." in question.text
    named = {"exceptions": exception(question.criterion)}
    assert verdict(tmp_path, case=named, criteria=choice).ready


@pytest.mark.parametrize("stance", ["experimental", "not_covered"])
def test_a_stance_is_answered_by_one_exception(tmp_path: Path, stance: str) -> None:
    """Under the name `stance`; an exception of another name does not do."""
    for names, ready in [([], False), (["child"], False), ([STANCE], True)]:
        found = verdict(tmp_path, case={"exceptions": exception(*names)}, stance=stance)
        assert ready is found.ready
        used = [STANCE] if ready else []
        assert used == [one.criterion for one in found.exceptions]
    [question] = verdict(tmp_path, stance=stance).questions
    assert question.criterion == STANCE
    assert question.text.startswith("The payer does not cover this: an exception needs")


def test_an_exception_to_the_stance_answers_nothing_where_the_service_is_covered(
    tmp_path: Path,
) -> None:
    """A covered service has criteria of its own."""
    found = verdict(tmp_path, case={"exceptions": exception(STANCE)}, criteria=NO, stance="covered")
    assert found.exceptions == ()
    assert not found.ready


# --- marks ----------------------------------------------------------------------------------------


def test_what_was_not_read_in_a_primary_text_is_marked(tmp_path: Path) -> None:
    """The source, single criteria with a mark of their own, and dose figures."""
    trials = {
        "id": "trials",
        "requirement": "One",
        "kind": "failed_trials",
        "least": 1,
        "mark": "M",
    }
    found = verdict(
        tmp_path,
        case={"treatments": [failed("venlafaxine", 225, "2025-02-03", "2025-03-30")]},
        source=SOURCE | {"mark": "V2"},
        criteria={"all": [YES | {"mark": "V"}, trials]},
    )
    assert found.marks == {
        Mark.V2: ("the policy's source", "the dose figures of trials"),
        Mark.M: ("trials",),
    }


def test_nothing_is_marked_where_all_was_read_in_the_payers_own_text(tmp_path: Path) -> None:
    """V needs no mark."""
    assert verdict(tmp_path, criteria=YES).marks == {}
