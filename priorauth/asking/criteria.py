"""Questions on what the policy asks: from the findings that are open, in the policy's order.

Not for what a case lacks by itself: `required` asks for that.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from priorauth import payer
from priorauth.asking import history
from priorauth.asking.catalogue import DATE_FORM, PRACTICE, PRESCRIBER, choices
from priorauth.asking.evidence import evidence_of
from priorauth.asking.history import why_of
from priorauth.asking.interview import is_open
from priorauth.asking.question import How, Question
from priorauth.case import EpisodeSeverity
from priorauth.criteria import Answer, prescriber
from priorauth.criteria.appeal import STANCE
from priorauth.criteria.psychosis import shown_by
from priorauth.problems import listed
from priorauth.reference import psychosis, scales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from priorauth.asking.interview import Interview
    from priorauth.criteria import Finding, Verdict
    from priorauth.datafile import Trail

# Kinds of which more can be told while they are not met: what was tried may not all be listed.
_HISTORY = frozenset({"failed_trials", "augmentation", "psychotherapy", "prior_device"})
_HISTORY |= {"concurrent_antidepressant"}


def questions(interview: Interview) -> Iterator[Question]:
    """Yield what the findings leave open; then exceptions; then the pages that prove the rest."""
    verdict = interview.verdict
    if verdict is None:
        return
    rules = {rule.id: rule for rule in verdict.rules}
    if verdict.finding:
        for leaf in _asked(verdict.finding):
            rule = rules[leaf.id]
            found = (*_of_window(interview, rule, leaf), *_KINDS[type(rule)](interview, rule, leaf))
            serves = leaf.id if leaf.kind not in _HISTORY else ""
            yield from (replace(one, finding=serves) for one in found)
    else:
        yield from history.without_rules(interview)
    yield from _exceptions(interview, verdict)
    yield from _pages(interview, verdict)


def why_open(interview: Interview, criterion: str) -> str:
    """Return why a criterion is unknown and what would settle it; nothing when it is settled."""
    finding = interview.verdict.finding if interview.verdict else None
    leaves = finding.leaves() if finding else ()
    return next((_open_because(one) for one in leaves if one.id == criterion), "")


def _open_because(finding: Finding) -> str:
    """Return why a finding is unknown and what would settle it, without a value of the case."""
    if finding.answer is not Answer.UNKNOWN:
        return ""
    reason = finding.judgement.reason
    return f"{reason[:1].upper()}{reason[1:]}. {finding.would_change}" if reason else ""


def _asked(finding: Finding, *, deciding: bool = True) -> Iterator[Finding]:
    """Yield the criteria that are asked about: what is open, and the history that counts.

    Inside a choice that is settled as a whole nothing is asked.
    """
    if not finding.parts:
        open_ = finding.answer is Answer.UNKNOWN and deciding
        more = finding.answer is Answer.NOT_MET and finding.kind in _HISTORY
        if open_ or more or finding.kind == "failed_trials":
            yield finding
        return
    if finding.kind != "all" and finding.answer is Answer.MET:
        return
    inside = deciding and (finding.kind == "all" or finding.answer is Answer.UNKNOWN)
    for part in finding.parts:
        if part.answer is not Answer.MET or finding.kind == "all":
            yield from _asked(part, deciding=inside)


def _of_window(interview: Interview, rule: Any, finding: Finding) -> Iterator[Question]:  # noqa: ANN401 - any criterion
    """Yield the onset of the episode where the policy looks at this episode alone."""
    window = getattr(rule, "window", None)
    of_episode = (window and window.current_episode) or getattr(rule, "before_episode", False)
    of_episode = of_episode or getattr(rule, "in_episode", 0) or _of_this_episode(rule)
    counted = "scores count" if _of_this_episode(rule) else "treatments are looked at"
    if not of_episode or finding.answer is Answer.MET:
        return
    place = ("episode", "onset")
    why = f"{why_of(finding)}; which {counted} depends on it"
    if is_open(interview, place):
        text = "When did the present episode begin?"
        yield Question(place, text, why, How.DATE, DATE_FORM, PRESCRIBER)
    elif history.rests_on_onset(finding):
        text = "On which day did the present episode begin?"
        yield from history.more_exact(interview, place, text, why, PRESCRIBER)


def _of_this_episode(rule: Any) -> bool:  # noqa: ANN401 - any criterion
    """Return whether a score counts by its episode: the policy sets it no time."""
    return isinstance(rule, payer.ScoreAtLeast) and rule.within_days is None


def _nothing(interview: Interview, rule: Any, finding: Finding) -> Iterator[Question]:  # noqa: ANN401
    """Yield nothing: what this kind looks at is asked for in any case."""
    del interview, rule, finding
    yield from ()


def _severity(interview: Interview, rule: payer.SeverityIs, finding: Finding) -> Iterator[Question]:
    del rule
    place = ("episode", "severity")
    if is_open(interview, place) or finding.answer is Answer.UNKNOWN:
        yield Question(
            place,
            "How severe does the prescriber call the episode?",
            _why(interview, place, finding),
            How.CHOICE,
            "one of these",
            PRESCRIBER,
            choices(EpisodeSeverity),
            over=True,
            open_because=_open_because(finding),
        )


def _why(interview: Interview, place: Trail, finding: Finding) -> str:
    """Return the reason for a question; where a value stands there, why it does not do."""
    if is_open(interview, place):
        return why_of(finding)
    return f"{why_of(finding)}; what stands there leaves it open: {finding.judgement.reason}"


def _prescriber(
    interview: Interview, rule: payer.PrescriberIs, finding: Finding
) -> Iterator[Question]:
    place = ("prescriber", "specialty")
    specialty = interview.at(*place)
    if not specialty or not prescriber.is_placed(rule, str(specialty)):
        yield Question(
            place,
            "What is the prescriber's specialty?",
            _why(interview, place, finding),
            form="as the board names it, such as psychiatry",
            ask=PRACTICE,
            over=True,
            open_because=_open_because(finding),
        )
    place = ("prescriber", "consultation")
    consulted = str(interview.at(*place) or "")
    if rule.or_consultation and not prescriber.names_nobody(consulted):
        yield Question(
            place,
            "Which psychiatrist was consulted, and when?",
            _why(interview, place, finding),
            form="name and day, such as: Dana Ruiz, MD, on 2026-10-02; `no` when none was",
            ask=PRESCRIBER,
            none="none was consulted",
            over=True,
            open_because=_open_because(finding),
        )


def _word(
    interview: Interview, rule: payer.Attested | payer.Exclusion, finding: Finding
) -> Iterator[Question]:
    name = rule.attestation
    if name and rule.question and is_open(interview, ("attestations", name)):
        yield Question(
            ("attestations", name, "answer"),
            rule.question,
            why_of(finding),
            How.CHOICE,
            "yes or no, as the person says it who stands for it",
            getattr(rule, "ask", PRESCRIBER),
            (("yes", "yes"), ("no", "no")),
        )
    said = interview.at("attestations", name) if name else None
    if isinstance(said, dict) and _is_whole(said) and _denies(interview, str(name), finding):
        yield Question(
            ("attestations", str(name), "despite"),
            "The record speaks of a psychosis, and this answer denies it. If both are right: why "
            "does the answer stand all the same?",
            why_of(finding),
            form="in the prescriber's own words. Where one is wrong, correct it in the file",
            ask=PRESCRIBER,
            open_because=_open_because(finding),
        )


def _denies(interview: Interview, name: str, finding: Finding) -> bool:
    """Return whether a yes stays open because the rest of the record speaks of a psychosis."""
    case = interview.verdict.case if interview.verdict else None
    if case is None or finding.answer is not Answer.UNKNOWN:
        return False
    return psychosis.denied_by(name) and bool(shown_by(case))


def _is_whole(word: dict[str, Any]) -> bool:
    return all(word.get(key) for key in ("answer", "by", "on")) and not word.get("despite")


def _score(interview: Interview, rule: payer.ScoreAtLeast, finding: Finding) -> Iterator[Question]:
    given = any(_scale(one) in rule.scales for one in interview.entries("scores"))
    if given and _of_this_episode(rule) and is_open(interview, ("episode", "onset")):
        return  # whether another is needed, the onset tells
    wanted = listed(
        f"{name} (the policy asks {least} or more)" for name, least in rule.scales.items()
    )
    recent = f"not older than {rule.within_days} days" if rule.within_days else "in this episode"
    yield _one_score(
        interview,
        f"What is the latest score on {wanted}, {recent}?",
        why_of(finding),
        tuple(rule.scales),
        f"{finding.id}.score",
        open_because=_open_because(finding),
    )


def _one_score(  # noqa: PLR0913 - what is asked, and where it goes
    interview: Interview,
    text: str,
    why: str,
    among: tuple[str, ...],
    subject: str,
    *,
    baseline: bool = False,
    open_because: str = "",
) -> Question:
    return Question(
        ("scores", len(interview.entries("scores"))),
        text,
        why,
        How.SCORE,
        f"scale ({listed(among)}), total and day, such as: {among[0]} 22 on 2026-11-10; `no` when "
        "there is none",
        PRESCRIBER,
        none="there is none",
        extra={"baseline": "yes"} if baseline else {},
        among=among,
        subject=subject,
        open_because=open_because,
    )


def _response(interview: Interview, rule: payer.Response, finding: Finding) -> Iterator[Question]:
    found = [(_scale(one), one.get("baseline") == "yes") for one in interview.entries("scores")]
    first = {name for name, baseline in found if baseline and name in rule.scales}
    names = listed(rule.scales)
    if not first:
        text = f"What was the score before this treatment began, on {names}?"
        yield _one_score(
            interview, text, why_of(finding), rule.scales, f"{finding.id}.baseline", baseline=True
        )
    if not any(name in first and not baseline for name, baseline in found):
        names = listed(sorted(first)) or names
        text = f"What is the latest score, on {names}?"
        among = tuple(sorted(first)) or rule.scales
        yield _one_score(interview, text, why_of(finding), among, f"{finding.id}.latest")


def _scale(entry: dict[str, Any]) -> str:
    """Return the scale's own name, where the entry has another one for it."""
    written = str(entry.get("scale"))
    found = scales.find(written)
    return found.name if found else written


def _quantity(interview: Interview, rule: payer.Quantity, finding: Finding) -> Iterator[Question]:
    limits = {"mg_per_week": rule.most_mg_per_week, "sessions": rule.most_sessions}
    words = {"mg_per_week": "mg a week", "sessions": "sessions"}
    for key, most in limits.items():
        if most is not None and is_open(interview, ("request", key)):
            yield Question(
                ("request", key),
                f"How many {words[key]} are asked for?",
                why_of(finding),
                How.NUMBER,
                f"the number alone; the policy takes at most {most}",
                PRESCRIBER,
            )
    for place, one in enumerate(interview.at("request", "codes") or ()):
        code = one.get("code") if isinstance(one, dict) else None
        if code in rule.most_units and "units" not in one:
            yield Question(
                ("request", "codes", place, "units"),
                f"How many units of {code} are asked for in the whole request?",
                why_of(finding),
                How.UNITS,
                f"the number alone; the policy takes at most {rule.most_units[code]}",
                PRESCRIBER,
            )


_KINDS: dict[type, Callable[[Interview, Any, Finding], Iterator[Question]]] = {
    payer.Age: _nothing,
    payer.DiagnosisIs: _nothing,
    payer.SeverityIs: _severity,
    payer.PrescriberIs: _prescriber,
    payer.FailedTrials: history.trials,
    payer.Augmentation: history.augmentations,
    payer.ConcurrentAntidepressant: history.taken_now,
    payer.PsychotherapyTried: history.therapies,
    payer.PriorDevice: history.devices,
    payer.ScoreAtLeast: _score,
    payer.Response: _response,
    payer.Attested: _word,
    payer.Exclusion: _word,
    payer.Quantity: _quantity,
}


# --- what is not met ------------------------------------------------------------------------------


def _exceptions(interview: Interview, verdict: Verdict) -> Iterator[Question]:
    """Yield the question for the prescriber's reasons where something is not met."""
    given = {one.get("criterion") for one in interview.entries("exceptions")}
    if None in given:
        return  # what that one is for is asked first
    if verdict.refused and STANCE not in given:
        text = "The payer does not cover this. Why should it make an exception?"
        yield _exception(interview, STANCE, text, "only an exception can be asked for")
    for finding in _not_met(verdict.finding) if verdict.finding else ():
        ids = {one.id for one in finding.walk()}
        if not given & ids and not _rests_on_nothing(interview, finding):
            text = f"The record does not meet: {finding.requirement}. Does the prescriber ask for "
            text += "an exception? With which reasons?"
            why = finding.because or "without an exception that is asked for, only a draft is made"
            yield _exception(interview, finding.id, text, why)


def _not_met(finding: Finding) -> Iterator[Finding]:
    if finding.answer is not Answer.NOT_MET:
        return
    if finding.kind != "all":
        yield finding
        return
    yield from chain.from_iterable(_not_met(part) for part in finding.parts)


def _rests_on_nothing(interview: Interview, finding: Finding) -> bool:
    """Return whether a stand-in led to the finding."""
    return finding.kind == "age" and is_open(interview, ("patient", "birth_date"))


def _exception(interview: Interview, criterion: str, text: str, why: str) -> Question:
    return Question(
        ("exceptions", len(interview.entries("exceptions"))),
        text,
        why,
        How.ENTRY,
        "in the prescriber's own words; `no` when none is asked for",
        PRESCRIBER,
        none="no exception is asked for",
        extra={"criterion": criterion, "reason": ""},
        subject=f"{criterion}.exception",
    )


# --- where it stands ------------------------------------------------------------------------------


def _pages(interview: Interview, verdict: Verdict) -> Iterator[Question]:
    """Yield the question for the page of each thing that is met and has none."""
    for leaf in verdict.unproved:
        rule = next(rule for rule in verdict.rules if rule.id == leaf.id)
        name = getattr(rule, "attestation", None)
        if leaf.kind == "diagnosis" and interview.at("diagnoses"):
            yield from evidence_of(interview, ("diagnoses", 0), "the diagnosis")
        elif leaf.kind == "severity" and interview.at("episode"):
            yield from evidence_of(interview, ("episode",), "the severity of the episode")
        elif name and interview.at("attestations", name):
            what = "this answer"
            yield from evidence_of(
                interview, ("attestations", name), f"{what} ({leaf.requirement})"
            )
        elif leaf.kind in ("score", "response"):
            for place, one in _that_count(interview, tuple(rule.scales)):  # type: ignore[union-attr]
                what = f"the {one['scale']} of {one.get('on')}"
                yield from evidence_of(interview, ("scores", place), what)


def _that_count(
    interview: Interview, names: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the baselines and the latest score of each scale: the others prove nothing here."""
    found = [(n, one) for n, one in enumerate(interview.entries("scores")) if _scale(one) in names]
    latest = {_scale(one): n for n, one in sorted(found, key=lambda pair: str(pair[1].get("on")))}
    for place, one in found:
        if one.get("baseline") == "yes" or place in latest.values():
            yield place, one
