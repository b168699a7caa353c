"""An antidepressant that is taken beside the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import MET, NOT_MET, UNKNOWN, dose, drug, failed, judged, rule, with_, without

if TYPE_CHECKING:
    from priorauth.criteria import Answer

SERTRALINE = failed("sertraline", 150, "2025-02-03", "2025-11-30")

# --- an antidepressant beside ---------------------------------------------------------------------

MIRTAZAPINE = drug("mirtazapine", dose(30, "2026-07-06"), ongoing=True)
REQUIRED = rule("concurrent_antidepressant", rule="required")
STEADY = rule("concurrent_antidepressant", rule="required", stable_weeks=2)
NEW = rule("concurrent_antidepressant", rule="required", not_failed=True)
ASK = "Ask which oral antidepressant is taken now: its doses, `ongoing: yes`."
NONE_NOW = "no antidepressant is recorded as still taken"


def test_an_antidepressant_that_goes_on_is_shown_with_its_dose() -> None:
    """The dose, since when, and that it is still taken."""
    found = judged(REQUIRED, treatments=[MIRTAZAPINE])
    assert (found.answer, found.because) == (
        MET,
        "Mirtazapine 30 mg/day since 07/06/2026, still taken",
    )


@pytest.mark.parametrize(
    "treatments",
    [
        [],
        [drug("mirtazapine", dose(30, "2026-07-06", "2026-10-31"))],
        [drug("mirtazapine", dose(30, "2026-07-06"))],
        [drug("aripiprazole", dose(5, "2026-07-06"), ongoing=True, augments="sertraline")],
        [drug("Zyban", dose(300, "2026-07-06"), ongoing=True)],
        [drug("trazodone", dose(50, "2026-07-06"), ongoing=True)],
        [drug("trazodone", dose(200, "2026-01-05"), dose(50, "2026-07-06"), ongoing=True)],
        [drug("Emsam", dose(6, "2026-07-06"), ongoing=True)],
    ],
    ids=[
        "nothing",
        "ended",
        "no end recorded",
        "no antidepressant",
        "for smoking",
        "a dose for sleep",
        "lowered to a dose for sleep",
        "a patch",
    ],
)
def test_without_an_oral_antidepressant_on_record_it_is_asked_for(treatments: list[Any]) -> None:
    """Nothing that is taken for sleep or smoking, and no patch, stands for one."""
    found = judged(REQUIRED, treatments=treatments)
    assert (found.answer, found.because, found.would_change) == (UNKNOWN, NONE_NOW, ASK)


def test_none_is_needed_where_none_is_required() -> None:
    """The finding is met, and shows what is taken all the same."""
    free = rule("concurrent_antidepressant", rule="not_required")
    assert judged(free).because == "none is required"
    assert judged(free).answer is MET
    shown = judged(free, treatments=[MIRTAZAPINE])
    assert shown.because == "Mirtazapine 30 mg/day since 07/06/2026, still taken"


STEADINESS: dict[str, tuple[Any, Answer, str]] = {
    "14 days": (
        drug("mirtazapine", dose(30, "2026-11-09"), ongoing=True),
        MET,
        "Mirtazapine 30 mg/day since 11/09/2026, still taken",
    ),
    "13 days": (
        drug("mirtazapine", dose(30, "2026-11-10"), ongoing=True),
        NOT_MET,
        "Mirtazapine 30 mg/day since 11/10/2026, still taken",
    ),
    "raised a week ago": (
        drug(
            "mirtazapine",
            dose(15, "2026-01-05", "2026-11-15"),
            dose(30, "2026-11-16"),
            ongoing=True,
        ),
        NOT_MET,
        "Mirtazapine 30 mg/day since 11/16/2026, still taken",
    ),
    "the same dose in two entries": (
        drug(
            "mirtazapine",
            dose(30, "2026-10-26", "2026-11-15"),
            dose(30, "2026-11-16"),
            ongoing=True,
        ),
        MET,
        "Mirtazapine 30 mg/day since 10/26/2026, still taken",
    ),
    "begun some day of November": (
        drug("mirtazapine", dose(30, "2026-11"), ongoing=True),
        UNKNOWN,
        "Mirtazapine 30 mg/day since 11/2026, still taken",
    ),
    "raised some day of November": (
        drug("mirtazapine", dose(15, "2026-11"), dose(30, "2026-11"), ongoing=True),
        UNKNOWN,
        "Mirtazapine, still taken",
    ),
}


@pytest.mark.parametrize("what", STEADINESS)
def test_the_present_dose_must_have_been_held_long_enough(what: str) -> None:
    """Two weeks at one dose are 14 days, today among them."""
    treatment, answer, because = STEADINESS[what]
    found = judged(STEADY, treatments=[treatment])
    assert (answer, because) == (found.answer, found.because)
    wanted = "An oral antidepressant, taken now for 2 weeks at one dose."
    assert ("" if answer is MET else wanted) == found.would_change


ZOLOFT = drug("Zoloft", dose(100, "2026-08-03"), ongoing=True)
EARLY = with_(ZOLOFT, outcome="too_early_to_judge")
FAILED: dict[str, tuple[list[Any], Answer]] = {
    "not said how it goes": ([MIRTAZAPINE], UNKNOWN),
    "too early to judge": ([with_(MIRTAZAPINE, outcome="too_early_to_judge")], MET),
    "a response": ([with_(MIRTAZAPINE, outcome="response")], MET),
    "no response": ([with_(MIRTAZAPINE, outcome="no_response")], NOT_MET),
    "a partial response": ([with_(MIRTAZAPINE, outcome="partial_response")], NOT_MET),
    "the same agent failed before": ([SERTRALINE, ZOLOFT], NOT_MET),
    "the same agent helped before": ([with_(SERTRALINE, outcome="remission"), EARLY], MET),
    "how the same agent went before is not recorded": (
        [without(SERTRALINE, "outcome"), EARLY],
        UNKNOWN,
    ),
    "another agent failed": ([SERTRALINE, with_(MIRTAZAPINE, outcome="response")], MET),
    "the same agent failed as an augmentation": (
        [
            drug(
                "mirtazapine",
                dose(30, "2025-06-02", "2025-09-27"),
                augments="sertraline",
                outcome="no_response",
            ),
            with_(MIRTAZAPINE, outcome="response"),
        ],
        MET,
    ),
    "the generic goes on, and a failed brand may have been its last part": (
        [
            drug("Remeron", dose(30, "2026-06", "2026-07"), outcome="no_response"),
            drug("mirtazapine", dose(30, "2026-07"), ongoing=True),
        ],
        UNKNOWN,
    ),
    "one has failed and another goes on": (
        [with_(MIRTAZAPINE, outcome="no_response"), EARLY],
        MET,
    ),
}


@pytest.mark.parametrize("what", FAILED)
def test_the_antidepressant_beside_may_have_to_be_one_that_has_not_failed(what: str) -> None:
    """Nobody's word is no word that it works; an earlier failure of the agent is a failure."""
    treatments, answer = FAILED[what]
    found = judged(NEW, treatments=treatments)
    assert answer is found.answer
    wanted = "An oral antidepressant that is none of the failed ones, taken now."
    assert found.would_change.startswith("" if answer is MET else wanted)
    assert (answer is UNKNOWN) is ("too_early_to_judge is an answer too" in found.would_change)


def test_how_the_antidepressant_beside_goes_is_asked_for() -> None:
    """By its name, with what can be written; being too early is an answer."""
    found = judged(NEW, treatments=[MIRTAZAPINE])
    assert found.would_change == (
        "An oral antidepressant that is none of the failed ones, taken now. How has mirtazapine "
        "gone? Write `outcome:`; too_early_to_judge is an answer too."
    )
