"""The guided way: one question after the other at the screen, each answer saved at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from priorauth.cli import show
from priorauth.cli.case import NOT_READY, READY
from priorauth.cli.options import UnwritableError, write
from priorauth.problems import PriorAuthError, UnreadableError, errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from priorauth.asking import Interview, Question
    from priorauth.library import Library
    from priorauth.problems import Problem

with suppress(ImportError):  # where it is there, the line that is typed can be edited
    import readline  # noqa: F401 - loading it is all

_LEAVE = frozenset({"stop", "quit", "exit"})
_BACK = "back"
_SIDE_BY_SIDE = 180  # letters of all choices together
# Files beside a case that can be enclosed.
_DOCUMENTS = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".txt"})
_OURS = ("letter", "packet", "preview")  # how the files begin that priorauth makes by itself


class ChangedError(PriorAuthError):
    """The case file was changed by somebody else in the meantime."""

    def __init__(self, path: Path) -> None:
        """Name the file and the way on."""
        super().__init__(
            f"{path} was changed by another program while it was asked about: the last answer was "
            "not written, so that nothing there is lost. Close the other program, then begin again."
        )


class UnfitError(PriorAuthError):
    """The case file has no form that answers can be written into."""

    def __init__(self, path: Path) -> None:
        """Name the file and the way out."""
        super().__init__(
            f"{path} is JSON: answers are written into YAML files only. Save it as YAML, or fill "
            "it in with the program that made it."
        )


@dataclass
class _File:
    """The case file on disk, with what was written into it last."""

    path: Path
    content: bytes | None = field(repr=False)
    text: str = field(repr=False)

    def save(self, text: str) -> None:
        """Write a text that is not there yet; raise ChangedError when somebody else has written."""
        if text == self.text:
            return
        found = self.path.read_bytes() if self.path.exists() else None
        if found != self.content:
            raise ChangedError(self.path)
        mark = self.content is not None and self.content.startswith(b"\xef\xbb\xbf")
        windows = self.content is not None and b"\r\n" in self.content
        lines = text.replace("\n", "\r\n") if windows else text
        self.content = lines.encode("utf-8-sig" if mark else "utf-8")
        write(self.path, self.content, force=True)
        self.text = text


def go_on(path: Path, library: Library, day: date) -> int:
    """Ask what the case at `path` leaves open, until nothing is or the person leaves."""
    from priorauth import asking  # noqa: PLC0415 - only for this way

    text = _text(path)
    file = _File(path, path.read_bytes(), text)
    interview = asking.Interview(text, str(path), library, day, path.parent, _beside(path))
    _refuse(interview, path)
    _greet(interview)
    try:
        interview = _ask_all(interview, file)
    except (click.Abort, KeyboardInterrupt):
        click.echo()
        interview = asking.Interview(_text(path), str(path), library, day, path.parent)
        click.echo(f"Left. All that was answered is in {path}.")
    return _close(interview, path)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def _beside(path: Path) -> tuple[str, ...]:
    """Return the documents beside a case file, by their names; none that priorauth has made."""
    from priorauth.asking.evidence import is_own  # noqa: PLC0415 - as above

    try:
        found = [one for one in path.parent.iterdir() if one.suffix.lower() in _DOCUMENTS]
    except OSError as error:
        raise UnwritableError(path, error.strerror or "no reason given") from None
    kept = (one for one in found if not one.name.startswith((".", *_OURS)))
    return tuple(sorted(one.name for one in kept if not is_own(one)))


def _refuse(interview: Interview, path: Path) -> None:
    """Raise where no answer could be put into the file."""
    if interview.text.lstrip().startswith("{"):
        raise UnfitError(path)
    if not isinstance(interview.data.value, dict):
        raise UnreadableError(interview.data.problems or interview.read.problems)


def _greet(interview: Interview) -> None:
    click.echo(
        "Answer what the record says; each answer is saved at once. Enter alone: later.\n"
        "`not known`: left out. `back`: the last question again. `stop` or Ctrl-C: leave; the\n"
        "same command goes on another time."
    )
    show.problems(_wrong(interview))


def _wrong(interview: Interview) -> Iterator[Problem]:
    """Yield what stands in the file and is wrong, beside what is only missing."""
    from priorauth import asking  # noqa: PLC0415 - as above

    asked = {interview.data.shown(q.trail) for q in asking.open_questions(interview)}
    for problem in errors(interview.read.problems):
        if problem.place.field not in asked and not asking.is_gap(problem):
            yield problem


def _ask_all(interview: Interview, file: _File) -> Interview:
    from priorauth import asking  # noqa: PLC0415 - as above

    done: list[_Step] = []
    undone: list[_Step] = []  # gone back over: each stands until it is answered otherwise
    before: dict[str, _Step] = {}  # answered after one that was answered anew: offered again
    while question := asking.next_question(interview):
        standing = next((s for s in undone[-1:] if s.before.text == interview.text), None)
        offered = standing or _same(before.get(question.key), question)
        _print(question, len(done) + 1, offered.said if offered else None)
        step = _one(interview, question, standing, offered.said if offered else "")
        if step is None:
            undone += [done.pop()] if done else []
            interview = undone[-1].before if undone else interview
            continue
        if step is not standing and undone[:-1]:
            before = {one.question.key: one for one in undone[:-1]}
            click.echo("   What was answered after it is asked again: Enter alone keeps each.")
        undone = undone[:-1] if step is standing else []
        done.append(step)
        if step is not standing:  # as it was before a question, too: an answer is taken back
            file.save(step.after.text)
        interview = step.after
    click.echo("\nNo more questions.")
    return interview


@dataclass(frozen=True, repr=False)
class _Step:
    """One question: the case before it was answered, what was said, and the case after."""

    question: Question
    before: Interview
    said: str
    after: Interview


def _same(step: _Step | None, question: Question) -> _Step | None:
    """Return the step if it was on the same words: another drug in them has other answers."""
    return step if step and step.question.text == question.text else None


def _print(question: Question, number: int, said: str | None) -> None:
    """Print a question, and what was `said` to it before going back."""
    click.echo()
    for line in show.wrapped(f"{number}. {question.text}", hang=len(f"{number}. ")):
        click.echo(line)
    why = f"Why: {question.why.rstrip('.')}. {question.whom}".rstrip()
    for line in show.wrapped(why, "   ", hang=5):
        click.echo(line)
    if question.choices:
        _print_choices([f"{n} {label}" for n, (_, label) in enumerate(question.choices, 1)])
        if question.none:
            click.echo(f"   `no`: {question.none}.")
    if question.form and not question.choices:
        for line in show.wrapped(f"Write {question.form}.", "   ", hang=6):
            click.echo(line)
    if said:
        for line in show.wrapped(f"You answered: {said}. Enter alone keeps this.", "   ", hang=3):
            click.echo(line)
    elif said is not None:
        click.echo("   You put this off; Enter alone does so again.")


def _print_choices(choices: list[str]) -> None:
    """Print choices side by side; long ones below each other."""
    together = "   ".join(choices)
    rows = [together] if len(together) < _SIDE_BY_SIDE else choices
    for row in rows:
        for line in show.wrapped(row, "   ", hang=2):
            click.echo(line)


def _one(
    interview: Interview, question: Question, standing: _Step | None, offered: str
) -> _Step | None:
    """Return what comes of one question, asked until it is settled; None to go back.

    Enter alone keeps what is `standing` from before going back, or answers what is `offered`.
    """
    from priorauth import asking  # noqa: PLC0415 - as above

    while True:
        said = click.prompt("  ", default="", show_default=False, prompt_suffix="> ").strip()
        if said.casefold() in _LEAVE:
            raise click.Abort
        if said.casefold() == _BACK:
            return None
        if not said and standing:
            return standing
        said = said or offered
        answered = asking.reply(interview, question, said)
        for remark in answered.remarks:
            _remark(remark, taken=answered.taken)
        if answered.note:
            click.echo(f"   {answered.note}")
        if answered.taken:
            return _Step(question, interview, said, answered.interview)


def _remark(remark: str, *, taken: bool) -> None:
    lead = "Saved; but look: " if taken else "Not taken: "
    for line in show.wrapped(f"{lead}{remark}", "   ", hang=3):
        click.echo(line)


def _say_open(interview: Interview, path: Path) -> None:
    """Print what keeps a case from being weighed: what is wrong in it, and what is open."""
    from priorauth import asking  # noqa: PLC0415 - as above

    click.echo(f"{path} cannot be weighed yet. Still open:")
    show.problems(_wrong(interview))
    for place, question in enumerate(asking.open_questions(interview), 1):
        for line in show.wrapped(f"{place:2}. {question.text} {question.whom}", "  ", hang=4):
            click.echo(line)


def _close(interview: Interview, path: Path) -> int:
    """Print the verdict in one line, what is open and whom to ask, and how to go on."""
    from priorauth import pipeline  # noqa: PLC0415 - as above

    weighed = pipeline.weigh(path, interview.library, interview.day)
    verdict = weighed.verdict
    show.marked(path)
    again = f"To go on: priorauth new --ask -o {path}"
    if verdict is None:
        _say_open(interview, path)
        click.echo(again)
        return NOT_READY
    show.problems(weighed.problems)
    click.echo(f"{path}  {show.verdict_line(verdict)}")
    for line in show.questions(verdict):
        click.echo(line)
    if verdict.unproved and not (verdict.case.exhibits or _beside(path)):
        click.echo(
            "No document lies beside the case file. Reviewers look for the page of each fact: put "
            "the chart\nnotes there, and the same command asks for the pages."
        )
    if verdict.ready:
        click.echo(f"Next: priorauth check {path}, then priorauth letter {path} -o letter.pdf")
        return READY
    click.echo(again)
    return NOT_READY
