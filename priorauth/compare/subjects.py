"""The cases that are put through both libraries: samples and worked examples, each for a payer.

A payer that no sample names is compared too: the samples of each service that its policies speak
of are aimed at it, and its worked examples come along.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from priorauth import intake, samples
from priorauth.check import example_data
from priorauth.datafile import Datafile
from priorauth.preview import Shown
from priorauth.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.compare.side import Side
    from priorauth.library import PolicyFile
    from priorauth.problems import Problem

_GENERAL = "esketamine"  # the sample that shows a payer without policies


@dataclass(frozen=True)
class Subject:
    """A case for one payer on one day."""

    payer: str
    policy: str  # the policy file that it is for; empty for a payer without one
    name: str  # `sample esketamine`, or `example "Two trials of one class."`
    day: date
    shown: Shown = field(repr=False)
    own: bool = False  # a sample with the payer that it names itself
    makes_letters: bool = True

    @property
    def title(self) -> str:
        """Return what the reader calls it: the payer, the policy, the case."""
        policy = f" {self.policy}" if self.policy else ""
        return f"{self.payer}{policy}, {self.name}, {self.day}"


@dataclass(frozen=True)
class Gathered:
    """The cases of a payer, and what is wrong with its worked examples."""

    subjects: tuple[Subject, ...]
    problems: tuple[Problem, ...] = ()


def gather(old: Side, new: Side, payer: str, day: date, *, weighed: bool) -> Gathered:
    """Return every case that a change to this payer can show in.

    Of worked examples only those that letters are made of where the policy is on one side alone,
    and without `weighed`, for a payer whose data are the same.
    """
    found: list[Subject] = []
    problems: list[Problem] = []
    for old_file, new_file in _policies(old, new, payer):
        file = new_file or old_file
        if file is None:
            continue
        found += _of_samples(file, (day, *_later(old_file, new_file, day)))
        few = not (weighed and old_file and new_file)
        for side, one in _with_examples((new, new_file), (old, old_file)):
            try:
                more = tuple(_of_examples(side, one, lettered_only=few))
            except UnreadableError as error:
                problems += map(side.told, error.problems)
                continue
            known = {subject.name for subject in found if subject.policy == file.id}
            found += (subject for subject in more if subject.name not in known)
    found += _general(payer, {subject.name for subject in found}, day)
    return Gathered(tuple(found), tuple(dict.fromkeys(problems)))


def _with_examples(
    new: tuple[Side, PolicyFile | None], old: tuple[Side, PolicyFile | None]
) -> Iterator[tuple[Side, PolicyFile]]:
    """Yield the sides of a policy whose worked examples are put through; once where all is one."""
    if new[1]:
        yield new[0], new[1]
    if old[1] and not (new[1] and _example_bytes(*old) == _example_bytes(*new)):
        yield old[0], old[1]


def _example_bytes(side: Side, file: PolicyFile | None) -> bytes | None:
    path = side.library.example_file(file) if file else None
    return path.read_bytes() if path else None


def _policies(
    old: Side, new: Side, payer: str
) -> list[tuple[PolicyFile | None, PolicyFile | None]]:
    """Return each policy of a payer in both libraries."""
    before, after = (
        {file.id: file for file in side.library.payer(payer).policies} for side in (old, new)
    )
    return [(before.get(name), after.get(name)) for name in sorted({*before, *after})]


def _later(old: PolicyFile | None, new: PolicyFile | None, day: date) -> Iterator[date]:
    """Yield the first sure day of each version after `day` that is not the same in both.

    Where nothing is in force on `day` yet, also that of the first version.
    """
    before, after = ([*file.policy.versions] if file else [] for file in (old, new))
    differing = [one for one in after if one not in before]
    differing += [one for one in before if one not in after]
    begins = {one.effective_from.last for one in differing if one.effective_from.last > day}
    if not any(one.covers(day) for one in (*before, *after)):
        begins.add(min(one.effective_from.last for one in (*before, *after)))
    yield from sorted(begins - {day})


def _of_samples(file: PolicyFile, days: tuple[date, ...]) -> Iterator[Subject]:
    for name in samples.names():
        for day in days:
            yield from _sample(name, file.payer_id, file.id, file, day)


def _sample(
    name: str, payer: str, policy: str, file: PolicyFile | None, day: date
) -> Iterator[Subject]:
    """Yield a sample aimed at a policy, if it is for a service of that policy."""
    raw = _values(name)
    if file and raw["request"]["service"] not in file.policy.services:
        return
    own = raw["coverage"]["payer"] == payer
    read = intake.understand(Datafile(name, raw if own else _aimed(raw, payer, file)), day)
    if read.case:  # a sample can be impossible on a later day
        shown = Shown(read.case, samples.find(name).folder)
        yield Subject(payer, policy, f"sample {name}", day, shown, own=own)


def _of_examples(side: Side, file: PolicyFile, *, lettered_only: bool) -> Iterator[Subject]:
    """Yield the worked examples; the first of a version makes letters where no sample can."""
    examples = side.library.examples(file)
    offered = {case["request"]["service"] for case in map(_values, samples.names())}
    lettered: set[str | None] = set(() if offered.isdisjoint(file.policy.services) else (None,))
    if examples is None:
        return
    for example in examples.examples:
        day = example.on or examples.on
        version = found.id if (found := file.policy.version_on(day)) else ""
        first = None not in lettered and version not in lettered
        lettered.add(version)
        if lettered_only and not first:
            continue
        data = example_data(file, examples, example)
        read = intake.understand(Datafile(data.name, _aimed(data.value, file.payer_id, file)), day)
        if read.case is None:
            raise UnreadableError(read.problems)
        shown = Shown(read.case, samples.find(examples.base).folder)
        name = f'example "{example.name}"'
        yield Subject(file.payer_id, file.id, name, day, shown, makes_letters=first)


def _general(payer: str, known: set[str], day: date) -> Iterator[Subject]:
    """Yield the samples of a payer that no policy of it is for; one for a payer without any."""
    for name in samples.names():
        named = _values(name)["coverage"]["payer"] == payer and f"sample {name}" not in known
        if named or (not known and name == _GENERAL):
            yield from _sample(name, payer, "", None, day)


@lru_cache(maxsize=32)
def _values(name: str) -> Any:  # noqa: ANN401 - a case file's values, which nobody changes
    return samples.read(name).value


def _aimed(raw: Any, payer: str, file: PolicyFile | None) -> Any:  # noqa: ANN401 - the same
    """Return a case's values for another payer, with a kind of plan that its policy is for."""
    aimed = copy.deepcopy(raw)
    coverage = aimed["coverage"]
    coverage["payer"] = payer
    limits = (
        ("line_of_business", file.policy.lines_of_business if file else ()),
        ("benefit", file.policy.benefits if file else ()),
    )
    for key, allowed in limits:
        if allowed and coverage.get(key) not in allowed:
            coverage[key] = allowed[0].value
    return aimed
