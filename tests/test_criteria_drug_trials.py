"""Failed trials: which trial counts and why, and whether enough of them do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from cases import DAY, MET, NOT_MET, UNKNOWN, case, dose, drug, failed, judged, trials_rule, with_

from priorauth.criteria import Answer, Facts, TrialVerdict, weigh_trials
from priorauth.criteria.drug_trials import dates_taken, failed_trials, floor_of
from priorauth.criteria.facts import CONTRADICTED
from priorauth.reference import Mark
from priorauth.trials import weigh

if TYPE_CHECKING:
    from priorauth.payer import FailedTrials

TWO: dict[str, Any] = {"least": 2, "classes": 2, "weeks": 6}
SERTRALINE = failed("sertraline", 150, "2025-02-03", "2025-05-30")  # 117 days
VENLAFAXINE = failed("venlafaxine XR", 225, "2025-06-30", "2025-12-31")  # 185 days
SAID = (
    "Sertraline (SSRI), highest dose 150 mg/day, 02/03/2025 to 05/30/2025: "
    "16.7 weeks at 50 mg/day or more; no response"
)
WANTED = "2 trials of 2 classes, each 6 weeks or more at or above the least effective labeled dose"
ONE_OF_TWO = f"{SAID}; 1 counted, of 1 class, of {WANTED}"


def verdicts(*treatments: Any, **values: Any) -> tuple[TrialVerdict, ...]:  # noqa: ANN401
    """Return what the rule of these values says of each trial."""
    rules = [trials_rule(**values)]
    return weigh_trials(rules, Facts(case(treatments=list(treatments)), DAY))


def verdict(*treatments: Any, onset: str = "", **values: Any) -> tuple[Answer, str, str]:  # noqa: ANN401
    """Return the answer, the reason and the question on the one trial that the treatments make."""
    sections: dict[str, Any] = {"episode": {"onset": onset}} if onset else {}
    facts = Facts(case(treatments=list(treatments), **sections), DAY)
    [one] = weigh_trials([trials_rule(**values)], facts)
    return one.answer, one.because, one.would_change


# --- enough of them -------------------------------------------------------------------------------

ENOUGH: dict[str, tuple[list[Any], dict[str, Any], Answer, str, str]] = {
    "two of two classes": (
        [SERTRALINE, VENLAFAXINE],
        TWO,
        MET,
        (
            f"{SAID}; Venlafaxine (SNRI), highest dose 225 mg/day, 06/30/2025 to 12/31/2025: "
            "26.4 weeks at 75 mg/day or more; no response"
        ),
        "",
    ),
    "nothing on record": (
        [],
        TWO,
        UNKNOWN,
        "no drug treatment is recorded",
        f"{WANTED}: drug, doses, dates and outcome of each.",
    ),
    "one of two": ([SERTRALINE], TWO, NOT_MET, ONE_OF_TWO, f"{WANTED}."),
    "one agent twice": (
        [SERTRALINE, failed("Zoloft", 100, "2025-09-01", "2025-12-31")],
        TWO,
        NOT_MET,
        (
            "Sertraline (SSRI), highest dose 100 mg/day, 09/01/2025 to 12/31/2025: 17.4 weeks at "
            f"50 mg/day or more; no response; 1 counted, of 1 class, of {WANTED}; not counted: "
            "sertraline: sertraline is counted once, in another trial"
        ),
        f"{WANTED}.",
    ),
    "two of one class": (
        [SERTRALINE, failed("escitalopram", 20, "2025-06-30", "2025-12-31")],
        TWO,
        NOT_MET,
        (
            f"{SAID}; Escitalopram (SSRI), highest dose 20 mg/day, 06/30/2025 to 12/31/2025: "
            "26.4 weeks at 10 mg/day or more; no response; "
            f"2 counted, of 1 class, of {WANTED}"
        ),
        f"{WANTED}.",
    ),
    "two of classes that share a part": (
        [SERTRALINE, failed("vilazodone", 40, "2025-06-30", "2025-12-31")],
        TWO,
        UNKNOWN,
        (
            f"{SAID}; Vilazodone (SSRI/5-HT1A partial agonist), highest dose 40 mg/day, "
            "06/30/2025 to 12/31/2025: 26.4 weeks at 20 mg/day or more; no response; "
            f"2 counted, of 1 class, of {WANTED}"
        ),
        (
            "Ask the payer whether it takes SSRI and SSRI/5-HT1A partial agonist for different "
            "classes."
        ),
    ),
    "one whose outcome is open": (
        [SERTRALINE, drug("duloxetine", dose(60, "2025-06-30", "2025-12-31"))],
        TWO,
        UNKNOWN,
        f"{ONE_OF_TWO}; open: duloxetine: the outcome is not recorded",
        "Duloxetine: Ask how it went, and write `outcome:`.",
    ),
    "one that is too short": (
        [SERTRALINE, failed("duloxetine", 60, "2025-06-30", "2025-08-09")],
        TWO,
        NOT_MET,
        f"{ONE_OF_TWO}; not counted: duloxetine: taken for 5.8 weeks, 6 weeks needed",
        f"{WANTED}.",
    ),
    "two, and one more that is open": (
        [SERTRALINE, VENLAFAXINE, drug("mirtazapine", dose(30, "2026-01-05"), ongoing=True)],
        {**TWO, "least": 3},
        UNKNOWN,
        (
            f"{SAID}; Venlafaxine (SNRI), highest dose 225 mg/day, 06/30/2025 to 12/31/2025: "
            "26.4 weeks at 75 mg/day or more; no response; 2 counted, of 2 classes, of 3 trials of "
            "2 classes, each 6 weeks or more at or above the least effective labeled dose; "
            "open: mirtazapine: the outcome is not recorded"
        ),
        "Mirtazapine: Ask how it went, and write `outcome:`.",
    ),
}


@pytest.mark.parametrize("what", ENOUGH)
def test_the_number_of_trials_and_classes_decides(what: str) -> None:
    """Met, not met or unknown, with the trials that count, the reason and what would change it."""
    treatments, values, answer, because, would_change = ENOUGH[what]
    found = judged(trials_rule(**values), treatments=treatments)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)


def test_the_prescriber_is_asked_and_the_weakest_dose_figure_marks_the_finding() -> None:
    """The doses of immediate-release venlafaxine are known from a secondary page only."""
    either = failed("venlafaxine", 225, "2025-06-30", "2025-12-31")
    found = judged(trials_rule(**TWO), treatments=[SERTRALINE, either])
    assert found.judgement.mark is Mark.V2
    open_one = judged(trials_rule(**TWO), treatments=[SERTRALINE])
    assert (open_one.judgement.ask, open_one.judgement.mark) == ("the prescriber", Mark.V)


def test_a_question_on_an_agent_that_counts_already_is_not_asked() -> None:
    """A second, vague course of sertraline is no question while another agent is."""
    found = judged(
        trials_rule(**TWO),
        treatments=[
            SERTRALINE,
            drug("Zoloft", dose(100, "2024", "2024")),
            drug("duloxetine", dose(60, "2025-06-30", "2025-12-31")),
        ],
    )
    assert found.would_change == "Duloxetine: Ask how it went, and write `outcome:`."


CLASSES = [
    (["sertraline", "vilazodone"], 2, UNKNOWN),
    (["sertraline", "vilazodone", "venlafaxine XR"], 2, MET),
    (["sertraline", "vilazodone", "venlafaxine XR"], 3, UNKNOWN),
    (["vilazodone", "Symbyax"], 2, UNKNOWN),
    (["bupropion XL", "Auvelity"], 2, UNKNOWN),
    (["sertraline", "escitalopram"], 2, NOT_MET),
    (["sertraline", "Symbyax", "Auvelity"], 2, MET),
]


@pytest.mark.parametrize(("names", "classes", "answer"), CLASSES)
def test_mixed_classes_that_share_a_part_are_surely_one(
    names: list[str], classes: int, answer: Answer
) -> None:
    """Whether a payer takes an SSRI and an SSRI with something more for two has to be asked."""
    amounts = {"Symbyax": 12, "Auvelity": 90}
    taken = [
        failed(name, amounts.get(name, 300), f"2025-0{place}-01", f"2025-0{place}-28")
        for place, name in enumerate(names, 1)
    ]
    assert answer is judged(trials_rule(least=classes, classes=classes), treatments=taken).answer


# --- one trial ------------------------------------------------------------------------------------

EXACT = "Write the exact first and last day from the chart or the pharmacy record."
WINDOW: dict[str, Any] = {"weeks": 6, "window": {"current_episode": "yes"}}
ONE: dict[str, tuple[list[Any], dict[str, Any], Answer, str, str]] = {
    "long enough": (
        [SERTRALINE],
        {"weeks": 6},
        MET,
        "16.7 weeks at 50 mg/day or more; no response",
        "",
    ),
    "42 days are six weeks": (
        [failed("sertraline", 50, "2025-02-03", "2025-03-16")],
        {"weeks": 6},
        MET,
        "6 weeks at 50 mg/day or more; no response",
        "",
    ),
    "41 days are not": (
        [failed("sertraline", 50, "2025-02-03", "2025-03-15")],
        {"weeks": 6},
        NOT_MET,
        "taken for 5.8 weeks, 6 weeks needed",
        "",
    ),
    "four and a half weeks are 32 days": (
        [failed("sertraline", 50, "2025-02-03", "2025-03-05")],
        {"weeks": "4.5"},
        NOT_MET,
        "taken for 4.4 weeks, 4.5 weeks needed",
        "",
    ),
    "long enough, at dose too short": (
        [
            drug(
                "sertraline",
                dose(25, "2025-02-03", "2025-03-15"),
                dose(50, "2025-03-16", "2025-03-29"),
                outcome="no_response",
            )
        ],
        {"weeks": 6},
        NOT_MET,
        "2 weeks at 50 mg/day or more, 6 weeks needed",
        "",
    ),
    "never at dose": (
        [failed("sertraline", 25, "2025-02-03", "2025-05-30")],
        {"weeks": 6},
        NOT_MET,
        "never at or above 50 mg/day, the least effective labeled dose",
        "",
    ),
    "never at dose, and the policy asks for none": (
        [failed("sertraline", 25, "2025-02-03", "2025-05-30")],
        {"weeks": 6, "dose": "any"},
        MET,
        "16.7 weeks taken; no response",
        "",
    ),
    "at a dose for sleep, and the policy asks for none": (
        [failed("trazodone", 50, "2025-02-03", "2025-05-30")],
        {"weeks": 6, "dose": "any"},
        NOT_MET,
        "a dose usual for sleep, never at or above 150 mg/day, the least effective labeled dose",
        "",
    ),
    "known by months": (
        [failed("sertraline", 50, "2025-03", "2025-04")],
        {"weeks": 6},
        UNKNOWN,
        "0.2 to 8.7 weeks at 50 mg/day or more, 6 weeks needed",
        EXACT,
    ),
    "a dose change known by months": (
        [
            drug(
                "sertraline",
                dose(25, "2025-01-06", "2025-04"),
                dose(50, "2025-04", "2025-05-30"),
                outcome="no_response",
            )
        ],
        {"weeks": 6},
        UNKNOWN,
        "4.4 to 8.5 weeks at 50 mg/day or more, 6 weeks needed",
        "Write the exact days of each dose from the chart or the pharmacy record.",
    ),
    "a form that the name leaves open": (
        [failed("paroxetine", 20, "2025-02-03", "2025-05-30")],
        {"weeks": 6},
        UNKNOWN,
        "0 to 16.7 weeks at or above the least effective labeled dose, 6 weeks needed",
        "Write the form with the name (such as XR or SR): its labeled doses differ.",
    ),
    "a label without a least dose": (
        [failed("gepirone", "36.3", "2025-02-03", "2025-05-30")],
        {"weeks": 6},
        UNKNOWN,
        "0 to 16.7 weeks at or above the least effective labeled dose, 6 weeks needed",
        "The label names no least effective dose: ask the payer what it accepts.",
    ),
    "a dose that may be the greatest tolerated": (
        [SERTRALINE],
        {"weeks": 6, "dose": "maximum_tolerated"},
        UNKNOWN,
        "0 to 16.7 weeks at the greatest labeled or tolerated dose, 6 weeks needed",
        "Ask whether a higher dose was not tolerated: `maximum_tolerated: yes` or `no`.",
    ),
    "a dose that is the greatest tolerated": (
        [with_(SERTRALINE, maximum_tolerated=True)],
        {"weeks": 6, "dose": "maximum_tolerated"},
        MET,
        "16.7 weeks at the greatest labeled or tolerated dose; no response",
        "",
    ),
    "a dose that could have been raised": (
        [with_(SERTRALINE, maximum_tolerated="no")],
        {"weeks": 6, "dose": "maximum_tolerated"},
        NOT_MET,
        "0 weeks at the greatest labeled or tolerated dose, 6 weeks needed",
        "",
    ),
    "a drug whose US label is for another illness": (
        [failed("clomipramine", 250, "2025-02-03", "2025-05-30")],
        {"weeks": 6},
        UNKNOWN,
        "its US label is not for depression; whether the policy counts it is not on file",
        "Ask the payer whether it counts this drug.",
    ),
    "the same, and the policy counts it": (
        [failed("clomipramine", 250, "2025-02-03", "2025-05-30")],
        {"weeks": 6, "off_label": "yes"},
        MET,
        "16.7 weeks at 100 mg/day or more; no response",
        "",
    ),
    "the same, and the policy does not": (
        [failed("clomipramine", 250, "2025-02-03", "2025-05-30")],
        {"weeks": 6, "off_label": "no"},
        NOT_MET,
        "its US label is not for depression",
        "",
    ),
}


@pytest.mark.parametrize("what", ONE)
def test_one_trial_counts_by_time_dose_and_label(what: str) -> None:
    """Answer, reason and question on one trial."""
    treatments, values, *expected = ONE[what]
    assert tuple(expected) == verdict(*treatments, **values)


EPISODE = [
    ("2025-01-15", MET, "16.7 weeks at 50 mg/day or more; no response", ""),
    (
        "2025-04-01",
        MET,
        "8.5 of its 16.7 weeks at 50 mg/day or more are in this episode; no response",
        "",
    ),
    (
        "2025-05-01",
        NOT_MET,
        "4.2 of its 16.7 weeks are in this episode, 6 weeks needed",
        "",
    ),
    ("2025-05-31", NOT_MET, "outside the time that the policy looks at", ""),
    (
        "2025-04",
        UNKNOWN,
        "4.4 to 8.5 of its 16.7 weeks at 50 mg/day or more are in this episode, 6 weeks needed",
        "Write the onset of the episode to the day.",
    ),
    (
        "",
        UNKNOWN,
        (
            "the dates do not say whether it lies in the time that the policy looks at; "
            "0 to 16.7 of its 16.7 weeks at 50 mg/day or more are in this episode, 6 weeks needed"
        ),
        (
            "Write the exact dates, and the onset of the episode, from the chart or the pharmacy "
            "record. Write the onset of the episode to the day."
        ),
    ),
]


@pytest.mark.parametrize(("onset", "answer", "because", "would_change"), EPISODE)
def test_only_the_part_in_the_episode_counts(
    onset: str, answer: Answer, because: str, would_change: str
) -> None:
    """A trial that began before the episode counts from its onset on."""
    expected = (answer, because, would_change)
    assert expected == verdict(SERTRALINE, onset=onset, **WINDOW)


def test_two_runs_are_told_as_two() -> None:
    """Seven days do not end a run, eight do: the weeks of the longer run are said to be that."""
    treatment = drug(
        "sertraline",
        dose(100, "2025-03-01", "2025-03-21"),
        dose(100, "2025-03-30", "2025-04-19"),
        outcome="no_response",
    )
    because = "taken for 3 weeks without a break of more than 7 days, 6 weeks needed"
    assert (NOT_MET, because, "") == verdict(treatment, weeks=6)


FILLS = [
    dose(100, "2025-03-01", "2025-03-30"),
    dose(100, "2025-04-11", "2025-05-10"),
    dose(100, "2025-05-12", "2025-05-25"),
    dose(100, "2025-06-04", "2025-06-20"),
]
GAPS = (
    " Sertraline: No dose covers 11 and 9 days between its first and its last: was it taken then? "
    "If it was, write a later day after `to:` in the line before."
)


@pytest.mark.parametrize(
    ("doses", "outcome", "weeks", "asked"),
    [
        (FILLS, "no_response", 8, GAPS),
        (FILLS, "no_response", 20, ""),  # too short with these days, too
        (FILLS, "remission", 8, ""),  # and the days alone would not do
        (FILLS[1:3], "no_response", 8, ""),
        ([*FILLS[:1], dose(25, "2025-04-01", "2025-06-20")], "no_response", 8, ""),
    ],
)
def test_days_between_fills_are_asked_about_where_they_alone_are_lacking(
    doses: list[Any], outcome: str, weeks: int, asked: str
) -> None:
    """How many they are, and of which drug: beside the trials that are wanted."""
    given = drug("sertraline", *doses, outcome=outcome)
    rule = trials_rule(least=1, weeks=weeks)
    found = failed_trials(rule, Facts(case(treatments=[given]), DAY))
    assert found.answer is NOT_MET
    wanted, *told = found.would_change.split(".", 1)
    assert wanted.startswith(f"1 trial, each {weeks} weeks or more")
    assert "".join(told) == asked


@pytest.mark.parametrize(("years", "answer"), [(1, NOT_MET), (2, MET)])
def test_a_look_back_of_years_leaves_older_trials_out(years: int, answer: Answer) -> None:
    """A trial that ended in May 2025 is not in the year before 22 November 2026."""
    assert answer is verdict(SERTRALINE, weeks=6, window={"years": years})[0]


# --- how it went ----------------------------------------------------------------------------------

LIMIT: dict[str, Any] = {"weeks": 6, "most_improvement_percent": 25}
TIME = "16.7 weeks at 50 mg/day or more"
WENT: list[tuple[str, dict[str, Any], dict[str, Any], Answer, str, str]] = [
    ("partial response", {"outcome": "partial_response"}, {}, MET, f"{TIME}; partial response", ""),
    ("response", {"outcome": "response"}, {}, NOT_MET, "the outcome was response", ""),
    ("remission", {"outcome": "remission"}, {}, NOT_MET, "the outcome was remission", ""),
    (
        "an outcome the policy does not take",
        {"outcome": "partial_response"},
        {"outcomes": ["no_response"]},
        NOT_MET,
        "the outcome was partial response",
        "",
    ),
    (
        "exactly 25 percent",
        {"improvement_percent": 25},
        LIMIT,
        MET,
        f"{TIME}; improved by 25 percent",
        "",
    ),
    (
        "a little more",
        {"outcome": "partial_response", "improvement_percent": "25.01"},
        LIMIT,
        NOT_MET,
        "improved by more than 25 percent, at most 25 percent allowed",
        "",
    ),
    (
        "20 to 15 are exactly 25 percent",
        {"change": {"scale": "PHQ-9", "before": 20, "after": 15}},
        LIMIT,
        MET,
        f"{TIME}; improved by 25 percent (PHQ-9 20 to 15)",
        "",
    ),
    (
        "19 to 14 are more",
        {"outcome": "partial_response", "change": {"scale": "PHQ-9", "before": 19, "after": 14}},
        LIMIT,
        NOT_MET,
        "improved by 26.3 percent, at most 25 percent allowed",
        "",
    ),
    (
        "worse than before",
        {"change": {"scale": "PHQ-9", "before": 20, "after": 22}},
        LIMIT,
        MET,
        f"{TIME}; worsened by 10 percent (PHQ-9 20 to 22)",
        "",
    ),
    ("no response, unmeasured", {}, LIMIT, MET, f"{TIME}; no response", ""),
    (
        "partial response, unmeasured",
        {"outcome": "partial_response"},
        LIMIT,
        UNKNOWN,
        "a partial response of unrecorded size, at most 25 percent allowed",
        "Write `improvement_percent:` or the scores before and after.",
    ),
    (
        "measured, and called a response",
        {"outcome": "response", "improvement_percent": 10},
        LIMIT,
        UNKNOWN,
        "called response, but improved by 10 percent",
        CONTRADICTED,
    ),
    (
        "more than the limit, and called a response",
        {"outcome": "response", "improvement_percent": 30},
        LIMIT,
        NOT_MET,
        "improved by 30 percent, at most 25 percent allowed",
        "",
    ),
    (
        "a remission by its total, from a low score",
        {"outcome": "remission", "change": {"scale": "MADRS", "before": 12, "after": 10}},
        LIMIT,
        UNKNOWN,
        "called remission, but improved by 16.7 percent only",
        CONTRADICTED,
    ),
    (
        "called no response, with figures of a response, beyond the limit",
        {"improvement_percent": 60},
        LIMIT,
        UNKNOWN,
        "called no response, but improved by 60 percent",
        CONTRADICTED,
    ),
    (
        "called no response, with figures of a response",
        {"improvement_percent": 50},
        {},
        UNKNOWN,
        "called no response, but improved by 50 percent",
        CONTRADICTED,
    ),
    (
        "called no response, with figures just short of a response",
        {"improvement_percent": 49},
        {},
        MET,
        f"{TIME}; no response",
        "",
    ),
    (
        "called a partial response, with scores of a response",
        {"outcome": "partial_response", "change": {"scale": "MADRS", "before": 40, "after": 5}},
        {},
        UNKNOWN,
        "called partial response, but improved by 87.5 percent (MADRS 40 to 5)",
        CONTRADICTED,
    ),
    (
        "called a response, with figures of none",
        {"outcome": "response", "improvement_percent": 10},
        {},
        UNKNOWN,
        "called response, but improved by 10 percent",
        CONTRADICTED,
    ),
    (
        "any outcome will do, whatever the figures",
        {"improvement_percent": 80},
        {"outcomes": ["no_response", "partial_response", "response", "remission"]},
        MET,
        f"{TIME}; no response",
        "",
    ),
]


@pytest.mark.parametrize(
    ("what", "told", "values", "answer", "because", "would_change"),
    WENT,
    ids=[row[0] for row in WENT],
)
def test_a_trial_counts_only_when_it_did_not_help(  # noqa: PLR0913, PLR0917 - a table's columns
    what: str,
    told: dict[str, Any],
    values: dict[str, Any],
    answer: Answer,
    because: str,
    would_change: str,
) -> None:
    """By the outcome, or by the improvement where the policy sets a limit to it."""
    del what
    found = verdict(with_(SERTRALINE, **told), **{"weeks": 6, **values})
    assert (answer, because, would_change) == found


@pytest.mark.parametrize("told", [{}, {"improvement_percent": 10}])
def test_without_an_outcome_no_trial_has_failed(told: dict[str, Any]) -> None:
    """A small improvement alone is no outcome: how it went is asked for."""
    one = drug("sertraline", dose(150, "2025-02-03", "2025-05-30"), **told)
    assert verdict(one, **LIMIT) == (
        UNKNOWN,
        "the outcome is not recorded",
        "Ask how it went, and write `outcome:`.",
    )


def test_two_outcomes_of_which_neither_is_surely_the_last_are_a_question() -> None:
    """Zoloft helped and sertraline did not, both in March: which came last is asked for."""
    zoloft = drug("Zoloft", dose(100, "2025-01", "2025-03"), outcome="response")
    found = verdict(zoloft, failed("sertraline", 100, "2025-03", "2025-03"), weeks=1)
    assert found == (
        UNKNOWN,
        "the record gives more than one outcome, and the dates do not say which is last",
        "Write the exact days of each treatment, and how the last one went.",
    )


BY_OUTCOME: dict[str, Any] = {
    "weeks": 8,
    "weeks_by_outcome": {"no_response": 4, "partial_response": 8},
}


@pytest.mark.parametrize(
    ("outcome", "last", "answer"),
    [
        ("no_response", "2025-03-02", MET),
        ("no_response", "2025-03-01", NOT_MET),
        ("partial_response", "2025-03-30", MET),
        ("partial_response", "2025-03-29", NOT_MET),
        ("", "2025-03-02", UNKNOWN),
    ],
)
def test_the_weeks_may_depend_on_the_outcome(outcome: str, last: str, answer: Answer) -> None:
    """Four weeks without response, eight with a partial one; while it is open, four may do."""
    told = {"outcome": outcome} if outcome else {}
    one = drug("sertraline", dose(50, "2025-02-03", last), **told)
    no = {"counts": "no"}
    assert answer is verdict(one, intolerance=no, contraindication=no, **BY_OUTCOME)[0]


# --- instead of a failed trial --------------------------------------------------------------------

STOPPED = drug("duloxetine", dose(30, "2025-06-30", "2025-07-04"), outcome="intolerance")
NEVER = drug("phenelzine", outcome="contraindicated")
INSTEAD = [
    (STOPPED, "intolerance", "yes", MET, "intolerance, which the policy counts", ""),
    (STOPPED, "intolerance", "no", NOT_MET, "intolerance, which the policy does not count", ""),
    (
        STOPPED,
        "intolerance",
        "not_stated",
        UNKNOWN,
        "intolerance; whether that counts is not on file for this policy",
        "Ask the payer whether intolerance stands for a failed trial.",
    ),
    (NEVER, "contraindication", "yes", MET, "contraindicated, which the policy counts", ""),
    (
        NEVER,
        "contraindication",
        "no",
        NOT_MET,
        "contraindicated, which the policy does not count",
        "",
    ),
    (
        NEVER,
        "contraindication",
        "not_stated",
        UNKNOWN,
        "contraindicated; whether that counts is not on file for this policy",
        "Ask the payer whether contraindication stands for a failed trial.",
    ),
]


@pytest.mark.parametrize(("treatment", "name", "counts", "answer", "because", "change"), INSTEAD)
def test_a_drug_that_could_not_be_taken_counts_as_the_policy_says(  # noqa: PLR0913, PLR0917
    treatment: Any,  # noqa: ANN401 - a case file's values
    name: str,
    counts: str,
    answer: Answer,
    because: str,
    change: str,
) -> None:
    """Neither time nor dose is asked for: five days at a starting dose are enough, or none."""
    values: dict[str, Any] = {name: {"counts": counts}}
    assert (answer, because, change) == verdict(treatment, weeks=6, **values)


def test_a_substitute_is_held_to_the_window_when_it_was_taken() -> None:
    """Side effects of an earlier episode do not count here; a contraindication has no day."""
    yes: dict[str, Any] = {
        "intolerance": {"counts": "yes"},
        "contraindication": {"counts": "yes"},
        **WINDOW,
    }
    assert verdict(STOPPED, onset="2025-07-05", **yes)[:2] == (
        NOT_MET,
        "outside the time that the policy looks at",
    )
    assert verdict(STOPPED, onset="2025-07-04", **yes)[0] is MET
    assert verdict(NEVER, onset="2025-07-05", **yes)[0] is MET
    taken = with_(STOPPED, outcome="contraindicated")
    assert verdict(taken, onset="2025-07-05", **yes)[0] is NOT_MET


def test_a_month_of_side_effects_in_the_episode_needs_no_day() -> None:
    """Some days of July are in an episode since June, whichever they were."""
    vague = drug("duloxetine", dose(30, "2025-07", "2025-07"), outcome="intolerance")
    assert verdict(vague, onset="2025-06", intolerance={"counts": "yes"}, **WINDOW)[0] is MET


def test_adherence_is_asked_only_of_a_trial_that_was_to_work() -> None:
    """Nobody keeps taking what is not tolerated."""
    assert verdict(STOPPED, intolerance={"counts": "yes"}, adherence_percent=80)[0] is MET
    assert verdict(NEVER, contraindication={"counts": "yes"}, adherence_percent=80)[0] is MET


def test_a_full_trial_that_ended_in_side_effects_is_still_a_full_trial() -> None:
    """Long enough and measured as no better: the policy's own test is passed as it stands."""
    one = with_(SERTRALINE, outcome="intolerance", improvement_percent=10)
    no = {"counts": "no"}
    assert verdict(one, intolerance=no, **LIMIT) == (MET, f"{TIME}; improved by 10 percent", "")
    assert verdict(one, intolerance=no, weeks=6)[0] is NOT_MET


def test_an_outcome_that_the_policy_lists_needs_no_substitute() -> None:
    """A policy that lists intolerance among its failures asks it for time and dose."""
    rule: dict[str, Any] = {"weeks": 6, "outcomes": ["no_response", "intolerance"]}
    assert verdict(with_(SERTRALINE, outcome="intolerance"), **rule) == (
        MET,
        f"{TIME}; intolerance",
        "",
    )
    assert verdict(STOPPED, **rule)[0] is UNKNOWN


def test_a_trial_that_can_count_in_two_ways_counts_in_the_better_one() -> None:
    """As failed it costs no price, and as side effects it lies in the episode by a day."""
    both: dict[str, Any] = {
        "outcomes": ["no_response", "intolerance"],
        "intolerance": {"counts": "yes", "least_trials": 4},
    }
    one = with_(SERTRALINE, outcome="intolerance")
    assert judged(trials_rule(**TWO, **both), treatments=[one, VENLAFAXINE]).answer is MET
    both["intolerance"] = {"counts": "yes"}
    rule = trials_rule(weeks=6, in_episode=1, **both)
    late = judged(rule, treatments=[one], episode={"onset": "2025-05-30"})
    assert late.answer is MET
    assert judged(rule, treatments=[one], episode={"onset": "2025-05-31"}).answer is NOT_MET


UNSAID = drug("duloxetine", dose(60, "2025-06-30", "2025-07-06"))


@pytest.mark.parametrize(
    ("intolerance", "contraindication", "expected"),
    [
        ("no", "no", (NOT_MET, "taken for 1 week, 6 weeks needed", "")),
        (
            "yes",
            "no",
            (
                UNKNOWN,
                "it does not count as it stands, but what ended it is not recorded",
                "Ask how it went, and write `outcome:`.",
            ),
        ),
        (
            "no",
            "not_stated",
            (
                UNKNOWN,
                "it does not count as it stands, but what ended it is not recorded",
                "Ask how it went, and write `outcome:`.",
            ),
        ),
    ],
)
def test_a_short_trial_without_an_outcome_may_have_been_side_effects(
    intolerance: str, contraindication: str, expected: tuple[Answer, str, str]
) -> None:
    """Stopped after a week, nobody wrote why: that is a question wherever an answer can count."""
    found = verdict(
        UNSAID,
        weeks=6,
        intolerance={"counts": intolerance},
        contraindication={"counts": contraindication},
    )
    assert expected == found


OTHER = drug("bupropion XL", dose(150, "2026-01-05", "2026-01-11"), outcome="intolerance")
THIRD = drug("mirtazapine", dose(15, "2026-02-02", "2026-02-08"), outcome="intolerance")


@pytest.mark.parametrize(
    ("treatments", "price", "answer"),
    [
        ([SERTRALINE, STOPPED], None, MET),
        ([SERTRALINE, STOPPED], 4, NOT_MET),
        ([SERTRALINE, VENLAFAXINE, STOPPED], 4, MET),
        ([SERTRALINE, STOPPED, OTHER], 4, NOT_MET),
        ([SERTRALINE, STOPPED, OTHER, THIRD], 4, MET),
        ([STOPPED, OTHER, THIRD], 3, MET),
        ([STOPPED], 1, NOT_MET),
    ],
)
def test_substitutes_may_raise_how_many_are_needed(
    treatments: list[Any], price: int | None, answer: Answer
) -> None:
    """Two without a substitute, or as many as the price once one is counted; never fewer."""
    substitute = {"counts": "yes"} | ({"least_trials": price} if price else {})
    rule = trials_rule(**TWO, intolerance=substitute)
    assert answer is judged(rule, treatments=treatments).answer


def test_one_substitute_more_never_costs_what_is_enough_without_it() -> None:
    """Three are enough with side effects; a contraindication that asks for five costs nothing."""
    rule = trials_rule(
        **TWO,
        intolerance={"counts": "yes", "least_trials": 3},
        contraindication={"counts": "yes", "least_trials": 5},
    )
    three = [SERTRALINE, STOPPED, OTHER]
    assert judged(rule, treatments=three).answer is MET
    assert judged(rule, treatments=[*three, NEVER]).answer is MET


def test_the_price_is_told() -> None:
    """Two trials of which one ended in side effects are not enough, and the finding says why."""
    rule = trials_rule(
        **TWO,
        intolerance={"counts": "yes", "least_trials": 4},
        contraindication={"counts": "yes", "least_trials": 3},
    )
    found = judged(rule, treatments=[SERTRALINE, STOPPED])
    more = ", or 4 once intolerance is counted, or 3 once a contraindication is counted"
    assert found.because.endswith(f"; 2 counted, of 2 classes, of {WANTED}{more}")
    assert found.would_change == f"{WANTED}{more}."


# --- adherence and sources ------------------------------------------------------------------------

PARTS = [
    failed("Zoloft", 50, "2025-01-01", "2025-01-31"),
    failed("sertraline", 50, "2025-02-01", "2025-03-14"),  # 42 days
]
RECORDS: list[tuple[str, str, list[Any], dict[str, Any], Answer, str, str]] = [
    (
        "enough",
        "adherence_percent",
        [80, 90],
        {"adherence_percent": 80},
        MET,
        "10.4 weeks at 50 mg/day or more; no response; adherence 80 percent",
        "",
    ),
    (
        "too low in the first part, which is then not needed",
        "adherence_percent",
        [79, 90],
        {"adherence_percent": 80},
        MET,
        "6 weeks at 50 mg/day or more; no response; adherence 90 percent",
        "",
    ),
    (
        "too low in the part that is needed",
        "adherence_percent",
        [90, 79],
        {"adherence_percent": 80},
        NOT_MET,
        "4.4 weeks at 50 mg/day or more in records that the policy accepts, 6 weeks needed",
        "",
    ),
    (
        "too low in both",
        "adherence_percent",
        [60, 79],
        {"adherence_percent": 80},
        NOT_MET,
        "adherence 79 percent, 80 needed",
        "",
    ),
    (
        "not recorded for one part",
        "adherence_percent",
        ["", 90],
        {"adherence_percent": 80},
        UNKNOWN,
        "adherence is not recorded",
        "Write `adherence_percent:` from the chart or the fills.",
    ),
    (
        "not recorded at all",
        "adherence_percent",
        ["", ""],
        {"adherence_percent": 80},
        UNKNOWN,
        "adherence is not recorded",
        "Write `adherence_percent:` from the chart or the fills.",
    ),
    (
        "a chart and a pharmacy",
        "source",
        ["chart", "pharmacy"],
        {"sources_refused": ["samples"]},
        MET,
        "10.4 weeks at 50 mg/day or more; no response",
        "",
    ),
    (
        "samples first",
        "source",
        ["samples", "chart"],
        {"sources_refused": ["samples"]},
        MET,
        "6 weeks at 50 mg/day or more; no response",
        "",
    ),
    (
        "samples for the part that is needed",
        "source",
        ["chart", "samples"],
        {"sources_refused": ["samples"]},
        NOT_MET,
        "4.4 weeks at 50 mg/day or more in records that the policy accepts, 6 weeks needed",
        "",
    ),
    (
        "nothing but samples and memory",
        "source",
        ["samples", "patient_report"],
        {"sources_refused": ["samples", "patient_report"]},
        NOT_MET,
        "known from samples or patient report only, which the policy refuses",
        "",
    ),
    (
        "no source given for the part that is needed",
        "source",
        ["samples", ""],
        {"sources_refused": ["samples"]},
        UNKNOWN,
        "the source of the record is not given",
        "Write `source:` (chart, claims, pharmacy, patient_report or samples).",
    ),
    (
        "no source given for a part that is too short by itself",
        "source",
        ["", "samples"],
        {
            "sources_refused": ["samples"],
            "intolerance": {"counts": "no"},
            "contraindication": {"counts": "no"},
        },
        NOT_MET,
        "0 to 4.4 weeks at 50 mg/day or more in records that the policy accepts, 6 weeks needed",
        "",
    ),
]


@pytest.mark.parametrize(
    ("what", "key", "told", "values", "answer", "because", "would_change"),
    RECORDS,
    ids=[row[0] for row in RECORDS],
)
def test_only_records_that_the_policy_accepts_give_time(  # noqa: PLR0913, PLR0917
    what: str,
    key: str,
    told: list[Any],
    values: dict[str, Any],
    answer: Answer,
    because: str,
    would_change: str,
) -> None:
    """Zoloft for 31 days, then sertraline for 42: the part that counts has to be long enough."""
    del what
    parts = [
        with_(treatment, **({key: value} if value else {}))
        for treatment, value in zip(PARTS, told, strict=True)
    ]
    found = verdict(*parts, weeks=6, **values)
    assert (answer, because, would_change) == found


def test_the_source_is_asked_for_where_it_decides() -> None:
    """Long enough, and nobody wrote what kind of record says so."""
    assert verdict(SERTRALINE, weeks=6, sources_refused=["samples"]) == (
        UNKNOWN,
        "the source of the record is not given",
        "Write `source:` (chart, claims, pharmacy, patient_report or samples).",
    )


# --- where it lies in the episode -----------------------------------------------------------------

IN_EPISODE: dict[str, Any] = {"least": 2, "weeks": 6, "in_episode": 1}


@pytest.mark.parametrize(
    ("onset", "answer"),
    [
        ("2025-06-01", MET),
        ("2025-11-19", MET),
        ("2025-11-21", NOT_MET),
        ("2025-11", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_so_many_trials_must_be_adequate_in_this_episode(onset: str, answer: Answer) -> None:
    """Venlafaxine until 31 December is six weeks in an episode that began by 20 November."""
    sections: dict[str, Any] = {"episode": {"onset": onset}} if onset else {}
    found = judged(trials_rule(**IN_EPISODE), treatments=[SERTRALINE, VENLAFAXINE], **sections)
    assert answer is found.answer
    if answer is UNKNOWN:
        assert found.would_change == (
            "Write the onset of the episode and the dates of the trials to the day."
        )
    assert "1 of them in this episode" in found.because or answer is MET


def test_of_two_courses_of_one_agent_the_one_in_the_episode_counts() -> None:
    """An older, longer course must not hide the one that the policy asks for."""
    older = failed("sertraline", 100, "2015-01-01", "2016-12-31")
    newer = failed("sertraline", 100, "2026-02-02", "2026-05-31")
    found = judged(
        trials_rule(least=1, weeks=6, in_episode=1),
        treatments=[older, newer],
        episode={"onset": "2026-01-01"},
    )
    assert found.answer is MET
    assert "02/02/2026 to 05/31/2026" in found.because


def test_of_two_courses_of_one_agent_the_failed_one_stands_before_side_effects() -> None:
    """Sertraline failed in 2015 and was not tolerated in 2025: no price is to be paid."""
    older = failed("sertraline", 100, "2015-01-01", "2015-03-31")
    newer = drug("sertraline", dose(100, "2025-01-01", "2025-12-31"), outcome="intolerance")
    price = {"counts": "yes", "least_trials": 4}
    found = judged(trials_rule(**TWO, intolerance=price), treatments=[older, newer, VENLAFAXINE])
    assert found.answer is MET
    assert "01/01/2015 to 03/31/2015" in found.because


def test_an_intolerance_lies_in_the_episode_by_a_day() -> None:
    """What could not be taken needs no adequate time there."""
    rule = trials_rule(weeks=6, in_episode=1, intolerance={"counts": "yes"})
    found = judged(rule, treatments=[STOPPED], episode={"onset": "2025-07-04"})
    assert found.answer is MET
    late = judged(rule, treatments=[STOPPED], episode={"onset": "2025-07-05"})
    assert late.answer is NOT_MET


def test_the_policys_own_gap_is_used() -> None:
    """Four weeks and four weeks with fourteen days between are eight where the policy allows it."""
    courses = drug(
        "sertraline",
        dose(50, "2025-01-01", "2025-01-28"),
        dose(50, "2025-02-12", "2025-03-11"),
        outcome="no_response",
    )
    assert verdict(courses, weeks=8)[0] is NOT_MET
    assert verdict(courses, weeks=8, gap_days=14) == (
        MET,
        "8 weeks at 50 mg/day or more; no response",
        "",
    )


# --- without a rule, and with several -------------------------------------------------------------

GENERAL: list[tuple[Any, Answer]] = [
    (failed("sertraline", 50, "2025-02-03", "2025-02-03"), MET),
    (drug("sertraline", dose(50, "2025-02-03", "2025-02-09"), outcome="response"), MET),
    (drug("sertraline", dose(50, "2025-02-03", "2025-02-09"), outcome="intolerance"), MET),
    (failed("clomipramine", 100, "2025-02-03", "2025-02-09"), MET),
    (drug("sertraline", dose(50, "2025-02-03", "2025-02-09")), UNKNOWN),
    (drug("sertraline", dose(25, "2025-02-03", "2025-02-09"), outcome="intolerance"), UNKNOWN),
    (failed("sertraline", 25, "2025-02-03", "2025-02-09"), NOT_MET),
    (failed("aripiprazole", 5, "2025-02-03", "2025-02-09"), NOT_MET),
    (drug("sertraline", outcome="contraindicated"), UNKNOWN),
]


@pytest.mark.parametrize(("treatment", "answer"), GENERAL)
def test_without_a_policy_a_labeled_dose_and_an_outcome_are_enough(
    treatment: Any,  # noqa: ANN401 - a case file's values
    answer: Answer,
) -> None:
    """A general letter lists what reached a labeled dose, and claims no criterion."""
    [found] = weigh_trials([], Facts(case(treatments=[treatment]), DAY))
    assert answer is found.answer


def test_of_several_rules_the_best_answer_stands_for_a_trial() -> None:
    """What one of two alternative criteria counts is not listed as refused by the other."""
    strict = trials_rule(weeks=6, intolerance={"counts": "no"})
    other = trials_rule(intolerance={"counts": "yes"}, outcomes=["remission"])
    facts = Facts(case(treatments=[SERTRALINE, STOPPED]), DAY)
    for rules in ([strict, other], [other, strict]):
        found = weigh_trials(rules, facts)
        assert [(one.answer, one.instead) for one in found] == [(MET, None), (MET, "intolerance")]


def test_a_trial_that_another_rules_gap_joins_keeps_the_first_rules_verdict() -> None:
    """Two courses that only the second rule takes for one are listed as the first sees them."""
    courses = [
        failed("sertraline", 50, "2025-01-01", "2025-01-28"),
        failed("Zoloft", 50, "2025-02-12", "2025-03-11"),
    ]
    rules = [trials_rule(weeks=6), trials_rule(weeks=6, gap_days=14)]
    found = weigh_trials(rules, Facts(case(treatments=courses), DAY))
    assert [one.answer for one in found] == [NOT_MET, NOT_MET]


def test_the_order_in_which_a_case_lists_its_drugs_does_not_matter() -> None:
    """The same trials count, with the same words."""
    rule: FailedTrials = trials_rule(**TWO)
    listed = [SERTRALINE, VENLAFAXINE, STOPPED, NEVER]
    first = judged(rule, treatments=listed)
    assert first.because == judged(rule, treatments=listed[::-1]).because


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        (SERTRALINE, "02/03/2025 to 05/30/2025"),
        (drug("sertraline", dose(50, "2025-02", "2025-05")), "02/2025 to 05/2025"),
        (drug("sertraline", dose(50, "2024", "2025")), "2024 to 2025"),
        (drug("sertraline", dose(50, "2026-02-03"), ongoing=True), "02/03/2026 to present"),
        (drug("sertraline", dose(50, "2026-02-03")), "from 02/03/2026, end not recorded"),
        (
            drug("sertraline", dose(50, "2026-02-03", "2026-03-01"), dose(100, "2026-03-02")),
            "from 02/03/2026, end not recorded",
        ),
        (
            drug("sertraline", dose(50, "2026-02-03"), dose(100, "2026-03-02", "2026-04-05")),
            "02/03/2026 to 04/05/2026",
        ),
        (NEVER, ""),
    ],
)
def test_dates_are_told_as_the_record_gives_them(treatment: Any, expected: str) -> None:  # noqa: ANN401
    """An end that is not recorded is never taken from an earlier dose."""
    [one] = weigh(case(treatments=[treatment]), DAY)
    assert expected == dates_taken(one)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["sertraline"], "at 50 mg/day or more"),
        (["Emsam"], "at 6 mg/24 h or more"),
        (["paroxetine"], "at or above the least effective labeled dose"),
        (["gepirone"], "at or above the least effective labeled dose"),
        (["paroxetine IR", "Paxil CR"], "at or above the least effective labeled dose"),
    ],
)
def test_the_floor_is_a_number_where_there_is_one(names: list[str], expected: str) -> None:
    """A trial of two forms with two least doses has no one number."""
    treatments = [
        failed(name, 9, f"2025-0{place}-01", f"2025-0{place}-28")
        for place, name in enumerate(names, 1)
    ]
    [one] = weigh(case(treatments=treatments), DAY)
    assert expected == floor_of(one)


def test_a_trial_keeps_its_whole_time_beside_the_part_that_counts() -> None:
    """The time that is shown is that of the whole trial, not of the window."""
    facts = Facts(case(treatments=[SERTRALINE], episode={"onset": "2025-04-01"}), DAY)
    [one] = weigh_trials([trials_rule(**WINDOW)], facts)
    assert one.weeks.least == Decimal("16.7")
    assert one.counts


# --- two records of the same days -----------------------------------------------------------------

CHART = failed("Zoloft", 25, "2025-02-03", "2025-04-30", source="chart")
CLAIMS = failed("sertraline", 100, "2025-02-03", "2025-04-30", source="claims")
DIFFER = "its records give different doses for the same days"
WHICH_DOSE = (
    "Ask which record is right, and correct the other; if both doses were taken each day, write "
    "one entry with their sum."
)
TWICE: dict[str, tuple[list[Any], Any, Answer, str]] = {
    "25 mg and 100 mg": ([CHART, CLAIMS], {}, UNKNOWN, DIFFER),
    "25 mg some day of the same months": (
        [with_(CHART, doses=[dose(25, "2025-02", "2025-04")]), CLAIMS],
        {},
        UNKNOWN,
        DIFFER,
    ),
    "the same dose twice is one trial": (
        [with_(CHART, doses=CLAIMS["doses"]), CLAIMS],
        {},
        MET,
        "12.4 weeks at 50 mg/day or more; no response",
    ),
    "two doses that are both enough": (
        [with_(CHART, doses=[dose(50, "2025-02-03", "2025-04-30")]), CLAIMS],
        {},
        MET,
        "12.4 weeks at 50 mg/day or more; no response",
    ),
    "two doses of which the sum is enough": (
        [with_(CHART, doses=[dose(150, "2025-02-03", "2025-04-30")]), CLAIMS],
        {"dose": "maximum_tolerated"},
        UNKNOWN,
        DIFFER,
    ),
    "any dose will do": (
        [CHART, CLAIMS],
        {"dose": "any"},
        MET,
        "12.4 weeks taken; no response",
    ),
    "one after the other, with the day of the change in both": (
        [with_(CHART, doses=[dose(25, "2025-01-06", "2025-02-03")]), CLAIMS],
        {},
        MET,
        "12.4 weeks at 50 mg/day or more; no response",
    ),
    "a start at a low dose of which no end is recorded": (
        [with_(CHART, doses=[dose(25, "2025-01-27")]), CLAIMS],
        {},
        MET,
        "12.4 weeks at 50 mg/day or more; no response",
    ),
    "a low dose that is recorded as still taken": (
        [with_(CHART, doses=[dose(25, "2025-01-27")], ongoing=True), CLAIMS],
        {},
        UNKNOWN,
        DIFFER,
    ),
    "the same days for a part that does not matter": (
        [with_(CHART, doses=[dose(25, "2025-02-03", "2025-02-16")]), CLAIMS],
        {},
        MET,
        "10.4 to 12.4 weeks at 50 mg/day or more; no response",
    ),
}


@pytest.mark.parametrize("what", TWICE)
def test_records_of_one_drug_that_contradict_each_other_are_a_question(what: str) -> None:
    """Chart and claims are one trial; which dose is right, or whether both were taken, is asked."""
    treatments, values, answer, because = TWICE[what]
    treatments = [with_(one, maximum_tolerated=False) for one in treatments]
    asked = {"weeks": 6, **values}
    expected = (answer, because, WHICH_DOSE if answer is UNKNOWN else "")
    assert expected == verdict(*treatments, **asked)
    assert expected == verdict(*treatments[::-1], **asked)


# --- added, then alone ----------------------------------------------------------------------------

BASE = failed("escitalopram", 20, "2025-02-03", "2025-04-30")
ADDED = failed("bupropion XL", 300, "2025-03-01", "2025-08-01", augments="escitalopram")
COUNTED = "added to escitalopram: counted as augmentation"
ALONE = (
    "Was it a trial by itself, without escitalopram? Then write those days as an entry of their "
    "own, without `augments:`."
)
AFTER: dict[str, tuple[list[Any], Answer, str, str]] = {
    "long enough alone": (
        [BASE, ADDED],
        UNKNOWN,
        f"{COUNTED}; 13.2 weeks at 300 mg/day or more without escitalopram",
        ALONE,
    ),
    "not long enough alone": (
        [BASE, with_(ADDED, doses=[dose(300, "2025-03-01", "2025-06-10")])],
        NOT_MET,
        f"{COUNTED}; 14.5 weeks, 8.7 of them beside escitalopram",
        "",
    ),
    "never alone": (
        [BASE, with_(ADDED, doses=[dose(300, "2025-03-01", "2025-04-30")])],
        NOT_MET,
        COUNTED,
        "",
    ),
    "alone at too low a dose": (
        [BASE, with_(ADDED, doses=[dose(150, "2025-03-01", "2025-08-01")])],
        NOT_MET,
        f"{COUNTED}; 22 weeks, 8.7 of them beside escitalopram",
        "",
    ),
    "alone, and it helped": (
        [BASE, with_(ADDED, outcome="response")],
        NOT_MET,
        f"{COUNTED}; 22 weeks, 8.7 of them beside escitalopram",
        "",
    ),
    "no antidepressant": (
        [BASE, with_(ADDED, drug="aripiprazole", doses=[dose(5, "2025-03-01", "2025-08-01")])],
        NOT_MET,
        f"{COUNTED}; 22 weeks, 8.7 of them beside escitalopram",
        "",
    ),
    "to a drug that is not recorded": (
        [ADDED],
        UNKNOWN,
        "added to escitalopram, which is not recorded",
        "Add escitalopram with its doses and dates.",
    ),
}


@pytest.mark.parametrize("what", AFTER)
def test_an_added_antidepressant_that_was_then_taken_alone_is_a_question(what: str) -> None:
    """It is an augmentation by the record; whether it was a trial by itself too is asked."""
    treatments, answer, because, would_change = AFTER[what]
    facts = Facts(case(treatments=treatments), DAY)
    found = weigh_trials([trials_rule(weeks=6)], facts)
    [one] = [verdict for verdict in found if verdict.trial.augments]
    assert (answer, because, would_change) == (one.answer, one.because, one.would_change)
    assert one.weeks == one.trial.time("any")


def test_what_is_open_is_asked_for() -> None:
    """Where the greatest dose tolerated is known, what the form leaves open is the question."""
    told = failed("venlafaxine", 225, "2025-02-03", "2025-05-30", maximum_tolerated=False)
    asked: dict[str, Any] = {"weeks": 8, "dose": "maximum_tolerated"}
    question = "Write the form with the name (such as XR or SR): its labeled doses differ."
    assert question == verdict(told, **asked)[2]
    del told["maximum_tolerated"]
    assert "`maximum_tolerated: yes` or `no`" in verdict(told, **asked)[2]


def test_only_what_would_leave_fewer_trials_missing_is_asked_for() -> None:
    """A second drug of a class that counts already would not: one of another class is missing."""
    fluvoxamine = failed("fluvoxamine", 200, "2025-07-01", "2025-09-30")
    found = judged(trials_rule(**TWO), treatments=[SERTRALINE, fluvoxamine])
    assert (found.answer, found.would_change) == (NOT_MET, f"{WANTED}.")
    tricyclic = failed("clomipramine", 150, "2025-07-01", "2025-09-30")
    found = judged(trials_rule(**TWO | {"least": 3}), treatments=[SERTRALINE, tricyclic])
    assert found.answer is NOT_MET
    assert found.would_change.endswith("Clomipramine: Ask the payer whether it counts this drug.")


def test_two_that_count_and_were_taken_together_are_told_so() -> None:
    """For how long, in the words on each of the two; of one after the other nothing is said."""
    bupropion = failed("bupropion XL", 300, "2025-03-03", "2025-05-30")
    found = judged(trials_rule(**TWO), treatments=[SERTRALINE, bupropion])
    assert found.because.count("; 12.7 weeks of it with ") == 2
    assert (
        "of it with" not in judged(trials_rule(**TWO), treatments=[SERTRALINE, VENLAFAXINE]).because
    )


def test_the_dose_of_a_combination_is_that_of_the_named_ingredient() -> None:
    """So that staff do not write, nor a reviewer read, the milligrams of the other one."""
    symbyax = failed("Symbyax", 12, "2025-02-03", "2025-05-30")
    assert (
        verdict(symbyax, weeks=6)[1] == "16.7 weeks at 6 mg/day of olanzapine or more; no response"
    )
    assert verdict(failed("Symbyax", 3, "2025-02-03", "2025-05-30"), weeks=6)[1] == (
        "never at or above 6 mg/day of olanzapine, the least effective labeled dose"
    )
