"""An appeal's letter: each reason answered from the record, said openly, or asked; never argued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from conftest import lines_of, raw_case, words_of

from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Made

    from priorauth.criteria import Verdict
    from priorauth.letter.contract import Appeal

    Weigh = Callable[[Any], Verdict]
    Html = Callable[[Any], str]

ERISA = "29 CFR 2560.503-1"


def appeal(**answer: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return the appeal sample with other values in its decision."""
    raw = raw_case("esketamine-appeal")
    raw["answer"] |= answer
    return raw


def covered(raw: Any, **coverage: str | None) -> Any:  # noqa: ANN401 - a case file's values
    """Return the case with other values in its coverage; None leaves one out."""
    raw["coverage"] = {k: v for k, v in {**raw["coverage"], **coverage}.items() if v is not None}
    return raw


def unmet(*, exception: bool) -> Any:  # noqa: ANN401 - a case file's values
    """Return an appeal whose first criterion is not met: the second trial came before."""
    raw = appeal()
    raw["treatments"][1] |= {"doses": [{"mg_per_day": "25", "from": "2026-01-19"}]}
    del raw["treatments"][1]["change"]
    if exception:
        asked = {"criterion": "failed_trials", "reason": "Higher doses made her faint."}
        raw["exceptions"] = [{**asked, "by": "Tobias Lindqvist, DO", "on": "2026-11-13"}]
    return raw


def said(raw: Any, verdict_of: Weigh) -> Appeal:  # noqa: ANN401 - a case file's values
    """Return what the letter says of the decision."""
    found = compose(verdict_of(raw)).appeal
    assert found is not None
    return found


def questions(raw: Any, verdict_of: Weigh) -> list[str]:  # noqa: ANN401 - a case file's values
    """Return what is asked before the appeal can be sent."""
    return [question.text for question in verdict_of(raw).questions]


# --- the reasons ----------------------------------------------------------------------------------


def test_a_reason_is_quoted_with_its_page(verdict_of: Weigh) -> None:
    """In the payer's own words, word for word."""
    reasons = said(appeal(), verdict_of).reasons
    written = [
        " ".join(r["text"].split()) for r in raw_case("esketamine-appeal")["answer"]["reasons"]
    ]
    assert [reason.text for reason in reasons] == written
    assert [[cite.text for cite in reason.cites] for reason in reasons] == [["Ex. A p. 1"]] * 3


def test_a_reason_whose_criterion_is_met_is_answered_by_the_facts(verdict_of: Weigh) -> None:
    """With the criterion's number, its finding, and the page of every fact."""
    reason = said(appeal(), verdict_of).reasons[0]
    assert (reason.criterion, reason.finding) == ("2", "met")
    assert reason.requirement.startswith("In this episode two antidepressants of different classes")
    assert len(reason.facts) == 2
    assert all(fact.cites for fact in reason.facts)
    assert (reason.reply, reason.exceptions) == ((), ())


def test_a_reason_that_no_criterion_answers_has_the_clinicians_reply_alone(
    verdict_of: Weigh,
) -> None:
    """Nothing is added to these words, and who says them stands below."""
    raw = appeal()
    reason = said(raw, verdict_of).reasons[2]
    written = raw["answer"]["reasons"][2]["reply"]["text"]
    assert reason.reply == (" ".join(written.split()),)
    assert reason.reply_by == "Tobias Lindqvist, DO, 11/13/2026"
    assert (reason.criterion, reason.requirement, reason.finding, reason.facts) == ("", "", "", ())


@pytest.mark.parametrize("criterion", [None, "no_such_criterion"])
def test_a_reason_that_nothing_answers_is_asked(criterion: str | None, verdict_of: Weigh) -> None:
    """No argument is made up: the letter stays a draft until the clinician has replied."""
    raw = appeal()
    del raw["answer"]["reasons"][2]["reply"]
    if criterion:
        raw["answer"]["reasons"][2]["criterion"] = criterion
    [asked] = questions(raw, verdict_of)
    assert asked.startswith("Reason 3 of the payer's decision ")
    assert "what do you say to it?" in asked
    assert raw["answer"]["reasons"][2]["text"] not in asked


def test_a_reason_whose_criterion_is_unknown_is_a_draft_with_its_question(
    verdict_of: Weigh,
) -> None:
    """The question is that of the criterion, asked once."""
    raw = appeal()
    del raw["attestations"]["pdmp_checked"]
    [asked] = questions(raw, verdict_of)
    assert asked.startswith("Have the patient's prescriptions")
    assert said(raw, verdict_of).reasons[1].finding == "unknown"


def test_a_reason_that_is_right_is_said_openly(verdict_of: Weigh) -> None:
    """Not met, with the recorded reasons for an exception beside it; else it is asked for."""
    raw = unmet(exception=True)
    found = said(raw, verdict_of)
    assert found.reasons[0].finding == "not met"
    assert [one.paragraphs for one in found.reasons[0].exceptions] == [
        ("Higher doses made her faint.",)
    ]
    assert compose(verdict_of(raw)).exceptions == ()  # said once, where the reason stands
    assert questions(raw, verdict_of) == []
    [asked] = questions(unmet(exception=False), verdict_of)
    assert asked.startswith("Not met. ")


def test_a_reply_may_stand_beside_a_finding(verdict_of: Weigh) -> None:
    """The clinician's words are printed below the facts."""
    raw = appeal()
    reply = {"text": "I checked it twice.", "by": "Tobias Lindqvist, DO", "on": "2026-11-13"}
    raw["answer"]["reasons"][1]["reply"] = reply
    reason = said(raw, verdict_of).reasons[1]
    assert reason.facts
    assert reason.reply == ("I checked it twice.",)


# --- the decision and the time --------------------------------------------------------------------


def test_the_decision_is_named_with_its_policy(made: Callable[[str], Made]) -> None:
    """What, when, under which number, and the policy with its version's first day."""
    lines = lines_of(made("esketamine-appeal").html)
    place = lines.index("## The decision, and an answer to each of its reasons")
    assert lines[place + 1 : place + 6] == [
        "Decision | denied, 10/26/2026",
        "Received | 10/29/2026",
        "Reference number | DN-7740-2216",
        "Policy | Psychiatry - Spravato, in force from 2025",
        "The decision is enclosed [Ex. A p. 1]",
    ]


def test_the_letter_says_by_which_rule_it_is_in_time(verdict_of: Weigh) -> None:
    """The limit, the rule, the day that it is counted from, and the last day."""
    assert said(appeal(), verdict_of).in_time == (
        f"180 days are allowed to appeal ({ERISA}(h)(3)(i), applied by 45 CFR 147.136(b)). "
        "Counted from the receipt of the decision on 10/29/2026, the last day is 04/27/2027."
    )
    named = said(appeal(appeal_by="2027-05-01"), verdict_of).in_time
    assert named == "The decision names 05/01/2027 as the last day to appeal."


def test_without_a_line_of_business_no_rule_is_stated(verdict_of: Weigh) -> None:
    """It is asked for; the letter states neither a time nor a rule of law."""
    raw = covered(appeal(), line_of_business=None, payer="A county plan")
    found = said(raw, verdict_of)
    assert found.in_time == ""
    assert "CFR" not in " ".join(found.asks)
    assert any("Which line of business is the plan?" in one for one in questions(raw, verdict_of))


@pytest.mark.parametrize("line", ["medicaid", "medicare"])
def test_what_holds_for_some_plans_only_is_asked_and_not_stated(
    line: str, verdict_of: Weigh
) -> None:
    """Managed care or not: the case does not say, so the letter claims no time."""
    raw = covered(appeal(), line_of_business=line, payer="A county plan")
    found = said(raw, verdict_of)
    assert (found.in_time, "CFR" in " ".join(found.asks)) == ("", False)
    assert any("By which day must this appeal be filed?" in q for q in questions(raw, verdict_of))


def test_a_late_appeal_is_asked_about(verdict_of: Weigh) -> None:
    """The letter does not say that it is in time."""
    raw = appeal(on="2026-04-01", received="2026-04-06")
    assert said(raw, verdict_of).in_time == ""
    [asked] = questions(raw, verdict_of)
    assert asked.startswith("The time to appeal ended on 10/03/2026 (")


def test_the_rules_of_the_day_of_the_decision_count(verdict_of: Weigh) -> None:
    """A version that came later answers nothing, and staff are told of it."""
    raw = appeal(on="2024-06-03", received="2024-06-06", appeal_by="2026-12-31")
    found = verdict_of(raw)
    assert found.governing is not None
    assert found.governing.version.id == "adjunct"
    assert any("another version of the policy" in problem.what for problem in found.problems)


# --- what is asked beside it ----------------------------------------------------------------------


def test_a_same_specialty_reviewer_and_the_criteria_are_asked_for(verdict_of: Weigh) -> None:
    """With the rules that give a right to them, where the line of business is known."""
    reviewer, criteria, decided = said(appeal(), verdict_of).asks
    assert reviewer == (
        "Please have this decided by a reviewer of the prescriber's specialty (psychiatry) who "
        f"took no part in the decision. {ERISA}(h)(3)(iii) requires a health care professional "
        "with appropriate training and experience in the field of medicine."
    )
    assert criteria.startswith("Please send the practice the criteria, guideline or protocol")
    assert f"{ERISA}(g)(1)(v)(A)" in criteria
    assert decided.startswith("A decision is due at most 30 days after receipt (")


def test_medicare_advantage_has_rules_of_its_own(verdict_of: Weigh) -> None:
    """A drug of the medical benefit is decided in seven days, and 60 days are given to appeal."""
    raw = covered(appeal(), line_of_business="medicare_advantage", payer="A county plan")
    found = said(raw, verdict_of)
    assert found.in_time.startswith("60 days are allowed to appeal (42 CFR 422.582(b)).")
    assert "42 CFR 422.590(h)(2) requires a physician" in found.asks[0]
    assert found.asks[2] == "A decision is due at most 7 days after receipt (42 CFR 422.590)."


def test_the_letter_asks_to_reverse_the_decision(html_of: Html) -> None:
    """In the title, in the first sentence and in the last."""
    text = words_of(html_of(appeal()))
    assert "First-level appeal" in text
    assert "The decision of 10/26/2026 (reference DN-7740-2216) is appealed, and prior" in text
    assert "Please reverse the decision of 10/26/2026 and approve esketamine" in text


def test_an_appeal_goes_where_the_decision_says(verdict_of: Weigh) -> None:
    """To the department and fax of the case; never to the place for requests."""
    party = compose(verdict_of(appeal())).payer
    assert (party.name, party.department, party.fax) == (
        "Cigna Healthcare",
        "Appeals",
        "800-555-0171",
    )


@pytest.mark.parametrize(
    ("name", "level"), [("appeal-second", "second"), ("appeal-external", "external")]
)
def test_higher_levels_read_as_their_golden_text(
    name: str, level: str, html_of: Html, golden: Callable[[str, str], None]
) -> None:
    """Every word of a second-level appeal and of a request for external review."""
    raw = appeal(level=level, appeal_by="2027-02-26")
    if level == "external":
        raw["coverage"]["send_to"] = {"name": "State external review", "fax": "800-555-0172"}
    golden(f"{name}.txt", "\n".join(lines_of(html_of(raw))) + "\n")


def test_an_appeal_with_an_exception_reads_as_its_golden_text(
    html_of: Html, golden: Callable[[str, str], None]
) -> None:
    """A reason that is right, with the exception that is asked for."""
    golden("appeal-exception.txt", "\n".join(lines_of(html_of(unmet(exception=True)))) + "\n")


def test_an_appeal_of_a_renewal_is_weighed_as_one(verdict_of: Weigh) -> None:
    """The renewal's criteria count, and the course so far is shown."""
    raw = raw_case("esketamine-renewal")
    raw["request"]["kind"] = "appeal"
    answer = {"decision": "ended", "on": "2026-11-10", "asked": "renewal"}
    raw["answer"] = {**answer, "reasons": [{"text": "No response.", "criterion": "response"}]}
    found = compose(verdict_of(raw))
    assert found.renewal is not None
    assert found.appeal is not None
    assert found.appeal.reasons[0].finding == "met"
    assert "renewal of prior authorization is requested" in found.request


def test_an_answer_quotes_the_policy_by_its_number_and_place(html_of: Html) -> None:
    """A reviewer finds the rule in the policy itself; our own number is that of the table."""
    raw = covered(appeal(), payer="qualchoice")
    text = words_of(html_of(raw))
    assert (
        "BI734, Initial Approval Criteria, I.e.i (criterion 5 below), met: Two antidepressants of "
        "two classes failed" in text
    )


def test_other_letters_have_no_decision(made: Callable[[str], Made]) -> None:
    """The block of appeals is empty in them."""
    assert made("esketamine").letter.appeal is None
