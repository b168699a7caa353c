"""What `check` says as plain data, to be printed as JSON.

Its form is fixed: programs read it, so keys are added and never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from priorauth.exhibits import uses
from priorauth.explain import terms
from priorauth.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.criteria import Finding, TrialVerdict, Verdict
    from priorauth.exhibits import Use
    from priorauth.problems import Problem


def of_case(found: Iterable[Problem], verdict: Verdict | None) -> dict[str, Any]:
    """Return everything that `check` says as plain data."""
    return {
        "payer": verdict.payer.id if verdict and verdict.payer else None,
        "policy": verdict.governing.file.id if verdict and verdict.governing else None,
        "version": verdict.governing.version.id if verdict and verdict.governing else None,
        "stance": verdict.stance.value if verdict and verdict.stance else None,
        "overall": verdict.overall.value if verdict else None,
        "criteria": _criteria_data(verdict),
        "trials": [_trial_data(trial) for trial in verdict.trials] if verdict else [],
        **_policy_data(verdict),
        "reasons": _reason_data(verdict),
        "deadlines": _deadline_data(verdict),
        "deadlines_need": [text for text, _ in verdict.deadlines.questions] if verdict else [],
        "enclosed": [_use_data(use) for use in uses(verdict.case)] if verdict else [],
        "ready": verdict.ready if verdict else False,
        "questions": [
            {"criterion": one.criterion, "text": one.text, "ask": one.ask}
            for one in (verdict.questions if verdict else ())
        ],
        "problems": [of_problem(problem) for problem in found],
    }


def _policy_data(verdict: Verdict | None) -> dict[str, Any]:
    """Return what the version on file says beside its criteria, and how far it can be trusted."""
    version = verdict.governing.version if verdict and verdict.governing else None
    source = version.source if version else None
    return {
        "source": source
        and {
            "title": source.title,
            "url": source.url,
            "read": source.read,
            "read_on": source.read_on.isoformat(),
            "mark": source.mark.value,
        },
        "terms": [
            {"what": what, "says": says} for what, says in (terms(version) if version else ())
        ],
        "notes": list(version.notes) if version else [],
        "not_read": list(version.not_read) if version else [],
        "rests_on": {
            mark.value: list(names) for mark, names in (verdict.rests_on if verdict else {}).items()
        },
    }


def _use_data(use: Use) -> dict[str, Any]:
    return {
        "exhibit": use.exhibit.id,
        "letter": use.letter,
        "cited_pages": list(use.cited),
        "uncited_pages": None if use.uncited is None else list(use.uncited),
        "whole": use.is_whole,
    }


def _criteria_data(verdict: Verdict | None) -> list[dict[str, Any]]:
    if verdict is None or verdict.finding is None:
        return []
    return [
        one for part in verdict.finding.parts or (verdict.finding,) for one in _finding_data(part)
    ]


def _finding_data(finding: Finding) -> Iterator[dict[str, Any]]:
    yield {
        "id": finding.id,
        "kind": finding.kind,
        "requirement": finding.requirement,
        "finding": finding.answer.value,
        "because": finding.because,
        "evidence": [{"exhibit": e.exhibit, "page": e.page} for e in finding.evidence],
        "would_change": finding.would_change,
        "mark": finding.mark.value if finding.mark else None,
    }
    for part in finding.parts:
        yield from _finding_data(part)


def _trial_data(found: TrialVerdict) -> dict[str, Any]:
    return {
        "drug": found.trial.name,
        "class": found.trial.drug.drug_class,
        "weeks": {"least": float(found.weeks.least), "greatest": float(found.weeks.greatest)},
        "counts": found.counts,
        "because": found.because,
    }


def _reason_data(verdict: Verdict | None) -> list[dict[str, Any]]:
    return [
        {
            "text": one.reason.text,
            "criterion": one.finding.id if one.finding else None,
            "finding": one.finding.answer.value if one.finding else None,
            "exceptions": len(one.exceptions),
            "replied": one.reason.reply is not None,
        }
        for one in (verdict.reasons if verdict else ())
    ]


def _deadline_data(verdict: Verdict | None) -> list[dict[str, Any]]:
    return [
        {
            "event": one.event,
            "due": one.due.isoformat() if one.due else None,
            "counted": one.start,
            "limit": one.limit,
            "rule": one.rule,
            "mark": one.mark.value,
            "condition": one.condition,
            "note": one.note,
        }
        for one in (verdict.deadlines.found if verdict else ())
    ]


def of_problem(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain data."""
    return {
        "severity": Severity(problem.severity).value,
        "file": problem.place.file,
        "line": problem.place.line,
        "field": problem.place.field,
        "what": problem.what,
        "fix": problem.fix,
    }
