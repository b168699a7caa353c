"""How problems, trials and findings look on a screen, and as JSON."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from priorauth.criteria import Answer, LetterKind
from priorauth.criteria.drug_trials import dates_taken
from priorauth.exhibits import uses
from priorauth.explain import terms
from priorauth.left_open import left_open
from priorauth.page_ranges import written
from priorauth.problems import listed
from priorauth.reference import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from priorauth.case import Case
    from priorauth.criteria import Finding, TrialVerdict, Verdict
    from priorauth.criteria.appeal import AnsweredReason
    from priorauth.exhibits import Use
    from priorauth.problems import Problem

WIDTH = 100
_MOST_LINES = 12  # of the case file that are named on the screen
_WANTED = {
    LetterKind.REQUEST: "request for prior authorization",
    LetterKind.EXCEPTION: "request for an exception",
    LetterKind.RECORD: "record of medical necessity (no authorization needed)",
    LetterKind.GENERAL: "general letter (no policy on file, no criteria claimed)",
}


def problems(found: Iterable[Problem]) -> None:
    """Print each problem on a line of its own, to the error stream."""
    for problem in found:
        click.echo(str(problem), err=True)


def verdict_line(verdict: Verdict) -> str:
    """Return the verdict in one line."""
    name = (
        verdict.payer.payer.name if verdict.payer and verdict.payer.payer else "payer not on file"
    )
    wanted = f"{_wanted(verdict)}, {name}"
    tally = f"; {_tally(verdict)}" if verdict.finding else ""
    if verdict.ready:
        return f"ready: {wanted}{tally}"
    count = len(verdict.questions)
    return f"draft only: {count} open {'question' if count == 1 else 'questions'}; {wanted}{tally}"


def _wanted(verdict: Verdict) -> str:
    words = _WANTED[verdict.kind]
    answer = verdict.case.appealed
    if answer is None:
        return words
    plain = verdict.kind is LetterKind.REQUEST
    return answer.level.words if plain else f"{answer.level.words}, {words}"


def _tally(verdict: Verdict) -> str:
    answers = [leaf.answer for leaf in verdict.finding.leaves()] if verdict.finding else []
    parts = [f"{answers.count(answer)} {answer.shown}" for answer in Answer if answer in answers]
    return f"criteria: {', '.join(parts)}"


def report(verdict: Verdict) -> None:
    """Print which policy governs, the trials, the criteria, and what to get from whom."""
    for line in _report(verdict):
        click.echo(line)


def _report(verdict: Verdict) -> Iterator[str]:
    yield from _policy(verdict)
    yield from _trials(verdict.trials)
    yield from _criteria(verdict)
    yield from _unproved(verdict)
    yield from _reasons(verdict)
    yield from _deadlines(verdict)
    yield from _enclosed(verdict.case)
    yield from _where_to(verdict)
    yield from questions(verdict)
    yield ""
    yield f"Verdict: {verdict_line(verdict)}"


def marked(path: Path) -> None:
    """Print where an import has left a question that only a look at the file can answer."""
    found = left_open(path.read_bytes().decode("utf-8-sig", "replace"))
    if not found:
        return
    click.echo(
        f"Still marked QUESTION in {path}{on_lines(one.first for one in found)}: settle each with "
        "the record before anything is sent, and remove its lines."
    )
    holding([one.first for one in found if one.holds])


def holding(lines: Sequence[int]) -> None:
    """Print which of the questions just named hold the letter back."""
    if lines:
        which = "One of them holds" if len(lines) == 1 else f"{len(lines)} of them hold"
        click.echo(
            f"{which} the letter back{on_lines(lines)}: until then only a draft can be made."
        )


def on_lines(lines: Iterable[int]) -> str:
    """Return the lines of a file in brackets; the first of them, where there are many."""
    shown = [str(line) for line in lines]
    if not shown:
        return ""
    more = len(shown) - _MOST_LINES
    names = listed([*shown[:_MOST_LINES], f"{more} more"] if more > 0 else shown, "and")
    return f" (lines {names})" if len(shown) > 1 else f" (line {names})"


def _policy(verdict: Verdict) -> Iterator[str]:
    governing = verdict.governing
    if governing is None:
        yield "No policy of this payer for this service and this plan is on file."
        yield "The letter is a general one: it claims no criteria. Ask the payer for its policy."
        return
    version = governing.version
    source = version.source
    yield f"Policy: {governing.title}"
    until = f" to {version.effective_to}" if version.effective_to else ""
    stance = version.stance.value.replace("_", " ")
    yield f"Version: {version.id}, in force from {version.effective_from}{until}; stance: {stance}"
    who = "the payer's own document" if source.read == "own_document" else "a secondary page"
    yield f"Source: {who}, read on {source.read_on}, mark {source.mark}. {source.url or ''}"
    yield from _other_versions(verdict)
    if not verdict.others and not version.surely_covers(verdict.rule_day):
        yield from wrapped(
            f"The exact days of this version are not known: ask the payer whether it is in force "
            f"on {verdict.rule_day}."
        )
    if version.indication:
        yield from wrapped(f"For: {version.indication}", hang=2)
    for what, says in terms(version):
        yield from wrapped(f"{what}: {says}", hang=2)
    for line in version.notes:
        yield from wrapped(f"Note: {line}", hang=2)
    for line in version.not_read:
        yield from wrapped(f"Not read, so not weighed: {line}", hang=2)
    for mark, names in verdict.rests_on.items():
        trust = "Read in the primary text" if mark is Mark.V else "Check before relying on it"
        yield from wrapped(f"{trust}, mark {mark}: {', '.join(names)}", hang=2)


def _other_versions(verdict: Verdict) -> Iterator[str]:
    """Yield which other versions may be in force, where the findings are the same by each."""
    agreeing = [o.version.id for o in verdict.others if o.version not in verdict.disputed]
    if agreeing:
        yield from wrapped(
            f"The exact days are not known: {listed(agreeing)} can be the version in force on "
            f"{verdict.rule_day} too. It was weighed as well, with the same result."
        )


def _trials(found: Iterable[TrialVerdict]) -> Iterator[str]:
    rows = [_trial_cells(one) for one in found]
    if not rows:
        return
    yield ""
    yield "Trials"
    yield from table(("counts", "drug", "class", "highest", "dates", "how long"), rows)


def _trial_cells(found: TrialVerdict) -> tuple[tuple[str, ...], str]:
    trial = found.trial
    counts = {Answer.MET: "yes", Answer.NOT_MET: "no", Answer.UNKNOWN: "unknown"}[found.answer]
    cells = (
        counts,
        trial.name,
        trial.drug.drug_class,
        str(trial.highest or ""),
        dates_taken(trial),
        str(trial.time("any")) if trial.augments else str(found.weeks),
    )
    change = f" {found.would_change}" if found.would_change else ""
    return cells, f"{found.because}.{change}"


def table(heads: tuple[str, ...], rows: Sequence[tuple[tuple[str, ...], str]]) -> Iterator[str]:
    """Yield a table with columns as wide as they need, and a note under each row."""
    cells = [heads, *(row for row, _ in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    yield _line(heads, widths)
    for row, note in rows:
        yield _line(row, widths)
        yield from wrapped(note, "      ")


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {'  '.join(padded)}".rstrip()


def _criteria(verdict: Verdict) -> Iterator[str]:
    if verdict.finding is None:
        return
    yield ""
    yield "Criteria"
    for part in verdict.finding.parts or (verdict.finding,):
        yield from _finding(part, 0)


def _finding(finding: Finding, depth: int) -> Iterator[str]:
    lead = "  " + "    " * depth
    yield from wrapped(f"{finding.answer.shown:8} {finding.requirement}", lead, hang=9)
    if finding.because:
        yield from wrapped(finding.because, lead + " " * 9)
    for part in finding.parts:
        yield from _finding(part, depth + 1)


def _unproved(verdict: Verdict) -> Iterator[str]:
    if verdict.unproved:
        names = ", ".join(leaf.id for leaf in verdict.unproved)
        yield ""
        yield from wrapped(
            f"Met, but the case cites no page for it: {names}. Write "
            "`evidence: {exhibit: …, page: …}` there: reviewers look for the page."
        )


def _enclosed(case: Case) -> Iterator[str]:
    """Yield what is enclosed and what of it nothing cites: a payer needs no more than it asks."""
    found = uses(case)
    if not found:
        return
    yield ""
    yield "Enclosed"
    told = [f"{use.letter} {written(use.cited)}" for use in found if use.cited]
    pages = _count(sum(len(use.cited) for use in found), "page")
    yield from wrapped(
        f"{_count(len(found), 'exhibit')}, cited on {pages}{': ' if told else ''}{'; '.join(told)}."
        " `packet` says which other pages it encloses; `pages:` of an exhibit leaves pages out.",
        "  ",
        hang=2,
    )
    for use in found:
        if words := _spare(use):
            yield from wrapped(f"{use.letter} ({use.exhibit.id}): {words}", "  ", hang=4)


def spare(case: Case, enclosed: Mapping[str, tuple[int, ...]]) -> Iterator[str]:
    """Yield which of the pages that are enclosed nothing cites."""
    found = [use for use in uses(case, enclosed) if use.uncited and not use.is_whole]
    if found:
        pages = _count(sum(len(use.uncited or ()) for use in found), "enclosed page")
        names = "; ".join(f"{use.letter} {written(use.uncited or ())}" for use in found)
        yield from wrapped(
            f"Cited by no criterion and no fact: {pages} ({names}). Send no more than the payer "
            "needs: `pages:` of an exhibit leaves pages out.",
            hang=2,
        )


def _spare(use: Use) -> str:
    """Return what of an exhibit a reviewer may not need; empty where nothing is known of that."""
    if use.is_whole:
        return ""
    if not use.cited:
        return (
            "no criterion and no fact cites it. Leave it out, or write `evidence:` where it "
            "proves something."
        )
    if not use.uncited:
        return ""
    return (
        f"enclosed, and cited by nothing: {written(use.uncited)}. "
        f"`pages: {written(use.cited)}` leaves them out."
    )


def _where_to(verdict: Verdict) -> Iterator[str]:
    """Yield that nobody knows where the request goes: the cover then names no fax."""
    known = verdict.payer.payer.addresses if verdict.payer and verdict.payer.payer else ()
    if not known and verdict.case.coverage.send_to is None:
        yield ""
        yield from wrapped(
            "Where it goes is not on file: write `send_to: {fax: …}` under `coverage:`, from the "
            "payer's portal or the member's card. Without it the cover names no fax."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _reasons(verdict: Verdict) -> Iterator[str]:
    """Yield the reasons of the decision that is appealed, each with what answers it."""
    if verdict.reasons:
        yield ""
        yield "Reasons of the decision"
    for one in verdict.reasons:
        yield from wrapped(f"{one.number:2}. {' '.join(one.reason.text.split())}", "  ", hang=4)
        yield from wrapped(f"Answered by: {_answered_by(one)}", "      ")


def _answered_by(one: AnsweredReason) -> str:
    found = f"{one.finding.id}, {one.finding.answer.shown}" if one.finding else ""
    asked = "an exception" if one.exceptions else ""
    reply = f"the reply of {one.reason.reply.by}" if one.reason.reply else ""
    return "; ".join(filter(None, (found, asked, reply))) or "nothing yet"


def _deadlines(verdict: Verdict) -> Iterator[str]:
    """Yield by when who must have acted; a day that cannot be told is words."""
    found = verdict.deadlines
    if found.found or found.questions:
        yield ""
        yield "Deadlines"
    for one in found.found:
        yield from wrapped(f"{one.name:19}  {one.told}", "  ", hang=21)
        source = f"{one.rule}, mark {one.mark}. {one.note}".rstrip()
        yield from wrapped(source if one.limit else one.note, "  " + " " * 21)
    for text, ask in found.questions:
        yield from wrapped(f"{'not known':19}  {text} Ask {ask}.", "  ", hang=21)


def questions(verdict: Verdict) -> Iterator[str]:
    """Yield what is to be done before a letter can be sent, each thing with whom to ask."""
    if not verdict.questions:
        return
    yield ""
    yield "To do before a letter can be sent"
    for place, question in enumerate(verdict.questions, 1):
        who = f" Ask {question.ask}." if question.ask else ""
        yield from wrapped(f"{place:2}. {question.text}{who}", "  ", hang=4)


def wrapped(text: str, lead: str = "", hang: int = 0) -> Iterator[str]:
    """Yield the text as lines of a screen, each after `lead`, all but the first `hang` deeper."""
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
